//! What a `#wgsl` says about its own uniforms, compared with what its text declares. Source: language reference, section 6.1.
//!
//! Nothing is taken from these descriptions: reflection knows better. So a wrong one does no harm but to readers, who are warned.

use super::notes::Notes;
use super::shaders::Shaders;
use crate::language::{self, Ns};
use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::Span;
use pngine_syntax::tree::{Property, Value, ValueKind};
use pngine_wgsl::assemble::Piece;
use pngine_wgsl::scopes::{self, DeclarationKind};
use pngine_wgsl::tokens;

/// A variable of a text.
struct Variable {
    name: String,
    group: Option<f64>,
    binding: Option<f64>,
    /// The word that its type begins with.
    ty: String,
}

impl Shaders<'_> {
    /// Warns of every `uniforms=[…]` entry that contradicts the text.
    pub fn check_descriptions(&self, notes: &mut Notes<'_>) {
        for ns in [Ns::Wgsl, Ns::ShaderModule] {
            for (index, declaration) in notes.names.all(ns).iter().enumerate() {
                let mut properties = declaration.body.iter();
                let Some(uniforms) = properties.find(|property| property.name.name == language::Wgsl::uniforms.name) else {
                    continue;
                };
                let ValueKind::Array(entries) = &uniforms.value.kind else { continue };
                let variables = variables(&self.pieces(&[(ns, index)]).0);
                for entry in entries {
                    let ValueKind::Object(properties) = &entry.kind else { continue };
                    notes.extend(contradiction(properties, &variables));
                }
            }
        }
    }
}

/// What is wrong with one entry: the first thing that is.
fn contradiction(properties: &[Property], variables: &[Variable]) -> Option<Diagnostic> {
    let get = |name: &str| properties.iter().find(|property| property.name.name == name).map(|property| &property.value);
    let (name, span) = word(get("var")?)?;
    let Some(variable) = variables.iter().find(|variable| variable.name == name) else {
        let diagnostic = Diagnostic::new(Code::ContradictsShader, span, format!("the text declares no variable `{name}`"));
        let near = nearest(name, variables.iter().map(|variable| variable.name.as_str()));
        return Some(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help("leave the entry out: the compiler finds the variables itself"),
        });
    };
    let differs = |span: Span, what: &str, declared: String| {
        let message = format!("`{name}` has {what} {declared} in the text");
        let diagnostic = Diagnostic::new(Code::ContradictsShader, span, message).label("says something else");
        Some(diagnostic.help("the text counts; correct this, or leave it out"))
    };
    for (key, what, declared) in [("bindGroup", "`@group`", variable.group), ("binding", "`@binding`", variable.binding)] {
        if let Some(Value { kind: ValueKind::Number(number), span }) = get(key)
            && let Some(declared) = declared.filter(|declared| declared != number)
        {
            return differs(*span, what, declared.to_string());
        }
    }
    let (written, span) = word(get("struct")?)?;
    if written == variable.ty { None } else { differs(span, "the type", format!("`{}`", variable.ty)) }
}

fn word(value: &Value) -> Option<(&str, Span)> {
    match &value.kind {
        ValueKind::Str(text) | ValueKind::Ident(text) => Some((text, value.span)),
        _ => None,
    }
}

/// The variables that texts declare, with what their attributes say in plain numbers.
fn variables(pieces: &[Piece]) -> Vec<Variable> {
    let mut out = Vec::new();
    for piece in pieces {
        let tokens = tokens::significant(&piece.text);
        let scopes = scopes::resolve(&piece.text, &tokens);
        let word = |i: usize| tokens.get(i).map_or("", |token| token.text(&piece.text));
        for declaration in scopes.declarations.iter().filter(|one| one.is_global && one.kind == DeclarationKind::Var) {
            let start = scopes.items.get(declaration.item).map_or(declaration.token, |item| item.tokens.start);
            let attribute = |name: &str| {
                let at = (start..declaration.token).find(|i| word(*i) == "@" && word(i + 1) == name && word(i + 2) == "(")?;
                word(at + 3).trim_end_matches(['u', 'i']).parse::<f64>().ok().filter(|_| word(at + 4) == ")")
            };
            out.push(Variable {
                name: word(declaration.token).to_owned(),
                group: attribute("group"),
                binding: attribute("binding"),
                ty: if word(declaration.token + 1) == ":" { word(declaration.token + 2).to_owned() } else { String::new() },
            });
        }
    }
    out
}
