//! Indexes on fields of payload or metadata, which the command line asks for.

use rusqlite::{Connection, OptionalExtension};

use super::dialect::{extracted, literal};
use crate::query::Field;
use crate::store::StoreFailure;
use crate::store::sql::{Json, alternatives};

/// The expression of a field's index.
pub fn expression(name: &str) -> Result<String, StoreFailure> {
    let field =
        Field::parse(name).map_err(|fault| StoreFailure::Database(format!("--index: {fault}")))?;
    let (in_metadata, path) = match &field {
        Field::Payload(path) if !path.is_empty() => (false, path),
        Field::Metadata(path) if !path.is_empty() => (true, path),
        _ => {
            return Err(StoreFailure::Database(format!(
                "--index {name}: only fields inside of payload or metadata take an index"
            )));
        }
    };
    if alternatives(path).len() > 1 {
        return Err(StoreFailure::Database(format!(
            "--index {name}: write a list's index as [0] and a key as [\"0\"]"
        )));
    }
    let json = Json { in_metadata, path };
    // The very expression that conditions on the field use, but for the table's short name.
    Ok(extracted(json).replacen("(e.", "(", 1))
}

/// Makes the field's index unless it is there.
pub fn create(connection: &Connection, name: &str) -> Result<(), StoreFailure> {
    let expression = expression(name)?;
    let sql = format!(
        "CREATE INDEX \"event_field {}\" ON event ({expression})",
        name.replace('"', "\"\"")
    );
    let exists: Option<i64> = connection
        .query_row(
            &format!(
                "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND sql = {}",
                literal(&sql)
            ),
            [],
            |row| row.get(0),
        )
        .optional()?;
    if exists.is_none() {
        tracing::info!(field = name, "making an index");
        connection.execute_batch(&sql)?;
    }
    Ok(())
}
