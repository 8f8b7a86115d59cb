//! The reference page of the tools.

use std::fmt::Write as _;

use super::family::Family;
use super::parameters::Kind;
use super::tool::Tool;

const HEAD: &str = "# Tools for models

What `codebolt.mcp` answers for the toolbox `codebolt`, and `codebolt-wasm/tools` gives: functions that a model can call. A name stands
there as here, in what `codebolt.mcp` lists with `codebolt--` before it. The texts are the ones that the model reads.

A result has `llmContent`, for the model; `returnDisplay`, for the user; and, when the tool failed, `error` with `message` and `type`.
";

/// The text of `docs/api/tools.md`.
pub fn page(families: &[Family]) -> String {
    let mut text = HEAD.to_owned();
    for family in families {
        let _ = write!(
            text,
            "\n## {}\n\n{}\nCategory `{}`.\n",
            family.file.replace('-', " "),
            family.text,
            family.category
        );
        for tool in &family.tools {
            text.push_str(&section(tool, family.explains));
        }
    }
    text
}

fn section(tool: &Tool, explains: bool) -> String {
    let mut text = format!(
        "\n### {}\n\n{}\n\nKind `{}`.",
        tool.name, tool.text, tool.kind
    );
    if let Some(call) = &tool.call {
        let _ = write!(text, " Calls `codebolt.{}.{}`.", call.module, call.method);
    }
    if explains {
        text.push_str(" A given `explanation` goes to the chat first.");
    }
    text.push('\n');
    let mut rows = String::new();
    tool.each_parameter(&mut |path, parameter| {
        let optional = if parameter.optional { ", optional" } else { "" };
        let kind = match &parameter.kind {
            Kind::Members(_) => "object".to_owned(),
            kind => kind.typescript(""),
        };
        let _ = writeln!(
            rows,
            "| `{path}` | `{}`{optional} | {} |",
            kind.replace('|', "\\|"),
            parameter.text.replace('|', "\\|")
        );
    });
    if !rows.is_empty() {
        let _ = write!(
            text,
            "\n| parameter | type | meaning |\n|---|---|---|\n{rows}"
        );
    }
    text
}
