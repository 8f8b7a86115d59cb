//! The members of `Codebolt` that answer messages of the host, from `definitions/class/listeners.toml`.

use std::fmt::Write as _;
use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;

use super::Error;

/// The file's content.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listeners {
    /// TypeScript types that the handlers use.
    types: String,
    listener: IndexMap<String, Listener>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listener {
    /// What it is for, for the caller.
    text: String,
    /// The type of the messages it answers.
    listens: String,
    /// The handler's TypeScript type.
    handler: String,
    /// The handler's arguments, as JavaScript over `message`.
    gives: Vec<String>,
    /// The answer goes out only if this holds, as JavaScript over `result`.
    when: Option<String>,
    /// The answer, as JavaScript over `message` and `result`; none is sent where it is missing.
    answer: Option<String>,
    /// The answer when the handler throws, as JavaScript over `message` and `error`.
    failure: Option<String>,
    /// What a failure is called that is no `Error`.
    #[serde(default = "unknown_error")]
    unknown: String,
}

fn unknown_error() -> String {
    "Unknown error occurred".to_owned()
}

impl Listeners {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::File {
            path: path.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|error| Error::Definition {
            path: path.to_owned(),
            reason: error.to_string(),
        })
    }

    /// What a host needs to know: by each listener's name the type it listens for, and how its answers look.
    pub fn wire(&self) -> serde_json::Value {
        self.listener
            .iter()
            .map(|(name, row)| {
                serde_json::json!({
                    "name": name,
                    "text": row.text,
                    "listens": row.listens,
                    "gives": row.gives,
                    "answers": [&row.answer, &row.failure],
                })
            })
            .collect()
    }

    /// Listeners without a text.
    pub fn undocumented(&self) -> impl Iterator<Item = String> {
        self.listener
            .iter()
            .filter(|(_, listener)| listener.text.trim().is_empty())
            .map(|(name, _)| name.clone())
    }

    /// `modules/listeners.js`.
    pub fn javascript(&self) -> String {
        let mut rows = String::new();
        for (name, listener) in &self.listener {
            let _ = writeln!(rows, "  {name}: {{\n    type: '{}',", listener.listens);
            let _ = writeln!(
                rows,
                "    gives: (message) => [{}],",
                listener.gives.join(", ")
            );
            if let Some(answer) = &listener.answer {
                let answer = match &listener.when {
                    Some(condition) => format!("{condition} ? {answer} : undefined"),
                    None => format!("({answer})"),
                };
                let _ = writeln!(rows, "    answer: (result, message) => {answer},");
            }
            if let Some(failure) = &listener.failure {
                let _ = writeln!(rows, "    failure: (error, message) => ({failure}),");
                let _ = writeln!(rows, "    unknown: '{}',", listener.unknown);
            }
            rows.push_str("  },\n");
        }
        format!(
            "// Generated from definitions/class/listeners.toml by `cargo xtask build`; edit that file instead.\n\
             const now = () => new Date().toISOString();\n\
             /** @param {{any}} value */\n\
             const isObject = (value) => typeof value === 'object' && value !== null;\n\
             /** @param {{any}} value */\n\
             const hasStatus = (value) => isObject(value) && 'status' in value;\n\n\
             /** @type {{Record<string, import('./listeners.d.ts').ListenerRow>}} */\n\
             export const listeners = {{\n{rows}}};\n"
        )
    }

    /// `modules/listeners.d.ts`.
    pub fn typescript(&self) -> String {
        let mut members = String::new();
        for (name, listener) in &self.listener {
            let _ = writeln!(
                members,
                "  /** {} Returns the unsubscribe function. */\n  {name}(this: void, handler: {}): () => void;",
                listener.text, listener.handler
            );
        }
        format!(
            "// Generated from definitions/class/listeners.toml by `cargo xtask build`; edit that file instead.\n\
             import type {{ Handler, Unchecked }} from '../define.d.ts';\n\
             import type {{ FlatUserMessage }} from './user-message.d.ts';\n\n\
             {}\n\
             /** The members that answer messages of the host. Several handlers of one kind all run, and all answer. */\n\
             export interface CodeboltListeners {{\n{members}}}\n\n\
             /** How one of them works. */\n\
             export interface ListenerRow {{\n  \
             /** The type of the messages it answers. */\n  type: string;\n  \
             /** The handler's arguments. */\n  gives(message: any): unknown[];\n  \
             /** The answer; none when it is undefined. */\n  answer?(result: any, message: any): Record<string, unknown> | undefined;\n  \
             /** The answer when the handler throws. */\n  failure?(error: string, message: any): Record<string, unknown>;\n  \
             /** The name of a failure that is not an Error. */\n  unknown?: string;\n}}\n\n\
             export declare const listeners: Record<string, ListenerRow>;\n",
            self.types.trim_start()
        )
    }

    /// `docs/api/listeners.md`.
    pub fn page(&self) -> String {
        let mut text = "# Answering the host\n\nMembers of `Codebolt` that take a handler for a kind of message and send back what it returns. \
            Messages that came before a handler was there reach it too. Each member returns its unsubscribe function; \
            several handlers of one kind all run, and all answer.\n"
            .to_owned();
        for (name, listener) in &self.listener {
            let _ = write!(
                text,
                "\n### {name}\n\n{}\n\n```ts\n{name}(handler: {}): () => void\n```\n\nListens for `{}`.",
                listener.text, listener.handler, listener.listens
            );
            if let Some(answer) = &listener.answer {
                let _ = write!(text, " Answers `{answer}`.");
            }
            if let Some(failure) = &listener.failure {
                let _ = write!(text, " When the handler throws: `{failure}`.");
            }
            text.push('\n');
        }
        let _ = write!(text, "\n## Types\n\n```ts\n{}\n```\n", self.types.trim());
        text
    }
}
