//! A host that clients append to while faults happen.

use std::process::Stdio;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use super::run::{Run, seed};
use crate::host_process::{Client, HostProcess};
use crate::workload::{Known, LOG, Numbers, append, lies};

const CLIENTS: usize = 3;
/// Appends after which the log starts again; reading a longer one takes longer each time.
const LONG: usize = 6_000;
/// Rounds that no client comes to the end of: the host ends before.
pub const ENDLESS: usize = 100_000;

/// A host, and everything that its clients were answered so far.
pub struct Trial {
    arguments: Vec<String>,
    /// None only while it is started anew.
    host: Option<HostProcess>,
    numbers: Numbers,
    known: Known,
    run: Run,
    seed: u64,
    /// Decides what happens, and when.
    pub random: StdRng,
}

impl Trial {
    pub fn new(arguments: &[&str]) -> Self {
        let seed = seed();
        Self {
            arguments: arguments.iter().map(ToString::to_string).collect(),
            host: Some(start(arguments, false)),
            numbers: Numbers::default(),
            known: Known::default(),
            run: Run::new(),
            seed,
            random: StdRng::seed_from_u64(seed),
        }
    }

    pub fn goes_on(&self) -> bool {
        self.run.goes_on()
    }

    pub fn host(&self) -> &HostProcess {
        self.host.as_ref().unwrap()
    }

    /// Clients append while the fault happens.
    pub async fn under_load(
        &mut self,
        rounds: usize,
        fault: impl AsyncFnOnce(&mut StdRng),
    ) -> Known {
        let host = self.host.as_ref().unwrap();
        under_load(host, &self.numbers, rounds, fault(&mut self.random)).await
    }

    /// Starts the host again, which has ended or is killed by this.
    pub fn start_anew(&mut self, closes_stderr: bool) {
        self.host = None;
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        self.host = Some(start(&arguments, closes_stderr));
    }

    /// The fault that the host is killed.
    pub async fn killed(&mut self) -> Known {
        let host = self.host().id();
        let more = self
            .under_load(ENDLESS, async |random| {
                pause(random).await;
                kill(host);
            })
            .await;
        self.start_anew(false);
        more
    }

    /// The fault that nobody reads what the host writes to stderr.
    pub async fn stderr_closed(&mut self) -> Known {
        self.stop("");
        self.start_anew(true);
        let more = self.under_load(30, async |_| {}).await;
        self.stop("stops well without a log");
        self.start_anew(false);
        more
    }

    fn stop(&mut self, why: &str) {
        let host = self.host.as_mut().unwrap();
        host.terminate();
        assert!(host.ended().success(), "{why}");
    }

    /// After a fault: the host recovers, and everything that was answered is so.
    pub async fn check(&mut self, kind: &'static str, more: Known) {
        self.run.note(kind, &more);
        self.known.extend(more);
        let host = self.host.as_ref().unwrap();
        healthy(host).await;
        let client = host.client().await;
        let done = self.run.done;
        self.run.untrue.extend(
            lies(&client, &self.known)
                .await
                .into_iter()
                .map(|lie| format!("fault {done} ({kind}): {lie}")),
        );
        if self.known.outcomes.len() > LONG {
            client
                .done("deleteInstance", json!({ "instanceId": LOG }))
                .await;
            self.known = Known::default();
        }
    }

    /// Ends the host, looks at what it has left, and checks what was counted.
    pub fn finish(self, look: impl FnOnce()) {
        drop(self.host);
        look();
        self.run.finish(self.seed);
    }
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

pub async fn pause(random: &mut StdRng) {
    tokio::time::sleep(Duration::from_millis(random.random_range(5..120))).await;
}

pub fn kill(process: u32) {
    let done = std::process::Command::new("kill")
        .args(["-KILL", &process.to_string()])
        .status();
    assert!(done.unwrap().success());
}
