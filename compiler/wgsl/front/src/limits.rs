//! How much of everything a text may have. Source: WGSL section 2.4, "Limits", says what every browser takes; more is allowed.
//!
//! Each number bounds stack, time or memory. None is met by a shader that a person wrote.

/// Longest text, in bytes. Spans are `u32`, and every pass is linear in it; a large hand-written shader has 100 kB.
pub const MAX_TEXT_BYTES: usize = 1 << 20;

/// How deep brackets may nest: parentheses, square brackets, template lists and blocks, counted together. The parser and every walk
/// recurse only there, so it bounds their stack. Source: WGSL demands 127 nested blocks (section 2.4); Tint stops at 128 nested
/// expressions.
pub const MAX_NESTING: u32 = 160;

/// How deep blocks may nest in a function. Source: WGSL section 2.4.
pub const MAX_BLOCKS: u32 = 127;

/// How many operators may apply to one another. Source: Tint's limit, 512.
pub const MAX_OPERATORS: u16 = 512;

/// How long a chain of `else if` may be. Source: Tint applies WGSL's 127 nested blocks to it.
pub const MAX_ELSE_IF: usize = 127;

/// How deep the braces of an `import` may nest.
pub const MAX_IMPORT_BRACES: u32 = 16;

/// Most syntax errors that are reported of one text. Nobody reads more.
pub const MOST_ERRORS: usize = 100;

/// Most parameters of a function. Source: WGSL section 2.4.
pub const MAX_PARAMETERS: usize = 255;

/// Most members of a struct. WGSL promises 1,023, and browsers take 16,383.
pub const MAX_MEMBERS: usize = 16_383;

/// Most arguments of a call. WGSL promises 2,047 elements of an array, and browsers take 32,767.
pub const MAX_ARGUMENTS: usize = 32_767;

/// Most case selectors of one `switch`. WGSL promises 1,023, and browsers take 16,383.
pub const MAX_SELECTORS: usize = 16_383;

/// How deep composite types may nest. WGSL promises 15 (section 2.4). It also bounds walks over a type.
pub const MAX_TYPE_DEPTH: u32 = 255;

/// Elements that an array has at most outside of storage. Source: Tint's limit, 65,535.
pub const MAX_ELEMENTS: u64 = 65_535;

/// Most scalars that a constant may consist of: larger values are typed, and not known. It bounds memory and time.
pub const MAX_CONSTANT_SCALARS: usize = 1 << 16;

/// Most scalars that all constants of a module copy together.
pub const MAX_CONSTANT_WORK: usize = 1 << 22;

/// Most variables and calls that are visited for all entry points of a module together. It bounds time where many entry points reach many
/// functions. Picked by feel.
pub const MAX_VISITS: usize = 1 << 20;

/// Most nodes and copied variables of a module's uniformity graphs. It bounds time and memory where many variables meet many branches.
/// Picked by feel.
pub const MAX_UNIFORMITY_WORK: usize = 8_000_000;

/// Most variables that the sets of all functions hold together, from which it is told whether pointers meet. It bounds time and memory
/// where many functions use many variables. Picked by feel.
pub const MAX_ALIAS_WORK: usize = 4_000_000;
