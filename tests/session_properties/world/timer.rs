//! Time, and the one timer.

use super::World;

impl World {
    /// Time passes, and the timer fires whenever it is armed for.
    pub fn advance(&mut self, by: u64) {
        let target = self.now + by;
        while let Some((at, _)) = self.armed
            && at <= target
        {
            self.now = self.now.max(at);
            self.fire();
            if self.depth == 0 {
                self.check();
            }
        }
        self.now = target;
    }

    pub(super) fn fire(&mut self) {
        self.armed = None;
        self.timers_fired += 1;
        assert!(self.timers_fired < 200_000, "the timer is busy");
        self.session.timer(self.now);
        self.carry_out();
    }
}
