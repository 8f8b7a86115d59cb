//! Frames as clients send them, cut into pieces anywhere.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};

use super::frame_reader::{FrameReader, Incoming, SMALL};
use super::read_failure::ReadFailure;
use crate::service::memory_budget::MemoryBudget;
use crate::service::write_timeout::Traffic;

const MOST: usize = 1 << 20;

/// A frame as a client masks it.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [7, 77, 177, 3];
    let mut frame = vec![first, 0x80 | 127];
    frame.extend((payload.len() as u64).to_be_bytes());
    if payload.len() <= 125 {
        frame = vec![first, 0x80 | payload.len() as u8];
    }
    frame.extend(mask);
    frame.extend(
        payload
            .iter()
            .enumerate()
            .map(|(at, byte)| byte ^ mask[at % 4]),
    );
    frame
}

fn reader(memory: &Arc<MemoryBudget>, size: usize) -> (DuplexStream, FrameReader<DuplexStream>) {
    let (near, far) = duplex(size);
    let reader = FrameReader::new(near, Arc::clone(memory), Traffic::default(), MOST);
    (far, reader)
}

/// What is read of these bytes, as text.
async fn read(bytes: Vec<u8>, size: usize) -> Vec<String> {
    let (mut far, reader) = reader(&Arc::new(MemoryBudget::new(4 * MOST)), size);
    let writing = tokio::spawn(async move {
        let _ = far.write_all(&bytes).await;
    });
    let shown = |next: Result<Incoming, ReadFailure>| match next {
        Ok(Incoming::Text(text, _)) => format!(
            "{}:{}",
            text.len(),
            String::from_utf8_lossy(text.get(..9).unwrap_or(&text))
        ),
        other => format!("{other:?}"),
    };
    let all = pin!(reader.into_stream()).map(shown).collect().await;
    writing.await.unwrap();
    all
}

#[tokio::test]
async fn messages_are_put_together_from_any_pieces() {
    let large = "x".repeat(70_000);
    let mut bytes = frame(0x81, b"one");
    bytes.extend(frame(0x01, b"t"));
    bytes.extend(frame(0x89, b"p"));
    bytes.extend(frame(0x00, b"w"));
    bytes.extend(frame(0x80, b"o"));
    bytes.extend(frame(0x81, large.as_bytes()));
    bytes.extend(frame(0x82, &[0, 159]));
    bytes.extend(frame(0x8a, b""));
    bytes.extend(frame(0x81, b""));
    bytes.extend(frame(0x88, &[0x03, 0xe8, b'b']));
    bytes.extend(frame(0x81, b"behind the close"));
    for size in [1, 7, 4096, 1 << 20] {
        let seen = read(bytes.clone(), size).await;
        let expected = [
            "3:one",
            "Ok(Ping([112]))",
            "3:two",
            "70000:xxxxxxxxx",
            "Ok(Binary)",
            "Ok(Pong)",
            "0:",
            "Ok(Close(Some(1000)))",
        ];
        assert_eq!(seen, expected, "{size} bytes at a time");
    }
}

#[tokio::test]
async fn a_violation_of_the_protocol_or_a_bound_ends_the_connection() {
    let mut parts = frame(0x01, &vec![0; MOST - 1]);
    parts.extend(frame(0x80, b"12"));
    let mut twice = frame(0x01, b"a");
    twice.extend(frame(0x81, b"b"));
    let cases = [
        (frame(0x80, b"x"), "Broken"),
        (twice, "Broken"),
        (frame(0x88, &[3]), "Broken"),
        (frame(0x88, &[0, 5]), "Broken"),
        (parts, "TooBig"),
        (
            vec![
                0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0,
            ],
            "TooBig",
        ),
    ];
    for (bytes, expected) in cases {
        let seen = read(bytes, 1 << 20).await;
        assert!(
            seen.last().unwrap().contains(expected),
            "{expected}: {seen:?}"
        );
    }
}

#[tokio::test]
async fn a_large_message_waits_for_room_and_one_that_stands_still_gives_it_up() {
    let memory = Arc::new(MemoryBudget::new(2 * MOST));
    let (mut first, mut holding) = reader(&memory, 1 << 21);
    let (mut second, waiting) = reader(&memory, 1 << 21);
    let whole = frame(0x81, &vec![b'x'; MOST]);
    first.write_all(&whole[..MOST / 2]).await.unwrap();
    second.write_all(&whole).await.unwrap();
    second
        .write_all(&frame(0x81, &vec![b'y'; SMALL]))
        .await
        .unwrap();
    holding.stall_timeout = Duration::from_millis(300);
    let mut holding = pin!(holding.into_stream());
    let mut waiting = pin!(waiting.into_stream());
    let soon = Duration::from_millis(50);
    assert!(tokio::time::timeout(soon, holding.next()).await.is_err());
    assert!(tokio::time::timeout(soon, waiting.next()).await.is_err());
    assert!(memory.has_waiters());
    let (held, waited) = tokio::join!(holding.next(), waiting.next());
    assert_eq!(held.unwrap().unwrap_err(), ReadFailure::Stalled);
    let Some(Ok(Incoming::Text(text, permit))) = waited else {
        panic!("{waited:?}");
    };
    assert!(text.len() == MOST && permit.is_some());
    let Some(Ok(Incoming::Text(text, permit))) = waiting.next().await else {
        panic!("the small one");
    };
    assert!(text.len() == SMALL && permit.is_none());
}

/// As on a machine that slept: the time is over, and what the client sent meanwhile is there to be read.
#[tokio::test]
async fn a_message_whose_bytes_are_there_does_not_stand_still_however_late_the_host_reads_them() {
    for size in [1000, 20_000, MOST - SMALL - 1] {
        let memory = Arc::new(MemoryBudget::new(2 * MOST));
        let (mut client, mut reader) = reader(&memory, 1 << 22);
        reader.stall_timeout = Duration::ZERO;
        client
            .write_all(&frame(0x01, &[b'x'; SMALL + 1]))
            .await
            .unwrap();
        let rest = MOST - SMALL - 1;
        for _ in 0..rest / size {
            client
                .write_all(&frame(0x00, &vec![b'x'; size]))
                .await
                .unwrap();
            client.write_all(&frame(0x8a, b"")).await.unwrap();
        }
        client
            .write_all(&frame(0x80, &vec![b'x'; rest % size]))
            .await
            .unwrap();
        drop(client);
        let mut messages = pin!(reader.into_stream());
        // Somebody else waits for memory all the time.
        let all = memory.reserve(MOST).await;
        assert!(messages.next().now_or_never().is_none());
        let mut waiting = pin!(memory.reserve(MOST));
        assert!(waiting.as_mut().now_or_never().is_none());
        drop(all);
        let seen = loop {
            match messages.next().await {
                Some(Ok(Incoming::Pong)) => assert!(memory.has_waiters()),
                seen => break seen,
            }
        };
        let Some(Ok(Incoming::Text(text, _))) = seen else {
            panic!("{size} bytes at a time: {seen:?}");
        };
        assert_eq!(text.len(), MOST);
    }
}
