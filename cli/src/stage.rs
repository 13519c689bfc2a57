//! A running scene that gives pixels; without the feature `gpu`, a clear refusal.

#[cfg(feature = "gpu")]
pub use drawing::Stage;
#[cfg(not(feature = "gpu"))]
pub use refusal::Stage;

#[cfg(feature = "gpu")]
mod drawing {
    use pngine_compiler::diag::{Code, Diagnostic, Severity};
    use pngine_compiler::program::Program;
    use pngine_compiler::source::SourceMap;
    use pngine_host::{Finding, OwnedPayload, Phase};
    use pngine_native::{Gpu, GpuFinding, PlayError, Player, PlayerOptions};

    use crate::args::Picture;
    use crate::failure::{Exit, Failure};
    use crate::play::{self, Executor, FirstCommand, Tracer};

    /// A scene on a GPU.
    pub struct Stage<'a> {
        player: Player,
        tracer: Tracer<'a>,
        /// The frame that is always shown; `None` leaves it to the timeline.
        chosen: Option<u32>,
        /// Findings of the player that were already looked at.
        seen: usize,
        warnings: Vec<Diagnostic>,
    }

    impl<'a> Stage<'a> {
        /// Loads the scene and creates its resources. `program` is what it was compiled from, if that is known.
        ///
        /// # Errors
        /// E001 to E009, E0913, E0914, E0916, E0920 to E0922.
        pub fn open(opened: &OwnedPayload, program: Option<&'a Program>, picture: &Picture) -> Result<Self, Failure> {
            let payload = opened.payload();
            let chosen = picture.frame_name.as_deref().map(|name| play::frame_named(&payload, name)).transpose()?;
            let executor = Executor::of(&payload)?;
            let gpu = Gpu::new().map_err(|error| Failure::unable(Code::NoGpu, error.to_string()))?;
            let (width, height) = picture.size();
            let options = PlayerOptions { width, height };
            let tracer = Tracer::new(&payload, program);
            let mut player = match Player::new(&gpu, &payload, executor.shared, options) {
                Ok(player) => player,
                Err(error) => return Err(failure(error, &tracer, None, None)),
            };
            if chosen.is_some() {
                player.runner().set_frame(chosen).map_err(|error| play::runner_failure(&error))?;
            }
            let mut stage = Self { player, tracer, chosen, seen: 0, warnings: Vec::new() };
            stage.note_findings(None)?;
            Ok(stage)
        }

        /// The pixels of the frame at `time`, in seconds: red, green, blue, alpha, not premultiplied, rows from top to bottom.
        ///
        /// # Errors
        /// As for [`Stage::open`].
        pub fn draw(&mut self, time: f32) -> Result<Vec<u8>, Failure> {
            let result = self.player.frame(time);
            // What a failed call left in the buffer is no frame.
            let first = match &result {
                Err(PlayError::Run(_)) => None,
                _ => self.player.runner().command_buffer().ok().and_then(|view| FirstCommand::of(&view)),
            };
            result.map_err(|error| failure(error, &self.tracer, first, self.chosen))?;
            self.note_findings(first)?;
            self.tracer.ran(first, self.chosen);
            let image = self.player.read_pixels().map_err(|error| failure(error, &self.tracer, first, self.chosen))?;
            Ok(image.rgba)
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
            PlayError::Commands(findings) => (Exit::Errors, diagnostics(&findings, tracer, first, chosen)),
            PlayError::Gpu(findings) => {
                let of = |GpuFinding { phase, index, op, message }| at(Code::GpuError, message, phase, index, op.row().name);
                (Exit::Errors, findings.into_iter().map(of).collect())
            }
            PlayError::Unsupported { what, at: place } => {
                let message = format!("the GPU player of this pngine does not support {what} yet");
                let diagnostic = match place {
                    Some((phase, index, op)) => at(Code::HostLacks, message, phase, index, op.row().name),
                    None => Diagnostic::global(Code::HostLacks, message),
                };
                (Exit::Unable, vec![diagnostic])
            }
            error @ (PlayError::Size { .. } | PlayError::Device(_)) => {
                (Exit::Unable, vec![Diagnostic::global(Code::GpuError, error.to_string())])
            }
        };
        Failure::Findings { exit, sources: SourceMap::default(), diagnostics }
    }
}

#[cfg(not(feature = "gpu"))]
mod refusal {
    use pngine_compiler::diag::{Code, Diagnostic};
    use pngine_compiler::program::Program;
    use pngine_host::OwnedPayload;

    use crate::args::Picture;
    use crate::failure::Failure;
    use crate::play;

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
        /// E0916 for a frame that does not exist, else E0920.
        pub fn open(opened: &OwnedPayload, _: Option<&Program>, picture: &Picture) -> Result<Self, Failure> {
            if let Some(name) = &picture.frame_name {
                play::frame_named(&opened.payload(), name)?;
            }
            Err(Failure::unable(Code::NoGpu, "this pngine was built without GPU support, so it cannot draw")
                .help("build it with the feature `gpu`, which is on by default"))
        }

        /// Pixels: there are none.
        pub fn draw(&mut self, _: f32) -> Result<Vec<u8>, Failure> {
            match self.never {}
        }

        /// Warnings: there are none.
        pub fn warnings(&self) -> &[Diagnostic] {
            match self.never {}
        }
    }
}
