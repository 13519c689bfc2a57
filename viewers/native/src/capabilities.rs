//! WebGPU's features and limits as wgpu's.

use pngine_format::webgpu::{Better, Feature, Limit};
use pngine_host::DeviceWishes;
use wgpu::{Features, Limits};

/// The features of wgpu that together are one of WebGPU's; `None` for what wgpu has not.
///
/// Source: WebGPU, "Feature index"; some features bring others along.
const fn wanted(feature: Feature) -> Option<Features> {
    Some(match feature {
        Feature::CoreFeaturesAndLimits => Features::empty(),
        Feature::DepthClipControl => Features::DEPTH_CLIP_CONTROL,
        Feature::Depth32FloatStencil8 => Features::DEPTH32FLOAT_STENCIL8,
        Feature::TextureCompressionBc => Features::TEXTURE_COMPRESSION_BC,
        Feature::TextureCompressionBcSliced3d => {
            Features::TEXTURE_COMPRESSION_BC.union(Features::TEXTURE_COMPRESSION_BC_SLICED_3D)
        }
        Feature::TextureCompressionEtc2 => Features::TEXTURE_COMPRESSION_ETC2,
        Feature::TextureCompressionAstc => Features::TEXTURE_COMPRESSION_ASTC,
        Feature::TextureCompressionAstcSliced3d => {
            Features::TEXTURE_COMPRESSION_ASTC.union(Features::TEXTURE_COMPRESSION_ASTC_SLICED_3D)
        }
        Feature::TimestampQuery => Features::TIMESTAMP_QUERY,
        Feature::IndirectFirstInstance => Features::INDIRECT_FIRST_INSTANCE,
        Feature::ShaderF16 => Features::SHADER_F16,
        Feature::Rg11B10UfloatRenderable => Features::RG11B10UFLOAT_RENDERABLE,
        Feature::Bgra8UnormStorage => Features::BGRA8UNORM_STORAGE,
        Feature::Float32Filterable => Features::FLOAT32_FILTERABLE,
        Feature::Float32Blendable => Features::FLOAT32_BLENDABLE,
        Feature::ClipDistances => Features::CLIP_DISTANCES,
        Feature::DualSourceBlending => Features::DUAL_SOURCE_BLENDING,
        Feature::Subgroups => Features::SUBGROUP,
        Feature::PrimitiveIndex => Features::PRIMITIVE_INDEX,
        // What these two allow is, in wgpu, what the adapter itself can do with each format.
        Feature::TextureFormatsTier1 | Feature::TextureFormatsTier2 => Features::TEXTURE_FORMAT_16BIT_NORM
            .union(Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES)
            .union(Features::RG11B10UFLOAT_RENDERABLE),
        Feature::TextureComponentSwizzle => return None,
    })
}

/// The same of the feature with a name; `None` also for names that are none.
fn feature(name: &str) -> Option<Features> {
    Feature::find(name).and_then(wanted)
}

/// A limit of 32 or 64 bits.
enum Slot<'a> {
    Narrow(&'a mut u32),
    Wide(&'a mut u64),
}

impl Slot<'_> {
    fn get(&self) -> u64 {
        match self {
            Slot::Narrow(limit) => u64::from(**limit),
            Slot::Wide(limit) => **limit,
        }
    }

    fn set(self, value: u64) {
        match self {
            Slot::Narrow(limit) => *limit = u32::try_from(value).unwrap_or(u32::MAX),
            Slot::Wide(limit) => *limit = value,
        }
    }
}

macro_rules! limits {
    ($( $limit:ident $field:ident $width:ident; )*) => {
        /// Where wgpu keeps one of WebGPU's limits.
        const fn slot(limits: &mut Limits, limit: Limit) -> Slot<'_> {
            match limit { $( Limit::$limit => Slot::$width(&mut limits.$field), )* }
        }
    };
}

// wgpu has one limit for all stages where WebGPU has one for vertex and fragment shaders each.
limits! {
    MaxTextureDimension1D max_texture_dimension_1d Narrow;
    MaxTextureDimension2D max_texture_dimension_2d Narrow;
    MaxTextureDimension3D max_texture_dimension_3d Narrow;
    MaxTextureArrayLayers max_texture_array_layers Narrow;
    MaxBindGroups max_bind_groups Narrow;
    MaxBindGroupsPlusVertexBuffers max_bind_groups_plus_vertex_buffers Narrow;
    MaxBindingsPerBindGroup max_bindings_per_bind_group Narrow;
    MaxDynamicUniformBuffersPerPipelineLayout max_dynamic_uniform_buffers_per_pipeline_layout Narrow;
    MaxDynamicStorageBuffersPerPipelineLayout max_dynamic_storage_buffers_per_pipeline_layout Narrow;
    MaxSampledTexturesPerShaderStage max_sampled_textures_per_shader_stage Narrow;
    MaxSamplersPerShaderStage max_samplers_per_shader_stage Narrow;
    MaxStorageBuffersPerShaderStage max_storage_buffers_per_shader_stage Narrow;
    MaxStorageBuffersInVertexStage max_storage_buffers_per_shader_stage Narrow;
    MaxStorageBuffersInFragmentStage max_storage_buffers_per_shader_stage Narrow;
    MaxStorageTexturesPerShaderStage max_storage_textures_per_shader_stage Narrow;
    MaxStorageTexturesInVertexStage max_storage_textures_per_shader_stage Narrow;
    MaxStorageTexturesInFragmentStage max_storage_textures_per_shader_stage Narrow;
    MaxUniformBuffersPerShaderStage max_uniform_buffers_per_shader_stage Narrow;
    MaxUniformBufferBindingSize max_uniform_buffer_binding_size Wide;
    MaxStorageBufferBindingSize max_storage_buffer_binding_size Wide;
    MinUniformBufferOffsetAlignment min_uniform_buffer_offset_alignment Narrow;
    MinStorageBufferOffsetAlignment min_storage_buffer_offset_alignment Narrow;
    MaxVertexBuffers max_vertex_buffers Narrow;
    MaxBufferSize max_buffer_size Wide;
    MaxVertexAttributes max_vertex_attributes Narrow;
    MaxVertexBufferArrayStride max_vertex_buffer_array_stride Narrow;
    MaxInterStageShaderVariables max_inter_stage_shader_variables Narrow;
    MaxColorAttachments max_color_attachments Narrow;
    MaxColorAttachmentBytesPerSample max_color_attachment_bytes_per_sample Narrow;
    MaxComputeWorkgroupStorageSize max_compute_workgroup_storage_size Narrow;
    MaxComputeInvocationsPerWorkgroup max_compute_invocations_per_workgroup Narrow;
    MaxComputeWorkgroupSizeX max_compute_workgroup_size_x Narrow;
    MaxComputeWorkgroupSizeY max_compute_workgroup_size_y Narrow;
    MaxComputeWorkgroupSizeZ max_compute_workgroup_size_z Narrow;
    MaxComputeWorkgroupsPerDimension max_compute_workgroups_per_dimension Narrow;
}

/// What to ask an adapter for so that a scene gets its wishes.
///
/// # Errors
/// What the adapter, with these features and limits, lacks: each by WebGPU's name.
pub(crate) fn request(wishes: &DeviceWishes, features: Features, limits: &Limits) -> Result<(Features, Limits), Vec<String>> {
    let mut wanted = Features::empty();
    let mut lacking = Vec::new();
    for name in &wishes.required_features {
        match feature(name) {
            Some(these) if features.contains(these) => wanted |= these,
            _ => lacking.push(format!("the feature {name}")),
        }
    }
    let optional = wishes.optional_features.iter().filter_map(|name| feature(name));
    wanted |= optional.filter(|these| features.contains(*these)).fold(Features::empty(), |all, these| all | these);

    let mut asked = Limits::default();
    let mut offered = limits.clone();
    for (name, value) in &wishes.required_limits {
        let Some(limit) = Limit::find(name) else {
            lacking.push(format!("the limit {name}"));
            continue;
        };
        let (slot, offer) = (slot(&mut asked, limit), slot(&mut offered, limit).get());
        let (is_better, is_offered) = match limit.better() {
            Better::Higher => (*value > slot.get(), *value <= offer),
            Better::Lower => (*value < slot.get(), *value >= offer),
        };
        // A limit that is worse than what every device has asks for nothing.
        if !is_better {
            continue;
        }
        if is_offered {
            slot.set(*value);
        } else {
            lacking.push(format!("the limit {name} of {value} (it has {offer})"));
        }
    }
    if !lacking.is_empty() {
        return Err(lacking);
    }
    // A sum that only wgpu limits, and that the limits above may exceed.
    asked.max_buffers_and_acceleration_structures_per_shader_stage =
        limits.max_buffers_and_acceleration_structures_per_shader_stage;
    Ok((wanted, asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(required: &[&str], optional: &[&str], limits: &[(&str, u64)]) -> DeviceWishes {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        DeviceWishes {
            required_features: names(required),
            optional_features: names(optional),
            required_limits: limits.iter().map(|(name, limit)| ((*name).to_owned(), *limit)).collect(),
        }
    }

    #[test]
    fn every_feature_and_limit_of_the_language_has_a_counterpart() {
        let missing: Vec<_> =
            Feature::ALL.iter().filter(|feature| wanted(**feature).is_none()).map(|feature| feature.name()).collect();
        assert_eq!(missing, ["texture-component-swizzle"]);
        for limit in Limit::ALL {
            assert_eq!(slot(&mut Limits::default(), *limit).get(), limit.default(), "{}", limit.name());
        }
    }

    #[test]
    fn what_an_adapter_lacks_is_named() {
        let mut limits = Limits { max_bind_groups: 6, min_uniform_buffer_offset_alignment: 64, ..Limits::default() };
        limits.max_buffer_size = 1 << 30;
        let has = Features::SHADER_F16;
        let all =
            wishes(&["shader-f16"], &["timestamp-query"], &[("maxBindGroups", 5), ("minUniformBufferOffsetAlignment", 128)]);
        let (features, asked) = request(&all, has, &limits).unwrap();
        assert_eq!((features, asked.max_bind_groups, asked.min_uniform_buffer_offset_alignment), (has, 5, 128));
        assert_eq!(asked.max_buffer_size, Limits::default().max_buffer_size);
        let all = wishes(&[], &["shader-f16"], &[("maxBindGroups", 1)]);
        let (features, asked) = request(&all, has, &limits).unwrap();
        assert_eq!((features, asked.max_bind_groups), (has, 4));
        let wrong = wishes(
            &["timestamp-query", "texture-component-swizzle", "magic"],
            &[],
            &[("maxBindGroups", 7), ("minUniformBufferOffsetAlignment", 32), ("maxMagic", 1)],
        );
        assert_eq!(
            request(&wrong, has, &limits).unwrap_err(),
            [
                "the feature timestamp-query",
                "the feature texture-component-swizzle",
                "the feature magic",
                "the limit maxBindGroups of 7 (it has 6)",
                "the limit minUniformBufferOffsetAlignment of 32 (it has 64)",
                "the limit maxMagic"
            ]
        );
    }
}
