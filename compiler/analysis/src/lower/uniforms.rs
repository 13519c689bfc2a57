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
    ) -> Option<(BlockWrite, Vec<WriteBuffer>)> {
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
        let pool = self.scene.buffer(buffer)?.pool;
        let offset = buffer_offset.spanned();
        let Resource::Uniform(block) = &self.scene.shaders.get(shader.0)?.module.as_ref()?.bindings.get(binding)?.resource else {
            return None;
        };
        let mut writes: Vec<WriteBuffer> = Vec::new();
        for field in block.fields.iter().filter(|field| field.scalar == Scalar::F32) {
            let Some((input, from)) = engine_input(block, field) else { continue };
            let to = offset.saturating_add(field.offset);
            // Members in the order of the source are one write.
            if let Some(last) = writes.last_mut()
                && last.offset.saturating_add(last.len) == to
                && matches!(*last.source, Source::Input(known) if known == input)
                && *last.source_offset + last.len == from
            {
                last.len += 4;
                continue;
            }
            writes.push(WriteBuffer {
                span: at.span,
                buffer,
                offset: Setting { value: to, ..buffer_offset.setting() },
                ping_pong: ping_pong.value,
                source: Spanned::new(Source::Input(input), data.span),
                source_offset: Setting::unwritten(from, data.span),
                size: Setting::unwritten(None, data.span),
                len: 4,
            });
        }
        if let Some(offset) = ping_pong.found() {
            self.pool_offset(offset, pool);
        }
        let shadow = Shadow { buffer, offset: *offset, shader, binding };
        self.scene.shadows.push(shadow);
        Some((BlockWrite { span: at.span, shadow: Spanned::new(shadow, data.span), offset }, writes))
    }
}
