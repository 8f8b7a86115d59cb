//! Which files of our crates import each other. Imports run one way: a circle of files has no beginning to read at.
//!
//! A module and the modules inside it may name each other: `mod.rs` hands on what its files have.

mod circles;
mod module_tree;
mod paths;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use self::module_tree::ModuleTree;
use crate::command;
use crate::context::Context;

/// The members that are read of `cargo metadata`.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    src_path: PathBuf,
}

/// The imports of each file.
type Imports = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

/// The suite: fails when files of a crate import each other.
pub fn check(context: &Context) -> Result<()> {
    let mut cargo = context.command("cargo");
    cargo.args(["metadata", "--no-deps", "--format-version=1", "--offline"]);
    let metadata: Metadata = serde_json::from_str(&command::output(&mut cargo)?)
        .context("cannot read what `cargo metadata` says")?;
    let mut files = 0;
    let mut found = Vec::new();
    for package in metadata.packages {
        for target in package.targets {
            let imports = imports(&target.src_path)?;
            files += imports.len();
            found.extend(circles::circles(&imports));
        }
    }
    println!("{files} files of Rust looked at");
    if files < 200 {
        bail!("only {files} files of Rust were looked at: the search is wrong");
    }
    if !found.is_empty() {
        let lines: Vec<String> = found
            .iter()
            .map(|circle| shown(circle, &context.root))
            .collect();
        bail!("these files import each other:\n{}", lines.join("\n"));
    }
    Ok(())
}

/// The imports between the files of the crate with that root.
fn imports(root: &Path) -> Result<Imports> {
    let tree = ModuleTree::read(root)?;
    let mut imports = Imports::new();
    for module in tree.modules() {
        let of_file = imports.entry(module.file.clone()).or_default();
        for path in &module.paths {
            let Some(named) = tree.resolve(path) else {
                continue;
            };
            let related =
                named.path.starts_with(&module.path) || module.path.starts_with(&named.path);
            if named.file != module.file && !related {
                of_file.insert(named.file.clone());
            }
        }
    }
    Ok(imports)
}

fn shown(circle: &[PathBuf], root: &Path) -> String {
    let names: Vec<String> = circle
        .iter()
        .map(|file| {
            file.strip_prefix(root)
                .unwrap_or(file)
                .display()
                .to_string()
        })
        .collect();
    format!("  {}", names.join(" ↔ "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;
    use std::fs;

    /// The circles of a crate of these files, by their names.
    fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        circles::circles(&imports(&folder.path().join("lib.rs")).unwrap())
            .iter()
            .map(|circle| shown(circle, folder.path()).trim().to_owned())
            .collect()
    }

    #[test]
    fn two_files_that_import_each_other_are_found() {
        let found = circles_of(&[
            ("lib.rs", "mod one; mod two;"),
            ("one.rs", "use crate::two::Two; pub struct One(Two);"),
            ("two.rs", "pub struct Two; fn one(_: super::one::One) {}"),
        ]);
        assert_eq!(found, ["one.rs ↔ two.rs"]);
    }

    #[test]
    fn a_circle_is_found_through_what_a_module_hands_on() {
        let found = circles_of(&[
            ("lib.rs", "mod room;"),
            (
                "room/mod.rs",
                "mod one; mod two; pub use one::One; pub use two::{Two as Other};",
            ),
            ("room/one.rs", "use super::{Other}; pub struct One(Other);"),
            ("room/two.rs", "use crate::room::One; pub struct Two(One);"),
        ]);
        assert_eq!(found, ["room/one.rs ↔ room/two.rs"]);
    }

    #[test]
    fn longer_circles_are_found() {
        let found = circles_of(&[
            ("lib.rs", "mod a; mod b; mod c; mod d;"),
            ("a.rs", "use crate::b::f; use crate::d::g;"),
            ("b.rs", "pub fn f() { super::c::f() }"),
            ("c.rs", "use crate::a; pub fn f() { a::f() }"),
            ("d.rs", "pub fn g() {}"),
        ]);
        assert_eq!(found, ["a.rs ↔ b.rs ↔ c.rs"]);
    }

    #[test]
    fn a_module_and_the_files_inside_it_may_name_each_other() {
        let found = circles_of(&[
            ("lib.rs", "mod room; pub use room::One;"),
            ("room.rs", "mod one; pub use one::One; pub struct Shared;"),
            ("room/one.rs", "use super::Shared; pub struct One(Shared);"),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }
}
