//! What suites need, and how it gets there.

use super::Suite;
use crate::build;
use crate::context::Context;
use crate::setup::{self, Part};
use anyhow::Result;
use clap::ValueEnum;
use std::collections::HashMap;

/// What a suite needs to have been set up or built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A part of the set-up. Some parts are tested with what is built, and bring it.
    Part(Part),
    /// The package in `pkg/`; brings what it is built with.
    Package,
    /// The package for the tests of agents in `pkg-testing/`; brings Package.
    Testing,
    /// The host's program.
    Host,
    /// The demo page in `www/dist`, with the event log in memory; brings Package.
    Page,
}

/// What could not be set up or built, each by its name and with the reason.
#[derive(Default)]
pub struct Lacking(HashMap<&'static str, String>);

impl Lacking {
    /// Why a suite cannot run, if so.
    pub fn of(&self, suite: &Suite) -> Option<&str> {
        let mut reasons = suite
            .needs
            .iter()
            .filter_map(|need| self.0.get(need.text()));
        reasons.next().map(String::as_str)
    }

    fn add(&mut self, name: &'static str, error: &anyhow::Error) {
        println!("✗ {name}: {error:#}");
        self.0.insert(name, format!("{name}: {error:#}"));
    }
}

/// Sets up and builds what the suites need; gives what failed, with the reason.
pub fn provide(context: &Context, suites: &[&Suite]) -> Lacking {
    let needs = |need: Need| {
        suites
            .iter()
            .any(|suite| suite.needs.iter().any(|has| has.brings(need)))
    };
    let mut lacking = Lacking::default();
    let parts: Vec<Part> = Part::value_variants()
        .iter()
        .copied()
        .filter(|&part| needs(Need::Part(part)))
        .collect();
    for (part, outcome) in setup::ensure(context, &parts) {
        if let Err(error) = outcome {
            lacking.add(part.text(), &error);
        }
    }
    let mut attempt = |need: Need, build: &dyn Fn() -> Result<()>| {
        if needs(need)
            && let Err(error) = build()
        {
            lacking.add(need.text(), &error);
        }
    };
    attempt(Need::Host, &|| build::quick_host(context));
    attempt(Need::Package, &|| build::package(context));
    attempt(Need::Testing, &|| build::testing_package(context));
    attempt(Need::Page, &|| build::demo_page(context).map(drop));
    lacking
}

impl Need {
    /// Whether it is the other, or needs it.
    fn brings(self, other: Self) -> bool {
        self == other || self.directly().iter().any(|needed| needed.brings(other))
    }

    /// What it is built or tested with.
    fn directly(self) -> &'static [Self] {
        match self {
            Self::Package => &[Self::Part(Part::Wasm), Self::Part(Part::Npm)],
            Self::Page | Self::Testing | Self::Part(Part::Docs) => &[Self::Package],
            Self::Part(Part::Runtimes) => &[Self::Part(Part::Browser), Self::Package, Self::Host],
            Self::Part(Part::Builds) => &[Self::Part(Part::Runtimes)],
            Self::Part(_) | Self::Host => &[],
        }
    }

    /// What it is, for a person.
    fn text(self) -> &'static str {
        match self {
            Self::Part(part) => part.text(),
            Self::Package => "the package",
            Self::Testing => "the package for tests",
            Self::Host => "the host",
            Self::Page => "the page",
        }
    }
}
