//! What all clients together can make the host hold.
#![cfg(target_os = "linux")]

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::bare_socket::{bare_socket, header};
use crate::host_process::{Client, HostProcess};
use crate::limits::{memory, soon};

/// What the host has before anybody comes, and what it needs beside the limit.
const BESIDE: u64 = 64;

fn host(folder: &tempfile::TempDir, arguments: &[&str]) -> HostProcess {
    let file = folder.path().join("events.db");
    let mut all = vec!["--data", file.to_str().unwrap()];
    all.extend(arguments);
    HostProcess::start(&all)
}

async fn small_things_are_done(client: &Client) {
    let event = json!({ "instanceId": "log", "autoCreateInstance": true });
    soon("an append", client.done("appendEvent", event)).await;
    soon("a list", client.done("listInstances", json!({}))).await;
}

async fn unfinished_messages_are_bounded(first: u8) {
    const PART: usize = 10 << 20;
    let folder = tempfile::tempdir().unwrap();
    let host = host(&folder, &["--max-memory", "256MiB"]);
    let client = host.client().await;
    small_things_are_done(&client).await;
    let before = memory(&host, "VmRSS");
    let sending = (0..20).map(|_| async {
        let stream = bare_socket(&host).await;
        let (mut reading, mut writing) = stream.into_split();
        let sent = tokio::spawn(async move {
            writing.write_all(&header(first, 99 << 20)).await?;
            let part = vec![b' '; PART];
            for _ in 0..9 {
                writing.write_all(&part).await?;
            }
            Ok::<_, std::io::Error>(writing)
        });
        tokio::time::sleep(Duration::from_secs(3)).await;
        // Whether it was answered anything yet.
        let mut answer = [0; 1];
        let silent = tokio::time::timeout(Duration::from_millis(10), reading.peek(&mut answer));
        assert!(silent.await.is_err());
        (sent, reading)
    });
    let held = join_all(sending).await;
    let peak = memory(&host, "VmHWM");
    assert!(
        peak < before + 128 + BESIDE,
        "{before} MiB before, {peak} MiB at most"
    );
    assert!(host.metric("codebolt_host_memory_waiting ").await >= 15);
    let of = "codebolt_host_memory_bytes{of=\"received\"} ";
    let taken = host.metric(of).await;
    assert!((90 << 20..=128 << 20).contains(&taken), "{taken}");
    small_things_are_done(&client).await;
    // The stalled client gets an error, and the next one its memory.
    let answered = join_all(held.into_iter().map(|(sent, mut reading)| async move {
        let mut all = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(16), reading.read_to_end(&mut all)).await;
        sent.abort();
        String::from_utf8_lossy(&all).contains("--max-memory")
    }))
    .await;
    assert!(
        answered.contains(&true) && answered.contains(&false),
        "{answered:?}"
    );
    let peak = memory(&host, "VmHWM");
    assert!(
        peak < before + 128 + BESIDE,
        "{before} MiB before, {peak} MiB at most"
    );
    let freed = async {
        while host.metric(of).await > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    soon("giving all of it back", freed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_clients_that_each_hold_an_unfinished_message_share_one_bound() {
    unfinished_messages_are_bounded(0x81).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_do_twenty_whose_message_comes_in_parts() {
    unfinished_messages_are_bounded(0x01).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_messages_of_many_clients_are_all_done_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(
        &folder,
        &[
            "--max-memory",
            "64MiB",
            "--max-message",
            "32MiB",
            "--max-reply",
            "1MiB",
        ],
    );
    let client = host.client().await;
    small_things_are_done(&client).await;
    let before = memory(&host, "VmRSS");
    let events = vec![json!({ "payload": "x".repeat(1 << 20) }); 20];
    let params = json!({ "instanceId": "log", "events": events }).to_string();
    let clients = join_all((0..8).map(|_| host.client())).await;
    let asked = clients
        .iter()
        .map(|client| client.call_raw("appendEvents", &params));
    let replies = tokio::time::timeout(Duration::from_secs(60), join_all(asked)).await;
    for reply in replies.expect("they are all done") {
        assert_eq!(reply.expect("the connection lives")["success"], true);
    }
    assert!(host.metric("codebolt_host_memory_waited_total ").await > 0);
    // The clients are still there, and hold nothing.
    let given_back = async {
        while memory(&host, "VmRSS") > before + 90 + BESIDE {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    soon("giving it back", given_back).await;
    small_things_are_done(&clients[0]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lets_most_of_the_replies_pile_up_is_cut_off_and_others_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(
        &folder,
        &[
            "--max-memory",
            "128MiB",
            "--max-message",
            "32MiB",
            "--max-reply",
            "16MiB",
        ],
    );
    let client = host.client().await;
    small_things_are_done(&client).await;
    for _ in 0..16 {
        let event = json!({ "instanceId": "log", "payload": "x".repeat(1 << 20) });
        client.done("appendEvent", event).await;
    }
    let mut sockets = Vec::new();
    let query = json!({ "query": { "from": { "instance": "log" } } });
    let frame = json!({ "type": "eventLog.queryEvents", "requestId": "1", "params": query });
    let frame = frame.to_string();
    for _ in 0..10 {
        let mut socket = bare_socket(&host).await;
        for _ in 0..3 {
            let mut message = header(0x81, frame.len());
            message.extend(frame.as_bytes());
            socket.write_all(&message).await.unwrap();
        }
        sockets.push(socket);
    }
    let cut = async {
        while host.metric("codebolt_host_memory_cut_total ").await < 2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    soon("cutting off", cut).await;
    small_things_are_done(&client).await;
    let unsent = host
        .metric("codebolt_host_memory_bytes{of=\"unsent\"} ")
        .await;
    assert!(unsent <= 64 << 20, "{unsent}");
    // Seven queries may be under way at a time, each with what it reads and what it makes of it.
    let peak = memory(&host, "VmHWM");
    assert!(peak < 64 + 7 * 3 * 16 + BESIDE, "{peak} MiB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_is_no_utf_8_and_a_frame_without_mask_are_told_and_closed() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(&folder, &[]);
    for (bytes, code, word) in [
        (vec![0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe], 1007_u16, "UTF-8"),
        (vec![0x81, 0x02, b'{', b'}'], 1002, "not masked"),
    ] {
        let mut socket = bare_socket(&host).await;
        socket.write_all(&bytes).await.unwrap();
        let mut all = Vec::new();
        let reading = socket.read_to_end(&mut all);
        let _ = tokio::time::timeout(Duration::from_secs(10), reading).await;
        let text = String::from_utf8_lossy(&all).into_owned();
        assert!(
            text.contains("\"success\":false") && text.contains(word),
            "{text}"
        );
        let close = all.windows(2).any(|pair| pair == code.to_be_bytes());
        assert!(close, "{all:?}");
    }
    small_things_are_done(&host.client().await).await;
}

#[test]
fn bounds_that_do_not_fit_together_are_refused_at_the_start_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let output = crate::host_process::program()
        .args([
            "--port",
            "0",
            "--data",
            file.to_str().unwrap(),
            "--max-memory",
            "150MiB",
        ])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    assert!(text.contains("raise --max-memory to 209715200"), "{text}");
    assert!(!file.exists());
}
