//! Why a server cannot be used, as a text for the log, and whether trying again can help.

/// Why a server cannot be used.
pub struct Unusable {
    pub reason: String,
    /// Whether trying again is of no use.
    pub is_lasting: bool,
}

impl From<sqlx::Error> for Unusable {
    fn from(error: sqlx::Error) -> Self {
        let code = error
            .as_database_error()
            .and_then(|error| error.code())
            .unwrap_or_default();
        // Wrong credentials and missing databases do not change by trying again.
        let is_lasting = code.starts_with("28")
            || code.starts_with("3D")
            || is_about_certificates(&error)
            || matches!(error, sqlx::Error::Configuration(_));
        Self {
            reason: reason(&error),
            is_lasting,
        }
    }
}

/// The text of an error, without its wrappers.
pub fn reason(error: &sqlx::Error) -> String {
    let text = match error {
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::Tls(error) => error.to_string(),
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    };
    if !is_about_certificates(error) {
        return text;
    }
    format!(
        "{text}; expected a certificate (X.509 version 3) of an authority that is known: name its file with sslmode=verify-full&sslrootcert=FILE, or, within a network that you trust, use sslmode=disable"
    )
}

/// TLS errors also come as I/O errors.
fn is_about_certificates(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Tls(_) => true,
        sqlx::Error::Io(error) => {
            error.kind() == std::io::ErrorKind::InvalidData
                && error.to_string().contains("certificate")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error as IoError, ErrorKind};

    use super::Unusable;

    /// As they come from `sqlx`; what a server answers is tried on real ones (`tests/suite/postgres_opening.rs`).
    #[test]
    fn a_certificate_that_is_refused_is_lasting_and_the_text_says_what_to_do() {
        let refused = "invalid peer certificate: UnknownIssuer";
        for (error, is_lasting) in [
            (sqlx::Error::Tls(refused.into()), true),
            (
                sqlx::Error::Io(IoError::new(ErrorKind::InvalidData, refused)),
                true,
            ),
            (sqlx::Error::Configuration("no such mode".into()), true),
            (
                sqlx::Error::Io(IoError::new(ErrorKind::InvalidData, "no such message")),
                false,
            ),
            (
                sqlx::Error::Io(IoError::new(ErrorKind::NotFound, "a certificate")),
                false,
            ),
            (sqlx::Error::PoolClosed, false),
        ] {
            let text = error.to_string();
            let is_about_certificates = text.contains(refused);
            let unusable = Unusable::from(error);
            assert_eq!(unusable.is_lasting, is_lasting, "{text}");
            let advises = unusable.reason.contains("sslmode=disable");
            assert_eq!(advises, is_about_certificates, "{}", unusable.reason);
        }
    }
}
