//! One build at a time in a checkout: all of them put the package together in the same scratch folder.

use crate::context::Context;
use anyhow::{Context as _, Result};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Builds of other processes wait while this lives.
#[must_use]
pub struct BuildLock {
    _file: Arc<File>,
}

/// What this process holds. A step that is part of another shares its lock, since a second one would wait for the first.
static HELD: Mutex<Weak<File>> = Mutex::new(Weak::new());

/// Waits until no other process builds in this checkout, and says so if it has to.
pub fn wait(context: &Context) -> Result<BuildLock> {
    shared(&HELD, &context.scratch("build.lock"))
}

fn shared(held: &Mutex<Weak<File>>, path: &Path) -> Result<BuildLock> {
    let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = held.upgrade() {
        return Ok(BuildLock { _file: file });
    }
    let file = Arc::new(locked(path)?);
    *held = Arc::downgrade(&file);
    Ok(BuildLock { _file: file })
}

/// The file, locked until it is closed: the system does that even for a process that is killed.
fn locked(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    let outcome = match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            println!("  waiting: another `cargo xtask` builds in this checkout");
            file.lock()
        }
        Err(TryLockError::Error(error)) => Err(error),
    };
    match outcome {
        // Some file systems have no locks; there builds collide as they always did.
        Err(error) if error.kind() != io::ErrorKind::Unsupported => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
        _ => Ok(file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_wait_until_the_last_of_a_process_lets_go() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("xtask").join("build.lock");
        let held = Mutex::new(Weak::new());
        let outer = shared(&held, &path)?;
        let inner = shared(&held, &path)?;
        // The system treats a file that is opened again like one of another process.
        let other = File::create(&path)?;
        drop(outer);
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        drop(inner);
        other.try_lock()?;
        Ok(())
    }
}
