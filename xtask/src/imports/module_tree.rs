//! A crate's modules, read from its files.

use anyhow::{Context as _, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use syn::{Item, ItemMod};

use super::paths::{self, ItemPath};

/// A module.
pub struct Module {
    /// Where it is in the crate.
    pub path: ItemPath,
    /// The file that has its text.
    pub file: PathBuf,
    /// What its text names of the crate.
    pub paths: Vec<ItemPath>,
    /// What it hands on under a name of its own.
    handed_on: BTreeMap<String, ItemPath>,
}

/// All modules of a crate.
pub struct ModuleTree {
    modules: BTreeMap<ItemPath, Module>,
}

impl ModuleTree {
    /// Reads the crate with that root.
    pub fn read(root: &Path) -> Result<Self> {
        let mut tree = Self {
            modules: BTreeMap::new(),
        };
        let folder = root.parent().context("a crate's root has no folder")?;
        tree.read_file(root, folder, Vec::new())?;
        Ok(tree)
    }

    /// The modules.
    pub fn modules(&self) -> impl Iterator<Item = &Module> {
        self.modules.values()
    }

    /// The module that has what a path names, or hands on what it hands on.
    pub fn resolve(&self, path: &[String]) -> Option<&Module> {
        // Few hand on what others hand on; a circle of them does not compile.
        self.resolve_within(path, 8)
    }

    fn resolve_within(&self, path: &[String], steps: u32) -> Option<&Module> {
        let steps = steps.checked_sub(1)?;
        let length = (0..=path.len()).rev().find(|&length| {
            self.modules
                .contains_key(path.get(..length).unwrap_or_default())
        })?;
        let (module, rest) = path.split_at(length);
        let module = self.modules.get(module)?;
        let Some((name, below)) = rest.split_first() else {
            return Some(module);
        };
        if let Some(origin) = module.handed_on.get(name) {
            let mut origin = origin.clone();
            origin.extend_from_slice(below);
            return self.resolve_within(&origin, steps).or(Some(module));
        }
        Some(module)
    }

    fn read_file(&mut self, file: &Path, folder: &Path, path: ItemPath) -> Result<()> {
        let text =
            fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let parsed = syn::parse_file(&text)
            .with_context(|| format!("cannot understand {}", file.display()))?;
        self.read_items(&parsed.items, file, folder, path)
    }

    /// `folder` has the files of the modules inside this one.
    fn read_items(
        &mut self,
        items: &[Item],
        file: &Path,
        folder: &Path,
        path: ItemPath,
    ) -> Result<()> {
        let mut module = Module {
            path: path.clone(),
            file: file.to_owned(),
            paths: paths::named(items, &path),
            handed_on: BTreeMap::new(),
        };
        for item in items {
            if let Item::Use(item) = item {
                for used in paths::used(&item.tree) {
                    let Some(origin) = paths::absolute(&used.path, &path, items) else {
                        continue;
                    };
                    if let Some(name) = used.name {
                        module.handed_on.insert(name, origin);
                    }
                }
            }
        }
        self.modules.insert(path.clone(), module);
        for item in items {
            if let Item::Mod(inner) = item {
                self.read_module(inner, file, folder, &path)?;
            }
        }
        Ok(())
    }

    fn read_module(
        &mut self,
        module: &ItemMod,
        file: &Path,
        folder: &Path,
        outer: &ItemPath,
    ) -> Result<()> {
        let name = module.ident.to_string();
        let mut path = outer.clone();
        path.push(name.clone());
        let inside = folder.join(&name);
        if let Some((_, items)) = &module.content {
            return self.read_items(items, file, &inside, path);
        }
        if let Some(named) = paths::path_attribute(&module.attrs) {
            let beside = file.parent().unwrap_or(folder).join(named);
            let inside = beside.parent().unwrap_or(folder).to_owned();
            return self.read_file(&beside, &inside, path);
        }
        let candidates = [folder.join(format!("{name}.rs")), inside.join("mod.rs")];
        let Some(found) = candidates.iter().find(|candidate| candidate.exists()) else {
            bail!("{}: no file of the module `{name}`", file.display());
        };
        self.read_file(found, &inside, path)
    }
}
