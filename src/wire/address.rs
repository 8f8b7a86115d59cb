//! The URL of a connection: where the host is, and which parameters go into the query.
//!
//! The reference appends nearly its whole process environment; this client sends an allow-list, each value
//! percent-encoded (`PROTOCOL.md`, "Connection").

use super::percent_encoding::push_encoded;
use super::text::{decimal, joined};
use alloc::{borrow::ToOwned as _, string::String, vec::Vec};
use core::fmt;

/// The environment's name of the host, `localhost` when it is not set.
pub const HOST_VARIABLE: &str = "CODEBOLT_SERVER_URL";
/// The environment's name of the port, 12345 when it is not set.
pub const PORT_VARIABLE: &str = "SOCKET_PORT";
/// The port of a host when nothing else is said.
pub const DEFAULT_PORT: u16 = 12345;

/// Sent first, in this order, each only when it is not empty.
const AGENT_PARAMETERS: [&str; 5] = [
    "agentId",
    "parentId",
    "parentAgentInstanceId",
    "agentTask",
    "threadToken",
];

/// Sent after the agent's own, in this order, each only when it is not empty.
const ENVIRONMENT_PARAMETERS: [&str; 14] = [
    "threadId",
    "connectionId",
    "clientType",
    "appId",
    "currentProject",
    "projectName",
    "projectType",
    "IS_SIDE_EXECUTION",
    "SIDE_EXECUTION_ID",
    "THREAD_ID",
    "PARENT_AGENT_ID",
    "PARENT_AGENT_INSTANCE_ID",
    "ACTION_BLOCK_ID",
    "ACTION_BLOCK_PATH",
];

/// Every environment variable that this client ever reads.
pub fn environment_variables() -> impl Iterator<Item = &'static str> {
    [
        HOST_VARIABLE,
        PORT_VARIABLE,
        "Is_Dev",
        "IS_PLUGIN",
        "pluginId",
        "pluginToken",
    ]
    .into_iter()
    .chain(AGENT_PARAMETERS)
    .chain(ENVIRONMENT_PARAMETERS)
}

/// Where the caller wants to connect; what is absent comes from the environment or the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The whole URL up to the query, for example `wss://example.org/codebolt`.
    pub url: Option<String>,
    /// The host's name or IP address.
    pub host: Option<String>,
    /// The host's port.
    pub port: Option<u16>,
    /// Whether to use TLS (`wss`).
    pub secure: bool,
    /// Parameters to put into the query besides the protocol's own.
    pub parameters: Vec<(String, String)>,
}

/// Why no URL could be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// The port is no number between 1 and 65535.
    Port {
        /// Which option or variable held it.
        source_name: &'static str,
        /// What it held.
        found: String,
    },
    /// The host is no bare name or address.
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

/// A connection's address without its query (fit for messages: it holds no secret), and the query.
///
/// ```
/// use codebolt_wasm::wire::address::{Address, Target};
///
/// let environment = |name: &str| (name == "SOCKET_PORT").then(|| "4000".to_owned());
/// let address = Address::resolve(&Target::default(), environment).unwrap();
/// assert_eq!(address.base, "ws://localhost:4000/codebolt");
///
/// let target = Target { port: Some(0), ..Target::default() };
/// let error = Address::resolve(&target, environment).unwrap_err();
/// assert!(error.to_string().contains("from 1 to 65535"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The part before `?`.
    pub base: String,
    /// Whether the given URL had a query of its own, to which the parameters are added.
    own_query: String,
    parameters: String,
}

impl Address {
    /// Works out the address from the caller's target and the environment.
    ///
    /// # Errors
    /// When host, port or URL cannot be used; the text names the place and what is wanted.
    pub fn resolve(
        target: &Target,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, AddressError> {
        let variable = |name: &str| environment(name).filter(|value| !value.is_empty());
        let plugin = variable("IS_PLUGIN").as_deref() == Some("true");
        let (base, own_query) = match &target.url {
            Some(url) => split_url(url)?,
            None => {
                let host = host(target, &variable)?;
                let port = port(target, &variable)?;
                let scheme = if target.secure { "wss" } else { "ws" };
                let path = if plugin { "plugin" } else { "codebolt" };
                (
                    joined(&[
                        scheme,
                        "://",
                        &host,
                        ":",
                        &decimal(u64::from(port)),
                        "/",
                        path,
                    ]),
                    String::new(),
                )
            }
        };
        let mut parameters = String::new();
        let mut push = |name: &str, value: &str| {
            parameters.push('&');
            push_encoded(&mut parameters, name);
            parameters.push('=');
            push_encoded(&mut parameters, value);
        };
        if plugin {
            // Both are always there, possibly empty; the agent's parameters never are.
            for name in ["pluginId", "pluginToken"] {
                push(name, &variable(name).unwrap_or_default());
            }
        } else {
            for name in AGENT_PARAMETERS.iter().chain(&ENVIRONMENT_PARAMETERS) {
                if let Some(value) = variable(name) {
                    push(name, &value);
                }
            }
        }
        for (name, value) in &target.parameters {
            push(name, value);
        }
        if !plugin && variable("Is_Dev").is_some() {
            push("dev", "true");
        }
        Ok(Self {
            base,
            own_query,
            parameters,
        })
    }

    /// The whole URL of one connection.
    #[must_use]
    pub fn url(&self, connection_identifier: &str) -> String {
        let mut url = joined(&[&self.base, "?"]);
        if !self.own_query.is_empty() {
            url.push_str(&self.own_query);
            url.push('&');
        }
        url.push_str("id=");
        push_encoded(&mut url, connection_identifier);
        url.push_str(&self.parameters);
        url
    }
}

fn host(
    target: &Target,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<String, AddressError> {
    let (source_name, found) = match (&target.host, variable(HOST_VARIABLE)) {
        (Some(host), _) => ("option 'host'", host.clone()),
        (None, Some(host)) => ("environment variable CODEBOLT_SERVER_URL", host),
        (None, None) => return Ok("localhost".to_owned()),
    };
    // An IPv6 address may stand in brackets. Half a pair, or one further in, is none.
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

fn port(target: &Target, variable: &impl Fn(&str) -> Option<String>) -> Result<u16, AddressError> {
    match (target.port, variable(PORT_VARIABLE)) {
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

/// The text before and after the first of an ASCII character. `split_once` does the same and brings a search machine.
fn cut(text: &str, character: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|byte| byte == character)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// Splits a given URL into the part before `?` and its own query.
fn split_url(url: &str) -> Result<(String, String), AddressError> {
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

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
