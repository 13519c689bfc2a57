//! WebGPU's words as wgpu's values. Every match is exhaustive: a word that is new has to be given a value here.

use pngine_format::webgpu::Format;
use pngine_format::word::{self, Word};
use wgpu::{AstcBlock, AstcChannel, Face};

/// Functions from a word to the value of wgpu's enum that has the same names.
macro_rules! same {
    ($( $name:ident: $ty:ident { $( $variant:ident )* } )*) => {$(
        #[doc = concat!("`GPU", stringify!($ty), "`; `None` for words of other enums.")]
        pub(crate) const fn $name(word: Word) -> Option<wgpu::$ty> {
            match word::$ty::of(word) {
                $( Some(word::$ty::$variant) => Some(wgpu::$ty::$variant), )*
                None => None,
            }
        }
    )*};
}

same! {
    texture_dimension: TextureDimension {
        D1 D2 D3
    }
    view_dimension: TextureViewDimension {
        D1 D2 D2Array Cube CubeArray D3
    }
    aspect: TextureAspect {
        All StencilOnly DepthOnly
    }
    address_mode: AddressMode {
        ClampToEdge Repeat MirrorRepeat
    }
    filter: FilterMode {
        Nearest Linear
    }
    compare: CompareFunction {
        Never Less Equal LessEqual Greater NotEqual GreaterEqual Always
    }
    sampler_binding: SamplerBindingType {
        Filtering NonFiltering Comparison
    }
    storage_access: StorageTextureAccess {
        WriteOnly ReadOnly ReadWrite
    }
    topology: PrimitiveTopology {
        PointList LineList LineStrip TriangleList TriangleStrip
    }
    front_face: FrontFace {
        Ccw Cw
    }
    blend_factor: BlendFactor {
        Zero One Src OneMinusSrc SrcAlpha OneMinusSrcAlpha Dst OneMinusDst DstAlpha OneMinusDstAlpha SrcAlphaSaturated
        Constant OneMinusConstant Src1 OneMinusSrc1 Src1Alpha OneMinusSrc1Alpha
    }
    blend_operation: BlendOperation {
        Add Subtract ReverseSubtract Min Max
    }
    stencil_operation: StencilOperation {
        Keep Zero Replace Invert IncrementClamp DecrementClamp IncrementWrap DecrementWrap
    }
    index_format: IndexFormat {
        Uint16 Uint32
    }
    step_mode: VertexStepMode {
        Vertex Instance
    }
    vertex_format: VertexFormat {
        Uint8 Uint8x2 Uint8x4 Sint8 Sint8x2 Sint8x4 Unorm8 Unorm8x2 Unorm8x4 Snorm8 Snorm8x2 Snorm8x4 Uint16 Uint16x2
        Uint16x4 Sint16 Sint16x2 Sint16x4 Unorm16 Unorm16x2 Unorm16x4 Snorm16 Snorm16x2 Snorm16x4 Float16 Float16x2
        Float16x4 Float32 Float32x2 Float32x3 Float32x4 Uint32 Uint32x2 Uint32x3 Uint32x4 Sint32 Sint32x2 Sint32x3
        Sint32x4 Unorm10_10_10_2 Unorm8x4Bgra
    }
    query_type: QueryType {
        Occlusion Timestamp
    }
}

/// `GPUMipmapFilterMode`; `None` for words of other enums.
pub(crate) const fn mipmap_filter(word: Word) -> Option<wgpu::MipmapFilterMode> {
    match word::FilterMode::of(word) {
        Some(word::FilterMode::Nearest) => Some(wgpu::MipmapFilterMode::Nearest),
        Some(word::FilterMode::Linear) => Some(wgpu::MipmapFilterMode::Linear),
        None => None,
    }
}

/// `GPUBufferBindingType`; `None` for words of other enums.
pub(crate) const fn buffer_binding(word: Word) -> Option<wgpu::BufferBindingType> {
    match word::BufferBindingType::of(word) {
        Some(word::BufferBindingType::Uniform) => Some(wgpu::BufferBindingType::Uniform),
        Some(word::BufferBindingType::Storage) => Some(wgpu::BufferBindingType::Storage { read_only: false }),
        Some(word::BufferBindingType::ReadOnlyStorage) => Some(wgpu::BufferBindingType::Storage { read_only: true }),
        None => None,
    }
}

/// `GPUTextureSampleType`; `None` for words of other enums.
pub(crate) const fn sample_type(word: Word) -> Option<wgpu::TextureSampleType> {
    match word::TextureSampleType::of(word) {
        Some(word::TextureSampleType::Float) => Some(wgpu::TextureSampleType::Float { filterable: true }),
        Some(word::TextureSampleType::UnfilterableFloat) => Some(wgpu::TextureSampleType::Float { filterable: false }),
        Some(word::TextureSampleType::Depth) => Some(wgpu::TextureSampleType::Depth),
        Some(word::TextureSampleType::Sint) => Some(wgpu::TextureSampleType::Sint),
        Some(word::TextureSampleType::Uint) => Some(wgpu::TextureSampleType::Uint),
        None => None,
    }
}

/// `GPUCullMode`; `None` for words of other enums, and in it the face, if one is culled.
pub(crate) const fn cull_mode(word: Word) -> Option<Option<Face>> {
    match word::CullMode::of(word) {
        Some(word::CullMode::None) => Some(None),
        Some(word::CullMode::Front) => Some(Some(Face::Front)),
        Some(word::CullMode::Back) => Some(Some(Face::Back)),
        None => None,
    }
}

/// `GPUTextureFormat`, where the word `preferredCanvasFormat` stands for the canvas' format; `None` for words of other enums.
pub(crate) fn texture_format(word: Word, canvas: wgpu::TextureFormat) -> Option<wgpu::TextureFormat> {
    Some(match Format::of(word)? {
        Format::Canvas => canvas,
        Format::Texture(format) => plain_texture_format(format),
    })
}

/// Formats that have the same names, and those of ASTC, which wgpu takes apart.
macro_rules! formats {
    ($( $variant:ident )* ; $( $astc:ident $astc_srgb:ident $block:ident )*) => {
        const fn plain_texture_format(format: word::TextureFormat) -> wgpu::TextureFormat {
            match format {
                $( word::TextureFormat::$variant => wgpu::TextureFormat::$variant, )*
                $( word::TextureFormat::$astc => astc(AstcBlock::$block, AstcChannel::Unorm), )*
                $( word::TextureFormat::$astc_srgb => astc(AstcBlock::$block, AstcChannel::UnormSrgb), )*
            }
        }
    };
}

const fn astc(block: AstcBlock, channel: AstcChannel) -> wgpu::TextureFormat {
    wgpu::TextureFormat::Astc { block, channel }
}

formats! {
    R8Unorm R8Snorm R8Uint R8Sint R16Unorm R16Snorm R16Uint R16Sint R16Float Rg8Unorm Rg8Snorm Rg8Uint Rg8Sint R32Uint
    R32Sint R32Float Rg16Unorm Rg16Snorm Rg16Uint Rg16Sint Rg16Float Rgba8Unorm Rgba8UnormSrgb Rgba8Snorm Rgba8Uint
    Rgba8Sint Bgra8Unorm Bgra8UnormSrgb Rgb9e5Ufloat Rgb10a2Uint Rgb10a2Unorm Rg11b10Ufloat Rg32Uint Rg32Sint Rg32Float
    Rgba16Unorm Rgba16Snorm Rgba16Uint Rgba16Sint Rgba16Float Rgba32Uint Rgba32Sint Rgba32Float Stencil8 Depth16Unorm
    Depth24Plus Depth24PlusStencil8 Depth32Float Depth32FloatStencil8 Bc1RgbaUnorm Bc1RgbaUnormSrgb Bc2RgbaUnorm
    Bc2RgbaUnormSrgb Bc3RgbaUnorm Bc3RgbaUnormSrgb Bc4RUnorm Bc4RSnorm Bc5RgUnorm Bc5RgSnorm Bc6hRgbUfloat Bc6hRgbFloat
    Bc7RgbaUnorm Bc7RgbaUnormSrgb Etc2Rgb8Unorm Etc2Rgb8UnormSrgb Etc2Rgb8A1Unorm Etc2Rgb8A1UnormSrgb Etc2Rgba8Unorm
    Etc2Rgba8UnormSrgb EacR11Unorm EacR11Snorm EacRg11Unorm EacRg11Snorm
    ;
    Astc4x4Unorm Astc4x4UnormSrgb B4x4
    Astc5x4Unorm Astc5x4UnormSrgb B5x4
    Astc5x5Unorm Astc5x5UnormSrgb B5x5
    Astc6x5Unorm Astc6x5UnormSrgb B6x5
    Astc6x6Unorm Astc6x6UnormSrgb B6x6
    Astc8x5Unorm Astc8x5UnormSrgb B8x5
    Astc8x6Unorm Astc8x6UnormSrgb B8x6
    Astc8x8Unorm Astc8x8UnormSrgb B8x8
    Astc10x5Unorm Astc10x5UnormSrgb B10x5
    Astc10x6Unorm Astc10x6UnormSrgb B10x6
    Astc10x8Unorm Astc10x8UnormSrgb B10x8
    Astc10x10Unorm Astc10x10UnormSrgb B10x10
    Astc12x10Unorm Astc12x10UnormSrgb B12x10
    Astc12x12Unorm Astc12x12UnormSrgb B12x12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read_by_their_names_and_no_other_words_are() {
        let canvas = wgpu::TextureFormat::Bgra8Unorm;
        let read = |text: &str| texture_format(Word::find(text).unwrap(), canvas);
        assert_eq!(read("rgba8unorm-srgb"), Some(wgpu::TextureFormat::Rgba8UnormSrgb));
        assert_eq!(read("astc-12x10-unorm-srgb"), Some(astc(AstcBlock::B12x10, AstcChannel::UnormSrgb)));
        assert_eq!((read("preferredCanvasFormat"), read("float32x3"), read("auto")), (Some(canvas), None, None));
        assert_eq!((cull_mode(Word::of("none")), cull_mode(Word::of("ccw"))), (Some(None), None));
    }
}
