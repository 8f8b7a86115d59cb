//! The states of a connection: as users see them, and as the session keeps them.

use super::Closure;

/// The state of a session's connection, as users see it.
///
/// ```
/// use codebolt_wasm::session::State;
///
/// assert_eq!(State::Reconnecting.name(), "reconnecting");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not connected, and nothing has asked for it (or the last attempt failed): the next use connects.
    Idle,
    /// A socket is opening.
    Connecting,
    /// Messages flow.
    Open,
    /// The connection was lost; another attempt follows.
    Reconnecting,
    /// Closing was asked for and is under way.
    Closing,
    /// Closed for good.
    Closed,
}

impl State {
    /// The state's name for users.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Connecting => "connecting",
            Self::Open => "open",
            Self::Reconnecting => "reconnecting",
            Self::Closing => "closing",
            Self::Closed => "closed",
        }
    }
}

/// The phase of a connection, with its data.
#[derive(Debug)]
pub(super) enum Phase {
    Idle,
    Connecting {
        deadline: Option<u64>,
    },
    Open {
        since: u64,
    },
    /// Waits before the next attempt.
    Waiting {
        at: u64,
    },
    /// The socket was asked to close; after the deadline it is dropped.
    Closing {
        deadline: u64,
    },
    Closed(Closure),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_the_names_that_users_read() {
        let names = [
            State::Idle,
            State::Connecting,
            State::Open,
            State::Reconnecting,
            State::Closing,
            State::Closed,
        ]
        .map(State::name);
        assert_eq!(
            names,
            [
                "idle",
                "connecting",
                "open",
                "reconnecting",
                "closing",
                "closed"
            ]
        );
    }
}
