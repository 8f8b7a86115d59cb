//! Copies folders.

use anyhow::{Context as _, Result};
use std::fs;
use std::path::Path;

/// Copies a folder with all below it that is wanted, except `node_modules`.
pub fn copy(from: &Path, to: &Path, wants: fn(&Path) -> bool) -> Result<()> {
    for entry in
        fs::read_dir(from).with_context(|| format!("cannot read the folder {}", from.display()))?
    {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_name() == "node_modules" {
            // A folder, or a link that may lead nowhere by now.
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &target, wants)?;
        } else if wants(&entry.path()) {
            // The folder is made only now, so that it does not exist when there are no files for it.
            fs::create_dir_all(to)
                .with_context(|| format!("cannot make the folder {}", to.display()))?;
            fs::copy(entry.path(), &target)
                .with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}

/// Makes `to` the same as `from`. Files that are the same already are not written, so that watchers see
/// only real changes. `node_modules` in `to` stays.
pub fn mirror(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make the folder {}", to.display()))?;
    for entry in fs::read_dir(to)? {
        let entry = entry?;
        let original = from.join(entry.file_name());
        if entry.file_name() == "node_modules"
            || (original.exists() && original.is_dir() == entry.path().is_dir())
        {
            continue;
        }
        if entry.path().is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    for entry in
        fs::read_dir(from).with_context(|| format!("cannot read the folder {}", from.display()))?
    {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            mirror(&entry.path(), &target)?;
        } else if fs::read(entry.path())? != fs::read(&target).unwrap_or_default()
            || !target.exists()
        {
            fs::copy(entry.path(), &target)
                .with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}
