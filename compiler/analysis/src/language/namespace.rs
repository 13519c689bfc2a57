//! The kinds of declarations.

/// Every kind of declaration has names of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the macro of that name")]
pub enum Ns {
    Define,
    Wgsl,
    ShaderModule,
    Data,
    Buffer,
    Texture,
    TextureView,
    Sampler,
    ImageBitmap,
    Video,
    QuerySet,
    BindGroupLayout,
    PipelineLayout,
    BindGroup,
    RenderPipeline,
    ComputePipeline,
    RenderBundle,
    RenderPass,
    ComputePass,
    Init,
    Queue,
    WasmCall,
    Uniforms,
    Pass,
    Frame,
    Animation,
    Device,
    Canvas,
    Meta,
}

impl Ns {
    /// The word after `#`.
    pub const fn word(self) -> &'static str {
        match self {
            Ns::Define => "define",
            Ns::Wgsl => "wgsl",
            Ns::ShaderModule => "shaderModule",
            Ns::Data => "data",
            Ns::Buffer => "buffer",
            Ns::Texture => "texture",
            Ns::TextureView => "textureView",
            Ns::Sampler => "sampler",
            Ns::ImageBitmap => "imageBitmap",
            Ns::Video => "video",
            Ns::QuerySet => "querySet",
            Ns::BindGroupLayout => "bindGroupLayout",
            Ns::PipelineLayout => "pipelineLayout",
            Ns::BindGroup => "bindGroup",
            Ns::RenderPipeline => "renderPipeline",
            Ns::ComputePipeline => "computePipeline",
            Ns::RenderBundle => "renderBundle",
            Ns::RenderPass => "renderPass",
            Ns::ComputePass => "computePass",
            Ns::Init => "init",
            Ns::Queue => "queue",
            Ns::WasmCall => "wasmCall",
            Ns::Uniforms => "uniforms",
            Ns::Pass => "pass",
            Ns::Frame => "frame",
            Ns::Animation => "animation",
            Ns::Device => "device",
            Ns::Canvas => "canvas",
            Ns::Meta => "meta",
        }
    }
}
