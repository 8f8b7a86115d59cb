//! Circles in a graph of files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Imports;

/// The groups of files in which each reaches each other.
pub fn circles(imports: &Imports) -> Vec<Vec<PathBuf>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for file in imports.keys() {
        if seen.contains(file) {
            continue;
        }
        let circle: Vec<PathBuf> = reached(imports, file)
            .into_iter()
            .filter(|other| reached(imports, other).contains(file))
            .collect();
        if !circle.is_empty() {
            seen.extend(circle.iter().cloned());
            found.push(circle);
        }
    }
    found
}

/// All files that a file imports, and that those import.
fn reached(imports: &Imports, from: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(file) = waiting.pop() {
        for imported in imports.get(file).into_iter().flatten() {
            if found.insert(imported.clone()) {
                waiting.push(imported);
            }
        }
    }
    found
}
