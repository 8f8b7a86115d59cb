//! The list of instances, for people and for programs.

use std::io::Write;

use crate::operations::push_instance;
use crate::store::{InstanceRow, iso_8601};

/// Writes instances as a table: id, name, events, createdAt.
///
/// # Errors
/// When it cannot be written.
pub fn print_table(rows: &[InstanceRow], out: &mut dyn Write) -> std::io::Result<()> {
    let names: Vec<String> = rows.iter().map(|row| printable(&row.name)).collect();
    let widest = names.iter().map(|name| name.chars().count()).max();
    let width = widest.unwrap_or(0).clamp(4, 60);
    let (id, name, events) = ("id", "name", "events");
    writeln!(out, "{id:36}  {name:width$}  {events:>8}  createdAt")?;
    for (row, name) in rows.iter().zip(names) {
        writeln!(
            out,
            "{:36}  {name:width$}  {:>8}  {}",
            row.id,
            row.event_count,
            iso_8601(row.created_at)
        )?;
    }
    out.flush()
}

/// Writes instances as one JSON array, an instance a line.
///
/// # Errors
/// When it cannot be written.
pub fn print_json(rows: &[InstanceRow], out: &mut dyn Write) -> std::io::Result<()> {
    for (index, row) in rows.iter().enumerate() {
        let mut line = String::from(if index == 0 { "[\n" } else { ",\n" });
        push_instance(&mut line, row);
        // The members that replies have, and the number of events as in the table.
        line.pop();
        write!(out, "{line},\"eventCount\":{}}}", row.event_count)?;
    }
    writeln!(out, "{}", if rows.is_empty() { "[]" } else { "\n]" })?;
    out.flush()
}

/// A text for a terminal: escapes characters that move the cursor or reverse the text.
fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        let turns = matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}');
        if letter.is_control() || turns {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn characters_that_would_control_the_terminal_are_escaped() {
        assert_eq!(printable("orders 🎉 é"), "orders 🎉 é");
        assert_eq!(
            printable("\u{1b}[2J\r\n\u{7}\u{9b}31m\u{202e}x"),
            "\\u{1b}[2J\\r\\n\\u{7}\\u{9b}31m\\u{202e}x"
        );
    }
}
