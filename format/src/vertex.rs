//! Vertex formats: how an attribute lies in its buffer. Source: WebGPU, section 10.3.7 "Vertex State", "Vertex Formats".

use crate::word::VertexFormat;

/// What a shader reads from an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VertexData {
    /// `f32`, or a vector of it.
    Float,
    /// `i32`, or a vector of it.
    Sint,
    /// `u32`, or a vector of it.
    Uint,
}

impl VertexFormat {
    /// Components of an attribute, 1 to 4; what a shader reads from it; and its size in bytes.
    pub const fn layout(self) -> (u32, VertexData, u32) {
        use VertexData::{Float, Sint, Uint};
        use VertexFormat::*;
        match self {
            Uint8 => (1, Uint, 1),
            Uint8x2 => (2, Uint, 2),
            Uint8x4 => (4, Uint, 4),
            Sint8 => (1, Sint, 1),
            Sint8x2 => (2, Sint, 2),
            Sint8x4 => (4, Sint, 4),
            Unorm8 | Snorm8 => (1, Float, 1),
            Unorm8x2 | Snorm8x2 => (2, Float, 2),
            Unorm8x4 | Snorm8x4 | Unorm8x4Bgra | Unorm10_10_10_2 => (4, Float, 4),
            Uint16 => (1, Uint, 2),
            Uint16x2 => (2, Uint, 4),
            Uint16x4 => (4, Uint, 8),
            Sint16 => (1, Sint, 2),
            Sint16x2 => (2, Sint, 4),
            Sint16x4 => (4, Sint, 8),
            Unorm16 | Snorm16 | Float16 => (1, Float, 2),
            Unorm16x2 | Snorm16x2 | Float16x2 => (2, Float, 4),
            Unorm16x4 | Snorm16x4 | Float16x4 => (4, Float, 8),
            Float32 => (1, Float, 4),
            Float32x2 => (2, Float, 8),
            Float32x3 => (3, Float, 12),
            Float32x4 => (4, Float, 16),
            Uint32 => (1, Uint, 4),
            Uint32x2 => (2, Uint, 8),
            Uint32x3 => (3, Uint, 12),
            Uint32x4 => (4, Uint, 16),
            Sint32 => (1, Sint, 4),
            Sint32x2 => (2, Sint, 8),
            Sint32x3 => (3, Sint, 12),
            Sint32x4 => (4, Sint, 16),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_what_the_names_say() {
        for format in VertexFormat::ALL {
            let (components, data, size) = format.layout();
            let name = format.text();
            if matches!(format, VertexFormat::Unorm10_10_10_2 | VertexFormat::Unorm8x4Bgra) {
                assert_eq!((components, data, size), (4, VertexData::Float, 4));
                continue;
            }
            let (scalar, count) = name.split_once('x').unwrap_or((name, "1"));
            let split = scalar.find(|c: char| c.is_ascii_digit()).unwrap();
            let bits: u32 = scalar[split..].parse().unwrap();
            let expected = match &scalar[..split] {
                "uint" => VertexData::Uint,
                "sint" => VertexData::Sint,
                _ => VertexData::Float,
            };
            let count: u32 = count.parse().unwrap();
            assert_eq!((components, data, size), (count, expected, count * bits / 8), "{name}");
        }
    }
}
