//! Samplers, each by itself.

use super::Scene;
use crate::language;
use pngine_source::diag::{Code, Diagnostic};

/// Source: WebGPU, 7.1.1 "createSampler".
pub fn samplers(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let (low_name, high_name) = (language::Sampler::lod_min_clamp.name, language::Sampler::lod_max_clamp.name);
    for sampler in scene.samplers.iter().flatten() {
        let [low, high] = sampler.lod;
        for (name, clamp) in [(low_name, low), (high_name, high)] {
            if let Some((span, _)) = clamp.written.filter(|_| clamp.level < 0.0) {
                let message = format!("`{name}` is {}, below 0", clamp.level);
                diagnostics.push(Diagnostic::new(Code::OutOfRange, span, message));
            }
        }
        // One below 0 is reported for that.
        if low.level > high.level && high.level >= 0.0 {
            let message = format!("`{low_name}` {} is above `{high_name}` {}", low.level, high.level);
            let span = low.written.or(high.written).map_or(sampler.named.span, |(_, property)| property);
            diagnostics.push(Diagnostic::new(Code::OutOfRange, span, message));
        }
        let (anisotropy, span) = sampler.anisotropy;
        if anisotropy > 1 && !sampler.is_linear {
            let message = format!("an anisotropy of {anisotropy} needs three linear filters");
            diagnostics.push(
                Diagnostic::new(Code::Anisotropy, span, message)
                    .help("set `magFilter`, `minFilter` and `mipmapFilter` to linear"),
            );
        }
    }
}
