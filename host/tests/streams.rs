//! The commands that every scene of `examples/` and `tests/ok/` gives: compiled, run in its prebuilt executor, decoded and checked.
//!
//! Scenes are found by listing, as in the compiler's `corpus` test. Each stream is a snapshot: `init`, then four frames.

use pngine_compiler::program::{Compiled, Options};
use pngine_compiler::source::{ReadError, Sources};
use pngine_format::payload::Payload;
use pngine_host::{Canvas, Checker, CommandView, Phase, Runner};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const CANVAS: Canvas = Canvas { width: 64, height: 48 };
const FRAMES: u32 = 4;

/// The files of a scene's directory.
struct Directory(PathBuf);

impl Sources for Directory {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        std::fs::read(self.0.join(path)).map_err(|_| ReadError::NotFound)
    }
}

/// Name of the snapshot and path of the entry file of every scene.
fn scenes() -> Vec<(String, PathBuf)> {
    let mut scenes = Vec::new();
    for (prefix, directory) in [("examples", "examples"), ("ok", "tests/ok")] {
        let directory = Path::new(REPOSITORY).join(directory);
        for entry in std::fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display())) {
            let path = entry.expect("a directory that can be listed").path();
            let name = path.file_stem().and_then(|name| name.to_str()).expect("a readable name").to_string();
            if path.extension().is_some_and(|extension| extension == "pngine") {
                scenes.push((format!("{prefix}@{name}"), path));
            } else if path.join("main.pngine").exists() {
                scenes.push((format!("{prefix}@{name}"), path.join("main.pngine")));
            }
        }
    }
    scenes.sort();
    scenes
}

fn compile(entry: &Path) -> Compiled {
    let directory = entry.parent().expect("a file lies in a directory").to_path_buf();
    let name = entry.file_name().and_then(|name| name.to_str()).expect("a readable name");
    let bytes = std::fs::read(entry).expect("a file that can be read");
    pngine_compiler::compile(&Directory(directory), name, &bytes, &Options::default())
}

/// Appends the commands of a buffer, after checking them.
fn commands(out: &mut String, title: &str, checker: &mut Checker, phase: Phase, view: &CommandView<'_>) {
    let checked = checker.check(phase, view, CANVAS);
    let findings: Vec<String> = checked.findings().iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "{title}: {}", findings.join("\n"));
    let _ = write!(out, "{title}:\n{}", view.describe());
}

fn stream(entry: &Path) -> String {
    let compiled = compile(entry);
    let program = compiled.program.expect("a scene without a mistake");
    let plugins: Vec<&str> = program.plugins.names().collect();
    let executor = Path::new(REPOSITORY).join("executors").join(format!("{}.wasm", plugins.join("-")));
    let executor = std::fs::read(&executor).unwrap_or_else(|error| panic!("{}: {error}", executor.display()));
    let payload = pngine_compiler::pack::payload(&program, pngine_compiler::pack::Embed::None).expect("a payload");
    let payload = Payload::parse(&payload).expect("a sound payload");

    let mut runner = Runner::new(&payload, Some(&executor)).expect("an executor that takes the program");
    let mut checker = Checker::new(program.plugins);
    let mut out = String::new();
    runner.init().expect("init");
    commands(&mut out, "init", &mut checker, Phase::Init, &runner.command_buffer().expect("commands"));
    for frame in 0..FRAMES {
        runner.frame(frame as f32 / 60.0, CANVAS.width, CANVAS.height).expect("a frame");
        commands(
            &mut out,
            &format!("frame {frame}"),
            &mut checker,
            Phase::Frame(frame),
            &runner.command_buffer().expect("commands"),
        );
    }
    out
}

#[test]
fn every_scene_gives_commands_without_a_finding() {
    let scenes = scenes();
    assert!(scenes.len() > 6, "the scenes are not where they should be");
    let mut failed = Vec::new();
    for (name, entry) in &scenes {
        let check = || {
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path(Path::new(REPOSITORY).join("snapshots/streams"));
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| insta::assert_snapshot!(name.as_str(), stream(entry)));
        };
        if catch_unwind(AssertUnwindSafe(check)).is_err() {
            failed.push(name.as_str());
        }
    }
    assert!(failed.is_empty(), "{} of {} scenes failed: {}", failed.len(), scenes.len(), failed.join(", "));
}

#[test]
fn no_stream_is_left_of_a_scene_that_is_gone() {
    let wanted: BTreeSet<String> = scenes().into_iter().map(|(name, _)| format!("{name}.snap")).collect();
    let found: BTreeSet<String> = std::fs::read_dir(Path::new(REPOSITORY).join("snapshots/streams"))
        .expect("the snapshots")
        .map(|entry| entry.expect("a directory that can be listed").file_name().to_string_lossy().into_owned())
        // What waits for review is the failure of the other test.
        .filter(|name| !name.ends_with(".snap.new"))
        .collect();
    let stale: Vec<&String> = found.difference(&wanted).collect();
    assert!(stale.is_empty(), "of no scene: {stale:?}");
}
