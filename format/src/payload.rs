//! The payload, version 5: a header of 42 bytes, then executor, bytecode, string table, data and extensions.

use crate::Reader;

/// First four bytes.
pub const MAGIC: [u8; 4] = *b"PNGB";
/// The version that this crate reads and writes.
pub const VERSION: u16 = 5;
/// Bytes of the header.
pub const HEADER_SIZE: usize = 42;

/// Flag bits of the header.
pub mod flag {
    /// The payload carries its executor.
    pub const EMBEDDED_EXECUTOR: u16 = 1;
    /// There is an extension with tag 1.
    pub const ANIMATION_TABLE: u16 = 2;
    /// There are extensions.
    pub const EXTENSIONS: u16 = 4;
}

/// What a payload is: who reads its bytecode. The executor runs it, so hosts need not know; tools know by it what to print.
pub mod kind {
    /// A scene: the bytecode is that of [`crate::bytecode`].
    pub const SCENE: u8 = 0;
}

/// Extension tags. 128 to 255 are free for others.
pub mod tag {
    /// The timeline's scenes.
    pub const ANIMATION: u8 = 1;
    /// Uniforms that a host may set by name.
    pub const UNIFORMS: u8 = 2;
    /// Required and optional features, required limits.
    pub const DEVICE: u8 = 3;
    /// Canvas configuration.
    pub const CANVAS: u8 = 4;
    /// UTF-8 JSON about the scene.
    pub const META: u8 = 5;
    /// Resource and command origins.
    pub const SOURCE_MAP: u8 = 6;
    /// The scene's source text.
    pub const SOURCE: u8 = 7;
    /// What a host may read back.
    pub const READBACK: u8 = 8;
    /// Audio.
    pub const AUDIO: u8 = 9;
    /// A varint: bytes of command buffer that the scene needs, where that is more than 64 KiB.
    pub const COMMAND_CAPACITY: u8 = 10;
    /// What hosts show of the uniforms that they may set, and what these begin with.
    pub const CONTROLS: u8 = 11;
    /// Names and meanings of all tags of this version.
    pub const NAMES: &[(u8, &str, &str)] = &[
        (ANIMATION, "animation", "the timeline's scenes"),
        (UNIFORMS, "uniforms", "uniforms that a host may set by name"),
        (DEVICE, "device", "required and optional features, required limits"),
        (CANVAS, "canvas", "canvas configuration"),
        (META, "meta", "UTF-8 JSON about the scene"),
        (SOURCE_MAP, "source map", "resource and command origins"),
        (SOURCE, "source", "the scene's source text, UTF-8"),
        (READBACK, "readback", "what a host may read back"),
        (AUDIO, "audio", "audio"),
        (
            COMMAND_CAPACITY,
            "command capacity",
            "a varint: bytes of command buffer that the scene needs, where that is more than 64 KiB",
        ),
        (CONTROLS, "controls", "what hosts show of the uniforms, and what these begin with"),
    ];
}

/// Why bytes are no payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadError {
    /// The first four bytes are not `PNGB`.
    NotAPayload,
    /// A version that this crate does not read.
    Version(u16),
    /// Fewer bytes than the header has.
    HeaderCutOff,
    /// A section starts before the end of the one before it, or ends behind the payload. Its name.
    Section(&'static str),
    /// An extension ends behind the payload, or bytes are left over.
    Extension,
    /// Bit 0 of the plugins is not set.
    NoCore,
}

impl core::fmt::Display for PayloadError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            PayloadError::NotAPayload => write!(f, "this is not a pngine payload"),
            PayloadError::Version(version) => write!(f, "payload version {version} is not supported, only version {VERSION}"),
            PayloadError::HeaderCutOff => write!(f, "the payload's header is cut off"),
            PayloadError::Section(name) => write!(f, "the payload's {name} section lies outside the payload or overlaps another"),
            PayloadError::Extension => write!(f, "the payload's extensions are damaged"),
            PayloadError::NoCore => write!(f, "the payload does not declare the core plugin"),
        }
    }
}

impl core::error::Error for PayloadError {}

/// A payload whose geometry has been checked: every section lies inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payload<'a> {
    /// Bits of [`flag`], as read.
    pub flags: u16,
    /// The plugins the scene needs, as bits; unknown bits are kept.
    pub plugins: u8,
    /// What it is, see [`kind`]; others than those are kept.
    pub kind: u8,
    /// The embedded executor, empty if there is none.
    pub executor: &'a [u8],
    /// The bytecode section.
    pub bytecode: &'a [u8],
    /// The string table, see [`crate::strings`].
    pub strings: &'a [u8],
    /// The data section.
    pub data: &'a [u8],
    extensions: &'a [u8],
}

impl<'a> Payload<'a> {
    /// Reads and checks the header and the geometry of all sections and extensions.
    ///
    /// # Errors
    /// See [`PayloadError`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, PayloadError> {
        if bytes.get(..4) != Some(&MAGIC) {
            return Err(PayloadError::NotAPayload);
        }
        if bytes.len() < HEADER_SIZE {
            return Err(PayloadError::HeaderCutOff);
        }
        let cut = PayloadError::HeaderCutOff;
        let mut header = Reader::new(&bytes[4..HEADER_SIZE]);
        let version = header.u16().ok_or(cut)?;
        if version != VERSION {
            return Err(PayloadError::Version(version));
        }
        let flags = header.u16().ok_or(cut)?;
        let plugins = header.u8().ok_or(cut)?;
        let kind = header.u8().ok_or(cut)?;
        let mut range = || Some((header.u32()? as usize, header.u32()? as usize));
        let executor = range().ok_or(cut)?;
        let bytecode = range().ok_or(cut)?;
        let data = range().ok_or(cut)?;
        let strings = range().ok_or(cut)?;
        if plugins & 1 == 0 {
            return Err(PayloadError::NoCore);
        }

        let mut end = HEADER_SIZE;
        let mut section = |name, (offset, len): (usize, usize)| {
            let stop = offset.checked_add(len).ok_or(PayloadError::Section(name))?;
            if offset < end || stop > bytes.len() {
                return Err(PayloadError::Section(name));
            }
            end = stop;
            Ok(&bytes[offset..stop])
        };
        let executor = match (flags & flag::EMBEDDED_EXECUTOR != 0, executor) {
            (false, (0, 0)) => &[][..],
            (true, range) if range.1 > 0 => section("executor", range)?,
            _ => return Err(PayloadError::Section("executor")),
        };
        let bytecode = section("bytecode", bytecode)?;
        let strings = section("string table", strings)?;
        let data = section("data", data)?;
        let extensions = if flags & flag::EXTENSIONS != 0 { &bytes[end..] } else { &[] };

        let this = Self { flags, plugins, kind, executor, bytecode, strings, data, extensions };
        let mut walk = Reader::new(extensions);
        while !walk.is_empty() {
            let _tag = walk.u8().ok_or(PayloadError::Extension)?;
            let len = walk.u32().ok_or(PayloadError::Extension)?;
            walk.take(len as usize).ok_or(PayloadError::Extension)?;
        }
        Ok(this)
    }

    /// All extensions: tag and bytes, in order.
    pub fn extensions(&self) -> impl Iterator<Item = (u8, &'a [u8])> + use<'a> {
        let mut walk = Reader::new(self.extensions);
        core::iter::from_fn(move || {
            let tag = walk.u8()?;
            let len = walk.u32()?;
            Some((tag, walk.take(len as usize)?))
        })
    }

    /// The first extension with this tag.
    pub fn extension(&self, tag: u8) -> Option<&'a [u8]> {
        self.extensions().find(|(found, _)| *found == tag).map(|(_, bytes)| bytes)
    }

    /// Bytes of command buffer that a host makes room for.
    pub fn command_capacity(&self) -> u32 {
        let wanted = self.extension(tag::COMMAND_CAPACITY).and_then(|bytes| Reader::new(bytes).varint());
        wanted.unwrap_or(0).max(crate::status::COMMAND_CAPACITY)
    }
}

/// What a payload is made of.
#[cfg(feature = "alloc")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The plugins the scene needs; the core bit is set whatever stands here.
    pub plugins: u8,
    /// What it is, see [`kind`].
    pub kind: u8,
    /// The executor to embed; empty for none.
    pub executor: &'a [u8],
    /// The bytecode section.
    pub bytecode: &'a [u8],
    /// The string table.
    pub strings: &'a [u8],
    /// The data section.
    pub data: &'a [u8],
    /// Extensions: tag and bytes.
    pub extensions: &'a [(u8, alloc::vec::Vec<u8>)],
}

/// Writes a payload. `None` if it would not fit in 4 GiB.
#[cfg(feature = "alloc")]
pub fn write(parts: &Parts<'_>) -> Option<alloc::vec::Vec<u8>> {
    let mut flags = 0;
    if !parts.executor.is_empty() {
        flags |= flag::EMBEDDED_EXECUTOR;
    }
    if parts.extensions.iter().any(|(tag, _)| *tag == tag::ANIMATION) {
        flags |= flag::ANIMATION_TABLE;
    }
    if !parts.extensions.is_empty() {
        flags |= flag::EXTENSIONS;
    }
    let mut at = HEADER_SIZE as u32;
    let mut range = |section: &[u8]| {
        let offset = at;
        at = at.checked_add(u32::try_from(section.len()).ok()?)?;
        Some((offset, section.len() as u32))
    };
    let executor = if parts.executor.is_empty() { (0, 0) } else { range(parts.executor)? };
    let bytecode = range(parts.bytecode)?;
    let strings = range(parts.strings)?;
    let data = range(parts.data)?;

    let mut out = alloc::vec::Vec::new();
    out.extend(MAGIC);
    out.extend(VERSION.to_le_bytes());
    out.extend(flags.to_le_bytes());
    out.extend([parts.plugins | 1, parts.kind]);
    for (offset, len) in [executor, bytecode, data, strings] {
        out.extend(offset.to_le_bytes());
        out.extend(len.to_le_bytes());
    }
    for section in [parts.executor, parts.bytecode, parts.strings, parts.data] {
        out.extend_from_slice(section);
    }
    for (tag, bytes) in parts.extensions {
        out.push(*tag);
        out.extend(u32::try_from(bytes.len()).ok()?.to_le_bytes());
        out.extend_from_slice(bytes);
    }
    u32::try_from(out.len()).ok()?;
    Some(out)
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    fn sample() -> Vec<u8> {
        write(&Parts {
            plugins: 3,
            kind: 9,
            executor: b"exe",
            bytecode: b"byte",
            strings: b"str",
            data: b"data!",
            extensions: &[(5, b"{}".to_vec()), (200, vec![])],
        })
        .unwrap()
    }

    #[test]
    fn parse_after_write_is_the_identity() {
        let bytes = sample();
        let payload = Payload::parse(&bytes).unwrap();
        assert_eq!((payload.plugins, payload.kind), (3, 9));
        assert_eq!(payload.flags, flag::EMBEDDED_EXECUTOR | flag::EXTENSIONS);
        assert_eq!((payload.executor, payload.bytecode), (&b"exe"[..], &b"byte"[..]));
        assert_eq!((payload.strings, payload.data), (&b"str"[..], &b"data!"[..]));
        assert_eq!(payload.extensions().collect::<Vec<_>>(), [(5, &b"{}"[..]), (200, &[][..])]);
        assert_eq!(payload.command_capacity(), 65536);
    }

    #[test]
    fn every_cut_is_refused() {
        let bytes = sample();
        // A cut between two extensions leaves a shorter, sound payload; the PNG chunk's CRC guards against that one.
        let between = [bytes.len() - 5, bytes.len() - 5 - 7];
        for cut in 0..bytes.len() {
            assert_eq!(Payload::parse(&bytes[..cut]).is_ok(), between.contains(&cut), "cut to {cut} bytes");
        }
    }

    #[test]
    fn every_flipped_bit_is_an_answer_with_sections_inside() {
        let bytes = sample();
        for i in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[i / 8] ^= 1 << (i % 8);
            if let Ok(payload) = Payload::parse(&bytes) {
                assert!(payload.extensions().count() <= 2);
            }
        }
    }

    #[test]
    fn overlapping_and_overflowing_sections_are_refused() {
        let patch = |at: usize, value: u32| {
            let mut bytes = sample();
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
            Payload::parse(&bytes).unwrap_err()
        };
        assert_eq!(patch(18, 43), PayloadError::Section("bytecode"));
        assert_eq!(patch(22, u32::MAX), PayloadError::Section("bytecode"));
        assert_eq!(patch(30, u32::MAX), PayloadError::Section("data"));
        assert_eq!(patch(14, 0), PayloadError::Section("executor"));
    }
}
