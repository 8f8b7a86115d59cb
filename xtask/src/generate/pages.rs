//! The reference page of a module.

use std::fmt::Write as _;

use super::declaration;
use super::definition::{Method, Mode, Module};
use super::module_lists::CORE_MODULE;
use super::typescript;

/// The text of `docs/api/<file>.md`.
pub fn module(module: &Module) -> String {
    let mut text = format!("# codebolt.{}\n\n{}\n", module.name, module.text);
    if !module.methods.is_empty() {
        text.push_str("\n## Methods\n");
    }
    for method in &module.methods {
        text.push_str(&section(module, method));
    }
    if !module.types.is_empty() {
        let of_entry = if module.name == CORE_MODULE {
            "`codebolt-wasm` and "
        } else {
            ""
        };
        let _ = write!(
            text,
            "\n## Types\n\nExported by {of_entry}`codebolt-wasm/types`.\n"
        );
    }
    for declaration in &module.types {
        let _ = write!(
            text,
            "\n### {}\n\n{}\n\n```ts\n{}\n```\n",
            declaration.name, declaration.text, declaration.code
        );
    }
    text
}

/// The text of `docs/api/codebolt.md`: what the package exports besides the modules, from its own declarations.
pub fn package(declarations: &str) -> Result<String, String> {
    let mut text = "# The package\n\nWhat `codebolt-wasm` exports besides the modules: the class, the errors, the options, the events.\n"
        .to_owned();
    // The text before the first doc comment of an export, and re-exports, are not declarations.
    let own: Vec<&str> = declarations
        .lines()
        .skip_while(|line| !line.starts_with("/**") || line.ends_with("*/"))
        .filter(|line| !line.starts_with("export default") && !line.starts_with("declare "))
        .collect();
    for declaration in declaration::read(&own.join("\n"))? {
        if declaration.text.is_empty() && !declaration.code.contains("extends") {
            return Err(format!("{} has no text", declaration.name));
        }
        let _ = write!(
            text,
            "\n## {}\n\n{}\n\n```ts\n{}\n```\n",
            declared(&declaration.code),
            // A comment's list has become one paragraph.
            declaration
                .text
                .replace(": - `", ":\n\n- `")
                .replace(" - `", "\n- `"),
            declaration.code
        );
    }
    Ok(text)
}

/// The name that a declaration declares: what follows `export`, `declare` and the kind.
fn declared(code: &str) -> &str {
    code.split(|character: char| !character.is_alphanumeric())
        .find(|word| {
            ![
                "export",
                "declare",
                "class",
                "interface",
                "type",
                "const",
                "function",
            ]
            .contains(word)
        })
        .unwrap_or_default()
}

/// The text of `docs/api/README.md`: the modules and where their pages are.
pub fn index(modules: &[Module]) -> String {
    let mut text = "# The modules\n\nOne page a module: each method with its signature, the message it sends and the replies that settle it.\n\n".to_owned();
    text.push_str("Every method that waits takes one more argument after its own, `{ signal, timeout }`. It counts only at that place: ");
    text.push_str("write `undefined` for optional arguments that you leave out before it. Members other than these two are ignored.\n\n");
    text.push_str("The types on the modules' pages are exported by `codebolt-wasm/types`; those of the event log by `codebolt-wasm` as well.\n\n");
    text.push_str("[The package](codebolt.md) has the class, its options, events and errors; [Answering the host](listeners.md) the members for what a host asks; [Tools for models](tools.md) what a model can call.\n\n");
    text.push_str("| module | methods | what for |\n|---|---|---|\n");
    for module in modules {
        let first = module.text.split("\n\n").next().unwrap_or_default();
        let _ = writeln!(
            text,
            "| [{}]({}.md) | {} | {} |",
            module.name,
            module.file,
            module.methods.len(),
            cell(first)
        );
    }
    text
}

fn section(module: &Module, method: &Method) -> String {
    let mut text = format!("\n### {}\n\n{}\n\n", method.name, method.text);
    let _ = writeln!(
        text,
        "```ts\n{}: {}\n```\n",
        method.name,
        typescript::signature(method)
    );
    for (what, signature) in typescript::overloads(method) {
        let _ = writeln!(text, "{what}\n\n```ts\n{}: {signature}\n```\n", method.name);
    }
    if !method.parameters.is_empty() {
        text.push_str("| parameter | type | meaning |\n|---|---|---|\n");
        for parameter in &method.parameters {
            let optional = if parameter.optional { ", optional" } else { "" };
            let default = parameter
                .default
                .as_ref()
                .map(|value| format!(" Default: `{value}`."))
                .unwrap_or_default();
            let _ = writeln!(
                text,
                "| `{}` | `{}`{optional} | {}{} |",
                parameter.name,
                cell(&parameter.of),
                cell(&parameter.text),
                cell(&default)
            );
        }
        text.push('\n');
    }
    for (path, wanted) in &method.checks {
        let wanted = wanted.words();
        let _ = writeln!(
            text,
            "- Rejects with `INVALID_ARGUMENT`, and sends nothing, unless `{path}` is {wanted}."
        );
    }
    if !method.guards.is_empty() {
        let mut paths: Vec<&str> = method
            .guards
            .iter()
            .map(|(_, path)| path.as_str())
            .collect();
        paths.dedup();
        let _ = writeln!(
            text,
            "- Logs an error and sends nothing when one of these is missing or unusable: `{}`.",
            paths.join("`, `")
        );
    }
    if let Some(page) = &method.unverified {
        let _ = writeln!(
            text,
            "- **Unverified**: taken from the documentation of a later version ({page}); its message was tried on no host."
        );
    }
    if let Some(message) = &method.message {
        let _ = writeln!(text, "- Sends `{}`.", message.display());
    }
    match method.mode {
        Mode::Request => {
            if !method.replies.is_empty() {
                let _ = writeln!(
                    text,
                    "- Settled by the reply with its `requestId`; a reply without one counts when its `type` is `{}`.",
                    method.replies.join("` or `")
                );
            }
            if method.unlimited {
                text.push_str("- No time limit of its own: a person, a model or a command takes as long as it takes. Set one with `timeout`.\n");
            }
        }
        Mode::Send | Mode::Notify if method.message.is_some() => {
            text.push_str("- Waits for no reply.\n")
        }
        _ => {}
    }
    let example = method
        .example
        .clone()
        .unwrap_or_else(|| usage(module, method));
    let _ = write!(text, "\n```ts\n{example}\n```\n");
    text
}

/// The shortest use of a method, for those that bring no example.
fn usage(module: &Module, method: &Method) -> String {
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

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
