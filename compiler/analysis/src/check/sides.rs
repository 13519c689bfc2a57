//! The sides of a copy: a place in a texture, and what copies of every kind ask of it.

use super::Scene;
use super::canvas::{self, Fit};
use super::needs::texture_needs;
use pngine_format::texel;
use pngine_scene::formats;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, counted, listed};
use pngine_source::source::Span;

pub fn unaligned(number: u32, unit: u32, what: &str, span: Span) -> Diagnostic {
    let message = format!("{number} is not a multiple of {unit}, as this {what} must be");
    let (below, above) = (number / unit * unit, number.checked_next_multiple_of(unit));
    let help = match above {
        Some(above) if below > 0 => format!("write {below} or {above}"),
        Some(above) => format!("write {above}"),
        None => format!("write {below}"),
    };
    Diagnostic::new(Code::Unaligned, span, message).help(help)
}

pub fn name_of<'s>(scene: &'s Scene, side: &TextureSide) -> &'s str {
    match side.texture {
        Some(id) => scene.texture(id).map_or("?", |texture| &texture.named.name),
        None => "contextCurrentTexture",
    }
}

/// What is wrong with one texture of a copy; whether nothing is.
/// Source: WebGPU, "validating GPUTexelCopyTextureInfo", "validating texture copy range".
pub fn texture_side(
    scene: &Scene,
    side: &TextureSide,
    usage: Option<(&str, u32)>,
    size: Spanned<[Extent; 3]>,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let before = diagnostics.len();
    let name = name_of(scene, side);
    let texture = side.texture.and_then(|id| scene.texture(id));
    if let (Some(texture), Some(usage)) = (texture, usage) {
        texture_needs(texture, None, usage, side.span, diagnostics);
    }
    let levels = texture.map_or(1, |texture| *texture.mip_levels);
    let level = *side.mip;
    if level >= levels {
        let message = format!("there is no mip level {level}: `{name}` has {}", counted(levels as usize, "mip level"));
        let mut diagnostic = Diagnostic::new(Code::CopyOutOfRange, side.mip.span, message);
        if let Some(texture) = texture {
            diagnostic = diagnostic.also(texture.named.span, "declared here");
        }
        diagnostics.push(diagnostic);
        return false;
    }
    let (Some(format), Some(extents)) = (format_of(scene, side), level_extents(scene, side)) else { return false };
    let of_size = |diagnostic: Diagnostic| match texture {
        Some(texture) if level == 0 => diagnostic.also(texture.size.span, "its size"),
        Some(texture) => diagnostic.also(texture.size.span, format!("the size of mip level 0, this is level {level}")),
        None => diagnostic,
    };
    let info = formats::info(format, &scene.device);
    let aspect = side.aspect.text();
    if (aspect == "depth-only" && !info.depth) || (aspect == "stencil-only" && !info.stencil) {
        let message = format!("{} has no {}", format.text(), aspect.trim_end_matches("-only"));
        diagnostics.push(Diagnostic::new(Code::CopyMismatch, side.aspect.span, message).help("leave `aspect` out"));
        return false;
    }
    let mut ends: Vec<(&str, u64, u32)> = Vec::new();
    for (((extent, origin), size), axis) in extents.iter().zip(*side.origin).zip(*size).zip(["x", "y", "z"]) {
        if let (Extent::Fixed(extent), Extent::Fixed(origin), Extent::Fixed(size)) = (*extent, origin, size) {
            if origin > extent || (origin == extent && size > 0) {
                let message = format!("the copy begins at {axis} = {origin}, and `{name}` ends at {extent}");
                diagnostics.push(of_size(Diagnostic::new(Code::CopyOutOfRange, side.origin.span, message)));
            } else if u64::from(origin) + u64::from(size) > u64::from(extent) {
                ends.push((axis, u64::from(origin) + u64::from(size), extent));
            }
        }
    }
    if !ends.is_empty() {
        let at: Vec<String> = ends.iter().map(|(axis, end, _)| format!("{axis} = {end}")).collect();
        let ours: Vec<String> = ends.iter().map(|(.., extent)| extent.to_string()).collect();
        let message = format!("the copy ends at {}, and `{name}` at {}", listed(&at), listed(&ours));
        diagnostics.push(of_size(Diagnostic::new(Code::CopyOutOfRange, size.span, message)));
    }
    if diagnostics.len() > before || on_any_canvas(scene, side, size, extents, diagnostics) {
        return false;
    }
    let (block_width, block_height, _) = texel::block(format).unwrap_or((1, 1, 1));
    for (axis, unit) in [block_width, block_height].into_iter().enumerate() {
        for (extent, span, what) in [(side.origin[axis], side.origin.span, "origin"), (size[axis], size.span, "size")] {
            if let Extent::Fixed(texels) = extent
                && !texels.is_multiple_of(unit)
            {
                diagnostics.push(unaligned(texels, unit, what, span));
            }
        }
    }
    let samples = texture.map_or(1, |texture| *texture.sample_count);
    if info.depth || info.stencil || samples > 1 {
        let origin = [side.origin[0], side.origin[1]];
        let (message, span) = if origin != [Extent::Fixed(0); 2] {
            (format!("`{name}` is copied from the origin on, or not at all"), side.origin.span)
        } else if [size[0], size[1]] != [extents[0], extents[1]] {
            (format!("`{name}` is copied in its whole width and height, or not at all"), size.span)
        } else {
            return diagnostics.len() == before;
        };
        let what = if samples > 1 { "it is multisampled".to_string() } else { format!("it is {}", format.text()) };
        let mut diagnostic =
            Diagnostic::new(Code::PartialCopy, span, message).help(format!("{what}; leave the origin and the size out"));
        if let Some(texture) = texture {
            diagnostic = diagnostic.also(texture.named.span, "declared here");
        }
        diagnostics.push(diagnostic);
    }
    diagnostics.len() == before
}

/// A copy whose place or size follows the canvas and whose texture does not, or the other way round, fits some canvases only. Whether
/// it fits none, which is an error.
fn on_any_canvas(
    scene: &Scene,
    side: &TextureSide,
    size: Spanned<[Extent; 3]>,
    extents: [Extent; 3],
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let name = name_of(scene, side);
    for (((extent, origin), texels), axis) in extents.into_iter().zip(*side.origin).zip(*size).zip(["wide", "high", "deep"]) {
        let fit = canvas::inside(origin, texels, extent, &scene.device);
        match fit {
            Fit::Every => {}
            Fit::Some { canvas: [width, height] } => {
                let message = format!("this copy does not fit into `{name}` on a canvas of {width} × {height}");
                diagnostics.push(
                    Diagnostic::new(Code::EveryCanvas, size.span, message)
                        .label(format!("too {axis} for it there"))
                        .help("follow `canvas.width` and `canvas.height` in both, or in neither"),
                );
                return false;
            }
            Fit::None => {
                let message = format!("the copy is too {axis} for `{name}`, whatever the size of the canvas");
                diagnostics.push(Diagnostic::new(Code::CopyOutOfRange, size.span, message));
                return true;
            }
        }
    }
    false
}
