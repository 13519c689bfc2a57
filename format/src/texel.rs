//! Texel blocks: how texture data lies in linear memory. Source: WebGPU, section 26.1 "Texture format capabilities".

use crate::webgpu::Format;
use crate::word::TextureFormat;

/// Width and height of a texel block in texels, and its bytes in a copy. `None` for formats whose copies depend on the aspect.
pub fn block(format: Format) -> Option<(u32, u32, u32)> {
    let row = format.row();
    Some((u32::from(row.block.0), u32::from(row.block.1), u32::from(row.copy_bytes?)))
}

/// Bytes of a texture in a GPU's memory, by the rule of thumb of [`GPU_BYTES`](crate::limits::GPU_BYTES): of `mip_levels` levels from
/// `size` down, its depth or layers last, each texel `samples` times. Depth shrinks from level to level where `is_3d`, layers do not.
/// Saturates.
pub fn memory_bytes(format: Format, size: [u32; 3], is_3d: bool, mip_levels: u32, samples: u32) -> u64 {
    let row = format.row();
    let (block_width, block_height) = (u32::from(row.block.0), u32::from(row.block.1));
    let [width, height, depth] = size;
    let level = |level: u32| {
        let shrink = |extent: u32| extent.checked_shr(level).unwrap_or(0).max(1);
        let blocks = u64::from(shrink(width).div_ceil(block_width)) * u64::from(shrink(height).div_ceil(block_height));
        blocks.saturating_mul(u64::from(if is_3d { shrink(depth) } else { depth }))
    };
    // No texture has more levels than an extent has bits.
    let blocks = (0..mip_levels.min(u32::BITS)).map(level).fold(0, u64::saturating_add);
    blocks.saturating_mul(u64::from(row.memory_bytes)).saturating_mul(u64::from(samples))
}

/// Bytes of one aspect of a texel in a copy of a format with depth or stencil: from a texture, and to one. `None` where it cannot be
/// copied. Source: WebGPU, section 26.1.2 "Depth-stencil formats".
pub const fn aspect_bytes(format: Format, is_stencil: bool) -> (Option<u32>, Option<u32>) {
    let Format::Texture(format) = format else { return (None, None) };
    match (format, is_stencil) {
        (TextureFormat::Stencil8 | TextureFormat::Depth24PlusStencil8 | TextureFormat::Depth32FloatStencil8, true) => {
            (Some(1), Some(1))
        }
        (TextureFormat::Depth16Unorm, false) => (Some(2), Some(2)),
        (TextureFormat::Depth32Float | TextureFormat::Depth32FloatStencil8, false) => (Some(4), None),
        _ => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::word::Word;

    fn of(name: &str) -> Format {
        Format::of(Word::of(name)).unwrap()
    }

    #[test]
    fn texel_blocks_are_those_of_webgpu() {
        for (format, expected) in [
            ("r8unorm", Some((1, 1, 1))),
            ("rg16float", Some((1, 1, 4))),
            ("rgba8unorm-srgb", Some((1, 1, 4))),
            ("bgra8unorm", Some((1, 1, 4))),
            ("rgba32float", Some((1, 1, 16))),
            ("rgb10a2unorm", Some((1, 1, 4))),
            ("rg11b10ufloat", Some((1, 1, 4))),
            ("depth16unorm", Some((1, 1, 2))),
            ("depth32float", Some((1, 1, 4))),
            ("depth24plus", None),
            ("depth32float-stencil8", None),
            ("bc1-rgba-unorm", Some((4, 4, 8))),
            ("bc7-rgba-unorm", Some((4, 4, 16))),
            ("eac-rg11snorm", Some((4, 4, 16))),
            ("etc2-rgb8a1unorm", Some((4, 4, 8))),
            ("etc2-rgba8unorm", Some((4, 4, 16))),
            ("astc-10x8-unorm-srgb", Some((10, 8, 16))),
        ] {
            assert_eq!(block(of(format)), expected, "{format}");
        }
        for format in TextureFormat::ALL {
            assert!(block(Format::Texture(*format)).is_some() || format.text().contains("depth"), "{}", format.text());
        }
        assert_eq!(Format::of(Word::of("float32")), None);
    }

    #[test]
    fn textures_take_all_their_levels_layers_and_samples() {
        for (format, size, is_3d, levels, samples, bytes) in [
            ("rgba8unorm", [8192, 8192, 1], false, 1, 1, 256 << 20),
            ("preferredCanvasFormat", [100, 50, 1], false, 1, 4, 100 * 50 * 4 * 4),
            ("r8unorm", [4, 2, 3], false, 3, 1, (8 + 2 + 1) * 3),
            ("r8unorm", [4, 2, 3], true, 3, 1, 8 * 3 + 2 + 1),
            ("bc1-rgba-unorm", [10, 10, 1], false, 2, 1, (9 + 4) * 8),
            ("astc-10x8-unorm", [11, 8, 1], false, 1, 1, 2 * 16),
            ("depth24plus-stencil8", [10, 1, 1], false, 1, 1, 80),
            ("rgba32float", [u32::MAX; 3], false, u32::MAX, 4, u64::MAX),
        ] {
            assert_eq!(memory_bytes(of(format), size, is_3d, levels, samples), bytes, "{format}");
        }
    }
}
