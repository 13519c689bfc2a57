//! What a payload says to its host beside the program: extensions.

use super::*;
use pngine_format::bytecode::Block;
use pngine_format::payload::tag;
use pngine_format::word::{CanvasAlphaMode, CanvasToneMappingMode, ColorSpace, UniformScalar};
use pngine_wgsl::device::{Availability, Feature};
use pngine_wgsl::reflect::{Field as Member, Scalar};

/// Flag bit 0 of a timeline: the time starts again at its end. Source: docs/format.md, "Timeline".
const REPEAT: u32 = 1;

/// The timeline of the bytecode: what the executor goes by. Empty without an animation.
pub(super) fn timeline(scene: &Accepted) -> Block {
    let mut block = Block::default();
    if let Some(animation) = &scene.animation {
        let header = [animation.duration, if animation.repeats() { REPEAT } else { 0 }];
        let scenes = animation.scenes.iter().flat_map(|scene| [scene.start, scene.end, scene.frame as u32]);
        block.bytes.extend(header.into_iter().chain(scenes).flat_map(u32::to_le_bytes));
    }
    block
}

/// All extensions, in the order of their tags.
pub(super) fn extensions(scene: &Accepted, ids: &Ids) -> Vec<(u8, Vec<u8>)> {
    let mut out = Vec::new();
    if let Some(animation) = &scene.animation {
        out.push((tag::ANIMATION, animation_table(animation).to_descriptor(Type::Animation)));
    }
    let blocks = host_blocks(scene);
    if !blocks.is_empty() {
        let all = blocks.iter().flat_map(|block| {
            // Of a pool each member, so that it matters to none which of them a frame reads.
            (0..scene[block.shadow.buffer].pool).map(|member| uniform_block(scene, ids, block, member))
        });
        out.push((tag::UNIFORMS, object([(Field::Blocks, Value::Array(all.collect()))]).to_descriptor(Type::Uniforms)));
    }
    if let Some(device) = device_table(&scene.device) {
        out.push((tag::DEVICE, device.to_descriptor(Type::Device)));
    }
    if let Some(canvas) = canvas_table(&scene.canvas) {
        out.push((tag::CANVAS, canvas.to_descriptor(Type::Canvas)));
    }
    if !scene.meta.is_empty() {
        out.push((tag::META, meta_json(&scene.meta).into_bytes()));
    }
    let controls = controls(scene, &blocks);
    if !controls.is_empty() {
        out.push((tag::CONTROLS, object([(Field::Blocks, Value::Array(controls))]).to_descriptor(Type::Controls)));
    }
    out
}

fn animation_table(animation: &Animation) -> Value {
    let scenes = animation.scenes.iter().map(|scene| {
        let mut fields = Vec::new();
        dictionary::TIMELINE_SCENE.put(&mut fields, Field::Start, Value::Uint(scene.start));
        fields.push((Field::End, Value::Uint(scene.end)));
        dictionary::TIMELINE_SCENE.put(&mut fields, Field::Frame, Value::Uint(scene.frame as u32));
        object(fields)
    });
    let mut fields = vec![(Field::Duration, Value::Uint(animation.duration))];
    let end = match animation.end {
        EndBehavior::Hold => 0,
        EndBehavior::Stop => 1,
        EndBehavior::Restart => 2,
        EndBehavior::Loop => 3,
    };
    dictionary::ANIMATION.put(&mut fields, Field::EndBehavior, Value::Uint(end));
    fields.push((Field::Scenes, Value::Array(scenes.collect())));
    object(fields)
}

/// What `#uniforms` say of the members that a host may write. Where several modules declare the variable, it is said of the first: the
/// others have their members in the same places.
fn controls(scene: &Accepted, blocks: &[HostBlock<'_>]) -> Vec<Value> {
    let mut variables: BTreeMap<(ShaderId, usize), &str> = BTreeMap::new();
    for block in blocks {
        variables.entry((block.shadow.shader, block.shadow.binding)).or_insert(&block.variable.name);
    }
    let block = |set: &Uniforms| {
        let ((shader, _), name) = set.variables.iter().find_map(|variable| variables.get_key_value(variable))?;
        let controls: Vec<Value> = set.controls.iter().map(control).collect();
        Some(object([
            (Field::Module, Value::Str(scene.shaders[shader.0].name.clone())),
            (Field::Name, Value::Str((*name).to_string())),
            (Field::Uniforms, Value::Array(controls)),
        ]))
    };
    scene.uniforms.iter().filter(|set| !set.controls.is_empty()).filter_map(block).collect()
}

fn control(control: &Control) -> Value {
    let mut fields = vec![(Field::Name, Value::Str(control.path.clone()))];
    if let Some(value) = &control.value {
        fields.push((Field::Value, Value::Array(value.numbers.iter().copied().map(number).collect())));
    }
    for (field, written) in [(Field::Min, control.min), (Field::Max, control.max), (Field::Step, control.step)] {
        fields.extend(written.map(|written| (field, number(written))));
    }
    fields.extend(control.label.clone().map(|label| (Field::Label, Value::Str(label))));
    dictionary::CONTROL.put(&mut fields, Field::Color, Value::Bool(control.is_color));
    object(fields)
}

/// The shortest form of a number that says what a GPU would have of it: whole ones exactly, others as singles.
fn number(number: f64) -> Value {
    let whole = number.fract() == 0.0 && !(number == 0.0 && number.is_sign_negative());
    match number {
        _ if whole && (0.0..=f64::from(u32::MAX)).contains(&number) => Value::Uint(number as u32),
        _ if whole && (f64::from(i32::MIN)..0.0).contains(&number) => Value::Int(number as i32),
        _ => Value::F32(number as f32),
    }
}

/// A uniform variable and those of its members that a host may write, in one buffer of a pool.
fn uniform_block(scene: &Accepted, ids: &Ids, block: &HostBlock<'_>, pool_member: u32) -> Value {
    let is_shadow = scene.shadows.contains(&block.shadow);
    let member = |member: &&Member| {
        let mut fields = Vec::new();
        if !member.path.is_empty() {
            fields.push((Field::Name, Value::Str(member.path.clone())));
        }
        dictionary::UNIFORM.put(&mut fields, Field::Offset, Value::Uint(block.shadow.offset.saturating_add(member.offset)));
        let ty = match member.scalar {
            Scalar::F32 => UniformScalar::Float32,
            Scalar::I32 => UniformScalar::Sint32,
            // A bool cannot be shared with the host.
            Scalar::U32 | Scalar::Bool => UniformScalar::Uint32,
            Scalar::F16 => UniformScalar::Float16,
        };
        fields.push((Field::Type, Value::Word(ty.word())));
        dictionary::UNIFORM.put(&mut fields, Field::Columns, Value::Uint(u32::from(member.columns)));
        dictionary::UNIFORM.put(&mut fields, Field::Rows, Value::Uint(u32::from(member.rows)));
        if let Some(array) = member.arrays.first() {
            fields.push((Field::Count, Value::Uint(array.count.unwrap_or(1))));
            fields.push((Field::ArrayStride, Value::Uint(array.stride)));
        }
        if let Some((input, at)) = engine_input(block.block, member).filter(|_| is_shadow && member.scalar != Scalar::F32) {
            fields.push((Field::Input, Value::Uint(INPUTS[input].offset + at)));
        }
        object(fields)
    };
    object([
        (Field::Module, Value::Str(scene.shaders[block.shadow.shader.0].name.clone())),
        (Field::Name, Value::Str(block.variable.name.clone())),
        (Field::Buffer, reference(Kind::Buffer, ids.buffers[block.shadow.buffer.0] + pool_member)),
        (Field::Uniforms, Value::Array(block.fields.iter().map(member).collect())),
    ])
}

fn device_table(device: &Device) -> Option<Value> {
    let mut fields = Vec::new();
    // With those that others bring along: not every browser adds them by itself.
    for (field, wanted) in [(Field::RequiredFeatures, Availability::Required), (Field::OptionalFeatures, Availability::Optional)]
    {
        let names = Feature::ALL.iter().filter(|feature| device.availability(**feature) == wanted);
        let names: Vec<Value> = names.map(|feature| Value::Str(feature.name().to_string())).collect();
        if !names.is_empty() {
            fields.push((field, Value::Array(names)));
        }
    }
    // A limit is below 2^53, so a double holds it.
    let limits: Vec<_> = device.limits.iter().map(|(limit, (number, _))| (limit.name().to_string(), *number as f64)).collect();
    if !limits.is_empty() {
        fields.push((Field::RequiredLimits, Value::Record(limits)));
    }
    if fields.is_empty() { None } else { Some(object(fields)) }
}

fn canvas_table(canvas: &Canvas) -> Option<Value> {
    let words = [
        (Field::AlphaMode, canvas.alpha_mode.map(CanvasAlphaMode::word)),
        (Field::ColorSpace, canvas.color_space.map(ColorSpace::word)),
        (Field::ToneMapping, canvas.tone_mapping.map(CanvasToneMappingMode::word)),
    ];
    let mut fields = Vec::new();
    for (field, word) in words {
        if let Some(word) = word {
            dictionary::CANVAS.put(&mut fields, field, Value::Word(word));
        }
    }
    if fields.is_empty() { None } else { Some(object(fields)) }
}

/// `{"title":"…"}`, in the order in which the properties stand. Source of the escapes: RFC 8259, section 7.
fn meta_json(meta: &[(&str, String)]) -> String {
    let quote = |text: &str| {
        let mut out = String::from('"');
        for c in text.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
                c => out.push(c),
            }
        }
        out.push('"');
        out
    };
    let members: Vec<String> = meta.iter().map(|(name, text)| format!("{}:{}", quote(name), quote(text))).collect();
    format!("{{{}}}", members.join(","))
}
