//! Commands that wait for SUBMIT: recorded into a command encoder, pass by pass.

use crate::descriptors::{Dict, Made, Refusal};
use crate::external;
use crate::resources::{CANVAS_FORMAT, Pipeline, Resources};
use crate::words;
use pngine_format::descriptor::Field;
use pngine_format::op::{Kind, NONE, Op, WHOLE};
use pngine_format::word::{LoadOp, StoreOp};
use pngine_host::check::{copy_extent, region_number};
use pngine_host::{CheckedCommand, ImageRegion};
use std::ops::Range;

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
        return begin_render_pass_desc(encoder, resources, Dict::new(&command.descriptor, CANVAS_FORMAT));
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
    let dict = Dict::new(&command.descriptor, CANVAS_FORMAT);
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

/// `first` and the numbers after it. The checker has refused draws whose numbers do not fit.
fn range(first: u32, count: u32) -> Range<u32> {
    first..first.saturating_add(count)
}

fn index_format(code: u32) -> wgpu::IndexFormat {
    // The checker has refused other codes.
    if code == 0 { wgpu::IndexFormat::Uint16 } else { wgpu::IndexFormat::Uint32 }
}

fn offsets(command: &CheckedCommand<'_>) -> Vec<u32> {
    command.bytes[0].as_chunks().0.iter().map(|four| u32::from_le_bytes(*four)).collect()
}

fn wrong_place(command: &CheckedCommand<'_>) -> Refusal {
    Refusal::Invalid(format!("{} cannot stand here", command.op.row().name))
}

/// The pipeline, the groups, the buffers and the draws that render passes and bundles have in common. `false` if the command is
/// another one. wgpu has no trait for what both can do.
macro_rules! draw_commands {
    ($target:expr, $resources:expr, $command:expr) => {{
        let (target, resources, command) = ($target, $resources, $command);
        let [a, b, c, d, e, _] = command.operands;
        // Operands that are ids have two bytes.
        let id = |operand: u32| operand as u16;
        match command.op {
            Op::SetPipeline => match resources.pipeline(id(a))? {
                Pipeline::Render { pipeline, .. } => target.set_pipeline(pipeline),
                Pipeline::Compute(_) => return Err(Refusal::Invalid("a compute pipeline in a render pass".to_owned())),
            },
            Op::SetBindGroup => target.set_bind_group(a, resources.bind_group(id(b))?, &[]),
            Op::SetBindGroupOffsets => target.set_bind_group(a, resources.bind_group(id(b))?, &offsets(command)),
            Op::SetVertexBuffer => target.set_vertex_buffer(a, resources.range(id(b), 0, WHOLE)?),
            Op::SetVertexBufferRange => target.set_vertex_buffer(a, resources.range(id(b), c, d)?),
            Op::SetIndexBuffer => target.set_index_buffer(resources.range(id(a), 0, WHOLE)?, index_format(b)),
            Op::SetIndexBufferRange => target.set_index_buffer(resources.range(id(a), c, d)?, index_format(b)),
            Op::Draw => target.draw(range(c, a), range(d, b)),
            // The base vertex is a signed number, held by its bits.
            Op::DrawIndexed => target.draw_indexed(range(c, a), d as i32, range(e, b)),
            Op::DrawIndirect => target.draw_indirect(resources.buffer(id(a))?, u64::from(b)),
            Op::DrawIndexedIndirect => target.draw_indexed_indirect(resources.buffer(id(a))?, u64::from(b)),
            _ => return Err(wrong_place(command)),
        }
    }};
}

/// One command of a render bundle.
pub(crate) fn bundle_command<'r>(
    encoder: &mut wgpu::RenderBundleEncoder<'r>,
    resources: &'r Resources,
    command: &CheckedCommand<'_>,
) -> Made<()> {
    // wgpu's bundles have no labels; nothing that is drawn depends on them.
    if !matches!(command.op, Op::PushDebugGroup | Op::PopDebugGroup | Op::InsertDebugMarker) {
        draw_commands!(encoder, resources, command);
    }
    Ok(())
}

fn render_command(pass: &mut wgpu::RenderPass<'_>, resources: &Resources, command: &CheckedCommand<'_>) -> Made<()> {
    let [a, b, c, d, e, f] = command.operands;
    let [x, y, w, h, near, far] = command.operands.map(f32::from_bits);
    match command.op {
        Op::SetViewport => pass.set_viewport(x, y, w, h, near, far),
        Op::SetScissorRect => pass.set_scissor_rect(a, b, c, d),
        Op::SetViewportDesc => {
            let number = |field| region_number(command.descriptor.get(field), resources.canvas.size);
            // The checker has refused regions without a corner or a size. WebGPU's numbers here are singles.
            let [x, y, w, h] = [Field::X, Field::Y, Field::Width, Field::Height].map(|field| number(field).unwrap_or(0.0) as f32);
            let near = number(Field::MinDepth).unwrap_or(0.0) as f32;
            pass.set_viewport(x, y, w, h, near, number(Field::MaxDepth).unwrap_or(1.0) as f32);
        }
        Op::SetScissorRectDesc => {
            // A cast rounds towards zero, and what is below is 0.
            let number = |field| region_number(command.descriptor.get(field), resources.canvas.size).unwrap_or(0.0) as u32;
            let [x, y, w, h] = [Field::X, Field::Y, Field::Width, Field::Height].map(number);
            pass.set_scissor_rect(x, y, w, h);
        }
        Op::SetBlendConstant => {
            let [r, g, b, a] = [x, y, w, h].map(f64::from);
            pass.set_blend_constant(wgpu::Color { r, g, b, a });
        }
        Op::SetStencilReference => pass.set_stencil_reference(a),
        Op::BeginOcclusionQuery => pass.begin_occlusion_query(a),
        Op::EndOcclusionQuery => pass.end_occlusion_query(),
        Op::ExecuteBundles => {
            let ids = command.bytes[0].as_chunks().0.iter().map(|two| resources.bundle(u16::from_le_bytes(*two)));
            let bundles = ids.collect::<Made<Vec<_>>>()?;
            // wgpu hands the stencil reference to the driver when a pipeline is set that uses it, but not inside of bundles; so one
            // of theirs is set first. Afterwards no pipeline is set in any case. Source: WebGPU, "RenderState", [[stencilReference]].
            if let Some(pipeline) = bundles.iter().find_map(|bundle| bundle.stencil_pipeline)
                && let Pipeline::Render { pipeline, .. } = resources.pipeline(pipeline)?
            {
                pass.set_pipeline(pipeline);
            }
            pass.execute_bundles(bundles.into_iter().map(|bundle| &bundle.bundle));
        }
        Op::PushDebugGroup => pass.push_debug_group(command.text()),
        Op::PopDebugGroup => pass.pop_debug_group(),
        Op::InsertDebugMarker => pass.insert_debug_marker(command.text()),
        _ => {
            let _ = (e, f);
            draw_commands!(pass, resources, command);
        }
    }
    Ok(())
}

fn compute_command(pass: &mut wgpu::ComputePass<'_>, resources: &Resources, command: &CheckedCommand<'_>) -> Made<()> {
    let [a, b, c, ..] = command.operands;
    // Operands that are ids have two bytes.
    let id = |operand: u32| operand as u16;
    match command.op {
        Op::SetPipeline => match resources.pipeline(id(a))? {
            Pipeline::Compute(pipeline) => pass.set_pipeline(pipeline),
            Pipeline::Render { .. } => return Err(Refusal::Invalid("a render pipeline in a compute pass".to_owned())),
        },
        Op::SetBindGroup => pass.set_bind_group(a, resources.bind_group(id(b))?, &[]),
        Op::SetBindGroupOffsets => pass.set_bind_group(a, resources.bind_group(id(b))?, &offsets(command)),
        Op::Dispatch => pass.dispatch_workgroups(a, b, c),
        Op::DispatchDesc => {
            // Whole numbers, or extents of the canvas, as the checker has seen to.
            let count =
                |field| region_number(command.descriptor.get(field), resources.canvas.size).map_or(1, |count| count as u32);
            pass.dispatch_workgroups(count(Field::X), count(Field::Y), count(Field::Z));
        }
        Op::DispatchIndirect => pass.dispatch_workgroups_indirect(resources.buffer(id(a))?, u64::from(b)),
        Op::PushDebugGroup => pass.push_debug_group(command.text()),
        Op::PopDebugGroup => pass.pop_debug_group(),
        Op::InsertDebugMarker => pass.insert_debug_marker(command.text()),
        _ => return Err(wrong_place(command)),
    }
    Ok(())
}

fn encoder_command(encoder: &mut wgpu::CommandEncoder, resources: &Resources, command: &CheckedCommand<'_>) -> Made<()> {
    let [a, b, c, d, e, _] = command.operands;
    // Operands that are ids have two bytes.
    let id = |operand: u32| operand as u16;
    let dict = Dict::new(&command.descriptor, CANVAS_FORMAT);
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
    let dict = Dict::new(&command.descriptor, CANVAS_FORMAT);
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
    let dict = Dict::new(&command.descriptor, CANVAS_FORMAT);
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
