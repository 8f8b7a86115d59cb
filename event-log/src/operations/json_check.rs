//! Checks of JSON text before it is stored: its depth, and its numbers.

use crate::json_text::{end_of_number, end_of_text, shortened};

/// Why a JSON text is not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonRefusal {
    /// Nested deeper than this.
    Deep(usize),
    /// A number that no double can hold, as it was written.
    Number(String),
}

/// Looks through JSON text (already known to be JSON): how deep it is nested, and whether its
/// numbers are within the range of a double, the only numbers JavaScript has.
pub fn check(json: &str, most_depth: usize) -> Result<(), JsonRefusal> {
    let bytes = json.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = end_of_text(bytes, at),
            b'{' | b'[' => {
                depth += 1;
                if depth > most_depth {
                    return Err(JsonRefusal::Deep(most_depth));
                }
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let end = end_of_number(bytes, at);
                check_number(json.get(at..end).unwrap_or_default())?;
                at = end;
            }
            _ => at += 1,
        }
    }
    Ok(())
}

/// How many values JSON text has at most, counted before anything is made of them.
pub fn values_in(json: &str) -> usize {
    let bytes = json.as_bytes();
    let (mut count, mut at) = (1, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = end_of_text(bytes, at);
                continue;
            }
            b',' | b'[' | b'{' => count += 1,
            _ => {}
        }
        at += 1;
    }
    count
}

fn check_number(text: &str) -> Result<(), JsonRefusal> {
    let small = text.len() < 300 && !text.contains(['e', 'E']);
    if small || text.parse::<f64>().is_ok_and(f64::is_finite) {
        return Ok(());
    }
    Err(JsonRefusal::Number(shortened(text)))
}

#[cfg(test)]
mod tests {
    use super::{JsonRefusal, check};

    #[test]
    fn depth_is_counted_outside_of_texts_only() {
        assert_eq!(check(r#"{"a":["[[[[[[",{"b":"\"[[["}]}"#, 3), Ok(()));
        assert_eq!(check("[[[[1]]]]", 3), Err(JsonRefusal::Deep(3)));
    }

    #[test]
    fn a_number_beyond_a_double_is_found() {
        assert_eq!(check("[1e308,-1.5e-400,12345678901234567890]", 3), Ok(()));
        assert_eq!(
            check(r#"{"a":"1e999","b":1e999}"#, 3),
            Err(JsonRefusal::Number("1e999".into()))
        );
        let long = format!("[1{}]", "0".repeat(400));
        assert!(matches!(check(&long, 3), Err(JsonRefusal::Number(_))));
    }
}
