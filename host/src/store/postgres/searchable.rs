//! JSON text in a form that `jsonb` accepts. Clients get the original text, not this one.

use codebolt_event_log::json_text::end_of_text;

use crate::query::Number;

/// The same JSON without what `jsonb` refuses: U+0000 and lone surrogates become U+FFFD, and numbers are
/// written with the value that queries see.
#[must_use]
pub fn searchable(json: &str) -> String {
    let bytes = json.as_bytes();
    let mut out = String::with_capacity(json.len());
    let mut copied = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = end_of_text(bytes, at);
                let text = json.get(at..end).unwrap_or_default();
                if text.contains("\\u") {
                    out.push_str(json.get(copied..at).unwrap_or_default());
                    push_clean(&mut out, text);
                    copied = end;
                }
                at = end;
            }
            b'-' | b'0'..=b'9' => {
                let rest = bytes.iter().skip(at);
                let end = at
                    + rest
                        .take_while(|byte| {
                            matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
                        })
                        .count();
                let text = json.get(at..end).unwrap_or_default();
                let is_plain = text.len() < 16 && !text.contains(['.', 'e', 'E']) && text != "-0";
                if !is_plain && let Some(number) = Number::from_json(text) {
                    out.push_str(json.get(copied..at).unwrap_or_default());
                    out.push_str(&number.to_decimal());
                    copied = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    out.push_str(json.get(copied..).unwrap_or_default());
    out
}

/// Copies a JSON text with its quotation marks, replacing escapes that `jsonb` refuses.
fn push_clean(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(backslash) = rest.find('\\') {
        let (before, escape) = rest.split_at(backslash);
        out.push_str(before);
        let length = if escape.as_bytes().get(1) == Some(&b'u') {
            push_unit(out, escape)
        } else {
            out.push_str(escape.get(..2).unwrap_or_default());
            2
        };
        rest = escape.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// Copies a `\u` escape, or the two of a surrogate pair, and returns its length.
fn push_unit(out: &mut String, escape: &str) -> usize {
    let unit = |at: usize| {
        let digits = escape.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    match unit(0) {
        Some(0xD800..=0xDBFF) if matches!(unit(6), Some(0xDC00..=0xDFFF)) => {
            out.push_str(escape.get(..12).unwrap_or_default());
            12
        }
        Some(0 | 0xD800..=0xDFFF) => {
            out.push('\u{FFFD}');
            6
        }
        _ => {
            out.push_str(escape.get(..6).unwrap_or_default());
            6
        }
    }
}

#[cfg(test)]
mod tests {
    use super::searchable;

    #[test]
    fn only_numbers_and_what_jsonb_refuses_are_changed() {
        let cases = [
            (r#"{"a":"b"}"#, r#"{"a":"b"}"#),
            (
                r#"["\u0000\ud800x\udc00"]"#,
                "[\"\u{FFFD}\u{FFFD}x\u{FFFD}\"]",
            ),
            (
                r#"["\ud83c\udf89\\u0000\""]"#,
                r#"["\ud83c\udf89\\u0000\""]"#,
            ),
            (r#"["\ud800\ud83c\udf89"]"#, "[\"\u{FFFD}\\ud83c\\udf89\"]"),
            (
                "[1.0,-0,1e2,1.5e-3,9007199254740993]",
                "[1,0,100,0.0015,9007199254740993]",
            ),
            ("[12345678901234567890]", "[12345678901234567000]"),
            (r#"{"1.0":"1.0"}"#, r#"{"1.0":"1.0"}"#),
        ];
        for (json, expected) in cases {
            assert_eq!(searchable(json), expected);
        }
    }
}
