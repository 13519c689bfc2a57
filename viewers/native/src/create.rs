//! Commands that create something, and creations that a new size of the canvas repeats.

use crate::descriptors::{self, Dict, Made, Refusal};
use crate::draw::bundle_command;
use crate::gpu::Gpu;
use crate::resources::{Bundle, CanvasTexture, Pipeline, Resources, create_buffer};
use crate::shader_guard;
use crate::words;
use pngine_format::descriptor::{Field, Value, canvas_extent};
use pngine_format::op::{CANVAS_TEXTURE, Kind, Op, usage_from_byte};
use pngine_host::{Canvas, CheckedCommand};
use std::collections::BTreeSet;

impl Resources {
    /// Executes a command that creates something. Errors that the device reports come back with the result, which is then not kept.
    ///
    /// # Errors
    /// The refusal, or what the device said.
    pub(crate) fn create(&mut self, gpu: &Gpu, command: &CheckedCommand<'_>) -> Result<(), CreateError> {
        self.make(gpu, command)?;
        let depends_on_size = match command.op {
            Op::CreateTexture => {
                [Field::Width, Field::Height].iter().any(|field| matches!(command.descriptor.get(*field), Some(Value::Canvas(_))))
            }
            Op::CreateTextureView | Op::CreateBindGroup | Op::CreateRenderBundle => true,
            _ => false,
        };
        if depends_on_size {
            self.sized.push(command.clone().into_owned());
        }
        Ok(())
    }

    /// Gives the canvas another size. Textures whose extent follows it are created anew, and so is all that depends on them.
    ///
    /// # Errors
    /// The position of the command whose repetition failed, and why.
    pub(crate) fn resize(&mut self, gpu: &Gpu, size: Canvas) -> Result<(), (u32, Op, CreateError)> {
        let before = self.canvas.size;
        let (canvas, errors) = gpu.scoped(|| CanvasTexture::new(&gpu.device, size, self.canvas.depth));
        if let Some(error) = errors.into_iter().next() {
            return Err((0, Op::CreateTexture, CreateError::Device(error)));
        }
        self.canvas = canvas;
        let mut changed = BTreeSet::from([(Kind::Texture, CANVAS_TEXTURE)]);
        let sized = std::mem::take(&mut self.sized);
        let mut result = Ok(());
        for command in &sized {
            let again = match command.op {
                Op::CreateTexture => extent(&command.descriptor, before) != extent(&command.descriptor, size),
                _ => command.refs.iter().any(|key| changed.contains(key)),
            };
            if !again {
                continue;
            }
            changed.extend(command.creates);
            if let Err(error) = self.make(gpu, command) {
                result = Err((command.index, command.op, error));
                break;
            }
        }
        self.sized = sized;
        result
    }

    /// Creates what `command` asks for, and keeps it if the device did not object.
    fn make(&mut self, gpu: &Gpu, command: &CheckedCommand<'_>) -> Result<(), CreateError> {
        let Some((_, id)) = command.creates else { return Ok(()) };
        let device = &gpu.device;
        let dict = Dict::new(&command.descriptor, self.canvas_format());
        match command.op {
            Op::CreateBuffer => {
                let [_, size, usage, ..] = command.operands;
                // The operand is one byte.
                let usage = descriptors::buffer_usage(usage_from_byte(usage as u8))?;
                let buffer = checked(gpu, || Ok(create_buffer(device, u64::from(size), usage)))?;
                self.buffers.insert(id, buffer);
            }
            Op::CreateBufferDesc => {
                let usage = descriptors::buffer_usage(dict.uint_or(Field::Usage, 0))?;
                let size = u64::from(dict.uint_or(Field::Size, 0));
                self.buffers.insert(id, checked(gpu, || Ok(create_buffer(device, size, usage)))?);
            }
            Op::CreateTexture => {
                let texture = checked(gpu, || {
                    let texture = self.create_texture(device, dict)?;
                    let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
                    Ok((texture, view))
                })?;
                self.textures.insert(id, texture);
            }
            Op::CreateSampler => {
                let sampler = checked(gpu, || Ok(device.create_sampler(&descriptors::sampler(dict)?)))?;
                self.samplers.insert(id, sampler);
            }
            Op::CreateShader => {
                self.shaders.insert(id, create_shader(gpu, command.text())?);
            }
            Op::CreateRenderPipe => {
                let pipeline = compiled(gpu, || self.create_render_pipeline(device, dict))?;
                let has_stencil = dict
                    .dict(Field::DepthStencil)
                    .is_some_and(|state| [Field::StencilFront, Field::StencilBack].iter().any(|face| state.get(*face).is_some()));
                self.pipelines.insert(id, Pipeline::Render { pipeline, has_stencil });
            }
            Op::CreateComputePipe => {
                let pipeline = compiled(gpu, || self.create_compute_pipeline(device, dict))?;
                self.pipelines.insert(id, Pipeline::Compute(pipeline));
            }
            Op::CreateBindGroup => {
                // The operand has two bytes.
                let layout = command.operands[1] as u16;
                let group = checked(gpu, || self.create_bind_group(device, layout, dict))?;
                self.bind_groups.insert(id, group);
            }
            Op::CreateTextureView => {
                let view = checked(gpu, || {
                    let texture = dict.reference(Field::Texture).ok_or(Refusal::Broken)?;
                    Ok(self.texture(texture.1)?.create_view(&descriptors::texture_view(dict)?))
                })?;
                self.views.insert(id, view);
            }
            Op::CreateQuerySet => {
                let ty = dict.word(Field::Type, wgpu::QueryType::Occlusion, words::query_type)?;
                let count = dict.uint_or(Field::Count, 0);
                let set = checked(gpu, || Ok(device.create_query_set(&wgpu::QuerySetDescriptor { label: None, ty, count })))?;
                self.query_sets.insert(id, set);
            }
            Op::CreateBindGroupLayout => {
                let layout = checked(gpu, || self.create_bind_group_layout(device, dict))?;
                self.bind_group_layouts.insert(id, layout);
            }
            Op::CreatePipelineLayout => {
                let layout = checked(gpu, || self.create_pipeline_layout(device, dict))?;
                self.pipeline_layouts.insert(id, layout);
            }
            Op::CreateRenderBundle => {
                // wgpu panics where WebGPU reports that a bundle is invalid; the compiler's thread turns that into an error.
                let bundle = compiled(gpu, || self.create_bundle(device, dict, &command.bundle))?;
                let stencil_pipeline = command.bundle.iter().find_map(|command| match command.op {
                    // The operand has two bytes.
                    Op::SetPipeline => match self.pipelines.get(&(command.operands[0] as u16)) {
                        Some(Pipeline::Render { has_stencil: true, .. }) => Some(command.operands[0] as u16),
                        _ => None,
                    },
                    _ => None,
                });
                self.bundles.insert(id, Bundle { bundle, stencil_pipeline });
            }
            op => return Err(Refusal::Unsupported(op.row().name.to_owned()).into()),
        }
        Ok(())
    }

    fn create_texture(&self, device: &wgpu::Device, dict: Dict<'_>) -> Made<wgpu::Texture> {
        let [width, height] = extent(dict.value(), self.canvas.size);
        let view_formats: Vec<_> = dict.formats(Field::ViewFormats)?.into_iter().flatten().collect();
        Ok(device.create_texture(&wgpu::TextureDescriptor {
            label: None,
            size: wgpu::Extent3d { width, height, depth_or_array_layers: dict.uint_or(Field::Depth, 1) },
            mip_level_count: dict.uint_or(Field::MipLevelCount, 1),
            sample_count: dict.uint_or(Field::SampleCount, 1),
            dimension: dict.word(Field::Dimension, wgpu::TextureDimension::D2, words::texture_dimension)?,
            format: dict.required_format(Field::Format)?,
            usage: descriptors::texture_usage(dict.uint_or(Field::Usage, 0))?,
            view_formats: &view_formats,
        }))
    }

    fn create_render_pipeline(&self, device: &wgpu::Device, dict: Dict<'_>) -> Made<wgpu::RenderPipeline> {
        let vertex = dict.dict(Field::Vertex).ok_or(Refusal::Broken)?;
        let fragment = dict.dict(Field::Fragment);
        let mut attributes = Vec::new();
        for layout in vertex.dicts(Field::Buffers) {
            attributes.push(match layout {
                Some(layout) => Some((layout, descriptors::attributes(layout)?)),
                None => None,
            });
        }
        let mut buffers = Vec::new();
        for layout in &attributes {
            buffers.push(match layout {
                Some((layout, attributes)) => Some(wgpu::VertexBufferLayout {
                    array_stride: u64::from(layout.uint_or(Field::ArrayStride, 0)),
                    step_mode: layout.word(Field::StepMode, wgpu::VertexStepMode::Vertex, words::step_mode)?,
                    attributes,
                }),
                None => None,
            });
        }
        let vertex_constants = vertex.record(Field::Constants);
        let fragment_constants = fragment.map(|fragment| fragment.record(Field::Constants)).unwrap_or_default();
        let mut targets = Vec::new();
        for target in fragment.into_iter().flat_map(|fragment| fragment.dicts(Field::Targets)) {
            targets.push(target.map(descriptors::color_target).transpose()?);
        }
        let fragment = match fragment {
            Some(fragment) => Some(wgpu::FragmentState {
                module: self.shader(fragment)?,
                entry_point: fragment.text(Field::EntryPoint),
                compilation_options: options(&fragment_constants),
                targets: &targets,
            }),
            None => None,
        };
        Ok(device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: None,
            layout: self.layout(dict)?,
            vertex: wgpu::VertexState {
                module: self.shader(vertex)?,
                entry_point: vertex.text(Field::EntryPoint),
                compilation_options: options(&vertex_constants),
                buffers: &buffers,
            },
            primitive: dict.dict(Field::Primitive).map(descriptors::primitive).transpose()?.unwrap_or_default(),
            depth_stencil: dict.dict(Field::DepthStencil).map(descriptors::depth_stencil).transpose()?,
            multisample: dict.dict(Field::Multisample).map(descriptors::multisample).unwrap_or_default(),
            fragment,
            multiview_mask: None,
            cache: None,
        }))
    }

    fn create_compute_pipeline(&self, device: &wgpu::Device, dict: Dict<'_>) -> Made<wgpu::ComputePipeline> {
        let stage = dict.dict(Field::Compute).ok_or(Refusal::Broken)?;
        let constants = stage.record(Field::Constants);
        Ok(device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: self.layout(dict)?,
            module: self.shader(stage)?,
            entry_point: stage.text(Field::EntryPoint),
            compilation_options: options(&constants),
            cache: None,
        }))
    }

    fn create_bind_group_layout(&self, device: &wgpu::Device, dict: Dict<'_>) -> Made<wgpu::BindGroupLayout> {
        if let Some((_, id)) = dict.reference(Field::Pipeline) {
            let index = dict.uint_or(Field::Index, 0);
            return Ok(match self.pipeline(id)? {
                Pipeline::Render { pipeline, .. } => pipeline.get_bind_group_layout(index),
                Pipeline::Compute(pipeline) => pipeline.get_bind_group_layout(index),
            });
        }
        let entries: Vec<_> = dict.dicts(Field::Entries).flatten().map(descriptors::layout_entry).collect::<Made<_>>()?;
        Ok(device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries }))
    }

    fn create_pipeline_layout(&self, device: &wgpu::Device, dict: Dict<'_>) -> Made<wgpu::PipelineLayout> {
        let layouts = dict.get(Field::BindGroupLayouts).map_or(&[][..], Value::elements).iter().map(|layout| match layout {
            Value::Ref(_, id) => self.bind_group_layouts.get(id).map(Some).ok_or(Refusal::Broken),
            _ => Ok(None),
        });
        let layouts: Vec<_> = layouts.collect::<Made<_>>()?;
        Ok(device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &layouts,
            immediate_size: 0,
        }))
    }

    fn create_bind_group(&self, device: &wgpu::Device, layout: u16, dict: Dict<'_>) -> Made<wgpu::BindGroup> {
        let mut entries = Vec::new();
        for entry in dict.dicts(Field::Entries).flatten() {
            let (reference, range) = match entry.dict(Field::Resource) {
                Some(range) => (range.reference(Field::Buffer), Some(range)),
                None => (entry.reference(Field::Resource), None),
            };
            let resource = match reference.ok_or(Refusal::Broken)? {
                (Kind::Buffer, id) => wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                    buffer: self.buffer(id)?,
                    offset: u64::from(range.map_or(0, |range| range.uint_or(Field::Offset, 0))),
                    size: match range {
                        Some(range) => range.size(Field::Size)?,
                        None => None,
                    },
                }),
                (Kind::Sampler, id) => wgpu::BindingResource::Sampler(self.samplers.get(&id).ok_or(Refusal::Broken)?),
                (kind @ (Kind::TextureView | Kind::DefaultView), id) => wgpu::BindingResource::TextureView(self.view(kind, id)?),
                (kind, _) => return Err(Refusal::Unsupported(format!("a {} in a bind group", kind.name()))),
            };
            entries.push(wgpu::BindGroupEntry { binding: entry.uint_or(Field::Binding, 0), resource });
        }
        Ok(device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: self.bind_group_layouts.get(&layout).ok_or(Refusal::Broken)?,
            entries: &entries,
        }))
    }

    fn create_bundle(&self, device: &wgpu::Device, dict: Dict<'_>, commands: &[CheckedCommand<'_>]) -> Made<wgpu::RenderBundle> {
        let color_formats = dict.formats(Field::ColorFormats)?;
        let depth_stencil = dict.format(Field::DepthStencilFormat)?.map(|format| wgpu::RenderBundleDepthStencil {
            format,
            depth_read_only: dict.flag(Field::DepthReadOnly),
            stencil_read_only: dict.flag(Field::StencilReadOnly),
        });
        let mut encoder = device.create_render_bundle_encoder(&wgpu::RenderBundleEncoderDescriptor {
            label: None,
            color_formats: &color_formats,
            depth_stencil,
            sample_count: dict.uint_or(Field::SampleCount, 1),
            multiview: None,
        });
        for command in commands {
            bundle_command(&mut encoder, self, command)?;
        }
        Ok(encoder.finish(&wgpu::RenderBundleDescriptor::default()))
    }
}

/// Why something could not be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CreateError {
    /// The host refused.
    Refused(Refusal),
    /// The device objected: its first error.
    Device(String),
}

impl From<Refusal> for CreateError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

fn settle<T>(result: Option<Made<T>>, errors: Vec<String>) -> Result<T, CreateError> {
    match (result, errors.into_iter().next()) {
        (Some(Err(refusal)), _) => Err(refusal.into()),
        (_, Some(error)) => Err(CreateError::Device(error)),
        (Some(Ok(value)), None) => Ok(value),
        (None, None) => Err(CreateError::Device("the shader compiler failed".to_owned())),
    }
}

fn checked<T>(gpu: &Gpu, work: impl FnOnce() -> Made<T>) -> Result<T, CreateError> {
    let (result, errors) = gpu.scoped(work);
    settle(Some(result), errors)
}

/// Like [`checked`], for work that compiles shaders.
fn compiled<T: Send>(gpu: &Gpu, work: impl FnOnce() -> Made<T> + Send) -> Result<T, CreateError> {
    let (result, errors) = gpu.scoped_compiler(work);
    settle(result, errors)
}

fn create_shader(gpu: &Gpu, source: &str) -> Result<wgpu::ShaderModule, CreateError> {
    if let Some(reason) = pngine_wgsl::validate::beyond_limits(source) {
        return Err(CreateError::Device(reason));
    }
    let (source, has_subgroups) = shader_guard::without_extensions(source);
    if has_subgroups && !gpu.device.features().contains(wgpu::Features::SUBGROUP) {
        let message = "the shader enables `subgroups`, a feature that the scene does not ask for, or that this device lacks";
        return Err(CreateError::Device(message.to_owned()));
    }
    let (result, errors) = gpu.scoped_compiler(|| {
        let module = gpu
            .device
            .create_shader_module(wgpu::ShaderModuleDescriptor { label: None, source: wgpu::ShaderSource::Wgsl(source) });
        let info = pollster::block_on(module.get_compilation_info());
        let error = info.messages.into_iter().find(|message| message.message_type == wgpu::CompilationMessageType::Error);
        (module, error)
    });
    match (result, errors.into_iter().next()) {
        (Some((_, Some(error))), _) => Err(CreateError::Device(match error.location {
            Some(at) => format!("WGSL line {} column {}: {}", at.line_number, at.line_position, first_line(&error.message)),
            None => format!("WGSL: {}", first_line(&error.message)),
        })),
        (_, Some(error)) => Err(CreateError::Device(error)),
        (Some((module, None)), None) => Ok(module),
        (None, None) => Err(CreateError::Device("the shader compiler failed".to_owned())),
    }
}

/// The sentence of a message of the shader compiler, without the picture of the source below it.
fn first_line(message: &str) -> &str {
    let line = message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.split_once("parsing error: ").map_or(line, |(_, sentence)| sentence)
}

fn options<'a>(constants: &'a [(&'a str, f64)]) -> wgpu::PipelineCompilationOptions<'a> {
    wgpu::PipelineCompilationOptions { constants, ..Default::default() }
}

/// Width and height of a texture on a canvas.
fn extent(descriptor: &Value, canvas: Canvas) -> [u32; 2] {
    [Field::Width, Field::Height].map(|field| match descriptor.get(field) {
        Some(Value::Uint(texels)) => *texels,
        Some(Value::Canvas(coefficients)) => canvas_extent(*coefficients, canvas.width, canvas.height),
        _ => 1,
    })
}
