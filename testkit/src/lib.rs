//! What the tests and the benchmarks of all crates share. Nothing that is shipped depends on it.

pub mod counting;

pub mod marks;

pub mod productions;

#[cfg(feature = "scenes")]
pub mod scenes;

pub mod spec_tables;
