//! How a world ends: everything settles, and nothing happens after that.

use super::{Outcome, World};
use crate::operation::{EXPECTED, Operation};
use codebolt_wasm::session::Failure;

impl World {
    /// Closes, and looks for leftovers.
    pub fn finish(&mut self, answers_close: bool) {
        self.in_listener.clear();
        self.in_send.clear();
        self.close(None);
        if answers_close {
            self.socket_closes(1000);
        }
        self.perform(Operation::Advance(2_000));
        self.assert_all_settled();
        self.assert_nothing_left();
        let handed_out = self.handed_out.len();
        for kind in 0..EXPECTED.len() {
            let number = self.call(kind, None, 1);
            assert!(matches!(
                self.waits[number].outcome,
                Some(Outcome::Failed(Failure::ConnectionClosed {
                    sent: false,
                    ..
                }))
            ));
        }
        assert!(self.send(1).is_err());
        let number = self.wait_for_ready(None);
        assert!(matches!(
            self.waits[number].outcome,
            Some(Outcome::Failed(_))
        ));
        let number = self.close(Some(10));
        assert_eq!(self.waits[number].outcome, Some(Outcome::Done));
        assert_eq!(
            self.handed_out.len(),
            handed_out,
            "something was sent after the end"
        );
        self.assert_nothing_left();
    }
}
