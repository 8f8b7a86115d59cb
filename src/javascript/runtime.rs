//! What the module uses instead of the standard library's allocator, panic handler and `RefCell`.
#![allow(
    unsafe_code,
    reason = "a static must be declared to be used by one thread only"
)]

use crate::allocator::Allocator;
use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::{Ref, RefCell, RefMut, UnsafeCell};
use core::ops::Deref;

#[global_allocator]
static ALLOCATOR: ModuleMemory = ModuleMemory(OneThread(UnsafeCell::new(Allocator::new())));

/// The module's memory beyond what it begins with.
struct ModuleMemory(OneThread<UnsafeCell<Allocator>>);

/// The size of WebAssembly's pages.
const PAGE: usize = 65_536;

// SAFETY: `Allocator` gives each byte once, and `memory_grow` gives it bytes that nobody has.
unsafe impl GlobalAlloc for ModuleMemory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: there is one thread, and what runs here does not allocate.
        let allocator = unsafe { &mut *self.0.get() };
        allocator.allocate(layout, |bytes| {
            let pages = bytes.div_ceil(PAGE);
            let before = wasm32::memory_grow::<0>(pages);
            (before != usize::MAX).then_some(((before * PAGE) as *mut u8, pages * PAGE))
        })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above; the caller promises the rest.
        unsafe { (*self.0.get()).free(block, layout) }
    }
}

/// A defect in this crate: the call throws a `RuntimeError`, and the module cannot be used any more. The standard library's
/// handler does the same, but contains code that formats a text which nobody sees.
#[cfg(feature = "published")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    wasm32::unreachable()
}

/// A `RefCell` without `#[track_caller]`: the source positions of all borrows are a fiftieth of the module, and nothing prints them.
/// A borrow that is refused is a defect in this crate, and a trap as a panic is.
#[derive(Default)]
pub(super) struct Shared<T>(RefCell<T>);

impl<T> Shared<T> {
    pub(super) const fn new(value: T) -> Self {
        Self(RefCell::new(value))
    }

    pub(super) fn borrow(&self) -> Ref<'_, T> {
        self.0
            .try_borrow()
            .unwrap_or_else(|_| wasm32::unreachable())
    }

    pub(super) fn borrow_mut(&self) -> RefMut<'_, T> {
        self.0
            .try_borrow_mut()
            .unwrap_or_else(|_| wasm32::unreachable())
    }
}

/// A value of the module's only thread.
pub(super) struct OneThread<T>(pub(super) T);

#[cfg(target_feature = "atomics")]
compile_error!("with threads, a static needs more than OneThread");

// SAFETY: without atomics, which are refused above, a module has one thread.
unsafe impl<T> Sync for OneThread<T> {}

impl<T> Deref for OneThread<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
