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
                "a host name or IP address without scheme, path or spaces, such as 'localhost' (a whole address goes into the option 'url')",
            ),
            Self::Url { found } => (
                "option 'url'",
                found,
                "a WebSocket address, such as 'ws://localhost:12345/codebolt'",
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
    let colons = found.bytes().filter(|&byte| byte == b':').count();
    let usable = !found.is_empty()
        && found
            .bytes()
            .all(|byte| byte > b' ' && !b"/?#@\\%<>\"".contains(&byte))
        && !inner
            .unwrap_or(&found)
            .bytes()
            .any(|byte| matches!(byte, b'[' | b']'))
        && (bracketed || colons != 1);
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
        (None, Some(found)) => match found.parse() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err(AddressError::Port {
                source_name: "environment variable SOCKET_PORT",
                found,
            }),
        },
    }
}

/// The text before and after the first `character`, which is ASCII. `split_once` would bring a search algorithm into the module.
fn cut(text: &str, character: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == character)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Splits a given URL into the part before `?` and its own query.
pub(super) fn split_url(url: &str) -> Result<(String, String), AddressError> {
    let refused = || AddressError::Url {
        found: url.to_owned(),
    };
    let (scheme, rest) = cut(url, b':').ok_or_else(refused)?;
    let rest = rest.strip_prefix("//").ok_or_else(refused)?;
    let is = |name: &str| scheme.eq_ignore_ascii_case(name);
    let scheme = if is("ws") || is("http") {
        "ws"
    } else if is("wss") || is("https") {
        "wss"
    } else {
        return Err(refused());
    };
    let (rest, query) = cut(rest, b'?').unwrap_or((rest, ""));
    let unusable = |text: &str| text.bytes().any(|byte| byte <= b' ' || byte == b'#');
    if rest.is_empty() || rest.starts_with('/') || unusable(rest) || unusable(query) {
        return Err(refused());
    }
    // A bare origin means the protocol's own path.
    let path = match cut(rest, b'/') {
        None => "/codebolt",
        Some((_, "")) => "codebolt",
        Some(_) => "",
    };
    Ok((joined(&[scheme, "://", rest, path]), query.to_owned()))
}
