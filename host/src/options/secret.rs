//! The secret that clients have to give.

use std::path::PathBuf;

use clap::Args;

use super::values::variable;

/// The variable that holds the secret.
const VARIABLE: &str = "CODEBOLT_HOST_TOKEN";

/// The secret that clients have to give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The secret itself.
    pub text: String,
    /// The option or variable that it comes from.
    pub source: &'static str,
}

/// The secret, and where it comes from.
#[derive(Debug, Clone, Default, Args)]
pub struct Secret {
    /// Require this secret of every client, as threadToken (on /plugin also as pluginToken). Everyone who
    /// can list this machine's processes can read it; --token-file avoids that.
    /// [env: CODEBOLT_HOST_TOKEN]
    #[arg(long, value_name = "SECRET")]
    pub token: Option<String>,
    /// Read the secret from this file.
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    pub token_file: Option<PathBuf>,
}

impl Secret {
    /// The secret, if the host requires one. The command line wins over the environment.
    ///
    /// # Errors
    /// When the file or the variable cannot be read, or the secret is empty.
    pub fn read(&self) -> Result<Option<Token>, String> {
        if self.token.is_some() || self.token_file.is_some() {
            return self.with_variable(None);
        }
        self.with_variable(variable(VARIABLE)?)
    }

    fn with_variable(&self, variable: Option<String>) -> Result<Option<Token>, String> {
        let (text, source, shown) = match (&self.token, &self.token_file) {
            (Some(token), _) => (token.clone(), "--token", "--token".to_owned()),
            (None, Some(file)) => {
                let shown = format!("--token-file {}", file.display());
                let text = std::fs::read_to_string(file)
                    .map_err(|error| format!("{shown} cannot be read: {error}"))?;
                let text = text.trim_end_matches(['\n', '\r']).to_owned();
                (text, "--token-file", shown)
            }
            (None, None) => match variable {
                Some(token) => (token, VARIABLE, VARIABLE.to_owned()),
                None => return Ok(None),
            },
        };
        if text.is_empty() {
            return Err(format!(
                "{shown} is empty; name a secret, or leave it out to let everyone in"
            ));
        }
        Ok(Some(Token { text, source }))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_comes_from_the_command_line_a_file_or_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "of the file\r\n").unwrap();
        let variable = || Some("of the environment".to_owned());
        let with = |token: Option<&str>, token_file| Secret {
            token: token.map(str::to_owned),
            token_file,
        };
        let cases = [
            (with(Some("given"), None), "given", "--token"),
            (with(None, Some(file)), "of the file", "--token-file"),
            (with(None, None), "of the environment", super::VARIABLE),
        ];
        for (secret, wanted, source) in cases {
            let read = secret.with_variable(variable()).unwrap().unwrap();
            assert_eq!((&*read.text, read.source), (wanted, source));
        }
        assert_eq!(with(None, None).with_variable(None), Ok(None));
        for empty in [
            with(Some(""), None).with_variable(None),
            with(None, None).with_variable(Some(String::new())),
            with(None, Some("/nowhere/token".into())).with_variable(None),
        ] {
            assert!(empty.is_err());
        }
    }
}
