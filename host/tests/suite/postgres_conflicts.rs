//! Transactions that PostgreSQL breaks off, as triggers in its tables have it.

use codebolt_host::store::postgres::{PostgresOptions, PostgresStore};
use futures_util::future::join;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use crate::log_lines::LogLines;
use crate::postgres_server::new_schema;
use crate::postgres_sessions::{Lock, run};
use crate::stores::Opened;

/// When a trigger's code runs.
#[derive(Clone, Copy)]
enum When {
    Statement,
    Commit,
}

/// Runs PL/pgSQL for each row that is inserted into or updated in a table. A sequence `tries`, which no rollback sets
/// back, is there for it.
async fn trigger(host: &Opened, table: &str, when: When, code: &str) {
    trigger_on(&mut host.session().await, table, when, code).await;
}

async fn trigger_on(session: &mut PgConnection, table: &str, when: When, code: &str) {
    let trigger = match when {
        When::Statement => format!("CREATE TRIGGER breaks AFTER INSERT OR UPDATE ON {table}"),
        When::Commit => format!(
            "CREATE CONSTRAINT TRIGGER breaks AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED"
        ),
    };
    let statements = format!(
        "CREATE SEQUENCE IF NOT EXISTS tries;
         DROP TRIGGER IF EXISTS breaks ON {table};
         CREATE OR REPLACE FUNCTION breaks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {code} RETURN NULL; END $$;
         {trigger} FOR EACH ROW EXECUTE FUNCTION breaks()"
    );
    run(session, &statements).await;
}

fn raise(code: &str) -> String {
    format!("RAISE EXCEPTION 'as the test wants it' USING ERRCODE = '{code}';")
}

/// How many tries a trigger has counted. From now on it counts anew.
async fn tries(host: &Opened) -> i64 {
    let mut session = host.session().await;
    let count = sqlx::query_scalar("SELECT last_value FROM tries")
        .fetch_one(&mut session)
        .await
        .unwrap();
    run(&mut session, "ALTER SEQUENCE tries RESTART").await;
    count
}

async fn payloads(host: &Opened) -> Vec<Value> {
    let found = host.query(json!({ "from": { "instance": "log" } })).await;
    let events = found["events"].as_array().unwrap().iter();
    events.map(|event| event["payload"].clone()).collect()
}

async fn host() -> Opened {
    let host = Opened::postgres().await;
    host.done("createInstance", json!({ "name": "log" })).await;
    host
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_loses_against_others_is_tried_again_and_done_once() {
    for when in [When::Statement, When::Commit] {
        let host = host().await;
        let loses = format!(
            "IF nextval('tries') % 4 <> 0 THEN {} END IF;",
            raise("40001")
        );
        trigger(&host, "event_log_event", when, &loses).await;
        let event = json!({ "instanceId": "log", "payload": 1 });
        let done = host.done("appendEvent", event).await;
        assert_eq!(done["event"]["sequence_number"], 1);
        assert_ne!(done["duplicate"], true, "{done}");
        assert_eq!(payloads(&host).await, [1]);
        trigger(&host, "event_log_head", when, &loses).await;
        let change = json!({ "instanceId": "log", "description": "new" });
        let changed = host.done("updateInstance", change).await;
        assert_eq!(changed["instance"]["description"], "new");
        host.store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_loses_each_time_is_refused_and_not_done() {
    let host = host().await;
    let counted = |code| format!("PERFORM nextval('tries'); {}", raise(code));
    for when in [When::Statement, When::Commit] {
        trigger(&host, "event_log_event", when, &counted("40P01")).await;
        let refused = host
            .call("appendEvent", json!({ "instanceId": "log" }))
            .await;
        assert_eq!(refused["code"], "BUSY", "{refused}");
        assert_eq!(tries(&host).await, 10, "docs/host.md says so");
    }
    assert!(payloads(&host).await.is_empty());
    trigger(&host, "event_log_head", When::Commit, &counted("40001")).await;
    let change = json!({ "instanceId": "log", "description": "new" });
    let refused = host.call("updateInstance", change).await;
    assert_eq!(refused["code"], "BUSY", "{refused}");
    assert_eq!(tries(&host).await, 10, "docs/host.md says so");
    host.store.close().await;
}

/// Others may need a while, such as when one of them waits for the disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_outlasts_a_conflict_of_a_second() {
    let host = host().await;
    let for_a_second = format!(
        "IF NOT (SELECT is_called FROM tries) THEN
             PERFORM setval('tries', (extract(epoch FROM clock_timestamp()) * 1000)::bigint);
         END IF;
         IF extract(epoch FROM clock_timestamp()) * 1000 < (SELECT last_value FROM tries) + 1000 THEN {} END IF;",
        raise("40001")
    );
    trigger(&host, "event_log_event", When::Statement, &for_a_second).await;
    host.done("appendEvent", json!({ "instanceId": "log" }))
        .await;
    run(&mut host.session().await, "ALTER SEQUENCE tries RESTART").await;
    trigger(&host, "event_log_head", When::Statement, &for_a_second).await;
    let change = json!({ "instanceId": "log", "description": "new" });
    host.done("updateInstance", change).await;
    host.store.close().await;
}

/// A commit that fails says nothing of what was committed, unless PostgreSQL says that it has rolled back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_fails_is_unknown_unless_it_was_surely_rolled_back() {
    let host = host().await;
    let ends = "PERFORM pg_terminate_backend(pg_backend_pid());".to_owned();
    for (code, wanted) in [
        (raise("23514"), "STORAGE_FAILED"),
        (raise("40002"), "STORAGE_FAILED"),
        (raise("40003"), "UNKNOWN_OUTCOME"),
        (raise("53100"), "UNKNOWN_OUTCOME"),
        (raise("57P03"), "UNKNOWN_OUTCOME"),
        (ends, "UNKNOWN_OUTCOME"),
    ] {
        trigger(&host, "event_log_event", When::Commit, &code).await;
        let append = json!({ "instanceId": "log" });
        let refused = host.call("appendEvent", append).await;
        assert_eq!(refused["code"], wanted, "{code}: {refused}");
        trigger(&host, "event_log_head", When::Commit, &code).await;
        let change = json!({ "instanceId": "log", "description": "new" });
        let refused = host.call("updateInstance", change).await;
        assert_eq!(refused["code"], wanted, "{code}: {refused}");
        let remove =
            "DROP TRIGGER breaks ON event_log_head; DROP TRIGGER breaks ON event_log_event";
        run(&mut host.session().await, remove).await;
    }
    assert!(payloads(&host).await.is_empty());
    host.store.close().await;
}

/// Appends the payloads 0 to `count`, all but the first in one transaction; answers the replies.
async fn appended_together(host: &Opened, count: i64) -> Vec<Value> {
    let append = |n: i64| ("appendEvent", json!({ "instanceId": "log", "payload": n }));
    let mut lock = Lock::on(host, "event_log_head").await;
    let first = host.sent_at_once(vec![append(0)]);
    let others = async {
        lock.waiters(1).await;
        // What comes while it waits, waits behind it.
        let sending = host.sent_at_once((1..count).map(append).collect());
        join(sending, lock.release()).await.0
    };
    let (mut replies, others) = join(first, others).await;
    replies.extend(others);
    replies
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_that_the_database_cannot_take_takes_no_other_down_with_it() {
    let host = host().await;
    let refuses = format!(
        "IF NEW.payload = '2' THEN PERFORM nextval('tries'); {} END IF;",
        raise("22000")
    );
    trigger(&host, "event_log_event", When::Statement, &refuses).await;
    let replies = appended_together(&host, 5).await;
    for (n, reply) in replies.iter().enumerate() {
        assert_eq!(reply["success"], n != 2, "{n}: {reply}");
    }
    assert_eq!(replies[2]["code"], "STORAGE_FAILED", "{}", replies[2]);
    assert_eq!(payloads(&host).await, [0, 1, 3, 4]);
    assert_eq!(tries(&host).await, 2, "with the others, and on its own");
    let alone = json!({ "instanceId": "log", "payload": 2 });
    let refused = host.call("appendEvent", alone).await;
    assert_eq!(refused["code"], "STORAGE_FAILED", "{refused}");
    assert_eq!(tries(&host).await, 1, "it was on its own already");
    host.store.close().await;
}

/// Nobody knows whether it was committed, so none of its appends is done again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appends_of_a_transaction_whose_outcome_is_unknown_are_not_tried_again() {
    let host = host().await;
    let lost = format!("IF NEW.payload = '2' THEN {} END IF;", raise("53100"));
    trigger(&host, "event_log_event", When::Commit, &lost).await;
    let replies = appended_together(&host, 4).await;
    assert_eq!(replies[0]["success"], true, "it went alone: {}", replies[0]);
    for reply in &replies[1..] {
        assert_eq!(reply["code"], "UNKNOWN_OUTCOME", "{reply}");
    }
    assert_eq!(payloads(&host).await, [0]);
    host.store.close().await;
}

/// A rename that fails for another reason says nothing of names.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_name_that_is_taken_is_said_to_be() {
    let host = host().await;
    trigger(&host, "event_log_name", When::Statement, &raise("22000")).await;
    let rename = json!({ "instanceId": "log", "name": "new" });
    let refused = host.call("updateInstance", rename).await;
    assert_eq!(refused["code"], "STORAGE_FAILED", "{refused}");
    host.store.close().await;
}

/// As when several hosts start at the same time.
#[tokio::test]
async fn tables_whose_set_up_is_broken_off_are_set_up_again_but_not_for_ever() {
    let url = new_schema().await;
    let mut session = PgConnection::connect(&url).await.unwrap();
    let version = "CREATE TABLE event_log_schema (version bigint NOT NULL)";
    run(&mut session, version).await;
    let always = raise("40001");
    trigger_on(&mut session, "event_log_schema", When::Statement, &always).await;
    let log = LogLines::of_this_thread();
    let opened = PostgresStore::open(PostgresOptions::new(&url)).await;
    let Err(failure) = opened else {
        panic!("nothing was set up");
    };
    assert!(
        failure.to_string().contains("as the test wants it"),
        "{failure}"
    );
    let waits = log.with("another session has used them");
    assert!(waits.is_empty(), "nobody uses them: {waits:?}");
    let twice = format!("IF nextval('tries') <= 2 THEN {} END IF;", raise("40001"));
    trigger_on(&mut session, "event_log_schema", When::Statement, &twice).await;
    let host = Opened::on_postgres(PostgresOptions::new(&url)).await;
    host.done("createInstance", json!({ "name": "log" })).await;
    host.store.close().await;
}
