//! Puts `pkg/` together: the template's own files, the module, what is generated from the definitions, the licences.

use super::{bundle, folders};
use crate::addresses;
use crate::context::Context;
use crate::generate;
use crate::{links, site_map};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Makes `pkg/` anew; files that did not change are not touched.
pub fn assemble(context: &Context, module: &Path) -> Result<()> {
    let staged = context.package_sources();
    let _ = fs::remove_dir_all(&staged);
    folders::copy(&context.root.join("pkg-template"), &staged, |_| true)?;
    folders::copy(module, &staged, |_| true)?;
    let methods = generate::run(&context.root, &staged)
        .context("cannot generate the modules from definitions/")?;
    describe(context, &staged.join("package.json"))?;
    write_readme(context, "pkg-template/README.md", &staged.join("README.md"))?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let file = context.root.join(licence);
        if file.is_file() {
            fs::copy(&file, staged.join(licence))
                .with_context(|| format!("cannot copy {}", file.display()))?;
        } else {
            println!("  {licence} is missing, so the package has none");
        }
    }
    let bundled = context.scratch("package");
    bundle::make(context, &staged, &bundled)?;
    folders::mirror(&bundled, &context.package())?;
    println!("  codebolt-wasm {}, {methods} methods", context.version());
    Ok(())
}

/// What a package's README links to in the repository is on the site, or on the repository's server: npm shows it by itself.
pub fn write_readme(context: &Context, source: &str, file: &Path) -> Result<()> {
    let text = fs::read_to_string(context.root.join(source))
        .with_context(|| format!("cannot read {source}"))?;
    let text = links::rewritten(&text, source, |target, anchor| {
        Ok(match site_map::page_of(target) {
            Some(page) => format!(
                "{}{}{anchor}",
                addresses::site(),
                site_map::address_of(&page)
            ),
            None => format!("{}{anchor}", addresses::file(target)),
        })
    })?;
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// The version and the project's addresses have one place: the workspace's `Cargo.toml`.
pub fn describe(context: &Context, file: &Path) -> Result<()> {
    let text = fs::read_to_string(file).context("pkg-template/ has no package.json")?;
    let mut description: Value =
        serde_json::from_str(&text).context("pkg-template/package.json is not JSON")?;
    let Some(members) = description.as_object_mut() else {
        bail!("pkg-template/package.json is not a JSON object");
    };
    if members
        .get("version")
        .and_then(Value::as_str)
        .is_some_and(|version| version != "0.0.0")
    {
        bail!(
            "pkg-template/package.json has a version of its own; leave it at 0.0.0, it is put in from Cargo.toml"
        );
    }
    members.insert("version".to_owned(), Value::from(context.version()));
    // The package for tests goes with the package of its own version.
    if let Some(wanted) = members
        .get_mut("peerDependencies")
        .and_then(|peers| peers.get_mut("codebolt-wasm"))
    {
        *wanted = Value::from(format!("^{}", context.version()));
    }
    for (name, value) in addresses::members() {
        if members.insert(name.clone(), value).is_some() {
            bail!(
                "pkg-template/package.json has `{name}`; leave it out, it is put in from Cargo.toml"
            );
        }
    }
    fs::write(
        file,
        format!("{}\n", serde_json::to_string_pretty(&description)?),
    )?;
    Ok(())
}
