//! The TypeScript declarations of a module. They are half of what an installation takes, so that they say everything once:
//! what is alike for all methods (`callOptions`, that a reply is settled with) stands at its type, and a method shows an
//! example only if its definition brings one.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;

use super::declaration::{self, pascal};
use super::definition::{Method, Mode, Module, Parameter, UNCHECKED};
use super::message;

/// Where each exported type is declared: its name and the module's file.
pub type Home<'a> = HashMap<&'a str, &'a str>;

/// The text of `modules/<file>.d.ts`.
pub fn module(module: &Module, homes: &Home<'_>) -> String {
    let mut body = String::new();
    // The module's text stands at the member of `CodeboltModules`, which is what an editor shows.
    let _ = writeln!(
        body,
        "/** The methods of `codebolt.{}`. */\nexport interface {}Methods{} {{",
        module.name,
        pascal(&module.name),
        bracketed(module.generic.as_ref()),
    );
    let mut group: Option<&str> = None;
    for method in &module.methods {
        if group != method.group() {
            if group.is_some() {
                body.push_str("  };\n");
            }
            if let Some(group) = method.group() {
                let _ = writeln!(
                    body,
                    "  /** The methods of `codebolt.{}.{group}`. */",
                    module.name
                );
                let _ = writeln!(body, "  readonly {}: {{", message::key(group));
            }
            group = method.group();
        }
        let indent = if group.is_some() { "    " } else { "  " };
        for (text, member) in members(method) {
            let comment = method_comment(method, text, indent);
            let _ = writeln!(body, "{comment}\n{indent}{member};");
        }
    }
    if group.is_some() {
        body.push_str("  };\n");
    }
    body.push_str("}\n");
    let _ = write!(
        body,
        "\n/** Makes `codebolt.{name}`. */\nexport declare const {name}Methods: (session: Session) => {pascal}Methods;\n",
        name = module.name,
        pascal = pascal(&module.name),
    );
    for declaration in &module.types {
        let _ = write!(body, "\n{}\n", declaration.source);
    }

    let own = module
        .types
        .iter()
        .map(|declaration| declaration.name.as_str())
        .collect();
    file(&format!("{}.toml", module.file), &body, &own, homes)
}

/// A file of declarations: the body with what it imports. `own` are the names that it declares itself.
pub fn file(source: &str, body: &str, own: &HashSet<&str>, homes: &Home<'_>) -> String {
    let mut foreign: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for word in words(body).filter(|word| !own.contains(word)) {
        if let Some(home) = homes.get(word) {
            foreign.entry(home).or_default().insert(word);
        }
    }
    let mut text = format!("// Generated from definitions/{source}.\n");
    let runtime: Vec<&str> = [
        "Absent",
        "CallOptions",
        "Named",
        "Reply",
        "Session",
        "Settled",
        UNCHECKED,
    ]
    .into_iter()
    .filter(|name| words(body).any(|word| word == *name))
    .collect();
    let _ = writeln!(
        text,
        "import type {{ {} }} from '../define.js';",
        runtime.join(", ")
    );
    for (file, names) in foreign {
        let names: Vec<&str> = names.into_iter().collect();
        let _ = writeln!(
            text,
            "import type {{ {} }} from './{file}.js';",
            names.join(", ")
        );
    }
    text.push('\n');
    text.push_str(body);
    with_tabs(&text)
}

/// The text of `modules/index.d.ts`: every type, and the modules by name.
pub fn index(modules: &[Module]) -> String {
    let mut text = "// Generated from definitions/ by `cargo xtask build`.\nimport type { Session } from '../define.js';\n\n".to_owned();
    for module in modules {
        let _ = writeln!(text, "export type * from './{}.js';", module.file);
    }
    text.push_str(
        "\n/** The modules that every `Codebolt` carries. Methods that wait settle with the host's whole reply unless their text says otherwise. */\nexport interface CodeboltModules<Options = {}> {\n",
    );
    for module in modules {
        let _ = writeln!(
            text,
            "{}\n  readonly {}: import('./{}.js').{}Methods{};",
            comment(&module.text, "", "  "),
            module.name,
            module.file,
            pascal(&module.name),
            if module.generic.is_some() {
                "<Options>"
            } else {
                ""
            },
        );
    }
    text.push_str("}\n\n/** Every module's methods for a session, by the module's name. */\nexport declare const modules: {\n");
    text.push_str("  readonly [Name in keyof CodeboltModules]: (session: Session) => CodeboltModules[Name];\n};\n");
    with_tabs(&text)
}

/// A method as members of an interface, each with the text that it begins with. In this form an editor shows the text
/// and the parameters' while one types a call; `this: void` says that a method can be taken out of its object, which
/// linters would warn of. Other members are properties.
fn members(method: &Method) -> Vec<(&str, String)> {
    let name = message::key(method.short_name());
    if method.mode == Mode::Value {
        return vec![(&method.text, format!("readonly {name}: {}", method.returns))];
    }
    let written = |generic: Option<&String>, parameters: String, result: String| {
        let parameters = if parameters.is_empty() {
            parameters
        } else {
            format!(", {parameters}")
        };
        format!(
            "{name}{}(this: void{parameters}): {result}",
            bracketed(generic)
        )
    };
    let mut found: Vec<(&str, String)> = method
        .overloads
        .iter()
        .map(|overload| {
            (
                overload.text.as_str(),
                written(
                    overload.generic.as_ref(),
                    method.overloaded_parameters(overload),
                    format!("Promise<{}>", overload.returns),
                ),
            )
        })
        .collect();
    found.push((
        &method.text,
        written(
            method.generic.as_ref(),
            method.typed_parameters(),
            method.typed_result(),
        ),
    ));
    found
}

/// A method's type, as its page shows it.
pub fn signature(method: &Method) -> String {
    if method.mode == Mode::Value {
        return method.returns.clone();
    }
    format!(
        "{}({}) => {}",
        bracketed(method.generic.as_ref()),
        method.typed_parameters(),
        without_settled(&method.typed_result())
    )
}

/// The types of a method's overloads, as its page shows them, each with its text.
pub fn overloads(method: &Method) -> impl Iterator<Item = (&str, String)> {
    method.overloads.iter().map(|overload| {
        let signature = format!(
            "{}({}) => {}",
            bracketed(overload.generic.as_ref()),
            method.overloaded_parameters(overload),
            without_settled(&format!("Promise<{}>", overload.returns))
        );
        (overload.text.as_str(), signature)
    })
}

/// A result without what `throwOnError` makes of it, which is alike for all methods.
fn without_settled(result: &str) -> String {
    result
        .replace("Promise<Settled<", "Promise<")
        .replace(", Options>>", ">")
}

fn bracketed(generic: Option<&String>) -> String {
    generic
        .map(|generic| format!("<{generic}>"))
        .unwrap_or_default()
}

fn method_comment(method: &Method, text: &str, indent: &str) -> String {
    let mut text = text.to_owned();
    if method.unlimited {
        text.push_str(" No time limit unless `timeout` sets one.");
    }
    if method.unverified.is_some() {
        text.push_str(
            " Unverified: a later version's documentation names it, and its message was tried on no host.",
        );
    }
    let mut tags = String::new();
    let telling = method
        .parameters
        .iter()
        .filter(|parameter| parameter.default.is_some() || !said_by_name(parameter));
    for parameter in telling {
        let default = parameter
            .default
            .as_ref()
            .map(|default| format!(" Default: `{default}`."))
            .unwrap_or_default();
        let _ = write!(
            tags,
            "\n@param {} {}{default}",
            parameter.name,
            parameter.text.replace('\n', " ")
        );
    }
    if let Some(example) = &method.example {
        let _ = write!(tags, "\n@example\n```ts\n{example}\n```");
    }
    comment(&text, &tags, indent)
}

/// Whether a parameter's text says no more than its name: `jobId`, "Id of the job". Its page has the text all the same.
fn said_by_name(parameter: &Parameter) -> bool {
    let name = declaration::kebab(&parameter.name);
    parameter
        .text
        .split(|letter: char| !letter.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| !["", "a", "an", "the", "of", "this"].contains(&word.as_str()))
        .all(|word| name.split('-').any(|part| part == word))
}

/// A doc comment without lines of its own for its start and end.
fn comment(text: &str, tags: &str, indent: &str) -> String {
    let whole = format!("{text}{tags}").replace("*/", "*\u{200b}/");
    let mut lines = whole.lines();
    let mut comment = format!("{indent}/** {}", lines.next().unwrap_or_default());
    for line in lines {
        let space = if line.is_empty() { "" } else { " " };
        let _ = write!(comment, "\n{indent} *{space}{line}");
    }
    comment.push_str(" */");
    comment
}

/// The text with a tab for each step of indentation, which is two spaces in the definitions.
fn with_tabs(text: &str) -> String {
    let mut tabbed = String::with_capacity(text.len());
    for line in text.lines() {
        let mut rest = line;
        while let Some(less) = rest.strip_prefix("  ") {
            tabbed.push('\t');
            rest = less;
        }
        tabbed.push_str(rest);
        tabbed.push('\n');
    }
    tabbed
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|next: char| !(next.is_alphanumeric() || next == '_' || next == '$'))
}

#[cfg(test)]
mod tests;
