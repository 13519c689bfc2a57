//! Shaders made shorter without changing what they mean.
//!
//! [`minify`] works on tokens alone: comments, blanks and superfluous digits go. [`rename`] gives short names to what no scene can
//! see. [`shorten`] does both, lets naga read the result and keeps it only if the reflection is the same. Nothing is ever written by
//! naga.

use std::collections::{BTreeMap, BTreeSet};

use super::assemble::{Piece, assemble};
use super::builtins;
use super::reflect::{self, Module};
use super::scopes::{self, DeclarationKind, KEYWORDS, Role};
use super::tokens::{self, Token, TokenKind};
use super::validate::{self, Given};

/// The text without comments and needless blanks, with shorter spellings of numbers and types.
///
/// Text with an open comment, or with characters that WGSL does not know, comes back as it is.
pub fn minify(text: &str) -> String {
    let all = tokens::tokenize(text);
    if all.iter().any(|token| matches!(token.kind, TokenKind::OpenComment | TokenKind::Other)) {
        return text.to_owned();
    }
    let tokens: Vec<Token> = all.into_iter().filter(|token| !token.is_comment()).collect();
    let scopes = scopes::resolve(text, &tokens);
    let word = |i: usize| tokens.get(i).map_or("", |token| token.text(text));
    let is_free = |i: usize| scopes.roles.get(i) == Some(&Role::Free);
    let declared: BTreeSet<&str> = scopes.declarations.iter().map(|declaration| word(declaration.token)).collect();
    let mut out = Output { text: String::with_capacity(text.len()), last: None };
    let mut i = 0;
    while let Some(token) = tokens.get(i) {
        let alias = if word(i + 1) == "<" && matches!(word(i + 3), ">" | ">>") && is_free(i) && is_free(i + 2) {
            short_type(word(i), word(i + 2)).filter(|alias| !declared.contains(alias.as_str()))
        } else {
            None
        };
        match (alias, token.kind) {
            (Some(alias), _) => {
                out.push(TokenKind::Word, &alias);
                if word(i + 3) == ">>" {
                    out.push(TokenKind::Punctuation, ">");
                }
                i += 3;
            }
            // A comma before a closing bracket says nothing.
            (None, TokenKind::Punctuation) if word(i) == "," && matches!(word(i + 1), ")" | "}") => {}
            (None, TokenKind::Number) => out.push(TokenKind::Number, &short_number(word(i))),
            (None, kind) => out.push(kind, word(i)),
        }
        i += 1;
    }
    out.text
}

/// The alias that WGSL predeclares for a vector or matrix: `vec4f` for `vec4<f32>`.
fn short_type(generator: &str, scalar: &str) -> Option<String> {
    let suffix = match scalar {
        "f32" => 'f',
        "f16" => 'h',
        "i32" => 'i',
        "u32" => 'u',
        _ => return None,
    };
    let alias = format!("{generator}{suffix}");
    builtins::is_predeclared(&alias).then_some(alias)
}

/// Minified text as it grows.
struct Output {
    text: String,
    /// Kind and first byte of the last token.
    last: Option<(TokenKind, usize)>,
}

impl Output {
    fn push(&mut self, kind: TokenKind, word: &str) {
        if let Some((last, start)) = self.last
            && needs_blank((last, self.text.get(start..).unwrap_or("")), kind, word)
        {
            self.text.push(' ');
        }
        self.last = Some((kind, self.text.len()));
        self.text.push_str(word);
    }
}

/// Whether a token needs a blank between itself and what stands before it.
fn needs_blank((before_kind, before): (TokenKind, &str), kind: TokenKind, word: &str) -> bool {
    let is_wordlike = |kind: TokenKind| matches!(kind, TokenKind::Word | TokenKind::Number);
    if is_wordlike(before_kind) && is_wordlike(kind) {
        return true;
    }
    let glued = format!("{before}{word}");
    let spelled: Vec<&str> = tokens::tokenize(&glued).iter().map(|token| token.text(&glued)).collect();
    spelled != [before, word]
}

/// The shortest spelling of a number with the same value and type that keeps its form: `1.50` is `1.5`, `0.5` is `.5`.
fn short_number(number: &str) -> String {
    if number.starts_with("0x") || number.starts_with("0X") {
        return number.to_owned();
    }
    let (digits, suffix) = match number.strip_suffix(['f', 'h', 'u', 'i']) {
        Some(digits) => (digits, &number[digits.len()..]),
        None => (number, ""),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let Some((whole, fraction)) = mantissa.split_once('.') else { return number.to_owned() };
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let exponent = exponent.map_or(String::new(), |exponent| format!("e{}", exponent.trim_start_matches('+')));
    // The suffix or exponent makes a float of it even without a point.
    let is_marked = matches!(suffix, "f" | "h") || !exponent.is_empty();
    let mantissa = match (whole, fraction) {
        ("", "") if is_marked => "0".to_owned(),
        ("", "") => "0.".to_owned(),
        (whole, "") if is_marked => whole.to_owned(),
        (whole, fraction) => format!("{whole}.{fraction}"),
    };
    let short = format!("{mantissa}{exponent}{suffix}");
    let value = |text: &str| text.trim_end_matches(['f', 'h', 'u', 'i']).parse::<f64>().ok();
    // Digits are all that was touched; the check costs nothing and proves it.
    if value(&short).is_some() && value(&short) == value(number) { short } else { number.to_owned() }
}

/// The text with short names for what only the shader itself sees: local variables, parameters, functions that are no entry points,
/// structs, aliases, constants, private and workgroup variables, and members of structs that lie in no buffer.
///
/// Entry points, overrides, resource variables and members of structs in buffers keep their names. No new name is a word of the old
/// text or one that WGSL knows, and none is given to two things that can be seen in one place; so every word that is left alone
/// keeps its meaning, and every word that is changed means the same declaration as before.
pub fn rename(text: &str) -> String {
    let tokens = tokens::significant(text);
    let scopes = scopes::resolve(text, &tokens);
    let names = Names { text, tokens: &tokens, scopes: &scopes };
    let mut new_names = names.declarations();
    new_names.extend(names.members());
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (token, role) in tokens.iter().zip(&scopes.roles) {
        let key = match role {
            Role::Declares(id) | Role::Uses(id) => Renamed::Declaration(id.0 as usize),
            Role::Member | Role::Field => Renamed::Member(token.text(text)),
            Role::None | Role::Free | Role::Context => continue,
        };
        if let Some(name) = new_names.get(&key) {
            out.push_str(text.get(copied..token.start as usize).unwrap_or(""));
            out.push_str(name);
            copied = token.end as usize;
        }
    }
    out.push_str(text.get(copied..).unwrap_or(""));
    out
}

/// A shader as short as it safely gets. `module` is the reflection of `text`, judged by `given`.
///
/// The result is minified if its reflection stays the same, and renamed if naga makes the same code of it, names aside. So where
/// naga does not know all of a shader, its names stay.
pub fn shorten(text: &str, module: &Module, given: &Given) -> String {
    let is_same = |short: &str| {
        let piece = Piece::generated(short, crate::source::Span::default());
        let checked = validate::check(&assemble(&[piece]), given, &mut Vec::new());
        checked.is_some_and(|short| reflect::same_reflection(module, &short))
    };
    let minified = minify(text);
    if !is_same(&minified) {
        return text.to_owned();
    }
    let renamed = minify(&rename(text));
    let code = validate::code(&minified);
    if code.is_some() && validate::code(&renamed) == code && is_same(&renamed) { renamed } else { minified }
}

/// Something that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Renamed<'t> {
    /// Index of a declaration.
    Declaration(usize),
    /// A member of this name, in all structs that have one.
    Member(&'t str),
}

/// The names of one text.
struct Names<'t> {
    text: &'t str,
    tokens: &'t [Token],
    scopes: &'t scopes::Scopes,
}

impl<'t> Names<'t> {
    fn word(&self, token: usize) -> &'t str {
        self.tokens.get(token).map_or("", |token| token.text(self.text))
    }

    /// New names in the order in which they are to be used.
    fn fresh(&self) -> impl Iterator<Item = String> + use<'t> {
        let words = self.tokens.iter().filter(|token| token.kind == TokenKind::Word);
        let taken: BTreeSet<&str> = words.map(|token| token.text(self.text)).collect();
        (0u32..).map(short_name).filter(move |name| !taken.contains(name.as_str()) && is_free(name))
    }

    /// Whether the scene can see the name of a declaration, or nothing is to be gained.
    fn stays(&self, declaration: &scopes::Declaration) -> bool {
        let is_seen = match declaration.kind {
            DeclarationKind::Override => true,
            DeclarationKind::Var | DeclarationKind::Function => declaration.is_global && self.has_attribute(declaration.item),
            // Parameters of entry points have no name to the outside: locations and built-in values do the work.
            _ => false,
        };
        is_seen || self.word(declaration.token).len() < 2
    }

    /// Whether an item has attributes that make an entry point or a resource of it.
    fn has_attribute(&self, item: usize) -> bool {
        let Some(item) = self.scopes.items.get(item) else { return true };
        let head = item.tokens.start..item.keyword.unwrap_or(item.tokens.end);
        head.into_iter().any(|at| self.word(at) == "@" && !matches!(self.word(at + 1), "must_use" | "diagnostic"))
    }

    /// New names for declarations. Locals of different functions share names, those of the module do not; the most frequent come
    /// first.
    fn declarations(&self) -> BTreeMap<Renamed<'t>, String> {
        let mut counts = vec![0usize; self.scopes.declarations.len()];
        for role in &self.scopes.roles {
            if let Role::Declares(id) | Role::Uses(id) = role
                && let Some(count) = counts.get_mut(id.0 as usize)
            {
                *count += 1;
            }
        }
        let count = |index: usize| counts.get(index).copied().unwrap_or(0);
        let mut globals: Vec<usize> = Vec::new();
        let mut locals: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, declaration) in self.scopes.declarations.iter().enumerate() {
            if self.stays(declaration) {
                continue;
            }
            if declaration.is_global { globals.push(index) } else { locals.entry(declaration.item).or_default().push(index) }
        }
        for list in locals.values_mut().chain([&mut globals]) {
            list.sort_by_key(|index| (std::cmp::Reverse(count(*index)), *index));
        }
        // The locals of one rank in all functions have one name, so they are weighed together against the names of the module.
        let ranks = locals.values().map(Vec::len).max().unwrap_or(0);
        let weight = |rank: usize| locals.values().filter_map(|list| list.get(rank)).map(|index| count(*index)).sum::<usize>();
        let mut names = BTreeMap::new();
        let mut fresh = self.fresh();
        let mut next_global = globals.iter().peekable();
        let mut rank = 0;
        loop {
            let global = next_global.peek().map(|index| count(**index));
            let local = (rank < ranks).then(|| weight(rank));
            if global.is_none() && local.is_none() {
                return names;
            }
            let Some(name) = fresh.next() else { return names };
            if global >= local {
                names.extend(next_global.next().map(|index| (Renamed::Declaration(*index), name)));
            } else {
                let same_rank = locals.values().filter_map(|list| list.get(rank));
                names.extend(same_rank.map(|index| (Renamed::Declaration(*index), name.clone())));
                rank += 1;
            }
        }
    }

    /// New names for members of structs that no resource variable holds.
    fn members(&self) -> BTreeMap<Renamed<'t>, String> {
        let mut fields: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, item) in self.scopes.items.iter().enumerate() {
            for token in item.tokens.clone() {
                match self.scopes.roles.get(token) {
                    Some(Role::Field) => {
                        fields.entry(self.word(token)).or_default().insert(index);
                    }
                    Some(Role::Member) => {}
                    _ => continue,
                }
                *counts.entry(self.word(token)).or_default() += 1;
            }
        }
        let bound = self.bound_items();
        let mut renamed: Vec<&str> = fields
            .iter()
            .filter(|(name, items)| name.len() > 1 && items.is_disjoint(&bound) && !is_known_member(name))
            .map(|(name, _)| *name)
            .collect();
        renamed.sort_by_key(|name| (std::cmp::Reverse(counts.get(name).copied().unwrap_or(0)), *name));
        renamed.into_iter().zip(self.fresh()).map(|(name, short)| (Renamed::Member(name), short)).collect()
    }

    /// The items that resource variables name, themselves or through others.
    fn bound_items(&self) -> BTreeSet<usize> {
        let is_bound = |item: &scopes::Item| item.keyword.is_some_and(|keyword| self.word(keyword) == "var");
        let mut open: Vec<usize> = (0..self.scopes.items.len())
            .filter(|index| self.scopes.items.get(*index).is_some_and(is_bound) && self.has_attribute(*index))
            .collect();
        let mut seen = BTreeSet::new();
        while let Some(index) = open.pop() {
            if !seen.insert(index) {
                continue;
            }
            let tokens = self.scopes.items.get(index).map_or(0..0, |item| item.tokens.clone());
            for token in tokens {
                if let Some(Role::Uses(id)) = self.scopes.roles.get(token)
                    && let Some(declaration) = self.scopes.declarations.get(id.0 as usize)
                {
                    open.push(declaration.item);
                }
            }
        }
        seen
    }
}

/// Whether WGSL itself has members of this name: swizzles and the results of `frexp`, `modf` and `atomicCompareExchangeWeak`.
fn is_known_member(name: &str) -> bool {
    let is_swizzle = name.len() <= 4 && (name.chars().all(|c| "xyzw".contains(c)) || name.chars().all(|c| "rgba".contains(c)));
    is_swizzle || matches!(name, "fract" | "exp" | "whole" | "old_value" | "exchanged")
}

/// The name with this number: `a` … `z`, `A` … `Z`, `aa`, ….
fn short_name(number: u32) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut number = number as usize;
    let mut name = Vec::new();
    loop {
        name.push(char::from(LETTERS[number % LETTERS.len()]));
        match (number / LETTERS.len()).checked_sub(1) {
            Some(rest) => number = rest,
            None => break,
        }
    }
    name.into_iter().rev().collect()
}

/// Whether a short name means nothing to WGSL: no keyword, no reserved word, nothing predeclared.
fn is_free(name: &str) -> bool {
    !KEYWORDS.contains(&name) && !RESERVED.contains(&name) && !builtins::is_predeclared(name)
}

/// Reserved words of up to three letters, more than any shader's names need. Source: WGSL section 15.2.
const RESERVED: [&str; 15] =
    ["asm", "as", "do", "get", "mod", "mut", "new", "nil", "of", "pub", "ref", "set", "std", "try", "use"];
