//! A tool of a family, and the SDK method that it calls.

use indexmap::IndexMap;
use serde::Deserialize;

use super::super::definition::{Mode, Module};
use super::super::message::Value;
use super::outcome::Outcome;
use super::parameters::{Kind, Parameter};

/// One tool.
#[derive(Debug)]
pub struct Tool {
    /// The name that a model calls it by.
    pub name: String,
    /// The name for people.
    pub title: String,
    /// What it does to the world: `read`, `edit`, `delete`, `search`, `execute`, `filesystem`, `other`.
    pub kind: String,
    /// The model's description.
    pub text: String,
    /// Its parameters.
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

/// A tool as its file says it.
#[derive(Deserialize)]
pub(super) struct ToolText {
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

impl Tool {
    pub(super) fn new(name: String, source: ToolText, modules: &[Module]) -> Result<Self, String> {
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
                return Err(format!("`{root}` is not one of its parameters"));
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
    pub fn each_parameter<'a>(&'a self, found: &mut dyn FnMut(String, &'a Parameter)) {
        fn descend<'a>(
            before: &str,
            parameters: &'a [Parameter],
            found: &mut dyn FnMut(String, &'a Parameter),
        ) {
            for parameter in parameters {
                let path = format!("{before}{}", parameter.name);
                found(path.clone(), parameter);
                if let Kind::Members(members) = &parameter.kind {
                    descend(&format!("{path}."), members, found);
                }
            }
        }
        descend("", &self.parameters, found);
    }
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
            return Err(format!("`{unknown}` is not one of its parameters"));
        }
        values.resize(found.parameters.len(), Value::Undefined);
        Ok(Call {
            module: module.to_owned(),
            method: method.to_owned(),
            values,
        })
    }
}
