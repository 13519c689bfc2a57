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
    /// Their numbers.
    pub numbers: &'static [u16],
}

/// An enum of WebGPU as a type: what all of them can do.
pub trait WordEnum: Copy + 'static {
    /// Its words.
    const SET: WordSet;

    /// The value that a word is; `None` for words of other enums.
    fn from_word(word: Word) -> Option<Self>;

    /// The word.
    fn to_word(self) -> Word;

    /// Its spelling.
    fn spelling(self) -> &'static str;
}

/// Enums of WebGPU as types whose values are their numbers in descriptors. A word that several enums have has the same number in each.
macro_rules! enum_words {
    ($list:ident: $( $(#[doc = $doc:literal])+ $ty:ident $set:ident $name:literal { $( $code:literal $variant:ident $text:literal; )* } )*) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[expect(missing_docs, reason = "each is the value of that spelling")]
            #[repr(u16)]
            pub enum $ty { $( $variant = $code, )* }

            impl $ty {
                /// All values, in the order of the IDL.
                pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

                /// Its spelling.
                pub const fn text(self) -> &'static str {
                    match self { $( Self::$variant => $text, )* }
                }

                /// The word.
                pub const fn word(self) -> Word {
                    Word(self as u16)
                }

                /// The value that a word is; `None` for words of other enums.
                pub const fn of(word: Word) -> Option<Self> {
                    match word.0 { $( $code => Some(Self::$variant), )* _ => None }
                }
            }

            impl WordEnum for $ty {
                const SET: WordSet = $set;

                fn from_word(word: Word) -> Option<Self> {
                    Self::of(word)
                }

                fn to_word(self) -> Word {
                    self.word()
                }

                fn spelling(self) -> &'static str {
                    self.text()
                }
            }

            #[doc = concat!("The words of [`", stringify!($ty), "`].")]
            pub const $set: WordSet = WordSet { name: $name, words: &[$( $text, )*], numbers: &[$( $code, )*] };
        )*

        /// These enums.
        pub const $list: &[WordSet] = &[$( $set, )*];
    };
}

enum_words! {
    WORD_SETS:
    /// `GPUTextureFormat`, without the pseudo-format `preferredCanvasFormat`.
    TextureFormat TEXTURE_FORMAT "GPUTextureFormat" {
        102 R8Unorm "r8unorm";
        103 R8Snorm "r8snorm";
        104 R8Uint "r8uint";
        105 R8Sint "r8sint";
        106 R16Unorm "r16unorm";
        107 R16Snorm "r16snorm";
        108 R16Uint "r16uint";
        109 R16Sint "r16sint";
        110 R16Float "r16float";
        111 Rg8Unorm "rg8unorm";
        112 Rg8Snorm "rg8snorm";
        113 Rg8Uint "rg8uint";
        114 Rg8Sint "rg8sint";
        115 R32Uint "r32uint";
        116 R32Sint "r32sint";
        117 R32Float "r32float";
        118 Rg16Unorm "rg16unorm";
        119 Rg16Snorm "rg16snorm";
        120 Rg16Uint "rg16uint";
        121 Rg16Sint "rg16sint";
        122 Rg16Float "rg16float";
        6 Rgba8Unorm "rgba8unorm";
        123 Rgba8UnormSrgb "rgba8unorm-srgb";
        124 Rgba8Snorm "rgba8snorm";
        125 Rgba8Uint "rgba8uint";
        126 Rgba8Sint "rgba8sint";
        7 Bgra8Unorm "bgra8unorm";
        127 Bgra8UnormSrgb "bgra8unorm-srgb";
        128 Rgb9e5Ufloat "rgb9e5ufloat";
        129 Rgb10a2Uint "rgb10a2uint";
        130 Rgb10a2Unorm "rgb10a2unorm";
        131 Rg11b10Ufloat "rg11b10ufloat";
        132 Rg32Uint "rg32uint";
        133 Rg32Sint "rg32sint";
        134 Rg32Float "rg32float";
        135 Rgba16Unorm "rgba16unorm";
        136 Rgba16Snorm "rgba16snorm";
        137 Rgba16Uint "rgba16uint";
        138 Rgba16Sint "rgba16sint";
        10 Rgba16Float "rgba16float";
        139 Rgba32Uint "rgba32uint";
        140 Rgba32Sint "rgba32sint";
        141 Rgba32Float "rgba32float";
        142 Stencil8 "stencil8";
        143 Depth16Unorm "depth16unorm";
        8 Depth24Plus "depth24plus";
        144 Depth24PlusStencil8 "depth24plus-stencil8";
        9 Depth32Float "depth32float";
        145 Depth32FloatStencil8 "depth32float-stencil8";
        146 Bc1RgbaUnorm "bc1-rgba-unorm";
        147 Bc1RgbaUnormSrgb "bc1-rgba-unorm-srgb";
        148 Bc2RgbaUnorm "bc2-rgba-unorm";
        149 Bc2RgbaUnormSrgb "bc2-rgba-unorm-srgb";
        150 Bc3RgbaUnorm "bc3-rgba-unorm";
        151 Bc3RgbaUnormSrgb "bc3-rgba-unorm-srgb";
        152 Bc4RUnorm "bc4-r-unorm";
        153 Bc4RSnorm "bc4-r-snorm";
        154 Bc5RgUnorm "bc5-rg-unorm";
        155 Bc5RgSnorm "bc5-rg-snorm";
        156 Bc6hRgbUfloat "bc6h-rgb-ufloat";
        157 Bc6hRgbFloat "bc6h-rgb-float";
        158 Bc7RgbaUnorm "bc7-rgba-unorm";
        159 Bc7RgbaUnormSrgb "bc7-rgba-unorm-srgb";
        160 Etc2Rgb8Unorm "etc2-rgb8unorm";
        161 Etc2Rgb8UnormSrgb "etc2-rgb8unorm-srgb";
        162 Etc2Rgb8A1Unorm "etc2-rgb8a1unorm";
        163 Etc2Rgb8A1UnormSrgb "etc2-rgb8a1unorm-srgb";
        164 Etc2Rgba8Unorm "etc2-rgba8unorm";
        165 Etc2Rgba8UnormSrgb "etc2-rgba8unorm-srgb";
        166 EacR11Unorm "eac-r11unorm";
        167 EacR11Snorm "eac-r11snorm";
        168 EacRg11Unorm "eac-rg11unorm";
        169 EacRg11Snorm "eac-rg11snorm";
        205 Astc4x4Unorm "astc-4x4-unorm";
        206 Astc4x4UnormSrgb "astc-4x4-unorm-srgb";
        207 Astc5x4Unorm "astc-5x4-unorm";
        208 Astc5x4UnormSrgb "astc-5x4-unorm-srgb";
        209 Astc5x5Unorm "astc-5x5-unorm";
        210 Astc5x5UnormSrgb "astc-5x5-unorm-srgb";
        211 Astc6x5Unorm "astc-6x5-unorm";
        212 Astc6x5UnormSrgb "astc-6x5-unorm-srgb";
        213 Astc6x6Unorm "astc-6x6-unorm";
        214 Astc6x6UnormSrgb "astc-6x6-unorm-srgb";
        215 Astc8x5Unorm "astc-8x5-unorm";
        216 Astc8x5UnormSrgb "astc-8x5-unorm-srgb";
        217 Astc8x6Unorm "astc-8x6-unorm";
        218 Astc8x6UnormSrgb "astc-8x6-unorm-srgb";
        219 Astc8x8Unorm "astc-8x8-unorm";
        220 Astc8x8UnormSrgb "astc-8x8-unorm-srgb";
        221 Astc10x5Unorm "astc-10x5-unorm";
        222 Astc10x5UnormSrgb "astc-10x5-unorm-srgb";
        223 Astc10x6Unorm "astc-10x6-unorm";
        224 Astc10x6UnormSrgb "astc-10x6-unorm-srgb";
        225 Astc10x8Unorm "astc-10x8-unorm";
        226 Astc10x8UnormSrgb "astc-10x8-unorm-srgb";
        227 Astc10x10Unorm "astc-10x10-unorm";
        228 Astc10x10UnormSrgb "astc-10x10-unorm-srgb";
        229 Astc12x10Unorm "astc-12x10-unorm";
        230 Astc12x10UnormSrgb "astc-12x10-unorm-srgb";
        231 Astc12x12Unorm "astc-12x12-unorm";
        232 Astc12x12UnormSrgb "astc-12x12-unorm-srgb";
    }
    /// `GPUTextureDimension`.
    TextureDimension TEXTURE_DIMENSION "GPUTextureDimension" {
        11 D1 "1d";
        12 D2 "2d";
        13 D3 "3d";
    }
    /// `GPUTextureViewDimension`.
    TextureViewDimension TEXTURE_VIEW_DIMENSION "GPUTextureViewDimension" {
        11 D1 "1d";
        12 D2 "2d";
        14 D2Array "2d-array";
        15 Cube "cube";
        16 CubeArray "cube-array";
        13 D3 "3d";
    }
    /// `GPUTextureAspect`.
    TextureAspect TEXTURE_ASPECT "GPUTextureAspect" {
        17 All "all";
        18 StencilOnly "stencil-only";
        19 DepthOnly "depth-only";
    }
    /// `GPUAddressMode`.
    AddressMode ADDRESS_MODE "GPUAddressMode" {
        20 ClampToEdge "clamp-to-edge";
        21 Repeat "repeat";
        22 MirrorRepeat "mirror-repeat";
    }
    /// `GPUFilterMode` and `GPUMipmapFilterMode`.
    FilterMode FILTER_MODE "GPUFilterMode" {
        23 Nearest "nearest";
        24 Linear "linear";
    }
    /// `GPUCompareFunction`.
    CompareFunction COMPARE_FUNCTION "GPUCompareFunction" {
        25 Never "never";
        26 Less "less";
        27 Equal "equal";
        28 LessEqual "less-equal";
        29 Greater "greater";
        30 NotEqual "not-equal";
        31 GreaterEqual "greater-equal";
        32 Always "always";
    }
    /// `GPUBufferBindingType`.
    BufferBindingType BUFFER_BINDING_TYPE "GPUBufferBindingType" {
        33 Uniform "uniform";
        34 Storage "storage";
        35 ReadOnlyStorage "read-only-storage";
    }
    /// `GPUSamplerBindingType`.
    SamplerBindingType SAMPLER_BINDING_TYPE "GPUSamplerBindingType" {
        36 Filtering "filtering";
        37 NonFiltering "non-filtering";
        38 Comparison "comparison";
    }
    /// `GPUTextureSampleType`.
    TextureSampleType TEXTURE_SAMPLE_TYPE "GPUTextureSampleType" {
        39 Float "float";
        40 UnfilterableFloat "unfilterable-float";
        41 Depth "depth";
        42 Sint "sint";
        43 Uint "uint";
    }
    /// `GPUStorageTextureAccess`.
    StorageTextureAccess STORAGE_TEXTURE_ACCESS "GPUStorageTextureAccess" {
        44 WriteOnly "write-only";
        45 ReadOnly "read-only";
        46 ReadWrite "read-write";
    }
    /// `GPUPrimitiveTopology`.
    PrimitiveTopology PRIMITIVE_TOPOLOGY "GPUPrimitiveTopology" {
        47 PointList "point-list";
        48 LineList "line-list";
        49 LineStrip "line-strip";
        50 TriangleList "triangle-list";
        51 TriangleStrip "triangle-strip";
    }
    /// `GPUFrontFace`.
    FrontFace FRONT_FACE "GPUFrontFace" {
        52 Ccw "ccw";
        53 Cw "cw";
    }
    /// `GPUCullMode`.
    CullMode CULL_MODE "GPUCullMode" {
        54 None "none";
        55 Front "front";
        56 Back "back";
    }
    /// `GPUBlendFactor`.
    BlendFactor BLEND_FACTOR "GPUBlendFactor" {
        57 Zero "zero";
        58 One "one";
        59 Src "src";
        60 OneMinusSrc "one-minus-src";
        61 SrcAlpha "src-alpha";
        62 OneMinusSrcAlpha "one-minus-src-alpha";
        63 Dst "dst";
        64 OneMinusDst "one-minus-dst";
        65 DstAlpha "dst-alpha";
        66 OneMinusDstAlpha "one-minus-dst-alpha";
        67 SrcAlphaSaturated "src-alpha-saturated";
        68 Constant "constant";
        69 OneMinusConstant "one-minus-constant";
        70 Src1 "src1";
        71 OneMinusSrc1 "one-minus-src1";
        72 Src1Alpha "src1-alpha";
        73 OneMinusSrc1Alpha "one-minus-src1-alpha";
    }
    /// `GPUBlendOperation`.
    BlendOperation BLEND_OPERATION "GPUBlendOperation" {
        74 Add "add";
        75 Subtract "subtract";
        76 ReverseSubtract "reverse-subtract";
        77 Min "min";
        78 Max "max";
    }
    /// `GPUStencilOperation`.
    StencilOperation STENCIL_OPERATION "GPUStencilOperation" {
        79 Keep "keep";
        57 Zero "zero";
        80 Replace "replace";
        81 Invert "invert";
        82 IncrementClamp "increment-clamp";
        83 DecrementClamp "decrement-clamp";
        84 IncrementWrap "increment-wrap";
        85 DecrementWrap "decrement-wrap";
    }
    /// `GPUIndexFormat`.
    IndexFormat INDEX_FORMAT "GPUIndexFormat" {
        86 Uint16 "uint16";
        87 Uint32 "uint32";
    }
    /// `GPUVertexStepMode`.
    VertexStepMode VERTEX_STEP_MODE "GPUVertexStepMode" {
        88 Vertex "vertex";
        89 Instance "instance";
    }
    /// `GPULoadOp`.
    LoadOp LOAD_OP "GPULoadOp" {
        90 Load "load";
        91 Clear "clear";
    }
    /// `GPUStoreOp`.
    StoreOp STORE_OP "GPUStoreOp" {
        92 Store "store";
        93 Discard "discard";
    }
    /// `GPUQueryType`.
    QueryType QUERY_TYPE "GPUQueryType" {
        94 Occlusion "occlusion";
        95 Timestamp "timestamp";
    }
    /// `GPUCanvasAlphaMode`.
    CanvasAlphaMode CANVAS_ALPHA_MODE "GPUCanvasAlphaMode" {
        96 Opaque "opaque";
        97 Premultiplied "premultiplied";
    }
    /// `PredefinedColorSpace`.
    ColorSpace COLOR_SPACE "PredefinedColorSpace" {
        98 Srgb "srgb";
        99 DisplayP3 "display-p3";
    }
    /// `GPUCanvasToneMappingMode`.
    CanvasToneMappingMode TONE_MAPPING "GPUCanvasToneMappingMode" {
        100 Standard "standard";
        101 Extended "extended";
    }
    /// `GPUVertexFormat`.
    VertexFormat VERTEX_FORMAT "GPUVertexFormat" {
        170 Uint8 "uint8";
        171 Uint8x2 "uint8x2";
        172 Uint8x4 "uint8x4";
        173 Sint8 "sint8";
        174 Sint8x2 "sint8x2";
        175 Sint8x4 "sint8x4";
        176 Unorm8 "unorm8";
        177 Unorm8x2 "unorm8x2";
        178 Unorm8x4 "unorm8x4";
        179 Snorm8 "snorm8";
        180 Snorm8x2 "snorm8x2";
        181 Snorm8x4 "snorm8x4";
        86 Uint16 "uint16";
        182 Uint16x2 "uint16x2";
        183 Uint16x4 "uint16x4";
        184 Sint16 "sint16";
        185 Sint16x2 "sint16x2";
        186 Sint16x4 "sint16x4";
        187 Unorm16 "unorm16";
        188 Unorm16x2 "unorm16x2";
        189 Unorm16x4 "unorm16x4";
        190 Snorm16 "snorm16";
        191 Snorm16x2 "snorm16x2";
        192 Snorm16x4 "snorm16x4";
        193 Float16 "float16";
        194 Float16x2 "float16x2";
        195 Float16x4 "float16x4";
        5 Float32 "float32";
        2 Float32x2 "float32x2";
        3 Float32x3 "float32x3";
        4 Float32x4 "float32x4";
        87 Uint32 "uint32";
        196 Uint32x2 "uint32x2";
        197 Uint32x3 "uint32x3";
        198 Uint32x4 "uint32x4";
        199 Sint32 "sint32";
        200 Sint32x2 "sint32x2";
        201 Sint32x3 "sint32x3";
        202 Sint32x4 "sint32x4";
        203 Unorm10_10_10_2 "unorm10-10-10-2";
        204 Unorm8x4Bgra "unorm8x4-bgra";
    }
}

enum_words! {
    OWN_SETS:
    /// The types of numbers in uniforms, words of `GPUVertexFormat`. No enum of WebGPU.
    UniformScalar UNIFORM_SCALAR "" {
        5 Float32 "float32";
        199 Sint32 "sint32";
        87 Uint32 "uint32";
        193 Float16 "float16";
    }
}

/// Words that no enum has, with their numbers: a pipeline's automatic layout, and the format of the canvas.
const OTHER_WORDS: &[(u16, &str)] = &[(0, "auto"), (1, "preferredCanvasFormat")];

/// Every word once. Append-only; the position is the number in a descriptor, so the words that scenes use most come first.
pub const WORDS: &[&str] = &{
    let mut words = [""; COUNT];
    let mut i = 0;
    while i < OTHER_WORDS.len() {
        words[OTHER_WORDS[i].0 as usize] = OTHER_WORDS[i].1;
        i += 1;
    }
    let mut set = 0;
    while set < WORD_SETS.len() {
        let WordSet { words: texts, numbers, .. } = WORD_SETS[set];
        let mut i = 0;
        while i < texts.len() {
            words[numbers[i] as usize] = texts[i];
            i += 1;
        }
        set += 1;
    }
    words
};

/// How many words there are: one more than the greatest number.
const COUNT: usize = {
    let mut count = 0;
    let mut set = 0;
    while set < WORD_SETS.len() {
        let mut i = 0;
        while i < WORD_SETS[set].numbers.len() {
            let number = WORD_SETS[set].numbers[i] as usize;
            if number >= count {
                count = number + 1;
            }
            i += 1;
        }
        set += 1;
    }
    count
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unique_and_cover_every_enum() {
        for (i, word) in WORDS.iter().enumerate() {
            assert_eq!(Word::find(word), Some(Word(i as u16)), "{word} stands twice");
        }
        for set in WORD_SETS.iter().chain(OWN_SETS) {
            assert_eq!(set.words.len(), set.numbers.len());
            for (word, number) in set.words.iter().zip(set.numbers) {
                assert_eq!(Word::find(word), Some(Word(*number)), "{word} of {}", set.name);
            }
        }
        assert!(!WORDS.contains(&""), "a number without a word");
        assert_eq!(Word::from_index(WORDS.len() as u32), None);
    }

    #[test]
    fn values_of_enums_are_words_and_back() {
        for format in TextureFormat::ALL {
            assert_eq!(TextureFormat::of(format.word()), Some(*format));
            assert_eq!(format.word().text(), format.text());
        }
        assert_eq!(TextureFormat::ALL.len(), TEXTURE_FORMAT.words.len());
        assert_eq!((CullMode::of(Word::of("none")), CullMode::of(Word::of("ccw"))), (Some(CullMode::None), None));
        // A word that is in two enums.
        assert_eq!(VertexFormat::Float32.word(), UniformScalar::Float32.word());
    }
}
