//! Clients that keep to the protocol, and use up what others need.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncWriteExt, BufReader};

use crate::bare_socket::{bare_socket, header, narrow_socket, read_frame, small_frame};
use crate::host_process::{Client, HostProcess, served};

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;
/// A text message of which more is to come.
const FIRST_PART: u8 = 0x01;
/// A further part of it, of which more is to come.
const NEXT_PART: u8 = 0x00;

/// Much longer than what is waited for takes on a busy machine.
const FOREVER: Duration = Duration::from_secs(90);

async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(FOREVER, work)
        .await
        .unwrap_or_else(|_| panic!("{what} never happens"))
}

/// An append whose message is too large to go without a permit.
fn large_append(client: &Client) -> impl Future<Output = Option<serde_json::Value>> + use<> {
    let payload = "x".repeat(100_000);
    let params = json!({ "instanceId": "log", "autoCreateInstance": true, "payload": payload });
    client.call("appendEvent", params)
}

/// One client has started a message in parts, which takes all memory, and does not go on with it. It sends `answer`
/// to every ping of the host, or all the time.
async fn memory_is_given_up(answer: &[u8], all_the_time: bool) {
    let folder = tempfile::tempdir().unwrap();
    let host = HostProcess::in_folder(
        &folder,
        &[
            "--max-memory",
            "2MiB",
            "--max-message",
            "1MiB",
            "--max-reply",
            "1MiB",
            "--ping-interval",
            "1",
        ],
    );
    let (mut reading, mut writing) = bare_socket(&host).await.into_split();
    let mut part = header(FIRST_PART, 70_000);
    part.extend([b' '; 70_000]);
    writing.write_all(&part).await.unwrap();
    let reserved = async {
        while host
            .metric("codebolt_host_memory_bytes{of=\"received\"} ")
            .await
            < 1 << 20
        {}
    };
    within("reserving all memory", reserved).await;
    let answer = answer.to_vec();
    let (answers, mut due) = tokio::sync::mpsc::unbounded_channel();
    let answering = tokio::spawn(async move {
        while all_the_time || due.recv().await.is_some() {
            if writing.write_all(&answer).await.is_err() {
                break;
            }
        }
        writing
    });
    let holding = async {
        let mut last = Vec::new();
        while let Some((first, payload)) = read_frame(&mut reading).await {
            match first {
                PING => answers.send(()).unwrap_or_default(),
                PONG => {}
                _ => last.push((first, payload)),
            }
        }
        last
    };
    let client = host.client().await;
    let waiting = large_append(&client);
    let (last, reply) = within("giving the memory up", async {
        tokio::join!(holding, waiting)
    })
    .await;
    answering.abort();
    assert_eq!(reply.expect("the connection lives")["success"], true);
    let [(TEXT, error), (CLOSE, close)] = last.as_slice() else {
        panic!("{last:?}");
    };
    let error: serde_json::Value = serde_json::from_slice(error).unwrap();
    assert_eq!(error["code"], "BUSY", "{error}");
    assert!(
        error["error"].as_str().unwrap().contains("--max-memory"),
        "{error}"
    );
    assert_eq!(close[..2], 1013_u16.to_be_bytes());
    served(&host).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_only_answers_pings_between_the_parts_of_a_message_gives_its_memory_up() {
    memory_is_given_up(&small_frame(PONG, b""), false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_does_who_sends_a_part_of_one_byte_now_and_then() {
    memory_is_given_up(&small_frame(NEXT_PART, b" "), false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_does_who_always_sends_something_else() {
    let pongs = small_frame(PONG, b"still here").repeat(1000);
    memory_is_given_up(&pongs, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_pings_without_reading_makes_the_host_keep_only_the_newest_pongs() {
    const PINGS: u32 = 100_000;
    let folder = tempfile::tempdir().unwrap();
    let host = HostProcess::in_folder(&folder, &["--write-timeout", "3600"]);
    let (reading, mut writing) = narrow_socket(&host, 64 * 1024).await.into_split();
    let mut reading = BufReader::new(reading);
    // While the client reads, each ping has its pong.
    let few: Vec<u8> = (0..10_u8)
        .flat_map(|number| small_frame(PING, &[number]))
        .collect();
    writing.write_all(&few).await.unwrap();
    for number in 0..10 {
        let frame = within("a pong", read_frame(&mut reading)).await;
        assert_eq!(frame, Some((PONG, vec![number])));
    }
    let ping = |number: u32| {
        let mut payload = number.to_be_bytes().to_vec();
        payload.resize(125, b'x');
        small_frame(PING, &payload)
    };
    let many: Vec<u8> = (1..=PINGS).flat_map(ping).collect();
    within("reading the pings", writing.write_all(&many))
        .await
        .unwrap();
    // The host has read all pings once it has done what came behind them.
    let request = json!({ "type": "eventLog.createInstance", "requestId": 1, "params": { "name": "behind" } });
    let request = small_frame(TEXT, request.to_string().as_bytes());
    writing.write_all(&request).await.unwrap();
    let other = host.client().await;
    let done = async {
        while other.done("listInstances", json!({})).await["instances"]
            .as_array()
            .unwrap()
            .is_empty()
        {}
    };
    within("the request behind the pings", done).await;
    let mut pongs = Vec::new();
    let mut is_answered = false;
    // The newest pongs may stand on either side of the reply.
    while !is_answered || pongs.last() != Some(&PINGS) {
        match within("a frame", read_frame(&mut reading)).await {
            Some((PONG, payload)) => {
                pongs.push(u32::from_be_bytes(payload[..4].try_into().unwrap()))
            }
            Some((TEXT, _)) => is_answered = true,
            Some((PING, _)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(pongs.is_sorted(), "pongs come in the order of their pings");
    assert!(
        pongs.len() < PINGS as usize / 2,
        "{} pongs were kept for it",
        pongs.len()
    );
    served(&host).await;
}
