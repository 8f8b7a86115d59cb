//! The texts of results: `"Started thread: {threadId}"`, in parts where some of it depends on the reply.
//!
//! In braces stands a parameter, a member of the `reply`, the `error`'s text, the `item` of a list, or a function of
//! `pkg-template/tools/words.js` called with such.

use serde::Deserialize;

use super::super::message::{Entry, Value, push_path};

/// A text, or the parts of one.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Source")]
pub struct Template(Vec<Part>);

#[derive(Debug)]
enum Part {
    Text(String),
    Hole(Value),
    Choice {
        condition: Value,
        then: Template,
        otherwise: Option<Template>,
    },
    Each {
        list: Value,
        text: Template,
        between: String,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    Text(String),
    Choice {
        r#if: String,
        text: Box<Source>,
        r#else: Option<Box<Source>>,
    },
    Each {
        each: String,
        text: Box<Source>,
        #[serde(default)]
        between: String,
    },
    Parts(Vec<Source>),
}

impl TryFrom<Source> for Template {
    type Error = String;

    fn try_from(source: Source) -> Result<Self, String> {
        let mut parts = Vec::new();
        read(source, &mut parts)?;
        Ok(Template(parts))
    }
}

fn read(source: Source, parts: &mut Vec<Part>) -> Result<(), String> {
    match source {
        Source::Text(text) => holes(&text, parts)?,
        Source::Choice { r#if, text, r#else } => parts.push(Part::Choice {
            condition: Value::parse(&r#if)?,
            then: Template::try_from(*text)?,
            otherwise: r#else.map(|text| Template::try_from(*text)).transpose()?,
        }),
        Source::Each {
            each,
            text,
            between,
        } => parts.push(Part::Each {
            list: Value::parse(&each)?,
            text: Template::try_from(*text)?,
            between,
        }),
        Source::Parts(sources) => {
            for source in sources {
                read(source, parts)?;
            }
        }
    }
    Ok(())
}

/// Cuts a text at its braces.
fn holes(text: &str, parts: &mut Vec<Part>) -> Result<(), String> {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (hole, after) = after
            .split_once('}')
            .ok_or_else(|| format!("`{text}`: a brace is never closed"))?;
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        parts.push(Part::Hole(Value::parse(hole)?));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(())
}

/// Names that are not parameters, and their names in the JavaScript.
const NAMES: [(&str, &str); 3] = [("reply", "r"), ("error", "e"), ("item", "i")];

impl Template {
    /// The parameters that it mentions.
    pub fn parameters(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.visit(&mut |value| value.parameters(&mut found));
        found.retain(|name| NAMES.iter().all(|(known, _)| known != name));
        found
    }

    /// The functions that it calls.
    pub fn functions(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.visit(&mut |value| value.functions(&mut found));
        if self.repeats() {
            found.push("each");
        }
        found
    }

    fn repeats(&self) -> bool {
        self.0.iter().any(|part| match part {
            Part::Each { .. } => true,
            Part::Choice {
                then, otherwise, ..
            } => then.repeats() || otherwise.as_ref().is_some_and(Template::repeats),
            Part::Text(_) | Part::Hole(_) => false,
        })
    }

    fn visit<'a>(&'a self, found: &mut dyn FnMut(&'a Value)) {
        for part in &self.0 {
            match part {
                Part::Text(_) => {}
                Part::Hole(value) => found(value),
                Part::Choice {
                    condition,
                    then,
                    otherwise,
                } => {
                    found(condition);
                    then.visit(found);
                    if let Some(otherwise) = otherwise {
                        otherwise.visit(found);
                    }
                }
                Part::Each { list, text, .. } => {
                    found(list);
                    text.visit(found);
                }
            }
        }
    }

    /// The text as a JavaScript function of the parameters, the reply and the error.
    pub fn javascript(&self) -> String {
        let expression = self.expression();
        let mentions = |name: &str| self.mentions(name);
        let parameters = match (mentions("error"), mentions("reply")) {
            (true, _) => "(p, r, e)",
            (false, true) => "(p, r)",
            (false, false) if self.parameters().is_empty() => "()",
            (false, false) => "(p)",
        };
        format!("{parameters} => {expression}")
    }

    fn mentions(&self, name: &str) -> bool {
        let mut found = Vec::new();
        self.visit(&mut |value| value.parameters(&mut found));
        found.contains(&name)
    }

    fn expression(&self) -> String {
        // A template that is a single value keeps its type: `undefined` does not become a text.
        if let [Part::Hole(value)] = self.0.as_slice() {
            return javascript(value);
        }
        let mut text = "`".to_owned();
        for part in &self.0 {
            match part {
                Part::Text(part) => text.push_str(&quoted(part)),
                Part::Hole(value) => text.push_str(&format!("${{{}}}", javascript(value))),
                Part::Choice {
                    condition,
                    then,
                    otherwise,
                } => {
                    let otherwise = otherwise
                        .as_ref()
                        .map_or_else(|| "''".to_owned(), Template::expression);
                    text.push_str(&format!(
                        "${{{} ? {} : {otherwise}}}",
                        javascript(condition),
                        then.expression()
                    ));
                }
                Part::Each {
                    list,
                    text: line,
                    between,
                } => text.push_str(&format!(
                    "${{each({}, (i) => {}, `{}`)}}",
                    javascript(list),
                    line.expression(),
                    quoted(between)
                )),
            }
        }
        text.push('`');
        text
    }
}

/// A text as it stands between backticks.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('`', "\\`")
        .replace("${", "\\${")
        .replace('\n', "\\n")
}

/// A value as JavaScript, where `p` holds the parameters.
pub fn javascript(value: &Value) -> String {
    match value {
        Value::Constant(_) | Value::Undefined => value.javascript(),
        Value::Argument { parameter, path } => {
            let mut text = NAMES
                .iter()
                .find(|(name, _)| name == parameter)
                .map_or_else(
                    || format!("p.{parameter}"),
                    |(_, short)| (*short).to_owned(),
                );
            push_path(&mut text, path);
            text
        }
        Value::Default {
            left,
            operator,
            right,
        } => format!("{} {operator} {}", javascript(left), javascript(right)),
        Value::Object(entries) => {
            let members: Vec<String> = entries.iter().map(member).collect();
            match members.as_slice() {
                [] => "{}".to_owned(),
                members => format!("{{ {} }}", members.join(", ")),
            }
        }
        Value::Array(values) => format!("[{}]", list(values)),
        Value::Call { function, values } => format!("{function}({})", list(values)),
    }
}

fn member(entry: &Entry) -> String {
    match entry {
        Entry::Member(name, value) => {
            format!(
                "{}: {}",
                super::super::message::key(name),
                javascript(value)
            )
        }
        Entry::Spread(value) => format!("...{}", javascript(value)),
    }
}

fn list(values: &[Value]) -> String {
    let values: Vec<String> = values.iter().map(javascript).collect();
    values.join(", ")
}
