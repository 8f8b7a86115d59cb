//! The words that a definition chooses from.

use serde::Deserialize;

/// How a method talks to the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Sends and waits for a reply.
    #[default]
    Request,
    /// Sends only.
    Send,
    /// Sends only, under a `toolUseId`, after its guards; never throws.
    Notify,
    /// Sends nothing.
    Local,
    /// No method but a value that the module carries.
    Value,
}

/// The type that an argument must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wanted {
    /// A text.
    String,
    /// An object that is not an array.
    Object,
    /// An array.
    Array,
}

impl Wanted {
    /// As a text says it.
    pub fn words(self) -> &'static str {
        match self {
            Wanted::String => "a string",
            Wanted::Object => "an object",
            Wanted::Array => "an array",
        }
    }
}

/// What a notification needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Rule {
    /// A truthy value.
    Truthy,
    /// Neither `null` nor `undefined`.
    NotNull,
    /// Not `undefined`.
    Defined,
    /// None of `null`, `undefined`, `''`.
    NonEmpty,
    /// An object, not `null`.
    Object,
    /// A text that is an absolute URL.
    AbsoluteUrl,
}

impl Rule {
    /// Its name in `define.js`.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Truthy => "truthy",
            Rule::NotNull => "notNull",
            Rule::Defined => "defined",
            Rule::NonEmpty => "nonEmpty",
            Rule::Object => "object",
            Rule::AbsoluteUrl => "absoluteUrl",
        }
    }
}
