//! What a scene means: names, values, shaders, and the rules of WebGPU that it keeps.
//!
//! A scene's text goes through one module per stage, each a function from its input to a value *and* diagnostics. Nothing here
//! reads a file, a clock or the environment: the world comes in through [`pngine_source::source::Sources`]. Never here: bytecode.

pub mod language;

pub mod data;

pub mod memo;

pub mod resolve;

pub mod lower;

pub mod check;

pub mod limits;
pub use limits::MOST_FINDINGS;

pub mod rules;

pub mod causes;

pub mod analysis;

#[cfg(feature = "judge")]
pub mod refused;

use pngine_source::diag::{Diagnostic, Severity};

/// Whether one of them is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error)
}
