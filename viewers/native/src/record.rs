//! Commands that wait for SUBMIT: recorded into a command encoder, pass by pass.

use crate::descriptors::{Dict, Made, Refusal};
use crate::draw::{compute_command, range, render_command, wrong_place};
use crate::external;
use crate::resources::Resources;
use crate::words;
use pngine_format::descriptor::Field;
use pngine_format::op::{Kind, NONE, Op, WHOLE};
use pngine_format::word::{LoadOp, StoreOp};
use pngine_host::check::copy_extent;
use pngine_host::{CheckedCommand, ImageRegion};

/// Why a recording failed, and at which of the commands.
pub(crate) struct RecordError {
    /// Position among the commands that were to be recorded.
    pub(crate) at: usize,
    pub(crate) refusal: Refusal,
}

/// Records `commands`. A pass that they leave open is closed, so that a prefix of a sound recording is sound.
///
/// # Errors
/// A refusal; what the device says is for the caller's error scope.
pub(crate) fn record(
    encoder: &mut wgpu::CommandEncoder,
    resources: &Resources,
    commands: &[&CheckedCommand<'_>],
) -> Result<(), RecordError> {
    let mut commands = (0..).zip(commands.iter().copied());
    while let Some((at, command)) = commands.next() {
        let fail = |refusal| RecordError { at, refusal };
        match command.op {
            Op::BeginRenderPass | Op::BeginRenderPassDesc => {
                let mut pass = begin_render_pass(encoder, resources, command).map_err(fail)?;
                // wgpu wants a constant where a pipeline blends with one. Source: WebGPU, "RenderState", [[blendConstant]].
                pass.set_blend_constant(wgpu::Color::TRANSPARENT);
                for (at, command) in commands.by_ref() {
                    if command.op == Op::EndPass {
                        break;
                    }
                    render_command(&mut pass, resources, command).map_err(|refusal| RecordError { at, refusal })?;
                }
            }
            Op::BeginComputePass | Op::BeginComputePassDesc => {
                let mut pass = begin_compute_pass(encoder, resources, command).map_err(fail)?;
                for (at, command) in commands.by_ref() {
                    if command.op == Op::EndPass {
                        break;
                    }
                    compute_command(&mut pass, resources, command).map_err(|refusal| RecordError { at, refusal })?;
                }
            }
            _ => encoder_command(encoder, resources, command).map_err(fail)?,
        }
    }
    Ok(())
}

fn begin_render_pass(
    encoder: &mut wgpu::CommandEncoder,
    resources: &Resources,
    command: &CheckedCommand<'_>,
) -> Made<wgpu::RenderPass<'static>> {
    if command.op == Op::BeginRenderPassDesc {
        return begin_render_pass_desc(encoder, resources, Dict::new(&command.descriptor, resources.canvas_format()));
    }
    let [color, load, store, depth, ..] = command.operands;
    // The operands are ids of two bytes.
    let (color, depth) = (color as u16, depth as u16);
    let color = if color == NONE { None } else { Some(resources.view(Kind::DefaultView, color)?) };
    color.map_or(Ok(()), |view| has_slice(view, None))?;
    let color_attachments = [color.map(|view| wgpu::RenderPassColorAttachment {
        view,
        depth_slice: None,
        resolve_target: None,
        ops: wgpu::Operations {
            load: if load == 0 { wgpu::LoadOp::Load } else { wgpu::LoadOp::Clear(wgpu::Color::BLACK) },
            store: if store == 0 { wgpu::StoreOp::Store } else { wgpu::StoreOp::Discard },
        },
    })];
    let depth_stencil_attachment = if depth == NONE {
        None
    } else {
        let format = resources.texture(depth)?.format();
        Some(wgpu::RenderPassDepthStencilAttachment {
            view: resources.view(Kind::DefaultView, depth)?,
            depth_ops: format
                .has_depth_aspect()
                .then_some(wgpu::Operations { load: wgpu::LoadOp::Clear(1.0), store: wgpu::StoreOp::Store }),
            stencil_ops: format
                .has_stencil_aspect()
                .then_some(wgpu::Operations { load: wgpu::LoadOp::Clear(0), store: wgpu::StoreOp::Store }),
        })
    };
    let pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: None,
        color_attachments: if color.is_some() { &color_attachments } else { &[] },
        depth_stencil_attachment,
        timestamp_writes: None,
        occlusion_query_set: None,
        multiview_mask: None,
    });
    Ok(pass.forget_lifetime())
}

fn begin_render_pass_desc(
    encoder: &mut wgpu::CommandEncoder,
    resources: &Resources,
    dict: Dict<'_>,
) -> Made<wgpu::RenderPass<'static>> {
    let mut color_attachments = Vec::new();
    for attachment in dict.dicts(Field::ColorAttachments) {
        color_attachments.push(match attachment {
            None => None,
            Some(attachment) => {
                let (kind, id) = attachment.reference(Field::View).ok_or(Refusal::Broken)?;
                let view = resources.view(kind, id)?;
                let depth_slice = attachment.uint(Field::DepthSlice);
                has_slice(view, depth_slice)?;
                Some(wgpu::RenderPassColorAttachment {
                    view,
                    depth_slice,
                    resolve_target: match attachment.reference(Field::ResolveTarget) {
                        Some((kind, id)) => {
                            let view = resources.view(kind, id)?;
                            // Nothing is resolved into a slice.
                            has_slice(view, None)?;
                            Some(view)
                        }
                        None => None,
                    },
                    ops: wgpu::Operations {
                        load: load(attachment, Field::LoadOp, clear_color(attachment))?.unwrap_or(wgpu::LoadOp::Load),
                        store: store(attachment, Field::StoreOp)?.unwrap_or(wgpu::StoreOp::Store),
                    },
                })
            }
        });
    }
    let depth_stencil_attachment = match dict.dict(Field::DepthStencilAttachment) {
        None => None,
        Some(attachment) => {
            let (kind, id) = attachment.reference(Field::View).ok_or(Refusal::Broken)?;
            let depth_clear = attachment.single_or(Field::DepthClearValue, 0.0);
            let stencil_clear = attachment.uint_or(Field::StencilClearValue, 0);
            Some(wgpu::RenderPassDepthStencilAttachment {
                view: resources.view(kind, id)?,
                depth_ops: operations(
                    load(attachment, Field::DepthLoadOp, depth_clear)?,
                    store(attachment, Field::DepthStoreOp)?,
                    attachment.flag(Field::DepthReadOnly),
                ),
                stencil_ops: operations(
                    load(attachment, Field::StencilLoadOp, stencil_clear)?,
                    store(attachment, Field::StencilStoreOp)?,
                    attachment.flag(Field::StencilReadOnly),
                ),
            })
        }
    };
    let timestamps = dict.dict(Field::TimestampWrites);
    let timestamp_writes = match timestamps {
        None => None,
        Some(writes) => Some(wgpu::RenderPassTimestampWrites {
            query_set: query_set(resources, writes, Field::QuerySet)?,
            beginning_of_pass_write_index: writes.uint(Field::BeginningOfPassWriteIndex),
            end_of_pass_write_index: writes.uint(Field::EndOfPassWriteIndex),
        }),
    };
    let occlusion_query_set = match dict.reference(Field::OcclusionQuerySet) {
        None => None,
        Some((_, id)) => Some(resources.query_set(id)?),
    };
    let pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: None,
        color_attachments: &color_attachments,
        depth_stencil_attachment,
        timestamp_writes,
        occlusion_query_set,
        multiview_mask: None,
    });
    Ok(pass.forget_lifetime())
}

/// A 3d texture is drawn to slice by slice. wgpu 30 takes for granted that the slice is there before it looks.
/// Source: WebGPU, 17.1.1.1 "validating GPURenderPassColorAttachment".
fn has_slice(view: &wgpu::TextureView, slice: Option<u32>) -> Made<()> {
    let is_missing = slice.is_none() && view.texture().dimension() == wgpu::TextureDimension::D3;
    if is_missing { Err(Refusal::Invalid("a 3d texture is drawn to without `depthSlice`".to_owned())) } else { Ok(()) }
}

fn query_set<'r>(resources: &'r Resources, dict: Dict<'_>, field: Field) -> Made<&'r wgpu::QuerySet> {
    resources.query_set(dict.reference(field).ok_or(Refusal::Broken)?.1)
}

fn clear_color(attachment: Dict<'_>) -> wgpu::Color {
    match attachment.numbers(Field::ClearValue)[..] {
        [r, g, b, a, ..] => wgpu::Color { r, g, b, a },
        _ => wgpu::Color::TRANSPARENT,
    }
}

fn load<V>(attachment: Dict<'_>, field: Field, clear: V) -> Made<Option<wgpu::LoadOp<V>>> {
    attachment.optional_word(field, |word| match LoadOp::of(word) {
        Some(LoadOp::Load) => Some(wgpu::LoadOp::Load),
        Some(LoadOp::Clear) => Some(wgpu::LoadOp::Clear(clear)),
        None => None,
    })
}

fn store(attachment: Dict<'_>, field: Field) -> Made<Option<wgpu::StoreOp>> {
    attachment.optional_word(field, |word| match StoreOp::of(word) {
        Some(StoreOp::Store) => Some(wgpu::StoreOp::Store),
        Some(StoreOp::Discard) => Some(wgpu::StoreOp::Discard),
        None => None,
    })
}

/// The operations on one aspect. An aspect that is read only has none, and neither has one that the format lacks.
fn operations<V>(load: Option<wgpu::LoadOp<V>>, store: Option<wgpu::StoreOp>, read_only: bool) -> Option<wgpu::Operations<V>> {
    match (load, store) {
        _ if read_only => None,
        (None, None) => None,
        (load, store) => {
            Some(wgpu::Operations { load: load.unwrap_or(wgpu::LoadOp::Load), store: store.unwrap_or(wgpu::StoreOp::Store) })
        }
    }
}

fn begin_compute_pass(
    encoder: &mut wgpu::CommandEncoder,
    resources: &Resources,
    command: &CheckedCommand<'_>,
) -> Made<wgpu::ComputePass<'static>> {
    let dict = Dict::new(&command.descriptor, resources.canvas_format());
    let timestamp_writes = match dict.dict(Field::TimestampWrites) {
        None => None,
        Some(writes) => Some(wgpu::ComputePassTimestampWrites {
            query_set: query_set(resources, writes, Field::QuerySet)?,
            beginning_of_pass_write_index: writes.uint(Field::BeginningOfPassWriteIndex),
            end_of_pass_write_index: writes.uint(Field::EndOfPassWriteIndex),
        }),
    };
    Ok(encoder.begin_compute_pass(&wgpu::ComputePassDescriptor { label: None, timestamp_writes }).forget_lifetime())
}

fn encoder_command(encoder: &mut wgpu::CommandEncoder, resources: &Resources, command: &CheckedCommand<'_>) -> Made<()> {
    let [a, b, c, d, e, _] = command.operands;
    // Operands that are ids have two bytes.
    let id = |operand: u32| operand as u16;
    let dict = Dict::new(&command.descriptor, resources.canvas_format());
    let size = || copy_size(dict, resources);
    match command.op {
        Op::CopyBuffer => encoder.copy_buffer_to_buffer(
            resources.buffer(id(a))?,
            u64::from(b),
            resources.buffer(id(c))?,
            u64::from(d),
            u64::from(e),
        ),
        Op::CopyTexture => encoder.copy_texture_to_texture(
            resources.texture(id(a))?.as_image_copy(),
            resources.texture(id(b))?.as_image_copy(),
            wgpu::Extent3d { width: c, height: d, depth_or_array_layers: 1 },
        ),
        Op::CopyBufferToTexture => encoder.copy_buffer_to_texture(
            buffer_side(resources, dict, Field::Source)?,
            texture_side(resources, dict, Field::Destination)?,
            size(),
        ),
        Op::CopyTextureToBuffer => encoder.copy_texture_to_buffer(
            texture_side(resources, dict, Field::Source)?,
            buffer_side(resources, dict, Field::Destination)?,
            size(),
        ),
        Op::CopyTextureRegion => encoder.copy_texture_to_texture(
            texture_side(resources, dict, Field::Source)?,
            texture_side(resources, dict, Field::Destination)?,
            size(),
        ),
        Op::ClearBuffer => {
            let size = if c == WHOLE { None } else { Some(u64::from(c)) };
            encoder.clear_buffer(resources.buffer(id(a))?, u64::from(b), size);
        }
        Op::ResolveQuerySet => {
            let destination = resources.buffer(id(d))?;
            encoder.resolve_query_set(resources.query_set(id(a))?, range(b, c), destination, u64::from(e));
        }
        Op::PushDebugGroup => encoder.push_debug_group(command.text()),
        Op::PopDebugGroup => encoder.pop_debug_group(),
        Op::InsertDebugMarker => encoder.insert_debug_marker(command.text()),
        _ => return Err(wrong_place(command)),
    }
    Ok(())
}

/// Executes WRITE_TEXTURE on the queue.
pub(crate) fn write_texture(queue: &wgpu::Queue, resources: &Resources, command: &CheckedCommand<'_>) -> Made<()> {
    let dict = Dict::new(&command.descriptor, resources.canvas_format());
    let layout = dict.dict(Field::Source).map(layout).unwrap_or_default();
    let destination = texture_side(resources, dict, Field::Destination)?;
    queue.write_texture(destination, &command.bytes[1], layout, copy_size(dict, resources));
    Ok(())
}

/// Executes COPY_EXTERNAL_IMAGE on the queue.
pub(crate) fn write_image(
    queue: &wgpu::Queue,
    resources: &Resources,
    command: &CheckedCommand<'_>,
    region: ImageRegion<'_>,
) -> Made<()> {
    let dict = Dict::new(&command.descriptor, resources.canvas_format());
    let destination = texture_side(resources, dict, Field::Destination)?;
    let (format, dimension) = (destination.texture.format(), destination.texture.dimension());
    if dimension != wgpu::TextureDimension::D2 {
        return Err(Refusal::Invalid("an image can be copied to a 2d texture only".to_owned()));
    }
    let Some((texels, size)) = external::texels(region, format) else {
        return Err(Refusal::Invalid(format!("an image cannot be copied to a texture of the format {format:?}")));
    };
    let [width, height] = region.size();
    if width == 0 || height == 0 {
        return Ok(());
    }
    let layout = wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(width * size), rows_per_image: None };
    queue.write_texture(destination, &texels, layout, wgpu::Extent3d { width, height, depth_or_array_layers: 1 });
    Ok(())
}

fn layout(dict: Dict<'_>) -> wgpu::TexelCopyBufferLayout {
    wgpu::TexelCopyBufferLayout {
        offset: u64::from(dict.uint_or(Field::Offset, 0)),
        bytes_per_row: dict.uint(Field::BytesPerRow),
        rows_per_image: dict.uint(Field::RowsPerImage),
    }
}

fn buffer_side<'r>(resources: &'r Resources, copy: Dict<'_>, field: Field) -> Made<wgpu::TexelCopyBufferInfo<'r>> {
    let side = copy.dict(field).ok_or(Refusal::Broken)?;
    let (_, id) = side.reference(Field::Buffer).ok_or(Refusal::Broken)?;
    Ok(wgpu::TexelCopyBufferInfo { buffer: resources.buffer(id)?, layout: layout(side) })
}

fn texture_side<'r>(resources: &'r Resources, copy: Dict<'_>, field: Field) -> Made<wgpu::TexelCopyTextureInfo<'r>> {
    let side = copy.dict(field).ok_or(Refusal::Broken)?;
    let (_, id) = side.reference(Field::Texture).ok_or(Refusal::Broken)?;
    let [x, y, z] = copy_extent(side.get(Field::Origin), 0, resources.canvas.size);
    Ok(wgpu::TexelCopyTextureInfo {
        texture: resources.texture(id)?,
        mip_level: side.uint_or(Field::MipLevel, 0),
        origin: wgpu::Origin3d { x, y, z },
        aspect: side.word(Field::Aspect, wgpu::TextureAspect::All, words::aspect)?,
    })
}

fn copy_size(copy: Dict<'_>, resources: &Resources) -> wgpu::Extent3d {
    let [width, height, depth_or_array_layers] = copy_extent(copy.get(Field::CopySize), 1, resources.canvas.size);
    wgpu::Extent3d { width, height, depth_or_array_layers }
}
