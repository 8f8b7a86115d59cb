//! Whether tests find enough of the mutants. Those that none can find stand in `tests/mutants.toml`, each with the reason.

use super::results::Outcomes;
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// The share of mutants that tests have to find.
const WANTED: f64 = 0.95;

/// What stands between a mutant's name and the line of code that it changes.
pub const AT: &str = "  @  ";

#[derive(Deserialize)]
struct Known {
    mutant: Vec<KnownMutant>,
}

/// A mutant that no test finds, and why that is so.
#[derive(Deserialize)]
pub struct KnownMutant {
    name: String,
    /// The line that it changes, where others have the same name.
    line: Option<String>,
    reason: String,
}

impl KnownMutant {
    /// Whether it is this one.
    pub fn is(&self, mutant: &str) -> bool {
        let (name, line) = mutant.split_once(AT).unwrap_or((mutant, ""));
        self.name == name && self.line.as_ref().is_none_or(|own| own == line)
    }
}

/// Reads `tests/mutants.toml`. A mutant without a reason is refused.
pub fn known(root: &Path) -> Result<Vec<KnownMutant>> {
    let text = fs::read_to_string(root.join("tests/mutants.toml"))
        .context("cannot read tests/mutants.toml")?;
    let Known { mutant } = toml::from_str(&text).context("tests/mutants.toml")?;
    for KnownMutant { name, reason, .. } in &mutant {
        if reason.trim().is_empty() {
            bail!("tests/mutants.toml gives no reason for `{name}`");
        }
    }
    Ok(mutant)
}

/// Says how many were found, and fails when one was missed without a reason. Of a whole part, enough have to be found.
pub fn judge(outcomes: &Outcomes, known: &[KnownMutant], is_whole: bool) -> Result<()> {
    let Outcomes {
        caught,
        timed_out,
        missed,
    } = outcomes;
    let found = caught.len() + timed_out.len();
    let all = found + missed.len();
    if all == 0 {
        bail!("there was no mutant: the files are wrong");
    }
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let share = found as f64 / all as f64;
    println!(
        "{all} mutants, {found} found by tests ({:.1} %), {} of them by a test that did not end{}",
        share * 100.0,
        timed_out.len(),
        if is_whole { "; all of the part" } else { "" }
    );
    let is_any = |mutants: &[String], known: &KnownMutant| mutants.iter().any(|one| known.is(one));
    for stale in known {
        if is_any(caught, stale) && !is_any(missed, stale) {
            println!(
                "no longer missed, take it out of tests/mutants.toml: {}",
                stale.name
            );
        }
    }
    let new: Vec<&str> = missed
        .iter()
        .map(String::as_str)
        .filter(|mutant| !known.iter().any(|known| known.is(mutant)))
        .collect();
    if !new.is_empty() {
        bail!(
            "{} mutants that no test finds have no reason in tests/mutants.toml:\n{}",
            new.len(),
            new.join("\n")
        );
    }
    // Of a few mutants, one that cannot be found is a large share.
    if is_whole && share < WANTED {
        bail!("at least {:.0} % are wanted", WANTED * 100.0);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_missed_mutant_without_a_reason_fails_the_run() {
        let missed = "src/a.rs: replace f -> bool with true  @  left || right";
        let outcomes = |caught: usize| Outcomes {
            caught: names(&vec!["src/b.rs: x  @  y"; caught]),
            timed_out: Vec::new(),
            missed: names(&[missed]),
        };
        let known = |line: Option<&str>| {
            [KnownMutant {
                name: "src/a.rs: replace f -> bool with true".to_owned(),
                line: line.map(ToOwned::to_owned),
                reason: "equal".to_owned(),
            }]
        };
        assert!(judge(&outcomes(30), &[], false).is_err());
        assert!(judge(&outcomes(30), &known(Some("another")), false).is_err());
        for known in [known(None), known(Some("left || right"))] {
            assert!(judge(&outcomes(30), &known, true).is_ok());
            assert!(judge(&outcomes(3), &known, true).is_err());
            assert!(judge(&outcomes(3), &known, false).is_ok());
        }
        assert!(judge(&Outcomes::default(), &known(None), true).is_err());
    }
}
