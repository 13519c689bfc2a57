//! What the queue does: writes, copies, and calls into nested modules; and where that may happen.

use super::members::uint;
use super::walk::{DescriptorWalk, Problem, problem};
use super::{CheckedCommand, Extent, MAX_ARGUMENT_BYTES, QUERY_BYTES, Resource, Texture, copy_extent};
use pngine_format::args::{self, Arg};
use pngine_format::descriptor::{Field, Value};
use pngine_format::op::{CANVAS_TEXTURE, Kind, WHOLE, buffer_usage, texture_usage};
use pngine_format::status::{ErrorCode, INPUTS_SIZE};
use pngine_format::texel;
use pngine_format::webgpu::Format;
use std::borrow::Cow;

/// What a side of a copy is, and the usage that it needs.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Buffer(u32),
    Texture(u32),
    /// A texture that an image or a video is copied into.
    External,
}

impl<'a> DescriptorWalk<'_, 'a> {
    pub(super) fn write_buffer(&mut self, command: &mut CheckedCommand<'a>) -> Result<(), Problem> {
        let [id, offset, ..] = command.operands;
        let fits = self.write(id as u16, offset, command.bytes[0].len())?;
        if let Cow::Borrowed(bytes) = &mut command.bytes[0] {
            *bytes = bytes.get(..fits).unwrap_or_default();
        }
        Ok(())
    }

    pub(super) fn write_from_wasm(&mut self, operands: [u32; 6]) -> Result<(), Problem> {
        let [call, id, offset, len, ..] = operands;
        if self.resource(Kind::WasmCall, call as u16).is_none() {
            return problem(ErrorCode::InvalidReference, format!("there is no wasmCall {call}"));
        }
        // What fits is written, which a host sees when it has the buffer.
        self.write(id as u16, offset, len as usize).map(|_| ())
    }

    pub(super) fn copy_buffer(&mut self, operands: [u32; 6]) -> Result<(), Problem> {
        let [src, src_off, dst, dst_off, size, ..] = operands;
        self.range(src as u16, u64::from(src_off), u64::from(size), "copy")?;
        self.range(dst as u16, u64::from(dst_off), u64::from(size), "copy")?;
        self.buffer_usage(src as u16, buffer_usage::COPY_SRC);
        self.buffer_usage(dst as u16, buffer_usage::COPY_DST);
        Ok(())
    }

    pub(super) fn clear_buffer(&mut self, operands: [u32; 6]) -> Result<(), Problem> {
        let [id, offset, size, ..] = operands;
        self.bound_range(id as u16, offset, size, "clear")?;
        self.buffer_usage(id as u16, buffer_usage::COPY_DST);
        Ok(())
    }

    pub(super) fn resolve_query_set(&mut self, operands: [u32; 6]) -> Result<(), Problem> {
        let [set, first, count, dst, offset, ..] = operands;
        let queries = match self.resource(Kind::QuerySet, set as u16) {
            Some(Resource::QuerySet { count }) => u64::from(*count),
            _ => 0,
        };
        if u64::from(first) + u64::from(count) > queries {
            let message = format!("{count} queries from query {first} of a set of {queries}");
            return problem(ErrorCode::BufferTooSmall, message);
        }
        self.range(dst as u16, u64::from(offset), u64::from(count) * QUERY_BYTES, "query result")?;
        self.buffer_usage(dst as u16, buffer_usage::QUERY_RESOLVE);
        Ok(())
    }

    pub(super) fn copy_texture(&mut self, operands: [u32; 6]) -> Result<(), Problem> {
        let [src, dst, width, height, ..] = operands;
        for (id, usage) in [(src, texture_usage::COPY_SRC), (dst, texture_usage::COPY_DST)] {
            self.texture_usage(id as u16, usage);
            self.texture_region(id as u16, 0, [0, 0, 0], [width, height, 1])?;
        }
        Ok(())
    }

    /// A copy between the sides of a descriptor.
    pub(super) fn copy(&mut self, command: &CheckedCommand<'a>, source: Side, destination: Side) -> Result<(), Problem> {
        self.copy_side(command, Field::Source, source)?;
        self.copy_side(command, Field::Destination, destination)
    }

    pub(super) fn write_texture(&mut self, command: &CheckedCommand<'a>) -> Result<(), Problem> {
        self.copy_side(command, Field::Destination, Side::Texture(texture_usage::COPY_DST))?;
        if let Some(Value::Ref(..)) = command.descriptor.get(Field::Source) {
            return problem(ErrorCode::OutOfBounds, "the source of a write is a layout of bytes");
        }
        let layout = command.descriptor.get(Field::Source).unwrap_or(&Value::Null);
        let needed = self.linear_bytes(&command.descriptor, layout, Field::Destination).unwrap_or(0);
        let found = command.bytes[1].len() as u64;
        if needed > found {
            let message = format!("the write needs {needed} bytes, but there are only {found}");
            return problem(ErrorCode::BufferTooSmall, message);
        }
        Ok(())
    }

    pub(super) fn copy_external_image(&mut self, command: &CheckedCommand<'a>) -> Result<(), Problem> {
        let source = command.descriptor.get(Field::Source).and_then(|source| source.get(Field::Source));
        if !matches!(source, Some(Value::Ref(Kind::Image | Kind::Video, _))) {
            return problem(ErrorCode::OutOfBounds, "the copy's source is neither an image nor a video");
        }
        let texels = copy_extent(command.descriptor.get(Field::CopySize), 1, self.canvas).map(u64::from);
        self.spend_written(texels.into_iter().fold(4, u64::saturating_mul))?;
        self.copy_side(command, Field::Destination, Side::External)
    }

    /// How many of `len` bytes a write to `offset` puts into the buffer.
    fn write(&mut self, id: u16, offset: u32, len: usize) -> Result<usize, Problem> {
        self.buffer_usage(id, buffer_usage::COPY_DST);
        let Some(Resource::Buffer { size, .. }) = self.resource(Kind::Buffer, id) else { return Ok(0) };
        match size.checked_sub(u64::from(offset)) {
            None => problem(ErrorCode::BufferTooSmall, format!("a write to byte {offset} of buffer {id}, which has only {size}")),
            Some(room) => Ok(len.min(usize::try_from(room).unwrap_or(usize::MAX))),
        }
    }

    /// Checks that `len` bytes from `offset` lie in the buffer.
    pub(super) fn range(&self, id: u16, offset: u64, len: u64, what: &str) -> Result<(), Problem> {
        let Some(Resource::Buffer { size, .. }) = self.resource(Kind::Buffer, id) else { return Ok(()) };
        if offset.checked_add(len).is_none_or(|end| end > *size) {
            let message = format!("a {what} of {len} bytes at byte {offset} of buffer {id}, which has only {size}");
            return problem(ErrorCode::BufferTooSmall, message);
        }
        Ok(())
    }

    /// The bytes of a range whose size may be [`WHOLE`], if it lies in the buffer.
    pub(super) fn bound_range(&self, id: u16, offset: u32, size: u32, what: &str) -> Result<u64, Problem> {
        let whole = match self.resource(Kind::Buffer, id) {
            Some(Resource::Buffer { size, .. }) => *size,
            _ => 0,
        };
        let rest = whole.saturating_sub(u64::from(offset));
        let len = if size == WHOLE { rest } else { u64::from(size) };
        self.range(id, u64::from(offset), len, what)?;
        Ok(len)
    }

    pub(super) fn buffer_usage(&mut self, id: u16, wanted: u32) {
        if let Some(Resource::Buffer { usage, .. }) = self.resource(Kind::Buffer, id)
            && usage & wanted == 0
        {
            let name = flag_name(buffer_usage::FLAGS, wanted);
            self.warnings.push(format!("buffer {id} lacks the usage {name}"));
        }
    }

    /// The texture that a view shows; `None` for the canvas.
    pub(super) fn viewed(&self, kind: Kind, id: u16) -> Option<(u16, &Texture)> {
        let id = match (kind, self.resource(kind, id)) {
            (Kind::TextureView, Some(Resource::TextureView { texture })) => *texture,
            _ => id,
        };
        match self.resource(Kind::Texture, id) {
            Some(Resource::Texture(texture)) => Some((id, texture)),
            _ => None,
        }
    }

    /// What the canvas may be used for is its configuration's, and the GPU's to judge.
    pub(super) fn texture_usage(&mut self, id: u16, wanted: u32) {
        if let Some(Resource::Texture(texture)) = self.resource(Kind::Texture, id)
            && texture.usage & wanted == 0
        {
            let name = flag_name(texture_usage::FLAGS, wanted);
            self.warnings.push(format!("texture {id} lacks the usage {name}"));
        }
    }

    /// Checks that a region lies in a mip level of a texture.
    fn texture_region(&self, id: u16, level: u32, origin: [u32; 3], size: [u32; 3]) -> Result<(), Problem> {
        let extent = match self.resource(Kind::Texture, id) {
            Some(Resource::Texture(texture)) => {
                // Compressed levels are stored in whole blocks. Source: WebGPU, "physical miplevel-specific texture extent".
                let (block_width, block_height, _) = texel::block(texture.format).unwrap_or((1, 1, 1));
                let shrink = |extent: Extent, block: u32| {
                    let texels = extent.on(self.canvas).checked_shr(level).unwrap_or(0).max(1);
                    texels.checked_next_multiple_of(block).unwrap_or(texels)
                };
                [shrink(texture.width, block_width), shrink(texture.height, block_height), texture.depth]
            }
            _ if id == CANVAS_TEXTURE => [self.canvas.width, self.canvas.height, 1],
            _ => return Ok(()),
        };
        let inside = (0..3).all(|i| u64::from(origin[i]) + u64::from(size[i]) <= u64::from(extent[i]));
        if !inside {
            let text = |n: [u32; 3]| n.map(|n| n.to_string()).join("x");
            let message = format!("a region of {} texels at {} of a texture of {}", text(size), text(origin), text(extent));
            return problem(ErrorCode::BufferTooSmall, message);
        }
        Ok(())
    }

    /// Checks one side of a copy whose descriptor is of type 14.
    fn copy_side(&mut self, command: &CheckedCommand<'a>, field: Field, side: Side) -> Result<(), Problem> {
        let descriptor = &command.descriptor;
        let value = descriptor.get(field).unwrap_or(&Value::Null);
        match side {
            Side::Texture(_) | Side::External => {
                let Some(Value::Ref(_, id)) = value.get(Field::Texture) else {
                    return problem(ErrorCode::OutOfBounds, format!("the copy's {} has no texture", field.name()));
                };
                match side {
                    Side::Texture(usage) => self.texture_usage(*id, usage),
                    _ => self.external_usage(*id),
                }
                let origin = copy_extent(value.get(Field::Origin), 0, self.canvas);
                let size = copy_extent(descriptor.get(Field::CopySize), 1, self.canvas);
                self.texture_region(*id, uint(value, Field::MipLevel, 0), origin, size)
            }
            Side::Buffer(usage) => {
                let Some(Value::Ref(_, id)) = value.get(Field::Buffer) else {
                    return problem(ErrorCode::OutOfBounds, format!("the copy's {} has no buffer", field.name()));
                };
                self.buffer_usage(*id, usage);
                let other = if field == Field::Source { Field::Destination } else { Field::Source };
                match self.linear_bytes(descriptor, value, other) {
                    Some(end) => self.range(*id, 0, end, "copy"),
                    None => Ok(()),
                }
            }
        }
    }

    /// Where the last byte of a copy lies in linear memory with this layout. `None` where it is not known, as for formats of depth
    /// and stencil. Source: WebGPU, "validating linear texture data".
    fn linear_bytes(&self, descriptor: &Value, layout: &Value, texture: Field) -> Option<u64> {
        let Some(Value::Ref(_, id)) = descriptor.get(texture)?.get(Field::Texture) else { return None };
        let format = match self.resource(Kind::Texture, *id) {
            Some(Resource::Texture(texture)) => texture.format,
            _ => Format::Canvas,
        };
        let (block_width, block_height, block_bytes) = texel::block(format)?;
        let [width, height, depth] = copy_extent(descriptor.get(Field::CopySize), 1, self.canvas);
        let row = u64::from(width.div_ceil(block_width)) * u64::from(block_bytes);
        let rows = u64::from(height.div_ceil(block_height));
        let row_pitch = u64::from(uint(layout, Field::BytesPerRow, 0)).max(row);
        let layer_rows = u64::from(uint(layout, Field::RowsPerImage, 0)).max(rows);
        let start = u64::from(uint(layout, Field::Offset, 0));
        if row == 0 || rows == 0 || depth == 0 {
            return Some(start);
        }
        let before = row_pitch.checked_mul(layer_rows.checked_mul(u64::from(depth - 1))?.checked_add(rows - 1)?)?;
        start.checked_add(before)?.checked_add(row)
    }

    /// What a texture needs that images and video frames are copied into. Source: WebGPU, `copyExternalImageToTexture`.
    pub(super) fn external_usage(&mut self, id: u16) {
        self.texture_usage(id, texture_usage::COPY_DST);
        self.texture_usage(id, texture_usage::RENDER_ATTACHMENT);
    }

    /// Checks the arguments of a call into a nested module.
    pub(super) fn call_wasm(&mut self, command: &CheckedCommand<'a>) -> Result<(), Problem> {
        let wrong = |message: &str| problem(ErrorCode::OutOfBounds, message);
        let bytes = &command.bytes[1];
        if bytes.len() > MAX_ARGUMENT_BYTES {
            return wrong("the arguments are too long");
        }
        let Some(arguments) = args::read(bytes) else { return wrong("the arguments cannot be read") };
        let outside = |arg: &Arg| matches!(arg, Arg::Input(_, offset) if u32::from(*offset) + 4 > INPUTS_SIZE);
        if arguments.iter().any(outside) {
            return wrong("an argument lies outside the input block");
        }
        // The operand has two bytes.
        self.checker.resources.insert((Kind::WasmCall, command.operands[0] as u16), Resource::Other);
        Ok(())
    }
}

fn flag_name(flags: &[(&'static str, u32)], bit: u32) -> &'static str {
    flags.iter().find(|(_, flag)| *flag == bit).map_or("?", |(name, _)| name)
}
