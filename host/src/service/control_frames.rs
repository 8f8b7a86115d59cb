//! The pings and pongs that wait to be sent to one client. Their number is bounded, so they count towards no other limit.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::websocket::Message;

/// How many pongs wait. RFC 6455 (5.5.3) lets a newer one stand for those before it.
const MOST_PONGS: usize = 16;

/// The control frames that wait, the oldest first.
#[derive(Debug, Default)]
pub struct ControlFrames(Mutex<VecDeque<Message>>);

impl ControlFrames {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Message>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a ping or a pong. Returns whether more wait now than before: a second ping adds nothing, and a pong over
    /// the bound takes the place of the oldest.
    pub fn add(&self, frame: Message) -> bool {
        let mut waiting = self.waiting();
        let is_pong = |frame: &Message| matches!(frame, Message::Pong(_));
        if !is_pong(&frame) {
            let is_new = waiting.iter().all(is_pong);
            if is_new {
                waiting.push_back(frame);
            }
            return is_new;
        }
        let is_full = waiting.iter().filter(|frame| is_pong(frame)).count() >= MOST_PONGS;
        if is_full && let Some(oldest) = waiting.iter().position(is_pong) {
            waiting.remove(oldest);
        }
        waiting.push_back(frame);
        !is_full
    }

    /// Takes the oldest.
    pub fn next(&self) -> Option<Message> {
        self.waiting().pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::{ControlFrames, MOST_PONGS, Message};

    #[test]
    fn the_newest_pongs_and_one_ping_wait_however_many_are_added() {
        let frames = ControlFrames::default();
        let mut count = 0;
        for number in 0..=255 {
            count += usize::from(frames.add(Message::Pong(vec![number])));
            count += usize::from(frames.add(Message::Ping));
        }
        assert_eq!(count, MOST_PONGS + 1);
        let mut pongs = Vec::new();
        let mut pings = 0;
        while let Some(frame) = frames.next() {
            match frame {
                Message::Pong(bytes) => pongs.extend(bytes),
                _ => pings += 1,
            }
            count -= 1;
        }
        assert_eq!(pongs, (240..=255).collect::<Vec<u8>>());
        assert_eq!((pings, count), (1, 0), "each that was added can be taken");
        assert!(frames.add(Message::Ping), "once it was taken");
    }
}
