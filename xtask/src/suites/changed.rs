//! `cargo xtask test --changed`: the suites that a change can touch.

use super::{SUITES, Suite};
use crate::command;
use crate::context::Context;
use anyhow::Result;
use std::collections::BTreeSet;

/// What the tests of a part are.
enum Reach {
    /// These suites.
    Suites(&'static [&'static str]),
    /// All that use the package.
    Package,
    /// All that run the host.
    Host,
    /// Every suite.
    All,
}

/// What tests the event log in memory.
const IN_MEMORY: &[&str] = &["clippy-wasm", "event-log-in-memory", "page"];

/// Which suites a file can touch, by the beginning of its path; the first row that fits counts.
const ROWS: &[(&str, Reach)] = &[
    ("src/javascript/", Reach::Package),
    ("src/transport/", Reach::Package),
    ("src/", Reach::All),
    // A unit test in src/session/slab holds it against Rust's numbers.
    ("pkg-template/session/layout.js", Reach::All),
    ("pkg-template/", Reach::Package),
    ("definitions/", Reach::Package),
    ("host/", Reach::Host),
    ("event-log-wasm/", Reach::Suites(IN_MEMORY)),
    ("event-log/", Reach::Host),
    ("www/", Reach::Suites(&["types", "page"])),
    ("bench/", Reach::Suites(&["types", "size"])),
    ("testing/", Reach::Suites(&["types", "testing"])),
    ("examples/testing/", Reach::Suites(&["testing"])),
    (
        "examples/",
        Reach::Suites(&["types", "examples", "event-log", "package", "tracing"]),
    ),
    (
        "docs/recipes/",
        Reach::Suites(&[
            "types",
            "event-log",
            "package-contents",
            "documented",
            "docs",
            "links",
        ]),
    ),
    (
        "docs/",
        Reach::Suites(&["documented", "docs", "links", "builds"]),
    ),
    ("tests/documented/", Reach::Suites(&["types", "documented"])),
    ("tests/site/", Reach::Suites(&["types", "docs"])),
    ("tests/links/", Reach::Suites(&["types", "links"])),
    ("tests/as-typed/", Reach::Suites(&["as-typed"])),
    ("tests/architecture/", Reach::Suites(&["architecture"])),
    ("tests/builds/", Reach::Suites(&["builds"])),
    ("tests/consumers/", Reach::Suites(&["consumers"])),
    (
        "tests/definitions/",
        Reach::Suites(&["types", "definitions"]),
    ),
    ("tests/drop-in/", Reach::Suites(&["drop-in"])),
    (
        "tests/event-log-in-memory/",
        Reach::Suites(&["types", "event-log-in-memory"]),
    ),
    ("tests/event-log/", Reach::Suites(&["types", "event-log"])),
    ("tests/mocks/", Reach::Suites(&["types", "mocks"])),
    (
        "tests/module/",
        Reach::Suites(&["clippy-wasm", "wasm-node", "wasm-browser", "wasm-firefox"]),
    ),
    (
        "tests/in_",
        Reach::Suites(&["clippy-wasm", "wasm-node", "wasm-browser", "wasm-firefox"]),
    ),
    ("tests/mutants.toml", Reach::Suites(&[])),
    ("tests/editor/", Reach::Suites(&["types", "editor"])),
    ("tests/names/", Reach::Suites(&["types", "names", "editor"])),
    ("tests/package/", Reach::Suites(&["types", "package"])),
    (
        "tests/package-contents/",
        Reach::Suites(&["types", "package-contents"]),
    ),
    ("tests/page/", Reach::Suites(&["types", "page"])),
    ("tests/peers/", Reach::Suites(&["peers"])),
    (
        "tests/runtimes/",
        Reach::Suites(&[
            "types",
            "runtimes-node",
            "runtimes-browser",
            "bundlers",
            "edge",
        ]),
    ),
    ("tests/session/", Reach::Suites(&["types", "session"])),
    (
        "tests/session_properties",
        Reach::Suites(&["clippy", "unit"]),
    ),
    (
        "tests/tools-for-models/",
        Reach::Suites(&["types", "tools"]),
    ),
    ("tests/tracing/", Reach::Suites(&["types", "tracing"])),
    (
        "tests/tools-in-use/",
        Reach::Suites(&["types", "tools-in-use"]),
    ),
    ("tests/testing/", Reach::Suites(&["testing"])),
    ("tests/types/", Reach::Suites(&["types", "event-log"])),
    ("tests/wire_properties", Reach::Suites(&["clippy", "unit"])),
    // Recordings, tools and what is shared by the suites; the chores; versions and settings of all.
    ("tests/", Reach::All),
    ("xtask/", Reach::All),
    (".cargo/", Reach::All),
    ("Cargo", Reach::All),
    ("webdriver.json", Reach::Suites(&["wasm-browser"])),
    (
        "deny.toml",
        Reach::Suites(&["dependencies", "advisories-crates"]),
    ),
    (".github/", Reach::Suites(&["architecture"])),
    (".ci/", Reach::Suites(&["architecture"])),
    (".gitignore", Reach::Suites(&[])),
    ("ARCHITECTURE.md", Reach::Suites(&["docs", "links"])),
    ("CHANGELOG.md", Reach::Suites(&["docs", "links"])),
    ("CONTRIBUTING.md", Reach::Suites(&["docs", "links"])),
    ("SECURITY.md", Reach::Suites(&["links"])),
    ("LICENSE", Reach::Suites(&["package-contents"])),
    // The code of its blocks is run.
    (
        "README.md",
        Reach::Suites(&["documented", "links", "as-typed"]),
    ),
    ("PROTOCOL.md", Reach::Suites(&["unit", "docs", "links"])),
];

/// Quick, and about all files.
const ALWAYS: &[&str] = &["format", "architecture"];

/// Those that build or run nothing of the package.
const WITHOUT_PACKAGE: &[&str] = &[
    "unit",
    "host",
    "dependencies",
    "advisories-crates",
    "advisories-npm",
];

/// Those in which the host takes part.
const WITH_HOST: &[&str] = &[
    "clippy",
    "clippy-wasm",
    "unit",
    "host",
    "wasm-node",
    "wasm-browser",
    "event-log",
    "package",
    "examples",
    "page",
    "testing",
    "dependencies",
];

/// The names of the suites that what has changed since `base` can touch: commits, and what is not committed yet.
pub fn suites(context: &Context, base: &str) -> Result<Vec<String>> {
    let since = command::output(context.command("git").args(["merge-base", base, "HEAD"]))?;
    let committed = command::output(context.command("git").args(["diff", "--name-only", &since]))?;
    let unknown = command::output(context.command("git").args([
        "ls-files",
        "--others",
        "--exclude-standard",
    ]))?;
    let files: Vec<&str> = committed.lines().chain(unknown.lines()).collect();
    let suites = touched(&files);
    println!(
        "{} files have changed since {base}: {}",
        files.len(),
        suites.join(" ")
    );
    Ok(suites)
}

fn touched(files: &[&str]) -> Vec<String> {
    let mut wanted: BTreeSet<&str> = BTreeSet::new();
    if !files.is_empty() {
        wanted.extend(ALWAYS);
    }
    for file in files {
        // What nobody has thought of may touch anything.
        let reach = ROWS
            .iter()
            .find(|(start, _)| file.starts_with(start))
            .map_or(&Reach::All, |(_, reach)| reach);
        wanted.extend(
            SUITES
                .iter()
                .map(|suite| suite.name)
                .filter(|suite| reach.has(suite)),
        );
    }
    SUITES
        .iter()
        .map(|suite: &Suite| suite.name)
        .filter(|suite| wanted.contains(suite))
        .map(str::to_owned)
        .collect()
}

impl Reach {
    fn has(&self, suite: &str) -> bool {
        match self {
            Self::Suites(suites) => suites.contains(&suite),
            Self::Package => !WITHOUT_PACKAGE.contains(&suite),
            Self::Host => WITH_HOST.contains(&suite),
            Self::All => true,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_checkout_is_known_and_every_suite_is_reached() {
        let context = Context::find().unwrap();
        let files = command::output(context.command("git").arg("ls-files")).unwrap();
        let unknown: Vec<&str> = files
            .lines()
            .filter(|file| !ROWS.iter().any(|(start, _)| file.starts_with(start)))
            .collect();
        assert_eq!(unknown, Vec::<&str>::new(), "rows are wanted for these");
        let unused: Vec<&str> = ROWS
            .iter()
            .map(|(start, _)| *start)
            .filter(|start| !files.lines().any(|file| file.starts_with(start)))
            .collect();
        assert_eq!(unused, Vec::<&str>::new(), "these rows fit no file");
        for (start, reach) in ROWS {
            if let Reach::Suites(suites) = reach {
                for suite in *suites {
                    assert!(
                        SUITES.iter().any(|known| known.name == *suite),
                        "{start}: there is no suite {suite}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_change_of_the_page_runs_its_tests_and_not_the_host_s() {
        let suites = touched(&["www/src/main.ts", "tests/page/page.test.mjs"]);
        assert_eq!(suites, ["format", "architecture", "page", "types"]);
    }

    #[test]
    fn what_nobody_has_thought_of_runs_everything_and_no_change_nothing() {
        assert_eq!(touched(&["new-folder/file"]).len(), SUITES.len());
        assert_eq!(touched(&[]), Vec::<String>::new());
    }
}
