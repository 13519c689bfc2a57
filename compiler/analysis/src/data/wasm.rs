//! Nested WebAssembly modules: whether hosts can run them, and what their exports take and give.
//! Source: language reference, sections 9.4 and 9.22.

use crate::limits::MAX_ARRAYS;
use pngine_format::args::NumberType;
use std::collections::BTreeMap;
use wasmparser::types::EntityType;
use wasmparser::{FuncType, MemoryType, ValType, Validator, WasmFeatures};

/// What the calls of a scene have to know of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// What it exports, by name.
    pub exports: BTreeMap<String, Export>,
    /// Whether results can be read: it exports its memory as `memory`, or takes that of the host.
    pub has_memory: bool,
}

/// An export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Export {
    /// A function: the types of its parameters and results, `None` for one that is not a number.
    Function {
        /// Parameters.
        params: Vec<Option<NumberType>>,
        /// Results.
        results: Vec<Option<NumberType>>,
    },
    /// Something else, with an article.
    Other(&'static str),
}

/// Why a module cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WasmError {
    /// The bytes are no module that hosts run: the validator's reason and where in the file.
    Invalid(String, u64),
    /// It wants something that hosts do not offer.
    Import(String),
}

/// Reads and checks a module.
///
/// # Errors
/// See [`WasmError`].
pub fn interface(bytes: &[u8]) -> Result<Interface, WasmError> {
    if !bytes.starts_with(b"\0asm") {
        return Err(WasmError::Invalid("it does not start as one".to_string(), 0));
    }
    let invalid = |error: wasmparser::BinaryReaderError| WasmError::Invalid(error.message().to_string(), error.offset());
    // What every browser runs.
    let types = Validator::new_with_features(WasmFeatures::WASM2).validate_all(bytes).map_err(invalid)?;
    let types = types.as_ref();
    let (Some(imports), Some(exports)) = (types.core_imports(), types.core_exports()) else {
        return Err(WasmError::Invalid("it is a component, not a module".to_string(), 0));
    };
    let mut has_memory = false;
    for (module, name, ty) in imports {
        match (module, name, ty) {
            ("env", "abort", EntityType::Func(_)) => {}
            ("env", "memory", EntityType::Memory(memory)) => {
                memory_fits(memory)?;
                has_memory = true;
            }
            _ => return Err(WasmError::Import(format!("it imports `{module}.{name}`, {}", kind(ty)))),
        }
    }
    let function = |ty: &FuncType| Export::Function {
        params: ty.params().iter().map(number).collect(),
        results: ty.results().iter().map(number).collect(),
    };
    let exports: BTreeMap<String, Export> = exports
        .map(|(name, ty)| {
            let export = match ty {
                EntityType::Func(id) => function(types[id].unwrap_func()),
                other => Export::Other(kind(other)),
            };
            (name.to_string(), export)
        })
        .collect();
    has_memory |= exports.get("memory") == Some(&Export::Other(MEMORY));
    Ok(Interface { exports, has_memory })
}

const MEMORY: &str = "a memory";

fn kind(ty: EntityType) -> &'static str {
    match ty {
        EntityType::Func(_) | EntityType::FuncExact(_) => "a function",
        EntityType::Table(_) => "a table",
        EntityType::Memory(_) => MEMORY,
        EntityType::Global(_) => "a global",
        EntityType::Tag(_) => "a tag",
    }
}

/// The host's memory has one page, which may grow unless the module names a maximum: what asks for more, or cannot take it, cannot be
/// linked with it.
fn memory_fits(memory: MemoryType) -> Result<(), WasmError> {
    let reason = match memory {
        MemoryType { initial: 2.., .. } => format!("it wants an `env.memory` of {} pages, hosts offer one page", memory.initial),
        MemoryType { maximum: Some(0), .. } => "it wants an `env.memory` of at most 0 pages, hosts offer one page".to_owned(),
        _ => return Ok(()),
    };
    Err(WasmError::Import(reason))
}

fn number(ty: &ValType) -> Option<NumberType> {
    match ty {
        ValType::I32 => Some(NumberType::I32),
        ValType::I64 => Some(NumberType::I64),
        ValType::F32 => Some(NumberType::F32),
        ValType::F64 => Some(NumberType::F64),
        ValType::V128 | ValType::Ref(_) => None,
    }
}

/// The name of a number type.
pub const fn number_name(ty: NumberType) -> &'static str {
    match ty {
        NumberType::I32 => "i32",
        NumberType::I64 => "i64",
        NumberType::F32 => "f32",
        NumberType::F64 => "f64",
    }
}

/// What `returns` says: `void`, or a type without its array; and the text of the array's length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returns<'a> {
    /// Nothing.
    Void,
    /// Bytes of one element, and how many there are, innermost first, as written.
    Bytes(u32, Vec<&'a str>),
}

/// Reads a `returns`; `None` if there is no such type. Matrices are packed: mat3x3 has 36 bytes (language reference, section 9.22).
pub fn returns(text: &str) -> Option<Returns<'_>> {
    let text = text.trim();
    if text == "void" {
        return Some(Returns::Void);
    }
    let mut counts = Vec::new();
    let mut element = text;
    while let Some(inner) = element.strip_prefix("array") {
        let inner = inner.trim_start().strip_prefix('<')?.trim_end().strip_suffix('>')?;
        let comma = inner.rfind(',')?;
        counts.insert(0, inner[comma + 1..].trim());
        element = inner[..comma].trim();
        if counts.len() > MAX_ARRAYS {
            return None;
        }
    }
    Some(Returns::Bytes(element_size(element)?, counts))
}

fn scalar_size(text: &str) -> Option<u32> {
    match text {
        "f32" | "i32" | "u32" => Some(4),
        "f16" => Some(2),
        _ => None,
    }
}

/// The size of a scalar, a vector or a matrix: `vec3`, `vec3f`, `vec3<f32>`, `mat4x3`.
fn element_size(text: &str) -> Option<u32> {
    if let Some(size) = scalar_size(text) {
        return Some(size);
    }
    let (name, argument) = match text.split_once('<') {
        Some((name, rest)) => (name.trim(), Some(rest.strip_suffix('>')?.trim())),
        None => (text, None),
    };
    let (shape, suffix) = match (name.strip_suffix(['f', 'i', 'u', 'h']), argument) {
        (Some(shape), None) => (shape, name.as_bytes().last().copied()),
        (None, _) => (name, None),
        (Some(_), Some(_)) => return None,
    };
    let scalar = match (argument, suffix) {
        (Some(scalar), _) => scalar_size(scalar)?,
        (None, Some(b'h')) => 2,
        (None, _) => 4,
    };
    let digit = |byte: u8| matches!(byte, b'2'..=b'4').then(|| u32::from(byte - b'0'));
    match *shape.as_bytes() {
        [b'v', b'e', b'c', n] => Some(digit(n)? * scalar),
        [b'm', b'a', b't', columns, b'x', rows] => {
            let floats = !matches!(suffix, Some(b'i' | b'u')) && !matches!(argument, Some("i32" | "u32"));
            floats.then_some(digit(columns)? * digit(rows)? * scalar)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_take_a_page_of_memory_with_or_without_a_maximum() {
        for (initial, maximum, fits) in [
            (0, None, true),
            (1, None, true),
            (2, None, false),
            (0, Some(0), false),
            (0, Some(1), true),
            (1, Some(8), true),
            (2, Some(4), false),
        ] {
            let module =
                [b"\0asm\x01\0\0\0\x02".as_slice(), &[15 + u8::from(maximum.is_some()), 1], b"\x03env\x06memory\x02"].concat();
            let limits = [u8::from(maximum.is_some()), initial].into_iter().chain(maximum);
            let module: Vec<u8> = module.into_iter().chain(limits).collect();
            let found = interface(&module);
            assert_eq!(
                found.as_ref().map(|interface| interface.has_memory).ok(),
                fits.then_some(true),
                "{initial} {maximum:?} {found:?}"
            );
            assert!(fits || matches!(found, Err(WasmError::Import(_))), "{found:?}");
        }
    }

    #[test]
    fn types_have_the_sizes_of_the_reference() {
        for (text, size) in [
            ("f32", 4),
            ("i32", 4),
            ("u32", 4),
            ("f16", 2),
            ("vec2", 8),
            ("vec3f", 12),
            ("vec4u", 16),
            ("vec2h", 4),
            ("vec3<i32>", 12),
            ("mat2x2", 16),
            ("mat3x3", 36),
            ("mat4x4f", 64),
            ("mat4x3<f32>", 48),
            (" vec2i ", 8),
        ] {
            assert_eq!(returns(text), Some(Returns::Bytes(size, Vec::new())), "{text}");
        }
        assert_eq!(returns("void"), Some(Returns::Void));
        assert_eq!(returns("array<vec4f, 10>"), Some(Returns::Bytes(16, vec!["10"])));
        assert_eq!(returns(" array < array<f32,N> , 2 * 3 > "), Some(Returns::Bytes(4, vec!["N", "2 * 3"])));
        for text in
            ["", "vec5", "vec", "mat3", "mat2x5", "mat2x2i", "vec3<vec2>", "array<f32>", "array", "f64", "vec3f<f32>", "é"]
        {
            assert_eq!(returns(text), None, "{text}");
        }
    }

    #[test]
    fn damaged_modules_are_refused() {
        assert!(matches!(interface(b""), Err(WasmError::Invalid(..))));
        assert!(matches!(interface(b"\0asm\x01\0\0\0\xFF"), Err(WasmError::Invalid(..))));
        let empty = interface(b"\0asm\x01\0\0\0").expect("a module without anything");
        assert!(empty.exports.is_empty() && !empty.has_memory);
        assert!(matches!(interface(b"\0asm\x0d\0\x01\0"), Err(WasmError::Invalid(..))));
    }
}
