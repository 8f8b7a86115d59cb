//! The part of the host that writes ends by a panic.

use std::time::Duration;

use serde_json::json;
use tokio_tungstenite::connect_async;

/// Nothing outside of the process can end one of its threads, so a part of it panics here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_whose_writer_has_panicked_says_so_and_ends_with_an_error() {
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
        // It was committed before the panic, and is answered so.
        client
            .done("createInstance", json!({ "name": "log" }))
            .await;
        let ended = tokio::time::timeout(Duration::from_secs(20), serving).await;
        let failure = ended.expect("the host ends").unwrap().unwrap_err();
        assert!(failure.to_string().contains("panicked"), "{failure}");
        assert!(store.check().await.is_err());
    }
}
