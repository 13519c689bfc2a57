//! PNG as far as pngine needs it: the chunk walk with CRCs, and the `pNGb` chunk. Pixels are for others.
//!
//! Source: PNG specification, third edition, sections 5.2 (signature), 5.3 (chunk layout), 5.5 (CRC), 5.6 (chunk ordering).

/// The eight bytes that every PNG starts with.
pub const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A];

/// Type of the chunk that holds a scene. By its letters it is ancillary, public and safe to copy (PNG specification, 5.4), though it
/// is not registered: strict checkers such as pngcheck say so.
pub const CHUNK: [u8; 4] = *b"pNGb";

/// The chunk version that this crate reads and writes.
pub const CHUNK_VERSION: u8 = 1;

/// Chunk flag bit 0: the payload is one raw DEFLATE stream.
pub const FLAG_DEFLATE: u8 = 1;

/// Longest chunk, in bytes. Source: PNG specification, 5.3.
pub const MAX_CHUNK: u32 = 0x7FFF_FFFF;

/// Bytes of a chunk without data: length, type and CRC. Source: PNG specification, 5.3.
pub const EMPTY_CHUNK_SIZE: usize = 12;

/// CRC-32 of the parts one after another. Source: PNG specification, 5.5 and annex D (polynomial 0xEDB88320, reflected).
pub fn crc32(parts: &[&[u8]]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut n = 0;
        while n < 256 {
            let mut c = n as u32;
            let mut k = 0;
            while k < 8 {
                c = if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 };
                k += 1;
            }
            table[n] = c;
            n += 1;
        }
        table
    };
    let mut crc = u32::MAX;
    for &byte in parts.iter().flat_map(|part| part.iter()) {
        crc = TABLE[((crc ^ u32::from(byte)) & 0xFF) as usize] ^ (crc >> 8);
    }
    !crc
}

/// Why bytes are no PNG with a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PngError {
    /// The signature is missing.
    NotPng,
    /// The chunk that starts at this offset is cut off, too long, or of an impossible type.
    Chunk(usize),
    /// The chunk that starts at this offset fails its CRC.
    Crc(usize),
    /// `IHDR` is not first, or `IDAT` or `IEND` is missing.
    Structure(&'static str),
    /// A good PNG without a scene.
    NoScene,
    /// A second `pNGb` chunk, at this offset.
    SecondScene(usize),
    /// The scene chunk is shorter than its two-byte header.
    SceneCutOff,
    /// The scene chunk has a version that this crate does not read.
    SceneVersion(u8),
    /// The scene chunk has flags that this crate does not know.
    SceneFlags(u8),
}

impl core::fmt::Display for PngError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            PngError::NotPng => write!(f, "this is not a PNG"),
            PngError::Chunk(at) => write!(f, "the PNG chunk at byte {at} is damaged or cut off"),
            PngError::Crc(at) => write!(f, "the PNG chunk at byte {at} fails its checksum"),
            PngError::Structure(reason) => write!(f, "the PNG is damaged: {reason}"),
            PngError::NoScene => write!(f, "no scene in this PNG (re-encoded by a website?)"),
            PngError::SecondScene(at) => write!(f, "the PNG has a second scene, at byte {at}"),
            PngError::SceneCutOff => write!(f, "damaged scene: its chunk is too short"),
            PngError::SceneVersion(version) => {
                write!(f, "the scene's chunk has version {version}, only version {CHUNK_VERSION} is supported")
            }
            PngError::SceneFlags(flags) => write!(f, "the scene's chunk has unknown flags {flags:#04x}"),
        }
    }
}

impl core::error::Error for PngError {}

/// One chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// Offset of its length field in the file.
    pub at: usize,
    /// Its type.
    pub kind: [u8; 4],
    /// Its data.
    pub data: &'a [u8],
}

impl Chunk<'_> {
    /// Offset of the byte behind its CRC.
    pub fn end(&self) -> usize {
        self.at + EMPTY_CHUNK_SIZE + self.data.len()
    }
}

/// Walks over the chunks of `png` and checks every length, type and CRC. After an error, or `IEND`, there are no more: what stands
/// behind `IEND` is no part of the picture, as every PNG reader sees it (phones, for one, append to their photos).
///
/// # Errors
/// [`PngError::NotPng`] at once; the items give the rest.
pub fn chunks(png: &[u8]) -> Result<impl Iterator<Item = Result<Chunk<'_>, PngError>>, PngError> {
    if png.get(..8) != Some(&SIGNATURE) {
        return Err(PngError::NotPng);
    }
    let mut at = 8;
    let mut done = false;
    Ok(core::iter::from_fn(move || {
        if done || at >= png.len() {
            return None;
        }
        let result = chunk(png, at);
        match &result {
            Ok(chunk) => {
                at = chunk.end();
                done = chunk.kind == *b"IEND";
            }
            Err(_) => done = true,
        }
        Some(result)
    }))
}

fn chunk(png: &[u8], at: usize) -> Result<Chunk<'_>, PngError> {
    let damaged = PngError::Chunk(at);
    let mut reader = crate::Reader::new(png.get(at..).ok_or(damaged)?);
    let len = reader.take(4).and_then(|b| b.first_chunk().map(|b| u32::from_be_bytes(*b))).ok_or(damaged)?;
    let kind: [u8; 4] = *reader.take(4).and_then(|b| b.first_chunk()).ok_or(damaged)?;
    if len > MAX_CHUNK || !kind.iter().all(u8::is_ascii_alphabetic) {
        return Err(damaged);
    }
    let data = reader.take(len as usize).ok_or(damaged)?;
    let crc = reader.take(4).and_then(|b| b.first_chunk().map(|b| u32::from_be_bytes(*b))).ok_or(damaged)?;
    if crc != crc32(&[&kind, data]) {
        return Err(PngError::Crc(at));
    }
    Ok(Chunk { at, kind, data })
}

/// What a walk over a whole PNG found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout<'a> {
    /// Offset of the byte behind the last `IDAT`.
    after_idat: usize,
    /// Offset of the byte behind `IEND`.
    end: usize,
    scene: Option<Chunk<'a>>,
}

fn layout(png: &[u8]) -> Result<Layout<'_>, PngError> {
    let mut after_idat = None;
    let mut scene: Option<Chunk<'_>> = None;
    let mut end = None;
    for (i, chunk) in chunks(png)?.enumerate() {
        let chunk = chunk?;
        match &chunk.kind {
            b"IHDR" if i == 0 && chunk.data.len() == 13 => {}
            _ if i == 0 => return Err(PngError::Structure("the first chunk is not IHDR")),
            b"IHDR" => return Err(PngError::Structure("a second IHDR")),
            b"IDAT" => after_idat = Some(chunk.end()),
            b"IEND" => end = Some(chunk.end()),
            kind if *kind == CHUNK => match scene {
                None => scene = Some(chunk),
                Some(_) => return Err(PngError::SecondScene(chunk.at)),
            },
            _ => {}
        }
    }
    match (end, after_idat) {
        (None, _) => Err(PngError::Structure("there is no IEND")),
        (_, None) => Err(PngError::Structure("there is no IDAT")),
        (Some(end), Some(after_idat)) => Ok(Layout { after_idat, end, scene }),
    }
}

/// The scene in a PNG, still packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SceneChunk<'a> {
    /// Whether `body` is a raw DEFLATE stream.
    pub deflated: bool,
    /// The payload, as stored.
    pub body: &'a [u8],
}

/// Finds the scene of a PNG. Every chunk's length and CRC is checked.
///
/// # Errors
/// [`PngError::NoScene`] for a good PNG without one; anything else is damage.
pub fn find_scene(png: &[u8]) -> Result<SceneChunk<'_>, PngError> {
    let chunk = layout(png)?.scene.ok_or(PngError::NoScene)?;
    let [version, flags, body @ ..] = chunk.data else { return Err(PngError::SceneCutOff) };
    if *version != CHUNK_VERSION {
        return Err(PngError::SceneVersion(*version));
    }
    if flags & !FLAG_DEFLATE != 0 {
        return Err(PngError::SceneFlags(*flags));
    }
    Ok(SceneChunk { deflated: flags & FLAG_DEFLATE != 0, body })
}

#[cfg(feature = "alloc")]
pub use owned::{embed, transparent_pixel, write_chunk};

#[cfg(feature = "alloc")]
mod owned {
    use super::*;
    use alloc::vec::Vec;

    /// Appends a chunk. `None`, and nothing appended, if `data` is longer than [`MAX_CHUNK`].
    pub fn write_chunk(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) -> Option<()> {
        let len = u32::try_from(data.len()).ok().filter(|len| *len <= MAX_CHUNK)?;
        out.extend(len.to_be_bytes());
        out.extend(kind);
        out.extend_from_slice(data);
        out.extend(crc32(&[&kind, data]).to_be_bytes());
        Some(())
    }

    /// `png` with a scene chunk right after its last `IDAT`, instead of the scene that it may already carry. All other chunks are
    /// taken over byte for byte; what stands behind `IEND` is left out.
    ///
    /// # Errors
    /// If `png` is not a good PNG; [`PngError::SceneCutOff`] if the scene is too long for a chunk.
    pub fn embed(png: &[u8], deflated: bool, body: &[u8]) -> Result<Vec<u8>, PngError> {
        let layout = layout(png)?;
        let mut data = Vec::with_capacity(body.len() + 2);
        data.extend([CHUNK_VERSION, if deflated { FLAG_DEFLATE } else { 0 }]);
        data.extend_from_slice(body);
        let old = layout.scene.map(|chunk| chunk.at..chunk.end());
        let without_old = |from: usize, to: usize, out: &mut Vec<u8>| match &old {
            Some(old) if old.start >= from && old.end <= to => {
                out.extend_from_slice(&png[from..old.start]);
                out.extend_from_slice(&png[old.end..to]);
            }
            _ => out.extend_from_slice(&png[from..to]),
        };
        let mut out = Vec::with_capacity(png.len() + data.len() + 12);
        without_old(0, layout.after_idat, &mut out);
        write_chunk(&mut out, CHUNK, &data).ok_or(PngError::SceneCutOff)?;
        without_old(layout.after_idat, layout.end, &mut out);
        Ok(out)
    }

    /// A PNG of one transparent pixel, 68 bytes: grey and alpha of 8 bits, as small as a transparent picture gets.
    pub fn transparent_pixel() -> Vec<u8> {
        let mut out = SIGNATURE.to_vec();
        let header = [0, 0, 0, 1, 0, 0, 0, 1, 8, 4, 0, 0, 0];
        // zlib header, one final block with fixed codes that holds three zero bytes (filter, grey, alpha), Adler-32.
        let pixels = [0x78, 0x01, 0x63, 0x60, 0x60, 0x00, 0x00, 0x00, 0x03, 0x00, 0x01];
        for (kind, data) in [(b"IHDR", &header[..]), (b"IDAT", &pixels), (b"IEND", &[])] {
            // These lengths are far below the limit.
            let _ = write_chunk(&mut out, *kind, data);
        }
        out
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_scene_is_found_again_and_replaced() {
            let plain = transparent_pixel();
            assert_eq!(plain.len(), 68);
            assert_eq!(find_scene(&plain), Err(PngError::NoScene));
            let once = embed(&plain, true, b"one").unwrap();
            assert_eq!(find_scene(&once), Ok(SceneChunk { deflated: true, body: b"one" }));
            let twice = embed(&once, false, b"two").unwrap();
            assert_eq!(find_scene(&twice), Ok(SceneChunk { deflated: false, body: b"two" }));
            assert_eq!(twice, embed(&plain, false, b"two").unwrap());
        }

        #[test]
        fn chunks_around_the_scene_stay_as_they_are() {
            let mut png = SIGNATURE.to_vec();
            let header = [0, 0, 0, 1, 0, 0, 0, 1, 8, 4, 0, 0, 0];
            let list: [(&[u8; 4], &[u8]); 7] = [
                (b"IHDR", &header),
                (b"tEXt", b"a\0b"),
                (b"IDAT", b"x"),
                (b"IDAT", b"y"),
                (b"zzZz", b"unknown"),
                (b"tEXt", b"late"),
                (b"IEND", b""),
            ];
            for (kind, data) in list {
                write_chunk(&mut png, *kind, data).unwrap();
            }
            let with = embed(&png, true, b"scene").unwrap();
            let kinds: Vec<_> = chunks(&with).unwrap().map(|c| c.unwrap().kind).collect();
            assert_eq!(kinds, [*b"IHDR", *b"tEXt", *b"IDAT", *b"IDAT", CHUNK, *b"zzZz", *b"tEXt", *b"IEND"]);
            let without: Vec<u8> = with[..8]
                .iter()
                .copied()
                .chain(
                    chunks(&with)
                        .unwrap()
                        .map(Result::unwrap)
                        .filter(|c| c.kind != CHUNK)
                        .flat_map(|c| with[c.at..c.end()].to_vec()),
                )
                .collect();
            assert_eq!(without, png);
        }

        #[test]
        fn what_stands_behind_iend_is_no_part_of_the_picture() {
            let plain = transparent_pixel();
            let png = embed(&plain, true, b"scene").unwrap();
            let mut second_end = Vec::new();
            write_chunk(&mut second_end, *b"IEND", &[]).unwrap();
            let mut second_scene = Vec::new();
            write_chunk(&mut second_scene, CHUNK, &[1, 0, 9]).unwrap();
            let another = embed(&plain, false, b"another").unwrap();
            let tails: [&[u8]; 7] =
                [b"\n", &[0; 4096], &plain, &another, &second_end, &second_scene, &alloc::vec![b'x'; 1 << 20]];
            for tail in tails {
                let with = [&png, tail].concat();
                assert_eq!(find_scene(&with), Ok(SceneChunk { deflated: true, body: b"scene" }));
                assert_eq!(embed(&with, true, b"scene").unwrap(), png);
                assert_eq!(find_scene(&[&plain, tail].concat()), Err(PngError::NoScene));
                assert_eq!(embed(&[&plain, tail].concat(), true, b"scene").unwrap(), png);
            }
        }

        #[test]
        fn damage_is_named() {
            let png = embed(&transparent_pixel(), true, b"scene").unwrap();
            for cut in 0..png.len() {
                assert!(find_scene(&png[..cut]).is_err(), "cut to {cut} bytes");
            }
            for i in 0..png.len() * 8 {
                let mut png = png.clone();
                png[i / 8] ^= 1 << (i % 8);
                assert!(find_scene(&png).is_err(), "bit {i} flipped");
            }
            let mut second = png[..png.len() - 12].to_vec();
            write_chunk(&mut second, CHUNK, &[1, 0]).unwrap();
            second.extend_from_slice(&png[png.len() - 12..]);
            assert!(matches!(find_scene(&second), Err(PngError::SecondScene(_))));
        }
    }
}
