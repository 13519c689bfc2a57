//! Running other programs, one after another, with their time on a line.

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
}

/// Runs steps until one fails.
///
/// # Errors
/// The name and command line of the step that failed.
pub fn run_all(steps: &[Step]) -> Result<(), String> {
    for step in steps {
        let line = format!("{} {}", step.program, step.arguments.join(" "));
        eprintln!("==> {}: {line}", step.name);
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
