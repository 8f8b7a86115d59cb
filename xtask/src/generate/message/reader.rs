//! Reads a message.

use super::value::{Entry, Step, Value, is_identifier};

/// A text that is read from its start.
pub(super) struct Reader<'a> {
    /// The rest, which has not been read yet.
    pub(super) rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Reads a value with its default.
    pub(super) fn value(&mut self) -> Result<Value, String> {
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
