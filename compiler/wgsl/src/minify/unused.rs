//! Declarations that no entry point needs.

use std::collections::BTreeSet;

use super::super::scopes::{self, Role};
use super::super::tokens;

/// The text without the declarations that no entry point and no override uses, itself or through others, and without `const_assert`s,
/// which have said what they had to say. `None` if the text has no entry point: then nobody knows what is needed.
///
/// Use is meant as in WebGPU: a name that stands in a function that is called counts, even where the call is never reached. So
/// layouts see the same resources as before.
pub fn without_unused(text: &str) -> Option<String> {
    let tokens = tokens::significant(text);
    let scopes = scopes::resolve(text, &tokens);
    let word = |i: usize| tokens.get(i).map_or("", |token| token.text(text));
    let mut kept = BTreeSet::new();
    let mut open = Vec::new();
    let mut has_entry_point = false;
    for (index, item) in scopes.items.iter().enumerate() {
        let is_root = match item.keyword.map_or("", word) {
            "fn" => {
                let head = item.tokens.start..item.keyword.unwrap_or(item.tokens.start);
                let is_entry =
                    head.into_iter().any(|i| word(i) == "@" && matches!(word(i + 1), "vertex" | "fragment" | "compute"));
                has_entry_point |= is_entry;
                is_entry
            }
            // Pipelines can set overrides that nobody reads.
            "override" | "enable" | "requires" | "diagnostic" => true,
            "struct" | "alias" | "const" | "var" | "const_assert" => false,
            // What is not an item is a stray `;`, or a mistake that should stay one.
            _ => item.tokens.clone().any(|i| word(i) != ";"),
        };
        if is_root {
            open.push(index);
        }
    }
    if !has_entry_point {
        return None;
    }
    while let Some(index) = open.pop() {
        if !kept.insert(index) {
            continue;
        }
        let tokens = scopes.items.get(index).map_or(0..0, |item| item.tokens.clone());
        for token in tokens {
            if let Some(Role::Uses(id)) = scopes.roles.get(token)
                && let Some(declaration) = scopes.declarations.get(id.0 as usize)
                && declaration.is_global
            {
                open.push(declaration.item);
            }
        }
    }
    let mut out = String::with_capacity(text.len());
    for item in kept.iter().filter_map(|index| scopes.items.get(*index)) {
        let start = tokens.get(item.tokens.start).map_or(0, |token| token.start as usize);
        let end = item.tokens.end.checked_sub(1).and_then(|last| tokens.get(last)).map_or(start, |token| token.end as usize);
        out.push_str(text.get(start..end).unwrap_or(""));
        out.push('\n');
    }
    Some(out)
}
