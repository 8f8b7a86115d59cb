//! The address of `--store`: libpq's form, with one server or several of which one takes writes.

use std::borrow::Cow;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sqlx::postgres::PgConnectOptions;

use crate::store::StoreFailure;

/// How long one attempt to connect to a server may take, unless `connect_timeout` says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const FORM: &str = "postgres://user:password@address/database";

/// What `--store` names.
#[derive(Debug)]
pub struct Address {
    /// At least one.
    pub servers: Vec<ServerAddress>,
    /// How it is called in errors: without its password.
    pub shown: String,
    /// How long one attempt to connect to a server may take.
    pub connect_timeout: Duration,
}

/// One of its servers.
#[derive(Debug, Clone)]
pub struct ServerAddress {
    /// What is needed to connect.
    pub options: PgConnectOptions,
    /// Host and port, or the socket.
    pub shown: String,
}

impl Address {
    pub fn parse(url: &str) -> Result<Self, StoreFailure> {
        parse(url).map_err(|error| StoreFailure::CannotOpen(format!("--store: {error}")))
    }
}

fn parse(url: &str) -> Result<Address, String> {
    let parts = Parts::of(url)?;
    let mut servers = Vec::new();
    for (host, port) in parts.servers()? {
        let options = PgConnectOptions::from_str(&parts.url_of(&host, port.as_deref()))
            .map_err(|error| format!("expected {FORM}, got something else: {error}"))?
            .application_name("codebolt-host")
            // Poolers refuse it, and no number is read as text of a double.
            .extra_float_digits(None);
        servers.push(ServerAddress::new(options));
    }
    let mut connect_timeout = CONNECT_TIMEOUT;
    for (key, value) in &parts.parameters {
        match &**key {
            "connect_timeout" => {
                let seconds = value
                    .parse()
                    .ok()
                    .filter(|seconds| (1..=60).contains(seconds));
                let seconds = seconds.ok_or_else(|| {
                    format!("expected connect_timeout of 1 to 60 seconds, got {value:?}")
                })?;
                connect_timeout = Duration::from_secs(seconds);
            }
            "target_session_attrs" if !matches!(&**value, "read-write" | "primary") => {
                return Err(format!(
                    "expected target_session_attrs read-write or primary, got {value:?}; the host needs the server that takes writes, and looks for it without being told"
                ));
            }
            _ => {}
        }
    }
    let places: Vec<&str> = servers.iter().map(|server| &*server.shown).collect();
    let places = places.join(" or ");
    let Some(first) = servers.first() else {
        return Err(format!("expected {FORM}, got no server"));
    };
    let database = first
        .options
        .get_database()
        .unwrap_or(first.options.get_username());
    let shown = format!("the PostgreSQL of --store, database {database} at {places}");
    Ok(Address {
        servers,
        shown,
        connect_timeout,
    })
}

impl ServerAddress {
    fn new(options: PgConnectOptions) -> Self {
        // In a URL an IPv6 address has brackets, which are no part of it.
        let host = options.get_host();
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let options = match bare.map(str::to_owned) {
            Some(bare) => options.host(&bare),
            None => options,
        };
        let port = options.get_port();
        let shown = match options.get_socket() {
            Some(socket) => format!("{} (port {port})", socket.display()),
            None if options.get_host().contains(':') => {
                format!("[{}]:{port}", options.get_host())
            }
            None => format!("{}:{port}", options.get_host()),
        };
        Self { options, shown }
    }
}

/// The parts of an address, as they stand in it.
struct Parts<'a> {
    user: Option<&'a str>,
    /// What stands before the path, with ports.
    authority: &'a str,
    path: &'a str,
    /// What the host reads itself, decoded.
    parameters: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// What is passed on, as it stands.
    passed_on: Vec<&'a str>,
}

/// What the host reads itself: the servers, and what is about the choice among them.
const OWN: [&str; 5] = [
    "host",
    "hostaddr",
    "port",
    "target_session_attrs",
    "connect_timeout",
];

/// What names files. Where one is not there, the error of connecting does not say which.
const TLS_FILES: [&str; 3] = ["sslrootcert", "sslcert", "sslkey"];

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Result<Self, String> {
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

    /// Hosts and ports. Those of the parameters `host` and `port` go before those of the authority.
    fn servers(&self) -> Result<Vec<(String, Option<String>)>, String> {
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

    /// The address of one of the servers.
    fn url_of(&self, host: &str, port: Option<&str>) -> String {
        let mut parameters: Vec<Cow<'_, str>> =
            self.passed_on.iter().copied().map(Cow::from).collect();
        let mut authority = String::new();
        if host.is_empty() {
            // With a user before it, no host is no address to the parser.
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

/// One for each server: they are as many, or there is one for all.
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::{Address, parse};

    fn shown(url: &str) -> Vec<String> {
        let address = parse(url).unwrap();
        address
            .servers
            .iter()
            .map(|server| server.shown.clone())
            .collect()
    }

    #[test]
    fn one_server_or_several_are_named_as_libpq_takes_them() {
        let cases: [(&str, &[&str]); 12] = [
            ("postgres://me@db/x", &["db:5432"]),
            ("postgres://me:pw@db:6000/x", &["db:6000"]),
            (
                "postgres://me@one:1,two:2/x?target_session_attrs=read-write",
                &["one:1", "two:2"],
            ),
            ("postgresql://me@one,two/x", &["one:5432", "two:5432"]),
            ("postgres://me@one,two/x?port=7", &["one:7", "two:7"]),
            ("postgres:///x?host=one,two&port=1,2", &["one:1", "two:2"]),
            (
                "postgres://me@localhost/x?host=/tmp/a,/tmp/b&port=1,2",
                &["/tmp/a (port 1)", "/tmp/b (port 2)"],
            ),
            (
                "postgres://me@localhost:9/x?host=/tmp/a",
                &["/tmp/a (port 9)"],
            ),
            ("postgres://me@%2Ftmp%2Fa/x", &["/tmp/a (port 5432)"]),
            ("postgres://me@[::1]:5,[::2]/x", &["[::1]:5", "[::2]:5432"]),
            ("postgres://me@/x?host=db", &["db:5432"]),
            (
                "postgres://one:1,two:2/x?connect_timeout=9",
                &["one:1", "two:2"],
            ),
        ];
        for (url, wanted) in cases {
            assert_eq!(shown(url), wanted, "{url}");
        }
    }

    #[test]
    fn user_password_and_database_are_the_same_for_all_servers() {
        let address = parse("postgres://me:p%40ss@one:1,two:2/ev%20ents?sslmode=disable").unwrap();
        for server in &address.servers {
            assert_eq!(server.options.get_username(), "me");
            assert_eq!(server.options.get_database(), Some("ev ents"));
            let url = format!("{:?}", server.options);
            assert!(url.contains("p@ss"), "{url}");
        }
        assert_eq!(
            address.shown,
            "the PostgreSQL of --store, database ev ents at one:1 or two:2"
        );
        let without_host = parse("postgres://me:p%26s@/events").unwrap();
        let options = &without_host.servers.first().unwrap().options;
        assert_eq!(options.get_username(), "me");
        assert!(format!("{options:?}").contains("p&s"));
    }

    #[test]
    fn an_address_that_cannot_work_is_refused_with_what_is_wanted_and_never_its_password() {
        let cases = [
            ("postgres://me:secret@one:x/d", "65535"),
            ("postgres://me:secret@one:0/d", "65535"),
            ("postgres://me:secret@one,two,three/d?port=1,2", "3 hosts"),
            ("postgres://me:secret@one,/d", "comma"),
            (
                "postgres://me:secret@one/d?target_session_attrs=standby",
                "read-write",
            ),
            ("postgres://me:secret@one/d?target_session_attrs=any", "any"),
            ("postgres://me:secret@one/d?connect_timeout=0", "1 to 60"),
            ("postgres://me:secret@one/d?sslmode=perhaps", "perhaps"),
            (
                "postgres://me:secret@one/d?sslrootcert=/nowhere/ca.crt",
                "/nowhere/ca.crt",
            ),
            ("mysql://me:secret@one/d", "postgres://"),
        ];
        for (url, wanted) in cases {
            let error = Address::parse(url).unwrap_err().to_string();
            assert!(error.contains(wanted), "{url}: {error}");
            assert!(error.contains("--store"), "{url}: {error}");
            assert!(!error.contains("secret"), "{url}: {error}");
        }
    }
}
