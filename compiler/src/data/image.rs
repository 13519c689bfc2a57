//! Images: recognised by content and decoded, to learn their size and that hosts can decode them too.

pub use pngine_images::{ImageError, size};

/// Width and height in pixels.
pub type Size = (u32, u32);
