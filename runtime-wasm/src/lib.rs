//! The executor: bytecode in, command buffer out.
//!
//! It knows the operand table of [`pngine_format::op`], and no render pass, GPU, browser, clock or file. It imports nothing and
//! allocates nothing. It is total: any bytes in memory and any arguments end in a status, after time linear in the bytecode.
//!
//! One cargo feature per plugin decides which rows the table has; a plugin that is left out costs no byte. The interpreter
//! ([`Executor`]) is safe code over a [`Memory`]: natively a byte slice, so that tests, fuzzers and Miri run the very code that ships;
//! as WebAssembly the linear memory, in the module `linear`, which also holds the exports.
//!
//! `cargo xtask executors` builds the 32 files in `executors/` from here.

#![no_std]
#![deny(missing_docs)]

mod executor;
mod memory;
mod table;

#[cfg(feature = "animation")]
mod timeline;

#[cfg(target_arch = "wasm32")]
mod linear;

pub use executor::Executor;
pub use memory::{Memory, Slice};
pub use table::PLUGINS;
