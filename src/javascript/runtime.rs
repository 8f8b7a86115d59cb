//! What the module uses instead of the standard library's allocator, panic handler and `RefCell`.
#![allow(
    unsafe_code,
    reason = "a static must be declared to be used by one thread only"
)]

use core::cell::{Ref, RefCell, RefMut};
#[cfg(not(feature = "published"))]
use core::ops::Deref;

/// A third of the download of Rust's own allocator, and as fast. It asserts that the module runs in one thread.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// A defect in this crate: the call throws a `RuntimeError`, and the module cannot be used any more. The standard library's
/// handler does the same, but contains code that formats a text which nobody sees.
#[cfg(feature = "published")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// A `RefCell` without `#[track_caller]`: the source positions of all borrows are a fiftieth of the module, and nothing prints them.
#[derive(Default)]
pub(super) struct Shared<T>(RefCell<T>);

impl<T> Shared<T> {
    pub(super) const fn new(value: T) -> Self {
        Self(RefCell::new(value))
    }

    pub(super) fn borrow(&self) -> Ref<'_, T> {
        self.0.borrow()
    }

    pub(super) fn borrow_mut(&self) -> RefMut<'_, T> {
        self.0.borrow_mut()
    }
}

/// A value of the module's only thread.
#[cfg(not(feature = "published"))]
pub(super) struct OneThread<T>(pub(super) T);

#[cfg(target_feature = "atomics")]
compile_error!("with threads, a static needs more than OneThread");

#[cfg(not(feature = "published"))]
// SAFETY: without atomics, which are refused above, a module has one thread.
unsafe impl<T> Sync for OneThread<T> {}

#[cfg(not(feature = "published"))]
impl<T> Deref for OneThread<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
