//! The sort key of a value in events' payload or metadata.

use super::extract::text_of;
use super::scalar::Number;

/// Bytes whose order is that of the values: false, true, numbers, texts. None for everything else, which
/// comes last both ways.
#[must_use]
pub fn sort_key(json: &str) -> Option<Vec<u8>> {
    match json.as_bytes().first()? {
        b'f' => Some(vec![1]),
        b't' => Some(vec![2]),
        b'-' | b'0'..=b'9' => Number::from_json(json).map(number_key),
        b'"' => {
            let text = text_of(json);
            let mut key = Vec::with_capacity(1 + text.len());
            key.push(4);
            key.extend(text.as_bytes());
            Some(key)
        }
        _ => None,
    }
}

/// Whole numbers that are the same double are distinguished by their further digits.
fn number_key(number: Number) -> Vec<u8> {
    const SIGN: u64 = 1 << 63;
    let bits = number.to_double().to_bits();
    let ordered = if bits & SIGN == 0 { bits | SIGN } else { !bits };
    let exact = match number {
        Number::Whole(whole) => whole.cast_unsigned() ^ SIGN,
        Number::Double(double) if double < 0.0 => 0,
        Number::Double(_) => u64::MAX,
    };
    let mut key = Vec::with_capacity(17);
    key.push(3);
    key.extend(ordered.to_be_bytes());
    key.extend(exact.to_be_bytes());
    key
}

#[cfg(test)]
mod tests {
    use super::sort_key;

    #[test]
    fn keys_are_in_the_order_of_the_values() {
        let ordered = [
            "false",
            "true",
            "-1e300",
            "-9223372036854775808",
            "-9007199254740993",
            "-9007199254740992",
            "-1.5",
            "-1",
            "-1e-9",
            "0",
            "5e-324",
            "0.1",
            "1",
            "1.5",
            "2",
            "10",
            "9007199254740992",
            "9007199254740993",
            "9223372036854775806",
            "9223372036854775807",
            "1e300",
            "\"\"",
            "\"A\"",
            "\"a\"",
            "\"a\\u0001\"",
            "\"ab\"",
            "\"é\"",
            "\"\\uffff\"",
            "\"\u{10000}\"",
        ];
        for pair in ordered.windows(2) {
            let keys: Vec<_> = pair.iter().map(|json| sort_key(json)).collect();
            assert!(keys.is_sorted() && keys.first() != keys.last(), "{pair:?}");
        }
        assert_eq!(sort_key("1.0"), sort_key("1"));
        assert_eq!(sort_key("1e0"), sort_key("1"));
        for unordered in ["null", "[]", "{}", ""] {
            assert_eq!(sort_key(unordered), None, "{unordered}");
        }
    }
}
