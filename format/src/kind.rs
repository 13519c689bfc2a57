//! Kinds of things that commands create and descriptors refer to.

/// Kinds of things that have ids. The number is what a descriptor's reference holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// `GPUBuffer`.
    Buffer = 0,
    /// `GPUTexture`; id [`CANVAS_TEXTURE`](crate::op::CANVAS_TEXTURE) is the canvas' current texture.
    Texture = 1,
    /// `GPUSampler`.
    Sampler = 2,
    /// `GPUShaderModule`.
    Shader = 3,
    /// `GPURenderPipeline` and `GPUComputePipeline`, in one id space.
    Pipeline = 4,
    /// `GPUBindGroup`.
    BindGroup = 5,
    /// `GPUBindGroupLayout`.
    BindGroupLayout = 6,
    /// `GPUPipelineLayout`.
    PipelineLayout = 7,
    /// `GPUTextureView` made by CREATE_TEXTURE_VIEW.
    TextureView = 8,
    /// `GPUQuerySet`.
    QuerySet = 9,
    /// `GPURenderBundle`.
    RenderBundle = 10,
    /// A nested WebAssembly module.
    WasmModule = 11,
    /// The result of a call into a nested module.
    WasmCall = 12,
    /// A decoded image.
    Image = 13,
    /// A video.
    Video = 14,
    /// A scene of the timeline.
    Scene = 15,
    /// The default view of a texture: the id is a texture's, so [`CANVAS_TEXTURE`](crate::op::CANVAS_TEXTURE) is the canvas' current view.
    DefaultView = 16,
}

impl Kind {
    /// All kinds, in numeric order.
    pub const ALL: [Kind; 17] = [
        Kind::Buffer,
        Kind::Texture,
        Kind::Sampler,
        Kind::Shader,
        Kind::Pipeline,
        Kind::BindGroup,
        Kind::BindGroupLayout,
        Kind::PipelineLayout,
        Kind::TextureView,
        Kind::QuerySet,
        Kind::RenderBundle,
        Kind::WasmModule,
        Kind::WasmCall,
        Kind::Image,
        Kind::Video,
        Kind::Scene,
        Kind::DefaultView,
    ];

    /// The kind with this number.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// A word for reports and disassemblies.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Buffer => "buffer",
            Kind::Texture => "texture",
            Kind::Sampler => "sampler",
            Kind::Shader => "shader",
            Kind::Pipeline => "pipeline",
            Kind::BindGroup => "bindGroup",
            Kind::BindGroupLayout => "bindGroupLayout",
            Kind::PipelineLayout => "pipelineLayout",
            Kind::TextureView => "textureView",
            Kind::QuerySet => "querySet",
            Kind::RenderBundle => "renderBundle",
            Kind::WasmModule => "wasmModule",
            Kind::WasmCall => "wasmCall",
            Kind::Image => "image",
            Kind::Video => "video",
            Kind::Scene => "scene",
            Kind::DefaultView => "defaultView",
        }
    }
}
