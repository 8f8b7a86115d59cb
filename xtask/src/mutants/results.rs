//! What became of the mutants of each file, kept between runs: all of them take hours, and a file's share takes minutes.

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
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

    fn retain(&mut self, is_kept: impl Fn(&str) -> bool) {
        for names in [&mut self.caught, &mut self.timed_out, &mut self.missed] {
            names.retain(|name| is_kept(name));
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

/// Mutants of a file that are tried, or were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The file, from the checkout's root on.
    pub file: String,
    /// The names of the mutants, where it is not all that the file has.
    pub only: Option<BTreeSet<String>>,
}

impl Share {
    /// All mutants of a file.
    pub fn whole(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            only: None,
        }
    }
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

    /// Keeps the outcomes of a run over these mutants.
    pub fn keep(&mut self, shares: &[Share], outcomes: &Outcomes) -> Result<()> {
        for Share { file, only } in shares {
            let mut all = Outcomes::default();
            if let (Some(only), Some(before)) = (only, self.files.get(file)) {
                all = before.outcomes.clone();
                all.retain(|name| !only.contains(name));
            }
            all.extend(&outcomes.of(file));
            let result = FileResult {
                code: self.code(file)?,
                outcomes: all,
            };
            self.files.insert(file.clone(), result);
        }
        fs::write(&self.kept_in, serde_json::to_string_pretty(&self.files)?)
            .with_context(|| format!("cannot write {}", self.kept_in.display()))
    }

    /// What has to be tried of these files: all mutants of those that never were, or whose code has changed since, and otherwise
    /// those that were missed and that `is_known` does not know.
    pub fn open(&self, files: &[String], is_known: impl Fn(&str) -> bool) -> Result<Vec<Share>> {
        let mut open = Vec::new();
        for file in files {
            let code = self.code(file)?;
            let Some(result) = self.files.get(file).filter(|result| result.code == code) else {
                open.push(Share::whole(file));
                continue;
            };
            let missed = result.outcomes.missed.iter();
            let only: BTreeSet<String> = missed.filter(|name| !is_known(name)).cloned().collect();
            if !only.is_empty() {
                open.push(Share {
                    file: file.clone(),
                    only: Some(only),
                });
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
    fn all_of_a_file_is_tried_again_when_its_code_has_changed_and_otherwise_what_was_missed()
    -> Result<()> {
        let folder = tempfile::tempdir()?;
        let files = names(&["a.rs", "b.rs", "c.rs"]);
        for file in &files {
            fs::write(folder.path().join(file), file)?;
        }
        let read = || Results::read(folder.path(), folder.path().join("results.json"));
        let none = |_: &str| false;
        let whole = |files: &[&str]| files.iter().copied().map(Share::whole).collect::<Vec<_>>();
        assert_eq!(
            read()?.open(&files, none)?,
            whole(&["a.rs", "b.rs", "c.rs"])
        );
        let outcomes = Outcomes {
            caught: names(&["a.rs: one", "b.rs: two"]),
            timed_out: names(&["a.rs: three"]),
            missed: names(&["b.rs: four", "b.rs: five"]),
        };
        read()?.keep(&whole(&["a.rs", "b.rs", "c.rs"]), &outcomes)?;
        assert_eq!(read()?.together(&files), outcomes);
        let missed = Share {
            file: "b.rs".to_owned(),
            only: Some(BTreeSet::from(["b.rs: four".to_owned()])),
        };
        let is_known = |name: &str| name == "b.rs: five";
        assert_eq!(read()?.open(&files, is_known)?, vec![missed.clone()]);

        // What was tried again takes the place of what became of it before, and of nothing else.
        let again = Outcomes {
            caught: names(&["b.rs: four"]),
            ..Outcomes::default()
        };
        read()?.keep(&[missed], &again)?;
        let together = read()?.together(&files);
        assert_eq!(
            together.caught,
            names(&["a.rs: one", "b.rs: two", "b.rs: four"])
        );
        assert_eq!(together.missed, names(&["b.rs: five"]));

        let a = "// Said anew.\na.rs\n\n#[cfg(test)]\nmod tests {}\n";
        fs::write(folder.path().join("a.rs"), a)?;
        fs::write(folder.path().join("c.rs"), "changed")?;
        assert_eq!(read()?.open(&files, is_known)?, whole(&["c.rs"]));
        Ok(())
    }
}
