//! WebGPU's words as wgpu's values.

use wgpu::{
    AddressMode, AstcBlock, AstcChannel, BlendFactor, BlendOperation, CompareFunction, Face, FilterMode, FrontFace, IndexFormat,
    MipmapFilterMode, PrimitiveTopology, StencilOperation, StorageTextureAccess, TextureAspect, TextureDimension, TextureFormat,
    TextureSampleType, TextureViewDimension, VertexFormat, VertexStepMode,
};

macro_rules! words {
    ($( $(#[$doc:meta])* $name:ident -> $ty:ty { $( $word:literal $value:expr; )* } )*) => {$(
        $(#[$doc])*
        pub(crate) fn $name(word: &str) -> Option<$ty> {
            Some(match word {
                $( $word => $value, )*
                _ => return None,
            })
        }
    )*};
}

words! {
    plain_texture_format -> TextureFormat {
        "r8unorm" TextureFormat::R8Unorm;
        "r8snorm" TextureFormat::R8Snorm;
        "r8uint" TextureFormat::R8Uint;
        "r8sint" TextureFormat::R8Sint;
        "r16unorm" TextureFormat::R16Unorm;
        "r16snorm" TextureFormat::R16Snorm;
        "r16uint" TextureFormat::R16Uint;
        "r16sint" TextureFormat::R16Sint;
        "r16float" TextureFormat::R16Float;
        "rg8unorm" TextureFormat::Rg8Unorm;
        "rg8snorm" TextureFormat::Rg8Snorm;
        "rg8uint" TextureFormat::Rg8Uint;
        "rg8sint" TextureFormat::Rg8Sint;
        "r32uint" TextureFormat::R32Uint;
        "r32sint" TextureFormat::R32Sint;
        "r32float" TextureFormat::R32Float;
        "rg16unorm" TextureFormat::Rg16Unorm;
        "rg16snorm" TextureFormat::Rg16Snorm;
        "rg16uint" TextureFormat::Rg16Uint;
        "rg16sint" TextureFormat::Rg16Sint;
        "rg16float" TextureFormat::Rg16Float;
        "rgba8unorm" TextureFormat::Rgba8Unorm;
        "rgba8unorm-srgb" TextureFormat::Rgba8UnormSrgb;
        "rgba8snorm" TextureFormat::Rgba8Snorm;
        "rgba8uint" TextureFormat::Rgba8Uint;
        "rgba8sint" TextureFormat::Rgba8Sint;
        "bgra8unorm" TextureFormat::Bgra8Unorm;
        "bgra8unorm-srgb" TextureFormat::Bgra8UnormSrgb;
        "rgb9e5ufloat" TextureFormat::Rgb9e5Ufloat;
        "rgb10a2uint" TextureFormat::Rgb10a2Uint;
        "rgb10a2unorm" TextureFormat::Rgb10a2Unorm;
        "rg11b10ufloat" TextureFormat::Rg11b10Ufloat;
        "rg32uint" TextureFormat::Rg32Uint;
        "rg32sint" TextureFormat::Rg32Sint;
        "rg32float" TextureFormat::Rg32Float;
        "rgba16unorm" TextureFormat::Rgba16Unorm;
        "rgba16snorm" TextureFormat::Rgba16Snorm;
        "rgba16uint" TextureFormat::Rgba16Uint;
        "rgba16sint" TextureFormat::Rgba16Sint;
        "rgba16float" TextureFormat::Rgba16Float;
        "rgba32uint" TextureFormat::Rgba32Uint;
        "rgba32sint" TextureFormat::Rgba32Sint;
        "rgba32float" TextureFormat::Rgba32Float;
        "stencil8" TextureFormat::Stencil8;
        "depth16unorm" TextureFormat::Depth16Unorm;
        "depth24plus" TextureFormat::Depth24Plus;
        "depth24plus-stencil8" TextureFormat::Depth24PlusStencil8;
        "depth32float" TextureFormat::Depth32Float;
        "depth32float-stencil8" TextureFormat::Depth32FloatStencil8;
        "bc1-rgba-unorm" TextureFormat::Bc1RgbaUnorm;
        "bc1-rgba-unorm-srgb" TextureFormat::Bc1RgbaUnormSrgb;
        "bc2-rgba-unorm" TextureFormat::Bc2RgbaUnorm;
        "bc2-rgba-unorm-srgb" TextureFormat::Bc2RgbaUnormSrgb;
        "bc3-rgba-unorm" TextureFormat::Bc3RgbaUnorm;
        "bc3-rgba-unorm-srgb" TextureFormat::Bc3RgbaUnormSrgb;
        "bc4-r-unorm" TextureFormat::Bc4RUnorm;
        "bc4-r-snorm" TextureFormat::Bc4RSnorm;
        "bc5-rg-unorm" TextureFormat::Bc5RgUnorm;
        "bc5-rg-snorm" TextureFormat::Bc5RgSnorm;
        "bc6h-rgb-ufloat" TextureFormat::Bc6hRgbUfloat;
        "bc6h-rgb-float" TextureFormat::Bc6hRgbFloat;
        "bc7-rgba-unorm" TextureFormat::Bc7RgbaUnorm;
        "bc7-rgba-unorm-srgb" TextureFormat::Bc7RgbaUnormSrgb;
        "etc2-rgb8unorm" TextureFormat::Etc2Rgb8Unorm;
        "etc2-rgb8unorm-srgb" TextureFormat::Etc2Rgb8UnormSrgb;
        "etc2-rgb8a1unorm" TextureFormat::Etc2Rgb8A1Unorm;
        "etc2-rgb8a1unorm-srgb" TextureFormat::Etc2Rgb8A1UnormSrgb;
        "etc2-rgba8unorm" TextureFormat::Etc2Rgba8Unorm;
        "etc2-rgba8unorm-srgb" TextureFormat::Etc2Rgba8UnormSrgb;
        "eac-r11unorm" TextureFormat::EacR11Unorm;
        "eac-r11snorm" TextureFormat::EacR11Snorm;
        "eac-rg11unorm" TextureFormat::EacRg11Unorm;
        "eac-rg11snorm" TextureFormat::EacRg11Snorm;
    }
    astc_block -> AstcBlock {
        "4x4" AstcBlock::B4x4;
        "5x4" AstcBlock::B5x4;
        "5x5" AstcBlock::B5x5;
        "6x5" AstcBlock::B6x5;
        "6x6" AstcBlock::B6x6;
        "8x5" AstcBlock::B8x5;
        "8x6" AstcBlock::B8x6;
        "8x8" AstcBlock::B8x8;
        "10x5" AstcBlock::B10x5;
        "10x6" AstcBlock::B10x6;
        "10x8" AstcBlock::B10x8;
        "10x10" AstcBlock::B10x10;
        "12x10" AstcBlock::B12x10;
        "12x12" AstcBlock::B12x12;
    }
    /// `GPUTextureDimension`.
    texture_dimension -> TextureDimension {
        "1d" TextureDimension::D1;
        "2d" TextureDimension::D2;
        "3d" TextureDimension::D3;
    }
    /// `GPUTextureViewDimension`.
    view_dimension -> TextureViewDimension {
        "1d" TextureViewDimension::D1;
        "2d" TextureViewDimension::D2;
        "2d-array" TextureViewDimension::D2Array;
        "cube" TextureViewDimension::Cube;
        "cube-array" TextureViewDimension::CubeArray;
        "3d" TextureViewDimension::D3;
    }
    /// `GPUTextureAspect`.
    aspect -> TextureAspect {
        "all" TextureAspect::All;
        "stencil-only" TextureAspect::StencilOnly;
        "depth-only" TextureAspect::DepthOnly;
    }
    /// `GPUAddressMode`.
    address_mode -> AddressMode {
        "clamp-to-edge" AddressMode::ClampToEdge;
        "repeat" AddressMode::Repeat;
        "mirror-repeat" AddressMode::MirrorRepeat;
    }
    /// `GPUFilterMode`.
    filter -> FilterMode {
        "nearest" FilterMode::Nearest;
        "linear" FilterMode::Linear;
    }
    /// `GPUMipmapFilterMode`.
    mipmap_filter -> MipmapFilterMode {
        "nearest" MipmapFilterMode::Nearest;
        "linear" MipmapFilterMode::Linear;
    }
    /// `GPUCompareFunction`.
    compare -> CompareFunction {
        "never" CompareFunction::Never;
        "less" CompareFunction::Less;
        "equal" CompareFunction::Equal;
        "less-equal" CompareFunction::LessEqual;
        "greater" CompareFunction::Greater;
        "not-equal" CompareFunction::NotEqual;
        "greater-equal" CompareFunction::GreaterEqual;
        "always" CompareFunction::Always;
    }
    /// `GPUBufferBindingType`.
    buffer_binding -> wgpu::BufferBindingType {
        "uniform" wgpu::BufferBindingType::Uniform;
        "storage" wgpu::BufferBindingType::Storage { read_only: false };
        "read-only-storage" wgpu::BufferBindingType::Storage { read_only: true };
    }
    /// `GPUSamplerBindingType`.
    sampler_binding -> wgpu::SamplerBindingType {
        "filtering" wgpu::SamplerBindingType::Filtering;
        "non-filtering" wgpu::SamplerBindingType::NonFiltering;
        "comparison" wgpu::SamplerBindingType::Comparison;
    }
    /// `GPUTextureSampleType`.
    sample_type -> TextureSampleType {
        "float" TextureSampleType::Float { filterable: true };
        "unfilterable-float" TextureSampleType::Float { filterable: false };
        "depth" TextureSampleType::Depth;
        "sint" TextureSampleType::Sint;
        "uint" TextureSampleType::Uint;
    }
    /// `GPUStorageTextureAccess`.
    storage_access -> StorageTextureAccess {
        "write-only" StorageTextureAccess::WriteOnly;
        "read-only" StorageTextureAccess::ReadOnly;
        "read-write" StorageTextureAccess::ReadWrite;
    }
    /// `GPUPrimitiveTopology`.
    topology -> PrimitiveTopology {
        "point-list" PrimitiveTopology::PointList;
        "line-list" PrimitiveTopology::LineList;
        "line-strip" PrimitiveTopology::LineStrip;
        "triangle-list" PrimitiveTopology::TriangleList;
        "triangle-strip" PrimitiveTopology::TriangleStrip;
    }
    /// `GPUFrontFace`.
    front_face -> FrontFace {
        "ccw" FrontFace::Ccw;
        "cw" FrontFace::Cw;
    }
    /// `GPUCullMode`.
    cull_mode -> Option<Face> {
        "none" None;
        "front" Some(Face::Front);
        "back" Some(Face::Back);
    }
    /// `GPUBlendFactor`.
    blend_factor -> BlendFactor {
        "zero" BlendFactor::Zero;
        "one" BlendFactor::One;
        "src" BlendFactor::Src;
        "one-minus-src" BlendFactor::OneMinusSrc;
        "src-alpha" BlendFactor::SrcAlpha;
        "one-minus-src-alpha" BlendFactor::OneMinusSrcAlpha;
        "dst" BlendFactor::Dst;
        "one-minus-dst" BlendFactor::OneMinusDst;
        "dst-alpha" BlendFactor::DstAlpha;
        "one-minus-dst-alpha" BlendFactor::OneMinusDstAlpha;
        "src-alpha-saturated" BlendFactor::SrcAlphaSaturated;
        "constant" BlendFactor::Constant;
        "one-minus-constant" BlendFactor::OneMinusConstant;
        "src1" BlendFactor::Src1;
        "one-minus-src1" BlendFactor::OneMinusSrc1;
        "src1-alpha" BlendFactor::Src1Alpha;
        "one-minus-src1-alpha" BlendFactor::OneMinusSrc1Alpha;
    }
    /// `GPUBlendOperation`.
    blend_operation -> BlendOperation {
        "add" BlendOperation::Add;
        "subtract" BlendOperation::Subtract;
        "reverse-subtract" BlendOperation::ReverseSubtract;
        "min" BlendOperation::Min;
        "max" BlendOperation::Max;
    }
    /// `GPUStencilOperation`.
    stencil_operation -> StencilOperation {
        "keep" StencilOperation::Keep;
        "zero" StencilOperation::Zero;
        "replace" StencilOperation::Replace;
        "invert" StencilOperation::Invert;
        "increment-clamp" StencilOperation::IncrementClamp;
        "decrement-clamp" StencilOperation::DecrementClamp;
        "increment-wrap" StencilOperation::IncrementWrap;
        "decrement-wrap" StencilOperation::DecrementWrap;
    }
    /// `GPUIndexFormat`.
    index_format -> IndexFormat {
        "uint16" IndexFormat::Uint16;
        "uint32" IndexFormat::Uint32;
    }
    /// `GPUVertexStepMode`.
    step_mode -> VertexStepMode {
        "vertex" VertexStepMode::Vertex;
        "instance" VertexStepMode::Instance;
    }
    /// `GPUVertexFormat`.
    vertex_format -> VertexFormat {
        "uint8" VertexFormat::Uint8;
        "uint8x2" VertexFormat::Uint8x2;
        "uint8x4" VertexFormat::Uint8x4;
        "sint8" VertexFormat::Sint8;
        "sint8x2" VertexFormat::Sint8x2;
        "sint8x4" VertexFormat::Sint8x4;
        "unorm8" VertexFormat::Unorm8;
        "unorm8x2" VertexFormat::Unorm8x2;
        "unorm8x4" VertexFormat::Unorm8x4;
        "snorm8" VertexFormat::Snorm8;
        "snorm8x2" VertexFormat::Snorm8x2;
        "snorm8x4" VertexFormat::Snorm8x4;
        "uint16" VertexFormat::Uint16;
        "uint16x2" VertexFormat::Uint16x2;
        "uint16x4" VertexFormat::Uint16x4;
        "sint16" VertexFormat::Sint16;
        "sint16x2" VertexFormat::Sint16x2;
        "sint16x4" VertexFormat::Sint16x4;
        "unorm16" VertexFormat::Unorm16;
        "unorm16x2" VertexFormat::Unorm16x2;
        "unorm16x4" VertexFormat::Unorm16x4;
        "snorm16" VertexFormat::Snorm16;
        "snorm16x2" VertexFormat::Snorm16x2;
        "snorm16x4" VertexFormat::Snorm16x4;
        "float16" VertexFormat::Float16;
        "float16x2" VertexFormat::Float16x2;
        "float16x4" VertexFormat::Float16x4;
        "float32" VertexFormat::Float32;
        "float32x2" VertexFormat::Float32x2;
        "float32x3" VertexFormat::Float32x3;
        "float32x4" VertexFormat::Float32x4;
        "uint32" VertexFormat::Uint32;
        "uint32x2" VertexFormat::Uint32x2;
        "uint32x3" VertexFormat::Uint32x3;
        "uint32x4" VertexFormat::Uint32x4;
        "sint32" VertexFormat::Sint32;
        "sint32x2" VertexFormat::Sint32x2;
        "sint32x3" VertexFormat::Sint32x3;
        "sint32x4" VertexFormat::Sint32x4;
        "unorm10-10-10-2" VertexFormat::Unorm10_10_10_2;
        "unorm8x4-bgra" VertexFormat::Unorm8x4Bgra;
    }
    /// `GPUQueryType`.
    query_type -> wgpu::QueryType {
        "occlusion" wgpu::QueryType::Occlusion;
        "timestamp" wgpu::QueryType::Timestamp;
    }
}

/// `GPUTextureFormat`, where the word `preferredCanvasFormat` stands for the canvas' format.
pub(crate) fn texture_format(word: &str, canvas: TextureFormat) -> Option<TextureFormat> {
    if word == "preferredCanvasFormat" {
        return Some(canvas);
    }
    let Some(rest) = word.strip_prefix("astc-") else { return plain_texture_format(word) };
    let (block, channel) = rest.split_once('-')?;
    let channel = match channel {
        "unorm" => AstcChannel::Unorm,
        "unorm-srgb" => AstcChannel::UnormSrgb,
        _ => return None,
    };
    Some(TextureFormat::Astc { block: astc_block(block)?, channel })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pngine_format::word;

    #[test]
    fn every_word_of_webgpu_has_a_value() {
        let all = |set: &word::WordSet, has: fn(&str) -> bool| {
            for word in set.words {
                assert!(has(word), "{word} of {}", set.name);
            }
        };
        all(&word::TEXTURE_FORMAT, |word| texture_format(word, TextureFormat::Rgba8Unorm).is_some());
        all(&word::TEXTURE_DIMENSION, |word| texture_dimension(word).is_some());
        all(&word::TEXTURE_VIEW_DIMENSION, |word| view_dimension(word).is_some());
        all(&word::TEXTURE_ASPECT, |word| aspect(word).is_some());
        all(&word::ADDRESS_MODE, |word| address_mode(word).is_some());
        all(&word::FILTER_MODE, |word| filter(word).is_some() && mipmap_filter(word).is_some());
        all(&word::COMPARE_FUNCTION, |word| compare(word).is_some());
        all(&word::BUFFER_BINDING_TYPE, |word| buffer_binding(word).is_some());
        all(&word::SAMPLER_BINDING_TYPE, |word| sampler_binding(word).is_some());
        all(&word::TEXTURE_SAMPLE_TYPE, |word| sample_type(word).is_some());
        all(&word::STORAGE_TEXTURE_ACCESS, |word| storage_access(word).is_some());
        all(&word::PRIMITIVE_TOPOLOGY, |word| topology(word).is_some());
        all(&word::FRONT_FACE, |word| front_face(word).is_some());
        all(&word::CULL_MODE, |word| cull_mode(word).is_some());
        all(&word::BLEND_FACTOR, |word| blend_factor(word).is_some());
        all(&word::BLEND_OPERATION, |word| blend_operation(word).is_some());
        all(&word::STENCIL_OPERATION, |word| stencil_operation(word).is_some());
        all(&word::INDEX_FORMAT, |word| index_format(word).is_some());
        all(&word::VERTEX_STEP_MODE, |word| step_mode(word).is_some());
        all(&word::VERTEX_FORMAT, |word| vertex_format(word).is_some());
        all(&word::QUERY_TYPE, |word| query_type(word).is_some());
    }
}
