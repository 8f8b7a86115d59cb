//! The TypeScript declarations of a module.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;

use super::declaration::pascal;
use super::definition::{Method, Mode, Module};
use super::message;

/// Where each exported type is declared: its name and the module's file.
pub type Home<'a> = HashMap<&'a str, &'a str>;

/// The text of `modules/<file>.d.ts`.
pub fn module(module: &Module, homes: &Home<'_>) -> String {
    let mut body = String::new();
    let _ = writeln!(body, "{}", comment(&module.text, "", ""));
    let _ = writeln!(body, "export interface {}Methods {{", pascal(&module.name));
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
        body.push_str(&method_comment(module, method, indent));
        let _ = writeln!(
            body,
            "\n{indent}readonly {}: {};",
            message::key(method.short_name()),
            signature(method)
        );
    }
    if group.is_some() {
        body.push_str("  };\n");
    }
    body.push_str("}\n");
    let _ = write!(
        body,
        "\n/** Makes the methods of `codebolt.{name}` for a session. */\nexport declare const {name}Methods: (session: Session) => {pascal}Methods;\n",
        name = module.name,
        pascal = pascal(&module.name),
    );
    for declaration in &module.types {
        let _ = write!(body, "\n{}\n", declaration.source);
    }

    let own: HashSet<&str> = module
        .types
        .iter()
        .map(|declaration| declaration.name.as_str())
        .collect();
    let mut foreign: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for word in words(&body).filter(|word| !own.contains(word)) {
        if let Some(home) = homes.get(word) {
            foreign.entry(home).or_default().insert(word);
        }
    }
    let mut text = format!(
        "// Generated from definitions/{}.toml by `cargo xtask build`; edit that file instead.\n",
        module.file
    );
    let runtime: Vec<&str> = ["CallOptions", "Reply", "Session"]
        .into_iter()
        .filter(|name| words(&body).any(|word| word == *name))
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
    text.push_str(&body);
    text
}

/// The text of `modules/index.d.ts`: every type, and the modules by name.
pub fn index(modules: &[Module]) -> String {
    let mut text = "// Generated from definitions/ by `cargo xtask build`.\nimport type { Session } from '../define.js';\n".to_owned();
    for module in modules {
        let _ = writeln!(
            text,
            "import type {{ {}Methods }} from './{}.js';",
            pascal(&module.name),
            module.file
        );
    }
    text.push('\n');
    for module in modules {
        let _ = writeln!(text, "export type * from './{}.js';", module.file);
    }
    text.push_str(
        "\n/** The modules that every `Codebolt` carries. */\nexport interface CodeboltModules {\n",
    );
    for module in modules {
        let _ = writeln!(text, "{}", comment(&module.text, "", "  "));
        let _ = writeln!(
            text,
            "  readonly {}: {}Methods;",
            module.name,
            pascal(&module.name)
        );
    }
    text.push_str("}\n\n/** Every module's methods for a session, by the module's name. */\nexport declare const modules: {\n");
    text.push_str("  readonly [Name in keyof CodeboltModules]: (session: Session) => CodeboltModules[Name];\n};\n");
    text
}

/// A method's type.
pub fn signature(method: &Method) -> String {
    if method.mode == Mode::Value {
        return method.returns.clone();
    }
    let generic = method
        .generic
        .as_ref()
        .map(|generic| format!("<{generic}>"))
        .unwrap_or_default();
    format!(
        "{generic}({}) => {}",
        method.typed_parameters(),
        method.typed_result()
    )
}

fn method_comment(module: &Module, method: &Method, indent: &str) -> String {
    let mut tags = String::new();
    for parameter in &method.parameters {
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
    if method.takes_call_options() {
        let limit = if method.unlimited {
            " Waits without a limit unless `timeout` sets one."
        } else {
            ""
        };
        let _ = write!(
            tags,
            "\n@param callOptions `signal` aborts the call, `timeout` limits the wait, in ms.{limit}"
        );
    }
    match method.mode {
        Mode::Request if method.message.is_some() => {
            tags.push_str("\n@returns The host's whole reply.")
        }
        _ => {}
    }
    let example = method
        .example
        .clone()
        .unwrap_or_else(|| usage(module, method));
    let _ = write!(tags, "\n@example\n```ts\n{example}\n```");
    comment(&method.text, &tags, indent)
}

/// The shortest use of a method, for those that bring no example.
pub fn usage(module: &Module, method: &Method) -> String {
    let arguments: Vec<&str> = method
        .parameters
        .iter()
        .filter(|parameter| !parameter.optional)
        .map(|parameter| parameter.name.as_str())
        .collect();
    let call = format!(
        "codebolt.{}.{}({})",
        module.name,
        method.name,
        arguments.join(", ")
    );
    match (method.mode, method.returns.as_str()) {
        (Mode::Value, _) => format!("const value = codebolt.{}.{};", module.name, method.name),
        (Mode::Request, _) => format!("const reply = await {call};"),
        (_, "void") => format!("{call};"),
        (_, returns) if returns.starts_with("Promise<") => format!("const result = await {call};"),
        _ => format!("const result = {call};"),
    }
}

fn comment(text: &str, tags: &str, indent: &str) -> String {
    let whole = format!("{text}{tags}").replace("*/", "*\u{200b}/");
    if !whole.contains('\n') && whole.len() < 110 {
        return format!("{indent}/** {whole} */");
    }
    let mut lines = format!("{indent}/**");
    for line in whole.lines() {
        let _ = write!(
            lines,
            "\n{indent} *{}{line}",
            if line.is_empty() { "" } else { " " }
        );
    }
    let _ = write!(lines, "\n{indent} */");
    lines
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|next: char| !(next.is_alphanumeric() || next == '_' || next == '$'))
}
