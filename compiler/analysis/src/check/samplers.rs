//! Samplers, each by itself.

use super::Scene;
use crate::language;
use pngine_format::word::FilterMode;
use pngine_scene::Spanned;
use pngine_source::diag::{Code, Diagnostic};

/// Source: WebGPU, 7.1.1 "createSampler".
pub fn samplers(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let (low_name, high_name) = (language::Sampler::lod_min_clamp.name, language::Sampler::lod_max_clamp.name);
    for sampler in scene.samplers.iter().flatten() {
        let [low, high] = sampler.lod;
        for (name, clamp) in [(low_name, low), (high_name, high)] {
            if clamp.property.is_some() && clamp.value < 0.0 {
                let message = format!("`{name}` is {}, below 0", clamp.value);
                diagnostics.push(Diagnostic::new(Code::OutOfRange, clamp.span, message));
            }
        }
        // One below 0 is reported for that.
        if low.value > high.value && high.value >= 0.0 {
            let message = format!("`{low_name}` {} is above `{high_name}` {}", low.value, high.value);
            let span = low.property.or(high.property).unwrap_or(sampler.named.span);
            diagnostics.push(Diagnostic::new(Code::OutOfRange, span, message));
        }
        let Spanned { value: anisotropy, span } = sampler.anisotropy;
        if anisotropy > 1 && sampler.filters != [FilterMode::Linear; 3] {
            let message = format!("an anisotropy of {anisotropy} needs three linear filters");
            diagnostics.push(
                Diagnostic::new(Code::Anisotropy, span, message)
                    .help("set `magFilter`, `minFilter` and `mipmapFilter` to linear"),
            );
        }
    }
}
