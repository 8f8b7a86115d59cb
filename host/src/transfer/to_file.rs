//! Exports into a file, which gets its name once it is complete.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::export::exported_instance;
use super::{TransferFailure, export};
use crate::store::Store;

/// Exports an instance into a file, and returns the number of its events. Until everything is on the disk, the file
/// is called `FILE.partial`, and an earlier FILE stays.
///
/// # Errors
/// As [`export()`]; the error names the file that is left, and says that it is incomplete.
pub async fn export_to_file(
    store: &dyn Store,
    reference: &str,
    file: &Path,
) -> Result<i64, TransferFailure> {
    let name_file = |error| TransferFailure::At(file.display().to_string(), error);
    // A pipe or a device cannot be renamed.
    if file.metadata().is_ok_and(|found| !found.is_file()) {
        let mut out = BufWriter::new(File::create(file).map_err(name_file)?);
        return export(store, reference, &mut out).await;
    }
    // Check first: without the instance no file is made.
    exported_instance(store, reference).await?;
    let mut name = file.as_os_str().to_owned();
    name.push(".partial");
    let partial = PathBuf::from(name);
    let out = File::create(&partial)
        .map_err(|error| TransferFailure::At(partial.display().to_string(), error))?;
    let mut out = BufWriter::new(out);
    let is_partial = |failure: TransferFailure| {
        TransferFailure::Partial(partial.display().to_string(), failure.to_string())
    };
    let count = export(store, reference, &mut out)
        .await
        .map_err(is_partial)?;
    out.flush()
        .and_then(|()| out.get_ref().sync_all())
        .map_err(|error| is_partial(TransferFailure::Output(error)))?;
    std::fs::rename(&partial, file).map_err(name_file)?;
    Ok(count)
}
