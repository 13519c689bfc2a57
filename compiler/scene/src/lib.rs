//! The resolved scene: WebGPU objects with typed ids, ready to be checked and emitted.
//!
//! A declaration that could not be understood leaves a hole (`None`): its mistake is reported, and what refers to it is checked no
//! further. A scene without reported errors has no holes, and becomes an [`Accepted`] one, in whose lists none could be.

mod accept;
mod assets;
pub mod dump;
mod facts;
pub mod formats;
mod state;
pub mod uses;

pub use assets::{Bytes, Content, Data, Shader, Size, VideoFile, WasmFunction, WasmModule};
pub use facts::{
    HostBlock, engine_input, format_of, format_of_attachment, host_blocks, level_extents, written_buffers, written_textures,
};
pub use state::{Draft, Seen, State, Whole};

use pngine_format::descriptor::Value;
use pngine_format::webgpu::Format;
use pngine_format::word::{
    BufferBindingType, CanvasAlphaMode, CanvasToneMappingMode, ColorSpace, IndexFormat, PrimitiveTopology, SamplerBindingType,
    StorageTextureAccess, TextureAspect, TextureDimension, TextureSampleType, TextureViewDimension, VertexFormat,
};
use pngine_source::source::Span;
use pngine_wgsl::device::Device;
use std::collections::BTreeSet;

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident;)*) => { $(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub usize);
    )* };
}

ids! {
    /// Index into [`Scene::shaders`].
    ShaderId;
    /// Index into [`Scene::data`].
    DataId;
    /// Index into [`Scene::buffers`].
    BufferId;
    /// Index into [`Scene::textures`].
    TextureId;
    /// Index into [`Scene::views`].
    ViewId;
    /// Index into [`Scene::samplers`].
    SamplerId;
    /// Index into [`Scene::images`].
    ImageId;
    /// Index into [`Scene::videos`].
    VideoId;
    /// Index into [`Scene::wasm_calls`].
    WasmCallId;
    /// Index into [`Scene::layouts`].
    LayoutId;
    /// Index into [`Scene::pipeline_layouts`].
    PipelineLayoutId;
    /// Index into [`Scene::render_pipelines`].
    RenderPipelineId;
    /// Index into [`Scene::compute_pipelines`].
    ComputePipelineId;
    /// Index into [`Scene::groups`].
    GroupId;
    /// Index into [`Scene::query_sets`].
    QuerySetId;
    /// Index into [`Scene::bundles`].
    BundleId;
    /// Index into [`Scene::render_passes`].
    RenderPassId;
    /// Index into [`Scene::compute_passes`].
    ComputePassId;
    /// Index into [`Scene::inits`].
    InitId;
    /// Index into [`Scene::queues`].
    QueueId;
}

/// What a declaration is called and where.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
}

/// Makes the scene, and what goes over all of its lists of declarations.
macro_rules! scene {
    ($($list:ident: $ty:ident, $id:ident, $one:ident, $all:ident;)*) => {
        /// A whole scene. Every list is in source order; a position is an id.
        #[expect(missing_docs, reason = "each list is named after what it holds")]
        pub struct Scene<S: State = Draft> {
            pub device: Device,
            pub shaders: S::List<Shader>,
            pub wasm_modules: S::List<WasmModule>,
            $(pub $list: S::Slots<$ty>,)*
            pub frames: S::List<Frame>,
            /// Uniform blocks that buffers hold besides those that bind groups tell of.
            pub shadows: S::List<Shadow>,
            /// Uniform buffers of `#pass`es: the engine fills them, the host has no say.
            pub pass_uniforms: BTreeSet<BufferId>,
            pub animation: Option<Animation>,
            pub canvas: Canvas,
            /// What `#meta` says: property and text.
            pub meta: S::List<(&'static str, String)>,
        }

        impl<S: State> Scene<S> {
            $(
                #[doc = concat!("What stands at an index of [`Scene::", stringify!($list), "`], unless it is a hole.")]
                pub fn $one(&self, id: $id) -> Option<&$ty> {
                    S::get(self.$list.get(id.0)?)
                }

                #[doc = concat!("All of [`Scene::", stringify!($list), "`] that are not holes.")]
                pub fn $all(&self) -> impl Iterator<Item = &$ty> {
                    self.$list.iter().filter_map(|slot| S::get::<$ty>(slot))
                }
            )*
        }

        impl Default for Scene {
            fn default() -> Self {
                Self {
                    device: Device::default(),
                    shaders: Vec::new(),
                    wasm_modules: Vec::new(),
                    $($list: Vec::new(),)*
                    frames: Vec::new(),
                    shadows: Vec::new(),
                    pass_uniforms: BTreeSet::new(),
                    animation: None,
                    canvas: Canvas::default(),
                    meta: Vec::new(),
                }
            }
        }

        impl Scene {
            /// The scene to look at, with places that can be emptied.
            pub fn seen(&self) -> Scene<Seen<'_>> {
                Scene {
                    device: self.device.clone(),
                    shaders: &self.shaders,
                    wasm_modules: &self.wasm_modules,
                    $($list: self.$list.iter().map(Option::as_ref).collect(),)*
                    frames: &self.frames,
                    shadows: &self.shadows,
                    pass_uniforms: self.pass_uniforms.clone(),
                    animation: self.animation.clone(),
                    canvas: self.canvas,
                    meta: &self.meta,
                }
            }

            /// The scene, if it has no hole.
            fn filled(self) -> Option<Scene<Whole>> {
                Some(Scene {
                    device: self.device,
                    shaders: self.shaders,
                    wasm_modules: self.wasm_modules,
                    $($list: self.$list.into_iter().collect::<Option<Vec<_>>>()?,)*
                    frames: self.frames,
                    shadows: self.shadows,
                    pass_uniforms: self.pass_uniforms,
                    animation: self.animation,
                    canvas: self.canvas,
                    meta: self.meta,
                })
            }
        }

        $(
            impl std::ops::Index<$id> for Scene<Whole> {
                type Output = $ty;

                fn index(&self, id: $id) -> &$ty {
                    &self.$list[id.0]
                }
            }
        )*
    };
}

scene! {
    data: Data, DataId, data_at, all_data;
    buffers: Buffer, BufferId, buffer, all_buffers;
    textures: Texture, TextureId, texture, all_textures;
    views: View, ViewId, view, all_views;
    samplers: Sampler, SamplerId, sampler, all_samplers;
    images: Image, ImageId, image, all_images;
    videos: Video, VideoId, video, all_videos;
    wasm_calls: WasmCall, WasmCallId, wasm_call, all_wasm_calls;
    layouts: Layout, LayoutId, layout, all_layouts;
    pipeline_layouts: PipelineLayout, PipelineLayoutId, group_layouts, all_pipeline_layouts;
    render_pipelines: RenderPipeline, RenderPipelineId, render_pipeline, all_render_pipelines;
    compute_pipelines: ComputePipeline, ComputePipelineId, compute_pipeline, all_compute_pipelines;
    groups: Group, GroupId, group, all_groups;
    query_sets: QuerySet, QuerySetId, query_set, all_query_sets;
    bundles: Bundle, BundleId, bundle, all_bundles;
    render_passes: RenderPass, RenderPassId, render_pass, all_render_passes;
    compute_passes: ComputePass, ComputePassId, compute_pass, all_compute_passes;
    inits: Init, InitId, init, all_inits;
    queues: Queue, QueueId, queue, all_queues;
}

/// A scene that can be emitted: [`Scene::accept`] makes it of one that is right.
pub type Accepted = Scene<Whole>;

/// A `#buffer`.
#[derive(Clone, Debug)]
pub struct Buffer {
    /// Who it is.
    pub named: Named,
    /// Bytes.
    pub size: u32,
    /// Where the size stands.
    pub size_span: Span,
    /// `GPUBufferUsage` bits as written.
    pub usage: u32,
    /// Bits that what the program does needs, written or not.
    pub implied_usage: u32,
    /// Where the usage stands.
    pub usage_span: Span,
    /// What it starts with.
    pub initial: Option<(DataId, Span)>,
    /// How many equal buffers there are.
    pub pool: u32,
}

impl Buffer {
    /// The usage that it gets.
    pub const fn whole_usage(&self) -> u32 {
        self.usage | self.implied_usage
    }
}

/// An extent of a texture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Extent {
    /// Texels.
    Fixed(u32),
    /// From the canvas: see `descriptor::Tag::Canvas`.
    Canvas([f32; 3]),
}

/// A `#texture`.
#[derive(Clone, Debug)]
pub struct Texture {
    /// Who it is.
    pub named: Named,
    /// Width, height, depth or layers.
    pub size: [Extent; 3],
    /// Where the size stands.
    pub size_span: Span,
    /// Its format.
    pub format: Format,
    /// Where the format stands.
    pub format_span: Span,
    /// `GPUTextureUsage` bits as written.
    pub usage: u32,
    /// Bits that what the program does needs, written or not.
    pub implied_usage: u32,
    /// Where the usage stands.
    pub usage_span: Span,
    /// 1 or 4.
    pub sample_count: u32,
    /// Where that is written.
    pub sample_span: Span,
    /// Its dimension.
    pub dimension: TextureDimension,
    /// Mip levels.
    pub mip_levels: u32,
    /// Where their number stands.
    pub mip_span: Span,
    /// Formats that views may have too, and where each stands.
    pub view_formats: Vec<(Format, Span)>,
    /// How bind groups view it on devices in compatibility mode, and where that stands.
    pub binding_dimension: Option<(TextureViewDimension, Span)>,
    /// How many equal textures there are.
    pub pool: u32,
}

impl Texture {
    /// The usage that it gets.
    pub const fn whole_usage(&self) -> u32 {
        self.usage | self.implied_usage
    }
}

/// A `#textureView`, or one written inside an attachment.
#[derive(Clone, Debug)]
pub struct View {
    /// Who it is.
    pub named: Named,
    /// What it is a view of.
    pub texture: TextureId,
    /// Its format, if not the texture's.
    pub format: Option<Format>,
    /// Its dimension, if not WebGPU's default.
    pub dimension: Option<TextureViewDimension>,
    /// Its aspect, if not `all`.
    pub aspect: Option<TextureAspect>,
    /// Its usage, if not the texture's.
    pub usage: Option<u32>,
    /// First mip level.
    pub base_mip: u32,
    /// Mip levels, if not all the rest.
    pub mip_count: Option<u32>,
    /// First layer.
    pub base_layer: u32,
    /// Layers, if not all the rest.
    pub layer_count: Option<u32>,
    /// Where its mip levels and its layers are written; of what is not written, its name.
    pub range_spans: [Span; 2],
}

/// A `#sampler`.
#[derive(Clone, Debug)]
pub struct Sampler {
    /// Who it is.
    pub named: Named,
    /// Its descriptor, defaults of WebGPU left out.
    pub descriptor: Value,
    /// Whether it compares.
    pub comparison: bool,
    /// Whether some filter is linear.
    pub filtering: bool,
    /// Whether all three filters are linear.
    pub is_linear: bool,
    /// Smallest and largest level of detail.
    pub lod: [LodClamp; 2],
    /// Anisotropy, and where it is written.
    pub anisotropy: (u32, Span),
}

/// A bound of the level of detail that a sampler takes.
#[derive(Clone, Copy, Debug)]
pub struct LodClamp {
    /// The level of detail.
    pub level: f64,
    /// Where the value is written, and the whole property; `None` for the default.
    pub written: Option<(Span, Span)>,
}

/// An `#imageBitmap`.
#[derive(Clone, Debug)]
pub struct Image {
    /// Who it is.
    pub named: Named,
    /// The encoded image.
    pub data: DataId,
    /// Width and height in pixels.
    pub size: Size,
}

/// A `#video`.
#[derive(Clone, Debug)]
pub struct Video {
    /// Who it is.
    pub named: Named,
    /// Its bytes, and what they are.
    pub file: VideoFile,
    /// Whether it starts again at its end.
    pub is_looped: bool,
    /// Whether it starts by itself.
    pub is_autoplayed: bool,
    /// Whether it is without sound.
    pub is_muted: bool,
    /// Its speed.
    pub playback_rate: f32,
}

/// A `#wasmCall`.
#[derive(Clone, Debug)]
pub struct WasmCall {
    /// Who it is.
    pub named: Named,
    /// What is called.
    pub function: WasmFunction,
}

/// What a layout entry is for.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the members of the WebGPU dictionaries")]
pub enum LayoutKind {
    Buffer { ty: BufferBindingType, dynamic: bool, min_size: u32 },
    Sampler { ty: SamplerBindingType },
    Texture { sample: TextureSampleType, dimension: TextureViewDimension, multisampled: bool },
    StorageTexture { format: Format, access: StorageTextureAccess, dimension: TextureViewDimension },
    ExternalTexture,
}

/// An entry of a [`Layout`].
#[derive(Clone, Debug)]
pub struct LayoutEntry {
    /// Where it stands.
    pub span: Span,
    /// The binding's number.
    pub binding: u32,
    /// `GPUShaderStage` bits.
    pub visibility: u32,
    /// What it is for.
    pub kind: LayoutKind,
}

/// A `#bindGroupLayout`.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Who it is.
    pub named: Named,
    /// The bindings.
    pub entries: Vec<LayoutEntry>,
}

/// A `#pipelineLayout`.
#[derive(Clone, Debug)]
pub struct PipelineLayout {
    /// Who it is.
    pub named: Named,
    /// The layout of group i.
    pub groups: Vec<LayoutId>,
    /// Where they are listed.
    pub groups_span: Span,
}

/// A shader stage of a pipeline.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Where it stands.
    pub span: Span,
    /// The module.
    pub shader: ShaderId,
    /// The entry point.
    pub entry: String,
    /// Overrides: name or number, where, value.
    pub constants: Vec<(String, Span, f64)>,
}

/// A vertex attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Where it stands.
    pub span: Span,
    /// `@location`.
    pub location: u32,
    /// Bytes from the element's start.
    pub offset: u32,
    /// How it is stored.
    pub format: VertexFormat,
}

/// The layout of a vertex buffer.
#[derive(Clone, Debug)]
pub struct VertexBuffer {
    /// Where it stands.
    pub span: Span,
    /// Bytes from element to element.
    pub stride: u32,
    /// Where that is written; `None` for one that ends with the last attribute.
    pub stride_span: Option<Span>,
    /// Whether it advances per instance.
    pub per_instance: bool,
    /// What an element holds.
    pub attributes: Vec<Attribute>,
}

/// A colour target.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where it stands.
    pub span: Span,
    /// Its format.
    pub format: Format,
    /// Its `blend` dictionary.
    pub blend: Option<Value>,
    /// `GPUColorWrite` bits.
    pub write_mask: u32,
}

/// The depth-stencil state.
#[derive(Clone, Debug)]
pub struct DepthStencil {
    /// Where it stands.
    pub span: Span,
    /// The attachment's format.
    pub format: Format,
    /// Whether depth is written.
    pub depth_write: bool,
    /// Whether the stencil is written.
    pub stencil_write: bool,
    /// The whole dictionary.
    pub descriptor: Value,
}

/// Where a pipeline's layout comes from.
pub type PipelineLayoutRef = Option<PipelineLayoutId>;

/// A `#renderPipeline`.
#[derive(Clone, Debug)]
pub struct RenderPipeline {
    /// Who it is.
    pub named: Named,
    /// `None` is automatic.
    pub layout: PipelineLayoutRef,
    /// The vertex stage.
    pub vertex: Stage,
    /// The vertex buffers, `None` for a hole.
    pub buffers: Vec<Option<VertexBuffer>>,
    /// Where they are listed.
    pub buffers_span: Span,
    /// The fragment stage.
    pub fragment: Option<Stage>,
    /// The colour targets.
    pub targets: Vec<Target>,
    /// Where they are listed.
    pub targets_span: Span,
    /// The `primitive` dictionary without defaults.
    pub primitive: Option<Value>,
    /// The topology.
    pub topology: PrimitiveTopology,
    /// Index format of strips.
    pub strip_index_format: Option<IndexFormat>,
    /// Depth and stencil.
    pub depth_stencil: Option<DepthStencil>,
    /// Samples per pixel.
    pub sample_count: u32,
    /// Where that is written, or `multisample`.
    pub sample_span: Span,
    /// The `multisample` dictionary without defaults.
    pub multisample: Option<Value>,
    /// Where `multisample` stands.
    pub multisample_span: Span,
    /// Whether alpha makes the coverage mask.
    pub alpha_to_coverage: bool,
}

impl RenderPipeline {
    /// Whether it has neither a colour target nor depth or stencil, which WebGPU refuses.
    pub fn writes_nothing(&self) -> bool {
        self.targets.is_empty() && self.depth_stencil.is_none()
    }
}

/// A `#computePipeline`.
#[derive(Clone, Debug)]
pub struct ComputePipeline {
    /// Who it is.
    pub named: Named,
    /// `None` is automatic.
    pub layout: PipelineLayoutRef,
    /// The stage.
    pub compute: Stage,
}

/// Some pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the two kinds")]
pub enum PipelineId {
    Render(RenderPipelineId),
    Compute(ComputePipelineId),
}

/// Where a group's layout comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupLayout {
    /// A `#bindGroupLayout`.
    Explicit(LayoutId),
    /// The automatic layout of a pipeline's group.
    Auto(PipelineId, u32),
}

/// What is bound.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the kinds of resources")]
pub enum Resource {
    Buffer { buffer: BufferId, offset: u32, size: Option<u32>, ping_pong: u32 },
    Texture { texture: TextureId, ping_pong: u32 },
    View { view: ViewId, ping_pong: u32 },
    Sampler(SamplerId),
    Video(VideoId),
}

/// An entry of a [`Group`].
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where it stands.
    pub span: Span,
    /// The binding's number.
    pub binding: u32,
    /// What is bound.
    pub resource: Resource,
    /// Where the offset into a buffer is written, or the entry.
    pub offset_span: Span,
}

/// A `#bindGroup`.
#[derive(Clone, Debug)]
pub struct Group {
    /// Who it is.
    pub named: Named,
    /// Its layout.
    pub layout: GroupLayout,
    /// Where the layout stands.
    pub layout_span: Span,
    /// What is bound; entries that an automatic layout has no place for are left out.
    pub entries: Vec<Entry>,
    /// How many variants there are.
    pub pool: u32,
}

/// What an attachment draws to. Members of pools are counted from the frame counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the canvas, a texture's default view, a view")]
pub enum AttachmentView {
    Canvas,
    Texture { texture: TextureId, member: u32 },
    View { view: ViewId, member: u32 },
}

/// A colour attachment.
#[derive(Clone, Debug)]
pub struct ColorAttachment {
    /// Where it stands.
    pub span: Span,
    /// What is drawn to.
    pub view: AttachmentView,
    /// Which slice of a 3d texture, and where that stands.
    pub depth_slice: Option<(u32, Span)>,
    /// What it is resolved to.
    pub resolve: Option<AttachmentView>,
    /// Where that stands.
    pub resolve_span: Span,
    /// The clear colour; `None` for `load`. Once the scene is checked, it is one that the format has and single precision holds.
    pub clear: Option<[f64; 4]>,
    /// Where that stands.
    pub clear_span: Span,
    /// Whether the result is kept.
    pub store: bool,
}

/// How one aspect of a depth-stencil attachment is loaded and stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AspectOps<T> {
    /// Tested, not written.
    ReadOnly,
    /// Cleared to a value (`None`: loaded), and stored or not.
    Write {
        /// What it is cleared to.
        clear: Option<T>,
        /// Whether it is kept.
        store: bool,
    },
}

/// A depth-stencil attachment.
#[derive(Clone, Debug)]
pub struct DepthAttachment {
    /// Where it stands.
    pub span: Span,
    /// What is drawn to; never the canvas.
    pub view: AttachmentView,
    /// Depth, if the format has it.
    pub depth: Option<AspectOps<f32>>,
    /// Stencil, if the format has it.
    pub stencil: Option<AspectOps<u32>>,
}

/// What a query counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryKind {
    /// Samples that pass all tests.
    Occlusion,
    /// Nanoseconds at the beginning or end of a pass.
    Timestamp,
}

/// A `#querySet`.
#[derive(Clone, Debug)]
pub struct QuerySet {
    /// Who it is.
    pub named: Named,
    /// What its queries count.
    pub kind: QueryKind,
    /// Where the type stands, or the declaration.
    pub kind_span: Span,
    /// How many queries there are.
    pub count: u32,
}

/// A bind group that is set.
#[derive(Clone, Debug)]
pub struct BoundGroup {
    /// At which index.
    pub slot: u32,
    /// Which.
    pub group: GroupId,
    /// Variant, counted from the frame counter.
    pub offset: u32,
    /// Offsets of the bindings that have a dynamic one, in the order of their numbers, in bytes, and where each stands.
    pub dynamic: Vec<(u32, Span)>,
}

/// A vertex buffer that is set.
#[derive(Clone, Debug)]
pub struct BoundVertices {
    /// In which slot.
    pub slot: u32,
    /// Which.
    pub buffer: BufferId,
    /// Member, counted from the frame counter.
    pub member: u32,
    /// First byte.
    pub offset: u32,
    /// Bytes; `None` for all the rest.
    pub size: Option<u32>,
}

/// An index buffer that is set.
#[derive(Clone, Debug)]
pub struct BoundIndices {
    /// Which.
    pub buffer: BufferId,
    /// Whether indices have 32 bits.
    pub wide: bool,
    /// First byte.
    pub offset: u32,
    /// Bytes; `None` for all the rest.
    pub size: Option<u32>,
}

/// Parameters that the GPU reads from a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indirect {
    /// Which.
    pub buffer: BufferId,
    /// First byte.
    pub offset: u32,
}

/// A number that may depend on the canvas and is not rounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// The number.
    Fixed(f32),
    /// From the canvas: see `descriptor::Tag::CanvasNumber`.
    Canvas([f32; 3]),
}

/// What a pass or a bundle does, one thing after another. The properties of a pass are sugar for a list of these.
#[derive(Clone, Debug)]
pub enum PassCommand {
    /// A render pipeline in render passes and bundles, a compute pipeline in compute passes.
    SetPipeline(PipelineId),
    /// Sets a bind group.
    SetBindGroup(BoundGroup),
    /// Sets a vertex buffer.
    SetVertexBuffer(BoundVertices),
    /// Sets the index buffer.
    SetIndexBuffer(BoundIndices),
    /// Vertices, instances, first vertex, first instance.
    Draw([u32; 4]),
    /// Indices, instances, first index, base vertex (by its bits), first instance.
    DrawIndexed([u32; 5]),
    /// A draw with its four numbers in a buffer.
    DrawIndirect(Indirect),
    /// A draw by index with its five numbers in a buffer.
    DrawIndexedIndirect(Indirect),
    /// x, y, width, height, least and greatest depth.
    SetViewport([Measure; 6]),
    /// x, y, width, height.
    SetScissorRect([Extent; 4]),
    /// Red, green, blue, alpha.
    SetBlendConstant([f32; 4]),
    /// The stencil reference.
    SetStencilReference(u32),
    /// Counts samples from here on, into this query.
    BeginOcclusionQuery(u32),
    /// Ends the query.
    EndOcclusionQuery,
    /// Executes bundles, and forgets what was set.
    ExecuteBundles(Vec<BundleId>),
    /// Workgroups in x, y and z.
    Dispatch([Extent; 3]),
    /// A dispatch with its three numbers in a buffer.
    DispatchIndirect(Indirect),
    /// Opens a group in the tools that show commands.
    PushDebugGroup(String),
    /// Closes it.
    PopDebugGroup,
    /// Marks a point in the tools that show commands.
    InsertDebugMarker(String),
}

impl PassCommand {
    /// Whether it draws or dispatches with the pipeline that is set.
    pub const fn is_work(&self) -> bool {
        match self {
            Self::Draw(_)
            | Self::DrawIndexed(_)
            | Self::DrawIndirect(_)
            | Self::DrawIndexedIndirect(_)
            | Self::Dispatch(_)
            | Self::DispatchIndirect(_) => true,
            Self::SetPipeline(_)
            | Self::SetBindGroup(_)
            | Self::SetVertexBuffer(_)
            | Self::SetIndexBuffer(_)
            | Self::SetViewport(_)
            | Self::SetScissorRect(_)
            | Self::SetBlendConstant(_)
            | Self::SetStencilReference(_)
            | Self::BeginOcclusionQuery(_)
            | Self::EndOcclusionQuery
            | Self::ExecuteBundles(_)
            | Self::PushDebugGroup(_)
            | Self::PopDebugGroup
            | Self::InsertDebugMarker(_) => false,
        }
    }
}

/// Commands in order, with where each stands.
pub type Commands = Vec<(PassCommand, Span)>;

/// Timestamps at the beginning and end of a pass.
#[derive(Clone, Copy, Debug)]
pub struct TimestampWrites {
    /// Where they stand.
    pub span: Span,
    /// Where they go.
    pub set: QuerySetId,
    /// Query for the beginning.
    pub begin: Option<u32>,
    /// Query for the end.
    pub end: Option<u32>,
}

/// A `#renderBundle`.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// Who it is.
    pub named: Named,
    /// Formats of the color attachments of the passes that execute it.
    pub colors: Vec<Format>,
    /// Whether these were written, and not taken from the pipeline.
    pub has_own_colors: bool,
    /// Format of their depth-stencil attachment.
    pub depth: Option<Format>,
    /// Samples per pixel.
    pub sample_count: u32,
    /// Where that is written; `None` for that of the first pipeline.
    pub sample_span: Option<Span>,
    /// Where the formats stand, or the declaration.
    pub formats_span: Span,
    /// Whether depth is not written.
    pub depth_read_only: bool,
    /// Whether the stencil is not written.
    pub stencil_read_only: bool,
    /// What it does.
    pub commands: Commands,
}

/// A `#renderPass`.
#[derive(Clone, Debug)]
pub struct RenderPass {
    /// Who it is.
    pub named: Named,
    /// Colour attachments.
    pub colors: Vec<ColorAttachment>,
    /// The depth-stencil attachment.
    pub depth: Option<DepthAttachment>,
    /// Where occlusion queries count, and where that stands.
    pub occlusion: Option<(QuerySetId, Span)>,
    /// When it begins and ends.
    pub timestamps: Option<TimestampWrites>,
    /// What it does.
    pub commands: Commands,
}

/// A `#computePass`.
#[derive(Clone, Debug)]
pub struct ComputePass {
    /// Who it is.
    pub named: Named,
    /// When it begins and ends.
    pub timestamps: Option<TimestampWrites>,
    /// What it does.
    pub commands: Commands,
}

/// An `#init`.
#[derive(Clone, Debug)]
pub struct Init {
    /// Who it is.
    pub named: Named,
    /// The buffer.
    pub buffer: BufferId,
    /// Where the buffer stands.
    pub buffer_span: Span,
    /// The stage.
    pub stage: Stage,
    /// Floats at binding 1.
    pub params: Option<(Vec<f32>, Span)>,
    /// Further bindings of group 0, bound to the buffers of the same names.
    pub extra: Vec<(u32, BufferId)>,
    /// Workgroups.
    pub dispatch: [u32; 3],
    /// Where the dispatch stands, or the declaration.
    pub dispatch_span: Span,
}

/// Where written bytes come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// An input: its position in `pngine_format::status::INPUTS`.
    Input(usize),
    /// A `#data`.
    Data(DataId),
    /// Numbers as 32-bit floats.
    Floats(Vec<f32>),
    /// What a `#wasmCall` gives.
    Call(WasmCallId),
}

/// A `writeBuffer`.
#[derive(Clone, Debug)]
pub struct WriteBuffer {
    /// Where it stands.
    pub span: Span,
    /// The buffer.
    pub buffer: BufferId,
    /// First byte written.
    pub offset: u32,
    /// Member, counted from the frame counter; `None` for member 0.
    pub ping_pong: Option<u32>,
    /// What is written.
    pub source: Source,
    /// First byte of the source.
    pub source_offset: u32,
    /// Bytes.
    pub len: u32,
}

/// How texture data lies in a buffer or in written bytes; each number with where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    /// First byte.
    pub offset: (u32, Span),
    /// Bytes from row to row.
    pub bytes_per_row: Option<(u32, Span)>,
    /// Rows of blocks from image to image.
    pub rows_per_image: Option<(u32, Span)>,
}

/// A buffer as a side of a copy of texels.
#[derive(Clone, Debug)]
pub struct BufferSide {
    /// Where it stands.
    pub span: Span,
    /// Which.
    pub buffer: BufferId,
    /// Member, counted from the frame counter; `None` for member 0.
    pub ping_pong: Option<u32>,
    /// How the texels lie in it.
    pub layout: Linear,
}

/// A texture as a side of a copy of texels.
#[derive(Clone, Debug)]
pub struct TextureSide {
    /// Where it stands.
    pub span: Span,
    /// Which; `None` is the canvas.
    pub texture: Option<TextureId>,
    /// Member, counted from the frame counter; `None` for member 0.
    pub ping_pong: Option<u32>,
    /// The mip level, and where it stands.
    pub mip: (u32, Span),
    /// The corner, and where it stands.
    pub origin: ([Extent; 3], Span),
    /// Which aspect, and where that stands.
    pub aspect: (TextureAspect, Span),
}

/// A copy of texels from one side to another.
#[derive(Clone, Debug)]
pub struct TexelCopy<S, D> {
    /// Where it stands.
    pub span: Span,
    /// What is copied.
    pub source: S,
    /// Where to.
    pub destination: D,
    /// How much: as written, or as much as fits.
    pub size: [Extent; 3],
    /// Where the size stands, or the copy.
    pub size_span: Span,
}

/// What an image is copied from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the two kinds")]
pub enum ImageSource {
    Image(ImageId),
    Video(VideoId),
}

/// An image, or the current frame of a video, as the source of a copy.
#[derive(Clone, Debug)]
pub struct ImageSide {
    /// Where it stands.
    pub span: Span,
    /// Which.
    pub source: ImageSource,
    /// The corner, and where it stands.
    pub origin: ([u32; 2], Span),
    /// Whether it is copied upside down.
    pub is_flipped: bool,
}

/// A `writeTexture`.
#[derive(Clone, Debug)]
pub struct WriteTexture {
    /// What is written: bytes, where they stand, and how many there are.
    pub source: (Source, Span, u32),
    /// The copy; its source is how the texels lie in the bytes.
    pub copy: TexelCopy<Linear, TextureSide>,
}

/// A range of a buffer, or of a member of its pool.
#[derive(Clone, Debug)]
pub struct BufferRange {
    /// Where the buffer stands.
    pub span: Span,
    /// Which.
    pub buffer: BufferId,
    /// Member, counted from the frame counter; `None` for member 0.
    pub ping_pong: Option<u32>,
    /// First byte, and where that stands.
    pub offset: (u32, Span),
    /// Bytes, and where their number stands.
    pub size: (u32, Span),
}

/// Something that a `#queue` does.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is the action of that name")]
pub enum Action {
    WriteBuffer(WriteBuffer),
    WriteTexture(WriteTexture),
    CopyBufferToBuffer {
        span: Span,
        source: BufferRange,
        destination: BufferRange,
    },
    CopyBufferToTexture(TexelCopy<BufferSide, TextureSide>),
    CopyTextureToBuffer(TexelCopy<TextureSide, BufferSide>),
    CopyTextureToTexture(TexelCopy<TextureSide, TextureSide>),
    ClearBuffer {
        span: Span,
        range: BufferRange,
    },
    /// `copyExternalImageToTexture`.
    CopyImage {
        copy: TexelCopy<ImageSide, TextureSide>,
        is_premultiplied: bool,
    },
    /// The same, of the current frame of a video into a whole texture: the host knows how large it is.
    CopyVideo {
        span: Span,
        video: VideoId,
        destination: TextureSide,
    },
    CallWasm {
        span: Span,
        call: WasmCallId,
    },
    /// From the first query on, as many as the second says; each with where it stands.
    ResolveQuerySet {
        span: Span,
        set: (QuerySetId, Span),
        first: (u32, Span),
        count: (u32, Span),
        destination: BufferRange,
    },
}

impl Action {
    /// The side of a texture, or of the canvas, that it writes.
    pub fn written_texture(&self) -> Option<&TextureSide> {
        match self {
            Self::WriteTexture(write) => Some(&write.copy.destination),
            Self::CopyBufferToTexture(copy) => Some(&copy.destination),
            Self::CopyTextureToTexture(copy) => Some(&copy.destination),
            Self::CopyImage { copy, .. } => Some(&copy.destination),
            Self::CopyVideo { destination, .. } => Some(destination),
            Self::WriteBuffer(_)
            | Self::CopyBufferToBuffer { .. }
            | Self::CopyTextureToBuffer(_)
            | Self::ClearBuffer { .. }
            | Self::CallWasm { .. }
            | Self::ResolveQuerySet { .. } => None,
        }
    }
}

/// A `#queue`.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Who it is.
    pub named: Named,
    /// What it does, in order.
    pub actions: Vec<Action>,
}

impl Queue {
    /// The writes to buffers among the actions.
    pub fn buffer_writes(&self) -> impl Iterator<Item = &WriteBuffer> {
        self.actions.iter().filter_map(|action| match action {
            Action::WriteBuffer(write) => Some(write),
            Action::WriteTexture(_)
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
    }
}

/// Something that a frame lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the kinds of items")]
pub enum Step {
    Render(RenderPassId),
    Compute(ComputePassId),
    Init(InitId),
    Queue(QueueId),
}

/// A `#frame`.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Who it is.
    pub named: Named,
    /// Run once.
    pub init: Vec<(Step, Span)>,
    /// Run every time: `before`, `perform`, `after`.
    pub steps: Vec<(Step, Span)>,
}

impl RenderPass {
    /// Everything that is drawn to or resolved to.
    pub fn attachments(&self) -> impl Iterator<Item = AttachmentView> {
        let colors = self.colors.iter().flat_map(|color| std::iter::once(color.view).chain(color.resolve));
        colors.chain(self.depth.iter().map(|depth| depth.view))
    }

    /// After how many frames all pooled attachments are at their first members again: the least common multiple of the pools' sizes.
    /// `None` if that does not fit in 32 bits.
    pub fn cycle<S: State>(&self, scene: &Scene<S>) -> Option<u32> {
        common_cycle(self.attachments().map(|view| scene.attachment_pool(view).0))
    }
}

/// A uniform block in a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shadow {
    /// The buffer; of a pool its member 0.
    pub buffer: BufferId,
    /// The block's first byte in it.
    pub offset: u32,
    /// The module.
    pub shader: ShaderId,
    /// The variable: index into the module's bindings.
    pub binding: usize,
}

/// What happens when a timeline ends. Source: language reference, 12.1 and 12.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndBehavior {
    /// The clock stands still, and frames are drawn on.
    Hold,
    /// A last frame is drawn.
    Stop,
    /// The clock starts again, as if by hand.
    Restart,
    /// The clock starts again.
    Loop,
}

/// A scene of an [`Animation`].
#[derive(Clone, Debug)]
pub struct AnimationScene {
    /// Its id.
    pub named: Named,
    /// Index of the frame that it shows.
    pub frame: usize,
    /// Its first millisecond.
    pub start: u32,
    /// The millisecond at which it is over.
    pub end: u32,
    /// Where its times stand.
    pub times: Span,
}

/// The `#animation`.
#[derive(Clone, Debug)]
pub struct Animation {
    /// Where its name stands.
    pub span: Span,
    /// Its length in milliseconds, at least 1.
    pub duration: u32,
    /// What happens then.
    pub end: EndBehavior,
    /// The scenes, in source order.
    pub scenes: Vec<AnimationScene>,
}

impl Animation {
    /// Whether the time starts again at the end, by itself or because the host's clock does.
    pub const fn repeats(&self) -> bool {
        matches!(self.end, EndBehavior::Loop | EndBehavior::Restart)
    }
}

/// The `#canvas`; what is not written has WebGPU's default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Canvas {
    /// What its alpha means.
    pub alpha_mode: Option<CanvasAlphaMode>,
    /// What its colors mean.
    pub color_space: Option<ColorSpace>,
    /// What becomes of colors beyond white.
    pub tone_mapping: Option<CanvasToneMappingMode>,
}

/// The least common multiple of the sizes of pools; `None` if it does not fit in 32 bits.
pub fn common_cycle(pools: impl IntoIterator<Item = u32>) -> Option<u32> {
    let gcd = |mut a: u32, mut b: u32| {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    pools.into_iter().map(|pool| pool.max(1)).try_fold(1u32, |frames, pool| frames.checked_mul(pool / gcd(frames, pool)))
}

impl<S: State> Scene<S> {
    /// The shader modules that pipelines and `#init`s use: only these are made. In the order of [`Scene::shaders`].
    pub fn used_shaders(&self) -> BTreeSet<usize> {
        let mut used = BTreeSet::new();
        for pipeline in self.all_render_pipelines() {
            used.insert(pipeline.vertex.shader.0);
            used.extend(pipeline.fragment.as_ref().map(|stage| stage.shader.0));
        }
        used.extend(self.all_compute_pipelines().map(|pipeline| pipeline.compute.shader.0));
        used.extend(self.all_inits().map(|init| init.stage.shader.0));
        used
    }

    /// The images that a queue copies from: only these are loaded.
    pub fn copied_images(&self) -> BTreeSet<ImageId> {
        let actions = self.all_queues().flat_map(|queue| &queue.actions);
        let copied = actions.filter_map(|action| {
            let Action::CopyImage { copy, .. } = action else { return None };
            match copy.source.source {
                ImageSource::Image(id) => Some(id),
                ImageSource::Video(_) => None,
            }
        });
        copied.collect()
    }

    /// The commands of a pass, those of the bundles that it executes in the places where it does.
    pub fn flattened<'s>(&'s self, commands: &'s Commands) -> Vec<&'s (PassCommand, Span)> {
        let mut out = Vec::new();
        for entry in commands {
            out.push(entry);
            if let PassCommand::ExecuteBundles(bundles) = &entry.0 {
                out.extend(bundles.iter().filter_map(|id| self.bundle(*id)).flat_map(|bundle| &bundle.commands));
            }
        }
        out
    }

    /// The bind groups that commands set, those of bundles too, and where.
    pub fn set_groups<'s>(&'s self, commands: &'s Commands) -> Vec<(&'s BoundGroup, Span)> {
        let found = self.flattened(commands).into_iter().filter_map(|(command, span)| match command {
            PassCommand::SetBindGroup(bound) => Some((bound, *span)),
            _ => None,
        });
        found.collect()
    }

    /// The texture behind an attachment, if it is one of the scene's.
    pub fn texture_of(&self, view: AttachmentView) -> Option<&Texture> {
        self.texture(self.attached_texture(view)?)
    }

    /// The id of that texture.
    pub fn attached_texture(&self, view: AttachmentView) -> Option<TextureId> {
        match view {
            AttachmentView::Canvas => None,
            AttachmentView::Texture { texture, .. } => Some(texture),
            AttachmentView::View { view, .. } => Some(self.view(view)?.texture),
        }
    }

    /// How many views a view stands for: as many as its texture has members. Of a hole, one.
    pub fn view_pool(&self, view: ViewId) -> u32 {
        self.view(view).and_then(|view| self.texture(view.texture)).map_or(1, |texture| texture.pool)
    }

    /// How many textures an attachment draws to in turn, and the first of them.
    pub fn attachment_pool(&self, view: AttachmentView) -> (u32, u32) {
        match view {
            AttachmentView::Canvas => (1, 0),
            AttachmentView::Texture { member, .. } | AttachmentView::View { member, .. } => {
                (self.texture_of(view).map_or(1, |texture| texture.pool), member)
            }
        }
    }

    /// The stages of a pipeline.
    pub fn stages(&self, pipeline: PipelineId) -> Vec<&Stage> {
        match pipeline {
            PipelineId::Render(id) => {
                self.render_pipeline(id).map_or(Vec::new(), |p| std::iter::once(&p.vertex).chain(&p.fragment).collect())
            }
            PipelineId::Compute(id) => self.compute_pipeline(id).map_or(Vec::new(), |p| vec![&p.compute]),
        }
    }

    /// The layout of a pipeline: the outer `None` is a hole.
    pub fn pipeline_layout(&self, pipeline: PipelineId) -> Option<PipelineLayoutRef> {
        match pipeline {
            PipelineId::Render(id) => Some(self.render_pipeline(id)?.layout),
            PipelineId::Compute(id) => Some(self.compute_pipeline(id)?.layout),
        }
    }

    /// Who a pipeline is.
    pub fn pipeline_name(&self, pipeline: PipelineId) -> Option<&Named> {
        match pipeline {
            PipelineId::Render(id) => Some(&self.render_pipeline(id)?.named),
            PipelineId::Compute(id) => Some(&self.compute_pipeline(id)?.named),
        }
    }
}
