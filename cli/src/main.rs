//! The `pngine` binary: arguments in, library calls, an exit code out.
//!
//! `main` picks the exit code; nothing below it ends the process, but for a signal that would: see `temporary`. Results go to standard
//! output, findings to standard error.

mod args;
#[cfg(feature = "gpu")]
mod audio;
mod environment;
mod failure;
mod identity;
mod input;
mod inputs;
mod output;
mod progress;
mod temporary;

mod examined;
mod findings;
mod scene;
mod shaders;

mod movie;
mod picture;
mod play;
mod stage;
// Only what draws runs scenes.
#[cfg(any(feature = "gpu", test))]
mod steps;

#[cfg(feature = "dev")]
mod serve;
#[cfg(feature = "dev")]
mod watch;

mod commands;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::ffi::OsString;
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::{CommandFactory as _, Parser as _};
use pngine_compiler::diag;

use args::{Cli, Command};
use commands::Context;
use failure::{Exit, Failure};
use findings::Report;

fn main() -> ExitCode {
    environment::quiet_drivers();
    std::panic::set_hook(Box::new(report_bug));
    let arguments = with_default_command(std::env::args_os().collect());
    let exit = match Cli::try_parse_from(&arguments) {
        // The hook has said what there is to say.
        Ok(cli) => std::panic::catch_unwind(|| run(&cli)).unwrap_or(Exit::Unable),
        Err(error) => {
            // Help and version are answers, everything else is wrong usage. A closed pipe is no reason to fail.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            let _ = printable(error, &arguments).print();
            exit
        }
    };
    ExitCode::from(exit as u8)
}

fn run(cli: &Cli) -> Exit {
    if cli.quiet {
        progress::silence();
    }
    let context = Context { color: output::color_choice(cli.color) };
    let result = match &cli.command {
        Command::Build(args) => commands::build::run(args, context),
        Command::Compile(args) => commands::build::compile(args, context),
        Command::Validate(args) => commands::validate::run(args, context),
        Command::Fix(args) => commands::fix::run(args, context),
        Command::Inspect(args) => commands::inspect::run(args),
        Command::Extract(args) => commands::extract::run(args),
        Command::Embed(args) => commands::embed::run(args),
        Command::Render(args) => commands::render::run(args, context),
        #[cfg(feature = "dev")]
        Command::Dev(args) => commands::dev::run(args, context),
        Command::Diff(args) => commands::diff::run(args),
        Command::Explain(args) => commands::explain::run(args),
        Command::New(args) => commands::new::run(args),
        Command::Completions(args) => commands::shell::completions(args),
        Command::Man(args) => commands::shell::man(args),
    };
    match result {
        Ok(exit) => exit,
        Err(Failure::ClosedPipe) => Exit::Done,
        Err(Failure::Usage(message)) => {
            output::report(&format!("error: {}\n", diag::escape(&message)), context.color);
            Exit::Usage
        }
        Err(Failure::Findings { exit, sources, diagnostics }) => {
            let report = Report { name: String::new(), sources, diagnostics, run: None };
            output::report(&findings::human(&report, context.has_color()), context.color);
            exit
        }
    }
}

/// Puts `build` where no command stands: `pngine scene.pngine -o scene.png`.
///
/// A word that is neither a command nor looks like a path is left to clap, which knows what to suggest.
fn with_default_command(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let mut at = 1;
    while let Some(argument) = arguments.get(at).and_then(|argument| argument.to_str()) {
        match argument {
            "--color" => at += 2,
            "-q" | "--quiet" => at += 1,
            _ if argument.starts_with("--color=") => at += 1,
            _ => break,
        }
    }
    let Some(first) = arguments.get(at) else { return arguments };
    let is_known = match first.to_str() {
        Some("help" | "-h" | "--help" | "-V" | "--version") => true,
        Some(word) => Cli::command().get_subcommands().any(|command| command.get_name() == word),
        None => false,
    };
    let is_plain_word = first.to_str().is_some_and(|word| word.chars().all(|c| c.is_ascii_alphabetic()));
    if !is_known && (!is_plain_word || std::path::Path::new(first).exists()) {
        arguments.insert(at, "build".into());
    }
    arguments
}

/// An error about the command line that can be printed: clap repeats arguments as they are, so it gets to see them escaped.
fn printable(error: clap::Error, arguments: &[OsString]) -> clap::Error {
    let escaped: Vec<OsString> =
        arguments.iter().map(|argument| diag::escape(&argument.to_string_lossy()).into_owned().into()).collect();
    if escaped == arguments {
        return error;
    }
    match Cli::try_parse_from(&escaped) {
        Err(error) => error,
        Ok(_) => Cli::command().error(error.kind(), "an argument has characters that it cannot have"),
    }
}

/// Says that a panic is our mistake, and what to send.
///
/// On other threads than the first run shader compilers that are not ours; whoever started them makes a finding of their panics.
fn report_bug(info: &std::panic::PanicHookInfo<'_>) {
    if std::thread::current().name() != Some("main") {
        return;
    }
    let backtrace = Backtrace::capture();
    let trace = match backtrace.status() {
        BacktraceStatus::Captured => format!("{backtrace}\n"),
        _ => "RUST_BACKTRACE=1 in the environment adds a trace.\n".to_owned(),
    };
    let text = format!(
        "{info}\n\nThis is a bug in pngine {version}, not in your scene. Please report it with all these lines, the command line and the \
         scene.\nSystem: {os} {arch}. {trace}",
        version = env!("CARGO_PKG_VERSION"),
        os = std::env::consts::OS,
        arch = std::env::consts::ARCH,
    );
    output::report(&diag::escape_lines(&text), ColorChoice::Never);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaulted(arguments: &[&str]) -> Vec<String> {
        let all = std::iter::once("pngine").chain(arguments.iter().copied()).map(OsString::from).collect();
        with_default_command(all).into_iter().skip(1).map(|argument| argument.into_string().unwrap()).collect()
    }

    #[test]
    fn a_path_alone_is_built() {
        assert_eq!(defaulted(&["a.pngine"]), ["build", "a.pngine"]);
        assert_eq!(defaulted(&["-o", "b.png", "a.pngine"]), ["build", "-o", "b.png", "a.pngine"]);
        assert_eq!(defaulted(&["--color", "never", "-"]), ["--color", "never", "build", "-"]);
        assert_eq!(defaulted(&["--color=always", "a/b"]), ["--color=always", "build", "a/b"]);
        assert_eq!(defaulted(&["-q", "--quiet", "a.pngine"]), ["-q", "--quiet", "build", "a.pngine"]);
    }

    #[test]
    fn errors_repeat_arguments_escaped() {
        for wrong in ["--no\u{1b}[31m\n::error::x", "--size=\u{9b}\u{202e}", "--time=\r\n##[error]"] {
            let arguments: Vec<OsString> = ["pngine", "render", "a", "-o", "b", wrong].map(OsString::from).into();
            let error = Cli::try_parse_from(&arguments).unwrap_err();
            let text = printable(error, &arguments).render().to_string();
            assert!(text.contains('\\') && text.chars().all(|c| c == '\n' || !diag::is_unsafe(c)), "{text:?}");
            assert!(text.lines().all(|line| !line.starts_with("::") && !line.starts_with("##")), "{text}");
        }
    }

    #[test]
    fn commands_and_misspelt_commands_stay() {
        for kept in
            [&["validate", "a"][..], &["--help"], &["-V"], &["bulid", "a"], &[], &["--color"], &["--color", "auto", "render"]]
        {
            assert_eq!(defaulted(kept), kept);
        }
    }
}
