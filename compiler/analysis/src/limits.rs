//! How much of everything a scene may have: the limits of the language as rows, each with its code. `docs/language.md` lists them.
//!
//! The numbers are the constants of the places that check them; a limit that depends on the device is no row.

use crate::check::commands::MAX_BUNDLE;
use crate::data::shapes::MAX_VERTICES;
use crate::resolve::data as of_data;
use crate::resolve::eval::MAX_DEFINE_DEPTH;
use crate::resolve::shaders::MAX_SHADERS_BYTES;
use pngine_format::command::MAX_COMMANDS;
use pngine_format::limits as budgets;
use pngine_source::diag::Code;
use pngine_source::source::MAX_SOURCE_BYTES;
use pngine_syntax::limits as of_text;
use pngine_wgsl::limits as of_shader;

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
    Scene "bytes of all `#data`" of_data::MAX_DATA_BYTES, TooMuchData;
    Scene "steps of all formulas of `#data`" of_data::MAX_WORK, TooMuchComputed;
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
