//! Limits. Source: WebGPU, section 3.6.2 "Limits".

macro_rules! limits {
    ($( $name:ident $text:literal $default:literal $better:ident $ceiling:expr; )*) => {
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

            /// More than any device offers. Picked by feel, several times above what the largest of today report; the sizes of buffers
            /// have no bound that could be told, and an alignment is at least 1, which is checked where it is read.
            pub const fn ceiling(self) -> u64 {
                match self { $( Limit::$name => $ceiling, )* }
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

// Name, what every device has, in which direction it gets better, more than any device offers.
limits! {
    MaxTextureDimension1D "maxTextureDimension1D" 8192 Higher 1 << 17;
    MaxTextureDimension2D "maxTextureDimension2D" 8192 Higher 1 << 17;
    MaxTextureDimension3D "maxTextureDimension3D" 2048 Higher 1 << 17;
    MaxTextureArrayLayers "maxTextureArrayLayers" 256 Higher 1 << 17;
    MaxBindGroups "maxBindGroups" 4 Higher 64;
    MaxBindGroupsPlusVertexBuffers "maxBindGroupsPlusVertexBuffers" 24 Higher 256;
    MaxBindingsPerBindGroup "maxBindingsPerBindGroup" 1000 Higher 1 << 22;
    MaxDynamicUniformBuffersPerPipelineLayout "maxDynamicUniformBuffersPerPipelineLayout" 8 Higher 1 << 22;
    MaxDynamicStorageBuffersPerPipelineLayout "maxDynamicStorageBuffersPerPipelineLayout" 4 Higher 1 << 22;
    MaxSampledTexturesPerShaderStage "maxSampledTexturesPerShaderStage" 16 Higher 1 << 22;
    MaxSamplersPerShaderStage "maxSamplersPerShaderStage" 16 Higher 1 << 22;
    MaxStorageBuffersPerShaderStage "maxStorageBuffersPerShaderStage" 8 Higher 1 << 22;
    MaxStorageBuffersInVertexStage "maxStorageBuffersInVertexStage" 8 Higher 1 << 22;
    MaxStorageBuffersInFragmentStage "maxStorageBuffersInFragmentStage" 8 Higher 1 << 22;
    MaxStorageTexturesPerShaderStage "maxStorageTexturesPerShaderStage" 4 Higher 1 << 22;
    MaxStorageTexturesInVertexStage "maxStorageTexturesInVertexStage" 4 Higher 1 << 22;
    MaxStorageTexturesInFragmentStage "maxStorageTexturesInFragmentStage" 4 Higher 1 << 22;
    MaxUniformBuffersPerShaderStage "maxUniformBuffersPerShaderStage" 12 Higher 1 << 22;
    MaxUniformBufferBindingSize "maxUniformBufferBindingSize" 65_536 Higher u64::MAX;
    MaxStorageBufferBindingSize "maxStorageBufferBindingSize" 134_217_728 Higher u64::MAX;
    MinUniformBufferOffsetAlignment "minUniformBufferOffsetAlignment" 256 Lower u64::MAX;
    MinStorageBufferOffsetAlignment "minStorageBufferOffsetAlignment" 256 Lower u64::MAX;
    MaxVertexBuffers "maxVertexBuffers" 8 Higher 64;
    MaxBufferSize "maxBufferSize" 268_435_456 Higher u64::MAX;
    MaxVertexAttributes "maxVertexAttributes" 16 Higher 256;
    MaxVertexBufferArrayStride "maxVertexBufferArrayStride" 2048 Higher 1 << 17;
    MaxInterStageShaderVariables "maxInterStageShaderVariables" 16 Higher 256;
    MaxColorAttachments "maxColorAttachments" 8 Higher 64;
    MaxColorAttachmentBytesPerSample "maxColorAttachmentBytesPerSample" 32 Higher 1024;
    MaxComputeWorkgroupStorageSize "maxComputeWorkgroupStorageSize" 16_384 Higher 1 << 24;
    MaxComputeInvocationsPerWorkgroup "maxComputeInvocationsPerWorkgroup" 256 Higher 1 << 17;
    MaxComputeWorkgroupSizeX "maxComputeWorkgroupSizeX" 256 Higher 1 << 17;
    MaxComputeWorkgroupSizeY "maxComputeWorkgroupSizeY" 256 Higher 1 << 17;
    MaxComputeWorkgroupSizeZ "maxComputeWorkgroupSizeZ" 64 Higher 1 << 17;
    MaxComputeWorkgroupsPerDimension "maxComputeWorkgroupsPerDimension" 65_535 Higher (1 << 32) - 2;
}

impl Limit {
    /// The limit with this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|limit| limit.name() == name)
    }

    /// The most that commands can carry: the indices of bind groups and vertex buffers have 8 bits. Source: docs/format.md,
    /// SET_BIND_GROUP, SET_VERTEX_BUFFER.
    pub const fn carried(self) -> u64 {
        match self {
            Limit::MaxBindGroups | Limit::MaxVertexBuffers => 1 << 8,
            _ => u64::MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_no_device_is_beyond_a_ceiling() {
        for limit in Limit::ALL {
            assert_eq!(Limit::find(limit.name()), Some(*limit));
            assert!(limit.default() <= limit.ceiling(), "{}", limit.name());
            assert_eq!(limit.name().starts_with("min"), limit.better() == Better::Lower, "{}", limit.name());
        }
        assert_eq!(Limit::find("maxMagic"), None);
        assert_eq!((Limit::MaxBindGroups.carried(), Limit::MaxBufferSize.carried()), (256, u64::MAX));
    }
}
