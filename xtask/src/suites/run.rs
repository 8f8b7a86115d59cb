//! What a suite gets: the checkout, arguments, and a fresh host.

use crate::context::Context;
use crate::host_process::{HostProcess, keep_port, usual_port};
use anyhow::{Context as _, Result};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// What a suite gets.
pub struct Run<'a> {
    /// The checkout.
    pub context: &'a Context,
    /// What stood behind `--` on the command line.
    pub passed_on: &'a [String],
}

/// A fresh host with an empty database in a folder of its own.
pub struct TestHost {
    process: HostProcess,
    folder: TempDir,
}

impl Run<'_> {
    /// Starts a fresh host with an empty database.
    pub fn host(&self) -> Result<TestHost> {
        let folder = tempfile::Builder::new()
            .prefix("codebolt-test-")
            .tempdir()
            .context("cannot make a folder")?;
        let data = folder.path().join("test.db");
        let process =
            HostProcess::start(self.context, &data, folder.path(), usual_port(self.context))?;
        keep_port(self.context, process.port)?;
        Ok(TestHost { process, folder })
    }
}

impl TestHost {
    /// Tells a command where the host is; see [`HostProcess::tell`].
    pub fn tell(&self, context: &Context, command: &mut Command) {
        self.process.tell(context, command);
    }

    /// A folder that goes away with the host.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends the host, and hands on what the tests said: their failure comes first.
    pub fn finish(self, tests: Result<()>) -> Result<()> {
        let log = self.process.log.clone();
        if let Err(error) = tests {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            if !said.trim().is_empty() {
                println!("the host said:\n{}", said.trim_end());
            }
            return Err(error);
        }
        self.process.stop()
    }
}
