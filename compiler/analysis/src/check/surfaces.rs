//! What a `#pass` draws to, before there are textures of it: what is wrong with a format is said where the format stands.

use crate::language::Slot;
use crate::resolve::Pass;
use pngine_format::webgpu::{Abilities, Format, Sample};
use pngine_scene::formats;
use pngine_source::diag::{Code, Diagnostic, at_most};
use pngine_source::source::Span;
use pngine_wgsl::device::{Device, Limit};

/// Formats that everything can be done with, for advice.
const ADVICE: &str = "`rgba8unorm` and `rgba16float` can";

/// What is done with an output beside reading it.
pub(crate) struct Uses {
    /// Fragment code draws to it.
    pub(crate) drawn: bool,
    /// Compute code writes to it.
    pub(crate) stored: bool,
    /// A seed writes to it.
    pub(crate) seeded: bool,
    /// A render pass clears it before compute code runs; where that is written.
    pub(crate) cleared: Option<Span>,
}

/// Outputs of a pass that it cannot draw to all at once. Source: WebGPU, limits `maxColorAttachments` and `maxColorAttachmentBytesPerSample`.
pub(crate) fn too_many(device: &Device, pass: &Pass, drawn: bool) -> Option<Diagnostic> {
    let further = pass.slots.outputs.elements().iter().filter_map(|element| element.value.as_ref());
    let formats = std::iter::once(pass.slots.format.value).chain(further.map(|output| output.format.value));
    let count = 1 + pass.slots.outputs.elements().len();
    let most = device.limit32(Limit::MaxColorAttachments) as usize;
    let (message, limit, wanted) = if !drawn {
        return None;
    } else if count > most {
        let message = at_most(format!("`#pass {}` has {count} outputs", pass.name), most);
        (message, Limit::MaxColorAttachments, count as u64)
    } else if let Some((bytes, most)) = formats::too_many_bytes(device, formats) {
        let message = at_most(format!("the outputs of `#pass {}` have {bytes} bytes per texel", pass.name), most);
        (message, Limit::MaxColorAttachmentBytesPerSample, u64::from(bytes))
    } else {
        return None;
    };
    let diagnostic = Diagnostic::new(Code::Attachment, pass.slots.outputs.span, message);
    Some(device.raise(diagnostic, limit, wanted))
}

/// What a format cannot do that is asked of an output. Source: WebGPU, "Texture Format Capabilities".
pub(crate) fn unsuited(device: &Device, (format, span): (Format, Span), mips: &Slot<bool>, uses: &Uses) -> Option<Diagnostic> {
    let (info, name) = (formats::info(format, device), format.text());
    if let Some(feature) = info.needs
        && let Some(diagnostic) = device.need(feature, span, &format!("the format {name}"))
    {
        return Some(diagnostic);
    }
    let lacks = |ability: Abilities| {
        let with = format.row().more.iter().find(|(_, more)| more.has(ability)).map(|(feature, _)| feature.name());
        with.map_or_else(
            || ADVICE.to_string(),
            |feature| format!("{ADVICE}; so can this one with `#device {{ requiredFeatures=[{feature}] }}`"),
        )
    };
    let can_filter = info.sample == Sample::Float;
    let (at, message, ability) = if uses.drawn && !info.renderable {
        (span, format!("fragment code draws its output, and {name} cannot be drawn to"), Abilities::RENDER)
    } else if (uses.stored || uses.seeded) && (!info.storage || format == Format::Canvas) {
        let who = if uses.stored { "compute code writes its output" } else { "`init` writes the output" };
        (span, format!("{who}, and {name} cannot be a storage texture"), Abilities::STORE)
    } else if let Some(clear) = uses.cleared.filter(|_| !info.renderable) {
        (clear, format!("what is cleared is drawn to, and {name} cannot be"), Abilities::RENDER)
    } else if mips.value && !info.renderable {
        (mips.span, format!("mip levels are drawn, and {name} cannot be drawn to"), Abilities::RENDER)
    } else if mips.value && !can_filter {
        (mips.span, format!("mip levels are filtered, and {name} cannot be"), Abilities::FILTER)
    } else {
        return None;
    };
    let mut diagnostic = Diagnostic::new(Code::FormatCapability, at, message).help(lacks(ability));
    if at != span {
        diagnostic = diagnostic.also(span, "the format");
    }
    Some(diagnostic)
}

/// Whether a texture of this format can be sampled with a filter.
pub(crate) fn can_filter(device: &Device, format: Format) -> bool {
    formats::info(format, device).sample == Sample::Float
}
