//! Files that are no scenes at all: WGSL, GLSL, HTML, JSON and JavaScript, told by how they begin and by words that only they have.
//!
//! Each of their characters would be a mistake of its own. What their author wants to know is one thing: where this text belongs.

use crate::lex::MACRO_KINDS;
use crate::tree::{File, Item};
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::{FileId, Span};

/// How much of a text is looked at, in bytes. Picked by feel.
const LOOKED_AT: usize = 16 << 10;

/// The finding about a text with mistakes in its syntax, if it is in another language as a whole.
pub(crate) fn finding(file: FileId, text: &str, tree: &File) -> Option<Diagnostic> {
    let is_scene = |item: &Item| match item {
        Item::Macro(item) => MACRO_KINDS.contains(&item.kind.name.as_str()),
        Item::Import { .. } | Item::Define { .. } | Item::Error(_) => false,
    };
    if tree.items.iter().any(is_scene) {
        return None;
    }
    let start = start(text);
    let code = text.get(start..)?;
    let code = code.get(..code.floor_char_boundary(LOOKED_AT))?;
    let language = Language::of(code)?;
    let (name, help) = language.words(code);
    let first = code.split(char::is_whitespace).next().unwrap_or("").len().min(40);
    let span = Span::new(file, start as u32, (start + code.floor_char_boundary(first)) as u32);
    let message = format!("this is {name}, and a scene is a list of declarations such as `#pass name {{ … }}`");
    Some(Diagnostic::new(Code::OtherLanguage, span, message).label(format!("{name} begins here")).help(help))
}

/// Where a text begins behind white space and comments.
fn start(text: &str) -> usize {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.find('\n').and_then(|end| comment.get(end..)).unwrap_or("");
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.find("*/").and_then(|end| comment.get(end + 2..)).unwrap_or("");
        } else {
            return text.len() - rest.len();
        }
    }
}

/// A language that is not that of scenes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Wgsl,
    Glsl,
    Html,
    Json,
    JavaScript,
}

impl Language {
    fn of(code: &str) -> Option<Self> {
        let words: Vec<&str> = code
            .split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '@' | '#')))
            .filter(|word| !word.is_empty())
            .collect();
        let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
        let has_function =
            |keyword: &str| words.windows(2).any(|pair| pair[0] == keyword && code.contains(&format!("{}(", pair[1])));
        let first = *words.first()?;
        if code.starts_with('<') {
            return Some(Self::Html);
        }
        if code.starts_with(['{', '[']) {
            let name = code.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '['));
            return (name.starts_with('"') && code.contains(':')).then_some(Self::Json);
        }
        let is_script = matches!(
            first,
            "const" | "let" | "var" | "import" | "export" | "function" | "async" | "class" | "document" | "window"
        );
        // A script may have a shader in it.
        let marks = ["=>", "await ", "function", "document.", "device.", " from \"", " from '"];
        if is_script && marks.iter().any(|mark| code.contains(mark)) {
            return Some(Self::JavaScript);
        }
        if has(&["@vertex", "@fragment", "@compute"]) && code.contains("fn ")
            || has_function("fn")
                && matches!(first, "fn" | "struct" | "const" | "override" | "var" | "alias" | "enable" | "import" | "@group")
        {
            return Some(Self::Wgsl);
        }
        // In quotes it would be a scene's.
        let has_void = has_function("void") && code.find("void").is_some_and(|at| !code[..at].contains('"'));
        if has_void || first == "#version" || matches!(first, "precision" | "uniform" | "varying") {
            return Some(Self::Glsl);
        }
        (is_script && code.contains(';')).then_some(Self::JavaScript)
    }

    /// Its name, and what to do with such a text.
    fn words(self, code: &str) -> (&'static str, &'static str) {
        match self {
            Self::Wgsl if code.contains("@vertex") => (
                "WGSL",
                "put it between the quotes of `#shaderModule shader { code=\"…\" }`, or name its file: \
                 `#shaderModule shader { code=\"./shader.wgsl\" }`",
            ),
            Self::Wgsl => (
                "WGSL",
                "put it between the quotes of `#pass show { code=\"…\" }`, or name its file: `#pass show { code=\"./shader.wgsl\" }`",
            ),
            Self::Glsl => (
                "GLSL",
                "shaders are written in WGSL here: translate it, `void f(…)` to `fn f(…)`, `vec3 c = …` to `let c = …`, `vec3(…)` to \
                 `vec3f(…)`, and put it between the quotes of `#pass show { code=\"…\" }`",
            ),
            Self::Html => ("HTML", "compile the scene, whose name ends in `.pngine`; the page loads the PNG that it becomes"),
            Self::Json => ("JSON", "write `#buffer name { size=16 usage=[UNIFORM] }`: names without quotes, and `=` for `:`"),
            Self::JavaScript => (
                "JavaScript",
                "a scene has no program, only objects: `device.createBuffer({ size: 16, … })` is `#buffer name { size=16 … }`",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse;

    fn found(text: &str) -> Option<String> {
        let mut findings = Vec::new();
        let tree = parse(FileId(0), text, &mut findings);
        assert!(!findings.is_empty(), "{text}");
        let finding = finding(FileId(0), text, &tree)?;
        Some(finding.message.split(' ').nth(2)?.trim_end_matches(',').to_owned())
    }

    #[test]
    fn other_languages_are_told_apart() {
        for (text, language) in [
            ("// A shader.\n@fragment fn fs() -> @location(0) vec4f { return vec4f(1); }", "WGSL"),
            ("struct V { a: f32 }\nfn f(v: V) -> f32 { return v.a; }", "WGSL"),
            ("const N = 3;\nfn half(x: f32) -> f32 { return x / 2; }", "WGSL"),
            ("/* Shadertoy */\nvoid mainImage( out vec4 c, in vec2 p ) { c = vec4(1); }", "GLSL"),
            ("#version 300 es\nprecision highp float;\nvoid main() { }", "GLSL"),
            (
                "#define STEPS 64\nfloat map(vec3 p) { return 1.; }\nvoid mainImage(out vec4 c, in vec2 p) { c = vec4(1.); }",
                "GLSL",
            ),
            ("<!DOCTYPE html>\n<html></html>", "HTML"),
            ("{ \"size\": 16 }", "JSON"),
            ("[{ \"size\": 16 }]", "JSON"),
            ("const device = await adapter.requestDevice();", "JavaScript"),
            (
                "const m = device.createShaderModule({ code: `@fragment fn fs() -> @location(0) vec4f { return vec4f(1); }` });",
                "JavaScript",
            ),
            ("import { load } from \"./pngine.js\";\nload();", "JavaScript"),
        ] {
            assert_eq!(found(text).as_deref(), Some(language), "{text}");
        }
    }

    #[test]
    fn scenes_with_mistakes_are_scenes() {
        for text in [
            "#pass show { code=\"@fragment fn fs() -> @location(0) vec4f { return vec4f(1); }\" ;}",
            "buffer b { size=4 usage=[VERTEX] }",
            "hello",
            "{ size=4 }",
            "const = 3",
            "#bufer b { size=4 }}",
            "code=\"void main() {}\"",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
