//! Makes texts without `core::fmt`, which costs 2 KB of download in the WebAssembly module.

use alloc::string::String;

/// Joins the parts.
#[must_use]
pub fn joined(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// A number in decimal digits.
#[must_use]
pub fn decimal(number: u64) -> String {
    let mut text = String::new();
    push_digits(&mut text, number, 10);
    text
}

/// Appends a number in a base of up to 36, most significant digit first.
pub(crate) fn push_digits(text: &mut String, number: u64, base: u32) {
    let base_wide = u64::from(base);
    if number >= base_wide {
        push_digits(text, number / base_wide, base);
    }
    let digit = (number % base_wide) as u8;
    push_ascii(
        text,
        &[if digit < 10 {
            b'0' + digit
        } else {
            b'a' + (digit - 10)
        }],
    );
}

/// Appends characters of ASCII; any others are left out, all of them.
#[expect(
    unsafe_code,
    reason = "`char` by `char`, or checked for UTF-8, they cost 0.3 KB of download"
)]
pub(crate) fn push_ascii(text: &mut String, characters: &[u8]) {
    if characters.iter().all(u8::is_ascii) {
        // SAFETY: ASCII is UTF-8.
        text.push_str(unsafe { str::from_utf8_unchecked(characters) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn numbers_are_written_as_rust_writes_them() {
        for number in [0, 9, 10, 1_234_567_890, u64::MAX] {
            assert_eq!(decimal(number), number.to_string());
        }
    }

    #[test]
    fn only_ascii_is_appended_as_bytes() {
        let mut text = String::from("é");
        push_ascii(&mut text, b"a~\0\x7f");
        push_ascii(&mut text, b"b\x80");
        assert_eq!(text, "éa~\0\x7f");
    }
}
