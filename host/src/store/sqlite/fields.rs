//! Fields of events, read from rows with only the columns that they need.

use std::collections::HashMap;

use rusqlite::{Connection, Row};

use super::dialect::SqliteDialect;
use crate::query::{Column, Field, Found, Segment, at_path};
use crate::store::StoreFailure;
use crate::store::sql::Dialect;

/// The columns that some fields are read from.
pub struct FieldReader<'a> {
    dialect: &'a SqliteDialect,
    columns: Vec<String>,
}

/// A field, and the column that has it.
pub struct FieldColumn<'a> {
    index: usize,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Json(&'a [Segment]),
    /// A key of this table, which has the name.
    Named(&'static str),
    Text,
    Whole,
    Instant,
}

impl<'a> FieldReader<'a> {
    pub const fn new(dialect: &'a SqliteDialect) -> Self {
        Self {
            dialect,
            columns: Vec::new(),
        }
    }

    /// The column that has a field.
    pub fn column<'f>(&mut self, field: &'f Field) -> FieldColumn<'f> {
        let (expression, kind) = match field {
            Field::Payload(path) => ("e.payload".to_owned(), Kind::Json(path)),
            Field::Metadata(path) => ("e.metadata".to_owned(), Kind::Json(path)),
            Field::Column(Column::Stream) => ("e.stream".to_owned(), Kind::Named("stream")),
            Field::Column(Column::EventType) => ("e.type".to_owned(), Kind::Named("event_type")),
            Field::Column(column) => {
                let kind = match column {
                    Column::Timestamp => Kind::Instant,
                    Column::Sequence | Column::Position => Kind::Whole,
                    _ => Kind::Text,
                };
                (self.dialect.column(*column), kind)
            }
        };
        let there = self.columns.iter().position(|column| *column == expression);
        let index = there.unwrap_or_else(|| {
            self.columns.push(expression);
            self.columns.len() - 1
        });
        FieldColumn { index, kind }
    }

    /// The columns to select.
    pub fn columns(&self) -> String {
        if self.columns.is_empty() {
            return "1".into();
        }
        self.columns.join(", ")
    }
}

/// The names of streams and types by their keys, looked up once.
pub struct Names<'a> {
    connection: &'a Connection,
    names: HashMap<(&'static str, i64), String>,
}

impl<'a> Names<'a> {
    pub fn new(connection: &'a Connection) -> Self {
        Self {
            connection,
            names: HashMap::new(),
        }
    }

    /// Looks up what [`Names::found`] needs to know of a row.
    pub fn learn(&mut self, row: &Row<'_>, column: &FieldColumn<'_>) -> Result<(), StoreFailure> {
        let Kind::Named(table) = column.kind else {
            return Ok(());
        };
        let key: i64 = row.get(column.index)?;
        if !self.names.contains_key(&(table, key)) {
            let name = self
                .connection
                .prepare_cached(&format!("SELECT name FROM {table} WHERE key = ?1"))?
                .query_row([key], |row| row.get(0))?;
            self.names.insert((table, key), name);
        }
        Ok(())
    }

    /// A row's value of a field.
    pub fn found<'r>(
        &'r self,
        row: &'r Row<'_>,
        column: &FieldColumn<'_>,
    ) -> Result<Found<'r>, StoreFailure> {
        let value = row.get_ref(column.index)?;
        let wrong =
            |error: rusqlite::types::FromSqlError| StoreFailure::Database(error.to_string());
        Ok(match column.kind {
            Kind::Json(path) => {
                at_path(value.as_str().map_err(wrong)?, path).map_or(Found::Missing, Found::Json)
            }
            Kind::Text => Found::Text(value.as_str().map_err(wrong)?),
            Kind::Whole => Found::Whole(value.as_i64().map_err(wrong)?),
            Kind::Instant => Found::Instant(value.as_i64().map_err(wrong)?),
            Kind::Named(table) => {
                let name = self.names.get(&(table, value.as_i64().map_err(wrong)?));
                name.map_or(Found::Missing, |name| Found::Text(name))
            }
        })
    }
}
