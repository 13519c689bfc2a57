//! Texel blocks: how texture data lies in linear memory. Source: WebGPU, section 26.1 "Texture format capabilities".

use crate::word::TEXTURE_FORMAT;

/// Width and height of a texel block in texels, and its bytes in a copy. `None` for formats whose copies depend on the aspect, and
/// for words that are no texture formats.
pub fn block(format: &str) -> Option<(u32, u32, u32)> {
    if format == "preferredCanvasFormat" {
        return Some((1, 1, 4));
    }
    if !TEXTURE_FORMAT.words.contains(&format) || format.starts_with("depth24") || format.ends_with("stencil8") {
        return if format == "stencil8" { Some((1, 1, 1)) } else { None };
    }
    if let Some(rest) = format.strip_prefix("astc-") {
        let (width, height) = rest.split_once('-')?.0.split_once('x')?;
        return Some((width.parse().ok()?, height.parse().ok()?, 16));
    }
    if ["bc1", "bc4", "etc2-rgb8", "eac-r11"].iter().any(|prefix| format.starts_with(prefix)) {
        return Some((4, 4, 8));
    }
    if ["bc", "etc2", "eac"].iter().any(|prefix| format.starts_with(prefix)) {
        return Some((4, 4, 16));
    }
    if ["rgb9e5", "rgb10a2", "rg11b10"].iter().any(|prefix| format.starts_with(prefix)) {
        return Some((1, 1, 4));
    }
    let channels = match format.find(|c: char| c.is_ascii_digit())? {
        _ if format.starts_with("depth") => 1,
        count => u32::try_from(count).ok()?,
    };
    let bits = format.trim_start_matches(|c: char| !c.is_ascii_digit());
    let bits: u32 = bits.get(..bits.find(|c: char| !c.is_ascii_digit()).unwrap_or(bits.len()))?.parse().ok()?;
    Some((1, 1, channels * bits / 8))
}

/// Width and height of a texel block, and its bytes in a GPU's memory, by the rule of thumb of
/// [`GPU_BYTES`](crate::limits::GPU_BYTES): those of a copy; of depth and stencil together eight, of `depth24plus` four. `None` for
/// words that are no texture formats.
pub fn memory_block(format: &str) -> Option<(u32, u32, u32)> {
    match format {
        "depth24plus" => Some((1, 1, 4)),
        "depth24plus-stencil8" | "depth32float-stencil8" => Some((1, 1, 8)),
        _ => block(format),
    }
}

/// Bytes of a texture in a GPU's memory, by the same rule: of `mip_levels` levels from `size` down, its depth or layers last, each
/// texel `samples` times. Depth shrinks from level to level where `is_3d`, layers do not. `None` for words that are not texture
/// formats; saturates.
pub fn memory_bytes(format: &str, size: [u32; 3], is_3d: bool, mip_levels: u32, samples: u32) -> Option<u64> {
    let (block_width, block_height, block_bytes) = memory_block(format)?;
    let [width, height, depth] = size;
    let level = |level: u32| {
        let shrink = |extent: u32| extent.checked_shr(level).unwrap_or(0).max(1);
        let blocks = u64::from(shrink(width).div_ceil(block_width)) * u64::from(shrink(height).div_ceil(block_height));
        blocks.saturating_mul(u64::from(if is_3d { shrink(depth) } else { depth }))
    };
    // No texture has more levels than an extent has bits.
    let blocks = (0..mip_levels.min(u32::BITS)).map(level).fold(0, u64::saturating_add);
    Some(blocks.saturating_mul(u64::from(block_bytes)).saturating_mul(u64::from(samples)))
}

/// Bytes of one aspect of a texel in a copy of a format with depth or stencil: from a texture, and to one. `None` where it cannot be
/// copied. Source: WebGPU, section 26.1.2 "Depth-stencil formats".
pub fn aspect_bytes(format: &str, is_stencil: bool) -> (Option<u32>, Option<u32>) {
    match (format, is_stencil) {
        ("stencil8" | "depth24plus-stencil8" | "depth32float-stencil8", true) => (Some(1), Some(1)),
        ("depth16unorm", false) => (Some(2), Some(2)),
        ("depth32float" | "depth32float-stencil8", false) => (Some(4), None),
        _ => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("float32", None),
        ] {
            assert_eq!(block(format), expected, "{format}");
        }
        for format in TEXTURE_FORMAT.words {
            assert!(block(format).is_some() || format.contains("depth"), "{format}");
            assert!(memory_block(format).is_some(), "{format}");
        }
        assert_eq!(memory_block("float32"), None);
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
            assert_eq!(memory_bytes(format, size, is_3d, levels, samples), Some(bytes), "{format}");
        }
        assert_eq!(memory_bytes("float32", [1; 3], false, 1, 1), None);
    }
}
