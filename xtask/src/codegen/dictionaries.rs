//! The dictionaries of descriptors, as `docs/format.md` lists them.

use pngine_format::descriptor::{Field, Type};

/// A dictionary of a descriptor: its title, what is special about it, and its members with their values.
pub struct Dictionary {
    pub title: &'static str,
    pub ty: Option<Type>,
    pub note: &'static str,
    /// Member, value, and whether it must be there.
    pub members: &'static [(Field, &'static str, bool)],
}

const REQUIRED: bool = true;
const OPTIONAL: bool = false;

use Field as F;

/// All dictionaries. A test checks that every field of the table occurs.
pub const DICTIONARIES: &[Dictionary] = &[
    Dictionary {
        title: "texture",
        ty: Some(Type::Texture),
        note: "`depth` is WebGPU's `depthOrArrayLayers`. What is wrong with a texture is E006, not E004.",
        members: &[
            (F::Width, "uint or canvas", REQUIRED),
            (F::Height, "uint or canvas, default 1", OPTIONAL),
            (F::Depth, "uint, default 1", OPTIONAL),
            (F::Format, "word", REQUIRED),
            (F::Usage, "uint, not 0", REQUIRED),
            (F::Dimension, "word", OPTIONAL),
            (F::MipLevelCount, "uint", OPTIONAL),
            (F::SampleCount, "uint", OPTIONAL),
            (F::ViewFormats, "array of word", OPTIONAL),
            (F::TextureBindingViewDimension, "word", OPTIONAL),
        ],
    },
    Dictionary {
        title: "sampler",
        ty: Some(Type::Sampler),
        note: "",
        members: &[
            (F::AddressModeU, "word", OPTIONAL),
            (F::AddressModeV, "word", OPTIONAL),
            (F::AddressModeW, "word", OPTIONAL),
            (F::MagFilter, "word", OPTIONAL),
            (F::MinFilter, "word", OPTIONAL),
            (F::MipmapFilter, "word", OPTIONAL),
            (F::LodMinClamp, "number", OPTIONAL),
            (F::LodMaxClamp, "number", OPTIONAL),
            (F::Compare, "word", OPTIONAL),
            (F::MaxAnisotropy, "uint", OPTIONAL),
        ],
    },
    Dictionary {
        title: "bindGroup",
        ty: Some(Type::BindGroup),
        note: "",
        members: &[(F::Entries, "array of *bind group entry*", REQUIRED)],
    },
    Dictionary {
        title: "*bind group entry*",
        ty: None,
        note: "A video is bound as an external texture. Such a texture lasts for a moment only, so a host makes these bind groups, and the \
               bundles that set them, again for every frame.",
        members: &[
            (F::Binding, "uint", REQUIRED),
            (F::Resource, "*buffer range*, or ref to a sampler, a textureView, a defaultView or a video", REQUIRED),
        ],
    },
    Dictionary {
        title: "*buffer range*",
        ty: None,
        note: "",
        members: &[
            (F::Buffer, "ref to a buffer", REQUIRED),
            (F::Offset, "uint, default 0", OPTIONAL),
            (F::Size, "uint, default all the rest", OPTIONAL),
        ],
    },
    Dictionary {
        title: "bindGroupLayout",
        ty: Some(Type::BindGroupLayout),
        note: "Either `entries`, or `pipeline` and `index`.",
        members: &[
            (F::Entries, "array of *layout entry*", OPTIONAL),
            (F::Pipeline, "ref to a pipeline", OPTIONAL),
            (F::Index, "uint, default 0", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*layout entry*",
        ty: None,
        note: "With exactly one of the last five.",
        members: &[
            (F::Binding, "uint", REQUIRED),
            (F::Visibility, "uint", REQUIRED),
            (F::Buffer, "an object of `type`, `hasDynamicOffset`, `minBindingSize`", OPTIONAL),
            (F::Sampler, "an object of `type`", OPTIONAL),
            (F::Texture, "an object of `sampleType`, `viewDimension`, `multisampled`", OPTIONAL),
            (F::StorageTexture, "an object of `access`, `format`, `viewDimension`", OPTIONAL),
            (F::ExternalTexture, "an empty object", OPTIONAL),
        ],
    },
    Dictionary {
        title: "Inside layout entries",
        ty: None,
        note: "besides these, format (4): word, which a storageTexture must have.",
        members: &[
            (F::Type, "word", OPTIONAL),
            (F::HasDynamicOffset, "bool", OPTIONAL),
            (F::MinBindingSize, "uint", OPTIONAL),
            (F::SampleType, "word", OPTIONAL),
            (F::ViewDimension, "word", OPTIONAL),
            (F::Multisampled, "bool", OPTIONAL),
            (F::Access, "word", OPTIONAL),
        ],
    },
    Dictionary {
        title: "renderPipeline",
        ty: Some(Type::RenderPipeline),
        note: "",
        members: &[
            (F::Layout, "ref to a pipelineLayout", OPTIONAL),
            (F::Vertex, "*stage*, with `buffers`", REQUIRED),
            (F::Primitive, "*primitive state*", OPTIONAL),
            (F::DepthStencil, "*depth and stencil state*", OPTIONAL),
            (F::Multisample, "*multisample state*", OPTIONAL),
            (F::Fragment, "*stage*, with `targets`", OPTIONAL),
        ],
    },
    Dictionary {
        title: "computePipeline",
        ty: Some(Type::ComputePipeline),
        note: "",
        members: &[(F::Layout, "ref to a pipelineLayout", OPTIONAL), (F::Compute, "*stage*", REQUIRED)],
    },
    Dictionary {
        title: "*stage*",
        ty: None,
        note: "",
        members: &[
            (F::Module, "ref to a shader", REQUIRED),
            (F::EntryPoint, "string", OPTIONAL),
            (F::Constants, "record", OPTIONAL),
            (F::Buffers, "array of *vertex buffer* or null", OPTIONAL),
            (F::Targets, "array of *target* or null; required in a fragment stage", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*vertex buffer*",
        ty: None,
        note: "",
        members: &[
            (F::ArrayStride, "uint", REQUIRED),
            (F::StepMode, "word", OPTIONAL),
            (F::Attributes, "array of *vertex attribute*", REQUIRED),
        ],
    },
    Dictionary {
        title: "*vertex attribute*",
        ty: None,
        note: "",
        members: &[(F::Format, "word", REQUIRED), (F::Offset, "uint", REQUIRED), (F::ShaderLocation, "uint", REQUIRED)],
    },
    Dictionary {
        title: "*primitive state*",
        ty: None,
        note: "",
        members: &[
            (F::Topology, "word", OPTIONAL),
            (F::StripIndexFormat, "word", OPTIONAL),
            (F::FrontFace, "word", OPTIONAL),
            (F::CullMode, "word", OPTIONAL),
            (F::UnclippedDepth, "bool", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*depth and stencil state*",
        ty: None,
        note: "",
        members: &[
            (F::Format, "word", REQUIRED),
            (F::DepthWriteEnabled, "bool", OPTIONAL),
            (F::DepthCompare, "word", OPTIONAL),
            (F::StencilFront, "*stencil face*", OPTIONAL),
            (F::StencilBack, "*stencil face*", OPTIONAL),
            (F::StencilReadMask, "uint", OPTIONAL),
            (F::StencilWriteMask, "uint", OPTIONAL),
            (F::DepthBias, "number, whole", OPTIONAL),
            (F::DepthBiasSlopeScale, "number", OPTIONAL),
            (F::DepthBiasClamp, "number", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*stencil face*",
        ty: None,
        note: "",
        members: &[
            (F::Compare, "word", OPTIONAL),
            (F::FailOp, "word", OPTIONAL),
            (F::DepthFailOp, "word", OPTIONAL),
            (F::PassOp, "word", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*multisample state*",
        ty: None,
        note: "",
        members: &[(F::Count, "uint", OPTIONAL), (F::Mask, "uint", OPTIONAL), (F::AlphaToCoverageEnabled, "bool", OPTIONAL)],
    },
    Dictionary {
        title: "*target*",
        ty: None,
        note: "",
        members: &[(F::Format, "word", REQUIRED), (F::Blend, "*blend state*", OPTIONAL), (F::WriteMask, "uint", OPTIONAL)],
    },
    Dictionary {
        title: "*blend state*",
        ty: None,
        note: "",
        members: &[(F::Color, "*blend component*", REQUIRED), (F::Alpha, "*blend component*", REQUIRED)],
    },
    Dictionary {
        title: "*blend component*",
        ty: None,
        note: "",
        members: &[(F::Operation, "word", OPTIONAL), (F::SrcFactor, "word", OPTIONAL), (F::DstFactor, "word", OPTIONAL)],
    },
    Dictionary {
        title: "renderPass",
        ty: Some(Type::RenderPass),
        note: "",
        members: &[
            (F::ColorAttachments, "array of *colour attachment* or null", REQUIRED),
            (F::DepthStencilAttachment, "*depth and stencil attachment*", OPTIONAL),
            (F::OcclusionQuerySet, "ref to a querySet", OPTIONAL),
            (F::TimestampWrites, "*timestamp writes*", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*colour attachment*",
        ty: None,
        note: "",
        members: &[
            (F::View, "ref to a textureView or a defaultView", REQUIRED),
            (F::DepthSlice, "uint", OPTIONAL),
            (F::ResolveTarget, "ref to a textureView or a defaultView", OPTIONAL),
            (F::ClearValue, "f32array of four, or array of four numbers", OPTIONAL),
            (F::LoadOp, "word", REQUIRED),
            (F::StoreOp, "word", REQUIRED),
        ],
    },
    Dictionary {
        title: "*depth and stencil attachment*",
        ty: None,
        note: "",
        members: &[
            (F::View, "ref to a textureView or a defaultView", REQUIRED),
            (F::DepthClearValue, "number", OPTIONAL),
            (F::DepthLoadOp, "word", OPTIONAL),
            (F::DepthStoreOp, "word", OPTIONAL),
            (F::DepthReadOnly, "bool", OPTIONAL),
            (F::StencilClearValue, "uint", OPTIONAL),
            (F::StencilLoadOp, "word", OPTIONAL),
            (F::StencilStoreOp, "word", OPTIONAL),
            (F::StencilReadOnly, "bool", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*timestamp writes*",
        ty: None,
        note: "",
        members: &[
            (F::QuerySet, "ref to a querySet", REQUIRED),
            (F::BeginningOfPassWriteIndex, "uint", OPTIONAL),
            (F::EndOfPassWriteIndex, "uint", OPTIONAL),
        ],
    },
    Dictionary {
        title: "pipelineLayout",
        ty: Some(Type::PipelineLayout),
        note: "",
        members: &[(F::BindGroupLayouts, "array of ref to a bindGroupLayout, or null", REQUIRED)],
    },
    Dictionary {
        title: "textureView",
        ty: Some(Type::TextureView),
        note: "Of a texture that a command created; the canvas' texture has default views only.",
        members: &[
            (F::Texture, "ref to a texture", REQUIRED),
            (F::Format, "word", OPTIONAL),
            (F::Dimension, "word", OPTIONAL),
            (F::Usage, "uint", OPTIONAL),
            (F::Aspect, "word", OPTIONAL),
            (F::BaseMipLevel, "uint", OPTIONAL),
            (F::MipLevelCount, "uint", OPTIONAL),
            (F::BaseArrayLayer, "uint", OPTIONAL),
            (F::ArrayLayerCount, "uint", OPTIONAL),
            (F::Swizzle, "string", OPTIONAL),
        ],
    },
    Dictionary {
        title: "querySet",
        ty: Some(Type::QuerySet),
        note: "",
        members: &[(F::Type, "word", REQUIRED), (F::Count, "uint", REQUIRED)],
    },
    Dictionary {
        title: "renderBundle",
        ty: Some(Type::RenderBundle),
        note: "`commands` are commands as in section 6, opcode and operands in full width, one after another without header and END; \
               but their pointers are offsets into the region (section 3), so `getDataPtr()` is added. They may set pipeline, bind groups \
               (with offsets or without), vertex and index buffers, draw, and mark debug groups.",
        members: &[
            (F::ColorFormats, "array of word or null", REQUIRED),
            (F::DepthStencilFormat, "word", OPTIONAL),
            (F::SampleCount, "uint", OPTIONAL),
            (F::DepthReadOnly, "bool", OPTIONAL),
            (F::StencilReadOnly, "bool", OPTIONAL),
            (F::Commands, "bytes", REQUIRED),
        ],
    },
    Dictionary {
        title: "buffer",
        ty: Some(Type::Buffer),
        note: "",
        members: &[(F::Size, "uint", REQUIRED), (F::Usage, "uint", REQUIRED)],
    },
    Dictionary {
        title: "computePass",
        ty: Some(Type::ComputePass),
        note: "",
        members: &[(F::TimestampWrites, "*timestamp writes*", OPTIONAL)],
    },
    Dictionary {
        title: "copy",
        ty: Some(Type::Copy),
        note: "A side is a *texture side* or a *buffer side*, as the command's name says. The source of WRITE_TEXTURE is a *buffer side* \
               without `buffer`, about the bytes that the command points to. The source of COPY_EXTERNAL_IMAGE is an *image side*.",
        members: &[
            (F::Source, "*texture side*, *buffer side* or *image side*", OPTIONAL),
            (F::Destination, "*texture side* or *buffer side*", REQUIRED),
            (F::CopySize, "array of one to three uint or canvas: width, height, depth", REQUIRED),
        ],
    },
    Dictionary {
        title: "*texture side*",
        ty: None,
        note: "`premultipliedAlpha` is for COPY_EXTERNAL_IMAGE only: the colours are multiplied by their alpha.",
        members: &[
            (F::Texture, "ref to a texture", REQUIRED),
            (F::MipLevel, "uint", OPTIONAL),
            (F::Origin, "array of up to three uint or canvas: x, y, z", OPTIONAL),
            (F::Aspect, "word", OPTIONAL),
            (F::PremultipliedAlpha, "bool", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*image side*",
        ty: None,
        note: "`flipY` turns what is copied upside down; `origin` counts from the top all the same.",
        members: &[
            (F::Source, "ref to an image or a video", REQUIRED),
            (F::Origin, "array of two uint: x, y", OPTIONAL),
            (F::FlipY, "bool", OPTIONAL),
        ],
    },
    Dictionary {
        title: "*buffer side*",
        ty: None,
        note: "",
        members: &[
            (F::Buffer, "ref to a buffer", REQUIRED),
            (F::Offset, "uint", OPTIONAL),
            (F::BytesPerRow, "uint", OPTIONAL),
            (F::RowsPerImage, "uint", OPTIONAL),
        ],
    },
    Dictionary {
        title: "region",
        ty: Some(Type::Region),
        note: "Section 6 says what each command takes of it.",
        members: &[
            (F::X, "number, canvas or canvasNumber", OPTIONAL),
            (F::Y, "number, canvas or canvasNumber", OPTIONAL),
            (F::Z, "number, canvas or canvasNumber", OPTIONAL),
            (F::Width, "number, canvas or canvasNumber", OPTIONAL),
            (F::Height, "number, canvas or canvasNumber", OPTIONAL),
            (F::MinDepth, "number, canvas or canvasNumber", OPTIONAL),
            (F::MaxDepth, "number, canvas or canvasNumber", OPTIONAL),
        ],
    },
    Dictionary {
        title: "device",
        ty: Some(Type::Device),
        note: "",
        members: &[
            (F::RequiredFeatures, "array of string", OPTIONAL),
            (F::OptionalFeatures, "array of string", OPTIONAL),
            (F::RequiredLimits, "record", OPTIONAL),
        ],
    },
    Dictionary {
        title: "canvas",
        ty: Some(Type::Canvas),
        note: "",
        members: &[
            (F::AlphaMode, "word, default opaque", OPTIONAL),
            (F::ColorSpace, "word, default srgb", OPTIONAL),
            (F::ToneMapping, "word, default standard", OPTIONAL),
        ],
    },
    Dictionary {
        title: "video",
        ty: Some(Type::Video),
        note: "",
        members: &[
            (F::Mime, "string", OPTIONAL),
            (F::Loop, "bool, default false", OPTIONAL),
            (F::Autoplay, "bool, default false", OPTIONAL),
            (F::Muted, "bool, default false", OPTIONAL),
            (F::PlaybackRate, "number, default 1", OPTIONAL),
        ],
    },
    Dictionary {
        title: "animation",
        ty: Some(Type::Animation),
        note: "",
        members: &[
            (F::Duration, "uint", REQUIRED),
            (F::EndBehavior, "uint, default 0", OPTIONAL),
            (F::Scenes, "array of *timeline scene*", REQUIRED),
        ],
    },
    Dictionary {
        title: "*timeline scene*",
        ty: None,
        note: "",
        members: &[(F::Start, "uint, default 0", OPTIONAL), (F::End, "uint", REQUIRED), (F::Frame, "uint, default 0", OPTIONAL)],
    },
    Dictionary {
        title: "uniforms",
        ty: Some(Type::Uniforms),
        note: "",
        members: &[(F::Blocks, "array of *uniform block*", REQUIRED)],
    },
    Dictionary {
        title: "*uniform block*",
        ty: None,
        note: "",
        members: &[
            (F::Module, "string", REQUIRED),
            (F::Name, "string", REQUIRED),
            (F::Buffer, "ref to a buffer", REQUIRED),
            (F::Uniforms, "array of *uniform*", REQUIRED),
        ],
    },
    Dictionary {
        title: "*uniform*",
        ty: None,
        note: "`columns` of `rows` numbers each, `count` times, laid out as in WGSL: the columns of a matrix are as far apart as two numbers for \
               two rows, as four for three or four; elements of an array are `arrayStride` bytes apart.",
        members: &[
            (F::Name, "string, default empty", OPTIONAL),
            (F::Offset, "uint, default 0", OPTIONAL),
            (F::Type, "word: float32, sint32, uint32 or float16", REQUIRED),
            (F::Columns, "uint, default 1", OPTIONAL),
            (F::Rows, "uint, default 1", OPTIONAL),
            (F::Count, "uint; left out if it is no array", OPTIONAL),
            (F::ArrayStride, "uint, default the size of an element", OPTIONAL),
            (F::Input, "uint", OPTIONAL),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_in_a_dictionary() {
        for field in Field::ALL {
            let found = DICTIONARIES.iter().any(|dictionary| dictionary.members.iter().any(|(member, ..)| member == field));
            assert!(found, "{} is in no dictionary", field.name());
        }
        for ty in Type::ALL {
            assert!(DICTIONARIES.iter().any(|dictionary| dictionary.ty == Some(*ty)), "{} has no dictionary", ty.name());
        }
    }
}
