//! Tests: which writes share a queue, and which wait.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::time::Duration;

use tokio::sync::oneshot;

use super::instance_queues::{InstanceQueues, Job};
use crate::store::{Append, Write};

fn job(write: Write) -> Job {
    Job {
        write,
        size: 1,
        answer: oneshot::channel().0,
    }
}

fn append(reference: &str) -> Job {
    job(Write::Append(Append {
        reference: reference.into(),
        create: false,
        expected_version: None,
        events: Vec::new(),
    }))
}

fn rename(reference: &str, name: &str) -> Job {
    job(Write::UpdateInstance {
        reference: reference.into(),
        name: Some(name.into()),
        description: None,
    })
}

#[test]
fn appends_by_id_and_by_name_share_a_queue_and_a_transaction() {
    let mut queues = InstanceQueues::default();
    queues.learn("log", "id");
    queues.learn("id", "id");
    let queue = queues.enqueue(append("log")).unwrap();
    assert_eq!(queues.enqueue(append("id")), None);
    assert!(queues.enqueue(append("other")).is_some());
    assert_eq!(queues.next_batch(queue, 0).unwrap().jobs.len(), 2);
    assert!(queues.next_batch(queue, 2).is_none());
    assert!(
        queues.enqueue(append("id")).is_some(),
        "the queue was let go of"
    );
}

#[test]
fn a_queue_that_learns_an_id_takes_writes_by_it() {
    let mut queues = InstanceQueues::default();
    let queue = queues.enqueue(append("log")).unwrap();
    assert!(queues.next_batch(queue, 0).is_some());
    // Its first append made the instance, and its client now uses the id.
    queues.enqueue(append("log"));
    queues.learn("log", "id");
    assert_eq!(queues.enqueue(append("id")), None);
    assert_eq!(queues.next_batch(queue, 1).unwrap().jobs.len(), 2);
}

#[tokio::test]
async fn a_rename_waits_for_what_came_before_it_under_either_name() {
    let mut queues = InstanceQueues::default();
    let first = queues.enqueue(append("a")).unwrap();
    let second = queues.enqueue(append("b")).unwrap();
    assert_eq!(queues.enqueue(rename("a", "b")), None);
    assert_eq!(queues.enqueue(append("b")), None);
    assert_eq!(queues.next_batch(first, 0).unwrap().jobs.len(), 1);
    let mut renaming = queues.next_batch(first, 1).unwrap();
    assert!(matches!(
        renaming.jobs[..],
        [Job {
            write: Write::UpdateInstance { .. },
            ..
        }]
    ));
    let early = tokio::time::timeout(Duration::from_millis(50), renaming.wait()).await;
    assert!(
        early.is_err(),
        "what is done under the new name is not done yet"
    );
    assert!(queues.next_batch(second, 0).is_some());
    assert!(queues.next_batch(second, 1).is_none());
    renaming.wait().await;
    assert_eq!(queues.next_batch(first, 1).unwrap().jobs.len(), 1);
    assert!(queues.next_batch(first, 1).is_none());
    assert!(queues.is_empty());
}

#[tokio::test]
async fn a_write_that_waits_for_jobs_that_were_taken_out_goes_on() {
    let mut queues = InstanceQueues::default();
    for text in ["b", "id of b"] {
        queues.learn(text, "id of b");
    }
    let first = queues.enqueue(append("a")).unwrap();
    let second = queues.enqueue(append("b")).unwrap();
    assert_eq!(queues.next_batch(second, 0).unwrap().jobs.len(), 1);
    for _ in 0..4 {
        queues.enqueue(append("b"));
    }
    assert_eq!(queues.take_queued().len(), 5, "one is under way");
    queues.enqueue(rename("a", "b"));
    let mut renaming = queues.next_batch(first, 0).unwrap();
    let early = tokio::time::timeout(Duration::from_millis(50), renaming.wait()).await;
    assert!(early.is_err(), "one is under way");
    // The other queue has more to do, which came later.
    queues.enqueue(append("id of b"));
    assert!(queues.next_batch(second, 1).is_some());
    let waited = tokio::time::timeout(Duration::from_secs(5), renaming.wait()).await;
    assert!(waited.is_ok(), "nothing is left to wait for");
}

#[test]
fn a_transaction_has_at_most_a_thousand_appends_and_ends_after_8_mib() {
    let mut queues = InstanceQueues::default();
    let queue = queues.enqueue(append("log")).unwrap();
    for _ in 1..1_500 {
        queues.enqueue(append("log"));
    }
    let mib = 1024 * 1024;
    for size in [3 * mib - 500, 3 * mib, 2 * mib, 1] {
        queues.enqueue(Job {
            size,
            ..append("log")
        });
    }
    let mut done = 0;
    for wanted in [1_000, 503, 1] {
        done = queues.next_batch(queue, done).unwrap().jobs.len();
        assert_eq!(done, wanted);
    }
}

#[test]
fn an_unknown_instance_is_looked_up_once() {
    let mut queues = InstanceQueues::default();
    let write = append("log").write;
    assert!(queues.needs_lookup(&write));
    queues.enqueue(append("log"));
    assert!(!queues.needs_lookup(&write), "it goes behind the other");
    let create = Write::CreateInstance {
        name: "new".into(),
        description: None,
    };
    assert!(!queues.needs_lookup(&create));
}
