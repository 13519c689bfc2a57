//! Buffers, textures and views, each by itself.

use super::Scene;
use pngine_format::op::{buffer_usage, texture_usage};
use pngine_format::texel;
use pngine_format::word::{TextureAspect, TextureDimension, TextureViewDimension};
use pngine_scene::formats;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, at_most, counted, listed, not_a_multiple};
use pngine_source::source::Span;
use pngine_wgsl::device::{Device, Feature, Limit};

const MAP_READ: u32 = 1;
const MAP_WRITE: u32 = 2;

/// Source: WebGPU, 5.1.3 "validating GPUBufferDescriptor"; 20.2 `writeBuffer`.
pub fn buffers(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for buffer in scene.all_buffers() {
        let name = &buffer.named.name;
        let usage = buffer.whole_usage();
        let most = scene.device.limit(Limit::MaxBufferSize);
        if u64::from(*buffer.size) > most {
            let message = at_most(format!("`{name}` has {} bytes", buffer.size), most);
            let diagnostic = Diagnostic::new(Code::BufferSize, buffer.size.span, message);
            diagnostics.push(scene.device.raise(diagnostic, Limit::MaxBufferSize, u64::from(*buffer.size)));
        }
        if usage == 0 {
            let message = format!("`{name}` has no usage");
            diagnostics.push(Diagnostic::new(Code::MapUsage, buffer.usage.span, message).help("such as `usage=[UNIFORM]`"));
        }
        for (map, with, words) in [
            (MAP_READ, buffer_usage::COPY_DST, "MAP_READ goes with COPY_DST only"),
            (MAP_WRITE, buffer_usage::COPY_SRC, "MAP_WRITE goes with COPY_SRC only"),
        ] {
            if usage & map != 0 && usage & !(map | with) != 0 {
                diagnostics.push(Diagnostic::new(Code::MapUsage, buffer.usage.span, words));
            }
        }
        let Some(Spanned { value: data, span }) = buffer.initial else { continue };
        let Some(data) = scene.data_at(data) else { continue };
        let len = data.len();
        if len as u64 > u64::from(*buffer.size) {
            diagnostics.push(
                Diagnostic::new(
                    Code::InitialDataTooLarge,
                    span,
                    format!("`#data {}` has {len} bytes, `#buffer {name}` has {}", data.name, buffer.size),
                )
                .also(buffer.size.span, "the buffer's size")
                .help(format!("write `size={}` to take the size of the data", data.name)),
            );
        } else if !buffer.size.is_multiple_of(4) {
            diagnostics.push(
                Diagnostic::new(Code::Unaligned, buffer.size.span, not_a_multiple("size", buffer.size, 4))
                    .also(span, "which it must be, because the buffer starts with data")
                    .help(format!(
                        "write `size={}`",
                        buffer.size.checked_next_multiple_of(4).unwrap_or(buffer.size.value / 4 * 4)
                    )),
            );
        }
    }
}

/// Source: WebGPU, 6.1.4 "validating GPUTextureDescriptor".
pub fn textures(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for texture in scene.all_textures() {
        texture_size(texture, &scene.device, diagnostics);
        texture_format(texture, &scene.device, diagnostics);
        binding_dimension(texture, diagnostics);
        if texture.sample_count.value > 1 {
            multisampled(texture, &scene.device, diagnostics);
        }
    }
}

fn texture_size(texture: &Texture, device: &Device, diagnostics: &mut Vec<Diagnostic>) {
    let name = &texture.named.name;
    let dimension = texture.dimension.text();
    // A dimension that a texture does not have has one texel on every device.
    let of = match dimension {
        "1d" => [Some(Limit::MaxTextureDimension1D), None, None],
        "3d" => [Some(Limit::MaxTextureDimension3D); 3],
        _ => [Limit::MaxTextureDimension2D, Limit::MaxTextureDimension2D, Limit::MaxTextureArrayLayers].map(Some),
    };
    let limits = of.map(|limit| limit.map_or(1, |limit| device.limit32(limit)));
    let mut fixed = Vec::new();
    for (((extent, limit), of), axis) in texture.size.iter().zip(limits).zip(of).zip(["width", "height", "depth"]) {
        match extent {
            Extent::Fixed(texels) if *texels > limit => {
                let message = format!("`{name}` has a {axis} of {texels}, a {dimension} texture has at most {limit}");
                let diagnostic = Diagnostic::new(Code::TextureSize, texture.size.span, message);
                diagnostics.push(match of {
                    Some(of) => device.raise(diagnostic, of, u64::from(*texels)),
                    None => diagnostic,
                });
            }
            Extent::Fixed(texels) => fixed.push(*texels),
            Extent::Canvas(_) if limit == 1 => {
                let message = format!("a {dimension} texture has no {axis}");
                diagnostics.push(Diagnostic::new(Code::TextureSize, texture.size.span, message));
            }
            Extent::Canvas(_) => {}
        }
    }
    // A canvas may have any size up to the limit, so only what is fixed can be counted exactly.
    let largest = match (dimension, fixed.as_slice()) {
        ("1d", _) => Some(1),
        ("3d", [width, height, depth]) => Some(*width.max(height).max(depth)),
        ("2d", [width, height, _]) => Some(*width.max(height)),
        _ if fixed.len() < texture.size.len() => Some(limits[0]),
        _ => None,
    };
    if let Some(largest) = largest {
        let levels = largest.max(1).ilog2() + 1;
        if texture.mip_levels.value > levels {
            let message = format!("`{name}` has {} mip levels, its size allows {levels}", texture.mip_levels);
            diagnostics.push(
                Diagnostic::new(Code::MipLevels, texture.mip_levels.span, message)
                    .also(texture.size.span, "its size")
                    .help(format!("write `mipLevelCount={levels}`")),
            );
        }
    }
}

fn texture_format(texture: &Texture, device: &Device, diagnostics: &mut Vec<Diagnostic>) {
    let info = formats::info(texture.format.value, device);
    let format = texture.format.text();
    if let Some(feature) = info.needs {
        diagnostics.extend(device.need(feature, texture.format.span, &format!("the format {format}")));
        // What else the format can do depends on the feature, so nothing more can be said.
        if !device.has(feature) {
            return;
        }
    }
    if let Some(block) = texel::block(texture.format.value).filter(|(width, height, _)| width * height > 1) {
        compressed(texture, block, device, diagnostics);
    }
    let mut refuse = |message: String| diagnostics.push(Diagnostic::new(Code::FormatCapability, texture.format.span, message));
    let attachment = info.renderable || info.depth || info.stencil;
    if texture.whole_usage() & texture_usage::RENDER_ATTACHMENT != 0 && !attachment {
        refuse(format!("{format} cannot be drawn to, but its usage has RENDER_ATTACHMENT"));
    }
    if texture.whole_usage() & texture_usage::STORAGE_BINDING != 0 && !info.storage {
        refuse(format!("{format} cannot be a storage texture, but its usage has STORAGE_BINDING"));
    }
    if (info.depth || info.stencil) && texture.dimension != TextureDimension::D2 {
        refuse(format!("{format} goes with 2d textures only"));
    }
    if texture.whole_usage() & texture_usage::RENDER_ATTACHMENT != 0 && texture.dimension == TextureDimension::D1 {
        refuse("a 1d texture cannot be drawn to".to_string());
    }
    for Spanned { value: view, span } in &texture.view_formats {
        if view.linear() != texture.format.linear() {
            let message = format!("a view of {format} cannot be {}: only `-srgb` may differ", view.text());
            diagnostics.push(Diagnostic::new(Code::FormatCapability, *span, message));
        }
    }
    if texture.whole_usage() == 0 {
        let message = format!("`{}` has no usage", texture.named.name);
        diagnostics.push(
            Diagnostic::new(Code::TextureUsage, texture.usage.span, message)
                .help("such as `usage=[RENDER_ATTACHMENT TEXTURE_BINDING]`"),
        );
    }
}

/// Source: WebGPU, 6.1.4 "validating GPUTextureDescriptor", 26.1.4 "packed formats".
fn compressed(texture: &Texture, (width, height, _): (u32, u32, u32), device: &Device, diagnostics: &mut Vec<Diagnostic>) {
    let (format, name) = (texture.format.text(), &texture.named.name);
    let sliced = match texture.format.row().needs {
        Some(Feature::TextureCompressionBc) => Some(Feature::TextureCompressionBcSliced3d),
        Some(Feature::TextureCompressionAstc) => Some(Feature::TextureCompressionAstcSliced3d),
        _ => None,
    };
    match (texture.dimension, sliced) {
        (TextureDimension::D2, _) => {}
        (TextureDimension::D3, Some(feature)) => {
            diagnostics.extend(device.need(feature, texture.format.span, &format!("a 3d texture of {format}")));
            if !device.has(feature) {
                return;
            }
        }
        (dimension, _) => {
            let message = format!("{format} cannot be the format of a {} texture", dimension.text());
            diagnostics
                .push(Diagnostic::new(Code::FormatCapability, texture.format.span, message).help("it goes with 2d textures"));
            return;
        }
    }
    for (extent, unit, axis) in [(texture.size[0], width, "width"), (texture.size[1], height, "height")] {
        match extent {
            Extent::Fixed(texels) if !texels.is_multiple_of(unit) => {
                let (below, above) = (texels / unit * unit, texels.next_multiple_of(unit));
                let sizes = if below > 0 { format!("{below} or {above}") } else { above.to_string() };
                let message = format!("the {axis} of `{name}` is {texels}, not a multiple of {unit}");
                diagnostics.push(
                    Diagnostic::new(Code::TextureSize, texture.size.span, message)
                        .also(texture.format.span, format!("it is made of blocks of {width} × {height} texels"))
                        .help(format!("write {sizes}")),
                );
            }
            Extent::Canvas(factors) if factors.iter().any(|factor| factor % unit as f32 != 0.0) => {
                let message = format!("the {axis} of `{name}` is a multiple of {unit} on some canvases only");
                diagnostics.push(
                    Diagnostic::new(Code::EveryCanvas, texture.size.span, message)
                        .also(texture.format.span, format!("it is made of blocks of {width} × {height} texels"))
                        .help("give it a fixed size"),
                );
                return;
            }
            Extent::Fixed(_) | Extent::Canvas(_) => {}
        }
    }
}

fn multisampled(texture: &Texture, device: &Device, diagnostics: &mut Vec<Diagnostic>) {
    let mut refuse = |message: &str, span| {
        diagnostics.push(Diagnostic::new(Code::SampleCount, span, format!("a multisampled texture {message}")));
    };
    if *texture.mip_levels != 1 {
        refuse("has no mip levels", texture.mip_levels.span);
    }
    if texture.dimension != TextureDimension::D2 || texture.size[2] != Extent::Fixed(1) {
        refuse("is 2d and has one layer", texture.size.span);
    }
    if texture.whole_usage() & texture_usage::RENDER_ATTACHMENT == 0 {
        refuse("needs the usage RENDER_ATTACHMENT", texture.usage.span);
    }
    if texture.whole_usage() & texture_usage::STORAGE_BINDING != 0 {
        refuse("cannot be a storage texture", texture.usage.span);
    }
    if !formats::info(texture.format.value, device).multisample {
        refuse(&format!("cannot be {}", texture.format.text()), texture.format.span);
    }
}

/// The way in which a texture is bound should be a way to view all of it. Devices in compatibility mode insist on that, and all others
/// do not look at it, so it is a warning. Source: WebGPU, "textureBindingViewDimension".
fn binding_dimension(texture: &Texture, diagnostics: &mut Vec<Diagnostic>) {
    let Some(Spanned { value: dimension, span }) = texture.binding_dimension else { return };
    let layers = layers(texture);
    let is_square = texture.size[0] == texture.size[1];
    let fits = can_view(texture, layers, dimension) && (is_square || !is_cube(dimension));
    if !fits {
        let count = counted(layers as usize, "layer");
        let message = format!("a {} texture with {count} cannot be viewed as {}", texture.dimension.text(), dimension.text());
        let diagnostic = Diagnostic::new(Code::NoEffect, span, message).also(texture.size.span, "its size");
        diagnostics.push(diagnostic.help("devices in compatibility mode refuse it, and all others do not read it: leave it out"));
    }
}

/// Mip levels and layers that a view covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// First mip level and one past the last.
    pub mips: (u32, u32),
    /// First layer and one past the last.
    pub layers: (u32, u32),
}

impl Range {
    /// Everything of a texture.
    pub fn whole(texture: &Texture) -> Self {
        Self { mips: (0, texture.mip_levels.value), layers: (0, layers(texture)) }
    }

    /// What a view covers of its texture.
    pub fn of_view(view: &View, texture: &Texture) -> Self {
        let all = layers(texture);
        let default = match view.dimension {
            Some(TextureViewDimension::D1 | TextureViewDimension::D2 | TextureViewDimension::D3) => 1,
            Some(TextureViewDimension::Cube) => 6,
            Some(TextureViewDimension::D2Array | TextureViewDimension::CubeArray) | None => all.saturating_sub(view.layers.first),
        };
        Self {
            mips: (
                view.mips.first,
                view.mips.first.saturating_add(view.mips.count.unwrap_or(texture.mip_levels.saturating_sub(view.mips.first))),
            ),
            layers: (view.layers.first, view.layers.first.saturating_add(view.layers.count.unwrap_or(default))),
        }
    }

    /// Whether two ranges share a subresource.
    pub fn overlaps(self, other: Self) -> bool {
        let cross = |a: (u32, u32), b: (u32, u32)| a.0 < b.1 && b.0 < a.1;
        cross(self.mips, other.mips) && cross(self.layers, other.layers)
    }
}

/// Layers of a texture; a 3d texture has one.
fn layers(texture: &Texture) -> u32 {
    match (texture.dimension, texture.size[2]) {
        (TextureDimension::D2, Extent::Fixed(layers)) => layers,
        _ => 1,
    }
}

/// The dimension of a texture's view. Source: WebGPU, "resolving GPUTextureViewDescriptor defaults".
pub fn view_dimension(texture: &Texture, view: Option<&View>) -> TextureViewDimension {
    let own = match texture.dimension {
        TextureDimension::D1 => TextureViewDimension::D1,
        // The layers of the texture count, not those of the view.
        TextureDimension::D2 if layers(texture) > 1 => TextureViewDimension::D2Array,
        TextureDimension::D2 => TextureViewDimension::D2,
        TextureDimension::D3 => TextureViewDimension::D3,
    };
    view.and_then(|view| view.dimension).unwrap_or(own)
}

/// Whether so many layers of a texture can be viewed in this way. The faces of a cube must be squares, too.
fn can_view(texture: &Texture, layers: u32, dimension: TextureViewDimension) -> bool {
    let (of, fits) = match dimension {
        TextureViewDimension::D1 => (TextureDimension::D1, true),
        TextureViewDimension::D2 => (TextureDimension::D2, layers == 1),
        TextureViewDimension::D2Array => (TextureDimension::D2, true),
        TextureViewDimension::Cube => (TextureDimension::D2, layers == 6),
        TextureViewDimension::CubeArray => (TextureDimension::D2, layers.is_multiple_of(6)),
        TextureViewDimension::D3 => (TextureDimension::D3, true),
    };
    texture.dimension == of && fits
}

const fn is_cube(dimension: TextureViewDimension) -> bool {
    matches!(dimension, TextureViewDimension::Cube | TextureViewDimension::CubeArray)
}

/// The positions of those that are wrong, which is reported. Source: WebGPU, 6.1.6 `createView`.
pub fn views(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) -> Vec<ViewId> {
    let mut wrong = Vec::new();
    for (index, view) in scene.views.iter().enumerate().filter_map(|(index, view)| Some((index, view.as_ref()?))) {
        let Some(texture) = scene.texture(view.texture) else { continue };
        let span = view.named.span;
        let range = Range::of_view(view, texture);
        let whole = Range::whole(texture);
        let mut refuse_at = |span: Span, message: String| {
            wrong.push(ViewId(index));
            diagnostics.push(
                Diagnostic::new(Code::ViewRange, span, message)
                    .also(texture.named.span, format!("`{}` is declared here", texture.named.name)),
            );
        };
        let ranges = [("mip level", range.mips, whole.mips), ("layer", range.layers, whole.layers)];
        let mut has_range = true;
        for ((what, (first, end), (_, all)), at) in ranges.into_iter().zip([view.mips.span, view.layers.span]) {
            if first >= end || end > all {
                has_range = false;
                refuse_at(at, format!("the view goes from {what} {first} to {end}, and the texture has {all}"));
            }
        }
        let mut refuse = |message: String| refuse_at(span, message);
        let dimension = view_dimension(texture, Some(view));
        let count = range.layers.1.saturating_sub(range.layers.0);
        let fits = can_view(texture, count, dimension);
        if !fits && has_range {
            refuse(format!(
                "a {} texture with {count} layers cannot be viewed as {}",
                texture.dimension.text(),
                dimension.text()
            ));
        }
        if fits && texture.sample_count.value > 1 && dimension != TextureViewDimension::D2 {
            refuse(format!("a multisampled texture is viewed as 2d, not as {}", dimension.text()));
        }
        if is_cube(dimension) && texture.size[0] != texture.size[1] {
            refuse("the faces of a cube are squares".to_string());
        }
        let format_of_texture = formats::info(texture.format.value, &scene.device);
        let lacking = match view.aspect.unwrap_or(TextureAspect::All) {
            TextureAspect::DepthOnly if !format_of_texture.depth => Some("depth"),
            TextureAspect::StencilOnly if !format_of_texture.stencil => Some("stencil"),
            TextureAspect::All | TextureAspect::DepthOnly | TextureAspect::StencilOnly => None,
        };
        if let Some(aspect) = lacking {
            refuse(format!("{} has no {aspect}", texture.format.text()));
        }
        if let Some(usage) = view.usage.filter(|usage| usage & !texture.whole_usage() != 0) {
            let names = texture_usage::FLAGS
                .iter()
                .filter(|(_, bit)| usage & !texture.whole_usage() & bit != 0)
                .map(|(name, _)| (*name).to_string());
            let message = format!("the view's usage has {}, the texture's has not", listed(&names.collect::<Vec<_>>()));
            refuse(message);
        }
        match view_format(view, texture) {
            Some(message) => refuse(message),
            None => {
                if let Some(diagnostic) = stored_format(scene, view, texture) {
                    wrong.push(ViewId(index));
                    diagnostics.push(diagnostic);
                }
            }
        }
    }
    wrong
}

/// Why a view cannot have its format: of all aspects it is the texture's or a view format, of one aspect that aspect's.
/// Source: WebGPU, 6.1.6 `createView`, "resolving GPUTextureAspect".
fn view_format(view: &View, texture: &Texture) -> Option<String> {
    let (format, own) = (view.format?, texture.format);
    let aspect = view.aspect.unwrap_or(TextureAspect::All);
    let is_of_one = match aspect {
        TextureAspect::All => false,
        TextureAspect::DepthOnly => true,
        // That one is missing is reported.
        TextureAspect::StencilOnly => own.row().has_stencil,
    };
    if !is_of_one {
        let is_known = format == own.value || texture.view_formats.iter().any(|other| **other == format);
        return (!is_known).then(|| format!("a view of {} cannot be {}: it is not in `viewFormats`", own.text(), format.text()));
    }
    let (of_aspect, aspect) = (own.of_aspect(aspect), aspect.text());
    (format != of_aspect).then(|| format!("the {aspect} view of {} is {}, not {}", own.text(), of_aspect.text(), format.text()))
}

/// A view has the usage STORAGE_BINDING from its texture unless it says otherwise, and its own format must be able to. Formats that
/// differ in `-srgb` alone are drawn to alike. Source: WebGPU, 6.1.6 `createView`.
fn stored_format(scene: &Scene, view: &View, texture: &Texture) -> Option<Diagnostic> {
    let format = view.format.filter(|format| *format != texture.format.value)?;
    let usage = view.usage.unwrap_or(texture.whole_usage());
    if usage & texture_usage::STORAGE_BINDING == 0 || formats::info(format, &scene.device).storage {
        return None;
    }
    let message = format!("{} cannot be a storage texture, but the view has the usage STORAGE_BINDING", format.text());
    Some(
        Diagnostic::new(Code::FormatCapability, view.named.span, message)
            .also(texture.usage.span, "its texture's usage")
            .help("write the view's own `usage`, without STORAGE_BINDING: where there is none, it is the texture's"),
    )
}
