//! The commands that every scene of `examples/` and `tests/ok/` gives: compiled, run in its prebuilt executor, decoded and checked.
//!
//! Scenes are found by listing, as in the compiler's `corpus` test. Each stream of `tests/ok/` is a snapshot: `init`, then four frames.

use pngine_compiler::Options;
use pngine_format::op::Op;
use pngine_format::payload::Payload;
use pngine_host::{Canvas, Checker, Extensions, Images, NestedModules, Phase, Runner};
use pngine_testkit::scenes;
use scenes::Scene;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const CANVAS: Canvas = Canvas { width: 64, height: 48 };
const FRAMES: u32 = 4;

/// A scene that runs without a GPU.
struct Run {
    runner: Runner,
    checker: Checker,
    modules: NestedModules,
    images: Images,
}

impl Run {
    /// Appends the commands of a buffer, after checking them, calling its modules and decoding its images.
    fn commands(&mut self, out: &mut String, title: &str, phase: Phase) {
        let inputs = self.runner.inputs().to_vec();
        let view = self.runner.command_buffer().expect("commands");
        let checked = self.checker.check(phase, &view, CANVAS);
        let mut findings: Vec<String> = checked.findings().iter().map(ToString::to_string).collect();
        self.modules.begin(phase);
        self.images.begin(phase);
        for command in checked.commands() {
            let mut execute = || {
                self.modules.execute(command, &inputs)?;
                self.images.execute(command)?;
                match command.op {
                    Op::WriteFromWasm => self.modules.bytes(command).map(|_| ()),
                    Op::CopyExternalImage => self.images.region(command, CANVAS).map(|_| ()),
                    _ => Ok(()),
                }
            };
            findings.extend(execute().err().map(|finding| finding.to_string()));
        }
        assert!(findings.is_empty(), "{title}: {}", findings.join("\n"));
        let _ = write!(out, "{title}:\n{}", view.describe());
    }
}

fn stream(scene: &Scene) -> String {
    let compiled = scene.compile(&Options::default());
    let program = compiled.program.expect("a scene without a mistake");
    let plugins: Vec<&str> = program.plugins.names().collect();
    let executor = Path::new(REPOSITORY).join("executors").join(format!("{}.wasm", plugins.join("-")));
    let executor = std::fs::read(&executor).unwrap_or_else(|error| panic!("{}: {error}", executor.display()));
    let payload = pngine_compiler::pack::payload(&program, pngine_compiler::pack::Embed::None).expect("a payload");
    let payload = Payload::parse(&payload).expect("a sound payload");

    let extensions = Extensions::read(&payload).expect("sound extensions");
    let mut run = Run {
        runner: Runner::new(&payload, Some(&executor)).expect("an executor that takes the program"),
        checker: Checker::with_textures(program.plugins, extensions.device.textures()),
        modules: NestedModules::default(),
        images: Images::default(),
    };
    let mut out = String::new();
    run.runner.init().expect("init");
    run.commands(&mut out, "init", Phase::Init);
    for frame in 0..FRAMES {
        run.runner.frame(frame as f32 / 60.0, CANVAS.width, CANVAS.height).expect("a frame");
        run.commands(&mut out, &format!("frame {frame}"), Phase::Frame(frame));
    }
    out
}

/// Runs a check on every scene of a directory of the repository, and fails with the names of all that failed.
fn for_each(directory: &str, check: impl Fn(&Scene)) {
    let scenes = scenes::scenes(&Path::new(REPOSITORY).join(directory));
    let failed: Vec<&str> = scenes
        .iter()
        .filter(|scene| catch_unwind(AssertUnwindSafe(|| check(scene))).is_err())
        .map(|scene| scene.name.as_str())
        .collect();
    assert!(failed.is_empty(), "{} of {} scenes failed: {}", failed.len(), scenes.len(), failed.join(", "));
}

#[test]
fn every_example_gives_commands_without_a_finding() {
    for_each("examples", |scene| {
        stream(scene);
    });
}

#[test]
fn every_scene_gives_commands_without_a_finding() {
    for_each("tests/ok", |scene| {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(Path::new(REPOSITORY).join("snapshots/streams"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(format!("ok@{}", scene.name), stream(scene)));
    });
}

#[test]
fn no_stream_is_left_of_a_scene_that_is_gone() {
    let scenes = scenes::scenes(&Path::new(REPOSITORY).join("tests/ok"));
    let wanted: BTreeSet<String> = scenes.iter().map(|scene| format!("ok@{}.snap", scene.name)).collect();
    let found: BTreeSet<String> = std::fs::read_dir(Path::new(REPOSITORY).join("snapshots/streams"))
        .expect("the snapshots")
        .map(|entry| entry.expect("a directory that can be listed").file_name().to_string_lossy().into_owned())
        // What waits for review is the failure of the other test.
        .filter(|name| !name.ends_with(".snap.new"))
        .collect();
    let stale: Vec<&String> = found.difference(&wanted).collect();
    assert!(stale.is_empty(), "of no scene: {stale:?}");
}
