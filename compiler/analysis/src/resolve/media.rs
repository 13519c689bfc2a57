//! `#imageBitmap` and `#video`: what the compiler has to know of them. Source: language reference, sections 9.10, 9.23, 18.4 and 18.5.

use super::files::Files;
use super::names::{Declaration, Names};
use super::notes::Notes;
use crate::data::image::{self, ImageError};
use crate::data::video;
use crate::language::{self, Chosen, Ns, VideoSource};
use crate::limits::MAX_ALIAS_DEPTH;
use crate::memo::Memo;
use pngine_format::limits::{IMAGE_PIXELS, IMAGES_PIXELS};
use pngine_scene::{Bytes, Content, Data, Size, VideoFile};
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::{Span, Spanned};
use pngine_syntax::tree::ValueKind;
use std::collections::BTreeMap;

/// The sizes of images.
#[derive(Default)]
pub(super) struct Images {
    /// Those of `#imageBitmap`s and of the images in `#data` that were asked for; `None` for a mistake, which is reported.
    pub of_bitmaps: BTreeMap<usize, Option<Size>>,
    pub of_data: BTreeMap<usize, Option<Size>>,
    /// That of every image that was decoded, by its bytes; `None` for those that cannot be.
    decoded: BTreeMap<Bytes, Option<Size>>,
    /// Whether it was said that the images have too many pixels together.
    has_too_many_pixels: bool,
}

/// The `#data` that an `#imageBitmap` names, in whichever way, and where; says nothing if there is none.
pub(super) fn image_data(names: &Names<'_>, image: usize) -> Option<(usize, Span)> {
    let body = names.declaration(Ns::ImageBitmap, image).body;
    let written = &language::ImageBitmap::image.written(language::ImageBitmap::SHAPE, body)?.value;
    let mut value = written;
    for _ in 0..MAX_ALIAS_DEPTH {
        let name = match &value.kind {
            ValueKind::Ident(name) => name.as_str(),
            ValueKind::Str(text) => text.rsplit('.').next().unwrap_or(text),
            ValueKind::Ref(words) => &words.last()?.name,
            _ => return None,
        };
        if let Some(index) = names.lookup(Ns::Data, name) {
            return Some((index, written.span));
        }
        value = names.define(name)?.value;
    }
    None
}

impl Images {
    /// The size of the image in a `#data`, which is made; `None` if there is none, which is reported. `span` is where it is named.
    pub fn of(&mut self, (index, data): (usize, Option<&Data>), span: Span, memo: &Memo, notes: &mut Notes<'_>) -> Option<Size> {
        let declared = notes.names.declaration(Ns::Data, index);
        let size = match data.map(|data| &data.content) {
            Some(Content::Bytes(bytes)) => self.decode(bytes, declared, span, memo, notes),
            Some(Content::Call { .. }) => {
                let message =
                    format!("`#data {}` is made when the scene is loaded, and images are decoded before", declared.name);
                notes.report(Diagnostic::new(Code::UnknownImage, span, message).also(declared.name_span, "declared here"));
                None
            }
            None => None,
        };
        self.of_data.insert(index, size);
        size
    }

    /// The size of an image, which is decoded once, in however many `#data` it is. A host counts its pixels once too.
    fn decode(
        &mut self,
        bytes: &Bytes,
        Declaration { name, name_span, .. }: Declaration<'_>,
        span: Span,
        memo: &Memo,
        notes: &mut Notes<'_>,
    ) -> Option<Size> {
        if let Some(known) = self.decoded.get(bytes) {
            return *known;
        }
        let decoded = self.decoded.values().flatten().map(|(width, height)| u64::from(*width) * u64::from(*height)).sum();
        let left = u64::from(IMAGES_PIXELS).saturating_sub(decoded);
        let most = left.min(u64::from(IMAGE_PIXELS));
        let result = memo.image(bytes, most).map_or_else(|| image::size(bytes, most), Ok);
        if let Ok(size) = &result {
            memo.keep_image(bytes, *size);
        }
        self.decoded.insert(bytes.clone(), result.as_ref().ok().copied());
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
        notes.report(diagnostic.also(name_span, "declared here"));
        None
    }
}

/// The files of `#video`s, by the directory that names them and the path: each is read once, and held once.
#[derive(Default)]
pub(super) struct Videos {
    read: BTreeMap<(String, String), Bytes>,
}

impl Videos {
    /// Reads the file of a `#video`.
    pub fn video(
        &mut self,
        video: &language::Video,
        &Declaration { name, name_span, .. }: &Declaration<'_>,
        files: Files<'_>,
        notes: &mut Notes<'_>,
    ) -> Option<VideoFile> {
        let (path, span) = match video.files.as_slice() {
            [one] => match &one.value {
                VideoSource::File(path) | VideoSource::Url(path) => (path.as_ref()?, one.span),
            },
            [] => {
                if !video.at.is_incomplete {
                    notes.report(
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
                notes.report(
                    Diagnostic::new(Code::Conflict, url, format!("`#video {name}` has both `file` and `url`"))
                        .also(file, "the first one")
                        .help("leave one of them out"),
                );
                return None;
            }
        };
        let bytes = self.file(path, span, files, notes)?;
        let container = match video::container(&bytes) {
            Ok(container) => container,
            Err(what) => {
                let message = match what {
                    Some(what) => format!("`{path}` is not a video that browsers play: it is {what}"),
                    None => format!("`{path}` is not a video that browsers play"),
                };
                let diagnostic = Diagnostic::new(Code::UnknownVideo, span, message);
                notes.report(diagnostic.help("videos are WebM or MP4, told by their content"));
                return None;
            }
        };
        if let Some(Spanned { value: mime, span: written }) = video.mime.found()
            && !mime.split(';').next().is_some_and(|ty| ty.trim().eq_ignore_ascii_case(container.mime()))
        {
            let message = format!("`{path}` is {}, whatever is written here", container.mime());
            notes.report(Diagnostic::new(Code::NoEffect, written, message).help("leave `mime` out"));
        }
        Some(VideoFile { bytes, container })
    }

    /// The bytes of a file, which any number of videos may name.
    fn file(&mut self, path: &str, span: Span, files: Files<'_>, notes: &mut Notes<'_>) -> Option<Bytes> {
        let key = (files.sources.file(span.file).directory.clone(), path.to_string());
        if let Some(known) = self.read.get(&key) {
            return Some(known.clone());
        }
        let bytes = Bytes::new(files.read(path, span, notes)?);
        self.read.insert(key, bytes.clone());
        Some(bytes)
    }
}
