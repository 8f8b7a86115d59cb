//! The host as a process: what it says, whom it lets in, how it stops.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::host_process::{HostProcess, http, logged, program};

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

/// A commit is answered first and counted then, so that what counts cannot keep an answer back.
async fn commits_counted(host: &HostProcess, count: usize) {
    let line = format!("codebolt_host_commit_requests_count {count}\n");
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let metrics = host.http("/metrics").await;
        if metrics.contains(&line) {
            return;
        }
        assert!(Instant::now() < deadline, "no {line} in {metrics}");
        tokio::time::sleep(Duration::from_millis(10)).await;
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
async fn who_comes_without_the_token_hears_where_the_host_has_it_from() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let secret = folder.path().join("token");
    std::fs::write(&secret, "s3cret").unwrap();
    let secret = secret.to_str().unwrap();
    for (arguments, variable, source) in [
        (&["--token", "s3cret"][..], None, "--token"),
        (&["--token-file", secret], None, "--token-file"),
        (&[], Some("s3cret"), "CODEBOLT_HOST_TOKEN"),
    ] {
        let arguments = [&["--data", file.to_str().unwrap()], arguments].concat();
        let host = HostProcess::start_with(&arguments, |command| {
            if let Some(token) = variable {
                command.env("CODEBOLT_HOST_TOKEN", token);
            }
        });
        let Err(Error::Http(refusal)) = connect_async(&host.url).await else {
            panic!("{source}: it is let in");
        };
        assert_eq!(refusal.status(), 401, "{source}");
        let text = String::from_utf8(refusal.into_body().unwrap()).unwrap();
        let wanted = format!("give the token of the host's {source}\n");
        assert!(text.ends_with(&wanted), "{text}");
    }
}

#[tokio::test]
async fn a_variable_that_is_not_utf_8_is_refused_instead_of_passed_over() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::ffi::OsStr::from_bytes(b"\xff");
    let log = folder.path().join("log");
    for variable in ["CODEBOLT_HOST_TOKEN", "CODEBOLT_HOST_STORE"] {
        let started = HostProcess::try_start(&[], |command| {
            command
                .env(variable, bytes)
                .current_dir(&folder)
                .stderr(std::fs::File::create(&log).unwrap());
        });
        assert!(started.is_none(), "{variable}");
        let error = std::fs::read_to_string(&log).unwrap();
        let wanted = format!("{variable} expects UTF-8");
        assert!(error.contains(&wanted), "{error}");
    }
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
    assert!(metrics.contains(line), "{metrics}");
    commits_counted(&host, 1).await;
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
    // The first answer shows that the host has started to read.
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
    let logged = logged(&log, &["token", "https://evil.example"]).await;
    assert!(!logged.contains("s3cre"), "{logged}");
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

#[tokio::test]
async fn a_silent_half_open_socket_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let log = folder.path().join("log");
    let arguments = ["--data", file.to_str().unwrap(), "--ping-interval", "1"];
    let host = HostProcess::start_with_log(&arguments, &log);
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
    logged(&log, &["was silent for 2.5 times --ping-interval"]).await;
    drop(silent);
}
