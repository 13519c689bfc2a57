//! Shaders made shorter without changing what they mean.
//!
//! [`without_unused`] leaves out what no entry point needs. [`minify`] works on tokens alone: comments, blanks and superfluous digits
//! go. [`rename`] gives short names to what no scene can see. [`shorten`] does all of it and says things shorter where it can prove
//! that they mean the same. Nothing is ever written by naga.

use crate::limits::{REWRITE_BYTES, REWRITE_ROUNDS};
use std::collections::BTreeSet;

use super::assemble::{Piece, assemble};
use super::builtins;
use super::reflect::{self, Module};
use super::scopes::{self, Role};
use super::tokens::{self, Token, TokenKind};
use super::validate::{self, Environment};

mod rename;
mod rewrite;
mod unused;

pub use rename::rename;
pub use unused::without_unused;

/// The text without comments and needless blanks, with shorter spellings of numbers and types.
///
/// Text with an open comment, or with characters that WGSL does not know, comes back as it is.
pub fn minify(text: &str) -> String {
    let text = plain_interpolation(text);
    let text = text.as_str();
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

/// The text without what `@interpolate` says and would hold anyway: perspective, sampled at the center; the first vertex' value where it
/// is flat. Hosts that compare these words and not what they mean would take two stages for different.
/// Source: WGSL, "Interpolation".
pub fn plain_interpolation(text: &str) -> String {
    if !text.contains("interpolate") {
        return text.to_owned();
    }
    let tokens = tokens::significant(text);
    let word = |i: usize| tokens.get(i).map_or("", |token| token.text(text));
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for at in 0..tokens.len() {
        if (word(at), word(at + 1), word(at + 2)) != ("@", "interpolate", "(") {
            continue;
        }
        let comma = usize::from(word(at + 4) == ",");
        let sampling = if comma == 1 { word(at + 5) } else { ")" };
        // The first and the last token that go.
        let gone = match (word(at + 3), sampling) {
            ("perspective", ")") => Some((at, at + 4 + comma)),
            ("perspective", "center") => Some((at, at + 6 + usize::from(word(at + 6) == ","))),
            ("linear", "center") | ("flat", "first") => Some((at + 4, at + 5)),
            _ => None,
        };
        let range = gone.and_then(|(first, last)| Some((tokens.get(first)?.range().start, tokens.get(last)?.range().end)));
        if let Some((start, end)) = range {
            out.push_str(text.get(copied..start).unwrap_or(""));
            // What stood before and after it stays apart.
            out.push(' ');
            copied = end;
        }
    }
    out.push_str(text.get(copied..).unwrap_or(""));
    out
}

/// The text without comments and needless blanks, and else as it is; `None` if its tokens do not come out the same.
fn without_blanks(text: &str) -> Option<String> {
    let tokens = tokens::significant(text);
    let mut out = Output { text: String::with_capacity(text.len()), last: None };
    tokens.iter().for_each(|token| out.push(token.kind, token.text(text)));
    let again = tokens::significant(&out.text);
    let is_same = again.len() == tokens.len()
        && again.iter().zip(&tokens).all(|(a, b)| a.kind == b.kind && a.text(&out.text) == b.text(text));
    is_same.then_some(out.text)
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
    // Brackets and separators are in no longer token.
    let stands_alone = |word: &str| matches!(word, "(" | ")" | "[" | "]" | "{" | "}" | "," | ";" | ":" | "@" | "~");
    if stands_alone(before) || stands_alone(word) {
        return false;
    }
    let glued = format!("{before}{word}");
    let spelled: Vec<&str> = tokens::tokenize(&glued).iter().map(|token| token.text(&glued)).collect();
    spelled != [before, word]
}

/// The shortest spelling of a number with the same value and type: `1.50` is `1.5`, `0.5` is `.5`, `1000.0` is `1e3`.
fn short_number(number: &str) -> String {
    if number.starts_with("0x") || number.starts_with("0X") {
        return number.to_owned();
    }
    let (digits, suffix) = match number.strip_suffix(['f', 'h', 'u', 'i']) {
        Some(digits) => (digits, &number[digits.len()..]),
        None => (number, ""),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent),
        None => (digits, ""),
    };
    let is_float = mantissa.contains('.') || !exponent.is_empty() || matches!(suffix, "f" | "h");
    let Some(exponent) = (if exponent.is_empty() { Some(0) } else { exponent.parse::<i32>().ok() }).filter(|_| is_float) else {
        return number.to_owned();
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let plain = match (whole, fraction) {
        // The suffix makes a float of it even without a point.
        ("", "") if !suffix.is_empty() => "0".to_owned(),
        ("", "") => "0.".to_owned(),
        (whole, "") if !suffix.is_empty() => whole.to_owned(),
        (whole, fraction) => format!("{whole}.{fraction}"),
    };
    let mut spellings = Vec::new();
    if exponent == 0 {
        spellings.push(plain);
    }
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    let places = i32::try_from(fraction.len()).ok().and_then(|fraction| exponent.checked_sub(fraction));
    let zeros = i32::try_from(all.len() - all.trim_end_matches('0').len()).ok();
    if let Some(power) = places.zip(zeros).and_then(|(places, zeros)| places.checked_add(zeros))
        && !significant.is_empty()
    {
        spellings.push(format!("{significant}e{power}"));
        if exponent != 0 {
            spellings.push(format!("{}e{exponent}", plain_mantissa(whole, fraction)));
        }
    }
    let value = |text: &str| text.trim_end_matches(['f', 'h']).parse::<f64>().ok();
    // Digits are all that was touched; the check costs nothing and proves it.
    let same =
        spellings.into_iter().map(|short| short + suffix).filter(|short| value(short).is_some() && value(short) == value(number));
    same.chain([number.to_owned()]).min_by_key(String::len).unwrap_or_default()
}

/// Digits before and after a point, without a point that nothing follows.
fn plain_mantissa(whole: &str, fraction: &str) -> String {
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

/// A shader as short as it safely gets. `module` is the reflection of `text`, validated in `environment`.
///
/// Every step is proved by reading its result. What no entry point needs may go if pipelines see the same as before. Shorter spellings
/// and names are taken if naga makes the same code of them, names aside. So where naga does not know all of a shader, its names stay.
///
/// A text that naga takes long for loses its comments and blanks, and what [`plain_interpolation`] takes: the tokens of the result prove it.
pub fn shorten(text: &str, module: &Module, environment: &Environment) -> String {
    if validate::is_long(text) {
        let plain = plain_interpolation(text);
        return without_blanks(&plain).unwrap_or(plain);
    }
    let is_same = |short: &str| {
        let piece = Piece::generated(short, pngine_source::source::Span::default());
        let checked = validate::check(&assemble(&[piece]), environment, &mut Vec::new());
        checked.is_some_and(|short| reflect::same_to_pipelines(module, &short))
    };
    let needed = unused::without_unused(text).map(|needed| minify(&needed)).filter(|needed| is_same(needed));
    let Some(plain) = needed.or_else(|| Some(minify(text)).filter(|plain| is_same(plain))) else { return text.to_owned() };
    let Some(code) = validate::code(&plain) else { return plain };
    let has_same_code = |text: &str| validate::code(text).as_ref() == Some(&code);
    let mut short = plain.clone();
    for _ in 0..REWRITE_ROUNDS {
        let rewritten = minify(&rewrite::apply(&short, &rewrite::proposals(&short), REWRITE_BYTES, &has_same_code));
        if rewritten.len() >= short.len() {
            break;
        }
        short = rewritten;
    }
    let candidates = [minify(&rename(&short)), short, minify(&rename(&plain))];
    candidates.into_iter().find(|short| has_same_code(short) && is_same(short)).unwrap_or(plain)
}
