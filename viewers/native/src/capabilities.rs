//! WebGPU's features and limits as wgpu's.

use pngine_host::DeviceWishes;
use wgpu::{Features, Limits};

/// The features of wgpu that together are one of WebGPU's. `None` for what wgpu has not, and for names that are none.
///
/// Source: WebGPU, "Feature index"; some features bring others along.
fn feature(name: &str) -> Option<Features> {
    Some(match name {
        "core-features-and-limits" => Features::empty(),
        "depth-clip-control" => Features::DEPTH_CLIP_CONTROL,
        "depth32float-stencil8" => Features::DEPTH32FLOAT_STENCIL8,
        "texture-compression-bc" => Features::TEXTURE_COMPRESSION_BC,
        "texture-compression-bc-sliced-3d" => Features::TEXTURE_COMPRESSION_BC | Features::TEXTURE_COMPRESSION_BC_SLICED_3D,
        "texture-compression-etc2" => Features::TEXTURE_COMPRESSION_ETC2,
        "texture-compression-astc" => Features::TEXTURE_COMPRESSION_ASTC,
        "texture-compression-astc-sliced-3d" => Features::TEXTURE_COMPRESSION_ASTC | Features::TEXTURE_COMPRESSION_ASTC_SLICED_3D,
        "timestamp-query" => Features::TIMESTAMP_QUERY,
        "indirect-first-instance" => Features::INDIRECT_FIRST_INSTANCE,
        "shader-f16" => Features::SHADER_F16,
        "rg11b10ufloat-renderable" => Features::RG11B10UFLOAT_RENDERABLE,
        "bgra8unorm-storage" => Features::BGRA8UNORM_STORAGE,
        "float32-filterable" => Features::FLOAT32_FILTERABLE,
        "float32-blendable" => Features::FLOAT32_BLENDABLE,
        "clip-distances" => Features::CLIP_DISTANCES,
        "dual-source-blending" => Features::DUAL_SOURCE_BLENDING,
        "subgroups" => Features::SUBGROUP,
        "primitive-index" => Features::PRIMITIVE_INDEX,
        // What these two allow is, in wgpu, what the adapter itself can do with each format.
        "texture-formats-tier1" | "texture-formats-tier2" => {
            Features::TEXTURE_FORMAT_16BIT_NORM
                | Features::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES
                | Features::RG11B10UFLOAT_RENDERABLE
        }
        _ => return None,
    })
}

/// In which direction a limit gets better.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Better {
    Higher,
    Lower,
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
    ($( $name:literal $field:ident $width:ident $better:ident; )*) => {
        /// Where wgpu keeps one of WebGPU's limits, and which way it gets better. `None` for names that are none.
        fn limit<'a>(limits: &'a mut Limits, name: &str) -> Option<(Slot<'a>, Better)> {
            Some(match name {
                $( $name => (Slot::$width(&mut limits.$field), Better::$better), )*
                _ => return None,
            })
        }

        #[cfg(test)]
        const LIMITS: &[&str] = &[$( $name, )*];
    };
}

// wgpu has one limit for all stages where WebGPU has one for vertex and fragment shaders each.
limits! {
    "maxTextureDimension1D" max_texture_dimension_1d Narrow Higher;
    "maxTextureDimension2D" max_texture_dimension_2d Narrow Higher;
    "maxTextureDimension3D" max_texture_dimension_3d Narrow Higher;
    "maxTextureArrayLayers" max_texture_array_layers Narrow Higher;
    "maxBindGroups" max_bind_groups Narrow Higher;
    "maxBindGroupsPlusVertexBuffers" max_bind_groups_plus_vertex_buffers Narrow Higher;
    "maxBindingsPerBindGroup" max_bindings_per_bind_group Narrow Higher;
    "maxDynamicUniformBuffersPerPipelineLayout" max_dynamic_uniform_buffers_per_pipeline_layout Narrow Higher;
    "maxDynamicStorageBuffersPerPipelineLayout" max_dynamic_storage_buffers_per_pipeline_layout Narrow Higher;
    "maxSampledTexturesPerShaderStage" max_sampled_textures_per_shader_stage Narrow Higher;
    "maxSamplersPerShaderStage" max_samplers_per_shader_stage Narrow Higher;
    "maxStorageBuffersPerShaderStage" max_storage_buffers_per_shader_stage Narrow Higher;
    "maxStorageBuffersInVertexStage" max_storage_buffers_per_shader_stage Narrow Higher;
    "maxStorageBuffersInFragmentStage" max_storage_buffers_per_shader_stage Narrow Higher;
    "maxStorageTexturesPerShaderStage" max_storage_textures_per_shader_stage Narrow Higher;
    "maxStorageTexturesInVertexStage" max_storage_textures_per_shader_stage Narrow Higher;
    "maxStorageTexturesInFragmentStage" max_storage_textures_per_shader_stage Narrow Higher;
    "maxUniformBuffersPerShaderStage" max_uniform_buffers_per_shader_stage Narrow Higher;
    "maxUniformBufferBindingSize" max_uniform_buffer_binding_size Wide Higher;
    "maxStorageBufferBindingSize" max_storage_buffer_binding_size Wide Higher;
    "minUniformBufferOffsetAlignment" min_uniform_buffer_offset_alignment Narrow Lower;
    "minStorageBufferOffsetAlignment" min_storage_buffer_offset_alignment Narrow Lower;
    "maxVertexBuffers" max_vertex_buffers Narrow Higher;
    "maxBufferSize" max_buffer_size Wide Higher;
    "maxVertexAttributes" max_vertex_attributes Narrow Higher;
    "maxVertexBufferArrayStride" max_vertex_buffer_array_stride Narrow Higher;
    "maxInterStageShaderVariables" max_inter_stage_shader_variables Narrow Higher;
    "maxColorAttachments" max_color_attachments Narrow Higher;
    "maxColorAttachmentBytesPerSample" max_color_attachment_bytes_per_sample Narrow Higher;
    "maxComputeWorkgroupStorageSize" max_compute_workgroup_storage_size Narrow Higher;
    "maxComputeInvocationsPerWorkgroup" max_compute_invocations_per_workgroup Narrow Higher;
    "maxComputeWorkgroupSizeX" max_compute_workgroup_size_x Narrow Higher;
    "maxComputeWorkgroupSizeY" max_compute_workgroup_size_y Narrow Higher;
    "maxComputeWorkgroupSizeZ" max_compute_workgroup_size_z Narrow Higher;
    "maxComputeWorkgroupsPerDimension" max_compute_workgroups_per_dimension Narrow Higher;
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
        let (Some((slot, better)), Some((offer, _))) = (limit(&mut asked, name), limit(&mut offered, name)) else {
            lacking.push(format!("the limit {name}"));
            continue;
        };
        let offer = offer.get();
        let (is_better, is_offered) = match better {
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
    use pngine_wgsl::device::{Feature, Limit};

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
        let missing: Vec<_> = Feature::ALL.iter().map(|one| one.name()).filter(|name| feature(name).is_none()).collect();
        assert_eq!(missing, ["texture-component-swizzle"]);
        let all: Vec<_> = Limit::ALL.iter().map(|limit| limit.name()).collect();
        assert_eq!(LIMITS, all);
        for one in Limit::ALL {
            let mut limits = Limits::default();
            let (slot, better) = limit(&mut limits, one.name()).unwrap();
            assert_eq!(slot.get(), one.default(), "{}", one.name());
            assert_eq!(better == Better::Lower, one.better() == pngine_wgsl::device::Better::Lower, "{}", one.name());
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
