//! How much of everything a scene may have, and how much work is done for one. A number without a source is ours: far above what people
//! write, far below what takes long. Those of the language are rows of [`LIMITS`], each with its code; `docs/language.md` lists them.
//!
//! A limit that depends on the device is none of these.

use pngine_format::command::MAX_COMMANDS;
use pngine_format::limits as budgets;
use pngine_source::diag::Code;
use pngine_source::source::MAX_SOURCE_BYTES;
use pngine_syntax::limits as of_text;
use pngine_wgsl::limits as of_shader;

/// Findings that are shown of one compilation, and most that one rule looks for. Their author has enough to mend after far fewer.
pub const MOST_FINDINGS: usize = 1000;

/// Most elements of a list that are each reported if the same is wrong with them.
pub const MOST_ALIKE: usize = 3;

/// Findings after which no near names are looked for: each search compares with all names there are.
pub const MOST_SUGGESTIONS: usize = 200;

/// Most names that a help text lists. Nobody reads more.
pub const MOST_LISTED_NAMES: usize = 12;

/// Deepest chain of defines that use defines.
pub const MAX_DEFINE_DEPTH: usize = 64;

/// Deepest nesting of one evaluation, brackets of all defines on the way included. It bounds the stack: 128 levels of brackets in
/// each of 64 defines would not fit.
pub const MAX_EVAL_DEPTH: usize = 512;

/// Deepest chain of defines that stand for words and names. Source: language reference, section 7.1.
pub const MAX_ALIAS_DEPTH: usize = 16;

/// Most source text that defines may stand for in all, in bytes: lists of lists of lists grow fast. No program
/// that a person writes comes near.
pub const MAX_ALIASED_BYTES: usize = 16 << 20;

/// Deepest chain of defines that is followed to find where a word is written, or what an expression is about. It bounds the stack.
pub const MAX_DEFINES_DEEP: usize = 64;

/// Largest magnitude of a factor of the canvas' size, and of what is added to it. Far above any texture.
pub const MAX_CANVAS_FACTOR: f64 = 65536.0;

/// Most bytes of all `#data` of a scene together: as many as the largest buffer of a default device has. The compiler holds them
/// several times over. Source: WebGPU, maxBufferSize.
pub const MAX_DATA_BYTES: u64 = 256 << 20;

/// Most work that all formulas of a scene's `#data` take together, in units of [`crate::data::formula::Formula::work`]: some seconds,
/// enough for a million elements of five hundred additions.
pub const MAX_WORK: u64 = 1 << 29;

/// How many `#data` may wait for the size of an image in another one. It bounds the stack.
pub const MAX_DATA_DEPTH: usize = 8;

/// Largest measure of a shape: sums of a few are far from what a single holds.
pub const MAX_LENGTH: f64 = 1e18;

/// Most vertices of a shape. Source: decision 20 of section 19.
pub const MAX_VERTICES: u64 = 1 << 20;

/// Most attributes of a vertex. Source: language reference, section 9.5.
pub const MAX_ATTRIBUTES: usize = 8;

/// Most bytes of all shader texts of a scene together, the text of a fragment counted for each module that has it. Forty
/// large hand-written shaders have as many, and they take some seconds to compile.
pub const MAX_SHADERS_BYTES: usize = 4 << 20;

/// Most arguments of a call of a WebAssembly module. Source: language reference, section 9.22.
pub const MAX_ARGUMENTS: usize = 16;

/// Most bytes that a call returns: no buffer holds more. Source: WebGPU, maxBufferSize.
pub const MAX_RESULT_BYTES: f64 = (256 << 20) as f64;

/// Deepest nesting of arrays in `returns`.
pub const MAX_ARRAYS: usize = 4;

/// Most commands of a bundle. Its descriptor holds them, and hosts read no descriptor of more than 1 MiB: a command has at most 21
/// bytes.
pub const MAX_BUNDLE: usize = 1 << 15;

/// Most commands of bundles that all passes of a scene execute: looking at more takes long.
pub const MOST_BUNDLED: u64 = 4 * budgets::BUNDLED_COMMANDS as u64;

/// Most frames after which the members of all pools of a pass' attachments come around together. The descriptor of the
/// pass is stored once for each.
pub const MAX_CYCLE: u32 = 1024;

/// Frames that are looked at for what is read and written at once: pools of the usual sizes have gone around by then.
pub const FRAMES: u32 = 12;

/// The width and height of the smallest canvas that a scene should fit, in pixels. That of an icon.
pub const SMALLEST_CANVAS: u32 = 64;

/// Writes of inputs times what shaders read, beyond which members are not compared.
pub const MAX_PAIRS: usize = 1 << 16;

/// Most findings among which common causes are looked for. Who has more has made several mistakes.
pub const MOST_JOINED: usize = 60;

/// Longest entry file that is tried with other values, in bytes: each trial reads all of it.
pub const MAX_TRIED_BYTES: usize = 64 << 10;

/// Work that all trials together may do besides reading the scene, in steps of some nanoseconds: those of generated data.
pub const MOST_TRIAL_STEPS: u64 = 1 << 26;

/// Findings that one change may mend by chance.
pub const MOST_BY_CHANCE: usize = 4;

/// Most places that are named beside the cause.
pub const MOST_LABELS: usize = 6;

/// Most other values of one place, beside those that findings name.
pub const MOST_VALUES: usize = 4;

/// Most numbers of data of which one more is tried: a longer list is more likely generated than miscounted.
pub const MOST_NUMBERS: usize = 64;

/// Most steps from the place of a finding to a declaration that it names, that this names, and so on.
pub const MAX_NAMED_DEEP: u32 = 3;

/// How many analyses something is remembered that none of them asks for. An author who takes a change back does so soon.
pub const KEPT_FOR: u64 = 8;

/// What a limit is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// The text of a scene.
    Text,
    /// What the compiler computes or holds.
    Scene,
    /// A WGSL module.
    Shader,
    /// What a host takes: [`pngine_format::limits`], as far as the compiler can tell.
    Host,
}

impl Area {
    /// All of them, in the order of the manual.
    pub const ALL: [Self; 4] = [Self::Text, Self::Scene, Self::Shader, Self::Host];

    /// The heading in the manual.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Text => "Source text",
            Self::Scene => "Data and commands",
            Self::Shader => "A shader",
            Self::Host => "What hosts take",
        }
    }
}

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What it is of.
    pub area: Area,
    /// What is counted: `bytes of a file`.
    pub what: &'static str,
    /// The largest number that is allowed.
    pub most: u64,
    /// What is reported beyond it.
    pub code: Code,
}

macro_rules! limits {
    ($( $area:ident $what:literal $most:expr, $code:ident; )*) => {
        /// All limits, in the order of the manual.
        pub const LIMITS: &[Limit] =
            &[$( Limit { area: Area::$area, what: $what, most: $most as u64, code: Code::$code }, )*];
    };
}

limits! {
    Text "bytes of a file" MAX_SOURCE_BYTES, SourceTooLarge;
    Text "files that import each other in a chain" of_text::MAX_IMPORT_DEPTH, ImportCycle;
    Text "brackets in each other" of_text::MAX_NESTING, NestingTooDeep;
    Text "operators of an expression" of_text::MAX_OPERATORS, NestingTooDeep;
    Text "defines that are made of each other in a chain" MAX_DEFINE_DEPTH, NestingTooDeep;
    Scene "bytes of all `#data`" MAX_DATA_BYTES, TooMuchData;
    Scene "steps of all formulas of `#data`" MAX_WORK, TooMuchComputed;
    Scene "vertices of a shape" MAX_VERTICES, OutOfRange;
    Scene "commands of a frame" MAX_COMMANDS, TooMany;
    Scene "commands of a bundle" MAX_BUNDLE, TooMany;
    Shader "bytes of a shader" of_shader::MAX_SHADER_BYTES, ShaderTooLarge;
    Shader "bytes of all shaders of a scene" MAX_SHADERS_BYTES, ShaderLimit;
    Shader "files that a shader imports from" of_shader::MAX_FILES, ShaderTooLarge;
    Shader "bytes of these files" of_shader::MAX_IMPORTED_BYTES, ShaderTooLarge;
    Shader "declarations" of_shader::MAX_DECLARATIONS, ShaderTooLarge;
    Shader "brackets in each other, of all kinds" of_shader::MAX_NESTING, ShaderTooDeep;
    Shader "`else if` in a row" of_shader::MAX_ELSE_IF, ShaderTooDeep;
    Shader "operators of an expression, dots included" of_shader::MAX_OPERATORS, ShaderTooDeep;
    Shader "bytes of a name" of_shader::MAX_NAME_BYTES, ShaderLimit;
    Shader "parameters of a function" of_shader::MAX_PARAMETERS, ShaderLimit;
    Shader "statements and blocks of a function" of_shader::MAX_STATEMENTS, ShaderLimit;
    Shader "variables and constants of a function" of_shader::MAX_LOCALS, ShaderLimit;
    Shader "values of the cases of a `switch`" of_shader::MAX_SELECTORS, ShaderLimit;
    Shader "arguments of a call, and elements of an array that is written out" of_shader::MAX_ARGUMENTS, ShaderLimit;
    Shader "members of a struct" of_shader::MAX_MEMBERS, ShaderLimit;
    Shader "members of a struct, those of its members included" of_shader::MAX_ALL_MEMBERS, ShaderLimit;
    Shader "words and signs of a function times these with the numbers of its constants, summed over all functions"
        of_shader::MAX_WORK, ShaderLimit;
    Shader "numbers and calls of constants in other constants, counted at each use" of_shader::MAX_COPIED, ConstantsTooLarge;
    Shader "numbers and calls of constants in functions, counted at each use" of_shader::MAX_USED, ConstantsTooLarge;
    Shader "as the number of a `@location`" of_shader::MAX_LOCATION, LocationTooLarge;
    Host "bytes of GPU memory: buffers, textures and queries" budgets::GPU_BYTES, BeyondBudget;
    Host "pixels of an image" budgets::IMAGE_PIXELS, ImageTooLarge;
    Host "pixels of all images" budgets::IMAGES_PIXELS, ImageTooLarge;
    Host "bytes of images, videos and modules as they are stored" budgets::LOADED_BYTES, BeyondBudget;
    Host "images, videos and modules" budgets::LOADS, BeyondBudget;
    Host "shaders and pipelines that are used" budgets::PROGRAMS, BeyondBudget;
    Host "bytes that a frame writes, or that are written at the start" budgets::WRITTEN_BYTES, BeyondBudget;
    Host "bytes of all shaders, and of the markers of a frame" budgets::TEXT_BYTES, BeyondBudget;
    Host "commands of bundles that a frame executes" budgets::BUNDLED_COMMANDS, BeyondBudget;
    Host "bytes of a descriptor" budgets::DESCRIPTOR_BYTES, BeyondBudget;
    Host "values of a descriptor" budgets::DESCRIPTOR_VALUES, BeyondBudget;
    Host "bytes of all descriptors of a frame, or of what is made at the start" budgets::DESCRIPTORS_BYTES, BeyondBudget;
    Host "frames, and scenes of a timeline" budgets::NAMES, BeyondBudget;
    Host "uniforms that a host may set" budgets::UNIFORMS, BeyondBudget;
}
