//! Shorter ways to say the same: fewer parentheses, types that are inferred, whole numbers.
//!
//! Whether a change means the same cannot be told from tokens alone. So everything here is a proposal: [`apply`] makes those for which
//! the caller's proof holds, all at once where that goes, else by halves.

use crate::limits::LONGEST_TYPE;
use std::ops::Range;

use super::super::builtins;
use super::super::scopes::{self, KEYWORDS, Role};
use super::super::tokens::{self, Token, TokenKind};

/// A change: parts of the text and what takes their place, in order.
pub(super) type Change = Vec<(Range<usize>, String)>;

/// What could be said shorter in a text.
pub(super) fn proposals(text: &str) -> Vec<Change> {
    let tokens = tokens::significant(text);
    let scopes = scopes::resolve(text, &tokens);
    let mut changes = ChangeFinder { text, tokens: &tokens, roles: &scopes.roles, out: Vec::new() };
    let mut open: Vec<usize> = Vec::new();
    for at in 0..tokens.len() {
        match changes.word(at) {
            "(" | "[" | "{" => open.push(at),
            ")" | "]" | "}" => {
                if let Some(start) = open.pop() {
                    changes.parentheses(start, at);
                }
            }
            "array" => changes.array(at),
            "let" | "const" | "var" | "override" => changes.annotation(at),
            "=" => changes.assignment(at),
            "+=" | "-=" => changes.increment(at),
            "workgroup_size" if at > 0 && changes.word(at - 1) == "@" => changes.workgroup_size(at),
            _ if tokens.get(at).is_some_and(|token| token.kind == TokenKind::Number) => {
                changes.number(at, open.last().copied());
            }
            _ => {}
        }
    }
    changes.out
}

struct ChangeFinder<'t> {
    text: &'t str,
    tokens: &'t [Token],
    roles: &'t [Role],
    out: Vec<Change>,
}

impl<'t> ChangeFinder<'t> {
    fn word(&self, token: usize) -> &'t str {
        self.tokens.get(token).map_or("", |token| token.text(self.text))
    }

    /// The token before this one; nothing before the first.
    fn before(&self, token: usize) -> &'t str {
        token.checked_sub(1).map_or("", |before| self.word(before))
    }

    fn kind(&self, token: usize) -> Option<TokenKind> {
        self.tokens.get(token).map(|token| token.kind)
    }

    /// Bytes from the first to the last of these tokens.
    fn range(&self, tokens: Range<usize>) -> Range<usize> {
        let start = self.tokens.get(tokens.start).map_or(self.text.len(), |token| token.start as usize);
        let end = tokens.end.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.end as usize);
        start..end.max(start)
    }

    /// Parentheses around a whole condition or result, and around what has parentheses already.
    fn parentheses(&mut self, open: usize, close: usize) {
        if self.word(open) != "(" || self.word(close) != ")" {
            return;
        }
        let after = self.word(close + 1);
        let is_needless = match self.before(open) {
            "while" | "switch" => after == "{",
            "if" => after == "{" || after == ";",
            "return" | "=" => after == ";",
            "(" => after == ")" && open + 1 < close,
            _ => false,
        };
        if is_needless {
            self.out.push(vec![(self.range(open..open + 1), " ".to_owned()), (self.range(close..close + 1), " ".to_owned())]);
        }
    }

    /// `array<f32,3>(` is `array(`.
    fn array(&mut self, at: usize) {
        if self.roles.get(at) != Some(&Role::Free) || self.word(at + 1) != "<" {
            return;
        }
        let mut depth = 0usize;
        for i in at + 1..self.tokens.len().min(at + LONGEST_TYPE) {
            match self.word(i) {
                "<" => depth += 1,
                ">" => depth = depth.saturating_sub(1),
                ">>" => depth = depth.saturating_sub(2),
                ";" | "{" | "}" | "=" => return,
                _ => {}
            }
            if depth == 0 {
                if self.word(i + 1) == "(" && self.word(i + 2) != ")" {
                    self.out.push(vec![(self.range(at + 1..i + 1), String::new())]);
                }
                return;
            }
        }
    }

    /// `let x: f32 = y;` is `let x = y;`.
    fn annotation(&mut self, at: usize) {
        let mut name = at + 1;
        if self.word(name) == "<" {
            while name < self.tokens.len().min(at + LONGEST_TYPE) && self.word(name) != ">" {
                name += 1;
            }
            name += 1;
        }
        if self.word(name + 1) != ":" {
            return;
        }
        let end = (name + 2..self.tokens.len().min(name + LONGEST_TYPE)).find(|i| matches!(self.word(*i), "=" | ";" | "{" | ")"));
        let Some(end) = end.filter(|end| self.word(*end) == "=") else { return };
        // A number alone says its type only where it has the one that numbers of its form have anyway.
        let sign = usize::from(self.word(end + 1) == "-");
        let first = end + 1 + sign;
        if self.kind(first) == Some(TokenKind::Number) && self.word(first + 1) == ";" {
            let number = self.word(first);
            let natural = match number.as_bytes().last() {
                Some(b'u') => "u32",
                Some(b'h') => "f16",
                Some(b'i') => "i32",
                _ if is_hexadecimal(number) => "i32",
                Some(b'f') => "f32",
                _ if number.contains(['.', 'e', 'E']) => "f32",
                _ => "i32",
            };
            if self.word(name + 2) != natural || end != name + 3 {
                return;
            }
        }
        self.out.push(vec![(self.range(name + 1..end), String::new())]);
    }

    /// `@workgroup_size(64, 1, 1)` is `@workgroup_size(64)`.
    fn workgroup_size(&mut self, at: usize) {
        let Some(mut end) = (at..self.tokens.len().min(at + LONGEST_TYPE)).find(|i| self.word(*i) == ")") else { return };
        let close = end;
        while self.before(end) == "1" && end >= 2 && self.word(end - 2) == "," {
            end -= 2;
        }
        if end < close && end > at + 2 {
            self.out.push(vec![(self.range(end..close), String::new())]);
        }
    }

    /// `2.` and `2u` are `2` where what stands beside them says the type; `2.5f` is `2.5`.
    fn number(&mut self, at: usize, open: Option<usize>) {
        let number = self.word(at);
        if is_hexadecimal(number) {
            return;
        }
        let is_digits =
            |text: &str| !text.is_empty() && text.len() <= LONGEST_INTEGER && text.bytes().all(|byte| byte.is_ascii_digit());
        let short = number.strip_suffix(['.', 'u', 'i', 'f', 'h']).filter(|whole| is_digits(whole));
        let Some(whole) = short else {
            let float = number.strip_suffix('f').filter(|float| float.contains(['.', 'e', 'E']));
            self.out.extend(float.map(|float| vec![(self.range(at..at + 1), float.to_owned())]));
            return;
        };
        let is_float = number.ends_with(['.', 'f', 'h']);
        if self.gets_type(at, open, is_float) {
            self.out.push(vec![(self.range(at..at + 1), whole.to_owned())]);
        }
    }

    /// Whether what stands around a number seems to say what its type is.
    fn gets_type(&self, at: usize, open: Option<usize>, is_float: bool) -> bool {
        let first = if self.before(at) == "-" && at >= 2 && !self.ends_operand(at - 2) { at - 1 } else { at };
        let (before, after) = (self.before(first), self.word(at + 1));
        if matches!(before, "(" | ",") && matches!(after, ")" | ",") {
            let callee = open.filter(|open| self.word(*open) == "(").map_or("", |open| self.before(open));
            let suffixes: &[char] = if is_float { &['f', 'h'] } else { &['u', 'i'] };
            return is_number_type(callee, suffixes)
                || (!matches!(callee, "array" | "select") && open.is_some_and(|open| self.has_word(open)));
        }
        if before == "[" && after == "]" {
            return true;
        }
        let divides = |operator: &str| matches!(operator, "/" | "%");
        let shifts = |operator: &str| matches!(operator, "<<" | ">>");
        // Division of whole numbers would be another one.
        if is_float && (divides(before) || divides(after)) {
            return false;
        }
        let is_joined = |operator: &str| is_operator(operator) || divides(operator) || (!is_float && is_bitwise(operator));
        let left =
            first >= 2 && (is_joined(before) || shifts(before)) && self.ends_operand(first - 2) && !self.is_number(first - 2);
        let right = is_joined(after) && !self.is_number(at + 2) && !(self.word(at + 2) == "-" && self.is_number(at + 3));
        let is_value =
            after == ";" && (before == "return" || before.len() > 1 && before.ends_with('=') || self.is_assignment(first));
        left || right || is_value
    }

    /// `x = x + y` is `x += y`, and `x += 1` is `x++`.
    fn assignment(&mut self, at: usize) {
        let start = (0..at).rev().take(LONGEST_TYPE).find(|i| matches!(self.word(*i), ";" | "{" | "}" | "(" | ")"));
        let Some(start) = start.map(|start| start + 1).filter(|start| *start < at) else { return };
        let length = at - start;
        let is_same = (0..length).all(|i| self.word(start + i) == self.word(at + 1 + i));
        let operator = self.word(at + 1 + length);
        if !is_same || !matches!(operator, "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^") {
            return;
        }
        // What follows must be one operand for the operator.
        let mut depth = 0usize;
        for i in at + 2 + length..self.tokens.len().min(at + LONGEST_TYPE) {
            match self.word(i) {
                "(" | "[" => depth += 1,
                ";" => break,
                ")" | "]" if depth == 0 => break,
                ")" | "]" => depth -= 1,
                "*" | "/" | "%" if matches!(operator, "+" | "-") => {}
                other if depth == 0 && (is_operator(other) || is_bitwise(other) || matches!(other, "/" | "%" | "<<" | ">>")) => {
                    return;
                }
                _ => {}
            }
        }
        self.out.push(vec![(self.range(at..at + 2 + length), format!("{operator}="))]);
    }

    /// `x += 1` is `x++`.
    fn increment(&mut self, at: usize) {
        let sign = self.word(at).strip_suffix('=').unwrap_or("");
        if matches!(self.word(at + 1), "1" | "1u" | "1i") && matches!(self.word(at + 2), ";" | ")") {
            self.out.push(vec![(self.range(at..at + 2), sign.repeat(2))]);
        }
    }

    /// Whether the token before `first` is the `=` of an assignment, or of a declaration that says its type.
    fn is_assignment(&self, first: usize) -> bool {
        let Some(equals) = first.checked_sub(1).filter(|equals| self.word(*equals) == "=") else { return false };
        let start = (0..equals).rev().take(LONGEST_TYPE).find(|i| matches!(self.word(*i), ";" | "{" | "}"));
        let declares = |word: &str| matches!(word, "let" | "var" | "const" | "override");
        match start {
            Some(start) => !(start..equals).any(|i| declares(self.word(i))) || (start..equals).any(|i| self.word(i) == ":"),
            None => false,
        }
    }

    /// Whether a call has an argument that is more than numbers.
    fn has_word(&self, open: usize) -> bool {
        let mut depth = 0usize;
        for i in open..self.tokens.len() {
            match self.word(i) {
                "(" => depth += 1,
                ")" => {
                    depth -= 1;
                    if depth == 0 {
                        return false;
                    }
                }
                _ if self.kind(i) == Some(TokenKind::Word) => return true,
                _ => {}
            }
        }
        false
    }

    fn is_number(&self, token: usize) -> bool {
        self.kind(token) == Some(TokenKind::Number)
    }

    fn ends_operand(&self, token: usize) -> bool {
        match self.kind(token) {
            Some(TokenKind::Number) => true,
            Some(TokenKind::Word) => !KEYWORDS.contains(&self.word(token)),
            _ => matches!(self.word(token), ")" | "]"),
        }
    }
}

/// Most digits of a number that loses what says its type. Sixteen million is the last whole number that `f32` has all before it of.
const LONGEST_INTEGER: usize = 7;

fn is_operator(word: &str) -> bool {
    matches!(word, "+" | "-" | "*" | "<" | ">" | "<=" | ">=" | "==" | "!=")
}

fn is_bitwise(word: &str) -> bool {
    matches!(word, "&" | "|" | "^")
}

fn is_hexadecimal(number: &str) -> bool {
    number.starts_with("0x") || number.starts_with("0X")
}

/// Whether this is a type that makes numbers of these suffixes of its arguments: `vec2u` for `u`.
fn is_number_type(word: &str, suffixes: &[char]) -> bool {
    match word {
        "f32" => suffixes.contains(&'f'),
        "f16" => suffixes.contains(&'h'),
        "u32" => suffixes.contains(&'u'),
        "i32" => suffixes.contains(&'i'),
        _ => (word.starts_with("vec") || word.starts_with("mat")) && word.ends_with(suffixes) && builtins::is_predeclared(word),
    }
}

/// The text with those of the changes that `is_same` accepts. It is asked at most as often as `budget`, in bytes of text, allows.
pub(super) fn apply(text: &str, changes: &[Change], mut budget: usize, is_same: &dyn Fn(&str) -> bool) -> String {
    let mut accepted = vec![false; changes.len()];
    let mut best = text.to_owned();
    let mut open = vec![(0, changes.len())];
    while let Some((start, end)) = open.pop() {
        let range = start..end;
        if range.is_empty() || budget < text.len() {
            continue;
        }
        budget -= text.len();
        let mut tried = accepted.clone();
        tried.get_mut(range.clone()).into_iter().for_each(|flags| flags.fill(true));
        let changed = edited(text, changes, &tried);
        if is_same(&changed) {
            (accepted, best) = (tried, changed);
        } else if range.len() > 1 {
            let middle = range.start + range.len() / 2;
            open.push((middle, end));
            open.push((start, middle));
        }
    }
    best
}

/// The text with the changes that are marked.
fn edited(text: &str, changes: &[Change], marked: &[bool]) -> String {
    let chosen = changes.iter().zip(marked).filter(|(_, is_marked)| **is_marked);
    let mut edits: Vec<&(Range<usize>, String)> = chosen.flat_map(|(change, _)| change).collect();
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    // Changes overlap where one is inside a type that another takes out.
    for (range, replacement) in edits {
        if range.start < copied {
            continue;
        }
        out.push_str(text.get(copied..range.start).unwrap_or(""));
        out.push_str(replacement);
        copied = range.end;
    }
    out.push_str(text.get(copied..).unwrap_or(""));
    out
}
