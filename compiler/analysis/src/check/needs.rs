//! The usage that something needs for what is done with it.

use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;

/// Reports a texture, or a view of it, that lacks a usage; one that has none at all is reported where it stands.
pub fn texture_needs(
    texture: &Texture,
    view: Option<&View>,
    (name, bit): (&str, u32),
    used: Span,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if texture.whole_usage() != 0 && texture.whole_usage() & bit == 0 {
        diagnostics.push(lacks(&texture.named.name, name, Code::TextureUsage, used, texture.usage.span));
    }
    // One that the texture lacks too is reported there.
    if let Some(view) = view.filter(|view| view.usage.is_some_and(|usage| usage & bit == 0)) {
        let message = format!("`{}` needs the usage {name} for this", view.named.name);
        let diagnostic =
            Diagnostic::new(Code::TextureUsage, used, message).also(view.named.span, "the view has a usage of its own");
        diagnostics.push(diagnostic.help(format!("add {name} to it, or leave its `usage` out")));
    }
}

/// Reports a buffer that lacks a usage, and whether it does; one that has none at all is reported where it stands.
pub fn buffer_needs(buffer: &Buffer, (name, bit): (&str, u32), used: Span, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let lacks_it = buffer.whole_usage() & bit == 0;
    if buffer.whole_usage() != 0 && lacks_it {
        diagnostics.push(lacks(&buffer.named.name, name, Code::BufferUsage, used, buffer.usage.span));
    }
    lacks_it
}

fn lacks(name: &str, usage: &str, code: Code, used: Span, usage_span: Span) -> Diagnostic {
    Diagnostic::new(code, used, format!("`{name}` needs the usage {usage} for this"))
        .also(usage_span, "its usage")
        .help(format!("add {usage} to it"))
}
