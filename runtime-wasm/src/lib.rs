//! The executor: bytecode in, command buffer out.
//!
//! It knows the operand table of [`pngine_format::op`], and no render pass, GPU, browser, clock or file. It imports nothing, allocates
//! nothing, and is total: any bytes at all end in a status, in time linear in the bytecode (times the number of blocks).
//!
//! One cargo feature per plugin decides which rows the table has; a plugin that is left out costs no byte. The interpreter
//! ([`State`]) is safe code over a byte slice, so that tests, fuzzers and Miri run natively what ships as WebAssembly; the module
//! `wasm` puts it over linear memory and exports it.

#![no_std]
#![deny(missing_docs)]

mod state;
mod table;

#[cfg(target_arch = "wasm32")]
mod wasm;

pub use state::State;
pub use table::PLUGINS;
