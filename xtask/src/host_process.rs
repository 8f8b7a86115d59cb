//! A running host: started for a chore, and never left behind.

use crate::context::Context;
use anyhow::{Context as _, Result, bail};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

const START_LIMIT: Duration = Duration::from_secs(20);
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// A host that listens. Dropping it kills it; [`HostProcess::stop`] ends it as a person would.
pub struct HostProcess {
    child: Child,
    /// `ws://127.0.0.1:PORT/codebolt`.
    pub url: String,
    /// The port that it listens on.
    pub port: u16,
    /// The file with its stderr.
    pub log: PathBuf,
}

impl HostProcess {
    /// Starts it and waits until it listens. `port` 0 takes a free one; `folder` gets its log.
    pub fn start(context: &Context, data: &Path, folder: &Path, port: u16) -> Result<Self> {
        let binary = context.quick_host_binary();
        let log = folder.join("host.log");
        let errors =
            File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut child = Command::new(&binary)
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--data"])
            .arg(data)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;

        let (found_url, urls) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            thread::spawn(move || {
                let mut lines = BufReader::new(stdout);
                let mut line = String::new();
                while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
                    if let Some(url) = line.trim().strip_prefix("listening on ")
                        && found_url.send(url.to_owned()).is_err()
                    {
                        break;
                    }
                    line.clear();
                }
                // The pipe is read to its end, else the host would stop at a full one.
                let _ = lines.read_to_end(&mut Vec::new());
            });
        }
        let mut host = Self {
            child,
            url: String::new(),
            port: 0,
            log,
        };
        let Ok(url) = urls.recv_timeout(START_LIMIT) else {
            let ended = host.child.try_wait().ok().flatten();
            let what = ended.map_or_else(
                || {
                    format!(
                        "did not say `listening on …` within {} s",
                        START_LIMIT.as_secs()
                    )
                },
                |status| format!("ended at once with {status}"),
            );
            let said = std::fs::read_to_string(&host.log).unwrap_or_default();
            bail!("the host {} {what}:\n{}", binary.display(), said.trim_end());
        };
        host.port = url
            .strip_prefix("ws://127.0.0.1:")
            .and_then(|rest| rest.split('/').next())
            .and_then(|port| port.parse().ok())
            .with_context(|| {
                format!("the host says it listens on `{url}`, no ws://127.0.0.1:PORT/… address")
            })?;
        host.url = url;
        Ok(host)
    }

    /// Tells a command where the host is: `CODEBOLT_SERVER_URL` and `SOCKET_PORT` for the client's default
    /// instance, `CODEBOLT_TEST_URL` for tests, `CODEBOLT_HOST_BINARY` for tests that start a host of their own.
    pub fn tell(&self, context: &Context, command: &mut Command) {
        command
            .env("CODEBOLT_SERVER_URL", "127.0.0.1")
            .env("SOCKET_PORT", self.port.to_string())
            .env("CODEBOLT_TEST_URL", &self.url)
            .env("CODEBOLT_HOST_BINARY", context.quick_host_binary());
    }

    /// Asks it to end (SIGTERM), waits, and fails when it doesn't or ends badly.
    pub fn stop(mut self) -> Result<()> {
        #[cfg(unix)]
        {
            let pid = i32::try_from(self.child.id())
                .ok()
                .and_then(rustix::process::Pid::from_raw);
            let pid = pid.context("the host has no process id")?;
            if self.child.try_wait()?.is_none() {
                rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
            }
        }
        #[cfg(not(unix))]
        self.child.kill()?;
        let start = Instant::now();
        while start.elapsed() < STOP_LIMIT {
            if let Some(status) = self.child.try_wait()? {
                if cfg!(unix) && !status.success() {
                    let said = std::fs::read_to_string(&self.log).unwrap_or_default();
                    bail!("the host ended with {status}:\n{}", said.trim_end());
                }
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!(
            "the host did not end within {} s of SIGTERM",
            STOP_LIMIT.as_secs()
        )
    }
}

impl Drop for HostProcess {
    fn drop(&mut self) {
        // Both fail only for a process that has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The port of the last run if it is free, else 0. Browser tests have the address compiled in, so that
/// the same port saves compiling them again.
pub fn usual_port(context: &Context) -> u16 {
    let kept = std::fs::read_to_string(context.scratch("test-port"));
    let port = kept
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0);
    if port != 0 && TcpListener::bind(("127.0.0.1", port)).is_ok() {
        port
    } else {
        0
    }
}

/// Keeps the port for [`usual_port`].
pub fn keep_port(context: &Context, port: u16) -> Result<()> {
    let file = context.scratch("test-port");
    std::fs::create_dir_all(context.scratch(""))?;
    std::fs::write(file, port.to_string()).context("cannot keep the port of the test host")
}
