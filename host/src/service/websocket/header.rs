//! The header of a frame that a client sends.

use super::read_failure::ReadFailure;

/// A frame's kind, as its header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opcode {
    /// A further part of a message.
    Continuation,
    /// A message of text, or its first part.
    Text,
    /// A message of bytes, or its first part.
    Binary,
    /// A close frame.
    Close,
    /// A ping.
    Ping,
    /// A pong.
    Pong,
}

/// The header of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Whether it is the last frame of its message.
    pub is_final: bool,
    /// The frame's kind.
    pub opcode: Opcode,
    /// The mask of its payload.
    pub mask: [u8; 4],
    /// The length of its payload in bytes.
    pub length: u64,
}

/// The longest payload of a control frame.
const MOST_CONTROL: u64 = 125;

impl Header {
    /// Reads the header at the beginning of the bytes. Returns its length, too; `None` when it is not complete.
    pub fn read(bytes: &[u8]) -> Result<Option<(Self, usize)>, ReadFailure> {
        let (Some(&first), Some(&second)) = (bytes.first(), bytes.get(1)) else {
            return Ok(None);
        };
        if first & 0x70 != 0 {
            return Err(ReadFailure::Broken("reserved bits are set"));
        }
        let opcode = match first & 0x0f {
            0 => Opcode::Continuation,
            1 => Opcode::Text,
            2 => Opcode::Binary,
            8 => Opcode::Close,
            9 => Opcode::Ping,
            10 => Opcode::Pong,
            _ => return Err(ReadFailure::Broken("an opcode that nothing is known of")),
        };
        let is_final = first & 0x80 != 0;
        if second & 0x80 == 0 {
            return Err(ReadFailure::Broken("a client's frame is not masked"));
        }
        let (length, at) = match second & 0x7f {
            126 => match bytes.get(2..4).and_then(|found| found.try_into().ok()) {
                Some(found) => (u64::from(u16::from_be_bytes(found)), 4),
                None => return Ok(None),
            },
            127 => match bytes.get(2..10).and_then(|found| found.try_into().ok()) {
                Some(found) => (u64::from_be_bytes(found), 10),
                None => return Ok(None),
            },
            length => (u64::from(length), 2),
        };
        if matches!(opcode, Opcode::Close | Opcode::Ping | Opcode::Pong)
            && (!is_final || length > MOST_CONTROL)
        {
            return Err(ReadFailure::Broken(
                "a control frame is in parts, or longer than 125 bytes",
            ));
        }
        let Some(mask) = bytes.get(at..at + 4).and_then(|mask| mask.try_into().ok()) else {
            return Ok(None);
        };
        let header = Self {
            is_final,
            opcode,
            mask,
            length,
        };
        Ok(Some((header, at + 4)))
    }
}

/// Removes the mask from bytes at an offset from the beginning of their payload.
pub fn unmask(bytes: &mut [u8], mask: [u8; 4], offset: usize) {
    let mut turned = mask;
    turned.rotate_left(offset % 4);
    let [a, b, c, d] = turned;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (chunks, rest) = bytes.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = (u64::from_ne_bytes(*chunk) ^ wide).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(turned.iter().cycle()) {
        *byte ^= key;
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]
mod tests {
    use super::{Header, Opcode, unmask};

    #[test]
    fn a_header_is_read_once_it_is_all_there() {
        let cases: [(&[u8], u64); 4] = [
            (&[0x81, 0x85, 1, 2, 3, 4], 5),
            (&[0x81, 0xfe, 1, 0, 1, 2, 3, 4], 256),
            (&[0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4], 65_536),
            (&[0x81, 0x80, 1, 2, 3, 4], 0),
        ];
        for (bytes, length) in cases {
            for part in 0..bytes.len() {
                assert_eq!(Header::read(&bytes[..part]).ok(), Some(None), "{bytes:?}");
            }
            let (header, size) = Header::read(bytes).ok().flatten().unwrap();
            assert_eq!((header.length, size), (length, bytes.len()));
            assert_eq!((header.opcode, header.mask), (Opcode::Text, [1, 2, 3, 4]));
        }
    }

    #[test]
    fn a_header_that_no_client_may_send_is_refused() {
        for bytes in [
            [0x81, 0x05, 0, 0],
            [0xc1, 0x85, 0, 0],
            [0x83, 0x85, 0, 0],
            [0x8b, 0x85, 0, 0],
            [0x09, 0x80, 0, 0],
            [0x89, 0xfe, 0, 126],
        ] {
            assert!(Header::read(&bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn the_mask_is_removed_wherever_the_part_begins() {
        let mask = [1, 2, 4, 8];
        for length in 0..40 {
            for cut in 0..=length {
                let mut bytes: Vec<u8> = (0..length)
                    .map(|at| at ^ mask[usize::from(at) % 4])
                    .collect();
                let (head, tail) = bytes.split_at_mut(usize::from(cut));
                unmask(head, mask, 0);
                unmask(tail, mask, usize::from(cut));
                assert_eq!(bytes, (0..length).collect::<Vec<u8>>(), "{length} {cut}");
            }
        }
    }
}
