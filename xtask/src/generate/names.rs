//! What the reference's index exports besides its modules, from `definitions/class/names.toml`: types, enumerations, and
//! members of modules under a name of their own.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;

use super::Error;
use super::declaration::{self, Declaration};
use super::definition::Module;
use super::typescript::{self, Home};

/// The file's content.
#[derive(Debug)]
pub struct Names {
    /// The types, none of which a module's methods use.
    pub types: Vec<Declaration>,
    /// The types of modules that the index exports too.
    module_types: Vec<String>,
    enums: IndexMap<String, Enumeration>,
    aliases: Vec<Alias>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    types: String,
    module_types: Vec<String>,
    alias: IndexMap<String, String>,
    #[serde(rename = "enum")]
    enums: IndexMap<String, Enumeration>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Enumeration {
    text: String,
    members: IndexMap<String, String>,
}

/// A second name for a value.
#[derive(Debug)]
struct Alias {
    name: String,
    /// The parts of the path from the default instance.
    path: Vec<String>,
    /// Whether it is a method, and not an object of methods.
    method: bool,
}

impl Names {
    /// Reads the file; `modules` determine the value at a path.
    pub fn read(path: &Path, modules: &[Module]) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::File {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text, modules).map_err(|reason| Error::Definition {
            path: path.to_owned(),
            reason,
        })
    }

    fn parse(text: &str, modules: &[Module]) -> Result<Self, String> {
        let source: Source = toml::from_str(text).map_err(|error| error.to_string())?;
        let aliases = source
            .alias
            .into_iter()
            .map(|(name, path)| Alias::new(name, &path, modules))
            .collect::<Result<_, _>>()?;
        Ok(Names {
            types: declaration::read(&source.types)?,
            module_types: known_types(source.module_types, modules)?,
            enums: source.enums,
            aliases,
        })
    }

    /// What has no text.
    pub fn undocumented(&self) -> impl Iterator<Item = String> {
        let types = self
            .types
            .iter()
            .filter(|declaration| declaration.text.is_empty())
            .map(|declaration| declaration.name.clone());
        let enums = self
            .enums
            .iter()
            .filter(|(_, enumeration)| enumeration.text.trim().is_empty())
            .map(|(name, _)| name.clone());
        types.chain(enums)
    }

    /// `modules/names.d.ts`: the types.
    pub fn declarations(&self, homes: &Home<'_>) -> String {
        let mut body = String::new();
        for declaration in &self.types {
            let _ = write!(body, "\n{}\n", declaration.source);
        }
        for name in &self.module_types {
            if let Some(home) = homes.get(name.as_str()) {
                let _ = write!(body, "\nexport type {{ {name} }} from './{home}.js';\n");
            }
        }
        // Re-exported names are not imported.
        let own = self
            .types
            .iter()
            .map(|declaration| declaration.name.as_str())
            .chain(self.module_types.iter().map(String::as_str))
            .collect();
        typescript::file("class/names.toml", &body, &own, homes)
    }

    /// What `modules/named.d.ts` declares of them: the values.
    pub fn values(&self) -> String {
        let mut text = String::new();
        for (
            name,
            Enumeration {
                text: what,
                members,
            },
        ) in &self.enums
        {
            let members = listed(members, " = ");
            let _ = writeln!(
                text,
                "/** {what} */\nexport declare enum {name} {{ {members} }}"
            );
        }
        for Alias { name, path, .. } in &self.aliases {
            let steps: String = path.iter().map(|step| format!("['{step}']")).collect();
            let _ = writeln!(
                text,
                "/** The same as `{}`. */\nexport declare const {name}: CodeboltModules{steps};",
                path.join(".")
            );
        }
        text
    }

    /// `modules/enumerations.js`.
    pub fn enumerations(&self) -> String {
        let mut text =
            "// Generated from definitions/class/names.toml by `cargo xtask build`.\n".to_owned();
        for (name, Enumeration { members, .. }) in &self.enums {
            let members = listed(members, ": ");
            let _ = writeln!(text, "export const {name} = {{ {members} }};");
        }
        text
    }

    /// What an entry imports for them.
    pub fn imports(&self) -> String {
        let names: Vec<&str> = self.enums.keys().map(String::as_str).collect();
        format!(
            "import {{ {} }} from './modules/enumerations.js';\n",
            names.join(", ")
        )
    }

    /// What an entry exports of them, after its modules.
    pub fn javascript(&self) -> String {
        let names: Vec<&str> = self.enums.keys().map(String::as_str).collect();
        let mut text = format!("export {{ {} }};\n", names.join(", "));
        for Alias { name, path, method } in &self.aliases {
            let access = path.join(".");
            let _ = if *method {
                writeln!(
                    text,
                    "/** @type {{typeof {access}}} */\nexport const {name} = (...values) => {access}(...values);"
                )
            } else if path.len() == 1 {
                writeln!(text, "export const {name} = {access};")
            } else {
                writeln!(
                    text,
                    "export const {name} = /* @__PURE__ */ onDemand(() => {access}, session);"
                )
            };
        }
        text
    }

    /// `docs/api/names.md`.
    pub fn page(&self) -> String {
        let mut text = "# Other names\n\nWhat the package exports besides the class, its modules and their types. The reference declares these values and leaves them `undefined`.\n\n\
            ## Members of modules\n\n| name | stands for |\n|---|---|\n"
            .to_owned();
        for Alias { name, path, .. } in &self.aliases {
            let _ = writeln!(text, "| `{name}` | `codebolt.{}` |", path.join("."));
        }
        text.push_str("\n## Enumerations\n");
        for (
            name,
            Enumeration {
                text: what,
                members,
            },
        ) in &self.enums
        {
            let _ = write!(
                text,
                "\n### {name}\n\n{what}\n\n| member | value |\n|---|---|\n"
            );
            for (member, value) in members {
                let _ = writeln!(text, "| `{member}` | `{value}` |");
            }
        }
        text.push_str("\n## Types\n");
        for declaration in &self.types {
            let _ = write!(
                text,
                "\n### {}\n\n{}\n\n```ts\n{}\n```\n",
                declaration.name, declaration.text, declaration.code
            );
        }
        text
    }
}

fn known_types(names: Vec<String>, modules: &[Module]) -> Result<Vec<String>, String> {
    let known: HashSet<&str> = modules
        .iter()
        .flat_map(|module| &module.types)
        .map(|declaration| declaration.name.as_str())
        .collect();
    match names.iter().find(|name| !known.contains(name.as_str())) {
        Some(unknown) => Err(format!("module_types: no module has a type `{unknown}`")),
        None => Ok(names),
    }
}

/// An enumeration's members, as in an object or an `enum`.
fn listed(members: &IndexMap<String, String>, sign: &str) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(member, value)| format!("{member}{sign}'{value}'"))
        .collect();
    members.join(", ")
}

impl Alias {
    fn new(name: String, path: &str, modules: &[Module]) -> Result<Self, String> {
        let mut steps = path.split('.');
        let first = steps.next().unwrap_or_default();
        let module = modules
            .iter()
            .find(|module| module.name == first)
            .ok_or_else(|| format!("alias.{name}: there is no module `{first}`"))?;
        let rest: Vec<&str> = steps.collect();
        let rest = rest.join(".");
        let method = module.methods.iter().any(|method| method.name == rest);
        let group = rest.is_empty()
            || module
                .methods
                .iter()
                .any(|method| method.group() == Some(rest.as_str()));
        if !method && !group {
            return Err(format!("alias.{name}: there is nothing at `{path}`"));
        }
        Ok(Alias {
            name,
            path: path.split('.').map(str::to_owned).collect(),
            method,
        })
    }
}

#[cfg(test)]
mod tests;
