//! How much of everything a shader may have, and how much work is done for one. Source: WGSL section 2.4, "Limits": what every browser
//! takes, and more is allowed.
//!
//! naga's time and memory grow with the square of some counts, and constants that are made of constants grow with every line. So what
//! would take long is refused before naga sees it, by limits that nobody meets who writes a shader by hand. Each is at least what WGSL
//! promises, and most are what browsers take. Hosts hold texts to the same limits: [`crate::validate::beyond_limits`].
//!
//! A number without a source is ours: far above what people write, far below what takes long.

/// Longest text that [`crate::assemble::substitute`] makes and [`crate::validate::check`] takes, in bytes. A large hand-written
/// shader has 100 kB.
pub const MAX_SHADER_BYTES: usize = 1 << 20;

/// How deep brackets of all kinds may nest. Source: WGSL allows statements 127 deep (section 1.2, "Limits"), and Tint expressions 128.
pub const MAX_NESTING: usize = 128;

/// How long a chain of `else if` may be. Source: WGSL's 127 for nested statements, which Tint applies to these chains.
pub const MAX_ELSE_IF: usize = 127;

/// How many operators may stand in one expression, those of the expressions around it included. Tint stops at 512 nested operators;
/// this counts others too, such as dots. naga needs less than 2 KiB of stack for each (measured on 2026-11-20, debug build).
pub const MAX_OPERATORS: usize = 2048;

/// How many declarations a shader may have. naga's time grows with their square: 10,000 functions took it a second (debug build,
/// 2026-11-20).
pub const MAX_DECLARATIONS: usize = 4096;

/// Most files that one module imports from.
pub const MAX_FILES: usize = 1024;

/// Most bytes of all of them together. Sixteen times what a module may have.
pub const MAX_IMPORTED_BYTES: usize = 16 * MAX_SHADER_BYTES;

/// How deep the braces of an `import` may nest.
pub const MAX_IMPORT_BRACES: usize = 16;

/// Most names that a help lists.
pub const MOST_LISTED_NAMES: usize = 12;

/// Elements that an array has at most outside of storage. Source: Tint's limit, 65,535.
pub const MAX_ELEMENTS: u32 = 65_535;

/// Most roots that one function's accesses hold; beyond that nothing is said about its callers.
pub const MAX_ROOTS: usize = 256;

/// Most invocations of a workgroup in one dimension that naga takes.
pub const MAX_WORKGROUP_SIZE: u32 = 0x4000;

/// How many overrides may follow from one another for their values to be known. It bounds stack and time.
pub const MAX_OVERRIDE_DEPTH: usize = 16;

/// Most rows of [`crate::reflect::Block::fields`]. A table of them is for people and hosts that set values by name.
pub const MAX_FIELDS: usize = 4096;

/// How many members are looked at for them: structs of structs that end beyond [`MAX_FIELD_DEPTH`] give no row, however many there are.
pub const MAX_FIELD_VISITS: usize = 8 * MAX_FIELDS;

/// How deep structs are flattened. Source: language.md 14.1.
pub const MAX_FIELD_DEPTH: usize = 8;

/// How often a shader is judged again to find further errors.
pub const MAX_ROUNDS: usize = 40;

/// How many bytes are judged in all rounds together, so that a long text with many errors does not take long.
pub const MAX_READ_BYTES: usize = 4 << 20;

/// How often naga is asked for the places that it did not give, in all rounds together: one place takes some twenty questions.
pub const MAX_QUESTIONS: usize = 200;

/// Most errors that are reported of one shader. Nobody reads more.
pub const MAX_ERRORS: usize = 20;

/// How many expressions are tried to find the one that is wrong.
pub const MAX_CANDIDATES: usize = 16;

/// Longest template list that is recognised, in tokens; keeps the walk linear on hostile text.
pub const LONGEST_TEMPLATE: usize = 64;

/// Most tokens around a place that count as its statement; keeps the rules linear on hostile text.
pub const LONGEST_STATEMENT: usize = 4096;

/// Most tokens of a call or an initializer that are looked at; keeps the rules linear on hostile text.
pub const LONGEST_CALL: usize = 256;

/// Most findings of one text. Nobody reads more.
pub const MOST_STRICT_FINDINGS: usize = 20;

/// Longest part of an expression that a help text repeats, in bytes.
pub const LONGEST_SHOWN: usize = 40;

/// Most statements of a function whose behaviour is computed: more than fit into [`MAX_SHADER_BYTES`].
pub const MAX_WALKED_STATEMENTS: usize = 1 << 20;

/// How much work is done on one module before the analysis gives up, in steps of statements and copied variables. It
/// bounds nested loops, each of which is walked twice.
pub const MAX_UNIFORMITY_WORK: usize = 20_000_000;

/// Most places that are reported of one module. Nobody reads more.
pub const MOST_VIOLATIONS: usize = 10;

/// Longest type, in tokens, that is looked through.
pub const LONGEST_TYPE: usize = 64;

/// How often rewritings are looked for: what is shorter may show another way.
pub const REWRITE_ROUNDS: usize = 3;

/// How many bytes are read at most to find out which rewritings of one round are right. A shader of 10 kB has 100 tries.
pub const REWRITE_BYTES: usize = 1 << 20;

/// The largest `@location` that is looked at: no device has a hundredth of them. naga's validator has a set of bits that is as long as the
/// largest number.
pub const MAX_LOCATION: u32 = 0xFFFF;

/// Most parameters of a function. WGSL promises 255, and browsers take no more.
pub const MAX_PARAMETERS: usize = 255;

/// Most members of a struct. WGSL promises 1,023, and browsers take 16,383.
pub const MAX_MEMBERS: usize = 4096;

/// Most members of a struct with those of its members.
pub const MAX_ALL_MEMBERS: u64 = 16_384;

/// Most values of the cases of one `switch`. WGSL promises 1,023, and browsers take 16,383.
pub const MAX_SELECTORS: usize = 4096;

/// Most arguments of a call, or elements of an array that is written out. WGSL promises 2,047, and browsers take 32,767.
pub const MAX_ARGUMENTS: usize = 32_767;

/// Most statements and blocks of one function.
pub const MAX_STATEMENTS: usize = 16_384;

/// Most variables, constants and other names that one function declares.
pub const MAX_LOCALS: usize = 4096;

/// Most bytes of a name.
pub const MAX_NAME_BYTES: usize = 1024;

/// Most numbers and calls of all constants that other constants are made of, each counted where it is used.
pub const MAX_COPIED: u64 = 1 << 16;

/// Most numbers and calls of all constants that functions use, each counted where it is used.
pub const MAX_USED: u64 = 1 << 19;

/// Most work that naga has with a text. For every token of a function it walks through what it has of the function by then, the constants
/// that it copied included; the rest of the module counts as one function. So the work of a function is its tokens times the sum of
/// its tokens and of what its constants weigh. A release build takes a second for this (measured on 2026-11-28).
pub const MAX_WORK: u64 = 1 << 32;
