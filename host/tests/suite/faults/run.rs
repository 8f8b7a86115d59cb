//! What a run of faults is asked for, and what it counts.

use std::time::{Duration, Instant};

use rand::RngExt;

use crate::workload::{Known, Outcome};

/// Faults of each store in an ordinary run.
const FEW: usize = 8;

fn setting<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(format!("CODEBOLT_FAULTS_{name}"))
        .ok()
        .and_then(|text| text.parse().ok())
}

/// How long to go on.
pub struct Run {
    until: Option<Instant>,
    count: usize,
    pub done: usize,
    pub untrue: Vec<String>,
    kinds: std::collections::BTreeMap<&'static str, usize>,
    acknowledged: usize,
    refused: usize,
    unknown: usize,
}

impl Run {
    pub fn new() -> Self {
        let minutes: Option<f64> = setting("MINUTES");
        let until = minutes.map(|minutes| Instant::now() + Duration::from_secs_f64(minutes * 60.0));
        let count = setting("COUNT").unwrap_or(if until.is_some() { usize::MAX } else { FEW });
        Self {
            until,
            count,
            done: 0,
            untrue: Vec::new(),
            kinds: std::collections::BTreeMap::new(),
            acknowledged: 0,
            refused: 0,
            unknown: 0,
        }
    }

    pub fn goes_on(&self) -> bool {
        self.untrue.len() < 20
            && self.done < self.count
            && self.until.is_none_or(|until| Instant::now() < until)
    }

    pub fn note(&mut self, kind: &'static str, known: &Known) {
        self.done += 1;
        *self.kinds.entry(kind).or_default() += 1;
        for (_, outcome) in &known.outcomes {
            match outcome {
                Outcome::Done(_) => self.acknowledged += 1,
                Outcome::Refused(_) => self.refused += 1,
                Outcome::Unknown => self.unknown += 1,
            }
        }
        if self.done.is_multiple_of(50) {
            // Past what the test runner keeps to itself.
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "{}", self.summary());
        }
    }

    fn summary(&self) -> String {
        format!(
            "{} faults {:?}: {} appends acknowledged, {} refused, {} unknown; {} lies",
            self.done,
            self.kinds,
            self.acknowledged,
            self.refused,
            self.unknown,
            self.untrue.len()
        )
    }

    pub fn finish(self, seed: u64) {
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), "{} (seed {seed})", self.summary());
        assert!(self.untrue.is_empty(), "seed {seed}: {:#?}", self.untrue);
        assert!(
            self.acknowledged > self.done,
            "the clients got to append at all"
        );
    }
}

pub fn seed() -> u64 {
    setting("SEED").unwrap_or_else(|| rand::rng().random())
}

pub fn is_wanted(store: &str) -> bool {
    setting::<String>("STORE").is_none_or(|wanted| wanted == store)
}
