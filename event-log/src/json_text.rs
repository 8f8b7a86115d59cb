//! JSON text, read without being parsed.

/// The index after the text that begins at `start` with its quotation mark. It is already known to be JSON.
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

/// The beginning of a JSON text, for error messages.
#[must_use]
pub fn shortened(json: &str) -> String {
    const MOST: usize = 60;
    let mut text: String = json.chars().take(MOST).collect();
    if text.len() < json.len() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_shortened_text_says_that_there_was_more() {
        let whole = "é".repeat(60);
        assert_eq!(shortened(&whole), whole);
        assert_eq!(shortened(&format!("{whole}é")), format!("{whole}…"));
    }
}
