//! The command line for other programs: completions for shells, and man pages.

use std::io::{Error, Write};
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use super::Options;

const NAME: &str = "codebolt-host";

/// Prints a script that makes a shell complete the command line.
///
/// # Errors
/// When stdout cannot be written.
pub fn print_completions(shell: Shell) -> Result<(), Error> {
    let mut script = Vec::new();
    generate(shell, &mut Options::command(), NAME, &mut script);
    print(&script)
}

/// Prints the man page.
///
/// # Errors
/// When stdout cannot be written.
pub fn print_man() -> Result<(), Error> {
    print(page(command())?.as_bytes())
}

/// Writes the man page, and one for each subcommand, into a folder.
///
/// # Errors
/// When the folder cannot be created or written; the error names it.
pub fn write_man(folder: &Path) -> Result<(), Error> {
    let name_folder =
        |error: Error| Error::new(error.kind(), format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(name_folder)?;
    let program = command();
    let subcommands: Vec<_> = program.get_subcommands().cloned().collect();
    for command in std::iter::once(program).chain(subcommands) {
        let name = command.get_display_name().unwrap_or(NAME);
        let file = folder.join(format!("{name}.1"));
        std::fs::write(file, page(command)?).map_err(name_folder)?;
    }
    Ok(())
}

/// The whole command line, without the subcommand `help`: a man page is help.
fn command() -> Command {
    let mut command = Options::command().disable_help_subcommand(true);
    command.build();
    command
}

fn page(command: Command) -> Result<String, Error> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    // The crate has one section for the text after the help, which is the examples here.
    Ok(String::from_utf8_lossy(&page).replace(".SH EXTRA\nEXAMPLES:\n", ".SH EXAMPLES\n"))
}

fn print(text: &[u8]) -> Result<(), Error> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        // Whoever reads it has read enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
