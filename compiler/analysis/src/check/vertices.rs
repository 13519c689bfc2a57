//! What a pipeline takes of its vertex buffers.

use super::Scene;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, not_a_multiple};
use pngine_source::source::Span;
use pngine_wgsl::device::Limit;
use std::collections::BTreeMap;

/// Source: WebGPU, 10.3.7 "validating GPUVertexState" and "validating GPUVertexBufferLayout".
pub fn buffers(scene: &Scene, pipeline: &RenderPipeline, diagnostics: &mut Vec<Diagnostic>) {
    let count = pipeline.buffers.len();
    let most = scene.device.limit(Limit::MaxVertexBuffers);
    if count as u64 > most {
        let message = format!("a pipeline has at most {most} vertex buffers, and {count} are listed");
        let diagnostic = Diagnostic::new(Code::BadLength, pipeline.buffers.span, message);
        diagnostics.push(scene.device.raise(diagnostic, Limit::MaxVertexBuffers, count as u64));
    }
    let mut seen: BTreeMap<u32, Span> = BTreeMap::new();
    for buffer in pipeline.buffers.iter().flatten() {
        stride(buffer, diagnostics);
        for attribute in &buffer.attributes {
            place(buffer, attribute, diagnostics);
            if let Some(old) = seen.insert(attribute.location, attribute.span) {
                let message = format!("two attributes for location {}", attribute.location);
                diagnostics.push(Diagnostic::new(Code::VertexLayout, attribute.span, message).also(old, "the first one"));
            }
        }
    }
}

fn stride(buffer: &VertexBuffer, diagnostics: &mut Vec<Diagnostic>) {
    if !buffer.stride.is_multiple_of(4) {
        let message = not_a_multiple("stride", *buffer.stride, 4);
        diagnostics.push(Diagnostic::new(Code::VertexLayout, buffer.stride.span, message));
    }
}

/// Where an attribute lies in an element.
fn place(buffer: &VertexBuffer, attribute: &Attribute, diagnostics: &mut Vec<Diagnostic>) {
    let (_, _, size) = attribute.format.layout();
    if !attribute.offset.is_multiple_of(size.min(4)) {
        let message = not_a_multiple("offset", attribute.offset, size.min(4));
        diagnostics.push(Diagnostic::new(Code::VertexLayout, attribute.span, message));
        return;
    }
    let (stride, end) = (*buffer.stride, attribute.offset.saturating_add(size));
    // One that is no multiple of 4 is reported for that, and one that nobody wrote ends where its attributes do.
    if buffer.stride.property.is_some() && stride.is_multiple_of(4) && stride != 0 && end > stride {
        let message = format!("this attribute ends at byte {end}, behind the stride of {stride}");
        diagnostics.push(Diagnostic::new(Code::VertexLayout, attribute.span, message).also(buffer.stride.span, "the stride"));
    }
}
