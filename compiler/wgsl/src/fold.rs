//! Long constant arrays, folded for naga: all elements become the first one.
//!
//! naga looks through everything that a module's constants are made of for each number in them, so that a table of 30,000 vectors takes it
//! seconds. Elements of one form have one type: what is right for the first is right for all. Only arrays whose values nothing is
//! computed from are folded: variables of the module, and constants that are only read at an index which the shader computes.

use std::hash::{DefaultHasher, Hasher as _};
use std::ops::Range;

use super::assemble::Text;
use super::builtins;
use super::scopes::{DeclarationKind, Role, Scopes};
use super::tokens::{Token, TokenKind};

/// Fewest elements of an array that is folded. Shorter ones take naga no time worth the trouble.
const LEAST_ELEMENTS: usize = 1024;

/// Longest element, in tokens: a matrix with its signs has some 40.
const LONGEST_ELEMENT: usize = 64;

/// What was folded in a text.
#[derive(Default)]
pub(super) struct Folded {
    /// Ranges of the text and what takes their place, in order. The last ones are declarations behind the end of the text.
    pub edits: Vec<(Range<usize>, String)>,
    /// How many tokens these ranges have, by the item that they are in.
    pub tokens: Vec<(usize, usize)>,
    /// A hash of the numbers that are gone.
    pub values: u64,
}

/// Folds the long arrays of a text; `tokens` are its significant tokens.
pub(super) fn fold(text: &Text, tokens: &[Token], scopes: &Scopes) -> Folded {
    let mut folder = Folder { text, tokens, scopes, values: DefaultHasher::new() };
    let mut out = Folded::default();
    let mut declarations = String::new();
    for (index, item) in scopes.items.iter().enumerate() {
        let (Some(keyword), Some(name)) = (item.keyword, item.name) else { continue };
        let is_foldable = match folder.word(keyword) {
            "var" => true,
            "const" => folder.is_only_indexed(name),
            _ => false,
        };
        // The value begins at the first `array` behind the `=`.
        let value = item.tokens.clone().find(|at| folder.word(*at) == "=").map(|equals| equals + 1);
        let Some(value) = value.filter(|at| is_foldable && folder.word(*at) == "array") else { continue };
        let Some(elements) = folder.elements(value, item.tokens.end) else { continue };
        let Some(first) = elements.first().map(|element| folder.range(element)) else { continue };
        let name = folder.fresh(&declarations);
        declarations.push_str(&format!("\nconst {name}={};", text.text.get(first).unwrap_or("")));
        out.tokens.push((index, elements.iter().map(|element| element.len() - 1).sum()));
        out.edits.extend(elements.iter().map(|element| (folder.range(element), name.clone())));
    }
    if !declarations.is_empty() {
        out.edits.push((text.text.len()..text.text.len(), declarations));
        out.values = folder.values.finish();
    }
    out
}

struct Folder<'a> {
    text: &'a Text,
    tokens: &'a [Token],
    scopes: &'a Scopes,
    values: DefaultHasher,
}

impl<'a> Folder<'a> {
    fn word(&self, token: usize) -> &'a str {
        self.tokens.get(token).map_or("", |token| token.text(&self.text.text))
    }

    fn range(&self, tokens: &Range<usize>) -> Range<usize> {
        let start = self.tokens.get(tokens.start).map_or(0, |token| token.start as usize);
        let end = tokens.end.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.end as usize);
        start..end
    }

    /// A name that stands nowhere in the text.
    fn fresh(&self, declared: &str) -> String {
        let is_taken = |name: &str| self.text.text.contains(name) || declared.contains(name);
        (0u32..).map(|number| format!("folded{number}z")).find(|name| !is_taken(name)).unwrap_or_default()
    }

    /// Whether a constant is read only at indices that the shader computes, so that no other constant depends on its values.
    fn is_only_indexed(&self, name: usize) -> bool {
        let Some(Role::Declares(id)) = self.scopes.roles.get(name) else { return false };
        let is_use = |at: &usize| self.scopes.roles.get(*at) == Some(&Role::Uses(*id));
        (0..self.tokens.len()).filter(is_use).all(|at| self.word(at + 1) == "[" && self.is_computed(at + 1))
    }

    /// Whether an index that begins at `open` has a word whose value only the running shader knows.
    fn is_computed(&self, open: usize) -> bool {
        let mut depth = 0usize;
        for at in open..self.tokens.len().min(open + LONGEST_ELEMENT) {
            match self.word(at) {
                "[" => depth += 1,
                "]" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return false;
            }
            if let Some(Role::Uses(id)) = self.scopes.roles.get(at)
                && let Some(declaration) = self.scopes.declarations.get(id.0 as usize)
                && matches!(declaration.kind, DeclarationKind::Var | DeclarationKind::Let | DeclarationKind::Parameter)
            {
                return true;
            }
        }
        false
    }

    /// The elements of the array whose word is at `at`, if they are many and all have one form; their numbers are taken into the hash.
    fn elements(&mut self, at: usize, end: usize) -> Option<Vec<Range<usize>>> {
        let mut open = at + 1;
        let mut is_float = false;
        if self.word(open) == "<" {
            let mut depth = 0usize;
            loop {
                match self.word(open) {
                    "<" => depth += 1,
                    ">" => depth = depth.saturating_sub(1),
                    ">>" => depth = depth.saturating_sub(2),
                    word => is_float |= is_float_type(word),
                }
                open += 1;
                if depth == 0 {
                    break;
                }
                if open > at + LONGEST_ELEMENT {
                    return None;
                }
            }
        }
        if self.word(open) != "(" {
            return None;
        }
        let mut elements = Vec::new();
        let mut start = open + 1;
        let mut depth = 0usize;
        let mut templates = 0usize;
        for i in open + 1..end {
            match self.word(i) {
                "(" => depth += 1,
                ")" if depth == 0 => {
                    elements.extend((start < i).then_some(start..i));
                    break;
                }
                ")" => depth -= 1,
                "<" => templates += 1,
                ">" => templates = templates.saturating_sub(1),
                "," if depth == 0 && templates == 0 => {
                    elements.push(start..i);
                    start = i + 1;
                }
                _ => {}
            }
            if i.saturating_sub(start) > LONGEST_ELEMENT {
                return None;
            }
        }
        if elements.len() < LEAST_ELEMENTS {
            return None;
        }
        let form = self.form(elements.first()?, is_float)?;
        for element in &elements {
            if self.form(element, is_float)? != form {
                return None;
            }
            self.take_values(element);
        }
        Some(elements)
    }

    /// The tokens of an element, a mark for every number. `None` if it has anything but constructors, numbers and their signs.
    fn form(&self, element: &Range<usize>, is_float: bool) -> Option<Vec<&'a str>> {
        let is_float = if element.len() > 2 { element.clone().take(4).any(|at| is_float_type(self.word(at))) } else { is_float };
        let mut form = Vec::with_capacity(element.len());
        for at in element.clone() {
            let word = self.word(at);
            let token = self.tokens.get(at)?;
            match (token.kind, word) {
                (TokenKind::Number, _) => {
                    if !is_tame(word) {
                        return None;
                    }
                    form.push(match word.as_bytes().last()? {
                        b'f' => "1f",
                        b'h' => "1h",
                        b'u' => "1u",
                        b'i' => "1i",
                        _ if is_float || word.contains(['.', 'e', 'E']) => "1.",
                        _ => "1",
                    });
                }
                (TokenKind::Word, _) if self.scopes.roles.get(at) == Some(&Role::Free) && is_type(word) => form.push(word),
                // A sign is a part of its number.
                (TokenKind::Punctuation, "-")
                    if self.tokens.get(at + 1)?.kind == TokenKind::Number
                        && (at == element.start || matches!(self.word(at - 1), "(" | ",")) => {}
                (TokenKind::Punctuation, "(" | ")" | "," | "<" | ">") => form.push(word),
                _ => return None,
            }
        }
        Some(form)
    }

    fn take_values(&mut self, element: &Range<usize>) {
        for at in element.clone() {
            if self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Number)
                && let Ok(value) = self.word(at).trim_end_matches(['f', 'h', 'u', 'i']).parse::<f64>()
            {
                let sign = if self.word(at - 1) == "-" { -1.0 } else { 1.0 };
                self.values.write_u64((sign * value).to_bits());
            }
        }
    }
}

/// Whether a word is a type that elements are made of: a scalar, a vector or a matrix.
fn is_type(word: &str) -> bool {
    let is_built = word.starts_with("vec") || word.starts_with("mat") || matches!(word, "f32" | "f16" | "i32" | "u32");
    is_built && builtins::is_predeclared(word)
}

/// Whether a word is a type of floats, which makes floats of all numbers without a suffix.
fn is_float_type(word: &str) -> bool {
    matches!(word, "f32" | "f16") || ((word.starts_with("vec") || word.starts_with("mat")) && word.ends_with('f'))
}

/// Whether a number is one of any type that its form can have, whatever comes of it.
fn is_tame(number: &str) -> bool {
    let digits = number.trim_end_matches(['f', 'u', 'i', 'h']);
    let is_plain = digits.len() <= 16 && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    // Below the largest half and the largest whole number.
    is_plain && digits.parse::<f64>().is_ok_and(|value| value < 65_504.0)
}
