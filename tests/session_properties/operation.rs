//! What may happen to a session.

use codebolt_wasm::session::{Reconnect, SessionOptions};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// The reply types that each kind of call waits for. The last is used by one-off calls only.
pub const EXPECTED: [&[&str]; 4] = [&["a"], &["b"], &["b", "c"], &["d"]];
/// The type of each kind of request.
pub const REQUESTS: [&str; 4] = ["ask a", "ask b", "ask b or c", "ask d"];
/// The kind of call whose types are registered anew with each call.
pub const ONE_OFF: usize = 3;
/// The types that incoming frames have; nobody expects the last two.
pub const TYPES: [&str; 6] = ["a", "b", "c", "d", "messageResponse", "__ping"];

/// Whose id an incoming frame carries.
#[derive(Clone, Debug)]
pub enum Id {
    /// That of some call made so far, settled or not, sent or not.
    Of(Index),
    /// None.
    Absent,
    /// A UUID that was never given out.
    Unknown,
    /// No UUID at all.
    Foreign,
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Operation {
    Call {
        kind: usize,
        timeout: Option<u64>,
        size: u64,
    },
    Send {
        size: u64,
    },
    WaitForReady {
        timeout: Option<u64>,
    },
    Connect,
    SocketOpens,
    SocketCloses {
        code: u16,
    },
    Frame {
        id: Id,
        type_name: &'static str,
    },
    Unreadable,
    Abort(Index),
    Advance(u64),
    /// The timer fires although it is not time.
    TimerFiresEarly,
    /// The socket's buffer now holds so many bytes.
    Buffer(u64),
    Close {
        drain: Option<u64>,
    },
    /// The next listener that is told something does these.
    InNextListener(Vec<Operation>),
    /// These happen while the socket takes its next frame, and it may throw in the end.
    InNextSend(Vec<Operation>, bool),
    /// The socket takes no more, and says nothing of an end.
    SocketEnds,
    /// So many more frames go out, and then others have their turn.
    TurnEndsAfter(usize),
}

/// What the clock shows at first: it may soon pass what 31 or 32 bits hold, as timers and other programs' numbers do.
pub fn clocks() -> impl Strategy<Value = u64> {
    prop_oneof![
        2 => Just(1_000),
        1 => ((1_u64 << 31) - 2_600)..(1 << 31),
        1 => ((1_u64 << 32) - 2_600)..(1 << 32),
    ]
}

pub fn operations(most: usize) -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(operation(), 1..most)
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        30 => flat(),
        1 => within().prop_map(Operation::InNextListener),
        1 => (within(), prop::bool::weighted(0.3))
            .prop_map(|(operations, throws)| Operation::InNextSend(operations, throws)),
    ]
}

/// What happens while something else does.
fn within() -> impl Strategy<Value = Vec<Operation>> {
    let operation = flat().prop_filter("no timer fires while a listener runs", |operation| {
        !matches!(
            operation,
            Operation::Advance(_) | Operation::TimerFiresEarly
        )
    });
    prop::collection::vec(operation, 0..4)
}

fn flat() -> impl Strategy<Value = Operation> {
    let timeout = || option::weighted(0.5, select(vec![0, 1, 30, 120]));
    let size = || select(vec![1_u64, 10, 60, 400, 1_001]);
    prop_oneof![
        10 => (0..EXPECTED.len(), timeout(), size())
            .prop_map(|(kind, timeout, size)| Operation::Call { kind, timeout, size }),
        4 => size().prop_map(|size| Operation::Send { size }),
        1 => timeout().prop_map(|timeout| Operation::WaitForReady { timeout }),
        1 => Just(Operation::Connect),
        4 => Just(Operation::SocketOpens),
        2 => select(vec![1000_u16, 1001, 1005, 1006, 1008, 1011, 1012, 4000, 4999])
            .prop_map(|code| Operation::SocketCloses { code }),
        9 => (id(), select(TYPES.to_vec())).prop_map(|(id, type_name)| Operation::Frame { id, type_name }),
        1 => Just(Operation::Unreadable),
        3 => any::<Index>().prop_map(Operation::Abort),
        5 => select(vec![0_u64, 1, 7, 20, 40, 100, 700, 2_500]).prop_map(Operation::Advance),
        1 => Just(Operation::TimerFiresEarly),
        3 => select(vec![0_u64, 40, 50, 51, 99, 100, 5_000]).prop_map(Operation::Buffer),
        1 => option::weighted(0.8, select(vec![0_u64, 30, 1_000])).prop_map(|drain| Operation::Close { drain }),
        1 => Just(Operation::SocketEnds),
        1 => (0_usize..3).prop_map(Operation::TurnEndsAfter),
    ]
}

fn id() -> impl Strategy<Value = Id> {
    prop_oneof![
        6 => any::<Index>().prop_map(Id::Of),
        3 => Just(Id::Absent),
        1 => Just(Id::Unknown),
        1 => Just(Id::Foreign),
    ]
}

pub fn options() -> impl Strategy<Value = SessionOptions> {
    (
        select(vec![None, Some(1), Some(100)]),
        select(vec![None, Some(50), Some(60_000)]),
        option::of(reconnect()),
        select(vec![0_usize, 1, 3, 1024]),
        select(vec![1_usize, 2, usize::MAX]),
        select(vec![None, None, Some(1), Some(60)]),
        select(vec![1_u64, 100, 1 << 20]),
        any::<bool>(),
        select(vec![1_u64, 500, 1 << 20]),
        any::<bool>(),
    )
        .prop_map(
            |(
                connect_timeout,
                request_timeout,
                reconnect,
                max_queued,
                max_in_flight,
                keep_alive,
                high_water_mark,
                socket_holds_process,
                max_queued_bytes,
                pause_holds_process,
            )| SessionOptions {
                connect_timeout,
                request_timeout,
                reconnect,
                max_queued,
                max_in_flight,
                keep_alive,
                high_water_mark,
                max_frame_bytes: 1_000,
                socket_holds_process,
                pause_holds_process,
                max_queued_bytes,
            },
        )
}

fn reconnect() -> impl Strategy<Value = Reconnect> {
    (
        select(vec![0_u64, 1, 20, 500]),
        select(vec![0_u64, 100, u64::MAX]),
        select(vec![0_u32, 1, 3, u32::MAX]),
        select(vec![0_u64, 50]),
    )
        .prop_map(
            |(initial_delay, max_delay, max_attempts, stable_after)| Reconnect {
                initial_delay,
                max_delay,
                // Without delays, the rest of a test's time would go into attempts.
                max_attempts: if initial_delay.min(max_delay) < 20 {
                    max_attempts.min(3)
                } else {
                    max_attempts
                },
                stable_after,
            },
        )
}
