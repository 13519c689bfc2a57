//! The rules of each command: what it needs, what it may touch, and what is known of a thing that it creates.

use super::members::uint;
use super::queue::Side;
use super::walk::{DescriptorWalk, Pass, Problem};
use super::{CheckedCommand, Resource};
use pngine_format::descriptor::Field;
use pngine_format::op::{Op, WHOLE, buffer_usage, texture_usage};

/// What is known of a command that creates nothing.
const fn nothing(_: ()) -> Option<Resource> {
    None
}

impl<'a> DescriptorWalk<'_, 'a> {
    /// Checks what the row of the command asks for, and says what it creates.
    pub(super) fn rules(&mut self, command: &mut CheckedCommand<'a>) -> Result<Option<Resource>, Problem> {
        let (operands, descriptor) = (command.operands, &command.descriptor);
        let known = match command.op {
            Op::CreateBuffer => Ok(Some(self.plain_buffer(operands))),
            Op::CreateBufferDesc => Ok(Some(self.described_buffer(descriptor))),
            Op::CreateTexture => self.texture(descriptor).map(Some),
            Op::CreateRenderPipe => self.render_pipeline(descriptor).map(Some),
            Op::CreateComputePipe => Ok(Some(self.compute_pipeline(descriptor))),
            Op::CreateBindGroup => self.bind_group(operands[1] as u16, descriptor).map(|()| Some(Resource::BindGroup)),
            Op::CreateBindGroupLayout => self.bind_group_layout(descriptor).map(Some),
            Op::CreatePipelineLayout => Ok(Some(self.pipeline_layout(descriptor))),
            Op::CreateTextureView => self.texture_view(descriptor).map(Some),
            Op::CreateQuerySet => Ok(Some(Resource::QuerySet { count: uint(descriptor, Field::Count, 0) })),
            Op::CreateRenderBundle => self.render_bundle(command).map(Some),
            Op::LoadVideo => self.video(command).map(nothing),

            Op::BeginRenderPass => self.begin_render_pass(operands).map(nothing),
            Op::BeginRenderPassDesc => self.begin_render_pass_desc(descriptor).map(nothing),
            Op::BeginComputePass | Op::BeginComputePassDesc => {
                self.pass = Some(Pass { compute: true, ..Pass::default() });
                Ok(None)
            }
            Op::SetPipeline => self.set_pipeline(operands[0] as u16).map(nothing),
            Op::SetBindGroup | Op::SetBindGroupOffsets => self.set_bind_group(command).map(nothing),
            Op::SetVertexBuffer => self.set_vertex_buffer(operands[0], operands[1] as u16, 0, WHOLE).map(nothing),
            Op::SetVertexBufferRange => {
                let [slot, id, offset, size, ..] = operands;
                self.set_vertex_buffer(slot, id as u16, offset, size).map(nothing)
            }
            Op::SetIndexBuffer => self.set_index_buffer(operands[0] as u16, operands[1], 0, WHOLE).map(nothing),
            Op::SetIndexBufferRange => {
                let [id, format, offset, size, ..] = operands;
                self.set_index_buffer(id as u16, format, offset, size).map(nothing)
            }
            Op::Draw => {
                let [vertices, instances, first_vertex, first_instance, ..] = operands;
                self.draw(Some((first_vertex, vertices)), (first_instance, instances)).map(nothing)
            }
            Op::DrawIndexed => self.draw_indexed(operands).map(nothing),
            Op::DrawIndirect => self.draw_indirect(operands).map(nothing),
            Op::DrawIndexedIndirect => self.draw_indexed_indirect(operands).map(nothing),
            Op::Dispatch => self.draw_ready().map(|_| None),
            Op::DispatchDesc => self.dispatch_desc(descriptor).map(nothing),
            Op::DispatchIndirect => self.dispatch_indirect(operands).map(nothing),
            Op::SetViewportDesc | Op::SetScissorRectDesc => self.region(descriptor).map(nothing),
            Op::ExecuteBundles => self.execute_bundles(command).map(nothing),
            Op::BeginOcclusionQuery => self.begin_occlusion_query(operands[0]).map(nothing),
            Op::EndOcclusionQuery => self.end_occlusion_query().map(nothing),

            Op::WriteBuffer => self.write_buffer(command).map(nothing),
            Op::WriteFromWasm => self.write_from_wasm(operands).map(nothing),
            Op::CallWasmFunc => self.call_wasm(command).map(nothing),
            Op::CopyBuffer => self.copy_buffer(operands).map(nothing),
            Op::ClearBuffer => self.clear_buffer(operands).map(nothing),
            Op::ResolveQuerySet => self.resolve_query_set(operands).map(nothing),
            Op::CopyTexture => self.copy_texture(operands).map(nothing),
            Op::CopyBufferToTexture => {
                self.copy(command, Side::Buffer(buffer_usage::COPY_SRC), Side::Texture(texture_usage::COPY_DST)).map(nothing)
            }
            Op::CopyTextureToBuffer => {
                self.copy(command, Side::Texture(texture_usage::COPY_SRC), Side::Buffer(buffer_usage::COPY_DST)).map(nothing)
            }
            Op::CopyTextureRegion => {
                self.copy(command, Side::Texture(texture_usage::COPY_SRC), Side::Texture(texture_usage::COPY_DST)).map(nothing)
            }
            Op::WriteTexture => self.write_texture(command).map(nothing),
            Op::CopyExternalImage => self.copy_external_image(command).map(nothing),
            Op::BindVideoFrame => {
                self.external_usage(operands[1] as u16);
                Ok(None)
            }

            Op::CreateSampler
            | Op::CreateShader
            | Op::InitWasmModule
            | Op::LoadImage
            | Op::EndPass
            | Op::SetScene
            | Op::SetViewport
            | Op::SetScissorRect
            | Op::SetBlendConstant
            | Op::SetStencilReference
            | Op::PushDebugGroup
            | Op::PopDebugGroup
            | Op::InsertDebugMarker
            | Op::Submit
            | Op::End => Ok(None),
        }?;
        Ok(known.or(command.creates.map(|_| Resource::Other)))
    }
}
