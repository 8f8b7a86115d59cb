//! The outbound message of a definition: a small part of JavaScript's object literals, read and written again.
//!
//! A definition says `{ type: "fsEvent", action: "readFile", message: { filePath }, requestId }`. What may stand
//! there: constants, parameters, members of parameters (`options?.limit`), defaults (`||`, `??`), objects, arrays,
//! spreads, and calls of functions, which `session` can be handed to. `requestId` stands where the id goes.

use std::fmt::Write as _;

/// A value of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A JSON constant: text, number, `true`, `false`, `null`. Kept as its JSON text.
    Constant(String),
    /// `undefined`: the member is left out.
    Undefined,
    /// A parameter or a member of it.
    Argument {
        /// The parameter's name.
        parameter: String,
        /// The way from there to the member.
        path: Vec<Step>,
    },
    /// `left || right`, `left ?? right`.
    Default {
        /// The value wanted.
        left: Box<Value>,
        /// `||` or `??`.
        operator: &'static str,
        /// The value taken instead.
        right: Box<Value>,
    },
    /// An object literal.
    Object(Vec<Entry>),
    /// An array literal.
    Array(Vec<Value>),
    /// `function(value, …)`: what a function gives. `without(params, "name")` copies all but some members; any other
    /// is the module's own, from `pkg-template/modules/by-hand/`.
    Call {
        /// Its name.
        function: String,
        /// What it is called with.
        values: Vec<Value>,
    },
}

/// What a function of the module's own is handed to reach its state.
const SESSION: &str = "session";

/// The function that copies all but some members.
pub const WITHOUT: &str = "without";

/// One step of a path into an argument.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// `?.`: the member is absent when what it is read from is missing. A plain `.` throws a `TypeError` then.
    pub safe: bool,
    /// The member's name.
    pub name: String,
}

/// What an object literal consists of.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// `name: value`
    Member(String, Value),
    /// `...value`
    Spread(Value),
}

/// A message, cut where the request id goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// All members in order, without `requestId`.
    pub entries: Vec<Entry>,
    /// How many members stand before `requestId`; `None` when it stands last.
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
        let Some(place) = entries.iter().position(is_id) else {
            return Err("the message has no `requestId`; write it where the id goes".to_owned());
        };
        let last = place + 1 == entries.len();
        let entries: Vec<Entry> = entries.into_iter().filter(|entry| !is_id(entry)).collect();
        let message = Message {
            entries,
            id_after: (!last).then_some(place),
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

/// Whether building these members can throw: a spread runs getters, a plain `.` may meet `null`.
pub fn may_throw(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| match entry {
        Entry::Spread(_) => true,
        Entry::Member(_, value) => value.may_throw(),
    })
}

/// The object literal with these members.
pub fn javascript(entries: &[Entry]) -> String {
    if entries.is_empty() {
        return "{}".to_owned();
    }
    let mut seen = Vec::new();
    let mut members = Vec::new();
    let mut repeated = Vec::new();
    for entry in entries {
        match entry {
            Entry::Member(name, _) if seen.contains(&name) => repeated.push(entry.javascript()),
            Entry::Member(name, _) => {
                seen.push(name);
                members.push(entry.javascript());
            }
            Entry::Spread(_) => members.push(entry.javascript()),
        }
    }
    let literal = format!("{{ {} }}", members.join(", "));
    if repeated.is_empty() {
        return literal;
    }
    // Repeated to win over a spread. Bundlers and compilers warn of a literal that repeats a name.
    format!("Object.assign({literal}, {{ {} }})", repeated.join(", "))
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

impl Entry {
    fn value(&self) -> &Value {
        match self {
            Entry::Member(_, value) | Entry::Spread(value) => value,
        }
    }

    fn javascript(&self) -> String {
        match self {
            Entry::Spread(value) => format!("...{}", value.javascript()),
            Entry::Member(name, Value::Argument { parameter, path })
                if path.is_empty() && name == parameter =>
            {
                name.clone()
            }
            Entry::Member(name, value) => format!("{}: {}", key(name), value.javascript()),
        }
    }
}

impl Value {
    fn may_throw(&self) -> bool {
        match self {
            Value::Constant(_) | Value::Undefined => false,
            Value::Argument { path, .. } => !path.is_empty(),
            Value::Default { left, right, .. } => left.may_throw() || right.may_throw(),
            Value::Object(entries) => may_throw(entries),
            Value::Array(values) => values.iter().any(Value::may_throw),
            Value::Call { .. } => true,
        }
    }

    fn parameters<'a>(&'a self, found: &mut Vec<&'a str>) {
        match self {
            Value::Constant(_) | Value::Undefined => {}
            Value::Argument { parameter, .. } if parameter == SESSION => {}
            Value::Argument { parameter, .. } => found.push(parameter),
            Value::Default { left, right, .. } => {
                left.parameters(found);
                right.parameters(found);
            }
            Value::Object(entries) => entries
                .iter()
                .for_each(|entry| entry.value().parameters(found)),
            Value::Array(values) => values.iter().for_each(|value| value.parameters(found)),
            Value::Call { values, .. } => values.iter().for_each(|value| value.parameters(found)),
        }
    }

    fn functions<'a>(&'a self, found: &mut Vec<&'a str>) {
        match self {
            Value::Constant(_) | Value::Undefined | Value::Argument { .. } => {}
            Value::Default { left, right, .. } => {
                left.functions(found);
                right.functions(found);
            }
            Value::Object(entries) => entries
                .iter()
                .for_each(|entry| entry.value().functions(found)),
            Value::Array(values) => values.iter().for_each(|value| value.functions(found)),
            Value::Call { function, values } => {
                found.push(function);
                values.iter().for_each(|value| value.functions(found));
            }
        }
    }

    /// The value as JavaScript.
    pub fn javascript(&self) -> String {
        match self {
            Value::Constant(json) => json.clone(),
            Value::Undefined => "undefined".to_owned(),
            Value::Argument { parameter, path } => {
                let mut text = parameter.clone();
                for step in path {
                    text.push_str(if step.safe { "?." } else { "." });
                    text.push_str(&step.name);
                }
                text
            }
            Value::Default {
                left,
                operator,
                right,
            } => {
                format!("{} {operator} {}", left.javascript(), right.javascript())
            }
            Value::Object(entries) => javascript(entries),
            Value::Array(values) => {
                let values: Vec<String> = values.iter().map(Value::javascript).collect();
                format!("[{}]", values.join(", "))
            }
            Value::Call { function, values } => {
                let values: Vec<String> = values.iter().map(Value::javascript).collect();
                format!("{function}({})", values.join(", "))
            }
        }
    }
}

/// A member's name as JavaScript writes it.
pub fn key(name: &str) -> String {
    if is_identifier(name) {
        name.to_owned()
    } else {
        format!("\"{name}\"")
    }
}

/// Whether a name can stand without quotes.
pub fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_' || first == '$')
        && characters.all(|next| next.is_ascii_alphanumeric() || next == '_' || next == '$')
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn value(&mut self) -> Result<Value, String> {
        let left = self.single()?;
        for operator in ["||", "??"] {
            if self.takes(operator) {
                let right = self.value()?;
                return Ok(Value::Default {
                    left: Box::new(left),
                    operator,
                    right: Box::new(right),
                });
            }
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Value, String> {
        if self.takes("{") {
            return self.object();
        }
        if self.takes("[") {
            let mut values = Vec::new();
            while !self.takes("]") {
                values.push(self.value()?);
                self.separator("]")?;
            }
            return Ok(Value::Array(values));
        }
        if let Some(text) = self.quoted()? {
            return Ok(Value::Constant(format!("\"{text}\"")));
        }
        if let Some(number) = self.number() {
            return Ok(Value::Constant(number.to_owned()));
        }
        let name = self.name()?;
        match name {
            "true" | "false" | "null" => return Ok(Value::Constant(name.to_owned())),
            "undefined" => return Ok(Value::Undefined),
            _ => {}
        }
        if self.takes("(") {
            let mut values = Vec::new();
            while !self.takes(")") {
                values.push(self.value()?);
                self.separator(")")?;
            }
            return Ok(Value::Call {
                function: name.to_owned(),
                values,
            });
        }
        let mut path = Vec::new();
        loop {
            let safe = self.takes("?.");
            if !safe && (self.starts("...") || !self.takes(".")) {
                break;
            }
            path.push(Step {
                safe,
                name: self.name()?.to_owned(),
            });
        }
        Ok(Value::Argument {
            parameter: name.to_owned(),
            path,
        })
    }

    fn object(&mut self) -> Result<Value, String> {
        let mut entries = Vec::new();
        while !self.takes("}") {
            if self.takes("...") {
                entries.push(Entry::Spread(self.value()?));
            } else {
                let name = match self.quoted()? {
                    Some(name) => name,
                    None => self.name()?,
                };
                let value = if self.takes(":") {
                    self.value()?
                } else {
                    Value::Argument {
                        parameter: name.to_owned(),
                        path: Vec::new(),
                    }
                };
                entries.push(Entry::Member(name.to_owned(), value));
            }
            self.separator("}")?;
        }
        Ok(Value::Object(entries))
    }

    fn separator(&mut self, end: &str) -> Result<(), String> {
        if self.takes(",") || self.starts(end) {
            Ok(())
        } else {
            Err(self.expected(&format!("`,` or `{end}`")))
        }
    }

    fn starts(&mut self, text: &str) -> bool {
        self.rest = self.rest.trim_start();
        self.rest.starts_with(text)
    }

    fn takes(&mut self, text: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn quoted(&mut self) -> Result<Option<&'a str>, String> {
        if !self.takes("\"") {
            return Ok(None);
        }
        let (text, rest) = self.rest.split_once('"').ok_or("a quote is never closed")?;
        if text.contains('\\') {
            return Err("a quoted text cannot hold a backslash".to_owned());
        }
        self.rest = rest;
        Ok(Some(text))
    }

    fn number(&mut self) -> Option<&'a str> {
        self.rest = self.rest.trim_start();
        let end = self
            .rest
            .find(|next: char| !(next.is_ascii_digit() || next == '-' || next == '.'))
            .unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at_checked(end)?;
        number.parse::<f64>().ok()?;
        self.rest = rest;
        Some(number)
    }

    fn name(&mut self) -> Result<&'a str, String> {
        self.rest = self.rest.trim_start();
        let end = self
            .rest
            .find(|next: char| !(next.is_ascii_alphanumeric() || next == '_' || next == '$'))
            .unwrap_or(self.rest.len());
        match self.rest.split_at_checked(end) {
            Some((name, rest)) if is_identifier(name) => {
                self.rest = rest;
                Ok(name)
            }
            _ => Err(self.expected("a name")),
        }
    }

    fn expected(&self, what: &str) -> String {
        let found: String = self.rest.chars().take(20).collect();
        format!("{what} expected at `{found}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(text: &str) -> String {
        Message::parse(text)
            .map(|message| message.display())
            .unwrap_or_else(|error| error)
    }

    #[test]
    fn a_message_is_written_as_it_was_read() {
        for text in [
            r#"{ type: "a", requestId }"#,
            r#"{ type: "a", requestId, params: { name, limit: options?.limit, x: y || [], z: n ?? 5 } }"#,
            r#"{ ...params, type: "a", threadType: params.type, requestId }"#,
            r#"{ type: "a", ...without(params, "threadId"), mailThreadId: params.threadId, requestId }"#,
            r#"{ type: "a", id: options?.id || activeInstance(session), text: joined(a.b, [c]), requestId }"#,
            r#"{ type: "a", filter: { tags: [tag], on: true, n: null, u: undefined, "a-b": -1.5 }, requestId }"#,
        ] {
            assert_eq!(round_trip(text), text);
        }
    }

    #[test]
    fn a_message_that_cannot_be_sent_is_refused_with_the_reason() {
        assert!(round_trip(r#"{ type: "a" }"#).contains("no `requestId`"));
        assert!(round_trip(r#"{ action: "a", requestId }"#).contains("no constant `type`"));
        assert!(round_trip(r#"{ type: "a", x: y, requestId, z }"#).contains("only constants"));
        assert!(round_trip(r#"{ type: "a", requestId, ...params }"#).contains("spread"));
        assert!(round_trip(r#"{ type: "a", x: requestId"#).contains("expected"));
        assert!(round_trip(r#"{ type: "a", requestId } x"#).contains("after the message's end"));
    }
}
