//! What became of the mutants of each file, kept between runs: all of them take hours, and a file's share takes minutes.

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Names of mutants, by what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    /// A test failed.
    pub caught: Vec<String>,
    /// A test did not end.
    pub timed_out: Vec<String>,
    /// All tests passed.
    pub missed: Vec<String>,
}

impl Outcomes {
    /// Those of the mutants of one file.
    fn of(&self, file: &str) -> Self {
        let own = |names: &[String]| {
            names
                .iter()
                .filter(|name| name.split_once(':').is_some_and(|(whose, _)| whose == file))
                .cloned()
                .collect()
        };
        Self {
            caught: own(&self.caught),
            timed_out: own(&self.timed_out),
            missed: own(&self.missed),
        }
    }

    fn extend(&mut self, other: &Self) {
        self.caught.extend_from_slice(&other.caught);
        self.timed_out.extend_from_slice(&other.timed_out);
        self.missed.extend_from_slice(&other.missed);
    }
}

#[derive(Serialize, Deserialize)]
struct FileResult {
    /// The file's code at that time: another has other mutants.
    code: String,
    #[serde(flatten)]
    outcomes: Outcomes,
}

/// The results of one part of the code.
pub struct Results {
    root: PathBuf,
    kept_in: PathBuf,
    files: BTreeMap<String, FileResult>,
}

impl Results {
    /// Reads what earlier runs left. Files are named from `root` on.
    pub fn read(root: &Path, kept_in: PathBuf) -> Result<Self> {
        let files = match fs::read_to_string(&kept_in) {
            Ok(text) => serde_json::from_str(&text)
                .with_context(|| format!("cannot read {}", kept_in.display()))?,
            Err(_) => BTreeMap::new(),
        };
        Ok(Self {
            root: root.to_owned(),
            kept_in,
            files,
        })
    }

    /// Keeps the outcomes of a run over all mutants of these files.
    pub fn keep(&mut self, files: &[String], outcomes: &Outcomes) -> Result<()> {
        for file in files {
            let result = FileResult {
                code: self.code(file)?,
                outcomes: outcomes.of(file),
            };
            self.files.insert(file.clone(), result);
        }
        fs::write(&self.kept_in, serde_json::to_string_pretty(&self.files)?)
            .with_context(|| format!("cannot write {}", self.kept_in.display()))
    }

    /// Those of these files whose mutants have to be tried: they never were, the code has changed since, or one was missed that
    /// `is_known` does not know.
    pub fn open(&self, files: &[String], is_known: impl Fn(&str) -> bool) -> Result<Vec<String>> {
        let mut open = Vec::new();
        for file in files {
            let code = self.code(file)?;
            let done = self.files.get(file).is_some_and(|result| {
                result.code == code && result.outcomes.missed.iter().all(|name| is_known(name))
            });
            if !done {
                open.push(file.clone());
            }
        }
        Ok(open)
    }

    /// All outcomes of these files together.
    pub fn together(&self, files: &[String]) -> Outcomes {
        let mut all = Outcomes::default();
        for result in files.iter().filter_map(|file| self.files.get(file)) {
            all.extend(&result.outcomes);
        }
        all
    }

    /// What mutants are made of: neither comments nor the tests at the end.
    fn code(&self, file: &str) -> Result<String> {
        let text = fs::read_to_string(self.root.join(file))
            .with_context(|| format!("cannot read {file}"))?;
        let code = text
            .split_once("#[cfg(test)]\nmod tests")
            .map_or(&*text, |(code, _)| code);
        let lines = code.lines().map(str::trim);
        Ok(lines
            .filter(|line| !line.is_empty() && !line.starts_with("//"))
            .map(|line| format!("{line}\n"))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_file_is_tried_again_when_it_has_changed_or_a_mutant_was_missed() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let files = names(&["a.rs", "b.rs", "c.rs"]);
        for file in &files {
            fs::write(folder.path().join(file), file)?;
        }
        let read = || Results::read(folder.path(), folder.path().join("results.json"));
        let none = |_: &str| false;
        assert_eq!(read()?.open(&files, none)?, files);
        let outcomes = Outcomes {
            caught: names(&["a.rs: one", "b.rs: two"]),
            timed_out: names(&["a.rs: three"]),
            missed: names(&["b.rs: four"]),
        };
        read()?.keep(&files, &outcomes)?;
        assert_eq!(read()?.open(&files, none)?, names(&["b.rs"]));
        assert!(
            read()?
                .open(&files, |name| name == "b.rs: four")?
                .is_empty()
        );
        assert_eq!(read()?.together(&files), outcomes);
        let a = "// Said anew.\na.rs\n\n#[cfg(test)]\nmod tests {}\n";
        fs::write(folder.path().join("a.rs"), a)?;
        fs::write(folder.path().join("c.rs"), "changed")?;
        assert_eq!(read()?.open(&files, none)?, names(&["b.rs", "c.rs"]));
        // A later run over one file takes the place of what was kept of it.
        let later = Outcomes {
            caught: names(&["b.rs: two", "b.rs: four"]),
            ..Outcomes::default()
        };
        read()?.keep(&names(&["b.rs"]), &later)?;
        assert_eq!(
            read()?.together(&files).caught,
            names(&["a.rs: one", "b.rs: two", "b.rs: four"])
        );
        assert!(read()?.together(&files).missed.is_empty());
        Ok(())
    }
}
