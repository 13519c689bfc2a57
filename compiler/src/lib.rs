//! Text in, payload out: the compiler of `.pngine` scenes.
//!
//! A scene's text goes through one module per stage, each a function from its input to a value *and* diagnostics. Nothing here
//! reads a file, a clock or the environment: the world comes in through [`source::Sources`].

pub mod source;

pub mod diag;

pub mod tree;

pub mod lex;

pub mod parse;
