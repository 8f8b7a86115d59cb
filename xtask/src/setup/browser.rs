//! Chromium (or Chrome) and its WebDriver.

use super::apt;
use crate::context::Context;
use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;

/// The names that chromedriver itself looks for.
const BROWSERS: [&str; 4] = ["chromium", "google-chrome", "chromium-browser", "chrome"];

/// Makes sure of a browser and its driver.
pub fn ensure(context: &Context) -> Result<()> {
    if find_browser(context).is_ok() && find_driver(context).is_ok() {
        return Ok(());
    }
    apt::install(
        context,
        &["chromium", "chromium-driver"],
        "install Chrome or Chromium and the chromedriver of the same version, both on PATH",
    )?;
    find_browser(context)?;
    find_driver(context)?;
    Ok(())
}

/// The browser's program.
pub fn find_browser(context: &Context) -> Result<PathBuf> {
    for name in BROWSERS {
        if let Some(path) = context.find_program(name) {
            return Ok(path);
        }
    }
    bail!("no browser on PATH (looked for {})", BROWSERS.join(", "))
}

/// The browser's WebDriver.
pub fn find_driver(context: &Context) -> Result<PathBuf> {
    context
        .find_program("chromedriver")
        .context("no chromedriver on PATH")
}
