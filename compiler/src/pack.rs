//! From a program to bytes: the choice of the executor, the payload, DEFLATE and the PNG around it.
//!
//! Same program and options, same bytes: nothing here depends on the platform or the clock. No user mistake is found here; what can
//! go wrong is a limit of the format, see [`PackError`].

use std::io::Write as _;
use std::num::NonZeroU64;

use pngine_format::payload::{self, Parts, Payload, kind, tag};
use pngine_format::png::{self, PngError};
use pngine_format::status::COMMAND_CAPACITY;
use pngine_format::varint;

use crate::Program;
use crate::executors::{self, ExecutorError};

/// Iterations of zopfli: more did not pay on our scenes (design.md, "Known traps").
const ZOPFLI_ITERATIONS: NonZeroU64 = NonZeroU64::new(15).expect("not zero");

/// Iterations for more than [`ZOPFLI_SMALL`] bytes, where 15 would take minutes. Source: the advice of zopfli's own options.
const ZOPFLI_ITERATIONS_LARGE: NonZeroU64 = NonZeroU64::new(5).expect("not zero");

/// Most bytes that get all iterations. Picked by feel: more than any scene of our own has.
const ZOPFLI_SMALL: usize = 256 << 10;

/// Bytes that zopfli looks at in one go. Source: its own block size; a stream of more is still one stream.
const ZOPFLI_CHUNK: usize = 1_000_000;

/// Where the executor of a payload comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Embed {
    /// The payload relies on a host's shared executor.
    None,
    /// The prebuilt executor for exactly the program's plugins is put in.
    Prebuilt,
}

/// How much time DEFLATE may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// The best that a fast encoder does.
    Normal,
    /// Seconds for the smallest stream.
    Optimize,
}

/// Why a program cannot be packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackError {
    /// The payload, or its chunk, would be longer than the format can say.
    TooLarge,
    /// The prebuilt executor cannot be fitted to the program.
    Executor(ExecutorError),
    /// The picture to pack the scene into is no good PNG.
    Picture(PngError),
}

impl std::fmt::Display for PackError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PackError::TooLarge => write!(f, "the scene is too large: a payload holds at most 4 GiB, a PNG chunk 2 GiB"),
            PackError::Executor(error) => write!(f, "{error}"),
            PackError::Picture(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for PackError {}

/// The bytes as one raw DEFLATE stream (RFC 1951).
pub fn deflate(bytes: &[u8], effort: Effort) -> Vec<u8> {
    deflate_watched(bytes, effort, &mut |_, _| {})
}

/// Like [`deflate`]. `watch` is told how many bytes are done, and of how many, from time to time.
fn deflate_watched(bytes: &[u8], effort: Effort, watch: &mut dyn FnMut(usize, usize)) -> Vec<u8> {
    let fast = flate2_deflate(bytes);
    match effort {
        Effort::Normal => fast,
        Effort::Optimize => {
            let small = zopfli_deflate(bytes, ZOPFLI_CHUNK, watch);
            if small.len() < fast.len() { small } else { fast }
        }
    }
}

fn flate2_deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("writing to a Vec cannot fail")
}

fn zopfli_deflate(bytes: &[u8], chunk_bytes: usize, watch: &mut dyn FnMut(usize, usize)) -> Vec<u8> {
    let iteration_count = if bytes.len() > ZOPFLI_SMALL { ZOPFLI_ITERATIONS_LARGE } else { ZOPFLI_ITERATIONS };
    let options = zopfli::Options { iteration_count, ..zopfli::Options::default() };
    let mut encoder = zopfli::DeflateEncoder::new(options, zopfli::BlockType::Dynamic, Vec::new());
    let mut done = 0;
    for chunk in bytes.chunks(chunk_bytes) {
        watch(done, bytes.len());
        done += chunk.len();
        zopfli::Write::write_all(&mut encoder, chunk).expect("writing to a Vec cannot fail");
    }
    encoder.finish().expect("writing to a Vec cannot fail")
}

/// A payload as it stands in a `pNGb` chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Whether `body` is a raw DEFLATE stream; it is stored as it is where that is not shorter.
    pub deflated: bool,
    /// The payload, packed.
    pub body: Vec<u8>,
}

/// Packs a payload.
pub fn pack(payload: &[u8], effort: Effort) -> Packed {
    pack_watched(payload, effort, &mut |_, _| {})
}

fn pack_watched(payload: &[u8], effort: Effort, watch: &mut dyn FnMut(usize, usize)) -> Packed {
    let body = deflate_watched(payload, effort, watch);
    if body.len() < payload.len() { Packed { deflated: true, body } } else { Packed { deflated: false, body: payload.to_vec() } }
}

/// Writes the payload of `program`, version 5.
///
/// An embedded executor gets a memory minimum with which a host need not grow its memory. A program that needs more than
/// [`COMMAND_CAPACITY`] bytes of command buffer says so in an extension.
///
/// # Errors
/// See [`PackError`]; never [`PackError::Picture`].
pub fn payload(program: &Program, embed: Embed) -> Result<Vec<u8>, PackError> {
    let executor = match embed {
        Embed::None => Vec::new(),
        Embed::Prebuilt => fitted_executor(program)?,
    };
    let mut extensions = program.extensions.clone();
    if program.command_capacity > COMMAND_CAPACITY {
        let mut bytes = Vec::new();
        varint::write(&mut bytes, program.command_capacity);
        extensions.push((tag::COMMAND_CAPACITY, bytes));
    }
    let parts = Parts {
        plugins: program.plugins.0,
        kind: kind::SCENE,
        executor: &executor,
        bytecode: &program.bytecode,
        strings: &program.strings,
        data: &program.data,
        extensions: &extensions,
    };
    payload::write(&parts).ok_or(PackError::TooLarge)
}

/// The prebuilt executor for the program's plugins, with memory for its sections and for all the commands that a host makes room for.
fn fitted_executor(program: &Program) -> Result<Vec<u8>, PackError> {
    let executor = executors::prebuilt(program.plugins);
    let len = |section: &[u8]| u32::try_from(section.len()).ok();
    let pages = len(&program.bytecode).zip(len(&program.data)).and_then(|(bytecode, data)| {
        executors::pages_needed(executor, bytecode, data, program.once, program.command_capacity.max(COMMAND_CAPACITY))
    });
    executors::with_memory_minimum(executor, pages.ok_or(PackError::TooLarge)?).map_err(PackError::Executor)
}

/// Keywords of what `#meta` says. Source: PNG specification, 11.3.3.2 "Keywords and text strings"; it registers none for an address.
const KEYWORDS: [(&str, &str); 5] =
    [("title", "Title"), ("author", "Author"), ("description", "Description"), ("license", "Copyright"), ("url", "URL")];

/// Puts a payload into a PNG: into `picture`, whose other chunks stay as they are, or around one transparent pixel. What the payload
/// says about the scene becomes text of the PNG too, as `iTXt` chunks in front of `IEND`, except for keywords that the picture has.
///
/// # Errors
/// [`PackError::Picture`] if `picture` is not a good PNG, [`PackError::TooLarge`] if the payload does not fit in a chunk.
pub fn png(payload: &[u8], picture: Option<&[u8]>, effort: Effort) -> Result<Vec<u8>, PackError> {
    png_watched(payload, picture, effort, &mut |_, _| {})
}

/// Like [`png()`]. `watch` is told how many bytes of the payload are compressed, and of how many, from time to time.
///
/// # Errors
/// As for [`png()`].
pub fn png_watched(
    payload: &[u8],
    picture: Option<&[u8]>,
    effort: Effort,
    watch: &mut dyn FnMut(usize, usize),
) -> Result<Vec<u8>, PackError> {
    let packed = pack_watched(payload, effort, watch);
    let pixel;
    let picture = match picture {
        Some(picture) => picture,
        None => {
            pixel = png::transparent_pixel();
            &pixel
        }
    };
    let mut out = png::embed(picture, packed.deflated, &packed.body).map_err(|error| match error {
        // The body has its header; it is the chunk that cannot be as long.
        PngError::SceneCutOff => PackError::TooLarge,
        error => PackError::Picture(error),
    })?;
    let texts = texts(payload, picture).ok_or(PackError::TooLarge)?;
    // `embed` has found an IEND, and ends with it.
    let end = png::chunks(&out).ok().and_then(|chunks| chunks.flatten().last()).map_or(out.len(), |end| end.at);
    out.splice(end..end, texts);
    Ok(out)
}

/// The `iTXt` chunks for what a payload says about its scene, without those that the picture has. `None` if a text does not fit.
/// Source: PNG specification, 11.3.3.4.
fn texts(payload: &[u8], picture: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let meta = Payload::parse(payload).ok().and_then(|payload| payload.extension(tag::META));
    let Some(meta) = meta.and_then(|json| serde_json::from_slice::<serde_json::Value>(json).ok()) else { return Some(out) };
    let starts: Vec<&[u8]> = png::chunks(picture)
        .map(|chunks| {
            chunks.flatten().filter(|chunk| matches!(&chunk.kind, b"tEXt" | b"zTXt" | b"iTXt")).map(|c| c.data).collect()
        })
        .unwrap_or_default();
    for (member, keyword) in KEYWORDS {
        let Some(text) = meta.get(member).and_then(serde_json::Value::as_str) else { continue };
        let mut data = [keyword.as_bytes(), &[0]].concat();
        if starts.iter().any(|start| start.starts_with(&data)) {
            continue;
        }
        // Not compressed; no language, and so no translated keyword.
        data.extend([0, 0, 0, 0]);
        data.extend(text.as_bytes());
        png::write_chunk(&mut out, *b"iTXt", &data)?;
    }
    Some(out)
}

/// The size of one part of a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionSize {
    /// `header`, `executor`, `bytecode`, `strings`, `data`, or the name of an extension.
    pub name: String,
    /// Bytes in the payload.
    pub raw: usize,
    /// Bytes of its own DEFLATE stream. These do not add up to the size of the whole, which is packed as one.
    pub alone: usize,
}

/// What `--report` prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeReport {
    /// The parts of the payload in their order. Empty ones are left out.
    pub sections: Vec<SectionSize>,
    /// Bytes of the payload.
    pub payload: usize,
    /// Bytes of the payload, packed.
    pub packed: usize,
}

impl SizeReport {
    /// Measures a payload that [`payload`] wrote. `None` if it is none.
    pub fn measure(bytes: &[u8], effort: Effort) -> Option<Self> {
        let parsed = Payload::parse(bytes).ok()?;
        let mut sections = Vec::new();
        let mut add = |name: String, part: &[u8]| {
            if !part.is_empty() {
                sections.push(SectionSize { name, raw: part.len(), alone: deflate(part, effort).len() });
            }
        };
        add("header".to_owned(), bytes.get(..payload::HEADER_SIZE)?);
        add("executor".to_owned(), parsed.executor);
        add("bytecode".to_owned(), parsed.bytecode);
        add("strings".to_owned(), parsed.strings);
        add("data".to_owned(), parsed.data);
        for (tag, part) in parsed.extensions() {
            add(extension_name(tag), part);
        }
        Some(Self { sections, payload: bytes.len(), packed: pack(bytes, effort).body.len() })
    }
}

/// The name of an extension: `source map`; `extension 200` for one that this version does not know.
pub fn extension_name(tag: u8) -> String {
    let known = tag::NAMES.iter().find(|(known, ..)| *known == tag);
    known.map_or_else(|| format!("extension {tag}"), |(_, name, _)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pngine_format::status::Plugins;
    use std::io::Read as _;

    fn inflate(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        flate2::read::DeflateDecoder::new(bytes).read_to_end(&mut out).unwrap();
        out
    }

    fn program(data: Vec<u8>) -> Program {
        Program {
            plugins: Plugins::CORE.union(Plugins::RENDER),
            bytecode: b"code".to_vec(),
            strings: b"names".to_vec(),
            data,
            extensions: vec![(tag::META, b"{}".to_vec())],
            once: 0,
            command_capacity: 100,
            origins: Default::default(),
            frames: Vec::new(),
        }
    }

    #[test]
    fn both_encoders_are_undone_by_an_inflater() {
        let long: Vec<u8> = (0..5000u32).map(|i| (i / 10 * 7) as u8).collect();
        for bytes in [&b""[..], b"a", b"the cat sat on the mat, the cat sat on the mat", &long] {
            assert_eq!(inflate(&flate2_deflate(bytes)), bytes);
            for chunk_bytes in [1000, ZOPFLI_CHUNK] {
                assert_eq!(inflate(&zopfli_deflate(bytes, chunk_bytes, &mut |_, _| {})), bytes);
            }
        }
    }

    #[test]
    fn optimizing_never_makes_it_larger() {
        for bytes in [&b""[..], b"a", &[7; 300], b"abcabcabcabdabcabe"] {
            assert!(deflate(bytes, Effort::Optimize).len() <= deflate(bytes, Effort::Normal).len());
        }
    }

    #[test]
    fn what_does_not_shrink_is_stored() {
        let noise: Vec<u8> = (0..64u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        assert_eq!(pack(&noise, Effort::Normal), Packed { deflated: false, body: noise });
        assert!(pack(&[0; 64], Effort::Normal).deflated);
    }

    #[test]
    fn a_payload_without_an_executor_has_the_sections_of_the_program() {
        let bytes = payload(&program(b"data".to_vec()), Embed::None).unwrap();
        let parsed = Payload::parse(&bytes).unwrap();
        assert_eq!(
            (parsed.executor, parsed.bytecode, parsed.strings, parsed.data),
            (&b""[..], &b"code"[..], &b"names"[..], &b"data"[..])
        );
        assert_eq!(parsed.extensions().collect::<Vec<_>>(), [(tag::META, &b"{}"[..])]);
        assert_eq!(parsed.command_capacity(), COMMAND_CAPACITY);
    }

    #[test]
    fn an_embedded_executor_has_memory_for_everything() {
        let minimum = |bytes: &[u8]| {
            let payload = Payload::parse(bytes).unwrap();
            let memory = wasmparser::Parser::new(0).parse_all(payload.executor).find_map(|section| match section.unwrap() {
                wasmparser::Payload::MemorySection(memories) => memories.into_iter().next(),
                _ => None,
            });
            memory.unwrap().unwrap().initial * 65536
        };
        let mut program = program(vec![0; 300_000]);
        let small = minimum(&payload(&program, Embed::Prebuilt).unwrap());
        assert!(small > 300_000 + u64::from(COMMAND_CAPACITY));
        program.command_capacity = 1 << 20;
        let large = minimum(&payload(&program, Embed::Prebuilt).unwrap());
        assert!((300_000 + (1 << 20)..=small + (1 << 20)).contains(&large), "{small} {large}");
    }

    #[test]
    fn a_large_command_buffer_is_declared() {
        let mut program = program(Vec::new());
        program.command_capacity = COMMAND_CAPACITY + 1;
        let bytes = payload(&program, Embed::None).unwrap();
        assert_eq!(Payload::parse(&bytes).unwrap().command_capacity(), COMMAND_CAPACITY + 1);
    }

    #[test]
    fn a_png_holds_the_payload_and_keeps_the_picture() {
        let bytes = payload(&program(vec![1; 500]), Embed::None).unwrap();
        let png = png(&bytes, None, Effort::Normal).unwrap();
        let scene = png::find_scene(&png).unwrap();
        assert!(scene.deflated);
        assert_eq!(inflate(scene.body), bytes);
        assert_eq!(super::png(&bytes, Some(&png), Effort::Normal).unwrap(), png);
        assert_eq!(super::png(&bytes, Some(b"no"), Effort::Normal), Err(PackError::Picture(PngError::NotPng)));
    }

    #[test]
    fn the_report_covers_every_byte_but_the_extensions_headers() {
        let bytes = payload(&program(b"data".to_vec()), Embed::None).unwrap();
        let report = SizeReport::measure(&bytes, Effort::Normal).unwrap();
        let names: Vec<&str> = report.sections.iter().map(|section| section.name.as_str()).collect();
        assert_eq!(names, ["header", "bytecode", "strings", "data", "meta"]);
        assert_eq!(report.sections.iter().map(|section| section.raw).sum::<usize>() + 5, report.payload);
        assert_eq!(SizeReport::measure(b"nonsense", Effort::Normal), None);
    }
}
