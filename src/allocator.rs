//! The module's allocator: lists of free blocks by size.
//!
//! A general allocator is 0.8 KB of the download, this one 0.2 KB. What it leaves out: free blocks are not split or merged, so
//! they serve their own size again and no other. A session needs few sizes, and most of what it holds are blocks of slots.
#![allow(
    unsafe_code,
    reason = "an allocator writes its lists into the memory that nobody else uses"
)]

use core::alloc::Layout;
use core::ptr::{NonNull, null_mut};

/// The largest alignment that there is: that of `u64` and `f64`. All sizes and addresses are multiples of it.
const ALIGNMENT: usize = 8;

/// The smallest block, in bytes.
const SMALLEST: usize = 16;

/// Two sizes between a power of two and the next: this one, and one and a half of it.
const CLASSES: usize = 2 * usize::BITS as usize;

/// A block that nobody uses; the next of its size stands in it.
type Free = Option<NonNull<NextFree>>;

struct NextFree(Free);

/// The blocks of one memory.
pub struct Allocator {
    free: [Free; CLASSES],
    /// The end of what was ever in use, and how many bytes there are after it.
    end: *mut u8,
    unused: usize,
}

impl Default for Allocator {
    fn default() -> Self {
        Self::new()
    }
}

impl Allocator {
    /// One without memory.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            free: [None; CLASSES],
            end: null_mut(),
            unused: 0,
        }
    }

    /// Gives a block of memory, null where there is none. `grow` gives at least so many bytes more, each of them once and aligned
    /// as `u64` is: where they begin, and how many they are.
    pub fn allocate(
        &mut self,
        layout: Layout,
        grow: impl FnOnce(usize) -> Option<(*mut u8, usize)>,
    ) -> *mut u8 {
        let (class, size) = class(layout);
        let Some(free) = self
            .free
            .get_mut(class)
            .filter(|_| layout.align() <= ALIGNMENT)
        else {
            return null_mut();
        };
        if let Some(block) = *free {
            // SAFETY: `free` wrote its next into it, and nobody else has had it since.
            *free = unsafe { block.read().0 };
            return block.as_ptr().cast();
        }
        if self.unused < size {
            let Some((start, bytes)) = grow(size) else {
                return null_mut();
            };
            if start != self.end.wrapping_add(self.unused) {
                self.end = start;
                self.unused = 0;
            }
            self.unused += bytes;
        }
        let block = self.end;
        self.end = block.wrapping_add(size);
        self.unused -= size;
        block
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// [`allocate`](Self::allocate) gave the block for this layout, and nobody uses it any more.
    pub unsafe fn free(&mut self, block: *mut u8, layout: Layout) {
        if let Some(free) = self.free.get_mut(class(layout).0)
            && let Some(block) = NonNull::new(block.cast::<NextFree>())
        {
            // SAFETY: the block is at least `SMALLEST` bytes, aligned by `ALIGNMENT`, and the caller's own until now.
            unsafe { block.write(NextFree(*free)) };
            *free = Some(block);
        }
    }
}

/// The class of a layout's size, and how large blocks of this class are.
fn class(layout: Layout) -> (usize, usize) {
    let size = layout.size().max(SMALLEST);
    let bits = usize::BITS - (size - 1).leading_zeros();
    let power = 1 << bits;
    let between = power / 4 * 3;
    let class = 2 * bits as usize;
    if size <= between {
        (class - 1, between)
    } else {
        (class, power)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};
    use proptest::prelude::*;

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, ALIGNMENT).unwrap_or_else(|_| unreachable!("a small layout"))
    }

    /// A memory that grows page by page up to its end, as that of a module does.
    struct Memory {
        start: *mut u8,
        words: Vec<u64>,
        used: usize,
    }

    impl Memory {
        const PAGE: usize = 1024;

        fn of_pages(pages: usize) -> Self {
            let mut words = vec![0_u64; pages * Self::PAGE / 8];
            Self {
                start: words.as_mut_ptr().cast(),
                words,
                used: 0,
            }
        }

        fn grow(&mut self, bytes: usize) -> Option<(*mut u8, usize)> {
            let bytes = bytes.next_multiple_of(Self::PAGE);
            let used = self.used + bytes;
            if used > self.words.len() * 8 {
                return None;
            }
            let start = self.start.wrapping_add(self.used);
            self.used = used;
            Some((start, bytes))
        }
    }

    #[test]
    fn a_block_is_as_large_as_asked_and_at_most_by_half_larger() {
        for size in 1..10_000 {
            let (_, block) = class(layout(size));
            assert!(block >= size && block % ALIGNMENT == 0, "{size}: {block}");
            assert!(size < SMALLEST || block * 2 <= size * 3, "{size}: {block}");
        }
    }

    #[test]
    fn a_free_block_serves_its_own_size_again_before_the_memory_grows() {
        let mut memory = Memory::of_pages(100);
        let mut allocator = Allocator::new();
        let first = allocator.allocate(layout(100), |bytes| memory.grow(bytes));
        let used = memory.used;
        for size in [100, 97, 128] {
            // SAFETY: it is given for a layout of this class each time, and not used.
            unsafe { allocator.free(first, layout(100)) };
            assert_eq!(allocator.allocate(layout(size), |_| None), first, "{size}");
        }
        assert_eq!(memory.used, used);
    }

    #[test]
    fn where_the_memory_does_not_grow_there_is_no_block_and_those_given_before_stay() {
        let mut memory = Memory::of_pages(2);
        let mut allocator = Allocator::new();
        let blocks: Vec<_> = (0..4)
            .map(|_| allocator.allocate(layout(1000), |bytes| memory.grow(bytes)))
            .collect();
        assert_eq!(
            blocks
                .iter()
                .map(|block| block.is_null())
                .collect::<Vec<_>>(),
            [false, false, true, true]
        );
        // A smaller one has none of its size either.
        let small = allocator.allocate(layout(500), |bytes| memory.grow(bytes));
        assert!(small.is_null());
    }

    #[test]
    fn an_alignment_that_no_value_of_the_module_has_is_refused() {
        let mut memory = Memory::of_pages(2);
        let wide = Layout::from_size_align(32, 16).unwrap_or_else(|_| unreachable!("a layout"));
        let block = Allocator::new().allocate(wide, |bytes| memory.grow(bytes));
        assert!(block.is_null());
    }

    proptest! {
        #[test]
        fn no_two_blocks_in_use_share_a_byte(steps in prop::collection::vec((0_usize..700, any::<bool>()), 1..200)) {
            let mut memory = Memory::of_pages(500);
            let mut allocator = Allocator::new();
            let mut used: Vec<(*mut u8, usize, u8)> = Vec::new();
            for (step, (number, frees)) in steps.into_iter().enumerate() {
                if frees && !used.is_empty() {
                    let (block, size, mark) = used.swap_remove(number % used.len());
                    for at in 0..size {
                        // SAFETY: the block is in use and has so many bytes, which were written.
                        prop_assert_eq!(unsafe { block.add(at).read() }, mark);
                    }
                    // SAFETY: it was given for this layout.
                    unsafe { allocator.free(block, layout(size)) };
                } else {
                    let size = number + 1;
                    let block = allocator.allocate(layout(size), |bytes| memory.grow(bytes));
                    prop_assert!(!block.is_null());
                    prop_assert_eq!(block.align_offset(ALIGNMENT), 0);
                    // SAFETY: the block has so many bytes.
                    unsafe { block.write_bytes(step as u8, size) };
                    used.push((block, size, step as u8));
                }
            }
        }
    }
}
