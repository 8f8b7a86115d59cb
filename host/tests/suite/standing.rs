//! Parts of the host that stand still, are used up, or have died.

use std::time::Duration;

use serde_json::json;
use tokio_tungstenite::connect_async;

use crate::host_process::HostProcess;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download_that_stands_still_gives_its_place_back_and_does_not_hold_up_the_stop() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let pages = folder.path().join("www");
    std::fs::create_dir(&pages).unwrap();
    std::fs::write(pages.join("large"), vec![0; 64 * 1024 * 1024]).unwrap();
    let stalled = async |host: &HostProcess| {
        let mut stream = tokio::net::TcpStream::connect(host.address())
            .await
            .unwrap();
        let request = "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.read_exact(&mut [0; 1024]).await.unwrap();
        stream
    };
    let arguments = |patience| {
        let (data, www) = (file.to_str().unwrap(), pages.to_str().unwrap());
        [
            "--data",
            data,
            "--www",
            www,
            "--write-timeout",
            patience,
            "--max-connections",
            "1",
        ]
    };
    let host = HostProcess::start(&arguments("1"));
    let _held = stalled(&host).await;
    let freed = async {
        while !host.http("/large").await.starts_with("HTTP/1.1 200") {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), freed)
        .await
        .expect("the place is free again");
    drop(host);
    let mut host = HostProcess::start(&arguments("1000"));
    let _held = stalled(&host).await;
    host.terminate();
    assert!(host.ended().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_health_is_told_when_no_connection_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::start(&["--data", file.to_str().unwrap(), "--max-connections", "2"]);
    let _clients = [host.client().await, host.client().await];
    for path in ["/health", "/health/live"] {
        let answer = host.http(path).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
    for path in ["/metrics", "/healthy"] {
        let answer = host.http(path).await;
        assert!(
            answer.starts_with("HTTP/1.1 503") && answer.contains("--max-connections"),
            "{path}: {answer}"
        );
    }
}

/// Nothing outside of the process can end one of its threads, so a part of it panics here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_whose_writer_has_died_says_so_and_ends_with_an_error() {
    use clap::Parser;
    use codebolt_host::options::Options;
    use codebolt_host::service::{Metrics, bind, serve};
    use codebolt_host::store::postgres::{PostgresOptions, PostgresStore};
    use codebolt_host::store::sqlite::{SqliteOptions, SqliteStore};
    use codebolt_host::store::{CommitObserver, Store};
    use std::sync::Arc;

    let folder = tempfile::tempdir().unwrap();
    let panics = || CommitObserver::new(|_, _| panic!("as the test wants it"));
    let mut sqlite = SqliteOptions::new(&folder.path().join("events.db"));
    sqlite.observer = panics();
    let mut postgres = PostgresOptions::new(&crate::postgres_server::new_database().await);
    postgres.observer = panics();
    let stores: [Arc<dyn Store>; 2] = [
        Arc::new(SqliteStore::open(sqlite).unwrap()),
        Arc::new(PostgresStore::open(postgres).await.unwrap()),
    ];
    for store in stores {
        let arguments = ["codebolt-host", "--port", "0", "--shutdown-timeout", "5"];
        let options = Options::parse_from(arguments).serve;
        let listener = bind(&options).await.unwrap();
        let url = format!("ws://{}/codebolt", listener.local_addr().unwrap());
        let serving_store = Arc::clone(&store);
        let serving = tokio::spawn(async move {
            serve(
                listener,
                &options,
                None,
                serving_store,
                Arc::new(Metrics::default()),
            )
            .await
        });
        let (socket, _) = connect_async(&url).await.unwrap();
        let client = crate::host_process::Client::new(socket);
        // It was committed before the part died, and is answered so.
        client
            .done("createInstance", json!({ "name": "log" }))
            .await;
        let ended = tokio::time::timeout(Duration::from_secs(20), serving).await;
        let failure = ended.expect("the host ends").unwrap().unwrap_err();
        assert!(failure.to_string().contains("panicked"), "{failure}");
        assert!(store.check().await.is_err());
    }
}
