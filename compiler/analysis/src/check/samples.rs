//! How many samples there may be.

use super::Scene;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;

/// Source: WebGPU, 6.1.4 "validating GPUTextureDescriptor", 10.3.4 "validating GPUMultisampleState". What has another count is a hole to
/// the rules behind, because nothing that it is used with could have the same.
pub fn counts(scene: &mut Scene, diagnostics: &mut Vec<Diagnostic>) {
    let mut is_wrong = |count: u32, span: Option<Span>| {
        if matches!(count, 1 | 4) {
            return false;
        }
        let message = format!("{count} samples are not possible");
        diagnostics.extend(span.map(|span| Diagnostic::new(Code::SampleCount, span, message).help("WebGPU has 1 and 4")));
        true
    };
    for slot in &mut scene.textures {
        *slot = slot.filter(|texture| !is_wrong(*texture.sample_count, Some(texture.sample_count.span)));
    }
    for slot in &mut scene.render_pipelines {
        *slot = slot.filter(|pipeline| !is_wrong(*pipeline.multisample.count, Some(pipeline.multisample.count.span)));
    }
    for slot in &mut scene.bundles {
        *slot =
            slot.filter(|bundle| !is_wrong(*bundle.sample_count, bundle.sample_count.property.map(|_| bundle.sample_count.span)));
    }
}
