//! Whether what is bound fits: the variable of a shader, or the entry of a layout. One function per kind of resource.
//! Source: WebGPU, 8.2.1 `createBindGroup`.

use super::Scene;
use super::needs::{buffer_needs, texture_needs};
use super::resources::{Range, view_dimension};
use pngine_format::op::{buffer_usage, texture_usage};
use pngine_format::webgpu::{Format, Sample};
use pngine_format::word::{BufferBindingType, SamplerBindingType, TextureAspect, TextureSampleType, TextureViewDimension};
use pngine_scene::formats;
use pngine_scene::uses::{Used, resource_name, sample_type, type_of};
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, counted};
use pngine_source::source::Span;
use pngine_wgsl::device::Limit;
use pngine_wgsl::reflect::{self, Binding, Resource as Wanted};

const UNIFORM: (&str, u32) = ("UNIFORM", buffer_usage::UNIFORM);
const STORAGE: (&str, u32) = ("STORAGE", buffer_usage::STORAGE);
const SAMPLED: (&str, u32) = ("TEXTURE_BINDING", texture_usage::TEXTURE_BINDING);
const STORED: (&str, u32) = ("STORAGE_BINDING", texture_usage::STORAGE_BINDING);

/// Whether a resource fits the variable it is bound to.
pub fn variable(scene: &Scene, entry: &Entry, used: &Used, diagnostics: &mut Vec<Diagnostic>) {
    if used.is_disputed {
        return;
    }
    match (&entry.resource, &used.binding.resource) {
        (Resource::Buffer { .. }, Wanted::Uniform(block)) => {
            buffer(scene, entry, UNIFORM, Some((block.min_size, &used.binding)), diagnostics);
        }
        (Resource::Buffer { .. }, Wanted::Storage { block, .. }) => {
            buffer(scene, entry, STORAGE, Some((block.min_size, &used.binding)), diagnostics);
        }
        (Resource::Sampler(id), Wanted::Sampler { is_comparison }) => {
            diagnostics.extend(scene.sampler(*id).and_then(|sampler| sampler_fits(sampler, entry, used, *is_comparison)));
        }
        (Resource::Texture { .. } | Resource::View { .. }, Wanted::Texture { dimension, sample, is_multisampled }) => {
            let wanted = Texels { sample: *sample, dimension: *dimension, is_multisampled: *is_multisampled };
            texture_fits(scene, entry, used, wanted, diagnostics);
        }
        (Resource::Texture { .. } | Resource::View { .. }, Wanted::StorageTexture { dimension, format, .. }) => {
            storage_texture_fits(scene, entry, &used.binding, *dimension, Format::Texture(*format), diagnostics);
        }
        (Resource::Video(_), Wanted::ExternalTexture) => {}
        (bound, wanted) => {
            let is = match bound {
                Resource::Buffer { .. } => "a buffer",
                Resource::Texture { .. } => "a texture",
                Resource::View { .. } => "a texture view",
                Resource::Sampler(_) => "a sampler",
                Resource::Video(_) => "a video",
            };
            let message = format!("{is} is bound where the shader has {}", resource_name(wanted));
            let help = format!("bind {} there, or declare `{}` as {is}", resource_name(wanted), used.binding.name);
            diagnostics.push(other_kind(entry, &used.binding, message).label(format!("this is {is}")).help(help));
        }
    }
}

/// What is bound is not of the kind that a variable is.
fn other_kind(entry: &Entry, binding: &Binding, message: String) -> Diagnostic {
    declared(Diagnostic::new(Code::BindingKind, entry.span, message), binding)
}

fn declared(diagnostic: Diagnostic, binding: &Binding) -> Diagnostic {
    diagnostic.also(binding.span, format!("`{}` is declared here", binding.name))
}

fn sampler_fits(sampler: &Sampler, entry: &Entry, used: &Used, is_comparison: bool) -> Option<Diagnostic> {
    let name = &sampler.named.name;
    match (is_comparison, sampler.compare.is_some()) {
        (true, false) => {
            let diagnostic = other_kind(entry, &used.binding, format!("`{name}` does not compare"));
            return Some(diagnostic.help("give the sampler `compare=less`"));
        }
        (false, true) => {
            let diagnostic = other_kind(entry, &used.binding, format!("`{name}` is a comparison sampler"));
            return Some(diagnostic.help("leave out `compare`, or use `sampler_comparison`"));
        }
        (true, true) | (false, false) => {}
    }
    let texture = used.unfilterable.as_ref().filter(|_| sampler.filters() && !is_comparison)?;
    let message = format!("`{name}` filters, and is used with `{}`, which cannot be filtered", texture.name);
    Some(
        declared(Diagnostic::new(Code::FilteringSampler, entry.span, message), &used.binding)
            .also(texture.span, format!("`{}` is {}", texture.name, type_of(&texture.resource)))
            .help(format!("give `{name}` filters that are all nearest: `magFilter=nearest minFilter=nearest`")),
    )
}

/// What a shader has a sampled texture for.
struct Texels {
    sample: reflect::Sample,
    dimension: TextureViewDimension,
    is_multisampled: bool,
}

fn texture_fits(scene: &Scene, entry: &Entry, used: &Used, wanted: Texels, diagnostics: &mut Vec<Diagnostic>) {
    let Some((texture, view)) = texture_of(scene, &entry.resource) else { return };
    texture_needs(texture, view, SAMPLED, entry.span, diagnostics);
    if !one_aspect(texture, view, entry.span, diagnostics) {
        return;
    }
    let ty = sample_type(wanted.sample, used.sampled);
    if !gives(sampled(scene, texture, view), ty) {
        let format = format_of_view(texture, view).text();
        let diagnostic = match ty {
            TextureSampleType::Float => {
                let diagnostic = other_kind(entry, &used.binding, format!("{format} cannot be sampled with a filter"));
                let is_wide = format_of_view(texture, view).row().sample == Sample::UnfilterableFloat;
                let half = format.replace("32float", "16float");
                match is_wide && half != format {
                    true => diagnostic.help(format!(
                        "read it by `textureLoad`, take `{half}`, or ask for it with `#device {{ requiredFeatures=[float32-filterable] }}`"
                    )),
                    false => diagnostic.help("read it by `textureLoad`"),
                }
            }
            TextureSampleType::UnfilterableFloat
            | TextureSampleType::Depth
            | TextureSampleType::Sint
            | TextureSampleType::Uint => {
                other_kind(entry, &used.binding, format!("{format} does not hold what the shader reads"))
            }
        };
        diagnostics.push(diagnostic);
    }
    if (texture.sample_count.value > 1) != wanted.is_multisampled {
        let diagnostic = other_kind(entry, &used.binding, samples_of(texture));
        diagnostics.push(diagnostic.help("`texture_multisampled_2d` goes with 4 samples"));
    }
    dimension_fits(texture, view, wanted.dimension, entry, &used.binding, diagnostics);
}

fn storage_texture_fits(
    scene: &Scene,
    entry: &Entry,
    binding: &Binding,
    dimension: TextureViewDimension,
    format: Format,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some((texture, view)) = texture_of(scene, &entry.resource) else { return };
    texture_needs(texture, view, STORED, entry.span, diagnostics);
    let own = format_of_view(texture, view);
    if own != format {
        let message = format!("`{}` is {}, the shader has {}", texture.named.name, own.text(), format.text());
        diagnostics.push(other_kind(entry, binding, message));
    }
    one_level(texture, view, entry, (&format!("`{}` is declared here", binding.name), binding.span), diagnostics);
    dimension_fits(texture, view, dimension, entry, binding, diagnostics);
}

/// Whether a resource fits the entry of a layout.
pub fn row(scene: &Scene, entry: &Entry, row: &LayoutEntry, diagnostics: &mut Vec<Diagnostic>) {
    match (&entry.resource, &row.kind) {
        (Resource::Buffer { .. }, LayoutKind::Buffer { ty, min_size, .. }) => {
            let usage = match ty {
                BufferBindingType::Uniform => UNIFORM,
                BufferBindingType::Storage | BufferBindingType::ReadOnlyStorage => STORAGE,
            };
            buffer(scene, entry, usage, None, diagnostics);
            diagnostics.extend(promised_size(scene, entry, row, *min_size));
        }
        (Resource::Sampler(id), LayoutKind::Sampler { ty }) => {
            let Some(sampler) = scene.sampler(*id) else { return };
            let ok = match ty {
                SamplerBindingType::Comparison => sampler.compare.is_some(),
                SamplerBindingType::NonFiltering => sampler.compare.is_none() && !sampler.filters(),
                SamplerBindingType::Filtering => sampler.compare.is_none(),
            };
            if !ok {
                diagnostics.push(other_row(entry, row, format!("`{}` is not a {} sampler", sampler.named.name, ty.text())));
            }
        }
        (Resource::Texture { .. } | Resource::View { .. }, LayoutKind::Texture { sample, dimension, multisampled }) => {
            texture_row(scene, entry, row, (*sample, *dimension, *multisampled), diagnostics);
        }
        (Resource::Texture { .. } | Resource::View { .. }, LayoutKind::StorageTexture { format, dimension, .. }) => {
            storage_texture_row(scene, entry, row, (*format, *dimension), diagnostics);
        }
        (Resource::Video(_), LayoutKind::ExternalTexture) => {}
        _ => diagnostics.push(other_row(entry, row, "the layout's entry is of another kind")),
    }
}

/// What is bound is not of the kind that the entry of a layout is.
fn other_row(entry: &Entry, row: &LayoutEntry, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::BindingKind, entry.span, message).also(row.span, "the layout's entry")
}

/// A buffer has the bytes that a layout promises; one whose range is not inside of it is reported.
fn promised_size(scene: &Scene, entry: &Entry, row: &LayoutEntry, min_size: u32) -> Option<Diagnostic> {
    let Resource::Buffer { buffer, offset, size, .. } = entry.resource else { return None };
    let buffer = scene.buffer(buffer)?;
    let bound = size.unwrap_or(buffer.size.saturating_sub(*offset));
    let is_inside = u64::from(*offset) + u64::from(size.unwrap_or(1)) <= u64::from(*buffer.size);
    (is_inside && bound < min_size).then(|| {
        let message = format!("{bound} bytes are bound, the layout wants {min_size}");
        Diagnostic::new(Code::BindingTooSmall, entry.span, message).also(row.span, "the layout's entry")
    })
}

fn texture_row(
    scene: &Scene,
    entry: &Entry,
    row: &LayoutEntry,
    (sample, dimension, multisampled): (TextureSampleType, TextureViewDimension, bool),
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some((texture, view)) = texture_of(scene, &entry.resource) else { return };
    texture_needs(texture, view, SAMPLED, entry.span, diagnostics);
    if !one_aspect(texture, view, entry.span, diagnostics) {
        return;
    }
    let viewed = view_dimension(texture, view);
    let message = if !gives(sampled(scene, texture, view), sample) {
        format!("{} gives no {}", texture.format.text(), sample.text())
    } else if (texture.sample_count.value > 1) != multisampled {
        samples_of(texture)
    } else if viewed != dimension {
        format!("`{}` is viewed as {}, the layout has {}", texture.named.name, viewed.text(), dimension.text())
    } else {
        return;
    };
    diagnostics.push(other_row(entry, row, message));
}

fn storage_texture_row(
    scene: &Scene,
    entry: &Entry,
    row: &LayoutEntry,
    (format, dimension): (Format, TextureViewDimension),
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some((texture, view)) = texture_of(scene, &entry.resource) else { return };
    texture_needs(texture, view, STORED, entry.span, diagnostics);
    one_level(texture, view, entry, ("the layout's entry", row.span), diagnostics);
    let (viewed, own) = (view_dimension(texture, view), format_of_view(texture, view));
    if own != format || viewed != dimension {
        let (name, is, of) = (&texture.named.name, viewed.text(), own.text());
        let message = format!("`{name}` is a {is} texture of {of}, the layout has {} of {}", dimension.text(), format.text());
        diagnostics.push(other_row(entry, row, message));
    }
}

/// The texture that is bound, and the view of it if it is not all of it.
fn texture_of<'s>(scene: &'s Scene, resource: &Resource) -> Option<(&'s Texture, Option<&'s View>)> {
    match resource {
        Resource::Texture { texture, .. } => Some((scene.texture(*texture)?, None)),
        Resource::View { view, .. } => {
            let view = scene.view(*view)?;
            Some((scene.texture(view.texture)?, Some(view)))
        }
        Resource::Buffer { .. } | Resource::Sampler(_) | Resource::Video(_) => None,
    }
}

fn format_of_view(texture: &Texture, view: Option<&View>) -> Format {
    view.and_then(|view| view.format).unwrap_or(texture.format.value)
}

/// What sampling gives.
fn sampled(scene: &Scene, texture: &Texture, view: Option<&View>) -> Sample {
    if view.and_then(|view| view.aspect) == Some(TextureAspect::StencilOnly) {
        return Sample::Uint;
    }
    formats::info(format_of_view(texture, view), &scene.device).sample
}

/// Whether what sampling gives is what a layout wants.
const fn gives(is: Sample, wanted: TextureSampleType) -> bool {
    match wanted {
        TextureSampleType::Float => matches!(is, Sample::Float),
        TextureSampleType::UnfilterableFloat => matches!(is, Sample::Float | Sample::UnfilterableFloat | Sample::Depth),
        TextureSampleType::Depth => matches!(is, Sample::Depth),
        TextureSampleType::Sint => matches!(is, Sample::Sint),
        TextureSampleType::Uint => matches!(is, Sample::Uint),
    }
}

fn samples_of(texture: &Texture) -> String {
    format!("`{}` has {}", texture.named.name, counted(*texture.sample_count as usize, "sample"))
}

/// A texture with depth and stencil is read through a view of one of them.
fn one_aspect(texture: &Texture, view: Option<&View>, used: Span, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let row = texture.format.row();
    let all = view.and_then(|view| view.aspect).is_none_or(|aspect| aspect == TextureAspect::All);
    if row.has_depth && row.has_stencil && all {
        let message = format!("`{}` has both depth and stencil, and a binding reads one of them", texture.named.name);
        let help = format!("bind a `#textureView` of `{}` with `aspect=depth-only`", texture.named.name);
        diagnostics.push(Diagnostic::new(Code::BindingKind, used, message).help(help));
        return false;
    }
    true
}

/// A storage texture is one mip level; `wanted` says who binds it so.
fn one_level(
    texture: &Texture,
    view: Option<&View>,
    entry: &Entry,
    (words, wanted): (&str, Span),
    diagnostics: &mut Vec<Diagnostic>,
) {
    let range = view.map_or(Range::whole(texture), |view| Range::of_view(view, texture));
    if range.mips.1.saturating_sub(range.mips.0) != 1 {
        let message = "a storage texture is bound with one mip level";
        diagnostics.push(
            Diagnostic::new(Code::BindingKind, entry.span, message)
                .also(wanted, words)
                .help("bind a `#textureView` with `mipLevelCount=1`"),
        );
    }
}

fn dimension_fits(
    texture: &Texture,
    view: Option<&View>,
    wanted: TextureViewDimension,
    entry: &Entry,
    binding: &Binding,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let is = view_dimension(texture, view);
    if is != wanted {
        let (name, is, wanted) = (&texture.named.name, is.text(), wanted.text());
        let diagnostic = other_kind(entry, binding, format!("`{name}` is viewed as {is}, the shader has {wanted}"));
        diagnostics.push(diagnostic.help(format!("bind a `#textureView` with `dimension={wanted}`")));
    }
}

/// The range of a buffer that is bound, with the usage that this needs, and the bytes that a variable has.
fn buffer(scene: &Scene, entry: &Entry, usage: (&str, u32), wanted: Option<(u32, &Binding)>, diagnostics: &mut Vec<Diagnostic>) {
    let Resource::Buffer { buffer, offset, size, .. } = entry.resource else { return };
    let Some(buffer) = scene.buffer(buffer) else { return };
    let name = &buffer.named.name;
    // What cannot be bound at all is another buffer than was meant, or will be another.
    if buffer_needs(buffer, usage, entry.span, diagnostics) {
        return;
    }
    let end = u64::from(*offset) + u64::from(size.unwrap_or(1));
    if end > u64::from(*buffer.size) {
        let message = format!("the bound range ends at byte {end}, and `{name}` has {}", buffer.size);
        diagnostics.push(Diagnostic::new(Code::BindingTooSmall, entry.span, message).also(buffer.size.span, "its size"));
        return;
    }
    let bound = size.unwrap_or(buffer.size.value - *offset);
    if let Some((min_size, binding)) = wanted
        && bound < min_size
    {
        diagnostics.push(
            Diagnostic::new(
                Code::BindingTooSmall,
                entry.span,
                format!("{bound} bytes are bound, `{}` has {min_size}", binding.name),
            )
            .also(binding.span, "declared here")
            .also(buffer.size.span, "the buffer's size")
            .help(format!("make `{name}` at least {} bytes", min_size.saturating_add(*offset))),
        );
    }
    let of = if usage == UNIFORM { Limit::MaxUniformBufferBindingSize } else { Limit::MaxStorageBufferBindingSize };
    let limit = scene.device.limit32(of);
    if bound > limit {
        let message = format!("{bound} bytes are bound, a {} binding has at most {limit}", usage.0);
        let mut diagnostic = Diagnostic::new(Code::BindingTooSmall, entry.span, message).help("bind a part of it with `size=`");
        if size.is_none() {
            diagnostic = diagnostic.also(buffer.size.span, "the buffer's size");
        }
        diagnostics.push(scene.device.raise(diagnostic, of, u64::from(bound)));
    }
    if usage == STORAGE && !bound.is_multiple_of(4) {
        let message = format!("{bound} bytes are bound, which is not a multiple of 4");
        diagnostics.push(Diagnostic::new(Code::Unaligned, entry.span, message).also(buffer.size.span, "the buffer's size"));
    }
}
