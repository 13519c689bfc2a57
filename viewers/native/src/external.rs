//! COPY_EXTERNAL_IMAGE: the pixels of an image as the texels of a texture.

use pngine_host::ImageRegion;
use wgpu::TextureFormat;

/// The texels, row by row and tightly packed, and the bytes of one. `None` for formats that WebGPU takes no images for.
///
/// Source: WebGPU, `copyExternalImageToTexture`, "color-renderable formats that can be a destination". A texture whose format ends
/// in -srgb gets the same bytes as one without: the numbers of an image are encoded already.
pub(crate) fn texels(region: ImageRegion<'_>, format: TextureFormat) -> Option<(Vec<u8>, u32)> {
    let bytes = |convert: &dyn Fn([u8; 4], &mut Vec<u8>), size: u32| {
        let [width, height] = region.size();
        let mut out = Vec::with_capacity(width as usize * height as usize * size as usize);
        region.pixels().for_each(|pixel| convert(pixel, &mut out));
        Some((out, size))
    };
    let unit = |channel: u8| f32::from(channel) / 255.0;
    // 65535 is 257 times 255.
    let wide = |channel: u8| (u16::from(channel) * 257).to_le_bytes();
    let half = |channel: u8| half(unit(channel)).to_le_bytes();
    let single = |channel: u8| unit(channel).to_le_bytes();
    match format {
        TextureFormat::R8Unorm => bytes(&|[r, ..], out| out.push(r), 1),
        TextureFormat::Rg8Unorm => bytes(&|[r, g, ..], out| out.extend([r, g]), 2),
        TextureFormat::Rgba8Unorm | TextureFormat::Rgba8UnormSrgb => bytes(&|pixel, out| out.extend(pixel), 4),
        TextureFormat::Bgra8Unorm | TextureFormat::Bgra8UnormSrgb => bytes(&|[r, g, b, a], out| out.extend([b, g, r, a]), 4),
        TextureFormat::R16Unorm => bytes(&|[r, ..], out| out.extend(wide(r)), 2),
        TextureFormat::Rg16Unorm => bytes(&|[r, g, ..], out| out.extend([wide(r), wide(g)].concat()), 4),
        TextureFormat::Rgba16Unorm => bytes(&|pixel, out| out.extend(pixel.map(wide).concat()), 8),
        TextureFormat::R16Float => bytes(&|[r, ..], out| out.extend(half(r)), 2),
        TextureFormat::Rg16Float => bytes(&|[r, g, ..], out| out.extend([half(r), half(g)].concat()), 4),
        TextureFormat::Rgba16Float => bytes(&|pixel, out| out.extend(pixel.map(half).concat()), 8),
        TextureFormat::R32Float => bytes(&|[r, ..], out| out.extend(single(r)), 4),
        TextureFormat::Rg32Float => bytes(&|[r, g, ..], out| out.extend([single(r), single(g)].concat()), 8),
        TextureFormat::Rgba32Float => bytes(&|pixel, out| out.extend(pixel.map(single).concat()), 16),
        TextureFormat::Rgb10a2Unorm => {
            let to = |channel: u8, most: u32| (u32::from(channel) * most * 2 + 255) / 510;
            bytes(
                &|[r, g, b, a], out| {
                    out.extend((to(r, 1023) | to(g, 1023) << 10 | to(b, 1023) << 20 | to(a, 3) << 30).to_le_bytes());
                },
                4,
            )
        }
        _ => None,
    }
}

/// IEEE 754 binary16, rounded to the nearest, to even where two are equally near.
pub(crate) fn half(x: f32) -> u16 {
    let bits = x.to_bits();
    let sign = (bits >> 16 & 0x8000) as u16;
    let magnitude = bits & 0x7FFF_FFFF;
    if magnitude > 0x7F80_0000 {
        // Some NaN.
        return sign | 0x7E00;
    }
    if magnitude >= 0x477F_F000 {
        // 65520 and more round to infinity.
        return sign | 0x7C00;
    }
    if magnitude < 0x3880_0000 {
        // Below 2^-14: a multiple of 2^-24. Adding 0.5 leaves just those bits in the mantissa, rounded.
        let rounded = (f32::from_bits(magnitude) + 0.5).to_bits() - 0.5f32.to_bits();
        return sign | rounded as u16;
    }
    // The exponent moves from bias 127 to 15, and 13 bits go; half of their range less one, and the last bit that stays, rounds.
    let rounded = magnitude - (112 << 23) + 0xFFF + (magnitude >> 13 & 1);
    sign | (rounded >> 13) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_to_the_nearest() {
        for (x, bits) in [
            (0.0, 0),
            (-0.0, 0x8000),
            (1.0, 0x3C00),
            (-2.0, 0xC000),
            (1.0 / 3.0, 0x3555),
            (65504.0, 0x7BFF),
            (65519.0, 0x7BFF),
            (65520.0, 0x7C00),
            (f32::INFINITY, 0x7C00),
            (f32::NEG_INFINITY, 0xFC00),
            (6.103_515_6e-5, 0x0400),
            (5.960_464_5e-8, 1),
            // 2^-25, halfway between 0 and the least, and the next single.
            (f32::from_bits(0x3300_0000), 0),
            (f32::from_bits(0x3300_0001), 1),
            (1023.0 / 16_777_216.0, 0x03FF),
            // Halfway between two: to the even one.
            (1.0 + 1.0 / 2048.0, 0x3C00),
            (1.0 + 3.0 / 2048.0, 0x3C02),
        ] {
            assert_eq!(half(x), bits, "{x}");
        }
        assert_eq!(half(f32::NAN) & 0x7E00, 0x7E00);
    }
}
