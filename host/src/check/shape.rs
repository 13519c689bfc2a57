//! Which values each field of a descriptor may hold, and which fields each dictionary must have.
//!
//! Source: the dictionaries of the WebGPU specification, with the differences that `docs/format.md` lists.

use pngine_format::descriptor::{Field, Type, Value};
use pngine_format::op::{Kind, Op};
use pngine_format::word;

/// A kind of value that a field may hold.
#[derive(Clone, Copy)]
enum Shape {
    Uint,
    /// Any number.
    Number,
    Bool,
    /// A word of one of these enums; with none, any word.
    Word(&'static [&'static word::WordSet]),
    Text,
    Object,
    Record,
    Bytes,
    /// Numbers, one after another.
    Numbers,
    Canvas,
    CanvasNumber,
    Ref(Kind),
    /// A sequence of any of these.
    Array(&'static [Shape]),
}

use Shape::{Array, Bool, Bytes, Canvas, CanvasNumber, Number, Numbers, Object, Record, Ref, Text, Uint, Word};

/// What `field` may hold. `null` may always stand for a member that is left out.
fn shapes(field: Field) -> &'static [Shape] {
    match field {
        // A texture's extents, or those of a region.
        Field::Width | Field::Height => &[Uint, Canvas, Number, CanvasNumber],
        // Workgroups, or the corner of a region.
        Field::X | Field::Y | Field::Z => &[Uint, Canvas, Number, CanvasNumber],
        Field::MinDepth | Field::MaxDepth | Field::PlaybackRate => &[Number],
        Field::RequiredFeatures | Field::OptionalFeatures => &[Array(&[Text])],
        Field::RequiredLimits => &[Record],
        Field::AlphaMode => &[Word(&[&word::CANVAS_ALPHA_MODE])],
        Field::ColorSpace => &[Word(&[&word::COLOR_SPACE])],
        Field::ToneMapping => &[Word(&[&word::TONE_MAPPING])],
        Field::Mime | Field::Name => &[Text],
        Field::Scenes | Field::Blocks | Field::Uniforms => &[Array(&[Object])],
        Field::Depth
        | Field::Usage
        | Field::MipLevelCount
        | Field::SampleCount
        | Field::MaxAnisotropy
        | Field::Binding
        | Field::Offset
        | Field::Size
        | Field::Visibility
        | Field::MinBindingSize
        | Field::Index
        | Field::ArrayStride
        | Field::ShaderLocation
        | Field::WriteMask
        | Field::StencilReadMask
        | Field::StencilWriteMask
        | Field::Count
        | Field::Mask
        | Field::DepthSlice
        | Field::StencilClearValue
        | Field::BeginningOfPassWriteIndex
        | Field::EndOfPassWriteIndex
        | Field::BaseMipLevel
        | Field::BaseArrayLayer
        | Field::ArrayLayerCount
        | Field::BytesPerRow
        | Field::RowsPerImage
        | Field::Duration
        | Field::EndBehavior
        | Field::Start
        | Field::End
        | Field::Frame
        | Field::Columns
        | Field::Rows
        | Field::Input
        | Field::MipLevel => &[Uint],
        Field::LodMinClamp
        | Field::LodMaxClamp
        | Field::DepthBias
        | Field::DepthBiasSlopeScale
        | Field::DepthBiasClamp
        | Field::DepthClearValue => &[Number],
        Field::HasDynamicOffset
        | Field::Multisampled
        | Field::UnclippedDepth
        | Field::DepthWriteEnabled
        | Field::AlphaToCoverageEnabled
        | Field::DepthReadOnly
        | Field::StencilReadOnly
        | Field::FlipY
        | Field::Loop
        | Field::Autoplay
        | Field::Muted
        | Field::PremultipliedAlpha => &[Bool],
        // A texture's or a vertex attribute's; the checks of textures and pipelines know which.
        Field::Format => &[Word(&[])],
        Field::Dimension => &[Word(&[&word::TEXTURE_DIMENSION, &word::TEXTURE_VIEW_DIMENSION])],
        Field::ViewDimension | Field::TextureBindingViewDimension => &[Word(&[&word::TEXTURE_VIEW_DIMENSION])],
        Field::MagFilter | Field::MinFilter | Field::MipmapFilter => &[Word(&[&word::FILTER_MODE])],
        Field::AddressModeU | Field::AddressModeV | Field::AddressModeW => &[Word(&[&word::ADDRESS_MODE])],
        Field::Compare | Field::DepthCompare => &[Word(&[&word::COMPARE_FUNCTION])],
        Field::Type => {
            &[Word(&[&word::BUFFER_BINDING_TYPE, &word::SAMPLER_BINDING_TYPE, &word::QUERY_TYPE, &word::VERTEX_FORMAT])]
        }
        Field::SampleType => &[Word(&[&word::TEXTURE_SAMPLE_TYPE])],
        Field::Access => &[Word(&[&word::STORAGE_TEXTURE_ACCESS])],
        Field::StepMode => &[Word(&[&word::VERTEX_STEP_MODE])],
        Field::SrcFactor | Field::DstFactor => &[Word(&[&word::BLEND_FACTOR])],
        Field::Operation => &[Word(&[&word::BLEND_OPERATION])],
        Field::Topology => &[Word(&[&word::PRIMITIVE_TOPOLOGY])],
        Field::StripIndexFormat => &[Word(&[&word::INDEX_FORMAT])],
        Field::FrontFace => &[Word(&[&word::FRONT_FACE])],
        Field::CullMode => &[Word(&[&word::CULL_MODE])],
        Field::FailOp | Field::DepthFailOp | Field::PassOp => &[Word(&[&word::STENCIL_OPERATION])],
        Field::LoadOp | Field::DepthLoadOp | Field::StencilLoadOp => &[Word(&[&word::LOAD_OP])],
        Field::StoreOp | Field::DepthStoreOp | Field::StencilStoreOp => &[Word(&[&word::STORE_OP])],
        Field::Aspect => &[Word(&[&word::TEXTURE_ASPECT])],
        Field::DepthStencilFormat => &[Word(&[])],
        Field::EntryPoint | Field::Swizzle => &[Text],
        Field::Constants => &[Record],
        Field::Commands => &[Bytes],
        Field::ClearValue => &[Numbers],
        Field::Vertex
        | Field::Fragment
        | Field::Compute
        | Field::Blend
        | Field::Color
        | Field::Alpha
        | Field::Primitive
        | Field::DepthStencil
        | Field::StencilFront
        | Field::StencilBack
        | Field::Multisample
        | Field::DepthStencilAttachment
        | Field::TimestampWrites
        | Field::StorageTexture
        | Field::ExternalTexture
        | Field::Destination => &[Object],
        // One side of a copy, and in it what an image or a video is copied from.
        Field::Source => &[Object, Ref(Kind::Image), Ref(Kind::Video)],
        // In a bind group the thing itself, in a layout what it must be like.
        Field::Buffer => &[Ref(Kind::Buffer), Object],
        Field::Sampler => &[Object],
        Field::Texture => &[Ref(Kind::Texture), Object],
        Field::Resource => {
            &[Object, Ref(Kind::Sampler), Ref(Kind::TextureView), Ref(Kind::DefaultView), Ref(Kind::Buffer), Ref(Kind::Video)]
        }
        // A stage's, or the name of one in the table of uniforms.
        Field::Module => &[Ref(Kind::Shader), Text],
        Field::Layout => &[Ref(Kind::PipelineLayout)],
        Field::Pipeline => &[Ref(Kind::Pipeline)],
        Field::View | Field::ResolveTarget => &[Ref(Kind::TextureView), Ref(Kind::DefaultView)],
        Field::QuerySet | Field::OcclusionQuerySet => &[Ref(Kind::QuerySet)],
        Field::Entries | Field::Buffers | Field::Attributes | Field::Targets | Field::ColorAttachments => &[Array(&[Object])],
        Field::BindGroupLayouts => &[Array(&[Ref(Kind::BindGroupLayout)])],
        Field::ViewFormats | Field::ColorFormats => &[Array(&[Word(&[])])],
        Field::CopySize | Field::Origin => &[Array(&[Uint, Canvas])],
    }
}

/// Whether `value` is of this shape, itself; what is inside an object is looked at elsewhere.
fn fits(shape: Shape, value: &Value) -> bool {
    match (shape, value) {
        (Uint, Value::Uint(_))
        | (Number, Value::Uint(_) | Value::Int(_) | Value::F32(_) | Value::F64(_))
        | (Bool, Value::Bool(_))
        | (Text, Value::Str(_))
        | (Object, Value::Object(_))
        | (Record, Value::Record(_))
        | (Bytes, Value::Bytes(_))
        | (Numbers, Value::F32Array(_))
        | (Canvas, Value::Canvas(_))
        | (CanvasNumber, Value::CanvasNumber(_)) => true,
        (Word(sets), Value::Word(word)) => sets.is_empty() || sets.iter().any(|set| set.words.contains(&word.text())),
        (Ref(kind), Value::Ref(found, _)) => kind == *found,
        (Array(of), Value::Array(elements)) => {
            elements.iter().all(|element| *element == Value::Null || of.iter().any(|shape| fits(*shape, element)))
        }
        // Numbers may also come as a sequence of values of their own.
        (Numbers, Value::Array(elements)) => elements.iter().all(|element| fits(Number, element)),
        _ => false,
    }
}

/// The descriptor type that a command's descriptor must have, if it has one.
pub(super) fn descriptor_type(op: Op) -> Option<Type> {
    Some(match op {
        Op::CreateTexture => Type::Texture,
        Op::CreateSampler => Type::Sampler,
        Op::CreateRenderPipe => Type::RenderPipeline,
        Op::CreateComputePipe => Type::ComputePipeline,
        Op::CreateBindGroup => Type::BindGroup,
        Op::CreateTextureView => Type::TextureView,
        Op::CreateQuerySet => Type::QuerySet,
        Op::CreateBindGroupLayout => Type::BindGroupLayout,
        Op::CreatePipelineLayout => Type::PipelineLayout,
        Op::CreateRenderBundle => Type::RenderBundle,
        Op::CreateBufferDesc => Type::Buffer,
        Op::BeginRenderPassDesc => Type::RenderPass,
        Op::BeginComputePassDesc => Type::ComputePass,
        Op::DispatchDesc | Op::SetViewportDesc | Op::SetScissorRectDesc => Type::Region,
        Op::LoadVideo => Type::Video,
        Op::CopyBufferToTexture | Op::CopyTextureToBuffer | Op::CopyTextureRegion | Op::WriteTexture | Op::CopyExternalImage => {
            Type::Copy
        }
        Op::CreateBuffer
        | Op::CreateShader
        | Op::BeginRenderPass
        | Op::BeginComputePass
        | Op::SetPipeline
        | Op::SetBindGroup
        | Op::SetVertexBuffer
        | Op::Draw
        | Op::DrawIndexed
        | Op::EndPass
        | Op::Dispatch
        | Op::SetIndexBuffer
        | Op::ExecuteBundles
        | Op::DrawIndirect
        | Op::DrawIndexedIndirect
        | Op::DispatchIndirect
        | Op::WriteBuffer
        | Op::CopyBuffer
        | Op::CopyTexture
        | Op::ClearBuffer
        | Op::ResolveQuerySet
        | Op::InitWasmModule
        | Op::CallWasmFunc
        | Op::WriteFromWasm
        | Op::LoadImage
        | Op::BindVideoFrame
        | Op::SetScene
        | Op::SetViewport
        | Op::SetScissorRect
        | Op::SetBlendConstant
        | Op::SetStencilReference
        | Op::BeginOcclusionQuery
        | Op::EndOcclusionQuery
        | Op::SetBindGroupOffsets
        | Op::SetVertexBufferRange
        | Op::SetIndexBufferRange
        | Op::PushDebugGroup
        | Op::PopDebugGroup
        | Op::InsertDebugMarker
        | Op::Submit
        | Op::End => return None,
    })
}

/// Checks every field of a descriptor, however deep, and that what its type requires is there.
///
/// # Errors
/// What is wrong, as a phrase.
pub(super) fn check(ty: Type, value: &Value) -> Result<(), String> {
    fields(value)?;
    let need = |value: &Value, wanted: &[Field]| match wanted.iter().find(|field| is_absent(value, **field)) {
        Some(field) => Err(format!("the {} descriptor has no `{}`", ty.name(), field.name())),
        None => Ok(()),
    };
    let need_in = |outer: &Value, member: Field, wanted: &[Field]| match outer.get(member) {
        Some(Value::Object(_)) => outer.get(member).map_or(Ok(()), |inner| need(inner, wanted)),
        _ => Ok(()),
    };
    let need_in_each = |outer: &Value, list: Field, wanted: &[Field]| {
        let elements = outer.get(list).map_or(&[][..], Value::elements);
        elements.iter().filter(|element| **element != Value::Null).try_for_each(|element| need(element, wanted))
    };
    match ty {
        // What a texture lacks is E006: see the check of textures.
        Type::Texture | Type::Sampler | Type::ComputePass => Ok(()),
        Type::BindGroup => {
            need(value, &[Field::Entries])?;
            need_in_each(value, Field::Entries, &[Field::Binding, Field::Resource])?;
            value
                .get(Field::Entries)
                .map_or(&[][..], Value::elements)
                .iter()
                .try_for_each(|entry| need_in(entry, Field::Resource, &[Field::Buffer]))
        }
        Type::BindGroupLayout if is_absent(value, Field::Pipeline) => {
            need(value, &[Field::Entries])?;
            need_in_each(value, Field::Entries, &[Field::Binding, Field::Visibility])
        }
        // The index of a pipeline's layout is 0 where it is left out.
        Type::BindGroupLayout => Ok(()),
        Type::RenderPipeline => {
            need(value, &[Field::Vertex])?;
            need_in(value, Field::Vertex, &[Field::Module])?;
            need_in(value, Field::Fragment, &[Field::Module, Field::Targets])?;
            need_in(value, Field::DepthStencil, &[Field::Format])?;
            if let Some(vertex) = value.get(Field::Vertex) {
                need_in_each(vertex, Field::Buffers, &[Field::ArrayStride, Field::Attributes])?;
                for buffer in vertex.get(Field::Buffers).map_or(&[][..], Value::elements) {
                    need_in_each(buffer, Field::Attributes, &[Field::Format, Field::Offset, Field::ShaderLocation])?;
                }
            }
            value.get(Field::Fragment).map_or(Ok(()), |fragment| need_in_each(fragment, Field::Targets, &[Field::Format]))
        }
        Type::ComputePipeline => {
            need(value, &[Field::Compute])?;
            need_in(value, Field::Compute, &[Field::Module])
        }
        Type::RenderPass => {
            need(value, &[Field::ColorAttachments])?;
            need_in_each(value, Field::ColorAttachments, &[Field::View, Field::LoadOp, Field::StoreOp])?;
            need_in(value, Field::DepthStencilAttachment, &[Field::View])?;
            need_in(value, Field::TimestampWrites, &[Field::QuerySet])
        }
        Type::PipelineLayout => need(value, &[Field::BindGroupLayouts]),
        Type::TextureView => need(value, &[Field::Texture]),
        Type::QuerySet => need(value, &[Field::Type, Field::Count]),
        Type::RenderBundle => need(value, &[Field::ColorFormats, Field::Commands]),
        Type::Buffer => need(value, &[Field::Size, Field::Usage]),
        Type::Copy => need(value, &[Field::Destination, Field::CopySize]),
        Type::Region | Type::Device | Type::Canvas | Type::Video | Type::Animation | Type::Uniforms => Ok(()),
    }
}

fn is_absent(value: &Value, field: Field) -> bool {
    matches!(value.get(field), None | Some(Value::Null))
}

/// Descriptors nest at most [`pngine_format::descriptor::MAX_DEPTH`] deep, and so does this.
fn fields(value: &Value) -> Result<(), String> {
    match value {
        Value::Object(members) => members.iter().try_for_each(|(field, member)| {
            if *member != Value::Null && !shapes(*field).iter().any(|shape| fits(*shape, member)) {
                return Err(format!("`{}` cannot be {}", field.name(), kind_of(member)));
            }
            fields(member)
        }),
        Value::Array(elements) => elements.iter().try_for_each(fields),
        _ => Ok(()),
    }
}

/// What a value is, in a few words: it may be very long itself.
fn kind_of(value: &Value) -> String {
    match value {
        Value::Bool(_) | Value::Uint(_) | Value::Int(_) | Value::F32(_) | Value::F64(_) => value.text(),
        Value::Word(word) => format!("`{}`", word.text()),
        Value::Ref(kind, id) => format!("the {} {id}", kind.name()),
        Value::Str(_) => "a text".to_owned(),
        Value::Object(_) => "a dictionary".to_owned(),
        Value::Array(_) => "this sequence".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Canvas(_) | Value::CanvasNumber(_) => "an extent of the canvas".to_owned(),
        Value::Record(_) => "a record".to_owned(),
        Value::Bytes(_) => "bytes".to_owned(),
        Value::F32Array(_) => "singles".to_owned(),
    }
}

/// Bytes of a vertex attribute of this format: `float32x3` has 12. `None` for other words.
pub(super) fn vertex_format_size(format: &str) -> Option<u64> {
    if !word::VERTEX_FORMAT.words.contains(&format) {
        return None;
    }
    if matches!(format, "unorm10-10-10-2" | "unorm8x4-bgra") {
        return Some(4);
    }
    let (scalar, count) = format.split_once('x').unwrap_or((format, "1"));
    let bits: u64 = scalar.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
    Some(bits / 8 * count.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vertex_format_has_a_size() {
        let sizes: Vec<_> =
            ["uint8", "unorm8x4", "float16x2", "float32", "float32x3", "sint32x4", "unorm10-10-10-2", "rgba8unorm"]
                .map(vertex_format_size)
                .to_vec();
        assert_eq!(sizes, [Some(1), Some(4), Some(4), Some(4), Some(12), Some(16), Some(4), None]);
        for format in word::VERTEX_FORMAT.words {
            assert!(vertex_format_size(format).is_some(), "{format}");
        }
    }
}
