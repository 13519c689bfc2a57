//! Texts, places in them, and what is found there.
//!
//! The lowest room of the compiler: every other one says what it finds with [`diag::Diagnostic`] at a [`source::Span`]. Never here: what a
//! scene, a shader or a property is.

pub mod source;

pub mod diag;
