//! Explicit bind group layouts, each by itself. Source: WebGPU, 8.1.4 "createBindGroupLayout".

use super::Scene;
use pngine_format::word::{BufferBindingType, StorageTextureAccess, TextureSampleType, TextureViewDimension};
use pngine_scene::formats;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_wgsl::device::Limit;
use std::collections::BTreeMap;

/// `GPUShaderStage.VERTEX`.
const VERTEX: u32 = 1;

/// Whether a group made for one layout fits where the other is wanted: layouts that say the same are the same, automatic ones belong
/// to their pipeline. Source: WebGPU, 8.1.5 "group-equivalent".
pub fn equivalent(scene: &Scene, a: GroupLayout, b: GroupLayout) -> bool {
    if a == b {
        return true;
    }
    let (GroupLayout::Explicit(a), GroupLayout::Explicit(b)) = (a, b) else { return false };
    // A hole is reported.
    let (Some(a), Some(b)) = (&scene.layouts[a.0], &scene.layouts[b.0]) else { return true };
    let rows = |layout: &Layout| -> BTreeMap<u32, (u32, LayoutKind)> {
        layout.entries.iter().map(|entry| (entry.binding, (entry.visibility, entry.kind.clone()))).collect()
    };
    rows(a) == rows(b)
}

/// Every entry of every layout.
pub fn layouts(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let most = scene.device.limit32(Limit::MaxBindingsPerBindGroup);
    for entry in scene.all_layouts().flat_map(|layout| &layout.entries) {
        if entry.binding >= most {
            let message = format!("binding {}, but the largest allowed is {}", entry.binding, most.saturating_sub(1));
            let diagnostic = Diagnostic::new(Code::OutOfRange, entry.span, message);
            diagnostics.push(scene.device.raise(diagnostic, Limit::MaxBindingsPerBindGroup, u64::from(entry.binding) + 1));
        }
        let mut refuse = |code: Code, message: String, help: &str| {
            diagnostics.push(Diagnostic::new(code, entry.span, message).help(help));
        };
        match &entry.kind {
            LayoutKind::Buffer { ty, .. } => {
                if *ty == BufferBindingType::Storage && entry.visibility & VERTEX != 0 {
                    let message = "a vertex stage cannot write buffers, so it cannot see a storage buffer".to_string();
                    refuse(Code::BindingKind, message, "write `type=read-only-storage`, or take VERTEX out of its `visibility`");
                }
            }
            LayoutKind::Sampler { .. } | LayoutKind::ExternalTexture => {}
            LayoutKind::Texture { sample, dimension, multisampled } => {
                if *multisampled && *sample == TextureSampleType::Float {
                    let message = "a multisampled texture cannot be filtered".to_string();
                    refuse(Code::BindingKind, message, "write `sampleType=unfilterable-float`");
                }
                if *multisampled && *dimension != TextureViewDimension::D2 {
                    let message = format!("a multisampled texture is 2d, not {}", dimension.text());
                    refuse(Code::BindingKind, message, "leave `viewDimension` out");
                }
            }
            LayoutKind::StorageTexture { format, access, dimension } => {
                let name = format.text();
                if !formats::info(*format, &scene.device).storage {
                    let message = format!("{name} cannot be a storage texture");
                    refuse(Code::FormatCapability, message, "such as rgba8unorm, rgba16float or r32float");
                } else if !format.stores(*access, |feature| scene.device.has(feature)) {
                    let message = format!("{name} cannot be a storage texture with access {}", access.text());
                    let help = match access {
                        StorageTextureAccess::ReadOnly => "rgba8unorm can; bgra8unorm can only be written",
                        StorageTextureAccess::ReadWrite | StorageTextureAccess::WriteOnly => {
                            "r32float, r32uint and r32sint can; others can be read or written"
                        }
                    };
                    refuse(Code::FormatCapability, message, help);
                }
                if matches!(dimension, TextureViewDimension::Cube | TextureViewDimension::CubeArray) {
                    let message = format!("a storage texture cannot be viewed as {}", dimension.text());
                    refuse(Code::BindingKind, message, "write `viewDimension=2d-array`");
                }
                if *access != StorageTextureAccess::ReadOnly && entry.visibility & VERTEX != 0 {
                    let message = "a vertex stage cannot write textures, so it cannot see this one".to_string();
                    refuse(Code::BindingKind, message, "write `access=read-only`, or take VERTEX out of its `visibility`");
                }
            }
        }
    }
}
