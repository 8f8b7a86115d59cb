//! `cargo xtask test`: the suites, each by its name.
//!
//! To add one: write `fn(&Run) -> Result<()>` in a file of this folder (or take one that is there, such as
//! `javascript::node_tests`), and give it a row in [`SUITES`]: its name, a line about it, what must have been set up
//! or built before, and the function. It fails by returning an error, and it must fail when what it is to test is not there.
//! Only where an answer has to come from elsewhere and cannot be had it returns the error [`Skipped`], with the reason.
//! [`test_host::TestHost`] is a fresh host, `Run::context.command("…")` a command that sees the tools.

mod architecture;
mod as_typed;
mod changed;
mod dependencies;
mod documentation;
mod event_log_module;
mod host;
mod javascript;
mod needs;
mod outcome;
mod package;
mod page;
mod parallel;
mod runner;
mod runtimes;
mod rust;
mod semver;
mod test_host;
mod testing;
mod time_limit;
mod types;
mod webassembly;

use crate::context::Context;
use crate::setup::Part;
use anyhow::Result;
pub use needs::Need;
pub use outcome::{Skipped, SomeFailed};
pub use runner::{Arguments, run};

/// A suite.
pub struct Suite {
    /// What one types to run it.
    pub name: &'static str,
    /// What it checks, in a line.
    pub text: &'static str,
    /// What must be there first.
    pub needs: &'static [Need],
    /// Runs it.
    pub run: fn(&Run<'_>) -> Result<()>,
}

/// What a suite gets.
pub struct Run<'a> {
    /// The checkout.
    pub context: &'a Context,
    /// What stood behind `--` on the command line.
    pub passed_on: &'a [String],
}

/// All suites, in the order in which they begin: first those that say soonest what is wrong, and none that takes minutes at the end.
pub const SUITES: &[Suite] = &[
    Suite {
        name: "format",
        text: "the Rust code is formatted",
        needs: &[],
        run: rust::format,
    },
    Suite {
        name: "architecture",
        text: "no two files import each other, no private word has come back, ARCHITECTURE.md names what exists; the public forge's workflow is valid",
        needs: &[],
        run: architecture::check,
    },
    Suite {
        name: "clippy",
        text: "no compiler or clippy warning in what runs natively",
        needs: &[],
        run: rust::clippy,
    },
    Suite {
        name: "clippy-wasm",
        text: "no compiler or clippy warning in what runs as WebAssembly",
        needs: &[Need::Part(Part::Wasm)],
        run: webassembly::clippy,
    },
    Suite {
        name: "unit",
        text: "native tests of the wire, the session, the event log without its stores, and the chores",
        needs: &[],
        run: rust::unit,
    },
    Suite {
        name: "rustdoc",
        text: "cargo doc of the workspace, without a warning",
        needs: &[],
        run: rust::documentation,
    },
    Suite {
        name: "host",
        text: "tests of the host, on SQLite and PostgreSQL; `host -- faults --minutes N` for faults by chance",
        needs: &[Need::Part(Part::Database)],
        run: host::test,
    },
    Suite {
        name: "citus",
        text: "the host on Citus, its tables distributed; skipped unless CODEBOLT_TEST_CITUS_URL names one",
        needs: &[],
        run: host::citus,
    },
    Suite {
        name: "wasm-node",
        text: "wasm-pack test --node, on a running host",
        needs: &[Need::Part(Part::Wasm), Need::Host],
        run: webassembly::node,
    },
    Suite {
        name: "wasm-browser",
        text: "wasm-pack test --headless --chrome, on a running host",
        needs: &[
            Need::Part(Part::Wasm),
            Need::Part(Part::Browser),
            Need::Host,
        ],
        run: webassembly::chromium,
    },
    Suite {
        name: "wasm-firefox",
        text: "wasm-pack test --headless --firefox, on a running host",
        needs: &[Need::Part(Part::Runtimes)],
        run: webassembly::firefox,
    },
    Suite {
        name: "definitions",
        text: "every method sends what the reference SDK sends (tests/definitions)",
        needs: &[Need::Testing, Need::Part(Part::Browser)],
        run: javascript::definitions,
    },
    Suite {
        name: "tools",
        text: "the tools for models do what the reference's do (tests/tools-for-models)",
        needs: &[Need::Package, Need::Part(Part::Browser)],
        run: javascript::tools,
    },
    Suite {
        name: "tools-in-use",
        text: "the tools on real files, in a model's loop, behind MCP; their examples; how many tokens their list takes",
        needs: &[Need::Testing, Need::Part(Part::ToolUsers)],
        run: package::tools_in_use,
    },
    Suite {
        name: "page",
        text: "the demo page in Chromium, on a running host; makes screenshots",
        needs: &[
            Need::Part(Part::Npm),
            Need::Part(Part::Browser),
            Need::Host,
            Need::Page,
        ],
        run: page::in_browser,
    },
    Suite {
        name: "session",
        text: "the session in Node and Chromium against a host that misbehaves; load and a soak",
        needs: &[Need::Package, Need::Part(Part::Browser)],
        run: javascript::session,
    },
    Suite {
        name: "event-log",
        text: "the event log's frames in Node and Chromium, and its additions, on a running host",
        needs: &[Need::Testing, Need::Part(Part::Browser), Need::Host],
        run: javascript::event_log,
    },
    Suite {
        name: "event-log-in-memory",
        text: "the event log in memory, as WebAssembly: in Node and Chromium, beside a running host",
        needs: &[
            Need::Part(Part::Wasm),
            Need::Part(Part::Npm),
            Need::Part(Part::Browser),
            Need::Host,
        ],
        run: event_log_module::test,
    },
    Suite {
        name: "types",
        text: "TypeScript, newest and 5.4: the package's own code, and that of its callers",
        needs: &[Need::Package],
        run: types::check,
    },
    Suite {
        name: "names",
        text: "every name of the reference is declared and there at run time, or missing with a reason",
        needs: &[Need::Package],
        run: javascript::names,
    },
    Suite {
        name: "editor",
        text: "what TypeScript's language service shows of every method, and offers for an import",
        needs: &[Need::Package],
        run: javascript::editor,
    },
    Suite {
        name: "package-shape",
        text: "publint and attw find the packages' entries and types in order",
        needs: &[Need::Testing],
        run: package::shape,
    },
    Suite {
        name: "package",
        text: "the packed package in an empty project, by its name: ESM and CommonJS",
        needs: &[Need::Package, Need::Host],
        run: package::by_name,
    },
    Suite {
        name: "examples",
        text: "the examples, those of `cargo xtask demo` and the others",
        needs: &[Need::Package, Need::Host],
        run: package::examples,
    },
    Suite {
        name: "tracing",
        text: "the example of tracing, with OpenTelemetry, on a running host",
        needs: &[Need::Package, Need::Host, Need::Part(Part::Tracing)],
        run: javascript::tracing,
    },
    Suite {
        name: "documented",
        text: "every code block of the READMEs, the guide and the recipes does what its page says (tests/documented)",
        needs: &[Need::Testing, Need::Part(Part::Browser), Need::Host],
        run: documentation::code_blocks,
    },
    Suite {
        name: "docs",
        text: "the documentation site builds; in Chromium it fits phones and desks, and its search finds; makes screenshots",
        needs: &[Need::Part(Part::Docs), Need::Part(Part::Browser)],
        run: documentation::site,
    },
    Suite {
        name: "links",
        text: "every link and anchor of all Markdown and of the built site leads somewhere (tests/links)",
        needs: &[Need::Part(Part::Docs)],
        run: documentation::links,
    },
    Suite {
        name: "size",
        text: "the downloads of bundled agents keep to bench/size-budget.json",
        needs: &[Need::Package],
        run: javascript::size,
    },
    Suite {
        name: "package-contents",
        text: "what the packed package holds, and that importing it does nothing",
        needs: &[Need::Package, Need::Host],
        run: runtimes::contents,
    },
    Suite {
        name: "dependencies",
        text: "licences, sources and versions of the crates as deny.toml allows",
        needs: &[],
        run: dependencies::check,
    },
    Suite {
        name: "advisories-crates",
        text: "RustSec knows no fault of the crates; skipped without cargo-deny or the network",
        needs: &[],
        run: dependencies::advisories_of_crates,
    },
    Suite {
        name: "advisories-npm",
        text: "npm audit knows no fault of what users install; skipped where the registry cannot be asked",
        needs: &[Need::Package],
        run: dependencies::advisories_of_package,
    },
    Suite {
        name: "semver",
        text: "the version allows what changed in the crates' API since the last release; skipped where there is no tag v*",
        needs: &[],
        run: semver::check,
    },
    Suite {
        name: "as-typed",
        text: "in a fresh clone, what one types: wasm-pack, npm in www, cargo, the README's module by itself",
        needs: &[Need::Part(Part::Runtimes)],
        run: as_typed::in_a_fresh_clone,
    },
    Suite {
        name: "drop-in",
        text: "a project written for @codebolt/codeboltjs runs unchanged, and type-checks",
        needs: &[Need::Testing, Need::Host],
        run: runtimes::drop_in,
    },
    Suite {
        name: "consumers",
        text: "agents, plugins, providers and orchestrators written as public ones are, by the old name, on a scripted host",
        needs: &[Need::Package, Need::Host],
        run: runtimes::consumers,
    },
    Suite {
        name: "peers",
        text: "npm, pnpm and yarn install the package under the reference's name beside packages that want that",
        needs: &[Need::Package, Need::Host],
        run: runtimes::peers,
    },
    Suite {
        name: "runtimes-node",
        text: "the packed package in Node 20, 22, 24 and the newest, Deno and Bun",
        needs: &[Need::Part(Part::Runtimes)],
        run: runtimes::node,
    },
    Suite {
        name: "runtimes-browser",
        text: "the packed package in Chromium and Firefox without a bundler; loads that fail",
        needs: &[Need::Part(Part::Runtimes)],
        run: runtimes::browser,
    },
    Suite {
        name: "bundlers",
        text: "the packed package through vite, webpack, rollup and esbuild, then in Chromium and Node",
        needs: &[Need::Part(Part::Runtimes)],
        run: runtimes::bundlers,
    },
    Suite {
        name: "builds",
        text: "projects built by eight toolchains (`-- --all`: by all), run where nothing else is",
        needs: &[Need::Part(Part::Builds)],
        run: runtimes::builds,
    },
    Suite {
        name: "mocks",
        text: "the packed package beside msw, nock, global-agent, sinon, and within jest and vitest with their clocks",
        needs: &[Need::Testing, Need::Host],
        run: runtimes::mocks,
    },
    Suite {
        name: "testing",
        text: "codebolt-wasm-testing from its tarball: the host in Node, Deno, Bun and Chromium, within vitest and jest; its types and example",
        needs: &[Need::Testing, Need::Part(Part::Runtimes)],
        run: testing::from_tarball,
    },
    Suite {
        name: "edge",
        text: "the packed package in workerd",
        needs: &[Need::Part(Part::Runtimes)],
        run: runtimes::edge,
    },
];
