//! Instants in conditions: epoch milliseconds or ISO-8601 text.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::scalar::{Number, Scalar};

/// Milliseconds since 1970 that a condition's value stands for. A date alone is its midnight, and
/// a time without an offset is one in UTC.
#[must_use]
pub fn instant_of(value: &Scalar) -> Option<Number> {
    match value {
        Scalar::Number(number) => Some(*number),
        Scalar::Text(text) => {
            let text = text.trim();
            let instant = text
                .parse::<Timestamp>()
                .ok()
                .or_else(|| in_utc(text.parse::<DateTime>().ok()?))
                .or_else(|| {
                    in_utc(
                        text.parse::<Date>()
                            .ok()?
                            .to_datetime(jiff::civil::Time::MIN),
                    )
                })?;
            let parts = f64::from(instant.subsec_nanosecond() % 1_000_000) / 1e6;
            if parts == 0.0 {
                return Some(Number::Whole(instant.as_millisecond()));
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "milliseconds since 1970 fit a double"
            )]
            let whole = instant.as_millisecond() as f64;
            Some(Number::Double(whole + parts))
        }
        Scalar::Null | Scalar::Boolean(_) => None,
    }
}

fn in_utc(civil: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(civil).ok()
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
