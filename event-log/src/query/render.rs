//! Events as the JSON text of an answer, within the bounds of a reply.

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};
use std::ops::ControlFlow;

use super::answer::{Aggregation, Cell, Group};
use super::extract::{extract, extract_scalar};
use super::field::Field;
use super::plan::{Plan, Reduce};
use super::scalar::Scalar;
use crate::record::EventRow;
use crate::time::iso_8601;

/// Appends a text as JSON.
pub fn push_text(json: &mut String, text: &str) {
    let is_plain = text
        .bytes()
        .all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
    if is_plain {
        json.push('"');
        json.push_str(text);
        json.push('"');
    } else {
        json.push_str(&serde_json::Value::from(text).to_string());
    }
}

/// Appends a whole event. Payload and metadata go out as they came in.
pub fn push_event(json: &mut String, instance_id: &str, event: &EventRow) {
    push(json, instance_id, event, true);
}

/// Appends an event without its payload and metadata.
pub fn push_envelope(json: &mut String, instance_id: &str, event: &EventRow) {
    push(json, instance_id, event, false);
}

fn push(json: &mut String, instance_id: &str, event: &EventRow, with_payload: bool) {
    json.push_str("{\"id\":");
    push_text(json, &event.id);
    json.push_str(",\"instanceId\":");
    push_text(json, instance_id);
    json.push_str(",\"stream_id\":");
    push_text(json, &event.stream_id);
    json.push_str(",\"event_type\":");
    push_text(json, &event.event_type);
    if with_payload {
        json.push_str(",\"payload\":");
        json.push_str(&event.payload);
        json.push_str(",\"metadata\":");
        json.push_str(&event.metadata);
    }
    json.push_str(",\"timestamp\":\"");
    json.push_str(&iso_8601(event.timestamp));
    json.push_str("\",\"sequence_number\":");
    json.push_str(&event.sequence_number.to_string());
    json.push('}');
}

fn push_selected(json: &mut String, id: &str, event: &EventRow, select: &[(String, Field)]) {
    json.push('{');
    let mut separator = "";
    for (name, field) in select {
        if let Some(value) = extract(event, id, field) {
            json.push_str(separator);
            push_text(json, name);
            json.push(':');
            json.push_str(&value);
            separator = ",";
        }
    }
    json.push('}');
}

/// The events of an answer, as they are read.
pub struct Rendered<'a> {
    plan: &'a Plan,
    instance_id: &'a str,
    events: Vec<String>,
    bytes: usize,
    is_cut: bool,
}

impl<'a> Rendered<'a> {
    /// No events yet.
    #[must_use]
    pub const fn new(plan: &'a Plan, instance_id: &'a str) -> Self {
        Self {
            plan,
            instance_id,
            events: Vec::new(),
            bytes: 0,
            is_cut: false,
        }
    }

    /// Adds an event, unless it would make the reply too large; then no other is to be added. The
    /// first one is added however large it is, so that everything can be read.
    pub fn add(&mut self, event: &EventRow) -> ControlFlow<()> {
        let mut json = String::with_capacity(256 + event.payload.len());
        match &self.plan.select {
            None => push_event(&mut json, self.instance_id, event),
            Some(select) => push_selected(&mut json, self.instance_id, event, select),
        }
        self.bytes += json.len();
        if self.bytes > self.plan.most_bytes && !self.events.is_empty() {
            self.is_cut = true;
            return ControlFlow::Break(());
        }
        self.events.push(json);
        ControlFlow::Continue(())
    }

    /// The events, and whether there are more that were asked for.
    #[must_use]
    pub fn finish(self) -> (Vec<String>, bool) {
        (self.events, self.is_cut)
    }
}

/// Which bound an aggregation is over. The store's failure has the words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooMuch {
    /// That of groups held in memory.
    Groups(usize),
    /// That of collected values held in memory.
    Values(usize, Lessening),
    /// That of the bytes of the reply with the collected values.
    Bytes(usize, Lessening),
}

/// What makes the result of a `collect` smaller, beside conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lessening {
    /// A `limit`: of groups it is of no use, as they are cut once all values are there.
    pub limit: bool,
    /// A `field`: it has none, and collects whole events.
    pub field: bool,
}

impl Display for Lessening {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str("narrow it with where")?;
        if self.limit {
            out.write_str(", or ask for fewer with limit")?;
        }
        if self.field {
            out.write_str(", or name the field to collect")?;
        }
        Ok(())
    }
}

/// The values of a `collect`, as the events are read in append order.
pub struct Collected<'a> {
    plan: &'a Plan,
    reduce: &'a Reduce,
    instance_id: &'a str,
    groups: Vec<(Vec<Scalar>, Vec<String>)>,
    indexes: HashMap<String, usize>,
    count: usize,
    bytes: usize,
}

impl<'a> Collected<'a> {
    /// No values yet.
    #[must_use]
    pub fn new(plan: &'a Plan, reduce: &'a Reduce, instance_id: &'a str) -> Self {
        Self {
            plan,
            reduce,
            instance_id,
            groups: Vec::new(),
            indexes: HashMap::new(),
            count: 0,
            bytes: 0,
        }
    }

    /// Whether a `limit`, or a smaller one, would make it smaller.
    fn lessened_by_limit(&self) -> bool {
        self.reduce.group_by.is_empty()
    }

    /// How many events to read: one more than may be held.
    #[must_use]
    pub fn most_events(&self) -> usize {
        let most = self.plan.most_values.saturating_add(1);
        match self.plan.limit {
            Some(limit) if self.reduce.group_by.is_empty() => {
                most.min(usize::try_from(limit).unwrap_or(most))
            }
            _ => most,
        }
    }

    /// How many events to pass over. With groups, `offset` is of groups.
    #[must_use]
    pub fn events_passed_over(&self) -> u64 {
        if self.reduce.group_by.is_empty() {
            self.plan.offset
        } else {
            0
        }
    }

    /// Adds an event that has the field.
    ///
    /// # Errors
    /// When it is more than may be held.
    pub fn add(&mut self, event: &EventRow) -> Result<(), TooMuch> {
        self.count += 1;
        if self.count > self.plan.most_values {
            let lessening = Lessening {
                limit: self.lessened_by_limit(),
                field: false,
            };
            return Err(TooMuch::Values(self.plan.most_values, lessening));
        }
        let value = match &self.reduce.field {
            None => {
                let mut json = String::new();
                push_event(&mut json, self.instance_id, event);
                json
            }
            Some(field) => match extract(event, self.instance_id, field) {
                Some(json) => json.into_owned(),
                None => return Ok(()),
            },
        };
        self.bytes += value.len();
        if self.bytes > self.plan.most_bytes {
            let lessening = Lessening {
                limit: self.lessened_by_limit(),
                field: self.reduce.field.is_none(),
            };
            return Err(TooMuch::Bytes(self.plan.most_bytes, lessening));
        }
        let keys: Vec<Scalar> = self
            .reduce
            .group_by
            .iter()
            .map(|(_, field)| extract_scalar(event, self.instance_id, field))
            .collect();
        let name: Vec<String> = keys.iter().map(Scalar::to_json).collect();
        let next = self.groups.len();
        let index = *self.indexes.entry(name.join(",")).or_insert(next);
        match self.groups.get_mut(index) {
            Some((_, values)) => values.push(value),
            None => self.groups.push((keys, vec![value])),
        }
        Ok(())
    }

    /// The aggregation.
    #[must_use]
    pub fn finish(mut self) -> Aggregation {
        if self.reduce.group_by.is_empty() {
            let values = self.groups.pop().map(|(_, values)| values);
            return Aggregation::Single(Cell::List(values.unwrap_or_default()));
        }
        let groups = self
            .groups
            .into_iter()
            .map(|(keys, values)| Group {
                keys,
                value: Cell::List(values),
            })
            .collect();
        Aggregation::sorted(groups, self.plan.offset, self.plan.limit)
    }
}
