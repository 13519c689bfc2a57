//! Copies of images and videos into textures. Source: WebGPU, 19.2 `copyExternalImageToTexture`.

use super::Scene;
use super::needs::texture_lacks;
use super::sides::texture_side;
use pngine_format::op::texture_usage;
use pngine_format::word::{TextureAspect, TextureDimension};
use pngine_scene::formats;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;

/// A copy of an image, or of a part of the current frame of a video.
pub fn image(scene: &Scene, copy: &TexelCopy<ImageSide, TextureSide>, diagnostics: &mut Vec<Diagnostic>) {
    let before = diagnostics.len();
    destination(scene, &copy.destination, copy.size, diagnostics);
    // A size that is too large for both sides is one mistake.
    let is_wrong = |diagnostic: &Diagnostic| diagnostic.primary.as_ref().is_some_and(|label| label.span == copy.size.span);
    if diagnostics[before..].iter().any(is_wrong) {
        return;
    }
    let ImageSource::Image(id) = copy.source.source else { return };
    let Some(image) = scene.image(id) else { return };
    let name = &image.named.name;
    let axes = [(image.size.0, "x"), (image.size.1, "y")];
    for (((extent, axis), origin), size) in axes.into_iter().zip(*copy.source.origin).zip(*copy.size) {
        let Extent::Fixed(size) = size else { continue };
        let end = u64::from(origin) + u64::from(size);
        let (message, span) = if origin > extent || (origin == extent && size > 0) {
            (format!("the copy begins at {axis} = {origin}, and `{name}` ends at {extent}"), copy.source.origin.span)
        } else if end > u64::from(extent) {
            (format!("the copy ends at {axis} = {end}, and `{name}` at {extent}"), copy.size.span)
        } else {
            continue;
        };
        let declared = format!("it has {} x {} pixels", image.size.0, image.size.1);
        diagnostics.push(Diagnostic::new(Code::CopyOutOfRange, span, message).also(image.named.span, declared));
    }
    if !matches!(copy.size[2], Extent::Fixed(0 | 1)) {
        let message = "an image is copied into one layer";
        diagnostics.push(
            Diagnostic::new(Code::CopyMismatch, copy.size.span, message)
                .help("write `copySize=[width height]`, and the layer as the third number of the destination's `origin`"),
        );
    }
}

/// The frame of a video goes into the whole mip level 0.
pub fn video(scene: &Scene, span: Span, side: &TextureSide, diagnostics: &mut Vec<Diagnostic>) {
    destination(scene, side, Spanned::new([Extent::Fixed(1); 3], span), diagnostics);
}

/// What a texture must be so that an image can be copied into it.
fn destination(scene: &Scene, side: &TextureSide, size: Spanned<[Extent; 3]>, diagnostics: &mut Vec<Diagnostic>) {
    if *side.aspect != TextureAspect::All {
        let message = "an image has no single aspect";
        diagnostics.push(Diagnostic::new(Code::CopyMismatch, side.aspect.span, message).help("leave `aspect` out"));
        return;
    }
    let texture = side.texture.and_then(|id| scene.texture(id));
    // Both at once: who adds one would be told of the other next.
    let usages = [("COPY_DST", texture_usage::COPY_DST), ("RENDER_ATTACHMENT", texture_usage::RENDER_ATTACHMENT)];
    let lacks_usage = texture.is_some_and(|texture| texture_lacks(texture, &usages, side.span, diagnostics));
    if !texture_side(scene, side, None, size, diagnostics) || lacks_usage {
        return;
    }
    let Some(texture) = texture else { return };
    let name = &texture.named.name;
    let mut refuse = |message: String, help: &str| {
        let diagnostic = Diagnostic::new(Code::CopyMismatch, side.span, message);
        diagnostics.push(diagnostic.also(texture.named.span, "declared here").help(help));
    };
    if texture.dimension != TextureDimension::D2 {
        refuse(format!("`{name}` is a {} texture, and images are copied into 2d ones", texture.dimension.text()), "make it 2d");
    } else if *texture.sample_count > 1 {
        let message = format!("`{name}` is multisampled, and images are copied into textures of one sample");
        refuse(message, "copy into another texture, and draw that");
    } else if let Some(format) = format_of(scene, side).filter(|format| !formats::info(*format, &scene.device).images) {
        refuse(format!("an image cannot be copied into {}", format.text()), "rgba8unorm and rgba8unorm-srgb take every image");
    }
}
