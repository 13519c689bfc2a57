//! Decodes the images that a scene embeds: one place for the compiler, which wants their sizes, and for hosts, which want their pixels.
//!
//! In go the bytes of a PNG, a JPEG or a WebP, out come size and pixels, or what is wrong with it in words for people. What browsers
//! refuse is refused, and what they show is shown: `tests/verdicts.rs` has the verdicts of one. Nothing here trusts its input, and
//! nothing is allocated that the header does not justify.
//!
//! The pixels are those of a browser's `createImageBitmap` with `premultiplyAlpha: "none"` and `colorSpaceConversion: "none"`: eight
//! bits a channel, as they are stored, of sixteen bits the upper eight, with the orientation of the Exif data of JPEGs and PNGs
//! applied. Seen in Chromium 156, which lets that of WebPs be.

#![deny(missing_docs)]

pub mod compare;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use pngine_format::limits::IMAGE_PIXELS;
use pngine_format::media::{self, ImageFault};
use std::io::Cursor;

/// Bytes of a pixel while it is decoded: four channels of sixteen bits, and as much again for interlaced and progressive images.
const DECODING_BYTES: u64 = 16;

/// Why an image is not decoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// Neither PNG nor JPEG nor WebP; what it is instead, if that can be told.
    #[error("the image is {}neither a PNG nor a JPEG nor a WebP", .0.map(|what| format!("{what}, ")).unwrap_or_default())]
    Unknown(Option<&'static str>),
    /// It is one of them, and cannot be decoded: what is wrong with it, as a sentence of one line.
    #[error("the image cannot be decoded: {0}")]
    Damaged(String),
    /// It has more pixels than it may have. Its header says so; nothing was decoded.
    #[error("the image has {pixels} pixels, at most {most} are allowed")]
    TooLarge {
        /// How many it has.
        pixels: u64,
        /// How many it may have.
        most: u64,
    },
}

/// A decoded image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedImage {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Four bytes a pixel, red, green, blue and alpha, not premultiplied; rows from top to bottom.
    pub rgba: Vec<u8>,
}

impl DecodedImage {
    /// Decodes an image of at most [`IMAGE_PIXELS`] pixels, recognised by its content.
    ///
    /// # Errors
    /// See [`ImageError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, ImageError> {
        Self::decode_within(bytes, u64::from(IMAGE_PIXELS))
    }

    /// The same with at most so many pixels.
    ///
    /// # Errors
    /// See [`ImageError`].
    pub fn decode_within(bytes: &[u8], most_pixels: u64) -> Result<Self, ImageError> {
        let (mut decoded, orientation) = decode(bytes, most_pixels)?;
        decoded.apply_orientation(orientation);
        Ok(Self { width: decoded.width(), height: decoded.height(), rgba: into_rgba8(decoded) })
    }
}

/// Width and height of an image that can be decoded, with its orientation applied.
///
/// # Errors
/// As for [`DecodedImage::decode_within`].
pub fn size(bytes: &[u8], most_pixels: u64) -> Result<(u32, u32), ImageError> {
    let (decoded, orientation) = decode(bytes, most_pixels)?;
    let (width, height) = (decoded.width(), decoded.height());
    let is_turned = matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    Ok(if is_turned { (height, width) } else { (width, height) })
}

fn decode(bytes: &[u8], most: u64) -> Result<(DynamicImage, Orientation), ImageError> {
    let header = media::image(bytes).map_err(|fault| match fault {
        ImageFault::Unknown => ImageError::Unknown(other_kind(bytes)),
        ImageFault::Damaged(reason) => ImageError::Damaged(reason.to_owned()),
    })?;
    let pixels = header.pixels();
    if pixels > most {
        return Err(ImageError::TooLarge { pixels, most });
    }
    let damaged = |error: image::ImageError| ImageError::Damaged(words(&error));
    let format = match header.format {
        media::ImageFormat::Png => ImageFormat::Png,
        media::ImageFormat::Jpeg => ImageFormat::Jpeg,
        media::ImageFormat::WebP => ImageFormat::WebP,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(pixels.saturating_mul(DECODING_BYTES).saturating_add(bytes.len() as u64));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    if decoder.dimensions() != (header.width, header.height) {
        return Err(ImageError::Damaged("its headers say different sizes".to_owned()));
    }
    let orientation = match format {
        ImageFormat::Jpeg | ImageFormat::Png => decoder.orientation().map_err(damaged)?,
        _ => Orientation::NoTransforms,
    };
    Ok((DynamicImage::from_decoder(decoder).map_err(damaged)?, orientation))
}

/// What bytes are that are no image of ours.
fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    match image::guess_format(bytes) {
        Ok(ImageFormat::Gif) => return Some("a GIF"),
        Ok(ImageFormat::Bmp) => return Some("a BMP"),
        Ok(ImageFormat::Tiff) => return Some("a TIFF"),
        Ok(ImageFormat::Avif) => return Some("an AVIF"),
        _ => {}
    }
    if matches!(bytes.get(4..12), Some(b"ftypheic" | b"ftypheix" | b"ftypmif1")) {
        return Some("a HEIC");
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let is_svg = text.get(..text.len().min(4096)).unwrap_or_default().contains("<svg");
    Some(if is_svg { "an SVG" } else { "text" })
}

/// What a decoder says, without the names of its own types.
fn words(error: &image::ImageError) -> String {
    let text = error.to_string();
    let known = [
        ("InsufficientInput", "its picture data end early"),
        ("Corrupt deflate stream", "its compressed data are damaged"),
        ("does not have enough data for image", "its picture data end early"),
        ("IDAT or fdAT chunk is missing", "it has no picture data"),
        ("Unknown filter method", "its picture data are damaged"),
        ("Unrecognized critical chunk", "it has a chunk that a reader must know, and no browser does"),
        ("CRC error", "a chunk of it fails its checksum"),
        ("Memory limit exceeded", "it needs too much memory"),
    ];
    if let Some((_, words)) = known.iter().find(|(part, _)| text.contains(part)) {
        return (*words).to_owned();
    }
    // The reason without who says so, in one line, and not the inside of a type.
    let reason = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let reason = ["Png", "Jpeg", "WebP"]
        .iter()
        .find_map(|format| reason.strip_prefix(&format!("Format error decoding {format}: ")))
        .unwrap_or(&reason);
    if reason.contains(['{', '(', '[']) { "its data are damaged".to_owned() } else { reason.trim_end_matches('.').to_owned() }
}

/// Eight bits a channel; of sixteen, the upper eight, as browsers do.
fn into_rgba8(decoded: DynamicImage) -> Vec<u8> {
    let wide = |samples: &[u16], channels: usize| -> Vec<u8> {
        let pixel = |pixel: &[u16]| -> [u8; 4] {
            let upper = |i: usize| pixel.get(i).map_or(u8::MAX, |sample| (sample >> 8) as u8);
            match channels {
                1 => [upper(0), upper(0), upper(0), u8::MAX],
                2 => [upper(0), upper(0), upper(0), upper(1)],
                3 => [upper(0), upper(1), upper(2), u8::MAX],
                _ => [upper(0), upper(1), upper(2), upper(3)],
            }
        };
        samples.chunks_exact(channels).flat_map(pixel).collect()
    };
    match decoded {
        DynamicImage::ImageLuma16(image) => wide(&image, 1),
        DynamicImage::ImageLumaA16(image) => wide(&image, 2),
        DynamicImage::ImageRgb16(image) => wide(&image, 3),
        DynamicImage::ImageRgba16(image) => wide(&image, 4),
        other => other.into_rgba8().into_raw(),
    }
}
