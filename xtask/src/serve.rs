//! `cargo xtask serve`: the host with the demo page, until Ctrl-C.

use crate::build;
use crate::context::Context;
use crate::setup::{self, Part};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// Where to serve, and what.
#[derive(clap::Args)]
pub struct Arguments {
    /// The port.
    #[arg(long, default_value_t = 12345)]
    port: u16,
    /// The database file; made if it is not there.
    #[arg(long, default_value = "events.db")]
    data: PathBuf,
}

/// `cargo xtask serve`.
pub fn run(context: &Context, arguments: &Arguments) -> Result<()> {
    setup::require(context, &[Part::Wasm, Part::Npm])?;
    build::package(context)?;
    build::host(context)?;
    let www = context.root.join("www");
    let page = if www.join("package.json").is_file() {
        build::demo_page(context)?
    } else {
        www
    };
    println!(
        "The page is http://127.0.0.1:{}/ (Ctrl-C ends it)",
        arguments.port
    );
    let mut host = Command::new(context.host_binary());
    host.args([
        "--bind",
        "127.0.0.1",
        "--port",
        &arguments.port.to_string(),
        "--data",
    ])
    .arg(&arguments.data)
    .arg("--www")
    .arg(page);
    become_host(host)
}

/// The host takes this process's place, so that whoever ends the one ends the other.
#[cfg(unix)]
fn become_host(mut host: Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(anyhow::Error::new(host.exec()).context("cannot start the host"))
}

#[cfg(not(unix))]
fn become_host(mut host: Command) -> Result<()> {
    crate::command::run(&mut host)
}
