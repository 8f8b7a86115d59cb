//! Reading a list of which only so many entries are kept, so that a long one costs no memory.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The first entries of a list, and how many it has.
#[derive(Debug)]
pub struct Bounded<T> {
    pub entries: Vec<T>,
    pub count: usize,
}

/// Reads a list, and keeps up to `most` of its entries.
///
/// # Errors
/// When it is not a list, or one of its kept members is not a `T`.
pub fn bounded_list<'a, T: Deserialize<'a>>(
    json: &'a str,
    most: usize,
) -> Result<Bounded<T>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let seed = Seed {
        most,
        entries: PhantomData,
    };
    let bounded = seed.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(bounded)
}

struct Seed<T> {
    most: usize,
    entries: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Seed<T> {
    type Value = Bounded<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Bounded<T>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Seed<T> {
    type Value = Bounded<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Bounded<T>, A::Error> {
        let mut entries = Vec::new();
        while entries.len() < self.most {
            match list.next_element()? {
                Some(entry) => entries.push(entry),
                None => {
                    let count = entries.len();
                    return Ok(Bounded { entries, count });
                }
            }
        }
        let mut count = entries.len();
        while list.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Bounded { entries, count })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::bounded_list;

    #[test]
    fn a_list_is_counted_to_its_end_and_kept_as_far_as_the_bound() {
        let bounded = bounded_list::<u8>("[1, 2, {\"a\": []}, 4]", 2).unwrap();
        assert_eq!((bounded.entries, bounded.count), (vec![1, 2], 4));
        let bounded = bounded_list::<u8>("[]", 2).unwrap();
        assert_eq!((bounded.entries, bounded.count), (vec![], 0));
        for wrong in ["", "{}", "[1", "[1] 2", "[300]", "[1,2,]"] {
            assert!(bounded_list::<u8>(wrong, 2).is_err(), "{wrong}");
        }
    }
}
