//! Buffers, textures, views and samplers.

use super::{Lowerer, named};
use crate::language::{self, Slot, ViewOf, all};
use crate::resolve::Object;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, given};
use pngine_source::source::Span;

impl Lowerer<'_> {
    pub(super) fn buffer(&mut self, o: &Object) -> Option<Buffer> {
        let buffer: language::Buffer = o.read();
        let (size, usage) = (buffer.size.found()?, buffer.usage.found()?);
        if *size == 0 {
            self.report(Diagnostic::new(Code::BufferSize, size.span, format!("`{}` has no bytes", o.name)));
            return None;
        }
        let initial = buffer.mapped_at_creation.found();
        let pool = buffer.pool.value;
        Some(Buffer { named: named(o), size, usage, implied_usage: 0, initial, pool })
    }

    pub(super) fn texture(&mut self, o: &Object) -> Option<Texture> {
        let texture: language::Texture = o.read();
        let size = self.texture_size(o, &texture)?;
        let (format, usage) = (texture.format.found()?, texture.usage.found()?);
        let language::Texture { sample_count, mip_level_count, dimension, view_formats, pool, .. } = &texture;
        let binding_dimension = &texture.texture_binding_view_dimension;
        let is_bad = sample_count.is_bad() || mip_level_count.is_bad() || dimension.is_bad() || view_formats.is_bad();
        if is_bad || binding_dimension.is_bad() || pool.is_bad() {
            return None;
        }
        Some(Texture {
            named: named(o),
            size,
            format,
            usage,
            implied_usage: 0,
            sample_count: sample_count.spanned(),
            dimension: dimension.value,
            mip_levels: mip_level_count.spanned(),
            view_formats: view_formats
                .elements()
                .iter()
                .filter_map(|format| Some(Spanned::new(format.value?, format.span)))
                .collect(),
            binding_dimension: binding_dimension.found(),
            pool: pool.value,
        })
    }

    /// The extent of a texture, and where it stands.
    fn texture_size(&mut self, o: &Object, texture: &language::Texture) -> Option<Spanned<[Extent; 3]>> {
        let language::Texture { size, width, height, .. } = texture;
        if size.is_bad() || width.is_bad() || height.is_bad() {
            return None;
        }
        let one = Extent::Fixed(1);
        let Some(extents) = &size.value else {
            if let Some(width) = width.found() {
                return Some(Spanned::new([*width, height.value, one], width.span));
            }
            if !texture.at.is_incomplete {
                self.report(
                    Diagnostic::new(Code::TextureSize, o.name_span, format!("`#texture {}` has no size", o.name))
                        .help("write `size=[512 512]` or `size=[canvas.width canvas.height]`"),
                );
            }
            return None;
        };
        for (name, span) in [(width.row.name, width.prop_span()), (height.row.name, height.prop_span())] {
            if let Some(span) = span {
                let diagnostic = Diagnostic::new(Code::Conflict, span, format!("`{name}` beside `size`"));
                self.report(diagnostic.also(size.span, "the size is given here").help("leave one of them out"));
            }
        }
        let known = match all(extents)?.as_slice() {
            [w] => [*w, one, one],
            [w, h] => [*w, *h, one],
            [_, _, Extent::Canvas(_)] => {
                let span = extents.get(2).map_or(size.span, |depth| depth.span);
                let message = "the depth or the layers of a texture cannot follow the canvas";
                self.report(Diagnostic::new(Code::CanvasNotAllowed, span, message).help("write a number"));
                return None;
            }
            [w, h, d] => [*w, *h, *d],
            other => {
                let message = format!("a size has 1 to 3 numbers, but {}", given(other.len()));
                self.report(Diagnostic::new(Code::BadLength, size.span, message));
                return None;
            }
        };
        Some(Spanned::new(known, size.span))
    }

    pub(super) fn declared_view(&mut self, o: &Object) -> Option<View> {
        let view: language::TextureView = o.read();
        let (mips, layers) = (&view.mip_level_count, &view.array_layer_count);
        let parts =
            [(&view.base_mip_level, mips.value, mips.prop_span()), (&view.base_array_layer, layers.value, layers.prop_span())];
        // No flag at all means those of the texture, as in WebGPU.
        Some(View { usage: view.usage.value.filter(|usage| *usage != 0), ..view_of(&view.of, named(o), parts)? })
    }

    /// A view inside an attachment: it covers one mip level and layer unless it says otherwise.
    pub(super) fn view_in_place(&mut self, view: &language::InlineView) -> Option<View> {
        let (mips, layers) = (&view.mip_level_count, &view.array_layer_count);
        let parts = [
            (&view.base_mip_level, Some(mips.value), mips.prop_span()),
            (&view.base_array_layer, Some(layers.value), layers.prop_span()),
        ];
        view_of(&view.of, Named { name: "(inline)".to_string(), span: view.at.span }, parts)
    }

    pub(super) fn sampler(&mut self, o: &Object) -> Option<Sampler> {
        let sampler: language::Sampler = o.read();
        sampler.at.is_sound.then(|| sampler_of(&sampler, named(o)))
    }
}

/// The sampler that is written so.
pub(super) fn sampler_of(sampler: &language::Sampler, named: Named) -> Sampler {
    let u = sampler.address_mode_u.value;
    Sampler {
        named,
        filters: [sampler.mag_filter.value, sampler.min_filter.value, sampler.mipmap_filter.value],
        address_modes: [u, sampler.address_mode_v.value.unwrap_or(u), sampler.address_mode_w.value.unwrap_or(u)],
        lod: [sampler.lod_min_clamp.setting(), sampler.lod_max_clamp.setting()],
        compare: sampler.compare.value,
        anisotropy: sampler.max_anisotropy.spanned(),
    }
}

/// A view. Of its mip levels and its layers there is where they begin, how many they are, and where that is written.
fn view_of(of: &ViewOf, named: Named, parts: [(&Slot<u32>, Option<u32>, Option<Span>); 2]) -> Option<View> {
    let [mips, layers] = parts.map(|(first, count, span)| {
        Spanned::new(Part { first: first.value, count }, span.or(first.prop_span()).unwrap_or(named.span))
    });
    Some(View {
        named,
        texture: of.texture.value?,
        format: of.format.value,
        dimension: of.dimension.value,
        aspect: of.aspect.written().copied(),
        usage: None,
        mips,
        layers,
    })
}
