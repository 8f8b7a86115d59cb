//! Names and ids of instances, so that writes by an id and by its name keep their order.
//!
//! Another host may give a name to another instance meanwhile. The transaction itself looks up the
//! instance; the aliases only decide which writes wait for which.

use std::collections::HashMap;
use std::sync::Arc;

/// How many names are remembered at most.
const CAPACITY: usize = 200_000;

/// Ids of instances by their names and ids.
#[derive(Debug, Default)]
pub struct Aliases {
    ids: HashMap<String, Arc<str>>,
    texts: HashMap<Arc<str>, Vec<String>>,
}

impl Aliases {
    /// The id of the instance with that name or id.
    pub fn id(&self, text: &str) -> Option<&Arc<str>> {
        self.ids.get(text)
    }

    /// Remembers that `text` is a name or the id of the instance with this id.
    pub fn learn(&mut self, text: &str, id: &str) {
        if self.ids.get(text).is_some_and(|known| **known == *id) {
            return;
        }
        if self.ids.len() >= CAPACITY {
            *self = Self::default();
        }
        let id: Arc<str> = Arc::from(id);
        self.ids.insert(text.to_owned(), Arc::clone(&id));
        self.texts.entry(id).or_default().push(text.to_owned());
    }

    /// Forgets all names of an instance.
    pub fn forget(&mut self, id: &str) {
        for text in self.texts.remove(id).unwrap_or_default() {
            if self.ids.get(&text).is_some_and(|known| **known == *id) {
                self.ids.remove(&text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Aliases, CAPACITY};

    fn id<'a>(aliases: &'a Aliases, text: &str) -> Option<&'a str> {
        aliases.id(text).map(|id| &**id)
    }

    #[test]
    fn a_name_stands_for_the_instance_that_had_it_last() {
        let mut aliases = Aliases::default();
        for _ in 0..2 {
            aliases.learn("log", "a");
        }
        aliases.learn("a", "a");
        aliases.learn("log", "b");
        assert_eq!(id(&aliases, "log"), Some("b"));
        // The first instance is gone. Its name is another one's by now, and stays.
        aliases.forget("a");
        assert_eq!(id(&aliases, "a"), None);
        assert_eq!(id(&aliases, "log"), Some("b"));
        aliases.forget("b");
        assert_eq!(id(&aliases, "log"), None);
    }

    #[test]
    fn two_hundred_thousand_names_are_remembered_and_never_more() {
        let mut aliases = Aliases::default();
        for n in 0..CAPACITY {
            aliases.learn(&n.to_string(), "a");
        }
        assert_eq!(id(&aliases, "0"), Some("a"));
        assert_eq!(aliases.ids.len(), CAPACITY);
        aliases.learn("one more", "a");
        assert_eq!(id(&aliases, "one more"), Some("a"));
        assert!(aliases.ids.len() <= CAPACITY);
    }
}
