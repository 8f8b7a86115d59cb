//! A method as a definition says it, read and checked.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde::Deserialize;

use super::kinds::{Mode, Rule, Wanted};
use crate::generate::message::{self, Message};

/// One method.
#[derive(Debug)]
pub struct Method {
    /// Its name; with dots for a nested one (`git.GitInitRequestNotify`).
    pub name: String,
    /// Its description, for callers.
    pub text: String,
    /// Its parameters, in order.
    pub parameters: Vec<Parameter>,
    /// How it talks to the host.
    pub mode: Mode,
    /// Whether the WebAssembly module makes the request, by a function of the method's name.
    pub in_module: bool,
    /// Its message; `None` for a custom method.
    pub message: Option<Message>,
    /// The `type`s of a reply that settles it when the reply carries no id.
    pub replies: Vec<String>,
    /// The TypeScript type of what it settles with or returns.
    pub returns: String,
    /// TypeScript type parameters, without the angle brackets.
    pub generic: Option<String>,
    /// The TypeScript type of the members besides `signal` and `timeout` in its last argument.
    pub options: Option<String>,
    /// What it settles with for arguments of a closer type; the compiler takes the first that fits.
    pub overloads: Vec<Overload>,
    /// Whether it waits without a limit, because a person or a model answers.
    pub unlimited: bool,
    /// What its arguments have to be, by path (`query.from.instance`).
    pub checks: Vec<(String, Wanted)>,
    /// What a notification needs to be sent, in order: rule and path.
    pub guards: Vec<(Rule, String)>,
    /// TypeScript that shows its use.
    pub example: Option<String>,
    /// The public page that it is taken from, where nobody could try it.
    pub unverified: Option<String>,
}

/// A closer type of a method, for some of its arguments.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overload {
    /// What is special about them.
    pub text: String,
    /// TypeScript type parameters, without the angle brackets.
    pub generic: Option<String>,
    /// The types of parameters that differ, by the parameter's name.
    pub params: IndexMap<String, String>,
    /// The TypeScript type of what it settles with.
    pub returns: String,
}

/// One parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Whether it can be left out.
    pub optional: bool,
    /// Its TypeScript type.
    pub of: String,
    /// The JavaScript value taken when it is left out.
    pub default: Option<String>,
    /// Its description.
    pub text: String,
}

/// A method as its file says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MethodText {
    text: String,
    #[serde(default)]
    params: IndexMap<String, String>,
    #[serde(default)]
    mode: Mode,
    message: Option<String>,
    replies: Option<Vec<String>>,
    returns: Option<String>,
    generic: Option<String>,
    options: Option<String>,
    #[serde(default)]
    overload: Vec<Overload>,
    #[serde(default)]
    unlimited: bool,
    #[serde(default)]
    custom: bool,
    #[serde(default)]
    in_module: bool,
    #[serde(default)]
    check: IndexMap<String, Wanted>,
    #[serde(default)]
    guard: Vec<(Rule, String)>,
    example: Option<String>,
    unverified: Option<String>,
}

/// The TypeScript name of a type that the reference leaves open (`pkg-template/define.d.ts`).
pub const UNCHECKED: &str = "Unchecked";

/// The last argument, from which a message reads its method's own `options`.
const CALL_OPTIONS: &str = "callOptions";

/// Names that generated code uses itself; no parameter can have them.
const TAKEN: [&str; 16] = [
    "session",
    CALL_OPTIONS,
    "custom",
    "ask",
    "askAt",
    "askWith",
    "askSpread",
    "tell",
    "notify",
    "refuse",
    "attempt",
    "hasToJSON",
    "without",
    "function",
    "delete",
    "default",
];

impl Method {
    pub(super) fn new(name: String, source: MethodText) -> Result<Self, String> {
        let parameters: Vec<Parameter> = source
            .params
            .iter()
            .map(|(signature, text)| Parameter::parse(signature, text))
            .collect::<Result<_, _>>()?;
        let message = match (&source.message, source.custom) {
            (Some(text), false) => Some(Message::parse(text)?),
            (None, true) => None,
            (None, false) => {
                return Err("say what it sends (`message`), or that it is `custom`".to_owned());
            }
            (Some(_), true) => {
                return Err("a `custom` method builds its own `message`".to_owned());
            }
        };
        let known: HashSet<&str> = parameters
            .iter()
            .map(|parameter| parameter.name.as_str())
            .collect();
        let mentioned = message.iter().flat_map(Message::parameters);
        let checked = source
            .check
            .keys()
            .chain(source.guard.iter().map(|(_, path)| path));
        let roots = checked.map(|path| path.split('.').next().unwrap_or_default());
        let mut functions = message.iter().flat_map(Message::functions);
        if let Some(hidden) = functions.find(|name| known.contains(name)) {
            return Err(format!(
                "`{hidden}` is both a parameter and a function of its message"
            ));
        }
        let is_known =
            |name: &str| known.contains(name) || (source.options.is_some() && name == CALL_OPTIONS);
        if let Some(unknown) = mentioned.chain(roots).find(|name| !is_known(name)) {
            return Err(format!("`{unknown}` is not one of its parameters"));
        }
        if source.mode == Mode::Value && message.is_some() {
            return Err("a value is `custom`".to_owned());
        }
        if source.in_module && (source.mode != Mode::Request || message.is_none()) {
            return Err("`in_module` belongs to requests with a `message`".to_owned());
        }
        if !source.guard.is_empty() && source.mode != Mode::Notify {
            return Err("guards belong to `mode = \"notify\"`; use `check`".to_owned());
        }
        if !source.check.is_empty() && source.mode != Mode::Request {
            return Err("`check` belongs to requests".to_owned());
        }
        if source.mode != Mode::Request && (source.options.is_some() || !source.overload.is_empty())
        {
            return Err("`options` and overloads belong to requests".to_owned());
        }
        let mut retyped = source.overload.iter().flat_map(|one| one.params.keys());
        if let Some(unknown) = retyped.find(|name| !known.contains(name.as_str())) {
            return Err(format!(
                "an overload's `{unknown}` is not one of its parameters"
            ));
        }
        let replies = match (&source.replies, &message) {
            (Some(replies), _) => replies.clone(),
            (None, Some(message)) if source.mode == Mode::Request => {
                vec![message.kind()?.to_owned()]
            }
            _ => Vec::new(),
        };
        Ok(Method {
            name,
            text: tidy(&source.text),
            parameters,
            mode: source.mode,
            in_module: source.in_module,
            message,
            replies,
            returns: source.returns.unwrap_or_else(|| {
                if source.mode == Mode::Request {
                    UNCHECKED
                } else {
                    "void"
                }
                .to_owned()
            }),
            generic: source.generic,
            options: source.options,
            overloads: source.overload,
            unlimited: source.unlimited,
            checks: source.check.into_iter().collect(),
            guards: source.guard,
            example: source.example.map(|example| example.trim().to_owned()),
            unverified: source.unverified,
        })
    }

    /// The last part of its name.
    pub fn short_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }

    /// The parts of its name before the last.
    pub fn group(&self) -> Option<&str> {
        self.name.rsplit_once('.').map(|(group, _)| group)
    }

    /// Whether the last argument can be `{ signal, timeout }`.
    pub fn takes_call_options(&self) -> bool {
        self.mode == Mode::Request
    }
}

impl Parameter {
    /// Reads `name?: Type = default`.
    pub(super) fn parse(signature: &str, text: &str) -> Result<Self, String> {
        let (name, of) = signature
            .split_once(':')
            .ok_or_else(|| format!("`{signature}`: a parameter is written \"name: Type\""))?;
        let (of, default) = match of.split_once(" = ") {
            Some((of, default)) => (of, Some(default.trim().to_owned())),
            None => (of, None),
        };
        let optional = name.ends_with('?') || default.is_some();
        let name = name.trim_end_matches('?').trim();
        if !message::is_identifier(name) || TAKEN.contains(&name) {
            return Err(format!("`{name}` cannot be a parameter's name"));
        }
        Ok(Parameter {
            name: name.to_owned(),
            optional,
            of: of.trim().to_owned(),
            default,
            text: tidy(text),
        })
    }
}

/// Joins the lines of a text, keeps its paragraphs.
pub(super) fn tidy(text: &str) -> String {
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    paragraphs.join("\n\n")
}
