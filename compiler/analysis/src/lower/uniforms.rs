//! `data=module.variable`: a uniform block that engine and host fill. Source: language reference, sections 8.3 and 14.

use super::Lowerer;
use crate::language;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_wgsl::reflect::{Resource, Scalar};

impl Lowerer<'_> {
    /// The writes that keep the members of a block which the engine knows up to date; the host is told of the others. Members that
    /// are no single of 32 bits are converted by the host.
    pub(super) fn block_writes(
        &mut self,
        write: &language::WriteBuffer,
        shader: ShaderId,
        binding: usize,
    ) -> Option<Vec<WriteBuffer>> {
        let language::WriteBuffer { at, buffer, buffer_offset, ping_pong, data, data_offset, size, .. } = write;
        for (name, span) in [(size.row.name, size.prop_span()), (data_offset.row.name, data_offset.prop_span())] {
            if let Some(span) = span {
                let message = format!("`{name}` does not go with a block, which is kept up to date as a whole");
                self.report(Diagnostic::new(Code::Conflict, span, message).help("leave it out"));
                return None;
            }
        }
        if buffer_offset.is_bad() || ping_pong.is_bad() {
            return None;
        }
        let buffer = buffer.value?;
        let (name, size) = self.scene.buffer(buffer).map(|buffer| (buffer.named.name.clone(), buffer.size))?;
        let offset = buffer_offset.value;
        let variable = self.scene.shaders.get(shader.0)?.module.as_ref()?.bindings.get(binding)?.clone();
        let Resource::Uniform(block) = &variable.resource else { return None };
        if !offset.is_multiple_of(4) {
            let message = format!("offset {offset} is not a multiple of 4, as it must be in a write");
            self.report(Diagnostic::new(Code::Unaligned, buffer_offset.span, message));
            return None;
        }
        let needed = block.fields.iter().map(|field| u64::from(field.offset) + u64::from(field.size)).max().unwrap_or(0);
        if u64::from(offset) + needed > u64::from(size) {
            let message = format!("`{}` has {needed} bytes from byte {offset} on, and `{name}` has {size}", variable.name);
            self.report(
                Diagnostic::new(Code::WriteOutOfRange, data.span, message)
                    .also(variable.span, "declared here")
                    .help(format!("make `{name}` larger: `size={}`", (u64::from(offset) + needed).next_multiple_of(4))),
            );
            return None;
        }
        let pool = self.scene.buffer(buffer)?.pool;
        if let Some(offset) = ping_pong.found() {
            self.pool_offset(offset, pool);
        }
        let mut writes: Vec<WriteBuffer> = Vec::new();
        for field in block.fields.iter().filter(|field| field.scalar == Scalar::F32) {
            let Some((input, from)) = engine_input(block, field) else { continue };
            let to = offset + field.offset;
            // Members in the order of the source are one write.
            if let Some(last) = writes.last_mut()
                && last.offset + last.len == to
                && matches!(last.source, Source::Input(known) if known == input)
                && last.source_offset + last.len == from
            {
                last.len += 4;
                continue;
            }
            writes.push(WriteBuffer {
                span: at.span,
                buffer,
                offset: to,
                ping_pong: ping_pong.value,
                source: Source::Input(input),
                source_offset: from,
                len: 4,
            });
        }
        self.scene.shadows.push(Shadow { buffer, offset, shader, binding });
        Some(writes)
    }
}
