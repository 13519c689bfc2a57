//! What texture formats can do. Source: WebGPU, section 26.1 "Texture format capabilities".

use crate::device::{Device, Feature};
use pngine_format::vertex::VertexData;
use pngine_format::word::{VertexFormat, Word};

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

/// A format's capabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// It has a depth aspect.
    pub depth: bool,
    /// It has a stencil aspect.
    pub stencil: bool,
    /// What sampling it gives; of depth-stencil formats their depth, of `stencil8` unsigned integers.
    pub sample: Sample,
    /// It can be a colour attachment.
    pub renderable: bool,
    /// It can be blended.
    pub blendable: bool,
    /// It can have four samples.
    pub multisample: bool,
    /// It can be resolved to.
    pub resolvable: bool,
    /// It can be a write-only storage texture; which of those can be read, [`stores`] says.
    pub storage: bool,
    /// It can be a storage texture that is read and written.
    pub read_write: bool,
    /// Channels.
    pub channels: u32,
    /// The feature that it exists with, if it is one of those that not every device has.
    pub needs: Option<Feature>,
}

/// The capabilities of a format on a device with the features that the scene asks for. Those of `preferredCanvasFormat` are the ones
/// of `bgra8unorm` and `rgba8unorm` alike.
pub fn info(format: Word, device: &Device) -> Format {
    let mut info = without_features(format);
    let name = format.text();
    let tier1 = device.has(Feature::TextureFormatsTier1);
    if info.needs == Some(Feature::TextureFormatsTier1) && tier1 {
        info = Format { renderable: true, blendable: true, multisample: true, storage: true, ..info };
    }
    match name {
        "r32float" | "rg32float" | "rgba32float" => {
            if device.has(Feature::Float32Filterable) {
                info.sample = Sample::Float;
            }
            info.blendable = device.has(Feature::Float32Blendable);
        }
        "rg11b10ufloat" if device.has(Feature::Rg11B10UfloatRenderable) => {
            info = Format { renderable: true, blendable: true, resolvable: true, storage: tier1, ..info };
        }
        "bgra8unorm" => info.storage = device.has(Feature::Bgra8UnormStorage),
        "r8snorm" | "rg8snorm" | "rgba8snorm" if tier1 => {
            info = Format { renderable: true, blendable: true, resolvable: true, storage: true, ..info };
        }
        _ => {}
    }
    // Source: WebGPU, "texture-formats-tier1": formats that become storage formats with it.
    const MORE_STORAGE: [&str; 13] = [
        "r8unorm",
        "r8uint",
        "r8sint",
        "rg8unorm",
        "rg8uint",
        "rg8sint",
        "r16uint",
        "r16sint",
        "r16float",
        "rg16uint",
        "rg16sint",
        "rg16float",
        "rgb10a2uint",
    ];
    info.storage |= tier1 && (MORE_STORAGE.contains(&name) || name == "rgb10a2unorm");
    // Source: WebGPU, "texture-formats-tier2".
    const READ_WRITE: [&str; 15] = [
        "r8unorm",
        "r8uint",
        "r8sint",
        "rgba8unorm",
        "rgba8uint",
        "rgba8sint",
        "r16uint",
        "r16sint",
        "r16float",
        "rgba16uint",
        "rgba16sint",
        "rgba16float",
        "rgba32uint",
        "rgba32sint",
        "rgba32float",
    ];
    info.read_write |= device.has(Feature::TextureFormatsTier2) && READ_WRITE.contains(&name);
    info
}

/// Whether a format can be a storage texture with this access, a word of `GPUStorageTextureAccess`.
pub fn stores(format: Word, access: Word, device: &Device) -> bool {
    let info = info(format, device);
    match access.text() {
        "read-write" => info.read_write,
        // All that can be written can be read, but for this one.
        "read-only" => info.storage && format.text() != "bgra8unorm",
        _ => info.storage,
    }
}

/// The capabilities of a format on every device.
fn without_features(format: Word) -> Format {
    let name = format.text();
    let none = Format {
        depth: false,
        stencil: false,
        sample: Sample::Float,
        renderable: false,
        blendable: false,
        multisample: false,
        resolvable: false,
        storage: false,
        read_write: false,
        channels: 4,
        needs: None,
    };
    let full = Format { renderable: true, blendable: true, multisample: true, resolvable: true, ..none };
    match name {
        "preferredCanvasFormat" | "bgra8unorm" | "bgra8unorm-srgb" | "rgba8unorm-srgb" | "rgb10a2unorm" => return full,
        "rgba8unorm" | "rgba16float" => return Format { storage: true, ..full },
        "rgba8snorm" => return Format { storage: true, multisample: true, ..none },
        "rgb9e5ufloat" | "rg11b10ufloat" => return Format { channels: 3, multisample: name == "rg11b10ufloat", ..none },
        "rgb10a2uint" => return Format { renderable: true, multisample: true, sample: Sample::Uint, ..none },
        "stencil8" => return Format { stencil: true, multisample: true, sample: Sample::Uint, channels: 1, ..none },
        "depth16unorm" | "depth24plus" | "depth32float" => {
            return Format { depth: true, multisample: true, sample: Sample::Depth, channels: 1, ..none };
        }
        "depth24plus-stencil8" | "depth32float-stencil8" => {
            let needs = (name == "depth32float-stencil8").then_some(Feature::Depth32FloatStencil8);
            return Format { depth: true, stencil: true, multisample: true, sample: Sample::Depth, channels: 1, needs, ..none };
        }
        _ => {}
    }
    let compressed = [
        ("bc", Feature::TextureCompressionBc),
        ("etc2", Feature::TextureCompressionEtc2),
        ("eac", Feature::TextureCompressionEtc2),
        ("astc", Feature::TextureCompressionAstc),
    ];
    if let Some((_, feature)) = compressed.iter().find(|(family, _)| name.starts_with(family)) {
        return Format { needs: Some(*feature), ..none };
    }
    let channels = name.bytes().take_while(u8::is_ascii_alphabetic).count() as u32;
    let bits = if name.contains("32") {
        32
    } else if name.contains("16") {
        16
    } else {
        8
    };
    let read_write = bits == 32 && channels == 1;
    let wide = Format { channels, renderable: true, storage: bits == 32 || channels == 4, read_write, ..none };
    if name.ends_with("uint") || name.ends_with("sint") {
        let sample = if name.ends_with("uint") { Sample::Uint } else { Sample::Sint };
        return Format { sample, multisample: bits != 32, ..wide };
    }
    if bits == 32 {
        return Format { sample: Sample::UnfilterableFloat, multisample: channels == 1, ..wide };
    }
    match name {
        "r8unorm" | "rg8unorm" | "r16float" | "rg16float" => Format { channels, ..full },
        "r8snorm" | "rg8snorm" => Format { channels, multisample: true, ..none },
        // The 16-bit normalised formats exist with the feature texture-formats-tier1 only.
        _ => Format { channels, sample: Sample::UnfilterableFloat, needs: Some(Feature::TextureFormatsTier1), ..none },
    }
}

/// The whole numbers that the channels of a format hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integers {
    is_signed: bool,
    /// Of each channel: red, green, blue, alpha.
    bits: [u8; 4],
}

impl Integers {
    /// The least and the greatest number of a channel.
    pub fn range(&self, channel: usize) -> (f64, f64) {
        self.of_bits(self.bits.get(channel).copied().unwrap_or(32))
    }

    fn of_bits(&self, bits: u8) -> (f64, f64) {
        match self.is_signed {
            true => (-(2f64.powi(i32::from(bits) - 1)), 2f64.powi(i32::from(bits) - 1) - 1.0),
            false => (0.0, 2f64.powi(i32::from(bits)) - 1.0),
        }
    }

    /// The WGSL type that clear values are converted to, and its least and greatest numbers.
    pub fn scalar(&self) -> (&'static str, (f64, f64)) {
        (if self.is_signed { "i32" } else { "u32" }, self.of_bits(32))
    }

    /// The first number that cannot be converted to that type. All four are, whichever of them the format has.
    pub fn misfit(&self, numbers: [f64; 4]) -> Option<f64> {
        let (_, (least, most)) = self.scalar();
        numbers.into_iter().find(|number| number.trunc() < least || number.trunc() > most)
    }
}

/// What a format of integers holds; `None` for others.
pub fn integers(format: Word) -> Option<Integers> {
    let name = format.text();
    let is_signed = match name {
        _ if name.ends_with("uint") => false,
        _ if name.ends_with("sint") => true,
        _ => return None,
    };
    let bits = match name.trim_start_matches(|c: char| c.is_ascii_alphabetic()) {
        rest if rest.starts_with("32") => [32; 4],
        rest if rest.starts_with("16") => [16; 4],
        rest if rest.starts_with("10a2") => [10, 10, 10, 2],
        _ => [8; 4],
    };
    Some(Integers { is_signed, bits })
}

/// What a colour target costs of the bytes that a sample may have, and what its place among them is a multiple of.
/// Source: WebGPU, section 26.1.1, "render target pixel byte cost" and "render target component alignment".
pub fn target_cost(format: Word) -> (u32, u32) {
    let name = format.text();
    match name {
        "preferredCanvasFormat" | "bgra8unorm" | "bgra8unorm-srgb" | "rgba8unorm" | "rgba8unorm-srgb" => return (8, 1),
        "rgb10a2unorm" | "rgb10a2uint" | "rg11b10ufloat" => return (8, 4),
        _ => {}
    }
    let bytes = if name.contains("32") {
        4
    } else if name.contains("16") {
        2
    } else {
        1
    };
    (bytes * without_features(format).channels, bytes)
}

/// The components of a vertex format and whether shaders read floats, signed or unsigned integers from it; its size in bytes.
/// Source: WebGPU, section 10.3.7 "Vertex formats".
pub fn vertex_format(format: Word) -> (u32, Sample, u32) {
    // The property lets nothing but vertex formats through.
    let (components, data, size) = VertexFormat::of(format).unwrap_or(VertexFormat::Float32).layout();
    let sample = match data {
        VertexData::Float => Sample::Float,
        VertexData::Sint => Sample::Sint,
        VertexData::Uint => Sample::Uint,
    };
    (components, sample, size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    #[test]
    fn capabilities_follow_the_specification() {
        let of = |name| info(Word::of(name), &Device::default());
        assert!(of("rgba8unorm").storage && of("rgba8unorm").blendable && of("rgba8unorm").resolvable);
        assert!(!of("rgba32float").blendable && of("rgba32float").renderable && of("rgba32float").storage);
        assert_eq!(of("r32float").sample, Sample::UnfilterableFloat);
        assert!(!of("r8unorm").storage && of("r8unorm").renderable && !of("rgba8snorm").renderable);
        assert!(of("r32uint").storage && !of("r32uint").multisample && of("rg8sint").sample == Sample::Sint);
        assert!(of("depth24plus-stencil8").depth && of("depth24plus-stencil8").stencil && of("stencil8").stencil);
        assert!(of("bc7-rgba-unorm").needs == Some(Feature::TextureCompressionBc) && !of("bc7-rgba-unorm").renderable);
        assert_eq!((of("r16float").channels, of("rg32uint").channels), (1, 2));
        assert!(of("r32uint").read_write && !of("rgba32uint").read_write);
    }

    #[test]
    fn features_widen_what_formats_can_do() {
        let span = Span::new(FileId(0), 0, 0);
        let mut device = Device::default();
        for feature in Feature::ALL {
            device.features.insert(*feature, (true, span));
        }
        let of = |name| info(Word::of(name), &device);
        assert!(of("r32float").sample == Sample::Float && of("rgba32float").blendable);
        assert!(of("rg11b10ufloat").renderable && of("bgra8unorm").storage && of("r8snorm").renderable);
        assert!(of("rgba16unorm").storage && of("rgba8unorm").read_write && of("r8unorm").storage);
        assert!(!of("rg8unorm").read_write && !of("rgba8unorm-srgb").storage);
    }

    #[test]
    fn vertex_formats_have_their_sizes() {
        let of = |name| vertex_format(Word::of(name));
        assert_eq!(of("float32x3"), (3, Sample::Float, 12));
        assert_eq!(of("uint8x4"), (4, Sample::Uint, 4));
        assert_eq!(of("sint16x2"), (2, Sample::Sint, 4));
        assert_eq!(of("unorm8"), (1, Sample::Float, 1));
        assert_eq!(of("float16x4"), (4, Sample::Float, 8));
        assert_eq!(of("unorm8x4-bgra"), (4, Sample::Float, 4));
    }
}
