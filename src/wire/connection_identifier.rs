//! The `id` parameter of a connection's URL.

use super::text::{push_ascii, push_digits};
use alloc::string::String;

/// Makes a connection identifier of the form `ws_{time in base 36}_{random in base 36}`.
///
/// ```
/// use codebolt_wasm::wire::connection_identifier::connection_identifier;
///
/// assert_eq!(connection_identifier(1_700_000_000_000, 35), "ws_loyw3v28_z");
/// ```
#[must_use]
pub fn connection_identifier(epoch_milliseconds: u64, random: u64) -> String {
    let mut text = String::from("ws_");
    push_digits(&mut text, epoch_milliseconds, 36);
    push_ascii(&mut text, b"_");
    push_digits(&mut text, random, 36);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identifier_names_time_and_chance_in_base_36() {
        assert_eq!(connection_identifier(36 * 36 + 35, 10), "ws_10z_a");
        assert_eq!(connection_identifier(0, u64::MAX), "ws_0_3w5e11264sgsf");
    }
}
