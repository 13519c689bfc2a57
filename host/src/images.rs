//! Decodes embedded images: the command LOAD_IMAGE, and what COPY_EXTERNAL_IMAGE reads of them.
//!
//! The pixels are those of a browser's `createImageBitmap` with `premultiplyAlpha: "none"` and `colorSpaceConversion: "none"`: eight
//! bits a channel, as they are stored, of sixteen bits the upper eight, with the orientation of the Exif data of JPEGs and PNGs
//! applied. Seen in Chromium 156, which lets that of WebPs be.

use crate::check::{Canvas, CheckedCommand, Finding, Phase, copy_extent};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use pngine_format::descriptor::{Field, Value};
use pngine_format::op::{Kind, Op};
use pngine_format::status::ErrorCode;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

/// Widest and highest image that is decoded, in pixels. Picked by feel: twice what a texture has by default, as parts can be copied.
const MAX_EXTENT: u32 = 16384;
/// Most bytes that one image takes while it is decoded.
const MAX_DECODING_BYTES: u64 = 1 << 30;
/// Most bytes that all decoded images of a scene take.
const MAX_DECODED_BYTES: usize = 1 << 30;

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
    /// Decodes a PNG, a JPEG or a WebP, recognised by content.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn decode(bytes: &[u8]) -> Result<Self, String> {
        let format = match image::guess_format(bytes) {
            Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) => format,
            _ => return Err("the image is neither a PNG nor a JPEG nor a WebP".to_owned()),
        };
        let decoded = decode(bytes, format).map_err(|error| {
            let reason = error.to_string();
            format!("the image cannot be decoded: {}", reason.lines().collect::<Vec<_>>().join(" "))
        })?;
        let (width, height) = (decoded.width(), decoded.height());
        if width == 0 || height == 0 {
            return Err("the image has no pixels".to_owned());
        }
        Ok(Self { width, height, rgba: into_rgba8(decoded) })
    }
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, image::ImageError> {
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
    let mut decoded = DynamicImage::from_decoder(decoder)?;
    decoded.apply_orientation(orientation);
    Ok(decoded)
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

/// The images of one run of a program. They live from `init` to the next `init`.
#[derive(Debug)]
pub struct Images {
    phase: Phase,
    images: BTreeMap<u16, Arc<DecodedImage>>,
    /// What was decoded during this `init`, by address and length: several images may share their bytes.
    decoded: BTreeMap<(u32, u32), Arc<DecodedImage>>,
    bytes: usize,
}

impl Default for Images {
    fn default() -> Self {
        Self { phase: Phase::Init, images: BTreeMap::new(), decoded: BTreeMap::new(), bytes: 0 }
    }
}

impl Images {
    /// A command buffer starts. That of `init` starts without images.
    pub fn begin(&mut self, phase: Phase) {
        if phase == Phase::Init {
            *self = Self::default();
        }
        self.phase = phase;
        self.decoded.clear();
    }

    /// Executes LOAD_IMAGE; does nothing for any other command.
    ///
    /// # Errors
    /// E011.
    pub fn execute(&mut self, command: &CheckedCommand<'_>) -> Result<(), Finding> {
        if command.op != Op::LoadImage {
            return Ok(());
        }
        let [id, address, len, ..] = command.operands;
        let image = match self.decoded.get(&(address, len)) {
            Some(image) => Arc::clone(image),
            None => {
                let wrong = |message| self.finding(command, ErrorCode::ImageFailed, message);
                let image = Arc::new(DecodedImage::decode(&command.bytes[0]).map_err(wrong)?);
                self.bytes = self.bytes.saturating_add(image.rgba.len());
                if self.bytes > MAX_DECODED_BYTES {
                    let message = format!("the images have more than {MAX_DECODED_BYTES} bytes together, decoded");
                    return Err(self.finding(command, ErrorCode::ImageFailed, message));
                }
                self.decoded.insert((address, len), Arc::clone(&image));
                image
            }
        };
        // The operand has two bytes.
        self.images.insert(id as u16, image);
        Ok(())
    }

    /// What COPY_EXTERNAL_IMAGE copies on a canvas of this size. `None` if its source is a video.
    ///
    /// # Errors
    /// E001 if the image does not exist, E002 if the region does not lie in it.
    pub fn region(&self, command: &CheckedCommand<'_>, canvas: Canvas) -> Result<Option<ImageRegion<'_>>, Finding> {
        let source = command.descriptor.get(Field::Source).unwrap_or(&Value::Null);
        let id = match source.get(Field::Source) {
            Some(Value::Ref(Kind::Image, id)) => *id,
            _ => return Ok(None),
        };
        let Some(image) = self.images.get(&id) else {
            return Err(self.finding(command, ErrorCode::InvalidReference, format!("there is no image {id}")));
        };
        let [x, y, _] = copy_extent(source.get(Field::Origin), 0, canvas);
        let [width, height, layers] = copy_extent(command.descriptor.get(Field::CopySize), 1, canvas);
        let inside = |at: u32, len: u32, all: u32| u64::from(at) + u64::from(len) <= u64::from(all);
        if !inside(x, width, image.width) || !inside(y, height, image.height) || layers > 1 {
            let message = format!(
                "a region of {width}x{height}x{layers} pixels at {x}x{y} of an image of {}x{}",
                image.width, image.height
            );
            return Err(self.finding(command, ErrorCode::BufferTooSmall, message));
        }
        let destination = command.descriptor.get(Field::Destination).unwrap_or(&Value::Null);
        Ok(Some(ImageRegion {
            image,
            origin: [x, y],
            size: [width, height],
            flip_y: source.get(Field::FlipY) == Some(&Value::Bool(true)),
            premultiplied: destination.get(Field::PremultipliedAlpha) == Some(&Value::Bool(true)),
        }))
    }

    #[cold]
    fn finding(&self, command: &CheckedCommand<'_>, code: ErrorCode, message: String) -> Finding {
        Finding { code, phase: self.phase, index: command.index, op: Some(command.op), message }
    }
}

/// A part of an image that is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageRegion<'a> {
    image: &'a DecodedImage,
    origin: [u32; 2],
    size: [u32; 2],
    flip_y: bool,
    premultiplied: bool,
}

impl<'a> ImageRegion<'a> {
    /// Width and height in pixels.
    pub const fn size(&self) -> [u32; 2] {
        self.size
    }

    /// The rows as they are stored, in the order in which they are copied.
    pub fn rows(self) -> impl Iterator<Item = &'a [u8]> {
        let [x, y] = self.origin.map(|n| n as usize);
        let [width, height] = self.size.map(|n| n as usize);
        let pitch = self.image.width as usize * 4;
        (0..height).filter_map(move |row| {
            let row = if self.flip_y { height - 1 - row } else { row };
            let start = (y + row).checked_mul(pitch)?.checked_add(x * 4)?;
            self.image.rgba.get(start..start.checked_add(width * 4)?)
        })
    }

    /// The pixels in the order in which they are copied, premultiplied if the destination asks for it.
    pub fn pixels(self) -> impl Iterator<Item = [u8; 4]> {
        self.rows().flat_map(|row| row.as_chunks::<4>().0).map(move |&[r, g, b, a]| {
            if self.premultiplied {
                // Rounded as a GPU rounds the product of two normalised numbers.
                let times = |color: u8| ((u32::from(color) * u32::from(a) + 127) / 255) as u8;
                [times(r), times(g), times(b), a]
            } else {
                [r, g, b, a]
            }
        })
    }
}
