//! Tells whether a step's inputs have changed since it last ran, so that it can be left out.

use anyhow::{Context as _, Result};
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

/// The state of some files and folders, kept in a file between runs.
pub struct Fingerprint {
    stamp: PathBuf,
    now: String,
}

impl Fingerprint {
    /// Reads the inputs; folders with all below them, but no `node_modules`, `target` or `dist`. A missing input counts as empty.
    /// `salt` is whatever else the outcome depends on, such as a version.
    pub fn of(stamp: PathBuf, inputs: &[PathBuf], salt: &str) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        for input in inputs {
            hash_path(input, &mut hasher)?;
        }
        Ok(Self {
            stamp,
            now: format!("{:016x}", hasher.finish()),
        })
    }

    /// Whether nothing changed since [`Fingerprint::keep`].
    pub fn is_unchanged(&self) -> bool {
        fs::read_to_string(&self.stamp).is_ok_and(|kept| kept == self.now)
    }

    /// Says that the step was done with these inputs.
    pub fn keep(&self) -> Result<()> {
        if let Some(folder) = self.stamp.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.stamp, &self.now)
            .with_context(|| format!("cannot write {}", self.stamp.display()))
    }
}

fn hash_path(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    path.hash(hasher);
    if path.is_dir() {
        let mut entries = fs::read_dir(path)
            .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
            .with_context(|| format!("cannot read the folder {}", path.display()))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name();
            if name != "node_modules" && name != "target" && name != "dist" {
                hash_path(&entry.path(), hasher)?;
            }
        }
    } else if path.is_file() {
        fs::read(path)
            .with_context(|| format!("cannot read {}", path.display()))?
            .hash(hasher);
    }
    Ok(())
}
