//! Images and videos as far as pngine needs them: what they are, by their content, and that their frame is whole. Pixels are for others.
//!
//! A browser decides by the first bytes what it was given, whatever it is called, and a video element plays more than videos: handed a
//! playlist, it sends requests to whatever addresses stand in it. So nothing goes to a decoder that is not what it should be.
//!
//! Sources: PNG specification, third edition; ITU-T T.81 (JPEG), annex B; RFC 9649 (WebP); RFC 8794 and 9559 (EBML, Matroska);
//! ISO/IEC 14496-12 (MP4); RFC 3533 (Ogg).

use crate::Reader;
use crate::png;

/// Widest and highest image, in pixels. Source: libpng's default, which browsers keep; JPEG and WebP cannot say as much.
pub const MAX_IMAGE_EXTENT: u32 = 1_000_000;

/// A format of images that every browser and host decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the formats of these names")]
pub enum ImageFormat {
    Png,
    Jpeg,
    WebP,
}

/// What the header of an image says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageHeader {
    /// Its format.
    pub format: ImageFormat,
    /// Pixels in a row, as they are stored, 1 to [`MAX_IMAGE_EXTENT`].
    pub width: u32,
    /// Rows, as they are stored, 1 to [`MAX_IMAGE_EXTENT`].
    pub height: u32,
}

impl ImageHeader {
    /// How many pixels it has.
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// Why bytes are no image that browsers decode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFault {
    /// Neither PNG nor JPEG nor WebP.
    Unknown,
    /// One of them, and damaged: what is wrong, as a phrase.
    Damaged(&'static str),
}

impl core::fmt::Display for ImageFault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            ImageFault::Unknown => write!(f, "it is neither a PNG nor a JPEG nor a WebP"),
            ImageFault::Damaged(reason) => write!(f, "{reason}"),
        }
    }
}

impl core::error::Error for ImageFault {}

const CUT_OFF: ImageFault = ImageFault::Damaged("it is cut off");

/// Recognises an image by its content, and checks what browsers check before they show it: that it goes on to its end. What is inside
/// may still be damaged.
///
/// # Errors
/// See [`ImageFault`].
pub fn image(bytes: &[u8]) -> Result<ImageHeader, ImageFault> {
    let (format, (width, height)) = if bytes.starts_with(&png::SIGNATURE) {
        (ImageFormat::Png, png_size(bytes)?)
    } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        (ImageFormat::Jpeg, jpeg_size(bytes)?)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        (ImageFormat::WebP, webp_size(bytes)?)
    } else {
        return Err(ImageFault::Unknown);
    };
    if width == 0 || height == 0 {
        return Err(ImageFault::Damaged("it has no pixels"));
    }
    if width > MAX_IMAGE_EXTENT || height > MAX_IMAGE_EXTENT {
        return Err(ImageFault::Damaged("it is wider or higher than a million pixels"));
    }
    Ok(ImageHeader { format, width, height })
}

/// Browsers ask for the start of a chunk behind the last `IDAT`, most often that of `IEND`, and for no more: not for its checksum, nor
/// for those of ancillary chunks. The other checksums are the decoder's to check.
fn png_size(bytes: &[u8]) -> Result<(u32, u32), ImageFault> {
    let big = |bytes: &[u8], at: usize| bytes.get(at..)?.first_chunk().map(|four| u32::from_be_bytes(*four));
    let mut size = None;
    let mut has_data = false;
    let mut at = png::SIGNATURE.len();
    loop {
        let len = big(bytes, at).ok_or(CUT_OFF)? as usize;
        let kind = bytes.get(at + 4..at + 8).ok_or(CUT_OFF)?;
        let data = bytes.get(at + 8..).unwrap_or_default();
        match (kind, size) {
            (b"CgBI", None) => {
                return Err(ImageFault::Damaged("it is a PNG that Xcode has made for iPhones, which no browser shows"));
            }
            (b"IHDR", None) => size = Some(big(data, 0).zip(big(data, 4)).ok_or(CUT_OFF)?),
            (_, None) => return Err(ImageFault::Damaged("its first chunk is not IHDR")),
            (b"IDAT", Some(_)) => has_data = true,
            (kind, Some(size)) if has_data || kind == b"IEND" => return Ok(size),
            (_, Some(_)) => {}
        }
        if len > data.len() {
            return Err(CUT_OFF);
        }
        at += png::EMPTY_CHUNK_SIZE + len;
    }
}

/// Browsers ask for the end marker, behind which anything may stand.
fn jpeg_size(bytes: &[u8]) -> Result<(u32, u32), ImageFault> {
    let mut reader = Reader::new(bytes);
    // The start marker.
    reader.take(2).ok_or(CUT_OFF)?;
    let mut size = None;
    loop {
        // Whatever stands in front of a marker is skipped: entropy-coded data, in which a byte 0xFF has a 0 behind it, restart
        // markers, and fill bytes.
        while reader.u8().ok_or(CUT_OFF)? != 0xFF {}
        let marker = loop {
            match reader.u8().ok_or(CUT_OFF)? {
                0xFF => {}
                marker => break marker,
            }
        };
        match marker {
            // Stuffing, TEM, RST0 to RST7, and a start marker, none of which has a length.
            0x00 | 0x01 | 0xD0..=0xD8 => {}
            0xD9 => return size.ok_or(ImageFault::Damaged("it has no frame")),
            marker => {
                let len = reader.take(2).and_then(|two| two.first_chunk()).map(|two| u16::from_be_bytes(*two)).ok_or(CUT_OFF)?;
                let len = usize::from(len).checked_sub(2).ok_or(ImageFault::Damaged("a segment of it has no length"))?;
                let segment = reader.take(len).ok_or(CUT_OFF)?;
                // SOF0 to SOF15 without DHT, JPG and DAC, which lie between them.
                if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) && size.is_none() {
                    let [_, h0, h1, w0, w1, ..] = *segment else { return Err(CUT_OFF) };
                    size = Some((u32::from(u16::from_be_bytes([w0, w1])), u32::from(u16::from_be_bytes([h0, h1]))));
                }
            }
        }
    }
}

/// Browsers ask for a file as long as it says, whose chunks fill it. What stands behind it is ignored.
fn webp_size(bytes: &[u8]) -> Result<(u32, u32), ImageFault> {
    let mut reader = Reader::new(bytes);
    reader.take(4).ok_or(CUT_OFF)?;
    let size = reader.u32().ok_or(CUT_OFF)?;
    let mut chunks = Reader::new(reader.take(size as usize).ok_or(CUT_OFF)?);
    chunks.take(4).ok_or(CUT_OFF)?;
    let mut found = None;
    while !chunks.is_empty() {
        let kind = chunks.take(4).ok_or(CUT_OFF)?;
        let len = chunks.u32().ok_or(CUT_OFF)?;
        let data = chunks.take(len as usize).ok_or(CUT_OFF)?;
        if len % 2 == 1 {
            chunks.u8().ok_or(CUT_OFF)?;
        }
        let little = |at: usize| data.get(at..at + 2)?.first_chunk().map(|two| u32::from(u16::from_le_bytes(*two)));
        let found_here = match kind {
            // A frame tag of three bytes, a start code of three, then both extents in 14 bits each. Source: RFC 6386, 9.1.
            b"VP8 " => little(6).zip(little(8)).map(|(width, height)| (width & 0x3FFF, height & 0x3FFF)),
            // A signature of one byte, then both extents less one in 14 bits each. Source: RFC 9649, 3.4.
            b"VP8L" => little(1).zip(little(3)).map(|(low, high)| {
                let bits = low | high << 16;
                ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
            }),
            // Flags of four bytes, then both extents less one in 24 bits each. Source: RFC 9649, 2.7.1.
            b"VP8X" => {
                let wide = |at: usize| Some(little(at)? | u32::from(*data.get(at + 2)?) << 16);
                wide(4).zip(wide(7)).map(|(width, height)| (width + 1, height + 1))
            }
            _ => continue,
        };
        // A canvas comes first, and counts.
        found = found.or(Some(found_here.ok_or(CUT_OFF)?));
    }
    found.ok_or(ImageFault::Damaged("it has no image"))
}

/// A container of videos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the containers of these names")]
pub enum Container {
    WebM,
    Mp4,
    Ogg,
}

impl Container {
    /// Its media type.
    pub const fn mime(self) -> &'static str {
        match self {
            Container::WebM => "video/webm",
            Container::Mp4 => "video/mp4",
            Container::Ogg => "video/ogg",
        }
    }

    /// The container of a file. A WebM starts with an EBML header whose document type is `webm`, an MP4 with a box of the type `ftyp`,
    /// an Ogg with a page. An MP4 must have all its data in itself: it may name other files to read them from.
    ///
    /// # Errors
    /// What it is instead, if that can be told.
    pub fn of(bytes: &[u8]) -> Result<Self, Option<&'static str>> {
        /// Bytes in which the document type stands; headers in the wild have about 40.
        const HEADER: usize = 256;
        if bytes.starts_with(&[0x1A, 0x45, 0xDF, 0xA3]) {
            let header = &bytes[..bytes.len().min(HEADER)];
            // The element DocType: its id, its length with the marker bit, the text.
            return match header.windows(3).position(|window| window[..2] == [0x42, 0x82] && window[2] >= 0x80) {
                Some(at) if header[at + 3..].starts_with(b"webm") => Ok(Container::WebM),
                Some(at) if header[at + 3..].starts_with(b"matroska") => Err(Some("a Matroska file that is not a WebM")),
                _ => Err(Some("a damaged WebM")),
            };
        }
        match bytes.get(4..12) {
            Some([b'f', b't', b'y', b'p', b'q', b't', b' ', b' ']) => Err(Some("a QuickTime file")),
            Some([b'f', b't', b'y', b'p', ..]) if names_other_files(bytes, 0) => {
                Err(Some("an MP4 whose data lie in other files"))
            }
            Some([b'f', b't', b'y', b'p', ..]) => Ok(Container::Mp4),
            _ if bytes.starts_with(b"OggS\0") => Ok(Container::Ogg),
            _ if bytes.starts_with(b"RIFF") => Err(Some("a RIFF file, such as AVI")),
            _ if bytes.starts_with(b"GIF8") => Err(Some("a GIF")),
            _ if is_playlist(bytes) => Err(Some("a playlist of other files")),
            _ if core::str::from_utf8(bytes).is_ok() => Err(Some("text")),
            _ => Err(None),
        }
    }
}

/// Whether it is an HLS or DASH playlist. Sources: RFC 8216, 4.3.1.1; ISO/IEC 23009-1.
fn is_playlist(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    start.starts_with(b"#EXTM3U") || start.starts_with(b"<MPD") || start.windows(4).take(1024).any(|window| window == b"<MPD")
}

/// Deepest box that is looked into: `moov/trak/mdia/minf/dinf/dref`.
const MAX_BOX_DEPTH: usize = 6;

/// Whether a box among these, or in one of them, says that data lie in another file: an entry of `dref` whose flag "in the same file" is
/// not set, or a list of other movies. What is damaged is the decoder's to refuse. Source: ISO/IEC 14496-12, 8.7.2.
fn names_other_files(boxes: &[u8], depth: usize) -> bool {
    let mut reader = Reader::new(boxes);
    let big = |reader: &mut Reader<'_>| reader.take(4).and_then(|four| four.first_chunk()).map(|four| u32::from_be_bytes(*four));
    while let Some(size) = big(&mut reader) {
        let Some(kind) = reader.take(4) else { return false };
        let rest = reader.remaining();
        let len = match size {
            // To the end.
            0 => Some(rest),
            // In eight bytes that follow; those below are counted from the start of the box.
            1 => match (big(&mut reader), big(&mut reader)) {
                (Some(0), Some(low)) => (low as usize).checked_sub(16),
                (Some(_), Some(_)) => Some(rest),
                _ => None,
            },
            size => (size as usize).checked_sub(8),
        };
        let Some(len) = len else { return false };
        let Some(content) = reader.take(len.min(reader.remaining())) else { return false };
        let found = match kind {
            b"moov" | b"trak" | b"mdia" | b"minf" | b"dinf" => depth < MAX_BOX_DEPTH && names_other_files(content, depth + 1),
            // Version and flags, the number of entries, then boxes with version and flags of their own.
            b"dref" => {
                let mut entries = Reader::new(content.get(8..).unwrap_or_default());
                let mut outside = false;
                while let (Some(size), Some(_kind), Some(flags)) = (big(&mut entries), entries.take(4), big(&mut entries)) {
                    outside |= flags & 1 == 0;
                    if entries.take((size as usize).saturating_sub(12)).is_none() || size < 12 {
                        break;
                    }
                }
                outside
            }
            b"rmra" => true,
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_recognised_by_their_first_bytes() {
        let webm = b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\xF7\x81\x01\x42\x82\x84webm\x42\x87\x81\x04";
        assert_eq!(Container::of(webm), Ok(Container::WebM));
        assert_eq!(Container::of(b"\0\0\0\x18ftypmp42\0\0\0\0"), Ok(Container::Mp4));
        assert_eq!(Container::of(b"OggS\0\x02"), Ok(Container::Ogg));
        assert_eq!(Container::of(b"\0\0\0\x18ftypqt  \0\0\0\0"), Err(Some("a QuickTime file")));
        assert_eq!(Container::of(b"\x1A\x45\xDF\xA3\x42\x82\x88matroska"), Err(Some("a Matroska file that is not a WebM")));
        assert_eq!(Container::of(b"\x1A\x45\xDF\xA3"), Err(Some("a damaged WebM")));
        assert_eq!(Container::of(b"\xFF\xFE"), Err(None));
        assert_eq!(Container::of(b""), Err(Some("text")));
    }

    #[test]
    fn playlists_are_no_videos() {
        for playlist in [
            &b"#EXTM3U\n#EXTINF:10,\nhttp://other/x?1\n#EXT-X-ENDLIST\n"[..],
            b"\xEF\xBB\xBF#EXTM3U\r\nhttps://other/\r\n",
            b"\n\n #EXTM3U\n",
            b"<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><BaseURL>http://other/</BaseURL></MPD>",
        ] {
            assert_eq!(Container::of(playlist), Err(Some("a playlist of other files")));
        }
        for other in
            [&b"[playlist]\nFile1=http://other/"[..], b"http://other/x.mp4", b"<smil><video src='http://other/'/></smil>"]
        {
            assert_eq!(Container::of(other), Err(Some("text")));
        }
    }

    #[test]
    fn an_mp4_has_its_data_in_itself() {
        fn with(kind: &[u8; 4], content: &[u8], out: &mut [u8]) -> usize {
            let len = content.len() + 8;
            out[..4].copy_from_slice(&(len as u32).to_be_bytes());
            out[4..8].copy_from_slice(kind);
            out[8..len].copy_from_slice(content);
            len
        }
        let mp4 = |flags: u8, entry: &[u8; 4], check: &dyn Fn(&[u8])| {
            let mut inner = [0; 200];
            let mut outer = [0; 200];
            // Version and flags, one entry: version and flags, an address.
            let len = with(entry, &[0, 0, 0, flags, b'h', b't', b't', b'p', 0], &mut outer);
            inner[..8].copy_from_slice(&[0, 0, 0, 0, 0, 0, 0, 1]);
            inner[8..8 + len].copy_from_slice(&outer[..len]);
            let mut content = inner;
            let mut len = 8 + len;
            for kind in [b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"] {
                let mut next = [0; 200];
                len = with(kind, &content[..len], &mut next);
                content = next;
            }
            let mut file = [0; 216];
            file[..16].copy_from_slice(b"\0\0\0\x10ftypisom\0\0\0\0");
            file[16..16 + len].copy_from_slice(&content[..len]);
            check(&file[..16 + len]);
        };
        for entry in [b"url ", b"urn ", b"alis"] {
            mp4(1, entry, &|file| assert_eq!(Container::of(file), Ok(Container::Mp4)));
            mp4(0, entry, &|file| {
                assert_eq!(Container::of(file), Err(Some("an MP4 whose data lie in other files")));
                for cut in 16..file.len() {
                    let _ = Container::of(&file[..cut]);
                }
            });
        }
    }

    #[test]
    fn headers_are_read_and_ends_are_asked_for() {
        let jpeg: &[u8] = b"\xFF\xD8\xFF\xE0\0\x04JF\xFF\xC0\0\x0B\x08\0\x1E\0\x28\x01\x01\x11\0\xFF\xDA\0\x02\x01\xFF\0\xFF\xD0\x02\xFF\xFF\xD9";
        let webp: &[u8] = b"RIFF\x16\0\0\0WEBPVP8 \x0A\0\0\0\0\0\0\x9D\x01\x2A\x28\0\x1E\0";
        let png: &[u8] = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x28\0\0\0\x1E\x08\0\0\0\0crc!\0\0\0\0IEND";
        for (format, bytes) in [(ImageFormat::Jpeg, jpeg), (ImageFormat::WebP, webp), (ImageFormat::Png, png)] {
            assert_eq!(image(bytes), Ok(ImageHeader { format, width: 40, height: 30 }));
            for cut in 12..bytes.len() {
                assert_eq!(image(&bytes[..cut]), Err(CUT_OFF), "{format:?} cut to {cut}");
            }
        }
        for other in [&b""[..], b"GIF89a", b"<svg/>", b"\0\0\0\x1CftypavifXXXX", b"BM", b"RIFF\0\0\0\0AVI "] {
            assert_eq!(image(other), Err(ImageFault::Unknown));
        }
        let xcode = image(b"\x89PNG\r\n\x1A\n\0\0\0\x04CgBI\x50\0\x20\x02crc!");
        assert!(matches!(xcode, Err(ImageFault::Damaged(reason)) if reason.contains("Xcode")));
    }
}
