//! How much of everything the text of a scene may have. A number without a source is ours: far above what people write, far below what
//! takes long.

/// Where to look for the end of a text in the wrong quotes, in characters.
pub(crate) const LONGEST_MISQUOTED: usize = 200;

/// Findings in the text and syntax of one file, after which its author has enough to mend.
pub const MOST_FINDINGS: usize = 100;

/// How deep braces, brackets and parentheses may nest.
pub const MAX_NESTING: usize = 128;

/// How many operators an expression may have, those in its parentheses included. An expression's tree is as deep as that, and what
/// reads it recurses. Far above what people write, far below what overflows a stack of 1 MiB.
pub const MAX_OPERATORS: u32 = 1024;

/// Deepest chain of imports. Source: language reference, section 5.
pub const MAX_IMPORT_DEPTH: usize = 64;
