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
        }
    }
}
