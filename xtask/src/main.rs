//! Development tasks, run as `cargo xtask TASK`. One module per task; this file only dispatches.

mod bench;
mod borders;
#[cfg(test)]
mod circles;
mod codegen;
mod executors;
mod modules;
mod proportion;
mod shell;
mod test;

use shell::Step;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK

  test                 set up what the tests need, then run all of them
  bench [analysis]     print the size and speed figures of docs/benchmarks.md, or only those of an `Analysis`
  proportion [WORD]    print how long the compiler works on half a megabyte of everything that can be repeated
  codegen [--check]    write what comes from tables and examples: regions of the pages, the gallery,
                       viewers/web/src/*.generated.js, and the scenes in docs/pictures
  executors [--check]  build the prebuilt executors of executors/ and their BUILD.json
  modules [--check]    build the nested WebAssembly modules of the examples
  mutate [OPTIONS]     make mistakes in all scenes, and score what the compiler says of them against WebGPU; `mutate --help` says more

With --check nothing is written: what is out of date or breaks a rule is an error.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["test"] => test::run(),
        ["bench"] => bench::run(),
        ["bench", "analysis"] => bench::again(),
        ["proportion"] => {
            proportion::run("");
            Ok(())
        }
        ["proportion", word] => {
            proportion::run(word);
            Ok(())
        }
        ["codegen"] => codegen::run(false),
        ["codegen", "--check"] => codegen::run(true),
        ["executors"] => executors::run(false),
        ["executors", "--check"] => executors::run(true),
        ["mutate", ref options @ ..] => mutate(options),
        ["modules"] => modules::run(false),
        ["modules", "--check"] => modules::run(true),
        ["--help" | "-h" | "help"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs `pngine-judge`, which is a program of its own so that the other tasks need no wgpu.
fn mutate(options: &[&str]) -> Result<(), String> {
    let arguments = [&["run", "--package", "pngine-judge", "--"], options].concat();
    shell::run_all(&[Step::cargo("mutation run", &arguments)])
}
