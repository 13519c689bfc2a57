//! What a WGSL text may look like before it is handed to the shader compiler, which recurses over expressions and statements, and
//! whose time grows with the square of some counts. The limits let everything through that the pngine compiler writes.

use std::borrow::Cow;

/// Longest source, in bytes.
const MAX_BYTES: usize = 1 << 20;
/// Deepest nesting of brackets of all kinds.
const MAX_NESTING: usize = 256;
/// Most characters of operators in one expression, those of the expressions around it included.
const MAX_OPERATORS: u32 = 8192;
/// Longest chain of `else`, those of the statements around it included.
const MAX_ELSE: u32 = 2048;
/// Most declarations.
const MAX_DECLARATIONS: u32 = 8192;

/// What stands in one pair of brackets, or outside all of them.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Operators before the bracket opened.
    outer_operators: u32,
    operators: u32,
    /// `else` before the bracket opened.
    outer_elses: u32,
    elses: u32,
}

/// Why `source` is not compiled, if it is not.
pub(crate) fn refuse(source: &str) -> Option<String> {
    if source.len() > MAX_BYTES {
        return Some(format!("the shader is longer than {MAX_BYTES} bytes"));
    }
    let mut levels = vec![Level::default()];
    let mut declarations = 0;
    // Whether the last token was `}`: an `else` behind it goes on with a chain, anything else ends it.
    let mut closed = false;
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let token = token(rest, first);
        rest = rest.get(token.len()..).unwrap_or_default();
        if first.is_whitespace() || token.starts_with("//") || token.starts_with("/*") {
            continue;
        }
        let nesting = levels.len();
        let level = levels.last_mut()?;
        if std::mem::take(&mut closed) && token != "else" {
            level.elses = level.outer_elses;
        }
        match token {
            "(" | "[" | "{" => {
                let inner = Level {
                    outer_operators: level.operators,
                    operators: level.operators,
                    outer_elses: level.elses,
                    elses: level.elses,
                };
                levels.push(inner);
                if nesting > MAX_NESTING {
                    return Some(format!("the shader nests brackets more than {MAX_NESTING} deep"));
                }
            }
            ")" | "]" | "}" => {
                // A bracket too many is the compiler's to report.
                if nesting > 1 {
                    levels.pop();
                }
                if token == "}" {
                    closed = true;
                    if let Some(level) = levels.last_mut() {
                        level.operators = level.outer_operators;
                    }
                    declarations += u32::from(levels.len() == 1);
                }
            }
            "," => level.operators = level.outer_operators,
            ";" => {
                level.operators = level.outer_operators;
                declarations += u32::from(nesting == 1);
            }
            "else" => level.elses += 1,
            _ if first.is_ascii_punctuation() && first != '_' => level.operators += 1,
            _ => {}
        }
        if let Some(level) = levels.last() {
            if level.operators > MAX_OPERATORS {
                return Some(format!("an expression of the shader has more than {MAX_OPERATORS} operators"));
            }
            if level.elses > MAX_ELSE {
                return Some(format!("the shader has a chain of more than {MAX_ELSE} `else`"));
            }
        }
        if declarations > MAX_DECLARATIONS {
            return Some(format!("the shader has more than {MAX_DECLARATIONS} declarations"));
        }
    }
    None
}

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
    // The directive at hand: where it starts, and where each of its names starts and ends.
    let mut directive: Option<(usize, Vec<(usize, usize)>)> = None;
    let mut is_enable = false;
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(first) = rest.chars().next() else { break };
        let token = token(rest, first);
        let start = at;
        at += token.len();
        if first.is_whitespace() || token.starts_with("//") || token.starts_with("/*") {
            continue;
        }
        match (&mut directive, token) {
            (None, "enable" | "requires") => {
                directive = Some((start, Vec::new()));
                is_enable = token == "enable";
            }
            // Directives come first; a diagnostic filter is one too.
            (None, "diagnostic") => match rest.find(';') {
                Some(end) => at = start + end + 1,
                None => break,
            },
            (None, ";") => {}
            (None, _) => break,
            (Some((begin, names)), ";") => {
                let told: Vec<_> = names.iter().filter(|(from, to)| !UNTOLD.contains(&&source[*from..*to])).collect();
                if told.len() < names.len() {
                    has_subgroups |= is_enable && names.iter().any(|(from, to)| &source[*from..*to] == "subgroups");
                    let text: String = if told.is_empty() {
                        blanks(&source[*begin..at])
                    } else {
                        // The names that stay, with a comma between them; everything else becomes a blank.
                        let mut text = blanks(&source[*begin..at]).into_bytes();
                        let word = if is_enable { "enable" } else { "requires" };
                        text[..word.len()].copy_from_slice(word.as_bytes());
                        for (i, (from, to)) in told.iter().enumerate() {
                            text[from - *begin..to - *begin].copy_from_slice(&source.as_bytes()[*from..*to]);
                            let last = i + 1 == told.len();
                            if !last {
                                text[to - *begin] = b',';
                            }
                        }
                        if let Some(last) = text.last_mut() {
                            *last = b';';
                        }
                        String::from_utf8(text).unwrap_or_default()
                    };
                    out.to_mut().replace_range(*begin..at, &text);
                }
                directive = None;
            }
            (Some((_, names)), name) if name != "," => names.push((start, at)),
            (Some(_), _) => {}
        }
    }
    (out, has_subgroups)
}

/// As many bytes, all blank but for the ends of lines.
fn blanks(text: &str) -> String {
    text.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' }).collect()
}

/// The token, comment or blank at the start of `rest`, which begins with `first`. Operators come character by character.
fn token(rest: &str, first: char) -> &str {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || (!c.is_ascii() && !c.is_whitespace());
    let len = if rest.starts_with("//") {
        rest.find('\n').unwrap_or(rest.len())
    } else if rest.starts_with("/*") {
        block_comment(rest)
    } else if first.is_ascii_digit() {
        rest.find(|c: char| !word(c) && c != '.').unwrap_or(rest.len())
    } else if word(first) {
        rest.find(|c: char| !word(c)).unwrap_or(rest.len())
    } else {
        first.len_utf8()
    };
    rest.get(..len).unwrap_or(rest)
}

/// Bytes of the block comment at the start of `rest`; they nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0u32;
    let mut at = 0;
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        if tail.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with("*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += tail.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_shaders_pass() {
        let table = "-1.5, ".repeat(20_000);
        let function =
            "fn f(a: i32) -> i32 { if a > 1 { return 2; } else if a < -3 { return -1; } else { return a * (a + 1); } }\n";
        let source = format!("const t = array({table} 0.0);\n/* /* if ((( */ + */ // ((((\n{}", function.repeat(1000));
        assert_eq!(refuse(&source), None);
        assert_eq!(refuse(""), None);
        assert_eq!(refuse(")]} é 1.0e+5"), None);
    }

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

    #[test]
    fn what_would_exhaust_the_compiler_is_refused_by_name() {
        for (source, reason) in [
            (" ".repeat((1 << 20) + 1), "longer than"),
            ("(".repeat(300), "nests brackets"),
            (format!("const a = {};", "1+".repeat(9000)), "operators"),
            (format!("const a = {};", "f(1)+(".repeat(200) + &"1+".repeat(8100)), "operators"),
            (format!("fn f() {{ {} }}", "if a {} else ".repeat(3000)), "`else`"),
            ("fn f() {}\n".repeat(9000), "declarations"),
            ("const a = 1;".repeat(9000), "declarations"),
        ] {
            let text = refuse(&source).unwrap_or_default();
            assert!(text.contains(reason), "{reason}: {text}");
        }
    }
}
