//! Bind groups against what shaders use, and `#init`s.

use super::Scene;
use super::pipelines;
use super::resources::{Range, view_dimension};
use crate::device::{Device, Limit};
use crate::diag::{Code, Diagnostic};
use crate::formats::{self, Sample};
use crate::scene::uses::{AutomaticGroup, COMPUTE, Used, automatic_groups, entry, resource_name, type_of, used_bindings};
use crate::scene::*;
use crate::shader::reflect::{self, Binding, Resource as Wanted};
use crate::source::Span;
use pngine_format::op::{buffer_usage, texture_usage};
use std::collections::BTreeSet;

/// Bind groups one by one; those that have no layout. Source: WebGPU, 8.2.1 `createBindGroup`.
pub fn groups(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) -> Vec<GroupId> {
    for group in scene.all_groups() {
        if let GroupLayout::Explicit(layout) = group.layout {
            explicit_group(scene, group, layout, diagnostics);
        }
    }
    let mut without = Vec::new();
    for automatic in automatic_groups(scene) {
        let Some(group) = scene.group(automatic.group) else { continue };
        if automatic.used.is_empty() && !group.entries.is_empty() {
            without.push(automatic.group);
            no_layout(scene, group, &automatic, diagnostics);
        } else {
            automatic_group(scene, group, &automatic, diagnostics);
        }
    }
    without
}

/// Reports a group whose automatic layout is empty.
fn no_layout(scene: &Scene, group: &Group, automatic: &AutomaticGroup, diagnostics: &mut Vec<Diagnostic>) {
    // What a fragment stage would use is unknown where it is forgotten.
    if let PipelineId::Render(id) = automatic.pipeline
        && scene.render_pipeline(id).is_some_and(|pipeline| pipeline.fragment.is_none() && pipeline.writes_nothing())
    {
        return;
    }
    let pipeline = scene.pipeline_name(automatic.pipeline).map_or("?", |named| &named.name);
    let message = format!("the shaders of `{pipeline}` use no binding of group {}", automatic.slot);
    let diagnostic = Diagnostic::new(Code::UnknownLayout, group.layout_span, message);
    diagnostics.push(
        diagnostic
            .help("its automatic layout has nothing in this group: use a binding in the shader, or leave the bind group out"),
    );
}

fn automatic_group(scene: &Scene, group: &Group, automatic: &AutomaticGroup, diagnostics: &mut Vec<Diagnostic>) {
    let pipeline_name = scene.pipeline_name(automatic.pipeline).map_or("?", |named| &named.name);
    let used = &automatic.used;
    let again = repeated(&group.entries);
    let missing = used.iter().filter(|wanted| !group.entries.iter().any(|entry| entry.binding == wanted.binding.binding));
    // One that stands twice is reported, and most likely one of the two is what is missing.
    for wanted in missing.skip(again.len()) {
        let message = format!("`#bindGroup {}` has nothing for binding {}", group.named.name, wanted.binding.binding);
        diagnostics.push(
            Diagnostic::new(Code::MissingBinding, group.named.span, message)
                .also(
                    wanted.binding.span,
                    format!(
                        "`{}`, {}, is used by `{pipeline_name}`",
                        wanted.binding.name,
                        resource_name(&wanted.binding.resource)
                    ),
                )
                .help(format!("add `{{ binding={} resource=… }}`", wanted.binding.binding)),
        );
    }
    for (_, entry) in group.entries.iter().enumerate().filter(|(at, _)| !again.contains(at)) {
        // What the shaders do not use is left out, but where there are several of one number.
        if let Some(wanted) = used.iter().find(|wanted| wanted.binding.binding == entry.binding) {
            fits(scene, entry, wanted, diagnostics);
        }
    }
}

/// Whether a resource fits the variable it is bound to.
fn fits(scene: &Scene, entry: &Entry, used: &Used, diagnostics: &mut Vec<Diagnostic>) {
    if used.is_disputed {
        return;
    }
    let binding = &used.binding;
    let declared = |diagnostic: Diagnostic| diagnostic.also(binding.span, format!("`{}` is declared here", binding.name));
    match (&entry.resource, &binding.resource) {
        (Resource::Buffer { buffer, offset, size, .. }, Wanted::Uniform(block)) => {
            buffer_fits(
                scene,
                entry,
                *buffer,
                *offset,
                *size,
                ("UNIFORM", buffer_usage::UNIFORM),
                Some((block.min_size, binding)),
                diagnostics,
            );
        }
        (Resource::Buffer { buffer, offset, size, .. }, Wanted::Storage { block, .. }) => {
            buffer_fits(
                scene,
                entry,
                *buffer,
                *offset,
                *size,
                ("STORAGE", buffer_usage::STORAGE),
                Some((block.min_size, binding)),
                diagnostics,
            );
        }
        (Resource::Sampler(id), Wanted::Sampler { is_comparison }) => {
            let Some(sampler) = scene.sampler(*id) else { return };
            if sampler.comparison != *is_comparison {
                let message = if *is_comparison {
                    format!("`{}` does not compare", sampler.named.name)
                } else {
                    format!("`{}` is a comparison sampler", sampler.named.name)
                };
                let help = if *is_comparison {
                    "give the sampler `compare=less`"
                } else {
                    "leave out `compare`, or use `sampler_comparison`"
                };
                diagnostics.push(declared(Diagnostic::new(Code::BindingKind, entry.span, message)).help(help));
            } else if let Some(texture) = used.unfilterable.as_ref().filter(|_| sampler.filtering && !is_comparison) {
                let name = &sampler.named.name;
                let message = format!("`{name}` filters, and is used with `{}`, which cannot be filtered", texture.name);
                diagnostics.push(
                    declared(Diagnostic::new(Code::FilteringSampler, entry.span, message))
                        .also(texture.span, format!("`{}` is {}", texture.name, type_of(&texture.resource)))
                        .help(format!("give `{name}` filters that are all nearest: `magFilter=nearest minFilter=nearest`")),
                );
            }
        }
        (Resource::Texture { .. } | Resource::View { .. }, Wanted::Texture { dimension, sample, is_multisampled }) => {
            let Some((texture, view)) = texture_of(scene, &entry.resource) else { return };
            needs_usage(texture, ("TEXTURE_BINDING", texture_usage::TEXTURE_BINDING), entry.span, diagnostics);
            if let Some(view) = view {
                view_needs(view, ("TEXTURE_BINDING", texture_usage::TEXTURE_BINDING), entry.span, diagnostics);
            }
            if !one_aspect(texture, view, entry.span, diagnostics) {
                return;
            }
            let format = view.and_then(|view| view.format).unwrap_or(texture.format);
            let stencil = view.and_then(|view| view.aspect).is_some_and(|aspect| aspect.text() == "stencil-only");
            let info = formats::info(format, &scene.device);
            let is = if stencil { Sample::Uint } else { info.sample };
            let ok = match sample {
                reflect::Sample::Float if used.sampled => is == Sample::Float,
                reflect::Sample::Float => matches!(is, Sample::Float | Sample::UnfilterableFloat | Sample::Depth),
                reflect::Sample::Depth => is == Sample::Depth,
                reflect::Sample::Sint => is == Sample::Sint,
                reflect::Sample::Uint => is == Sample::Uint,
            };
            if !ok {
                let message = match sample {
                    reflect::Sample::Float if used.sampled => format!("{} cannot be sampled with a filter", format.text()),
                    _ => format!("{} does not hold what the shader reads", format.text()),
                };
                diagnostics.push(declared(Diagnostic::new(Code::BindingKind, entry.span, message)));
            }
            if (texture.sample_count > 1) != *is_multisampled {
                let message = format!("`{}` has {}", texture.named.name, super::count(texture.sample_count as usize, "sample"));
                diagnostics.push(
                    declared(Diagnostic::new(Code::BindingKind, entry.span, message))
                        .help("`texture_multisampled_2d` goes with 4 samples"),
                );
            }
            dimension_fits(texture, view, dimension.text(), entry, binding, diagnostics);
        }
        (Resource::Texture { .. } | Resource::View { .. }, Wanted::StorageTexture { dimension, format, .. }) => {
            let Some((texture, view)) = texture_of(scene, &entry.resource) else { return };
            needs_usage(texture, ("STORAGE_BINDING", texture_usage::STORAGE_BINDING), entry.span, diagnostics);
            if let Some(view) = view {
                view_needs(view, ("STORAGE_BINDING", texture_usage::STORAGE_BINDING), entry.span, diagnostics);
            }
            let own = view.and_then(|view| view.format).unwrap_or(texture.format);
            if own != *format {
                let message = format!("`{}` is {}, the shader has {}", texture.named.name, own.text(), format.text());
                diagnostics.push(declared(Diagnostic::new(Code::BindingKind, entry.span, message)));
            }
            one_level(texture, view, entry, (&format!("`{}` is declared here", binding.name), binding.span), diagnostics);
            dimension_fits(texture, view, dimension.text(), entry, binding, diagnostics);
        }
        (Resource::Video(_), Wanted::ExternalTexture) => {}
        (_, wanted) => {
            let is = match entry.resource {
                Resource::Buffer { .. } => "a buffer",
                Resource::Texture { .. } => "a texture",
                Resource::View { .. } => "a texture view",
                Resource::Sampler(_) => "a sampler",
                Resource::Video(_) => "a video",
            };
            let message = format!("{is} is bound where the shader has {}", resource_name(wanted));
            diagnostics.push(declared(Diagnostic::new(Code::BindingKind, entry.span, message)));
        }
    }
}

/// A texture with depth and stencil is read through a view of one of them. Source: WebGPU, 8.2.1 `createBindGroup`.
fn one_aspect(texture: &Texture, view: Option<&View>, used: Span, diagnostics: &mut Vec<Diagnostic>) -> bool {
    // Which aspects a format has depends on no feature.
    let info = formats::info(texture.format, &Device::default());
    let all = view.and_then(|view| view.aspect).is_none_or(|aspect| aspect.text() == "all");
    if info.depth && info.stencil && all {
        let message = format!("`{}` has both depth and stencil, and a binding reads one of them", texture.named.name);
        let help = format!("bind a `#textureView` of `{}` with `aspect=depth-only`", texture.named.name);
        diagnostics.push(Diagnostic::new(Code::BindingKind, used, message).help(help));
        return false;
    }
    true
}

/// A storage texture is one mip level; `wanted` says who binds it so. Source: WebGPU, 8.2.1 `createBindGroup`.
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
    wanted: &str,
    entry: &Entry,
    binding: &Binding,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let is = view_dimension(texture, view);
    if is != wanted {
        diagnostics.push(
            Diagnostic::new(
                Code::BindingKind,
                entry.span,
                format!("`{}` is viewed as {is}, the shader has {wanted}", texture.named.name),
            )
            .also(binding.span, format!("`{}` is declared here", binding.name))
            .help(format!("bind a `#textureView` with `dimension={wanted}`")),
        );
    }
}

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

/// What an explicit layout leaves open is checked at the draw: whether the group binds as many bytes as the shaders of the pipeline
/// need. Source: WebGPU, 14.2 "validate encoder bind groups".
pub fn late_sizes(scene: &Scene, group: &Group, pipeline: PipelineId, slot: u32, diagnostics: &mut Vec<Diagnostic>) {
    let GroupLayout::Explicit(layout) = group.layout else { return };
    let rows = scene.layout(layout).map_or(&[][..], |layout| &layout.entries);
    for used in used_bindings(scene, pipeline, slot).unwrap_or_default() {
        // Where layout and shader disagree, that is what is wrong.
        let row = rows.iter().find(|row| row.binding == used.binding.binding);
        if used.is_disputed || row.is_none_or(|row| pipelines::kind_mismatch(&row.kind, &used.binding.resource).is_some()) {
            continue;
        }
        let (Wanted::Uniform(block) | Wanted::Storage { block, .. }) = &used.binding.resource else { continue };
        let Some(entry) = group.entries.iter().find(|entry| entry.binding == used.binding.binding) else { continue };
        let Resource::Buffer { buffer, offset, size, .. } = entry.resource else { continue };
        let Some(buffer) = scene.buffer(buffer) else { continue };
        // A range behind the end is reported for that.
        if u64::from(offset) + u64::from(size.unwrap_or(1)) > u64::from(buffer.size) {
            continue;
        }
        let bound = size.unwrap_or(buffer.size.saturating_sub(offset));
        if bound < block.min_size {
            let message = format!("{bound} bytes are bound, `{}` has {}", used.binding.name, block.min_size);
            diagnostics.push(
                Diagnostic::new(Code::BindingTooSmall, entry.span, message)
                    .also(used.binding.span, "declared here")
                    .also(buffer.size_span, "the buffer's size"),
            );
        }
    }
}

/// Reports a view that lacks a usage which its texture has; one that the texture lacks is reported there.
pub fn view_needs(view: &View, (name, bit): (&str, u32), used: Span, diagnostics: &mut Vec<Diagnostic>) {
    if view.usage.is_some_and(|usage| usage & bit == 0) {
        let message = format!("`{}` needs the usage {name} for this", view.named.name);
        let diagnostic =
            Diagnostic::new(Code::TextureUsage, used, message).also(view.named.span, "the view has a usage of its own");
        diagnostics.push(diagnostic.help(format!("add {name} to it, or leave its `usage` out")));
    }
}

/// Reports a texture that lacks a usage; one that has none at all is reported where it stands.
pub fn needs_usage(texture: &Texture, (name, bit): (&str, u32), used: Span, diagnostics: &mut Vec<Diagnostic>) {
    if texture.whole_usage() != 0 && texture.whole_usage() & bit == 0 {
        diagnostics.push(
            Diagnostic::new(Code::TextureUsage, used, format!("`{}` needs the usage {name} for this", texture.named.name))
                .also(texture.usage_span, "its usage")
                .help(format!("add {name} to it")),
        );
    }
}

/// Reports a buffer that lacks a usage, and whether it does; one that has none at all is reported where it stands.
pub fn buffer_needs(buffer: &Buffer, (name, bit): (&str, u32), used: Span, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let lacks_it = buffer.whole_usage() & bit == 0;
    if buffer.whole_usage() != 0 && lacks_it {
        diagnostics.push(
            Diagnostic::new(Code::BufferUsage, used, format!("`{}` needs the usage {name} for this", buffer.named.name))
                .also(buffer.usage_span, "its usage")
                .help(format!("add {name} to it")),
        );
    }
    lacks_it
}

#[expect(clippy::too_many_arguments, reason = "the parts of one binding")]
fn buffer_fits(
    scene: &Scene,
    entry: &Entry,
    id: BufferId,
    offset: u32,
    size: Option<u32>,
    usage: (&str, u32),
    wanted: Option<(u32, &Binding)>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(buffer) = scene.buffer(id) else { return };
    let name = &buffer.named.name;
    // What cannot be bound at all is another buffer than was meant, or will be another.
    if buffer_needs(buffer, usage, entry.span, diagnostics) {
        return;
    }
    let end = u64::from(offset) + u64::from(size.unwrap_or(1));
    if end > u64::from(buffer.size) {
        let message = format!("the bound range ends at byte {end}, and `{name}` has {}", buffer.size);
        diagnostics.push(Diagnostic::new(Code::BindingTooSmall, entry.span, message).also(buffer.size_span, "its size"));
        return;
    }
    let bound = size.unwrap_or(buffer.size - offset);
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
            .also(buffer.size_span, "the buffer's size")
            .help(format!("make `{name}` at least {} bytes", min_size.saturating_add(offset))),
        );
    }
    let of =
        if usage.1 == buffer_usage::UNIFORM { Limit::MaxUniformBufferBindingSize } else { Limit::MaxStorageBufferBindingSize };
    let limit = scene.device.limit32(of);
    if bound > limit {
        let message = format!("{bound} bytes are bound, a {} binding has at most {limit}", usage.0);
        let mut diagnostic = Diagnostic::new(Code::BindingTooSmall, entry.span, message).help("bind a part of it with `size=`");
        if size.is_none() {
            diagnostic = diagnostic.also(buffer.size_span, "the buffer's size");
        }
        diagnostics.push(scene.device.raise(diagnostic, of, u64::from(bound)));
    }
    if usage.1 == buffer_usage::STORAGE && !bound.is_multiple_of(4) {
        let message = format!("{bound} bytes are bound, which is not a multiple of 4");
        diagnostics.push(Diagnostic::new(Code::Unaligned, entry.span, message).also(buffer.size_span, "the buffer's size"));
    }
}

/// Which entries have the number of an earlier one.
fn repeated(entries: &[Entry]) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    (0..).zip(entries).filter(|(_, entry)| !seen.insert(entry.binding)).map(|(at, _)| at).collect()
}

fn explicit_group(scene: &Scene, group: &Group, id: LayoutId, diagnostics: &mut Vec<Diagnostic>) {
    let Some(layout) = scene.layout(id) else { return };
    let again = repeated(&group.entries);
    let missing = layout.entries.iter().filter(|row| !group.entries.iter().any(|entry| entry.binding == row.binding));
    // One that stands twice is reported, and most likely one of the two is what is missing.
    let mut missing = missing.skip(again.len());
    for (at, entry) in group.entries.iter().enumerate() {
        let Some(row) = layout.entries.iter().find(|row| row.binding == entry.binding) else {
            let message = format!("`#bindGroupLayout {}` has no binding {}", layout.named.name, entry.binding);
            let diagnostic = Diagnostic::new(Code::MissingBinding, entry.span, message).also(layout.named.span, "declared here");
            // What has no place and a place that has nothing are one mistake: another number.
            diagnostics.push(match missing.next() {
                Some(row) => diagnostic
                    .also(row.span, format!("nothing is bound to binding {}", row.binding))
                    .help(format!("if that is what it is for, write `binding={}`", row.binding)),
                None => diagnostic.help("take the entry out, or add it to the layout"),
            });
            continue;
        };
        if !again.contains(&at) {
            row_fits(scene, entry, row, diagnostics);
        }
    }
    for row in missing {
        let message = format!("`#bindGroup {}` has nothing for binding {}", group.named.name, row.binding);
        diagnostics.push(Diagnostic::new(Code::MissingBinding, group.named.span, message).also(row.span, "which its layout has"));
    }
}

fn row_fits(scene: &Scene, entry: &Entry, row: &LayoutEntry, diagnostics: &mut Vec<Diagnostic>) {
    match (&entry.resource, &row.kind) {
        (Resource::Buffer { buffer, offset, size, .. }, LayoutKind::Buffer { ty, min_size, .. }) => {
            let usage =
                if ty.text() == "uniform" { ("UNIFORM", buffer_usage::UNIFORM) } else { ("STORAGE", buffer_usage::STORAGE) };
            buffer_fits(scene, entry, *buffer, *offset, *size, usage, None, diagnostics);
            if let Some(buffer) = scene.buffer(*buffer) {
                let bound = size.unwrap_or(buffer.size.saturating_sub(*offset));
                let is_inside = u64::from(*offset) + u64::from(size.unwrap_or(1)) <= u64::from(buffer.size);
                if is_inside && bound < *min_size {
                    let message = format!("{bound} bytes are bound, the layout wants {min_size}");
                    diagnostics
                        .push(Diagnostic::new(Code::BindingTooSmall, entry.span, message).also(row.span, "the layout's entry"));
                }
            }
        }
        (Resource::Sampler(id), LayoutKind::Sampler { ty }) => {
            let Some(sampler) = scene.sampler(*id) else { return };
            let ok = match ty.text() {
                "comparison" => sampler.comparison,
                "non-filtering" => !sampler.comparison && !sampler.filtering,
                _ => !sampler.comparison,
            };
            if !ok {
                let message = format!("`{}` is not a {} sampler", sampler.named.name, ty.text());
                diagnostics.push(Diagnostic::new(Code::BindingKind, entry.span, message).also(row.span, "the layout's entry"));
            }
        }
        (Resource::Texture { .. } | Resource::View { .. }, LayoutKind::Texture { sample, dimension, multisampled }) => {
            let Some((texture, view)) = texture_of(scene, &entry.resource) else { return };
            needs_usage(texture, ("TEXTURE_BINDING", texture_usage::TEXTURE_BINDING), entry.span, diagnostics);
            if let Some(view) = view {
                view_needs(view, ("TEXTURE_BINDING", texture_usage::TEXTURE_BINDING), entry.span, diagnostics);
            }
            if !one_aspect(texture, view, entry.span, diagnostics) {
                return;
            }
            let stencil = view.and_then(|view| view.aspect).is_some_and(|aspect| aspect.text() == "stencil-only");
            let of_format = formats::info(view.and_then(|view| view.format).unwrap_or(texture.format), &scene.device).sample;
            let is = if stencil { Sample::Uint } else { of_format };
            let ok = match sample.text() {
                "float" => is == Sample::Float,
                "unfilterable-float" => matches!(is, Sample::Float | Sample::UnfilterableFloat | Sample::Depth),
                "depth" => is == Sample::Depth,
                "sint" => is == Sample::Sint,
                _ => is == Sample::Uint,
            };
            let viewed = view_dimension(texture, view);
            let message = if !ok {
                Some(format!("{} gives no {}", texture.format.text(), sample.text()))
            } else if (texture.sample_count > 1) != *multisampled {
                Some(format!("`{}` has {}", texture.named.name, super::count(texture.sample_count as usize, "sample")))
            } else if viewed != dimension.text() {
                Some(format!("`{}` is viewed as {viewed}, the layout has {}", texture.named.name, dimension.text()))
            } else {
                None
            };
            if let Some(message) = message {
                diagnostics.push(Diagnostic::new(Code::BindingKind, entry.span, message).also(row.span, "the layout's entry"));
            }
        }
        (Resource::Texture { .. } | Resource::View { .. }, LayoutKind::StorageTexture { format, dimension, .. }) => {
            let Some((texture, view)) = texture_of(scene, &entry.resource) else { return };
            needs_usage(texture, ("STORAGE_BINDING", texture_usage::STORAGE_BINDING), entry.span, diagnostics);
            if let Some(view) = view {
                view_needs(view, ("STORAGE_BINDING", texture_usage::STORAGE_BINDING), entry.span, diagnostics);
            }
            let viewed = view_dimension(texture, view);
            let own = view.and_then(|view| view.format).unwrap_or(texture.format);
            one_level(texture, view, entry, ("the layout's entry", row.span), diagnostics);
            if own != *format || viewed != dimension.text() {
                let message = format!(
                    "`{}` is a {viewed} texture of {}, the layout has {} of {}",
                    texture.named.name,
                    own.text(),
                    dimension.text(),
                    format.text()
                );
                diagnostics.push(Diagnostic::new(Code::BindingKind, entry.span, message).also(row.span, "the layout's entry"));
            }
        }
        (Resource::Video(_), LayoutKind::ExternalTexture) => {}
        _ => {
            let message = "the layout's entry is of another kind";
            diagnostics.push(Diagnostic::new(Code::BindingKind, entry.span, message).also(row.span, "the layout's entry"));
        }
    }
}

/// An `#init` binds its buffer and parameters itself; the same rules hold.
pub fn inits(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for init in scene.all_inits() {
        let Some((module, found)) = entry(scene, &init.stage) else { continue };
        let bound =
            std::iter::once((0, init.buffer, init.buffer_span)).chain(init.extra.iter().map(|(n, b)| (*n, *b, init.named.span)));
        for (number, buffer, span) in bound {
            let used = found.bindings.iter().map(|&index| &module.bindings[index]);
            let Some(binding) = used.into_iter().find(|binding| (binding.group, binding.binding) == (0, number)) else {
                continue;
            };
            let entry =
                Entry { span, binding: number, resource: Resource::Buffer { buffer, offset: 0, size: None, ping_pong: 0 } };
            let used = Used::of_one_stage(binding.clone(), COMPUTE);
            fits(scene, &entry, &used, diagnostics);
        }
        if let Some((params, span)) = &init.params {
            let binding = found.bindings.iter().map(|&index| &module.bindings[index]).find(|b| (b.group, b.binding) == (0, 1));
            match binding.map(|binding| (&binding.resource, binding)) {
                Some((Wanted::Uniform(block), binding)) if params.len() as u32 * 4 > block.min_size => {
                    let message = format!("{} parameters, `{}` holds {}", params.len(), binding.name, block.min_size / 4);
                    diagnostics.push(Diagnostic::new(Code::OutOfRange, *span, message).also(binding.span, "declared here"));
                }
                Some((Wanted::Uniform(_), _)) | None => {}
                Some((other, binding)) => {
                    let message = format!("the parameters are a uniform buffer, `{}` is {}", binding.name, resource_name(other));
                    diagnostics.push(Diagnostic::new(Code::BindingKind, *span, message).also(binding.span, "declared here"));
                }
            }
        }
    }
}
