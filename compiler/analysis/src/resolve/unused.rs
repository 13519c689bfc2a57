//! What it means that nothing uses a declaration: a sentence for every kind.

use crate::language::Ns;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;

/// The finding about a declaration that nothing uses. `frame` is the name of the first `#frame`, if there is one.
pub(super) fn finding(ns: Ns, name: &str, span: Span, frame: Option<&str>) -> Diagnostic {
    let performed = |what: &str| {
        let help = match frame {
            Some(frame) => format!("add it to `perform=[…]` of `{frame}`, or leave it out"),
            None => format!("add `#frame main {{ perform=[{name}] }}`"),
        };
        (format!("no `#frame` performs `{name}`, so it {what}"), help)
    };
    let named = |who: &str, does: &str, help: &str| (format!("no {who} {does} `{name}`"), help.replace("NAME", name));
    let (message, help) = match ns {
        Ns::RenderPass | Ns::Pass => performed("is never drawn"),
        Ns::ComputePass => performed("never computes anything"),
        Ns::Queue => performed("never writes or copies anything"),
        Ns::Init => {
            let (message, _) = performed("never runs");
            let help = match frame {
                Some(frame) => format!("add it to `init=[…]` of `{frame}`, or leave it out"),
                None => format!("add `#frame main {{ init=[{name}] perform=[…] }}`"),
            };
            (message, help)
        }
        Ns::WasmCall => named("`#queue`", "calls", "write `callWasm=NAME` in a `#queue`, or take its bytes with `data=NAME`"),
        Ns::RenderPipeline => named("pass", "draws with", "write `pipeline=NAME` in a `#renderPass`, or leave it out"),
        Ns::ComputePipeline => named("pass", "dispatches", "write `pipeline=NAME` in a `#computePass`, or leave it out"),
        Ns::RenderBundle => named("pass", "executes", "write `executeBundles=[NAME]` in a `#renderPass`, or leave it out"),
        Ns::BindGroup => named("pass", "binds", "write `bindGroups=[NAME]` in the pass that needs it, or leave it out"),
        Ns::BindGroupLayout => {
            named("pipeline layout or group", "has", "name it in `bindGroupLayouts` of a `#pipelineLayout`, or leave it out")
        }
        Ns::PipelineLayout => named("pipeline", "has", "write `layout=NAME` in a pipeline, or leave it out"),
        Ns::ShaderModule => named("pipeline", "uses", "write `module=NAME` in a stage of a pipeline, or leave it out"),
        Ns::Wgsl => named("shader", "imports", "name it in `imports=[…]` of a `#shaderModule`, or leave it out"),
        Ns::Data => named("buffer, queue or pass", "reads", "fill a `#buffer` with it, `mappedAtCreation=NAME`, or leave it out"),
        Ns::Buffer => named(
            "group, pass or queue",
            "uses",
            "bind it in a `#bindGroup`, or set it with `vertexBuffers=[NAME]`, or leave it out",
        ),
        Ns::Texture => {
            named("group, pass or queue", "uses", "bind it in a `#bindGroup`, draw to it in a `#renderPass`, or leave it out")
        }
        Ns::TextureView => named("group or pass", "uses", "bind it in a `#bindGroup`, or draw to it, or leave it out"),
        Ns::Sampler => named("group", "binds", "bind it in a `#bindGroup`, or leave it out"),
        Ns::ImageBitmap => named(
            "queue",
            "copies",
            "show it: `copyExternalImageToTexture={ source={ source=NAME } … }` in a `#queue`; or leave it out",
        ),
        Ns::Video => {
            named("group or queue", "shows", "bind it as a `texture_external`, or copy it in a `#queue`, or leave it out")
        }
        Ns::Uniforms => named(
            "`#pass`",
            "reads",
            "write `NAME.member` in the code of a `#pass`, or `variable=module.variable` here, or leave it out",
        ),
        Ns::QuerySet => named("pass or queue", "counts into", "name it in a pass, or leave it out"),
        // Nobody has to name these, and a define's name is all there is to say.
        Ns::Define | Ns::Frame | Ns::Animation | Ns::Device | Ns::Canvas | Ns::Meta => {
            (format!("`#{} {name}` is not used", ns.word()), "leave it out".to_string())
        }
    };
    Diagnostic::new(Code::Unused, span, message).label("declared here").help(help)
}
