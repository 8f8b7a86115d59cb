//! The host on Citus, with its tables distributed as `docs/scale-out.md` says.
//!
//! `cargo xtask test citus` runs this on the coordinator that `CODEBOLT_TEST_CITUS_URL` names, in a
//! database of its own on every server; it is ignored elsewhere, as no registry has a Citus.

use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use crate::host_process::HostProcess;
use crate::workload::{Known, LOG, Numbers, append, assert_true};

/// Where the servers are, as a user is told to distribute the tables.
const GUIDE: &str = include_str!("../../../docs/scale-out.md");

/// The statements of the guide's block that begins with that line.
fn block(first_line: &str) -> &'static str {
    let begin = GUIDE.find(first_line).expect("the guide has the block");
    let block = &GUIDE[begin..];
    &block[..block.find("```").unwrap()]
}

/// The coordinator's URL with another database.
fn database(url: &str, name: &str) -> String {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let (servers, _) = before.rsplit_once('/').unwrap();
    format!("{servers}/{name}?{query}")
}

async fn run(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut connection)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    connection.close().await.unwrap();
}

/// A database on all the servers of the coordinator's.
struct Database {
    name: String,
    /// As the coordinator has it.
    url: String,
    /// The database `postgres` of each server.
    servers: Vec<String>,
}

impl Database {
    /// Takes it away; what a test that failed has left can be looked at.
    async fn remove(self) {
        for server in &self.servers {
            run(server, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
        }
    }
}

async fn new_database() -> Database {
    let url = std::env::var("CODEBOLT_TEST_CITUS_URL").expect("CODEBOLT_TEST_CITUS_URL");
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let nodes = sqlx::query(
        "SELECT nodename, nodeport, groupid FROM pg_dist_node WHERE noderole = 'primary'",
    )
    .fetch_all(&mut connection)
    .await
    .expect("a coordinator with its nodes");
    connection.close().await.unwrap();
    let name = format!("codebolt_test_{}", uuid::Uuid::now_v7().simple());
    let coordinator = database(&url, &name);
    let mut setup = String::new();
    let mut servers = Vec::new();
    for node in nodes {
        let host: String = node.get(0);
        let (port, group): (i32, i32) = (node.get(1), node.get(2));
        let of_node = format!("postgres://{}@{host}:{port}", user(&url));
        let server = format!("{of_node}/postgres");
        run(&server, &format!("CREATE DATABASE {name}")).await;
        servers.push(server);
        run(&format!("{of_node}/{name}"), "CREATE EXTENSION citus").await;
        setup.push_str(&if group == 0 {
            format!("SELECT citus_set_coordinator_host('{host}', {port});")
        } else {
            format!("SELECT citus_add_node('{host}', {port});")
        });
    }
    run(&coordinator, &setup).await;
    Database {
        name,
        url: coordinator,
        servers,
    }
}

/// User and password as they stand in the URL.
fn user(url: &str) -> &str {
    let rest = url.split_once("://").unwrap().1;
    rest.rsplit_once('@').map_or("postgres", |(user, _)| user)
}

async fn distributed() -> Database {
    let database = new_database().await;
    // Makes the tables.
    let mut host = HostProcess::start(&["--store", &database.url]);
    host.terminate();
    assert!(host.ended().success());
    let statements = block("SELECT create_reference_table('event_log_schema')");
    run(&database.url, statements).await;
    database
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a Citus: cargo xtask test citus, with CODEBOLT_TEST_CITUS_URL"]
async fn two_hosts_on_citus_do_all_operations_and_lose_nothing() {
    let database = distributed().await;
    let url = database.url.clone();
    let hosts = [
        HostProcess::start(&["--store", &url]),
        HostProcess::start(&["--store", &url]),
    ];
    let clients = [hosts[0].client().await, hosts[1].client().await];
    let names: Vec<String> = (0..20).map(|number| format!("log {number}")).collect();
    let made = join_all(names.iter().map(|name| {
        let params = json!({ "name": name, "description": "one of many" });
        clients[0].call("createInstance", params)
    }));
    for reply in made.await {
        assert_eq!(reply.as_ref().unwrap()["success"], true, "{reply:?}");
    }
    // The same names by the other host: each is taken, however far apart the instances are.
    for name in &names {
        let reply = clients[1].call("createInstance", json!({ "name": name }));
        let error = reply.await.unwrap()["error"].clone();
        assert!(error.as_str().unwrap().contains("exists"), "{error}");
    }
    let appends = (0..200).flat_map(|number| {
        clients.iter().zip(0..).map({
            let names = &names;
            move |(client, host): (_, usize)| {
                let name = &names[number % names.len()];
                client.call(
                    "appendEvents",
                    json!({ "instanceId": name, "events": [
                        { "streamId": format!("s{host}"), "eventType": "a", "payload": { "n": number, "host": host } },
                        { "streamId": "both", "payload": ["x", number] },
                    ] }),
                )
            }
        })
    });
    for reply in join_all(appends).await {
        assert_eq!(reply.as_ref().unwrap()["success"], true, "{reply:?}");
    }
    for name in &names {
        let query = json!({ "query": { "from": { "instance": name }, "limit": 1000 } });
        let found = clients[1].done("queryEvents", query).await;
        let events = found["result"]["events"].as_array().unwrap();
        assert_eq!(events.len(), 40);
        let mut sequences = std::collections::HashMap::new();
        for event in events {
            let last = sequences
                .entry(event["stream_id"].as_str().unwrap())
                .or_insert(0);
            *last += 1;
            assert_eq!(event["sequence_number"], *last, "no gaps");
        }
    }
    let listed = clients[0].done("listInstances", json!({ "offset": 5, "limit": 10 }));
    let listed = listed.await;
    assert_eq!(listed["instances"].as_array().unwrap().len(), 10);
    assert_eq!(listed["instances"][0]["description"], "one of many");
    queries(&clients[0], &names[0]).await;

    let renamed = json!({ "instanceId": names[0], "name": "renamed", "description": null });
    clients[0].done("updateInstance", renamed).await;
    let taken = json!({ "instanceId": "renamed", "name": names[1] });
    let error = clients[1].call("updateInstance", taken).await.unwrap()["error"].clone();
    assert!(error.as_str().unwrap().contains("exists"), "{error}");
    let known = json!({ "instanceId": "made by it", "autoCreateInstance": true, "eventId": "e" });
    clients[1].done("appendEvent", known.clone()).await;
    assert_eq!(
        clients[0].done("appendEvent", known).await["duplicate"],
        true
    );
    clients[0]
        .done("deleteInstance", json!({ "instanceId": "renamed" }))
        .await;
    let gone = clients[1].call("getInstance", json!({ "instanceId": "renamed" }));
    assert_eq!(gone.await.unwrap()["success"], false);
    let free = clients[1].done("createInstance", json!({ "name": "renamed" }));
    free.await;
    let health = hosts[0].http("/health").await;
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    drop(hosts);
    database.remove().await;
}

async fn queries(client: &crate::host_process::Client, name: &str) {
    let of = async |query: Value| {
        let mut whole = json!({ "from": { "instance": name } });
        for (key, value) in query.as_object().unwrap() {
            whole[key] = value.clone();
        }
        client.done("queryEvents", json!({ "query": whole })).await["result"].clone()
    };
    let by_field = json!({ "where": [{ "field": "payload.host", "operator": "eq", "value": 1 }] });
    assert_eq!(of(by_field).await["total"], 10);
    let by_member =
        json!({ "where": [{ "field": "payload", "operator": "contains", "value": "x" }] });
    assert_eq!(of(by_member).await["total"], 20);
    let many: Vec<usize> = (0..500).collect();
    let one_of = json!({ "where": [{ "field": "payload.n", "operator": "in", "value": many }] });
    assert_eq!(of(one_of).await["total"], 20);
    let ordered = json!({
        "orderBy": { "field": "payload.n", "direction": "desc" },
        "select": ["payload.n", "log_position"],
        "limit": 3,
        "offset": 1,
    });
    let found = of(ordered).await;
    assert_eq!(found["events"].as_array().unwrap().len(), 3);
    let reductions = ["count", "sum", "avg", "min", "max", "collect"];
    for (reduction, groups) in reductions.into_iter().zip([3, 3, 3, 3, 3, 2]) {
        let reduce = json!({ "type": reduction, "field": "payload.n", "groupBy": ["stream_id"] });
        let found = of(json!({ "reduce": reduce })).await;
        let counted = found["aggregation"].as_array().unwrap().len();
        assert_eq!(counted, groups, "{reduction}: {found}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a Citus: cargo xtask test citus, with CODEBOLT_TEST_CITUS_URL"]
async fn hosts_that_are_killed_on_citus_make_no_answer_untrue() {
    let database = distributed().await;
    let url = database.url.clone();
    let first = HostProcess::start(&["--store", &url]);
    let made = first.client().await;
    let made = made.done("createInstance", json!({ "name": LOG })).await;
    let id = made["instance"]["id"].as_str().unwrap().to_owned();
    let numbers = Numbers::default();
    let mut known = Known::default();
    let mut host = first;
    for _ in 0..3 {
        let other = HostProcess::start(&["--store", &url]);
        let clients = [host.client().await, other.client().await];
        let process = host;
        let (all, ()) = tokio::join!(
            join_all(clients.map(|client| append(client, id.clone(), &numbers, 30))),
            async {
                tokio::time::sleep(std::time::Duration::from_millis(400)).await;
                process.kill();
            }
        );
        for more in all {
            known.extend(more);
        }
        host = other;
    }
    assert!(known.done() > 20, "only {} were done", known.done());
    assert_true(&host.client().await, &known).await;
    drop(host);
    database.remove().await;
}

/// A table that is not distributed would be in the way of more servers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a Citus: cargo xtask test citus, with CODEBOLT_TEST_CITUS_URL"]
async fn all_tables_are_distributed_and_an_append_touches_one_server() {
    let database = distributed().await;
    let url = database.url.clone();
    let host = HostProcess::start(&["--store", &url]);
    let client = host.client().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let local: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_tables t WHERE tablename LIKE 'event\\_log\\_%'
         AND NOT EXISTS (SELECT 1 FROM citus_tables c WHERE c.table_name::text = t.tablename)
         AND tablename !~ '_[0-9]+$'",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(local, 0);
    let groups: i64 = sqlx::query_scalar(
        "SELECT count(DISTINCT colocation_id) FROM citus_tables WHERE table_name::text IN
         ('event_log_head', 'event_log_stream', 'event_log_event')",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(groups, 1, "what belongs to an instance is on one server");
    // Commits in two phases, such as of a name, are written down by the coordinator.
    let written_down = "SELECT max(xmin::text::bigint) FROM pg_dist_transaction";
    let last = async |connection: &mut PgConnection| -> Option<i64> {
        sqlx::query_scalar(written_down)
            .fetch_one(connection)
            .await
            .unwrap()
    };
    let before = last(&mut connection).await;
    client.done("createInstance", json!({ "name": LOG })).await;
    let created = last(&mut connection).await;
    assert!(created > before, "a name is on all servers");
    for batch in [1, 100] {
        let events: Vec<Value> = (0..batch)
            .map(|number| json!({ "payload": number }))
            .collect();
        let append = json!({ "instanceId": LOG, "events": events });
        client.done("appendEvents", append).await;
    }
    let appended = last(&mut connection).await;
    // Less, when what was done meanwhile was tidied up.
    assert!(appended <= created, "an append is one commit on one server");
    drop(host);
    connection.close().await.unwrap();
    database.remove().await;
}
