//! `pngine inspect`: what is inside a scene, payload or PNG.

use pngine_compiler::diag::{Code, escape};
use pngine_compiler::pack::{Effort, SizeReport, deflate, extension_name};
use pngine_format::bytecode;
use pngine_format::payload::{HEADER_SIZE, Payload, VERSION, kind, tag};
use pngine_format::png;
use pngine_format::status::Plugins;
use pngine_format::strings::{NameKind, names};
use pngine_host::{AlphaMode, ColorSpace, Control, Extensions, History, ToneMapping, history};
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
    let contents = Contents::new(&input, scene.payload.bytes(), scene.payload.payload())?;
    // What the bytecode holds can be shown even where it cannot be run.
    let streams = play::streams(&scene.payload);
    if args.json {
        output::print_json(&object(&contents, streams, args)?)?;
    } else {
        output::print(&plain_text(&contents, streams, args)?)?;
    }
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
    extensions: Extensions,
    /// What the payload says about the scene, if it is JSON.
    meta: Option<Value>,
    /// Why a frame depends on those before it; `None` where it does not, or the program does not run.
    history: Option<History>,
}

impl<'a> Contents<'a> {
    fn new(input: &'a Input, bytes: &'a [u8], payload: Payload<'a>) -> Result<Self, Failure> {
        let of = |kind| names(payload.strings, kind).map(|(_, name)| name).collect();
        let packed = match png::find_scene(&input.bytes) {
            Ok(scene) => scene.body.len(),
            Err(_) => SizeReport::measure(bytes, Effort::Normal).map_or(0, |report| report.packed),
        };
        let extensions = Extensions::read(&payload).map_err(|error| play::extension_failure(&error))?;
        let executor = play::Executor::of(&payload).ok();
        let history = executor.and_then(|executor| history(&payload, executor.shared, &extensions, None).ok().flatten());
        Ok(Self {
            input,
            picture: picture_size(&input.bytes),
            payload,
            payload_bytes: bytes.len(),
            packed,
            sections: sections(bytes, &payload),
            plugins: Plugins(payload.plugins).names().collect(),
            frames: of(NameKind::Frame),
            scenes: of(NameKind::Scene),
            extensions,
            history,
            meta: payload.extension(tag::META).and_then(|json| serde_json::from_slice(json).ok()),
        })
    }

    /// The name of a frame, or its number.
    fn frame_name(&self, index: u32) -> String {
        let name = names(self.payload.strings, NameKind::Frame).find(|(id, _)| *id == index);
        name.map_or_else(|| index.to_string(), |(_, name)| name.to_owned())
    }

    fn shaders(&self) -> Vec<Shader> {
        shaders::of(&self.payload)
    }

    /// The bytecode of a scene as its instructions, that of another kind as bytes.
    fn bytecode(&self) -> String {
        if self.payload.kind == kind::SCENE {
            bytecode::disassemble(self.payload.bytecode, self.payload.data)
        } else {
            hex_dump(self.payload.bytecode)
        }
    }

    fn wat(&self) -> Result<String, Failure> {
        if self.payload.executor.is_empty() {
            return Err(Failure::input(Code::NotInside, format!("`{}` carries no executor", self.input.name))
                .help("build it without --no-executor"));
        }
        wasmprinter::print_bytes(self.payload.executor)
            .map_err(|error| Failure::input(Code::ExecutorFailed, format!("the executor cannot be printed: {error}")))
    }
}

/// Bytes in hexadecimal, sixteen a line, behind the place of the first.
fn hex_dump(bytes: &[u8]) -> String {
    let line = |(i, line): (usize, &[u8])| {
        let numbers: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{:08x}  {}\n", i * 16, numbers.join(" "))
    };
    bytes.chunks(16).enumerate().map(line).collect()
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
    let name = escape(&contents.input.name);
    let mut out = match (contents.input.kind, contents.picture) {
        (InputKind::Png, Some((width, height))) => {
            format!("{name}: PNG of {width}x{height} pixels, {} bytes\n", contents.input.bytes.len())
        }
        (kind, _) => format!("{name}: {}, {} bytes\n", kind.name().trim_start_matches("a "), contents.input.bytes.len()),
    };
    out.push_str(&format!("payload: version {VERSION}, {} bytes, {} packed\n", contents.payload_bytes, contents.packed));
    let kind = match contents.payload.kind {
        kind::SCENE => "scene".to_owned(),
        other => format!("{other}, which this version of pngine does not know"),
    };
    out.push_str(&format!("kind: {kind}\n"));
    out.push_str(&format!("plugins: {}\n", contents.plugins.join(" ")));
    let executor = if contents.payload.executor.is_empty() {
        "shared".to_owned()
    } else {
        format!("embedded, {} bytes", contents.payload.executor.len())
    };
    out.push_str(&format!("executor: {executor}\n"));
    for (what, names) in [("frames", &contents.frames), ("scenes", &contents.scenes)] {
        if !names.is_empty() {
            out.push_str(&format!("{what}: {}\n", escape(&names.join(" "))));
        }
    }
    if let Some(history) = contents.history {
        out.push_str(&format!("a frame depends on those before it: {}\n", history.text()));
    }
    out.push_str(&extensions_text(contents));
    out.push_str(&format!("\n{:<18}{:>10}{:>10}{:>10}\n", "section", "offset", "bytes", "deflated"));
    for section in &contents.sections {
        out.push_str(&format!("{:<18}{:>10}{:>10}{:>10}\n", section.name, section.offset, section.bytes, section.deflated));
    }
    match streams {
        Ok(streams) => {
            let counts: Vec<String> = counts(&streams.resources).iter().map(|(kind, count)| format!("{count} {kind}")).collect();
            out.push_str(&format!("\nresources: {}\n", if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }));
            for resource in &streams.resources {
                out.push_str(&format!("  {} {}{}\n", resource.kind, resource.id, escape(&resource.detail)));
            }
            out.push_str(&format!(
                "\ncommands: {} in init, {} in the first frame\n",
                streams.init_commands, streams.frame_commands
            ));
        }
        Err(Failure::Findings { diagnostics, .. }) => {
            for diagnostic in diagnostics {
                out.push_str(&format!("\nit does not run: {}\n", escape(&diagnostic.message)));
            }
        }
        Err(_) => {}
    }
    out
}

const fn alpha_text(alpha: AlphaMode) -> &'static str {
    match alpha {
        AlphaMode::Opaque => "opaque",
        AlphaMode::Premultiplied => "premultiplied",
    }
}

const fn color_space_text(space: ColorSpace) -> &'static str {
    match space {
        ColorSpace::Srgb => "srgb",
        ColorSpace::DisplayP3 => "display-p3",
    }
}

const fn tone_mapping_text(mapping: ToneMapping) -> &'static str {
    match mapping {
        ToneMapping::Standard => "standard",
        ToneMapping::Extended => "extended",
    }
}

/// What a scene says of a uniform, each behind a comma.
fn control_text(control: &Control) -> String {
    let Control { value, min, max, step, label, is_color } = control;
    let mut out = String::new();
    if !value.is_empty() {
        out += &format!(", begins with {}", play::numbers(value));
    }
    out += &match (min, max) {
        (Some(min), Some(max)) => format!(", from {min} to {max}"),
        (Some(min), None) => format!(", at least {min}"),
        (None, Some(max)) => format!(", at most {max}"),
        (None, None) => String::new(),
    };
    out += &step.map_or_else(String::new, |step| format!(", in steps of {step}"));
    out += &label.as_ref().map_or_else(String::new, |label| format!(", called \"{label}\""));
    if *is_color {
        out += ", a color";
    }
    out
}

/// What the extensions say, one matter a line. Nothing for those that are not there.
fn extensions_text(contents: &Contents<'_>) -> String {
    let mut out = String::new();
    let Extensions { animation, uniforms, device, canvas } = &contents.extensions;
    let mut line = |text: String| {
        out.push_str(&escape(&text));
        out.push('\n');
    };
    if let Some(Value::Object(meta)) = &contents.meta {
        for (key, value) in meta {
            line(format!("{key}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
    }
    if let Some(animation) = animation {
        let seconds = |ms: u32| f64::from(ms) / 1000.0;
        line(format!("timeline: {} s, then {}", seconds(animation.duration), animation.end.text()));
        for scene in &animation.scenes {
            let frame = contents.frame_name(scene.frame);
            line(format!("  {} s to {} s: scene {}, frame {frame}", seconds(scene.start), seconds(scene.end), scene.name));
        }
    }
    for (what, features) in [("needs", &device.required_features), ("uses, if there,", &device.optional_features)] {
        if !features.is_empty() {
            line(format!("device: {what} {}", features.join(" ")));
        }
    }
    for (name, limit) in &device.required_limits {
        line(format!("device: needs {name} {limit}"));
    }
    if *canvas != Default::default() {
        let (alpha, space) = (alpha_text(canvas.alpha), color_space_text(canvas.color_space));
        line(format!("canvas: {alpha} {space} {}", tone_mapping_text(canvas.tone_mapping)));
    }
    if !uniforms.is_empty() {
        line("uniforms:".to_owned());
    }
    for block in uniforms {
        for uniform in &block.uniforms {
            let path = if uniform.path.is_empty() { String::new() } else { format!(".{}", uniform.path) };
            let input = uniform.input.map_or(String::new(), |_| ", an input".to_owned());
            let (module, name, offset) = (&block.module, &block.name, uniform.offset);
            let control = control_text(&uniform.control);
            line(format!(
                "  {module}.{name}{path}: {}, buffer {} at byte {offset}{input}{control}",
                uniform.wgsl(),
                block.buffer
            ));
        }
    }
    out
}

/// What the extensions say. `null` for those that are not there.
fn extensions_json(contents: &Contents<'_>) -> Value {
    let Extensions { animation, uniforms, device, canvas } = &contents.extensions;
    let has = |tag| contents.payload.extension(tag).is_some();
    let animation = animation.as_ref().map(|animation| {
        let scenes: Vec<Value> = animation
            .scenes
            .iter()
            .map(|scene| {
                json!({ "name": scene.name, "start_ms": scene.start, "end_ms": scene.end, "frame": scene.frame, "frame_name": contents.frame_name(scene.frame) })
            })
            .collect();
        json!({ "duration_ms": animation.duration, "end_behavior": animation.end.text(), "scenes": scenes })
    });
    let uniforms: Vec<Value> = uniforms
        .iter()
        .flat_map(|block| block.uniforms.iter().map(move |uniform| (block, uniform)))
        .map(|(block, uniform)| {
            json!({
                "module": block.module, "variable": block.name, "field": uniform.path, "type": uniform.wgsl(),
                "buffer": block.buffer, "offset": uniform.offset, "input": uniform.input,
                "value": (!uniform.control.value.is_empty()).then_some(&uniform.control.value),
                "min": uniform.control.min, "max": uniform.control.max, "step": uniform.control.step,
                "label": uniform.control.label, "color": uniform.control.is_color,
            })
        })
        .collect();
    let limits: serde_json::Map<String, Value> =
        device.required_limits.iter().map(|(name, limit)| (name.clone(), (*limit).into())).collect();
    json!({
        "animation": animation,
        "uniforms": if has(tag::UNIFORMS) { Value::from(uniforms) } else { Value::Null },
        "device": has(tag::DEVICE).then(|| json!({
            "required_features": device.required_features, "optional_features": device.optional_features, "required_limits": limits,
        })),
        "canvas": has(tag::CANVAS).then(|| json!({
            "alpha_mode": alpha_text(canvas.alpha), "color_space": color_space_text(canvas.color_space),
            "tone_mapping": tone_mapping_text(canvas.tone_mapping),
        })),
        "meta": contents.meta,
    })
}

fn object(contents: &Contents<'_>, streams: Result<Streams, Failure>, args: &Inspect) -> Result<Value, Failure> {
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
        "payload": { "version": VERSION, "kind": contents.payload.kind, "flags": contents.payload.flags, "bytes": contents.payload_bytes, "packed": contents.packed },
        "plugins": contents.plugins,
        "executor": { "embedded": embedded, "bytes": contents.payload.executor.len() },
        "frames": contents.frames,
        "scenes": contents.scenes,
        "history": contents.history.map(History::text),
        "sections": sections,
        "extensions": extensions_json(contents),
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
    Ok(object)
}
