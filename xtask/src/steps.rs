//! Says what is being done, and how long it took.

use anyhow::Result;
use std::time::{Duration, Instant};

/// Announces a step, runs it, and says how long it took.
pub fn step<T>(text: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("▸ {text}");
    let start = Instant::now();
    let outcome = run();
    let word = if outcome.is_ok() { "✓" } else { "✗" };
    println!("{word} {text}: {}", seconds(start.elapsed()));
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
