//! Draws command buffers with wgpu.
//!
//! In go a scene, an executor, a size and times; out come pixels, or an error that names the command at fault. This crate decides
//! nothing about a scene: it executes commands that [`pngine_host`] has checked, one after another, and passes on what WebGPU's
//! validation says about them.

#![deny(missing_docs)]

mod gpu;
pub use gpu::{Gpu, GpuError};

mod player;
pub use player::{Change, Experiment, GpuFinding, Image, PlayError, Player, PlayerOptions};

mod uniforms;
pub use uniforms::{UniformError, UniformInfo};

mod capabilities;
mod create;
mod descriptors;
mod draw;
mod external;
mod record;
mod resources;
pub use resources::CanvasDepth;
mod shader_guard;
mod words;
