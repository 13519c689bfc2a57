//! What queues do besides writing buffers.

use super::*;
use pngine_format::word::TextureAspect;

/// The member of a pool in a frame of the pools' cycle.
fn member(first: u32, pool: u32, ping_pong: Option<u32>, frame: u32) -> u32 {
    first + ping_pong.map_or(0, |offset| (frame + offset) % pool.max(1))
}

impl Emitter<'_> {
    fn buffer_pool(&self, buffer: BufferId, ping_pong: Option<u32>) -> u32 {
        if ping_pong.is_some() { self.scene[buffer].pool } else { 1 }
    }

    pub(super) fn texture_pool(&self, side: &TextureSide) -> u32 {
        match (side.texture, side.ping_pong) {
            (Some(id), Some(_)) => self.scene[id].pool,
            (None, _) | (_, None) => 1,
        }
    }

    pub(super) fn action(&mut self, action: &Action) -> Result<Vec<Command>, EmitError> {
        let command = match action {
            Action::WriteBuffer(write) => return self.write_buffer(write),
            Action::CopyImage { copy, is_premultiplied } => self.copy_image(copy, *is_premultiplied),
            Action::CopyVideo { span, video, destination } => self.copy_video(*video, destination, *span),
            Action::CallWasm { span, call } => self.declared_call(*call, *span),
            Action::WriteTexture(write) => self.write_texture(write)?,
            Action::CopyBufferToBuffer { span, source, destination } => {
                let id = |range: &BufferRange| self.ids.buffers[range.buffer.0];
                let operands = [id(source), source.offset.value, id(destination), destination.offset.value, source.size.value];
                let mut command = bare(Op::CopyBuffer, &operands, Some(*span));
                // The ids stand in front of the offsets: at bytes 1 and 7.
                for (at, range) in [(1, source), (7, destination)] {
                    let pool = self.buffer_pool(range.buffer, range.ping_pong);
                    command.picks.extend(Pick::member(at, pool, range.ping_pong.unwrap_or(0)));
                }
                command
            }
            Action::ClearBuffer { span, range } => {
                let operands = [self.ids.buffers[range.buffer.0], range.offset.value, range.size.value];
                let mut command = bare(Op::ClearBuffer, &operands, Some(*span));
                let pool = self.buffer_pool(range.buffer, range.ping_pong);
                command.picks.extend(Pick::member(1, pool, range.ping_pong.unwrap_or(0)));
                command
            }
            Action::ResolveQuerySet { span, set, first, count, destination } => {
                let buffer = self.ids.buffers[destination.buffer.0];
                let operands = [set.value.0 as u32, first.value, count.value, buffer, destination.offset.value];
                let mut command = bare(Op::ResolveQuerySet, &operands, Some(*span));
                // Behind the set's id and two numbers.
                let pool = self.buffer_pool(destination.buffer, destination.ping_pong);
                command.picks.extend(Pick::member(11, pool, destination.ping_pong.unwrap_or(0)));
                command
            }
            Action::CopyBufferToTexture(copy) => {
                let pools = [self.buffer_pool(copy.source.buffer, copy.source.ping_pong), self.texture_pool(&copy.destination)];
                self.texel_copy(Op::CopyBufferToTexture, copy, pools, Self::buffer_side, Self::texture_side)
            }
            Action::CopyTextureToBuffer(copy) => {
                let pools =
                    [self.texture_pool(&copy.source), self.buffer_pool(copy.destination.buffer, copy.destination.ping_pong)];
                self.texel_copy(Op::CopyTextureToBuffer, copy, pools, Self::texture_side, Self::buffer_side)
            }
            Action::CopyTextureToTexture(copy) => match self.short_copy(copy) {
                Some(command) => command,
                None => {
                    let pools = [self.texture_pool(&copy.source), self.texture_pool(&copy.destination)];
                    self.texel_copy(Op::CopyTextureRegion, copy, pools, Self::texture_side, Self::texture_side)
                }
            },
        };
        Ok(vec![command])
    }

    pub(super) fn texel_copy<S, D>(
        &mut self,
        op: Op,
        copy: &TexelCopy<S, D>,
        pools: [u32; 2],
        source: impl Fn(&Self, &S, u32) -> Value,
        destination: impl Fn(&Self, &D, u32) -> Value,
    ) -> Command {
        let cycle = common_cycle(pools).expect("pools have at most 255 members");
        let variants: Vec<Value> = (0..cycle)
            .map(|frame| {
                object([
                    (Field::Source, source(self, &copy.source, frame)),
                    (Field::Destination, destination(self, &copy.destination, frame)),
                    (Field::CopySize, three(copy.size.value, 1)),
                ])
            })
            .collect();
        self.with_variants(op, Type::Copy, &variants, Some(copy.span))
    }

    /// COPY_TEXTURE, if that command can say what is wanted: from origin to origin, mip level 0, of a known size.
    fn short_copy(&self, copy: &TexelCopy<TextureSide, TextureSide>) -> Option<Command> {
        let plain = |side: &TextureSide| {
            side.mip.value == 0 && side.origin.value == [Extent::Fixed(0); 3] && side.aspect.value == TextureAspect::All
        };
        let [Extent::Fixed(width), Extent::Fixed(height), Extent::Fixed(1)] = *copy.size else { return None };
        if !plain(&copy.source) || !plain(&copy.destination) || width.max(height) > u32::from(u16::MAX) {
            return None;
        }
        let id = |side: &TextureSide| side.texture.map_or(u32::from(CANVAS_TEXTURE), |id| self.ids.textures[id.0]);
        let mut command = bare(Op::CopyTexture, &[id(&copy.source), id(&copy.destination), width, height], Some(copy.span));
        for (at, side) in [(1, &copy.source), (3, &copy.destination)] {
            command.picks.extend(Pick::member(at, self.texture_pool(side), side.ping_pong.unwrap_or(0)));
        }
        Some(command)
    }

    fn buffer_side(&self, side: &BufferSide, frame: u32) -> Value {
        let pool = self.buffer_pool(side.buffer, side.ping_pong);
        let id = member(self.ids.buffers[side.buffer.0], pool, side.ping_pong, frame);
        let mut fields = vec![(Field::Buffer, reference(Kind::Buffer, id))];
        linear(&mut fields, &side.layout, side.layout.offset.value);
        object(fields)
    }

    pub(super) fn texture_side(&self, side: &TextureSide, frame: u32) -> Value {
        let id = match side.texture {
            Some(id) => member(self.ids.textures[id.0], self.texture_pool(side), side.ping_pong, frame),
            None => u32::from(CANVAS_TEXTURE),
        };
        let mut fields = vec![(Field::Texture, reference(Kind::Texture, id))];
        dictionary::TEXTURE_SIDE.put(&mut fields, Field::MipLevel, Value::Uint(side.mip.value));
        if side.origin.value != [Extent::Fixed(0); 3] {
            fields.push((Field::Origin, three(side.origin.value, 0)));
        }
        dictionary::TEXTURE_SIDE.put(&mut fields, Field::Aspect, Value::Word(side.aspect.value.word()));
        object(fields)
    }

    fn write_texture(&mut self, write: &WriteTexture) -> Result<Command, EmitError> {
        let copy = &write.copy;
        let pool = self.texture_pool(&copy.destination);
        let variants: Vec<Value> = (0..pool)
            .map(|frame| {
                let mut fields = Vec::new();
                // The bytes begin where the data's offset is.
                let mut source = Vec::new();
                linear(&mut source, &copy.source, 0);
                if !source.is_empty() {
                    fields.push((Field::Source, object(source)));
                }
                fields.push((Field::Destination, self.texture_side(&copy.destination, frame)));
                fields.push((Field::CopySize, three(copy.size.value, 1)));
                object(fields)
            })
            .collect();
        let mut command = self.with_variants(Op::WriteTexture, Type::Copy, &variants, Some(copy.span));
        let source = &write.source;
        command.args.push(self.source_bytes(source, copy.source.offset.value, write.len, source.span)?);
        Ok(command)
    }
}

fn linear(fields: &mut Vec<(Field, Value)>, layout: &Linear, offset: u32) {
    dictionary::BUFFER_SIDE.put(fields, Field::Offset, Value::Uint(offset));
    for (field, number) in [(Field::BytesPerRow, layout.bytes_per_row), (Field::RowsPerImage, layout.rows_per_image)] {
        if let Some(number) = number {
            fields.push((field, Value::Uint(number.value)));
        }
    }
}

/// Extents without the defaults at their end.
pub(super) fn three(extents: [Extent; 3], default: u32) -> Value {
    let used = extents.iter().rposition(|extent| *extent != Extent::Fixed(default)).map_or(1, |last| last + 1);
    Value::Array(extents[..used].iter().map(|one| resources::extent(*one)).collect())
}
