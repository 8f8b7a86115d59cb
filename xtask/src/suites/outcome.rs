//! What became of suites, and the summary of a run.

use crate::steps::seconds;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The error of a run in which suites failed; all there is to say has been printed.
#[derive(Debug, thiserror::Error)]
#[error("some suites failed")]
pub struct SomeFailed;

/// The error by which a suite says that it could not ask what it is there to ask. It counts neither as passed nor as failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Skipped(pub String);

/// What became of a suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// All that it checks is so.
    Passed,
    /// With the reason.
    Skipped(String),
    /// With what went wrong.
    Failed(String),
}

/// Prints it, and fails if a suite has.
pub fn summarize(outcomes: &[(&str, Duration, Outcome)]) -> Result<()> {
    println!("\n━━ summary");
    for (name, time, outcome) in outcomes {
        let word = match outcome {
            Outcome::Passed => "passed ",
            Outcome::Skipped(_) => "SKIPPED",
            Outcome::Failed(_) => "FAILED ",
        };
        println!("{name:18} {word}  {:>12}", seconds(*time));
    }
    for (name, _, outcome) in outcomes {
        if let Outcome::Skipped(why) | Outcome::Failed(why) = outcome {
            println!("{name}: {}", why.lines().next().unwrap_or_default());
        }
    }
    let count = Count::of(outcomes.iter().map(|(_, _, outcome)| outcome));
    println!("{}", count.line());
    count.verdict()
}

/// How many suites came to what.
#[derive(Default)]
struct Count {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Count {
    fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let mut count = Self::default();
        for outcome in outcomes {
            match outcome {
                Outcome::Passed => count.passed += 1,
                Outcome::Skipped(_) => count.skipped += 1,
                Outcome::Failed(_) => count.failed += 1,
            }
        }
        count
    }

    /// The run's last line, which machines read too.
    fn line(&self) -> String {
        let mut line = format!("{} passed, {} failed", self.passed, self.failed);
        if self.skipped > 0 {
            line.push_str(&format!(", {} skipped", self.skipped));
        }
        line
    }

    /// Whether the run ends well: nobody can help it when something could not be asked.
    fn verdict(&self) -> Result<()> {
        if self.failed > 0 {
            return Err(SomeFailed.into());
        }
        Ok(())
    }
}

impl Outcome {
    /// What a suite's result means.
    pub fn of(result: Result<()>) -> Self {
        match result {
            Ok(()) => Self::Passed,
            Err(error) if error.is::<Skipped>() => Self::Skipped(format!("{error:#}")),
            Err(error) => Self::Failed(format!("{error:#}")),
        }
    }

    /// What is printed where the suite ends.
    pub fn line(&self, name: &str, time: &str) -> String {
        match self {
            Self::Passed => format!("✓ {name}: {time}"),
            Self::Skipped(why) => format!("- {name} SKIPPED: {why}"),
            Self::Failed(why) => format!("✗ {name} FAILED: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    fn outcome(kind: char) -> Outcome {
        Outcome::of(match kind {
            'p' => Ok(()),
            's' => Err(Skipped("no network".to_owned()).into()),
            _ => Err(anyhow::anyhow!("broken")),
        })
    }

    #[test]
    fn the_last_line_names_what_was_skipped_and_only_a_failure_makes_the_run_fail() {
        for (kinds, line, well) in [
            ("pp", "2 passed, 0 failed", true),
            ("pf", "1 passed, 1 failed", false),
            ("ps", "1 passed, 0 failed, 1 skipped", true),
            ("ss", "0 passed, 0 failed, 2 skipped", true),
            ("fsp", "1 passed, 1 failed, 1 skipped", false),
        ] {
            let outcomes: Vec<Outcome> = kinds.chars().map(outcome).collect();
            let count = Count::of(&outcomes);
            assert_eq!(count.line(), line);
            assert_eq!(count.verdict().is_ok(), well, "{kinds}");
        }
    }

    #[test]
    fn a_reason_to_skip_is_known_by_its_kind_and_not_by_its_words() {
        assert!(matches!(outcome('s'), Outcome::Skipped(why) if why == "no network"));
        let same_words = Outcome::of(Err(anyhow::anyhow!("no network")));
        assert!(matches!(same_words, Outcome::Failed(_)));
        let explained =
            Err(anyhow::Error::from(Skipped("no network".to_owned()))).context("asking");
        assert!(
            matches!(Outcome::of(explained), Outcome::Skipped(why) if why == "asking: no network")
        );
    }
}
