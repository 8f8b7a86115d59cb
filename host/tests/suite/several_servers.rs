//! Several PostgreSQL servers in one address: which of them the store uses, and when it changes to another.
//!
//! What whole hosts do in a failover under load stands in `failover`.

use std::time::{Duration, Instant};

use codebolt_host::store::postgres::PostgresOptions;
use futures_util::future::{join, join4};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use crate::postgres_cluster::Switch;
use crate::postgres_pair::Pair;
use crate::postgres_sessions::{Lock, run};
use crate::stores::Opened;

async fn opened(url: &str) -> Opened {
    let mut options = PostgresOptions::new(url);
    options.wait = Duration::from_secs(30);
    Opened::on_postgres(options).await
}

/// How many events the server has, whose socket is in that folder.
async fn events_at(pair: &Pair, socket: &str) -> i64 {
    let mut session = PgConnection::connect(&pair.url(&[socket])).await.unwrap();
    let count = sqlx::query_scalar("SELECT count(*) FROM event_log_event")
        .fetch_one(&mut session)
        .await;
    session.close().await.unwrap();
    count.unwrap_or(0)
}

/// Ends all other sessions of the pair's database on the server whose socket is in that folder.
async fn end_sessions_at(pair: &Pair, socket: &str) {
    let mut session = PgConnection::connect(&pair.url(&[socket])).await.unwrap();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    run(&mut session, end).await;
    session.close().await.unwrap();
}

fn append() -> Value {
    json!({ "instanceId": "log", "autoCreateInstance": true })
}

/// Appends until one is stored on the server whose socket is in that folder.
async fn appends_arrive_at(host: &Opened, pair: &Pair, socket: &str) {
    let before = events_at(pair, socket).await;
    let deadline = Instant::now() + Duration::from_secs(120);
    while events_at(pair, socket).await == before {
        assert!(Instant::now() < deadline, "it does not change to {socket}");
        host.call("appendEvent", append()).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_that_take_writes_the_one_that_was_promoted_last_is_used() {
    let pair = Pair::find().await;
    for sockets in [[&*pair.old, &*pair.new], [&*pair.new, &*pair.old]] {
        let host = opened(&pair.url(&sockets)).await;
        // On a busy machine it may answer later than the other one, and is found at the next look.
        appends_arrive_at(&host, &pair, &pair.new).await;
        host.store.close().await;
    }
}

/// The old primary still answers, as after a failover by hand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_promoted_later_is_changed_to_and_what_waited_at_the_old_one_is_done_there()
 {
    let pair = Pair::find().await;
    for socket in [&pair.old, &pair.new] {
        let host = opened(&pair.url(&[socket])).await;
        for name in ["log", "two"] {
            host.done("createInstance", json!({ "name": name })).await;
        }
        host.store.close().await;
    }
    let switch = Switch::to_nowhere();
    let host = opened(&pair.url(&[&pair.old, &switch.socket()])).await;
    host.done("appendEvent", append()).await;
    assert_eq!(events_at(&pair, &pair.old).await, 1);
    let old = opened(&pair.url(&[&pair.old])).await;
    let mut heads = Lock::on(&old, "event_log_head").await;
    let appending = host.call("appendEvent", append());
    let change = json!({ "instanceId": "two", "description": "new" });
    let changing = host.call("updateInstance", change);
    let asking = host.call(
        "queryEvents",
        json!({ "query": { "from": { "instance": "log" } } }),
    );
    let finding = host.call("getInstance", json!({ "instanceId": "log" }));
    let turning = async {
        heads.waiters(4).await;
        switch.turn(&pair.new);
    };
    let (replies, ()) = join(join4(appending, changing, asking, finding), turning).await;
    let (appended, changed, asked, found) = replies;
    assert_eq!(appended["success"], true, "{appended}");
    assert_eq!(changed["success"], true, "{changed}");
    assert_eq!(asked["success"], true, "{asked}");
    assert_eq!(found["success"], true, "{found}");
    heads.release().await;
    assert_eq!(events_at(&pair, &pair.new).await, 1);
    assert_eq!(events_at(&pair, &pair.old).await, 1);
    old.store.close().await;
    // From now on it is the new one that is probed.
    switch.turn_to_nowhere();
    end_sessions_at(&pair, &pair.new).await;
    appends_arrive_at(&host, &pair, &pair.old).await;
    host.store.close().await;
}

/// As a floating address does after a failover. The old primary still answers on the connections that it has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_leads_to_a_server_that_was_promoted_later_is_followed_there() {
    let pair = Pair::find().await;
    for socket in [&pair.old, &pair.new] {
        opened(&pair.url(&[socket])).await.store.close().await;
    }
    let switch = Switch::to(&pair.old);
    let host = opened(&pair.url(&[&switch.socket(), "/nowhere"])).await;
    host.done("appendEvent", append()).await;
    assert_eq!(events_at(&pair, &pair.old).await, 1);
    switch.turn(&pair.new);
    appends_arrive_at(&host, &pair, &pair.new).await;
    host.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_gone_is_left_and_taken_again_when_it_is_the_later_one() {
    let pair = Pair::find().await;
    let switch = Switch::to(&pair.new);
    let host = opened(&pair.url(&[&switch.socket(), &pair.old])).await;
    appends_arrive_at(&host, &pair, &pair.new).await;
    // The tables are there on the other one too, as after a failover.
    opened(&pair.url(&[&pair.old])).await.store.close().await;
    switch.turn_to_nowhere();
    end_sessions_at(&pair, &pair.new).await;
    appends_arrive_at(&host, &pair, &pair.old).await;
    // It stays there as long as that one takes writes and no other was promoted after it.
    host.done("appendEvent", append()).await;
    switch.turn(&pair.new);
    appends_arrive_at(&host, &pair, &pair.new).await;
    host.store.close().await;
}

/// It takes writes all the time, and no other does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_answer_once_is_used_on_with_the_same_connections() {
    let pair = Pair::find().await;
    let host = opened(&pair.url(&[&pair.old, "/nowhere"])).await;
    host.done("appendEvent", append()).await;
    let mut sessions = Sessions::at(&pair, &pair.old).await;
    let writing = sessions.that_did("COMMIT").await;
    until(async || !sessions.that_did(PROBE).await.is_empty()).await;
    sessions.end(PROBE).await;
    until(async || !sessions.that_did(PROBE).await.is_empty()).await;
    // Each look at all servers, every five seconds, is a session of its own.
    let before = sessions.ended_well().await;
    until(async || sessions.ended_well().await >= before + 2).await;
    let now = sessions.that_did("COMMIT").await;
    assert!(
        writing.iter().all(|process| now.contains(process)),
        "{writing:?} have written, of them {now:?} are left"
    );
    assert!(!writing.is_empty(), "one has written");
    host.store.close().await;
}

/// The last statement of a probe.
const PROBE: &str = "SELECT pg_is_in_recovery()";

async fn until(mut is_true: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !is_true().await {
        assert!(Instant::now() < deadline, "it does not come true");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The sessions of the pair's database on a server, seen from another database.
struct Sessions {
    seen_from: PgConnection,
    database: String,
}

impl Sessions {
    async fn at(pair: &Pair, socket: &str) -> Self {
        let url = pair.url(&[socket]).replace(&pair.database, "postgres");
        Self {
            seen_from: PgConnection::connect(&url).await.unwrap(),
            database: pair.database.clone(),
        }
    }

    /// The processes of those whose last statement is like this one.
    async fn that_did(&mut self, statement: &str) -> Vec<i32> {
        sqlx::query_scalar(
            "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND query LIKE $2 ORDER BY pid",
        )
        .bind(&self.database)
        .bind(statement)
        .fetch_all(&mut self.seen_from)
        .await
        .unwrap()
    }

    async fn end(&mut self, statement: &str) {
        for process in self.that_did(statement).await {
            sqlx::query("SELECT pg_terminate_backend($1)")
                .bind(process)
                .execute(&mut self.seen_from)
                .await
                .unwrap();
        }
    }

    /// How many have ended as their clients said, and were not lost.
    async fn ended_well(&mut self) -> i64 {
        sqlx::query_scalar(
            "SELECT sessions - sessions_abandoned - sessions_fatal - sessions_killed
                 - (SELECT count(*) FROM pg_stat_activity WHERE datname = $1)
             FROM pg_stat_database WHERE datname = $1",
        )
        .bind(&self.database)
        .fetch_one(&mut self.seen_from)
        .await
        .unwrap()
    }
}
