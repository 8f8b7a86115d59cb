//! An import that is killed in the middle; the next start removes what it left.

use std::io::Write;

use serde_json::json;

use crate::host_process::{HostProcess, program};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_import_leaves_nothing_behind_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("events.db");
    let mut child = program()
        .args(["import", "--data", data.to_str().unwrap()])
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let head =
        json!({ "format": "codebolt-event-log", "version": 1, "instance": { "name": "in" } });
    writeln!(stdin, "{head}").unwrap();
    stdin.flush().unwrap();
    let host = HostProcess::on_file(&data);
    let client = host.client().await;
    let count = async || {
        let all = client.done("listInstances", json!({})).await;
        all["instances"].as_array().unwrap().len()
    };
    while count().await == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    drop(host);
    let host = HostProcess::on_file(&data);
    let client = host.client().await;
    let removed = async {
        while {
            let all = client.done("listInstances", json!({})).await;
            !all["instances"].as_array().unwrap().is_empty()
        } {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(40), removed)
        .await
        .expect("what it left is removed");
}
