//! WGSL, section by section of its specification.
//!
//! In comes a text, out comes a tree in any case, and what is wrong with it, at the author's bytes and in the author's words. It does no
//! IO, starts no threads, knows no device and asks no other compiler; its stack is bounded by [`limits`], and its time grows with the
//! text.
//!
//! | module | section of the specification |
//! |---|---|
//! | [`tokens`] | 3.1 to 3.8: blankspace, comments, literals, keywords, identifiers; 3.9: template lists |
//! | [`types`], [`value`] | 6: types and conversion ranks; 8, 15.7: constants |
//! | [`names`], [`predeclared`] | 5: declarations and scopes; 6.9: names that are there already |
//! | [`functions`] | 6.1.3, 8.7 to 8.9, 17: operators, constructors and built-in functions as rows of one table, and the choice among them |
//! | [`check`] | 4 to 13: types and constants of every expression, statements and their behaviors, attributes, entry points; 11.4: aliases; 15.2: uniformity |
//! | [`tree`], [`parser`], [`printer`] | the grammar, and the `import` that scenes have beside it |

#![deny(missing_docs)]

pub mod limits;

pub mod span;

pub mod tokens;

pub mod tree;

pub mod parser;

pub mod printer;

pub mod types;

pub mod value;

pub mod functions;

pub mod predeclared;

pub mod names;

pub mod check;

mod report;
