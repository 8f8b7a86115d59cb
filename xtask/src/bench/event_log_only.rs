//! The package as it would be with the event log and the two modules that the class's declarations name, to compare the import of the real one with. It comes from
//! the same chore and from the same sources, so that it has whatever layout the package has.

use crate::build::{self, wasm};
use crate::build_lock;
use crate::context::Context;
use crate::steps::step;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// The folders of a checkout that are not sources.
const NOT_SOURCES: [&str; 6] = [".git", ".tools", "definitions", "dist", "pkg", "target"];

/// Makes it and gives its folder. The package itself has been built.
pub fn build(context: &Context) -> Result<PathBuf> {
    step("package with the event log alone", || {
        let _alone = build_lock::wait(context)?;
        let module = wasm::build(context)?;
        let root = context.scratch("event-log-only");
        let _ = fs::remove_dir_all(&root);
        checkout(&context.root, &root)?;
        let alone = Context {
            target: root.join("target"),
            root,
            tools: context.tools.clone(),
        };
        build::package::assemble(&alone, &module)?;
        Ok(alone.package())
    })
}

/// A folder that is like the checkout, except that it defines few modules.
fn checkout(from: &Path, to: &Path) -> Result<()> {
    let definitions = to.join("definitions");
    fs::create_dir_all(&definitions)
        .with_context(|| format!("cannot make the folder {}", definitions.display()))?;
    for entry in
        fs::read_dir(from).with_context(|| format!("cannot read the folder {}", from.display()))?
    {
        let entry = entry?;
        let name = entry.file_name();
        if !NOT_SOURCES.iter().any(|other| name == *other) {
            link(&entry.path(), &to.join(&name))?;
        }
    }
    // There are no tools without the modules that they call.
    fs::create_dir(definitions.join("tools")).context("cannot make a folder for no tools")?;
    let class = definitions.join("class");
    fs::create_dir(&class).context("cannot make a folder for the class")?;
    // The class's own declarations name types of the user message's.
    for name in [
        "event-log.toml",
        "notify.toml",
        "user-message.toml",
        "class/listeners.toml",
    ] {
        link(
            &from.join("definitions").join(name),
            &definitions.join(name),
        )?;
    }
    let names = from.join("definitions/class/names.toml");
    let names =
        fs::read_to_string(&names).with_context(|| format!("cannot read {}", names.display()))?;
    fs::write(class.join("names.toml"), without_other_modules(&names)?)
        .context("cannot write the names of the event log alone")?;
    Ok(())
}

/// The names without those of the modules that are left out.
fn without_other_modules(names: &str) -> Result<String> {
    let mut names: toml::Table = names.parse().context("class/names.toml")?;
    names.insert("alias".to_owned(), toml::Table::new().into());
    names.insert("module_types".to_owned(), toml::value::Array::new().into());
    Ok(names.to_string())
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> Result<()> {
    if !from.exists() {
        bail!("there is no {}", from.display());
    }
    std::os::unix::fs::symlink(from, to)
        .with_context(|| format!("cannot link {} to {}", to.display(), from.display()))
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> Result<()> {
    bail!("the benchmark wants symbolic links, which this system does not give to everybody")
}
