//! What can be told of a scene as a whole: who writes what, how large the levels of textures are, which uniforms a host may set.

use super::{
    Action, AttachmentView, BufferId, ComputePipelineId, Extent, Frame, GroupLayout, PipelineId, Queue, RenderPipelineId,
    Resource, Scene, ShaderId, Shadow, State, Step, TextureId, TextureSide, Uniforms,
};
use pngine_format::texel;
use pngine_format::webgpu::Format;
use pngine_format::word::TextureDimension;
use pngine_source::source::Span;
use pngine_wgsl::reflect::{Binding, Block, Field, Resource as Wanted};
use std::collections::{BTreeMap, BTreeSet};

const ONE: Extent = Extent::Fixed(1);

/// The buffers that the program itself writes, by a queue or as initial data, and those that the host may write. They need `COPY_DST`,
/// which is added without a word (language reference, decision 26).
pub fn written_buffers(scene: &Scene) -> BTreeSet<BufferId> {
    let initial =
        scene.buffers.iter().enumerate().filter(|(_, buffer)| buffer.as_ref().is_some_and(|buffer| buffer.initial.is_some()));
    let queued = scene.all_queues().flat_map(Queue::buffer_writes).map(|write| write.buffer);
    let of_host = host_blocks(scene).into_iter().map(|block| block.shadow.buffer);
    initial.map(|(index, _)| BufferId(index)).chain(queued).chain(of_host).collect()
}

/// The textures that queues write: they get `COPY_DST` in the same way.
pub fn written_textures(scene: &Scene) -> BTreeSet<TextureId> {
    let actions = scene.all_queues().flat_map(|queue| &queue.actions);
    actions
        .filter_map(|action| match action {
            Action::WriteTexture(write) => write.copy.destination.texture,
            Action::WriteBuffer(_)
            | Action::CopyBufferToBuffer { .. }
            | Action::CopyBufferToTexture(_)
            | Action::CopyTextureToBuffer(_)
            | Action::CopyTextureToTexture(_)
            | Action::ClearBuffer { .. }
            | Action::CopyImage { .. }
            | Action::CopyVideo { .. }
            | Action::CallWasm { .. }
            | Action::ResolveQuerySet { .. } => None,
        })
        .collect()
}

/// The format of a side.
pub fn format_of<S: State>(scene: &Scene<S>, side: &TextureSide) -> Option<Format> {
    match side.texture {
        Some(id) => Some(scene.texture(id)?.format.value),
        None => Some(Format::Canvas),
    }
}

/// The format of an attachment, and its samples per pixel.
pub fn format_of_attachment<S: State>(scene: &Scene<S>, view: AttachmentView) -> Option<(Format, u32)> {
    let texture = scene.texture_of(view);
    match view {
        AttachmentView::Canvas => Some((Format::Canvas, 1)),
        AttachmentView::Texture { .. } => texture.map(|texture| (*texture.format, *texture.sample_count)),
        AttachmentView::View { view, .. } => {
            let own = scene.view(view)?.format;
            texture.map(|texture| (own.unwrap_or(*texture.format), *texture.sample_count))
        }
    }
}

/// The extents of a side's mip level, whole blocks of compressed formats. `None` for a hole.
/// Source: WebGPU, "physical miplevel-specific texture extent".
pub fn level_extents<S: State>(scene: &Scene<S>, side: &TextureSide) -> Option<[Extent; 3]> {
    let canvas = [Extent::Canvas([1.0, 0.0, 0.0]), Extent::Canvas([0.0, 1.0, 0.0]), ONE];
    let Some(id) = side.texture else { return Some(canvas) };
    let texture = scene.texture(id)?;
    let (block_width, block_height, _) = texel::block(texture.format.value).unwrap_or((1, 1, 1));
    let level = side.mip.value.min(31);
    let at = |extent: Extent, block: u32| match extent {
        Extent::Fixed(texels) => Extent::Fixed((texels >> level).max(1).next_multiple_of(block)),
        // Halving and rounding down again and again is dividing and rounding down once.
        Extent::Canvas(coefficients) => Extent::Canvas(coefficients.map(|x| x / (1u64 << level) as f32)),
    };
    let [width, height, depth] = *texture.size;
    Some(match texture.dimension {
        TextureDimension::D1 => [at(width, 1), ONE, ONE],
        TextureDimension::D3 => [at(width, block_width), at(height, block_height), at(depth, 1)],
        TextureDimension::D2 => [at(width, block_width), at(height, block_height), depth],
    })
}

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
pub fn host_blocks<S: State>(scene: &Scene<S>) -> Vec<HostBlock<'_>> {
    // One buffer may hold many blocks, and its writes are in all frames.
    let mut writes: BTreeMap<BufferId, FrameWrites> = BTreeMap::new();
    let mut blocks: Vec<HostBlock<'_>> = Vec::new();
    for shadow in host_places(scene) {
        let module = scene.shaders.get(shadow.shader.0).and_then(|shader| shader.module.as_ref());
        let Some(variable) = module.and_then(|module| module.bindings.get(shadow.binding)) else { continue };
        let Wanted::Uniform(block) = &variable.resource else { continue };
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

/// Where uniform variables lie: those that a bind group gives a buffer for, and those that a write or a size names.
pub fn host_places<S: State>(scene: &Scene<S>) -> BTreeSet<Shadow> {
    let mut places: BTreeSet<Shadow> = scene.shadows.iter().copied().collect();
    for group in scene.all_groups() {
        for entry in &group.entries {
            let Resource::Buffer { buffer, offset, .. } = entry.resource else { continue };
            if scene.pass_uniforms.contains(&buffer) {
                continue;
            }
            for (pipeline, index) in pipelines_of(scene, group.layout.value) {
                for stage in scene.stages(pipeline) {
                    let shader = stage.shader;
                    let Some(module) = scene.shaders.get(shader.0).and_then(|shader| shader.module.as_ref()) else { continue };
                    let Some(point) = module.entry_point(&stage.entry) else { continue };
                    let bound = |binding: &usize| {
                        let binding = &module.bindings[*binding];
                        (binding.group, binding.binding) == (index, entry.binding)
                    };
                    let bound = point.bindings.iter().copied().find(bound);
                    places.extend(bound.map(|binding| Shadow { buffer, offset: *offset, shader, binding }));
                }
            }
        }
    }
    places
}

/// What the words of buffers begin with that `#uniforms` describe.
#[derive(Default)]
pub struct FirstWords {
    /// By buffer and byte, each of four bytes.
    words: BTreeMap<(BufferId, u32), FirstWord>,
    /// Members of two `#uniforms` that begin with different numbers in the same place.
    pub clashes: Vec<(Span, Span)>,
}

/// Four bytes of a buffer.
struct FirstWord {
    bytes: [u8; 4],
    /// Which of them are said.
    is_said: [bool; 4],
    /// The member.
    span: Span,
}

impl FirstWords {
    fn say(&mut self, buffer: BufferId, at: u32, bytes: &[u8], span: Span) {
        let first = at % 4;
        let word = self.words.entry((buffer, at - first));
        let word = word.or_insert(FirstWord { bytes: [0; 4], is_said: [false; 4], span });
        for (byte, at) in bytes.iter().zip(first as usize..4) {
            if word.is_said[at] && word.bytes[at] != *byte && word.span != span {
                self.clashes.push((word.span, span));
                return;
            }
            (word.bytes[at], word.is_said[at]) = (*byte, true);
        }
    }

    /// Every word: its buffer, its byte there, and the member that says it.
    pub fn places(&self) -> impl Iterator<Item = (BufferId, u32, Span)> {
        self.words.iter().map(|((buffer, at), word)| (*buffer, *at, word.span))
    }

    /// What is to be written into a buffer, which is made of zeros, so that it begins like that: bytes, and where they go.
    pub fn writes(&self, buffer: BufferId) -> Vec<(u32, Vec<u8>, Span)> {
        let mut out: Vec<(u32, Vec<u8>, Span)> = Vec::new();
        for ((_, at), word) in self.words.range((buffer, 0)..=(buffer, u32::MAX)) {
            if word.bytes == [0; 4] {
                continue;
            }
            match out.last_mut() {
                // Zeros between are as they are, and shorter than another write.
                Some((start, bytes, _)) if *at - *start - bytes.len() as u32 <= MAX_GAP => {
                    bytes.resize((*at - *start) as usize, 0);
                    bytes.extend(word.bytes);
                }
                _ => out.push((*at, word.bytes.to_vec(), word.span)),
            }
        }
        out
    }
}

/// Most bytes of zeros that are written with what lies around them: a write of its own takes about as many.
const MAX_GAP: u32 = 16;

/// The `#uniforms` of each variable that one describes.
pub fn described<S: State>(scene: &Scene<S>) -> BTreeMap<(ShaderId, usize), Vec<&Uniforms>> {
    let mut out: BTreeMap<(ShaderId, usize), Vec<&Uniforms>> = BTreeMap::new();
    for set in scene.uniforms.iter() {
        for variable in &set.variables {
            out.entry(*variable).or_default().push(set);
        }
    }
    out
}

/// The buffers of which the program says that a host sets them: with `data=module.variable` or `size=module.variable`, or in a `#uniforms`.
pub fn host_buffers<S: State>(scene: &Scene<S>) -> BTreeSet<BufferId> {
    let mut out: BTreeSet<BufferId> = scene.shadows.iter().map(|shadow| shadow.buffer).collect();
    if !scene.uniforms.is_empty() {
        let described = described(scene);
        let places = host_places(scene).into_iter();
        out.extend(places.filter(|place| described.contains_key(&(place.shader, place.binding))).map(|place| place.buffer));
    }
    out
}

/// What buffers begin with that `#uniforms` describe. They hold nothing else at first there: that is checked.
pub fn first_words<S: State>(scene: &Scene<S>) -> FirstWords {
    let mut words = FirstWords::default();
    if scene.uniforms.iter().all(|set| set.controls.is_empty()) {
        return words;
    }
    let described = described(scene);
    for place in host_places(scene) {
        let module = scene.shaders.get(place.shader.0).and_then(|shader| shader.module.as_ref());
        let Some(variable) = module.and_then(|module| module.bindings.get(place.binding)) else { continue };
        let Wanted::Uniform(block) = &variable.resource else { continue };
        for set in described.get(&(place.shader, place.binding)).into_iter().flatten() {
            for control in &set.controls {
                let (Some(value), Some(field)) = (&control.value, block.field(&control.path)) else { continue };
                let size = field.scalar.size();
                for (at, bytes) in field.places().zip(value.bytes.chunks(size as usize)) {
                    words.say(place.buffer, place.offset.saturating_add(at), bytes, control.span);
                }
            }
        }
    }
    words
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
fn pipelines_of<S: State>(scene: &Scene<S>, layout: GroupLayout) -> Vec<(PipelineId, u32)> {
    let layout = match layout {
        GroupLayout::Auto(pipeline, index) => return vec![(pipeline, index)],
        GroupLayout::Explicit(layout) => layout,
    };
    let renders = (0..scene.render_pipelines.len()).map(|id| PipelineId::Render(RenderPipelineId(id)));
    let computes = (0..scene.compute_pipelines.len()).map(|id| PipelineId::Compute(ComputePipelineId(id)));
    let mut out = Vec::new();
    for pipeline in renders.chain(computes) {
        let Some(Some(id)) = scene.pipeline_layout(pipeline) else { continue };
        let Some(found) = scene.group_layouts(id) else { continue };
        let indices = (0..).zip(found.groups.iter()).filter(|(_, group)| **group == layout);
        out.extend(indices.map(|(index, _)| (pipeline, index)));
    }
    out
}

/// The bytes of a buffer that each frame writes: ranges, ascending.
struct FrameWrites {
    frames: Vec<Vec<(u32, u32)>>,
}

impl FrameWrites {
    fn of<S: State>(scene: &Scene<S>, buffer: BufferId) -> Self {
        let in_frame = |frame: &Frame| {
            let mut ranges: Vec<(u32, u32)> = Vec::new();
            for step in &frame.steps {
                let Step::Queue(id) = **step else { continue };
                let Some(queue) = scene.queue(id) else { continue };
                let writes = queue.buffer_writes().filter(|write| write.buffer == buffer && write.ping_pong.is_none());
                ranges.extend(writes.map(|write| (*write.offset, write.offset.saturating_add(write.len))));
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
