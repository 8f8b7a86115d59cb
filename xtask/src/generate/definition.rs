//! What a file under `definitions/` says, read and checked.

mod kinds;

use std::collections::HashSet;
use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;

use super::Error;
use super::declaration::{self, Declaration};
use super::message::{self, Message};
pub use kinds::{Mode, Rule, Wanted};

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

/// One method.
#[derive(Debug)]
pub struct Method {
    /// Its name; with dots for a nested one (`git.GitInitRequestNotify`).
    pub name: String,
    /// What it does, for the caller.
    pub text: String,
    /// What it takes, in order.
    pub parameters: Vec<Parameter>,
    /// How it talks to the host.
    pub mode: Mode,
    /// Whether the WebAssembly module makes the request, by a function of the method's name.
    pub in_module: bool,
    /// What it sends; `None` for a method written by hand.
    pub message: Option<Message>,
    /// The `type`s of a reply that settles it when the reply carries no id.
    pub replies: Vec<String>,
    /// The TypeScript type of what it settles with or returns.
    pub returns: String,
    /// TypeScript type parameters, without the angle brackets.
    pub generic: Option<String>,
    /// The TypeScript type of what stands beside `signal` and `timeout` in its last argument.
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
    /// What it means.
    pub text: String,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MethodText {
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

/// The TypeScript name of what the reference leaves open (`pkg-template/define.d.ts`).
pub const UNCHECKED: &str = "Unchecked";

/// What a message reads its method's own `options` from: the last argument.
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
            text: tidy(&source.text),
            generic: source.generic,
            methods,
            types,
        })
    }

    /// What has no text yet, as `module.method`, `module.method(parameter)` or `module: Type`.
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

impl Method {
    fn new(name: String, source: MethodText) -> Result<Self, String> {
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
            return Err(format!("`{unknown}` is none of its parameters"));
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

    /// Its TypeScript parameter list.
    pub fn typed_parameters(&self) -> String {
        self.typed_parameters_with(|parameter| parameter.of.as_str())
    }

    /// The parameter list of one of its overloads.
    pub fn overloaded_parameters<'a>(&'a self, overload: &'a Overload) -> String {
        self.typed_parameters_with(|parameter| {
            overload
                .params
                .get(&parameter.name)
                .unwrap_or(&parameter.of)
        })
    }

    fn typed_parameters_with<'a>(&'a self, type_of: impl Fn(&'a Parameter) -> &'a str) -> String {
        let required = self
            .parameters
            .iter()
            .rposition(|parameter| !parameter.optional);
        let mut parts: Vec<String> = self
            .parameters
            .iter()
            .enumerate()
            .map(|(index, parameter)| {
                let (name, of) = (&parameter.name, type_of(parameter));
                match (
                    parameter.optional,
                    required.is_some_and(|last| index < last),
                ) {
                    (true, false) => format!("{name}?: {of}"),
                    (true, true) => format!("{name}: {of} | undefined"),
                    (false, _) => format!("{name}: {of}"),
                }
            })
            .collect();
        if self.takes_call_options() {
            let own = self.options.iter().map(|own| format!(" & {own}"));
            parts.push(format!(
                "callOptions?: CallOptions{}",
                own.collect::<String>()
            ));
        }
        parts.join(", ")
    }

    /// Its TypeScript result.
    pub fn typed_result(&self) -> String {
        if self.mode == Mode::Request {
            format!("Promise<{}>", self.returns)
        } else {
            self.returns.clone()
        }
    }
}

impl Parameter {
    /// Reads `name?: Type = default`.
    fn parse(signature: &str, text: &str) -> Result<Self, String> {
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
fn tidy(text: &str) -> String {
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    paragraphs.join("\n\n")
}

#[cfg(test)]
mod tests;
