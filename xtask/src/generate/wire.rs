//! What a host needs to know of every method, as JSON: how its message is made of its arguments, and what answers it.

use super::definition::{Method, Mode, Module};
use super::message::{Entry, Message, Value};
use serde::Deserialize;
use serde_json::{Map, json};
use std::collections::BTreeMap;

/// The messages of methods that are written by hand, by the method's name, as a definition writes them.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct CustomMessages(BTreeMap<String, String>);

impl CustomMessages {
    /// Reads a table `"module.method" = '{ type: … }'`.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }
}

/// All methods that send something, in the definitions' order.
pub fn json(modules: &[Module], custom: &CustomMessages) -> Result<serde_json::Value, String> {
    let mut rows = Vec::new();
    let mut used = Vec::new();
    for module in modules {
        for method in &module.methods {
            let name = format!("{}.{}", module.name, method.name);
            let theirs = custom.0.get(&name);
            if theirs.is_some() {
                used.push(name.clone());
            }
            let own = theirs
                .map(|text| Message::parse(text).map_err(|reason| format!("{name}: {reason}")))
                .transpose()?;
            rows.push(row(
                &name,
                method,
                own.as_ref().or(method.message.as_ref()),
            )?);
        }
    }
    if let Some(unknown) = custom.0.keys().find(|name| !used.contains(name)) {
        return Err(format!("`{unknown}` is not a method of definitions/"));
    }
    Ok(json!(rows))
}

fn row(
    name: &str,
    method: &Method,
    message: Option<&Message>,
) -> Result<serde_json::Value, String> {
    let mode = match method.mode {
        Mode::Request => "request",
        Mode::Send => "send",
        Mode::Notify => "notify",
        Mode::Local => "local",
        Mode::Value => "value",
    };
    let message = message
        .map(|message| {
            let kind = message
                .kind()
                .map_err(|reason| format!("{name}: {reason}"))?;
            Ok::<_, String>(json!({ "kind": kind, "entries": entries(&message.entries) }))
        })
        .transpose()?;
    let parameters: Vec<_> = method
        .parameters
        .iter()
        .map(|parameter| json!({ "name": parameter.name, "optional": parameter.optional }))
        .collect();
    Ok(json!({
        "name": name,
        "text": method.text,
        "mode": mode,
        "message": message,
        "replies": method.replies,
        "parameters": parameters,
    }))
}

/// Members as `[name, value]`, spreads as `[null, value]`.
fn entries(all: &[Entry]) -> serde_json::Value {
    all.iter()
        .map(|entry| match entry {
            Entry::Member(name, of) => json!([name, value(of)]),
            Entry::Spread(of) => json!([null, value(of)]),
        })
        .collect()
}

fn value(of: &Value) -> serde_json::Value {
    let (kind, inside) = match of {
        Value::Constant(text) => (
            "constant",
            serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        ),
        Value::Undefined => ("absent", json!(true)),
        Value::Argument { parameter, path } => {
            let names = path.iter().map(|step| &step.name);
            (
                "argument",
                std::iter::once(parameter)
                    .chain(names)
                    .map(|name| json!(name))
                    .collect(),
            )
        }
        // The default that is sent instead looks like an argument.
        Value::Default { left, .. } => return value(left),
        Value::Object(inside) => ("object", entries(inside)),
        Value::Array(values) => ("array", values.iter().map(value).collect()),
        Value::Call { function, values } => (
            "call",
            json!([function, values.iter().map(value).collect::<Vec<_>>()]),
        ),
    };
    serde_json::Value::Object(Map::from_iter([(kind.to_owned(), inside)]))
}
