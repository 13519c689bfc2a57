//! What fills buffers: `#init`s and `#queue`s.

use super::pipelines::StageSlots;
use super::{Lowerer, conflict, named};
use crate::language::{self, DataSource, Elem, QueueAction, all};
use crate::resolve::Object;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;
use pngine_wgsl::reflect;
use std::collections::BTreeMap;

impl Lowerer<'_> {
    pub(super) fn init(&mut self, o: &Object) -> Option<Init> {
        let init: language::Init = o.read();
        let owner = format!("`#init {}`", o.name);
        let slots = StageSlots { at: init.at, module: &init.shader, entry_point: &init.entry_point, constants: None };
        let stage = self.stage(slots, reflect::Stage::Compute, &owner)?;
        let buffer = init.buffer.found()?;
        if init.params.is_bad() || init.workgroups.is_bad() {
            return None;
        }
        let params = match init.params.found() {
            Some(written) => {
                let numbers: Vec<f32> = all(&written)?.into_iter().map(|number| number as f32).collect();
                Some(Spanned::new(numbers, written.span)).filter(|numbers| !numbers.is_empty())
            }
            None => None,
        };
        let dispatch = match init.workgroups.found() {
            Some(counts) => {
                let mut dispatch = [1; 3];
                dispatch.iter_mut().zip(self.whole_numbers(&counts)?).for_each(|(slot, count)| *slot = count);
                Setting { value: dispatch, span: counts.span, property: init.workgroups.prop_span() }
            }
            None => Setting::unwritten(self.init_dispatch(o, *buffer, &stage)?, o.name_span),
        };
        let extra = self.init_bindings(o, &init, &stage, params.is_some())?;
        Some(Init { named: named(o), buffer, stage, params, extra, dispatch })
    }

    /// Bindings beside the buffer and the parameters go to the buffers of the same names. Source: language reference, section 9.20.
    fn init_bindings(
        &mut self,
        o: &Object,
        init: &language::Init,
        stage: &Stage,
        has_params: bool,
    ) -> Option<Vec<(u32, BufferId)>> {
        let Some(module) = self.scene.shaders[stage.shader.0].module.clone() else { return Some(Vec::new()) };
        let entry = module.entry_point(&stage.entry)?;
        let mut extra = Vec::new();
        let mut found = [false; 2];
        if init.bindings.is_bad() {
            return None;
        }
        let written = init.bindings.value.as_deref().unwrap_or_default();
        let mut complete = self.named_bindings(o, init, (&module, entry), written);
        for &index in &entry.bindings {
            let binding = &module.bindings[index];
            match (binding.group, binding.binding) {
                (0, 0) => found[0] = true,
                (0, 1) if has_params => found[1] = true,
                (0, number) => {
                    let named_so =
                        |buffer: &Option<Buffer>| buffer.as_ref().is_some_and(|buffer| buffer.named.name == binding.name);
                    let buffer = match written.iter().find(|(name, ..)| *name == binding.name) {
                        Some((.., Elem { value: Some(buffer), .. })) => Some(*buffer),
                        Some(_) => {
                            complete = false;
                            continue;
                        }
                        None => self.scene.buffers.iter().position(named_so).map(BufferId),
                    };
                    let Some(buffer) = buffer else {
                        // A name that fits nothing is reported, and most likely meant for this.
                        if !complete {
                            return None;
                        }
                        let message =
                            format!("nothing is bound to `{}`, which the shader of `#init {}` uses", binding.name, o.name);
                        self.report(
                            Diagnostic::new(Code::MissingBinding, o.name_span, message)
                                .also(binding.span, format!("group 0, binding {number}"))
                                .help(format!(
                                    "write `bindings={{ {0}=… }}`; a `#buffer {0}` would be bound to it",
                                    binding.name
                                )),
                        );
                        return None;
                    };
                    extra.push((number, buffer));
                }
                (group, _) => {
                    let message = format!("`{}` is in group {group}", binding.name);
                    self.report(
                        Diagnostic::new(Code::MissingBinding, o.name_span, message)
                            .also(binding.span, "declared here")
                            .help("the shader of an `#init` has bindings in group 0 only"),
                    );
                    return None;
                }
            }
        }
        if !found[0] {
            let message = format!("the shader of `#init {}` does not use group 0, binding 0", o.name);
            self.report(
                Diagnostic::new(Code::MissingBinding, o.name_span, message)
                    .help("`@group(0) @binding(0) var<storage, read_write>` is the buffer that is seeded"),
            );
            return None;
        }
        if has_params && !found[1] {
            let message = format!("the shader of `#init {}` does not use its parameters", o.name);
            self.report(
                Diagnostic::new(Code::MissingBinding, init.params.span, message)
                    .help("`@group(0) @binding(1) var<uniform>` are the parameters; leave `params` out if there are none"),
            );
            return None;
        }
        complete.then_some(extra)
    }

    /// The names of `bindings={ … }` are variables of the shader that nothing else is bound to; whether they are.
    fn named_bindings(
        &mut self,
        o: &Object,
        init: &language::Init,
        (module, entry): (&reflect::Module, &reflect::EntryPoint),
        written: &[(String, Span, Elem<BufferId>)],
    ) -> bool {
        let mut all = true;
        for (name, span, element) in written {
            // One that names nothing is reported, and could be any buffer.
            let Some(buffer) = element.value else {
                all = false;
                continue;
            };
            let used = entry.bindings.iter().map(|&index| &module.bindings[index]).find(|binding| binding.name == *name);
            let is_seeded = init.buffer.value == Some(buffer);
            let message = match used {
                Some(binding) if (binding.group, binding.binding) == (0, 0) && !is_seeded => {
                    format!("`{name}` is group 0, binding 0, which is the `buffer` of `#init {}`", o.name)
                }
                Some(binding) if (binding.group, binding.binding) == (0, 1) && init.params.is_written() => {
                    format!("`{name}` is group 0, binding 1, which is the `params` of `#init {}`", o.name)
                }
                Some(_) => continue,
                None => format!("the shader of `#init {}` uses no variable `{name}`", o.name),
            };
            all = false;
            let names = entry.bindings.iter().map(|&index| module.bindings[index].name.as_str());
            let mut diagnostic = Diagnostic::new(Code::MissingBinding, *span, message);
            diagnostic = match (used, pngine_source::diag::nearest(name, names)) {
                (Some(binding), _) => diagnostic.also(binding.span, "declared here").help("leave it out"),
                (None, Some(near)) => diagnostic.help(format!("did you mean `{near}`?")),
                (None, None) => diagnostic.help("leave it out"),
            };
            self.report(diagnostic);
        }
        all
    }

    /// Enough workgroups for every element of the buffer. Source: language reference, section 9.20.
    fn init_dispatch(&mut self, o: &Object, buffer: BufferId, stage: &Stage) -> Option<[u32; 3]> {
        let size = self.scene.buffer(buffer)?.size;
        let module = self.scene.shaders[stage.shader.0].module.as_ref()?;
        let entry = module.entry_point(&stage.entry)?;
        let stride = module
            .bindings
            .iter()
            .find(|binding| (binding.group, binding.binding) == (0, 0))
            .and_then(|binding| match &binding.resource {
                reflect::Resource::Storage { block, .. } | reflect::Resource::Uniform(block) => block
                    .open_stride
                    .or_else(|| block.fields.first().and_then(|field| field.arrays.first()).map(|array| array.stride)),
                _ => None,
            })
            .unwrap_or(4)
            .max(1);
        let workgroup = module.workgroup_size(entry, &BTreeMap::new());
        let Some(workgroup) = workgroup else {
            let message = format!("how many workgroups `#init {}` needs cannot be inferred", o.name);
            self.report(Diagnostic::new(Code::IncompletePass, o.name_span, message).help("write `workgroups=…`"));
            return None;
        };
        let invocations = workgroup.iter().map(|&n| u64::from(n)).product::<u64>().max(1);
        let groups = u64::from(size.value / stride).div_ceil(invocations).max(1);
        // No more than the buffer has bytes.
        Some([u32::try_from(groups).unwrap_or(u32::MAX), 1, 1])
    }

    /// A queue with the actions that could be understood; the others are reported.
    pub(super) fn queue(&mut self, o: &Object) -> Queue {
        let queue: language::Queue = o.read();
        let (mut blocks, mut actions) = (Vec::new(), Vec::new());
        for chosen in &queue.actions {
            actions.extend(self.action(&chosen.value, chosen.span, &mut blocks).into_iter().flatten());
        }
        Queue { named: named(o), blocks, actions }
    }

    /// What an action does: most are one, some are several; `None` for a mistake, which is reported.
    fn action(&mut self, action: &QueueAction, span: Span, blocks: &mut Vec<BlockWrite>) -> Option<Vec<Action>> {
        let one = match action {
            QueueAction::WriteBuffer(write) => {
                let write = write.as_ref()?;
                if let Some(DataSource::Block { shader, binding }) = write.data.value {
                    let (block, writes) = self.block_writes(write, shader, binding)?;
                    blocks.push(block);
                    return Some(writes.into_iter().map(Action::WriteBuffer).collect());
                }
                match self.void_call(write) {
                    Some(call) => call,
                    None => Action::WriteBuffer(self.write_buffer(write)?),
                }
            }
            QueueAction::WriteTexture(write) => Action::WriteTexture(self.write_texture(write.as_ref()?)?),
            QueueAction::CopyBufferToBuffer(copy) => self.copy_buffer(copy.as_ref()?)?,
            QueueAction::CopyBufferToTexture(copy) => Action::CopyBufferToTexture(self.copy_buffer_to_texture(copy.as_ref()?)?),
            QueueAction::CopyTextureToBuffer(copy) => Action::CopyTextureToBuffer(self.copy_texture_to_buffer(copy.as_ref()?)?),
            QueueAction::CopyTextureToTexture(copy) => Action::CopyTextureToTexture(self.copy_texture(copy.as_ref()?)?),
            QueueAction::CopyExternalImageToTexture(copy) => self.copy_image(copy.as_ref()?)?,
            QueueAction::CallWasm(call) => Action::CallWasm { span, call: call.as_ref()?.wasm.value? },
            QueueAction::ClearBuffer(clear) => self.clear_buffer(clear.as_ref()?)?,
            QueueAction::ResolveQuerySet(resolve) => self.resolve_query_set(resolve.as_ref()?)?,
        };
        Some(vec![one])
    }

    /// A write of a call that returns nothing is the call alone (language reference, section 9.22).
    fn void_call(&mut self, write: &language::WriteBuffer) -> Option<Action> {
        let call = write.data_from.value.as_ref()?.wasm.value?;
        let found = self.scene.wasm_call(call)?;
        if found.function.len.is_some() || write.data.is_written() {
            return None;
        }
        let message = format!("`{}` returns nothing, so nothing is written", found.named.name);
        let diagnostic = Diagnostic::new(Code::NoEffect, write.data_from.span, message).also(found.named.span, "declared here");
        self.report(diagnostic.help(format!("write `callWasm={{ wasm={} }}` instead of `writeBuffer`", found.named.name)));
        Some(Action::CallWasm { span: write.at.span, call })
    }

    fn write_buffer(&mut self, write: &language::WriteBuffer) -> Option<WriteBuffer> {
        let language::WriteBuffer { at, buffer, buffer_offset, ping_pong, data, data_from, data_offset, size } = write;
        let source = match (data.prop_span(), data_from.prop_span()) {
            (Some(first), Some(second)) => {
                self.report(conflict(first, second, "this write has both `data` and `dataFrom`".to_string()));
                return None;
            }
            (Some(_), None) => source_of(data.value.as_ref()?)?,
            (None, Some(_)) => Source::Call(data_from.value.as_ref()?.wasm.value?),
            (None, None) => {
                if !at.is_incomplete {
                    self.report(
                        Diagnostic::new(Code::MissingProperty, at.span, "this write has no `data`")
                            .help("write `data=pngineInputs`, the name of a `#data`, or `[numbers]`"),
                    );
                }
                return None;
            }
        };
        if buffer_offset.is_bad() || data_offset.is_bad() || size.is_bad() || ping_pong.is_bad() {
            return None;
        }
        let span = if data_from.is_written() { data_from.span } else { data.span };
        let buffer = buffer.value?;
        let (room, pool) = self.scene.buffer(buffer).map(|found| (found.size.saturating_sub(buffer_offset.value), found.pool))?;
        let available = self.scene.source_size(&source)?.saturating_sub(data_offset.value);
        if let Some(offset) = ping_pong.found() {
            self.pool_offset(offset, pool);
        }
        // An input may be cut to the buffer: a 4-byte buffer holds the time alone (language reference, section 8.2).
        let all = if matches!(source, Source::Input(_)) { available.min(room) } else { available };
        Some(WriteBuffer {
            span: at.span,
            buffer,
            offset: buffer_offset.setting(),
            ping_pong: ping_pong.value,
            source: Spanned::new(source, span),
            source_offset: data_offset.setting(),
            size: size.setting(),
            len: size.value.unwrap_or(all),
        })
    }
}

/// What a `data=` names; `None` for a block, which is written in another way.
pub(super) fn source_of(source: &DataSource) -> Option<Source> {
    match source {
        DataSource::Input(index) => Some(Source::Input(*index)),
        DataSource::Data(data) => Some(Source::Data(*data)),
        DataSource::Numbers(numbers) => Some(Source::Floats(numbers.iter().map(|(number, _)| *number as f32).collect())),
        DataSource::Block { .. } => None,
    }
}
