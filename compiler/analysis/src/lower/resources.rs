//! Buffers, textures, views and samplers.

use super::{Lowerer, named, word_field};
use crate::language::{self, Slot, ViewOf, all};
use crate::resolve::Object;
use pngine_format::descriptor::{Field, Value, object};
use pngine_format::word::{AddressMode, FilterMode};
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;

impl Lowerer<'_> {
    pub(super) fn buffer(&mut self, o: &Object) -> Option<Buffer> {
        let buffer: language::Buffer = o.read();
        let ((size, size_span), (usage, usage_span)) = (buffer.size.found()?, buffer.usage.found()?);
        if size == 0 {
            self.report(Diagnostic::new(Code::BufferSize, size_span, format!("`{}` has no bytes", o.name)));
            return None;
        }
        let initial = buffer.mapped_at_creation.found();
        let pool = buffer.pool.value;
        Some(Buffer { named: named(o), size, size_span, usage, implied_usage: 0, usage_span, initial, pool })
    }

    pub(super) fn texture(&mut self, o: &Object) -> Option<Texture> {
        let texture: language::Texture = o.read();
        let (size, size_span) = self.texture_size(o, &texture)?;
        let ((format, format_span), (usage, usage_span)) = (texture.format.found()?, texture.usage.found()?);
        let language::Texture { sample_count, mip_level_count, dimension, view_formats, pool, .. } = &texture;
        let binding_dimension = &texture.texture_binding_view_dimension;
        let is_bad = sample_count.is_bad() || mip_level_count.is_bad() || dimension.is_bad() || view_formats.is_bad();
        if is_bad || binding_dimension.is_bad() || pool.is_bad() {
            return None;
        }
        Some(Texture {
            named: named(o),
            size,
            size_span,
            format,
            format_span,
            usage,
            implied_usage: 0,
            usage_span,
            sample_count: sample_count.value,
            sample_span: sample_count.span,
            dimension: dimension.value,
            mip_levels: mip_level_count.value,
            mip_span: mip_level_count.span,
            view_formats: view_formats.elements().iter().filter_map(|format| Some((format.value?, format.span))).collect(),
            binding_dimension: binding_dimension.found(),
            pool: pool.value,
        })
    }

    /// The extent of a texture, and where it stands.
    fn texture_size(&mut self, o: &Object, texture: &language::Texture) -> Option<([Extent; 3], Span)> {
        let language::Texture { size, width, height, .. } = texture;
        if size.is_bad() || width.is_bad() || height.is_bad() {
            return None;
        }
        let one = Extent::Fixed(1);
        let Some(extents) = &size.value else {
            if let Some((width, span)) = width.found() {
                return Some(([width, height.value, one], span));
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
                let message = format!("a size has 1 to 3 numbers, but {}", pngine_source::diag::given(other.len()));
                self.report(Diagnostic::new(Code::BadLength, size.span, message));
                return None;
            }
        };
        Some((known, size.span))
    }

    pub(super) fn declared_view(&mut self, o: &Object) -> Option<View> {
        let view: language::TextureView = o.read();
        let (mips, layers) = (&view.mip_level_count, &view.array_layer_count);
        let ranges = [(&view.base_mip_level, mips.prop_span()), (&view.base_array_layer, layers.prop_span())];
        Some(View {
            // No flag at all means those of the texture, as in WebGPU.
            usage: view.usage.value.filter(|usage| *usage != 0),
            mip_count: mips.value,
            layer_count: layers.value,
            ..view_of(&view.of, named(o), ranges)?
        })
    }

    /// A view inside an attachment: it covers one mip level and layer unless it says otherwise.
    pub(super) fn view_in_place(&mut self, view: &language::InlineView) -> Option<View> {
        let (mips, layers) = (&view.mip_level_count, &view.array_layer_count);
        let ranges = [(&view.base_mip_level, mips.prop_span()), (&view.base_array_layer, layers.prop_span())];
        let named = Named { name: "(inline)".to_string(), span: view.at.span };
        Some(View { mip_count: Some(mips.value), layer_count: Some(layers.value), ..view_of(&view.of, named, ranges)? })
    }

    pub(super) fn sampler(&mut self, o: &Object) -> Option<Sampler> {
        let sampler: language::Sampler = o.read();
        sampler.at.is_sound.then(|| sampler_of(&sampler, named(o)))
    }
}

/// The sampler that is written so.
pub(super) fn sampler_of(sampler: &language::Sampler, named: Named) -> Sampler {
    let language::Sampler { mag_filter, min_filter, mipmap_filter, address_mode_u, .. } = sampler;
    let filters = [mag_filter.value, min_filter.value, mipmap_filter.value];
    let [mag, min, mip] = filters;
    let u = address_mode_u.value;
    let (v, w) = (sampler.address_mode_v.value.unwrap_or(u), sampler.address_mode_w.value.unwrap_or(u));
    let mut fields = Vec::new();
    for (field, filter) in [(Field::MagFilter, mag), (Field::MinFilter, min), (Field::MipmapFilter, mip)] {
        word_field(&mut fields, field, filter, FilterMode::Nearest);
    }
    for (field, mode) in [(Field::AddressModeU, u), (Field::AddressModeV, v), (Field::AddressModeW, w)] {
        word_field(&mut fields, field, mode, AddressMode::ClampToEdge);
    }
    let (low, high) = (&sampler.lod_min_clamp, &sampler.lod_max_clamp);
    for (clamp, field) in [(low, Field::LodMinClamp), (high, Field::LodMaxClamp)] {
        fields.extend(clamp.written().map(|clamp| (field, Value::F32(*clamp as f32))));
    }
    fields.extend(sampler.compare.value.map(|compare| (Field::Compare, Value::Word(compare.word()))));
    let (anisotropy, anisotropy_span) = sampler.max_anisotropy.spanned();
    if anisotropy > 1 {
        fields.push((Field::MaxAnisotropy, Value::Uint(anisotropy)));
    }
    Sampler {
        named,
        descriptor: object(fields),
        comparison: sampler.compare.value.is_some(),
        filtering: filters.contains(&FilterMode::Linear),
        is_linear: filters.iter().all(|filter| *filter == FilterMode::Linear),
        lod: [low, high].map(lod_clamp),
        anisotropy: (anisotropy, anisotropy_span),
    }
}

fn lod_clamp(clamp: &Slot<f64>) -> LodClamp {
    LodClamp { level: clamp.value, written: clamp.prop_span().map(|property| (clamp.span, property)) }
}

/// What a view is of; whoever calls this says how much it covers. `ranges` are where the mip levels and layers begin, and where it is
/// written how many they are.
fn view_of(of: &ViewOf, named: Named, ranges: [(&Slot<u32>, Option<Span>); 2]) -> Option<View> {
    let range_spans = ranges.map(|(base, count)| count.or(base.prop_span()).unwrap_or(named.span));
    let [(base_mip, _), (base_layer, _)] = ranges;
    Some(View {
        range_spans,
        named,
        texture: of.texture.value?,
        format: of.format.value,
        dimension: of.dimension.value,
        aspect: of.aspect.written().copied(),
        usage: None,
        base_mip: base_mip.value,
        mip_count: None,
        base_layer: base_layer.value,
        layer_count: None,
    })
}
