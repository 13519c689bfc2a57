//! wgpu without a GPU.

use crate::{CANVAS, Verdict, schedule};
use pngine_compiler::Program;
use pngine_compiler::executors;
use pngine_compiler::pack::{self, Embed};
use pngine_format::payload::Payload;
use pngine_format::status::Plugins;
use pngine_host::{Canvas, Checker, DeviceWishes, Extensions, Finding, Phase, Runner};
use pngine_native::{Gpu, GpuError, PlayError, Player, PlayerOptions};
use std::panic::catch_unwind;

/// Plays programs with the native player on wgpu's backend that validates and draws nothing.
///
/// Its adapter has all features and limits that wgpu knows, and each program gets those that it asks for. What wgpu does not have
/// (videos, swizzles, immediates) is not judged, and neither are the tiers of texture formats.
#[derive(Clone, Copy, Debug)]
pub struct Noop;

impl Noop {
    /// Plays a program. Takes some milliseconds. A panic in there is a fault of the host, and counts as its finding.
    pub fn judge(self, program: &Program) -> Verdict {
        let mut verdict = catch_unwind(|| Self::play(program)).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
            Verdict { host: vec![format!("panic: {}", text.unwrap_or("without a text"))], ..Verdict::default() }
        });
        // With these features wgpu asks the adapter what it can do with each format, and this one can do next to nothing.
        if !verdict.gpu.is_empty() && asks_for_tiers(program) {
            verdict.unjudged = verdict.gpu.drain(..).next();
        }
        verdict
    }

    fn play(program: &Program) -> Verdict {
        let mut verdict = Verdict::default();
        let bytes = match pack::payload(program, Embed::None) {
            Ok(bytes) => bytes,
            Err(error) => {
                verdict.unjudged = Some(error.to_string());
                return verdict;
            }
        };
        let payload = Payload::parse(&bytes).expect("our own payload");
        let gpu = match Gpu::noop_for_scene(&payload) {
            Ok(gpu) => gpu,
            Err(error) => {
                match error {
                    GpuError::Extension(error) => verdict.host.push(error.to_string()),
                    GpuError::Lacks { .. } | GpuError::NoAdapter { .. } => verdict.unjudged = Some(error.to_string()),
                    GpuError::NoDevice { reason, .. } => verdict.gpu.push(reason),
                }
                return verdict;
            }
        };
        let options = PlayerOptions { width: CANVAS.0, height: CANVAS.1 };
        let mut player = match Player::new(&gpu, &payload, Some(executors::prebuilt(program.plugins)), options) {
            Ok(player) => player,
            Err(error) => {
                verdict.note(error);
                verdict.host.extend(findings_of_init(&payload, executors::prebuilt(program.plugins)));
                return verdict;
            }
        };
        let mut chosen = None;
        for (frame, time) in schedule(program) {
            if frame != chosen {
                chosen = frame;
                if let Err(error) = player.runner().set_frame(frame) {
                    verdict.host.push(error.to_string());
                }
            }
            if let Err(error) = player.frame(time) {
                verdict.note(error);
            }
        }
        verdict.host.extend(player.findings().iter().map(Finding::to_string));
        for list in [&mut verdict.host, &mut verdict.gpu] {
            let mut seen = std::collections::BTreeSet::new();
            list.retain(|message| seen.insert(message.clone()));
        }
        verdict
    }
}

/// What the host finds in the commands of `init`. A player that cannot be made keeps them to itself.
fn findings_of_init(payload: &Payload<'_>, executor: &[u8]) -> Vec<String> {
    let find = || {
        let textures = Extensions::read(payload).ok()?.device.textures();
        let mut runner = Runner::new(payload, Some(executor)).ok()?;
        runner.init().ok()?;
        let canvas = Canvas { width: CANVAS.0, height: CANVAS.1 };
        let mut checker = Checker::with_textures(Plugins(payload.plugins), textures);
        let view = runner.command_buffer().ok()?;
        let checked = checker.check(Phase::Init, &view, canvas);
        Some(checked.findings().iter().map(Finding::to_string).collect())
    };
    // What does not run is said already.
    find().unwrap_or_default()
}

/// Whether a program asks for a tier of texture formats.
fn asks_for_tiers(program: &Program) -> bool {
    let Ok(bytes) = pack::payload(program, Embed::None) else { return false };
    let extensions = Payload::parse(&bytes).ok().and_then(|payload| Extensions::read(&payload).ok());
    extensions.is_some_and(|extensions| {
        let DeviceWishes { required_features, optional_features, .. } = &extensions.device;
        required_features.iter().chain(optional_features).any(|name| name.starts_with("texture-formats-tier"))
    })
}

impl Verdict {
    fn note(&mut self, error: PlayError) {
        match error {
            PlayError::Run(error) => self.host.push(error.to_string()),
            PlayError::Extension(error) => self.host.push(error.to_string()),
            PlayError::Commands(findings) => self.host.extend(findings.iter().map(Finding::to_string)),
            PlayError::Gpu(findings) => self.gpu.extend(findings.iter().map(ToString::to_string)),
            PlayError::Device(message) => self.gpu.push(message),
            PlayError::Unsupported { .. } | PlayError::Size { .. } | PlayError::Stalled { .. } => {
                self.unjudged = Some(error.to_string())
            }
        }
    }
}
