//! Reads the members of decoded descriptors, and the plain structures that need no resources.

use crate::words;
use pngine_format::descriptor::{Field, Value};
use pngine_format::op::{self, COLOR_WRITES, Kind, SHADER_STAGES};
use pngine_format::word::Word;
use std::num::NonZeroU64;
use wgpu::TextureFormat;

/// Why a command cannot be executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// This host lacks what the command needs.
    Unsupported(String),
    /// The command is wrong.
    Invalid(String),
    /// It needs something whose creation failed before; that was reported then.
    Broken,
}

pub(crate) type Made<T> = Result<T, Refusal>;

/// A dictionary of a descriptor.
#[derive(Clone, Copy)]
pub(crate) struct Dict<'a> {
    value: &'a Value,
    canvas: TextureFormat,
}

impl<'a> Dict<'a> {
    /// `canvas` is the format of the canvas.
    pub(crate) const fn new(value: &'a Value, canvas: TextureFormat) -> Self {
        Self { value, canvas }
    }

    /// The whole dictionary.
    pub(crate) const fn value(self) -> &'a Value {
        self.value
    }

    /// A member that is there and not null.
    pub(crate) fn get(self, field: Field) -> Option<&'a Value> {
        self.value.get(field).filter(|value| **value != Value::Null)
    }

    pub(crate) fn uint(self, field: Field) -> Option<u32> {
        match self.get(field) {
            Some(Value::Uint(n)) => Some(*n),
            _ => None,
        }
    }

    pub(crate) fn uint_or(self, field: Field, default: u32) -> u32 {
        self.uint(field).unwrap_or(default)
    }

    pub(crate) fn number(self, field: Field) -> Option<f64> {
        self.get(field).and_then(number)
    }

    /// A single. The numbers of descriptors are singles where WebGPU has singles, so nothing is lost.
    pub(crate) fn single_or(self, field: Field, default: f32) -> f32 {
        self.number(field).map_or(default, |x| x as f32)
    }

    pub(crate) fn flag(self, field: Field) -> bool {
        self.get(field) == Some(&Value::Bool(true))
    }

    pub(crate) fn text(self, field: Field) -> Option<&'a str> {
        match self.get(field) {
            Some(Value::Str(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn dict(self, field: Field) -> Option<Self> {
        match self.get(field) {
            Some(value @ Value::Object(_)) => Some(Self { value, canvas: self.canvas }),
            _ => None,
        }
    }

    /// The dictionaries of a sequence; `None` for its holes.
    pub(crate) fn dicts(self, field: Field) -> impl Iterator<Item = Option<Self>> {
        let elements = self.get(field).map_or(&[][..], Value::elements);
        elements.iter().map(move |value| (*value != Value::Null).then_some(Self { value, canvas: self.canvas }))
    }

    pub(crate) fn reference(self, field: Field) -> Option<(Kind, u16)> {
        match self.get(field) {
            Some(Value::Ref(kind, id)) => Some((*kind, *id)),
            _ => None,
        }
    }

    /// An enum's value, or `default` where the member is left out.
    pub(crate) fn word<T>(self, field: Field, default: T, read: impl FnOnce(Word) -> Option<T>) -> Made<T> {
        match self.get(field) {
            Some(Value::Word(word)) => {
                read(*word).ok_or_else(|| Refusal::Invalid(format!("`{}` is not a value of `{}`", word.text(), field.name())))
            }
            _ => Ok(default),
        }
    }

    pub(crate) fn optional_word<T>(self, field: Field, read: impl FnOnce(Word) -> Option<T>) -> Made<Option<T>> {
        self.word(field, None, |word| read(word).map(Some))
    }

    pub(crate) fn format(self, field: Field) -> Made<Option<TextureFormat>> {
        self.optional_word(field, |word| words::texture_format(word, self.canvas))
    }

    pub(crate) fn required_format(self, field: Field) -> Made<TextureFormat> {
        self.format(field)?.ok_or_else(|| Refusal::Invalid(format!("`{}` is missing", field.name())))
    }

    /// The formats of a sequence; `None` for its holes.
    pub(crate) fn formats(self, field: Field) -> Made<Vec<Option<TextureFormat>>> {
        let elements = self.get(field).map_or(&[][..], Value::elements);
        let format = |value: &Value| match value {
            Value::Word(word) => match words::texture_format(*word, self.canvas) {
                Some(format) => Ok(Some(format)),
                None => Err(Refusal::Invalid(format!("`{}` is not a texture format", word.text()))),
            },
            _ => Ok(None),
        };
        elements.iter().map(format).collect()
    }

    /// A sequence of numbers.
    pub(crate) fn numbers(self, field: Field) -> Vec<f64> {
        match self.get(field) {
            Some(Value::F32Array(numbers)) => numbers.iter().map(|x| f64::from(*x)).collect(),
            Some(Value::Array(elements)) => elements.iter().filter_map(number).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn record(self, field: Field) -> Vec<(&'a str, f64)> {
        match self.get(field) {
            Some(Value::Record(pairs)) => pairs.iter().map(|(key, number)| (key.as_str(), *number)).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn size(self, field: Field) -> Made<Option<NonZeroU64>> {
        match self.uint(field) {
            None => Ok(None),
            Some(size) => match NonZeroU64::new(u64::from(size)) {
                None => Err(Refusal::Invalid(format!("`{}` is 0", field.name()))),
                size => Ok(size),
            },
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Uint(n) => Some(f64::from(*n)),
        Value::Int(n) => Some(f64::from(*n)),
        Value::F32(x) => Some(f64::from(*x)),
        Value::F64(x) => Some(*x),
        _ => None,
    }
}

/// Flags of WebGPU as wgpu's, which have the same bits; wgpu has more, which a scene cannot ask for.
fn flags<T>(bits: u32, known: &[(&str, u32)], from_bits: impl FnOnce(u32) -> Option<T>) -> Made<T> {
    let all = known.iter().fold(0, |all, (_, bit)| all | bit);
    let value = if bits & !all == 0 { from_bits(bits) } else { None };
    value.ok_or_else(|| Refusal::Invalid(format!("{bits:#x} holds unknown flags")))
}

/// `GPUTextureUsageFlags`.
pub(crate) fn texture_usage(bits: u32) -> Made<wgpu::TextureUsages> {
    flags(bits, op::texture_usage::FLAGS, wgpu::TextureUsages::from_bits)
}

/// `GPUBufferUsageFlags`.
pub(crate) fn buffer_usage(bits: u32) -> Made<wgpu::BufferUsages> {
    flags(bits, op::buffer_usage::FLAGS, wgpu::BufferUsages::from_bits)
}

/// `GPUSamplerDescriptor`.
pub(crate) fn sampler(dict: Dict<'_>) -> Made<wgpu::SamplerDescriptor<'static>> {
    let clamp = wgpu::AddressMode::ClampToEdge;
    Ok(wgpu::SamplerDescriptor {
        label: None,
        address_mode_u: dict.word(Field::AddressModeU, clamp, words::address_mode)?,
        address_mode_v: dict.word(Field::AddressModeV, clamp, words::address_mode)?,
        address_mode_w: dict.word(Field::AddressModeW, clamp, words::address_mode)?,
        mag_filter: dict.word(Field::MagFilter, wgpu::FilterMode::Nearest, words::filter)?,
        min_filter: dict.word(Field::MinFilter, wgpu::FilterMode::Nearest, words::filter)?,
        mipmap_filter: dict.word(Field::MipmapFilter, wgpu::MipmapFilterMode::Nearest, words::mipmap_filter)?,
        lod_min_clamp: dict.single_or(Field::LodMinClamp, 0.0),
        lod_max_clamp: dict.single_or(Field::LodMaxClamp, 32.0),
        compare: dict.optional_word(Field::Compare, words::compare)?,
        // Values above 16 are clamped by WebGPU anyway.
        anisotropy_clamp: u16::try_from(dict.uint_or(Field::MaxAnisotropy, 1)).unwrap_or(u16::MAX),
        border_color: None,
    })
}

/// `GPUTextureViewDescriptor`, without its texture.
pub(crate) fn texture_view(dict: Dict<'_>) -> Made<wgpu::TextureViewDescriptor<'static>> {
    if let Some(swizzle) = dict.text(Field::Swizzle)
        && swizzle != "rgba"
    {
        return Err(Refusal::Unsupported("a swizzle of texture components".to_owned()));
    }
    Ok(wgpu::TextureViewDescriptor {
        label: None,
        format: dict.format(Field::Format)?,
        dimension: dict.optional_word(Field::Dimension, words::view_dimension)?,
        usage: match dict.uint_or(Field::Usage, 0) {
            0 => None,
            bits => Some(texture_usage(bits)?),
        },
        aspect: dict.word(Field::Aspect, wgpu::TextureAspect::All, words::aspect)?,
        base_mip_level: dict.uint_or(Field::BaseMipLevel, 0),
        mip_level_count: dict.uint(Field::MipLevelCount),
        base_array_layer: dict.uint_or(Field::BaseArrayLayer, 0),
        array_layer_count: dict.uint(Field::ArrayLayerCount),
    })
}

/// An entry of `GPUBindGroupLayoutDescriptor`.
pub(crate) fn layout_entry(entry: Dict<'_>) -> Made<wgpu::BindGroupLayoutEntry> {
    let view = |dict: Dict<'_>| dict.word(Field::ViewDimension, wgpu::TextureViewDimension::D2, words::view_dimension);
    let ty = if let Some(buffer) = entry.dict(Field::Buffer) {
        wgpu::BindingType::Buffer {
            ty: buffer.word(Field::Type, wgpu::BufferBindingType::Uniform, words::buffer_binding)?,
            has_dynamic_offset: buffer.flag(Field::HasDynamicOffset),
            min_binding_size: NonZeroU64::new(u64::from(buffer.uint_or(Field::MinBindingSize, 0))),
        }
    } else if let Some(sampler) = entry.dict(Field::Sampler) {
        let filtering = wgpu::SamplerBindingType::Filtering;
        wgpu::BindingType::Sampler(sampler.word(Field::Type, filtering, words::sampler_binding)?)
    } else if let Some(texture) = entry.dict(Field::Texture) {
        let float = wgpu::TextureSampleType::Float { filterable: true };
        wgpu::BindingType::Texture {
            sample_type: texture.word(Field::SampleType, float, words::sample_type)?,
            view_dimension: view(texture)?,
            multisampled: texture.flag(Field::Multisampled),
        }
    } else if let Some(texture) = entry.dict(Field::StorageTexture) {
        wgpu::BindingType::StorageTexture {
            access: texture.word(Field::Access, wgpu::StorageTextureAccess::WriteOnly, words::storage_access)?,
            format: texture.required_format(Field::Format)?,
            view_dimension: view(texture)?,
        }
    } else if entry.get(Field::ExternalTexture).is_some() {
        return Err(Refusal::Unsupported("an external texture".to_owned()));
    } else {
        return Err(Refusal::Invalid("an entry says nothing of what is bound".to_owned()));
    };
    Ok(wgpu::BindGroupLayoutEntry {
        binding: entry.uint_or(Field::Binding, 0),
        visibility: flags(entry.uint_or(Field::Visibility, 0), SHADER_STAGES, wgpu::ShaderStages::from_bits)?,
        ty,
        count: None,
    })
}

/// `GPUPrimitiveState`.
pub(crate) fn primitive(dict: Dict<'_>) -> Made<wgpu::PrimitiveState> {
    Ok(wgpu::PrimitiveState {
        topology: dict.word(Field::Topology, wgpu::PrimitiveTopology::TriangleList, words::topology)?,
        strip_index_format: dict.optional_word(Field::StripIndexFormat, words::index_format)?,
        front_face: dict.word(Field::FrontFace, wgpu::FrontFace::Ccw, words::front_face)?,
        cull_mode: dict.word(Field::CullMode, None, words::cull_mode)?,
        unclipped_depth: dict.flag(Field::UnclippedDepth),
        polygon_mode: wgpu::PolygonMode::Fill,
        conservative: false,
    })
}

/// `GPUDepthStencilState`.
pub(crate) fn depth_stencil(dict: Dict<'_>) -> Made<wgpu::DepthStencilState> {
    let face = |field| {
        let Some(face) = dict.dict(field) else { return Ok(wgpu::StencilFaceState::IGNORE) };
        let keep = wgpu::StencilOperation::Keep;
        Ok(wgpu::StencilFaceState {
            compare: face.word(Field::Compare, wgpu::CompareFunction::Always, words::compare)?,
            fail_op: face.word(Field::FailOp, keep, words::stencil_operation)?,
            depth_fail_op: face.word(Field::DepthFailOp, keep, words::stencil_operation)?,
            pass_op: face.word(Field::PassOp, keep, words::stencil_operation)?,
        })
    };
    Ok(wgpu::DepthStencilState {
        format: dict.required_format(Field::Format)?,
        depth_write_enabled: dict.get(Field::DepthWriteEnabled).map(|_| dict.flag(Field::DepthWriteEnabled)),
        depth_compare: dict.optional_word(Field::DepthCompare, words::compare)?,
        stencil: wgpu::StencilState {
            front: face(Field::StencilFront)?,
            back: face(Field::StencilBack)?,
            read_mask: dict.uint_or(Field::StencilReadMask, u32::MAX),
            write_mask: dict.uint_or(Field::StencilWriteMask, u32::MAX),
        },
        bias: wgpu::DepthBiasState {
            // A GPUDepthBias is a whole number of 32 bits; the cast saturates.
            constant: dict.number(Field::DepthBias).unwrap_or(0.0) as i32,
            slope_scale: dict.single_or(Field::DepthBiasSlopeScale, 0.0),
            clamp: dict.single_or(Field::DepthBiasClamp, 0.0),
        },
    })
}

/// `GPUMultisampleState`.
pub(crate) fn multisample(dict: Dict<'_>) -> wgpu::MultisampleState {
    wgpu::MultisampleState {
        count: dict.uint_or(Field::Count, 1),
        mask: u64::from(dict.uint_or(Field::Mask, u32::MAX)),
        alpha_to_coverage_enabled: dict.flag(Field::AlphaToCoverageEnabled),
    }
}

/// `GPUColorTargetState`.
pub(crate) fn color_target(dict: Dict<'_>) -> Made<wgpu::ColorTargetState> {
    let component = |blend: Dict<'_>, field| {
        let Some(part) = blend.dict(field) else { return Ok(wgpu::BlendComponent::REPLACE) };
        Ok(wgpu::BlendComponent {
            src_factor: part.word(Field::SrcFactor, wgpu::BlendFactor::One, words::blend_factor)?,
            dst_factor: part.word(Field::DstFactor, wgpu::BlendFactor::Zero, words::blend_factor)?,
            operation: part.word(Field::Operation, wgpu::BlendOperation::Add, words::blend_operation)?,
        })
    };
    let blend = match dict.dict(Field::Blend) {
        Some(blend) => Some(wgpu::BlendState { color: component(blend, Field::Color)?, alpha: component(blend, Field::Alpha)? }),
        None => None,
    };
    Ok(wgpu::ColorTargetState {
        format: dict.required_format(Field::Format)?,
        blend,
        write_mask: flags(dict.uint_or(Field::WriteMask, 15), COLOR_WRITES, wgpu::ColorWrites::from_bits)?,
    })
}

/// The attributes of one `GPUVertexBufferLayout`.
pub(crate) fn attributes(layout: Dict<'_>) -> Made<Vec<wgpu::VertexAttribute>> {
    let read = |attribute: Dict<'_>| {
        let format = attribute.optional_word(Field::Format, words::vertex_format)?;
        Ok(wgpu::VertexAttribute {
            format: format.ok_or_else(|| Refusal::Invalid("a vertex attribute has no format".to_owned()))?,
            offset: u64::from(attribute.uint_or(Field::Offset, 0)),
            shader_location: attribute.uint_or(Field::ShaderLocation, 0),
        })
    };
    layout.dicts(Field::Attributes).flatten().map(read).collect()
}
