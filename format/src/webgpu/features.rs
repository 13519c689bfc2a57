//! Features. Source: WebGPU, section 24 "Feature index".

macro_rules! features {
    ($( $name:ident $text:literal $( < $( $bringer:ident )+ )?; )*) => {
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

            /// The features that bring this one along.
            pub const fn implied_by(self) -> &'static [Feature] {
                match self { $( Feature::$name => &[$($( Feature::$bringer, )+)?], )* }
            }
        }
    };
}

// Behind a `<` stand the features that bring one along.
features! {
    CoreFeaturesAndLimits "core-features-and-limits";
    DepthClipControl "depth-clip-control";
    Depth32FloatStencil8 "depth32float-stencil8";
    TextureCompressionBc "texture-compression-bc" < TextureCompressionBcSliced3d;
    TextureCompressionBcSliced3d "texture-compression-bc-sliced-3d";
    TextureCompressionEtc2 "texture-compression-etc2";
    TextureCompressionAstc "texture-compression-astc" < TextureCompressionAstcSliced3d;
    TextureCompressionAstcSliced3d "texture-compression-astc-sliced-3d";
    TimestampQuery "timestamp-query";
    IndirectFirstInstance "indirect-first-instance";
    ShaderF16 "shader-f16";
    Rg11B10UfloatRenderable "rg11b10ufloat-renderable" < TextureFormatsTier1 TextureFormatsTier2;
    Bgra8UnormStorage "bgra8unorm-storage";
    Float32Filterable "float32-filterable";
    Float32Blendable "float32-blendable";
    ClipDistances "clip-distances";
    DualSourceBlending "dual-source-blending";
    Subgroups "subgroups";
    TextureFormatsTier1 "texture-formats-tier1" < TextureFormatsTier2;
    TextureFormatsTier2 "texture-formats-tier2";
    PrimitiveIndex "primitive-index";
    TextureComponentSwizzle "texture-component-swizzle";
}

impl Feature {
    /// The feature with this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|feature| feature.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_what_a_tier_brings_along_is_known() {
        for feature in Feature::ALL {
            assert_eq!(Feature::find(feature.name()), Some(*feature));
            assert!(!feature.implied_by().contains(feature), "{}", feature.name());
        }
        assert_eq!(Feature::find("magic"), None);
        assert!(Feature::Rg11B10UfloatRenderable.implied_by().contains(&Feature::TextureFormatsTier2));
        assert!(Feature::ShaderF16.implied_by().is_empty());
    }
}
