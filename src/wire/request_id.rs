//! The `requestId` of a message: a version 4 UUID in its lowercase hyphenated text.

use std::fmt::{self, Write as _};

/// The length of a request id's text.
pub const TEXT_LENGTH: usize = 36;

/// A request's identity: the 128 bits of a version 4 UUID.
///
/// Only the text that this client itself writes (lowercase, hyphenated) reads back as a `RequestId`;
/// anything else that a host puts into `requestId` is somebody else's id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(u128);

impl RequestId {
    /// Makes a version 4 UUID of 16 bytes from a cryptographically secure source.
    #[must_use]
    pub fn from_random_bytes(bytes: [u8; 16]) -> Self {
        Self(
            uuid::Builder::from_random_bytes(bytes)
                .into_uuid()
                .as_u128(),
        )
    }

    /// Reads the id's own text; `None` for every other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != TEXT_LENGTH {
            return None;
        }
        let mut bits = 0_u128;
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
            bits = bits << 4 | u128::from(digit);
        }
        Some(Self(bits))
    }

    /// Writes the id's text into a buffer.
    pub fn write_text(self, buffer: &mut [u8; TEXT_LENGTH]) {
        uuid::Uuid::from_u128(self.0)
            .hyphenated()
            .encode_lower(buffer);
    }

    /// Bits that are random in every id, for use as a hash.
    #[must_use]
    pub fn random_bits(self) -> u64 {
        (self.0 >> 64) as u64 ^ self.0 as u64
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; TEXT_LENGTH];
        self.write_text(&mut text);
        text.iter()
            .try_for_each(|&byte| formatter.write_char(char::from(byte)))
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

    #[test]
    fn an_id_made_of_random_bytes_is_a_version_4_uuid() {
        let text = RequestId::from_random_bytes([0xff; 16]).to_string();
        assert_eq!(text, "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }

    #[test]
    fn an_id_reads_back_from_its_own_text() {
        let id = RequestId::from_random_bytes(*b"0123456789abcdef");
        let mut buffer = [0; TEXT_LENGTH];
        id.write_text(&mut buffer);
        assert_eq!(
            RequestId::parse(std::str::from_utf8(&buffer).unwrap_or_default()),
            Some(id)
        );
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
