//! `data=module.variable`: a uniform block that engine and host fill. Source: language reference, sections 8.3 and 14.

use super::Lowerer;
use crate::diag::{Code, Diagnostic};
use crate::language::Ns;
use crate::resolve::{Obj, Val};
use crate::scene::*;
use crate::shader::reflect::{Resource, Scalar};

impl Lowerer<'_> {
    /// The writes that keep the members of a block which the engine knows up to date; the host is told of the others. Members that
    /// are no single of 32 bits are converted by the host.
    pub(super) fn block_writes(&mut self, obj: &Obj) -> Option<Vec<WriteBuffer>> {
        let Some(Val::Block { shader, binding }) = obj.get("data").map(|node| &node.val) else { return None };
        let (shader, binding) = (ShaderId(*shader), *binding);
        for name in ["size", "dataOffset"] {
            if let Some(span) = obj.prop_span(name) {
                let message = format!("`{name}` does not go with a block, which is kept up to date as a whole");
                self.report(Diagnostic::new(Code::Conflict, span, message).help("leave it out"));
                return None;
            }
        }
        if obj.bad("bufferOffset") || obj.bad("pingPong") {
            return None;
        }
        let buffer = BufferId(obj.decl("buffer", Ns::Buffer)?);
        let (name, size) = self.scene.buffer(buffer).map(|buffer| (buffer.named.name.clone(), buffer.size))?;
        let offset = obj.uint_or("bufferOffset", 0);
        let variable = self.scene.shaders.get(shader.0)?.module.as_ref()?.bindings.get(binding)?.clone();
        let Resource::Uniform(block) = &variable.resource else { return None };
        if !offset.is_multiple_of(4) {
            let message = format!("offset {offset} is not a multiple of 4, as it must be in a write");
            self.report(Diagnostic::new(Code::Unaligned, obj.span_of("bufferOffset"), message));
            return None;
        }
        let needed = block.fields.iter().map(|field| u64::from(field.offset) + u64::from(field.size)).max().unwrap_or(0);
        if u64::from(offset) + needed > u64::from(size) {
            let message = format!("`{}` has {needed} bytes from byte {offset} on, and `{name}` has {size}", variable.name);
            self.report(
                Diagnostic::new(Code::WriteOutOfRange, obj.span_of("data"), message)
                    .also(variable.span, "declared here")
                    .help(format!("make `{name}` larger: `size={}`", (u64::from(offset) + needed).next_multiple_of(4))),
            );
            return None;
        }
        let pool = self.scene.buffer(buffer)?.pool;
        self.pool_offset(obj, pool);
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
                span: obj.span,
                buffer,
                offset: to,
                ping_pong: obj.uint("pingPong"),
                source: Source::Input(input),
                source_offset: from,
                len: 4,
            });
        }
        self.scene.shadows.push(Shadow { buffer, offset, shader, binding });
        Some(writes)
    }
}
