//! A running scene that gives pixels; without the feature `gpu`, a clear refusal.

#[cfg(feature = "gpu")]
pub use drawing::{Stage, examine};
#[cfg(not(feature = "gpu"))]
pub use refusal::{Stage, examine};

#[cfg(feature = "gpu")]
mod drawing {
    use pngine_compiler::Program;
    use pngine_compiler::diag::{Code, Diagnostic, Severity};
    use pngine_compiler::source::SourceMap;
    use pngine_format::limits::Budgets;
    use pngine_format::payload::Payload;
    use pngine_host::{CanvasSettings, Extensions, Finding, OwnedPayload, Phase, Sound, history};
    use pngine_native::{Gpu, GpuError, GpuFinding, PlayError, Player, PlayerOptions};
    use pngine_symptoms::{Subject, Symptom};

    use crate::args::{Picture, Setting, SymptomKind};
    use crate::audio;
    use crate::examined::{Examined, Told};
    use crate::failure::{Exit, Failure};
    use crate::inputs::{self, Pointer};
    use crate::picture::Pixels;
    use crate::play::{self, Executor, FirstCommand, Tracer};
    use crate::progress::Progress;
    use crate::steps::Steps;

    /// Width and height of the pictures that are looked at for a symptom, in pixels: large enough for lines, small enough for many.
    const EXAMINED: (u32, u32) = (128, 128);

    /// A scene on a GPU.
    pub struct Stage<'a> {
        player: Player,
        tracer: Tracer<'a>,
        /// The frame that is always shown; `None` leaves it to the timeline.
        chosen: Option<u32>,
        /// Where the time that is asked for starts, in seconds.
        start: f64,
        /// What a visitor would do.
        pointer: Option<Pointer>,
        keys: Vec<u8>,
        /// What it hears.
        sound: Option<Sound>,
        /// How often it listens, in a second.
        fps: f64,
        /// What is run before the first picture.
        warm_up: Option<Steps>,
        /// Findings of the player that were already looked at.
        seen: usize,
        warnings: Vec<Diagnostic>,
    }

    impl<'a> Stage<'a> {
        /// Loads the scene and creates its resources. `program` is what it was compiled from, if that is known.
        ///
        /// # Errors
        /// [`Failure::Usage`] for a time that takes too many frames to get to; E001 to E013, E0912 to E0914, E0916, E0920 to E0924.
        pub fn open(opened: &OwnedPayload, program: Option<&'a Program>, picture: &Picture) -> Result<Self, Failure> {
            let payload = opened.payload();
            let sound = picture.audio.as_deref().map(audio::read).transpose()?;
            let chosen = picture.frame_name.as_deref().map(|name| play::frame_named(&payload, name)).transpose()?;
            let executor = Executor::of(&payload)?;
            let extensions = Extensions::read(&payload).map_err(|error| play::extension_failure(&error))?;
            let start = match &picture.scene {
                Some(name) => play::scene_start(&extensions, name)?,
                None => 0.0,
            };
            let warm_up = warm_up(&payload, &executor, &extensions, chosen, picture, start)?;
            let gpu = gpu_for(&payload)?;
            let (width, height) = picture.size();
            let options = PlayerOptions { width, height };
            let tracer = Tracer::new(&extensions, program);
            let mut budgets = Budgets::default();
            budgets.gpu_seconds = picture.gpu_seconds.map_or(budgets.gpu_seconds, u64::from);
            let mut player = match Player::with_budgets(&gpu, &payload, executor.shared, options, budgets) {
                Ok(player) => player,
                Err(error) => return Err(failure(error, &tracer, None, None)),
            };
            if chosen.is_some() {
                player.runner().set_frame(chosen).map_err(|error| play::runner_failure(&error))?;
            }
            for Setting { name, numbers, is_opaque } in &picture.set {
                let mut numbers = numbers.clone();
                if *is_opaque && player.uniform(name).is_ok_and(|now| now.len() == 4) {
                    numbers.push(1.0);
                }
                player
                    .set_uniform(name, &numbers)
                    .map_err(|error| Failure::input(Code::UniformNotSet, error.to_string()).help(uniforms(&player, name)))?;
            }
            player.set_seed(picture.seed.unwrap_or(0));
            let (pointer, keys) = (picture.pointer, picture.keys.clone());
            let fps = picture.fps();
            let mut stage =
                Self { player, tracer, chosen, start, pointer, keys, sound, fps, warm_up, seen: 0, warnings: Vec::new() };
            stage.note_findings(None)?;
            Ok(stage)
        }

        /// The one picture that was asked for.
        ///
        /// # Errors
        /// As for [`Stage::open`].
        pub fn still(&mut self, picture: &Picture) -> Result<Pixels, Failure> {
            let is_run = self.warm_up.is_some();
            self.warm_up()?;
            // What a run leads to is what a player shows then. A frame that stands alone is drawn at the time as it is.
            let time = if is_run { self.clock(picture.time()) } else { picture.time() };
            self.draw(time)
        }

        /// Draws the frames that come before the first picture, if the scene keeps something of them.
        ///
        /// # Errors
        /// As for [`Stage::open`].
        pub fn warm_up(&mut self) -> Result<(), Failure> {
            let Some(steps) = self.warm_up.take() else { return Ok(()) };
            let mut progress = Progress::new("frame", steps.count() + 1);
            for (done, time) in (1..).zip(steps.times()) {
                progress.step(done);
                self.step(self.clock(time - self.start))?;
                // Without this, thousands of frames would wait for the GPU in memory.
                self.player.wait().map_err(|error| failure(error, &self.tracer, None, self.chosen))?;
            }
            Ok(())
        }

        /// What the clock shows that has run for so many seconds: beyond the end of the timeline, what the scene says of it.
        pub fn clock(&self, seconds: f64) -> f64 {
            let seconds = self.start + seconds;
            let clock = self.player.animation().map(|animation| animation.clock(seconds).0);
            clock.unwrap_or(seconds) - self.start
        }

        /// The frame at `time`, in seconds from the start of the program, or of the scene that was asked for.
        ///
        /// # Errors
        /// As for [`Stage::open`].
        pub fn draw(&mut self, time: f64) -> Result<Pixels, Failure> {
            let first = self.step(time)?;
            let image = self.player.read_pixels().map_err(|error| failure(error, &self.tracer, first, self.chosen))?;
            Ok(Pixels { rgba: image.rgba, color_space: self.player.canvas_settings().color_space })
        }

        /// Draws a frame, and gives its first command.
        fn step(&mut self, time: f64) -> Result<Option<FirstCommand>, Failure> {
            let block = self.player.runner().inputs_mut();
            inputs::write(self.pointer, &self.keys, block);
            if let Some(sound) = &self.sound {
                inputs::write_bands(&sound.bands(self.start + time, self.fps), block);
            }
            let result = self.player.frame(self.start + time);
            // What a failed call left in the buffer is no frame.
            let first = match &result {
                Err(PlayError::Run(_)) => None,
                _ => self.player.runner().command_buffer().ok().and_then(|view| FirstCommand::of(&view)),
            };
            result.map_err(|error| failure(error, &self.tracer, first, self.chosen))?;
            self.note_findings(first)?;
            self.tracer.ran(first, self.chosen);
            Ok(first)
        }

        /// How the canvas is configured.
        pub fn canvas(&self) -> CanvasSettings {
            self.player.canvas_settings()
        }

        /// How many frames were drawn.
        #[cfg(all(test, feature = "gpu-tests"))]
        pub fn frames_drawn(&mut self) -> u32 {
            self.player.runner().frame_counter().unwrap()
        }

        /// What was found so far that stopped nothing, each once.
        pub fn warnings(&self) -> &[Diagnostic] {
            &self.warnings
        }

        /// Takes over what the player has found since the last time: a skipped command is an error here, as the picture lacks it.
        fn note_findings(&mut self, first: Option<FirstCommand>) -> Result<(), Failure> {
            let findings = self.player.findings();
            let new = findings.get(self.seen..).unwrap_or_default();
            let (errors, warnings): (Vec<_>, Vec<_>) = diagnostics(new, &self.tracer, first, self.chosen)
                .into_iter()
                .partition(|diagnostic| diagnostic.severity() == Severity::Error);
            self.seen = findings.len();
            for warning in warnings {
                if !self.warnings.iter().any(|known| known.message == warning.message && known.primary == warning.primary) {
                    self.warnings.push(warning);
                }
            }
            if errors.is_empty() {
                Ok(())
            } else {
                Err(Failure::Findings { exit: Exit::Errors, sources: SourceMap::default(), diagnostics: errors })
            }
        }
    }

    /// The GPU that a scene asks for.
    fn gpu_for(payload: &Payload<'_>) -> Result<Gpu, Failure> {
        Gpu::for_scene(payload).map_err(|error| match error {
            GpuError::Extension(error) => play::extension_failure(&error),
            GpuError::Lacks { .. } => Failure::unable(Code::HostLacks, error.to_string()),
            GpuError::NoAdapter { .. } | GpuError::NoDevice { .. } => Failure::unable(Code::NoGpu, error.to_string()),
        })
    }

    /// Looks for the causes of what somebody sees.
    ///
    /// # Errors
    /// As for [`Stage::open`].
    pub fn examine(
        opened: &OwnedPayload,
        program: Option<&Program>,
        symptom: SymptomKind,
        gpu_seconds: Option<u32>,
    ) -> Result<Examined, Failure> {
        let payload = opened.payload();
        let executor = Executor::of(&payload)?;
        let extensions = Extensions::read(&payload).map_err(|error| play::extension_failure(&error))?;
        let gpu = gpu_for(&payload)?;
        let mut budgets = Budgets::default();
        budgets.gpu_seconds = gpu_seconds.map_or(budgets.gpu_seconds, u64::from);
        let symptom = match symptom {
            SymptomKind::Black => Symptom::Black,
            SymptomKind::Still => Symptom::Still,
            SymptomKind::Colors => Symptom::Colors,
            SymptomKind::Blend => Symptom::Blend,
            SymptomKind::Flicker => Symptom::Flicker,
            SymptomKind::Geometry => Symptom::Geometry,
        };
        let subject = Subject { gpu: &gpu, payload: &payload, executor: executor.shared, size: EXAMINED, budgets };
        let tracer = Tracer::new(&extensions, program);
        let report = pngine_symptoms::examine(&subject, symptom).map_err(|error| failure(error, &tracer, None, None))?;
        let first = report.first.map(|(op, operand)| FirstCommand::new(op, operand));
        let causes = report.causes.into_iter().map(|cause| Told {
            kind: cause.kind,
            likelihood: cause.likelihood.name(),
            span: cause.place.and_then(|place| tracer.origin(place.phase, place.index, first, None)),
            evidence: cause.evidence,
            fix: cause.fix,
        });
        Ok(Examined { symptom: symptom.name(), seen: report.seen, causes: causes.collect() })
    }

    /// The frames to draw before the first picture; `None` if there are none, or nothing would be left of them.
    fn warm_up(
        payload: &Payload<'_>,
        executor: &Executor,
        extensions: &Extensions,
        chosen: Option<u32>,
        picture: &Picture,
        start: f64,
    ) -> Result<Option<Steps>, Failure> {
        let from = picture.from.map_or(0.0, |from| start + from);
        let to = start + picture.time();
        if picture.no_warm_up || from >= to {
            return Ok(None);
        }
        match history(payload, executor.shared, extensions, chosen).map_err(|error| play::runner_failure(&error))? {
            Some(why) => Steps::between(from, to, picture.fps(), why).map(Some),
            None => Ok(None),
        }
    }

    /// What can be set, for whoever did not find the name.
    fn uniforms(player: &Player, name: &str) -> String {
        let list: Vec<_> = player
            .uniforms()
            .into_iter()
            .filter(|info| !info.is_input)
            .map(|info| {
                let begins = info.default.iter().any(|number| *number != 0.0);
                let default = if begins { format!(" = {}", play::numbers(&info.default)) } else { String::new() };
                format!("{}: {}{default}", info.name, info.ty)
            })
            .collect();
        let list = if list.is_empty() { "the scene has no uniforms that can be set".to_owned() } else { list.join(", ") };
        let is_input = ["pointer", "frame", "key", "seed", "mouse", "audio", "sound", "magnitudes"]
            .iter()
            .any(|word| name.starts_with(word));
        if is_input { format!("{list}; inputs are set with --pointer, --keys, --seed and --audio") } else { list }
    }

    fn diagnostics(
        findings: &[Finding],
        tracer: &Tracer<'_>,
        first: Option<FirstCommand>,
        chosen: Option<u32>,
    ) -> Vec<Diagnostic> {
        let of = |finding: &Finding| play::diagnostic(finding, tracer.origin(finding.phase, finding.index, first, chosen));
        findings.iter().map(of).collect()
    }

    fn failure(error: PlayError, tracer: &Tracer<'_>, first: Option<FirstCommand>, chosen: Option<u32>) -> Failure {
        let at = |code: Code, message: String, phase: Phase, index: u32, name: &str| {
            let diagnostic = match tracer.origin(phase, index, first, chosen) {
                Some(span) => Diagnostic::new(code, span, message),
                None => Diagnostic::global(code, message),
            };
            diagnostic.command(play::command_ref(phase, index, name))
        };
        let (exit, diagnostics) = match error {
            PlayError::Run(error) => return play::runner_failure(&error),
            PlayError::Extension(error) => return play::extension_failure(&error),
            PlayError::Commands(findings) => (Exit::Errors, diagnostics(&findings, tracer, first, chosen)),
            PlayError::Gpu(findings) => {
                let of = |GpuFinding { phase, index, op, message }| at(Code::GpuError, message, phase, index, op.row().name);
                (Exit::Errors, findings.into_iter().map(of).collect())
            }
            PlayError::Unsupported { what, at: place } => {
                let message = format!("the GPU player of this pngine does not support {what}");
                let diagnostic = match place {
                    Some((phase, index, op)) => at(Code::HostLacks, message, phase, index, op.row().name),
                    None => Diagnostic::global(Code::HostLacks, message),
                };
                (Exit::Unable, vec![diagnostic])
            }
            error @ PlayError::Stalled { .. } => {
                let diagnostic = Diagnostic::global(Code::GpuStalled, error.to_string());
                (Exit::Errors, vec![diagnostic.help("give a slow GPU more time with `--gpu-seconds`")])
            }
            error @ (PlayError::Size { .. } | PlayError::Device(_)) => {
                (Exit::Unable, vec![Diagnostic::global(Code::GpuError, error.to_string())])
            }
        };
        Failure::Findings { exit, sources: SourceMap::default(), diagnostics }
    }
}

#[cfg(all(test, feature = "gpu-tests"))]
mod tests {
    use super::Stage;
    use crate::args::{Cli, Command, Picture};
    use crate::input::{Input, InputKind};
    use crate::scene;
    use clap::Parser as _;
    use std::path::Path;

    fn picture(options: &[&str]) -> Picture {
        let line = [&["pngine", "render", "in", "-o", "out", "--size", "8x8"], options].concat();
        match Cli::parse_from(line).command {
            Command::Render(render) => render.picture,
            other => panic!("{other:?}"),
        }
    }

    /// How many frames are drawn for a picture of an example.
    fn frames(example: &str, options: &[&str]) -> u32 {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(format!("{example}.pngine"));
        let bytes = std::fs::read(&path).unwrap();
        let input = Input { name: example.to_owned(), path: Some(path), kind: InputKind::Source, bytes };
        let loaded = scene::load(&input, None).unwrap();
        let picture = picture(options);
        let mut stage = Stage::open(&loaded.payload, loaded.program.as_ref(), &picture).unwrap();
        stage.still(&picture).unwrap();
        stage.frames_drawn()
    }

    #[test]
    fn a_frame_that_stands_alone_is_drawn_alone() {
        for example in ["shaders/plasma", "basics/triangle", "passes/postprocess", "meshes/rotating_cube"] {
            assert_eq!(frames(example, &["--time", "1000"]), 1, "{example}");
        }
    }

    #[test]
    fn a_scene_with_a_memory_is_run() {
        assert_eq!(frames("compute/particles", &["--time", "0.5"]), 31);
        assert_eq!(frames("compute/particles", &["--time", "0.5", "--fps", "10"]), 6);
        assert_eq!(frames("compute/particles", &["--time", "0.5", "--from", "0.4"]), 7);
        assert_eq!(frames("compute/particles", &["--time", "0.5", "--no-warm-up"]), 1);
        assert_eq!(frames("compute/particles", &[]), 1);
    }
}

#[cfg(not(feature = "gpu"))]
mod refusal {
    use pngine_compiler::Program;
    use pngine_compiler::diag::{Code, Diagnostic};
    use pngine_host::{CanvasSettings, Extensions, OwnedPayload};

    use crate::args::{Picture, SymptomKind};
    use crate::examined::Examined;
    use crate::failure::Failure;
    use crate::picture::Pixels;
    use crate::play;

    fn no_gpu() -> Failure {
        Failure::unable(Code::NoGpu, "this pngine was built without GPU support, so it cannot draw")
            .help("build it with the feature `gpu`, which is on by default")
    }

    /// Refuses.
    ///
    /// # Errors
    /// E0920.
    pub fn examine(_: &OwnedPayload, _: Option<&Program>, _: SymptomKind, _: Option<u32>) -> Result<Examined, Failure> {
        Err(no_gpu())
    }

    /// Has no values: this program cannot draw.
    #[derive(Debug)]
    pub struct Stage<'a> {
        never: std::convert::Infallible,
        program: std::marker::PhantomData<&'a Program>,
    }

    impl Stage<'_> {
        /// Refuses.
        ///
        /// # Errors
        /// E0916 and E0924 for a frame or a scene that does not exist, else E0920.
        pub fn open(opened: &OwnedPayload, _: Option<&Program>, picture: &Picture) -> Result<Self, Failure> {
            if let Some(name) = &picture.frame_name {
                play::frame_named(&opened.payload(), name)?;
            }
            if let Some(name) = &picture.scene {
                let extensions = Extensions::read(&opened.payload()).map_err(|error| play::extension_failure(&error))?;
                play::scene_start(&extensions, name)?;
            }
            Err(no_gpu())
        }

        /// Pixels: there are none.
        pub fn still(&mut self, _: &Picture) -> Result<Pixels, Failure> {
            match self.never {}
        }

        /// Frames: there are none.
        pub fn warm_up(&mut self) -> Result<(), Failure> {
            match self.never {}
        }

        /// Pixels: there are none.
        pub fn draw(&mut self, _: f64) -> Result<Pixels, Failure> {
            match self.never {}
        }

        /// A clock: there is none.
        pub fn clock(&self, _: f64) -> f64 {
            match self.never {}
        }

        /// A canvas: there is none.
        pub fn canvas(&self) -> CanvasSettings {
            match self.never {}
        }

        /// Warnings: there are none.
        pub fn warnings(&self) -> &[Diagnostic] {
            match self.never {}
        }
    }
}
