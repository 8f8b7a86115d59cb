//! The envelope of requests and replies.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::failure::Failure;
use crate::json_text::shortened;
use crate::query::push_text;
use crate::time::iso_8601;

/// The `type` of a reply to a frame that had none.
const NO_TYPE: &str = "error";

/// A request's envelope, with its parameters unparsed.
#[derive(Debug, Default, Clone)]
pub struct Envelope<'a> {
    /// The `type`, when it is a text.
    pub message_type: Option<String>,
    /// The `requestId` as it stood in the frame, whatever its JSON type.
    pub request_id: Option<&'a RawValue>,
    /// The `params` as they stood in the frame.
    pub params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Keys<'a> {
    #[serde(borrow, default, rename = "type")]
    message_type: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "requestId")]
    request_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    /// Reads a frame.
    ///
    /// # Errors
    /// Its fault, with as much of the envelope as could be read.
    pub fn parse(frame: &'a str) -> Result<Self, (Self, Failure)> {
        let wrong = |text: String| (Self::default(), Failure::request(text));
        if !frame.trim_start().starts_with('{') {
            let got = match frame.trim() {
                "" => "an empty frame".to_owned(),
                other => shortened(other),
            };
            return Err(wrong(format!(
                "expected a JSON object like {{\"type\":…,\"requestId\":…,\"params\":{{…}}}}, got {got}"
            )));
        }
        let keys: Keys<'a> = serde_json::from_str(frame).map_err(|error| {
            wrong(format!(
                "expected one JSON object, got a frame that cannot be read: {error}"
            ))
        })?;
        let message_type = keys
            .message_type
            .and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
        let envelope = Self {
            message_type,
            request_id: keys.request_id,
            params: keys.params,
        };
        if envelope.message_type.is_none() {
            let got = keys
                .message_type
                .map_or_else(|| "nothing".to_owned(), |raw| shortened(raw.get()));
            return Err((
                envelope,
                Failure::request(format!(
                    "type: expected a string such as \"eventLog.getInstance\", got {got}"
                )),
            ));
        }
        Ok(envelope)
    }

    /// What a reply has to carry back.
    #[must_use]
    pub fn return_address(&self) -> ReturnAddress {
        ReturnAddress {
            message_type: self
                .message_type
                .clone()
                .unwrap_or_else(|| NO_TYPE.to_owned()),
            request_id: self.request_id.map(|raw| raw.get().into()),
        }
    }
}

/// What a reply has to carry back: the request's type and id.
#[derive(Debug, Clone)]
pub struct ReturnAddress {
    message_type: String,
    request_id: Option<Box<str>>,
}

/// What a reply says: its `data` as JSON text, and its `message`.
#[derive(Debug, Clone)]
pub struct Reply {
    /// JSON text, in the parts that it was made in: a large one is not copied together.
    pub data: Vec<Cow<'static, str>>,
    /// A sentence for a person.
    pub message: Cow<'static, str>,
    /// Whether the query read every event of an instance because an index was missing.
    pub read_all: bool,
}

impl Reply {
    /// A reply with a message that is always the same.
    #[must_use]
    pub fn new(data: String, message: &'static str) -> Self {
        Self {
            data: vec![Cow::Owned(data)],
            message: Cow::Borrowed(message),
            read_all: false,
        }
    }
}

impl ReturnAddress {
    /// The frame of a reply to a request that came before its type could be read.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            message_type: NO_TYPE.to_owned(),
            request_id: None,
        }
    }

    /// The reply's frame, which says that it was made `now`, in milliseconds since 1970.
    #[must_use]
    pub fn frame(&self, outcome: &Result<Reply, Failure>, now: i64) -> String {
        let [head, tail] = self.around(outcome, now);
        let data = outcome.as_ref().map_or(&[][..], |reply| &reply.data);
        let mut frame = String::with_capacity(head.len() + length(data) + tail.len());
        frame.push_str(&head);
        for part in data {
            frame.push_str(part);
        }
        frame.push_str(&tail);
        frame
    }

    /// The reply's frame, as [`ReturnAddress::frame`], in parts. A small one is in one part.
    #[must_use]
    pub fn frame_in_parts(
        &self,
        outcome: Result<Reply, Failure>,
        now: i64,
    ) -> Vec<Cow<'static, str>> {
        const SMALL: usize = 64 * 1024;
        match outcome {
            Ok(reply) if length(&reply.data) > SMALL => {
                let outcome = Ok(reply);
                let [head, tail] = self.around(&outcome, now);
                let mut parts = vec![Cow::Owned(head)];
                parts.extend(outcome.into_iter().flat_map(|reply: Reply| reply.data));
                parts.push(Cow::Owned(tail));
                parts
            }
            outcome => vec![Cow::Owned(self.frame(&outcome, now))],
        }
    }

    /// The parts of the frame before and behind the reply's data.
    fn around(&self, outcome: &Result<Reply, Failure>, now: i64) -> [String; 2] {
        let mut head = String::with_capacity(256);
        head.push_str("{\"type\":");
        push_text(&mut head, &self.message_type);
        let mut frame = String::with_capacity(256);
        match outcome {
            Ok(reply) => {
                head.push_str(",\"success\":true,\"data\":");
                frame.push_str(",\"message\":");
                push_text(&mut frame, &reply.message);
            }
            Err(failure) => {
                head.push_str(",\"success\":false,\"code\":\"");
                head.push_str(failure.code().name());
                head.push_str("\",\"error\":");
                push_text(&mut head, failure.text());
            }
        }
        let _ = write!(frame, ",\"timestamp\":\"{}\"", iso_8601(now));
        if let Some(request_id) = &self.request_id {
            frame.push_str(",\"requestId\":");
            frame.push_str(request_id);
        }
        frame.push('}');
        [head, frame]
    }
}

fn length(parts: &[Cow<'static, str>]) -> usize {
    parts.iter().map(|part| part.len()).sum()
}
