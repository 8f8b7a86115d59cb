//! Debian's packages, where there are any and we may install them.

use crate::command;
use crate::context::Context;
use anyhow::{Context as _, Result, bail};
use std::path::Path;
use std::sync::Mutex;

/// apt runs once at a time; the second to come would fail at its lock.
static APT: Mutex<Lists> = Mutex::new(Lists::Old);

enum Lists {
    Old,
    Fresh,
}

/// Whether Debian's packages can be installed here, by us.
pub fn can_install(context: &Context) -> bool {
    context.find_program("apt-get").is_some() && is_root(context)
}

/// Installs the packages. Where that can't be done the error says what to install; `otherwise` says it for systems other than Debian.
pub fn install(context: &Context, packages: &[&str], otherwise: &str) -> Result<()> {
    if context.find_program("apt-get").is_none() {
        bail!("no apt-get here to install it with: {otherwise}");
    }
    let line = packages.join(" ");
    if !is_root(context) {
        bail!(
            "not allowed to install Debian packages; run `sudo apt-get install --no-install-recommends {line}` and try again ({otherwise})"
        );
    }
    let mut lists = APT
        .lock()
        .map_err(|_| anyhow::anyhow!("an installation before this one panicked"))?;
    println!("  apt-get install {line}");
    let log = context.tools.join("logs");
    // The lists may be missing or old, so a failure alone says nothing until they were fetched.
    if apt_install(context, packages, &log.join("apt-install.log")).is_ok() {
        return Ok(());
    }
    command::logged(
        context
            .command("apt-get")
            .args(["-o", "DPkg::Lock::Timeout=300", "update"]),
        &log.join("apt-update.log"),
    )?;
    *lists = Lists::Fresh;
    apt_install(context, packages, &log.join("apt-install.log"))
        .with_context(|| format!("cannot install the Debian packages {line} ({otherwise})"))
}

/// Whether apt knows the package; only says no for certain after its lists were fetched.
pub fn is_known(context: &Context, package: &str) -> bool {
    let known = || {
        command::output(context.command("apt-cache").args(["policy", package]))
            .is_ok_and(|said| said.contains("Candidate:") && !said.contains("Candidate: (none)"))
    };
    if known() {
        return true;
    }
    let Ok(mut lists) = APT.lock() else {
        return false;
    };
    if matches!(*lists, Lists::Old) && is_root(context) && context.find_program("apt-get").is_some()
    {
        let log = context.tools.join("logs").join("apt-update.log");
        if command::logged(
            context
                .command("apt-get")
                .args(["-o", "DPkg::Lock::Timeout=300", "update"]),
            &log,
        )
        .is_ok()
        {
            *lists = Lists::Fresh;
        }
    }
    known()
}

fn apt_install(context: &Context, packages: &[&str], log: &Path) -> Result<()> {
    command::logged(
        context
            .command("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            // Programs are wanted, no running services.
            .env("RUNLEVEL", "1")
            .args([
                "-o",
                "DPkg::Lock::Timeout=300",
                "install",
                "--yes",
                "--no-install-recommends",
            ])
            .args(packages),
        log,
    )
}

fn is_root(context: &Context) -> bool {
    command::output(context.command("id").arg("-u")).is_ok_and(|id| id == "0")
}
