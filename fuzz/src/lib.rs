//! What the fuzz targets share: compiling a scene, running what comes of it, and scenes to start from.

use pngine_compiler::Options;
use pngine_compiler::diag::{self, Severity};
use pngine_compiler::pack::{Embed, payload};
use pngine_compiler::source::Sources;
use pngine_format::op::Op;
use pngine_format::payload::Payload;
use pngine_format::status::{ErrorCode, Plugins};
use pngine_host::{Canvas, Checked, Checker, Extensions, Images, NestedModules, Phase, Runner, RunnerError, RunnerLimits};
pub use pngine_testkit::scenes;
use std::path::Path;

/// The canvas of everything that runs here.
pub const CANVAS: Canvas = Canvas { width: 64, height: 48 };

/// Frames that are run of each program.
const FRAMES: u32 = 2;

/// Compiles a scene, shows what was found, and runs what comes of it.
///
/// # Panics
/// If a promise is broken: a program exactly where there is no error, the same bytes each time, findings of a host only where a
/// budget depends on what the compiler cannot know.
pub fn compile_and_run(sources: &dyn Sources, entry: &str, text: &[u8]) {
    let compiled = pngine_compiler::compile(sources, entry, text, &Options::default());
    let has_errors = compiled.diagnostics.iter().any(|finding| finding.severity() == Severity::Error);
    assert_eq!(compiled.program.is_none(), has_errors, "a program exactly where there is no error");
    let _ = diag::render(&compiled.sources, &compiled.diagnostics, true);
    let _ = diag::to_json(&compiled.sources, &compiled.diagnostics);
    let Some(program) = compiled.program else { return };
    let bytes = payload(&program, Embed::Prebuilt).expect("a program that fits in a payload");
    let parsed = Payload::parse(&bytes).expect("a payload of the compiler's own");
    let findings = run(&parsed, None).expect("a program of the compiler's own runs");
    assert!(findings.is_empty(), "an accepted scene, and a host says: {}", findings.join("\n"));
}

/// Runs `init` and some frames of a payload, with its own executor unless another is given, and answers what the checks find, but
/// for budgets and for what nested modules do.
///
/// # Errors
/// What [`Runner`] says, and extensions that are damaged.
pub fn run(payload: &Payload<'_>, executor: Option<&[u8]>) -> Result<Vec<String>, String> {
    let extensions = Extensions::read(payload).map_err(|error| error.to_string())?;
    // Less than hosts give, so that an endless loop of an executor does not count as a hang here.
    let limits = RunnerLimits { memory_bytes: 64 << 20, ..RunnerLimits::default() };
    let out_of_memory = |error: &RunnerError| matches!(error, RunnerError::Memory { .. } | RunnerError::OutOfFuel { .. });
    let mut runner = match Runner::with_limits(payload, executor, limits) {
        Err(error) if out_of_memory(&error) => return Ok(Vec::new()),
        other => other.map_err(|error| error.to_string())?,
    };
    let mut checker = Checker::with_textures(Plugins(payload.plugins), extensions.device.textures());
    let (mut modules, mut images) = (NestedModules::default(), Images::default());
    let mut findings = Vec::new();
    for phase in std::iter::once(Phase::Init).chain((0..FRAMES).map(Phase::Frame)) {
        let called = match phase {
            Phase::Init => runner.init(),
            Phase::Frame(frame) => runner.frame(frame as f32 / 60.0, CANVAS.width, CANVAS.height),
        };
        match called {
            Err(error) if out_of_memory(&error) => break,
            other => other.map_err(|error| error.to_string())?,
        }
        let inputs = runner.inputs().to_vec();
        let view = runner.command_buffer().map_err(|error| error.to_string())?;
        let _ = view.describe();
        let checked = checker.check(phase, &view, CANVAS);
        let of_budget = |finding: &&pngine_host::Finding| finding.code == ErrorCode::BudgetExceeded;
        findings.extend(checked.findings().iter().filter(|finding| !of_budget(finding)).map(ToString::to_string));
        execute(phase, &checked, &inputs, &mut modules, &mut images);
        if checked.stopped() {
            break;
        }
    }
    Ok(findings)
}

/// Does what a host without a GPU does of checked commands: calls nested modules and decodes images. What goes wrong with these is a
/// finding, and none of ours.
pub fn execute(phase: Phase, checked: &Checked<'_>, inputs: &[u8], modules: &mut NestedModules, images: &mut Images) {
    modules.begin(phase);
    images.begin(phase);
    for command in checked.commands() {
        let _ = modules.execute(command, inputs);
        let _ = images.execute(command);
        if command.op == Op::CopyExternalImage
            && let Ok(Some(region)) = images.region(command, CANVAS)
        {
            let _ = region.rows().count();
        }
        if command.op == Op::WriteFromWasm {
            let _ = modules.bytes(command);
        }
    }
}

/// The scenes of the examples and of the tests, to start from.
///
/// # Panics
/// If the repository around this crate cannot be read.
pub fn repository() -> Vec<scenes::Scene> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    ["examples", "tests/ok"].iter().flat_map(|folder| scenes::scenes(&root.join(folder))).collect()
}
