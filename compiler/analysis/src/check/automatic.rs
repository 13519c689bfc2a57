//! Automatic layouts: what the stages of a pipeline use, put together. Source: WebGPU, 10.1.1 "Default pipeline layout".

use super::uses::{Used, agree, entry, type_of, used_bindings, used_groups};
use crate::diag::{Code, Diagnostic};
use crate::scene::*;
use crate::shader::reflect::{Binding, EntryPoint, Resource, Sample};
use crate::source::Span;
use pngine_format::op::CANVAS_TEXTURE;
use pngine_format::word::Word;
use std::collections::BTreeSet;

/// The entry of an automatic layout.
fn layout_entry(used: &Used) -> LayoutEntry {
    let kind = match &used.binding.resource {
        Resource::Uniform(block) => LayoutKind::Buffer { ty: Word::of("uniform"), dynamic: false, min_size: block.min_size },
        Resource::Storage { is_writable, block } => {
            let ty = Word::of(if *is_writable { "storage" } else { "read-only-storage" });
            LayoutKind::Buffer { ty, dynamic: false, min_size: block.min_size }
        }
        Resource::Sampler { is_comparison } => LayoutKind::Sampler {
            ty: Word::of(match (is_comparison, &used.unfilterable) {
                (true, _) => "comparison",
                (false, Some(_)) => "non-filtering",
                (false, None) => "filtering",
            }),
        },
        Resource::Texture { dimension, sample, is_multisampled } => LayoutKind::Texture {
            sample: Word::of(match sample {
                Sample::Float if used.sampled => "float",
                Sample::Float => "unfilterable-float",
                Sample::Depth => "depth",
                Sample::Sint => "sint",
                Sample::Uint => "uint",
            }),
            dimension: *dimension,
            multisampled: *is_multisampled,
        },
        Resource::StorageTexture { dimension, format, access } => {
            LayoutKind::StorageTexture { format: *format, access: *access, dimension: *dimension }
        }
        Resource::ExternalTexture => LayoutKind::ExternalTexture,
    };
    LayoutEntry { span: used.binding.span, binding: used.binding.binding, visibility: used.visibility, kind }
}

/// Writes out the automatic layouts of pipelines whose stages ask for different things at one binding: WebGPU merges them, and wgpu
/// 30 makes automatic layouts only of what is the same in both stages. Of a scene without errors.
pub fn write_out_merged(scene: &mut Scene) {
    for index in 0..scene.render_pipelines.len() {
        let id = PipelineId::Render(RenderPipelineId(index));
        let Some(pipeline) = scene.render_pipelines[index].as_ref().filter(|pipeline| pipeline.layout.is_none()) else {
            continue;
        };
        let named = pipeline.named.clone();
        let Some(last) = used_groups(scene, id).and_then(|groups| groups.last().copied()) else { continue };
        let Some(groups) = (0..=last).map(|group| used_bindings(scene, id, group)).collect::<Option<Vec<_>>>() else { continue };
        // Ids of layouts have 16 bits; where they are used up, browsers still play the scene.
        let ids = scene.layouts.len() + groups.len() + scene.groups.len() + scene.inits.len();
        if !groups.iter().flatten().any(|used| used.is_merged) || ids >= usize::from(CANVAS_TEXTURE) {
            continue;
        }
        let first = scene.layouts.len();
        scene.layouts.extend((0..).zip(&groups).map(|(group, used): (u32, _)| {
            let name = format!("{} group {group}", named.name);
            Some(Layout { named: Named { name, span: named.span }, entries: used.iter().map(layout_entry).collect() })
        }));
        let layouts = (first..scene.layouts.len()).map(LayoutId).collect();
        scene.pipeline_layouts.push(Some(PipelineLayout { named, groups: layouts }));
        let layout = PipelineLayoutId(scene.pipeline_layouts.len() - 1);
        if let Some(pipeline) = &mut scene.render_pipelines[index] {
            pipeline.layout = Some(layout);
        }
        for group in scene.groups.iter_mut().flatten() {
            if let GroupLayout::Auto(pipeline, slot) = group.layout
                && pipeline == id
                && slot <= last
            {
                group.layout = GroupLayout::Explicit(LayoutId(first + slot as usize));
            }
        }
    }
}

/// Stages that cannot share a layout, because they have different things at one binding.
pub fn disputes(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let mut reported: BTreeSet<(Span, Span)> = BTreeSet::new();
    for (index, pipeline) in scene.render_pipelines.iter().enumerate() {
        let Some(pipeline) = pipeline.as_ref().filter(|pipeline| pipeline.layout.is_none()) else { continue };
        let Some((_, vertex)) = entry(scene, &pipeline.vertex) else { continue };
        let Some((_, fragment)) = pipeline.fragment.as_ref().and_then(|stage| entry(scene, stage)) else { continue };
        let stages = scene.stages(PipelineId::Render(RenderPipelineId(index)));
        let [first, second] = stages.as_slice() else { continue };
        let of = |stage: &Stage, entry: &EntryPoint| -> Vec<Binding> {
            let module = scene.shaders[stage.shader.0].module.as_ref();
            entry.bindings.iter().filter_map(|index| module?.bindings.get(*index).cloned()).collect()
        };
        let seen = of(first, vertex);
        for binding in of(second, fragment) {
            let place = (binding.group, binding.binding);
            let Some(other) = seen.iter().find(|other| (other.group, other.binding) == place) else { continue };
            if agree(&other.resource, &binding.resource) || !reported.insert((other.span, binding.span)) {
                continue;
            }
            let message = format!(
                "the vertex and fragment stages of `{}` disagree about group {}, binding {}",
                pipeline.named.name, binding.group, binding.binding
            );
            diagnostics.push(
                Diagnostic::new(Code::BindingDisputed, binding.span, message)
                    .label(format!("the fragment stage has {} here", type_of(&binding.resource)))
                    .also(other.span, format!("the vertex stage has {} here", type_of(&other.resource)))
                    .also(pipeline.named.span, "its layout has one entry for both")
                    .help("give one of them another `@binding`"),
            );
        }
    }
}
