//! Pixels to a PNG.

use png::{BitDepth, ColorType, Compression, Encoder, Filter};
use pngine_compiler::diag::Code;

use crate::failure::Failure;

/// Encodes a picture of `width` × `height` pixels, four bytes each: red, green, blue, alpha, not premultiplied.
///
/// Without transparency it gets no alpha channel. Both ways to filter rows that pay are tried, and the smaller result is kept.
///
/// # Errors
/// If the number of bytes is not that of the size, or a side is zero.
pub fn encode(width: u32, height: u32, rgba: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
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
    Ok(if plain.len() < adaptive.len() { plain } else { adaptive })
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
    fn wrong_sizes_are_errors() {
        assert!(encode(0, 1, &[]).is_err());
        assert!(encode(2, 2, &[0; 4]).is_err());
    }
}
