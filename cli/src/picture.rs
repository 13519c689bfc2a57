//! Pixels to a PNG.

use std::io::Read as _;

use png::{BitDepth, ColorType, Compression, Encoder, Filter};
use pngine_compiler::diag::Code;
use pngine_compiler::pack::{self, Effort};
use pngine_format::png::{SIGNATURE, chunks, write_chunk};
use pngine_host::ColorSpace;

use crate::failure::Failure;

/// Largest picture that [`optimize`] works on, in bytes of its rows: about ten seconds of work, where more would take minutes.
/// 640x480 opaque pixels have 0.9 MiB, 1280x720 have 2.6.
const MAX_OPTIMIZED_BYTES: u64 = 3 << 20;

/// `cICP` of Display P3: its primaries (12), the transfer function of sRGB (13), red, green and blue (0), full range (1). Source: PNG
/// specification, third edition, 11.3.2.6; ITU-T H.273.
pub const DISPLAY_P3: [u8; 4] = [12, 13, 0, 1];

/// A drawn frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// Four bytes a pixel: red, green, blue, alpha, not premultiplied; rows from top to bottom.
    pub rgba: Vec<u8>,
    /// What the colours mean.
    pub color_space: ColorSpace,
}

/// Encodes a picture of `width` × `height` pixels, four bytes each: red, green, blue, alpha, not premultiplied.
///
/// Without transparency it gets no alpha channel. Both ways to filter rows that pay are tried, and the smaller result is kept. A picture
/// in Display P3 says so, and keeps its numbers; one that says nothing is sRGB.
///
/// # Errors
/// If the number of bytes is not that of the size, or a side is zero.
pub fn encode(width: u32, height: u32, picture: &Pixels) -> Result<Vec<u8>, png::EncodingError> {
    let rgba = &picture.rgba[..];
    let (pixels, _) = rgba.as_chunks::<4>();
    let is_opaque = pixels.iter().all(|pixel| pixel[3] == u8::MAX);
    let rgb: Vec<u8>;
    let (color, bytes) = if is_opaque {
        rgb = pixels.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
        (ColorType::Rgb, &rgb[..])
    } else {
        (ColorType::Rgba, rgba)
    };
    let adaptive = encode_with(width, height, color, bytes, Filter::Adaptive)?;
    let plain = encode_with(width, height, color, bytes, Filter::NoFilter)?;
    let png = if plain.len() < adaptive.len() { plain } else { adaptive };
    Ok(match picture.color_space {
        ColorSpace::Srgb => png,
        ColorSpace::DisplayP3 => tagged(&png).unwrap_or(png),
    })
}

/// `png` with what its colours mean, right behind its header; `None` if it is not a good PNG.
fn tagged(png: &[u8]) -> Option<Vec<u8>> {
    let mut out = SIGNATURE.to_vec();
    for chunk in chunks(png).ok()? {
        let chunk = chunk.ok()?;
        write_chunk(&mut out, chunk.kind, chunk.data)?;
        if chunk.kind == *b"IHDR" {
            write_chunk(&mut out, *b"cICP", &DISPLAY_P3)?;
        }
    }
    Some(out)
}

/// The same picture with the smallest DEFLATE that seconds of work find; as it is where that is no smaller, and where it is large.
pub fn optimize(png: Vec<u8>) -> Vec<u8> {
    match repacked(&png) {
        Some(smaller) if smaller.len() < png.len() => smaller,
        _ => png,
    }
}

/// `png` with one new `IDAT`; `None` if it is not a good PNG.
fn repacked(png: &[u8]) -> Option<Vec<u8>> {
    let chunks: Vec<_> = chunks(png).ok()?.collect::<Result<_, _>>().ok()?;
    let old: Vec<u8> = chunks.iter().filter(|chunk| chunk.kind == *b"IDAT").flat_map(|chunk| chunk.data).copied().collect();
    let mut rows = Vec::new();
    flate2::read::ZlibDecoder::new(&old[..]).take(MAX_OPTIMIZED_BYTES + 1).read_to_end(&mut rows).ok()?;
    if rows.len() as u64 > MAX_OPTIMIZED_BYTES {
        return None;
    }
    // zlib (RFC 1950): a header for a window of 32 KiB and the slowest level, the DEFLATE stream, the checksum of the same rows.
    let mut new = vec![0x78, 0xDA];
    new.extend(pack::deflate(&rows, Effort::Optimize));
    new.extend_from_slice(old.last_chunk::<4>()?);
    let mut out = SIGNATURE.to_vec();
    let mut written = false;
    for chunk in chunks {
        if chunk.kind != *b"IDAT" {
            write_chunk(&mut out, chunk.kind, chunk.data)?;
        } else if !std::mem::replace(&mut written, true) {
            write_chunk(&mut out, *b"IDAT", &new)?;
        }
    }
    Some(out)
}

/// The failure for a picture that cannot be encoded.
pub fn failure(error: &png::EncodingError) -> Failure {
    Failure::unable(Code::CannotWrite, format!("the picture cannot be encoded: {error}"))
}

fn encode_with(width: u32, height: u32, color: ColorType, bytes: &[u8], filter: Filter) -> Result<Vec<u8>, png::EncodingError> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, width, height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    encoder.set_filter(filter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(bytes)?;
    writer.finish()?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(png: &[u8]) -> (ColorType, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        (info.color_type, bytes)
    }

    fn encode(width: u32, height: u32, rgba: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
        super::encode(width, height, &Pixels { rgba: rgba.to_vec(), color_space: ColorSpace::Srgb })
    }

    #[test]
    fn pictures_in_display_p3_say_so() {
        let rgba = [1, 2, 3, 255, 4, 5, 6, 255];
        let wide = super::encode(2, 1, &Pixels { rgba: rgba.to_vec(), color_space: ColorSpace::DisplayP3 }).unwrap();
        assert_eq!(decoded(&wide), decoded(&encode(2, 1, &rgba).unwrap()));
        let kinds: Vec<_> =
            chunks(&wide).unwrap().map(|chunk| chunk.unwrap()).map(|chunk| (chunk.kind, chunk.data.len())).collect();
        assert_eq!(kinds[1], (*b"cICP", 4));
        assert!(!chunks(&encode(2, 1, &rgba).unwrap()).unwrap().any(|chunk| chunk.unwrap().kind == *b"cICP"));
    }

    #[test]
    fn opaque_pictures_have_no_alpha() {
        let png = encode(2, 1, &[1, 2, 3, 255, 4, 5, 6, 255]).unwrap();
        assert_eq!(decoded(&png), (ColorType::Rgb, vec![1, 2, 3, 4, 5, 6]));
    }

    #[test]
    fn transparent_pictures_keep_it() {
        let rgba = [1, 2, 3, 255, 4, 5, 6, 0];
        assert_eq!(decoded(&encode(2, 1, &rgba).unwrap()), (ColorType::Rgba, rgba.to_vec()));
    }

    #[test]
    fn an_optimized_picture_is_the_same_picture() {
        let rgba: Vec<u8> =
            (0..40 * 30u32).flat_map(|i| [(i % 40 * 6) as u8, (i / 40 * 8) as u8, ((i * i) >> 6) as u8, 255]).collect();
        let fast = encode(40, 30, &rgba).unwrap();
        let small = optimize(fast.clone());
        assert!(small.len() < fast.len(), "{} {}", small.len(), fast.len());
        assert_eq!(decoded(&small), decoded(&fast));
        assert_eq!(optimize(b"no picture".to_vec()), b"no picture");
    }

    #[test]
    fn wrong_sizes_are_errors() {
        assert!(encode(0, 1, &[]).is_err());
        assert!(encode(2, 2, &[0; 4]).is_err());
    }
}
