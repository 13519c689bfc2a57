//! The rules of each command: what it needs, what it may touch, and what is known of a thing that it creates.

use super::walk::{DescriptorWalk, Pass, Problem, problem, spend};
use super::{
    CheckedCommand, Extent, MAX_ARGUMENT_BYTES, MAX_SLOTS, Pipeline, QUERY_BYTES, Resource, Slots, Texture, TextureLimits,
    VertexSlot, copy_extent, region_number,
};
use pngine_format::args::{self, Arg};
use pngine_format::descriptor::{Field, Value};
use pngine_format::media::Container;
use pngine_format::op::{CANVAS_TEXTURE, Kind, NONE, Op, WHOLE, buffer_usage, texture_usage};
use pngine_format::status::{ErrorCode, INPUTS_SIZE};
use pngine_format::texel;
use pngine_format::webgpu::Format;
use pngine_format::word::{BufferBindingType, TextureDimension, VertexFormat, VertexStepMode, WordEnum};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of the parameters of an indirect draw, an indirect indexed draw and an indirect dispatch. Source: WebGPU, `drawIndirect`,
/// `drawIndexedIndirect`, `dispatchWorkgroupsIndirect`.
const INDIRECT_BYTES: [u64; 3] = [16, 20, 12];

impl<'a> DescriptorWalk<'_, 'a> {
    /// Checks what the row of the command asks for, and says what it creates.
    pub(super) fn rules(&mut self, command: &mut CheckedCommand<'a>) -> Result<Option<Resource>, Problem> {
        let operands = command.operands;
        match command.op {
            Op::CreateBuffer => {
                let [_, size, usage, ..] = operands;
                // The operand is one byte.
                return self.buffer(u64::from(size), pngine_format::op::usage_from_byte(usage as u8)).map(Some);
            }
            Op::CreateBufferDesc => {
                let size = uint(&command.descriptor, Field::Size, 0);
                let usage = uint(&command.descriptor, Field::Usage, 0);
                return self.buffer(u64::from(size), usage).map(Some);
            }
            Op::CreateTexture => return self.texture(&command.descriptor).map(Some),
            Op::CreateRenderPipe => return self.render_pipeline(&command.descriptor).map(Some),
            Op::CreateComputePipe => {
                let groups = self.layout_groups(&command.descriptor);
                return Ok(Some(Resource::Pipeline(Pipeline { compute: true, groups, slots: Vec::new() })));
            }
            Op::CreateBindGroup => self.bind_group(operands[1] as u16, &command.descriptor)?,
            Op::CreateBindGroupLayout => return self.bind_group_layout(&command.descriptor).map(Some),
            Op::CreatePipelineLayout => {
                let layouts = elements(&command.descriptor, Field::BindGroupLayouts);
                let used = (0..).zip(layouts).filter(|(_, layout)| match layout {
                    Value::Ref(kind, id) => match self.resource(*kind, *id) {
                        Some(Resource::BindGroupLayout { empty, .. }) => !empty,
                        _ => true,
                    },
                    _ => false,
                });
                let mut groups = Slots::default();
                used.for_each(|(index, _)| groups.insert(index));
                return Ok(Some(Resource::PipelineLayout { groups }));
            }
            Op::CreateTextureView => {
                let texture = match command.descriptor.get(Field::Texture) {
                    Some(Value::Ref(_, id)) => *id,
                    _ => return problem(ErrorCode::OutOfBounds, "the view has no texture"),
                };
                return Ok(Some(Resource::TextureView { texture }));
            }
            Op::CreateQuerySet => {
                return Ok(Some(Resource::QuerySet { count: uint(&command.descriptor, Field::Count, 0) }));
            }
            Op::CreateRenderBundle => {
                self.bundle(command)?;
                // As many as a header can say.
                return Ok(Some(Resource::RenderBundle { commands: command.bundle.len() as u32 }));
            }
            Op::LoadVideo => {
                if let Err(what) = Container::of(&command.bytes[1]) {
                    let message = format!("the video is not a WebM, MP4 or Ogg, it is {}", what.unwrap_or("of no known kind"));
                    return problem(ErrorCode::ImageFailed, message);
                }
            }
            Op::CreateSampler | Op::CreateShader | Op::InitWasmModule | Op::LoadImage => {}

            Op::BeginRenderPass => self.begin_render_pass(operands)?,
            Op::BeginRenderPassDesc => self.begin_render_pass_desc(&command.descriptor)?,
            Op::BeginComputePass | Op::BeginComputePassDesc => {
                self.pass = Some(Pass { compute: true, ..Pass::default() });
            }
            Op::SetPipeline => {
                let id = operands[0] as u16;
                let compute = matches!(self.resource(Kind::Pipeline, id), Some(Resource::Pipeline(p)) if p.compute);
                if let Some(pass) = &mut self.pass {
                    if pass.compute != compute {
                        let (found, wanted) = if compute { ("compute", "render") } else { ("render", "compute") };
                        let message = format!("the pipeline {id} is a {found} pipeline, in a {wanted} pass");
                        return problem(ErrorCode::InvalidReference, message);
                    }
                    pass.pipeline = Some(id);
                }
            }
            Op::SetBindGroup | Op::SetBindGroupOffsets => {
                if !command.bytes[0].len().is_multiple_of(4) {
                    return problem(ErrorCode::OutOfBounds, "dynamic offsets have four bytes each");
                }
                if let Some(pass) = &mut self.pass {
                    pass.groups.insert(operands[0]);
                }
            }
            Op::SetVertexBuffer => self.set_vertex_buffer(operands[0], operands[1] as u16, 0, WHOLE)?,
            Op::SetVertexBufferRange => {
                let [slot, id, offset, size, ..] = operands;
                self.set_vertex_buffer(slot, id as u16, offset, size)?;
            }
            Op::SetIndexBuffer => self.set_index_buffer(operands[0] as u16, operands[1], 0, WHOLE)?,
            Op::SetIndexBufferRange => {
                let [id, format, offset, size, ..] = operands;
                self.set_index_buffer(id as u16, format, offset, size)?;
            }
            Op::Draw => {
                let [vertices, instances, first_vertex, first_instance, ..] = operands;
                self.draw(Some((first_vertex, vertices)), (first_instance, instances))?;
            }
            Op::DrawIndexed => {
                let [indices, instances, first, _, first_instance, ..] = operands;
                let bytes = self.index_size()?;
                self.draw(None, (first_instance, instances))?;
                let (bound, size) = bytes;
                let needed = (u64::from(first) + u64::from(indices)) * size;
                if needed > bound {
                    let message = format!("the draw reads {needed} bytes of the index buffer, but only {bound} are bound");
                    return problem(ErrorCode::BufferTooSmall, message);
                }
            }
            Op::DrawIndirect => {
                self.draw_ready()?;
                self.indirect(operands, INDIRECT_BYTES[0])?;
            }
            Op::DrawIndexedIndirect => {
                self.index_size()?;
                self.draw_ready()?;
                self.indirect(operands, INDIRECT_BYTES[1])?;
            }
            Op::Dispatch => {
                self.draw_ready()?;
            }
            Op::DispatchDesc => {
                for field in [Field::X, Field::Y, Field::Z] {
                    if !matches!(command.descriptor.get(field), None | Some(Value::Null | Value::Uint(_) | Value::Canvas(_))) {
                        return problem(ErrorCode::OutOfBounds, format!("`{}` is not a number of workgroups", field.name()));
                    }
                }
                self.draw_ready()?;
            }
            Op::SetViewportDesc | Op::SetScissorRectDesc => {
                for field in [Field::X, Field::Y, Field::Width, Field::Height] {
                    if region_number(command.descriptor.get(field), self.canvas).is_none() {
                        return problem(ErrorCode::OutOfBounds, format!("the region has no `{}`", field.name()));
                    }
                }
            }
            Op::CallWasmFunc => {
                self.call_wasm(command)?;
                // The operand has two bytes.
                self.checker.resources.insert((Kind::WasmCall, operands[0] as u16), Resource::Other);
            }
            Op::DispatchIndirect => {
                self.draw_ready()?;
                self.indirect(operands, INDIRECT_BYTES[2])?;
            }
            Op::ExecuteBundles => self.execute_bundles(command)?,
            Op::BeginOcclusionQuery => {
                if let Some(pass) = &mut self.pass {
                    match pass.occlusion {
                        None => return problem(ErrorCode::MissingResource, "the pass has no occlusion query set"),
                        Some(_) if pass.query_open => {
                            return problem(ErrorCode::InvalidSequence, "an occlusion query is open already");
                        }
                        Some(count) if operands[0] >= count => {
                            let message = format!("query {} of a set of {count}", operands[0]);
                            return problem(ErrorCode::BufferTooSmall, message);
                        }
                        Some(_) => pass.query_open = true,
                    }
                }
            }
            Op::EndOcclusionQuery => {
                if let Some(pass) = &mut self.pass {
                    if !pass.query_open {
                        return problem(ErrorCode::InvalidSequence, "no occlusion query is open");
                    }
                    pass.query_open = false;
                }
            }

            Op::WriteBuffer => {
                let [id, offset, ..] = operands;
                let fits = self.write(id as u16, offset, command.bytes[0].len())?;
                if let Cow::Borrowed(bytes) = &mut command.bytes[0] {
                    *bytes = bytes.get(..fits).unwrap_or_default();
                }
            }
            Op::WriteFromWasm => {
                let [call, id, offset, len, ..] = operands;
                if self.resource(Kind::WasmCall, call as u16).is_none() {
                    return problem(ErrorCode::InvalidReference, format!("there is no wasmCall {call}"));
                }
                // What fits is written, which a host sees when it has the buffer.
                self.write(id as u16, offset, len as usize)?;
            }
            Op::CopyBuffer => {
                let [src, src_off, dst, dst_off, size, ..] = operands;
                self.range(src as u16, u64::from(src_off), u64::from(size), "copy")?;
                self.range(dst as u16, u64::from(dst_off), u64::from(size), "copy")?;
                self.buffer_usage(src as u16, buffer_usage::COPY_SRC);
                self.buffer_usage(dst as u16, buffer_usage::COPY_DST);
            }
            Op::ClearBuffer => {
                let [id, offset, size, ..] = operands;
                self.bound_range(id as u16, offset, size, "clear")?;
                self.buffer_usage(id as u16, buffer_usage::COPY_DST);
            }
            Op::ResolveQuerySet => {
                let [set, first, count, dst, offset, ..] = operands;
                let queries = match self.resource(Kind::QuerySet, set as u16) {
                    Some(Resource::QuerySet { count }) => u64::from(*count),
                    _ => 0,
                };
                if u64::from(first) + u64::from(count) > queries {
                    let message = format!("{count} queries from query {first} of a set of {queries}");
                    return problem(ErrorCode::BufferTooSmall, message);
                }
                self.range(dst as u16, u64::from(offset), u64::from(count) * QUERY_BYTES, "query result")?;
                self.buffer_usage(dst as u16, buffer_usage::QUERY_RESOLVE);
            }
            Op::CopyTexture => {
                let [src, dst, width, height, ..] = operands;
                for (id, usage) in [(src, texture_usage::COPY_SRC), (dst, texture_usage::COPY_DST)] {
                    self.texture_usage(id as u16, usage);
                    self.texture_region(id as u16, 0, [0, 0, 0], [width, height, 1])?;
                }
            }
            Op::CopyBufferToTexture => {
                self.copy_side(command, Field::Source, Side::Buffer(buffer_usage::COPY_SRC))?;
                self.copy_side(command, Field::Destination, Side::Texture(texture_usage::COPY_DST))?;
            }
            Op::CopyTextureToBuffer => {
                self.copy_side(command, Field::Source, Side::Texture(texture_usage::COPY_SRC))?;
                self.copy_side(command, Field::Destination, Side::Buffer(buffer_usage::COPY_DST))?;
            }
            Op::CopyTextureRegion => {
                self.copy_side(command, Field::Source, Side::Texture(texture_usage::COPY_SRC))?;
                self.copy_side(command, Field::Destination, Side::Texture(texture_usage::COPY_DST))?;
            }
            Op::WriteTexture => {
                self.copy_side(command, Field::Destination, Side::Texture(texture_usage::COPY_DST))?;
                if let Some(Value::Ref(..)) = command.descriptor.get(Field::Source) {
                    return problem(ErrorCode::OutOfBounds, "the source of a write is a layout of bytes");
                }
                let layout = command.descriptor.get(Field::Source).unwrap_or(&Value::Null);
                if let Some(needed) = self.linear_bytes(&command.descriptor, layout, Field::Destination) {
                    let found = command.bytes[1].len() as u64;
                    if needed > found {
                        let message = format!("the write needs {needed} bytes, but there are only {found}");
                        return problem(ErrorCode::BufferTooSmall, message);
                    }
                }
            }
            Op::CopyExternalImage => {
                let source = command.descriptor.get(Field::Source).and_then(|source| source.get(Field::Source));
                if !matches!(source, Some(Value::Ref(Kind::Image | Kind::Video, _))) {
                    return problem(ErrorCode::OutOfBounds, "the copy's source is neither an image nor a video");
                }
                let texels = copy_extent(command.descriptor.get(Field::CopySize), 1, self.canvas).map(u64::from);
                self.spend_written(texels.into_iter().fold(4, u64::saturating_mul))?;
                self.copy_side(command, Field::Destination, Side::External)?;
            }
            Op::BindVideoFrame => self.external_usage(operands[1] as u16),

            Op::EndPass
            | Op::SetScene
            | Op::SetViewport
            | Op::SetScissorRect
            | Op::SetBlendConstant
            | Op::SetStencilReference
            | Op::PushDebugGroup
            | Op::PopDebugGroup
            | Op::InsertDebugMarker
            | Op::Submit
            | Op::End => {}
        }
        Ok(command.creates.map(|(kind, _)| if kind == Kind::BindGroup { Resource::BindGroup } else { Resource::Other }))
    }

    // Creation.

    fn buffer(&mut self, size: u64, usage: u32) -> Result<Resource, Problem> {
        if usage == 0 {
            self.warnings.push("the buffer has no usage".to_owned());
        }
        Ok(Resource::Buffer { size, usage })
    }

    fn texture(&self, descriptor: &Value) -> Result<Resource, Problem> {
        let wrong = |message: String| problem(ErrorCode::InvalidTexture, message);
        let extent = |field| match descriptor.get(field) {
            Some(Value::Uint(texels)) => Some(Extent::Fixed(*texels)),
            Some(Value::Canvas(coefficients)) => Some(Extent::Canvas(*coefficients)),
            _ => None,
        };
        let Some(width) = extent(Field::Width) else { return wrong("the texture has no width".to_owned()) };
        let height = extent(Field::Height).unwrap_or(Extent::Fixed(1));
        let depth = uint(descriptor, Field::Depth, 1);
        let format = match descriptor.get(Field::Format) {
            Some(Value::Word(word)) => Format::of(*word),
            _ => None,
        };
        let Some(format) = format else { return wrong("the texture has no format".to_owned()) };
        let usage = uint(descriptor, Field::Usage, 0);
        if usage == 0 {
            return wrong("the texture has no usage".to_owned());
        }
        // The row of the member lets nothing but dimensions through.
        let dimension = word(descriptor, Field::Dimension).unwrap_or(TextureDimension::D2);
        let TextureLimits { extent_1d, extent_2d, extent_3d, layers } = self.checker.textures;
        let (widest, highest, deepest) = match dimension {
            TextureDimension::D1 => (extent_1d, 1, 1),
            TextureDimension::D2 => (extent_2d, extent_2d, layers),
            TextureDimension::D3 => (extent_3d, extent_3d, extent_3d),
        };
        let (w, h) = (width.on(self.canvas), height.on(self.canvas));
        for (name, texels, most) in [("wide", w, widest), ("high", h, highest), ("deep", depth, deepest)] {
            if texels == 0 || texels > most {
                return wrong(format!("a {} texture cannot be {texels} {name}, only 1 to {most}", dimension.text()));
            }
        }
        let levels = uint(descriptor, Field::MipLevelCount, 1);
        let longest = match dimension {
            TextureDimension::D1 => 1,
            TextureDimension::D2 => w.max(h),
            TextureDimension::D3 => w.max(h).max(depth),
        };
        let most_levels = longest.ilog2() + 1;
        if levels == 0 || levels > most_levels {
            return wrong(format!("the texture cannot have {levels} mip levels, only 1 to {most_levels}"));
        }
        match uint(descriptor, Field::SampleCount, 1) {
            1 => {}
            4 if levels == 1 && depth == 1 && dimension == TextureDimension::D2 => {}
            4 => return wrong("a multisampled texture is 2d, with one layer and one mip level".to_owned()),
            samples => return wrong(format!("the texture cannot have {samples} samples, only 1 or 4")),
        }
        let (is_3d, samples) = (dimension == TextureDimension::D3, uint(descriptor, Field::SampleCount, 1));
        Ok(Resource::Texture(Texture { width, height, depth, is_3d, mip_levels: levels, samples, format, usage }))
    }

    /// The bind groups that an explicit layout asks for; of an automatic layout nothing is known yet.
    fn layout_groups(&self, pipeline: &Value) -> Slots {
        match pipeline.get(Field::Layout) {
            Some(Value::Ref(kind, id)) => match self.resource(*kind, *id) {
                Some(Resource::PipelineLayout { groups }) => *groups,
                _ => Slots::default(),
            },
            _ => Slots::default(),
        }
    }

    fn render_pipeline(&self, descriptor: &Value) -> Result<Resource, Problem> {
        let mut slots = Vec::new();
        let buffers = descriptor.get(Field::Vertex).map_or(&[][..], |vertex| elements(vertex, Field::Buffers));
        for buffer in buffers.iter().take(MAX_SLOTS as usize) {
            if *buffer == Value::Null {
                slots.push(None);
                continue;
            }
            let mut last = 0;
            for attribute in elements(buffer, Field::Attributes) {
                // The row of the member lets nothing but vertex formats through.
                let size = word(attribute, Field::Format).map_or(0, |format: VertexFormat| format.layout().2);
                last = last.max(u64::from(uint(attribute, Field::Offset, 0)) + u64::from(size));
            }
            slots.push(Some(VertexSlot {
                stride: u64::from(uint(buffer, Field::ArrayStride, 0)),
                last,
                per_instance: word(buffer, Field::StepMode) == Some(VertexStepMode::Instance),
            }));
        }
        Ok(Resource::Pipeline(Pipeline { compute: false, groups: self.layout_groups(descriptor), slots }))
    }

    fn bind_group_layout(&mut self, descriptor: &Value) -> Result<Resource, Problem> {
        if let Some(Value::Ref(Kind::Pipeline, id)) = descriptor.get(Field::Pipeline) {
            let of = Some((*id, uint(descriptor, Field::Index, 0)));
            return Ok(Resource::BindGroupLayout { buffers: BTreeMap::new(), empty: false, of });
        }
        let entries = elements(descriptor, Field::Entries);
        let mut buffers = BTreeMap::new();
        for entry in entries {
            if let Some(buffer @ Value::Object(_)) = entry.get(Field::Buffer) {
                // The row of the member lets nothing but types of buffers through.
                let ty = word(buffer, Field::Type).unwrap_or(BufferBindingType::Uniform);
                buffers.insert(uint(entry, Field::Binding, 0), ty);
            }
        }
        Ok(Resource::BindGroupLayout { buffers, empty: entries.is_empty(), of: None })
    }

    fn bind_group(&mut self, layout: u16, descriptor: &Value) -> Result<(), Problem> {
        // Whoever binds something for a group of a pipeline knows that the pipeline has such a group; an empty one may be set anywhere.
        if let Some(Resource::BindGroupLayout { of: Some((pipeline, group)), .. }) = self.resource(Kind::BindGroupLayout, layout)
            && !elements(descriptor, Field::Entries).is_empty()
        {
            let (pipeline, group) = (*pipeline, *group);
            if let Some(Resource::Pipeline(pipeline)) = self.checker.resources.get_mut(&(Kind::Pipeline, pipeline)) {
                pipeline.groups.insert(group);
            }
        }
        let mut warnings = Vec::new();
        for entry in elements(descriptor, Field::Entries) {
            let binding = uint(entry, Field::Binding, 0);
            let Some(resource) = entry.get(Field::Resource) else { continue };
            let (buffer, range) = match resource {
                Value::Object(_) => (resource.get(Field::Buffer), resource),
                other => (Some(other), &Value::Null),
            };
            match buffer {
                Some(Value::Ref(Kind::Buffer, id)) => {
                    let Some(Resource::Buffer { size, usage }) = self.resource(Kind::Buffer, *id) else { continue };
                    let offset = u64::from(uint(range, Field::Offset, 0));
                    let end = match range.get(Field::Size) {
                        Some(Value::Uint(len)) => offset + u64::from(*len),
                        _ => offset.max(1),
                    };
                    if end > *size {
                        let message = format!("binding {binding} ends at byte {end} of buffer {id}, which has only {size}");
                        return problem(ErrorCode::BufferTooSmall, message);
                    }
                    let wanted = match self.resource(Kind::BindGroupLayout, layout) {
                        Some(Resource::BindGroupLayout { buffers, .. }) => buffers.get(&binding).copied(),
                        _ => None,
                    };
                    let (wanted, name) = match wanted {
                        Some(BufferBindingType::Uniform) => (buffer_usage::UNIFORM, "UNIFORM"),
                        Some(BufferBindingType::Storage | BufferBindingType::ReadOnlyStorage) => {
                            (buffer_usage::STORAGE, "STORAGE")
                        }
                        None => (buffer_usage::UNIFORM | buffer_usage::STORAGE, "UNIFORM or STORAGE"),
                    };
                    if usage & wanted == 0 {
                        warnings.push(format!("buffer {id} is bound without the usage {name}"));
                    }
                }
                Some(Value::Ref(kind @ (Kind::TextureView | Kind::DefaultView), id)) => {
                    let Some((id, texture)) = self.viewed(*kind, *id) else { continue };
                    if texture.usage & (texture_usage::TEXTURE_BINDING | texture_usage::STORAGE_BINDING) == 0 {
                        warnings.push(format!("texture {id} is bound without the usage TEXTURE_BINDING or STORAGE_BINDING"));
                    }
                }
                _ => {}
            }
        }
        self.warnings.append(&mut warnings);
        Ok(())
    }

    // Passes.

    fn begin_render_pass(&mut self, operands: [u32; 6]) -> Result<(), Problem> {
        let [color, load, store, depth, ..] = operands;
        let (color, depth) = (color as u16, depth as u16);
        if load > 1 || store > 1 {
            return problem(ErrorCode::OutOfBounds, format!("load {load} and store {store} are not both 0 or 1"));
        }
        if color == NONE && depth == NONE {
            return problem(ErrorCode::MissingResource, "the pass has no attachment");
        }
        for id in [color, depth].into_iter().filter(|id| *id != NONE) {
            self.texture_usage(id, texture_usage::RENDER_ATTACHMENT);
        }
        self.pass = Some(Pass::default());
        Ok(())
    }

    fn begin_render_pass_desc(&mut self, descriptor: &Value) -> Result<(), Problem> {
        let colors = elements(descriptor, Field::ColorAttachments).iter().filter(|color| **color != Value::Null);
        let depth = descriptor.get(Field::DepthStencilAttachment).filter(|depth| **depth != Value::Null);
        let attachments: Vec<_> = colors.chain(depth).collect();
        if attachments.is_empty() {
            return problem(ErrorCode::MissingResource, "the pass has no attachment");
        }
        for attachment in attachments {
            for field in [Field::View, Field::ResolveTarget] {
                if let Some(Value::Ref(kind, id)) = attachment.get(field)
                    && let Some((id, _)) = self.viewed(*kind, *id)
                {
                    self.texture_usage(id, texture_usage::RENDER_ATTACHMENT);
                }
            }
        }
        let occlusion = match descriptor.get(Field::OcclusionQuerySet) {
            Some(Value::Ref(kind, id)) => match self.resource(*kind, *id) {
                Some(Resource::QuerySet { count }) => Some(*count),
                _ => None,
            },
            _ => None,
        };
        self.pass = Some(Pass { occlusion, ..Pass::default() });
        Ok(())
    }

    fn set_vertex_buffer(&mut self, slot: u32, id: u16, offset: u32, size: u32) -> Result<(), Problem> {
        let bound = self.bound_range(id, offset, size, "vertex buffer")?;
        self.buffer_usage(id, buffer_usage::VERTEX);
        if let Some(pass) = &mut self.pass {
            pass.vertex.insert(slot, bound);
        }
        Ok(())
    }

    fn set_index_buffer(&mut self, id: u16, format: u32, offset: u32, size: u32) -> Result<(), Problem> {
        let bytes = match format {
            0 => 2,
            1 => 4,
            other => return problem(ErrorCode::OutOfBounds, format!("index format {other} is neither 0 nor 1")),
        };
        let bound = self.bound_range(id, offset, size, "index buffer")?;
        self.buffer_usage(id, buffer_usage::INDEX);
        if let Some(pass) = &mut self.pass {
            pass.index = Some((bound, bytes));
        }
        Ok(())
    }

    fn index_size(&self) -> Result<(u64, u64), Problem> {
        match self.pass.as_ref().and_then(|pass| pass.index) {
            Some(index) => Ok(index),
            None => problem(ErrorCode::MissingResource, "no index buffer is set"),
        }
    }

    /// The pipeline that is set, if everything that it is known to need is set too.
    fn draw_ready(&self) -> Result<&Pipeline, Problem> {
        let missing = |message: String| problem(ErrorCode::MissingResource, message);
        let Some(pass) = &self.pass else { return missing("no pass is open".to_owned()) };
        let Some(id) = pass.pipeline else { return missing("no pipeline is set".to_owned()) };
        let Some(Resource::Pipeline(pipeline)) = self.resource(Kind::Pipeline, id) else {
            return missing("no pipeline is set".to_owned());
        };
        if let Some(group) = pipeline.groups.first_outside(pass.groups) {
            return missing(format!("bind group {group} is not set, which the pipeline {id} needs"));
        }
        let unset = (0..).zip(&pipeline.slots).find(|(slot, needed)| needed.is_some() && !pass.vertex.contains_key(slot));
        if let Some((slot, _)) = unset {
            return missing(format!("vertex buffer {slot} is not set, which the pipeline {id} needs"));
        }
        Ok(pipeline)
    }

    /// Checks what a draw reads from vertex buffers. `vertices` and `instances` are first and count; by index, nothing is known of
    /// the vertices. Sums are those of mathematics: numbers beyond 32 bits are too much for a buffer, and only for a buffer. A draw of nothing
    /// counts up to where it would start. Source: WebGPU, `draw`, `drawIndexed`.
    fn draw(&self, vertices: Option<(u32, u32)>, instances: (u32, u32)) -> Result<(), Problem> {
        let pipeline = self.draw_ready()?;
        let Some(pass) = &self.pass else { return Ok(()) };
        for (slot, needed) in (0..).zip(&pipeline.slots) {
            let (Some(needed), Some(&bound)) = (needed, pass.vertex.get(&slot)) else { continue };
            let range = if needed.per_instance { Some(instances) } else { vertices };
            let Some((first, count)) = range else { continue };
            let Some(last) = (u64::from(first) + u64::from(count)).checked_sub(1) else { continue };
            // Below 2^33 times below 2^32, plus a little: saturates only where it is far too much anyway.
            let bytes = last.saturating_mul(needed.stride).saturating_add(needed.last);
            if bytes > bound {
                let message = format!("the draw reads {bytes} bytes of vertex buffer {slot}, but only {bound} are bound");
                return problem(ErrorCode::BufferTooSmall, message);
            }
        }
        Ok(())
    }

    fn indirect(&mut self, operands: [u32; 6], bytes: u64) -> Result<(), Problem> {
        let [id, offset, ..] = operands;
        self.range(id as u16, u64::from(offset), bytes, "indirect read")?;
        self.buffer_usage(id as u16, buffer_usage::INDIRECT);
        Ok(())
    }

    fn execute_bundles(&mut self, command: &mut CheckedCommand<'a>) -> Result<(), Problem> {
        let (ids, rest) = command.bytes[0].as_chunks::<2>();
        if !rest.is_empty() {
            return problem(ErrorCode::OutOfBounds, "ids of bundles have two bytes each");
        }
        let most = self.checker.budgets.bundled_commands;
        let mut bundles = BTreeSet::new();
        for id in ids {
            let id = u16::from_le_bytes(*id);
            let Some(Resource::RenderBundle { commands }) = self.resource(Kind::RenderBundle, id) else {
                return problem(ErrorCode::InvalidReference, format!("there is no renderBundle {id}"));
            };
            // An empty bundle is work too.
            let commands = u64::from(*commands).max(1);
            spend(&mut self.spent.bundled_commands, commands, most, "commands of executed bundles")?;
            if bundles.insert(id) {
                command.refs.push((Kind::RenderBundle, id));
            }
        }
        // Source: WebGPU, `executeBundles`: the pass' pipeline, bind groups and buffers are cleared.
        if let Some(pass) = &mut self.pass {
            pass.pipeline = None;
            pass.groups = Slots::default();
            pass.vertex.clear();
            pass.index = None;
        }
        Ok(())
    }

    // Buffers.

    /// How many of `len` bytes a write to `offset` puts into the buffer.
    fn write(&mut self, id: u16, offset: u32, len: usize) -> Result<usize, Problem> {
        self.buffer_usage(id, buffer_usage::COPY_DST);
        let Some(Resource::Buffer { size, .. }) = self.resource(Kind::Buffer, id) else { return Ok(0) };
        match size.checked_sub(u64::from(offset)) {
            None => problem(ErrorCode::BufferTooSmall, format!("a write to byte {offset} of buffer {id}, which has only {size}")),
            Some(room) => Ok(len.min(usize::try_from(room).unwrap_or(usize::MAX))),
        }
    }

    /// Checks that `len` bytes from `offset` lie in the buffer.
    fn range(&self, id: u16, offset: u64, len: u64, what: &str) -> Result<(), Problem> {
        let Some(Resource::Buffer { size, .. }) = self.resource(Kind::Buffer, id) else { return Ok(()) };
        if offset.checked_add(len).is_none_or(|end| end > *size) {
            let message = format!("a {what} of {len} bytes at byte {offset} of buffer {id}, which has only {size}");
            return problem(ErrorCode::BufferTooSmall, message);
        }
        Ok(())
    }

    /// The bytes of a range whose size may be [`WHOLE`], if it lies in the buffer.
    fn bound_range(&self, id: u16, offset: u32, size: u32, what: &str) -> Result<u64, Problem> {
        let whole = match self.resource(Kind::Buffer, id) {
            Some(Resource::Buffer { size, .. }) => *size,
            _ => 0,
        };
        let rest = whole.saturating_sub(u64::from(offset));
        let len = if size == WHOLE { rest } else { u64::from(size) };
        self.range(id, u64::from(offset), len, what)?;
        Ok(len)
    }

    fn buffer_usage(&mut self, id: u16, wanted: u32) {
        if let Some(Resource::Buffer { usage, .. }) = self.resource(Kind::Buffer, id)
            && usage & wanted == 0
        {
            let name = flag_name(buffer_usage::FLAGS, wanted);
            self.warnings.push(format!("buffer {id} lacks the usage {name}"));
        }
    }

    // Textures.

    /// The texture that a view shows; `None` for the canvas.
    fn viewed(&self, kind: Kind, id: u16) -> Option<(u16, &Texture)> {
        let id = match (kind, self.resource(kind, id)) {
            (Kind::TextureView, Some(Resource::TextureView { texture })) => *texture,
            _ => id,
        };
        match self.resource(Kind::Texture, id) {
            Some(Resource::Texture(texture)) => Some((id, texture)),
            _ => None,
        }
    }

    /// What the canvas may be used for is its configuration's, and the GPU's to judge.
    fn texture_usage(&mut self, id: u16, wanted: u32) {
        if let Some(Resource::Texture(texture)) = self.resource(Kind::Texture, id)
            && texture.usage & wanted == 0
        {
            let name = flag_name(texture_usage::FLAGS, wanted);
            self.warnings.push(format!("texture {id} lacks the usage {name}"));
        }
    }

    /// Checks that a region lies in a mip level of a texture.
    fn texture_region(&self, id: u16, level: u32, origin: [u32; 3], size: [u32; 3]) -> Result<(), Problem> {
        let extent = match self.resource(Kind::Texture, id) {
            Some(Resource::Texture(texture)) => {
                // Compressed levels are stored in whole blocks. Source: WebGPU, "physical miplevel-specific texture extent".
                let (block_width, block_height, _) = texel::block(texture.format).unwrap_or((1, 1, 1));
                let shrink = |extent: Extent, block: u32| {
                    let texels = extent.on(self.canvas).checked_shr(level).unwrap_or(0).max(1);
                    texels.checked_next_multiple_of(block).unwrap_or(texels)
                };
                [shrink(texture.width, block_width), shrink(texture.height, block_height), texture.depth]
            }
            _ if id == CANVAS_TEXTURE => [self.canvas.width, self.canvas.height, 1],
            _ => return Ok(()),
        };
        let inside = (0..3).all(|i| u64::from(origin[i]) + u64::from(size[i]) <= u64::from(extent[i]));
        if !inside {
            let text = |n: [u32; 3]| n.map(|n| n.to_string()).join("x");
            let message = format!("a region of {} texels at {} of a texture of {}", text(size), text(origin), text(extent));
            return problem(ErrorCode::BufferTooSmall, message);
        }
        Ok(())
    }

    /// Checks one side of a copy whose descriptor is of type 14.
    fn copy_side(&mut self, command: &CheckedCommand<'a>, field: Field, side: Side) -> Result<(), Problem> {
        let descriptor = &command.descriptor;
        let value = descriptor.get(field).unwrap_or(&Value::Null);
        match side {
            Side::Texture(_) | Side::External => {
                let Some(Value::Ref(_, id)) = value.get(Field::Texture) else {
                    return problem(ErrorCode::OutOfBounds, format!("the copy's {} has no texture", field.name()));
                };
                match side {
                    Side::Texture(usage) => self.texture_usage(*id, usage),
                    _ => self.external_usage(*id),
                }
                let origin = copy_extent(value.get(Field::Origin), 0, self.canvas);
                let size = copy_extent(descriptor.get(Field::CopySize), 1, self.canvas);
                self.texture_region(*id, uint(value, Field::MipLevel, 0), origin, size)
            }
            Side::Buffer(usage) => {
                let Some(Value::Ref(_, id)) = value.get(Field::Buffer) else {
                    return problem(ErrorCode::OutOfBounds, format!("the copy's {} has no buffer", field.name()));
                };
                self.buffer_usage(*id, usage);
                let other = if field == Field::Source { Field::Destination } else { Field::Source };
                match self.linear_bytes(descriptor, value, other) {
                    Some(end) => self.range(*id, 0, end, "copy"),
                    None => Ok(()),
                }
            }
        }
    }

    /// Where the last byte of a copy lies in linear memory with this layout. `None` where it is not known, as for formats of depth
    /// and stencil. Source: WebGPU, "validating linear texture data".
    fn linear_bytes(&self, descriptor: &Value, layout: &Value, texture: Field) -> Option<u64> {
        let Some(Value::Ref(_, id)) = descriptor.get(texture)?.get(Field::Texture) else { return None };
        let format = match self.resource(Kind::Texture, *id) {
            Some(Resource::Texture(texture)) => texture.format,
            _ => Format::Canvas,
        };
        let (block_width, block_height, block_bytes) = texel::block(format)?;
        let [width, height, depth] = copy_extent(descriptor.get(Field::CopySize), 1, self.canvas);
        let row = u64::from(width.div_ceil(block_width)) * u64::from(block_bytes);
        let rows = u64::from(height.div_ceil(block_height));
        let row_pitch = u64::from(uint(layout, Field::BytesPerRow, 0)).max(row);
        let layer_rows = u64::from(uint(layout, Field::RowsPerImage, 0)).max(rows);
        let start = u64::from(uint(layout, Field::Offset, 0));
        if row == 0 || rows == 0 || depth == 0 {
            return Some(start);
        }
        let before = row_pitch.checked_mul(layer_rows.checked_mul(u64::from(depth - 1))?.checked_add(rows - 1)?)?;
        start.checked_add(before)?.checked_add(row)
    }

    /// What a texture needs that images and video frames are copied into. Source: WebGPU, `copyExternalImageToTexture`.
    fn external_usage(&mut self, id: u16) {
        self.texture_usage(id, texture_usage::COPY_DST);
        self.texture_usage(id, texture_usage::RENDER_ATTACHMENT);
    }

    /// Checks the arguments of a call into a nested module.
    fn call_wasm(&self, command: &CheckedCommand<'a>) -> Result<(), Problem> {
        let wrong = |message: &str| problem(ErrorCode::OutOfBounds, message);
        let bytes = &command.bytes[1];
        if bytes.len() > MAX_ARGUMENT_BYTES {
            return wrong("the arguments are too long");
        }
        let Some(arguments) = args::read(bytes) else { return wrong("the arguments cannot be read") };
        let outside = |arg: &Arg| matches!(arg, Arg::Input(_, offset) if u32::from(*offset) + 4 > INPUTS_SIZE);
        if arguments.iter().any(outside) { wrong("an argument lies outside the input block") } else { Ok(()) }
    }
}

/// What a side of a copy is, and the usage that it needs.
#[derive(Clone, Copy)]
enum Side {
    Buffer(u32),
    Texture(u32),
    /// A texture that an image or a video is copied into.
    External,
}

fn flag_name(flags: &[(&'static str, u32)], bit: u32) -> &'static str {
    flags.iter().find(|(_, flag)| *flag == bit).map_or("?", |(name, _)| name)
}

fn uint(value: &Value, field: Field, default: u32) -> u32 {
    match value.get(field) {
        Some(Value::Uint(n)) => *n,
        _ => default,
    }
}

/// The value of an enum that a member has; `None` where it has none, or a word that is not of the enum.
fn word<T: WordEnum>(value: &Value, field: Field) -> Option<T> {
    match value.get(field) {
        Some(Value::Word(word)) => T::from_word(*word),
        _ => None,
    }
}

fn elements(value: &Value, field: Field) -> &[Value] {
    value.get(field).map_or(&[], Value::elements)
}
