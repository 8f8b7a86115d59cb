//! What the WebAssembly module does with a socket: `createInstance` from the call to the reply, and everything that can go
//! wrong between.
//!
//! The sockets are scripted: a test plays the host's part, so that no host is needed. Tests that ask for [`agent::on_a_host`]
//! run on a real one instead where `CODEBOLT_TEST_URL` names it while they are compiled.

mod agent;
mod creating;
mod failing_host;
mod limits;
mod load;
mod reconnecting;
mod replies;
mod scripted;
mod standalone;
mod values;

/// How a test ends.
type Outcome = Result<(), wasm_bindgen::JsValue>;
