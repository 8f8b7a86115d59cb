//! The tools' table for run time, and what they call of the SDK.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::super::declaration::kebab;
use super::family::Family;
use super::outcome::Outcome;
use super::tool::{Call, Tool};
use super::{parameters, template};

const HEAD: &str =
    "// Generated from definitions/tools/ by `cargo xtask build`; edit those files instead.\n";

/// The functions of `pkg-template/tools/paths.js`; all others that a definition names are in `words.js`.
const OF_PATHS: [&str; 3] = ["baseName", "folderOf", "shortened"];

/// `tools/table.js`.
pub fn table(families: &[Family]) -> String {
    let mut custom = BTreeSet::new();
    let mut functions = BTreeSet::new();
    let mut rows = String::new();
    for family in families {
        note_functions(&family.shared, &mut functions);
        let _ = writeln!(
            rows,
            "  {{\n    category: '{}',\n    explains: {},\n    shared: {{ {} }},\n    tools: [",
            family.category,
            family.explains,
            outcome(&family.shared).join(", ")
        );
        for tool in &family.tools {
            note_functions(&tool.outcome, &mut functions);
            if let Some(call) = &tool.call {
                for value in &call.values {
                    let mut found = Vec::new();
                    value.functions(&mut found);
                    functions.extend(found);
                }
            }
            let _ = writeln!(rows, "      {{");
            for line in row(tool, &mut custom) {
                let _ = writeln!(rows, "        {line},");
            }
            let _ = writeln!(rows, "      }},");
        }
        let _ = writeln!(rows, "    ],\n  }},");
    }
    let mut text = HEAD.to_owned();
    for file in &custom {
        let _ = writeln!(
            text,
            "import * as {} from './custom/{}.js';",
            variable(file),
            kebab(file).replace('_', "-")
        );
    }
    let (of_paths, of_words): (Vec<&str>, Vec<&str>) = functions
        .into_iter()
        .partition(|function| OF_PATHS.contains(function));
    for (names, file) in [(of_paths, "paths"), (of_words, "words")] {
        if !names.is_empty() {
            let _ = writeln!(
                text,
                "import {{ {} }} from './{file}.js';",
                names.join(", ")
            );
        }
    }
    let _ = write!(
        text,
        "import * as verdict from './verdict.js';\n\n\
         /**\n * All tools, in the order in which a model is told of them.\n * @type {{import('./row-types.js').Family[]}}\n */\n\
         export const families = [\n{rows}];\n"
    );
    text
}

/// `tools/sdk.js`.
pub fn sdk(families: &[Family]) -> String {
    let mut modules = BTreeSet::new();
    for family in families {
        // Where a tool says why it was called.
        modules.extend(family.explains.then_some("chat"));
        let calls = family.tools.iter().filter_map(|tool| tool.call.as_ref());
        modules.extend(calls.map(|call| call.module.as_str()));
    }
    let mut imports = String::new();
    let mut members = String::new();
    for module in modules {
        let _ = writeln!(
            imports,
            "import {{ {module}Methods }} from '../modules/{}.js';",
            kebab(module)
        );
        let _ = writeln!(
            members,
            "  get {module}() {{\n    return {module}Methods(session);\n  }},"
        );
    }
    format!(
        "{HEAD}{imports}\n\
         /**\n * What the tools call, for a session.\n * @param {{import('../define.d.ts').Session}} session\n \
         * @returns {{import('../tools.d.ts').ToolsSdk}}\n */\n\
         export const sdkFor = (session) => ({{\n{members}}});\n"
    )
}

fn note_functions<'a>(outcome: &'a Outcome, functions: &mut BTreeSet<&'a str>) {
    for (_, template) in outcome.templates() {
        functions.extend(template.functions());
    }
}

/// A name for the export of a custom file.
fn variable(file: &str) -> String {
    format!("{file}Custom")
}

/// JSON as JavaScript, in which a glob (`src/**/*.ts`) does not look like a comment.
fn json(value: &serde_json::Value) -> String {
    value.to_string().replace("/*", "/\\*")
}

fn row<'a>(tool: &'a Tool, custom: &mut BTreeSet<&'a str>) -> Vec<String> {
    let (properties, required) = parameters::schema(&tool.parameters);
    let mut lines = vec![
        format!("name: '{}'", tool.name),
        format!("title: '{}'", tool.title),
        format!("kind: '{}'", tool.kind),
        format!("text: {}", json(&serde_json::json!(tool.text))),
        format!("properties: {}", json(&properties)),
        format!("required: {required}"),
    ];
    if !tool.rules.is_empty() {
        lines.push(format!("rules: {}", serde_json::json!(tool.rules)));
    }
    for (key, value) in [("locations", &tool.locations), ("line", &tool.line)] {
        if let Some(value) = value {
            lines.push(format!("{key}: '{value}'"));
        }
    }
    if let Some(call) = &tool.call {
        lines.push(format!("call: {}", called(call)));
    }
    if tool.custom {
        custom.insert(&tool.name);
        lines.push(format!("run: {}.run", variable(&tool.name)));
    }
    if let Some(shape) = &tool.shape {
        custom.insert(shape);
        lines.push(format!("shape: {}.shape", variable(shape)));
    }
    if tool.confirm {
        custom.insert(&tool.name);
        lines.push(format!("confirm: {}.confirm", variable(&tool.name)));
    }
    lines.extend(outcome(&tool.outcome));
    lines
}

fn called(call: &Call) -> String {
    let mut values: Vec<String> = call.values.iter().map(template::javascript).collect();
    values.push("o".to_owned());
    format!(
        "(sdk, p, o) => sdk.{}.{}({})",
        call.module,
        call.method,
        values.join(", ")
    )
}

fn outcome(outcome: &Outcome) -> Vec<String> {
    let mut members = Vec::new();
    for (key, function) in [("fails", &outcome.fails), ("reason", &outcome.reason)] {
        if let Some(function) = function {
            members.push(format!("{key}: verdict.{function}"));
        }
    }
    if let Some(needs) = &outcome.needs {
        members.push(format!("needs: '{}'", needs.trim_start_matches("reply.")));
    }
    for (key, template) in outcome.templates() {
        members.push(format!("{key}: {}", template.javascript()));
    }
    if outcome.thrown_as_text == Some(true) {
        members.push("thrownAsText: true".to_owned());
    }
    if let Some(kind) = &outcome.error_type {
        members.push(format!("errorType: '{kind}'"));
    }
    members
}
