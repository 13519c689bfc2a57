//! What the text of a `#uniforms` says by itself, before any value is known: what it is bound by, and what members it has.

use super::names::Names;
use crate::language::{self, Ns, UniformField};
use crate::limits::MAX_ALIAS_DEPTH;
use pngine_syntax::tree::{Value, ValueKind};
use pngine_wgsl::builtins;
use std::collections::BTreeSet;

/// The members of the struct that is made for a `#uniforms` in a `#pass` whose code does not declare the variable: names and types, by what
/// is written for them.
pub(super) fn members<'n>(names: &Names<'n>, index: usize) -> Vec<(&'n str, &'static str)> {
    let body = names.declaration(Ns::Uniforms, index).body;
    let Some(fields) = language::Uniforms::fields.written(language::Uniforms::SHAPE, body) else { return Vec::new() };
    let ValueKind::Object(body) = &followed(names, &fields.value).kind else { return Vec::new() };
    let mut seen = BTreeSet::new();
    let new = body.iter().filter(|property| builtins::is_identifier(&property.name.name) && seen.insert(&property.name.name));
    new.map(|property| (property.name.name.as_str(), ["f32", "vec2f", "vec3f", "vec4f"][components(names, &property.value) - 1]))
        .collect()
}

/// How many numbers, 1 to 4, a member is meant to have.
fn components(names: &Names<'_>, value: &Value) -> usize {
    let of_value = |value: &Value| match &followed(names, value).kind {
        ValueKind::Array(elements) => elements.len().clamp(1, 4),
        _ => 1,
    };
    let ValueKind::Object(body) = &followed(names, value).kind else { return of_value(value) };
    if let Some(property) = UniformField::value.written(UniformField::SHAPE, body) {
        return of_value(&property.value);
    }
    let color = UniformField::color.written(UniformField::SHAPE, body).map(|property| &followed(names, &property.value).kind);
    if matches!(color, Some(ValueKind::Bool(true))) { 3 } else { 1 }
}

/// The value that a define stands for in the end.
fn followed<'v>(names: &Names<'v>, value: &'v Value) -> &'v Value {
    let mut value = value;
    for _ in 0..MAX_ALIAS_DEPTH {
        match &value.kind {
            ValueKind::Ident(name) => match names.define(name) {
                Some(define) => value = define.value,
                None => break,
            },
            _ => break,
        }
    }
    value
}

/// The position of the `#uniforms` that a `#pass` can bind by this name: one that names no variable of a module.
pub(super) fn of_passes(names: &Names<'_>, name: &str) -> Option<usize> {
    names.lookup(Ns::Uniforms, name).filter(|index| !names_variable(names, *index))
}

/// Whether a `#uniforms` names a variable.
pub(super) fn names_variable(names: &Names<'_>, index: usize) -> bool {
    let body = names.declaration(Ns::Uniforms, index).body;
    language::Uniforms::variable.written(language::Uniforms::SHAPE, body).is_some()
}
