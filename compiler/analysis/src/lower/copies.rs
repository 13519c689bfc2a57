//! Copies between buffers and textures: what the actions of a `#queue` say, and how much they copy where they do not say it.
//! Whether WebGPU allows a copy is looked at in `check`.

use super::Lowerer;
use super::queues::source_of;
use crate::diag::{Code, Diagnostic};
use crate::language::Ns;
use crate::resolve::{Node, Obj, Val};
use crate::scene::*;
use crate::source::Span;
use pngine_format::texel;
use pngine_format::word::Word;

const ONE: Extent = Extent::Fixed(1);

/// Bytes of a resolved query. Source: WebGPU, 13.7 `resolveQuerySet`.
const QUERY_BYTES: u32 = 8;

pub(super) fn is_bad(obj: &Obj) -> bool {
    obj.incomplete || obj.props.iter().any(|(.., node)| matches!(node.val, Val::Bad))
}

impl Lowerer<'_> {
    /// A buffer, or `{ buffer=b pingPong=k }`.
    fn pooled_buffer(&mut self, obj: &Obj, name: &str) -> Option<(BufferId, Option<u32>)> {
        let (buffer, ping_pong) = match &obj.get(name)?.val {
            Val::Decl(Ns::Buffer, index) => (BufferId(*index), None),
            Val::Obj(inner) => return self.buffer_member(inner),
            _ => return None,
        };
        Some((buffer, ping_pong))
    }

    /// The properties `buffer` and `pingPong` of an object.
    fn buffer_member(&mut self, obj: &Obj) -> Option<(BufferId, Option<u32>)> {
        if is_bad(obj) {
            return None;
        }
        let buffer = BufferId(obj.decl("buffer", Ns::Buffer)?);
        let pool = self.scene.buffer(buffer)?.pool;
        self.pool_offset(obj, pool);
        Some((buffer, obj.uint("pingPong").filter(|_| pool > 1)))
    }

    pub(super) fn copy_buffer(&mut self, obj: &Obj) -> Option<Action> {
        if is_bad(obj) {
            return None;
        }
        let source = self.pooled_buffer(obj, "source");
        let destination = self.pooled_buffer(obj, "destination");
        let ((from, from_member), (to, to_member)) = (source?, destination?);
        let (from_offset, to_offset) = (obj.uint_or("sourceOffset", 0), obj.uint_or("destinationOffset", 0));
        let room = |id: BufferId, offset: u32| Some(self.scene.buffer(id)?.size.saturating_sub(offset));
        let size = match obj.uint("size") {
            Some(size) => size,
            // What is left over of a word cannot be copied.
            None => room(from, from_offset)?.min(room(to, to_offset)?) / 4 * 4,
        };
        let range = |buffer, ping_pong, name: &str, offset, offset_name: &str| BufferRange {
            span: obj.span_of(name),
            buffer,
            ping_pong,
            offset: (offset, obj.span_of(offset_name)),
            size: (size, obj.span_of("size")),
        };
        Some(Action::CopyBufferToBuffer {
            span: obj.span,
            source: range(from, from_member, "source", from_offset, "sourceOffset"),
            destination: range(to, to_member, "destination", to_offset, "destinationOffset"),
        })
    }

    pub(super) fn clear_buffer(&mut self, obj: &Obj) -> Option<Action> {
        let (buffer, ping_pong) = self.buffer_member(obj)?;
        let offset = obj.uint_or("offset", 0);
        let rest = self.scene.buffer(buffer)?.size.saturating_sub(offset);
        let range = BufferRange {
            span: obj.span_of("buffer"),
            buffer,
            ping_pong,
            offset: (offset, obj.span_of("offset")),
            size: (obj.uint("size").unwrap_or(rest), obj.span_of("size")),
        };
        Some(Action::ClearBuffer { span: obj.span, range })
    }

    pub(super) fn resolve_query_set(&mut self, obj: &Obj) -> Option<Action> {
        if is_bad(obj) {
            return None;
        }
        let destination = self.pooled_buffer(obj, "destination");
        let set = QuerySetId(obj.decl("querySet", Ns::QuerySet)?);
        let (buffer, ping_pong) = destination?;
        let first = obj.uint_or("firstQuery", 0);
        let count = obj.uint("queryCount").unwrap_or(self.scene.query_set(set)?.count.saturating_sub(first));
        let range = BufferRange {
            span: obj.span_of("destination"),
            buffer,
            ping_pong,
            offset: (obj.uint_or("destinationOffset", 0), obj.span_of("destinationOffset")),
            size: (count.saturating_mul(QUERY_BYTES), obj.span_of("queryCount")),
        };
        Some(Action::ResolveQuerySet {
            span: obj.span,
            set: (set, obj.span_of("querySet")),
            first: (first, obj.span_of("firstQuery")),
            count: (count, obj.span_of("queryCount")),
            destination: range,
        })
    }

    /// One to three extents: an array, or an object with these members.
    pub(super) fn three(&mut self, node: &Node, names: [&str; 3], default: Extent) -> Option<[Extent; 3]> {
        let extent = |node: &Node| match node.val {
            Val::Num(number) => Some(Extent::Fixed(number as u32)),
            Val::Canvas(coefficients) => Some(Extent::Canvas(coefficients)),
            _ => None,
        };
        let mut out = [default; 3];
        match &node.val {
            Val::Obj(obj) => {
                if is_bad(obj) {
                    return None;
                }
                for (slot, name) in out.iter_mut().zip(names) {
                    if let Some(node) = obj.get(name) {
                        *slot = extent(node)?;
                    }
                }
            }
            Val::List(nodes) => {
                if !(1..=3).contains(&nodes.len()) {
                    let message = format!("1 to 3 numbers are wanted, but {}", crate::diag::given(nodes.len()));
                    self.report(Diagnostic::new(Code::BadLength, node.span, message));
                    return None;
                }
                for (slot, node) in out.iter_mut().zip(nodes) {
                    *slot = extent(node)?;
                }
            }
            _ => return None,
        }
        Some(out)
    }

    fn origin(&mut self, obj: &Obj) -> Option<([Extent; 3], Span)> {
        let none = Extent::Fixed(0);
        match obj.get("origin") {
            Some(node) => Some((self.three(node, ["x", "y", "z"], none)?, node.span)),
            None => Some(([none; 3], obj.span)),
        }
    }

    /// A texture with the part of it that a copy begins at.
    pub(super) fn texture_side(&mut self, obj: &Obj) -> Option<TextureSide> {
        if is_bad(obj) {
            return None;
        }
        let texture = match obj.get("texture")?.val {
            Val::CanvasView => None,
            Val::Decl(Ns::Texture, index) => Some(TextureId(index)),
            _ => return None,
        };
        let pool = match texture {
            Some(id) => self.scene.texture(id)?.pool,
            None => 1,
        };
        self.pool_offset(obj, pool);
        Some(TextureSide {
            span: obj.span_of("texture"),
            texture,
            ping_pong: obj.uint("pingPong").filter(|_| pool > 1),
            mip: (obj.uint_or("mipLevel", 0), obj.span_of("mipLevel")),
            origin: self.origin(obj)?,
            aspect: (obj.word("aspect").unwrap_or(Word::of("all")), obj.span_of("aspect")),
        })
    }

    fn buffer_side(&mut self, obj: &Obj) -> Option<BufferSide> {
        let (buffer, ping_pong) = self.buffer_member(obj)?;
        Some(BufferSide { span: obj.span_of("buffer"), buffer, ping_pong, layout: linear(obj, "offset") })
    }

    pub(super) fn copy_buffer_to_texture(&mut self, obj: &Obj) -> Option<TexelCopy<BufferSide, TextureSide>> {
        let source = obj.obj("source").and_then(|side| self.buffer_side(side));
        let destination = obj.obj("destination").and_then(|side| self.texture_side(side));
        let (source, destination) = (source?, destination?);
        let bytes = self.scene.buffer(source.buffer)?.size;
        let (size, size_span) =
            self.size(obj, "copySize", &destination, |this, most| this.within(most, &source.layout, bytes, &destination))?;
        Some(TexelCopy { span: obj.span, source, destination, size, size_span })
    }

    pub(super) fn copy_texture_to_buffer(&mut self, obj: &Obj) -> Option<TexelCopy<TextureSide, BufferSide>> {
        let source = obj.obj("source").and_then(|side| self.texture_side(side));
        let destination = obj.obj("destination").and_then(|side| self.buffer_side(side));
        let (source, destination) = (source?, destination?);
        let bytes = self.scene.buffer(destination.buffer)?.size;
        let (size, size_span) =
            self.size(obj, "copySize", &source, |this, most| this.within(most, &destination.layout, bytes, &source))?;
        Some(TexelCopy { span: obj.span, source, destination, size, size_span })
    }

    pub(super) fn copy_texture(&mut self, obj: &Obj) -> Option<TexelCopy<TextureSide, TextureSide>> {
        let source = obj.obj("source").and_then(|side| self.texture_side(side));
        let destination = obj.obj("destination").and_then(|side| self.texture_side(side));
        let (source, destination) = (source?, destination?);
        let (size, size_span) = self.size(obj, "copySize", &source, |this, most| {
            let other = this.rest_of(&destination)?;
            let mut out = most;
            for (slot, other) in out.iter_mut().zip(other) {
                *slot = smaller(*slot, other)?;
            }
            Some(out)
        })?;
        Some(TexelCopy { span: obj.span, source, destination, size, size_span })
    }

    pub(super) fn write_texture(&mut self, obj: &Obj) -> Option<WriteTexture> {
        let destination = self.texture_side(obj)?;
        let node = obj.get("data")?;
        let Some(source) = source_of(node) else {
            let message = "`writeTexture` takes a `#data`, an input, or numbers";
            self.report(Diagnostic::new(Code::WrongType, node.span, message));
            return None;
        };
        if let Source::Data(data) = source
            && let Some(data) = self.scene.data_at(data).filter(|data| data.is_called())
        {
            let message = format!("`#data {}` is made when the scene runs, and such bytes go into buffers", data.name);
            let help = "write it into a buffer, and copy that with `copyBufferToTexture`";
            self.report(Diagnostic::new(Code::WrongType, node.span, message).help(help));
            return None;
        }
        let len = self.source_size(&source)?;
        let layout = linear(obj, "dataOffset");
        let (size, size_span) =
            self.size(obj, "size", &destination, |this, most| this.within(most, &layout, len, &destination))?;
        let copy = TexelCopy { span: obj.span, source: layout, destination, size, size_span };
        Some(WriteTexture { source: (source, node.span, len), copy })
    }

    /// How much is copied: what is written, or the most that fits both sides (language reference, decision 23). `fit` makes what is
    /// left of the texture fit the other side.
    pub(super) fn size(
        &mut self,
        obj: &Obj,
        name: &str,
        texture: &TextureSide,
        fit: impl Fn(&Self, [Extent; 3]) -> Option<[Extent; 3]>,
    ) -> Option<([Extent; 3], Span)> {
        if obj.bad(name) {
            return None;
        }
        if let Some(node) = obj.get(name) {
            return Some((self.three(node, ["width", "height", "depthOrArrayLayers"], ONE)?, node.span));
        }
        let most = self.rest_of(texture);
        match most.and_then(|most| fit(self, most)) {
            Some(size) => Some((size, obj.span)),
            None => {
                let message = "how much is copied cannot be told: one side follows the canvas and the other does not";
                self.report(
                    Diagnostic::new(Code::CopySizeUnknown, obj.span, message).help(format!("write `{name}=[width height]`")),
                );
                None
            }
        }
    }

    /// What a side has from its origin on. `None` where that is not known.
    fn rest_of(&self, side: &TextureSide) -> Option<[Extent; 3]> {
        let mut out = level_extents(&self.scene, side)?;
        for (slot, origin) in out.iter_mut().zip(side.origin.0) {
            *slot = less(*slot, origin);
        }
        Some(out)
    }

    /// The most of `most` that rows of this layout in so many bytes hold. What is too large to fit at all is left as it is: it is
    /// reported when the copy is checked.
    fn within(&self, most: [Extent; 3], layout: &Linear, bytes: u32, side: &TextureSide) -> Option<[Extent; 3]> {
        let [Extent::Fixed(width), Extent::Fixed(height), Extent::Fixed(depth)] = most else {
            // With the size written for both, only the machine knows whether it fits.
            return layout.bytes_per_row.map(|_| most);
        };
        let Some((block_width, block_height, block_bytes)) = block_of(&self.scene, side) else { return Some(most) };
        let available = u64::from(bytes.saturating_sub(layout.offset.0));
        let mut width = width;
        if let Some((pitch, _)) = layout.bytes_per_row {
            width = width.min(pitch / block_bytes * block_width);
        }
        let row = u64::from(width.div_ceil(block_width)) * u64::from(block_bytes);
        let (mut rows, mut images) = (u64::from(height.div_ceil(block_height)), u64::from(depth));
        let pitch = layout.bytes_per_row.map_or(row, |(pitch, _)| u64::from(pitch));
        if let Some((wanted, _)) = layout.rows_per_image {
            rows = rows.min(u64::from(wanted));
        }
        let image_rows = layout.rows_per_image.map_or(rows, |(rows, _)| u64::from(rows));
        let fits = |rows: u64, images: u64| {
            let rows_before = (images.max(1) - 1).saturating_mul(image_rows).saturating_add(rows.max(1) - 1);
            pitch.saturating_mul(rows_before).saturating_add(row) <= available
        };
        // Whole images first, then whole rows of one image.
        if !fits(rows, images) && pitch > 0 && image_rows > 0 {
            let spare = available.saturating_sub(row);
            images = (spare / pitch + 1).saturating_sub(rows) / image_rows + 1;
            images = images.min(u64::from(depth));
            if !fits(rows, images) {
                rows = rows.min(spare / pitch + 1);
            }
        }
        let height = height.min(u32::try_from(rows).ok()?.saturating_mul(block_height));
        Some([Extent::Fixed(width), Extent::Fixed(height), Extent::Fixed(u32::try_from(images).ok()?)])
    }
}

fn linear(obj: &Obj, offset: &str) -> Linear {
    let number = |name: &str| obj.uint(name).map(|number| (number, obj.span_of(name)));
    Linear {
        offset: (obj.uint_or(offset, 0), obj.span_of(offset)),
        bytes_per_row: number("bytesPerRow"),
        rows_per_image: number("rowsPerImage"),
    }
}

/// Width, height and bytes of the texel blocks of what a side copies; `None` where they depend on an aspect that is not single.
fn block_of(scene: &Scene, side: &TextureSide) -> Option<(u32, u32, u32)> {
    let format = formats::format_of(format_of(scene, side)?);
    let is_stencil = side.aspect.0.text() == "stencil-only" || !format.row().has_depth && format.row().has_stencil;
    match texel::aspect_bytes(format, is_stencil) {
        (Some(bytes), _) => Some((1, 1, bytes)),
        _ => texel::block(format),
    }
}

/// The smaller of two extents; `None` where that depends on the canvas.
pub(super) fn smaller(a: Extent, b: Extent) -> Option<Extent> {
    match (a, b) {
        (Extent::Fixed(a), Extent::Fixed(b)) => Some(Extent::Fixed(a.min(b))),
        (Extent::Canvas([a, b, c]), Extent::Canvas([d, e, f])) => ((a, b) == (d, e)).then(|| Extent::Canvas([a, b, c.min(f)])),
        (Extent::Fixed(_), Extent::Canvas(_)) | (Extent::Canvas(_), Extent::Fixed(_)) => None,
    }
}

/// What is left of an extent behind an origin.
fn less(extent: Extent, origin: Extent) -> Extent {
    let affine = |extent: Extent| match extent {
        Extent::Fixed(texels) => [0.0, 0.0, texels as f32],
        Extent::Canvas(coefficients) => coefficients,
    };
    match (extent, origin) {
        (extent, Extent::Fixed(0)) => extent,
        (Extent::Fixed(texels), Extent::Fixed(origin)) => Extent::Fixed(texels.saturating_sub(origin)),
        (extent, origin) => {
            let ([a, b, c], [d, e, f]) = (affine(extent), affine(origin));
            match [a - d, b - e, c - f] {
                [0.0, 0.0, texels] => Extent::Fixed(texels.max(0.0) as u32),
                coefficients => Extent::Canvas(coefficients),
            }
        }
    }
}
