//! Keeps embedded images: the command LOAD_IMAGE, and what COPY_EXTERNAL_IMAGE reads of them.

use crate::check::{Canvas, CheckedCommand, Finding, Phase, copy_extent};
use pngine_format::descriptor::{Field, Value};
use pngine_format::limits::Budgets;
use pngine_format::op::{Kind, Op};
use pngine_format::status::ErrorCode;
use pngine_images::{DecodedImage, ImageError};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The images of one run of a program. They live from `init` to the next `init`.
#[derive(Debug)]
pub struct Images {
    phase: Phase,
    images: BTreeMap<u16, Arc<DecodedImage>>,
    /// What was decoded during this `init`, by address and length: several images may share their bytes.
    decoded: BTreeMap<(u32, u32), Arc<DecodedImage>>,
    budgets: Budgets,
    /// Pixels of all that was decoded.
    pixels: u64,
}

impl Default for Images {
    fn default() -> Self {
        Self::with_budgets(Budgets::default())
    }
}

impl Images {
    /// Without images, with the budgets that are given.
    pub const fn with_budgets(budgets: Budgets) -> Self {
        Self { phase: Phase::Init, images: BTreeMap::new(), decoded: BTreeMap::new(), budgets, pixels: 0 }
    }

    /// A command buffer starts. That of `init` starts without images.
    pub fn begin(&mut self, phase: Phase) {
        if phase == Phase::Init {
            *self = Self::with_budgets(self.budgets);
        }
        self.phase = phase;
        self.decoded.clear();
    }

    /// Executes LOAD_IMAGE; does nothing for any other command.
    ///
    /// # Errors
    /// E011, and E012 for more pixels than the budgets allow.
    pub fn execute(&mut self, command: &CheckedCommand<'_>) -> Result<(), Finding> {
        if command.op != Op::LoadImage {
            return Ok(());
        }
        let [id, address, len, ..] = command.operands;
        let image = match self.decoded.get(&(address, len)) {
            Some(image) => Arc::clone(image),
            None => {
                let image =
                    Arc::new(self.decode(&command.bytes[0]).map_err(|(code, message)| self.finding(command, code, message))?);
                self.decoded.insert((address, len), Arc::clone(&image));
                image
            }
        };
        // The operand has two bytes.
        self.images.insert(id as u16, image);
        Ok(())
    }

    fn decode(&mut self, bytes: &[u8]) -> Result<DecodedImage, (ErrorCode, String)> {
        let Budgets { image_pixels, images_pixels, .. } = self.budgets;
        let left = images_pixels.saturating_sub(self.pixels);
        let decoded = DecodedImage::decode_within(bytes, image_pixels.min(left)).map_err(|error| match error {
            error @ (ImageError::Unknown(_) | ImageError::Damaged(_)) => (ErrorCode::ImageFailed, error.to_string()),
            ImageError::TooLarge { pixels, .. } if pixels <= image_pixels => {
                let pixels = self.pixels.saturating_add(pixels);
                let message = format!("this makes {pixels} pixels of images, at most {images_pixels} are allowed");
                (ErrorCode::BudgetExceeded, message)
            }
            error @ ImageError::TooLarge { .. } => (ErrorCode::BudgetExceeded, error.to_string()),
        })?;
        self.pixels = self.pixels.saturating_add(u64::from(decoded.width) * u64::from(decoded.height));
        Ok(decoded)
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
