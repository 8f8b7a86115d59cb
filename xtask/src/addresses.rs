//! The project's addresses. All follow from one line, `repository` in the workspace's `Cargo.toml`.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

/// The placeholder for the owner's name until somebody publishes.
const PLACEHOLDER: &str = "OWNER";
/// The server on which a repository's address determines that of its pages.
const GITHUB: &str = "https://github.com/";

/// The repository's address, without a slash or `.git` at its end.
pub fn repository() -> &'static str {
    trimmed(env!("CARGO_PKG_REPOSITORY"))
}

/// Fails while the repository's address is a placeholder, or cannot be one.
pub fn check() -> Result<()> {
    check_repository(repository())
}

/// The documentation site, with a slash at its end: GitHub Pages of the repository.
pub fn site() -> String {
    site_of(repository())
}

/// The path that the site has on its server, for example `/codebolt-wasm/`.
pub fn site_path() -> String {
    let site = site();
    let path = site.splitn(4, '/').nth(3).unwrap_or_default();
    format!("/{path}")
}

/// A file of the repository, on its server.
pub fn file(path: &str) -> String {
    format!("{}/blob/HEAD/{path}", repository())
}

/// The addresses in `package.json`.
pub fn members() -> Map<String, Value> {
    let repository = repository();
    let mut members = Map::new();
    members.insert("author".to_owned(), env!("CARGO_PKG_AUTHORS").into());
    members.insert("homepage".to_owned(), site().into());
    members.insert(
        "repository".to_owned(),
        json!({ "type": "git", "url": format!("git+{repository}.git") }),
    );
    members.insert(
        "bugs".to_owned(),
        json!({ "url": format!("{repository}/issues") }),
    );
    members
}

fn trimmed(address: &str) -> &str {
    address.trim_end_matches('/').trim_end_matches(".git")
}

fn check_repository(repository: &str) -> Result<()> {
    let Some(path) = repository.strip_prefix(GITHUB) else {
        bail!(
            "`repository` in Cargo.toml is {repository:?}; expected {GITHUB}OWNER/NAME, from which the package's links follow"
        );
    };
    match path.split('/').collect::<Vec<_>>().as_slice() {
        [PLACEHOLDER, _] => bail!(
            "`repository` in Cargo.toml still names {PLACEHOLDER}; write the repository's address into that one line"
        ),
        [owner, name] if !owner.is_empty() && !name.is_empty() => Ok(()),
        _ => bail!("`repository` in Cargo.toml is {repository:?}; expected {GITHUB}OWNER/NAME"),
    }
}

fn site_of(repository: &str) -> String {
    match repository
        .strip_prefix(GITHUB)
        .and_then(|path| path.split_once('/'))
    {
        // Before that, links lead nowhere, rather than to somebody of that name.
        Some((PLACEHOLDER, name)) => format!("https://{PLACEHOLDER}.invalid/{name}/"),
        Some((owner, name)) => format!("https://{}.github.io/{name}/", owner.to_lowercase()),
        None => format!("{repository}/"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    #[test]
    fn the_placeholder_and_what_is_no_repository_are_refused_with_what_to_write() {
        for (address, expected) in [
            ("https://github.com/OWNER/codebolt-wasm", "that one line"),
            (
                "https://github.com/someone",
                "https://github.com/OWNER/NAME",
            ),
            ("https://github.com//x", "https://github.com/OWNER/NAME"),
            ("ssh://example.org/x", "https://github.com/OWNER/NAME"),
            ("", "https://github.com/OWNER/NAME"),
        ] {
            let error = check_repository(address).unwrap_err().to_string();
            assert!(error.contains(expected), "{address}: {error}");
        }
        check_repository("https://github.com/someone/codebolt-wasm").unwrap();
    }

    #[test]
    fn the_other_addresses_follow_from_the_repositorys() {
        assert_eq!(
            site_of("https://github.com/Some-One/codebolt-wasm"),
            "https://some-one.github.io/codebolt-wasm/"
        );
        assert_eq!(
            site_of("https://github.com/OWNER/codebolt-wasm"),
            "https://OWNER.invalid/codebolt-wasm/"
        );
        assert_eq!(
            trimmed("https://github.com/a/b.git"),
            "https://github.com/a/b"
        );
        let members = members();
        assert_eq!(
            members.keys().collect::<Vec<_>>(),
            ["author", "homepage", "repository", "bugs"]
        );
        assert!(site_path().starts_with('/') && site_path().ends_with('/'));
    }
}
