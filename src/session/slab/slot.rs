//! The number of a slot.

/// By how many bits a slot stands above the index in [`Slot::pack`].
const INDEX_BITS: u32 = 7;

/// A slot in the session's slab: the number of a waiter (for a reply, for the connection). The session gives it to another waiter
/// once this one has settled and all actions that followed are done. The adapter keeps its waiters under these numbers.
///
/// ```
/// use codebolt_wasm::session::Slot;
///
/// let slot = Slot::of(5);
/// assert_eq!(slot.number(), 5);
/// // For an adapter that hands a slot and a small index over in one number.
/// let packed = slot.pack(3).unwrap();
/// assert_eq!(Slot::unpack(packed), (slot, 3));
/// assert_eq!(Slot::of(Slot::PACKABLE).pack(0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u32);

impl Slot {
    /// How many slots can be packed: those from 0 up to, and without, this number (33,554,432).
    pub const PACKABLE: u32 = 1 << (u32::BITS - INDEX_BITS);

    /// How many indices can be packed with a slot: from 0 up to, and without, this number (128).
    pub const INDICES: u32 = 1 << INDEX_BITS;

    /// The slot with this number.
    #[must_use]
    pub const fn of(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The slot and an index below [`Slot::INDICES`] in one number; `None` when the slot's number is too large.
    #[must_use]
    pub const fn pack(self, index: u32) -> Option<u32> {
        if self.0 < Self::PACKABLE {
            Some(self.0 << INDEX_BITS | index & (Self::INDICES - 1))
        } else {
            None
        }
    }

    /// What [`Slot::pack`] has packed.
    #[must_use]
    pub const fn unpack(packed: u32) -> (Self, u32) {
        (Self(packed >> INDEX_BITS), packed & (Self::INDICES - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::request_id::TEXT_LENGTH;
    use alloc::format;

    #[test]
    fn a_slot_and_an_index_at_their_limits_share_a_number_and_neither_wraps() {
        let last = Slot::of(Slot::PACKABLE - 1);
        assert_eq!(last.pack(Slot::INDICES - 1), Some(u32::MAX));
        for number in [0, 1, 1 << 24, Slot::PACKABLE - 2, Slot::PACKABLE - 1] {
            for index in [0, 1, Slot::INDICES - 1] {
                let slot = Slot::of(number);
                assert_eq!(slot.pack(index).map(Slot::unpack), Some((slot, index)));
            }
        }
        for number in [Slot::PACKABLE, Slot::PACKABLE + 1, u32::MAX] {
            assert_eq!(Slot::of(number).pack(0), None, "{number}");
        }
    }

    #[test]
    fn the_script_has_the_same_numbers() {
        let script = include_str!("../../../pkg-template/session/layout.js");
        for line in [
            format!("export const ID_LENGTH = {TEXT_LENGTH};"),
            format!("export const INDEX_BITS = {INDEX_BITS};"),
        ] {
            assert!(
                script.contains(&line),
                "pkg-template/session/layout.js lacks `{line}`"
            );
        }
    }
}
