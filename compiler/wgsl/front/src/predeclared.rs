//! Names that every module knows without declaring them, and may declare again: WGSL sections 6.3, 6.9 and 17.

use crate::functions::table;
use crate::types::{Access, Dimension, Format, Scalar, Space, Texture, Type};

/// What a predeclared name stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Predeclared {
    /// A type without a template list.
    Type(Type),
    /// A type that takes a template list.
    Generator(Generator),
    /// `read`, `storage` or `rgba8unorm`.
    Enumerant(Enumerant),
    /// A built-in function.
    Function,
}

/// What a template list makes a type of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generator {
    /// `array`
    Array,
    /// `atomic`
    Atomic,
    /// `ptr`
    Pointer,
    /// `vec2` to `vec4`
    Vector(u8),
    /// `mat2x2` to `mat4x4`
    Matrix(u8, u8),
    /// `texture_1d` and so on
    Sampled(Dimension),
    /// `texture_multisampled_2d`
    Multisampled,
    /// `texture_storage_1d` and so on
    Storage(Dimension),
}

/// A word of an enumeration, section 6.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enumerant {
    /// An access mode.
    Access(Access),
    /// An address space.
    Space(Space),
    /// A texel format.
    Format(Format),
}

/// What `name` stands for if nothing declares it. A name can be of two enumerations only if one is of them is a texel format: none is.
pub fn predeclared(name: &str) -> Option<Predeclared> {
    if let Some(scalar) = Scalar::parse(name) {
        return match scalar {
            Scalar::AbstractInt | Scalar::AbstractFloat => None,
            scalar => Some(Predeclared::Type(Type::Scalar(scalar))),
        };
    }
    if let Some(generator) = generator(name) {
        return Some(Predeclared::Generator(generator));
    }
    if let Some(ty) = short_name(name).or_else(|| plain_type(name)) {
        return Some(Predeclared::Type(ty));
    }
    if let Some(access) = Access::parse(name) {
        return Some(Predeclared::Enumerant(Enumerant::Access(access)));
    }
    if let Some(space) = Space::parse(name).filter(|space| *space != Space::Handle) {
        return Some(Predeclared::Enumerant(Enumerant::Space(space)));
    }
    if let Some(format) = Format::parse(name) {
        return Some(Predeclared::Enumerant(Enumerant::Format(format)));
    }
    let is_function =
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.starts_with("unary") && table().get(name).is_some();
    is_function.then_some(Predeclared::Function)
}

/// `2` to `4` from one character.
fn width(letter: u8) -> Option<u8> {
    matches!(letter, b'2'..=b'4').then(|| letter - b'0')
}

fn generator(name: &str) -> Option<Generator> {
    Some(match name.as_bytes() {
        b"array" => Generator::Array,
        b"atomic" => Generator::Atomic,
        b"ptr" => Generator::Pointer,
        [b'v', b'e', b'c', n] => Generator::Vector(width(*n)?),
        [b'm', b'a', b't', c, b'x', r] => Generator::Matrix(width(*c)?, width(*r)?),
        b"texture_multisampled_2d" => Generator::Multisampled,
        _ => {
            if let Some(dimension) = name.strip_prefix("texture_storage_") {
                let dimension = Dimension::parse(dimension)?;
                return (!matches!(dimension, Dimension::Cube | Dimension::CubeArray)).then_some(Generator::Storage(dimension));
            }
            Generator::Sampled(Dimension::parse(name.strip_prefix("texture_")?)?)
        }
    })
}

/// `vec3f`, `mat4x4h` and their like, section 6.9.
fn short_name(name: &str) -> Option<Type> {
    let scalar = |letter: u8| {
        Some(match letter {
            b'i' => Scalar::I32,
            b'u' => Scalar::U32,
            b'f' => Scalar::F32,
            b'h' => Scalar::F16,
            _ => return None,
        })
    };
    match name.as_bytes() {
        [b'v', b'e', b'c', n, s] => Some(Type::Vector(width(*n)?, scalar(*s)?)),
        [b'm', b'a', b't', c, b'x', r, s @ (b'f' | b'h')] => Some(Type::Matrix(width(*c)?, width(*r)?, scalar(*s)?)),
        _ => None,
    }
}

fn plain_type(name: &str) -> Option<Type> {
    Some(match name {
        "sampler" => Type::Sampler(false),
        "sampler_comparison" => Type::Sampler(true),
        "texture_external" => Type::Texture(Texture::External),
        "texture_depth_multisampled_2d" => Type::Texture(Texture::DepthMultisampled),
        _ => {
            let dimension = Dimension::parse(name.strip_prefix("texture_depth_")?)?;
            return (!matches!(dimension, Dimension::D1 | Dimension::D3)).then_some(Type::Texture(Texture::Depth(dimension)));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_what_the_specification_says() {
        assert_eq!(predeclared("vec3f"), Some(Predeclared::Type(Type::Vector(3, Scalar::F32))));
        assert_eq!(predeclared("mat2x4h"), Some(Predeclared::Type(Type::Matrix(2, 4, Scalar::F16))));
        assert_eq!(
            predeclared("texture_depth_cube_array"),
            Some(Predeclared::Type(Type::Texture(Texture::Depth(Dimension::CubeArray))))
        );
        assert_eq!(predeclared("texture_storage_3d"), Some(Predeclared::Generator(Generator::Storage(Dimension::D3))));
        assert_eq!(predeclared("read_write"), Some(Predeclared::Enumerant(Enumerant::Access(Access::ReadWrite))));
        assert_eq!(predeclared("textureSample"), Some(Predeclared::Function));
        for name in [
            "vec5",
            "vec1f",
            "mat2x5f",
            "mat2x2i",
            "texture_storage_cube",
            "texture_depth_3d",
            "handle",
            "abstract-int",
            "+",
            "unary-",
            "position",
        ] {
            assert_eq!(predeclared(name), None, "{name}");
        }
    }
}
