//! The SQL dialect of PostgreSQL.

use crate::query::{Column, Number, Scalar, Segment};
use crate::store::sql::{Bind, Binds, Dialect, Json, Kind, alternatives};

/// PostgreSQL.
pub struct PostgresDialect;

/// The field as `jsonb`, NULL when it is not there.
fn found(json: Json<'_>) -> String {
    let source = if json.in_metadata {
        "e.metadata_search"
    } else {
        "e.payload_search"
    };
    let ways: Vec<String> = alternatives(json.path)
        .iter()
        .map(|path| one_way(source, path))
        .collect();
    match ways.as_slice() {
        [one] => one.clone(),
        several => format!("COALESCE({})", several.join(", ")),
    }
}

fn one_way(source: &str, path: &[Segment]) -> String {
    if path.iter().all(|step| matches!(step, Segment::Key(_))) {
        let mut way = source.to_owned();
        for segment in path {
            if let Segment::Key(key) = segment {
                way.push_str(&format!(" -> '{}'", key.replace('\'', "''")));
            }
        }
        return format!("({way})");
    }
    // `-> 0` treats a scalar as a list with one member.
    let mut way = String::from("strict $");
    for segment in path {
        match segment {
            Segment::Key(key) => {
                way.push('.');
                way.push_str(&serde_json::Value::from(key.as_str()).to_string());
            }
            Segment::Index(index) | Segment::Either(index) => way.push_str(&format!("[{index}]")),
        }
    }
    format!(
        "jsonb_path_query_first({source}, '{}', '{{}}', true)",
        way.replace('\'', "''")
    )
}

fn as_number(value: &str) -> String {
    format!("(CASE WHEN jsonb_typeof({value}) = 'number' THEN ({value} #>> '{{}}')::numeric END)")
}

impl PostgresDialect {
    /// 1 for false, 2 for true, 3 for a number, 4 for a text, else NULL.
    pub fn rank(&self, json: Json<'_>) -> String {
        let value = found(json);
        format!(
            "(CASE jsonb_typeof({value}) WHEN 'boolean' THEN CASE WHEN {value} = 'true'::jsonb THEN 2 ELSE 1 END WHEN 'number' THEN 3 WHEN 'string' THEN 4 END)"
        )
    }
}

impl Dialect for PostgresDialect {
    fn placeholder(&self, index: usize, bind: &Bind) -> String {
        match bind {
            // A text that is cast; a double would not compare exactly with a numeric.
            Bind::Number(Number::Double(_)) => format!("${index}::numeric"),
            _ => format!("${index}"),
        }
    }

    fn one_of(&self, expression: &str, index: usize, list: &Bind) -> String {
        match list {
            Bind::Numbers(_) => format!("{expression} = ANY(${index}::text[]::numeric[])"),
            _ => format!("{expression} = ANY(${index})"),
        }
    }

    fn text_value(&self, text: &str) -> String {
        text.replace('\0', "\u{FFFD}")
    }

    fn column(&self, column: Column) -> String {
        match column {
            Column::Id => "e.id",
            Column::Instance => "e.instance_id",
            Column::Stream => "e.stream_id",
            Column::EventType => "e.event_type",
            Column::Timestamp => "e.timestamp",
            Column::Sequence => "e.sequence_number",
            Column::Position => "e.position",
        }
        .into()
    }

    fn is(&self, json: Json<'_>, kind: Kind) -> String {
        let value = found(json);
        match kind {
            Kind::Present => format!("{value} IS NOT NULL"),
            Kind::Null => format!("{value} = 'null'::jsonb"),
            Kind::True => format!("{value} = 'true'::jsonb"),
            Kind::False => format!("{value} = 'false'::jsonb"),
            Kind::Number => format!("jsonb_typeof({value}) = 'number'"),
            Kind::Text => format!("jsonb_typeof({value}) = 'string'"),
            Kind::List => format!("jsonb_typeof({value}) = 'array'"),
        }
    }

    fn number(&self, json: Json<'_>) -> String {
        as_number(&found(json))
    }

    fn text(&self, json: Json<'_>) -> String {
        format!("({} #>> '{{}}') COLLATE \"C\"", found(json))
    }

    fn text_condition(&self, column: Column, build: &mut dyn FnMut(&str) -> String) -> String {
        build(&self.column(column))
    }

    fn text_equal(&self, column: Column, placeholder: &str) -> String {
        format!("{} = {placeholder}", self.column(column))
    }

    fn json_order(&self, json: Json<'_>, direction: &str) -> String {
        format!(
            "{}{direction} NULLS LAST, CASE WHEN {} THEN {} END{direction}, CASE WHEN {} THEN {} END{direction}",
            self.rank(json),
            self.is(json, Kind::Number),
            self.number(json),
            self.is(json, Kind::Text),
            self.text(json),
        )
    }

    fn contains(&self, text: &str, part: &str) -> String {
        format!("strpos({text}, {part}) > 0")
    }

    fn has_member(&self, json: Json<'_>, member: &Scalar, binds: &mut Binds) -> String {
        let value = found(json);
        let test = match member {
            Scalar::Null => "m.v = 'null'::jsonb".to_owned(),
            Scalar::Boolean(true) => "m.v = 'true'::jsonb".to_owned(),
            Scalar::Boolean(false) => "m.v = 'false'::jsonb".to_owned(),
            Scalar::Number(number) => {
                format!("{} = {}", as_number("m.v"), binds.number(self, *number))
            }
            Scalar::Text(text) => format!("m.v = to_jsonb({}::text)", binds.text(self, text)),
        };
        format!(
            "EXISTS (SELECT 1 FROM jsonb_array_elements(CASE WHEN jsonb_typeof({value}) = 'array' THEN {value} ELSE '[]'::jsonb END) AS m(v) WHERE {test})"
        )
    }
}
