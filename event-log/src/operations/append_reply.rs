//! The replies to appends.

use super::envelope::Reply;
use super::failure::Failure;
use crate::query::{push_envelope, push_event};
use crate::store::{Appended, EventRow, Written};

/// What an event takes in a reply beside its payload and metadata, at least: the keys and the time, with the shortest names.
const ENVELOPE: usize = 128;

/// The reply to `appendEvent`.
pub fn one(written: &Written) -> Result<Reply, Failure> {
    let appended = appended(written)?;
    let (event, duplicate) = appended.events.first().ok_or_else(wrong_answer)?;
    let mut data = String::with_capacity(384 + event.payload.len() + event.metadata.len());
    data.push_str("{\"event\":");
    push_event(&mut data, &appended.instance_id, event);
    if *duplicate {
        data.push_str(",\"duplicate\":true");
    }
    data.push('}');
    let message = if *duplicate {
        "the event had been appended before"
    } else {
        "the event was appended"
    };
    Ok(Reply::new(data, message))
}

/// The reply to `appendEvents`. It has no more than `most_bytes` of events: payloads and metadata are left
/// out where they would make it larger, and then the last events.
pub fn many(written: &Written, most_bytes: usize) -> Result<Reply, Failure> {
    let appended = appended(written)?;
    let size =
        |(event, _): &(EventRow, bool)| event.payload.len() + event.metadata.len() + ENVELOPE;
    let may_be_whole = appended.events.iter().map(size).sum::<usize>() <= most_bytes;
    let whole = may_be_whole
        .then(|| listed(appended, most_bytes, push_event))
        .filter(|(_, count)| *count == appended.events.len());
    let is_whole = whole.is_some();
    let (mut data, listed_count) =
        whole.unwrap_or_else(|| listed(appended, most_bytes, push_envelope));
    let duplicates = appended
        .events
        .iter()
        .filter(|(_, duplicate)| *duplicate)
        .count();
    data.push_str(&format!(",\"count\":{}", appended.events.len()));
    if duplicates > 0 {
        let all = duplicates == appended.events.len();
        data.push_str(&format!(",\"duplicate\":{all},\"duplicates\":{duplicates}"));
    }
    if !is_whole {
        data.push_str(",\"withoutPayloads\":true");
    }
    let is_cut = listed_count < appended.events.len();
    if is_cut {
        data.push_str(",\"more\":true");
    }
    data.push('}');
    let message = if is_cut {
        "the events were all appended; only the first of them are here, as a reply holds no more"
    } else if is_whole {
        "the events were appended"
    } else {
        "the events were appended; their payloads and metadata are left out here, as a reply holds no more"
    };
    Ok(Reply::new(data, message))
}

/// The beginning of the answer with as many events as fit, at least one; and how many these are.
fn listed(
    appended: &Appended,
    most_bytes: usize,
    push: fn(&mut String, &str, &EventRow),
) -> (String, usize) {
    let mut data = String::from("{\"events\":[");
    let mut count = 0;
    for (event, _) in &appended.events {
        let before = data.len();
        if count > 0 {
            data.push(',');
        }
        push(&mut data, &appended.instance_id, event);
        if data.len() > most_bytes && count > 0 {
            data.truncate(before);
            break;
        }
        count += 1;
    }
    data.push(']');
    (data, count)
}

fn appended(written: &Written) -> Result<&Appended, Failure> {
    match written {
        Written::Appended(appended) => Ok(appended),
        Written::Instance(_) => Err(wrong_answer()),
    }
}

fn wrong_answer() -> Failure {
    Failure::internal("the store answered another write".into())
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]
mod tests {
    use serde_json::{Value, json};

    use super::many;
    use crate::query::{push_envelope, push_event};
    use crate::store::{Appended, EventRow, Written};

    /// Three events of different sizes, with names as short as they can be.
    fn appended() -> Appended {
        let event = |(payload, metadata): (&str, &str)| EventRow {
            id: "i".into(),
            position: 1,
            stream_id: "s".into(),
            event_type: "t".into(),
            payload: payload.into(),
            metadata: metadata.into(),
            timestamp: 0,
            sequence_number: 1,
        };
        let numbers = "[1,2,3,4,5,6,7,8,9]".repeat(3).replace("][", ",");
        let events = [("{}", "{}"), (numbers.as_str(), "[1,2,3]"), ("1", "0")].map(event);
        Appended {
            instance_id: "i".into(),
            events: events.map(|event| (event, false)).into(),
        }
    }

    /// The list of the first `count` events, as it begins the reply.
    fn list(count: usize, push: fn(&mut String, &str, &EventRow)) -> String {
        let events = appended().events.into_iter().take(count).map(|(event, _)| {
            let mut text = String::new();
            push(&mut text, "i", &event);
            text
        });
        format!("{{\"events\":[{}", events.collect::<Vec<_>>().join(","))
    }

    #[test]
    fn a_reply_has_the_whole_events_if_they_fit_or_else_as_many_without_payloads_as_do() {
        let whole = list(3, push_event);
        for most in 0..whole.len() + 300 {
            let reply = many(&Written::Appended(appended()), most).unwrap();
            let text = reply.data.concat();
            let data: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(data["count"], 3);
            if whole.len() <= most {
                assert!(text.starts_with(&format!("{whole}]")), "{most}: {text}");
                assert_eq!(data["withoutPayloads"], json!(null), "{most}");
                assert_eq!(data["more"], json!(null), "{most}");
                assert_eq!(reply.message, "the events were appended");
                continue;
            }
            let fitting = (2..=3)
                .rev()
                .find(|count| list(*count, push_envelope).len() <= most);
            let count = fitting.unwrap_or(1);
            let wanted = format!("{}]", list(count, push_envelope));
            assert!(text.starts_with(&wanted), "{most}: {text}");
            assert_eq!(data["withoutPayloads"], true, "{most}");
            assert_eq!(data["more"] == true, count < 3, "{most}");
            let says_so = reply.message.contains("only the first");
            assert_eq!(says_so, count < 3, "{most}: {}", reply.message);
        }
    }
}
