//! Runs payloads without a GPU: the choice of the executor, and its command streams.

use std::collections::BTreeSet;

use pngine_compiler::Program;
use pngine_compiler::diag::{self, Code, CommandRef, Diagnostic, Severity};
use pngine_compiler::executors;
use pngine_compiler::source::Span;
use pngine_format::bytecode::{Bytecode, FIRST_FRAME_BLOCK};
use pngine_format::command::{self, Commands};
use pngine_format::op::{Op, Operand};
use pngine_format::payload::Payload;
use pngine_format::status::{Action, Plugins};
use pngine_format::strings::{NameKind, names};
use pngine_host::{
    Canvas, CheckedCommand, Checker, CommandView, DecodedImage, ExtensionError, Extensions, Finding, Images, NestedModules,
    OwnedPayload, Phase, Runner, RunnerError,
};

use crate::failure::Failure;
use crate::findings::{Report, Run};

/// The canvas of runs that draw nothing, in pixels.
pub const CANVAS: Canvas = Canvas { width: 512, height: 512 };

/// Frames per second of runs that draw nothing.
const RATE: f32 = 60.0;

/// The executor for a payload.
#[derive(Clone, Debug)]
pub struct Executor {
    /// Its bytes; `None` for the embedded one.
    pub shared: Option<&'static [u8]>,
    /// What reports call it: `embedded`, or the name of the shared one, such as `core-render`.
    pub name: String,
}

impl Executor {
    /// The embedded one, else the shared one for exactly the plugins that the payload declares.
    ///
    /// # Errors
    /// E0914 if it declares plugins that this version does not know.
    pub fn of(payload: &Payload<'_>) -> Result<Self, Failure> {
        if !payload.executor.is_empty() {
            return Ok(Self { shared: None, name: "embedded".to_owned() });
        }
        let plugins = Plugins(payload.plugins);
        if plugins.0 & !Plugins::ALL.0 != 0 {
            let message = format!("there is no shared executor for the plugins {:#04x}", plugins.0);
            return Err(Failure::input(Code::NoExecutor, message)
                .help("the scene was made by a newer version: update pngine, or build the scene again without --no-executor"));
        }
        Ok(Self { shared: Some(executors::prebuilt(plugins)), name: plugins.file_stem() })
    }
}

/// The finding for an executor that does not do what it should.
pub fn runner_failure(error: &RunnerError) -> Failure {
    Failure::input(Code::ExecutorFailed, error.to_string())
}

/// The finding for an extension that cannot be read.
pub fn extension_failure(error: &ExtensionError) -> Failure {
    let code = match error {
        ExtensionError::Damaged { .. } => Code::DamagedScene,
        ExtensionError::OverBudget { .. } => Code::BudgetExceeded,
    };
    Failure::input(code, error.to_string())
}

/// A resource that `init` creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its kind: `buffer`.
    pub kind: &'static str,
    /// Its id.
    pub id: u32,
    /// The command that creates it.
    pub command: &'static str,
    /// The other operands, each with a blank in front.
    pub detail: String,
}

/// What `init` and the first frame emit.
#[derive(Clone, Debug)]
pub struct Streams {
    /// What is created, in order.
    pub resources: Vec<Resource>,
    /// Number of commands of `init`.
    pub init_commands: u32,
    /// Number of commands of the first frame.
    pub frame_commands: u32,
    /// Both, disassembled.
    pub text: String,
}

/// Runs `init` and the frame at time 0. The commands are decoded, not checked.
///
/// # Errors
/// E0913, E0914.
pub fn streams(opened: &OwnedPayload) -> Result<Streams, Failure> {
    let payload = opened.payload();
    let executor = Executor::of(&payload)?;
    let run = || -> Result<Streams, RunnerError> {
        let mut runner = Runner::new(&payload, executor.shared)?;
        runner.init()?;
        let view = runner.command_buffer()?;
        let resources = resources(&view);
        let init_commands = count(&view);
        let mut text = format!("init:\n{}", view.describe());
        runner.frame(0.0, CANVAS.width, CANVAS.height)?;
        let view = runner.command_buffer()?;
        text.push_str(&format!("frame:\n{}", view.describe()));
        Ok(Streams { resources, init_commands, frame_commands: count(&view), text })
    };
    run().map_err(|error| runner_failure(&error))
}

/// How many commands a buffer announces.
pub fn count(view: &CommandView<'_>) -> u32 {
    Commands::parse(view.buffer).map_or(0, |commands| Commands::count(&commands))
}

fn resources(view: &CommandView<'_>) -> Vec<Resource> {
    let Ok(commands) = Commands::parse(view.buffer) else { return Vec::new() };
    let mut resources = Vec::new();
    for command in commands.flatten() {
        let row = command.op.row();
        let created = row.operands.iter().zip(command.operands).find_map(|((name, operand), id)| match operand {
            Operand::New(kind) => Some((*name, kind.name(), id)),
            _ => None,
        });
        let Some((name, kind, id)) = created else { continue };
        let operands = command.operands.get(..row.operands.len()).unwrap_or_default();
        let alone = command::encode([(command.op, operands)]);
        let text = command::disassemble(&alone, view.memory, view.region, view.data_len);
        let (_, detail) = text.split_once(&format!(" {name}={id}")).unwrap_or(("", &text));
        let mut detail = detail.trim_end().replace('\n', " ");
        if command.op == Op::LoadImage {
            detail.push_str(&image_detail(view, operands));
        }
        resources.push(Resource { kind, id, command: row.name, detail });
    }
    resources
}

/// The size of an image that LOAD_IMAGE loads, or that it is damaged.
fn image_detail(view: &CommandView<'_>, operands: &[u32]) -> String {
    let [_, at, len] = operands else { return String::new() };
    let bytes = (*at as usize).checked_add(*len as usize).and_then(|end| view.memory.get(*at as usize..end));
    match DecodedImage::decode(bytes.unwrap_or_default()) {
        Ok(image) => format!(" {}x{} pixels", image.width, image.height),
        Err(error) => format!(" ({error})"),
    }
}

/// Where the commands of a running program come from.
#[derive(Debug)]
pub struct Tracer<'a> {
    program: Option<&'a Program>,
    /// The frame that each scene of the timeline shows.
    scenes: Vec<u32>,
    /// The once slots that were reached.
    seen: BTreeSet<u32>,
}

impl<'a> Tracer<'a> {
    /// For a program that has just been initialised; `None` where there is no source.
    pub fn new(extensions: &Extensions, program: Option<&'a Program>) -> Self {
        let scenes = extensions.animation.iter().flat_map(|animation| &animation.scenes).map(|scene| scene.frame);
        Self { program, scenes: scenes.collect(), seen: BTreeSet::new() }
    }

    /// The declaration that caused command `index` of the last run of `phase`. `first` is the first command of that run, and `chosen`
    /// the frame that was asked for, if any.
    pub fn origin(&self, phase: Phase, index: u32, first: Option<FirstCommand>, chosen: Option<u32>) -> Option<Span> {
        let origins = &self.program?.origins;
        match phase {
            Phase::Init => origins.of_init(index),
            Phase::Frame(_) => {
                // The executor itself emits SET_SCENE in front of what the compiler wrote.
                let index = if is_from_timeline(first, chosen) { index.checked_sub(1)? } else { index };
                origins.of_frame(self.frame(first, chosen), index, &self.seen)
            }
        }
    }

    /// Remembers that a frame was run, after all questions about it.
    pub fn ran(&mut self, first: Option<FirstCommand>, chosen: Option<u32>) {
        let frame = self.frame(first, chosen);
        if let Some(commands) = self.program.and_then(|program| program.origins.frames.get(frame as usize)) {
            self.seen.extend(commands.iter().filter_map(|origin| origin.once));
        }
    }

    /// The frame that a run showed.
    pub fn frame(&self, first: Option<FirstCommand>, chosen: Option<u32>) -> u32 {
        match (chosen, first) {
            (Some(frame), _) => frame,
            (None, Some(FirstCommand { op: Op::SetScene, operand })) => self.scenes.get(operand as usize).copied().unwrap_or(0),
            (None, _) => 0,
        }
    }
}

fn is_from_timeline(first: Option<FirstCommand>, chosen: Option<u32>) -> bool {
    chosen.is_none() && first.is_some_and(|first| first.op == Op::SetScene)
}

/// The first command of a buffer, as far as it tells which frame is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstCommand {
    op: Op,
    operand: u32,
}

impl FirstCommand {
    /// A command that is known.
    #[cfg(feature = "gpu")]
    pub const fn new(op: Op, operand: u32) -> Self {
        Self { op, operand }
    }

    /// Of a buffer; `None` if it has none that can be read.
    pub fn of(view: &CommandView<'_>) -> Option<Self> {
        let first = Commands::parse(view.buffer).ok()?.next()?.ok()?;
        Some(Self { op: first.op, operand: first.operands[0] })
    }
}

/// Most numbers of a uniform that are listed. Picked by feel: a matrix has as many.
const MOST_NUMBERS: usize = 16;

/// Numbers as `--set` takes them; of many, the first.
pub fn numbers(numbers: &[f64]) -> String {
    let mut shown: Vec<String> = numbers.iter().take(MOST_NUMBERS).map(f64::to_string).collect();
    if numbers.len() > MOST_NUMBERS {
        shown.push("…".to_owned());
    }
    shown.join(",")
}

/// How many frames a payload has.
pub fn frame_count(payload: &Payload<'_>) -> u32 {
    let blocks = Bytecode::parse(payload.bytecode).map_or(0, |bytecode| bytecode.blocks().count());
    u32::try_from(blocks).unwrap_or(u32::MAX).saturating_sub(FIRST_FRAME_BLOCK)
}

/// The index of the frame with this name.
///
/// # Errors
/// E0916.
pub fn frame_named(payload: &Payload<'_>, name: &str) -> Result<u32, Failure> {
    let all = || names(payload.strings, NameKind::Frame);
    if let Some((index, _)) = all().find(|(_, known)| *known == name) {
        return Ok(index);
    }
    let failure = Failure::input(Code::NoSuchFrame, format!("the scene has no frame `{name}`"));
    let known: Vec<&str> = all().map(|(_, name)| name).collect();
    Err(match diag::nearest(name, known.iter().copied()) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => failure.help("its frames have no names"),
        None => failure.help(format!("its frames are: {}", known.join(", "))),
    })
}

/// Where on the timeline the scene with this name starts, in seconds.
///
/// # Errors
/// E0924.
pub fn scene_start(extensions: &Extensions, name: &str) -> Result<f64, Failure> {
    let Some(animation) = &extensions.animation else {
        return Err(Failure::input(Code::NoSuchScene, format!("there is no scene `{name}`: the program has no timeline")));
    };
    if let Some(scene) = animation.scene(name) {
        return Ok(f64::from(scene.start) / 1000.0);
    }
    let known: Vec<&str> = animation.scenes.iter().map(|scene| scene.name.as_str()).collect();
    let failure = Failure::input(Code::NoSuchScene, format!("the timeline has no scene `{name}`"));
    Err(match diag::nearest(name, known.iter().copied()) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help(format!("its scenes are: {}", known.join(", "))),
    })
}

/// The finding of a host as a diagnostic.
pub fn diagnostic(finding: &Finding, origin: Option<Span>) -> Diagnostic {
    // Both registries have all codes from E001 on; a test holds them together.
    let code = Code::parse(&finding.code_text()).unwrap_or(Code::ExecutorFailed);
    let message = finding.message.clone();
    let diagnostic = match origin {
        Some(span) => Diagnostic::new(code, span, message),
        None => Diagnostic::global(code, message),
    };
    diagnostic.command(command_ref(finding.phase, finding.index, finding.op_name()))
}

/// Names a command.
pub fn command_ref(phase: Phase, index: u32, opcode: &str) -> CommandRef {
    let (phase, frame) = match phase {
        Phase::Init => (diag::Phase::Init, 0),
        Phase::Frame(frame) => (diag::Phase::Frame, frame),
    };
    CommandRef { phase, frame, index, opcode: opcode.to_owned() }
}

/// Runs a scene as [`check`] does, and adds what that shows to a report. `program` is what it was compiled from, if that is known: then it is
/// run with the executor that `build` puts in, and called by its name. Gives whether the report has an error now.
///
/// # Errors
/// As of [`check`].
pub fn check_into(report: &mut Report, opened: &OwnedPayload, program: Option<&Program>, frames: u32) -> Result<bool, Failure> {
    let (mut run, found) = check(opened, program, frames)?;
    if program.is_some() {
        run.executor = run.plugins.file_stem();
    }
    report.run = Some(run);
    report.diagnostics.extend(found);
    report.diagnostics = diag::finish(std::mem::take(&mut report.diagnostics));
    Ok(report.diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error))
}

/// Runs `init` and `frames` frames, then as many of each frame that these did not show, and checks every command, what nested modules
/// do, and that images can be decoded.
///
/// Findings in the same command of different runs are reported once.
///
/// # Errors
/// E0913, E0914.
fn check(opened: &OwnedPayload, program: Option<&Program>, frames: u32) -> Result<(Run, Vec<Diagnostic>), Failure> {
    let payload = opened.payload();
    let executor = Executor::of(&payload)?;
    let extensions = Extensions::read(&payload).map_err(|error| extension_failure(&error))?;
    let mut checking = Checking {
        runner: Runner::new(&payload, executor.shared).map_err(|error| runner_failure(&error))?,
        checker: Checker::with_textures(Plugins(payload.plugins), extensions.device.textures()),
        modules: NestedModules::default(),
        images: Images::default(),
        tracer: Tracer::new(&extensions, program),
        known: BTreeSet::new(),
        diagnostics: Vec::new(),
        emitted: 0,
    };
    let mut run = Run { plugins: Plugins(payload.plugins), executor: executor.name, init_commands: 0, frame_commands: 0 };
    let outcome = checking.all(&mut run, frames, frame_count(&payload));
    // What was found before the executor failed is said as well.
    if let Err(error) = outcome {
        checking.diagnostics.push(Diagnostic::global(Code::ExecutorFailed, error.to_string()));
    }
    Ok((run, checking.diagnostics))
}

/// What was found in a command buffer.
struct Checked {
    first: Option<FirstCommand>,
    total: u32,
    findings: Vec<Finding>,
    /// Whether a finding stopped it.
    stopped: bool,
}

/// A checked run.
struct Checking<'a> {
    runner: Runner,
    checker: Checker,
    modules: NestedModules,
    images: Images,
    tracer: Tracer<'a>,
    /// Findings so far: code, frame (`None` for `init`), command, message.
    known: BTreeSet<(u8, Option<u32>, u32, String)>,
    diagnostics: Vec<Diagnostic>,
    /// Frames emitted so far.
    emitted: u32,
}

impl Checking<'_> {
    fn all(&mut self, run: &mut Run, frames: u32, count: u32) -> Result<(), RunnerError> {
        self.runner.init()?;
        let Checked { first: _, total, findings, stopped } = self.run(Phase::Init)?;
        run.init_commands = total;
        self.note(&findings, None, None);
        if stopped {
            return Ok(());
        }
        let mut shown = BTreeSet::new();
        for i in 0..frames {
            let (frame, commands) = self.frame(None)?;
            shown.insert(frame);
            if i == 0 {
                run.frame_commands = commands;
            }
        }
        for frame in (0..count).filter(|frame| !shown.contains(frame)) {
            self.runner.set_frame(Some(frame))?;
            for _ in 0..frames {
                self.frame(Some(frame))?;
            }
        }
        Ok(())
    }

    /// Runs one frame; gives which one it was, and the number of its commands.
    fn frame(&mut self, chosen: Option<u32>) -> Result<(u32, u32), RunnerError> {
        let phase = Phase::Frame(self.emitted);
        // Exact for far more frames than anybody waits for.
        self.runner.frame(self.emitted as f32 / RATE, CANVAS.width, CANVAS.height)?;
        let Checked { first, total, findings, stopped: _ } = self.run(phase)?;
        self.note(&findings, first, chosen);
        let frame = self.tracer.frame(first, chosen);
        self.tracer.ran(first, chosen);
        self.emitted += 1;
        Ok((frame, total))
    }

    /// Checks the command buffer that was just written, and executes those commands of it that need no GPU.
    fn run(&mut self, phase: Phase) -> Result<Checked, RunnerError> {
        let Self { runner, checker, modules, images, .. } = self;
        let inputs = runner.inputs().to_vec();
        let view = runner.command_buffer()?;
        let first = FirstCommand::of(&view);
        let checked = checker.check(phase, &view, CANVAS);
        let mut out =
            Checked { first, total: checked.total(), findings: checked.findings().to_vec(), stopped: checked.stopped() };
        if out.stopped {
            return Ok(out);
        }
        modules.begin(phase);
        images.begin(phase);
        let mut execute = |command: &CheckedCommand<'_>| -> Result<(), Finding> {
            modules.execute(command, &inputs)?;
            images.execute(command)?;
            match command.op {
                Op::WriteFromWasm => modules.bytes(command).map(|_| ()),
                Op::CopyExternalImage => images.region(command, CANVAS).map(|_| ()),
                _ => Ok(()),
            }
        };
        for command in checked.commands() {
            if let Err(finding) = execute(command) {
                out.stopped = finding.code.action() == Action::Stop;
                out.findings.push(finding);
            }
            if out.stopped {
                break;
            }
        }
        Ok(out)
    }

    fn note(&mut self, findings: &[Finding], first: Option<FirstCommand>, chosen: Option<u32>) {
        for finding in findings {
            let frame = match finding.phase {
                Phase::Init => None,
                Phase::Frame(_) => Some(self.tracer.frame(first, chosen)),
            };
            if self.known.insert((finding.code as u8, frame, finding.index, finding.message.clone())) {
                let origin = self.tracer.origin(finding.phase, finding.index, first, chosen);
                self.diagnostics.push(diagnostic(finding, origin));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pngine_compiler::source::FileId;
    use pngine_compiler::{FrameOrigin, Origins};
    use pngine_format::bytecode::{Block, assemble};
    use pngine_format::payload::{Parts, write};
    use pngine_format::status::ErrorCode;
    use pngine_host::{Animation, EndBehavior, TimelineScene};

    #[test]
    fn every_code_of_a_host_is_in_the_registry_with_its_severity() {
        for &code in ErrorCode::ALL {
            let finding = Finding { code, phase: Phase::Init, index: 0, op: None, message: String::new() };
            let diagnostic = diagnostic(&finding, None);
            assert_eq!(diagnostic.code.as_str(), finding.code_text());
        }
    }

    #[test]
    fn frames_are_counted() {
        let blocks = vec![Block::default(); 5];
        let bytecode = assemble(Plugins::ANIMATION, 0, &blocks);
        let bytes = write(&Parts { plugins: 17, bytecode: &bytecode, ..Parts::default() }).unwrap();
        assert_eq!(frame_count(&Payload::parse(&bytes).unwrap()), 3);
    }

    #[test]
    fn scenes_are_found_by_name_and_name_their_frames() {
        let scene = |name: &str, start, end, frame| TimelineScene { name: name.to_owned(), start, end, frame };
        let scenes = vec![scene("intro", 0, 1500, 2), scene("outro", 1500, 5000, 0)];
        let animation = Animation { duration: 5000, end: EndBehavior::Hold, scenes };
        let extensions = Extensions { animation: Some(animation), ..Extensions::default() };
        let tracer = Tracer::new(&extensions, None);
        let shows = |scene: u32| tracer.frame(Some(FirstCommand { op: Op::SetScene, operand: scene }), None);
        assert_eq!((shows(0), shows(1), shows(2)), (2, 0, 0));
        assert_eq!(scene_start(&extensions, "outro").ok(), Some(1.5));
        let help = |extensions: &Extensions, name: &str| match scene_start(extensions, name) {
            Err(Failure::Findings { diagnostics, .. }) => {
                let first = diagnostics.into_iter().next().unwrap();
                format!("{} {}", first.message, first.help.unwrap_or_default())
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(help(&extensions, "into"), "the timeline has no scene `into` did you mean `intro`?");
        assert_eq!(help(&extensions, "middle"), "the timeline has no scene `middle` its scenes are: intro, outro");
        assert!(help(&Extensions::default(), "intro").contains("no timeline"));
    }

    #[test]
    fn commands_of_frames_are_traced_past_the_timeline_and_what_ran_once() {
        let at = |start: u32| Some(Span::new(FileId(0), start, start + 1));
        let origin = |start: u32, once: Option<u32>| FrameOrigin { span: at(start), once };
        let program = Program {
            plugins: Plugins::ANIMATION,
            bytecode: Vec::new(),
            strings: Vec::new(),
            data: Vec::new(),
            extensions: Vec::new(),
            once: 1,
            command_capacity: 0,
            origins: Origins {
                init: vec![at(1), at(2)],
                frames: vec![vec![origin(10, None)], vec![origin(20, Some(0)), origin(21, None)]],
            },
            frames: Vec::new(),
        };
        let mut tracer = Tracer { program: Some(&program), scenes: vec![1], seen: BTreeSet::new() };
        let phase = Phase::Frame(0);
        let scene = Some(FirstCommand { op: Op::SetScene, operand: 0 });
        assert_eq!(tracer.origin(Phase::Init, 1, None, None), at(2));
        assert_eq!(tracer.origin(phase, 0, scene, None), None);
        assert_eq!(tracer.origin(phase, 1, scene, None), at(20));
        assert_eq!(tracer.origin(phase, 0, None, None), at(10));
        assert_eq!(tracer.origin(phase, 1, None, Some(1)), at(21));
        tracer.ran(scene, None);
        assert_eq!(tracer.origin(phase, 1, scene, None), at(21));
        assert_eq!(tracer.origin(phase, 2, scene, None), None);
    }
}
