//! What holds for the checkout itself.

use super::{Run, javascript};
use crate::imports;
use crate::setup;
use anyhow::Result;

/// No circles in Rust, and what `tests/architecture` says of the rest.
pub fn check(run: &Run<'_>) -> Result<()> {
    imports::check(run.context)?;
    setup::architecture(run.context)?;
    javascript::node_tests(run, "tests/architecture")
}
