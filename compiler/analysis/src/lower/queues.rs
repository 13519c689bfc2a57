//! What fills buffers: `#init`s and `#queue`s.

use super::{Lowerer, conflict, named};
use crate::device::Limit;
use crate::diag::{Code, Diagnostic};
use crate::language::Ns;
use crate::resolve::{Node, Obj, Object, Val};
use crate::scene::*;
use crate::shader::reflect;
use crate::source::Span;
use pngine_format::status::INPUTS;
use std::collections::BTreeMap;

impl Lowerer<'_> {
    pub(super) fn init(&mut self, o: &Object) -> Option<Init> {
        let obj = &o.obj;
        let owner = format!("`#init {}`", o.name);
        let stage = self.stage(obj, "shader", reflect::Stage::Compute, &owner)?;
        let buffer = BufferId(obj.decl("buffer", Ns::Buffer)?);
        let params = match obj.get("params") {
            None => None,
            Some(Node { val: Val::List(nodes), span }) => {
                let numbers: Option<Vec<f32>> = nodes
                    .iter()
                    .map(|node| match node.val {
                        Val::Num(number) => Some(number as f32),
                        _ => None,
                    })
                    .collect();
                Some((numbers?, *span)).filter(|(numbers, _)| !numbers.is_empty())
            }
            Some(_) => return None,
        };
        let (dispatch, dispatch_span) = match obj.get("workgroups") {
            Some(node) => (self.init_workgroups(node)?, node.span),
            None => (self.init_dispatch(o, buffer, &stage)?, o.name_span),
        };
        let extra = self.init_bindings(o, &stage, params.is_some())?;
        Some(Init { named: named(o), buffer, buffer_span: obj.span_of("buffer"), stage, params, extra, dispatch, dispatch_span })
    }

    /// Workgroups that are written. An `#init` that runs none would seed nothing.
    fn init_workgroups(&mut self, node: &Node) -> Option<[u32; 3]> {
        let counts = self.dispatch(node)?;
        if counts.contains(&0) {
            let message = "0 workgroups run nothing";
            self.report(Diagnostic::new(Code::OutOfRange, node.span, message).help("every count must be 1 or more"));
            return None;
        }
        Some(counts)
    }

    /// Bindings beside the buffer and the parameters go to the buffers of the same names. Source: language reference, section 9.20.
    fn init_bindings(&mut self, o: &Object, stage: &Stage, has_params: bool) -> Option<Vec<(u32, BufferId)>> {
        let Some(module) = self.scene.shaders[stage.shader.0].module.clone() else { return Some(Vec::new()) };
        let entry = module.entry_point(&stage.entry)?;
        let mut extra = Vec::new();
        let mut found = [false; 2];
        let written = match o.obj.get("bindings").map(|node| &node.val) {
            Some(Val::Names(names)) => names.as_slice(),
            Some(_) => return None,
            None => &[],
        };
        let mut complete = self.named_bindings(o, &module, entry, written);
        for &index in &entry.bindings {
            let binding = &module.bindings[index];
            match (binding.group, binding.binding) {
                (0, 0) => found[0] = true,
                (0, 1) if has_params => found[1] = true,
                (0, number) => {
                    let named_so =
                        |buffer: &Option<Buffer>| buffer.as_ref().is_some_and(|buffer| buffer.named.name == binding.name);
                    let buffer = match written.iter().find(|(name, ..)| *name == binding.name) {
                        Some((.., Node { val: Val::Decl(_, index), .. })) => Some(*index),
                        Some(_) => {
                            complete = false;
                            continue;
                        }
                        None => self.scene.buffers.iter().position(named_so),
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
                    extra.push((number, BufferId(buffer)));
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
                Diagnostic::new(Code::MissingBinding, o.obj.span_of("params"), message)
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
        module: &reflect::Module,
        entry: &reflect::EntryPoint,
        written: &[(String, Span, Node)],
    ) -> bool {
        let mut all = true;
        for (name, span, node) in written {
            // One that names nothing is reported, and could be any buffer.
            if matches!(node.val, Val::Bad) {
                all = false;
                continue;
            }
            let used = entry.bindings.iter().map(|&index| &module.bindings[index]).find(|binding| binding.name == *name);
            let is_seeded = matches!(node.val, Val::Decl(_, index) if o.obj.decl("buffer", Ns::Buffer) == Some(index));
            let message = match used {
                Some(binding) if (binding.group, binding.binding) == (0, 0) && !is_seeded => {
                    format!("`{name}` is group 0, binding 0, which is the `buffer` of `#init {}`", o.name)
                }
                Some(binding) if (binding.group, binding.binding) == (0, 1) && o.obj.get("params").is_some() => {
                    format!("`{name}` is group 0, binding 1, which is the `params` of `#init {}`", o.name)
                }
                Some(_) => continue,
                None => format!("the shader of `#init {}` uses no variable `{name}`", o.name),
            };
            all = false;
            let names = entry.bindings.iter().map(|&index| module.bindings[index].name.as_str());
            let mut diagnostic = Diagnostic::new(Code::MissingBinding, *span, message);
            diagnostic = match (used, crate::diag::nearest(name, names)) {
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
            let message = format!("how many workgroups `#init {}` needs cannot be told", o.name);
            self.report(Diagnostic::new(Code::IncompletePass, o.name_span, message).help("write `workgroups=…`"));
            return None;
        };
        let invocations = workgroup.iter().map(|&n| u64::from(n)).product::<u64>().max(1);
        let groups = u64::from(size / stride).div_ceil(invocations).max(1);
        let most = self.scene.device.limit32(Limit::MaxComputeWorkgroupsPerDimension);
        match u32::try_from(groups) {
            Ok(groups) if groups <= most => Some([groups, 1, 1]),
            _ => {
                let message = format!("`#init {}` needs {groups} workgroups in x, but at most {most} are allowed", o.name);
                let diagnostic = Diagnostic::new(Code::DispatchLimit, o.name_span, message).help("write `workgroups=[x y]`");
                self.report(self.scene.device.raise(diagnostic, Limit::MaxComputeWorkgroupsPerDimension, groups));
                None
            }
        }
    }

    /// A queue with the actions that could be understood; the others are reported.
    pub(super) fn queue(&mut self, o: &Object) -> Queue {
        let mut actions = Vec::new();
        for (name, _, node) in &o.obj.props {
            let action = match (&node.val, *name) {
                (Val::Obj(write), "writeBuffer")
                    if matches!(write.get("data").map(|node| &node.val), Some(Val::Block { .. })) =>
                {
                    actions.extend(self.block_writes(write).into_iter().flatten().map(Action::WriteBuffer));
                    continue;
                }
                (Val::Obj(write), "writeBuffer") if let Some(action) = self.void_call(write) => Some(action),
                (Val::Obj(write), "writeBuffer") => self.write_buffer(write).map(Action::WriteBuffer),
                (Val::Obj(write), "writeTexture") => self.write_texture(write).map(Action::WriteTexture),
                (Val::Obj(copy), "copyBufferToBuffer") => self.copy_buffer(copy),
                (Val::Obj(copy), "copyBufferToTexture") => self.copy_buffer_to_texture(copy).map(Action::CopyBufferToTexture),
                (Val::Obj(copy), "copyTextureToBuffer") => self.copy_texture_to_buffer(copy).map(Action::CopyTextureToBuffer),
                (Val::Obj(copy), "copyTextureToTexture") => self.copy_texture(copy).map(Action::CopyTextureToTexture),
                (Val::Obj(clear), "clearBuffer") => self.clear_buffer(clear),
                (Val::Obj(copy), "copyExternalImageToTexture") => self.copy_image(copy),
                (Val::Obj(call), "callWasm") => {
                    let call = call.decl("wasm", Ns::WasmCall).map(WasmCallId);
                    call.map(|call| Action::CallWasm { span: node.span, call })
                }
                (Val::Obj(resolve), "resolveQuerySet") => self.resolve_query_set(resolve),
                _ => None,
            };
            actions.extend(action);
        }
        Queue { named: named(o), actions }
    }

    /// Bytes of a source; `None` if they could not be made.
    pub(super) fn source_size(&self, source: &Source) -> Option<u32> {
        match source {
            Source::Input(index) => Some(INPUTS[*index].size),
            Source::Data(data) => u32::try_from(self.scene.data_at(*data)?.len()).ok(),
            Source::Floats(numbers) => u32::try_from(numbers.len()).ok()?.checked_mul(4),
            Source::Call(call) => self.scene.wasm_call(*call)?.function.len,
        }
    }

    /// A write of a call that returns nothing is the call alone (language reference, section 9.22).
    fn void_call(&mut self, obj: &Obj) -> Option<Action> {
        let call = WasmCallId(obj.obj("dataFrom")?.decl("wasm", Ns::WasmCall)?);
        let found = self.scene.wasm_call(call)?;
        if found.function.len.is_some() || obj.get("data").is_some() {
            return None;
        }
        let message = format!("`{}` returns nothing, so nothing is written", found.named.name);
        let diagnostic =
            Diagnostic::new(Code::NoEffect, obj.span_of("dataFrom"), message).also(found.named.span, "declared here");
        self.report(diagnostic.help(format!("write `callWasm={{ wasm={} }}` instead of `writeBuffer`", found.named.name)));
        Some(Action::CallWasm { span: obj.span, call })
    }

    fn write_buffer(&mut self, obj: &Obj) -> Option<WriteBuffer> {
        let buffer_index = obj.decl("buffer", Ns::Buffer);
        let source = match (obj.get("data"), obj.get("dataFrom")) {
            (Some(_), Some(_)) => {
                let message = "this write has both `data` and `dataFrom`".to_string();
                self.report(conflict(obj, ("data", "dataFrom"), message));
                return None;
            }
            (Some(node), None) => source_of(node)?,
            (None, Some(_)) => Source::Call(WasmCallId(obj.obj("dataFrom")?.decl("wasm", Ns::WasmCall)?)),
            (None, None) => {
                if !obj.incomplete {
                    self.report(
                        Diagnostic::new(Code::MissingProperty, obj.span, "this write has no `data`")
                            .help("write `data=pngineInputs`, the name of a `#data`, or `[numbers]`"),
                    );
                }
                return None;
            }
        };
        if ["bufferOffset", "dataOffset", "size", "pingPong"].iter().any(|name| obj.bad(name)) {
            return None;
        }
        let source_span = obj.span_of(if obj.get("dataFrom").is_some() { "dataFrom" } else { "data" });
        let buffer = BufferId(buffer_index?);
        let (name, buffer_size, pool) =
            self.scene.buffer(buffer).map(|buffer| (buffer.named.name.clone(), buffer.size, buffer.pool))?;
        let source_size = self.source_size(&source)?;
        let (offset, source_offset) = (obj.uint_or("bufferOffset", 0), obj.uint_or("dataOffset", 0));
        let is_call = match source {
            Source::Data(data) => self.scene.data_at(data).is_some_and(Data::is_called),
            Source::Call(_) => true,
            Source::Input(_) | Source::Floats(_) => false,
        };
        if is_call && source_offset != 0 {
            let diagnostic =
                Diagnostic::new(Code::Conflict, obj.span_of("dataOffset"), "what a module gives is written from its start");
            self.report(diagnostic.help("leave `dataOffset` out"));
            return None;
        }
        let available = source_size.saturating_sub(source_offset);
        let room = buffer_size.saturating_sub(offset);
        let is_input = matches!(source, Source::Input(_));
        if source_offset >= source_size && source_size > 0 {
            let message = format!("`dataOffset` is {source_offset}, and the source has {source_size} bytes");
            self.report(Diagnostic::new(Code::WriteOutOfRange, obj.span_of("dataOffset"), message));
            return None;
        }
        if offset >= buffer_size {
            let message = format!("`bufferOffset` is {offset}, and `{name}` has {buffer_size} bytes");
            self.report(Diagnostic::new(Code::WriteOutOfRange, obj.span_of("bufferOffset"), message));
            return None;
        }
        let wanted = obj.uint("size");
        let len = wanted.unwrap_or_else(|| available.min(room));
        if len > available {
            let message = format!("{len} bytes are to be written, and the source has {available} from there on");
            self.report(Diagnostic::new(Code::WriteOutOfRange, obj.span_of("size"), message));
            return None;
        }
        // An input may be cut to the buffer: a 4-byte buffer holds the time alone (language reference, section 8.2).
        if len > room || (wanted.is_none() && available > room && !is_input) {
            let span = obj.prop_span("size").unwrap_or(source_span);
            let message =
                format!("{} bytes do not fit into `{name}`, which has {room} from byte {offset} on", wanted.unwrap_or(available));
            let help = format!("write `size={}` to write a part, or make the buffer larger", room / 4 * 4);
            self.report(Diagnostic::new(Code::WriteOutOfRange, span, message).help(help));
            let len = wanted.unwrap_or(available);
            return Some(WriteBuffer {
                span: obj.span,
                buffer,
                offset,
                ping_pong: obj.uint("pingPong"),
                source,
                source_offset,
                len,
            });
        }
        for (name, number) in [("bufferOffset", offset), ("size", len)] {
            if !number.is_multiple_of(4) {
                let span = obj.prop_span(name).unwrap_or(source_span);
                let message = format!(
                    "{number} is not a multiple of 4, as the {} of a write must be",
                    if name == "size" { "size" } else { "offset" }
                );
                let help = match name {
                    "size" => format!("write a part with `size={}`, or make the data longer", number / 4 * 4),
                    _ => format!("write `bufferOffset={}`", number / 4 * 4),
                };
                self.report(Diagnostic::new(Code::Unaligned, span, message).help(help));
                break;
            }
        }
        self.pool_offset(obj, pool);
        Some(WriteBuffer { span: obj.span, buffer, offset, ping_pong: obj.uint("pingPong"), source, source_offset, len })
    }
}

/// What a `data=` names.
pub(super) fn source_of(node: &Node) -> Option<Source> {
    match &node.val {
        Val::Input(index) => Some(Source::Input(*index)),
        Val::Decl(Ns::Data, index) => Some(Source::Data(DataId(*index))),
        Val::Elements(numbers) => Some(Source::Floats(numbers.iter().map(|(number, _)| *number as f32).collect())),
        _ => None,
    }
}
