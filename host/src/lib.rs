//! Runs executors and checks what they write; no GPU.
//!
//! In go bytes: a PNG or a bare payload ([`open`]), and an executor ([`Runner`]). Out come command buffers whose every command has
//! been checked ([`Checker`], [`Checked`]), or an error that says what is wrong and where; what nested modules return
//! ([`NestedModules`]); the pixels of embedded images ([`Images`]); and whether a frame can be drawn without those before it
//! ([`history()`]). Nothing here draws, and nothing here trusts its input: any
//! bytes give an answer, in bounded time and memory.

#![deny(missing_docs)]

mod open;
pub use open::{OpenError, OwnedPayload, open, open_with_limit};

mod extensions;
pub use extensions::{
    AlphaMode, Animation, CanvasSettings, ColorSpace, Control, DeviceWishes, EndBehavior, ExtensionError, Extensions, Scalar,
    TimelineScene, ToneMapping, Uniform, UniformBlock,
};

mod runner;
pub use runner::{CommandView, Runner, RunnerError, RunnerLimits};

pub mod check;
pub use check::{Canvas, Checked, CheckedCommand, Checker, Finding, Phase};

mod nested;
pub use nested::{NestedLimits, NestedModules};

mod images;
pub use images::{ImageRegion, Images};
pub use pngine_images::{DecodedImage, ImageError, compare};

mod analyser;
pub use analyser::{BANDS, Sound};

mod history;
pub use history::{History, history};
