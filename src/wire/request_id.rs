//! The `requestId` of a message: a version 4 UUID in its lowercase hyphenated text.

use alloc::string::String;
use core::fmt;

/// The length of a request id's text.
pub const TEXT_LENGTH: usize = 36;

/// A request's identity: the 128 bits of a version 4 UUID.
///
/// Only the text that this client itself writes (lowercase, hyphenated) reads back as a `RequestId`;
/// anything else that a host puts into `requestId` is somebody else's id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId {
    // In halves: arithmetic on 128 bits is slow in WebAssembly, and their alignment wastes memory.
    high: u64,
    low: u64,
}

impl RequestId {
    /// Makes a version 4 UUID of 16 bytes from a cryptographically secure source.
    #[must_use]
    pub fn from_random_bytes(bytes: [u8; 16]) -> Self {
        let (high, low) = uuid::Builder::from_random_bytes(bytes)
            .into_uuid()
            .as_u64_pair();
        Self { high, low }
    }

    /// Reads the id's own text; `None` for every other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != TEXT_LENGTH {
            return None;
        }
        let (mut high, mut low) = (0_u64, 0_u64);
        for (position, &byte) in bytes.iter().enumerate() {
            if matches!(position, 8 | 13 | 18 | 23) {
                if byte != b'-' {
                    return None;
                }
                continue;
            }
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                _ => return None,
            };
            let half = if position < 18 { &mut high } else { &mut low };
            *half = *half << 4 | u64::from(digit);
        }
        Some(Self { high, low })
    }

    /// Appends the id's text.
    pub fn push_text(self, text: &mut String) {
        for (half, dashes) in [(self.high, [8, 12]), (self.low, [0, 4])] {
            for position in 0..16 {
                if dashes.contains(&position) {
                    text.push('-');
                }
                let digit = (half >> (60 - 4 * position)) as u8 & 15;
                text.push(char::from(if digit < 10 {
                    b'0' + digit
                } else {
                    b'a' - 10 + digit
                }));
            }
        }
    }

    /// The id's text.
    #[must_use]
    pub fn text(self) -> String {
        let mut text = String::with_capacity(TEXT_LENGTH);
        self.push_text(&mut text);
        text
    }

    /// The id in four parts, the first of its text first.
    #[must_use]
    pub fn words(self) -> [u32; 4] {
        [
            (self.high >> 32) as u32,
            self.high as u32,
            (self.low >> 32) as u32,
            self.last_bits(),
        ]
    }

    /// The id of these parts.
    #[must_use]
    pub fn of_words([first, second, third, last]: [u32; 4]) -> Self {
        Self {
            high: u64::from(first) << 32 | u64::from(second),
            low: u64::from(third) << 32 | u64::from(last),
        }
    }

    /// The last 32 bits, of which no version or variant takes any.
    #[must_use]
    pub fn last_bits(self) -> u32 {
        self.low as u32
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn an_id_made_of_random_bytes_is_a_version_4_uuid() {
        let text = RequestId::from_random_bytes([0xff; 16]).to_string();
        assert_eq!(text, "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }

    #[test]
    fn an_id_reads_back_from_its_own_text() {
        let id = RequestId::from_random_bytes(*b"0123456789abcdef");
        assert_eq!(id.to_string().len(), TEXT_LENGTH);
        assert_eq!(RequestId::parse(&id.to_string()), Some(id));
        assert_eq!(RequestId::of_words(id.words()), id);
    }

    #[test]
    fn any_other_text_is_no_id_of_ours() {
        for text in [
            "",
            "17",
            "FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF",
            "ffffffffffff4fffbfffffffffffffff",
            "ffffffff-ffff-4fff-bfff-fffffffffff",
            "ffffffff_ffff-4fff-bfff-ffffffffffff",
            "ffffffff-ffff-4fff-bfff-fffffffffffg",
            "éééééééééééééééééé",
        ] {
            assert_eq!(RequestId::parse(text), None, "{text}");
        }
    }
}
