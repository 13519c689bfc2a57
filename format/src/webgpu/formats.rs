//! Texture formats. Source: WebGPU, section 26.1 "Texture format capabilities".

use super::Feature::{
    self, Bgra8UnormStorage, Depth32FloatStencil8, Float32Blendable, Float32Filterable, Rg11B10UfloatRenderable,
    TextureCompressionAstc, TextureCompressionBc, TextureCompressionEtc2, TextureFormatsTier1, TextureFormatsTier2,
};
use crate::word::{StorageTextureAccess, TextureAspect, TextureFormat, Word};
use core::ops::BitOr;

/// The format of a texture, a view or an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// The canvas' own, one of `bgra8unorm` and `rgba8unorm`: the word `preferredCanvasFormat`.
    Canvas,
    /// One of WebGPU.
    Texture(TextureFormat),
}

impl Format {
    /// The format that a word is; `None` for words of other enums.
    pub const fn of(word: Word) -> Option<Self> {
        if word.0 == CANVAS.0 {
            return Some(Self::Canvas);
        }
        match TextureFormat::of(word) {
            Some(format) => Some(Self::Texture(format)),
            None => None,
        }
    }

    /// The word.
    pub const fn word(self) -> Word {
        match self {
            Self::Canvas => CANVAS,
            Self::Texture(format) => format.word(),
        }
    }

    /// Its spelling.
    pub const fn text(self) -> &'static str {
        self.word().text()
    }

    /// The same format without `-srgb`: only in that may a view differ from its texture.
    pub const fn linear(self) -> Self {
        match self {
            Self::Canvas => Self::Canvas,
            Self::Texture(format) => Self::Texture(format.linear()),
        }
    }

    /// The format of one aspect: of depth and stencil together one of them, of others the format itself.
    pub const fn of_aspect(self, aspect: TextureAspect) -> Self {
        let Self::Texture(format) = self else { return self };
        Self::Texture(match (format, aspect) {
            (_, TextureAspect::StencilOnly) if format.row().has_stencil => TextureFormat::Stencil8,
            (TextureFormat::Depth24PlusStencil8, TextureAspect::DepthOnly) => TextureFormat::Depth24Plus,
            (TextureFormat::Depth32FloatStencil8, TextureAspect::DepthOnly) => TextureFormat::Depth32Float,
            (format, TextureAspect::All | TextureAspect::DepthOnly | TextureAspect::StencilOnly) => format,
        })
    }

    /// What is known of it; of the canvas' format what both formats of a canvas have.
    pub const fn row(self) -> &'static FormatRow {
        match self {
            Self::Canvas => const { &color(Float, 4, 1, FULL).cost(8, 1) },
            Self::Texture(format) => format.row(),
        }
    }

    /// What it can do on a device with these features.
    pub fn abilities(self, has: impl Fn(Feature) -> bool) -> Abilities {
        let row = self.row();
        row.more.iter().filter(|(feature, _)| has(*feature)).fold(row.abilities, |all, (_, more)| all | *more)
    }

    /// What sampling it gives on a device with these features.
    pub fn sample(self, has: impl Fn(Feature) -> bool) -> Sample {
        match self.row().sample {
            Sample::UnfilterableFloat if self.abilities(has).has(Abilities::FILTER) => Sample::Float,
            sample => sample,
        }
    }

    /// Whether it can be a storage texture with this access on a device with these features.
    pub fn stores(self, access: StorageTextureAccess, has: impl Fn(Feature) -> bool) -> bool {
        let abilities = self.abilities(has);
        match access {
            StorageTextureAccess::ReadWrite => abilities.has(Abilities::READ_WRITE),
            // All that can be written can be read, but for this one.
            StorageTextureAccess::ReadOnly => abilities.has(Abilities::STORE) && self != Self::Texture(TextureFormat::Bgra8Unorm),
            StorageTextureAccess::WriteOnly => abilities.has(Abilities::STORE),
        }
    }

    /// The whole numbers that its channels hold; `None` if it is not a color format of integers.
    pub const fn integers(self) -> Option<Integers> {
        let row = self.row();
        let is_signed = match row.sample {
            Sample::Sint => true,
            Sample::Uint => false,
            Sample::Float | Sample::UnfilterableFloat | Sample::Depth => return None,
        };
        if row.has_stencil {
            return None;
        }
        let bits = match self {
            Self::Texture(TextureFormat::Rgb10a2Uint) => [10, 10, 10, 2],
            Self::Canvas | Self::Texture(_) => [row.component_bytes * 8; 4],
        };
        Some(Integers { is_signed, bits })
    }
}

const CANVAS: Word = Word::of("preferredCanvasFormat");

/// What sampling a format gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// Floats that can be filtered.
    Float,
    /// Floats that cannot be filtered without a feature.
    UnfilterableFloat,
    /// Signed integers.
    Sint,
    /// Unsigned integers.
    Uint,
    /// Depth.
    Depth,
}

/// The whole numbers that the channels of a format hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integers {
    /// Whether they may be negative.
    pub is_signed: bool,
    /// Bits of each channel: red, green, blue, alpha.
    pub bits: [u8; 4],
}

impl Integers {
    /// The least and the greatest number of so many bits, at most 32.
    pub const fn range(self, bits: u8) -> (i64, i64) {
        if self.is_signed { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) }
    }
}

/// What a texture of a format can do, besides being sampled and copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities(u8);

impl Abilities {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// It can be a color attachment.
    pub const RENDER: Self = Self(1);
    /// It can be blended.
    pub const BLEND: Self = Self(1 << 1);
    /// It can have four samples.
    pub const MULTISAMPLE: Self = Self(1 << 2);
    /// It can be resolved to.
    pub const RESOLVE: Self = Self(1 << 3);
    /// It can be a write-only storage texture.
    pub const STORE: Self = Self(1 << 4);
    /// It can be a storage texture that is read and written.
    pub const READ_WRITE: Self = Self(1 << 5);
    /// Sampling can filter it although its floats are wide.
    pub const FILTER: Self = Self(1 << 6);
    /// Images can be copied into it. Source: WebGPU, 19.2 `copyExternalImageToTexture`, step "texture.format".
    pub const IMAGE: Self = Self(1 << 7);

    /// Whether all of `others` are among these.
    pub const fn has(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

impl BitOr for Abilities {
    type Output = Self;

    fn bitor(self, others: Self) -> Self {
        self.and(others)
    }
}

/// What is known of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatRow {
    /// What sampling it gives without further features; of formats with depth and stencil their depth, of `stencil8` unsigned integers.
    pub sample: Sample,
    /// Whether it has a depth aspect.
    pub has_depth: bool,
    /// Whether it has a stencil aspect.
    pub has_stencil: bool,
    /// Channels; of compressed formats four.
    pub channels: u8,
    /// Bytes of one of them, where they are whole and equal: otherwise 1.
    pub component_bytes: u8,
    /// Width and height of a texel block in texels.
    pub block: (u8, u8),
    /// Bytes of a block in a copy; `None` where they depend on the aspect.
    pub copy_bytes: Option<u8>,
    /// Bytes of a block in a GPU's memory, by the rule of thumb of [`GPU_BYTES`](crate::limits::GPU_BYTES).
    pub memory_bytes: u8,
    /// Of the bytes that a sample of all color attachments may have, how many it costs as a render target, and what its place among
    /// them is a multiple of; of what cannot be one nothing. Source: WebGPU, section 26.1.1, "render target pixel byte cost" and "render target component alignment".
    pub target_cost: (u8, u8),
    /// What it can do on every device that has it.
    pub abilities: Abilities,
    /// What it can do more with a feature.
    pub more: &'static [(Feature, Abilities)],
    /// The feature that it exists with, if it is one of those that not every device has.
    pub needs: Option<Feature>,
}

use Abilities as A;
use Sample::{Depth, Float, Sint, Uint, UnfilterableFloat};

const DRAWN: A = A::RENDER.and(A::BLEND).and(A::RESOLVE).and(A::IMAGE);
const FULL: A = DRAWN.and(A::MULTISAMPLE);
const RENDER_4: A = A::RENDER.and(A::MULTISAMPLE);
const RENDER_STORE: A = A::RENDER.and(A::STORE);
const FLOAT_32: A = RENDER_STORE.and(A::IMAGE);
/// What the tier gives the normalised formats of 16 bits, which exist with it only.
const NORMALISED: A = RENDER_4.and(A::BLEND).and(A::STORE);
const SIGNED: A = A::RENDER.and(A::BLEND).and(A::RESOLVE).and(A::STORE);
const TIER_1: (Feature, A) = (TextureFormatsTier1, A::STORE);
const TIER_2: (Feature, A) = (TextureFormatsTier2, A::READ_WRITE);
const FILTER_32: (Feature, A) = (Float32Filterable, A::FILTER);
const BLEND_32: (Feature, A) = (Float32Blendable, A::BLEND);

/// A color format whose channels are equally wide.
const fn color(sample: Sample, channels: u8, component_bytes: u8, abilities: Abilities) -> FormatRow {
    let bytes = channels * component_bytes;
    FormatRow {
        sample,
        has_depth: false,
        has_stencil: false,
        channels,
        component_bytes,
        block: (1, 1),
        copy_bytes: Some(bytes),
        memory_bytes: bytes,
        target_cost: (bytes, component_bytes),
        abilities,
        more: &[],
        needs: None,
    }
}

/// A format of normalised 16-bit numbers.
const fn normalised(channels: u8, abilities: Abilities) -> FormatRow {
    let row = color(UnfilterableFloat, channels, 2, abilities);
    row.needs(TextureFormatsTier1).with(&[(TextureFormatsTier1, NORMALISED)])
}

/// A color format whose channels share four bytes.
const fn packed(sample: Sample, channels: u8, abilities: Abilities) -> FormatRow {
    FormatRow { copy_bytes: Some(4), memory_bytes: 4, target_cost: (8, 4), ..color(sample, channels, 1, abilities) }
}

/// A compressed format: width, height and bytes of its blocks.
const fn compressed(feature: Feature, width: u8, height: u8, bytes: u8) -> FormatRow {
    let row = color(Float, 4, 1, Abilities::NONE).cost(0, 1);
    FormatRow { block: (width, height), copy_bytes: Some(bytes), memory_bytes: bytes, needs: Some(feature), ..row }
}

/// A format with depth or stencil or both: bytes in memory, and in a copy if that does not depend on the aspect.
const fn aspects(has_depth: bool, has_stencil: bool, memory_bytes: u8, copy_bytes: Option<u8>) -> FormatRow {
    let row = color(if has_depth { Depth } else { Uint }, 1, 1, Abilities::MULTISAMPLE);
    FormatRow { has_depth, has_stencil, memory_bytes, copy_bytes, ..row.cost(0, 1) }
}

impl FormatRow {
    /// With what features add.
    const fn with(self, more: &'static [(Feature, Abilities)]) -> Self {
        Self { more, ..self }
    }

    /// With another cost as a render target.
    const fn cost(self, bytes: u8, alignment: u8) -> Self {
        Self { target_cost: (bytes, alignment), ..self }
    }

    /// Of those that exist with a feature only.
    const fn needs(self, feature: Feature) -> Self {
        Self { needs: Some(feature), ..self }
    }
}

/// The rows, in the order of the specification.
macro_rules! rows {
    ($( $($format:ident)+ => $row:expr; )*) => {
        impl TextureFormat {
            /// What is known of it.
            pub const fn row(self) -> &'static FormatRow {
                match self { $( $( Self::$format )|+ => const { &$row }, )* }
            }
        }
    };
}

rows! {
    R8Unorm => color(Float, 1, 1, FULL).with(&[TIER_1, TIER_2]);
    R8Snorm => color(Float, 1, 1, A::MULTISAMPLE).with(&[(TextureFormatsTier1, SIGNED)]);
    R8Uint => color(Uint, 1, 1, RENDER_4).with(&[TIER_1, TIER_2]);
    R8Sint => color(Sint, 1, 1, RENDER_4).with(&[TIER_1, TIER_2]);
    Rg8Unorm => color(Float, 2, 1, FULL).with(&[TIER_1]);
    Rg8Snorm => color(Float, 2, 1, A::MULTISAMPLE).with(&[(TextureFormatsTier1, SIGNED)]);
    Rg8Uint => color(Uint, 2, 1, RENDER_4).with(&[TIER_1]);
    Rg8Sint => color(Sint, 2, 1, RENDER_4).with(&[TIER_1]);
    Rgba8Unorm => color(Float, 4, 1, FULL.and(A::STORE)).cost(8, 1).with(&[TIER_2]);
    Rgba8UnormSrgb => color(Float, 4, 1, FULL).cost(8, 1);
    Rgba8Snorm => color(Float, 4, 1, A::MULTISAMPLE.and(A::STORE)).with(&[(TextureFormatsTier1, SIGNED)]);
    Rgba8Uint => color(Uint, 4, 1, RENDER_4.and(A::STORE)).with(&[TIER_2]);
    Rgba8Sint => color(Sint, 4, 1, RENDER_4.and(A::STORE)).with(&[TIER_2]);
    Bgra8Unorm => color(Float, 4, 1, FULL).cost(8, 1).with(&[(Bgra8UnormStorage, A::STORE)]);
    Bgra8UnormSrgb => color(Float, 4, 1, FULL).cost(8, 1);
    R16Unorm => normalised(1, A::IMAGE);
    R16Snorm => normalised(1, A::NONE);
    R16Uint => color(Uint, 1, 2, RENDER_4).with(&[TIER_1, TIER_2]);
    R16Sint => color(Sint, 1, 2, RENDER_4).with(&[TIER_1, TIER_2]);
    R16Float => color(Float, 1, 2, FULL).with(&[TIER_1, TIER_2]);
    Rg16Unorm => normalised(2, A::IMAGE);
    Rg16Snorm => normalised(2, A::NONE);
    Rg16Uint => color(Uint, 2, 2, RENDER_4).with(&[TIER_1]);
    Rg16Sint => color(Sint, 2, 2, RENDER_4).with(&[TIER_1]);
    Rg16Float => color(Float, 2, 2, FULL).with(&[TIER_1]);
    Rgba16Unorm => normalised(4, A::IMAGE);
    Rgba16Snorm => normalised(4, A::NONE);
    Rgba16Uint => color(Uint, 4, 2, RENDER_4.and(A::STORE)).with(&[TIER_2]);
    Rgba16Sint => color(Sint, 4, 2, RENDER_4.and(A::STORE)).with(&[TIER_2]);
    Rgba16Float => color(Float, 4, 2, FULL.and(A::STORE)).with(&[TIER_2]);
    R32Uint => color(Uint, 1, 4, RENDER_STORE.and(A::READ_WRITE));
    R32Sint => color(Sint, 1, 4, RENDER_STORE.and(A::READ_WRITE));
    R32Float => color(UnfilterableFloat, 1, 4, FLOAT_32.and(A::MULTISAMPLE).and(A::READ_WRITE)).with(&[FILTER_32, BLEND_32]);
    Rg32Uint => color(Uint, 2, 4, RENDER_STORE);
    Rg32Sint => color(Sint, 2, 4, RENDER_STORE);
    Rg32Float => color(UnfilterableFloat, 2, 4, FLOAT_32).with(&[FILTER_32, BLEND_32]);
    Rgba32Uint => color(Uint, 4, 4, RENDER_STORE).with(&[TIER_2]);
    Rgba32Sint => color(Sint, 4, 4, RENDER_STORE).with(&[TIER_2]);
    Rgba32Float => color(UnfilterableFloat, 4, 4, FLOAT_32).with(&[FILTER_32, BLEND_32, TIER_2]);
    Rgb9e5Ufloat => packed(Float, 3, A::NONE).cost(0, 1);
    Rgb10a2Uint => packed(Uint, 4, RENDER_4).with(&[TIER_1]);
    Rgb10a2Unorm => packed(Float, 4, FULL).with(&[TIER_1]);
    Rg11b10Ufloat => packed(Float, 3, A::MULTISAMPLE).with(&[(Rg11B10UfloatRenderable, DRAWN), TIER_1]);

    Stencil8 => aspects(false, true, 1, Some(1));
    Depth16Unorm => aspects(true, false, 2, Some(2));
    Depth24Plus => aspects(true, false, 4, None);
    Depth24PlusStencil8 => aspects(true, true, 8, None);
    Depth32Float => aspects(true, false, 4, Some(4));
    Depth32FloatStencil8 => aspects(true, true, 8, None).needs(Depth32FloatStencil8);

    Bc1RgbaUnorm Bc1RgbaUnormSrgb Bc4RUnorm Bc4RSnorm => compressed(TextureCompressionBc, 4, 4, 8);
    Bc2RgbaUnorm Bc2RgbaUnormSrgb Bc3RgbaUnorm Bc3RgbaUnormSrgb Bc5RgUnorm Bc5RgSnorm Bc6hRgbUfloat Bc6hRgbFloat Bc7RgbaUnorm
    Bc7RgbaUnormSrgb => compressed(TextureCompressionBc, 4, 4, 16);
    Etc2Rgb8Unorm Etc2Rgb8UnormSrgb Etc2Rgb8A1Unorm Etc2Rgb8A1UnormSrgb EacR11Unorm EacR11Snorm =>
        compressed(TextureCompressionEtc2, 4, 4, 8);
    Etc2Rgba8Unorm Etc2Rgba8UnormSrgb EacRg11Unorm EacRg11Snorm => compressed(TextureCompressionEtc2, 4, 4, 16);
    Astc4x4Unorm Astc4x4UnormSrgb => compressed(TextureCompressionAstc, 4, 4, 16);
    Astc5x4Unorm Astc5x4UnormSrgb => compressed(TextureCompressionAstc, 5, 4, 16);
    Astc5x5Unorm Astc5x5UnormSrgb => compressed(TextureCompressionAstc, 5, 5, 16);
    Astc6x5Unorm Astc6x5UnormSrgb => compressed(TextureCompressionAstc, 6, 5, 16);
    Astc6x6Unorm Astc6x6UnormSrgb => compressed(TextureCompressionAstc, 6, 6, 16);
    Astc8x5Unorm Astc8x5UnormSrgb => compressed(TextureCompressionAstc, 8, 5, 16);
    Astc8x6Unorm Astc8x6UnormSrgb => compressed(TextureCompressionAstc, 8, 6, 16);
    Astc8x8Unorm Astc8x8UnormSrgb => compressed(TextureCompressionAstc, 8, 8, 16);
    Astc10x5Unorm Astc10x5UnormSrgb => compressed(TextureCompressionAstc, 10, 5, 16);
    Astc10x6Unorm Astc10x6UnormSrgb => compressed(TextureCompressionAstc, 10, 6, 16);
    Astc10x8Unorm Astc10x8UnormSrgb => compressed(TextureCompressionAstc, 10, 8, 16);
    Astc10x10Unorm Astc10x10UnormSrgb => compressed(TextureCompressionAstc, 10, 10, 16);
    Astc12x10Unorm Astc12x10UnormSrgb => compressed(TextureCompressionAstc, 12, 10, 16);
    Astc12x12Unorm Astc12x12UnormSrgb => compressed(TextureCompressionAstc, 12, 12, 16);
}

/// Formats with `-srgb`, each with the one without.
macro_rules! srgb {
    ($( $srgb:ident $linear:ident; )*) => {
        impl TextureFormat {
            /// The same format without `-srgb`.
            pub const fn linear(self) -> Self {
                match self {
                    $( Self::$srgb => Self::$linear, )*
                    linear => linear,
                }
            }
        }
    };
}

srgb! {
    Rgba8UnormSrgb Rgba8Unorm;
    Bgra8UnormSrgb Bgra8Unorm;
    Bc1RgbaUnormSrgb Bc1RgbaUnorm;
    Bc2RgbaUnormSrgb Bc2RgbaUnorm;
    Bc3RgbaUnormSrgb Bc3RgbaUnorm;
    Bc7RgbaUnormSrgb Bc7RgbaUnorm;
    Etc2Rgb8UnormSrgb Etc2Rgb8Unorm;
    Etc2Rgb8A1UnormSrgb Etc2Rgb8A1Unorm;
    Etc2Rgba8UnormSrgb Etc2Rgba8Unorm;
    Astc4x4UnormSrgb Astc4x4Unorm;
    Astc5x4UnormSrgb Astc5x4Unorm;
    Astc5x5UnormSrgb Astc5x5Unorm;
    Astc6x5UnormSrgb Astc6x5Unorm;
    Astc6x6UnormSrgb Astc6x6Unorm;
    Astc8x5UnormSrgb Astc8x5Unorm;
    Astc8x6UnormSrgb Astc8x6Unorm;
    Astc8x8UnormSrgb Astc8x8Unorm;
    Astc10x5UnormSrgb Astc10x5Unorm;
    Astc10x6UnormSrgb Astc10x6Unorm;
    Astc10x8UnormSrgb Astc10x8Unorm;
    Astc10x10UnormSrgb Astc10x10Unorm;
    Astc12x10UnormSrgb Astc12x10Unorm;
    Astc12x12UnormSrgb Astc12x12Unorm;
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_FEATURE: fn(Feature) -> bool = |_| false;
    const EVERY_FEATURE: fn(Feature) -> bool = |_| true;

    fn of(name: &str) -> Format {
        Format::of(Word::of(name)).unwrap()
    }

    #[test]
    fn abilities_follow_the_specification() {
        let can = |name, abilities| of(name).abilities(NO_FEATURE).has(abilities);
        assert!(can("rgba8unorm", A::STORE | A::BLEND | A::RESOLVE));
        assert!(!can("rgba32float", A::BLEND) && can("rgba32float", A::RENDER | A::STORE));
        assert_eq!(of("r32float").sample(NO_FEATURE), Sample::UnfilterableFloat);
        assert!(!can("r8unorm", A::STORE) && can("r8unorm", A::RENDER) && !can("rgba8snorm", A::RENDER));
        assert!(can("r32uint", A::STORE | A::READ_WRITE) && !can("r32uint", A::MULTISAMPLE) && !can("rgba32uint", A::READ_WRITE));
        assert_eq!(of("rg8sint").sample(NO_FEATURE), Sample::Sint);
        assert!(!can("bc7-rgba-unorm", A::RENDER) && of("bc7-rgba-unorm").row().needs == Some(TextureCompressionBc));
        assert!(can("rgba16float", A::IMAGE) && !can("rgba8snorm", A::IMAGE) && !can("rg11b10ufloat", A::IMAGE));
        assert!(can("preferredCanvasFormat", A::RENDER | A::BLEND) && !can("preferredCanvasFormat", A::STORE));
    }

    #[test]
    fn features_widen_what_formats_can_do() {
        let can = |name, abilities| of(name).abilities(EVERY_FEATURE).has(abilities);
        assert_eq!(of("r32float").sample(EVERY_FEATURE), Sample::Float);
        assert!(can("rgba32float", A::BLEND) && can("rg11b10ufloat", A::RENDER) && can("r8snorm", A::RENDER));
        assert!(can("bgra8unorm", A::STORE) && !of("bgra8unorm").stores(StorageTextureAccess::ReadOnly, EVERY_FEATURE));
        assert!(can("rgba16unorm", A::STORE) && can("rgba8unorm", A::READ_WRITE) && can("r8unorm", A::STORE));
        assert!(!can("rg8unorm", A::READ_WRITE) && !can("rgba8unorm-srgb", A::STORE));
    }

    #[test]
    fn rows_of_plain_formats_are_what_their_names_say() {
        for format in TextureFormat::ALL {
            let (name, row) = (format.text(), format.row());
            assert_eq!(name.contains("depth"), row.has_depth, "{name}");
            assert_eq!(name.contains("stencil"), row.has_stencil, "{name}");
            let is_compressed = ["bc", "etc2", "eac", "astc"].iter().any(|family| name.starts_with(family));
            assert_eq!(is_compressed, row.block != (1, 1), "{name}");
            let is_packed = ["rgb9e5", "rgb10a2", "rg11b10"].iter().any(|family| name.starts_with(family));
            let is_plain = !is_compressed && !is_packed && !row.has_depth && !row.has_stencil;
            if !is_plain {
                continue;
            }
            let split = name.find(|c: char| c.is_ascii_digit()).unwrap();
            let rest = &name[split..];
            let bits: u8 = rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap()].parse().unwrap();
            assert_eq!((row.channels as usize, row.component_bytes), (split, bits / 8), "{name}");
            assert_eq!(row.copy_bytes, Some(row.channels * row.component_bytes), "{name}");
            assert_eq!(name.ends_with("sint"), row.sample == Sample::Sint, "{name}");
            assert_eq!(name.ends_with("uint"), row.sample == Sample::Uint, "{name}");
        }
    }

    #[test]
    fn depth_and_stencil_can_be_taken_apart() {
        let aspect = |name, aspect| of(name).of_aspect(aspect).text();
        assert_eq!(aspect("depth24plus-stencil8", TextureAspect::DepthOnly), "depth24plus");
        assert_eq!(aspect("depth32float-stencil8", TextureAspect::StencilOnly), "stencil8");
        assert_eq!(aspect("depth24plus-stencil8", TextureAspect::All), "depth24plus-stencil8");
        assert_eq!(aspect("rgba8unorm", TextureAspect::DepthOnly), "rgba8unorm");
        assert_eq!(aspect("depth32float", TextureAspect::StencilOnly), "depth32float");
    }

    #[test]
    fn formats_with_srgb_are_those_without_it_otherwise() {
        for format in TextureFormat::ALL {
            let name = format.text();
            assert_eq!(format.linear().text(), name.strip_suffix("-srgb").unwrap_or(name));
        }
    }

    #[test]
    fn ranges_of_integers_are_those_of_their_bits() {
        let range = |name, channel: usize| of(name).integers().map(|integers| integers.range(integers.bits[channel]));
        assert_eq!(range("r8sint", 0), Some((-128, 127)));
        assert_eq!(range("rg32uint", 1), Some((0, u32::MAX.into())));
        assert_eq!((range("rgb10a2uint", 0), range("rgb10a2uint", 3)), (Some((0, 1023)), Some((0, 3))));
        assert_eq!((range("stencil8", 0), range("rgba8unorm", 0), range("depth32float", 0)), (None, None, None));
    }
}
