//! The URL of a connection: where the host is, and which parameters go into the query.
//!
//! The reference appends nearly its whole process environment; this client sends an allow-list, each value
//! percent-encoded (`PROTOCOL.md`, "Connection").

mod environment;
mod parts;

pub use environment::{DEFAULT_PORT, HOST_VARIABLE, PORT_VARIABLE, environment_variables};
pub use parts::AddressError;

use super::percent_encoding::push_encoded;
use super::text::{decimal, joined};
use alloc::{string::String, vec::Vec};
use environment::{AGENT_PARAMETERS, ENVIRONMENT_PARAMETERS};

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
    /// When host, port or URL cannot be used; the text names the option or variable, and what is expected.
    pub fn resolve(
        target: &Target,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, AddressError> {
        let variable = |name: &str| environment(name).filter(|value| !value.is_empty());
        let plugin = variable("IS_PLUGIN").as_deref() == Some("true");
        let (base, own_query) = match &target.url {
            Some(url) => parts::split_url(url)?,
            None => {
                let host = parts::host(target.host.as_deref(), &variable)?;
                let port = parts::port(target.port, &variable)?;
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

#[cfg(test)]
mod tests;
