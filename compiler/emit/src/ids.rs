//! The ids that things get on the GPU.

use pngine_scene::*;
use std::collections::BTreeMap;

/// The GPU ids of the scene's objects.
pub(super) struct Ids {
    /// First member of every buffer.
    pub(super) buffers: Vec<u32>,
    /// First member of every texture.
    pub(super) textures: Vec<u32>,
    /// First member of every view: it has as many as its texture.
    pub(super) views: Vec<u32>,
    /// First variant of every group.
    pub(super) groups: Vec<u32>,
    /// Automatic layouts, numbered behind the explicit ones in the order in which groups use them.
    pub(super) auto_layouts: BTreeMap<(PipelineId, u32), usize>,
    /// Shader modules that something uses.
    pub(super) shaders: BTreeMap<usize, u32>,
    /// Images that a queue action copies from.
    pub(super) images: BTreeMap<ImageId, u32>,
    /// Where the results of the calls of `#data` are kept: behind those of `#wasmCall`s.
    data_calls: BTreeMap<usize, u32>,
    /// Parameter buffer of every `#init`.
    pub(super) params: Vec<Option<u32>>,
    /// First bind group of every `#init`.
    pub(super) init_groups: Vec<u32>,
}

/// Gives so many ids, one run after another from 0: the first of them.
fn dense() -> impl FnMut(u32) -> u32 {
    let mut next = 0;
    move |count| {
        let first = next;
        next += count;
        first
    }
}

impl Ids {
    /// Where the result of the call of a `#data` is kept.
    pub(super) fn data_call(&self, data: usize) -> u32 {
        self.data_calls[&data]
    }

    pub(super) fn new(scene: &Accepted) -> Self {
        let mut take = dense();
        let buffers = scene.buffers.iter().map(|buffer| take(buffer.pool)).collect();
        let params = scene.inits.iter().map(|init| init.params.as_ref().map(|_| take(1))).collect();
        let mut take = dense();
        let textures = scene.textures.iter().map(|texture| take(texture.pool)).collect();
        let mut take = dense();
        let views = (0..scene.views.len()).map(|view| take(scene.view_pool(ViewId(view)))).collect();
        let mut take = dense();
        let groups = scene.groups.iter().map(|group| take(group.pool)).collect();
        let init_groups = scene.inits.iter().map(|init| take(scene[*init.buffer].pool)).collect();
        let mut auto_layouts = BTreeMap::new();
        for group in scene.groups.iter() {
            if let GroupLayout::Auto(pipeline, index) = *group.layout {
                let next = auto_layouts.len();
                auto_layouts.entry((pipeline, index)).or_insert(next);
            }
        }
        let shaders = scene.used_shaders().into_iter().zip(0..).collect();
        let images = scene.copied_images().into_iter().zip(0..).collect();
        let with_call = scene.data.iter().enumerate().filter(|(_, data)| data.is_called()).map(|(index, _)| index);
        let data_calls = with_call.zip(scene.wasm_calls.len() as u32..).collect();
        Self { data_calls, buffers, textures, views, groups, images, auto_layouts, shaders, params, init_groups }
    }
}
