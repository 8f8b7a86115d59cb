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
    Ok(Reply { data, message })
}

/// The reply to `appendEvents`.
///
/// Payloads and metadata are left out where they would make it larger than `most_bytes`.
pub fn many(written: &Written, most_bytes: usize) -> Result<Reply, Failure> {
    let appended = appended(written)?;
    let size =
        |(event, _): &(EventRow, bool)| event.payload.len() + event.metadata.len() + ENVELOPE;
    let is_whole = appended.events.iter().map(size).sum::<usize>() <= most_bytes;
    let mut data = String::from("{\"events\":[");
    let mut duplicates = 0_usize;
    for (index, (event, duplicate)) in appended.events.iter().enumerate() {
        if index > 0 {
            data.push(',');
        }
        if is_whole {
            push_event(&mut data, &appended.instance_id, event);
        } else {
            push_envelope(&mut data, &appended.instance_id, event);
        }
        duplicates += usize::from(*duplicate);
    }
    data.push_str(&format!("],\"count\":{}", appended.events.len()));
    if duplicates > 0 {
        let all = duplicates == appended.events.len();
        data.push_str(&format!(",\"duplicate\":{all},\"duplicates\":{duplicates}"));
    }
    if !is_whole {
        data.push_str(",\"withoutPayloads\":true");
    }
    data.push('}');
    Ok(Reply {
        data,
        message: if is_whole {
            "the events were appended"
        } else {
            "the events were appended; their payloads and metadata are left out here, as a reply holds no more"
        },
    })
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
