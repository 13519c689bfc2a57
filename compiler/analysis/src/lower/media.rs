//! Images and videos.

use super::copies::{is_bad, smaller};
use super::{Lowerer, named};
use crate::data::image::Size;
use crate::diag::{Code, Diagnostic};
use crate::language::Ns;
use crate::resolve::{Node, Obj, Object, Val};
use crate::scene::*;

/// The slowest and the fastest a browser plays. Source: Chromium; other browsers play at these speeds too.
const PLAYBACK_RATES: std::ops::RangeInclusive<f64> = 0.0625..=16.0;

impl Lowerer<'_> {
    pub(super) fn image(&mut self, o: &Object, size: Option<Size>) -> Option<Image> {
        Some(Image { named: named(o), data: DataId(o.obj.decl("image", Ns::Data)?), size: size? })
    }

    pub(super) fn video(&mut self, o: &Object, file: Option<VideoFile>) -> Option<Video> {
        let obj = &o.obj;
        let rate = obj.num("playbackRate").unwrap_or(1.0);
        if !PLAYBACK_RATES.contains(&rate) {
            let diagnostic = Diagnostic::new(Code::OutOfRange, obj.span_of("playbackRate"), format!("a speed of {rate}"));
            let (least, most) = (PLAYBACK_RATES.start(), PLAYBACK_RATES.end());
            self.report(diagnostic.help(format!("browsers play at {least} to {most} times the speed")));
            return None;
        }
        if obj.props.iter().any(|(.., node)| matches!(node.val, Val::Bad)) {
            return None;
        }
        let flag = |name| obj.bool(name).unwrap_or(true);
        if flag("autoplay") && !flag("muted") {
            let message = "browsers do not start a video with sound by themselves";
            let diagnostic = Diagnostic::new(Code::NoEffect, obj.span_of("muted"), message);
            self.report(diagnostic.help("write `muted=true`, or `autoplay=false`"));
        }
        Some(Video {
            named: named(o),
            file: file?,
            is_looped: flag("loop"),
            is_autoplayed: flag("autoplay"),
            is_muted: flag("muted"),
            playback_rate: rate as f32,
        })
    }

    /// What a `copyExternalImageToTexture` copies from.
    fn image_side(&mut self, node: &Node) -> Option<ImageSide> {
        let source = |node: &Node| match node.val {
            Val::Decl(Ns::ImageBitmap, index) => Some(ImageSource::Image(ImageId(index))),
            Val::Decl(Ns::Video, index) => Some(ImageSource::Video(VideoId(index))),
            _ => None,
        };
        let Val::Obj(obj) = &node.val else {
            let origin = ([0, 0], node.span);
            return Some(ImageSide { span: node.span, source: source(node)?, origin, is_flipped: false });
        };
        if is_bad(obj) {
            return None;
        }
        let origin = match obj.get("origin") {
            None => ([0, 0], obj.span),
            Some(node) => match self.three(node, ["x", "y", "z"], Extent::Fixed(0))? {
                [Extent::Fixed(x), Extent::Fixed(y), Extent::Fixed(0)] => ([x, y], node.span),
                _ => {
                    let diagnostic = Diagnostic::new(Code::BadLength, node.span, "an image has two dimensions");
                    self.report(diagnostic.help("write `origin=[x y]`"));
                    return None;
                }
            },
        };
        let node = obj.get("source")?;
        Some(ImageSide { span: node.span, source: source(node)?, origin, is_flipped: obj.bool("flipY").unwrap_or(false) })
    }

    /// Width and height of what is left of an image from the origin on; `None` for a video, whose size is not known.
    fn rest_of_image(&self, side: &ImageSide) -> Option<[Extent; 3]> {
        let ImageSource::Image(id) = side.source else { return None };
        let (width, height) = self.scene.image(id)?.size;
        let rest = |extent: u32, origin: u32| Extent::Fixed(extent.saturating_sub(origin));
        Some([rest(width, side.origin.0[0]), rest(height, side.origin.0[1]), Extent::Fixed(1)])
    }

    pub(super) fn copy_image(&mut self, obj: &Obj) -> Option<Action> {
        let source = obj.get("source").and_then(|node| self.image_side(node));
        let destination = obj.obj("destination").and_then(|side| Some((self.texture_side(side)?, side)));
        let (source, (destination, side)) = (source?, destination?);
        let is_premultiplied = side.bool("premultipliedAlpha").unwrap_or(false);
        // Nothing is said but what and where to: one short command, and the host knows the size.
        let is_plain = source.origin.0 == [0, 0]
            && !source.is_flipped
            && !is_premultiplied
            && obj.get("copySize").is_none()
            && ["origin", "mipLevel", "aspect"].iter().all(|name| side.get(name).is_none());
        if let (ImageSource::Video(video), Some(_), true) = (source.source, destination.texture, is_plain) {
            return Some(Action::CopyVideo { span: obj.span, video, destination });
        }
        let rest = match source.source {
            ImageSource::Image(_) => Some(self.rest_of_image(&source)?),
            ImageSource::Video(_) => None,
        };
        let (size, size_span) = self.size(obj, "copySize", &destination, |_, most| {
            let mut out = [most[0], most[1], Extent::Fixed(1)];
            for (slot, rest) in out.iter_mut().zip(rest.into_iter().flatten()) {
                *slot = smaller(*slot, rest)?;
            }
            Some(out)
        })?;
        let copy = TexelCopy { span: obj.span, source, destination, size, size_span };
        Some(Action::CopyImage { copy, is_premultiplied })
    }
}
