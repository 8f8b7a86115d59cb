//! The transport: the JavaScript WebSocket, the clock and random ids. `wasm32` only.

pub mod clock;
pub mod members;
pub mod random_ids;
pub mod socket;
