//! How a call of a tool ends, in words.

use serde::Deserialize;

use super::template::Template;

/// How a call ends, in words. What is `None` holds as for the family, or as [`Outcome`] says.
#[derive(Debug, Default, Deserialize)]
pub struct Outcome {
    /// When a reply is a failure: a function of `pkg-template/tools/verdict.js`.
    pub fails: Option<String>,
    /// The reason of a failed reply: a function there.
    pub reason: Option<String>,
    /// The member without which a reply is a failure.
    pub needs: Option<String>,
    /// The model's text of a success.
    pub done: Option<Template>,
    /// The user's text of it; the same when left out.
    pub shown: Option<Template>,
    /// The model's text when the reply lacks that member.
    pub missing: Option<Template>,
    /// The user's text then; the same when left out.
    pub missing_shown: Option<Template>,
    /// The error's message then; the same when left out.
    pub missing_message: Option<Template>,
    /// The model's text of a failure, with `{error}`; that of `thrown` when left out.
    pub failed: Option<Template>,
    /// The user's text of it; the same when left out.
    pub failed_shown: Option<Template>,
    /// The reason when a reply gives none.
    pub fallback: Option<Template>,
    /// The model's text when the call itself fails; that of `failed` when left out.
    pub thrown: Option<Template>,
    /// The user's text then; that of `failed_shown` when left out.
    pub thrown_shown: Option<Template>,
    /// Whether `{error}` is then the thrown value as text, with its class, and not its message.
    pub thrown_as_text: Option<bool>,
    /// The error's type when a reply is a failure.
    pub error_type: Option<String>,
}

impl Outcome {
    /// The templates and their keys.
    pub fn templates(&self) -> impl Iterator<Item = (&'static str, &Template)> {
        [
            ("done", &self.done),
            ("shown", &self.shown),
            ("missing", &self.missing),
            ("missingShown", &self.missing_shown),
            ("missingMessage", &self.missing_message),
            ("failed", &self.failed),
            ("failedShown", &self.failed_shown),
            ("fallback", &self.fallback),
            ("thrown", &self.thrown),
            ("thrownShown", &self.thrown_shown),
        ]
        .into_iter()
        .filter_map(|(key, template)| Some((key, template.as_ref()?)))
    }

    /// The parameters that its templates mention.
    pub(super) fn mentioned(&self) -> impl Iterator<Item = &str> {
        self.templates()
            .flat_map(|(_, template)| template.parameters())
    }
}

/// What the keys of a family and of a tool share.
pub(super) const OUTCOME: [&str; 15] = [
    "fails",
    "reason",
    "needs",
    "done",
    "shown",
    "missing",
    "missing_shown",
    "missing_message",
    "failed",
    "failed_shown",
    "fallback",
    "thrown",
    "thrown_shown",
    "thrown_as_text",
    "error_type",
];
