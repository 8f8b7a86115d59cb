//! Parsers for the values of options, with their error texts.

use std::env::VarError;

/// What a variable of the environment holds, if it is set.
pub fn variable(name: &str) -> Result<Option<String>, String> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} expects UTF-8, got other bytes")),
    }
}

/// A size with its unit.
pub fn size(text: &str) -> Result<usize, String> {
    /// More than any machine has. A larger value is a mistake.
    const MOST: usize = 1 << 40;
    let text = text.trim();
    let digits = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let unit = match text.get(digits.len()..).unwrap_or_default().trim() {
        "" | "B" => 1,
        "KiB" | "k" | "K" => 1 << 10,
        "MiB" | "m" | "M" => 1 << 20,
        "GiB" | "g" | "G" => 1 << 30,
        other => return Err(format!("expected the unit KiB, MiB or GiB, got {other:?}")),
    };
    let number: usize = digits
        .parse()
        .map_err(|_| format!("expected a size like 4096 or 100MiB, got {text:?}"))?;
    number
        .checked_mul(unit)
        .filter(|bytes| (1..=MOST).contains(bytes))
        .ok_or_else(|| format!("expected 1 byte to 1024GiB, got {text:?}"))
}

/// A whole number within bounds.
pub fn whole(
    low: u64,
    high: u64,
) -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync + 'static {
    move |text| {
        text.trim()
            .parse()
            .ok()
            .filter(|number| (low..=high).contains(number))
            .ok_or_else(|| format!("expected a whole number from {low} to {high}"))
    }
}

/// A count within bounds.
pub fn count(
    low: u64,
    high: u64,
) -> impl Fn(&str) -> Result<usize, String> + Clone + Send + Sync + 'static {
    let whole = whole(low, high);
    move |text| usize::try_from(whole(text)?).map_err(|error| error.to_string())
}

/// The address of a PostgreSQL database. The error does not repeat the value, which may contain a password.
pub fn postgres(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return Ok(text.to_owned());
    }
    let got = match text.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://"),
        None => "no scheme".to_owned(),
    };
    Err(format!(
        "expects postgres://user:password@address/database, got {got}; name a SQLite file with --data"
    ))
}

/// [`postgres`] for the command line, whose own errors would show the whole value.
#[derive(Debug, Clone)]
pub struct PostgresParser;

impl clap::builder::TypedValueParser for PostgresParser {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        let name = argument
            .and_then(clap::Arg::get_long)
            .map_or_else(String::new, |long| format!("--{long} "));
        value
            .to_str()
            .ok_or_else(|| "expects an address in UTF-8, got other bytes".to_owned())
            .and_then(postgres)
            .map_err(|error| {
                let text = format!("{name}{error}\n");
                clap::Error::raw(clap::error::ErrorKind::ValueValidation, text).with_cmd(command)
            })
    }
}

/// An origin as browsers send it: `scheme://host`, with the port when it is not the scheme's own.
pub fn origin(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text == "*" || text == "null" {
        return Ok(text.to_owned());
    }
    if text.contains([',', ';', ' ']) {
        return Err("expected one origin, got several; give --allow-origin once for each".into());
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(format!(
            "an origin begins with its scheme; write https://{text} or http://{text}"
        ));
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.is_empty() || scheme.is_empty() {
        return Err("an origin has a scheme and a host; write one like https://example.com".into());
    }
    if authority.contains('*') {
        return Err(
            "a wildcard stands only alone, for any origin; name each host like https://app.example.com"
                .into(),
        );
    }
    if authority.contains(['/', '?', '#', '@']) {
        let host = authority.split(['/', '?', '#']).next().unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default();
        return Err(format!(
            "an origin has no path, query or user; write {scheme}://{host}"
        ));
    }
    if !authority.is_ascii() {
        return Err(
            "browsers send such a host in its ASCII form, which begins with xn--; write that"
                .into(),
        );
    }
    let scheme = scheme.to_ascii_lowercase();
    let authority = authority.to_ascii_lowercase();
    let own_port = match &*scheme {
        "http" | "ws" => Some(":80"),
        "https" | "wss" => Some(":443"),
        _ => None,
    };
    let scheme = match &*scheme {
        "ws" | "wss" => {
            return Err(format!(
                "a page's origin is http or https; write {}://{authority}",
                scheme.replace("ws", "http")
            ));
        }
        other => other,
    };
    let host = own_port
        .and_then(|port| authority.strip_suffix(port))
        .unwrap_or(&authority);
    let port = host.rsplit_once(':').map(|(_, port)| port);
    let is_address = host.starts_with('[') && host.ends_with(']');
    if !is_address && port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(format!(
            "expected a port from 0 to 65535, got {:?}",
            port.unwrap_or_default()
        ));
    }
    Ok(format!("{scheme}://{host}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::{count, origin, postgres, size};

    #[test]
    fn sizes_are_read_with_their_units() {
        assert_eq!(size("4096"), Ok(4096));
        assert_eq!(size("100MiB"), Ok(100 << 20));
        assert_eq!(size("1 GiB"), Ok(1 << 30));
        for wrong in [
            "",
            "MiB",
            "-1",
            "1 parsec",
            "0",
            "99999999999GiB",
            "2000GiB",
        ] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_error_for_a_number_outside_of_its_bounds_names_them() {
        assert_eq!(count(1, 9)("9"), Ok(9));
        for wrong in ["0", "10", "-1", "x", "18446744073709551616"] {
            let error = count(1, 9)(wrong).unwrap_err();
            assert!(error.contains("from 1 to 9"), "{wrong}: {error}");
        }
    }

    #[test]
    fn an_origin_is_written_as_browsers_send_it() {
        let cases = [
            ("https://example.com", "https://example.com"),
            ("https://example.com/", "https://example.com"),
            ("HTTPS://Example.com:443/", "https://example.com"),
            ("http://example.com:80", "http://example.com"),
            ("http://example.com:8080", "http://example.com:8080"),
            ("http://[::1]:80", "http://[::1]"),
            ("http://[::1]", "http://[::1]"),
            ("chrome-extension://abcdef", "chrome-extension://abcdef"),
            ("*", "*"),
            ("null", "null"),
        ];
        for (given, kept) in cases {
            assert_eq!(origin(given).as_deref(), Ok(kept), "{given}");
        }
    }

    #[test]
    fn an_origin_that_can_never_match_is_refused_with_the_right_form() {
        let cases = [
            ("example.com", "https://example.com"),
            ("localhost:3000", "http://localhost:3000"),
            ("https://*.example.com", "wildcard"),
            ("https://a.example,https://b.example", "once for each"),
            ("https://a.example https://b.example", "once for each"),
            ("https://example.com/app", "write https://example.com"),
            ("https://me@example.com", "write https://example.com"),
            ("wss://example.com", "https://example.com"),
            ("https://", "scheme and a host"),
            ("https://münchen.example", "xn--"),
            ("https://example.com:99999", "a port from 0 to 65535"),
            ("", "scheme"),
        ];
        for (given, wanted) in cases {
            let error = origin(given).unwrap_err();
            assert!(error.contains(wanted), "{given}: {error}");
        }
    }

    #[test]
    fn only_addresses_of_postgresql_are_taken() {
        assert!(postgres("postgres://me@db/events").is_ok());
        assert!(postgres("postgresql://me@db/events").is_ok());
        let cases = [
            ("mysql://me:secret@db/events", "got mysql://"),
            ("events.db", "no scheme"),
            ("db:5432", "no scheme"),
            ("", "no scheme"),
        ];
        for (wrong, got) in cases {
            let error = postgres(wrong).unwrap_err();
            assert!(
                error.contains("expects postgres://") && error.contains(got),
                "{wrong}: {error}"
            );
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
