//! The `requestId` of a message: a version 4 UUID in its lowercase hyphenated text.

use alloc::string::String;
use core::fmt;

/// The length of a request id's text.
pub const TEXT_LENGTH: usize = 36;

/// The positions of the dashes in it.
const DASHES: [usize; 4] = [8, 13, 18, 23];

/// The positions of each four digits in it, in pairs that are a word of 32 bits.
const FOURS: [[usize; 2]; 4] = [[0, 4], [9, 14], [19, 24], [28, 32]];

/// A request's identity: the 128 bits of a version 4 UUID.
///
/// Only the text that this client itself writes (lowercase, hyphenated) reads back as a `RequestId`;
/// any other `requestId` from a host is somebody else's id.
///
/// ```
/// use codebolt_wasm::wire::RequestId;
///
/// // The bytes come from a cryptographically secure source.
/// let id = RequestId::from_random_bytes([7; 16]);
/// assert_eq!(id.to_string(), "07070707-0707-4707-8707-070707070707");
/// assert_eq!(RequestId::parse(&id.to_string()), Some(id));
/// assert_eq!(RequestId::parse("07070707-0707-4707-8707-07070707070X"), None);
/// ```
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
        let text: &[u8; TEXT_LENGTH] = text.as_bytes().try_into().ok()?;
        if DASHES.iter().any(|&at| text.get(at) != Some(&b'-')) {
            return None;
        }
        let four = |at: usize| Some(u32::from_be_bytes(*text.get(at..)?.first_chunk()?));
        let mut words = [0; 4];
        for (word, &[first, second]) in words.iter_mut().zip(&FOURS) {
            *word = read_hex(u64::from(four(first)?) << 32 | u64::from(four(second)?))?;
        }
        Some(Self::of_words(words))
    }

    /// Appends the id's text.
    pub fn push_text(self, text: &mut String) {
        let mut bytes = [b'-'; TEXT_LENGTH];
        for (word, positions) in self.words().iter().zip(&FOURS) {
            let mut digits = hex(*word);
            for &position in positions {
                for byte in bytes.iter_mut().skip(position).take(4) {
                    digits = digits.rotate_left(8);
                    *byte = digits as u8;
                }
            }
        }
        text.extend(bytes.iter().map(|&byte| char::from(byte)));
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

/// A one in each byte.
const EACH: u64 = 0x0101_0101_0101_0101;

/// The lower half of each byte.
const LOWER: u64 = 0x0f * EACH;

/// Eight lowercase hexadecimal digits, the first in the highest byte, worked on together: an id is read with every reply.
fn read_hex(text: u64) -> Option<u32> {
    // Letters have this bit, digits do not.
    let letters = text >> 6 & EACH;
    let values = (text & LOWER).wrapping_add(letters * 9) & LOWER;
    // Other characters with the same lowest bits are not the digits of these values.
    if text_of(values) != text {
        return None;
    }
    let pairs = (values >> 4 | values) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs >> 8 | pairs) & 0x0000_ffff_0000_ffff;
    Some((fours >> 16 | fours) as u32)
}

fn hex(number: u32) -> u64 {
    let fours = (u64::from(number) << 16 | u64::from(number)) & 0x0000_ffff_0000_ffff;
    let pairs = (fours << 8 | fours) & 0x00ff_00ff_00ff_00ff;
    let values = (pairs << 4 | pairs) & LOWER;
    text_of(values)
}

/// The digits for the value, 0 to 15, in each byte.
fn text_of(values: u64) -> u64 {
    let letters = values.wrapping_add(6 * EACH) >> 4 & EACH;
    values
        .wrapping_add(u64::from(b'0') * EACH)
        .wrapping_add(letters * u64::from(b'a' - b'0' - 10))
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
    fn only_lowercase_hexadecimal_digits_are_read_wherever_they_stand() {
        for number in [0, 1, 0x0123_4567, 0x89ab_cdef, 0xffff_ffff, 0xa0a0_0a0a] {
            let text = hex(number);
            assert_eq!(
                text.to_be_bytes(),
                *alloc::format!("{number:08x}").as_bytes()
            );
            assert_eq!(read_hex(text), Some(number));
        }
        for position in 0..8 {
            for byte in 0..=u8::MAX {
                let mut text = *b"5af05af0";
                if let Some(digit) = text.get_mut(position) {
                    *digit = byte;
                }
                let is_digit = matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                let read = read_hex(u64::from_be_bytes(text));
                assert_eq!(read.is_some(), is_digit, "{byte} at {position}");
            }
        }
    }

    #[test]
    fn any_other_text_is_not_an_id_of_ours() {
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
