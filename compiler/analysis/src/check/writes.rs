//! What queues write into buffers. Source: WebGPU, 19.2 `writeBuffer`.

use super::Scene;
use crate::language::WriteBuffer as Rows;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, not_a_multiple};
use pngine_source::source::Span;
use pngine_wgsl::reflect::Resource as Wanted;
use std::collections::BTreeSet;

/// Every write of a queue.
pub fn queue(scene: &Scene, queue: &Queue, diagnostics: &mut Vec<Diagnostic>) {
    // What is wrong with a block is said once, not of each of its members.
    let mut blocks: BTreeSet<Span> = BTreeSet::new();
    for block in &queue.blocks {
        blocks.insert(block.span);
        diagnostics.extend(block_fits(scene, block));
    }
    for write in queue.buffer_writes().filter(|write| !blocks.contains(&write.span)) {
        diagnostics.extend(begins_inside(scene, write).or_else(|| fits(scene, write)).or_else(|| is_aligned(scene, write)));
    }
}

/// A uniform block lies in its buffer, and begins at a word.
fn block_fits(scene: &Scene, write: &BlockWrite) -> Option<Diagnostic> {
    let Shadow { buffer, offset, shader, binding } = *write.shadow;
    let buffer = scene.buffer(buffer)?;
    let variable = scene.shaders.get(shader.0)?.module.as_ref()?.bindings.get(binding)?;
    let Wanted::Uniform(block) = &variable.resource else { return None };
    if !offset.is_multiple_of(4) {
        let message = format!("{}, as it must be in a write", not_a_multiple("offset", offset, 4));
        return Some(Diagnostic::new(Code::Unaligned, write.offset.span, message));
    }
    let needed = block.fields.iter().map(|field| u64::from(field.offset) + u64::from(field.size)).max().unwrap_or(0);
    let (name, size, end) = (&buffer.named.name, buffer.size, u64::from(offset) + needed);
    if end <= u64::from(*size) {
        return None;
    }
    let message = format!("`{}` has {needed} bytes from byte {offset} on, and `{name}` has {size}", variable.name);
    let diagnostic = Diagnostic::new(Code::WriteOutOfRange, write.shadow.span, message).also(variable.span, "declared here");
    Some(diagnostic.help(format!("make `{name}` larger: `size={}`", end.next_multiple_of(4))))
}

/// Both sides have bytes where the write begins.
fn begins_inside(scene: &Scene, write: &WriteBuffer) -> Option<Diagnostic> {
    let (buffer, available) = (scene.buffer(write.buffer)?, scene.source_size(&write.source)?);
    let is_call = match *write.source {
        Source::Data(data) => scene.data_at(data).is_some_and(Data::is_called),
        Source::Call(_) => true,
        Source::Input(_) | Source::Floats(_) => false,
    };
    if is_call && *write.source_offset != 0 {
        let message = "what a module gives is written from its start";
        let diagnostic = Diagnostic::new(Code::Conflict, write.source_offset.span, message);
        return Some(diagnostic.help(format!("leave `{}` out", Rows::data_offset.name)));
    }
    let (message, span) = if *write.source_offset >= available && available > 0 {
        let offset = &write.source_offset;
        (format!("`{}` is {}, and the source has {available} bytes", Rows::data_offset.name, **offset), offset.span)
    } else if *write.offset >= *buffer.size {
        let (name, offset) = (&buffer.named.name, &write.offset);
        (format!("`{}` is {}, and `{name}` has {} bytes", Rows::buffer_offset.name, **offset, buffer.size), offset.span)
    } else {
        return None;
    };
    Some(Diagnostic::new(Code::WriteOutOfRange, span, message))
}

/// The bytes are there, and there is room for them.
fn fits(scene: &Scene, write: &WriteBuffer) -> Option<Diagnostic> {
    let (buffer, available) = (scene.buffer(write.buffer)?, scene.source_size(&write.source)?);
    let available = available.saturating_sub(*write.source_offset);
    let (name, room) = (&buffer.named.name, buffer.size.saturating_sub(*write.offset));
    if write.len > available {
        let message = format!("{} bytes are to be written, and the source has {available} from there on", write.len);
        return Some(Diagnostic::new(Code::WriteOutOfRange, write.size.span, message));
    }
    if write.len <= room {
        return None;
    }
    let message = format!("{} bytes do not fit into `{name}`, which has {room} from byte {} on", write.len, *write.offset);
    let diagnostic = Diagnostic::new(Code::WriteOutOfRange, write.size.property.unwrap_or(write.source.span), message);
    Some(diagnostic.help(format!("write `size={}` to write a part, or make the buffer larger", room / 4 * 4)))
}

/// Its place and its size are whole words.
fn is_aligned(scene: &Scene, write: &WriteBuffer) -> Option<Diagnostic> {
    scene.buffer(write.buffer)?;
    let (what, number, span, help) = if !write.offset.is_multiple_of(4) {
        let offset = *write.offset;
        ("offset", offset, write.offset.property, format!("write `{}={}`", Rows::buffer_offset.name, offset / 4 * 4))
    } else if !write.len.is_multiple_of(4) {
        let help = format!("write a part with `{}={}`, or make the data longer", Rows::size.name, write.len / 4 * 4);
        ("size", write.len, write.size.property, help)
    } else {
        return None;
    };
    let message = format!("{number} is not a multiple of 4, as the {what} of a write must be");
    Some(Diagnostic::new(Code::Unaligned, span.unwrap_or(write.source.span), message).help(help))
}
