//! One PostgreSQL server for many runs of the host's tests: `cargo xtask mutants postgres` runs them hundreds of times.
//!
//! The suite knows how to start a server, and does it here too: as an ignored test that ends with its stdin.

use crate::context::Context;
use anyhow::{Context as _, Result, bail};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// Names the folder of the server's socket to the tests (host/tests/suite/postgres_server.rs).
const SOCKET: &str = "CODEBOLT_TEST_POSTGRES_SOCKET";

/// A running server. It ends when this is dropped.
pub struct SharedPostgres {
    suite: Child,
    socket: String,
}

impl SharedPostgres {
    pub fn start(context: &Context) -> Result<Self> {
        let mut suite = context
            .command("cargo")
            .args(["test", "--quiet", "--locked", "--package", "codebolt-host"])
            .args(["--test", "suite", "--", "--ignored", "--exact"])
            .args(["postgres_server::a_server_for_other_test_processes"])
            .arg("--nocapture")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start cargo")?;
        let stdout = suite.stdout.take().context("stdout is a pipe")?;
        let prefix = format!("{SOCKET}=");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let socket = lines.find_map(|line| line.strip_prefix(&prefix).map(str::to_owned));
        let Some(socket) = socket else {
            bail!("the host's suite ended before it said where its PostgreSQL server is");
        };
        // What it prints at its end must not meet a closed pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { suite, socket })
    }

    pub fn tell(&self, command: &mut Command) {
        command.env(SOCKET, &self.socket);
    }
}

impl Drop for SharedPostgres {
    fn drop(&mut self) {
        drop(self.suite.stdin.take());
        let _ = self.suite.wait();
    }
}
