//! Images and videos.

use super::{Lowerer, named};
use crate::data::image::Size;
use crate::diag::{Code, Diagnostic};
use crate::resolve::{Object, Val, VideoFile};
use crate::scene::*;
use crate::schema::Ns;

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
}
