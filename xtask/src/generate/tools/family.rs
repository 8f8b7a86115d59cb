//! A family of tools: a file under `definitions/tools/`, read and checked.

use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;

use super::super::Error;
use super::super::definition::Module;
use super::outcome::{OUTCOME, Outcome};
use super::tool::{Tool, ToolText};

/// Tools that belong together and are alike in how they fail.
#[derive(Debug)]
pub struct Family {
    /// The file's name without its ending.
    pub file: String,
    /// Its position among the families.
    pub order: u32,
    /// The category that programs pick its tools by.
    pub category: String,
    /// The description of its tools.
    pub text: String,
    /// The outcomes of all its tools, unless a tool has its own.
    pub shared: Outcome,
    /// Whether a tool says in the chat why it was called.
    pub explains: bool,
    /// Its tools, in order.
    pub tools: Vec<Tool>,
}

#[derive(Deserialize)]
struct FamilyText {
    order: u32,
    category: String,
    text: String,
    #[serde(default)]
    explains: bool,
    tool: IndexMap<String, ToolText>,
    #[serde(flatten)]
    shared: Outcome,
}

impl Family {
    /// Reads one file.
    pub fn read(path: &Path, modules: &[Module]) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::File {
            path: path.to_owned(),
            source,
        })?;
        let file = path.file_stem().unwrap_or_default().to_string_lossy();
        Self::parse(&text, &file, modules).map_err(|reason| Error::Definition {
            path: path.to_owned(),
            reason,
        })
    }

    pub(super) fn parse(text: &str, file: &str, modules: &[Module]) -> Result<Self, String> {
        only_known_keys(text)?;
        let source: FamilyText = toml::from_str(text).map_err(|error| error.to_string())?;
        let tools = source
            .tool
            .into_iter()
            .map(|(name, tool)| {
                let label = name.clone();
                Tool::new(name, tool, modules).map_err(|reason| format!("tool.{label}: {reason}"))
            })
            .collect::<Result<_, _>>()?;
        Ok(Family {
            file: file.to_owned(),
            order: source.order,
            category: source.category,
            text: source.text,
            shared: source.shared,
            explains: source.explains,
            tools,
        })
    }

    /// The names without a text, as `tool` or `tool(parameter)`.
    pub fn undocumented(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for tool in &self.tools {
            if tool.text.is_empty() {
                missing.push(tool.name.clone());
            }
            tool.each_parameter(&mut |path, parameter| {
                if parameter.text.is_empty() {
                    missing.push(format!("{}({path})", tool.name));
                }
            });
        }
        missing
    }
}

const FAMILY: [&str; 5] = ["order", "category", "text", "explains", "tool"];
const TOOL: [&str; 12] = [
    "title",
    "kind",
    "text",
    "params",
    "hidden",
    "rules",
    "locations",
    "line",
    "call",
    "custom",
    "shape",
    "confirm",
];

/// Refuses a key that means nothing: serde cannot where a table is read into two structures.
fn only_known_keys(text: &str) -> Result<(), String> {
    let family: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
    let unknown = |table: &toml::Table, own: &[&str]| {
        let mut keys = table.keys();
        keys.find(|key| !own.contains(&key.as_str()) && !OUTCOME.contains(&key.as_str()))
            .cloned()
    };
    if let Some(key) = unknown(&family, &FAMILY) {
        return Err(format!("a family has no `{key}`"));
    }
    let tools = family.get("tool").and_then(toml::Value::as_table);
    for (name, tool) in tools.into_iter().flatten() {
        if let Some(key) = tool.as_table().and_then(|tool| unknown(tool, &TOOL)) {
            return Err(format!("tool.{name}: a tool has no `{key}`"));
        }
    }
    Ok(())
}
