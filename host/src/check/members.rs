//! Members of descriptors, by what they hold.

use pngine_format::descriptor::{Field, Value};
use pngine_format::word::WordEnum;

pub(super) fn uint(value: &Value, field: Field, default: u32) -> u32 {
    match value.get(field) {
        Some(Value::Uint(n)) => *n,
        _ => default,
    }
}

/// The value of an enum that a member has; `None` where it has none, or a word that is not of the enum.
pub(super) fn word<T: WordEnum>(value: &Value, field: Field) -> Option<T> {
    match value.get(field) {
        Some(Value::Word(word)) => T::from_word(*word),
        _ => None,
    }
}

pub(super) fn elements(value: &Value, field: Field) -> &[Value] {
    value.get(field).map_or(&[], Value::elements)
}
