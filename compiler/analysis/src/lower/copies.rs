//! Copies between buffers and textures: what the actions of a `#queue` say, and how much they copy where they do not say it.
//! Whether WebGPU allows a copy is looked at in `check`.

use super::Lowerer;
use super::queues::source_of;
use crate::language::{self, At, CopySize, Corner, Either, Elem, Kind, PlaceOf, Slot, TexelRows, all};
use pngine_format::texel;
use pngine_format::webgpu::Format;
use pngine_format::word::{TextureAspect, TextureFormat};
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, given};
use pngine_source::source::Span;

const ONE: Extent = Extent::Fixed(1);

/// Bytes of a resolved query. Source: WebGPU, 13.7 `resolveQuerySet`.
const QUERY_BYTES: u32 = 8;

/// What is written as a buffer or a member of a pool.
type AnyBuffer = Either<language::PooledBuffer, BufferId>;

impl Lowerer<'_> {
    /// A buffer, or `{ buffer=b pingPong=k }`.
    fn pooled_buffer(&mut self, slot: &Slot<Option<AnyBuffer>>) -> Option<(BufferId, Option<u32>)> {
        match slot.value.as_ref()? {
            Either::A(member) => self.buffer_member(member.at, &member.buffer, &member.ping_pong),
            Either::B(buffer) => Some((*buffer, None)),
        }
    }

    /// The properties `buffer` and `pingPong` of an object.
    fn buffer_member(
        &mut self,
        at: At,
        buffer: &Slot<Option<BufferId>>,
        ping_pong: &Slot<Option<u32>>,
    ) -> Option<(BufferId, Option<u32>)> {
        if !at.is_sound {
            return None;
        }
        let buffer = buffer.value?;
        let pool = self.scene.buffer(buffer)?.pool;
        Some((buffer, self.member(ping_pong, pool)))
    }

    /// Which member of a pool of this size is taken; of what has no pool, none is.
    fn member(&mut self, ping_pong: &Slot<Option<u32>>, pool: u32) -> Option<u32> {
        if let Some(offset) = ping_pong.found() {
            self.pool_offset(offset, pool);
        }
        ping_pong.value.filter(|_| pool > 1)
    }

    pub(super) fn copy_buffer(&mut self, copy: &language::CopyBuffer) -> Option<Action> {
        let language::CopyBuffer { at, source, source_offset, destination, destination_offset, size } = copy;
        if !at.is_sound {
            return None;
        }
        let (from, to) = (self.pooled_buffer(source), self.pooled_buffer(destination));
        let ((from, from_member), (to, to_member)) = (from?, to?);
        let room = |id: BufferId, offset: u32| Some(self.scene.buffer(id)?.size.saturating_sub(offset));
        let bytes = match size.value {
            Some(size) => size,
            // What is left over of a word cannot be copied.
            None => room(from, source_offset.value)?.min(room(to, destination_offset.value)?) / 4 * 4,
        };
        let range = |buffer, ping_pong, slot: &Slot<Option<AnyBuffer>>, offset: &Slot<u32>| BufferRange {
            span: slot.span,
            buffer,
            ping_pong,
            offset: offset.spanned(),
            size: Spanned::new(bytes, size.span),
        };
        Some(Action::CopyBufferToBuffer {
            span: at.span,
            source: range(from, from_member, source, source_offset),
            destination: range(to, to_member, destination, destination_offset),
        })
    }

    pub(super) fn clear_buffer(&mut self, clear: &language::ClearBuffer) -> Option<Action> {
        let language::ClearBuffer { at, buffer, ping_pong, offset, size } = clear;
        let span = buffer.span;
        let (buffer, ping_pong) = self.buffer_member(*at, buffer, ping_pong)?;
        let rest = self.scene.buffer(buffer)?.size.saturating_sub(offset.value);
        let size = Spanned::new(size.value.unwrap_or(rest), size.span);
        Some(Action::ClearBuffer {
            span: at.span,
            range: BufferRange { span, buffer, ping_pong, offset: offset.spanned(), size },
        })
    }

    pub(super) fn resolve_query_set(&mut self, resolve: &language::ResolveQuerySet) -> Option<Action> {
        let language::ResolveQuerySet { at, query_set, first_query, query_count, destination, destination_offset } = resolve;
        if !at.is_sound {
            return None;
        }
        let pooled = self.pooled_buffer(destination);
        let set = query_set.found()?;
        let (buffer, ping_pong) = pooled?;
        let first = first_query.spanned();
        let count = query_count.value.unwrap_or(self.scene.query_set(*set)?.count.saturating_sub(*first));
        let range = BufferRange {
            span: destination.span,
            buffer,
            ping_pong,
            offset: destination_offset.spanned(),
            size: Spanned::new(count.saturating_mul(QUERY_BYTES), query_count.span),
        };
        let count = Spanned::new(count, query_count.span);
        Some(Action::ResolveQuerySet { span: at.span, set, first, count, destination: range })
    }

    /// One to three extents.
    fn three(&mut self, extents: &[Elem<Extent>], default: Extent, span: Span) -> Option<[Extent; 3]> {
        match all(extents)?.as_slice() {
            [x] => Some([*x, default, default]),
            [x, y] => Some([*x, *y, default]),
            [x, y, z] => Some([*x, *y, *z]),
            other => {
                let message = format!("1 to 3 numbers are wanted, but {}", given(other.len()));
                self.report(Diagnostic::new(Code::BadLength, span, message));
                None
            }
        }
    }

    pub(super) fn corner(&mut self, slot: &Slot<<Corner as Kind>::Value>) -> Option<Spanned<[Extent; 3]>> {
        let corner = match &slot.value {
            _ if slot.is_bad() => return None,
            Either::A(corner) if !corner.at.is_sound => return None,
            Either::A(corner) => [corner.x.value, corner.y.value, corner.z.value],
            Either::B(extents) => self.three(extents, Extent::Fixed(0), slot.span)?,
        };
        Some(Spanned::new(corner, slot.span))
    }

    /// A texture with the part of it that a copy begins at.
    pub(super) fn texture_side(
        &mut self,
        at: At,
        texture: Option<Option<TextureId>>,
        span: Span,
        place: &PlaceOf,
    ) -> Option<TextureSide> {
        if !at.is_sound {
            return None;
        }
        let texture = texture?;
        let pool = match texture {
            Some(id) => self.scene.texture(id)?.pool,
            None => 1,
        };
        Some(TextureSide {
            span,
            texture,
            ping_pong: self.member(&place.ping_pong, pool),
            mip: place.mip_level.spanned(),
            origin: self.corner(&place.origin)?,
            aspect: place.aspect.spanned(),
        })
    }

    fn texture_place(&mut self, slot: &Slot<Option<language::TexturePlace>>) -> Option<TextureSide> {
        let place = slot.value.as_ref()?;
        self.texture_side(place.at, place.texture.value, place.texture.span, &place.place)
    }

    fn buffer_side(&mut self, slot: &Slot<Option<language::BufferPlace>>) -> Option<BufferSide> {
        let place = slot.value.as_ref()?;
        let (buffer, ping_pong) = self.buffer_member(place.at, &place.buffer, &place.ping_pong)?;
        Some(BufferSide { span: place.buffer.span, buffer, ping_pong, layout: linear(&place.offset, &place.rows) })
    }

    pub(super) fn copy_buffer_to_texture(
        &mut self,
        copy: &language::CopyBufferToTexture,
    ) -> Option<TexelCopy<BufferSide, TextureSide>> {
        let (source, destination) = (self.buffer_side(&copy.source), self.texture_place(&copy.destination));
        let (source, destination) = (source?, destination?);
        let bytes = *self.scene.buffer(source.buffer)?.size;
        let size =
            self.size(&copy.copy_size, &destination, |this, most| this.within(most, &source.layout, bytes, &destination))?;
        Some(TexelCopy { span: copy.at.span, source, destination, size })
    }

    pub(super) fn copy_texture_to_buffer(
        &mut self,
        copy: &language::CopyTextureToBuffer,
    ) -> Option<TexelCopy<TextureSide, BufferSide>> {
        let (source, destination) = (self.texture_place(&copy.source), self.buffer_side(&copy.destination));
        let (source, destination) = (source?, destination?);
        let bytes = *self.scene.buffer(destination.buffer)?.size;
        let size = self.size(&copy.copy_size, &source, |this, most| this.within(most, &destination.layout, bytes, &source))?;
        Some(TexelCopy { span: copy.at.span, source, destination, size })
    }

    pub(super) fn copy_texture(&mut self, copy: &language::CopyTexture) -> Option<TexelCopy<TextureSide, TextureSide>> {
        let (source, destination) = (self.texture_place(&copy.source), self.texture_place(&copy.destination));
        let (source, destination) = (source?, destination?);
        let size = self.size(&copy.copy_size, &source, |this, most| {
            let other = this.rest_of(&destination)?;
            let mut out = most;
            for (slot, other) in out.iter_mut().zip(other) {
                *slot = smaller(*slot, other)?;
            }
            Some(out)
        })?;
        Some(TexelCopy { span: copy.at.span, source, destination, size })
    }

    pub(super) fn write_texture(&mut self, write: &language::WriteTexture) -> Option<WriteTexture> {
        let language::WriteTexture { at, texture, place, data, data_offset, rows, size } = write;
        let destination = self.texture_side(*at, texture.value.map(Some), texture.span, place)?;
        let Some(source) = source_of(data.value.as_ref()?) else {
            let message = "`writeTexture` takes a `#data`, an input, or numbers";
            self.report(Diagnostic::new(Code::WrongType, data.span, message));
            return None;
        };
        if let Source::Data(made) = source
            && let Some(made) = self.scene.data_at(made).filter(|data| data.is_called())
        {
            let message = format!("`#data {}` is made when the scene runs, and such bytes go into buffers", made.name);
            let help = "write it into a buffer, and copy that with `copyBufferToTexture`";
            self.report(Diagnostic::new(Code::WrongType, data.span, message).help(help));
            return None;
        }
        let len = self.scene.source_size(&source)?;
        let layout = linear(data_offset, rows);
        let size = self.size(size, &destination, |this, most| this.within(most, &layout, len, &destination))?;
        let copy = TexelCopy { span: at.span, source: layout, destination, size };
        Some(WriteTexture { source: Spanned::new(source, data.span), len, copy })
    }

    /// How much is copied: what is written, or the most that fits both sides (language reference, decision 23). `fit` makes what is
    /// left of the texture fit the other side.
    pub(super) fn size(
        &mut self,
        slot: &Slot<Option<<CopySize as Kind>::Value>>,
        texture: &TextureSide,
        fit: impl Fn(&Self, [Extent; 3]) -> Option<[Extent; 3]>,
    ) -> Option<Spanned<[Extent; 3]>> {
        let written = match &slot.value {
            None if slot.is_bad() => return None,
            None => None,
            Some(Either::A(size)) if !size.at.is_sound => return None,
            Some(Either::A(size)) => Some([size.width.value?, size.height.value, size.depth_or_array_layers.value]),
            Some(Either::B(extents)) => Some(self.three(extents, ONE, slot.span)?),
        };
        let fitting = || self.rest_of(texture).and_then(|most| fit(self, most));
        if let Some(size) = written.or_else(fitting) {
            return Some(Spanned::new(size, slot.span));
        }
        let message = "how much is copied cannot be inferred: one side follows the canvas and the other does not";
        self.report(
            Diagnostic::new(Code::CopySizeUnknown, slot.span, message).help(format!("write `{}=[width height]`", slot.row.name)),
        );
        None
    }

    /// What a side has from its origin on. `None` where that is not known.
    fn rest_of(&self, side: &TextureSide) -> Option<[Extent; 3]> {
        let mut out = level_extents(&self.scene, side)?;
        for (slot, origin) in out.iter_mut().zip(*side.origin) {
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
        let available = u64::from(bytes.saturating_sub(*layout.offset));
        let mut width = width;
        if let Some(pitch) = layout.bytes_per_row {
            width = width.min(*pitch / block_bytes * block_width);
        }
        let row = u64::from(width.div_ceil(block_width)) * u64::from(block_bytes);
        let (mut rows, mut images) = (u64::from(height.div_ceil(block_height)), u64::from(depth));
        let pitch = layout.bytes_per_row.map_or(row, |pitch| u64::from(*pitch));
        if let Some(wanted) = layout.rows_per_image {
            rows = rows.min(u64::from(*wanted));
        }
        let image_rows = layout.rows_per_image.map_or(rows, |rows| u64::from(*rows));
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

fn linear(offset: &Slot<u32>, rows: &TexelRows) -> Linear {
    Linear { offset: offset.spanned(), bytes_per_row: rows.bytes_per_row.found(), rows_per_image: rows.rows_per_image.found() }
}

/// Width, height and bytes of the texel blocks of what a side copies; `None` where they depend on an aspect that is not single.
fn block_of(scene: &Scene, side: &TextureSide) -> Option<(u32, u32, u32)> {
    let format = format_of(scene, side)?;
    let is_stencil = *side.aspect == TextureAspect::StencilOnly || format == Format::Texture(TextureFormat::Stencil8);
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
