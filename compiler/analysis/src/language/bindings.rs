//! Bind groups and layouts. Source: language reference, sections 9.12 to 9.14.

use super::kinds::*;
use super::slots::{Chosen, choices, shapes};
use pngine_format::word::{BufferBindingType, SamplerBindingType, StorageTextureAccess, TextureSampleType, TextureViewDimension};
use pngine_scene::{BufferId, LayoutId, PipelineId, SamplerId, TextureId, ViewId};

shapes! {
    /// What is bound of a resource.
    BoundPart {
        offset "offset": U32 = 0, "First byte of a buffer, a multiple of 256.";
        size "size": ByteSize = 0, "Bytes of a buffer; 0 is all the rest.";
        ping_pong "pingPong": Member = 0, "Which member of a pool, counted from the variant's number.";
    }
}

choices! {
    /// What a resource is.
    Bound {
        Buffer "buffer": Ref<BufferId>, "A buffer.";
        Texture "texture": Ref<TextureId>, "A texture, bound through its default view.";
        TextureView "textureView": Ref<ViewId>, "A texture view.";
        Sampler "sampler": Ref<SamplerId>, "A sampler.";
    }

    /// What a layout entry is for.
    LayoutKind {
        Buffer "buffer": BufferLayout, "It is a buffer.";
        Sampler "sampler": SamplerLayout, "It is a sampler.";
        Texture "texture": TextureLayout, "It is a texture.";
        StorageTexture "storageTexture": StorageLayout, "It is a storage texture.";
        ExternalTexture "externalTexture": ExternalTextureLayout, "It is an external texture: a `#video`.";
    }
}

shapes! {
    AutoLayout = "layout" {
        pipeline "pipeline": Ref<PipelineId>, required, "The pipeline.";
        index "index": GroupIndex = 0, "The group.";
    }

    Resource = "resource" {
        ..bound: Vec<Chosen<Bound>>;
        ..part: BoundPart;
    }

    Entry = "bind group entry" {
        binding "binding": U32 = 0, "The binding's number in WGSL.";
        resource "resource": OneOf<Resource, Ref<Bindable>>, "What is bound.";
        ..short: Vec<Chosen<Bound>>;
        ..part: BoundPart;
    }

    BindGroup = "#bindGroup" {
        layout "layout": OneOf<AutoLayout, AutoOr<OneOf<GroupIndex, Ref<LayoutId>>>> = Either::B(Auto::Auto),
            "A `#bindGroupLayout`, `{ pipeline=P index=I }`, or `auto` or a group index to follow the passes that use it.";
        entries "entries": List<Entry>, required, "The bindings.";
        pool "pool": PoolSize = 1, "How many variants to make for ping-pong.";
    }

    BufferLayout = "buffer layout" {
        ty "type": Enum<BufferBindingType> = BufferBindingType::Uniform, "What kind of buffer.";
        has_dynamic_offset "hasDynamicOffset": Bool = false, "Whether passes give an offset.";
        min_binding_size "minBindingSize": U32 = 0, "Least bytes bound.";
    }

    SamplerLayout = "sampler layout" {
        ty "type": Enum<SamplerBindingType> = SamplerBindingType::Filtering, "What kind of sampler.";
    }

    TextureLayout = "texture layout" {
        sample_type "sampleType": Enum<TextureSampleType> = TextureSampleType::Float, "What sampling gives.";
        view_dimension "viewDimension" | "dimension": Enum<TextureViewDimension> = TextureViewDimension::D2,
            "Dimension of the view.";
        multisampled "multisampled": Bool = false, "Whether it is multisampled.";
    }

    StorageLayout = "storage texture layout" {
        format "format": Format, required, "Texel format.";
        access "access": Enum<StorageTextureAccess> = StorageTextureAccess::WriteOnly, "What shaders may do.";
        view_dimension "viewDimension" | "dimension": Enum<TextureViewDimension> = TextureViewDimension::D2,
            "Dimension of the view.";
    }

    ExternalTextureLayout = "external texture layout" {}

    LayoutEntry = "layout entry" {
        binding "binding": U32, required, "The binding's number in WGSL.";
        visibility "visibility": Stages, required, "Which stages see it.";
        ..kind: Vec<Chosen<LayoutKind>>;
    }

    BindGroupLayout = "#bindGroupLayout" {
        entries "entries": List<LayoutEntry>, required, "The bindings.";
    }

    PipelineLayout = "#pipelineLayout" {
        bind_group_layouts "bindGroupLayouts": List<Ref<LayoutId>>, required, "Element i is the layout of group i.";
    }
}
