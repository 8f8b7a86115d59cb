//! Checks that the database's files are still the ones that were opened.
//!
//! A file that is removed or replaced under a running host stays open: commits to it succeed, and are lost
//! at the restart.

use std::path::{Path, PathBuf};

use crate::store::StoreFailure;

/// Device and inode.
type Identity = Option<(u64, u64)>;

/// Which files were opened.
#[derive(Debug, Clone)]
pub struct OpenFiles(Vec<(PathBuf, Identity)>);

impl OpenFiles {
    /// The database's file, its write-ahead log and the log's index, as they are now. The log has to
    /// be there: it is made by the first transaction.
    pub fn of(file: &Path) -> Self {
        // The log is in the folder of the file itself, not in that of a link to it.
        let real = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        let beside = |ending: &str| {
            let mut name = real.clone().into_os_string();
            name.push(ending);
            PathBuf::from(name)
        };
        let paths = [file.to_owned(), beside("-wal"), beside("-shm")];
        Self(
            paths
                .into_iter()
                .map(|path| {
                    let identity = identity(&path);
                    (path, identity)
                })
                .filter(|(_, identity)| identity.is_some())
                .collect(),
        )
    }

    /// Fails when one of the files is no longer the one that was opened.
    pub fn check(&self) -> Result<(), StoreFailure> {
        for (path, opened) in &self.0 {
            let found = identity(path);
            if found != *opened {
                let what = if found.is_none() {
                    "was removed"
                } else {
                    "was replaced by another"
                };
                return Err(StoreFailure::FileGone(format!("{} {what}", path.display())));
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Identity {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// Other systems do not let a file that is open be removed.
#[cfg(not(unix))]
fn identity(path: &Path) -> Identity {
    path.exists().then_some((0, 0))
}

#[cfg(test)]
#[cfg(unix)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::OpenFiles;

    #[test]
    fn a_file_that_was_removed_or_replaced_is_noticed_and_one_that_came_back_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("events.db");
        let aside = folder.path().join("aside");
        let log = folder.path().join("events.db-wal");
        std::fs::write(&file, "1").unwrap();
        std::fs::write(&log, "1").unwrap();
        let files = OpenFiles::of(&file);
        assert_eq!(files.check(), Ok(()));
        std::fs::rename(&file, &aside).unwrap();
        let text = files.check().unwrap_err().to_string();
        assert!(text.contains("was removed"), "{text}");
        std::fs::copy(&aside, &file).unwrap();
        let text = files.check().unwrap_err().to_string();
        assert!(text.contains("was replaced"), "{text}");
        std::fs::rename(&aside, &file).unwrap();
        assert_eq!(files.check(), Ok(()));
        std::fs::remove_file(&log).unwrap();
        let text = files.check().unwrap_err().to_string();
        assert!(text.contains("events.db-wal was removed"), "{text}");
    }
}
