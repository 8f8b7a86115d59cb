//! Instants as the event log keeps them: whole milliseconds since 1970.

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;

static PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// ISO-8601 in UTC with milliseconds, as JavaScript's `toISOString` writes it.
#[must_use]
pub fn iso_8601(milliseconds: i64) -> String {
    let instant = Timestamp::from_millisecond(milliseconds).unwrap_or(if milliseconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    });
    PRINTER.timestamp_to_string(&instant)
}

#[cfg(test)]
mod tests {
    use super::iso_8601;

    #[test]
    fn an_instant_is_written_as_javascript_writes_it() {
        assert_eq!(iso_8601(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso_8601(1_700_000_000_120), "2023-11-14T22:13:20.120Z");
    }
}
