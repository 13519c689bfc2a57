//! Oracles for tests: what WebGPU says about a scene, whatever the compiler says about it. Nothing here is shipped.
//!
//! In go programs, those of scenes with errors too (`pngine_compiler::judge::compile_in_spite_of_errors`); out comes a [`Verdict`]. Two
//! oracles give one:
//!
//! - [`Noop`] validates with wgpu, without a GPU, in milliseconds. It knows nearly all rules, and has some of its own.
//! - [`Chromium`] plays the program with the web player in a browser on a software GPU. Its word is the last one; it takes some
//!   hundredths of a second for a scene, and a second to start.
//!
//! Both give the scene a device with the features and limits that it requires and no more, run `init`, and draw every frame some times
//! ([`schedule`]).
//!
//! ```no_run
//! use pngine_judge::{Chromium, Noop, compile};
//! let (compiled, program) = compile(&pngine_compiler::source::MemorySources::default(), b"#frame main {}");
//! let program = program.expect("nothing is missing in it");
//! let refused = compiled.program.is_none();
//! assert_eq!(refused, !Noop.judge(&program).accepts());
//! let verdicts = Chromium::start().unwrap().judge(&[program]).unwrap();
//! assert_eq!(refused, !verdicts[0].accepts());
//! ```

#![deny(missing_docs)]

mod chromium;
pub mod mutants;
mod noop;
pub mod places;
pub mod random;
pub mod report;
pub mod run;
pub use chromium::Chromium;
pub use noop::Noop;
use pngine_testkit::scenes;

use pngine_compiler::judge::compile_in_spite_of_errors;
pub use pngine_compiler::judge::{Judged, Unemitted};
use pngine_compiler::source::Sources;
use pngine_compiler::{Compiled, Options, Program};

/// Width and height of the canvas that the oracles draw on, in pixels. Small, as much is drawn; not square, so that a mixed-up axis shows.
pub const CANVAS: (u32, u32) = (160, 120);

/// What an oracle says about a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What the host finds itself, before it asks WebGPU: for [`Noop`] the findings of `pngine-host`, for [`Chromium`] those of the player.
    pub host: Vec<String>,
    /// What WebGPU's validation says: wgpu's, or the browser's.
    pub gpu: Vec<String>,
    /// Why there is no verdict, if there is none: a feature that the oracle lacks, a lost device, a video, a frame that takes too long.
    /// The other two lists hold what was found before.
    pub unjudged: Option<String>,
}

impl Verdict {
    /// Whether the oracle has judged the program, and found nothing.
    pub fn accepts(&self) -> bool {
        self.unjudged.is_none() && self.host.is_empty() && self.gpu.is_empty()
    }

    /// Whether the oracle has found something.
    pub fn refuses(&self) -> bool {
        !self.host.is_empty() || !self.gpu.is_empty()
    }

    /// The first thing that is wrong, or why there is no verdict; "" if the program is accepted.
    pub fn reason(&self) -> &str {
        self.gpu.iter().chain(&self.host).chain(&self.unjudged).next().map_or("", String::as_str)
    }
}

/// What the compiler says about a scene, and its program, emitted even if it is refused.
pub fn compile(sources: &dyn Sources, scene: &[u8]) -> (Compiled, Result<Program, Unemitted>) {
    let judged = look(sources, scene);
    (judged.compiled, judged.program)
}

/// The same, with the shaders that are refused.
pub fn look(sources: &dyn Sources, scene: &[u8]) -> Judged {
    compile_in_spite_of_errors(sources, "scene.pngine", scene, &Options::default())
}

/// What is drawn of a program: frames (`None` for the one that plays by itself) and times in seconds, in order. Every frame is drawn more
/// than once, as pools and what runs once make a difference, and every scene of a timeline up to a minute is reached.
pub fn schedule(program: &Program) -> Vec<(Option<u32>, f64)> {
    /// Most frames that are chosen one after another.
    const MOST_FRAMES: u32 = 64;
    let mut draws: Vec<(Option<u32>, f64)> = [0.0, 0.02, 1.0].map(|time| (None, time)).to_vec();
    let count = u32::try_from(program.frames.len()).unwrap_or(u32::MAX).min(MOST_FRAMES);
    if count > 1 {
        draws.extend((0..count).flat_map(|frame| [(Some(frame), 1.02), (Some(frame), 1.04), (Some(frame), 1.06)]));
    }
    draws
}
