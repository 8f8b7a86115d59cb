//! Who may open a WebSocket: pages by their origin, everyone by the token.

use std::net::{IpAddr, SocketAddr};

use subtle::ConstantTimeEq;

use crate::options::Token;

/// Who may open a WebSocket.
#[derive(Debug, Clone)]
pub struct Admission {
    /// The origins of `--allow-origin`.
    pub origins: Vec<String>,
    /// The secret, if the host requires one.
    pub token: Option<Token>,
    /// Whether only this machine reaches the host.
    pub is_loopback: bool,
}

impl Admission {
    /// Whether a client with this `Origin` may connect to this address.
    ///
    /// A program that is not a browser sends none. A page may connect if it comes from this machine, from
    /// this address, or from a named origin. The `Host` header does not count: a page can make
    /// its own name resolve to this machine.
    #[must_use]
    pub fn admits_origin(&self, origin: Option<&str>, local: SocketAddr) -> bool {
        let Some(origin) = origin else { return true };
        let is_named = |named: &String| named == "*" || named.eq_ignore_ascii_case(origin);
        if self.origins.iter().any(is_named) {
            return true;
        }
        let Some((host, port)) = host_and_port(origin) else {
            return false;
        };
        if host.eq_ignore_ascii_case("localhost")
            || host.to_ascii_lowercase().ends_with(".localhost")
        {
            return true;
        }
        host.parse::<IpAddr>().is_ok_and(|address| {
            address.is_loopback()
                || (address == local.ip().to_canonical() && port == Some(local.port()))
        })
    }

    /// Whether a client that sends this `Host` may read pages and metrics. When only this machine
    /// reaches the host, its names are this machine's, IP addresses, and those of named origins.
    #[must_use]
    pub fn admits_host(&self, host: Option<&str>) -> bool {
        let Some(host) = host.filter(|_| self.is_loopback) else {
            return true;
        };
        let name = match host.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        };
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        name == "localhost"
            || name.ends_with(".localhost")
            || name.parse::<IpAddr>().is_ok()
            || self.origins.iter().any(|origin| {
                origin == "*" || host_and_port(origin).is_some_and(|(named, _)| named == name)
            })
    }

    /// Whether one of the tokens that a client sent is the host's.
    ///
    /// # Errors
    /// The token that is required, when none of them is it.
    pub fn admits_tokens<'a>(&self, given: impl Iterator<Item = &'a str>) -> Result<(), &Token> {
        let Some(wanted) = &self.token else {
            return Ok(());
        };
        let mut admitted = false;
        for token in given {
            admitted |= bool::from(token.as_bytes().ct_eq(wanted.text.as_bytes()));
        }
        if admitted { Ok(()) } else { Err(wanted) }
    }
}

/// The host and port of an origin like `http://host:port`.
fn host_and_port(origin: &str) -> Option<(&str, Option<u16>)> {
    let (scheme, authority) = origin.split_once("://")?;
    if authority.contains(['/', '@', '?', '#']) {
        return None;
    }
    let default = match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    };
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        return Some(match rest.strip_prefix(':') {
            Some(port) => (host, port.parse().ok()),
            None => (host, default),
        });
    }
    Some(match authority.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()),
        None => (authority, default),
    })
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use super::{Admission, Token};

    fn admission(origins: &[&str], token: Option<&str>) -> Admission {
        Admission {
            origins: origins.iter().map(ToString::to_string).collect(),
            token: token.map(|text| Token {
                text: text.to_owned(),
                source: "--token",
            }),
            is_loopback: true,
        }
    }

    #[test]
    fn only_pages_of_this_machine_this_address_or_a_named_origin_may_connect() {
        let local = SocketAddr::from((Ipv4Addr::new(192, 168, 1, 5), 12345));
        let cases = [
            (None, true),
            (Some("http://localhost:5173"), true),
            (Some("https://app.localhost"), true),
            (Some("http://127.0.0.1"), true),
            (Some("http://127.9.9.9:1"), true),
            (Some("http://[::1]:80"), true),
            (Some("http://192.168.1.5:12345"), true),
            (Some("HTTPS://Good.example"), true),
            (Some("http://192.168.1.5:80"), false),
            (Some("http://192.168.1.6:12345"), false),
            (Some("http://evil.example"), false),
            (Some("http://localhost.evil.example"), false),
            (Some("http://evil.example#localhost"), false),
            (Some("http://localhost@evil.example"), false),
            (Some("http://127.0.0.1.evil.example"), false),
            (Some("null"), false),
            (Some(""), false),
            (Some("file://"), false),
        ];
        let admission = admission(&["https://good.example"], None);
        for (origin, admitted) in cases {
            assert_eq!(
                admission.admits_origin(origin, local),
                admitted,
                "{origin:?}"
            );
        }
    }

    #[test]
    fn any_origin_is_admitted_with_a_star() {
        let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
        assert!(admission(&["*"], None).admits_origin(Some("http://evil.example"), local));
    }

    #[test]
    fn a_foreign_name_that_resolves_to_this_machine_is_refused() {
        let cases = [
            (None, true),
            (Some("localhost:12345"), true),
            (Some("LOCALHOST"), true),
            (Some("app.localhost:1"), true),
            (Some("127.0.0.1:12345"), true),
            (Some("[::1]:12345"), true),
            (Some("good.example"), true),
            (Some("good.example:12345"), true),
            (Some("evil.example"), false),
            (Some("evil.example:12345"), false),
            (Some("localhost.evil.example"), false),
            (Some("127.0.0.1.evil.example"), false),
            (Some(""), false),
        ];
        let near = admission(&["https://good.example"], None);
        let far = Admission {
            is_loopback: false,
            ..near.clone()
        };
        for (host, admitted) in cases {
            assert_eq!(near.admits_host(host), admitted, "{host:?}");
            assert!(far.admits_host(host), "{host:?}");
        }
    }

    #[test]
    fn a_client_without_the_hosts_token_is_refused() {
        let admission = admission(&[], Some("secret"));
        assert!(admission.admits_tokens(["x", "secret"].into_iter()).is_ok());
        for wrong in ["", "secre", "secret ", "SECRET"] {
            assert!(
                admission.admits_tokens([wrong].into_iter()).is_err(),
                "{wrong}"
            );
        }
        assert!(admission.admits_tokens(std::iter::empty()).is_err());
    }
}
