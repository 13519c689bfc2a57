//! Videos: the container is recognised by its content; what is in it, the host decodes.

/// A container that browsers play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the containers of these names")]
pub enum Container {
    WebM,
    Mp4,
}

impl Container {
    /// Its media type.
    pub const fn mime(self) -> &'static str {
        match self {
            Container::WebM => "video/webm",
            Container::Mp4 => "video/mp4",
        }
    }

    /// The container of a file. Sources: RFC 8794 and 9559 (a WebM starts with an EBML header whose document type is `webm`);
    /// ISO/IEC 14496-12 (an MP4 starts with a box of the type `ftyp`).
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
                Some(at) if header[at + 3..].starts_with(b"matroska") => Err(Some("a Matroska file that is no WebM")),
                _ => Err(Some("a damaged WebM")),
            };
        }
        match bytes.get(4..12) {
            Some([b'f', b't', b'y', b'p', b'q', b't', b' ', b' ']) => Err(Some("a QuickTime file")),
            Some([b'f', b't', b'y', b'p', ..]) => Ok(Container::Mp4),
            _ if bytes.starts_with(b"RIFF") => Err(Some("a RIFF file, such as AVI")),
            _ if bytes.starts_with(b"OggS") => Err(Some("an Ogg file")),
            _ if bytes.starts_with(b"GIF8") => Err(Some("a GIF")),
            _ if std::str::from_utf8(bytes).is_ok() => Err(Some("text")),
            _ => Err(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_recognised_by_their_first_bytes() {
        let webm = b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\xF7\x81\x01\x42\x82\x84webm\x42\x87\x81\x04";
        assert_eq!(Container::of(webm), Ok(Container::WebM));
        assert_eq!(Container::of(b"\0\0\0\x18ftypmp42\0\0\0\0"), Ok(Container::Mp4));
        assert_eq!(Container::of(b"\0\0\0\x18ftypqt  \0\0\0\0"), Err(Some("a QuickTime file")));
        assert_eq!(Container::of(b"\x1A\x45\xDF\xA3\x42\x82\x88matroska"), Err(Some("a Matroska file that is no WebM")));
        assert_eq!(Container::of(b"\x1A\x45\xDF\xA3"), Err(Some("a damaged WebM")));
        assert_eq!(Container::of(b"\xFF\xFE"), Err(None));
        assert_eq!(Container::of(b""), Err(Some("text")));
    }
}
