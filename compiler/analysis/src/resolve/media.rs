//! `#imageBitmap` and `#video`: what the compiler has to know of them. Source: language reference, sections 9.10, 9.23, 18.4 and 18.5.

use super::data::Place;
use super::eval::{Affine, Reported};
use super::{Resolver, Target};
use crate::data::image::{self, ImageError};
use crate::data::video;
use crate::language::{self, Chosen, Ns, VideoSource};
use crate::limits::MAX_ALIAS_DEPTH;
use pngine_format::limits::{IMAGE_PIXELS, IMAGES_PIXELS};
use pngine_scene::{Bytes, Content, Data, Size, VideoFile};
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::{Span, Spanned};
use pngine_syntax::tree::{Value, ValueKind};

impl Resolver<'_> {
    /// `image.width` and `image.height`; `None` if the first word names no image.
    pub(super) fn image_extent(&mut self, name: &str, field: &str, span: Span) -> Option<Result<Affine, Reported>> {
        let index = self.names.lookup(Ns::ImageBitmap, name)?;
        self.notes.refer_to(Ns::ImageBitmap, index, name, span);
        if !matches!(field, "width" | "height") {
            let message = format!("`#imageBitmap {name}` has no `{field}`");
            let diagnostic = Diagnostic::new(Code::UnknownPath, span, message);
            self.notes.report(diagnostic.help(format!("there are `{name}.width` and `{name}.height`")));
            return Some(Err(Reported));
        }
        let side = if field == "width" { "width" } else { "height" };
        self.notes.refer(Target::Predeclared(side), field, span);
        let size = self.image_size(index);
        Some(
            size.map(|(width, height)| Affine::constant(f64::from(if field == "width" { width } else { height })))
                .ok_or(Reported),
        )
    }

    /// The size of an `#imageBitmap`; `None` if it has none, which is or will be reported at its declaration.
    pub(super) fn image_size(&mut self, index: usize) -> Option<Size> {
        if let Some(known) = self.images.get(&index) {
            return *known;
        }
        let declaration = self.names.declaration(Ns::ImageBitmap, index);
        let property = language::ImageBitmap::image.written(language::ImageBitmap::SHAPE, declaration.body)?;
        let data = self.data_named(&property.value)?;
        let size = self.decoded(data, property.value.span);
        self.images.insert(index, size);
        size
    }

    /// The `#data` that a value names, in whichever way; says nothing if there is none.
    fn data_named(&self, value: &Value) -> Option<usize> {
        let mut value = value;
        for _ in 0..MAX_ALIAS_DEPTH {
            let name = match &value.kind {
                ValueKind::Ident(name) => name.as_str(),
                ValueKind::Str(text) => text.rsplit('.').next().unwrap_or(text),
                ValueKind::Ref(words) => &words.last()?.name,
                _ => return None,
            };
            if let Some(index) = self.names.lookup(Ns::Data, name) {
                return Some(index);
            }
            value = self.names.define(name)?.value;
        }
        None
    }

    /// The size of the image in a `#data`, which is decoded once, however many `#imageBitmap`s it has.
    fn decoded(&mut self, data: usize, span: Span) -> Option<Size> {
        if let Some(known) = self.decoded.get(&data) {
            return *known;
        }
        let declared = self.names.declaration(Ns::Data, data);
        if !self.ensure_data(data) {
            let message = format!("the image in `#data {}` needs its own size", declared.name);
            self.notes.report(
                Diagnostic::new(Code::DefineCycle, span, message)
                    .also(declared.name_span, "declared here")
                    .help("write the number that it stands for"),
            );
            return None;
        }
        if self.data.get(data).and_then(Place::data).is_some_and(Data::is_called) {
            let message = format!("`#data {}` is made when the scene is loaded, and images are decoded before", declared.name);
            self.notes.report(Diagnostic::new(Code::UnknownImage, span, message).also(declared.name_span, "declared here"));
            self.decoded.insert(data, None);
            return None;
        }
        let bytes = match self.data.get(data).and_then(Place::data).map(|data| &data.content) {
            Some(Content::Bytes(bytes)) => Some(bytes.clone()),
            Some(Content::Call { .. }) | None => None,
        };
        let size = bytes.and_then(|bytes| self.decode_image(&bytes, declared.name, declared.name_span, span));
        self.decoded.insert(data, size);
        size
    }

    /// The size of an image, which is decoded once, in however many `#data` it is. A host counts its pixels once too.
    fn decode_image(&mut self, bytes: &Bytes, name: &str, name_span: Span, span: Span) -> Option<Size> {
        if let Some(known) = self.decoded_bytes.get(bytes) {
            return *known;
        }
        let decoded = self.decoded_bytes.values().flatten().map(|(width, height)| u64::from(*width) * u64::from(*height)).sum();
        let left = u64::from(IMAGES_PIXELS).saturating_sub(decoded);
        let most = left.min(u64::from(IMAGE_PIXELS));
        let result = self.memo.image(bytes, most).map_or_else(|| image::size(bytes, most), Ok);
        if let Ok(size) = &result {
            self.memo.keep_image(bytes, *size);
        }
        self.decoded_bytes.insert(bytes.clone(), result.as_ref().ok().copied());
        let diagnostic = match result {
            Ok(size) => return Some(size),
            Err(ImageError::Unknown(what)) => {
                let message = match what {
                    Some(what) => format!("`#data {name}` is not an image: it is {what}"),
                    None => format!("`#data {name}` is not an image that all browsers and hosts decode"),
                };
                Diagnostic::new(Code::UnknownImage, span, message).help("images are PNG, JPEG or WebP, told by their content")
            }
            Err(ImageError::Damaged(reason)) => {
                let message = format!("the image in `#data {name}` cannot be decoded: {reason}");
                Diagnostic::new(Code::DamagedImage, span, message).help("save the image again, or get the original file")
            }
            Err(ImageError::TooLarge { pixels, .. }) if pixels > u64::from(IMAGE_PIXELS) => {
                let message = format!("the image in `#data {name}` has {pixels} pixels, and hosts decode at most {IMAGE_PIXELS}");
                Diagnostic::new(Code::ImageTooLarge, span, message).help("make it smaller, or cut it into several images")
            }
            Err(ImageError::TooLarge { .. }) => {
                if std::mem::replace(&mut self.has_too_many_pixels, true) {
                    return None;
                }
                let message =
                    format!("with this one, the images of the scene have more than the {IMAGES_PIXELS} pixels that hosts decode");
                Diagnostic::new(Code::ImageTooLarge, span, message).help("make them smaller")
            }
        };
        self.notes.report(diagnostic.also(name_span, "declared here"));
        None
    }

    /// Reads the file of a `#video`.
    pub(super) fn video(&mut self, video: &language::Video, name: &str, name_span: Span) -> Option<VideoFile> {
        let (path, span) = match video.files.as_slice() {
            [one] => match &one.value {
                VideoSource::File(path) | VideoSource::Url(path) => (path.as_ref()?, one.span),
            },
            [] => {
                if !video.at.is_incomplete {
                    self.notes.report(
                        Diagnostic::new(Code::MissingProperty, name_span, format!("`#video {name}` has no file"))
                            .help("write `file=\"…\"`"),
                    );
                }
                return None;
            }
            several => {
                let span_of = |is: fn(&VideoSource) -> bool| several.iter().find(|one| is(&one.value)).map(Chosen::prop_span);
                let file = span_of(|source| matches!(source, VideoSource::File(_)))?;
                let url = span_of(|source| matches!(source, VideoSource::Url(_)))?;
                self.notes.report(
                    Diagnostic::new(Code::Conflict, url, format!("`#video {name}` has both `file` and `url`"))
                        .also(file, "the first one")
                        .help("leave one of them out"),
                );
                return None;
            }
        };
        let bytes = self.video_file(path, span)?;
        let container = match video::container(&bytes) {
            Ok(container) => container,
            Err(what) => {
                let message = match what {
                    Some(what) => format!("`{path}` is not a video that browsers play: it is {what}"),
                    None => format!("`{path}` is not a video that browsers play"),
                };
                let diagnostic = Diagnostic::new(Code::UnknownVideo, span, message);
                self.notes.report(diagnostic.help("videos are WebM or MP4, told by their content"));
                return None;
            }
        };
        if let Some(Spanned { value: mime, span: written }) = video.mime.found()
            && !mime.split(';').next().is_some_and(|ty| ty.trim().eq_ignore_ascii_case(container.mime()))
        {
            let message = format!("`{path}` is {}, whatever is written here", container.mime());
            self.notes.report(Diagnostic::new(Code::NoEffect, written, message).help("leave `mime` out"));
        }
        Some(VideoFile { bytes, container })
    }

    /// The bytes of a file, which any number of videos may name.
    fn video_file(&mut self, path: &str, span: Span) -> Option<Bytes> {
        let key = (self.names.sources().file(span.file).directory.clone(), path.to_string());
        if let Some(known) = self.video_files.get(&key) {
            return Some(known.clone());
        }
        let bytes = Bytes::new(self.file(path, span)?);
        self.video_files.insert(key, bytes.clone());
        Some(bytes)
    }
}
