//! Pipelines and their stages.

use super::{Lowerer, named, word_field};
use crate::device::{Feature, Limit};
use crate::diag::{Code, Diagnostic, nearest};
use crate::formats;
use crate::language::Ns;
use crate::resolve::{Node, Obj, Object, Val};
use crate::scene::*;
use crate::shader::reflect;
use crate::source::Span;
use pngine_format::descriptor::{Field, Value, object};
use pngine_format::word::Word;
use std::collections::BTreeMap;

impl Lowerer<'_> {
    /// The outer `None` is a mistake that is reported, the inner one an automatic layout.
    fn layout_ref(&self, obj: &Obj) -> Option<PipelineLayoutRef> {
        match obj.get("layout").map(|node| &node.val) {
            None | Some(Val::Auto) => Some(None),
            Some(Val::Decl(Ns::PipelineLayout, index)) => Some(Some(PipelineLayoutId(*index))),
            _ => None,
        }
    }

    /// A stage's module, entry point and constants. Source: language reference, section 6.4.
    pub(super) fn stage(&mut self, obj: &Obj, module: &str, stage: reflect::Stage, owner: &str) -> Option<Stage> {
        let shader = match obj.get(module) {
            Some(node) => match node.val {
                Val::Decl(ns, index) => *self.shader_of.get(&(ns, index))?,
                _ => return None,
            },
            None => match self.scene.shaders.len() {
                1 => 0,
                count => {
                    if obj.incomplete {
                        return None;
                    }
                    let message = format!("the {} stage of {owner} names no module", stage.as_str());
                    let help = match count {
                        0 => "declare a `#shaderModule` and name it with `module=…`".to_string(),
                        _ => {
                            let names: Vec<&str> =
                                self.scene.shaders.iter().take(12).map(|shader| shader.name.as_str()).collect();
                            format!("write `module=` and one of `{}`", names.join("`, `"))
                        }
                    };
                    self.report(Diagnostic::new(Code::MissingProperty, obj.span, message).help(help));
                    return None;
                }
            },
        };
        let constants = match obj.get("constants").map(|node| &node.val) {
            Some(Val::Record(entries)) => entries.clone(),
            Some(_) => return None,
            None => Vec::new(),
        };
        let found = &self.scene.shaders[shader];
        let default = match stage {
            reflect::Stage::Vertex => "vertexMain",
            reflect::Stage::Fragment => "fragmentMain",
            reflect::Stage::Compute => "main",
        };
        let written = match obj.get("entryPoint") {
            Some(Node { val: Val::Str(name), span }) => Some((name.clone(), *span)),
            Some(_) => return None,
            None => None,
        };
        let Some(reflected) = &found.module else {
            // A module that is wrong or cannot be checked: taken at its word.
            let entry = written.map_or(default.to_string(), |(name, _)| name);
            return Some(Stage { span: obj.span, shader: ShaderId(shader), entry, constants });
        };
        let of_stage: Vec<&str> = reflected.entry_points_of(stage).map(|entry| entry.name.as_str()).collect();
        let entry = match &written {
            Some((name, span)) => match reflected.entry_point(name) {
                Some(entry) if entry.stage == stage => name.clone(),
                other => {
                    let mut diagnostic = match other {
                        Some(entry) => Diagnostic::new(
                            Code::EntryPointNotFound,
                            *span,
                            format!("`{name}` is a {} entry point, not a {} one", entry.stage.as_str(), stage.as_str()),
                        )
                        .also(entry.span, "declared here"),
                        None => Diagnostic::new(
                            Code::EntryPointNotFound,
                            *span,
                            format!("`{}` has no entry point `{name}`", found.name),
                        ),
                    };
                    diagnostic = match nearest(name, of_stage.iter().copied()) {
                        Some(near) => {
                            diagnostic.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), false, *span, near)
                        }
                        None if of_stage.is_empty() => diagnostic.help(format!("it has no `@{}` function", stage.as_str())),
                        None => diagnostic.help(format!("its {} entry points are `{}`", stage.as_str(), of_stage.join("`, `"))),
                    };
                    self.report(diagnostic);
                    return None;
                }
            },
            None => match of_stage.as_slice() {
                [one] => (*one).to_string(),
                several if several.contains(&default) => default.to_string(),
                several => {
                    let code = if several.is_empty() { Code::EntryPointNotFound } else { Code::EntryPointAmbiguous };
                    let message = match several.len() {
                        0 => format!("`{}` has no {} entry point", found.name, stage.as_str()),
                        count => format!("`{}` has {count} {} entry points", found.name, stage.as_str()),
                    };
                    let help = match several {
                        [] => format!("add a function with `@{}` to it", stage.as_str()),
                        _ => format!("write `entryPoint=` and one of `{}`", several.join("`, `")),
                    };
                    self.report(Diagnostic::new(code, obj.span, message).help(help));
                    return None;
                }
            },
        };
        Some(Stage { span: obj.span, shader: ShaderId(shader), entry, constants })
    }

    pub(super) fn render_pipeline(&mut self, o: &Object) -> Option<RenderPipeline> {
        let obj = &o.obj;
        let owner = format!("`#renderPipeline {}`", o.name);
        let vertex = obj.obj("vertex").and_then(|stage| self.stage(stage, "module", reflect::Stage::Vertex, &owner));
        let fragment_obj = obj.obj("fragment");
        let fragment = fragment_obj.map(|stage| self.stage(stage, "module", reflect::Stage::Fragment, &owner));
        let buffers = obj.obj("vertex").map_or(Some(Vec::new()), |stage| self.vertex_buffers(stage));
        let targets = fragment_obj.map_or(Some(Vec::new()), |stage| self.targets(stage));
        let depth_stencil = match obj.get("depthStencil") {
            None => Some(None),
            Some(Node { val: Val::Obj(state), .. }) => self.depth_stencil(state, obj.obj("primitive")).map(Some),
            Some(_) => None,
        };
        let multisample_span = obj.get("multisample").map_or(o.name_span, |node| node.span);
        let (sample_count, multisample, alpha_to_coverage) = match obj.get("multisample").map(|node| &node.val) {
            None => (1, None, false),
            Some(Val::Num(_)) => {
                let count = self.sample_count(obj, "multisample")?;
                (count, Some(object([(Field::Count, Value::Uint(count))])), false)
            }
            Some(Val::Obj(state)) => {
                let count = self.sample_count(state, "count")?;
                let mut fields = vec![(Field::Count, Value::Uint(count))];
                if let Some(mask) = state.uint("mask") {
                    fields.push((Field::Mask, Value::Uint(mask)));
                }
                let coverage = state.bool("alphaToCoverageEnabled").unwrap_or(false);
                if coverage {
                    fields.push((Field::AlphaToCoverageEnabled, Value::Bool(true)));
                }
                (count, Some(object(fields)), coverage)
            }
            Some(_) => return None,
        };
        let (primitive, topology, strip) = self.primitive(obj)?;
        Some(RenderPipeline {
            named: named(o),
            layout: self.layout_ref(obj)?,
            vertex: vertex?,
            buffers: buffers?,
            fragment: match fragment {
                Some(stage) => Some(stage?),
                None => None,
            },
            targets: targets?,
            primitive,
            topology,
            strip_index_format: strip,
            depth_stencil: depth_stencil?,
            sample_count,
            multisample: multisample.filter(|_| sample_count != 1 || obj.obj("multisample").is_some()),
            multisample_span,
            alpha_to_coverage,
        })
    }

    fn primitive(&mut self, obj: &Obj) -> Option<(Option<Value>, Word, Option<Word>)> {
        let list = Word::of("triangle-list");
        let Some(node) = obj.get("primitive") else { return Some((None, list, None)) };
        let Val::Obj(state) = &node.val else { return None };
        let topology = if state.get("topology").is_some() { state.word("topology")? } else { list };
        let strip = state.word("stripIndexFormat");
        if strip.is_some() && !topology.text().ends_with("strip") {
            self.report(
                Diagnostic::new(
                    Code::VertexLayout,
                    state.span_of("stripIndexFormat"),
                    format!("`stripIndexFormat` with {}", topology.text()),
                )
                .help("it goes with line-strip and triangle-strip only"),
            );
        }
        let mut fields = Vec::new();
        word_field(&mut fields, Field::Topology, Some(topology), "triangle-list");
        word_field(&mut fields, Field::StripIndexFormat, strip, "");
        word_field(&mut fields, Field::FrontFace, state.word("frontFace"), "ccw");
        word_field(&mut fields, Field::CullMode, state.word("cullMode"), "none");
        if state.bool("unclippedDepth") == Some(true) {
            let span = state.span_of("unclippedDepth");
            self.diagnostics.extend(self.scene.device.need(Feature::DepthClipControl, span, "`unclippedDepth`"));
            fields.push((Field::UnclippedDepth, Value::Bool(true)));
        }
        Some(((!fields.is_empty()).then(|| object(fields)), topology, strip))
    }

    fn vertex_buffers(&mut self, stage: &Obj) -> Option<Vec<Option<VertexBuffer>>> {
        if stage.bad("buffers") {
            return None;
        }
        let mut buffers = Vec::new();
        for node in stage.list("buffers") {
            let Val::Obj(layout) = &node.val else { return None };
            if layout.incomplete || ["arrayStride", "stepMode", "attributes"].iter().any(|name| layout.bad(name)) {
                return None;
            }
            let mut attributes = Vec::new();
            for node in layout.list("attributes") {
                let Val::Obj(attribute) = &node.val else { return None };
                if attribute.bad("format") || attribute.bad("offset") {
                    return None;
                }
                attributes.push(Attribute {
                    span: attribute.span,
                    location: attribute.uint("shaderLocation")?,
                    offset: attribute.uint_or("offset", 0),
                    format: attribute.word("format").unwrap_or(Word::of("float32x4")),
                });
            }
            if layout.props.is_empty() {
                buffers.push(None);
                continue;
            }
            let end = |attribute: &Attribute| attribute.offset.saturating_add(formats::vertex_format(attribute.format).2);
            let stride = layout.uint("arrayStride").unwrap_or_else(|| {
                let end = attributes.iter().map(end).max().unwrap_or(0);
                // What is too large is so for the attribute; it is reported there.
                end.checked_next_multiple_of(4).unwrap_or(end / 4 * 4)
            });
            if !stride.is_multiple_of(4) {
                let message = format!("stride {stride} is not a multiple of 4");
                self.report(Diagnostic::new(Code::VertexLayout, layout.span_of("arrayStride"), message));
            }
            for attribute in &attributes {
                let (_, _, size) = formats::vertex_format(attribute.format);
                if !attribute.offset.is_multiple_of(size.min(4)) {
                    let message = format!("offset {} is not a multiple of {}", attribute.offset, size.min(4));
                    self.report(Diagnostic::new(Code::VertexLayout, attribute.span, message));
                } else if layout.get("arrayStride").is_some()
                    && stride.is_multiple_of(4)
                    && stride != 0
                    && end(attribute) > stride
                {
                    let message = format!("this attribute ends at byte {}, behind the stride of {stride}", end(attribute));
                    self.report(
                        Diagnostic::new(Code::VertexLayout, attribute.span, message)
                            .also(layout.span_of("arrayStride"), "the stride"),
                    );
                }
            }
            let per_instance = layout.word("stepMode").is_some_and(|word| word.text() == "instance");
            buffers.push(Some(VertexBuffer { span: layout.span, stride, per_instance, attributes }));
        }
        // Source: WebGPU, 10.3.7 "validating GPUVertexState".
        let most = self.scene.device.limit(Limit::MaxVertexBuffers);
        if buffers.len() as u64 > most {
            let message = format!("a pipeline has at most {most} vertex buffers, and {} are listed", buffers.len());
            let diagnostic = Diagnostic::new(Code::BadLength, stage.span_of("buffers"), message);
            self.report(self.scene.device.raise(diagnostic, Limit::MaxVertexBuffers, buffers.len() as u64));
        }
        let mut seen: BTreeMap<u32, Span> = BTreeMap::new();
        for attribute in buffers.iter().flatten().flat_map(|buffer: &VertexBuffer| &buffer.attributes) {
            if let Some(old) = seen.insert(attribute.location, attribute.span) {
                let message = format!("two attributes for location {}", attribute.location);
                self.diagnostics.push(Diagnostic::new(Code::VertexLayout, attribute.span, message).also(old, "the first one"));
            }
        }
        Some(buffers)
    }

    fn targets(&mut self, stage: &Obj) -> Option<Vec<Target>> {
        if stage.bad("targets") {
            return None;
        }
        let mut targets = Vec::new();
        for node in stage.list("targets") {
            let Val::Obj(target) = &node.val else { return None };
            if target.incomplete || target.bad("format") || target.bad("writeMask") {
                return None;
            }
            let blend = match target.get("blend") {
                None => None,
                Some(Node { val: Val::Obj(blend), .. }) => Some(object([
                    (Field::Color, self.blend_part(blend.obj("color")?)),
                    (Field::Alpha, self.blend_part(blend.obj("alpha")?)),
                ])),
                Some(_) => return None,
            };
            targets.push(Target {
                span: target.span,
                format: target.word("format").unwrap_or(Word::of("preferredCanvasFormat")),
                blend,
                write_mask: target.flags("writeMask").unwrap_or(15),
            });
        }
        if targets.len() > 8 {
            let message = format!("a pipeline has at most 8 color targets, but {}", crate::diag::given(targets.len()));
            self.report(Diagnostic::new(Code::BadLength, stage.span_of("targets"), message));
        }
        Some(targets)
    }

    fn blend_part(&mut self, part: &Obj) -> Value {
        let members = [
            (Field::Operation, part.word("operation"), "add"),
            (Field::SrcFactor, part.word("srcFactor"), "one"),
            (Field::DstFactor, part.word("dstFactor"), "zero"),
        ];
        // All or none: browsers warn of a component that leaves out some.
        let plain = members.iter().all(|(_, word, default)| word.is_none_or(|word| word.text() == *default));
        let written = members.into_iter().filter(|_| !plain);
        let fields: Vec<(Field, Value)> =
            written.map(|(field, word, default)| (field, word.map_or_else(|| Value::word(default), Value::Word))).collect();
        let extreme = part.word("operation").is_some_and(|word| matches!(word.text(), "min" | "max"));
        for (name, default) in [("srcFactor", "one"), ("dstFactor", "one")] {
            let factor = part.word(name).map_or(if name == "srcFactor" { "one" } else { "zero" }, Word::text);
            if extreme && factor != default {
                self.report(
                    Diagnostic::new(
                        Code::ColorTarget,
                        part.span_of(name),
                        format!("with min and max both factors must be one, `{name}` is {factor}"),
                    )
                    .help(format!("write `{name}=one`")),
                );
            }
        }
        for name in ["srcFactor", "dstFactor"] {
            if let Some(factor) = part.word(name).filter(|factor| factor.text().contains("src1")) {
                let what = format!("the factor {}", factor.text());
                self.diagnostics.extend(self.scene.device.need(Feature::DualSourceBlending, part.span_of(name), &what));
            }
        }
        object(fields)
    }

    fn depth_stencil(&mut self, state: &Obj, primitive: Option<&Obj>) -> Option<DepthStencil> {
        let format = state.word("format")?;
        let info = formats::info(format, &self.scene.device);
        if state.props.iter().any(|(.., node)| matches!(node.val, Val::Bad)) {
            return None;
        }
        if !info.depth && !info.stencil {
            self.report(
                Diagnostic::new(
                    Code::DepthState,
                    state.span_of("format"),
                    format!("{} is not a depth or stencil format", format.text()),
                )
                .help("such as depth24plus, depth32float or depth24plus-stencil8"),
            );
            let mut fields = vec![(Field::Format, Value::Word(format))];
            fields.extend(state.bool("depthWriteEnabled").map(|write| (Field::DepthWriteEnabled, Value::Bool(write))));
            fields.extend(state.word("depthCompare").map(|compare| (Field::DepthCompare, Value::Word(compare))));
            // What more there is to say depends on the format.
            let descriptor = object(fields);
            return Some(DepthStencil { span: state.span, format, depth_write: false, stencil_write: false, descriptor });
        }
        let mut fields = vec![(Field::Format, Value::Word(format))];
        let write = state.bool("depthWriteEnabled");
        let compare = state.word("depthCompare");
        if info.depth {
            if write.is_none() {
                self.report(
                    Diagnostic::new(Code::DepthState, state.span, "a format with depth needs `depthWriteEnabled`")
                        .help("write `depthWriteEnabled=true`, or false to test only"),
                );
            }
            let needs_compare = write == Some(true)
                || ["stencilFront", "stencilBack"]
                    .iter()
                    .any(|face| state.obj(face).and_then(|face| face.word("depthFailOp")).is_some_and(|op| op.text() != "keep"));
            if compare.is_none() && needs_compare {
                self.report(
                    Diagnostic::new(Code::DepthState, state.span, "depth is written, so it needs `depthCompare`")
                        .help("write `depthCompare=less`, or always"),
                );
            }
        } else {
            // What does nothing with depth may be written all the same.
            let tests = compare.is_some_and(|word| word.text() != "always");
            for (name, is_wrong) in [("depthWriteEnabled", write == Some(true)), ("depthCompare", tests)] {
                if is_wrong {
                    let message = format!("`{name}`, but {} has no depth", format.text());
                    self.report(Diagnostic::new(Code::DepthState, state.span_of(name), message));
                }
            }
        }
        if let Some(write) = write {
            fields.push((Field::DepthWriteEnabled, Value::Bool(write)));
        }
        if let Some(compare) = compare {
            fields.push((Field::DepthCompare, Value::Word(compare)));
        }
        let mut stencil_write = false;
        let cull = primitive.and_then(|primitive| primitive.word("cullMode")).map_or("none", Word::text);
        for (name, field) in [("stencilFront", Field::StencilFront), ("stencilBack", Field::StencilBack)] {
            let Some(face) = state.obj(name) else { continue };
            let mut inner = Vec::new();
            word_field(&mut inner, Field::Compare, face.word("compare"), "always");
            word_field(&mut inner, Field::FailOp, face.word("failOp"), "keep");
            word_field(&mut inner, Field::DepthFailOp, face.word("depthFailOp"), "keep");
            word_field(&mut inner, Field::PassOp, face.word("passOp"), "keep");
            if inner.is_empty() {
                continue;
            }
            let writes = ["failOp", "depthFailOp", "passOp"].iter().any(|op| face.word(op).is_some_and(|op| op.text() != "keep"));
            // Faces that are culled write nothing.
            stencil_write |= writes && state.uint("stencilWriteMask") != Some(0) && !name.to_lowercase().ends_with(cull);
            if !info.stencil {
                let message = format!("`{name}`, but {} has no stencil", format.text());
                self.report(
                    Diagnostic::new(Code::DepthState, state.span_of(name), message)
                        .help("use a format such as depth24plus-stencil8"),
                );
            }
            fields.push((field, object(inner)));
        }
        for (name, field) in [("stencilReadMask", Field::StencilReadMask), ("stencilWriteMask", Field::StencilWriteMask)] {
            if let Some(mask) = state.uint(name).filter(|mask| *mask != u32::MAX) {
                fields.push((field, Value::Uint(mask)));
            }
        }
        let topology = primitive.and_then(|primitive| primitive.word("topology")).map_or("triangle-list", Word::text);
        for name in ["depthBias", "depthBiasSlopeScale", "depthBiasClamp"] {
            if !topology.starts_with("triangle") && state.num(name).is_some_and(|bias| bias != 0.0) {
                let message = format!("`{name}` with {topology}");
                let diagnostic = Diagnostic::new(Code::DepthState, state.span_of(name), message);
                self.report(diagnostic.help("only triangles have a depth bias: leave it out"));
            }
        }
        if let Some(bias) = state.num("depthBias").filter(|bias| *bias != 0.0) {
            fields.push((Field::DepthBias, Value::Int(bias as i32)));
        }
        for (name, field) in [("depthBiasSlopeScale", Field::DepthBiasSlopeScale), ("depthBiasClamp", Field::DepthBiasClamp)] {
            if let Some(value) = state.num(name).filter(|value| *value != 0.0) {
                fields.push((field, Value::F32(value as f32)));
            }
        }
        Some(DepthStencil {
            span: state.span,
            format,
            depth_write: write == Some(true),
            stencil_write,
            descriptor: object(fields),
        })
    }

    pub(super) fn compute_pipeline(&mut self, o: &Object) -> Option<ComputePipeline> {
        let owner = format!("`#computePipeline {}`", o.name);
        let compute = self.stage(o.obj.obj("compute")?, "module", reflect::Stage::Compute, &owner)?;
        Some(ComputePipeline { named: named(o), layout: self.layout_ref(&o.obj)?, compute })
    }
}
