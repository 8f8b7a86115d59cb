//! The address of a PostgreSQL: libpq's form, with one server or several of which one takes writes.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;

use super::url::{FORM, UrlParts};
use crate::store::StoreFailure;

/// How long one attempt to connect to a server may take, unless `connect_timeout` says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// What an address names.
#[derive(Debug)]
pub struct Address {
    /// At least one.
    pub servers: Vec<ServerAddress>,
    /// The option or variable that named it.
    pub named_by: &'static str,
    /// Its name in errors, without its password.
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
    /// `named_by` is the option or variable that holds the URL.
    pub fn parse(url: &str, named_by: &'static str) -> Result<Self, StoreFailure> {
        parse(url, named_by)
            .map_err(|error| StoreFailure::CannotOpen(format!("{named_by}: {error}")))
    }
}

fn parse(url: &str, named_by: &'static str) -> Result<Address, String> {
    let parts = UrlParts::of(url)?;
    let mut servers = Vec::new();
    for (host, port) in parts.servers()? {
        let options = PgConnectOptions::from_str(&parts.url_of(&host, port.as_deref()))
            .map_err(|error| format!("expected {FORM}, got something else: {error}"))?
            .application_name("codebolt-host")
            // Poolers refuse the setting, and the host never reads a double as text.
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
                    "expected target_session_attrs read-write or primary, got {value:?}; the host needs the server that takes writes, and finds it by itself"
                ));
            }
            _ => {}
        }
    }
    let names: Vec<&str> = servers.iter().map(|server| &*server.shown).collect();
    let names = names.join(" or ");
    let Some(first) = servers.first() else {
        return Err(format!("expected {FORM}, got no server"));
    };
    let database = first
        .options
        .get_database()
        .unwrap_or(first.options.get_username());
    let shown = format!("the PostgreSQL of {named_by}, database {database} at {names}");
    Ok(Address {
        servers,
        named_by,
        shown,
        connect_timeout,
    })
}

impl ServerAddress {
    fn new(options: PgConnectOptions) -> Self {
        // The brackets of an IPv6 address in a URL are not part of it.
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::{Address, parse};

    fn shown(url: &str) -> Vec<String> {
        let address = parse(url, "--store").unwrap();
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
        let address = parse(
            "postgres://me:p%40ss@one:1,two:2/ev%20ents?sslmode=disable",
            "CODEBOLT_HOST_STORE",
        )
        .unwrap();
        for server in &address.servers {
            assert_eq!(server.options.get_username(), "me");
            assert_eq!(server.options.get_database(), Some("ev ents"));
            let url = format!("{:?}", server.options);
            assert!(url.contains("p@ss"), "{url}");
        }
        assert_eq!(
            address.shown,
            "the PostgreSQL of CODEBOLT_HOST_STORE, database ev ents at one:1 or two:2"
        );
        let without_host = parse("postgres://me:p%26s@/events", "--store").unwrap();
        let options = &without_host.servers.first().unwrap().options;
        assert_eq!(options.get_username(), "me");
        assert!(format!("{options:?}").contains("p&s"));
    }

    #[test]
    fn an_address_that_cannot_work_is_refused_with_what_is_expected_and_never_its_password() {
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
            for named_by in ["--store", "CODEBOLT_HOST_STORE"] {
                let error = Address::parse(url, named_by).unwrap_err().to_string();
                assert!(error.contains(wanted), "{url}: {error}");
                assert!(error.starts_with(named_by), "{url}: {error}");
                assert!(!error.contains("secret"), "{url}: {error}");
            }
        }
    }
}
