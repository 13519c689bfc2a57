//! Buffers, textures, views and samplers.

use super::{Lowerer, named, word_field};
use crate::diag::{Code, Diagnostic};
use crate::language::Ns;
use crate::resolve::{Node, Obj, Object, Val};
use crate::scene::*;
use pngine_format::descriptor::{Field, Value, object};
use pngine_format::word::Word;

impl Lowerer<'_> {
    pub(super) fn buffer(&mut self, o: &Object) -> Option<Buffer> {
        let obj = &o.obj;
        let initial = obj.decl("mappedAtCreation", Ns::Data).map(|data| (DataId(data), obj.span_of("mappedAtCreation")));
        let size = obj.uint("size")?;
        let usage = obj.flags("usage")?;
        let size_span = obj.span_of("size");
        if size == 0 {
            self.report(Diagnostic::new(Code::BufferSize, size_span, format!("`{}` has no bytes", o.name)));
            return None;
        }
        Some(Buffer {
            named: named(o),
            size,
            size_span,
            usage,
            implied_usage: 0,
            usage_span: obj.span_of("usage"),
            initial,
            pool: obj.uint_or("pool", 1),
        })
    }

    pub(super) fn texture(&mut self, o: &Object) -> Option<Texture> {
        let obj = &o.obj;
        let extent = |node: &Node| match node.val {
            Val::Num(number) => Some(Extent::Fixed(number as u32)),
            Val::Canvas(coefficients) => Some(Extent::Canvas(coefficients)),
            _ => None,
        };
        let one = Extent::Fixed(1);
        if ["size", "width", "height"].iter().any(|name| obj.bad(name)) {
            return None;
        }
        let (size, size_span) = match (obj.get("size"), obj.get("width")) {
            (Some(node), _) => {
                for name in ["width", "height"] {
                    if let Some(span) = obj.prop_span(name) {
                        let diagnostic = Diagnostic::new(Code::Conflict, span, format!("`{name}` beside `size`"));
                        self.report(diagnostic.also(node.span, "the size is given here").help("leave one of them out"));
                    }
                }
                let extents: Vec<Option<Extent>> = obj.list("size").iter().map(extent).collect();
                let size = match extents.into_iter().collect::<Option<Vec<Extent>>>()?.as_slice() {
                    [w] => [*w, one, one],
                    [w, h] => [*w, *h, one],
                    [_, _, Extent::Canvas(_)] => {
                        let span = obj.list("size").get(2).map_or(node.span, |node| node.span);
                        let message = "the depth or the layers of a texture cannot follow the canvas";
                        self.report(Diagnostic::new(Code::CanvasNotAllowed, span, message).help("write a number"));
                        return None;
                    }
                    [w, h, d] => [*w, *h, *d],
                    other => {
                        let message = format!("a size has 1 to 3 numbers, but {}", crate::diag::given(other.len()));
                        self.report(Diagnostic::new(Code::BadLength, node.span, message));
                        return None;
                    }
                };
                (size, node.span)
            }
            (None, Some(width)) => {
                let height = match obj.get("height") {
                    Some(node) => extent(node)?,
                    None => one,
                };
                ([extent(width)?, height, one], width.span)
            }
            (None, None) => {
                if !obj.incomplete {
                    self.report(
                        Diagnostic::new(Code::TextureSize, o.name_span, format!("`#texture {}` has no size", o.name))
                            .help("write `size=[512 512]` or `size=[canvas.width canvas.height]`"),
                    );
                }
                return None;
            }
        };
        let dimension = obj.word("dimension").unwrap_or(Word::of("2d"));
        let format = obj.word("format")?;
        let usage = obj.flags("usage")?;
        if ["sampleCount", "mipLevelCount", "dimension", "viewFormats", "textureBindingViewDimension", "pool"]
            .iter()
            .any(|name| obj.bad(name))
        {
            return None;
        }
        Some(Texture {
            named: named(o),
            size,
            size_span,
            format,
            format_span: obj.span_of("format"),
            usage,
            implied_usage: 0,
            usage_span: obj.span_of("usage"),
            sample_count: self.sample_count(obj, "sampleCount")?,
            dimension,
            mip_levels: obj.uint_or("mipLevelCount", 1),
            mip_span: obj.span_of("mipLevelCount"),
            view_formats: obj
                .list("viewFormats")
                .iter()
                .filter_map(|node| match node.val {
                    Val::Word(word) => Some((word, node.span)),
                    _ => None,
                })
                .collect(),
            binding_dimension: obj
                .word("textureBindingViewDimension")
                .map(|word| (word, obj.span_of("textureBindingViewDimension"))),
            pool: obj.uint_or("pool", 1),
        })
    }

    pub(super) fn sample_count(&mut self, obj: &Obj, name: &str) -> Option<u32> {
        let count = obj.uint_or(name, 1);
        if matches!(count, 1 | 4) {
            return Some(count);
        }
        let message = format!("{count} samples are not possible");
        self.report(Diagnostic::new(Code::SampleCount, obj.span_of(name), message).help("WebGPU has 1 and 4"));
        None
    }

    /// A declared view, or one inside an attachment; those cover one mip level and layer unless they say otherwise.
    pub(super) fn view(&mut self, obj: &Obj, named: Named, inline: Option<u32>) -> Option<View> {
        let texture = obj.decl("texture", Ns::Texture)?;
        let written = |count: &str, base: &str| obj.prop_span(count).or(obj.prop_span(base)).unwrap_or(named.span);
        Some(View {
            range_spans: [written("mipLevelCount", "baseMipLevel"), written("arrayLayerCount", "baseArrayLayer")],
            named,
            texture: TextureId(texture),
            format: obj.word("format"),
            dimension: obj.word("dimension"),
            aspect: obj.word("aspect"),
            // No flag at all means those of the texture, as in WebGPU.
            usage: obj.flags("usage").filter(|usage| *usage != 0),
            base_mip: obj.uint_or("baseMipLevel", 0),
            mip_count: obj.uint("mipLevelCount").or(inline),
            base_layer: obj.uint_or("baseArrayLayer", 0),
            layer_count: obj.uint("arrayLayerCount").or(inline),
        })
    }

    pub(super) fn sampler(&mut self, o: &Object) -> Option<Sampler> {
        let obj = &o.obj;
        if obj.props.iter().any(|(.., node)| matches!(node.val, Val::Bad)) {
            return None;
        }
        let linear = Word::of("linear");
        let mag = obj.word("magFilter").unwrap_or(linear);
        let min = obj.word("minFilter").unwrap_or(linear);
        let mip = obj.word("mipmapFilter").unwrap_or(Word::of("nearest"));
        let u = obj.word("addressModeU");
        let mut fields = Vec::new();
        word_field(&mut fields, Field::MagFilter, Some(mag), "nearest");
        word_field(&mut fields, Field::MinFilter, Some(min), "nearest");
        word_field(&mut fields, Field::MipmapFilter, Some(mip), "nearest");
        word_field(&mut fields, Field::AddressModeU, u, "clamp-to-edge");
        word_field(&mut fields, Field::AddressModeV, obj.word("addressModeV").or(u), "clamp-to-edge");
        word_field(&mut fields, Field::AddressModeW, obj.word("addressModeW").or(u), "clamp-to-edge");
        for (name, field) in [("lodMinClamp", Field::LodMinClamp), ("lodMaxClamp", Field::LodMaxClamp)] {
            if let Some(clamp) = obj.num(name) {
                if clamp < 0.0 {
                    self.report(Diagnostic::new(Code::OutOfRange, obj.span_of(name), format!("`{name}` is {clamp}, below 0")));
                }
                fields.push((field, Value::F32(clamp as f32)));
            }
        }
        let (low, high) = (obj.num("lodMinClamp").unwrap_or(0.0), obj.num("lodMaxClamp").unwrap_or(32.0));
        // One below 0 is reported for that.
        if low > high && high >= 0.0 {
            let message = format!("`lodMinClamp` {low} is above `lodMaxClamp` {high}");
            let span = obj.prop_span("lodMinClamp").or(obj.prop_span("lodMaxClamp")).unwrap_or(o.name_span);
            self.report(Diagnostic::new(Code::OutOfRange, span, message));
        }
        if let Some(compare) = obj.word("compare") {
            fields.push((Field::Compare, Value::Word(compare)));
        }
        let anisotropy = obj.uint_or("maxAnisotropy", 1);
        if anisotropy > 1 {
            fields.push((Field::MaxAnisotropy, Value::Uint(anisotropy)));
            if [mag, min, mip].iter().any(|filter| *filter != linear) {
                let message = format!("an anisotropy of {anisotropy} needs three linear filters");
                self.report(
                    Diagnostic::new(Code::Anisotropy, obj.span_of("maxAnisotropy"), message)
                        .help("set `magFilter`, `minFilter` and `mipmapFilter` to linear"),
                );
            }
        }
        Some(Sampler {
            named: named(o),
            descriptor: object(fields),
            comparison: obj.word("compare").is_some(),
            filtering: [mag, min, mip].contains(&linear),
        })
    }
}
