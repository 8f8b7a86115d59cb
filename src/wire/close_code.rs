//! What a WebSocket close code says about trying again.

/// Normal closure: the host is done with this agent.
pub const NORMAL: u16 = 1000;
/// No close frame came: the connection broke.
pub const ABNORMAL: u16 = 1006;
/// The host refuses this agent.
pub const POLICY_VIOLATION: u16 = 1008;

/// Whether a host that closes with `code` means "do not come back": 1000, 1008 and 4000–4999.
///
/// ```
/// use codebolt_wasm::wire::close_code::{ABNORMAL, NORMAL, says_stop};
///
/// assert!(says_stop(NORMAL));
/// assert!(!says_stop(ABNORMAL));
/// ```
#[must_use]
pub fn says_stop(code: u16) -> bool {
    matches!(code, NORMAL | POLICY_VIOLATION | 4000..=4999)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_normal_closure_policy_violations_and_application_codes_say_stop() {
        for code in [1000, 1008, 4000, 4321, 4999] {
            assert!(says_stop(code), "{code}");
        }
        for code in [1001, 1005, 1006, 1009, 1011, 1012, 1013, 3000, 3999, 5000] {
            assert!(!says_stop(code), "{code}");
        }
    }
}
