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
    // The remainder is a digit of the base, so there always is one.
    text.extend(char::from_digit((number % base_wide) as u32, base));
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
}
