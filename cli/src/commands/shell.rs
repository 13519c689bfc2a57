//! `pngine completions` and `pngine man`: what shells and `man` know of the command line, made from its own description.

use clap::CommandFactory as _;
use pngine_compiler::diag::Code;

use crate::args::{Cli, Completions, Man};
use crate::failure::{Exit, Failure};
use crate::input;
use crate::output::Target;
use crate::progress;

/// Prints the completions of a shell.
///
/// # Errors
/// As of [`Target::write`].
pub fn completions(args: &Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "pngine", &mut script);
    Target::Standard.write(&script)?;
    Ok(Exit::Done)
}

/// Prints the manual page, or writes it and those of all commands into a folder.
///
/// # Errors
/// E0905.
pub fn man(args: &Man) -> Result<Exit, Failure> {
    let mut command = Cli::command();
    command.build();
    let Some(folder) = &args.output else {
        Target::Standard.write(&page(&command)?)?;
        return Ok(Exit::Done);
    };
    if !folder.is_dir() {
        return Err(Failure::unable(Code::CannotWrite, format!("there is no folder `{}`", input::display(folder))));
    }
    let commands = command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help");
    let pages: Vec<(String, Vec<u8>)> = std::iter::once(&command)
        .chain(commands)
        .map(|command| {
            let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
            Ok((name, page(command)?))
        })
        .collect::<Result<_, Failure>>()?;
    for (name, page) in &pages {
        Target::File(folder.join(format!("{name}.1"))).write(page)?;
    }
    progress::say(&format!("{}: {} pages", input::display(folder), pages.len()));
    Ok(Exit::Done)
}

fn page(command: &clap::Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    let written = clap_mangen::Man::new(command.clone()).render(&mut page);
    written.map_err(|error| Failure::unable(Code::CannotWrite, format!("the manual page cannot be made: {error}")))?;
    Ok(page)
}
