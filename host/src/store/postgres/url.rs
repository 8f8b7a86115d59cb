//! Parses libpq's URLs, which may name several servers, and makes the URL of each server.

use std::borrow::Cow;
use std::path::Path;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What a URL looks like, for error texts.
pub const FORM: &str = "postgres://user:password@address/database";

/// The parts of a URL, not decoded.
pub struct UrlParts<'a> {
    user: Option<&'a str>,
    /// Hosts and ports.
    authority: &'a str,
    path: &'a str,
    /// The parameters that the host reads itself, decoded.
    pub parameters: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The parameters that are passed on, not decoded.
    passed_on: Vec<&'a str>,
}

/// The parameters that the host reads itself: they name the servers, or are about the choice among them.
const OWN: [&str; 5] = [
    "host",
    "hostaddr",
    "port",
    "target_session_attrs",
    "connect_timeout",
];

/// The parameters that name files. The error of connecting does not say which file is missing.
const TLS_FILES: [&str; 3] = ["sslrootcert", "sslcert", "sslkey"];

impl<'a> UrlParts<'a> {
    pub fn of(url: &'a str) -> Result<Self, String> {
        let rest = url
            .strip_prefix("postgres://")
            .or_else(|| url.strip_prefix("postgresql://"))
            .ok_or_else(|| format!("expected {FORM}, got an address of another kind"))?;
        let rest = rest.split('#').next().unwrap_or_default();
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, authority) = match authority.rsplit_once('@') {
            Some((user, authority)) => (Some(user), authority),
            None => (None, authority),
        };
        let mut parameters = Vec::new();
        let mut passed_on = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let (key, value) = (decoded(key)?, decoded(value)?);
            if TLS_FILES.contains(&&*key) && !value.starts_with('-') && !Path::new(&*value).exists()
            {
                return Err(format!("expected a file at {key}, got none: {value}"));
            }
            if OWN.contains(&&*key) {
                parameters.push((key, value));
            } else {
                passed_on.push(parameter);
            }
        }
        Ok(Self {
            user,
            authority,
            path,
            parameters,
            passed_on,
        })
    }

    fn last(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().rfind(|(key, _)| key == name);
        found.map(|(_, value)| &**value)
    }

    /// Hosts and ports. The parameters `host` and `port` win over the authority.
    pub fn servers(&self) -> Result<Vec<(String, Option<String>)>, String> {
        let mut servers = Vec::new();
        for server in self.authority.split(',') {
            let has_port = !server.ends_with(']');
            let (host, port) = match server.rsplit_once(':') {
                Some((host, port)) if has_port => (host, Some(port.to_owned())),
                _ => (server, None),
            };
            servers.push((
                decoded(host)?.into_owned(),
                port.filter(|port| !port.is_empty()),
            ));
        }
        if let Some(hosts) = self.last("hostaddr").or_else(|| self.last("host")) {
            let hosts: Vec<&str> = hosts.split(',').collect();
            let ports: Vec<Option<String>> = servers.iter().map(|(_, port)| port.clone()).collect();
            servers = spread("port", &ports, hosts.len())?
                .into_iter()
                .zip(hosts)
                .map(|(port, host)| (host.to_owned(), port))
                .collect();
        }
        if let Some(ports) = self.last("port") {
            let ports: Vec<Option<String>> =
                ports.split(',').map(|port| Some(port.to_owned())).collect();
            let ports = spread("port", &ports, servers.len())?;
            for (server, port) in servers.iter_mut().zip(ports) {
                server.1 = port;
            }
        }
        for (host, port) in &servers {
            if servers.len() > 1 && host.is_empty() {
                return Err("expected a host before and after each comma, got none; write postgres://user@one:5432,two:5432/database".into());
            }
            if let Some(port) = port
                && !port.parse::<u16>().is_ok_and(|port| port > 0)
            {
                return Err(format!("expected a port from 1 to 65535, got {port:?}"));
            }
        }
        Ok(servers)
    }

    /// The URL of one of the servers.
    pub fn url_of(&self, host: &str, port: Option<&str>) -> String {
        let mut parameters: Vec<Cow<'_, str>> =
            self.passed_on.iter().copied().map(Cow::from).collect();
        let mut authority = String::new();
        if host.is_empty() {
            // The parser refuses a user without a host, so user and password become parameters.
            let user = self.user.unwrap_or_default();
            let (user, password) = user.split_once(':').unwrap_or((user, ""));
            for (key, value) in [("user", user), ("password", password)] {
                if !value.is_empty() {
                    parameters.push(format!("{key}={}", value.replace('+', "%2B")).into());
                }
            }
        } else {
            if let Some(user) = self.user {
                authority = format!("{user}@");
            }
            if host.starts_with('/') {
                authority.push_str("localhost");
                let socket = utf8_percent_encode(host, NON_ALPHANUMERIC);
                parameters.push(format!("host={socket}").into());
            } else if host.contains(':') && !host.starts_with('[') {
                authority.push_str(&format!("[{host}]"));
            } else {
                authority.push_str(host);
            }
        }
        if let Some(port) = port {
            parameters.push(format!("port={port}").into());
        }
        format!(
            "postgres://{authority}/{}?{}",
            self.path,
            parameters.join("&")
        )
    }
}

/// A value for each server, from as many values or from one for all.
fn spread(
    name: &str,
    values: &[Option<String>],
    count: usize,
) -> Result<Vec<Option<String>>, String> {
    match values {
        [one] => Ok(vec![one.clone(); count]),
        several if several.len() == count => Ok(several.to_vec()),
        several => Err(format!(
            "expected one {name} or one for each of {count} hosts, got {}",
            several.len()
        )),
    }
}

fn decoded(text: &str) -> Result<Cow<'_, str>, String> {
    percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| "expected percent-encoded UTF-8, got other bytes".to_owned())
}
