//! Descriptors that are more than hosts take, told at the author's line.

use pngine_compiler::Options;
use pngine_compiler::diag::{Diagnostic, Severity};
use pngine_compiler::source::MemorySources;

/// The errors that a text has.
fn errors(text: &str) -> Vec<Diagnostic> {
    let compiled = pngine_compiler::compile(&MemorySources::default(), "main.pngine", text.as_bytes(), &Options::default());
    compiled.diagnostics.into_iter().filter(|finding| finding.severity() == Severity::Error).collect()
}

/// The text at the place of the only error, which is of this code, and what it says.
fn only<'t>(text: &'t str, code: &str) -> (&'t str, String) {
    let errors = errors(text);
    let [one] = errors.as_slice() else { panic!("{} errors, the first: {:?}", errors.len(), errors.first()) };
    assert_eq!(one.code.as_str(), code, "{one:?}");
    let span = one.primary.as_ref().expect("a place").span;
    (&text[span.start as usize..span.end as usize], one.message.clone())
}

/// A frame that runs a pass with eight attachments so often.
fn passes(count: usize) -> String {
    let eight = "{ view=t clearValue=[1 1 1 1] } ".repeat(8);
    format!(
        "#texture t {{ size=[1 1 8] dimension=3d format=r8unorm usage=[RENDER_ATTACHMENT] }}
         #renderPass many {{ colorAttachments=[{}] }}
         #frame main {{ perform=[{}] }}",
        (0..8).fold(eight, |text, slice| text.replacen("view=t clear", &format!("view=t depthSlice={slice} clear"), 1)),
        "many ".repeat(count)
    )
}

#[test]
fn all_descriptors_of_a_frame_count_together() {
    assert_eq!(errors(&passes(5_000)), []);
    let text = passes(32_000);
    let (place, message) = only(&text, "E0320");
    assert_eq!(place, "many");
    let bytes: u64 = message.split(' ').next().and_then(|number| number.parse().ok()).expect("a number");
    let most = u64::from(pngine_format::limits::DESCRIPTORS_BYTES);
    assert!(bytes > most && bytes < most + 1_000, "{message}");
}

#[test]
fn a_descriptor_has_only_so_many_values() {
    let layout = |entries: usize| {
        let rows: Vec<String> =
            (0..entries).map(|binding| format!("{{ binding={binding} visibility=[FRAGMENT] sampler={{}} }}")).collect();
        format!(
            "#device {{ requiredLimits={{ maxBindingsPerBindGroup=65536 maxSamplersPerShaderStage=65536 }} }}
             #bindGroupLayout wide {{ entries=[{}] }}
             #pipelineLayout wide {{ bindGroupLayouts=[wide] }}
             #shaderModule work {{ code=\"@compute @workgroup_size(1) fn main() {{}}\" }}
             #computePipeline work {{ layout=wide compute={{ module=work }} }}
             #frame main {{}}",
            rows.join(" ")
        )
    };
    assert_eq!(errors(&layout(10_000)), []);
    let text = layout(30_000);
    let (place, message) = only(&text, "E0320");
    assert_eq!(place, "wide");
    assert!(message.contains("more than 65536 values"), "{message}");
}
