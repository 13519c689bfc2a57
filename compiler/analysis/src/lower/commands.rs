//! What passes and bundles do: their properties and their `commands`, as one list.
//!
//! Source: language reference, sections 9.17 to 9.19 and 18.2. The properties come first, in the order pipeline, bind groups, vertex
//! buffers, index buffer, dynamic state; then draws, dispatches and bundles as they stand in the source; then `commands`.

use super::Lowerer;
use crate::device::Limit;
use crate::diag::{Code, Diagnostic};
use crate::language::Ns;
use crate::resolve::{Node, Obj, Object, Val};
use crate::scene::*;
use crate::shader::reflect;
use crate::source::Span;

/// What the commands are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Recording {
    Render,
    Compute,
    Bundle,
}

impl Recording {
    const fn words(self) -> &'static str {
        match self {
            Self::Render => "a render pass",
            Self::Compute => "a compute pass",
            Self::Bundle => "a render bundle",
        }
    }

    /// Whether WebGPU's encoder of this kind has the method. Source: WebGPU, GPURenderCommandsMixin, GPUBindingCommandsMixin,
    /// GPUDebugCommandsMixin and the encoders that include them.
    fn has(self, command: &str) -> bool {
        match command {
            "setPipeline" | "setBindGroup" | "pushDebugGroup" | "popDebugGroup" | "insertDebugMarker" => true,
            "setVertexBuffer" | "setIndexBuffer" | "draw" | "drawIndexed" | "drawIndirect" | "drawIndexedIndirect" => {
                self != Self::Compute
            }
            "dispatchWorkgroups" | "dispatchWorkgroupsIndirect" => self == Self::Compute,
            _ => self == Self::Render,
        }
    }
}

/// The list under construction.
struct Recorder {
    commands: Commands,
    /// Whether nothing was bad.
    complete: bool,
    /// Index buffers whose format is to be inferred from what comes after them.
    inferred: Vec<usize>,
}

impl Recorder {
    /// Adds a command, or notes that there is a bad one.
    fn push(&mut self, command: Option<PassCommand>, span: Span) {
        match command {
            Some(command) => self.commands.push((command, span)),
            None => self.complete = false,
        }
    }
}

/// Whether everything in the object could be understood.
fn is_sound(obj: &Obj) -> bool {
    !obj.incomplete && !obj.props.iter().any(|(.., node)| matches!(node.val, Val::Bad))
}

impl Lowerer<'_> {
    /// All commands of a pass or bundle; `None` if one is bad, which is reported.
    pub(super) fn recorded(&mut self, o: &Object, recording: Recording) -> Option<Commands> {
        let obj = &o.obj;
        let mut list = Recorder { commands: Vec::new(), complete: true, inferred: Vec::new() };
        if let Some(node) = obj.get("pipeline") {
            list.push(set_pipeline(node), node.span);
        }
        self.declared_groups(obj, &mut list);
        self.declared_vertices(obj, &mut list);
        self.declared_indices(obj, &mut list);
        for (name, command) in [
            ("viewport", "setViewport"),
            ("scissorRect", "setScissorRect"),
            ("blendConstant", "setBlendConstant"),
            ("stencilReference", "setStencilReference"),
        ] {
            if let Some(node) = obj.get(name) {
                self.command(command, node, &mut list);
            }
        }
        // Of the two, a bundle has one. Source: language reference, section 9.19.
        let indexed = recording == Recording::Bundle && obj.get("drawIndexed").is_some();
        if indexed && let Some(span) = obj.prop_span("draw") {
            let message = "`draw` has no effect: a bundle with `drawIndexed` draws by index only";
            let diagnostic = Diagnostic::new(Code::NoEffect, span, message);
            self.report(diagnostic.help("leave one of them out, or write both as `commands`"));
        }
        // These keep the order in which they stand.
        for (name, _, node) in &obj.props {
            match *name {
                "draw" if indexed => {}
                "draw" | "drawIndexed" => {
                    for node in draws(node) {
                        self.command(name, node, &mut list);
                    }
                }
                "drawIndirect" | "drawIndexedIndirect" | "dispatchWorkgroupsIndirect" => {
                    let nodes = match &node.val {
                        Val::List(nodes) => nodes.as_slice(),
                        _ => std::slice::from_ref(node),
                    };
                    for node in nodes {
                        self.command(name, node, &mut list);
                    }
                }
                "executeBundles" | "dispatchWorkgroups" => self.command(name, node, &mut list),
                _ => {}
            }
        }
        list.complete &= !obj.bad("commands");
        for node in obj.list("commands") {
            match &node.val {
                Val::Obj(command) if is_sound(command) => {
                    for (name, span, value) in &command.props {
                        if recording.has(name) {
                            self.command(name, value, &mut list);
                        } else {
                            let message = format!("`{name}` cannot stand in {}", recording.words());
                            let help = match recording {
                                Recording::Bundle => "a bundle sets pipelines, bind groups and buffers, and draws",
                                Recording::Compute => "it goes with render passes",
                                Recording::Render => "it goes with compute passes",
                            };
                            self.report(Diagnostic::new(Code::CommandPlace, *span, message).help(help));
                            list.complete = false;
                        }
                    }
                }
                _ => list.complete = false,
            }
        }
        self.infer_index_formats(&mut list);
        list.complete.then_some(list.commands)
    }

    /// One command by the name that it has in `commands`.
    fn command(&mut self, name: &str, node: &Node, list: &mut Recorder) {
        let command = match name {
            "setPipeline" => set_pipeline(node),
            "setBindGroup" => match &node.val {
                Val::Obj(obj) if is_sound(obj) => bound_group(obj, obj.uint_or("index", 0), 0).map(PassCommand::SetBindGroup),
                _ => None,
            },
            "setVertexBuffer" => match &node.val {
                Val::Obj(obj) if is_sound(obj) => {
                    bound_vertices(obj, obj.uint_or("slot", 0), 0).map(PassCommand::SetVertexBuffer)
                }
                _ => None,
            },
            "setIndexBuffer" => bound_indices(node, None, list),
            "draw" => self.one_draw(node, false),
            "drawIndexed" => self.one_draw(node, true),
            "drawIndirect" => indirect(node).map(PassCommand::DrawIndirect),
            "drawIndexedIndirect" => indirect(node).map(PassCommand::DrawIndexedIndirect),
            "dispatchWorkgroups" => self.workgroups(node).map(PassCommand::Dispatch),
            "dispatchWorkgroupsIndirect" => indirect(node).map(PassCommand::DispatchIndirect),
            "setViewport" => self.viewport(node).map(PassCommand::SetViewport),
            "setScissorRect" => scissor(node).map(PassCommand::SetScissorRect),
            "setBlendConstant" => color(node).map(|color| PassCommand::SetBlendConstant(color.map(|number| number as f32))),
            "setStencilReference" => uint(node).map(PassCommand::SetStencilReference),
            "beginOcclusionQuery" => uint(node).map(PassCommand::BeginOcclusionQuery),
            "endOcclusionQuery" | "popDebugGroup" => match node.val {
                Val::Bool(true) if name == "popDebugGroup" => Some(PassCommand::PopDebugGroup),
                Val::Bool(true) => Some(PassCommand::EndOcclusionQuery),
                Val::Bool(false) => {
                    let message = format!("`{name}=false` does nothing");
                    let diagnostic = Diagnostic::new(Code::NoEffect, node.span, message);
                    self.report(diagnostic.help(format!("write `{name}=true`, or leave it out")));
                    return;
                }
                _ => None,
            },
            "executeBundles" => match &node.val {
                Val::List(nodes) => {
                    let bundles = nodes.iter().map(|node| match node.val {
                        Val::Decl(Ns::RenderBundle, bundle) => Some(BundleId(bundle)),
                        _ => None,
                    });
                    bundles.collect::<Option<_>>().map(PassCommand::ExecuteBundles)
                }
                _ => None,
            },
            "pushDebugGroup" => text(node).map(PassCommand::PushDebugGroup),
            "insertDebugMarker" => text(node).map(PassCommand::InsertDebugMarker),
            // A key that the table has not is reported, and never gets here.
            _ => None,
        };
        list.push(command, node.span);
    }

    fn declared_groups(&mut self, obj: &Obj, list: &mut Recorder) {
        let nodes = obj.list("bindGroups");
        let Some(offsets) = self.offsets(obj, "bindGroupsPoolOffsets") else {
            list.complete = false;
            return;
        };
        list.complete &= !obj.bad("bindGroups");
        let most = self.scene.device.limit32(Limit::MaxBindGroups) as usize;
        if nodes.len() > most {
            let message = format!("a pass has at most {most} bind groups, and {} are listed", nodes.len());
            let diagnostic = Diagnostic::new(Code::BadLength, obj.span_of("bindGroups"), message);
            self.report(self.scene.device.raise(diagnostic, Limit::MaxBindGroups, nodes.len() as u64));
            list.complete = false;
            return;
        }
        for (slot, node) in (0..).zip(nodes) {
            let offset = offsets.get(slot as usize).copied().unwrap_or(0);
            let command = match &node.val {
                Val::Decl(Ns::BindGroup, group) => Some(BoundGroup { slot, group: GroupId(*group), offset, dynamic: Vec::new() }),
                Val::Obj(inner) if is_sound(inner) => {
                    if let Some(index) = inner.uint("index").filter(|index| *index != slot) {
                        let message = format!("`index` is {index}, and this is element {slot}");
                        let diagnostic = Diagnostic::new(Code::GroupIndex, inner.span_of("index"), message);
                        self.report(diagnostic.help("leave `index` out"));
                    }
                    bound_group(inner, slot, offset)
                }
                _ => None,
            };
            list.push(command.map(PassCommand::SetBindGroup), node.span);
        }
    }

    fn offsets(&mut self, obj: &Obj, name: &str) -> Option<Vec<u32>> {
        if obj.bad(name) {
            return None;
        }
        let list = name.trim_end_matches("PoolOffsets");
        let (offsets, members) = (obj.list(name).len(), obj.list(list).len());
        if offsets > members && !obj.bad(list) {
            let message = format!("{offsets} offsets, and `{list}` has {members}");
            let diagnostic = Diagnostic::new(Code::NoEffect, obj.span_of(name), message);
            self.report(
                diagnostic.label("the last ones have no effect").help(format!("element i belongs to element i of `{list}`")),
            );
        }
        obj.list(name).iter().map(uint).collect()
    }

    fn declared_vertices(&mut self, obj: &Obj, list: &mut Recorder) {
        let Some(offsets) = self.offsets(obj, "vertexBuffersPoolOffsets") else {
            list.complete = false;
            return;
        };
        list.complete &= !obj.bad("vertexBuffers");
        for (slot, node) in (0..).zip(obj.list("vertexBuffers")) {
            let member = offsets.get(slot as usize).copied().unwrap_or(0);
            let command = match &node.val {
                Val::Decl(Ns::Buffer, buffer) => {
                    Some(BoundVertices { slot, buffer: BufferId(*buffer), member, offset: 0, size: None })
                }
                Val::Obj(inner) if inner.uint("slot").is_some_and(|wanted| wanted != slot) => {
                    let message = format!("`slot` is {}, and this is element {slot}", inner.uint_or("slot", 0));
                    self.report(Diagnostic::new(Code::Conflict, inner.span_of("slot"), message).help("leave `slot` out"));
                    None
                }
                Val::Obj(inner) if is_sound(inner) => bound_vertices(inner, slot, member),
                _ => None,
            };
            list.push(command.map(PassCommand::SetVertexBuffer), node.span);
        }
    }

    fn declared_indices(&mut self, obj: &Obj, list: &mut Recorder) {
        let needs = ["drawIndexed", "drawIndexedIndirect", "commands"];
        let missing = |names: &[&str]| names.iter().all(|name| obj.get(name).is_none());
        for (needs, name) in [(&needs[..], "indexBuffer"), (&["indexBuffer"], "indexFormat")] {
            if missing(needs)
                && !obj.bad(name)
                && let Some(span) = obj.prop_span(name)
            {
                let message = format!("`{name}` has no effect without `{}`", needs[0]);
                let help = format!("leave it out, or add `{}=…`", needs[0]);
                self.report(Diagnostic::new(Code::NoEffect, span, message).help(help));
            }
        }
        let Some(node) = obj.get("indexBuffer") else { return };
        let own_format = if let Val::Obj(inner) = &node.val { inner.word("format") } else { None };
        if own_format.is_some()
            && let Some(span) = obj.prop_span("indexFormat")
        {
            let diagnostic = Diagnostic::new(Code::Conflict, span, "`indexFormat` beside the `format` of the index buffer");
            self.report(diagnostic.also(node.span, "the format is given here").help("leave one of them out"));
        }
        list.complete &= !obj.bad("indexFormat");
        let command = bound_indices(node, obj.word("indexFormat").map(|word| word.text()), list);
        list.push(command, node.span);
    }

    /// The formats that nobody wrote. Source: language reference, section 9.17, "Index format".
    fn infer_index_formats(&mut self, list: &mut Recorder) {
        let mut declared = None;
        for &index in &list.inferred {
            let after = list.commands.get(index + 1..).unwrap_or_default();
            let until = after.iter().take_while(|(command, _)| !matches!(command, PassCommand::SetIndexBuffer(_)));
            let mut pipeline = list.commands[..index].iter().rev().find_map(|(command, _)| match command {
                PassCommand::SetPipeline(pipeline) => Some(*pipeline),
                _ => None,
            });
            let (mut count, mut strip) = (0, None);
            for (command, _) in until {
                match command {
                    PassCommand::SetPipeline(next) => pipeline = Some(*next),
                    PassCommand::DrawIndexed([indices, _, first, ..]) => count = count.max(indices.saturating_add(*first)),
                    _ => {}
                }
                if matches!(command, PassCommand::DrawIndexed(_) | PassCommand::DrawIndexedIndirect(_))
                    && let Some(PipelineId::Render(id)) = pipeline
                {
                    strip = strip.or(self.scene.render_pipeline(id).and_then(|pipeline| pipeline.strip_index_format));
                }
            }
            let PassCommand::SetIndexBuffer(bound) = &list.commands[index].0 else { continue };
            let wide = match strip {
                Some(format) => Some(format.text() == "uint32"),
                None => self.inferred_wide(bound.buffer, count),
            };
            match wide {
                Some(wide) => {
                    if let PassCommand::SetIndexBuffer(bound) = &mut list.commands[index].0 {
                        bound.wide = wide;
                    }
                }
                None => declared = Some(index),
            }
        }
        // The buffer is a hole: reported.
        list.complete &= declared.is_none();
    }

    fn inferred_wide(&self, id: BufferId, count: u32) -> Option<bool> {
        let buffer = self.scene.buffer(id)?;
        let filled_by = buffer.initial.map(|(data, _)| data).or_else(|| {
            self.scene.queues.iter().flatten().flat_map(Queue::buffer_writes).find(|write| write.buffer == id).and_then(|write| {
                match write.source {
                    Source::Data(data) => Some(data),
                    _ => None,
                }
            })
        });
        match filled_by.and_then(|data| self.scene.data_at(data)).map(|data| data.element_size) {
            Some(4) => return Some(true),
            Some(2) => return Some(false),
            _ => {}
        }
        // What a shader writes as `array<u32>` has 32 bits.
        let is_words = |shader: ShaderId, group: u32, number: u32| {
            self.scene.shaders[shader.0].module.as_ref().is_some_and(|module| {
                module.bindings.iter().any(|binding| match &binding.resource {
                    reflect::Resource::Storage { block, .. } => {
                        (binding.group, binding.binding) == (group, number)
                            && matches!(block.element(), Some(reflect::Scalar::U32 | reflect::Scalar::I32))
                    }
                    _ => false,
                })
            })
        };
        let seeded = self.scene.inits.iter().flatten().any(|init| init.buffer == id && is_words(init.stage.shader, 0, 0));
        let computed = self.scene.groups.iter().flatten().any(|group| {
            let GroupLayout::Auto(PipelineId::Compute(pipeline), index) = group.layout else { return false };
            let Some(pipeline) = self.scene.compute_pipeline(pipeline) else { return false };
            group.entries.iter().any(|entry| match entry.resource {
                Resource::Buffer { buffer, .. } => buffer == id && is_words(pipeline.compute.shader, index, entry.binding),
                Resource::Texture { .. } | Resource::View { .. } | Resource::Sampler(_) | Resource::Video(_) => false,
            })
        });
        Some(seeded || computed || u64::from(buffer.size) >= 4 * u64::from(count))
    }

    fn one_draw(&mut self, node: &Node, indexed: bool) -> Option<PassCommand> {
        let names: &[&str] = if indexed {
            &["indexCount", "instanceCount", "firstIndex", "baseVertex", "firstInstance"]
        } else {
            &["vertexCount", "instanceCount", "firstVertex", "firstInstance"]
        };
        // A base vertex may be negative: its bits are what counts.
        let bits = |number: f64| if number < 0.0 { number as i32 as u32 } else { number as u32 };
        let mut numbers = [3, 1, 0, 0, 0];
        match &node.val {
            Val::Obj(draw) if is_sound(draw) => {
                for (slot, name) in numbers.iter_mut().zip(names) {
                    if let Some(number) = draw.num(name) {
                        *slot = bits(number);
                    }
                }
            }
            Val::Obj(_) => return None,
            _ => {
                let nodes = match &node.val {
                    Val::List(nodes) => nodes.as_slice(),
                    _ => std::slice::from_ref(node),
                };
                for ((slot, name), node) in numbers.iter_mut().zip(names).zip(nodes) {
                    let (least, most) = match *name {
                        "baseVertex" => (f64::from(i32::MIN), f64::from(i32::MAX)),
                        _ => (0.0, f64::from(u32::MAX)),
                    };
                    *slot = bits(self.whole(node, least, most)?);
                }
            }
        }
        let [a, b, c, d, _] = numbers;
        Some(if indexed { PassCommand::DrawIndexed(numbers) } else { PassCommand::Draw([a, b, c, d]) })
    }

    /// One, two or three workgroup counts, which may depend on the canvas.
    fn workgroups(&mut self, node: &Node) -> Option<[Extent; 3]> {
        let nodes = match &node.val {
            Val::List(nodes) => nodes.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let mut out = [Extent::Fixed(1); 3];
        for (slot, node) in out.iter_mut().zip(nodes) {
            *slot = extent(node)?;
            let most = self.scene.device.limit32(Limit::MaxComputeWorkgroupsPerDimension);
            if let Extent::Fixed(count) = *slot
                && count > most
            {
                let message = format!("{count} workgroups in one dimension, but at most {most} are allowed");
                let diagnostic = Diagnostic::new(Code::DispatchLimit, node.span, message).help("spread them over x and y");
                let limit = Limit::MaxComputeWorkgroupsPerDimension;
                self.report(self.scene.device.raise(diagnostic, limit, u64::from(count)));
                return None;
            }
        }
        Some(out)
    }

    fn viewport(&mut self, node: &Node) -> Option<[Measure; 6]> {
        let mut out = [Measure::Fixed(0.0); 6];
        out[5] = Measure::Fixed(1.0);
        match &node.val {
            Val::Obj(rect) if is_sound(rect) => {
                for (slot, name) in out.iter_mut().zip(["x", "y", "width", "height", "minDepth", "maxDepth"]) {
                    if let Some(node) = rect.get(name) {
                        *slot = measure(node)?;
                    }
                }
            }
            Val::List(nodes) if nodes.len() == 5 => {
                let message = "a viewport takes 4 or 6 numbers, but 5 were given";
                let diagnostic = Diagnostic::new(Code::BadLength, node.span, message);
                self.report(diagnostic.help("x, y, width and height, and both depths or none of them"));
                return None;
            }
            Val::List(nodes) => {
                for (slot, node) in out.iter_mut().zip(nodes) {
                    *slot = measure(node)?;
                }
            }
            _ => return None,
        }
        Some(out)
    }
}

/// `draw=3`, `draw=[3 1]` and `draw={ … }` are one draw, an array of arrays and objects is several.
fn draws(node: &Node) -> &[Node] {
    match &node.val {
        Val::List(elements) if elements.iter().any(|element| matches!(element.val, Val::List(_) | Val::Obj(_))) => elements,
        _ => std::slice::from_ref(node),
    }
}

fn set_pipeline(node: &Node) -> Option<PassCommand> {
    match node.val {
        Val::Decl(Ns::RenderPipeline, id) => Some(PassCommand::SetPipeline(PipelineId::Render(RenderPipelineId(id)))),
        Val::Decl(Ns::ComputePipeline, id) => Some(PassCommand::SetPipeline(PipelineId::Compute(ComputePipelineId(id)))),
        _ => None,
    }
}

fn bound_group(obj: &Obj, slot: u32, offset: u32) -> Option<BoundGroup> {
    Some(BoundGroup {
        slot,
        group: GroupId(obj.decl("bindGroup", Ns::BindGroup)?),
        offset: obj.uint_or("pingPong", offset),
        dynamic: obj.list("dynamicOffsets").iter().map(|node| Some((uint(node)?, node.span))).collect::<Option<_>>()?,
    })
}

fn bound_vertices(obj: &Obj, slot: u32, member: u32) -> Option<BoundVertices> {
    Some(BoundVertices {
        slot,
        buffer: BufferId(obj.decl("buffer", Ns::Buffer)?),
        member: obj.uint_or("pingPong", member),
        offset: obj.uint_or("offset", 0),
        size: obj.uint("size").filter(|size| *size != 0),
    })
}

/// An index buffer; one without a format is noted, for what comes after it to tell.
fn bound_indices(node: &Node, format: Option<&str>, list: &mut Recorder) -> Option<PassCommand> {
    let (buffer, own_format, offset, size) = match &node.val {
        Val::Decl(Ns::Buffer, buffer) => (BufferId(*buffer), None, 0, None),
        Val::Obj(obj) if is_sound(obj) => (
            BufferId(obj.decl("buffer", Ns::Buffer)?),
            obj.word("format").map(|word| word.text()),
            obj.uint_or("offset", 0),
            obj.uint("size").filter(|size| *size != 0),
        ),
        _ => return None,
    };
    let format = own_format.or(format);
    if format.is_none() {
        list.inferred.push(list.commands.len());
    }
    Some(PassCommand::SetIndexBuffer(BoundIndices { buffer, wide: format == Some("uint32"), offset, size }))
}

fn indirect(node: &Node) -> Option<Indirect> {
    match &node.val {
        Val::Obj(obj) if is_sound(obj) => {
            Some(Indirect { buffer: BufferId(obj.decl("buffer", Ns::Buffer)?), offset: obj.uint_or("offset", 0) })
        }
        _ => None,
    }
}

fn scissor(node: &Node) -> Option<[Extent; 4]> {
    let nodes: Vec<&Node> = match &node.val {
        Val::Obj(rect) if is_sound(rect) => {
            ["x", "y", "width", "height"].into_iter().map(|name| rect.get(name)).collect::<Option<_>>()?
        }
        Val::List(nodes) => nodes.iter().collect(),
        _ => return None,
    };
    let [x, y, width, height] = nodes.as_slice() else { return None };
    Some([extent(x)?, extent(y)?, extent(width)?, extent(height)?])
}

fn extent(node: &Node) -> Option<Extent> {
    match node.val {
        Val::Num(number) => Some(Extent::Fixed(number as u32)),
        Val::Canvas(factors) => Some(Extent::Canvas(factors)),
        _ => None,
    }
}

fn measure(node: &Node) -> Option<Measure> {
    match node.val {
        Val::Num(number) => Some(Measure::Fixed(number as f32)),
        Val::Canvas(factors) => Some(Measure::Canvas(factors)),
        _ => None,
    }
}

fn uint(node: &Node) -> Option<u32> {
    match node.val {
        Val::Num(number) => Some(number as u32),
        _ => None,
    }
}

fn text(node: &Node) -> Option<String> {
    match &node.val {
        Val::Str(text) => Some(text.clone()),
        _ => None,
    }
}

pub(super) fn color(node: &Node) -> Option<[f64; 4]> {
    let numbers: Vec<f64> = match &node.val {
        Val::List(nodes) => nodes
            .iter()
            .map(|node| match node.val {
                Val::Num(number) => Some(number),
                _ => None,
            })
            .collect::<Option<_>>()?,
        Val::Obj(obj) => ["r", "g", "b", "a"].iter().map(|name| obj.num(name)).collect::<Option<_>>()?,
        _ => return None,
    };
    match numbers.as_slice() {
        [r, g, b, a] => Some([*r, *g, *b, *a]),
        _ => None,
    }
}
