//! Facts of WebGPU, each in one row: what texture formats can do and how they lie in memory, features, limits.

mod features;
mod formats;
mod limits;

pub use features::Feature;
pub use formats::{Abilities, Format, FormatRow, Integers, Sample};
pub use limits::{Better, Limit};
