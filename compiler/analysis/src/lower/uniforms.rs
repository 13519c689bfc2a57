//! `data=module.variable`: a uniform block that engine and host fill, and `#uniforms`: what a host shows of it.
//! Source: language reference, sections 8.3 and 14.

use super::Lowerer;
use crate::language;
use crate::resolve::{Bound, Fullscreen, PassShader, UniformSet};
use pngine_format::op::buffer_usage;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_wgsl::reflect::{self, Resource, Scalar};
use std::collections::BTreeMap;

/// What is said of the variables that are named; those of passes come with their passes.
pub(super) fn uniforms(sets: Vec<UniformSet>) -> Vec<Uniforms> {
    let of = |set: UniformSet| Uniforms {
        named: Named { name: set.name, span: set.name_span },
        variables: set.variable.map(|(shader, binding, _)| (ShaderId(shader), binding)).into_iter().collect(),
        variable_span: set.variable.map(|(.., span)| span),
        controls: set.controls,
    };
    sets.into_iter().map(of).collect()
}

impl Lowerer<'_> {
    /// A buffer for each `#uniforms` that passes bind by its name.
    pub(super) fn pass_uniforms(&mut self, fullscreen: &Fullscreen) -> BTreeMap<usize, BufferId> {
        let mut sizes: BTreeMap<usize, u32> = BTreeMap::new();
        for shader in fullscreen.passes.iter().flat_map(|pass| [&pass.code, &pass.seed]).flatten() {
            for (name, bound) in &shader.bound {
                if let Bound::Uniforms(set) = bound
                    && let Some(Resource::Uniform(block)) =
                        shader.shader.module.as_ref().and_then(|module| module.binding(name)).map(|binding| &binding.resource)
                {
                    let size = sizes.entry(*set).or_default();
                    *size = block.min_size.max(*size);
                }
            }
        }
        let mut buffers = BTreeMap::new();
        for (set, size) in sizes {
            let Some(named) = self.scene.uniforms.get(set).map(|set| set.named.clone()) else { continue };
            let span = named.span;
            self.scene.buffers.push(Some(Buffer {
                named,
                size: Spanned::new(size.checked_next_multiple_of(4).unwrap_or(size), span),
                usage: Spanned::new(buffer_usage::UNIFORM, span),
                implied_usage: 0,
                initial: None,
                pool: 1,
            }));
            buffers.insert(set, BufferId(self.scene.buffers.len() - 1));
        }
        buffers
    }

    /// Notes which variables of a pass' shader a `#uniforms` describes.
    pub(super) fn note_uniforms(&mut self, shader: &PassShader, id: ShaderId) {
        let Some(module) = &shader.shader.module else { return };
        for (name, bound) in &shader.bound {
            let Bound::Uniforms(set) = bound else { continue };
            let is_it = |binding: &reflect::Binding| binding.name == *name && matches!(binding.resource, Resource::Uniform(_));
            if let (Some(set), Some(binding)) = (self.scene.uniforms.get_mut(*set), module.bindings.iter().position(is_it)) {
                set.variables.push((id, binding));
            }
        }
    }

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
