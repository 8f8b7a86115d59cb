//! The tests of the demo page.

use super::Run;
use super::javascript;
use crate::command;
use crate::setup::find_browser;
use anyhow::Result;

/// The page in a browser, on hosts that the tests start themselves. Screenshots are left in `target/page-screenshots`;
/// `CODEBOLT_RENEW_IMAGES=1` renews the screenshots in `docs/images`.
pub fn in_browser(run: &Run<'_>) -> Result<()> {
    let mut node = javascript::node(run, &run.context.root.join("tests").join("page"))?;
    node.env("CODEBOLT_HOST_BINARY", run.context.quick_host_binary())
        .env("CODEBOLT_CHROMIUM", find_browser(run.context)?);
    command::run(&mut node)
}
