//! The paths that a module's text names.

use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprLit, Item, ItemMod, ItemUse, Lit, Meta, UseTree};

/// A module's or an item's path from the crate's root, which is empty.
pub type ItemPath = Vec<String>;

/// A name that a `use` brings.
pub struct Used {
    /// The path, as written.
    pub path: Vec<String>,
    /// The name here; none for `*`.
    pub name: Option<String>,
}

/// The names that a `use` imports.
pub fn used(tree: &UseTree) -> Vec<Used> {
    let mut found = Vec::new();
    flatten(tree, &[], &mut found);
    found
}

fn flatten(tree: &UseTree, before: &[String], found: &mut Vec<Used>) {
    let with = |name: String| {
        let mut path = before.to_vec();
        // `a::{self}` is `a`.
        if name != "self" || path.is_empty() {
            path.push(name);
        }
        path
    };
    match tree {
        UseTree::Path(step) => flatten(&step.tree, &with(step.ident.to_string()), found),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before, found);
            }
        }
        UseTree::Name(name) => {
            let path = with(name.ident.to_string());
            let name = path.last().cloned();
            found.push(Used { path, name });
        }
        UseTree::Rename(rename) => found.push(Used {
            path: with(rename.ident.to_string()),
            name: Some(rename.rename.to_string()),
        }),
        UseTree::Glob(_) => found.push(Used {
            path: before.to_vec(),
            name: None,
        }),
    }
}

/// A path from the crate's root; `None` when it leads out of the crate, or not to a module's item.
pub fn absolute(path: &[String], module: &[String], items: &[Item]) -> Option<ItemPath> {
    let (first, rest) = path.split_first()?;
    let mut found = match first.as_str() {
        "crate" => Vec::new(),
        "self" | "super" => module.to_vec(),
        name if declares(items, name) => {
            let mut found = module.to_vec();
            found.push(name.to_owned());
            found
        }
        _ => return None,
    };
    if first == "super" {
        found.pop()?;
    }
    for step in rest {
        if step == "super" {
            found.pop()?;
        } else {
            found.push(step.clone());
        }
    }
    Some(found)
}

fn declares(items: &[Item], name: &str) -> bool {
    items
        .iter()
        .any(|item| matches!(item, Item::Mod(module) if module.ident == name))
}

/// Every path of the crate that a module's text names; those of the modules inside it are theirs.
pub fn named(items: &[Item], module: &[String]) -> Vec<ItemPath> {
    let mut names = Names { found: Vec::new() };
    for item in items {
        names.visit_item(item);
    }
    names
        .found
        .iter()
        .filter_map(|path| absolute(path, module, items))
        .collect()
}

struct Names {
    found: Vec<Vec<String>>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_mod(&mut self, _: &'ast ItemMod) {}

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.found
            .extend(used(&item.tree).into_iter().map(|used| used.path));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let steps = path.segments.iter().map(|step| step.ident.to_string());
        self.found.push(steps.collect());
        visit::visit_path(self, path);
    }
}

/// The file in `#[path = "…"]`.
pub fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else {
            return None;
        };
        match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) if pair.path.is_ident("path") => Some(text.value()),
            _ => None,
        }
    })
}
