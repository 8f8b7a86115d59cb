//! The replies to appends.

use super::envelope::Reply;
use super::failure::Failure;
use crate::query::{push_envelope, push_event};
use crate::store::{Appended, EventRow, Written};

/// What an event takes in a reply beside its payload and metadata, at least.
const ENVELOPE: usize = 256;

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
