//! Images and videos.

use super::copies::smaller;
use super::{Lowerer, named};
use crate::data::image::Size;
use crate::language::{self, Either};
use crate::resolve::Object;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;

/// The slowest and the fastest a browser plays. Source: Chromium; other browsers play at these speeds too.
const PLAYBACK_RATES: std::ops::RangeInclusive<f64> = 0.0625..=16.0;

impl Lowerer<'_> {
    pub(super) fn image(&mut self, o: &Object, size: Option<Size>) -> Option<Image> {
        let bitmap: language::ImageBitmap = o.read();
        Some(Image { named: named(o), data: bitmap.image.value?, size: size? })
    }

    pub(super) fn video(&mut self, o: &Object, file: Option<VideoFile>) -> Option<Video> {
        let video: language::Video = o.read();
        let Spanned { value: rate, span: rate_span } = video.playback_rate.spanned();
        if !PLAYBACK_RATES.contains(&rate) {
            let diagnostic = Diagnostic::new(Code::OutOfRange, rate_span, format!("a speed of {rate}"));
            let (least, most) = (PLAYBACK_RATES.start(), PLAYBACK_RATES.end());
            self.report(diagnostic.help(format!("browsers play at {least} to {most} times the speed")));
            return None;
        }
        if !video.at.is_sound && !video.at.is_incomplete {
            return None;
        }
        let (is_autoplayed, is_muted) = (video.autoplay.value, video.muted.value);
        if is_autoplayed && !is_muted {
            let message = "browsers do not start a video with sound by themselves";
            let diagnostic = Diagnostic::new(Code::NoEffect, video.muted.span, message);
            self.report(diagnostic.help("write `muted=true`, or `autoplay=false`"));
        }
        let is_looped = video.repeats.value;
        Some(Video { named: named(o), file: file?, is_looped, is_autoplayed, is_muted, playback_rate: rate as f32 })
    }

    /// What a `copyExternalImageToTexture` copies from.
    fn image_side(&mut self, written: &Either<language::ImagePlace, ImageSource>, span: Span) -> Option<ImageSide> {
        let place = match written {
            Either::A(place) => place,
            Either::B(source) => {
                return Some(ImageSide { span, source: *source, origin: Spanned::new([0, 0], span), is_flipped: false });
            }
        };
        if !place.at.is_sound {
            return None;
        }
        let origin = match self.corner(&place.origin)? {
            Spanned { value: [Extent::Fixed(x), Extent::Fixed(y), Extent::Fixed(0)], span } => Spanned::new([x, y], span),
            Spanned { span, .. } => {
                let diagnostic = Diagnostic::new(Code::BadLength, span, "an image has two dimensions");
                self.report(diagnostic.help("write `origin=[x y]`"));
                return None;
            }
        };
        let Spanned { value: source, span } = place.source.found()?;
        Some(ImageSide { span, source, origin, is_flipped: place.flip_y.value })
    }

    /// Width and height of what is left of an image from the origin on; `None` for a video, whose size is not known.
    fn rest_of_image(&self, side: &ImageSide) -> Option<[Extent; 3]> {
        let ImageSource::Image(id) = side.source else { return None };
        let (width, height) = self.scene.image(id)?.size;
        let rest = |extent: u32, origin: u32| Extent::Fixed(extent.saturating_sub(origin));
        Some([rest(width, side.origin[0]), rest(height, side.origin[1]), Extent::Fixed(1)])
    }

    pub(super) fn copy_image(&mut self, written: &language::CopyImage) -> Option<Action> {
        let source = written.source.value.as_ref().and_then(|side| self.image_side(side, written.source.span));
        let destination = written.destination.value.as_ref().and_then(|to| {
            let side = self.texture_side(to.at, to.texture.value, to.texture.span, &to.place)?;
            Some((side, &to.place, to.premultiplied_alpha.value))
        });
        let (source, (destination, place, is_premultiplied)) = (source?, destination?);
        let span = written.at.span;
        // Nothing is said but what and where to: one short command, and the host knows the size.
        let is_plain = *source.origin == [0, 0]
            && !source.is_flipped
            && !is_premultiplied
            && !written.copy_size.is_written()
            && !place.origin.is_written()
            && !place.mip_level.is_written()
            && !place.aspect.is_written();
        if let (ImageSource::Video(video), Some(_), true) = (source.source, destination.texture, is_plain) {
            return Some(Action::CopyVideo { span, video, destination });
        }
        let rest = match source.source {
            ImageSource::Image(_) => Some(self.rest_of_image(&source)?),
            ImageSource::Video(_) => None,
        };
        let size = self.size(&written.copy_size, &destination, |_, most| {
            let mut out = [most[0], most[1], Extent::Fixed(1)];
            for (slot, rest) in out.iter_mut().zip(rest.into_iter().flatten()) {
                *slot = smaller(*slot, rest)?;
            }
            Some(out)
        })?;
        let copy = TexelCopy { span, source, destination, size };
        Some(Action::CopyImage { copy, is_premultiplied })
    }
}
