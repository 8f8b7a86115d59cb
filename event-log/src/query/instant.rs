//! Instants in conditions: epoch milliseconds or ISO-8601 text.

use jiff::civil::{DateTime, Time};
use jiff::fmt::temporal::{Pieces, PiecesOffset};

use super::scalar::{Number, Scalar};
use crate::time::{CYCLE_DAYS, CYCLE_YEARS};

const DAY: i128 = 86_400_000_000_000;
const MILLISECOND: i128 = 1_000_000;
/// As far from 1970 as JavaScript's `Date` reaches, either way: nobody could read an instant beyond it.
const FARTHEST: i128 = 8_640_000_000_000_000 * MILLISECOND;

/// The milliseconds since 1970 of a condition's value. A date alone is its midnight, and a time without an
/// offset is one in UTC. A zone name in brackets is refused: its meaning depends on the zone database. So is a
/// text beyond what JavaScript's `Date` can hold.
#[must_use]
pub fn instant_of(value: &Scalar) -> Option<Number> {
    match value {
        Scalar::Number(number) => Some(*number),
        Scalar::Text(text) => {
            let nanoseconds = nanoseconds_of(text.trim())?;
            if nanoseconds.abs() > FARTHEST {
                return None;
            }
            let whole = i64::try_from(nanoseconds.div_euclid(MILLISECOND)).ok()?;
            let parts = nanoseconds.rem_euclid(MILLISECOND);
            if parts == 0 {
                return Some(Number::Whole(whole));
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "milliseconds since 1970 fit a double"
            )]
            Some(Number::Double(whole as f64 + parts as f64 / 1e6))
        }
        Scalar::Null | Scalar::Boolean(_) => None,
    }
}

/// Nanoseconds since 1970. The year is read by itself, since it may be beyond what a calendar of
/// four digits has; the rest is read in a year like it.
fn nanoseconds_of(text: &str) -> Option<i128> {
    if text.contains('[') {
        return None;
    }
    let digits = match text.as_bytes().first()? {
        b'+' | b'-' => 1..7,
        _ => 0..4,
    };
    let year: i64 = text.get(..digits.end)?.parse().ok()?;
    if !text.get(digits)?.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let rest = text.get(if text.starts_with(['+', '-']) { 7 } else { 4 }..)?;
    let cycles = (year - 2_000).div_euclid(CYCLE_YEARS);
    let like = format!("{}{rest}", year - cycles * CYCLE_YEARS);
    let pieces = Pieces::parse(like.as_str()).ok()?;
    let civil = DateTime::from_parts(pieces.date(), pieces.time().unwrap_or(Time::MIN));
    let since = civil.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
    let offset = match pieces.offset() {
        None | Some(PiecesOffset::Zulu) => 0,
        Some(PiecesOffset::Numeric(numeric)) => numeric.offset().seconds(),
        Some(_) => return None,
    };
    let offset = i128::from(offset) * 1_000 * MILLISECOND;
    Some(since.as_nanos() + i128::from(cycles * CYCLE_DAYS) * DAY - offset)
}

#[cfg(test)]
mod tests {
    use super::instant_of;
    use crate::query::{Number, Scalar};

    #[test]
    fn numbers_and_iso_texts_are_instants() {
        let cases = [
            (
                "2023-11-14T22:13:20.120Z",
                Some(Number::Whole(1_700_000_000_120)),
            ),
            (
                "2023-11-14T23:13:20.120+01:00",
                Some(Number::Whole(1_700_000_000_120)),
            ),
            (
                "2023-11-14T22:13:20.120",
                Some(Number::Whole(1_700_000_000_120)),
            ),
            ("1970-01-02", Some(Number::Whole(86_400_000))),
            ("1970-01-01T00:00:00.0005Z", Some(Number::Double(0.5))),
            ("1969-12-31T23:59:59.9995Z", Some(Number::Double(-0.5))),
            (
                "9999-12-31T23:59:59.999Z",
                Some(Number::Whole(253_402_300_799_999)),
            ),
            (
                "9999-12-31T23:59:59.999-12:00",
                Some(Number::Whole(253_402_343_999_999)),
            ),
            (
                "+275760-09-13T00:00:00.000Z",
                Some(Number::Whole(8_640_000_000_000_000)),
            ),
            (
                "-271821-04-20T00:00:00.000Z",
                Some(Number::Whole(-8_640_000_000_000_000)),
            ),
            ("+275760-09-13T00:00:00.001Z", None),
            ("+275760-09-13T00:00:00-00:01", None),
            ("-271821-04-19T23:59:59.999Z", None),
            ("0000-03-01", Some(Number::Whole(-62_162_035_200_000))),
            ("2024-02-30T00:00:00Z", None),
            ("2024-01-01T00:00:00[Europe/Berlin]", None),
            ("2024-01-01T00:00:00+01:00[Europe/Berlin]", None),
            ("yesterday", None),
            ("", None),
        ];
        for (text, instant) in cases {
            assert_eq!(instant_of(&Scalar::Text(text.into())), instant, "{text}");
        }
        let number = Number::Double(1.5);
        assert_eq!(instant_of(&Scalar::Number(number)), Some(number));
        assert_eq!(instant_of(&Scalar::Boolean(true)), None);
    }
}
