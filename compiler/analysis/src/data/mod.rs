//! The bytes of `#data`: numbers in their types, generated elements, shapes, base64. Plain values in, bytes out; what is wrong comes
//! back as a value, and `resolve` says it to the author.

pub mod base64;

pub mod element;

pub mod formula;

pub mod shapes;

pub mod image;

pub mod video;

pub mod wasm;

pub use pngine_scene::Bytes;
