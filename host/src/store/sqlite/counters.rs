//! A cache of the database's counters and keys, so that the writer need not look them up for each event.

use std::collections::HashMap;
use std::sync::Arc;

/// How many entries the cache holds at most.
const CAPACITY: usize = 200_000;

/// An instance as the writer knows it.
#[derive(Debug, Clone)]
pub struct KnownInstance {
    pub key: i64,
    pub id: Arc<str>,
    pub last_position: i64,
    pub last_timestamp: i64,
}

/// A stream as the writer knows it.
#[derive(Debug, Clone, Copy)]
pub struct KnownStream {
    pub key: i64,
    pub last_sequence: i64,
}

/// The cache. The writer clears it whenever it rolls back, changes an instance, or finds that another
/// process has written to the file.
#[derive(Debug, Default)]
pub struct CachedCounters {
    keys: HashMap<String, i64>,
    instances: HashMap<i64, KnownInstance>,
    streams: HashMap<i64, HashMap<String, KnownStream>>,
    types: HashMap<i64, HashMap<String, i64>>,
    remembered: usize,
}

impl CachedCounters {
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    pub fn forget_when_full(&mut self) {
        if self.remembered > CAPACITY {
            self.forget();
        }
    }

    pub fn instance(&self, reference: &str) -> Option<KnownInstance> {
        self.instances.get(self.keys.get(reference)?).cloned()
    }

    pub fn remember_instance(&mut self, reference: &str, instance: KnownInstance) {
        self.remembered += 1;
        self.keys.insert(reference.to_owned(), instance.key);
        self.instances.insert(instance.key, instance);
    }

    pub fn set_last(&mut self, instance: i64, position: i64, timestamp: i64) {
        if let Some(known) = self.instances.get_mut(&instance) {
            known.last_position = position;
            known.last_timestamp = timestamp;
        }
    }

    pub fn stream(&self, instance: i64, name: &str) -> Option<KnownStream> {
        self.streams.get(&instance)?.get(name).copied()
    }

    pub fn set_stream(&mut self, instance: i64, name: &str, stream: KnownStream) {
        let streams = self.streams.entry(instance).or_default();
        if let Some(known) = streams.get_mut(name) {
            *known = stream;
        } else {
            self.remembered += 1;
            streams.insert(name.to_owned(), stream);
        }
    }

    pub fn event_type(&self, instance: i64, name: &str) -> Option<i64> {
        self.types.get(&instance)?.get(name).copied()
    }

    pub fn remember_type(&mut self, instance: i64, name: &str, key: i64) {
        self.remembered += 1;
        self.types
            .entry(instance)
            .or_default()
            .insert(name.to_owned(), key);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{CAPACITY, CachedCounters, KnownInstance, KnownStream};

    const STREAM: KnownStream = KnownStream {
        key: 7,
        last_sequence: 3,
    };

    fn instance(key: i64) -> KnownInstance {
        KnownInstance {
            key,
            id: Arc::from("id"),
            last_position: 0,
            last_timestamp: 0,
        }
    }

    /// Names come from clients, without an end.
    #[test]
    fn the_cache_is_emptied_when_it_holds_too_much_of_any_kind_and_not_before() {
        type Remember = fn(&mut CachedCounters, usize);
        let kinds: [(&str, Remember); 3] = [
            ("instances", |counters, n| {
                counters.remember_instance(&n.to_string(), instance(n as i64));
            }),
            ("streams", |counters, n| {
                counters.set_stream(1, &n.to_string(), STREAM);
            }),
            ("types", |counters, n| {
                counters.remember_type(1, &n.to_string(), 9);
            }),
        ];
        for (kind, remember) in kinds {
            let mut counters = CachedCounters::default();
            let holds = |counters: &CachedCounters| {
                counters.instance("0").is_some()
                    || counters.stream(1, "0").is_some()
                    || counters.event_type(1, "0") == Some(9)
            };
            for n in 0..CAPACITY {
                remember(&mut counters, n);
            }
            counters.forget_when_full();
            assert!(holds(&counters), "{kind}: it is full, and not too full");
            remember(&mut counters, CAPACITY);
            counters.forget_when_full();
            assert!(!holds(&counters), "{kind}");
            remember(&mut counters, 0);
            counters.forget_when_full();
            assert!(holds(&counters), "{kind}: it is empty, and fills again");
        }
    }

    #[test]
    fn a_stream_that_goes_on_is_held_once() {
        let mut counters = CachedCounters::default();
        for _ in 0..=CAPACITY {
            counters.set_stream(1, "log", STREAM);
        }
        counters.forget_when_full();
        assert!(counters.stream(1, "log").is_some());
    }
}
