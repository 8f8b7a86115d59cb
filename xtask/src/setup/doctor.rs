//! `cargo xtask doctor`: what this machine has, what the set-up brings by itself, and what you have to install.

use super::{apt, browser, database, runtimes, wasm_target};
use crate::command;
use crate::context::Context;
use crate::npm_project::npm;
use anyhow::{Result, bail};

/// Who brings what is not there.
enum Remedy {
    /// The set-up, when something needs it.
    SetUp,
    /// The set-up by Debian's packages, as root; else you.
    Debian,
    /// You.
    You(&'static str),
}

struct Finding {
    what: &'static str,
    /// Its version or its location; none when it is not there.
    found: Option<String>,
    remedy: Remedy,
}

/// Looks, says what it sees, and fails when you have to install something.
pub fn run(context: &Context) -> Result<()> {
    let can_install = apt::can_install(context);
    let mut lacking = 0;
    for Finding {
        what,
        found,
        remedy,
    } in findings(context)
    {
        let (mark, text) = match (found, remedy) {
            (Some(found), _) => ("✓", found),
            (None, Remedy::SetUp) => ("-", "not there yet: the set-up installs it".to_owned()),
            (None, Remedy::Debian) if can_install => (
                "-",
                "not there yet: the set-up installs Debian's package".to_owned(),
            ),
            (None, Remedy::Debian) => {
                lacking += 1;
                (
                    "✗",
                    "lacking: install it, or run `cargo xtask setup` as root on Debian".to_owned(),
                )
            }
            (None, Remedy::You(text)) => {
                lacking += 1;
                ("✗", format!("lacking: {text}"))
            }
        };
        println!("{mark} {what:22} {text}");
    }
    println!("Tools are installed into {}", context.tools.display());
    if lacking > 0 {
        bail!("{lacking} of these have to be installed by you");
    }
    Ok(())
}

fn findings(context: &Context) -> Vec<Finding> {
    let version = |program: &str, argument: &str| {
        let said = command::output(context.command(program).arg(argument)).ok()?;
        said.lines().next().map(str::to_owned)
    };
    let location = |found: Option<std::path::PathBuf>| found.map(|path| path.display().to_string());
    let row = |what, found, remedy| Finding {
        what,
        found,
        remedy,
    };
    vec![
        row(
            "rustc",
            version("rustc", "--version").filter(|said| is_at_least(said, 1, 90)),
            Remedy::You("Rust 1.90 or newer, by rustup"),
        ),
        row(
            "clippy",
            version("cargo-clippy", "--version"),
            Remedy::You("`rustup component add clippy`"),
        ),
        row(
            "rustfmt",
            version("rustfmt", "--version"),
            Remedy::You("`rustup component add rustfmt`"),
        ),
        row(
            "C compiler",
            version("cc", "--version"),
            Remedy::You("gcc or clang, as `cc` on PATH; SQLite is compiled with it"),
        ),
        row(
            "git",
            version("git", "--version"),
            Remedy::You("git"),
        ),
        row(
            "Node",
            version("node", "--version").filter(|said| is_at_least(said, 20, 19)),
            Remedy::You("Node 20.19 or newer"),
        ),
        row(
            "npm",
            version(npm(), "--version"),
            Remedy::You("npm, which comes with Node"),
        ),
        row(
            "Rust for WebAssembly",
            wasm_target::find(context).map(|compiler| format!("{compiler:?}")),
            Remedy::SetUp,
        ),
        row("wasm-pack", version("wasm-pack", "--version"), Remedy::SetUp),
        row(
            "wasm-bindgen",
            version("wasm-bindgen", "--version"),
            Remedy::SetUp,
        ),
        row("esbuild", version("esbuild", "--version"), Remedy::SetUp),
        row(
            "Chromium or Chrome",
            location(browser::find_browser(context).ok()),
            Remedy::Debian,
        ),
        row(
            "chromedriver",
            location(browser::find_driver(context).ok()),
            Remedy::Debian,
        ),
        row(
            "Firefox",
            location(runtimes::find_firefox(context).ok()),
            Remedy::Debian,
        ),
        row(
            "geckodriver",
            version("geckodriver", "--version"),
            Remedy::SetUp,
        ),
        row(
            "PostgreSQL's server",
            location(database::find_server(context)),
            Remedy::Debian,
        ),
        row("PgBouncer", location(database::find_pooler()), Remedy::Debian),
        row(
            "cargo-deny",
            version("cargo-deny", "--version").or_else(|| {
                Some("not there; two suites ask less without it (`cargo install --locked cargo-deny`)".to_owned())
            }),
            Remedy::SetUp,
        ),
    ]
}

/// Whether the first version number in a text is that one or a later.
fn is_at_least(said: &str, major: u32, minor: u32) -> bool {
    let numbers = said
        .split(|character: char| character.is_whitespace())
        .map(|word| word.trim_start_matches('v'))
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
        .unwrap_or_default();
    let mut parts = numbers.split('.').map(|part| part.parse().unwrap_or(0));
    let there = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    there >= (major, minor)
}

#[cfg(test)]
mod tests {
    use super::is_at_least;

    #[test]
    fn versions_are_compared_by_number() {
        for (said, fits) in [
            ("rustc 1.90.0 (1159e78c4 2025-09-14)", true),
            ("rustc 1.100.0", true),
            ("rustc 1.89.0", false),
            ("rustc 2.0.0-nightly", true),
            ("no version", false),
        ] {
            assert_eq!(is_at_least(said, 1, 90), fits, "{said}");
        }
        assert!(is_at_least("v20.19.0", 20, 19));
        assert!(!is_at_least("v20.9.0", 20, 19));
        assert!(is_at_least("v24.1.0", 20, 19));
    }
}
