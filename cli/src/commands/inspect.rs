//! `pngine inspect`: what is inside a scene, payload or PNG.

use pngine_compiler::diag::Code;
use pngine_compiler::pack::{Effort, SizeReport, deflate, extension_name};
use pngine_format::bytecode;
use pngine_format::payload::{HEADER_SIZE, Payload, VERSION};
use pngine_format::png;
use pngine_format::status::Plugins;
use pngine_format::strings::{NameKind, names};
use serde_json::{Value, json};

use crate::args::Inspect;
use crate::failure::{Exit, Failure};
use crate::input::{Input, InputKind};
use crate::output;
use crate::play::{self, Resource, Streams};
use crate::scene;
use crate::shaders::{self, Shader};

/// Version of the object that `--json` prints.
const SCHEMA: u32 = 1;

/// Prints what was asked for, or an overview.
///
/// # Errors
/// The findings of the compiler for a source with errors; E0910 to E0915.
pub fn run(args: &Inspect) -> Result<Exit, Failure> {
    let input = Input::read(&args.input)?;
    let scene = scene::load(&input, args.root.as_deref())?;
    let contents = Contents::new(&input, scene.payload.bytes(), scene.payload.payload());
    // What the bytecode holds can be shown even where it cannot be run.
    let streams = play::streams(&scene.payload);
    let text = if args.json { json_text(&contents, streams, args)? } else { plain_text(&contents, streams, args)? };
    output::print(&text)?;
    Ok(Exit::Done)
}

/// A section of the payload.
struct Section {
    name: String,
    /// Bytes from the start of the payload.
    offset: usize,
    bytes: usize,
    /// Bytes of its own DEFLATE stream.
    deflated: usize,
}

/// What can be said without running anything.
struct Contents<'a> {
    input: &'a Input,
    /// Width and height of the picture, if it is one.
    picture: Option<(u32, u32)>,
    payload: Payload<'a>,
    payload_bytes: usize,
    /// Bytes of the scene as stored in the PNG, or as it would be.
    packed: usize,
    sections: Vec<Section>,
    plugins: Vec<&'static str>,
    frames: Vec<&'a str>,
    scenes: Vec<&'a str>,
}

impl<'a> Contents<'a> {
    fn new(input: &'a Input, bytes: &'a [u8], payload: Payload<'a>) -> Self {
        let of = |kind| names(payload.strings, kind).map(|(_, name)| name).collect();
        let packed = match png::find_scene(&input.bytes) {
            Ok(scene) => scene.body.len(),
            Err(_) => SizeReport::measure(bytes, Effort::Normal).map_or(0, |report| report.packed),
        };
        Self {
            input,
            picture: picture_size(&input.bytes),
            payload,
            payload_bytes: bytes.len(),
            packed,
            sections: sections(bytes, &payload),
            plugins: Plugins(payload.plugins).names().collect(),
            frames: of(NameKind::Frame),
            scenes: of(NameKind::Scene),
        }
    }

    fn shaders(&self) -> Vec<Shader> {
        shaders::of(&self.payload)
    }

    fn bytecode(&self) -> String {
        bytecode::disassemble(self.payload.bytecode, self.payload.data)
    }

    fn wat(&self) -> Result<String, Failure> {
        if self.payload.executor.is_empty() {
            return Err(Failure::input(Code::NotInside, format!("`{}` carries no executor", self.input.name))
                .help("build it with --embed-executor"));
        }
        wasmprinter::print_bytes(self.payload.executor)
            .map_err(|error| Failure::input(Code::ExecutorFailed, format!("the executor cannot be printed: {error}")))
    }
}

/// Where the sections lie, in their order. Empty ones are left out.
fn sections(bytes: &[u8], payload: &Payload<'_>) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut add = |name: String, part: &[u8]| {
        if !part.is_empty() {
            // Every part is a slice of `bytes`.
            let offset = (part.as_ptr() as usize).wrapping_sub(bytes.as_ptr() as usize);
            sections.push(Section { name, offset, bytes: part.len(), deflated: deflate(part, Effort::Normal).len() });
        }
    };
    add("header".to_owned(), bytes.get(..HEADER_SIZE).unwrap_or_default());
    add("executor".to_owned(), payload.executor);
    add("bytecode".to_owned(), payload.bytecode);
    add("strings".to_owned(), payload.strings);
    add("data".to_owned(), payload.data);
    for (tag, part) in payload.extensions() {
        add(extension_name(tag), part);
    }
    sections
}

/// Width and height from `IHDR`.
fn picture_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = png::chunks(bytes).ok()?.next()?.ok()?;
    let number = |at: usize| header.data.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
    Some((number(0)?, number(4)?))
}

/// `3 buffers, 1 texture`, in the order of first creation.
fn counts(resources: &[Resource]) -> Vec<(&'static str, usize)> {
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    for resource in resources {
        match counts.iter_mut().find(|(kind, _)| *kind == resource.kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((resource.kind, 1)),
        }
    }
    counts
}

fn plain_text(contents: &Contents<'_>, streams: Result<Streams, Failure>, args: &Inspect) -> Result<String, Failure> {
    let mut parts = Vec::new();
    if args.bytecode {
        parts.push(contents.bytecode());
    }
    if args.commands {
        parts.push(streams?.text);
    } else if parts.is_empty() && !args.wgsl && !args.wat {
        return Ok(overview(contents, streams));
    }
    if args.wgsl {
        parts.push(shaders::text(&contents.shaders()));
    }
    if args.wat {
        parts.push(contents.wat()?);
    }
    Ok(parts.join("\n"))
}

fn overview(contents: &Contents<'_>, streams: Result<Streams, Failure>) -> String {
    let name = &contents.input.name;
    let mut out = match (contents.input.kind, contents.picture) {
        (InputKind::Png, Some((width, height))) => {
            format!("{name}: PNG of {width}x{height} pixels, {} bytes\n", contents.input.bytes.len())
        }
        (kind, _) => format!("{name}: {}, {} bytes\n", kind.name().trim_start_matches("a "), contents.input.bytes.len()),
    };
    out.push_str(&format!("payload: version {VERSION}, {} bytes, {} packed\n", contents.payload_bytes, contents.packed));
    out.push_str(&format!("plugins: {}\n", contents.plugins.join(" ")));
    let executor = if contents.payload.executor.is_empty() {
        "shared".to_owned()
    } else {
        format!("embedded, {} bytes", contents.payload.executor.len())
    };
    out.push_str(&format!("executor: {executor}\n"));
    for (what, names) in [("frames", &contents.frames), ("scenes", &contents.scenes)] {
        if !names.is_empty() {
            out.push_str(&format!("{what}: {}\n", names.join(" ")));
        }
    }
    out.push_str(&format!("\n{:<18}{:>10}{:>10}{:>10}\n", "section", "offset", "bytes", "deflated"));
    for section in &contents.sections {
        out.push_str(&format!("{:<18}{:>10}{:>10}{:>10}\n", section.name, section.offset, section.bytes, section.deflated));
    }
    match streams {
        Ok(streams) => {
            let counts: Vec<String> = counts(&streams.resources).iter().map(|(kind, count)| format!("{count} {kind}")).collect();
            out.push_str(&format!("\nresources: {}\n", if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }));
            for resource in &streams.resources {
                out.push_str(&format!("  {} {}{}\n", resource.kind, resource.id, resource.detail));
            }
            out.push_str(&format!(
                "\ncommands: {} in init, {} in the first frame\n",
                streams.init_commands, streams.frame_commands
            ));
        }
        Err(Failure::Findings { diagnostics, .. }) => {
            for diagnostic in diagnostics {
                out.push_str(&format!("\nit does not run: {}\n", diagnostic.message));
            }
        }
        Err(_) => {}
    }
    out
}

fn json_text(contents: &Contents<'_>, streams: Result<Streams, Failure>, args: &Inspect) -> Result<String, Failure> {
    let kind = match contents.input.kind {
        InputKind::Png => "png",
        InputKind::Payload => "payload",
        InputKind::Source => "source",
    };
    let sections: Vec<Value> = contents
        .sections
        .iter()
        .map(|s| json!({ "name": s.name, "offset": s.offset, "bytes": s.bytes, "deflated": s.deflated }))
        .collect();
    let embedded = !contents.payload.executor.is_empty();
    let mut object = json!({
        "schema": SCHEMA,
        "input": { "name": contents.input.name, "kind": kind, "bytes": contents.input.bytes.len() },
        "picture": contents.picture.filter(|_| contents.input.kind == InputKind::Png).map(|(width, height)| json!({ "width": width, "height": height })),
        "payload": { "version": VERSION, "flags": contents.payload.flags, "bytes": contents.payload_bytes, "packed": contents.packed },
        "plugins": contents.plugins,
        "executor": { "embedded": embedded, "bytes": contents.payload.executor.len() },
        "frames": contents.frames,
        "scenes": contents.scenes,
        "sections": sections,
    });
    match streams {
        Ok(streams) => {
            let resources: Vec<Value> = streams
                .resources
                .iter()
                .map(|r| json!({ "kind": r.kind, "id": r.id, "command": r.command, "detail": r.detail.trim_start() }))
                .collect();
            let counts: serde_json::Map<String, Value> =
                counts(&streams.resources).into_iter().map(|(kind, count)| (kind.to_owned(), count.into())).collect();
            object["resources"] = json!({ "counts": counts, "list": resources });
            object["commands"] = json!({ "init": streams.init_commands, "frame": streams.frame_commands });
            if args.commands {
                object["commands"]["text"] = streams.text.into();
            }
        }
        // What does not run is inspected all the same; that it does not run is part of the answer.
        Err(Failure::Findings { diagnostics, .. }) => {
            object["resources"] = Value::Null;
            object["commands"] = Value::Null;
            object["error"] = diagnostics.first().map(|d| json!({ "code": d.code.as_str(), "message": d.message })).into();
        }
        Err(other) => return Err(other),
    }
    if args.bytecode {
        object["bytecode"] = contents.bytecode().into();
    }
    if args.wgsl {
        object["wgsl"] = contents.shaders().iter().map(|s| json!({ "id": s.id, "text": s.text })).collect();
    }
    if args.wat {
        object["wat"] = contents.wat()?.into();
    }
    Ok(format!("{object:#}\n"))
}
