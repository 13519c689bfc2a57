//! Pipelines and their stages.

use super::{Lowerer, named, word_field};
use crate::language::{self, At, Auto, Either, Kind, ModuleRef, Record, Slot};
use crate::resolve::Object;
use pngine_format::descriptor::{Field, Value, object};
use pngine_format::word::{
    BlendFactor, BlendOperation, CompareFunction, CullMode, FrontFace, PrimitiveTopology, StencilOperation, VertexStepMode,
};
use pngine_scene::formats;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_wgsl::device::Feature;
use pngine_wgsl::reflect;

/// What is written for a stage.
pub(super) struct StageSlots<'a> {
    pub(super) at: At,
    pub(super) module: &'a Slot<Option<ModuleRef>>,
    pub(super) entry_point: &'a Slot<Option<String>>,
    pub(super) constants: Option<&'a Slot<Option<<Record as Kind>::Value>>>,
}

/// The slots that the stages of pipelines have.
macro_rules! slots_of {
    ($stage:expr) => {
        StageSlots { at: $stage.at, module: &$stage.module, entry_point: &$stage.entry_point, constants: Some(&$stage.constants) }
    };
}

/// What is written for a pipeline's layout; the outer `None` is a mistake that is reported, the inner one an automatic layout.
fn layout_ref(slot: &Slot<Option<Auto<PipelineLayoutId>>>) -> Option<PipelineLayoutRef> {
    match slot.value {
        None if slot.is_bad() => None,
        None | Some(Auto::Auto) => Some(None),
        Some(Auto::Is(layout)) => Some(Some(layout)),
    }
}

impl Lowerer<'_> {
    /// A stage's module, entry point and constants. Source: language reference, section 6.4.
    pub(super) fn stage(&mut self, slots: StageSlots, stage: reflect::Stage, owner: &str) -> Option<Stage> {
        let at = slots.at;
        let shader = match slots.module.value {
            Some(ModuleRef(ns, index)) => *self.shader_of.get(&(ns, index))?,
            None if slots.module.is_bad() => return None,
            None => match self.scene.shaders.len() {
                1 => 0,
                count => {
                    if at.is_incomplete {
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
                    self.report(Diagnostic::new(Code::MissingProperty, at.span, message).help(help));
                    return None;
                }
            },
        };
        if slots.entry_point.is_bad() || slots.constants.is_some_and(Slot::is_bad) {
            return None;
        }
        let constants = slots.constants.and_then(|constants| constants.value.clone()).unwrap_or_default();
        let found = &self.scene.shaders[shader];
        let default = match stage {
            reflect::Stage::Vertex => "vertexMain",
            reflect::Stage::Fragment => "fragmentMain",
            reflect::Stage::Compute => "main",
        };
        let written = slots.entry_point.found();
        let Some(reflected) = &found.module else {
            // A module that is wrong or cannot be checked: taken at its word.
            let entry = written.map_or(default.to_string(), |(name, _)| name);
            return Some(Stage { span: at.span, shader: ShaderId(shader), entry, constants });
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
                    self.report(Diagnostic::new(code, at.span, message).help(help));
                    return None;
                }
            },
        };
        Some(Stage { span: at.span, shader: ShaderId(shader), entry, constants })
    }

    pub(super) fn render_pipeline(&mut self, index: usize, o: &Object) -> Option<RenderPipeline> {
        let declared: language::RenderPipeline = o.read();
        let owner = format!("`#renderPipeline {}`", o.name);
        if !declared.layout.is_written() {
            self.open_layouts.insert(PipelineId::Render(RenderPipelineId(index)));
        }
        let vertex = declared.vertex.value.as_ref();
        let fragment = declared.fragment.value.as_ref();
        let primitive = declared.primitive.value.as_ref();
        let vertex_stage = vertex.and_then(|stage| self.stage(slots_of!(stage), reflect::Stage::Vertex, &owner));
        let fragment_stage = fragment.map(|stage| self.stage(slots_of!(stage), reflect::Stage::Fragment, &owner));
        let buffers = vertex.map_or(Some(Vec::new()), |stage| self.vertex_buffers(stage));
        let targets = fragment.map_or(Some(Vec::new()), |stage| self.targets(stage));
        let depth_stencil = declared.depth_stencil.value.as_ref().map(|state| self.depth_stencil(state, primitive));
        let multisample_span = declared.multisample.span_or(o.name_span);
        if declared.multisample.is_bad() {
            return None;
        }
        let ((sample_count, sample_span), multisample, alpha_to_coverage) = match &declared.multisample.value {
            None => ((1, multisample_span), None, false),
            Some(Either::B(count)) => {
                let multisample = (*count != 1).then(|| object([(Field::Count, Value::Uint(*count))]));
                ((*count, multisample_span), multisample, false)
            }
            Some(Either::A(state)) => {
                let mut fields = vec![(Field::Count, Value::Uint(state.count.value))];
                fields.extend(state.mask.written().map(|mask| (Field::Mask, Value::Uint(*mask))));
                let coverage = state.alpha_to_coverage_enabled.value;
                fields.extend(coverage.then_some((Field::AlphaToCoverageEnabled, Value::Bool(true))));
                (state.count.spanned(), Some(object(fields)), coverage)
            }
        };
        if declared.primitive.is_bad() || primitive.is_some_and(|state| state.topology.is_bad()) {
            return None;
        }
        let strip_index_format = primitive.and_then(|state| state.strip_index_format.value);
        Some(RenderPipeline {
            named: named(o),
            topology: primitive.map_or(PrimitiveTopology::TriangleList, |state| state.topology.value),
            primitive: primitive.and_then(|state| self.primitive(state)),
            strip_index_format,
            layout: layout_ref(&declared.layout)?,
            vertex: vertex_stage?,
            buffers: buffers?,
            buffers_span: vertex.map_or(o.name_span, |stage| stage.buffers.span),
            fragment: match fragment_stage {
                Some(stage) => Some(stage?),
                None => None,
            },
            targets: targets?,
            targets_span: fragment.map_or(o.name_span, |stage| stage.targets.span),
            depth_stencil: match depth_stencil {
                Some(state) => Some(state?),
                None if declared.depth_stencil.is_bad() => return None,
                None => None,
            },
            sample_count,
            sample_span,
            multisample,
            multisample_span,
            alpha_to_coverage,
        })
    }

    fn primitive(&mut self, state: &language::Primitive) -> Option<Value> {
        let topology = state.topology.value;
        let strip = &state.strip_index_format;
        if strip.value.is_some() && !is_strip(topology) {
            self.report(
                Diagnostic::new(Code::VertexLayout, strip.span, format!("`stripIndexFormat` with {}", topology.text()))
                    .help("it goes with line-strip and triangle-strip only"),
            );
        }
        let mut fields = Vec::new();
        word_field(&mut fields, Field::Topology, topology, PrimitiveTopology::TriangleList);
        fields.extend(strip.value.map(|format| (Field::StripIndexFormat, Value::Word(format.word()))));
        word_field(&mut fields, Field::FrontFace, state.front_face.value, FrontFace::Ccw);
        word_field(&mut fields, Field::CullMode, state.cull_mode.value, CullMode::None);
        if state.unclipped_depth.value {
            let span = state.unclipped_depth.span;
            self.diagnostics.extend(self.scene.device.need(Feature::DepthClipControl, span, "`unclippedDepth`"));
            fields.push((Field::UnclippedDepth, Value::Bool(true)));
        }
        (!fields.is_empty()).then(|| object(fields))
    }

    fn vertex_buffers(&mut self, stage: &language::VertexStage) -> Option<Vec<Option<VertexBuffer>>> {
        if stage.buffers.is_bad() {
            return None;
        }
        let mut buffers = Vec::new();
        for layout in stage.buffers.elements() {
            let layout = layout.value.as_ref()?;
            let mut attributes = Vec::new();
            for attribute in layout.attributes.elements() {
                let language::Attribute { at, shader_location, offset, format } = attribute.value.as_ref()?;
                if format.is_bad() || offset.is_bad() {
                    return None;
                }
                let format = format.value;
                attributes.push(Attribute { span: at.span, location: shader_location.value?, offset: offset.value, format });
            }
            if !layout.at.is_sound {
                return None;
            }
            if layout.at.is_empty {
                buffers.push(None);
                continue;
            }
            let end = |attribute: &Attribute| attribute.offset.saturating_add(attribute.format.layout().2);
            let stride = layout.array_stride.value.unwrap_or_else(|| {
                let end = attributes.iter().map(end).max().unwrap_or(0);
                // What is too large is so for the attribute; it is reported there.
                end.checked_next_multiple_of(4).unwrap_or(end / 4 * 4)
            });
            let per_instance = layout.step_mode.value == VertexStepMode::Instance;
            let stride_span = layout.array_stride.found().map(|(_, span)| span);
            buffers.push(Some(VertexBuffer { span: layout.at.span, stride, stride_span, per_instance, attributes }));
        }
        Some(buffers)
    }

    fn targets(&mut self, stage: &language::FragmentStage) -> Option<Vec<Target>> {
        if stage.targets.is_bad() {
            return None;
        }
        let mut targets = Vec::new();
        for target in stage.targets.elements() {
            let target = target.value.as_ref()?;
            if !target.at.is_sound {
                return None;
            }
            let blend = match &target.blend.value {
                None => None,
                Some(blend) => Some(object([
                    (Field::Color, self.blend_part(blend.color.value.as_ref()?)),
                    (Field::Alpha, self.blend_part(blend.alpha.value.as_ref()?)),
                ])),
            };
            targets.push(Target {
                span: target.at.span,
                format: target.format.value,
                blend,
                write_mask: target.write_mask.value,
            });
        }
        Some(targets)
    }

    fn blend_part(&mut self, part: &language::BlendPart) -> Value {
        let language::BlendPart { operation, src_factor, dst_factor, .. } = part;
        let mut fields = Vec::new();
        word_field(&mut fields, Field::Operation, operation.value, BlendOperation::Add);
        word_field(&mut fields, Field::SrcFactor, src_factor.value, BlendFactor::One);
        word_field(&mut fields, Field::DstFactor, dst_factor.value, BlendFactor::Zero);
        if !fields.is_empty() {
            // All or none: browsers warn of a component that leaves out some.
            fields = vec![
                (Field::Operation, Value::Word(operation.value.word())),
                (Field::SrcFactor, Value::Word(src_factor.value.word())),
                (Field::DstFactor, Value::Word(dst_factor.value.word())),
            ];
        }
        let extreme = matches!(operation.value, BlendOperation::Min | BlendOperation::Max);
        for slot in [src_factor, dst_factor] {
            let (factor, name) = (slot.value, slot.row.name);
            if extreme && factor != BlendFactor::One {
                let message = format!("with min and max both factors must be one, `{name}` is {}", factor.text());
                self.report(Diagnostic::new(Code::ColorTarget, slot.span, message).help(format!("write `{name}=one`")));
            }
        }
        for slot in [src_factor, dst_factor] {
            let factor = slot.value.text();
            if factor.contains("src1") {
                let need = self.scene.device.need(Feature::DualSourceBlending, slot.span, &format!("the factor {factor}"));
                self.diagnostics.extend(need);
            }
        }
        object(fields)
    }

    fn depth_stencil(&mut self, state: &language::DepthStencil, primitive: Option<&language::Primitive>) -> Option<DepthStencil> {
        let (format, format_span) = state.format.found()?;
        let info = formats::info(format, &self.scene.device);
        if !state.at.is_sound {
            return None;
        }
        let (write, compare) = (state.depth_write_enabled.value, state.depth_compare.value);
        let mut fields = vec![(Field::Format, Value::Word(format.word()))];
        fields.extend(write.map(|write| (Field::DepthWriteEnabled, Value::Bool(write))));
        fields.extend(compare.map(|compare| (Field::DepthCompare, Value::Word(compare.word()))));
        let span = state.at.span;
        if !info.depth && !info.stencil {
            let message = format!("{} is not a depth or stencil format", format.text());
            self.report(
                Diagnostic::new(Code::DepthState, format_span, message)
                    .help("such as depth24plus, depth32float or depth24plus-stencil8"),
            );
            // What more there is to say depends on the format.
            return Some(DepthStencil { span, format, depth_write: false, stencil_write: false, descriptor: object(fields) });
        }
        let faces = [
            (&state.stencil_front, Field::StencilFront, CullMode::Front),
            (&state.stencil_back, Field::StencilBack, CullMode::Back),
        ];
        if info.depth {
            if write.is_none() {
                self.report(
                    Diagnostic::new(Code::DepthState, span, "a format with depth needs `depthWriteEnabled`")
                        .help("write `depthWriteEnabled=true`, or false to test only"),
                );
            }
            let fails = |face: &language::StencilFace| face.depth_fail_op.value != StencilOperation::Keep;
            let needs_compare = write == Some(true) || faces.iter().any(|(face, ..)| face.value.as_ref().is_some_and(fails));
            if compare.is_none() && needs_compare {
                self.report(
                    Diagnostic::new(Code::DepthState, span, "depth is written, so it needs `depthCompare`")
                        .help("write `depthCompare=less`, or always"),
                );
            }
        } else {
            // What does nothing with depth may be written all the same.
            let tests = compare.is_some_and(|compare| compare != CompareFunction::Always);
            let (write_slot, compare_slot) = (&state.depth_write_enabled, &state.depth_compare);
            for (name, at, is_wrong) in
                [(write_slot.row.name, write_slot.span, write == Some(true)), (compare_slot.row.name, compare_slot.span, tests)]
            {
                if is_wrong {
                    let message = format!("`{name}`, but {} has no depth", format.text());
                    self.report(Diagnostic::new(Code::DepthState, at, message));
                }
            }
        }
        let mut stencil_write = false;
        let cull = primitive.map_or(CullMode::None, |primitive| primitive.cull_mode.value);
        for (slot, field, culled) in faces {
            let Some(face) = &slot.value else { continue };
            let operations = [face.fail_op.value, face.depth_fail_op.value, face.pass_op.value];
            let mut inner = Vec::new();
            word_field(&mut inner, Field::Compare, face.compare.value, CompareFunction::Always);
            for (field, operation) in [Field::FailOp, Field::DepthFailOp, Field::PassOp].into_iter().zip(operations) {
                word_field(&mut inner, field, operation, StencilOperation::Keep);
            }
            if inner.is_empty() {
                continue;
            }
            let writes = operations.iter().any(|operation| *operation != StencilOperation::Keep);
            // Faces that are culled write nothing.
            stencil_write |= writes && state.stencil_write_mask.value != 0 && cull != culled;
            if !info.stencil {
                let message = format!("`{}`, but {} has no stencil", slot.row.name, format.text());
                self.report(
                    Diagnostic::new(Code::DepthState, slot.span, message).help("use a format such as depth24plus-stencil8"),
                );
            }
            fields.push((field, object(inner)));
        }
        let masks = [(&state.stencil_read_mask, Field::StencilReadMask), (&state.stencil_write_mask, Field::StencilWriteMask)];
        for (mask, field) in masks {
            if mask.value != u32::MAX {
                fields.push((field, Value::Uint(mask.value)));
            }
        }
        let topology = primitive.map_or(PrimitiveTopology::TriangleList, |primitive| primitive.topology.value);
        let (bias, slope, clamp) = (&state.depth_bias, &state.depth_bias_slope_scale, &state.depth_bias_clamp);
        for (name, at, has_bias) in [
            (bias.row.name, bias.span, bias.value != 0),
            (slope.row.name, slope.span, slope.value != 0.0),
            (clamp.row.name, clamp.span, clamp.value != 0.0),
        ] {
            if has_bias && !matches!(topology, PrimitiveTopology::TriangleList | PrimitiveTopology::TriangleStrip) {
                let message = format!("`{name}` with {}", topology.text());
                let diagnostic = Diagnostic::new(Code::DepthState, at, message);
                self.report(diagnostic.help("only triangles have a depth bias: leave it out"));
            }
        }
        fields.extend((bias.value != 0).then_some((Field::DepthBias, Value::Int(bias.value))));
        for (slot, field) in [(slope, Field::DepthBiasSlopeScale), (clamp, Field::DepthBiasClamp)] {
            fields.extend((slot.value != 0.0).then_some((field, Value::F32(slot.value as f32))));
        }
        Some(DepthStencil { span, format, depth_write: write == Some(true), stencil_write, descriptor: object(fields) })
    }

    pub(super) fn compute_pipeline(&mut self, index: usize, o: &Object) -> Option<ComputePipeline> {
        let declared: language::ComputePipeline = o.read();
        if !declared.layout.is_written() {
            self.open_layouts.insert(PipelineId::Compute(ComputePipelineId(index)));
        }
        let owner = format!("`#computePipeline {}`", o.name);
        let compute = self.stage(slots_of!(declared.compute.value.as_ref()?), reflect::Stage::Compute, &owner)?;
        Some(ComputePipeline { named: named(o), layout: layout_ref(&declared.layout)?, compute })
    }
}

const fn is_strip(topology: PrimitiveTopology) -> bool {
    matches!(topology, PrimitiveTopology::LineStrip | PrimitiveTopology::TriangleStrip)
}
