//! Events of the connection, as listeners get them: a name and details.

use super::driver::Driver;
use crate::session::Event;
use crate::transport::members::Details;
use alloc::borrow::ToOwned as _;

impl Driver {
    /// Hands an event to its listeners.
    pub(super) fn emit(&self, event: Event) {
        let (name, details) = match event {
            Event::Open { again } => ("open", Details::new().with("again", again)),
            Event::Close { closure, requested } => (
                "close",
                Details::new()
                    .with_closure(&closure)
                    .with("requested", requested),
            ),
            Event::Reconnecting {
                attempt,
                delay,
                closure,
            } => (
                "reconnecting",
                Details::new()
                    .with("attempt", attempt)
                    .with("delay", delay as f64)
                    .with_closure(&closure),
            ),
            Event::MessagesLost { count } => {
                ("messagesLost", Details::new().with("count", count as f64))
            }
        };
        let address = self.session.borrow().address().to_owned();
        self.bridge.emit(name, details.with("address", address));
    }
}
