//! A scene that is right becomes one that can be emitted.

use super::uses::{Used, sample_type, used_bindings, used_groups};
use super::*;
use pngine_format::op::CANVAS_TEXTURE;
use pngine_wgsl::reflect::Resource as Variable;

impl Scene {
    /// The scene as it is emitted; `None` if it has a hole. The rules are for whoever checks: it is right if none is broken.
    pub fn accept(self) -> Option<Accepted> {
        let mut scene = self.filled()?;
        for pipeline in 0..scene.render_pipelines.len() {
            write_out_merged(&mut scene, RenderPipelineId(pipeline));
        }
        Some(scene)
    }
}

impl Accepted {
    /// Who a pipeline is.
    pub fn pipeline_named(&self, pipeline: PipelineId) -> &Named {
        match pipeline {
            PipelineId::Render(id) => &self[id].named,
            PipelineId::Compute(id) => &self[id].named,
        }
    }
}

/// Writes out the automatic layout of a pipeline whose stages ask for different things at one binding: WebGPU merges them, and wgpu
/// 30 makes automatic layouts only of what is the same in both stages.
fn write_out_merged(scene: &mut Accepted, render: RenderPipelineId) {
    let id = PipelineId::Render(render);
    if scene[render].layout.is_some() {
        return;
    }
    let named = scene[render].named.clone();
    let Some(last) = used_groups(scene, id).and_then(|groups| groups.last().copied()) else { return };
    let Some(groups) = (0..=last).map(|group| used_bindings(scene, id, group)).collect::<Option<Vec<_>>>() else { return };
    // Ids of layouts have 16 bits; where they are used up, browsers still play the scene.
    let ids = scene.layouts.len() + groups.len() + scene.groups.len() + scene.inits.len();
    if !groups.iter().flatten().any(|used| used.is_merged) || ids >= usize::from(CANVAS_TEXTURE) {
        return;
    }
    let first = scene.layouts.len();
    scene.layouts.extend((0..).zip(&groups).map(|(group, used): (u32, _)| {
        let name = format!("{} group {group}", named.name);
        Layout { named: Named { name, span: named.span }, entries: used.iter().map(layout_entry).collect() }
    }));
    let layouts = Spanned::new((first..scene.layouts.len()).map(LayoutId).collect(), named.span);
    scene.pipeline_layouts.push(PipelineLayout { named, groups: layouts });
    scene.render_pipelines[render.0].layout = Some(PipelineLayoutId(scene.pipeline_layouts.len() - 1));
    for group in &mut scene.groups {
        if let GroupLayout::Auto(pipeline, slot) = *group.layout
            && pipeline == id
            && slot <= last
        {
            group.layout.value = GroupLayout::Explicit(LayoutId(first + slot as usize));
        }
    }
}

/// The entry of an automatic layout.
fn layout_entry(used: &Used) -> LayoutEntry {
    let kind = match &used.binding.resource {
        Variable::Uniform(block) => {
            LayoutKind::Buffer { ty: BufferBindingType::Uniform, dynamic: false, min_size: block.min_size }
        }
        Variable::Storage { is_writable, block } => {
            let ty = if *is_writable { BufferBindingType::Storage } else { BufferBindingType::ReadOnlyStorage };
            LayoutKind::Buffer { ty, dynamic: false, min_size: block.min_size }
        }
        Variable::Sampler { is_comparison } => LayoutKind::Sampler {
            ty: match (is_comparison, &used.unfilterable) {
                (true, _) => SamplerBindingType::Comparison,
                (false, Some(_)) => SamplerBindingType::NonFiltering,
                (false, None) => SamplerBindingType::Filtering,
            },
        },
        Variable::Texture { dimension, sample, is_multisampled } => LayoutKind::Texture {
            sample: sample_type(*sample, used.sampled),
            dimension: *dimension,
            multisampled: *is_multisampled,
        },
        Variable::StorageTexture { dimension, format, access } => {
            LayoutKind::StorageTexture { format: Format::Texture(*format), access: *access, dimension: *dimension }
        }
        Variable::ExternalTexture => LayoutKind::ExternalTexture,
    };
    LayoutEntry { span: used.binding.span, binding: used.binding.binding, visibility: used.visibility, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scene_with_a_hole_is_not_accepted() {
        let mut scene = Scene::default();
        assert!(Scene::default().accept().is_some());
        scene.queues.push(None);
        assert!(scene.accept().is_none());
    }
}
