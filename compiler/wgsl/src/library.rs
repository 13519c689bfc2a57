//! The library that the compiler brings: modules of WGSL that every scene can import from, as `import pngine::noise::fbm;`.
//!
//! Their texts lie in `compiler/wgsl/library`. The importer takes single declarations, so a scene carries what it uses and nothing else.
//! [`declarations`] is what `docs/library.md` and the tests know of a module.

use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::Span;

use super::scopes;
use super::tokens;

/// The word that a path into the library begins with.
pub const ROOT: &str = "pngine";

/// A text of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its name behind `pngine::`.
    pub name: &'static str,
    /// The text.
    pub text: &'static str,
}

/// All modules, in the order of `docs/library.md`.
pub const MODULES: &[Module] = &[
    Module { name: "hash", text: include_str!("../library/hash.wgsl") },
    Module { name: "noise", text: include_str!("../library/noise.wgsl") },
    Module { name: "sdf", text: include_str!("../library/sdf.wgsl") },
    Module { name: "color", text: include_str!("../library/color.wgsl") },
    Module { name: "camera", text: include_str!("../library/camera.wgsl") },
    Module { name: "rotation", text: include_str!("../library/rotation.wgsl") },
    Module { name: "light", text: include_str!("../library/light.wgsl") },
    Module { name: "text", text: include_str!("../library/text.wgsl") },
];

/// The module that a path such as `pngine::noise` names.
///
/// # Errors
/// The finding at `span`, if there is none of that name.
pub fn find(path: &str, span: Span) -> Result<Module, Box<Diagnostic>> {
    let name = path.strip_prefix(ROOT).and_then(|rest| rest.strip_prefix("::")).unwrap_or(path);
    if let Some(module) = module(name) {
        return Ok(module);
    }
    let names = MODULES.iter().map(|module| module.name);
    let finding = Diagnostic::new(Code::FileNotFound, span, format!("the library has no `{name}`")).label("no module of it");
    Err(Box::new(match nearest(name, names.clone()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), false, span, near),
        None => {
            let names: Vec<&str> = names.collect();
            let help = format!("it has `{}`; a file of your own begins with `package::` or `super::`", names.join("`, `"));
            finding.help(help)
        }
    }))
}

/// The finding that there is no file at `path`, such as `noise.wgsl`, with a word about the library if that has a module of the name.
pub fn hint(finding: Diagnostic, path: &str) -> Diagnostic {
    let name = path.strip_suffix(".wgsl").unwrap_or(path);
    match module(name) {
        Some(_) if finding.code == Code::FileNotFound => {
            let before = finding.help.as_ref().map_or_else(String::new, |help| format!("{help}; "));
            finding.help(format!("{before}the library has one of this name: `import {ROOT}::{name}::…;`"))
        }
        _ => finding,
    }
}

fn module(name: &str) -> Option<Module> {
    MODULES.iter().find(|module| module.name == name).copied()
}

/// What a module declares for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Its name.
    pub name: String,
    /// How it is declared, on one line and without a body: `fn fbm(p: vec2f, octaves: u32) -> f32`.
    pub signature: String,
    /// The `///` lines above it, joined by spaces. Empty if there are none.
    pub doc: String,
}

/// The declarations of a module, in the order of its text.
pub fn declarations(module: Module) -> Vec<Declaration> {
    let tokens = tokens::significant(module.text);
    let scopes = scopes::resolve(module.text, &tokens);
    let declared = scopes.items.iter().filter_map(|item| {
        let name = tokens.get(item.name?)?.text(module.text).to_owned();
        let start = tokens.get(item.tokens.start)?.start as usize;
        let body = item.tokens.clone().find(|token| tokens.get(*token).is_some_and(|token| token.text(module.text) == "{"));
        let last = item.tokens.end.checked_sub(1)?;
        let end = tokens.get(body.unwrap_or(last))?.start as usize;
        let signature: Vec<&str> = module.text.get(start..end)?.split_whitespace().collect();
        Some(Declaration { name, signature: signature.join(" "), doc: doc_before(module.text.get(..start)?) })
    });
    declared.collect()
}

/// The lines of documentation at the end of a text.
fn doc_before(text: &str) -> String {
    let lines = text.lines().rev().skip_while(|line| line.is_empty()).map_while(|line| line.strip_prefix("///"));
    let mut lines: Vec<&str> = lines.map(str::trim).collect();
    lines.reverse();
    lines.join(" ")
}
