//! WGSL: texts put together, validated, reflected and shortened.
//!
//! The way of a shader: [`import::expand`] joins its pieces, puts in the values of defines and adds what it imports from files,
//! [`validate::check`] lets naga judge it and gives its [`reflect::Module`], [`minify::minify`] makes it short. Every step keeps
//! the map from bytes to the author's files, so that a mistake is shown where it was written.

pub mod tokens;

pub mod scopes;

pub mod assemble;

pub mod import;

pub mod library;

pub mod builtins;

mod alpha;

mod conversion;

mod explain;

mod words;

pub mod reflect;

mod fold;

mod bounds;

pub mod limits;

mod places;

mod stages;

mod strict;

mod uniformity;

pub mod validate;

pub mod minify;

pub mod device;
