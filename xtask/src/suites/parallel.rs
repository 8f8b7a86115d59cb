//! Several suites at once, each in a process of its own: many wait for servers, browsers and time limits more than they compute.

use super::Suite;
use super::outcome::Outcome;
use crate::context::Context;
use crate::steps::seconds;
use anyhow::{Context as _, Result};
use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Suites that never run at the same time, since they share a folder or a port.
const EXCLUSIVE: &[&[&str]] = &[
    // cargo locks the target folder while it builds, and not while it compiles the documentation's examples against what is there.
    &["clippy", "unit", "rustdoc", "host", "citus"],
    // The address of the host is compiled into their tests.
    &["wasm-node", "wasm-browser", "wasm-firefox", "as-typed"],
    // Both build the site.
    &["docs", "links"],
];

/// The argument by which a process is asked to run one suite of a run and to write its outcome to a file.
pub const OUTCOME: &str = "--outcome";

/// A suite, how long it took, and what became of it.
pub type Ended = (&'static str, Duration, Outcome);

/// Runs suites, `at_once` at the same time, and prints what each has said when it ends. What they need must be there.
/// The outcomes are in the order of the suites.
pub fn run(context: &Context, suites: &[&'static Suite], at_once: usize) -> Result<Vec<Ended>> {
    let folder = context.scratch("suites");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let names: Vec<&str> = suites.iter().map(|suite| suite.name).collect();
    let queue = Queue::new(&names);
    let mut ended: Vec<(usize, Ended)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..at_once)
            .map(|_| {
                scope.spawn(|| {
                    let mut ended = Vec::new();
                    while let Some(index) = queue.take() {
                        if let Some(suite) = suites.get(index) {
                            ended.push((index, run_one(context, suite, &folder)));
                        }
                        queue.release(index);
                    }
                    ended
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_default())
            .collect()
    });
    ended.sort_by_key(|(index, _)| *index);
    Ok(ended.into_iter().map(|(_, ended)| ended).collect())
}

fn run_one(context: &Context, suite: &Suite, folder: &Path) -> Ended {
    println!("▸ {}: {}", suite.name, suite.text);
    let log = folder.join(format!("{}.log", suite.name));
    let start = Instant::now();
    let outcome = in_a_process(context, suite, folder, &log)
        .unwrap_or_else(|error| Outcome::Failed(format!("{error:#}")));
    let said = fs::read(&log).unwrap_or_default();
    // In one piece, so that what two suites have said is not mixed.
    println!(
        "{}{}",
        String::from_utf8_lossy(&said),
        outcome.line(suite.name, &seconds(start.elapsed()))
    );
    (suite.name, start.elapsed(), outcome)
}

/// The outcome as the process wrote it; one that wrote none has failed.
fn in_a_process(context: &Context, suite: &Suite, folder: &Path, log: &Path) -> Result<Outcome> {
    let file = folder.join(format!("{}.json", suite.name));
    // An old outcome must not pass for one of today.
    match fs::remove_file(&file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot remove {}", file.display()));
        }
        _ => {}
    }
    let said = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let program = std::env::current_exe().context("cannot find this program")?;
    let mut process = context.command(&program.to_string_lossy());
    process.args(["test", suite.name, OUTCOME]).arg(&file);
    process.stdin(Stdio::null());
    process.stdout(said.try_clone()?).stderr(said);
    let status = process.status().context("cannot start the suite")?;
    let text = fs::read(&file).with_context(|| format!("it ended with {status}, no outcome"))?;
    serde_json::from_slice(&text).with_context(|| format!("cannot read {}", file.display()))
}

/// The suites that wait and those that run, by their index.
struct Queue<'a> {
    names: &'a [&'a str],
    state: Mutex<State>,
    released: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<usize>,
    running: Vec<usize>,
}

impl<'a> Queue<'a> {
    fn new(names: &'a [&'a str]) -> Self {
        let waiting = (0..names.len()).collect();
        Self {
            names,
            state: Mutex::new(State {
                waiting,
                ..State::default()
            }),
            released: Condvar::new(),
        }
    }

    /// The first suite that waits and may run beside those that do. Waits while there is none; gives nothing when all are taken.
    fn take(&self) -> Option<usize> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if state.waiting.is_empty() {
                return None;
            }
            let fits = state.waiting.iter().position(|&waits| {
                let runs = &state.running;
                !runs.iter().any(|&runs| self.exclude(waits, runs))
            });
            if let Some(index) = fits.and_then(|position| state.waiting.remove(position)) {
                state.running.push(index);
                return Some(index);
            }
            state = self
                .released
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn release(&self, index: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.running.retain(|&runs| runs != index);
        self.released.notify_all();
    }

    fn exclude(&self, one: usize, other: usize) -> bool {
        let (Some(one), Some(other)) = (self.names.get(one), self.names.get(other)) else {
            return false;
        };
        EXCLUSIVE
            .iter()
            .any(|group| group.contains(one) && group.contains(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suites::SUITES;

    #[test]
    fn suites_that_exclude_each_other_run_one_after_another_and_the_next_goes_first() {
        let names = ["docs", "links", "unit"];
        let queue = Queue::new(&names);
        assert_eq!(queue.take(), Some(0));
        assert_eq!(queue.take(), Some(2));
        queue.release(2);
        thread::scope(|scope| {
            let waits = scope.spawn(|| queue.take());
            queue.release(0);
            assert_eq!(waits.join().ok(), Some(Some(1)));
        });
        assert_eq!(queue.take(), None);
    }

    #[test]
    fn every_suite_that_excludes_another_exists() {
        for name in EXCLUSIVE.iter().copied().flatten() {
            assert!(SUITES.iter().any(|suite| suite.name == *name), "{name}");
        }
    }
}
