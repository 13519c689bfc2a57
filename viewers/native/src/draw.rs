//! Commands inside of passes and bundles.

use crate::descriptors::{Made, Refusal};
use crate::resources::{Pipeline, Resources};
use pngine_format::descriptor::Field;
use pngine_format::op::{Op, WHOLE};
use pngine_host::CheckedCommand;
use pngine_host::check::region_number;
use std::ops::Range;

/// `first` and the numbers after it. The checker has refused draws whose numbers do not fit.
pub(crate) fn range(first: u32, count: u32) -> Range<u32> {
    first..first.saturating_add(count)
}

fn index_format(code: u32) -> wgpu::IndexFormat {
    // The checker has refused other codes.
    if code == 0 { wgpu::IndexFormat::Uint16 } else { wgpu::IndexFormat::Uint32 }
}

fn offsets(command: &CheckedCommand<'_>) -> Vec<u32> {
    command.bytes[0].as_chunks().0.iter().map(|four| u32::from_le_bytes(*four)).collect()
}

pub(crate) fn wrong_place(command: &CheckedCommand<'_>) -> Refusal {
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

/// One command of a render pass.
pub(crate) fn render_command(pass: &mut wgpu::RenderPass<'_>, resources: &Resources, command: &CheckedCommand<'_>) -> Made<()> {
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

/// One command of a compute pass.
pub(crate) fn compute_command(pass: &mut wgpu::ComputePass<'_>, resources: &Resources, command: &CheckedCommand<'_>) -> Made<()> {
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
