//! What is bound to the variables of shaders, for lints.

use super::Scene;
use pngine_format::word::StorageTextureAccess;
use pngine_scene::uses::{set_places, used_bindings};
use pngine_scene::*;
use pngine_wgsl::reflect::{Binding, Resource as Variable};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// What pipelines use of the resources that are bound: buffers with the byte at which the variable begins, and textures.
pub struct Bound<'s> {
    /// In which group.
    pub group: &'s Group,
    /// What is bound.
    pub resource: &'s Resource,
    /// What the shader calls it.
    pub variable: Binding,
}

impl Bound<'_> {
    /// Whether the shader may write to it.
    pub fn is_written(&self) -> bool {
        match &self.variable.resource {
            Variable::Storage { is_writable, .. } => *is_writable,
            Variable::StorageTexture { access, .. } => *access != StorageTextureAccess::ReadOnly,
            Variable::Uniform(_) | Variable::Sampler { .. } | Variable::Texture { .. } | Variable::ExternalTexture => false,
        }
    }
}

/// All of it, of the passes and bundles of the scene; `None` if a shader could not be reflected.
pub fn bound<'s>(scene: &'s Scene) -> Option<Vec<Bound<'s>>> {
    let places: BTreeSet<(PipelineId, u32, GroupId)> = set_places(scene)
        .into_iter()
        .flat_map(|(group, places)| places.into_iter().map(move |(pipeline, slot)| (pipeline, slot, group)))
        .collect();
    let mut out = Vec::new();
    let mut known: BTreeMap<(PipelineId, u32), Vec<Binding>> = BTreeMap::new();
    for (pipeline, slot, group) in places {
        let variables = match known.entry((pipeline, slot)) {
            Entry::Occupied(variables) => variables.into_mut(),
            Entry::Vacant(place) => {
                let used = used_bindings(scene, pipeline, slot)?;
                place.insert(used.into_iter().map(|used| used.binding).collect())
            }
        };
        let Some(group) = scene.group(group) else { continue };
        for entry in &group.entries {
            if let Some(variable) = variables.iter().find(|variable| variable.binding == entry.binding) {
                out.push(Bound { group, resource: &entry.resource, variable: variable.clone() });
            }
        }
    }
    Some(out)
}

/// The texture that a resource is, or is a view of.
pub fn texture_of(scene: &Scene, resource: &Resource) -> Option<TextureId> {
    match resource {
        Resource::Texture { texture, .. } => Some(*texture),
        Resource::View { view, .. } => Some(scene.view(*view)?.texture),
        Resource::Buffer { .. } | Resource::Sampler(_) | Resource::Video(_) => None,
    }
}
