//! `cargo xtask mutate`: a mutation run with its scores. See [`pngine_judge::run`].

use pngine_judge::report::{keep, report};
use pngine_judge::run::{Oracle, Settings, run};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

const USAGE: &str = "\
usage: cargo xtask mutate [OPTIONS]

Makes mistakes in all examples and tests, and compares what the compiler says of each with what WebGPU says.

  --quick          1,000 mutants instead of 15,000
  --count N        as many mutants
  --kind WORDS     only kinds of mistakes whose names contain these words
  --seed N         another choice of mutants (default: 1)
  --oracle NAME    who has the last word: chromium (default), or noop, which is wgpu without a GPU and much faster,
                   or none: nobody is asked, and only how many findings there are and where they stand is scored
  --keep DIR       write a sample of everything that is wrong into this folder, by what is wrong and by kind";

fn main() -> ExitCode {
    // Panics of wgpu and of the compiler are findings here; others are ours.
    std::panic::set_hook(Box::new(|info| {
        if info.location().is_some_and(|place| place.file().contains("judge/src")) {
            eprintln!("{info}");
        }
    }));
    match arguments(std::env::args().skip(1)) {
        Ok(None) => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        Ok(Some((settings, kept))) => match work(&settings, kept.as_deref()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
        Err(error) => {
            eprintln!("error: {error}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Option<(Settings, Option<PathBuf>)>, String> {
    let mut settings = Settings { count: 15_000, seed: 1, kind: None, oracle: Oracle::Chromium };
    let mut kept = None;
    while let Some(option) = given.next() {
        let mut value = || given.next().ok_or_else(|| format!("{option} takes a value"));
        match option.as_str() {
            "--help" | "-h" => return Ok(None),
            "--quick" => settings.count = 1000,
            "--count" => settings.count = value()?.parse().map_err(|_| "--count takes a number")?,
            "--seed" => settings.seed = value()?.parse().map_err(|_| "--seed takes a number")?,
            "--kind" => settings.kind = Some(value()?),
            "--keep" => kept = Some(PathBuf::from(value()?)),
            "--oracle" => {
                settings.oracle = match value()?.as_str() {
                    "noop" => Oracle::Noop,
                    "none" => Oracle::None,
                    "chromium" => Oracle::Chromium,
                    other => return Err(format!("there is no oracle {other}")),
                }
            }
            other => return Err(format!("there is no option {other}")),
        }
    }
    Ok(Some((settings, kept)))
}

fn work(settings: &Settings, kept: Option<&Path>) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let start = Instant::now();
    let outcomes = run(&root, settings, &|done, total| {
        eprintln!("{done} of {total} mutants, {:.0} s", start.elapsed().as_secs_f64());
    })?;
    print!("{}", report(&outcomes));
    if let Some(folder) = kept {
        keep(&outcomes, folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        println!("\nSamples are in {}.", folder.display());
    }
    Ok(())
}
