//! Buffers, textures, samplers and media. Source: language reference, sections 9.6 to 9.11, 9.22 and 9.23.

use super::data::Url;
use super::kinds::*;
use super::slots::{Chosen, choices, shapes};
use pngine_format::word::{
    AddressMode, CompareFunction, FilterMode, QueryType, TextureAspect, TextureDimension, TextureViewDimension,
};
use pngine_scene::{DataId, Extent, TextureId};

shapes! {
    /// What all views have.
    ViewOf {
        texture "texture": Ref<TextureId>, required, "The texture.";
        format "format": Format, or "the texture's", "Format of the view.";
        dimension "dimension": Enum<TextureViewDimension>, "Dimension of the view.";
        aspect "aspect": Enum<TextureAspect> = TextureAspect::All, "Which aspect.";
    }
}

choices! {
    /// Where a video is.
    VideoSource {
        File "file": Path, "Path of the video: WebM or MP4, told by its content.";
        Url "url": Path, "The same as `file`.";
    }
}

shapes! {
    Buffer = "#buffer" {
        size "size": ByteSize, required, "Size in bytes.";
        usage "usage": BufferUsages, required, "What it is used for.";
        mapped_at_creation "mappedAtCreation": Ref<DataId>, "Initial contents, also of every pool member.";
        pool "pool": PoolSize = 1, "How many equal buffers to make for ping-pong.";
    }

    Texture = "#texture" {
        size "size": Only<List<Texels>>, "Width, height and depth or layers.";
        width "width": Texels, "Width in texels.";
        height "height": Texels = Extent::Fixed(1), "Height in texels.";
        format "format": Format, required, "Texel format.";
        usage "usage": TextureUsages, required, "What it is used for.";
        sample_count "sampleCount": Uint<1, 4> = 1, "Samples per texel: 1 or 4.";
        dimension "dimension": Enum<TextureDimension> = TextureDimension::D2, "Whether it has one, two or three dimensions.";
        mip_level_count "mipLevelCount": Uint<1, 32> = 1, "How many mip levels.";
        view_formats "viewFormats": List<Format>, "Other formats that views may have.";
        texture_binding_view_dimension "textureBindingViewDimension": Enum<TextureViewDimension>,
            "How bind groups view it on devices in compatibility mode, which allow one way only.";
        pool "pool": PoolSize = 1, "How many equal textures to make for ping-pong.";
    }

    TextureView = "#textureView" {
        ..of: ViewOf;
        usage "usage": TextureUsages, or "the texture's", "Usage of the view.";
        base_mip_level "baseMipLevel": U32 = 0, "First mip level.";
        mip_level_count "mipLevelCount": U32, or "all the rest", "How many mip levels.";
        base_array_layer "baseArrayLayer": U32 = 0, "First layer.";
        array_layer_count "arrayLayerCount": U32, or "all the rest", "How many layers.";
    }

    InlineView = "view" {
        ..of: ViewOf;
        base_mip_level "baseMipLevel": U32 = 0, "The mip level.";
        mip_level_count "mipLevelCount": U32 = 1, "How many mip levels.";
        base_array_layer "baseArrayLayer": U32 = 0, "The layer.";
        array_layer_count "arrayLayerCount": U32 = 1, "How many layers.";
        ping_pong "pingPong": Member = 0, "Which member of a pool, counted from the frame counter.";
    }

    Sampler = "#sampler" {
        mag_filter "magFilter": Enum<FilterMode> = FilterMode::Linear, "Filter for magnification. WebGPU's own default is nearest.";
        min_filter "minFilter": Enum<FilterMode> = FilterMode::Linear, "Filter for minification. WebGPU's own default is nearest.";
        mipmap_filter "mipmapFilter": Enum<FilterMode> = FilterMode::Nearest, "Filter between mip levels.";
        address_mode_u "addressModeU" old "addressMode": Enum<AddressMode> = AddressMode::ClampToEdge, "Address mode in u.";
        address_mode_v "addressModeV": Enum<AddressMode>, or "as in u", "Address mode in v.";
        address_mode_w "addressModeW": Enum<AddressMode>, or "as in u", "Address mode in w.";
        lod_min_clamp "lodMinClamp": Float = 0.0, "Smallest level of detail.";
        lod_max_clamp "lodMaxClamp": Float = 32.0, "Largest level of detail.";
        compare "compare": Enum<CompareFunction>, "Makes it a comparison sampler.";
        max_anisotropy "maxAnisotropy": Uint<1, 16> = 1, "Anisotropy; above 1 all three filters must be linear.";
    }

    ImageBitmap = "#imageBitmap" {
        image "image": Ref<DataId>, required, "The encoded image: PNG, JPEG or WebP, told by its content.";
    }

    Video = "#video" {
        ..files: Vec<Chosen<VideoSource>>;
        mime "mime" old "mimeType": Str, "Descriptive: what the video is, its content says.";
        repeats "loop": Bool = true, "Play again and again.";
        autoplay "autoplay": Bool = true, "Start by itself; browsers do so only with `muted=true`.";
        muted "muted": Bool = true, "Without sound.";
        playback_rate "playbackRate": Float = 1.0, "Speed, 0.0625 to 16.";
    }

    WasmCall = "#wasmCall" {
        module "module": Url, required, "The WebAssembly module; the same file is the same instance, for all who name it.";
        func "func": Name, required, "The export to call.";
        args "args": List<Argument> = Vec::new(), "Arguments, 16 at most, converted to the types of the parameters.";
        returns "returns": Name, required,
            "What the result, an offset into the module's memory, points to: `f32`, `vec3`, `mat4x4`, `\"array<vec4f, 100>\"`, or `void` for a call that only does something; matrices are packed.";
    }

    QuerySet = "#querySet" {
        ty "type": Enum<QueryType> = QueryType::Occlusion, "What it counts.";
        count "count": Uint<1, 4096> = 1, "How many queries.";
    }
}

/// A texture, a view that is written where it is used, or `contextCurrentTexture`.
pub type AnyView = OneOf<InlineView, ViewRef>;
