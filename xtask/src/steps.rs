//! Says what is being done, how long it took, and how long it took the last time.

use anyhow::Result;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Where the times of a checkout are kept; steps run side by side, so that one writes at a time.
static TIMES: OnceLock<Mutex<PathBuf>> = OnceLock::new();

/// From now on the steps' times are kept in this file.
pub fn keep_times_in(file: PathBuf) {
    let _ = TIMES.set(Mutex::new(file));
}

/// Announces a step, runs it, and says how long it took.
pub fn step<T>(text: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    match last_time(text) {
        // Too short to be of interest while one waits.
        Some(time) if time >= Duration::from_secs(1) => {
            println!("▸ {text} (last time {})", seconds(time));
        }
        _ => println!("▸ {text}"),
    }
    let start = Instant::now();
    let outcome = run();
    let word = if outcome.is_ok() { "✓" } else { "✗" };
    println!("{word} {text}: {}", seconds(start.elapsed()));
    if outcome.is_ok() {
        keep(text, start.elapsed());
    }
    outcome
}

/// A time as people read it: `0.4 s`, `2 min 05 s`.
pub fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    if whole < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

fn last_time(text: &str) -> Option<Duration> {
    let file = TIMES.get()?.lock().unwrap_or_else(PoisonError::into_inner);
    let times: BTreeMap<String, f64> = serde_json::from_slice(&fs::read(&*file).ok()?).ok()?;
    Duration::try_from_secs_f64(*times.get(text)?).ok()
}

/// Only a convenience: where it cannot be kept the next run says nothing of it.
fn keep(text: &str, time: Duration) {
    let Some(file) = TIMES.get() else { return };
    let file = file.lock().unwrap_or_else(PoisonError::into_inner);
    let mut times: BTreeMap<String, f64> = fs::read(&*file)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    times.insert(text.to_owned(), time.as_secs_f64());
    if let (Some(folder), Ok(text)) = (file.parent(), serde_json::to_vec_pretty(&times)) {
        let _ = fs::create_dir_all(folder);
        let _ = fs::write(&*file, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_a_step_took_is_there_the_next_time() -> Result<()> {
        let folder = tempfile::tempdir()?;
        keep_times_in(folder.path().join("new").join("times.json"));
        assert_eq!(last_time("a"), None);
        keep("a", Duration::from_millis(1500));
        keep("b", Duration::from_secs(61));
        assert_eq!(last_time("a"), Some(Duration::from_millis(1500)));
        assert_eq!(last_time("b").map(seconds), Some("1 min 01 s".to_owned()));
        assert!(step("fails", || -> Result<()> { anyhow::bail!("no") }).is_err());
        assert_eq!(last_time("fails"), None);
        Ok(())
    }
}
