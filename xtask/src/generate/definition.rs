//! A file under `definitions/`, read and checked.

mod kinds;
mod method;
mod signature;

use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;

use super::Error;
use super::declaration::{self, Declaration};
pub use kinds::{Mode, Rule, Wanted};
use method::MethodText;
pub use method::{Method, Parameter, UNCHECKED};

/// One module of the SDK.
#[derive(Debug)]
pub struct Module {
    /// As users write it: `codebolt.<name>`.
    pub name: String,
    /// The file's name without its ending, which the generated files share.
    pub file: String,
    /// What the module is for.
    pub text: String,
    /// TypeScript type parameters of its interface, without the angle brackets.
    pub generic: Option<String>,
    /// Its methods, in the file's order.
    pub methods: Vec<Method>,
    /// The TypeScript types it exports.
    pub types: Vec<Declaration>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModuleText {
    name: String,
    text: String,
    generic: Option<String>,
    #[serde(default)]
    method: IndexMap<String, MethodText>,
    #[serde(default)]
    types: TypesText,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypesText {
    typescript: String,
}

impl Module {
    /// Reads one file.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::File {
            path: path.to_owned(),
            source,
        })?;
        let file = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Self::parse(&text, &file).map_err(|reason| Error::Definition {
            path: path.to_owned(),
            reason,
        })
    }

    pub(super) fn parse(text: &str, file: &str) -> Result<Self, String> {
        let source: ModuleText = toml::from_str(text).map_err(|error| error.to_string())?;
        if source.name != declaration::camel(file) {
            return Err(format!(
                "the file defines `{}`; name it `{}.toml`",
                source.name,
                declaration::kebab(&source.name)
            ));
        }
        let methods = source
            .method
            .into_iter()
            .map(|(name, method)| {
                let label = name.clone();
                Method::new(name, method).map_err(|reason| format!("method.{label}: {reason}"))
            })
            .collect::<Result<_, _>>()?;
        let types = declaration::read(&source.types.typescript)?;
        Ok(Module {
            name: source.name,
            file: file.to_owned(),
            text: method::tidy(&source.text),
            generic: source.generic,
            methods,
            types,
        })
    }

    /// The names without a text, as `module.method`, `module.method(parameter)` or `module: Type`.
    pub fn undocumented(&self) -> Vec<String> {
        let mut missing = Vec::new();
        if self.text.is_empty() {
            missing.push(self.name.clone());
        }
        for method in &self.methods {
            if method.text.is_empty() {
                missing.push(format!("{}.{}", self.name, method.name));
            }
            for parameter in method
                .parameters
                .iter()
                .filter(|parameter| parameter.text.is_empty())
            {
                missing.push(format!("{}.{}({})", self.name, method.name, parameter.name));
            }
        }
        for declaration in self
            .types
            .iter()
            .filter(|declaration| declaration.text.is_empty())
        {
            missing.push(format!("{}: {}", self.name, declaration.name));
        }
        missing
    }
}

#[cfg(test)]
mod tests;
