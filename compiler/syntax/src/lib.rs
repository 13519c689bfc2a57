//! The syntax of `.pngine` scenes: tokens, trees, files and their imports.
//!
//! There is always a tree, whatever the text is. Never here: what a macro or a property means.

pub mod tree;

pub mod lex;

pub mod parse;

pub mod load;

mod foreign;

mod limited;

pub mod limits;

pub mod function;

// Under the names that they have in the crate that declares them.
