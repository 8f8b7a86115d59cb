//! The transport: the JavaScript WebSocket, the clock and random ids. `wasm32` only.

pub mod clock;
pub mod members;
pub mod random_ids;
pub mod socket;

/// Whether the package's facade is always there, which makes the sockets, hears their messages and rejects promises: then the
/// module need not bring what it does without.
pub(crate) const HAS_FACADE: bool = cfg!(feature = "published");
