//! What texture formats can do on the device that a scene asks for, and what clear values become.

use pngine_format::webgpu::{Abilities, Format, Integers};
use pngine_wgsl::device::{Device, Feature, Limit};

pub use pngine_format::webgpu::Sample;

/// A format's capabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
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
    /// It can be a write-only storage texture.
    pub storage: bool,
    /// Images can be copied into it.
    pub images: bool,
    /// Channels.
    pub channels: u32,
    /// The feature that it exists with, if it is one of those that not every device has.
    pub needs: Option<Feature>,
}

/// The capabilities of a format on a device with the features that the scene asks for.
pub fn info(format: Format, device: &Device) -> Capabilities {
    let (row, abilities) = (format.row(), format.abilities(|feature| device.has(feature)));
    Capabilities {
        depth: row.has_depth,
        stencil: row.has_stencil,
        sample: format.sample(|feature| device.has(feature)),
        renderable: abilities.has(Abilities::RENDER),
        blendable: abilities.has(Abilities::BLEND),
        multisample: abilities.has(Abilities::MULTISAMPLE),
        resolvable: abilities.has(Abilities::RESOLVE),
        storage: abilities.has(Abilities::STORE),
        images: abilities.has(Abilities::IMAGE),
        channels: u32::from(row.channels),
        needs: row.needs,
    }
}

/// The WGSL type that clear values of a format of integers are converted to, and its least and greatest numbers.
pub const fn clear_scalar(integers: Integers) -> (&'static str, (i64, i64)) {
    (if integers.is_signed { "i32" } else { "u32" }, integers.range(32))
}

/// The first number of a clear value that cannot be converted to that type. All four are, whichever of them the format has.
pub fn clear_misfit(integers: Integers, clear: [f64; 4]) -> Option<f64> {
    let (_, (least, most)) = clear_scalar(integers);
    clear.into_iter().find(|number| number.trunc() < least as f64 || number.trunc() > most as f64)
}

/// The bytes per sample of color attachments and how many there may be, if they are more.
/// Source: WebGPU, "calculating color attachment bytes per sample".
pub fn too_many_bytes(device: &Device, formats: impl Iterator<Item = Format>) -> Option<(u32, u32)> {
    let bytes = formats
        .map(|format| format.row().target_cost)
        .fold(0u32, |bytes, (cost, alignment)| bytes.next_multiple_of(u32::from(alignment)).saturating_add(u32::from(cost)));
    let most = device.limit32(Limit::MaxColorAttachmentBytesPerSample);
    (bytes > most).then_some((bytes, most))
}
