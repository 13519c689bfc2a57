//! `#device`: known before shaders are checked, because what WGSL may say depends on features. Source: language reference, 18.1.

use super::notes::Notes;
use super::references::Target;
use crate::language::{self, Elem};
use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::{Span, Spanned};
use pngine_wgsl::device::{Better, Device, Feature, Limit};

/// Largest limit that can be asked for: the numbers of `requiredLimits` are `GPUSize64`, which WebIDL takes from whole doubles.
const MAX_LIMIT: f64 = 9_007_199_254_740_991.0;

/// What a `#device`, which is at `span`, asks for.
pub(super) fn device(slots: &language::Device, span: Span, notes: &mut Notes<'_>) -> Device {
    let mut device = Device { span: Some(span), ..Device::default() };
    let language::Device { required_features, optional_features, required_limits, .. } = slots;
    for (list, required) in [(required_features, true), (optional_features, false)] {
        for node in list.elements() {
            feature(&mut device, node, required, notes);
        }
    }
    if let Some(limits) = &required_limits.value {
        let mut meant_limits = Vec::new();
        for (Spanned { value: name, span }, number) in limits {
            let Some(limit) = Limit::find(name) else {
                let mut diagnostic = Diagnostic::unknown_word(*span, name, "a WebGPU limit");
                let near = nearest(name, Limit::ALL.iter().map(|limit| limit.name()));
                diagnostic = match near {
                    Some(near) => diagnostic.did_you_mean(*span, near),
                    None => diagnostic.help("the limits are those of WebGPU's GPUSupportedLimits, such as maxBufferSize"),
                };
                notes.report(diagnostic);
                // What is most likely meant is asked for.
                match near.and_then(Limit::find) {
                    Some(meant) => meant_limits.push((meant, *number, *span)),
                    None => device.has_lost_limits = true,
                }
                continue;
            };
            notes.refer(Target::Word("GPUSupportedLimits", limit.name()), name, *span);
            if number.fract() != 0.0 || *number < 0.0 || *number > MAX_LIMIT {
                let message = format!("`{name}` is {number}, which is not a whole number from 0 to 2^53 - 1");
                notes.report(Diagnostic::new(Code::OutOfRange, *span, message));
                meant_limits.push((limit, *number, *span));
                continue;
            }
            // Whole and in range.
            let number = *number as u64;
            if limit.better() == Better::Lower && !(number.is_power_of_two() && number < 1 << 32) {
                let message = format!("`{name}` is {number}, and an alignment is a power of two");
                notes.report(Diagnostic::new(Code::OutOfRange, *span, message).help("such as 64 or 32"));
                continue;
            }
            device.limits.insert(limit, (number, *span));
        }
        for (limit, number, span) in meant_limits.into_iter().filter(|(limit, ..)| limit.better() == Better::Higher) {
            // As near as a whole number comes.
            device.limits.entry(limit).or_insert((libm::ceil(number) as u64, span));
        }
    }
    device.has_lost_limits |= !required_limits.is_whole();
    device.is_lost = !required_features.is_whole() || !optional_features.is_whole();
    device
}

fn feature(device: &mut Device, node: &Elem<String>, required: bool, notes: &mut Notes<'_>) {
    let Some(name) = &node.value else { return };
    let Some(feature) = Feature::find(name) else {
        let mut diagnostic = Diagnostic::unknown_word(node.span, name, "a WebGPU feature");
        let near = nearest(name, Feature::ALL.iter().map(|feature| feature.name()));
        diagnostic = match near {
            Some(near) => diagnostic.did_you_mean(node.span, near),
            None => diagnostic.help("the features are those of WebGPU's GPUFeatureName, such as timestamp-query"),
        };
        notes.report(diagnostic);
        // What is most likely meant is asked for.
        if let Some(meant) = near.and_then(Feature::find) {
            device.features.entry(meant).or_insert((required, node.span));
        }
        return;
    };
    notes.refer(Target::Word("GPUFeatureName", feature.name()), name, node.span);
    if let Some((_, old)) = device.features.get(&feature) {
        let message = format!("the feature {name} is asked for twice");
        notes.report(Diagnostic::new(Code::NoEffect, node.span, message).also(*old, "first asked for here"));
        return;
    }
    device.features.insert(feature, (required, node.span));
}
