//! SQL functions that the host defines.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

use crate::query::{Field, Segment, at_path, sort_key};

/// `event_sort_key(json, path)`: the value at the path as bytes that sort like it. The same with SQLite's own JSON functions
/// takes several expressions, and each of them parses the text.
const SORT_KEY: &str = "event_sort_key";

/// Defines them for a connection.
pub fn define(connection: &Connection) -> Result<(), rusqlite::Error> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function(SORT_KEY, 2, flags, |context| {
        let field = context.get_or_create_aux(1, |path| -> Result<Field, Fault> {
            Ok(Field::from_steps(path.as_str()?)?)
        })?;
        let Field::Payload(path) = &*field else {
            return Ok(None);
        };
        let json = context.get_raw(0).as_str()?;
        Ok(at_path(json, path).and_then(sort_key))
    })
}

type Fault = Box<dyn std::error::Error + Send + Sync + 'static>;

/// The call of `event_sort_key` for a path into an expression's JSON text.
pub fn sort_key_of(expression: &str, path: &[Segment]) -> String {
    let steps: String = path.iter().map(step).collect();
    format!("{SORT_KEY}({expression}, '{}')", steps.replace('\'', "''"))
}

fn step(segment: &Segment) -> String {
    match segment {
        Segment::Key(key) => format!("[{}]", serde_json::Value::from(key.as_str())),
        Segment::Index(index) => format!("[{index}]"),
        Segment::Either(index) => format!(".{index}"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use rusqlite::Connection;

    use super::{define, sort_key_of};
    use crate::query::{Field, sort_key};

    #[test]
    fn every_path_finds_the_same_value_in_a_statement() {
        let connection = Connection::open_in_memory().unwrap();
        define(&connection).unwrap();
        let json = r#"{"a":{"it's":[1,{"7":"x"},[true]]},"k\"q":2.5}"#;
        for (name, expected) in [
            ("payload.a.it's.0", Some("1")),
            ("payload.a[\"it's\"][1].7", Some("\"x\"")),
            ("payload.a[\"it's\"][2].0", Some("true")),
            ("payload[\"k\\\"q\"]", Some("2.5")),
            ("payload.a", None),
            ("payload", None),
            ("payload.none", None),
        ] {
            let Field::Payload(path) = Field::parse(name).unwrap() else {
                panic!("{name}");
            };
            let sql = format!("SELECT {}", sort_key_of("?1", &path));
            let found: Option<Vec<u8>> = connection
                .query_row(&sql, [json], |row| row.get(0))
                .unwrap();
            assert_eq!(found, expected.and_then(sort_key), "{name}");
        }
    }
}
