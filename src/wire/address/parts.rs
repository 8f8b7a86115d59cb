//! The parts of an address, each checked: host, port, and a whole URL.

use super::environment::{DEFAULT_PORT, HOST_VARIABLE, PORT_VARIABLE};
use crate::wire::text::joined;
use alloc::{borrow::ToOwned as _, string::String};
use core::fmt;

/// Why no URL could be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// The port is not a number from 1 to 65535.
    Port {
        /// Which option or variable held it.
        source_name: &'static str,
        /// What it held.
        found: String,
    },
    /// The host is not a bare name or address.
    Host {
        /// Which option or variable held it.
        source_name: &'static str,
        /// What it held.
        found: String,
    },
    /// The URL is not one for a WebSocket.
    Url {
        /// What was given.
        found: String,
    },
}

impl core::error::Error for AddressError {}

impl fmt::Display for AddressError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text())
    }
}

impl AddressError {
    /// What was expected and what came.
    #[must_use]
    pub fn text(&self) -> String {
        let (source_name, found, expected) = match self {
            Self::Port { source_name, found } => {
                (*source_name, found, "a port number from 1 to 65535")
            }
            Self::Host { source_name, found } => (
                *source_name,
                found,
                "a host name or IP address alone, such as 'localhost' (a port goes into the option 'port' or SOCKET_PORT, a whole address into the option 'url')",
            ),
            Self::Url { found } => (
                "option 'url'",
                found,
                "a WebSocket address without spaces and '#', such as 'ws://localhost:12345/codebolt'",
            ),
        };
        joined(&[source_name, ": expected ", expected, ", got '", found, "'"])
    }
}

/// The host as it stands in a URL: an IPv6 address is in brackets.
pub(super) fn host(
    option: Option<&str>,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<String, AddressError> {
    let (source_name, found) = match (option, variable(HOST_VARIABLE)) {
        (Some(host), _) => ("option 'host'", host.to_owned()),
        (None, Some(host)) => ("environment variable CODEBOLT_SERVER_URL", host),
        (None, None) => return Ok("localhost".to_owned()),
    };
    // An IPv6 address may have brackets: a pair of them, around all of it.
    let inner = found
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let bracketed = inner.is_some();
    let mut colons = 0;
    let mut usable = !found.is_empty();
    for byte in inner.unwrap_or(&found).bytes() {
        match byte {
            b':' => colons += 1,
            0..=b' '
            | b'/'
            | b'?'
            | b'#'
            | b'@'
            | b'\\'
            | b'%'
            | b'<'
            | b'>'
            | b'"'
            | b'['
            | b']' => {
                usable = false;
            }
            _ => {}
        }
    }
    usable &= bracketed || colons != 1;
    if !usable {
        return Err(AddressError::Host { source_name, found });
    }
    Ok(if bracketed || colons == 0 {
        found
    } else {
        joined(&["[", &found, "]"])
    })
}

pub(super) fn port(
    option: Option<u16>,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<u16, AddressError> {
    match (option, variable(PORT_VARIABLE)) {
        (Some(0), _) => Err(AddressError::Port {
            source_name: "option 'port'",
            found: "0".to_owned(),
        }),
        (Some(port), _) => Ok(port),
        (None, None) => Ok(DEFAULT_PORT),
        (None, Some(found)) => port_number(&found).ok_or(AddressError::Port {
            source_name: "environment variable SOCKET_PORT",
            found,
        }),
    }
}

/// A port's number from its text. `str::parse` brings more into the module.
fn port_number(text: &str) -> Option<u16> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let number = digits.bytes().try_fold(0_u32, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10 && number <= u32::from(u16::MAX)).then(|| number * 10 + u32::from(digit))
    })?;
    u16::try_from(number).ok().filter(|&port| port > 0)
}

/// The text before and after the first `character`, which is ASCII. `split_once` would bring a search algorithm into the module.
fn cut(text: &str, character: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == character)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Splits a given URL into the part before `?` and its own query.
pub(super) fn split_url(url: &str) -> Result<(String, String), AddressError> {
    split(url).ok_or_else(|| AddressError::Url {
        found: url.to_owned(),
    })
}

/// `None` for a URL that is not one for a WebSocket.
fn split(url: &str) -> Option<(String, String)> {
    let (scheme, rest) = cut(url, b':')?;
    let rest = rest.strip_prefix("//")?;
    let scheme = match &*scheme.to_ascii_lowercase() {
        "ws" | "http" => "ws",
        "wss" | "https" => "wss",
        _ => return None,
    };
    if rest.bytes().any(|byte| byte <= b' ' || byte == b'#') {
        return None;
    }
    let (rest, query) = cut(rest, b'?').unwrap_or((rest, ""));
    // A bare origin means the protocol's own path.
    let path = match cut(rest, b'/') {
        None if rest.is_empty() => return None,
        Some(("", _)) => return None,
        None => "/codebolt",
        Some((_, "")) => "codebolt",
        Some(_) => "",
    };
    Some((joined(&[scheme, "://", rest, path]), query.to_owned()))
}
