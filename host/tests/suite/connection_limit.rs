//! As many connections as the host takes, and one more.

use futures_util::future::join_all;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::host_process::HostProcess;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_connections_are_served_and_one_over_the_bound_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let host = HostProcess::in_folder(&folder, &["--max-connections", "1001"]);
    let admin = host.client().await;
    admin.done("createInstance", json!({ "name": "log" })).await;
    let mut clients = Vec::new();
    for _ in 0..20 {
        clients.extend(join_all((0..50).map(|_| host.client())).await);
    }
    let mut refused = TcpStream::connect(host.address()).await.unwrap();
    let mut answer = String::new();
    let _ = refused.read_to_string(&mut answer).await;
    assert!(
        answer.starts_with("HTTP/1.1 503") && answer.contains("--max-connections"),
        "{answer}"
    );
    let calls = clients
        .iter()
        .map(|client| client.call("appendEvent", json!({ "instanceId": "log" })));
    for reply in join_all(calls).await {
        assert_eq!(reply.unwrap()["success"], true);
    }
    assert_eq!(
        admin
            .done("getInstanceStats", json!({ "instanceId": "log" }))
            .await["eventCount"],
        1000
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_is_answered_when_no_connection_is_left() {
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
