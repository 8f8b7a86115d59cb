//! The values of a message, and how JavaScript writes them.

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
    /// is the module's own, from `pkg-template/modules/custom/`.
    Call {
        /// Its name.
        function: String,
        /// Its arguments.
        values: Vec<Value>,
    },
}

/// The argument through which a function of the module's own reaches its state.
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

/// Appends the way to a member of an argument: `.a?.b`.
pub fn push_path(text: &mut String, path: &[Step]) {
    for step in path {
        text.push_str(if step.safe { "?." } else { "." });
        text.push_str(&step.name);
    }
}

/// An entry of an object literal.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// `name: value`
    Member(String, Value),
    /// `...value`
    Spread(Value),
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

impl Entry {
    pub(super) fn value(&self) -> &Value {
        match self {
            Entry::Member(_, value) | Entry::Spread(value) => value,
        }
    }

    pub(super) fn javascript(&self) -> String {
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

    pub(in crate::generate) fn parameters<'a>(&'a self, found: &mut Vec<&'a str>) {
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

    pub(in crate::generate) fn functions<'a>(&'a self, found: &mut Vec<&'a str>) {
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
                push_path(&mut text, path);
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

/// Whether a name needs no quotes.
pub fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_' || first == '$')
        && characters.all(|next| next.is_ascii_alphanumeric() || next == '_' || next == '$')
}
