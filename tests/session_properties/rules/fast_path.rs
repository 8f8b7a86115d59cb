//! The fast path: which requests the session lets the adapter send at once.

use super::*;
use codebolt_wasm::session::Call;

/// Asks to send a request of this size at once.
fn begins(world: &mut World, size: u64) -> bool {
    let expected_reply = world.session.expect_reply("ask a", &["a"]);
    let (slot, _) = world.session.reserve([0x55; 16], false);
    let call = Call {
        expected_reply,
        size,
        timeout: None,
    };
    world.session.begin_request(world.now, slot, call)
}

/// Does what the session wants, and hands out no frame.
fn act(world: &mut World) {
    while world.session.next_action().is_some() {}
}

#[test]
fn a_request_that_nothing_stands_in_the_way_of_goes_at_once_and_is_in_flight() {
    let mut world = open(|_| {});
    assert!(begins(&mut world, 10));
    assert_eq!(world.session.occupancy().in_flight, 1);
    assert_eq!(world.session.occupancy().queued, 0);
}

#[test]
fn it_has_to_leave_the_socket_below_its_high_water_mark_with_what_went_before() {
    let at_mark = |options: &mut SessionOptions| options.high_water_mark = 100;
    assert!(!begins(&mut open(at_mark), 101));
    assert!(!begins(&mut open(at_mark), 100));
    assert!(begins(&mut open(at_mark), 99));
    let mut world = open(at_mark);
    assert!(begins(&mut world, 60));
    act(&mut world);
    assert!(!begins(&mut world, 40));
    assert!(begins(&mut world, 39));
}

#[test]
fn it_waits_for_what_the_session_wants_done_first() {
    let mut world = open(|options| options.request_timeout = None);
    let (slot, _) = world.session.reserve([1; 16], false);
    world.session.wait_until_ready(world.now, slot, None);
    assert!(!begins(&mut world, 10), "an action is to be carried out");
    act(&mut world);
    assert!(begins(&mut world, 10));
}

#[test]
fn it_does_not_overtake_what_waits() {
    let mut world = open(|options| options.request_timeout = None);
    let (slot, _) = world.session.reserve([1; 16], false);
    world.session.send(world.now, slot, 0, 10);
    act(&mut world);
    assert!(world.session.has_frame());
    assert!(!begins(&mut world, 10), "a message waits");
    assert!(world.session.next_frame().is_some());
    world.session.sent(world.now, slot);
    act(&mut world);
    assert!(begins(&mut world, 10));
}

#[test]
fn without_an_open_connection_or_with_too_many_in_flight_none_goes_at_once() {
    assert!(!begins(&mut world(|_| {}), 10));
    let mut world = open(|options| options.max_in_flight = 1);
    assert!(begins(&mut world, 10));
    act(&mut world);
    assert!(!begins(&mut world, 10));
}

#[test]
fn what_is_refused_does_not_go_at_once_either() {
    assert!(!begins(
        &mut open(|options| options.max_frame_bytes = 9),
        10
    ));
    let mut closing = open(|_| {});
    closing.call(0, None, 10);
    closing.close(Some(1_000));
    assert!(!begins(&mut closing, 10));
}

#[test]
fn a_request_that_could_not_go_at_once_has_left_nothing_behind() {
    let mut world = open(|options| options.high_water_mark = 100);
    let before = world.session.occupancy();
    assert!(!begins(&mut world, 100));
    assert_eq!(world.session.occupancy(), before);
    assert!(world.session.is_done());
}
