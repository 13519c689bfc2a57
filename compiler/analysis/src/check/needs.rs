//! The usage that something needs for what is done with it.

use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, listed};
use pngine_source::source::Span;

/// Reports a texture, or a view of it, that lacks a usage; one that has none at all is reported where it stands.
pub fn texture_needs(
    texture: &Texture,
    view: Option<&View>,
    (name, bit): (&str, u32),
    used: Span,
    diagnostics: &mut Vec<Diagnostic>,
) {
    texture_lacks(texture, &[(name, bit)], used, diagnostics);
    // One that the texture lacks too is reported there.
    if let Some(view) = view.filter(|view| view.usage.is_some_and(|usage| usage & bit == 0)) {
        let message = format!("`{}` needs the usage {name} for this", view.named.name);
        let diagnostic =
            Diagnostic::new(Code::TextureUsage, used, message).also(view.named.span, "the view has a usage of its own");
        diagnostics.push(diagnostic.help(format!("add {name} to it, or leave its `usage` out")));
    }
}

/// Reports a texture that lacks usages, all of them at once, and whether it does; one that has none at all is reported where it stands.
pub fn texture_lacks(texture: &Texture, usages: &[(&str, u32)], used: Span, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let usage = texture.whole_usage();
    let missing: Vec<String> = usages.iter().filter(|(_, bit)| usage & bit == 0).map(|(name, _)| (*name).to_string()).collect();
    if usage != 0 && !missing.is_empty() {
        diagnostics.push(lacks(&texture.named.name, &missing, Code::TextureUsage, used, texture.usage.span));
    }
    !missing.is_empty()
}

/// Reports a buffer that lacks a usage, and whether it does; one that has none at all is reported where it stands.
pub fn buffer_needs(buffer: &Buffer, (name, bit): (&str, u32), used: Span, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let lacks_it = buffer.whole_usage() & bit == 0;
    if buffer.whole_usage() != 0 && lacks_it {
        diagnostics.push(lacks(&buffer.named.name, &[name.to_string()], Code::BufferUsage, used, buffer.usage.span));
    }
    lacks_it
}

fn lacks(name: &str, usages: &[String], code: Code, used: Span, usage_span: Span) -> Diagnostic {
    let (s, missing) = (if usages.len() == 1 { "" } else { "s" }, listed(usages));
    Diagnostic::new(code, used, format!("`{name}` needs the usage{s} {missing} for this"))
        .label(format!("this needs {missing}"))
        .also(usage_span, "its usage")
        .help(format!("add {missing} to it"))
}
