//! What a scene asks of the device: `#device`. Source: language reference, section 18.1; WebGPU, section 3.6 "Optional capabilities".

use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use std::collections::BTreeMap;

macro_rules! features {
    ($( $name:ident $text:literal; )*) => {
        /// A `GPUFeatureName`. Source: WebGPU, section 24 "Feature index".
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is the feature of that name")]
        pub enum Feature { $( $name, )* }

        impl Feature {
            /// All features.
            pub const ALL: &'static [Feature] = &[$( Feature::$name, )*];

            /// WebGPU's name of it.
            pub const fn name(self) -> &'static str {
                match self { $( Feature::$name => $text, )* }
            }
        }
    };
}

features! {
    CoreFeaturesAndLimits "core-features-and-limits";
    DepthClipControl "depth-clip-control";
    Depth32FloatStencil8 "depth32float-stencil8";
    TextureCompressionBc "texture-compression-bc";
    TextureCompressionBcSliced3d "texture-compression-bc-sliced-3d";
    TextureCompressionEtc2 "texture-compression-etc2";
    TextureCompressionAstc "texture-compression-astc";
    TextureCompressionAstcSliced3d "texture-compression-astc-sliced-3d";
    TimestampQuery "timestamp-query";
    IndirectFirstInstance "indirect-first-instance";
    ShaderF16 "shader-f16";
    Rg11B10UfloatRenderable "rg11b10ufloat-renderable";
    Bgra8UnormStorage "bgra8unorm-storage";
    Float32Filterable "float32-filterable";
    Float32Blendable "float32-blendable";
    ClipDistances "clip-distances";
    DualSourceBlending "dual-source-blending";
    Subgroups "subgroups";
    TextureFormatsTier1 "texture-formats-tier1";
    TextureFormatsTier2 "texture-formats-tier2";
    PrimitiveIndex "primitive-index";
    TextureComponentSwizzle "texture-component-swizzle";
}

impl Feature {
    /// The feature with this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|feature| feature.name() == name)
    }

    /// Features that bring this one along. Source: WebGPU, section 24, "if this feature is supported, so is …".
    const fn implied_by(self) -> &'static [Feature] {
        match self {
            Feature::TextureFormatsTier1 => &[Feature::TextureFormatsTier2],
            Feature::Rg11B10UfloatRenderable => &[Feature::TextureFormatsTier1, Feature::TextureFormatsTier2],
            Feature::TextureCompressionBc => &[Feature::TextureCompressionBcSliced3d],
            Feature::TextureCompressionAstc => &[Feature::TextureCompressionAstcSliced3d],
            _ => &[],
        }
    }
}

macro_rules! limits {
    ($( $name:ident $text:literal $default:literal $better:ident; )*) => {
        /// A member of `GPUSupportedLimits`. Source: WebGPU, section 3.6.2 "Limits".
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is the limit of that name")]
        pub enum Limit { $( $name, )* }

        impl Limit {
            /// All limits.
            pub const ALL: &'static [Limit] = &[$( Limit::$name, )*];

            /// WebGPU's name of it.
            pub const fn name(self) -> &'static str {
                match self { $( Limit::$name => $text, )* }
            }

            /// What every device has.
            pub const fn default(self) -> u64 {
                match self { $( Limit::$name => $default, )* }
            }

            /// Whether more or less of it is better.
            pub const fn better(self) -> Better {
                match self { $( Limit::$name => Better::$better, )* }
            }
        }
    };
}

/// In which direction a limit gets better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// It is a maximum.
    Higher,
    /// It is an alignment: a power of two, the smaller the better.
    Lower,
}

limits! {
    MaxTextureDimension1D "maxTextureDimension1D" 8192 Higher;
    MaxTextureDimension2D "maxTextureDimension2D" 8192 Higher;
    MaxTextureDimension3D "maxTextureDimension3D" 2048 Higher;
    MaxTextureArrayLayers "maxTextureArrayLayers" 256 Higher;
    MaxBindGroups "maxBindGroups" 4 Higher;
    MaxBindGroupsPlusVertexBuffers "maxBindGroupsPlusVertexBuffers" 24 Higher;
    MaxBindingsPerBindGroup "maxBindingsPerBindGroup" 1000 Higher;
    MaxDynamicUniformBuffersPerPipelineLayout "maxDynamicUniformBuffersPerPipelineLayout" 8 Higher;
    MaxDynamicStorageBuffersPerPipelineLayout "maxDynamicStorageBuffersPerPipelineLayout" 4 Higher;
    MaxSampledTexturesPerShaderStage "maxSampledTexturesPerShaderStage" 16 Higher;
    MaxSamplersPerShaderStage "maxSamplersPerShaderStage" 16 Higher;
    MaxStorageBuffersPerShaderStage "maxStorageBuffersPerShaderStage" 8 Higher;
    MaxStorageBuffersInVertexStage "maxStorageBuffersInVertexStage" 8 Higher;
    MaxStorageBuffersInFragmentStage "maxStorageBuffersInFragmentStage" 8 Higher;
    MaxStorageTexturesPerShaderStage "maxStorageTexturesPerShaderStage" 4 Higher;
    MaxStorageTexturesInVertexStage "maxStorageTexturesInVertexStage" 4 Higher;
    MaxStorageTexturesInFragmentStage "maxStorageTexturesInFragmentStage" 4 Higher;
    MaxUniformBuffersPerShaderStage "maxUniformBuffersPerShaderStage" 12 Higher;
    MaxUniformBufferBindingSize "maxUniformBufferBindingSize" 65_536 Higher;
    MaxStorageBufferBindingSize "maxStorageBufferBindingSize" 134_217_728 Higher;
    MinUniformBufferOffsetAlignment "minUniformBufferOffsetAlignment" 256 Lower;
    MinStorageBufferOffsetAlignment "minStorageBufferOffsetAlignment" 256 Lower;
    MaxVertexBuffers "maxVertexBuffers" 8 Higher;
    MaxBufferSize "maxBufferSize" 268_435_456 Higher;
    MaxVertexAttributes "maxVertexAttributes" 16 Higher;
    MaxVertexBufferArrayStride "maxVertexBufferArrayStride" 2048 Higher;
    MaxInterStageShaderVariables "maxInterStageShaderVariables" 16 Higher;
    MaxColorAttachments "maxColorAttachments" 8 Higher;
    MaxColorAttachmentBytesPerSample "maxColorAttachmentBytesPerSample" 32 Higher;
    MaxComputeWorkgroupStorageSize "maxComputeWorkgroupStorageSize" 16_384 Higher;
    MaxComputeInvocationsPerWorkgroup "maxComputeInvocationsPerWorkgroup" 256 Higher;
    MaxComputeWorkgroupSizeX "maxComputeWorkgroupSizeX" 256 Higher;
    MaxComputeWorkgroupSizeY "maxComputeWorkgroupSizeY" 256 Higher;
    MaxComputeWorkgroupSizeZ "maxComputeWorkgroupSizeZ" 64 Higher;
    MaxComputeWorkgroupsPerDimension "maxComputeWorkgroupsPerDimension" 65_535 Higher;
}

impl Limit {
    /// The limit with this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|limit| limit.name() == name)
    }

    /// The most that commands can carry: the indices of bind groups and vertex buffers have 8 bits. Source: docs/format.md,
    /// SET_BIND_GROUP, SET_VERTEX_BUFFER.
    const fn carried(self) -> u64 {
        match self {
            Limit::MaxBindGroups | Limit::MaxVertexBuffers => 1 << 8,
            _ => u64::MAX,
        }
    }

    /// More than any device offers. Picked by feel, several times above what the largest of today report; the sizes of buffers have no
    /// bound that could be told.
    pub const fn ceiling(self) -> u64 {
        match self {
            Limit::MaxTextureDimension1D
            | Limit::MaxTextureDimension2D
            | Limit::MaxTextureDimension3D
            | Limit::MaxTextureArrayLayers
            | Limit::MaxComputeInvocationsPerWorkgroup
            | Limit::MaxComputeWorkgroupSizeX
            | Limit::MaxComputeWorkgroupSizeY
            | Limit::MaxComputeWorkgroupSizeZ
            | Limit::MaxVertexBufferArrayStride => 1 << 17,
            Limit::MaxBindGroups | Limit::MaxVertexBuffers | Limit::MaxColorAttachments => 64,
            Limit::MaxBindGroupsPlusVertexBuffers | Limit::MaxVertexAttributes | Limit::MaxInterStageShaderVariables => 256,
            Limit::MaxColorAttachmentBytesPerSample => 1024,
            Limit::MaxComputeWorkgroupStorageSize => 1 << 24,
            Limit::MaxBindingsPerBindGroup
            | Limit::MaxDynamicUniformBuffersPerPipelineLayout
            | Limit::MaxDynamicStorageBuffersPerPipelineLayout
            | Limit::MaxSampledTexturesPerShaderStage
            | Limit::MaxSamplersPerShaderStage
            | Limit::MaxStorageBuffersPerShaderStage
            | Limit::MaxStorageBuffersInVertexStage
            | Limit::MaxStorageBuffersInFragmentStage
            | Limit::MaxStorageTexturesPerShaderStage
            | Limit::MaxStorageTexturesInVertexStage
            | Limit::MaxStorageTexturesInFragmentStage
            | Limit::MaxUniformBuffersPerShaderStage => 1 << 22,
            Limit::MaxComputeWorkgroupsPerDimension => (1 << 32) - 2,
            Limit::MaxUniformBufferBindingSize | Limit::MaxStorageBufferBindingSize | Limit::MaxBufferSize => u64::MAX,
            // An alignment is at least 1, which is checked where it is read.
            Limit::MinUniformBufferOffsetAlignment | Limit::MinStorageBufferOffsetAlignment => u64::MAX,
        }
    }
}

/// How a scene can count on a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Hosts without it refuse the scene.
    Required,
    /// Hosts ask for it where there is one.
    Optional,
    /// The scene does not ask for it.
    Absent,
}

/// What a scene asks of the device. The default asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// Where the `#device` stands.
    pub span: Option<Span>,
    /// Features, whether each is required, and where it is asked for.
    pub features: BTreeMap<Feature, (bool, Span)>,
    /// Limits that must be reached, and where each is asked for.
    pub limits: BTreeMap<Limit, (u64, Span)>,
    /// Whether some feature that it asks for is not known, which is reported: it may be any of them.
    pub is_lost: bool,
    /// Whether some limit that it asks for is not known, which is reported: it may be any of them.
    pub has_lost_limits: bool,
}

impl Device {
    /// Whether the scene may use a feature.
    pub fn availability(&self, feature: Feature) -> Availability {
        if self.is_lost {
            return Availability::Required;
        }
        let asked = std::iter::once(&feature).chain(feature.implied_by()).filter_map(|one| self.features.get(one));
        asked.fold(Availability::Absent, |best, (required, _)| match (best, required) {
            (Availability::Required, _) | (_, true) => Availability::Required,
            (Availability::Optional | Availability::Absent, false) => Availability::Optional,
        })
    }

    /// Whether the scene asks for a feature, required or optional.
    pub fn has(&self, feature: Feature) -> bool {
        self.availability(feature) != Availability::Absent
    }

    /// What the scene may use up: the limit it asks for, or WebGPU's default where that is better. More
    /// than commands can carry counts as what they can: that no device has it is reported anyway.
    pub fn limit(&self, limit: Limit) -> u64 {
        match (self.limits.get(&limit), limit.better()) {
            (None, Better::Higher) if self.has_lost_limits => limit.ceiling().min(limit.carried()),
            (None, _) => limit.default(),
            (Some((asked, _)), Better::Higher) => limit.default().max(*asked).min(limit.carried()),
            (Some((asked, _)), Better::Lower) => limit.default().min(*asked),
        }
    }

    /// [`Device::limit`] for numbers of 32 bits; a larger limit binds none of them.
    pub fn limit32(&self, limit: Limit) -> u32 {
        u32::try_from(self.limit(limit)).unwrap_or(u32::MAX)
    }

    /// Adds to a finding about something that needs a limit of `needed` where the scene has less how to ask for that much, after the
    /// help that it has, and where the scene asks for the limit. It says nothing of how to get what no device has.
    pub fn raise(&self, mut diagnostic: Diagnostic, limit: Limit, needed: u64) -> Diagnostic {
        if let Some((_, asked)) = self.limits.get(&limit) {
            diagnostic = diagnostic.also(*asked, "asked for here");
        }
        if needed > limit.ceiling() {
            return diagnostic;
        }
        let ask = match self.span {
            Some(_) => format!("`requiredLimits={{ {}={needed} }}` in `#device`", limit.name()),
            None => format!("`#device {{ requiredLimits={{ {}={needed} }} }}`", limit.name()),
        };
        let help = match diagnostic.help.take() {
            Some(help) => format!("{help}, or ask for more: {ask}"),
            None => format!("ask for more: {ask}; not every device has more than {}", limit.default()),
        };
        diagnostic.help(help)
    }

    /// What to say about something at `span` that needs a feature: `what` is the subject of the sentence, such as "`unclippedDepth`".
    /// `None` where the scene requires the feature.
    pub fn need(&self, feature: Feature, span: Span, what: &str) -> Option<Diagnostic> {
        let name = feature.name();
        match self.availability(feature) {
            Availability::Required => None,
            Availability::Optional => Some(
                Diagnostic::new(Code::OptionalFeature, span, format!("{what} needs the feature {name}, which is optional here"))
                    .help(format!("where a device lacks it, this fails; `requiredFeatures=[{name}]` lets the host say so")),
            ),
            Availability::Absent => {
                let diagnostic = Diagnostic::new(Code::FeatureMissing, span, format!("{what} needs the feature {name}"));
                Some(match self.span {
                    Some(device) => diagnostic
                        .also(device, "does not ask for it")
                        .help(format!("add it to the `requiredFeatures` of `#device`: `requiredFeatures=[{name}]`")),
                    None => {
                        let text = format!("#device {{ requiredFeatures=[{name}] }}\n");
                        let start = Span::new(span.file, 0, 0);
                        diagnostic.help(format!("ask for it: `#device {{ requiredFeatures=[{name}] }}`")).fix(
                            format!("require {name}"),
                            false,
                            start,
                            text,
                        )
                    }
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn a_feature_may_come_with_another() {
        let span = Span::new(FileId(0), 0, 0);
        let mut device = Device::default();
        assert_eq!(device.availability(Feature::TextureFormatsTier1), Availability::Absent);
        device.features.insert(Feature::TextureFormatsTier2, (false, span));
        assert_eq!(device.availability(Feature::Rg11B10UfloatRenderable), Availability::Optional);
        device.features.insert(Feature::TextureFormatsTier1, (true, span));
        assert_eq!(device.availability(Feature::Rg11B10UfloatRenderable), Availability::Required);
    }

    #[test]
    fn limits_only_get_better() {
        let span = Span::new(FileId(0), 0, 0);
        let mut device = Device::default();
        device.limits.insert(Limit::MaxBindGroups, (2, span));
        device.limits.insert(Limit::MaxBufferSize, (1 << 33, span));
        device.limits.insert(Limit::MinUniformBufferOffsetAlignment, (64, span));
        assert_eq!(device.limit(Limit::MaxBindGroups), 4);
        assert_eq!(device.limit(Limit::MaxBufferSize), 1 << 33);
        assert_eq!(device.limit32(Limit::MaxBufferSize), u32::MAX);
        assert_eq!(device.limit(Limit::MinUniformBufferOffsetAlignment), 64);
    }
}
