//! Percent-encoding of a query parameter, as `encodeURIComponent` does it.

use super::text::push_ascii;
use alloc::string::String;

/// Appends `text` to `target`, every byte but the unreserved ones (`A–Z a–z 0–9 - _ . ! ~ * ' ( )`) as `%XX`.
///
/// ```
/// use codebolt_wasm::wire::percent_encoding::push_encoded;
///
/// let mut query = String::from("agentId=");
/// push_encoded(&mut query, "a/b c");
/// assert_eq!(query, "agentId=a%2Fb%20c");
/// ```
pub fn push_encoded(target: &mut String, text: &str) {
    let digit = |value: u8| {
        if value < 10 {
            b'0' + value
        } else {
            b'A' + (value - 10)
        }
    };
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => push_ascii(target, &[byte]),
            b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' => {
                push_ascii(target, &[byte]);
            }
            _ => push_ascii(target, &[b'%', digit(byte >> 4), digit(byte & 0xf)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_characters_and_non_ascii_text_are_encoded_and_the_rest_is_kept() {
        let mut text = String::new();
        push_encoded(&mut text, "a-Z_0.!~*'() &#?=%+/é");
        assert_eq!(text, "a-Z_0.!~*'()%20%26%23%3F%3D%25%2B%2F%C3%A9");
    }
}
