//! The host that a suite's tests speak to.

use crate::context::Context;
use crate::host_process::{HostProcess, keep_port, usual_port};
use anyhow::{Context as _, Result};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A fresh host with an empty database in a folder of its own.
pub struct TestHost {
    process: HostProcess,
    folder: TempDir,
}

impl TestHost {
    /// Starts one.
    pub fn start(context: &Context) -> Result<Self> {
        Self::on_port(context, 0)
    }

    /// Starts one on the port of the last such host, where that is free: tests that have the address compiled in need not be
    /// compiled again. Only suites that never run at the same time may ask for it.
    pub fn start_on_usual_port(context: &Context) -> Result<Self> {
        let host = Self::on_port(context, usual_port(context))?;
        keep_port(context, host.process.port)?;
        Ok(host)
    }

    fn on_port(context: &Context, port: u16) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("codebolt-test-")
            .tempdir()
            .context("cannot make a folder")?;
        let data = folder.path().join("test.db");
        let process = HostProcess::start(context, &data, folder.path(), port)?;
        Ok(Self { process, folder })
    }

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
