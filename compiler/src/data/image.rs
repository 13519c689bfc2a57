//! Images: recognised by content and decoded, to learn their size and that hosts can decode them too.
//!
//! The size is that of a browser's `createImageBitmap`: with the orientation of the Exif data of JPEGs and PNGs applied, as the hosts do.

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Widest and highest image that hosts decode, in pixels. The native host has the same number.
pub const MAX_EXTENT: u32 = 16384;

/// Most bytes that decoding takes. The native host has the same number.
const MAX_DECODING_BYTES: u64 = 1 << 30;

/// Width and height in pixels.
pub type Size = (u32, u32);

/// Why bytes are no image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageError {
    /// Neither PNG nor JPEG nor WebP; what it is instead, if that can be told.
    Unknown(Option<&'static str>),
    /// It is one of them, and cannot be decoded: the decoder's reason.
    Damaged(String),
}

/// The size of an image that can be decoded.
///
/// # Errors
/// See [`ImageError`].
pub fn size(bytes: &[u8]) -> Result<Size, ImageError> {
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) => format,
        Ok(ImageFormat::Gif) => return Err(ImageError::Unknown(Some("a GIF"))),
        Ok(ImageFormat::Bmp) => return Err(ImageError::Unknown(Some("a BMP"))),
        Ok(ImageFormat::Tiff) => return Err(ImageError::Unknown(Some("a TIFF"))),
        Ok(ImageFormat::Avif) => return Err(ImageError::Unknown(Some("an AVIF"))),
        _ if std::str::from_utf8(bytes).is_ok() => return Err(ImageError::Unknown(Some("text"))),
        _ => return Err(ImageError::Unknown(None)),
    };
    let decoded = decode(bytes, format).map_err(|error| {
        let reason = error.to_string();
        ImageError::Damaged(reason.lines().collect::<Vec<_>>().join(" "))
    })?;
    if decoded.0 == 0 || decoded.1 == 0 {
        return Err(ImageError::Damaged("it has no pixels".to_string()));
    }
    Ok(decoded)
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<Size, image::ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_EXTENT);
    limits.max_image_height = Some(MAX_EXTENT);
    limits.max_alloc = Some(MAX_DECODING_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = match format {
        ImageFormat::Jpeg | ImageFormat::Png => decoder.orientation()?,
        _ => Orientation::NoTransforms,
    };
    let decoded = DynamicImage::from_decoder(decoder)?;
    let (width, height) = (decoded.width(), decoded.height());
    let turned = matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    Ok(if turned { (height, width) } else { (width, height) })
}
