//! The tools for models, made from `definitions/tools/`: their table for run time, what they need of the SDK, their
//! TypeScript types and their reference page.

mod family;
mod javascript;
mod outcome;
mod page;
mod parameters;
mod template;
mod tool;
mod typescript;

use std::path::Path;

use super::Error;
use super::definition::Module;
use family::Family;

/// All tools.
#[derive(Debug)]
pub struct Toolbox {
    /// In the order in which a model is told of them.
    families: Vec<Family>,
}

/// What is generated of them: file and text.
pub type Files = Vec<(&'static str, String)>;

impl Toolbox {
    /// Reads every family of a folder. `modules` are what their calls may name.
    pub fn read(folder: &Path, modules: &[Module]) -> Result<Self, Error> {
        let failed = |source| Error::File {
            path: folder.to_owned(),
            source,
        };
        let mut families = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                families.push(Family::read(&path, modules)?);
            }
        }
        families.sort_by_key(|family| family.order);
        Ok(Toolbox { families })
    }

    /// The names without a text.
    pub fn undocumented(&self) -> Vec<String> {
        self.families
            .iter()
            .flat_map(Family::undocumented)
            .collect()
    }

    /// The files to write, relative to the package's folder. `template` gives the text of a file of the template.
    pub fn files(&self, template: impl Fn(&str) -> Result<String, Error>) -> Result<Files, Error> {
        let types = typescript::types(&self.families);
        let declarations = format!("{}\n{types}", template("tools.d.ts")?.trim_end());
        Ok(vec![
            ("tools/table.js", javascript::table(&self.families)),
            ("tools/sdk.js", javascript::sdk(&self.families)),
            ("tools.d.ts", declarations),
            ("docs/api/tools.md", page::page(&self.families)),
        ])
    }
}

#[cfg(test)]
mod tests;
