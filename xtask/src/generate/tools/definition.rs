//! What a file under `definitions/tools/` says, read and checked.

use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;

use super::super::Error;
use super::super::definition::{Mode, Module};
use super::super::message::Value;
use super::parameters::{Kind, Parameter};
use super::template::Template;

/// Tools that belong together and are alike in how they fail.
#[derive(Debug)]
pub struct Family {
    /// The file's name without its ending.
    pub file: String,
    /// Where it stands among the families.
    pub order: u32,
    /// The category that programs pick its tools by.
    pub category: String,
    /// What its tools are about.
    pub text: String,
    /// What holds for each tool that says nothing else.
    pub shared: Outcome,
    /// Whether a tool says in the chat why it was called.
    pub explains: bool,
    /// Its tools, in order.
    pub tools: Vec<Tool>,
}

/// One tool.
#[derive(Debug)]
pub struct Tool {
    /// The name that a model calls it by.
    pub name: String,
    /// The name for people.
    pub title: String,
    /// What it does to the world: `read`, `edit`, `delete`, `search`, `execute`, `filesystem`, `other`.
    pub kind: String,
    /// What the model is told of it.
    pub text: String,
    /// What it takes.
    pub parameters: Vec<Parameter>,
    /// What parameters have to be besides their type, in order: rule, parameter, what belongs to it, and, when it is
    /// not the rule's own, what is said.
    pub rules: Vec<Vec<toml::Value>>,
    /// The parameter with the path or paths it touches.
    pub locations: Option<String>,
    /// The parameter with the line in there.
    pub line: Option<String>,
    /// The SDK method that it calls.
    pub call: Option<Call>,
    /// Whether all of it is code, `pkg-template/tools/custom/<name>.js`.
    pub custom: bool,
    /// The file there that makes the result of the reply.
    pub shape: Option<String>,
    /// Whether code there asks before it runs.
    pub confirm: bool,
    /// How a call ends.
    pub outcome: Outcome,
}

/// A call of an SDK method.
#[derive(Debug)]
pub struct Call {
    /// The SDK's module.
    pub module: String,
    /// Its method.
    pub method: String,
    /// What it is called with; with `undefined` for what is left out, so that the call's options come next.
    pub values: Vec<Value>,
}

/// How a call ends, in words. What is `None` holds as for the family, or as [`Outcome`] says.
#[derive(Debug, Default, Deserialize)]
pub struct Outcome {
    /// When a reply is a failure: a function of `pkg-template/tools/verdict.js`.
    pub fails: Option<String>,
    /// What of a reply is the reason: a function there.
    pub reason: Option<String>,
    /// What a reply needs to have to be no failure.
    pub needs: Option<String>,
    /// What the model is told of a success.
    pub done: Option<Template>,
    /// What the user is shown of it; the same when left out.
    pub shown: Option<Template>,
    /// What the model is told when the reply lacks what it needs.
    pub missing: Option<Template>,
    /// What the user is shown then; the same when left out.
    pub missing_shown: Option<Template>,
    /// The error's message then; the same when left out.
    pub missing_message: Option<Template>,
    /// What the model is told of a failure, with `{error}`; as for `thrown` when left out.
    pub failed: Option<Template>,
    /// What the user is shown of it; the same when left out.
    pub failed_shown: Option<Template>,
    /// The reason when a reply gives none.
    pub fallback: Option<Template>,
    /// What the model is told when the call itself fails; as for `failed` when left out.
    pub thrown: Option<Template>,
    /// What the user is shown then; as for `failed_shown` when left out.
    pub thrown_shown: Option<Template>,
    /// Whether `{error}` is then the thrown value as text, with its class, and not its message.
    pub thrown_as_text: Option<bool>,
    /// The error's type when a reply is a failure.
    pub error_type: Option<String>,
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

#[derive(Deserialize)]
struct ToolText {
    title: String,
    kind: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    params: IndexMap<String, String>,
    #[serde(default)]
    hidden: Vec<String>,
    #[serde(default)]
    rules: Vec<Vec<toml::Value>>,
    locations: Option<String>,
    line: Option<String>,
    call: Option<String>,
    #[serde(default)]
    custom: bool,
    shape: Option<String>,
    #[serde(default)]
    confirm: bool,
    #[serde(flatten)]
    outcome: Outcome,
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

    /// What has no text yet, as `tool` or `tool(parameter)`.
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

impl Tool {
    fn new(name: String, source: ToolText, modules: &[Module]) -> Result<Self, String> {
        let parameters = Parameter::read_all(&source.params)?;
        let known: Vec<&str> = parameters
            .iter()
            .map(|parameter| parameter.name.as_str())
            .chain(source.hidden.iter().map(String::as_str))
            .collect();
        let call = source
            .call
            .as_deref()
            .map(|text| Call::parse(text, &known, modules))
            .transpose()?;
        if source.custom && (call.is_some() || source.shape.is_some()) {
            return Err("what is `custom` has neither `call` nor `shape`".to_owned());
        }
        if !source.custom && source.shape.is_none() && source.outcome.done.is_none() {
            return Err("say what comes back (`done`), or that code makes it (`shape`)".to_owned());
        }
        let mentioned = source
            .rules
            .iter()
            .filter_map(|rule| rule.get(1).and_then(toml::Value::as_str))
            .chain(source.locations.as_deref())
            .chain(source.line.as_deref())
            .map(|path| path.split('.').next().unwrap_or(path));
        for root in mentioned.chain(source.outcome.mentioned()) {
            if !known.contains(&root) {
                return Err(format!("`{root}` is none of its parameters"));
            }
        }
        Ok(Tool {
            name,
            title: source.title,
            kind: source.kind,
            text: source.text,
            parameters,
            rules: source.rules,
            locations: source.locations,
            line: source.line,
            call,
            custom: source.custom,
            shape: source.shape,
            confirm: source.confirm,
            outcome: source.outcome,
        })
    }

    /// Calls a function with the path of each parameter, those inside others too.
    pub fn each_parameter<'a>(&'a self, told: &mut dyn FnMut(String, &'a Parameter)) {
        fn descend<'a>(
            before: &str,
            parameters: &'a [Parameter],
            told: &mut dyn FnMut(String, &'a Parameter),
        ) {
            for parameter in parameters {
                let path = format!("{before}{}", parameter.name);
                told(path.clone(), parameter);
                if let Kind::Members(members) = &parameter.kind {
                    descend(&format!("{path}."), members, told);
                }
            }
        }
        descend("", &self.parameters, told);
    }
}

impl Outcome {
    /// The templates and their keys.
    pub fn templates(&self) -> impl Iterator<Item = (&'static str, &Template)> {
        [
            ("done", &self.done),
            ("shown", &self.shown),
            ("missing", &self.missing),
            ("missingShown", &self.missing_shown),
            ("missingMessage", &self.missing_message),
            ("failed", &self.failed),
            ("failedShown", &self.failed_shown),
            ("fallback", &self.fallback),
            ("thrown", &self.thrown),
            ("thrownShown", &self.thrown_shown),
        ]
        .into_iter()
        .filter_map(|(key, template)| Some((key, template.as_ref()?)))
    }

    /// The parameters that its templates mention.
    fn mentioned(&self) -> impl Iterator<Item = &str> {
        self.templates()
            .flat_map(|(_, template)| template.parameters())
    }
}

/// What the keys of a family and of a tool share.
const OUTCOME: [&str; 15] = [
    "fails",
    "reason",
    "needs",
    "done",
    "shown",
    "missing",
    "missing_shown",
    "missing_message",
    "failed",
    "failed_shown",
    "fallback",
    "thrown",
    "thrown_shown",
    "thrown_as_text",
    "error_type",
];
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

impl Call {
    /// Reads `module.method(value, …)`.
    fn parse(text: &str, known: &[&str], modules: &[Module]) -> Result<Self, String> {
        let (name, arguments) = text
            .split_once('(')
            .ok_or_else(|| format!("`{text}`: a call is written \"module.method(value, …)\""))?;
        let (module, method) = name
            .split_once('.')
            .ok_or_else(|| format!("`{name}`: a call names a module and its method"))?;
        let found = modules
            .iter()
            .find(|known| known.name == module)
            .and_then(|known| known.methods.iter().find(|known| known.name == method))
            .ok_or_else(|| format!("the SDK has no `{name}`"))?;
        if found.mode != Mode::Request {
            return Err(format!(
                "`{name}` gives no reply that a result could be made of"
            ));
        }
        let Value::Call { mut values, .. } = Value::parse(&format!("call({arguments}"))? else {
            return Err(format!(
                "`{text}`: a call is written \"module.method(value, …)\""
            ));
        };
        if values.len() > found.parameters.len() {
            return Err(format!("`{name}` takes {} values", found.parameters.len()));
        }
        let mut mentioned = Vec::new();
        for value in &values {
            value.parameters(&mut mentioned);
        }
        if let Some(unknown) = mentioned.iter().find(|name| !known.contains(name)) {
            return Err(format!("`{unknown}` is none of its parameters"));
        }
        values.resize(found.parameters.len(), Value::Undefined);
        Ok(Call {
            module: module.to_owned(),
            method: method.to_owned(),
            values,
        })
    }
}
