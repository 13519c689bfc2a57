//! Running other programs, one after another, with their time on a line.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// A program to run from the repository's root.
pub struct Step {
    name: String,
    program: String,
    arguments: Vec<String>,
    directory: String,
    environment: Vec<(String, String)>,
}

impl Step {
    /// Runs `program`.
    pub fn program(name: &str, program: &str, arguments: &[&str]) -> Self {
        Self {
            name: name.to_string(),
            program: program.to_string(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
            directory: ".".to_string(),
            environment: Vec::new(),
        }
    }

    /// Runs the cargo that runs this.
    pub fn cargo(name: &str, arguments: &[&str]) -> Self {
        Self::program(name, &std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_string()), arguments)
    }

    /// Runs in this directory, relative to the root.
    pub fn dir(mut self, directory: &str) -> Self {
        self.directory = directory.to_string();
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_string(), value.to_string()));
        self
    }

    /// As one would type it: without the folder that the program was found in.
    fn line(&self) -> String {
        let program = Path::new(&self.program).file_stem().unwrap_or_default().to_string_lossy();
        format!("{program} {}", self.arguments.join(" "))
    }
}

/// Runs steps until one fails. Where there are several, they are numbered.
///
/// # Errors
/// The name and command line of the step that failed.
pub fn run_all(steps: &[Step]) -> Result<(), String> {
    for (number, step) in (1..).zip(steps) {
        let number = if steps.len() > 1 { format!("{number}/{} ", steps.len()) } else { String::new() };
        let line = step.line();
        eprintln!("==> {number}{}: {line}", step.name);
        let start = Instant::now();
        let status = Command::new(&step.program)
            .args(&step.arguments)
            .current_dir(&step.directory)
            .envs(step.environment.iter().map(|(name, value)| (name, value)))
            .status();
        match status {
            Ok(status) if status.success() => eprintln!("    {} passed in {:.1} s", step.name, start.elapsed().as_secs_f64()),
            Ok(status) => return Err(format!("{} failed ({status}): {line}", step.name)),
            Err(error) => return Err(format!("{} could not start: {line}: {error}", step.name)),
        }
    }
    Ok(())
}

/// What a program prints, if it can be run and succeeds.
pub fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// `1 h 27 min`, `3 min 19 s`, `42 s`.
pub fn duration(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_their_two_largest_units() {
        for (seconds, text) in [(0, "0 s"), (59, "59 s"), (199, "3 min 19 s"), (3600, "1 h 0 min"), (5261, "1 h 27 min")] {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn command_lines_are_shown_as_one_types_them() {
        let step = Step::program("lints", "/home/me/.rustup/toolchains/stable/bin/cargo", &["clippy", "--workspace"]);
        assert_eq!(step.line(), "cargo clippy --workspace");
    }
}
