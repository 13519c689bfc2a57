//! Changes of single things in a scene's commands.

use pngine_format::descriptor::{Field, Value, object};
use pngine_format::op::{CANVAS_TEXTURE, Kind, Op};
use pngine_host::CheckedCommand;
use std::collections::BTreeSet;

/// A command with its own bytes.
pub type Command = CheckedCommand<'static>;

/// What is changed. Those of pipelines are made in one of them, or in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Nothing is culled.
    NoCull(Option<u16>),
    /// Every depth passes.
    AllDepth(Option<u16>),
    /// Every stencil passes.
    AllStencil(Option<u16>),
    /// Colours replace what is there.
    NoBlend(Option<u16>),
    /// What is blended writes no depth.
    NoBlendedDepth(Option<u16>),
    /// Corners are drawn as points.
    Points(Option<u16>),
    /// What is drawn to the canvas leaves an alpha of 0, and everything else one of 1.
    Silhouette,
    /// No pass but the first one clears the canvas.
    Load,
    /// Viewports and scissors are the whole target.
    NoScissor,
    /// Textures with sRGB formats are read and written as they are.
    NoSrgb,
}

fn get_mut(value: &mut Value, field: Field) -> Option<&mut Value> {
    match value {
        Value::Object(fields) => fields.iter_mut().find(|(name, _)| *name == field).map(|(_, value)| value),
        _ => None,
    }
}

fn set(value: &mut Value, field: Field, new: Value) {
    if let Value::Object(fields) = value {
        fields.retain(|(name, _)| *name != field);
        fields.push((field, new));
    }
}

fn remove(value: &mut Value, field: Field) {
    if let Value::Object(fields) = value {
        fields.retain(|(name, _)| *name != field);
    }
}

fn elements_mut(value: Option<&mut Value>) -> &mut [Value] {
    match value {
        Some(Value::Array(elements)) => elements,
        _ => &mut [],
    }
}

/// The text of a word among the members of a dictionary.
pub fn word(value: &Value, field: Field) -> Option<&'static str> {
    match value.get(field)? {
        Value::Word(word) => Some(word.text()),
        _ => None,
    }
}

/// Whether a view is the canvas.
fn is_canvas(view: Option<&Value>) -> bool {
    matches!(view, Some(Value::Ref(Kind::DefaultView | Kind::Texture, CANVAS_TEXTURE)))
}

/// Whether a command begins a pass that draws to the canvas, or resolves to it.
pub fn begins_on_canvas(command: &Command) -> bool {
    match command.op {
        Op::BeginRenderPass => command.operands[0] == u32::from(CANVAS_TEXTURE),
        Op::BeginRenderPassDesc => {
            let colors = command.descriptor.get(Field::ColorAttachments).map_or(&[][..], Value::elements);
            colors.iter().any(|color| is_canvas(color.get(Field::View)) || is_canvas(color.get(Field::ResolveTarget)))
        }
        _ => false,
    }
}

/// The pipelines that draw to the canvas, in bundles too.
pub fn canvas_pipelines(init: &[Command], frame: &[Command]) -> BTreeSet<u16> {
    let mut out = BTreeSet::new();
    let mut on_canvas = false;
    for command in frame {
        match command.op {
            Op::BeginRenderPass | Op::BeginRenderPassDesc => on_canvas = begins_on_canvas(command),
            Op::EndPass => on_canvas = false,
            Op::SetPipeline if on_canvas => _ = out.insert(command.operands[0] as u16),
            Op::ExecuteBundles if on_canvas => {
                let bundles = init.iter().filter(|made| made.creates.is_some_and(|key| command.refs.contains(&key)));
                let set = bundles.flat_map(|made| &made.bundle).filter(|command| command.op == Op::SetPipeline);
                out.extend(set.map(|command| command.operands[0] as u16));
            }
            _ => {}
        }
    }
    out
}

impl Edit {
    /// Whether it is made in a pipeline.
    fn is_of(only: Option<u16>, command: &Command) -> bool {
        command.op == Op::CreateRenderPipe && only.is_none_or(|only| command.creates == Some((Kind::Pipeline, only)))
    }

    /// Makes the change. `on_canvas` are the pipelines that draw to the canvas.
    pub fn apply(self, commands: &mut Vec<Command>, on_canvas: &BTreeSet<u16>) {
        let mut has_canvas = false;
        if self == Self::NoScissor {
            commands.retain(|command| {
                !matches!(command.op, Op::SetScissorRect | Op::SetScissorRectDesc | Op::SetViewport | Op::SetViewportDesc)
            });
        }
        for command in commands.iter_mut() {
            let pipeline = match command.creates {
                Some((Kind::Pipeline, id)) => Some(id),
                _ => None,
            };
            match self {
                Self::NoCull(only) if Self::is_of(only, command) => {
                    if let Some(primitive) = get_mut(&mut command.descriptor, Field::Primitive) {
                        remove(primitive, Field::CullMode);
                    }
                }
                Self::Points(only) if Self::is_of(only, command) => {
                    set(&mut command.descriptor, Field::Primitive, object([(Field::Topology, Value::word("point-list"))]));
                }
                Self::AllDepth(only) if Self::is_of(only, command) => {
                    if let Some(state) = get_mut(&mut command.descriptor, Field::DepthStencil)
                        && state.get(Field::DepthCompare).is_some()
                    {
                        set(state, Field::DepthCompare, Value::word("always"));
                    }
                }
                Self::AllStencil(only) if Self::is_of(only, command) => {
                    if let Some(state) = get_mut(&mut command.descriptor, Field::DepthStencil) {
                        for field in [Field::StencilFront, Field::StencilBack] {
                            if let Some(face) = get_mut(state, field) {
                                remove(face, Field::Compare);
                            }
                        }
                    }
                }
                Self::NoBlend(only) if Self::is_of(only, command) => {
                    for target in targets(&mut command.descriptor) {
                        remove(target, Field::Blend);
                        remove(target, Field::WriteMask);
                    }
                }
                Self::NoBlendedDepth(only) if Self::is_of(only, command) => {
                    let blends = targets(&mut command.descriptor).iter().any(|target| target.get(Field::Blend).is_some());
                    if let Some(state) = get_mut(&mut command.descriptor, Field::DepthStencil)
                        && blends
                        && state.get(Field::DepthWriteEnabled) == Some(&Value::Bool(true))
                    {
                        set(state, Field::DepthWriteEnabled, Value::Bool(false));
                    }
                }
                Self::Silhouette if pipeline.is_some_and(|id| on_canvas.contains(&id)) => {
                    let nothing = || {
                        object([
                            (Field::Operation, Value::word("add")),
                            (Field::SrcFactor, Value::word("zero")),
                            (Field::DstFactor, Value::word("zero")),
                        ])
                    };
                    for target in targets(&mut command.descriptor) {
                        remove(target, Field::WriteMask);
                        set(target, Field::Blend, object([(Field::Color, nothing()), (Field::Alpha, nothing())]));
                    }
                }
                Self::Silhouette if begins_on_canvas(command) => {
                    let first = !std::mem::replace(&mut has_canvas, true);
                    if command.op == Op::BeginRenderPass {
                        command.operands[1] = u32::from(first);
                    }
                    for color in elements_mut(get_mut(&mut command.descriptor, Field::ColorAttachments)) {
                        if first {
                            set(color, Field::LoadOp, Value::word("clear"));
                            set(color, Field::ClearValue, Value::F32Array(vec![0.0, 0.0, 0.0, 1.0]));
                        }
                    }
                }
                Self::Load if begins_on_canvas(command) && std::mem::replace(&mut has_canvas, true) => {
                    if command.op == Op::BeginRenderPass {
                        command.operands[1] = 0;
                    }
                    for color in elements_mut(get_mut(&mut command.descriptor, Field::ColorAttachments)) {
                        set(color, Field::LoadOp, Value::word("load"));
                    }
                }
                Self::NoSrgb => plain_formats(&mut command.descriptor),
                _ => {}
            }
        }
    }
}

fn targets(pipeline: &mut Value) -> &mut [Value] {
    elements_mut(get_mut(pipeline, Field::Fragment).and_then(|stage| get_mut(stage, Field::Targets)))
}

/// Takes the curve of sRGB off all formats in a descriptor.
fn plain_formats(value: &mut Value) {
    match value {
        Value::Word(word) => {
            if let Some(plain) = word.text().strip_suffix("-srgb")
                && let Some(plain) = pngine_format::word::Word::find(plain)
            {
                *word = plain;
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(plain_formats),
        Value::Object(fields) => fields.iter_mut().for_each(|(_, value)| plain_formats(value)),
        _ => {}
    }
}
