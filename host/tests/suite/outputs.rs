//! stdout and stderr that cannot be written. The host goes on as if nothing were.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::host_process::{HostProcess, program};

/// Writes, fails in ways that are logged, and stops well.
async fn works_and_stops(mut host: HostProcess) {
    let client = host.client().await;
    let params = json!({ "instanceId": "log", "autoCreateInstance": true });
    for _ in 0..20 {
        client.done("appendEvent", params.clone()).await;
    }
    let health = host.http("/health").await;
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    drop(client);
    host.terminate();
    assert!(host.ended().success(), "it stops with exit code 0");
}

fn logging(command: &mut Command, stderr: impl Into<Stdio>) {
    command.env("RUST_LOG", "trace").stderr(stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_nobody_reads_any_more_hurts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let arguments = ["--data", file.to_str().unwrap()];
    // Gone before the start, and gone later.
    let (near, far) = UnixStream::pair().unwrap();
    drop(far);
    let stderr = std::os::fd::OwnedFd::from(near);
    works_and_stops(HostProcess::start_with(&arguments, |command| {
        logging(command, stderr);
    }))
    .await;
    let (near, far) = UnixStream::pair().unwrap();
    let stderr = std::os::fd::OwnedFd::from(near);
    let host = HostProcess::start_with(&arguments, |command| logging(command, stderr));
    drop(far);
    works_and_stops(host).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_on_a_full_disk_hurts_nothing_and_its_lines_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let host = HostProcess::start_with(&["--data", file.to_str().unwrap()], |command| {
        logging(command, full);
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let metrics = host.http("/metrics").await;
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix("codebolt_host_log_lines_lost_total "));
    assert!(line.unwrap().parse::<u64>().unwrap() > 0, "{metrics}");
    works_and_stops(host).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_whose_reader_stands_still_holds_nothing_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let (near, _kept_and_never_read) = UnixStream::pair().unwrap();
    let stderr = std::os::fd::OwnedFd::from(near);
    let host = HostProcess::start_with(&["--data", file.to_str().unwrap()], |command| {
        logging(command, stderr);
    });
    let client = host.client().await;
    let params = json!({ "instanceId": "log", "autoCreateInstance": true });
    for _ in 0..2_000 {
        client.done("appendEvent", params.clone()).await;
    }
    works_and_stops(host).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ready_line_that_nobody_can_be_told_is_no_reason_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let mut child = program()
        .args([
            "--data",
            file.to_str().unwrap(),
            "--port",
            &port.to_string(),
        ])
        .stdout(OpenOptions::new().write(true).open("/dev/full").unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let address = format!("127.0.0.1:{port}");
    let answered = async {
        while tokio::net::TcpStream::connect(&address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        crate::host_process::http(&address, "/health", &address).await
    };
    let health = tokio::time::timeout(Duration::from_secs(10), answered).await;
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(health.unwrap().starts_with("HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_whose_reader_has_read_enough_ends_well_and_a_full_disk_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::on_file(&file);
    let client = host.client().await;
    for n in 0..2_000 {
        let name = format!("{n} {}", "x".repeat(100));
        client.done("createInstance", json!({ "name": name })).await;
    }
    let mut instances = program();
    instances.args(["instances", "--data", file.to_str().unwrap()]);
    let mut child = instances
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    assert!(first.starts_with("id "), "{first}");
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
    let output = instances
        .stdout(OpenOptions::new().write(true).open("/dev/full").unwrap())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("No space left"), "{error}");
}

#[tokio::test]
async fn a_name_cannot_command_the_terminal_that_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::on_file(&file);
    let name = "\u{1b}]0;owned\u{7}\r\n\u{202e}x";
    let client = host.client().await;
    client.done("createInstance", json!({ "name": name })).await;
    let output = program()
        .args(["instances", "--data", file.to_str().unwrap()])
        .output()
        .unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(
        table.contains("\\u{1b}]0;owned\\u{7}\\r\\n\\u{202e}x"),
        "{table}"
    );
    assert!(
        table
            .chars()
            .all(|letter| letter == '\n' || !letter.is_control())
    );
}
