//! Faults by chance, one after another, while clients append. After each: everything that was
//! answered is so.
//!
//! `cargo xtask test host -- faults` runs this for minutes (`--minutes`, or `--count` faults, with
//! `--store sqlite` or `--store postgres`, and `--seed`); an ordinary run of the suite draws a few.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::host_process::{Client, HostProcess};
use crate::postgres_cluster::{Bouncer, Cluster};
use crate::small_disk::SmallDisk;
use crate::workload::{Known, LOG, Numbers, append, lies};

/// Faults of each store in an ordinary run.
const FEW: usize = 8;
const CLIENTS: usize = 3;
/// Appends after which the log is begun anew; reading a longer one takes longer each time.
const LONG: usize = 6_000;

fn setting<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(format!("CODEBOLT_FAULTS_{name}"))
        .ok()
        .and_then(|text| text.parse().ok())
}

/// How long to go on.
struct Run {
    until: Option<Instant>,
    count: usize,
    done: usize,
    untrue: Vec<String>,
    kinds: std::collections::BTreeMap<&'static str, usize>,
    acknowledged: usize,
    refused: usize,
    unknown: usize,
}

impl Run {
    fn new() -> Self {
        let minutes: Option<f64> = setting("MINUTES");
        let until = minutes.map(|minutes| Instant::now() + Duration::from_secs_f64(minutes * 60.0));
        let count = setting("COUNT").unwrap_or(if until.is_some() { usize::MAX } else { FEW });
        Self {
            until,
            count,
            done: 0,
            untrue: Vec::new(),
            kinds: std::collections::BTreeMap::new(),
            acknowledged: 0,
            refused: 0,
            unknown: 0,
        }
    }

    fn goes_on(&self) -> bool {
        self.untrue.len() < 20
            && self.done < self.count
            && self.until.is_none_or(|until| Instant::now() < until)
    }

    fn note(&mut self, kind: &'static str, known: &Known) {
        use crate::workload::Told;
        self.done += 1;
        *self.kinds.entry(kind).or_default() += 1;
        for (_, told) in &known.told {
            match told {
                Told::Done(_) => self.acknowledged += 1,
                Told::Refused(_) => self.refused += 1,
                Told::Unknown => self.unknown += 1,
            }
        }
        if self.done.is_multiple_of(50) {
            // Past what the test runner keeps to itself.
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "{}", self.summary());
        }
    }

    fn summary(&self) -> String {
        format!(
            "{} faults {:?}: {} appends acknowledged, {} refused, {} unknown; {} lies",
            self.done,
            self.kinds,
            self.acknowledged,
            self.refused,
            self.unknown,
            self.untrue.len()
        )
    }

    fn finish(self, seed: u64) {
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), "{} (seed {seed})", self.summary());
        assert!(self.untrue.is_empty(), "seed {seed}: {:#?}", self.untrue);
        assert!(
            self.acknowledged > self.done,
            "the clients got to append at all"
        );
    }
}

fn seed() -> u64 {
    setting("SEED").unwrap_or_else(|| rand::rng().random())
}

fn is_wanted(store: &str) -> bool {
    setting::<String>("STORE").is_none_or(|wanted| wanted == store)
}

/// What becomes of stderr: read, or closed from the start.
fn start(arguments: &[&str], closes_stderr: bool) -> HostProcess {
    HostProcess::start_with(arguments, |command| {
        if closes_stderr {
            let (near, far) = std::os::unix::net::UnixStream::pair().unwrap();
            drop(far);
            command.stderr(Stdio::from(std::os::fd::OwnedFd::from(near)));
        } else {
            command.stderr(Stdio::null());
        }
    })
}

async fn log_of(client: &Client) -> String {
    let params = json!({ "instanceId": LOG });
    let found = client.call("getInstance", params).await.unwrap();
    let found = if found["success"] == true {
        found["data"].clone()
    } else {
        client.done("createInstance", json!({ "name": LOG })).await
    };
    found["instance"]["id"].as_str().unwrap().to_owned()
}

/// Clients append while the fault happens.
async fn under_load(
    host: &HostProcess,
    numbers: &Numbers,
    rounds: usize,
    fault: impl Future<Output = ()>,
) -> Known {
    let id = log_of(&host.client().await).await;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(host.client().await);
    }
    let appending = join_all(
        clients
            .into_iter()
            .map(|client| append(client, id.clone(), numbers, rounds)),
    );
    let (all, ()) = tokio::join!(appending, fault);
    let mut known = Known::default();
    for more in all {
        known.extend(more);
    }
    known
}

async fn healthy(host: &HostProcess) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let health = host.http("/health").await;
        if health.starts_with("HTTP/1.1 200") {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "the host does not recover: {health}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn pause(random: &mut StdRng) {
    tokio::time::sleep(Duration::from_millis(random.random_range(5..120))).await;
}

/// Begins anew when the log has grown long.
async fn begin_anew_when_long(client: &Client, known: &mut Known) {
    if known.told.len() > LONG {
        client
            .done("deleteInstance", json!({ "instanceId": LOG }))
            .await;
        *known = Known::default();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_by_chance_make_no_answer_untrue_on_sqlite() {
    if !is_wanted("sqlite") {
        return;
    }
    let seed = seed();
    let mut random = StdRng::seed_from_u64(seed);
    let disk = SmallDisk::new(96);
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = disk.as_ref().map_or_else(
        || folder.path().join("events.db"),
        |disk| disk.file("events.db"),
    );
    let arguments = ["--data", file.to_str().unwrap()];
    let mut run = Run::new();
    let numbers = Numbers::default();
    let mut known = Known::default();
    let mut host = start(&arguments, false);
    while run.goes_on() {
        let kind = match random.random_range(0..6) {
            0 | 1 => "killed",
            2 | 3 if disk.is_some() => "full disk",
            4 => "stderr closed",
            5 => "file moved",
            _ => "killed",
        };
        let more = match kind {
            "killed" => {
                let killed = host.id();
                let more = under_load(&host, &numbers, 100_000, async {
                    pause(&mut random).await;
                    kill(killed);
                })
                .await;
                drop(host);
                host = start(&arguments, false);
                more
            }
            "full disk" => {
                let disk = disk.as_ref().unwrap();
                let left = random.random_range(0..200);
                let dies = random.random_range(0..4) == 0;
                let killed = host.id();
                let more = under_load(&host, &numbers, if dies { 100_000 } else { 60 }, async {
                    pause(&mut random).await;
                    disk.fill(left);
                    pause(&mut random).await;
                    if dies {
                        kill(killed);
                    } else {
                        disk.relieve();
                    }
                })
                .await;
                disk.relieve();
                if dies {
                    drop(host);
                    host = start(&arguments, false);
                }
                more
            }
            "file moved" => {
                let aside = file.with_extension("aside");
                under_load(&host, &numbers, 40, async {
                    pause(&mut random).await;
                    std::fs::rename(&file, &aside).unwrap();
                    pause(&mut random).await;
                    std::fs::rename(&aside, &file).unwrap();
                })
                .await
            }
            _ => {
                host.terminate();
                assert!(host.ended().success());
                host = start(&arguments, true);
                let more = under_load(&host, &numbers, 30, async {}).await;
                host.terminate();
                assert!(host.ended().success(), "stops well without a log");
                host = start(&arguments, false);
                more
            }
        };
        run.note(kind, &more);
        known.extend(more);
        healthy(&host).await;
        let client = host.client().await;
        run.untrue.extend(
            lies(&client, &known)
                .await
                .into_iter()
                .map(|lie| format!("fault {} ({kind}): {lie}", run.done)),
        );
        begin_anew_when_long(&client, &mut known).await;
    }
    drop(host);
    is_whole(&file);
    run.finish(seed);
}

fn kill(process: u32) {
    let done = std::process::Command::new("kill")
        .args(["-KILL", &process.to_string()])
        .status();
    assert!(done.unwrap().success());
}

fn is_whole(file: &Path) {
    let database = rusqlite::Connection::open(file).unwrap();
    let verdict: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_by_chance_make_no_answer_untrue_on_postgresql() {
    if !is_wanted("postgres") {
        return;
    }
    let seed = seed();
    let mut random = StdRng::seed_from_u64(seed);
    let mut cluster = Cluster::start(&[]).await;
    let mut bouncer = Bouncer::start(&cluster, "session").await;
    let url = bouncer.url();
    let arguments = ["--store", url.as_str()];
    let mut run = Run::new();
    let numbers = Numbers::default();
    let mut known = Known::default();
    let mut host = start(&arguments, false);
    while run.goes_on() {
        let kind = match random.random_range(0..8) {
            0 | 1 => "killed",
            2 => "server crashed",
            3 => "server restarted",
            4 => "pooler killed",
            5 => "sessions ended",
            6 => "standby gone",
            _ => "stderr closed",
        };
        let more = match kind {
            "killed" => {
                let killed = host.id();
                let more = under_load(&host, &numbers, 100_000, async {
                    pause(&mut random).await;
                    kill(killed);
                })
                .await;
                drop(host);
                host = start(&arguments, false);
                more
            }
            "server crashed" | "server restarted" => {
                let signal = if kind == "server crashed" {
                    "QUIT"
                } else {
                    "INT"
                };
                under_load(&host, &numbers, 60, async {
                    pause(&mut random).await;
                    cluster.end(signal);
                    cluster.resume().await;
                })
                .await
            }
            "pooler killed" => {
                under_load(&host, &numbers, 60, async {
                    pause(&mut random).await;
                    bouncer.kill();
                    bouncer.resume().await;
                })
                .await
            }
            "sessions ended" => {
                under_load(&host, &numbers, 60, async {
                    for _ in 0..3 {
                        pause(&mut random).await;
                        end_sessions(&cluster, "true").await;
                    }
                })
                .await
            }
            "standby gone" => {
                // Commits wait for a standby that is not there, and lose their sessions meanwhile.
                under_load(&host, &numbers, 20, async {
                    pause(&mut random).await;
                    standbys(&cluster, "nobody").await;
                    for _ in 0..3 {
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        end_sessions(&cluster, "wait_event = 'SyncRep'").await;
                    }
                    standbys(&cluster, "").await;
                })
                .await
            }
            _ => {
                host.terminate();
                assert!(host.ended().success());
                host = start(&arguments, true);
                let more = under_load(&host, &numbers, 30, async {}).await;
                host.terminate();
                assert!(host.ended().success(), "stops well without a log");
                host = start(&arguments, false);
                more
            }
        };
        run.note(kind, &more);
        known.extend(more);
        healthy(&host).await;
        let client = host.client().await;
        run.untrue.extend(
            lies(&client, &known)
                .await
                .into_iter()
                .map(|lie| format!("fault {} ({kind}): {lie}", run.done)),
        );
        begin_anew_when_long(&client, &mut known).await;
    }
    run.finish(seed);
}

async fn end_sessions(cluster: &Cluster, which: &str) {
    let sql = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'codebolt-host' AND {which}"
    );
    cluster.run(&sql).await;
}

async fn standbys(cluster: &Cluster, names: &str) {
    cluster
        .run(&format!(
            "ALTER SYSTEM SET synchronous_standby_names = '{names}'"
        ))
        .await;
    cluster.run("SELECT pg_reload_conf()").await;
}
