//! `data=module.variable`: a uniform block that engine and host fill. Source: language reference, sections 8.3 and 14.

use super::Lowerer;
use crate::diag::{Code, Diagnostic};
use crate::resolve::{Obj, Val};
use crate::scene::*;
use crate::schema::Ns;
use crate::shader::reflect::{Binding, Block, Field, Resource, Scalar};
use std::collections::{BTreeMap, BTreeSet};

/// Position of `pngineInputs` and `sceneTimeInputs` in `pngine_format::status::INPUTS`.
const PNGINE_INPUTS: usize = 0;
const SCENE_TIME_INPUTS: usize = 1;

/// The input that a member is filled from: its source and its byte in the source. Source: language reference, section 8.3.
pub fn engine_input(block: &Block, field: &Field) -> Option<(usize, u32)> {
    let has = |name: &str| block.field(name).is_some_and(is_number);
    if !is_number(field) {
        return None;
    }
    let of_scene = has("time") && (has("duration") || has("normalizedTime"));
    Some(match field.path.as_str() {
        "time" if of_scene => (SCENE_TIME_INPUTS, 0),
        "duration" if of_scene => (SCENE_TIME_INPUTS, 4),
        "sceneTime" => (SCENE_TIME_INPUTS, 0),
        "sceneDuration" => (SCENE_TIME_INPUTS, 4),
        "normalizedTime" => (SCENE_TIME_INPUTS, 8),
        "time" => (PNGINE_INPUTS, 0),
        "width" | "canvasW" | "canvasWidth" => (PNGINE_INPUTS, 4),
        "height" | "canvasH" | "canvasHeight" => (PNGINE_INPUTS, 8),
        "aspect" | "canvasRatio" => (PNGINE_INPUTS, 12),
        _ => return None,
    })
}

/// Whether a member is one number.
fn is_number(field: &Field) -> bool {
    (field.columns, field.rows) == (1, 1) && field.arrays.is_empty()
}

impl Lowerer<'_> {
    /// The writes that keep the members of a block which the engine knows up to date; the host is told of the others. Members that
    /// are no single of 32 bits are converted by the host.
    pub(super) fn block_writes(&mut self, obj: &Obj) -> Option<Vec<WriteBuffer>> {
        let Some(Val::Block { shader, binding }) = obj.get("data").map(|node| &node.val) else { return None };
        let (shader, binding) = (ShaderId(*shader), *binding);
        for name in ["size", "dataOffset"] {
            if let Some(span) = obj.prop_span(name) {
                let message = format!("`{name}` does not go with a block, which is kept up to date as a whole");
                self.report(Diagnostic::new(Code::Conflict, span, message).help("leave it out"));
                return None;
            }
        }
        if obj.bad("bufferOffset") || obj.bad("pingPong") {
            return None;
        }
        let buffer = BufferId(obj.decl("buffer", Ns::Buffer)?);
        let (name, size) = self.scene.buffer(buffer).map(|buffer| (buffer.named.name.clone(), buffer.size))?;
        let offset = obj.uint_or("bufferOffset", 0);
        let variable = self.scene.shaders.get(shader.0)?.module.as_ref()?.bindings.get(binding)?.clone();
        let Resource::Uniform(block) = &variable.resource else { return None };
        if !offset.is_multiple_of(4) {
            let message = format!("offset {offset} is not a multiple of 4, as it must be in a write");
            self.report(Diagnostic::new(Code::Unaligned, obj.span_of("bufferOffset"), message));
            return None;
        }
        let needed = block.fields.iter().map(|field| u64::from(field.offset) + u64::from(field.size)).max().unwrap_or(0);
        if u64::from(offset) + needed > u64::from(size) {
            let message = format!("`{}` has {needed} bytes from byte {offset} on, and `{name}` has {size}", variable.name);
            self.report(
                Diagnostic::new(Code::WriteOutOfRange, obj.span_of("data"), message)
                    .also(variable.span, "declared here")
                    .help(format!("make `{name}` larger: `size={}`", (u64::from(offset) + needed).next_multiple_of(4))),
            );
            return None;
        }
        let pool = self.scene.buffer(buffer)?.pool;
        self.pool_offset(obj, pool);
        let mut writes: Vec<WriteBuffer> = Vec::new();
        for field in block.fields.iter().filter(|field| field.scalar == Scalar::F32) {
            let Some((input, from)) = engine_input(block, field) else { continue };
            let to = offset + field.offset;
            // Members in the order of the source are one write.
            if let Some(last) = writes.last_mut()
                && last.offset + last.len == to
                && matches!(last.source, Source::Input(known) if known == input)
                && last.source_offset + last.len == from
            {
                last.len += 4;
                continue;
            }
            writes.push(WriteBuffer {
                span: obj.span,
                buffer,
                offset: to,
                ping_pong: obj.uint("pingPong"),
                source: Source::Input(input),
                source_offset: from,
                len: 4,
            });
        }
        self.scene.shadows.push(Shadow { buffer, offset, shader, binding });
        Some(writes)
    }
}

/// A uniform block that the host may write, with those of its members that the program does not itself write in every frame.
pub struct HostBlock<'a> {
    /// Where it is.
    pub shadow: Shadow,
    /// The variable.
    pub variable: &'a Binding,
    /// The whole block.
    pub block: &'a Block,
    /// The members.
    pub fields: Vec<&'a Field>,
}

/// What the host may write: every uniform variable that a bind group gives a buffer for, and those that a write or a size names.
/// Source: language reference, section 14.1. What the program writes in every frame is left out, because the host's value would never
/// be seen.
pub fn host_blocks(scene: &Scene) -> Vec<HostBlock<'_>> {
    let mut places: BTreeSet<Shadow> = scene.shadows.iter().copied().collect();
    for group in scene.groups.iter().flatten() {
        for entry in &group.entries {
            let crate::scene::Resource::Buffer { buffer, offset, .. } = entry.resource else { continue };
            if scene.pass_uniforms.contains(&buffer) {
                continue;
            }
            for (pipeline, index) in pipelines_of(scene, group.layout) {
                for stage in scene.stages(pipeline) {
                    let shader = stage.shader;
                    let Some(module) = scene.shaders.get(shader.0).and_then(|shader| shader.module.as_ref()) else { continue };
                    let Some(point) = module.entry_point(&stage.entry) else { continue };
                    let bound = |binding: &usize| {
                        let binding = &module.bindings[*binding];
                        (binding.group, binding.binding) == (index, entry.binding)
                    };
                    let bound = point.bindings.iter().copied().find(bound);
                    places.extend(bound.map(|binding| Shadow { buffer, offset, shader, binding }));
                }
            }
        }
    }
    // One buffer may hold many blocks, and its writes are in all frames.
    let mut writes: BTreeMap<BufferId, FrameWrites> = BTreeMap::new();
    let mut blocks: Vec<HostBlock<'_>> = Vec::new();
    for shadow in places {
        let module = scene.shaders.get(shadow.shader.0).and_then(|shader| shader.module.as_ref());
        let Some(variable) = module.and_then(|module| module.bindings.get(shadow.binding)) else { continue };
        let Resource::Uniform(block) = &variable.resource else { continue };
        let written = writes.entry(shadow.buffer).or_insert_with(|| FrameWrites::of(scene, shadow.buffer));
        let open = |field: &&Field| {
            let (start, end) = extent(field);
            field.arrays.len() < 2 && !written.cover(shadow.offset.saturating_add(start), shadow.offset.saturating_add(end))
        };
        let fields: Vec<&Field> = block.fields.iter().filter(open).collect();
        if !fields.is_empty() {
            blocks.push(HostBlock { shadow, variable, block, fields });
        }
    }
    blocks
}

/// First byte of a member in its block, and the one behind its last.
fn extent(field: &Field) -> (u32, u32) {
    let end = match field.arrays.first() {
        Some(array) => array.stride.saturating_mul(array.count.unwrap_or(1)),
        None => field.size,
    };
    (field.offset, field.offset.saturating_add(end))
}

/// The pipelines whose group `index` has this layout.
fn pipelines_of(scene: &Scene, layout: GroupLayout) -> Vec<(PipelineId, u32)> {
    let layout = match layout {
        GroupLayout::Auto(pipeline, index) => return vec![(pipeline, index)],
        GroupLayout::Explicit(layout) => layout,
    };
    let renders = (0..scene.render_pipelines.len()).map(|id| PipelineId::Render(RenderPipelineId(id)));
    let computes = (0..scene.compute_pipelines.len()).map(|id| PipelineId::Compute(ComputePipelineId(id)));
    let mut out = Vec::new();
    for pipeline in renders.chain(computes) {
        let Some(Some(id)) = scene.pipeline_layout(pipeline) else { continue };
        let Some(Some(found)) = scene.pipeline_layouts.get(id.0) else { continue };
        let indices = (0..).zip(&found.groups).filter(|(_, group)| **group == layout);
        out.extend(indices.map(|(index, _)| (pipeline, index)));
    }
    out
}

/// The bytes of a buffer that each frame writes: ranges, ascending.
struct FrameWrites {
    frames: Vec<Vec<(u32, u32)>>,
}

impl FrameWrites {
    fn of(scene: &Scene, buffer: BufferId) -> Self {
        let in_frame = |frame: &Frame| {
            let mut ranges: Vec<(u32, u32)> = Vec::new();
            for (step, _) in &frame.steps {
                let Step::Queue(id) = step else { continue };
                let Some(Some(queue)) = scene.queues.get(id.0) else { continue };
                let writes = queue.buffer_writes().filter(|write| write.buffer == buffer && write.ping_pong.is_none());
                ranges.extend(writes.map(|write| (write.offset, write.offset.saturating_add(write.len))));
            }
            ranges.sort_unstable();
            ranges
        };
        Self { frames: scene.frames.iter().map(in_frame).collect() }
    }

    /// Whether every frame writes all bytes from `start` to `end`, exclusive.
    fn cover(&self, start: u32, end: u32) -> bool {
        let covers = |ranges: &Vec<(u32, u32)>| {
            ranges.iter().fold(start, |reached, (from, to)| if *from <= reached { reached.max(*to) } else { reached }) >= end
        };
        !self.frames.is_empty() && self.frames.iter().all(covers)
    }
}
