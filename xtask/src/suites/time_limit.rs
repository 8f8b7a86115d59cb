//! A suite's time limit. A program that hangs would hold the whole run, and the log would not say which one it was.

use std::fs;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a suite may take: several times what the slowest takes on a new machine.
pub const LIMIT: Duration = Duration::from_secs(15 * 60);

/// Watches a suite that runs. When it is over the limit, the programs that it has started are killed, so that it fails.
pub struct TimeLimit {
    done: mpsc::Sender<()>,
    watcher: JoinHandle<Vec<String>>,
}

impl TimeLimit {
    /// Starts to watch.
    pub fn start(limit: Duration) -> Self {
        let (done, is_done) = mpsc::channel();
        let watcher = thread::spawn(move || match is_done.recv_timeout(limit) {
            Err(RecvTimeoutError::Timeout) => kill_descendants(std::process::id()),
            _ => Vec::new(),
        });
        Self { done, watcher }
    }

    /// Ends the watch. Gives the command lines of what was killed: none when the suite kept to its time.
    pub fn end(self) -> Vec<String> {
        let _ = self.done.send(());
        self.watcher.join().unwrap_or_default()
    }
}

/// Kills all that a process has started, and what that has started.
fn kill_descendants(ancestor: u32) -> Vec<String> {
    let all = processes();
    let mut found = vec![ancestor];
    let mut at = 0;
    while let Some(&parent) = found.get(at) {
        let children = all.iter().filter(|process| process.parent == parent);
        found.extend(children.map(|process| process.id));
        at += 1;
    }
    all.into_iter()
        .filter(|process| process.id != ancestor && found.contains(&process.id))
        .filter(|process| kill(process.id))
        .map(|process| process.command)
        .collect()
}

#[cfg(unix)]
fn kill(id: u32) -> bool {
    use rustix::process::{Pid, Signal, kill_process};
    let id = i32::try_from(id).ok().and_then(Pid::from_raw);
    id.is_some_and(|id| kill_process(id, Signal::KILL).is_ok())
}

#[cfg(not(unix))]
fn kill(_: u32) -> bool {
    false
}

/// A running program.
struct Process {
    id: u32,
    parent: u32,
    command: String,
}

/// Those of this machine, as `/proc` has them; none on a system without it.
fn processes() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name, in brackets, may hold anything; the state and the parent follow it.
            let (_, after_name) = stat.rsplit_once(')')?;
            let parent = after_name.split_whitespace().nth(1)?.parse().ok()?;
            let command = fs::read(entry.path().join("cmdline")).ok()?;
            let command = String::from_utf8_lossy(&command).replace('\0', " ");
            Some(Process {
                id,
                parent,
                command: command.trim_end().to_owned(),
            })
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;
    use std::process::Command;

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_program_has_started_ends_with_it() {
        // Killing the shell alone would leave its child.
        let mut shell = Command::new("sh")
            .args(["-c", "sh -c 'sleep 61.5; true'; true"])
            .spawn()
            .unwrap();
        // Killed before it has started, the inner shell would start nothing.
        while !processes()
            .iter()
            .any(|process| process.command == "sleep 61.5")
        {
            thread::sleep(Duration::from_millis(10));
        }
        let killed = kill_descendants(shell.id());
        assert!(
            killed.iter().any(|command| command == "sleep 61.5"),
            "{killed:?}"
        );
        shell.kill().unwrap();
        shell.wait().unwrap();
    }

    #[test]
    fn a_suite_within_its_time_loses_nothing() {
        let limit = TimeLimit::start(LIMIT);
        assert!(Command::new("true").status().unwrap().success());
        assert_eq!(limit.end(), Vec::<String>::new());
    }
}
