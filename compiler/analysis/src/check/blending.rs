//! Colours that no target keeps: masks and blend factors that leave everything as it was.

use super::Scene;
use pngine_format::word::{BlendFactor, BlendOperation};
use pngine_scene::uses::{entry, used_groups};
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_wgsl::reflect::Resource as Variable;
use std::collections::BTreeSet;

/// A pipeline whose draws leave every pixel as it was, and do nothing else either.
pub fn leaves_nothing(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let (mut counted, mut constants): (BTreeSet<RenderPipelineId>, BTreeSet<RenderPipelineId>) = Default::default();
    let mut drawing: BTreeSet<RenderPipelineId> = BTreeSet::new();
    for pass in scene.all_render_passes() {
        let commands = scene.flattened(&pass.commands);
        let pipelines: Vec<RenderPipelineId> = commands
            .iter()
            .filter_map(|command| match &command.value {
                PassCommand::SetPipeline(PipelineId::Render(id)) => Some(*id),
                _ => None,
            })
            .collect();
        // A pass with queries counts what it draws.
        if pass.occlusion.is_some() {
            counted.extend(&pipelines);
        }
        if commands.iter().any(|command| matches!(command.value, PassCommand::SetBlendConstant(_))) {
            constants.extend(&pipelines);
        }
        drawing.extend(pipelines);
    }
    for id in drawing.into_iter().filter(|id| !counted.contains(id)) {
        let Some(pipeline) = scene.render_pipeline(id) else { continue };
        let writes_depth = |state: &DepthStencil| state.writes_depth() || state.writes_stencil(pipeline.primitive.cull_mode);
        let has_other_use = pipeline.depth_stencil.as_ref().is_some_and(writes_depth)
            || pipeline.fragment.is_none()
            || pipeline.targets.is_empty()
            || writes(scene, id);
        if has_other_use {
            continue;
        }
        let alpha = pipeline.fragment.as_ref().and_then(|stage| entry(scene, stage)).and_then(|(_, entry)| entry.constant_alpha);
        let reason_of = |(index, target): (usize, &Target)| {
            // What a fragment gives to other targets is not looked at.
            Reason::of(target, alpha.filter(|_| index == 0), constants.contains(&id))
        };
        let reasons: Option<Vec<Reason>> = pipeline.targets.iter().enumerate().map(reason_of).collect();
        let first = reasons.and_then(|reasons| reasons.into_iter().next());
        let Some((target, reason)) = pipeline.targets.first().zip(first) else { continue };
        let message = format!("`{}` changes no pixel: {}", pipeline.named.name, reason.text());
        diagnostics.push(
            Diagnostic::new(Code::ColorLost, target.span, message)
                .label("nothing comes of what is drawn here")
                .help(reason.help()),
        );
    }
}

/// Whether a stage can write to a buffer or texture, which somebody else may read.
fn writes(scene: &Scene, id: RenderPipelineId) -> bool {
    let pipeline = PipelineId::Render(id);
    let Some(groups) = used_groups(scene, pipeline) else { return true };
    groups.into_iter().flat_map(|group| uses::used_bindings(scene, pipeline, group).unwrap_or_default()).any(|used| {
        matches!(used.binding.resource, Variable::Storage { is_writable: true, .. } | Variable::StorageTexture { .. })
    })
}

/// Why a target stays as it was.
#[derive(Clone, Copy)]
enum Reason {
    /// Its write mask is empty.
    Mask,
    /// Its factors are 0 and 1, whatever is drawn.
    Factors,
    /// Its factors are, because the alpha is 0.
    Alpha,
    /// Its factors are, because nobody sets the blend constant, which begins as 0.
    Constant,
}

impl Reason {
    fn of(target: &Target, alpha: Option<f32>, has_constant: bool) -> Option<Self> {
        if target.write_mask & 15 == 0 {
            return Some(Self::Mask);
        }
        let constant = (!has_constant).then_some(0.0);
        let tries = [(Self::Factors, None, None), (Self::Alpha, alpha, None), (Self::Constant, None, constant)];
        tries.into_iter().find(|(_, alpha, constant)| keeps(target, *alpha, *constant)).map(|(reason, ..)| reason)
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Mask => "its `writeMask` is 0",
            Self::Factors => "its blend factors take nothing of what is drawn",
            Self::Alpha => "its shader gives an alpha of 0, and the blend factors take that much of the colour",
            Self::Constant => "its blend factors take as much as the blend constant says, and nothing sets that",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Self::Mask => "leave `writeMask` out",
            Self::Factors => "write `srcFactor=one`, or leave `blend` out",
            Self::Alpha => "return an alpha of 1, or leave `blend` out",
            Self::Constant => "add `setBlendConstant=[1 1 1 1]` to the pass",
        }
    }
}

/// Whether blending leaves a target as it was, if the source's alpha and the blend constant are these.
fn keeps(target: &Target, alpha: Option<f32>, constant: Option<f32>) -> bool {
    let Some(blend) = &target.blend else { return false };
    // Without alpha among the written channels, the target's stays.
    let colors = target.write_mask & 7 == 0 || keeps_part(&blend.color, false, alpha, constant);
    colors && (target.write_mask & 8 == 0 || keeps_part(&blend.alpha, true, alpha, constant))
}

fn keeps_part(part: &BlendPart, is_alpha: bool, alpha: Option<f32>, constant: Option<f32>) -> bool {
    if !matches!(part.operation, BlendOperation::Add | BlendOperation::ReverseSubtract) {
        return false;
    }
    let [source, destination] = part.factors.map(|factor| *factor);
    let value = |factor: BlendFactor| match factor {
        BlendFactor::Zero => Some(0.0),
        BlendFactor::One => Some(1.0),
        BlendFactor::SrcAlpha => alpha,
        BlendFactor::Src if is_alpha => alpha,
        BlendFactor::OneMinusSrcAlpha => alpha.map(|alpha| 1.0 - alpha),
        BlendFactor::OneMinusSrc if is_alpha => alpha.map(|alpha| 1.0 - alpha),
        BlendFactor::Constant => constant,
        BlendFactor::OneMinusConstant => constant.map(|constant| 1.0 - constant),
        _ => None,
    };
    let nothing_comes = value(source) == Some(0.0) || (is_alpha && alpha == Some(0.0));
    nothing_comes && value(destination) == Some(1.0)
}
