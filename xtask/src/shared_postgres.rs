//! PostgreSQL servers for many runs of the host's tests: `cargo xtask mutants postgres` runs them hundreds of times.
//!
//! The suite knows how to start servers, and does it here too: as an ignored test that ends with its stdin.

use crate::context::Context;
use anyhow::{Context as _, Result, bail};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// They name the folders of the servers' sockets to the tests (host/tests/suite/postgres_server.rs, postgres_pair.rs).
const SETTINGS: [&str; 2] = [
    "CODEBOLT_TEST_POSTGRES_SOCKET",
    "CODEBOLT_TEST_POSTGRES_PAIR",
];

/// The running servers. They end when this is dropped.
pub struct SharedPostgres {
    suite: Child,
    settings: Vec<(&'static str, String)>,
}

impl SharedPostgres {
    pub fn start(context: &Context) -> Result<Self> {
        let mut suite = context
            .command("cargo")
            .args(["test", "--quiet", "--locked", "--package", "codebolt-host"])
            .args(["--test", "suite", "--", "--ignored", "--exact"])
            .args(["shared_servers::servers_for_other_test_processes"])
            .arg("--nocapture")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start cargo")?;
        let stdout = suite.stdout.take().context("stdout is a pipe")?;
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let mut settings = Vec::new();
        for name in SETTINGS {
            let value =
                lines.find_map(|line| Some(line.strip_prefix(name)?.strip_prefix('=')?.to_owned()));
            let Some(value) = value else {
                bail!("the host's suite ended before it said where its PostgreSQL servers are");
            };
            settings.push((name, value));
        }
        // What it prints at its end must not meet a closed pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { suite, settings })
    }

    pub fn tell(&self, command: &mut Command) {
        command.envs(self.settings.iter().cloned());
    }
}

impl Drop for SharedPostgres {
    fn drop(&mut self) {
        drop(self.suite.stdin.take());
        let _ = self.suite.wait();
    }
}
