//! Where the parts of JSON text end. The text is already known to be JSON.

/// The index after the text that begins at `start` with its quotation mark.
#[must_use]
pub fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The index after the number that begins at `start`.
#[must_use]
pub fn end_of_number(bytes: &[u8], start: usize) -> usize {
    let length = bytes
        .iter()
        .skip(start)
        .take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
        .count();
    start + length
}
