//! By which names instances are known, so that writes by an id and by its name keep their order.
//!
//! Another host may give a name to another instance meanwhile; the transaction itself finds out
//! whom a name stands for. This says only what has to wait for what.

use std::collections::HashMap;
use std::sync::Arc;

/// How many names are remembered at most.
const CAPACITY: usize = 200_000;

/// Ids by what instances go by.
#[derive(Debug, Default)]
pub struct Aliases {
    ids: HashMap<String, Arc<str>>,
    texts: HashMap<Arc<str>, Vec<String>>,
}

impl Aliases {
    /// The id of the instance that goes by that text.
    pub fn id(&self, text: &str) -> Option<&Arc<str>> {
        self.ids.get(text)
    }

    /// Remembers what an instance goes by.
    pub fn learn(&mut self, text: &str, id: &str) {
        if self.ids.get(text).is_some_and(|known| **known == *id) {
            return;
        }
        if self.ids.len() > CAPACITY {
            *self = Self::default();
        }
        let id: Arc<str> = Arc::from(id);
        self.ids.insert(text.to_owned(), Arc::clone(&id));
        self.texts.entry(id).or_default().push(text.to_owned());
    }

    /// Forgets everything that an instance goes by.
    pub fn forget(&mut self, id: &str) {
        for text in self.texts.remove(id).unwrap_or_default() {
            if self.ids.get(&text).is_some_and(|known| **known == *id) {
                self.ids.remove(&text);
            }
        }
    }
}
