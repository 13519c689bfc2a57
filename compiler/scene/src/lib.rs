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
mod states;
pub mod uses;

pub use assets::{Bytes, Content, Data, Shader, Size, VideoFile, WasmFunction, WasmModule};
pub use facts::{
    FirstWords, HostBlock, described, engine_input, first_words, format_of, format_of_attachment, host_blocks, host_buffers,
    host_places, level_extents, written_buffers, written_textures,
};
pub use state::{Draft, Seen, State, Whole};
pub use states::{Blend, BlendPart, DepthStencil, Multisample, Primitive, Sampler, StencilFace};

use pngine_format::status::INPUTS;
use pngine_format::webgpu::Format;
use pngine_format::word::{
    BufferBindingType, CanvasAlphaMode, CanvasToneMappingMode, ColorSpace, LoadOp, SamplerBindingType, StorageTextureAccess,
    StoreOp, TextureAspect, TextureDimension, TextureSampleType, TextureViewDimension, VertexFormat,
};
use pngine_source::source::Span;
pub use pngine_source::source::Spanned;
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

/// A property: what is written for it, or what is so where nothing is.
#[derive(Clone, Copy, Debug)]
pub struct Setting<T> {
    /// What is so.
    pub value: T,
    /// Where the value stands, or the object where it is not written.
    pub span: Span,
    /// The whole property, name and value; `None` if it is not written.
    pub property: Option<Span>,
}

impl<T> Setting<T> {
    /// One that is not written in an object at `span`.
    pub const fn unwritten(value: T, span: Span) -> Self {
        Self { value, span, property: None }
    }
}

impl<T> Setting<Option<T>> {
    /// What is written, or this.
    pub fn or(self, fallback: T) -> Setting<T> {
        Setting { value: self.value.unwrap_or(fallback), span: self.span, property: self.property }
    }
}

impl<T> std::ops::Deref for Setting<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
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
            /// What `#uniforms` say of the uniforms that a host may set.
            pub uniforms: S::List<Uniforms>,
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
                    uniforms: Vec::new(),
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
                    uniforms: &self.uniforms,
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
                    uniforms: self.uniforms,
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
    pub size: Spanned<u32>,
    /// `GPUBufferUsage` bits as written.
    pub usage: Spanned<u32>,
    /// Bits that what the program does needs, written or not.
    pub implied_usage: u32,
    /// What it starts with.
    pub initial: Option<Spanned<DataId>>,
    /// How many equal buffers there are.
    pub pool: u32,
}

impl Buffer {
    /// The usage that it gets.
    pub const fn whole_usage(&self) -> u32 {
        self.usage.value | self.implied_usage
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
    pub size: Spanned<[Extent; 3]>,
    /// Its format.
    pub format: Spanned<Format>,
    /// `GPUTextureUsage` bits as written.
    pub usage: Spanned<u32>,
    /// Bits that what the program does needs, written or not.
    pub implied_usage: u32,
    /// 1 or 4.
    pub sample_count: Spanned<u32>,
    /// Its dimension.
    pub dimension: TextureDimension,
    /// Mip levels.
    pub mip_levels: Spanned<u32>,
    /// Formats that views may have too.
    pub view_formats: Vec<Spanned<Format>>,
    /// How bind groups view it on devices in compatibility mode.
    pub binding_dimension: Option<Spanned<TextureViewDimension>>,
    /// How many equal textures there are.
    pub pool: u32,
}

impl Texture {
    /// The usage that it gets.
    pub const fn whole_usage(&self) -> u32 {
        self.usage.value | self.implied_usage
    }
}

/// Some of the mip levels or of the layers of a texture.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The first.
    pub first: u32,
    /// How many, if not all the rest.
    pub count: Option<u32>,
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
    /// Its mip levels.
    pub mips: Spanned<Part>,
    /// Its layers.
    pub layers: Spanned<Part>,
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
    pub groups: Spanned<Vec<LayoutId>>,
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
    /// Overrides: name or number, and value.
    pub constants: Vec<(Spanned<String>, f64)>,
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
    /// Bytes from element to element; one that is not written ends with the last attribute.
    pub stride: Setting<u32>,
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
    /// How colours are blended.
    pub blend: Option<Blend>,
    /// `GPUColorWrite` bits.
    pub write_mask: u32,
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
    pub buffers: Spanned<Vec<Option<VertexBuffer>>>,
    /// The fragment stage.
    pub fragment: Option<Stage>,
    /// The colour targets.
    pub targets: Spanned<Vec<Target>>,
    /// How vertices are assembled.
    pub primitive: Primitive,
    /// Depth and stencil.
    pub depth_stencil: Option<DepthStencil>,
    /// How samples are made.
    pub multisample: Spanned<Multisample>,
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
    Buffer { buffer: BufferId, offset: Spanned<u32>, size: Option<u32>, ping_pong: u32 },
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
}

/// A `#bindGroup`.
#[derive(Clone, Debug)]
pub struct Group {
    /// Who it is.
    pub named: Named,
    /// Its layout.
    pub layout: Spanned<GroupLayout>,
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
    /// Which slice of a 3d texture.
    pub depth_slice: Option<Spanned<u32>>,
    /// What it is resolved to.
    pub resolve: Option<Spanned<AttachmentView>>,
    /// The clear colour; `None` for `load`. Once the scene is checked, it is one that the format has and single precision holds.
    pub clear: Option<Spanned<[f64; 4]>>,
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

/// What is said about one aspect of a depth-stencil attachment.
#[derive(Clone, Debug)]
pub struct Aspect<T> {
    /// What becomes of what is there.
    pub load: Setting<LoadOp>,
    /// What becomes of the result.
    pub store: Setting<StoreOp>,
    /// What it is cleared to.
    pub clear: Setting<T>,
    /// Whether it is tested only.
    pub read_only: Setting<bool>,
}

impl<T: Copy> Aspect<T> {
    /// What is done to the aspect, if the format has it.
    pub fn operations(&self) -> AspectOps<T> {
        match *self.read_only {
            true => AspectOps::ReadOnly,
            false => AspectOps::Write {
                clear: (*self.load == LoadOp::Clear).then_some(*self.clear),
                store: *self.store == StoreOp::Store,
            },
        }
    }
}

/// A depth-stencil attachment.
#[derive(Clone, Debug)]
pub struct DepthAttachment {
    /// Where it stands.
    pub span: Span,
    /// What is drawn to.
    pub view: AttachmentView,
    /// What is said about depth.
    pub depth: Aspect<f64>,
    /// What is said about the stencil.
    pub stencil: Aspect<u32>,
}

impl DepthAttachment {
    /// What is done to depth; `None` where the format has it not.
    pub fn depth_operations<S: State>(&self, scene: &Scene<S>) -> Option<AspectOps<f32>> {
        let (format, _) = format_of_attachment(scene, self.view)?;
        format.row().has_depth.then(|| match self.depth.operations() {
            AspectOps::ReadOnly => AspectOps::ReadOnly,
            AspectOps::Write { clear, store } => AspectOps::Write { clear: clear.map(|clear| clear as f32), store },
        })
    }

    /// What is done to the stencil; `None` where the format has it not.
    pub fn stencil_operations<S: State>(&self, scene: &Scene<S>) -> Option<AspectOps<u32>> {
        let (format, _) = format_of_attachment(scene, self.view)?;
        format.row().has_stencil.then(|| self.stencil.operations())
    }
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
    pub kind: Spanned<QueryKind>,
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
    /// Offsets of the bindings that have a dynamic one, in the order of their numbers, in bytes.
    pub dynamic: Vec<Spanned<u32>>,
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
    Dispatch([Spanned<Extent>; 3]),
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

/// Commands in order.
pub type Commands = Vec<Spanned<PassCommand>>;

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
    /// Formats of the color attachments of the passes that execute it; where its formats stand, or the declaration.
    pub colors: Spanned<Vec<Format>>,
    /// Whether these were written, and not taken from the pipeline.
    pub has_own_colors: bool,
    /// Format of their depth-stencil attachment.
    pub depth: Option<Format>,
    /// Samples per pixel; what is not written is that of the first pipeline.
    pub sample_count: Setting<u32>,
    /// Whether depth is not written.
    pub depth_read_only: bool,
    /// Whether the stencil is not written.
    pub stencil_read_only: bool,
    /// How many bind groups its own list has.
    pub listed_groups: Spanned<usize>,
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
    /// Where occlusion queries count.
    pub occlusion: Option<Spanned<QuerySetId>>,
    /// When it begins and ends.
    pub timestamps: Option<TimestampWrites>,
    /// How many bind groups its own list has.
    pub listed_groups: Spanned<usize>,
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
    /// How many bind groups its own list has.
    pub listed_groups: Spanned<usize>,
    /// What it does.
    pub commands: Commands,
}

/// An `#init`.
#[derive(Clone, Debug)]
pub struct Init {
    /// Who it is.
    pub named: Named,
    /// The buffer.
    pub buffer: Spanned<BufferId>,
    /// The stage.
    pub stage: Stage,
    /// Floats at binding 1.
    pub params: Option<Spanned<Vec<f32>>>,
    /// Further bindings of group 0, bound to the buffers of the same names.
    pub extra: Vec<(u32, BufferId)>,
    /// Workgroups; as many as the buffer has elements, if they are not written.
    pub dispatch: Setting<[u32; 3]>,
}

impl Init {
    /// The buffers that it is bound to, and may fill.
    pub fn buffers(&self) -> impl Iterator<Item = BufferId> {
        std::iter::once(*self.buffer).chain(self.extra.iter().map(|(_, buffer)| *buffer))
    }
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
    pub offset: Setting<u32>,
    /// Member, counted from the frame counter; `None` for member 0.
    pub ping_pong: Option<u32>,
    /// What is written.
    pub source: Spanned<Source>,
    /// First byte of the source.
    pub source_offset: Setting<u32>,
    /// How many bytes are asked for; `None` for as many as there are.
    pub size: Setting<Option<u32>>,
    /// Bytes that are written: those, or what both sides have.
    pub len: u32,
}

/// How texture data lies in a buffer or in written bytes.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    /// First byte.
    pub offset: Spanned<u32>,
    /// Bytes from row to row.
    pub bytes_per_row: Option<Spanned<u32>>,
    /// Rows of blocks from image to image.
    pub rows_per_image: Option<Spanned<u32>>,
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
    /// The mip level.
    pub mip: Spanned<u32>,
    /// The corner.
    pub origin: Spanned<[Extent; 3]>,
    /// Which aspect.
    pub aspect: Spanned<TextureAspect>,
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
    pub size: Spanned<[Extent; 3]>,
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
    /// The corner.
    pub origin: Spanned<[u32; 2]>,
    /// Whether it is copied upside down.
    pub is_flipped: bool,
}

/// A `writeTexture`.
#[derive(Clone, Debug)]
pub struct WriteTexture {
    /// What is written.
    pub source: Spanned<Source>,
    /// How many bytes that has.
    pub len: u32,
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
    /// First byte.
    pub offset: Spanned<u32>,
    /// Bytes.
    pub size: Spanned<u32>,
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
    /// From the first query on, so many.
    ResolveQuerySet {
        span: Span,
        set: Spanned<QuerySetId>,
        first: Spanned<u32>,
        count: Spanned<u32>,
        destination: BufferRange,
    },
}

impl Action {
    /// The buffer that it writes bytes of the author's choice into: clearing one is nothing of the kind.
    pub fn filled_buffer(&self) -> Option<BufferId> {
        match self {
            Self::WriteBuffer(write) => Some(write.buffer),
            Self::CopyBufferToBuffer { destination, .. } | Self::ResolveQuerySet { destination, .. } => Some(destination.buffer),
            Self::CopyTextureToBuffer(copy) => Some(copy.destination.buffer),
            Self::WriteTexture(_)
            | Self::CopyBufferToTexture(_)
            | Self::CopyTextureToTexture(_)
            | Self::ClearBuffer { .. }
            | Self::CopyImage { .. }
            | Self::CopyVideo { .. }
            | Self::CallWasm { .. } => None,
        }
    }

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

/// A uniform block that a queue keeps up to date.
#[derive(Clone, Debug)]
pub struct BlockWrite {
    /// Where it stands; so do the writes of its members.
    pub span: Span,
    /// The block in its buffer.
    pub shadow: Spanned<Shadow>,
    /// First byte written.
    pub offset: Spanned<u32>,
}

/// A `#queue`.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Who it is.
    pub named: Named,
    /// The blocks that it keeps up to date.
    pub blocks: Vec<BlockWrite>,
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
    pub init: Vec<Spanned<Step>>,
    /// Run every time: `before`, `perform`, `after`.
    pub steps: Vec<Spanned<Step>>,
}

impl RenderPass {
    /// Everything that is drawn to or resolved to.
    pub fn attachments(&self) -> impl Iterator<Item = AttachmentView> {
        let colors =
            self.colors.iter().flat_map(|color| std::iter::once(color.view).chain(color.resolve.map(|target| target.value)));
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

/// A `#uniforms`.
#[derive(Clone, Debug)]
pub struct Uniforms {
    /// Who it is.
    pub named: Named,
    /// The variables that it describes, one of each module that declares it: the module, and the index into its bindings.
    pub variables: Vec<(ShaderId, usize)>,
    /// Where the variable is named; `None` for one that passes bind by its name.
    pub variable_span: Option<Span>,
    /// What it says of members, in source order.
    pub controls: Vec<Control>,
}

/// What a member of a uniform variable begins with: its numbers column by column, of an array those of its first elements.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstValue {
    /// As the author wrote them.
    pub numbers: Vec<f64>,
    /// As the GPU has them, one behind the other.
    pub bytes: Vec<u8>,
}

/// What is said of a member of a uniform variable.
#[derive(Clone, Debug)]
pub struct Control {
    /// The member's path, as in [`pngine_wgsl::reflect::Field::path`].
    pub path: String,
    /// Where its name stands.
    pub span: Span,
    /// What it begins with, if that is said.
    pub value: Option<FirstValue>,
    /// The least that it should be.
    pub min: Option<f64>,
    /// The most that it should be.
    pub max: Option<f64>,
    /// From one value to the next.
    pub step: Option<f64>,
    /// What a host calls it.
    pub label: Option<String>,
    /// Whether it is a color.
    pub is_color: bool,
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
    /// Bytes of a source; `None` if they could not be made, or if it gives nothing.
    pub fn source_size(&self, source: &Source) -> Option<u32> {
        match source {
            Source::Input(index) => Some(INPUTS[*index].size),
            Source::Data(data) => u32::try_from(self.data_at(*data)?.len()).ok(),
            Source::Floats(numbers) => u32::try_from(numbers.len()).ok()?.checked_mul(4),
            Source::Call(call) => self.wasm_call(*call)?.function.len,
        }
    }

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
    pub fn flattened<'s>(&'s self, commands: &'s Commands) -> Vec<&'s Spanned<PassCommand>> {
        let mut out = Vec::new();
        for entry in commands {
            out.push(entry);
            if let PassCommand::ExecuteBundles(bundles) = &entry.value {
                out.extend(bundles.iter().filter_map(|id| self.bundle(*id)).flat_map(|bundle| &bundle.commands));
            }
        }
        out
    }

    /// The bind groups that commands set, those of bundles too.
    pub fn set_groups<'s>(&'s self, commands: &'s Commands) -> Vec<Spanned<&'s BoundGroup>> {
        let found = self.flattened(commands).into_iter().filter_map(|command| match &command.value {
            PassCommand::SetBindGroup(bound) => Some(Spanned::new(bound, command.span)),
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
