//! The session against a plain model of what is around it: whatever callers, hosts, sockets and the clock do, every
//! call settles exactly once and with its own reply, no frame is sent twice, and nothing is left over.
//!
//! `world` plays the adapter and keeps books of its own, `check` compares them with the session after every event,
//! `operation` draws what happens, the files of `rules` state each rule by itself.

#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::indexing_slicing,
    reason = "a model that loses count of its own waiters is to fail loudly"
)]

mod check;
mod operation;
mod rules;
mod world;

use operation::{Operation, clocks, operations, options};
use proptest::prelude::*;
use proptest::test_runner::RngAlgorithm;
use world::World;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 6_000,
        failure_persistence: None,
        // The default one spends more time on chance than the session on its work.
        rng_algorithm: RngAlgorithm::XorShift,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happens_every_call_settles_once_and_nothing_is_left(
        options in options(),
        recursive in any::<bool>(),
        fast_path in any::<bool>(),
        operations in operations(60),
        answers_close in any::<bool>(),
        now in clocks(),
    ) {
        let mut world = World::new(options, recursive, fast_path);
        world.now = now;
        for operation in operations {
            world.perform(operation);
        }
        world.finish(answers_close);
    }

    #[test]
    fn with_time_limits_and_a_host_that_is_silent_everything_settles_without_a_close(
        mut options in options(),
        operations in operations(30),
        now in clocks(),
    ) {
        options.request_timeout = Some(50);
        options.connect_timeout = Some(100);
        if let Some(reconnect) = &mut options.reconnect {
            reconnect.max_attempts = reconnect.max_attempts.min(5);
        }
        let mut world = World::new(options, false, true);
        world.now = now;
        for operation in operations {
            // The first two have no time limit unless they are given one, and messages wait for as long as the session does.
            match operation {
                Operation::WaitForReady { timeout: None } | Operation::Send { .. } => {}
                Operation::Call { timeout: Some(0), .. } | Operation::InNextListener(_) | Operation::InNextSend(..) => {}
                operation => world.perform(operation),
            }
        }
        world.perform(Operation::Advance(20_000));
        world.assert_all_settled();
    }
}
