//! What the commands have created, by id.

use crate::descriptors::{Dict, Made, Refusal};
use crate::gpu::Gpu;
use pngine_format::descriptor::Field;
use pngine_format::op::{CANVAS_TEXTURE, Kind, WHOLE};
use pngine_host::{Canvas, CheckedCommand};
use std::collections::BTreeMap;

/// What the canvas keeps of a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CanvasDepth {
    /// Eight bits a channel, from 0 to 1: what is shown.
    Eight,
    /// Sixteen bits a channel as halves: also what lies outside of 0 to 1, and what is no number.
    Half,
}

impl CanvasDepth {
    pub(crate) const fn format(self) -> wgpu::TextureFormat {
        match self {
            Self::Eight => wgpu::TextureFormat::Rgba8Unorm,
            Self::Half => wgpu::TextureFormat::Rgba16Float,
        }
    }
}

/// The texture that stands for the canvas.
pub(crate) struct CanvasTexture {
    pub(crate) texture: wgpu::Texture,
    pub(crate) view: wgpu::TextureView,
    pub(crate) size: Canvas,
    pub(crate) depth: CanvasDepth,
}

impl CanvasTexture {
    /// The canvas of the web player has the same usages.
    pub(crate) fn new(device: &wgpu::Device, size: Canvas, depth: CanvasDepth) -> Self {
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("canvas"),
            size: wgpu::Extent3d { width: size.width, height: size.height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: depth.format(),
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        Self { texture, view, size, depth }
    }
}

/// A pipeline of either kind.
pub(crate) enum Pipeline {
    Render {
        pipeline: wgpu::RenderPipeline,
        /// Whether it has a stencil test.
        has_stencil: bool,
    },
    Compute(wgpu::ComputePipeline),
}

/// A render bundle.
pub(crate) struct Bundle {
    pub(crate) bundle: wgpu::RenderBundle,
    /// The first of its pipelines that has a stencil test.
    pub(crate) stencil_pipeline: Option<u16>,
}

/// Everything that was created.
pub(crate) struct Resources {
    pub(crate) canvas: CanvasTexture,
    pub(crate) buffers: BTreeMap<u16, wgpu::Buffer>,
    pub(crate) textures: BTreeMap<u16, (wgpu::Texture, wgpu::TextureView)>,
    pub(crate) samplers: BTreeMap<u16, wgpu::Sampler>,
    pub(crate) shaders: BTreeMap<u16, wgpu::ShaderModule>,
    pub(crate) pipelines: BTreeMap<u16, Pipeline>,
    pub(crate) bind_groups: BTreeMap<u16, wgpu::BindGroup>,
    pub(crate) bind_group_layouts: BTreeMap<u16, wgpu::BindGroupLayout>,
    pub(crate) pipeline_layouts: BTreeMap<u16, wgpu::PipelineLayout>,
    pub(crate) views: BTreeMap<u16, wgpu::TextureView>,
    pub(crate) query_sets: BTreeMap<u16, wgpu::QuerySet>,
    pub(crate) bundles: BTreeMap<u16, Bundle>,
    /// Creations that a new size of the canvas may have to repeat, in order.
    pub(crate) sized: Vec<CheckedCommand<'static>>,
    /// What stands in for ranges of vertex and index buffers that have no bytes: WebGPU binds them, and wgpu has none.
    pub(crate) nothing: wgpu::Buffer,
}

impl Resources {
    pub(crate) fn new(gpu: &Gpu, size: Canvas, depth: CanvasDepth) -> Self {
        Self {
            canvas: CanvasTexture::new(&gpu.device, size, depth),
            buffers: BTreeMap::new(),
            textures: BTreeMap::new(),
            samplers: BTreeMap::new(),
            shaders: BTreeMap::new(),
            pipelines: BTreeMap::new(),
            bind_groups: BTreeMap::new(),
            bind_group_layouts: BTreeMap::new(),
            pipeline_layouts: BTreeMap::new(),
            views: BTreeMap::new(),
            query_sets: BTreeMap::new(),
            bundles: BTreeMap::new(),
            sized: Vec::new(),
            nothing: create_buffer(&gpu.device, NOTHING_BYTES, wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::INDEX),
        }
    }

    /// The format of the canvas.
    pub(crate) const fn canvas_format(&self) -> wgpu::TextureFormat {
        self.canvas.depth.format()
    }

    pub(crate) fn buffer(&self, id: u16) -> Made<&wgpu::Buffer> {
        self.buffers.get(&id).ok_or(Refusal::Broken)
    }

    /// A range of a vertex or index buffer, which may end with the buffer, and may be empty. wgpu panics on ranges that are outside, so
    /// they are refused first.
    ///
    /// What is bound for an empty range has bytes that no draw reads: the checker knows that it has none.
    pub(crate) fn range(&self, id: u16, offset: u32, size: u32) -> Made<wgpu::BufferSlice<'_>> {
        let (buffer, offset) = (self.buffer(id)?, u64::from(offset));
        let end = if size == WHOLE { buffer.size() } else { offset + u64::from(size) };
        if offset > end || end > buffer.size() {
            return Err(Refusal::Invalid(format!("bytes {offset} to {end} of a buffer of {} cannot be bound", buffer.size())));
        }
        Ok(if offset == end { self.nothing.slice(..) } else { buffer.slice(offset..end) })
    }

    pub(crate) fn texture(&self, id: u16) -> Made<&wgpu::Texture> {
        match id {
            CANVAS_TEXTURE => Ok(&self.canvas.texture),
            id => self.textures.get(&id).map(|(texture, _)| texture).ok_or(Refusal::Broken),
        }
    }

    /// The view that a reference of either kind names.
    pub(crate) fn view(&self, kind: Kind, id: u16) -> Made<&wgpu::TextureView> {
        match (kind, id) {
            (Kind::TextureView, id) => self.views.get(&id).ok_or(Refusal::Broken),
            (_, CANVAS_TEXTURE) => Ok(&self.canvas.view),
            (_, id) => self.textures.get(&id).map(|(_, view)| view).ok_or(Refusal::Broken),
        }
    }

    pub(crate) fn pipeline(&self, id: u16) -> Made<&Pipeline> {
        self.pipelines.get(&id).ok_or(Refusal::Broken)
    }

    pub(crate) fn bind_group(&self, id: u16) -> Made<&wgpu::BindGroup> {
        self.bind_groups.get(&id).ok_or(Refusal::Broken)
    }

    pub(crate) fn query_set(&self, id: u16) -> Made<&wgpu::QuerySet> {
        self.query_sets.get(&id).ok_or(Refusal::Broken)
    }

    pub(crate) fn bundle(&self, id: u16) -> Made<&Bundle> {
        self.bundles.get(&id).ok_or(Refusal::Broken)
    }

    pub(crate) fn shader(&self, stage: Dict<'_>) -> Made<&wgpu::ShaderModule> {
        stage.reference(Field::Module).and_then(|(_, id)| self.shaders.get(&id)).ok_or(Refusal::Broken)
    }

    pub(crate) fn layout(&self, pipeline: Dict<'_>) -> Made<Option<&wgpu::PipelineLayout>> {
        match pipeline.reference(Field::Layout) {
            None => Ok(None),
            Some((_, id)) => self.pipeline_layouts.get(&id).map(Some).ok_or(Refusal::Broken),
        }
    }
}

/// Bytes of the buffer that is bound for an empty range: wgpu has none without.
const NOTHING_BYTES: u64 = 4;

/// A buffer full of zeros.
///
/// wgpu clears what was never written when it is first used, and can clear only from a multiple of four bytes on, while indices may be
/// bound from any index on. What is mapped at its creation counts as written, and is a multiple of four bytes long; nothing reads the
/// bytes that this adds, because the checker compares draws with the size that was asked for.
pub(crate) fn create_buffer(device: &wgpu::Device, size: u64, usage: wgpu::BufferUsages) -> wgpu::Buffer {
    let mapped_at_creation = usage.contains(wgpu::BufferUsages::INDEX) && size > 0;
    let size = if mapped_at_creation { size.next_multiple_of(wgpu::COPY_BUFFER_ALIGNMENT) } else { size };
    let buffer = device.create_buffer(&wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation });
    if mapped_at_creation {
        buffer.unmap();
    }
    buffer
}
