//! The transport: the JavaScript WebSocket, the clock and random ids. `wasm32` only.

pub mod clock;
pub mod members;
pub mod random_ids;
pub mod socket;

/// Whether JavaScript's half of the bridge is always there, which makes the sockets, hears their messages and rejects promises:
/// then the module need not bring what it does without.
pub(crate) const HAS_BRIDGE: bool = cfg!(feature = "published");
