//! From the bytes of a file to a payload whose geometry has been checked.

use flate2::{Decompress, FlushDecompress, Status};
use pngine_format::payload::{self, Payload, PayloadError};
use pngine_format::png::{self, PngError};
use pngine_format::status::MAX_PAYLOAD_BYTES;

/// Bytes inflated in one step.
const STEP: usize = 64 << 10;

/// Why a file cannot be played.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Neither a PNG nor a payload.
    #[error("this is neither a PNG nor a pngine payload")]
    NotOurs,
    /// A sound PNG without a scene.
    #[error("no scene in this PNG (re-encoded by a website?)")]
    NoScene,
    /// There is a scene, or there was one, but its bytes are not what was written.
    #[error("damaged scene: {reason}, at byte {offset} of the {place}")]
    Damaged {
        /// What is wrong.
        reason: String,
        /// What the offset counts in: `file`, `compressed scene` or `payload`.
        place: &'static str,
        /// Where it is wrong, in bytes.
        offset: usize,
    },
    /// The scene is larger than the reader allows.
    #[error("the scene is larger than {limit} bytes")]
    TooLarge {
        /// Bytes that the reader allows.
        limit: usize,
    },
}

/// A payload that owns its bytes. Its geometry has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedPayload {
    bytes: Vec<u8>,
}

impl OwnedPayload {
    /// Checks the geometry of a bare payload and keeps it.
    ///
    /// # Errors
    /// [`OpenError::NotOurs`] if the magic bytes are missing, else [`OpenError::Damaged`].
    pub fn new(bytes: Vec<u8>) -> Result<Self, OpenError> {
        match Payload::parse(&bytes) {
            Ok(_) => Ok(Self { bytes }),
            Err(error) => Err(payload_error(error, bytes.len())),
        }
    }

    /// The sections.
    pub fn payload(&self) -> Payload<'_> {
        Payload::parse(&self.bytes).expect("`new` has read these very bytes")
    }

    /// The payload as it stood in the file, inflated.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn payload_error(error: PayloadError, len: usize) -> OpenError {
    let offset = match error {
        PayloadError::NotAPayload => return OpenError::NotOurs,
        PayloadError::Version(_) => 4,
        PayloadError::NoCore => 8,
        PayloadError::HeaderCutOff | PayloadError::Extension => len,
        // Where the header says where the section lies.
        PayloadError::Section("executor") => 10,
        PayloadError::Section("bytecode") => 18,
        PayloadError::Section("data") => 26,
        PayloadError::Section(_) => 34,
    };
    OpenError::Damaged { reason: error.to_string(), place: "payload", offset }
}

fn png_error(error: PngError, len: usize) -> OpenError {
    let offset = match error {
        PngError::NotPng => return OpenError::NotOurs,
        PngError::NoScene => return OpenError::NoScene,
        PngError::Chunk(at) | PngError::Crc(at) | PngError::SecondScene(at) => at,
        PngError::Structure(_) => len,
        // These three are about the first bytes of the scene chunk.
        PngError::SceneCutOff | PngError::SceneVersion(_) | PngError::SceneFlags(_) => {
            return OpenError::Damaged { reason: error.to_string(), place: "scene chunk", offset: 0 };
        }
    };
    let reason = match error {
        PngError::Chunk(_) => "a PNG chunk is cut off or damaged".to_owned(),
        PngError::Crc(_) => "a PNG chunk fails its checksum".to_owned(),
        PngError::SecondScene(_) => "there is a second scene".to_owned(),
        other => other.to_string(),
    };
    OpenError::Damaged { reason, place: "file", offset }
}

/// Reads a PNG with a scene, or a bare payload. A scene may inflate to at most [`MAX_PAYLOAD_BYTES`].
///
/// # Errors
/// See [`OpenError`].
pub fn open(bytes: &[u8]) -> Result<OwnedPayload, OpenError> {
    open_with_limit(bytes, MAX_PAYLOAD_BYTES)
}

/// Like [`open`], but a scene may inflate to at most `limit` bytes. The limit holds while inflating: memory never exceeds it by more
/// than a few kilobytes, and a scene that would grow larger is refused as soon as it does.
///
/// # Errors
/// See [`OpenError`].
pub fn open_with_limit(bytes: &[u8], limit: usize) -> Result<OwnedPayload, OpenError> {
    if bytes.starts_with(&payload::MAGIC) {
        return if bytes.len() > limit { Err(OpenError::TooLarge { limit }) } else { OwnedPayload::new(bytes.to_vec()) };
    }
    let scene = png::find_scene(bytes).map_err(|error| png_error(error, bytes.len()))?;
    let inflated = if scene.deflated {
        inflate(scene.body, limit)?
    } else if scene.body.len() > limit {
        return Err(OpenError::TooLarge { limit });
    } else {
        scene.body.to_vec()
    };
    match OwnedPayload::new(inflated) {
        // The chunk is ours, so what it holds is not foreign but damaged.
        Err(OpenError::NotOurs) => {
            Err(OpenError::Damaged { reason: PayloadError::NotAPayload.to_string(), place: "payload", offset: 0 })
        }
        other => other,
    }
}

/// Inflates a raw DEFLATE stream that must fill `body` to the last byte.
fn inflate(body: &[u8], limit: usize) -> Result<Vec<u8>, OpenError> {
    let mut stream = Decompress::new(false);
    let mut out = Vec::new();
    let mut step = vec![0; STEP];
    let mut read = 0;
    let damaged = |reason: &str, offset| OpenError::Damaged { reason: reason.to_owned(), place: "compressed scene", offset };
    loop {
        let rest = body.get(read..).unwrap_or(&[]);
        let (before_in, before_out) = (stream.total_in(), stream.total_out());
        let status = stream.decompress(rest, &mut step, FlushDecompress::None);
        // Both are at most the lengths just handed over.
        let taken = (stream.total_in() - before_in) as usize;
        let given = (stream.total_out() - before_out) as usize;
        read += taken;
        let status = status.map_err(|_| damaged("the DEFLATE stream is invalid", read))?;
        if given > limit - out.len() {
            return Err(OpenError::TooLarge { limit });
        }
        out.extend_from_slice(step.get(..given).unwrap_or(&step));
        match status {
            Status::StreamEnd if read == body.len() => return Ok(out),
            Status::StreamEnd => return Err(damaged("bytes are left over behind the DEFLATE stream", read)),
            Status::Ok | Status::BufError if taken == 0 && given == 0 => {
                return Err(damaged("the DEFLATE stream ends early", read));
            }
            Status::Ok | Status::BufError => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pngine_format::payload::{Parts, write};
    use std::io::Write as _;
    use std::time::{Duration, Instant};

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn payload() -> Vec<u8> {
        write(&Parts { plugins: 3, bytecode: b"byte", strings: b"", data: b"some data", ..Parts::default() }).unwrap()
    }

    fn png_with(deflated: bool, body: &[u8]) -> Vec<u8> {
        png::embed(&png::transparent_pixel(), deflated, body).unwrap()
    }

    #[test]
    fn a_scene_is_read_from_every_wrapping() {
        let bytes = payload();
        for wrapped in [bytes.clone(), png_with(false, &bytes), png_with(true, &deflate(&bytes))] {
            let opened = open(&wrapped).unwrap();
            assert_eq!(opened.bytes(), bytes);
            assert_eq!(opened.payload().data, b"some data");
        }
    }

    #[test]
    fn foreign_files_and_pictures_without_a_scene_are_told_apart() {
        for foreign in [&b""[..], b"PNG", b"GIF89a", b"\x89PNG", b"#frame main { }"] {
            assert_eq!(open(foreign), Err(OpenError::NotOurs), "{foreign:?}");
        }
        assert_eq!(open(&png::transparent_pixel()), Err(OpenError::NoScene));
    }

    #[test]
    fn every_cut_and_every_flipped_bit_of_a_png_is_damage() {
        let bytes = png_with(true, &deflate(&payload()));
        for cut in 8..bytes.len() {
            assert!(matches!(open(&bytes[..cut]), Err(OpenError::Damaged { .. })), "cut to {cut}");
        }
        for bit in 64..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(open(&bytes), Err(OpenError::Damaged { .. })), "bit {bit}");
        }
    }

    #[test]
    fn damage_inside_a_sound_chunk_says_where() {
        let body = deflate(&payload());
        let reason = |bytes: &[u8]| open(bytes).unwrap_err().to_string();
        assert_eq!(
            reason(&png_with(true, &body[..body.len() - 4])),
            format!("damaged scene: the DEFLATE stream ends early, at byte {} of the compressed scene", body.len() - 4)
        );
        let mut longer = body.clone();
        longer.push(0);
        assert_eq!(
            reason(&png_with(true, &longer)),
            format!(
                "damaged scene: bytes are left over behind the DEFLATE stream, at byte {} of the compressed scene",
                body.len()
            )
        );
        assert_eq!(
            reason(&png_with(false, b"nonsense")),
            "damaged scene: this is not a pngine payload, at byte 0 of the payload"
        );
        assert_eq!(
            reason(&png_with(false, &payload()[..20])),
            "damaged scene: the payload's header is cut off, at byte 20 of the payload"
        );
    }

    #[test]
    fn a_chunk_that_inflates_to_gigabytes_is_refused_soon() {
        // 4 GiB of zeros: stored once as the DEFLATE of 1 MiB, flushed to a byte boundary, and repeated.
        let mut encoder = flate2::Compress::new(flate2::Compression::best(), false);
        let mut block = Vec::with_capacity(1 << 20);
        encoder.compress_vec(&vec![0; 1 << 20], &mut block, flate2::FlushCompress::Full).unwrap();
        let body: Vec<u8> = std::iter::repeat_n(block, 4096).flatten().collect();
        let bomb = png_with(true, &body);
        let start = Instant::now();
        assert_eq!(open(&bomb), Err(OpenError::TooLarge { limit: MAX_PAYLOAD_BYTES }));
        assert_eq!(open_with_limit(&bomb, 0), Err(OpenError::TooLarge { limit: 0 }));
        // A tenth of a second on an idle machine; inflating all of it takes far longer than this on any.
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }
}
