//! The values that conditions compare with and that events are grouped by.

use std::cmp::Ordering;

use serde_json::Value;

/// A number: exact when it is whole and fits 64 bits, else a double.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Whole(i64),
    /// Any other number; finite.
    Double(f64),
}

impl Number {
    /// A double as a number: whole when it is.
    #[must_use]
    pub fn from_double(double: f64) -> Self {
        // 2^63 as a double; every whole double below it fits an i64 exactly.
        const EDGE: f64 = 9_223_372_036_854_775_808.0;
        if double.fract() == 0.0 && (-EDGE..EDGE).contains(&double) {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
            return Self::Whole(double as i64);
        }
        Self::Double(double)
    }

    /// Reads a JSON number.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        if let Ok(whole) = text.parse::<i64>() {
            return Some(Self::Whole(whole));
        }
        let double = text
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())?;
        Some(Self::from_double(double))
    }

    /// As JSON text; `null` for what JSON cannot hold.
    #[must_use]
    pub fn to_json(self) -> String {
        match self {
            Self::Whole(whole) => whole.to_string(),
            Self::Double(double) => serde_json::Number::from_f64(double)
                .map_or_else(|| "null".into(), |n| n.to_string()),
        }
    }

    /// As decimal digits without an exponent, which every database reads exactly.
    #[must_use]
    pub fn to_decimal(self) -> String {
        match self {
            Self::Whole(whole) => whole.to_string(),
            Self::Double(double) => double.to_string(),
        }
    }

    /// As a double, rounded where it has to be.
    #[must_use]
    pub fn to_double(self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "rounding is what is asked for")]
            Self::Whole(whole) => whole as f64,
            Self::Double(double) => double,
        }
    }

    /// Orders by value.
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(one), Self::Whole(two)) => one.cmp(&two),
            // Whole numbers next to 2^63 round to it, and are less.
            (Self::Whole(_), Self::Double(two)) => {
                self.to_double().total_cmp(&two).then(Ordering::Less)
            }
            (Self::Double(one), Self::Whole(_)) => {
                one.total_cmp(&other.to_double()).then(Ordering::Greater)
            }
            (Self::Double(one), Self::Double(two)) => one.total_cmp(&two),
        }
    }
}

/// A JSON value that is neither a list nor an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
}

impl Scalar {
    /// The scalar that a JSON value is, if it is one.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::Null),
            Value::Bool(boolean) => Some(Self::Boolean(*boolean)),
            Value::Number(number) => Number::from_json(&number.to_string()).map(Self::Number),
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// As JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Boolean(boolean) => boolean.to_string(),
            Self::Number(number) => number.to_json(),
            Self::Text(text) => Value::from(text.as_str()).to_string(),
        }
    }

    /// The order of groups: null, false, true, numbers, texts by code points.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(two)) => one.compare(*two),
            (Self::Text(one), Self::Text(two)) => one.cmp(two),
            (one, two) => one.rank().cmp(&two.rank()),
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Boolean(false) => 1,
            Self::Boolean(true) => 2,
            Self::Number(_) => 3,
            Self::Text(_) => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::Number;

    #[test]
    fn numbers_are_in_order_where_whole_ones_round_to_a_double_beyond_them() {
        let edge = Number::from_double(9_223_372_036_854_775_808.0);
        let last = Number::Whole(i64::MAX);
        assert_eq!(edge, Number::Double(9_223_372_036_854_775_808.0));
        assert_eq!(last.compare(edge), Ordering::Less);
        assert_eq!(edge.compare(last), Ordering::Greater);
        let first = Number::from_double(-9_223_372_036_854_775_808.0);
        assert_eq!(first.compare(Number::Whole(i64::MIN)), Ordering::Equal);
        assert_eq!(
            Number::Whole(1).compare(Number::Double(1.5)),
            Ordering::Less
        );
    }
}
