//! Where things are, and commands that see the project's tools.

use anyhow::{Context as _, Result};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout and its folders.
#[derive(Debug, Clone)]
pub struct Context {
    /// The root of the checkout.
    pub root: PathBuf,
    /// Where the tools are installed; may be shared by several checkouts.
    pub tools: PathBuf,
    /// The folder of cargo's native builds.
    pub target: PathBuf,
}

impl Context {
    /// The checkout that this program was built from.
    pub fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask/ has no parent folder")?
            .to_path_buf();
        let tools = match env::var_os("CODEBOLT_TOOLS") {
            Some(folder) if !folder.is_empty() => std::path::absolute(folder)?,
            _ => root.join(".tools"),
        };
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) if !folder.is_empty() => std::path::absolute(folder)?,
            _ => root.join("target"),
        };
        Ok(Self {
            root,
            tools,
            target,
        })
    }

    /// The version in the workspace's `Cargo.toml`, which this crate has too.
    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// The built npm package.
    pub fn package(&self) -> PathBuf {
        self.root.join("pkg")
    }

    /// The same before its JavaScript was put into few files: what is tested in parts and type-checked.
    pub fn package_sources(&self) -> PathBuf {
        self.scratch("package-sources")
    }

    /// The built npm package for the tests of agents.
    pub fn testing_package(&self) -> PathBuf {
        self.root.join("pkg-testing")
    }

    /// The host's program.
    pub fn host_binary(&self) -> PathBuf {
        self.target.join("release").join(host_file())
    }

    /// The same, compiled fast: for the demo and the tests, whose own parts of it are these too.
    pub fn quick_host_binary(&self) -> PathBuf {
        self.target.join("debug").join(host_file())
    }

    /// A folder for files that a chore keeps for its next run.
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.target.join("xtask").join(name)
    }

    /// Where the programs are that `cargo install` brought.
    pub fn cargo_tools(&self) -> PathBuf {
        self.tools.join("cargo")
    }

    /// Where the npm tools are, with their `node_modules`.
    pub fn npm_tools(&self) -> PathBuf {
        self.tools.join("npm")
    }

    /// A command run in the checkout, with the tools first on `PATH`.
    pub fn command(&self, program: &str) -> Command {
        self.command_with_path(program, &[])
    }

    /// Like [`Context::command`], with more folders searched between the tools and the ordinary `PATH`.
    pub fn command_with_path(&self, program: &str, more: &[PathBuf]) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", self.path(more));
        command.env("CODEBOLT_TOOLS", &self.tools);
        // `cargo run` tells its program about the crate xtask; a cargo below it must not take that for its own.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_")
                || text.starts_with("CARGO_MANIFEST_")
                || text == "CARGO"
            {
                command.env_remove(&name);
            }
        }
        if let Some(libraries) = env::var_os("LD_LIBRARY_PATH") {
            let kept = env::split_paths(&libraries).filter(|folder| {
                !folder.starts_with(&self.target)
                    && !folder.to_string_lossy().contains("toolchains")
            });
            match env::join_paths(kept) {
                Ok(kept) if !kept.is_empty() => command.env("LD_LIBRARY_PATH", kept),
                _ => command.env_remove("LD_LIBRARY_PATH"),
            };
        }
        command
    }

    /// Where a program is that [`Context::command`] would run.
    pub fn find_program(&self, program: &str) -> Option<PathBuf> {
        let file = format!("{program}{}", env::consts::EXE_SUFFIX);
        env::split_paths(&self.path(&[]))
            .map(|folder| folder.join(&file))
            .find(|candidate| candidate.is_file())
    }

    fn path(&self, more: &[PathBuf]) -> OsString {
        let mut folders = vec![
            self.cargo_tools().join("bin"),
            self.npm_tools().join("node_modules").join(".bin"),
        ];
        folders.extend_from_slice(more);
        if let Some(path) = env::var_os("PATH") {
            folders.extend(env::split_paths(&path));
        }
        env::join_paths(folders).unwrap_or_default()
    }
}

fn host_file() -> String {
    format!("codebolt-host{}", env::consts::EXE_SUFFIX)
}
