//! The transport: the JavaScript WebSocket, the clock and random ids. `wasm32` only.

pub mod clock;
pub mod members;
pub mod random_ids;
pub mod socket;

/// Whether JavaScript's half of the bridge is always there. It makes the sockets, gets their messages and rejects promises, so the
/// module then needs no code for that.
pub(crate) const HAS_BRIDGE: bool = cfg!(feature = "published");
