//! The host as a process: what it says, whom it lets in, how it stops.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::host_process::{HostProcess, http, program};

async fn status_of_socket(url: &str, origin: Option<&str>) -> u16 {
    let mut request = url.into_client_request().unwrap();
    if let Some(origin) = origin {
        request
            .headers_mut()
            .insert("Origin", origin.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((_, response)) => response.status().as_u16(),
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn instances_survive_a_restart_and_can_be_listed_without_a_host() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let mut host = HostProcess::on_file(&file);
    let made = host
        .client()
        .await
        .done("createInstance", json!({ "name": "log" }))
        .await;
    host.terminate();
    assert!(host.ended().success());
    let host = HostProcess::on_file(&file);
    let all = host.client().await.done("listInstances", json!({})).await;
    assert_eq!(all["instances"][0], made["instance"]);
    let table = program()
        .args(["instances", "--data", file.to_str().unwrap()])
        .output()
        .unwrap();
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.contains(made["instance"]["id"].as_str().unwrap()),
        "{table}"
    );
}

#[tokio::test]
async fn both_paths_take_sockets_and_pages_from_elsewhere_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::start(&[
        "--data",
        file.to_str().unwrap(),
        "--allow-origin",
        "https://good.example",
    ]);
    let plugin = host
        .url
        .replace("/codebolt", "/plugin?id=1&pluginId=&pluginToken=");
    assert_eq!(status_of_socket(&plugin, None).await, 101);
    let cases = [
        (None, 101),
        (Some("http://localhost:3000"), 101),
        (Some("https://good.example"), 101),
        (Some("https://evil.example"), 403),
        (Some("null"), 403),
    ];
    for (origin, status) in cases {
        assert_eq!(
            status_of_socket(&host.url, origin).await,
            status,
            "{origin:?}"
        );
    }
}

#[tokio::test]
async fn a_wanted_token_has_to_stand_in_the_address() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::start(&["--data", file.to_str().unwrap(), "--token", "s3cret&"]);
    let cases = [
        ("", 401),
        ("?threadToken=", 401),
        ("?threadToken=s3cret", 401),
        ("?pluginToken=s3cret%26", 401),
        ("?id=1&threadToken=s3cret%26", 101),
    ];
    for (query, status) in cases {
        let url = format!("{}{query}", host.url);
        assert_eq!(status_of_socket(&url, None).await, status, "{query}");
    }
    let plugin = host
        .url
        .replace("/codebolt", "/plugin?pluginToken=s3cret%26");
    assert_eq!(status_of_socket(&plugin, None).await, 101);
}

#[tokio::test]
async fn health_metrics_and_files_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let pages = folder.path().join("www");
    std::fs::create_dir(&pages).unwrap();
    std::fs::write(pages.join("index.html"), "<!doctype html>").unwrap();
    std::fs::write(pages.join("module.wasm"), b"\0asm").unwrap();
    std::fs::write(folder.path().join("secret"), "secret").unwrap();
    let host = HostProcess::start(&[
        "--data",
        file.to_str().unwrap(),
        "--www",
        pages.to_str().unwrap(),
    ]);
    host.client()
        .await
        .done("createInstance", json!({ "name": "log" }))
        .await;
    let health = host.http("/health").await;
    assert!(
        health.starts_with("HTTP/1.1 200") && health.contains("\"status\":\"ok\""),
        "{health}"
    );
    let metrics = host.http("/metrics").await;
    let line = "codebolt_host_request_seconds_count{type=\"eventLog.createInstance\"} 1";
    assert!(
        metrics.contains(line) && metrics.contains("codebolt_host_commit_requests_count 1"),
        "{metrics}"
    );
    let page = host.http("/").await;
    assert!(
        page.contains("<!doctype html>") && page.contains("wasm-unsafe-eval"),
        "{page}"
    );
    let module = host.http("/module.wasm").await;
    assert!(module.contains("application/wasm"), "{module}");
    for outside in ["/../secret", "/%2e%2e/secret", "/..%2fsecret"] {
        let answer = host.http(outside).await;
        assert!(!answer.contains("\r\n\r\nsecret"), "{outside}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_told_to_stop_answers_what_it_took_and_closes_with_1001() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let mut host = HostProcess::on_file(&file);
    host.client()
        .await
        .done("createInstance", json!({ "name": "log" }))
        .await;
    let mut socket = host.socket().await;
    for number in 0..200 {
        let frame = json!({ "type": "eventLog.appendEvent", "requestId": number.to_string(), "params": { "instanceId": "log" } });
        socket.feed(Message::text(frame.to_string())).await.unwrap();
    }
    socket.flush().await.unwrap();
    // The first answer shows that the host has begun to read.
    let mut answered = 0;
    let mut code = None;
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Text(text) => {
                let reply: Value = serde_json::from_str(text.as_str()).unwrap();
                assert_eq!(reply["success"], true, "{reply}");
                answered += 1;
                if answered == 1 {
                    host.terminate();
                }
            }
            Message::Close(frame) => code = frame.map(|frame| frame.code),
            _ => {}
        }
    }
    assert_eq!(code, Some(CloseCode::Away));
    assert!(host.ended().success(), "exit code 0");
    let host = HostProcess::on_file(&file);
    let stats = host
        .client()
        .await
        .done("getInstanceStats", json!({ "instanceId": "log" }))
        .await;
    assert_eq!(
        stats["eventCount"], answered,
        "as many are stored as were answered"
    );
}

#[tokio::test]
async fn a_read_sees_the_writes_that_the_same_connection_sent_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let host = HostProcess::on_file(&folder.path().join("events.db"));
    let client = host.client().await;
    client
        .done("createInstance", json!({ "name": "log" }))
        .await;
    for round in 1..=20 {
        let write = client.call("appendEvent", json!({ "instanceId": "log" }));
        let read = client.call("getInstanceStats", json!({ "instanceId": "log" }));
        let (_, read) = tokio::join!(write, read);
        assert_eq!(read.unwrap()["data"]["eventCount"], round);
    }
}

#[test]
fn a_start_that_fails_says_why_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let data = file.to_str().unwrap();
    let missing = folder.path().join("none/events.db");
    let missing = missing.to_str().unwrap();
    let cases: [(&[&str], &[&str]); 12] = [
        (&["--data", data, "--port", &port], &["--port", &port]),
        (
            &["--data", data, "--port", "0", "--www", "/nowhere"],
            &["--www", "/nowhere"],
        ),
        (&["--port", "0", "--data", missing], &["--data", missing]),
        (
            &["--port", "0", "--store", "postgres://me@localhost:1/none"],
            &["--store", "localhost:1", "none", "refused"],
        ),
        (
            &["instances", "--data", missing],
            &["does not exist", missing],
        ),
        (
            &["export", "log", "--data", missing],
            &["does not exist", missing],
        ),
        (
            &["import", missing, "--data", data],
            &["cannot read", missing],
        ),
        (
            &["--port", "0", "--data", data, "--index", "a\"b"],
            &["--index"],
        ),
        (
            &["--port", "0", "--data", data, "--token-file", missing],
            &["--token-file", missing],
        ),
        (
            &[
                "--port",
                "0",
                "--data",
                data,
                "--max-connections",
                "99999999999999",
            ],
            &["--max-connections", "from 1 to 1000000"],
        ),
        (
            &[
                "--port",
                "0",
                "--data",
                data,
                "--store",
                "postgres://me@db/x",
            ],
            &["--data", "--store"],
        ),
        (
            &["--port", "0", "--data", data, "--token", ""],
            &["--token", "empty"],
        ),
    ];
    for (arguments, wanted) in cases {
        let output = program().args(arguments).output().unwrap();
        assert!(
            matches!(output.status.code(), Some(1 | 2)),
            "{arguments:?}: {:?}",
            output.status
        );
        let text = String::from_utf8(output.stderr).unwrap();
        for part in wanted {
            assert!(text.contains(part), "{arguments:?}: {text}");
        }
        assert!(output.stdout.is_empty());
        assert!(!file.exists(), "{arguments:?} made a file");
    }
}

#[tokio::test]
async fn the_command_line_goes_before_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let store = "postgres://me@localhost:1/none";
    let host = HostProcess::start_with(&["--data", file.to_str().unwrap()], |command| {
        command.env("CODEBOLT_HOST_STORE", store);
    });
    assert!(file.exists());
    drop(host);
    let output = program()
        .args(["--port", "0"])
        .env("CODEBOLT_HOST_STORE", "mysql://db/x")
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("CODEBOLT_HOST_STORE") && error.contains("postgres://"),
        "{error}"
    );
}

#[tokio::test]
async fn a_secret_in_a_file_is_wanted_and_a_wrong_one_is_logged_without_being_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let log = folder.path().join("log");
    let secret = folder.path().join("token");
    std::fs::write(&secret, "s3cret\n").unwrap();
    let host = HostProcess::start_with_log(
        &[
            "--data",
            file.to_str().unwrap(),
            "--token-file",
            secret.to_str().unwrap(),
        ],
        &log,
    );
    let with = |token: &str| format!("{}?threadToken={token}", host.url);
    assert_eq!(status_of_socket(&with("s3cret"), None).await, 101);
    assert_eq!(status_of_socket(&with("nearly-s3cre"), None).await, 401);
    let evil = Some("https://evil.example");
    assert_eq!(status_of_socket(&with("s3cret"), evil).await, 403);
    let metrics = host.http("/metrics").await;
    for reason in ["token", "origin"] {
        let line = format!("codebolt_host_connections_refused_total{{reason=\"{reason}\"}} 1");
        assert!(metrics.contains(&line), "{metrics}");
    }
    let logged = std::fs::read_to_string(&log).unwrap();
    assert!(
        logged.contains("token") && logged.contains("https://evil.example"),
        "{logged}"
    );
    assert!(!logged.contains("s3cre"), "{logged}");
}

#[tokio::test]
async fn a_host_that_everyone_may_reach_and_write_to_warns_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let log = folder.path().join("log");
    let open = ["--data", file.to_str().unwrap(), "--bind", "0.0.0.0"];
    let warned = || std::fs::read_to_string(&log).unwrap();
    let host = HostProcess::start_with_log(&open, &log);
    host.http("/health").await;
    let lines = warned();
    assert_eq!(lines.lines().count(), 1, "{lines}");
    assert!(lines.contains("--token-file"), "{lines}");
    drop(host);
    let host = HostProcess::start_with_log(&[&open[..], &["--token", "x"]].concat(), &log);
    host.http("/health").await;
    assert_eq!(warned(), "");
}

#[tokio::test]
async fn a_foreign_name_that_leads_to_this_machine_reads_neither_pages_nor_figures() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let pages = folder.path().join("www");
    std::fs::create_dir(&pages).unwrap();
    std::fs::write(pages.join("index.html"), "<!doctype html>").unwrap();
    let host = HostProcess::start(&[
        "--data",
        file.to_str().unwrap(),
        "--www",
        pages.to_str().unwrap(),
    ]);
    for path in ["/metrics", "/health", "/health/live", "/", "/index.html"] {
        for (name, status) in [
            ("localhost:1", "HTTP/1.1 200"),
            ("127.0.0.1", "HTTP/1.1 200"),
            ("evil.example", "HTTP/1.1 403"),
        ] {
            let answer = http(host.address(), path, name).await;
            assert!(answer.starts_with(status), "{path} {name}: {answer}");
        }
    }
}

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

#[tokio::test]
async fn a_silent_half_open_socket_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::start(&["--data", file.to_str().unwrap(), "--ping-interval", "1"]);
    // One that never answers a ping, because nobody reads it.
    let silent = host.socket().await;
    let mut live = host.socket().await;
    let reading = tokio::spawn(async move {
        let mut pings = 0;
        while let Some(Ok(message)) = live.next().await {
            pings += usize::from(matches!(message, Message::Ping(_)));
            if pings == 4 {
                return true;
            }
        }
        false
    });
    assert!(
        tokio::time::timeout(Duration::from_secs(20), reading)
            .await
            .unwrap()
            .unwrap(),
        "who answers pings stays"
    );
    let metrics = host.http("/metrics").await;
    assert!(
        metrics.contains("codebolt_host_connections_cut_total 1"),
        "{metrics}"
    );
    drop(silent);
}
