//! Words: every enum value of WebGPU, in one list, so that a descriptor holds a small number and a host looks up a string.

/// A value of some WebGPU enum: an index into [`WORDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(pub u16);

impl Word {
    /// WebGPU's spelling.
    ///
    /// # Panics
    /// If the number is not of this table; [`Word::from_index`] never gives such a word.
    pub const fn text(self) -> &'static str {
        WORDS[self.0 as usize]
    }

    /// The word with this index; `None` past the end of the table.
    pub fn from_index(index: u32) -> Option<Self> {
        ((index as usize) < WORDS.len()).then_some(Self(index as u16))
    }

    /// The word with this spelling, exactly. Looks through the table: not for a hot path.
    pub fn find(text: &str) -> Option<Self> {
        WORDS.iter().position(|word| *word == text).map(|i| Self(i as u16))
    }

    /// The word with this spelling, for constants.
    ///
    /// # Panics
    /// If there is none, which stops the build where the result is a constant.
    pub const fn of(text: &str) -> Self {
        let text = text.as_bytes();
        let mut i = 0;
        while i < WORDS.len() {
            let word = WORDS[i].as_bytes();
            let mut same = word.len() == text.len();
            let mut k = 0;
            while same && k < text.len() {
                same = word[k] == text[k];
                k += 1;
            }
            if same {
                return Self(i as u16);
            }
            i += 1;
        }
        panic!("no such word");
    }
}

/// A WebGPU enum: its name in the IDL and its values in the IDL's order.
#[derive(Clone, Copy, Debug)]
pub struct WordSet {
    /// `GPUCompareFunction`.
    pub name: &'static str,
    /// The values.
    pub words: &'static [&'static str],
}

/// `GPUTextureFormat`, without the pseudo-format `preferredCanvasFormat`.
pub const TEXTURE_FORMAT: WordSet = WordSet {
    name: "GPUTextureFormat",
    words: &[
        "r8unorm",
        "r8snorm",
        "r8uint",
        "r8sint",
        "r16unorm",
        "r16snorm",
        "r16uint",
        "r16sint",
        "r16float",
        "rg8unorm",
        "rg8snorm",
        "rg8uint",
        "rg8sint",
        "r32uint",
        "r32sint",
        "r32float",
        "rg16unorm",
        "rg16snorm",
        "rg16uint",
        "rg16sint",
        "rg16float",
        "rgba8unorm",
        "rgba8unorm-srgb",
        "rgba8snorm",
        "rgba8uint",
        "rgba8sint",
        "bgra8unorm",
        "bgra8unorm-srgb",
        "rgb9e5ufloat",
        "rgb10a2uint",
        "rgb10a2unorm",
        "rg11b10ufloat",
        "rg32uint",
        "rg32sint",
        "rg32float",
        "rgba16unorm",
        "rgba16snorm",
        "rgba16uint",
        "rgba16sint",
        "rgba16float",
        "rgba32uint",
        "rgba32sint",
        "rgba32float",
        "stencil8",
        "depth16unorm",
        "depth24plus",
        "depth24plus-stencil8",
        "depth32float",
        "depth32float-stencil8",
        "bc1-rgba-unorm",
        "bc1-rgba-unorm-srgb",
        "bc2-rgba-unorm",
        "bc2-rgba-unorm-srgb",
        "bc3-rgba-unorm",
        "bc3-rgba-unorm-srgb",
        "bc4-r-unorm",
        "bc4-r-snorm",
        "bc5-rg-unorm",
        "bc5-rg-snorm",
        "bc6h-rgb-ufloat",
        "bc6h-rgb-float",
        "bc7-rgba-unorm",
        "bc7-rgba-unorm-srgb",
        "etc2-rgb8unorm",
        "etc2-rgb8unorm-srgb",
        "etc2-rgb8a1unorm",
        "etc2-rgb8a1unorm-srgb",
        "etc2-rgba8unorm",
        "etc2-rgba8unorm-srgb",
        "eac-r11unorm",
        "eac-r11snorm",
        "eac-rg11unorm",
        "eac-rg11snorm",
        "astc-4x4-unorm",
        "astc-4x4-unorm-srgb",
        "astc-5x4-unorm",
        "astc-5x4-unorm-srgb",
        "astc-5x5-unorm",
        "astc-5x5-unorm-srgb",
        "astc-6x5-unorm",
        "astc-6x5-unorm-srgb",
        "astc-6x6-unorm",
        "astc-6x6-unorm-srgb",
        "astc-8x5-unorm",
        "astc-8x5-unorm-srgb",
        "astc-8x6-unorm",
        "astc-8x6-unorm-srgb",
        "astc-8x8-unorm",
        "astc-8x8-unorm-srgb",
        "astc-10x5-unorm",
        "astc-10x5-unorm-srgb",
        "astc-10x6-unorm",
        "astc-10x6-unorm-srgb",
        "astc-10x8-unorm",
        "astc-10x8-unorm-srgb",
        "astc-10x10-unorm",
        "astc-10x10-unorm-srgb",
        "astc-12x10-unorm",
        "astc-12x10-unorm-srgb",
        "astc-12x12-unorm",
        "astc-12x12-unorm-srgb",
    ],
};

/// `GPUTextureDimension`.
pub const TEXTURE_DIMENSION: WordSet = WordSet { name: "GPUTextureDimension", words: &["1d", "2d", "3d"] };

/// `GPUTextureViewDimension`.
pub const TEXTURE_VIEW_DIMENSION: WordSet =
    WordSet { name: "GPUTextureViewDimension", words: &["1d", "2d", "2d-array", "cube", "cube-array", "3d"] };

/// `GPUTextureAspect`.
pub const TEXTURE_ASPECT: WordSet = WordSet { name: "GPUTextureAspect", words: &["all", "stencil-only", "depth-only"] };

/// `GPUAddressMode`.
pub const ADDRESS_MODE: WordSet = WordSet { name: "GPUAddressMode", words: &["clamp-to-edge", "repeat", "mirror-repeat"] };

/// `GPUFilterMode` and `GPUMipmapFilterMode`.
pub const FILTER_MODE: WordSet = WordSet { name: "GPUFilterMode", words: &["nearest", "linear"] };

/// `GPUCompareFunction`.
pub const COMPARE_FUNCTION: WordSet = WordSet {
    name: "GPUCompareFunction",
    words: &["never", "less", "equal", "less-equal", "greater", "not-equal", "greater-equal", "always"],
};

/// `GPUBufferBindingType`.
pub const BUFFER_BINDING_TYPE: WordSet =
    WordSet { name: "GPUBufferBindingType", words: &["uniform", "storage", "read-only-storage"] };

/// `GPUSamplerBindingType`.
pub const SAMPLER_BINDING_TYPE: WordSet =
    WordSet { name: "GPUSamplerBindingType", words: &["filtering", "non-filtering", "comparison"] };

/// `GPUTextureSampleType`.
pub const TEXTURE_SAMPLE_TYPE: WordSet =
    WordSet { name: "GPUTextureSampleType", words: &["float", "unfilterable-float", "depth", "sint", "uint"] };

/// `GPUStorageTextureAccess`.
pub const STORAGE_TEXTURE_ACCESS: WordSet =
    WordSet { name: "GPUStorageTextureAccess", words: &["write-only", "read-only", "read-write"] };

/// `GPUPrimitiveTopology`.
pub const PRIMITIVE_TOPOLOGY: WordSet = WordSet {
    name: "GPUPrimitiveTopology",
    words: &["point-list", "line-list", "line-strip", "triangle-list", "triangle-strip"],
};

/// `GPUFrontFace`.
pub const FRONT_FACE: WordSet = WordSet { name: "GPUFrontFace", words: &["ccw", "cw"] };

/// `GPUCullMode`.
pub const CULL_MODE: WordSet = WordSet { name: "GPUCullMode", words: &["none", "front", "back"] };

/// `GPUBlendFactor`.
pub const BLEND_FACTOR: WordSet = WordSet {
    name: "GPUBlendFactor",
    words: &[
        "zero",
        "one",
        "src",
        "one-minus-src",
        "src-alpha",
        "one-minus-src-alpha",
        "dst",
        "one-minus-dst",
        "dst-alpha",
        "one-minus-dst-alpha",
        "src-alpha-saturated",
        "constant",
        "one-minus-constant",
        "src1",
        "one-minus-src1",
        "src1-alpha",
        "one-minus-src1-alpha",
    ],
};

/// `GPUBlendOperation`.
pub const BLEND_OPERATION: WordSet =
    WordSet { name: "GPUBlendOperation", words: &["add", "subtract", "reverse-subtract", "min", "max"] };

/// `GPUStencilOperation`.
pub const STENCIL_OPERATION: WordSet = WordSet {
    name: "GPUStencilOperation",
    words: &["keep", "zero", "replace", "invert", "increment-clamp", "decrement-clamp", "increment-wrap", "decrement-wrap"],
};

/// `GPUIndexFormat`.
pub const INDEX_FORMAT: WordSet = WordSet { name: "GPUIndexFormat", words: &["uint16", "uint32"] };

/// `GPUVertexStepMode`.
pub const VERTEX_STEP_MODE: WordSet = WordSet { name: "GPUVertexStepMode", words: &["vertex", "instance"] };

/// `GPULoadOp`.
pub const LOAD_OP: WordSet = WordSet { name: "GPULoadOp", words: &["load", "clear"] };

/// `GPUStoreOp`.
pub const STORE_OP: WordSet = WordSet { name: "GPUStoreOp", words: &["store", "discard"] };

/// `GPUQueryType`.
pub const QUERY_TYPE: WordSet = WordSet { name: "GPUQueryType", words: &["occlusion", "timestamp"] };

/// `GPUCanvasAlphaMode`.
pub const CANVAS_ALPHA_MODE: WordSet = WordSet { name: "GPUCanvasAlphaMode", words: &["opaque", "premultiplied"] };

/// `PredefinedColorSpace`.
pub const COLOR_SPACE: WordSet = WordSet { name: "PredefinedColorSpace", words: &["srgb", "display-p3"] };

/// `GPUCanvasToneMappingMode`.
pub const TONE_MAPPING: WordSet = WordSet { name: "GPUCanvasToneMappingMode", words: &["standard", "extended"] };

/// `GPUVertexFormat`.
pub const VERTEX_FORMAT: WordSet = WordSet {
    name: "GPUVertexFormat",
    words: &[
        "uint8",
        "uint8x2",
        "uint8x4",
        "sint8",
        "sint8x2",
        "sint8x4",
        "unorm8",
        "unorm8x2",
        "unorm8x4",
        "snorm8",
        "snorm8x2",
        "snorm8x4",
        "uint16",
        "uint16x2",
        "uint16x4",
        "sint16",
        "sint16x2",
        "sint16x4",
        "unorm16",
        "unorm16x2",
        "unorm16x4",
        "snorm16",
        "snorm16x2",
        "snorm16x4",
        "float16",
        "float16x2",
        "float16x4",
        "float32",
        "float32x2",
        "float32x3",
        "float32x4",
        "uint32",
        "uint32x2",
        "uint32x3",
        "uint32x4",
        "sint32",
        "sint32x2",
        "sint32x3",
        "sint32x4",
        "unorm10-10-10-2",
        "unorm8x4-bgra",
    ],
};

/// The types of numbers in uniforms, words of `GPUVertexFormat`. No enum of WebGPU.
pub const UNIFORM_SCALAR: WordSet = WordSet { name: "", words: &["float32", "sint32", "uint32", "float16"] };

/// All enums.
pub const WORD_SETS: &[WordSet] = &[
    TEXTURE_FORMAT,
    TEXTURE_DIMENSION,
    TEXTURE_VIEW_DIMENSION,
    TEXTURE_ASPECT,
    ADDRESS_MODE,
    FILTER_MODE,
    COMPARE_FUNCTION,
    BUFFER_BINDING_TYPE,
    SAMPLER_BINDING_TYPE,
    TEXTURE_SAMPLE_TYPE,
    STORAGE_TEXTURE_ACCESS,
    PRIMITIVE_TOPOLOGY,
    FRONT_FACE,
    CULL_MODE,
    BLEND_FACTOR,
    BLEND_OPERATION,
    STENCIL_OPERATION,
    INDEX_FORMAT,
    VERTEX_STEP_MODE,
    LOAD_OP,
    STORE_OP,
    QUERY_TYPE,
    CANVAS_ALPHA_MODE,
    COLOR_SPACE,
    TONE_MAPPING,
    VERTEX_FORMAT,
];

/// Every word once. Append-only; the position is the number in a descriptor, so the words that scenes use most come first.
pub const WORDS: &[&str] = &[
    "auto",
    "preferredCanvasFormat",
    "float32x2",
    "float32x3",
    "float32x4",
    "float32",
    "rgba8unorm",
    "bgra8unorm",
    "depth24plus",
    "depth32float",
    "rgba16float",
    "1d",
    "2d",
    "3d",
    "2d-array",
    "cube",
    "cube-array",
    "all",
    "stencil-only",
    "depth-only",
    "clamp-to-edge",
    "repeat",
    "mirror-repeat",
    "nearest",
    "linear",
    "never",
    "less",
    "equal",
    "less-equal",
    "greater",
    "not-equal",
    "greater-equal",
    "always",
    "uniform",
    "storage",
    "read-only-storage",
    "filtering",
    "non-filtering",
    "comparison",
    "float",
    "unfilterable-float",
    "depth",
    "sint",
    "uint",
    "write-only",
    "read-only",
    "read-write",
    "point-list",
    "line-list",
    "line-strip",
    "triangle-list",
    "triangle-strip",
    "ccw",
    "cw",
    "none",
    "front",
    "back",
    "zero",
    "one",
    "src",
    "one-minus-src",
    "src-alpha",
    "one-minus-src-alpha",
    "dst",
    "one-minus-dst",
    "dst-alpha",
    "one-minus-dst-alpha",
    "src-alpha-saturated",
    "constant",
    "one-minus-constant",
    "src1",
    "one-minus-src1",
    "src1-alpha",
    "one-minus-src1-alpha",
    "add",
    "subtract",
    "reverse-subtract",
    "min",
    "max",
    "keep",
    "replace",
    "invert",
    "increment-clamp",
    "decrement-clamp",
    "increment-wrap",
    "decrement-wrap",
    "uint16",
    "uint32",
    "vertex",
    "instance",
    "load",
    "clear",
    "store",
    "discard",
    "occlusion",
    "timestamp",
    "opaque",
    "premultiplied",
    "srgb",
    "display-p3",
    "standard",
    "extended",
    "r8unorm",
    "r8snorm",
    "r8uint",
    "r8sint",
    "r16unorm",
    "r16snorm",
    "r16uint",
    "r16sint",
    "r16float",
    "rg8unorm",
    "rg8snorm",
    "rg8uint",
    "rg8sint",
    "r32uint",
    "r32sint",
    "r32float",
    "rg16unorm",
    "rg16snorm",
    "rg16uint",
    "rg16sint",
    "rg16float",
    "rgba8unorm-srgb",
    "rgba8snorm",
    "rgba8uint",
    "rgba8sint",
    "bgra8unorm-srgb",
    "rgb9e5ufloat",
    "rgb10a2uint",
    "rgb10a2unorm",
    "rg11b10ufloat",
    "rg32uint",
    "rg32sint",
    "rg32float",
    "rgba16unorm",
    "rgba16snorm",
    "rgba16uint",
    "rgba16sint",
    "rgba32uint",
    "rgba32sint",
    "rgba32float",
    "stencil8",
    "depth16unorm",
    "depth24plus-stencil8",
    "depth32float-stencil8",
    "bc1-rgba-unorm",
    "bc1-rgba-unorm-srgb",
    "bc2-rgba-unorm",
    "bc2-rgba-unorm-srgb",
    "bc3-rgba-unorm",
    "bc3-rgba-unorm-srgb",
    "bc4-r-unorm",
    "bc4-r-snorm",
    "bc5-rg-unorm",
    "bc5-rg-snorm",
    "bc6h-rgb-ufloat",
    "bc6h-rgb-float",
    "bc7-rgba-unorm",
    "bc7-rgba-unorm-srgb",
    "etc2-rgb8unorm",
    "etc2-rgb8unorm-srgb",
    "etc2-rgb8a1unorm",
    "etc2-rgb8a1unorm-srgb",
    "etc2-rgba8unorm",
    "etc2-rgba8unorm-srgb",
    "eac-r11unorm",
    "eac-r11snorm",
    "eac-rg11unorm",
    "eac-rg11snorm",
    "uint8",
    "uint8x2",
    "uint8x4",
    "sint8",
    "sint8x2",
    "sint8x4",
    "unorm8",
    "unorm8x2",
    "unorm8x4",
    "snorm8",
    "snorm8x2",
    "snorm8x4",
    "uint16x2",
    "uint16x4",
    "sint16",
    "sint16x2",
    "sint16x4",
    "unorm16",
    "unorm16x2",
    "unorm16x4",
    "snorm16",
    "snorm16x2",
    "snorm16x4",
    "float16",
    "float16x2",
    "float16x4",
    "uint32x2",
    "uint32x3",
    "uint32x4",
    "sint32",
    "sint32x2",
    "sint32x3",
    "sint32x4",
    "unorm10-10-10-2",
    "unorm8x4-bgra",
    "astc-4x4-unorm",
    "astc-4x4-unorm-srgb",
    "astc-5x4-unorm",
    "astc-5x4-unorm-srgb",
    "astc-5x5-unorm",
    "astc-5x5-unorm-srgb",
    "astc-6x5-unorm",
    "astc-6x5-unorm-srgb",
    "astc-6x6-unorm",
    "astc-6x6-unorm-srgb",
    "astc-8x5-unorm",
    "astc-8x5-unorm-srgb",
    "astc-8x6-unorm",
    "astc-8x6-unorm-srgb",
    "astc-8x8-unorm",
    "astc-8x8-unorm-srgb",
    "astc-10x5-unorm",
    "astc-10x5-unorm-srgb",
    "astc-10x6-unorm",
    "astc-10x6-unorm-srgb",
    "astc-10x8-unorm",
    "astc-10x8-unorm-srgb",
    "astc-10x10-unorm",
    "astc-10x10-unorm-srgb",
    "astc-12x10-unorm",
    "astc-12x10-unorm-srgb",
    "astc-12x12-unorm",
    "astc-12x12-unorm-srgb",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unique_and_cover_every_enum() {
        for (i, word) in WORDS.iter().enumerate() {
            assert_eq!(Word::find(word), Some(Word(i as u16)), "{word} stands twice");
        }
        for set in WORD_SETS {
            for word in set.words {
                assert!(Word::find(word).is_some(), "{word} of {}", set.name);
            }
        }
        assert_eq!(Word::from_index(WORDS.len() as u32), None);
    }
}
