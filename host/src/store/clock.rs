//! The current time as stores keep it: whole milliseconds since 1970.

use std::time::{SystemTime, UNIX_EPOCH};

/// The time now.
#[must_use]
pub fn now_in_milliseconds() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| {
            i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
        })
}
