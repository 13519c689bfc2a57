//! The commands, one module each: from arguments to an exit code.

pub mod build;
#[cfg(feature = "dev")]
pub mod dev;
pub mod diff;
pub mod embed;
pub mod explain;
pub mod extract;
pub mod fix;
pub mod inspect;
pub mod new;
pub mod render;
pub mod shell;
pub mod validate;

use anstream::ColorChoice;

/// What every command is told.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// Colours on standard error.
    pub color: ColorChoice,
}

impl Context {
    /// Whether reports are coloured.
    pub fn has_color(self) -> bool {
        !matches!(self.color, ColorChoice::Never)
    }
}
