//! Images: recognised by content and decoded, to learn their size and that hosts can decode them too.

pub use pngine_images::{ImageError, size};

pub use pngine_scene::Size;
