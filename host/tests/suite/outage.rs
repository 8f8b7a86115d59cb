//! PostgreSQL goes away while requests wait for it.

use std::time::{Duration, Instant};

use codebolt_host::store::postgres::PostgresOptions;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::net::{TcpListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::postgres_server::{folder, made_in, unique_name};
use crate::stores::Opened;

/// How long a request waits for a connection here.
const ACQUIRE: Duration = Duration::from_secs(3);

/// A way to a server that can be closed: then its address refuses connections, as a machine does on which
/// no server runs.
struct Way {
    port: u16,
    socket: String,
    open: JoinHandle<()>,
}

impl Way {
    async fn to_server() -> Self {
        let socket = format!("{}/.s.PGSQL.5432", folder().await.display());
        let (port, open) = Self::open(0, socket.clone()).await;
        Self { port, socket, open }
    }

    async fn open(port: u16, socket: String) -> (u16, JoinHandle<()>) {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let serving = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                let mut far = UnixStream::connect(&socket).await.unwrap();
                connections.spawn(async move {
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        (port, serving)
    }

    async fn close(&mut self) {
        self.open.abort();
        let _ = (&mut self.open).await;
    }

    async fn reopen(&mut self) {
        self.open = Self::open(self.port, self.socket.clone()).await.1;
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://codebolt@127.0.0.1:{}/{database}", self.port)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_waits_for_a_server_that_is_gone_fails_together_with_the_reason_and_is_not_done_later()
 {
    fail_together(&["one", "two", "never-seen"]).await;
}

/// So none of them has to be looked up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_waits_for_a_server_that_is_gone_fails_together_also_when_the_host_knows_all_instances()
 {
    fail_together(&["one", "two"]).await;
}

/// None of them ran, so none of them took too long.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_whose_time_ends_while_no_connection_can_be_made_fails_with_why_not() {
    let database = unique_name();
    made_in(folder().await, &database).await;
    let mut way = Way::to_server().await;
    let mut options = PostgresOptions::new(&way.url(&database));
    options.query_timeout = Duration::from_secs(2);
    let host = Opened::on_postgres(options).await;
    host.done("createInstance", json!({ "name": "log" })).await;
    way.close().await;
    // The connections that there were fail at once.
    let lost = async {
        loop {
            let reply = host
                .call("getInstance", json!({ "instanceId": "log" }))
                .await;
            if reply["error"]
                .as_str()
                .unwrap()
                .contains("cannot be reached")
            {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), lost)
        .await
        .unwrap();
    let log = json!({ "instanceId": "log" });
    let query = json!({ "query": { "from": { "instance": "log" } } });
    for (operation, params) in [
        ("getInstance", log.clone()),
        ("getInstanceStats", log),
        ("listInstances", json!({})),
        ("queryEvents", query),
    ] {
        let reply = host.call(operation, params).await;
        let error = reply["error"].as_str().unwrap();
        assert!(error.contains("cannot be reached"), "{error}");
        assert!(error.contains("refused"), "{error}");
        assert_eq!(reply["code"], "STORAGE_FAILED");
    }
    host.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_health_check_that_gets_no_connection_does_not_speak_of_a_commit() {
    let database = unique_name();
    made_in(folder().await, &database).await;
    let mut way = Way::to_server().await;
    let options = PostgresOptions::new(&way.url(&database));
    let host = Opened::on_postgres(options).await;
    way.close().await;
    // Takes connections, and never says a word.
    let _silent = TcpListener::bind(("127.0.0.1", way.port)).await.unwrap();
    let failure = host.store.check().await.unwrap_err().to_string();
    assert!(
        failure.contains("no connection could be made within 800 ms"),
        "{failure}"
    );
    host.store.close().await;
}

async fn fail_together(names: &[&str]) {
    let database = unique_name();
    made_in(folder().await, &database).await;
    let mut way = Way::to_server().await;
    let mut options = PostgresOptions::new(&way.url(&database));
    options.acquire = ACQUIRE;
    let host = Opened::on_postgres(options).await;
    for name in ["one", "two"] {
        let event = json!({ "instanceId": name, "autoCreateInstance": true });
        host.done("appendEvent", event).await;
    }
    way.close().await;
    let started = Instant::now();
    let mut asked = Vec::new();
    for number in 0..100 {
        let name = names[number % names.len()];
        asked.push(host.call("appendEvent", json!({ "instanceId": name })));
        let change = json!({ "instanceId": name, "description": "x" });
        asked.push(host.call("updateInstance", change));
        asked.push(host.call("getInstance", json!({ "instanceId": name })));
        let query = json!({ "query": { "from": { "instance": name } } });
        asked.push(host.call("queryEvents", query));
    }
    let replies: Vec<Value> = tokio::time::timeout(4 * ACQUIRE, join_all(asked))
        .await
        .expect("none waits behind another one");
    let took = started.elapsed();
    let errors: Vec<&str> = replies
        .iter()
        .map(|reply| reply["error"].as_str().unwrap())
        .collect();
    let is_told = |error: &&&str| error.contains("cannot be reached") && error.contains("refused");
    let refused = errors.iter().filter(is_told).count();
    // A few had a connection and lost it, and know that.
    assert!(refused >= 380, "{refused} of 400 were refused: {errors:?}");
    assert!(took > ACQUIRE / 2, "they waited for it to come back");
    way.reopen().await;
    for name in ["one", "two"] {
        let log = json!({ "instanceId": name });
        let stats = host.done("getInstanceStats", log.clone()).await;
        assert_eq!(
            stats["eventCount"], 1,
            "nothing was done behind their backs"
        );
        let next = host.done("appendEvent", log).await;
        assert_eq!(next["event"]["sequence_number"], 2);
    }
    host.store.close().await;
}
