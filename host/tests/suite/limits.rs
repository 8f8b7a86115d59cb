//! How long something may take, and what a process holds.

use std::time::Duration;

#[cfg(target_os = "linux")]
use crate::host_process::HostProcess;

/// Long enough for what takes milliseconds on a busy machine, and too short for a slow query.
pub const SOON: Duration = Duration::from_secs(15);

pub async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, work)
        .await
        .unwrap_or_else(|_| panic!("{what} takes too long"))
}

/// What a process has in memory now, or had at most, in MiB.
#[cfg(target_os = "linux")]
pub fn memory(host: &HostProcess, which: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", host.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with(which)).unwrap();
    let kilobytes = line.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() / 1024
}
