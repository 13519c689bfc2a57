//! What of a WGSL text wgpu's shader compiler need not be told. How large and deep a text may be before that compiler sees it, is the
//! scene compiler's to say: [`pngine_wgsl::validate::beyond_limits`].

use pngine_wgsl::tokens::{self, Token};
use std::borrow::Cow;

/// Extensions of the language that wgpu takes without a directive, or has only under the name of a feature of the device, and that its
/// shader compiler refuses to be told of. Sources: WGSL, "Enable Extensions" and "Language Extensions".
const UNTOLD: [&str; 12] = [
    "subgroups",
    "unrestricted_pointer_parameters",
    "uniform_buffer_standard_layout",
    "subgroup_id",
    "subgroup_uniformity",
    "texture_and_sampler_let",
    "texture_formats_tier1",
    "linear_indexing",
    "immediate_address_space",
    "buffer_view",
    "filterable_depth",
    "swizzle_assignment",
];

/// The source with blanks for those names in its directives that the shader compiler need not be told of, so that everything else stands
/// where it stood; and whether it enables `subgroups`. What such an extension allows is the compiler's to take or to refuse.
pub(crate) fn without_extensions(source: &str) -> (Cow<'_, str>, bool) {
    let mut out = Cow::Borrowed(source);
    let mut has_subgroups = false;
    let tokens = tokens::significant(source);
    let mut rest = tokens.as_slice();
    while let Some(last) = rest.iter().position(|token| token.text(source) == ";") {
        let (directive, behind) = rest.split_at(last + 1);
        rest = behind;
        let word = directive[0].text(source);
        match word {
            "enable" | "requires" => {}
            // Directives come first; a diagnostic filter is one too.
            "diagnostic" | ";" => continue,
            _ => break,
        }
        let names = directive[1..last].iter().filter(|token| token.text(source) != ",");
        let (untold, told): (Vec<&Token>, Vec<&Token>) = names.partition(|name| UNTOLD.contains(&name.text(source)));
        has_subgroups |= word == "enable" && untold.iter().any(|name| name.text(source) == "subgroups");
        if untold.is_empty() {
            continue;
        }
        let range = directive[0].range().start..directive[last].range().end;
        let mut text = blanks(&source[range.clone()]).into_bytes();
        if !told.is_empty() {
            // The names that stay, with a comma between them; everything else becomes a blank.
            text[..word.len()].copy_from_slice(word.as_bytes());
            for (i, name) in told.iter().map(|name| name.range()).enumerate() {
                text[name.start - range.start..name.end - range.start].copy_from_slice(&source.as_bytes()[name.clone()]);
                if i + 1 < told.len() {
                    text[name.end - range.start] = b',';
                }
            }
            if let Some(last) = text.last_mut() {
                *last = b';';
            }
        }
        out.to_mut().replace_range(range, &String::from_utf8(text).unwrap_or_default());
    }
    (out, has_subgroups)
}

/// As many bytes, all blank but for the ends of lines.
fn blanks(text: &str) -> String {
    text.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_compiler_need_not_be_told_becomes_blank() {
        for (source, expected, subgroups) in [
            ("enable subgroups;\nfn f() {}", "                 \nfn f() {}", true),
            ("enable f16, subgroups;fn f() {}", "enable f16           ;fn f() {}", true),
            ("enable subgroups, f16 , clip_distances;", "enable            f16,  clip_distances;", true),
            ("/* enable */ enable\n  subgroups, // why\n f16,;", "/* enable */ enable\n                   \n f16 ;", true),
            ("requires swizzle_assignment; enable f16;", "                             enable f16;", false),
            ("requires pointer_composite_access;", "requires pointer_composite_access;", false),
            ("requires magic, linear_indexing;", "requires magic                 ;", false),
            (
                "diagnostic(off, derivative_uniformity);enable subgroups;",
                "diagnostic(off, derivative_uniformity);                 ",
                true,
            ),
            ("fn subgroups() {}\nenable subgroups;", "fn subgroups() {}\nenable subgroups;", false),
            ("enable subgroups", "enable subgroups", false),
            ("enable é, subgroups;", "enable é           ;", true),
            ("", "", false),
        ] {
            assert_eq!(without_extensions(source), (Cow::Borrowed(expected), subgroups), "{source}");
            assert_eq!(without_extensions(source).0.len(), source.len());
        }
    }
}
