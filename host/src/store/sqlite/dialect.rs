//! The SQL dialect of SQLite.

use super::functions::sort_key_of;
use super::schema::POSITION_BITS;
use crate::query::{Column, Scalar, Segment};
use crate::store::sql::{Bind, Binds, Dialect, Json, Kind, alternatives};

/// SQLite, for the events of one instance.
pub struct SqliteDialect {
    /// The instance's key in this file.
    pub instance_key: i64,
    /// Its id, a UUID.
    pub instance_id: String,
}

/// A text as an SQL literal.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn source(json: Json<'_>) -> &'static str {
    if json.in_metadata {
        "e.metadata"
    } else {
        "e.payload"
    }
}

/// A path as SQLite's JSON functions read it. Keys are quoted as JSON quotes them.
fn path_literal(path: &[Segment]) -> String {
    let mut text = String::from("$");
    for segment in path {
        match segment {
            Segment::Key(key) => {
                text.push('.');
                text.push_str(&serde_json::Value::from(key.as_str()).to_string());
            }
            Segment::Index(index) | Segment::Either(index) => {
                text.push_str(&format!("[{index}]"));
            }
        }
    }
    literal(&text)
}

/// A JSON function over each path that the field may mean.
fn call(function: &str, json: Json<'_>) -> String {
    let calls: Vec<String> = alternatives(json.path)
        .iter()
        .map(|path| format!("{function}({}, {})", source(json), path_literal(path)))
        .collect();
    match calls.as_slice() {
        [one] => one.clone(),
        several => format!("COALESCE({})", several.join(", ")),
    }
}

/// The value of a field in payload or metadata; an index on a field is on this expression.
pub fn extracted(json: Json<'_>) -> String {
    call("json_extract", json)
}

impl Dialect for SqliteDialect {
    fn placeholder(&self, index: usize, _bind: &Bind) -> String {
        format!("?{index}")
    }

    fn one_of(&self, expression: &str, index: usize, _list: &Bind) -> String {
        format!("{expression} IN (SELECT value FROM rarray(?{index}))")
    }

    fn column(&self, column: Column) -> String {
        match column {
            Column::Id => "e.id".into(),
            Column::Instance => literal(&self.instance_id),
            Column::Stream => "(SELECT name FROM stream WHERE key = e.stream)".into(),
            Column::EventType => "(SELECT name FROM event_type WHERE key = e.type)".into(),
            Column::Timestamp => "e.timestamp".into(),
            Column::Sequence => "e.sequence_number".into(),
            Column::Position => format!("(e.position & {})", (1_i64 << POSITION_BITS) - 1),
        }
    }

    fn text_condition(&self, column: Column, build: &mut dyn FnMut(&str) -> String) -> String {
        let (key, table) = match column {
            Column::Stream => ("e.stream", "stream"),
            Column::EventType => ("e.type", "event_type"),
            _ => return build(&self.column(column)),
        };
        format!(
            "{key} IN (SELECT key FROM {table} WHERE instance = {} AND {})",
            self.instance_key,
            build("name")
        )
    }

    fn text_equal(&self, column: Column, placeholder: &str) -> String {
        let (key, table) = match column {
            Column::Stream => ("e.stream", "stream"),
            Column::EventType => ("e.type", "event_type"),
            Column::Id => {
                return format!(
                    "(e.instance = {} AND e.id = {placeholder})",
                    self.instance_key
                );
            }
            _ => return format!("{} = {placeholder}", self.column(column)),
        };
        format!(
            "{key} = (SELECT key FROM {table} WHERE instance = {} AND name = {placeholder})",
            self.instance_key
        )
    }

    fn is(&self, json: Json<'_>, kind: Kind) -> String {
        let found = call("json_type", json);
        match kind {
            Kind::Present => format!("{found} IS NOT NULL"),
            Kind::Null => format!("{found} IS 'null'"),
            Kind::True => format!("{found} IS 'true'"),
            Kind::False => format!("{found} IS 'false'"),
            Kind::Number => format!("{found} IN ('integer', 'real')"),
            Kind::Text => format!("{found} IS 'text'"),
            Kind::List => format!("{found} IS 'array'"),
        }
    }

    fn number(&self, json: Json<'_>) -> String {
        extracted(json)
    }

    fn text(&self, json: Json<'_>) -> String {
        extracted(json)
    }

    fn rank(&self, json: Json<'_>) -> String {
        format!(
            "CASE {} WHEN 'false' THEN 1 WHEN 'true' THEN 2 WHEN 'integer' THEN 3 WHEN 'real' THEN 3 WHEN 'text' THEN 4 END",
            call("json_type", json)
        )
    }

    fn contains(&self, text: &str, part: &str) -> String {
        format!("instr({text}, {part}) > 0")
    }

    fn has_member(&self, json: Json<'_>, member: &Scalar, binds: &mut Binds) -> String {
        let test = match member {
            Scalar::Null => "m.type = 'null'".into(),
            Scalar::Boolean(true) => "m.type = 'true'".into(),
            Scalar::Boolean(false) => "m.type = 'false'".into(),
            Scalar::Number(number) => {
                let placeholder = binds.number(self, *number);
                format!("m.type IN ('integer', 'real') AND m.value = {placeholder}")
            }
            Scalar::Text(text) => {
                let placeholder = binds.text(self, text);
                format!("m.type = 'text' AND m.value = {placeholder}")
            }
        };
        let lists: Vec<String> = alternatives(json.path)
            .iter()
            .map(|path| format!("{} -> {}", source(json), path_literal(path)))
            .collect();
        let list = match lists.as_slice() {
            [one] => one.clone(),
            several => format!("COALESCE({})", several.join(", ")),
        };
        format!("EXISTS (SELECT 1 FROM json_each({list}) AS m WHERE {test})")
    }

    fn sort_key(&self, json: Json<'_>) -> Option<String> {
        Some(sort_key_of(source(json), json.path))
    }
}
