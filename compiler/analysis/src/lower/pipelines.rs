//! Pipelines and their stages.

use super::{Lowerer, named};
use crate::language::{self, At, Auto, Either, Kind, ModuleRef, Record, Slot};
use crate::limits::MOST_LISTED_NAMES;
use crate::resolve::Object;
use pngine_format::word::VertexStepMode;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, nearest};
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
                                self.scene.shaders.iter().take(MOST_LISTED_NAMES).map(|shader| shader.name.as_str()).collect();
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
            let entry = written.map_or(default.to_string(), |name| name.value);
            return Some(Stage { span: at.span, shader: ShaderId(shader), entry, constants });
        };
        let of_stage: Vec<&str> = reflected.entry_points_of(stage).map(|entry| entry.name.as_str()).collect();
        let entry = match &written {
            Some(Spanned { value: name, span }) => match reflected.entry_point(name) {
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
        if declared.multisample.is_bad() || declared.primitive.is_bad() || primitive.is_some_and(|state| state.topology.is_bad())
        {
            return None;
        }
        Some(RenderPipeline {
            named: named(o),
            primitive: primitive.map_or(Primitive::default_at(o.name_span), primitive_of),
            layout: layout_ref(&declared.layout)?,
            vertex: vertex_stage?,
            buffers: Spanned::new(buffers?, vertex.map_or(o.name_span, |stage| stage.buffers.span)),
            fragment: match fragment_stage {
                Some(stage) => Some(stage?),
                None => None,
            },
            targets: Spanned::new(targets?, fragment.map_or(o.name_span, |stage| stage.targets.span)),
            depth_stencil: match declared.depth_stencil.value.as_ref() {
                Some(state) => Some(depth_stencil(state)?),
                None if declared.depth_stencil.is_bad() => return None,
                None => None,
            },
            multisample: Spanned::new(multisample(&declared.multisample), declared.multisample.span_or(o.name_span)),
        })
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
            let stride = {
                let end = attributes.iter().map(end).max().unwrap_or(0);
                // What is too large is so for the attribute; it is reported there.
                layout.array_stride.setting().or(end.checked_next_multiple_of(4).unwrap_or(end / 4 * 4))
            };
            let per_instance = layout.step_mode.value == VertexStepMode::Instance;
            buffers.push(Some(VertexBuffer { span: layout.at.span, stride, per_instance, attributes }));
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
                Some(blend) => {
                    Some(Blend { color: blend_part(blend.color.value.as_ref()?), alpha: blend_part(blend.alpha.value.as_ref()?) })
                }
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

fn primitive_of(state: &language::Primitive) -> Primitive {
    Primitive {
        topology: state.topology.value,
        strip_index_format: state.strip_index_format.found(),
        front_face: state.front_face.value,
        cull_mode: state.cull_mode.value,
        unclipped_depth: state.unclipped_depth.spanned(),
    }
}

/// A state, or only its count.
fn multisample(slot: &Slot<Option<Either<language::Multisample, u32>>>) -> Multisample {
    let (count, mask, alpha_to_coverage) = match &slot.value {
        None => (Setting::unwritten(1, slot.span), None, false),
        Some(Either::B(count)) => (Setting::unwritten(*count, slot.span), None, false),
        Some(Either::A(state)) => (state.count.setting(), state.mask.written().copied(), state.alpha_to_coverage_enabled.value),
    };
    Multisample { count, mask, alpha_to_coverage }
}

fn blend_part(part: &language::BlendPart) -> BlendPart {
    BlendPart { operation: part.operation.value, factors: [part.src_factor.spanned(), part.dst_factor.spanned()] }
}

fn depth_stencil(state: &language::DepthStencil) -> Option<DepthStencil> {
    let format = state.format.found().filter(|_| state.at.is_sound)?;
    let faces = [&state.stencil_front, &state.stencil_back].map(|slot| {
        let face = slot.value.as_ref().map_or(StencilFace::default(), |face| StencilFace {
            compare: face.compare.value,
            operations: [face.fail_op.value, face.depth_fail_op.value, face.pass_op.value],
        });
        Spanned::new(face, slot.span)
    });
    Some(DepthStencil {
        span: state.at.span,
        format,
        depth_write: state.depth_write_enabled.found(),
        depth_compare: state.depth_compare.found(),
        faces,
        read_mask: state.stencil_read_mask.value,
        write_mask: state.stencil_write_mask.value,
        bias: state.depth_bias.spanned(),
        slope_and_clamp: [state.depth_bias_slope_scale.spanned(), state.depth_bias_clamp.spanned()],
    })
}
