use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;

use rusqlite::{Connection, ffi};

use super::super::counters::CachedCounters;
use super::super::file::OpenFiles;
use super::super::writer::{Outcome, Writer};
use super::super::writer_health::WriterHealth;
use super::super::{append, connection, schema};
use super::Lost;
use crate::store::write_limit::WriteLimit;
use crate::store::{Append, CommitObserver, NewEvent, StoreFailure, Write, Written};

/// A payload at which the file's own trigger makes SQLite roll back the transaction, as a full disk does.
const POISON: &str = "\"poison\"";

fn writer(folder: &Path) -> Writer {
    let file = folder.join("events.db");
    let mut connection = connection::open_for_writing(&file).unwrap();
    schema::migrate(&mut connection).unwrap();
    let trigger = "CREATE TRIGGER loses BEFORE INSERT ON event WHEN NEW.payload = '\"poison\"'
                   BEGIN SELECT RAISE(ROLLBACK, 'no room'); END";
    connection.execute_batch(trigger).unwrap();
    Writer {
        files: OpenFiles::of(&file),
        connection,
        jobs: channel().1,
        limit: Arc::new(WriteLimit::new(1_000, 1_000_000)),
        health: Arc::new(WriterHealth::new()),
        observer: CommitObserver::default(),
        counters: CachedCounters::default(),
        data_version: 0,
        is_log_long: false,
        is_purging: false,
    }
}

fn event(payload: &str) -> Append {
    Append {
        reference: "log".into(),
        create: true,
        expected_version: None,
        events: vec![NewEvent {
            id: None,
            stream_id: "s".into(),
            event_type: "t".into(),
            payload: payload.into(),
            metadata: "{}".into(),
            expected_version: None,
            timestamp: None,
        }],
    }
}

fn appends(payloads: &[&str]) -> Vec<Write> {
    payloads
        .iter()
        .map(|payload| Write::Append(event(payload)))
        .collect()
}

fn refused() -> Write {
    Write::DeleteInstance {
        reference: "none".into(),
    }
}

/// Positions of what was appended, and texts of what was not.
fn said(outcomes: Vec<Outcome>) -> Vec<Result<i64, StoreFailure>> {
    outcomes
        .into_iter()
        .map(|outcome| {
            outcome.map(|written| match written {
                Written::Appended(appended) => appended.events[0].0.position,
                Written::Instance(_) => 0,
            })
        })
        .collect()
}

/// Position, sequence number and payload of what is in the file, as another process sees it.
fn stored(folder: &Path) -> Vec<(i64, i64, String)> {
    let database = Connection::open(folder.join("events.db")).unwrap();
    let sql = "SELECT position & 0xFFFFFFFF, sequence_number, payload FROM event ORDER BY position";
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn numbered(payloads: &[&str]) -> Vec<(i64, i64, String)> {
    (1..)
        .zip(payloads)
        .map(|(number, payload)| (number, number, (*payload).to_owned()))
        .collect()
}

fn no_room(outcome: &Result<i64, StoreFailure>) -> bool {
    matches!(outcome, Err(StoreFailure::Database(why)) if why.contains("no room"))
}

#[test]
fn a_write_that_loses_the_transaction_fails_alone_and_the_others_of_its_batch_are_done() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path());
    let mut batch = appends(&["1", POISON, "2", POISON, "3"]);
    batch.insert(3, refused());
    let outcomes = said(writer.write_batch(&batch));
    assert!(
        no_room(&outcomes[1]) && no_room(&outcomes[4]),
        "{outcomes:?}"
    );
    assert_eq!(
        (&outcomes[0], &outcomes[2], &outcomes[5]),
        (&Ok(1), &Ok(2), &Ok(3))
    );
    assert_eq!(
        outcomes[3],
        Err(StoreFailure::NoInstance("\"none\"".into()))
    );
    assert_eq!(outcomes.len(), 6);
    assert_eq!(stored(folder.path()), numbered(&["1", "2", "3"]));
    // Nothing is remembered of what was lost.
    assert_eq!(said(writer.write_batch(&appends(&["4"]))), [Ok(4)]);
    assert_eq!(stored(folder.path()), numbered(&["1", "2", "3", "4"]));
}

#[test]
fn a_commit_that_fails_is_unknown_to_those_that_it_was_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path());
    assert_eq!(said(writer.write_batch(&appends(&["1"]))), [Ok(1)]);
    writer.connection.commit_hook(Some(|| true)).unwrap();
    let mut batch = appends(&["2", "3"]);
    batch.insert(1, refused());
    for (batch, expected) in [(batch, 3), (appends(&[POISON, "4"]), 2)] {
        let outcomes = said(writer.write_batch(&batch));
        assert_eq!(outcomes.len(), expected);
        let last = outcomes.last().unwrap();
        assert!(matches!(last, Err(StoreFailure::Uncertain(_))), "{last:?}");
        if expected == 3 {
            assert!(matches!(outcomes[0], Err(StoreFailure::Uncertain(_))));
            assert!(matches!(outcomes[1], Err(StoreFailure::NoInstance(_))));
        } else {
            assert!(no_room(&outcomes[0]), "{outcomes:?}");
        }
        assert!(matches!(
            writer.health.last(),
            Err(StoreFailure::Uncertain(_))
        ));
    }
    writer.connection.commit_hook(None::<fn() -> bool>).unwrap();
    assert_eq!(said(writer.write_batch(&appends(&["5"]))), [Ok(2)]);
    assert_eq!(writer.health.last(), Ok(()));
    assert_eq!(stored(folder.path()), numbered(&["1", "5"]));
}

/// Full disks of hosts are in `tests/suite/full_disk.rs`.
#[test]
fn only_a_commit_that_found_no_room_or_a_lock_is_known_not_to_be_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let writer = writer(folder.path());
    for (code, is_known) in [
        (ffi::SQLITE_FULL, true),
        (ffi::SQLITE_BUSY, true),
        (ffi::SQLITE_LOCKED, true),
        (ffi::SQLITE_IOERR_FSYNC, false),
        (ffi::SQLITE_IOERR_WRITE, false),
        (ffi::SQLITE_CORRUPT, false),
    ] {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        match writer.lost_commit(Vec::new(), error) {
            Lost::AtCommit(_) => assert!(is_known, "{code}"),
            Lost::Unknown(_, failure) => {
                assert!(!is_known, "{code}");
                assert!(matches!(failure, StoreFailure::Uncertain(_)), "{failure}");
            }
            Lost::AtBegin(_) | Lost::At(..) => panic!("{code}"),
        }
    }
}

#[test]
fn what_comes_while_the_file_is_gone_is_refused_and_not_stored() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path());
    assert_eq!(said(writer.write_batch(&appends(&["1"]))), [Ok(1)]);
    let (file, aside) = (folder.path().join("events.db"), folder.path().join("aside"));
    std::fs::rename(&file, &aside).unwrap();
    let outcomes = said(writer.write_batch(&appends(&["2", "3"])));
    assert_eq!(outcomes.len(), 2);
    for outcome in outcomes {
        assert!(
            matches!(outcome, Err(StoreFailure::FileGone(_))),
            "{outcome:?}"
        );
    }
    std::fs::rename(&aside, &file).unwrap();
    assert_eq!(said(writer.write_batch(&appends(&["4"]))), [Ok(2)]);
    assert_eq!(stored(folder.path()), numbered(&["1", "4"]));
}

/// Whoever had no answer sends it again, perhaps many times.
#[test]
fn an_append_of_what_is_there_already_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path());
    let mut request = event("1");
    request.events[0].id = Some("known".into());
    let batch = [Write::Append(request)];
    assert_eq!(said(writer.write_batch(&batch)), [Ok(1)]);
    let before = writer.connection.total_changes();
    assert_eq!(said(writer.write_batch(&batch)), [Ok(1)]);
    assert_eq!(writer.connection.total_changes(), before);
}

#[test]
fn what_another_process_wrote_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path());
    let other = connection::open_for_writing(&folder.path().join("events.db")).unwrap();
    for round in 0..3 {
        let next = round * 3;
        let outcomes = said(writer.write_batch(&appends(&["0", "0"])));
        assert_eq!(outcomes, [Ok(next + 1), Ok(next + 2)]);
        append::append(&other, &mut CachedCounters::default(), &event("0")).unwrap();
    }
    assert_eq!(stored(folder.path()), numbered(&["0"; 9]));
}

#[test]
fn a_health_check_that_fails_is_known_and_leaves_the_file_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path());
    assert!(writer.write_batch(&[]).is_empty());
    assert_eq!((writer.health.count(), writer.health.last()), (1, Ok(())));
    writer
        .connection
        .pragma_update(None, "query_only", true)
        .unwrap();
    assert!(writer.write_batch(&[]).is_empty());
    assert!(matches!(
        writer.health.last(),
        Err(StoreFailure::Database(_))
    ));
    let other = Connection::open(folder.path().join("events.db")).unwrap();
    other.busy_timeout(std::time::Duration::ZERO).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; ROLLBACK").unwrap();
    writer
        .connection
        .pragma_update(None, "query_only", false)
        .unwrap();
    assert!(writer.write_batch(&[]).is_empty());
    assert_eq!((writer.health.count(), writer.health.last()), (3, Ok(())));
}

/// Then the lock is free, and the rest of the batch is not done beside it.
#[test]
fn a_transaction_that_was_left_open_is_rolled_back_before_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path());
    assert_eq!(said(writer.write_batch(&appends(&["1"]))), [Ok(1)]);
    let left = "BEGIN IMMEDIATE; DELETE FROM event";
    writer.connection.execute_batch(left).unwrap();
    assert_eq!(said(writer.write_batch(&appends(&["2"]))), [Ok(2)]);
    assert_eq!(stored(folder.path()), numbered(&["1", "2"]));
}
