//! Instants as the event log keeps them: whole milliseconds since 1970.

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;

/// The calendar repeats itself after so many years, which have so many days.
pub(crate) const CYCLE_YEARS: i64 = 400;
/// The days of [`CYCLE_YEARS`].
pub(crate) const CYCLE_DAYS: i64 = 146_097;
const CYCLE: i64 = CYCLE_DAYS * 86_400_000;

static PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// ISO-8601 in UTC with milliseconds, as JavaScript's `toISOString` writes it: with a sign and six digits or more where a year
/// has more than four.
#[must_use]
pub fn iso_8601(milliseconds: i64) -> String {
    match Timestamp::from_millisecond(milliseconds) {
        Ok(instant) => PRINTER.timestamp_to_string(&instant),
        Err(_) => beyond_the_calendar(milliseconds),
    }
}

/// As an instant of another cycle, which the calendar has, with its own year.
fn beyond_the_calendar(milliseconds: i64) -> String {
    let like = Timestamp::from_millisecond(milliseconds.rem_euclid(CYCLE)).unwrap_or_default();
    let text = PRINTER.timestamp_to_string(&like);
    let (year, rest) = text.split_at_checked(4).unwrap_or_default();
    let cycles = milliseconds.div_euclid(CYCLE);
    let year = year.parse().unwrap_or(0) + cycles * CYCLE_YEARS;
    match year {
        // The calendar ends a day before this year does.
        0..=9_999 => format!("{year:04}{rest}"),
        _ => format!("{year:+07}{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::iso_8601;

    #[test]
    fn an_instant_is_written_as_javascript_writes_it() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_700_000_000_120, "2023-11-14T22:13:20.120Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (-62_167_219_200_001, "-000001-12-31T23:59:59.999Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "+010000-01-01T00:00:00.000Z"),
            (8_640_000_000_000_000, "+275760-09-13T00:00:00.000Z"),
            (-8_640_000_000_000_000, "-271821-04-20T00:00:00.000Z"),
        ] {
            assert_eq!(iso_8601(milliseconds), text);
        }
    }

    /// Where JavaScript has no text any more, it is still another text for each instant.
    #[test]
    fn an_instant_beyond_every_calendar_is_written_with_its_own_year() {
        assert_eq!(iso_8601(i64::MAX), "+292278994-08-17T07:12:55.807Z");
        assert_eq!(iso_8601(i64::MIN), "-292275055-05-16T16:47:04.192Z");
    }
}
