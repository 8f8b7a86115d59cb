//! The outbound message of a definition: a small part of JavaScript's object literals, read and written again.
//!
//! A definition says `{ type: "fsEvent", action: "readFile", message: { filePath }, requestId }`. It may contain
//! constants, parameters, members of parameters (`options?.limit`), defaults (`||`, `??`), objects, arrays,
//! spreads, and calls of functions, which may take `session`. `requestId` stands where the id goes.

mod reader;
mod value;

use std::fmt::Write as _;

use reader::Reader;
pub use value::{Entry, Value, WITHOUT, is_identifier, javascript, key, may_throw, push_path};

/// A message, cut where the request id goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// All members in order, without `requestId`.
    pub entries: Vec<Entry>,
    /// How many members come before `requestId`; `None` when it is last.
    pub id_after: Option<usize>,
}

impl Message {
    /// Reads a message as a definition writes it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { rest: text };
        let value = reader.value()?;
        if !reader.rest.trim().is_empty() {
            return Err(format!(
                "`{}` stands after the message's end",
                reader.rest.trim()
            ));
        }
        let Value::Object(entries) = value else {
            return Err("the message has to be an object: { type: \"…\", … }".to_owned());
        };
        let is_id = |entry: &Entry| matches!(entry, Entry::Member(name, _) if name == "requestId");
        let Some(position) = entries.iter().position(is_id) else {
            return Err("the message has no `requestId`; write it where the id goes".to_owned());
        };
        let last = position + 1 == entries.len();
        let entries: Vec<Entry> = entries.into_iter().filter(|entry| !is_id(entry)).collect();
        let message = Message {
            entries,
            id_after: (!last).then_some(position),
        };
        if let Some(count) = message.id_after {
            let constant = |entry: &Entry| matches!(entry, Entry::Member(_, Value::Constant(_)));
            if !message.entries.iter().take(count).all(constant) {
                return Err(
                    "only constants can stand before a `requestId` that is not last".to_owned(),
                );
            }
            if message.spreads() {
                return Err(
                    "a message with a spread at its top has its `requestId` last".to_owned(),
                );
            }
        }
        message.kind()?;
        Ok(message)
    }

    /// The message's `type`.
    pub fn kind(&self) -> Result<&str, String> {
        self.entries
            .iter()
            .find_map(|entry| match entry {
                Entry::Member(name, Value::Constant(json)) if name == "type" => {
                    Some(json.trim_matches('"'))
                }
                _ => None,
            })
            .ok_or_else(|| "the message has no constant `type`".to_owned())
    }

    /// Whether members come from a spread at the top, so that one of them may be a `requestId` of its own.
    pub fn spreads(&self) -> bool {
        self.entries
            .iter()
            .any(|entry| matches!(entry, Entry::Spread(_)))
    }

    /// The members before and after the id.
    pub fn cut(&self) -> (&[Entry], &[Entry]) {
        self.id_after
            .and_then(|count| self.entries.split_at_checked(count))
            .unwrap_or((&self.entries, &[]))
    }

    /// The parameters that the message mentions.
    pub fn parameters(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for entry in &self.entries {
            entry.value().parameters(&mut found);
        }
        found
    }

    /// The functions that the message calls.
    pub fn functions(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for entry in &self.entries {
            entry.value().functions(&mut found);
        }
        found
    }

    /// The message as the reference page shows it.
    pub fn display(&self) -> String {
        let (head, tail) = self.cut();
        let mut parts: Vec<String> = head.iter().map(Entry::javascript).collect();
        parts.push("requestId".to_owned());
        parts.extend(tail.iter().map(Entry::javascript));
        format!("{{ {} }}", parts.join(", "))
    }
}

/// The JSON text of members that are all constants, without the closing brace and with a comma at the end.
pub fn json_head(entries: &[Entry]) -> String {
    let mut head = "{".to_owned();
    for entry in entries {
        if let Entry::Member(name, Value::Constant(json)) = entry {
            // Writing to a String cannot fail.
            let _ = write!(head, "\"{name}\":{json},");
        }
    }
    head
}

impl Value {
    /// Reads a value that stands alone.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { rest: text };
        let value = reader.value()?;
        match reader.rest.trim() {
            "" => Ok(value),
            rest => Err(format!("`{rest}` stands after the end of `{text}`")),
        }
    }
}

#[cfg(test)]
mod tests;
