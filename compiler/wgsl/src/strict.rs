//! Rules of WGSL that naga does not enforce and browsers do, found on tokens.
//!
//! Without them a scene compiles here and stays black in a browser. Every rule here is certain: what a browser accepts is never
//! refused. The file `tests/wgsl/verdicts.txt` keeps the experiments that they rest on.

use crate::limits::{LONGEST_CALL, LONGEST_SHOWN, LONGEST_STATEMENT, MAX_WALKED_STATEMENTS, MOST_STRICT_FINDINGS};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use pngine_source::diag::{Code, Diagnostic, Fix};
use pngine_source::source::Span;

use super::assemble::Text;
use super::builtins;
use super::scopes::{DeclarationKind, Item, KEYWORDS, Role, Scopes};
use super::tokens::{Token, TokenKind};

/// What the rules say about one text.
pub(super) struct Strict {
    /// What is wrong, with the place of the statement around it, so that nothing is said twice about one statement.
    pub findings: Vec<(Span, Diagnostic)>,
    /// Items that are functions whose end is never reached: naga asks for a `return` there, browsers do not.
    pub never_ends: BTreeSet<usize>,
}

/// Examines a text; `tokens` are its significant tokens. Takes any text, in linear time.
pub(super) fn examine(text: &Text, tokens: &[Token], scopes: &Scopes) -> Strict {
    let mut rules = Rules {
        text,
        tokens,
        scopes,
        templates: Vec::new(),
        out: Strict { findings: Vec::new(), never_ends: BTreeSet::new() },
        continuing_uses: HashMap::new(),
    };
    rules.templates = rules.template_lists();
    rules.operators();
    rules.words();
    for (index, item) in scopes.items.iter().enumerate() {
        rules.item(index, item);
    }
    rules.out
}

/// What a token is in a template list.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Template {
    /// Nothing.
    #[default]
    None,
    /// `<` that opens one.
    Open,
    /// A token that closes so many, with its first characters.
    Close(u8),
}

/// How a statement can end. Source: WGSL section 9.7, "Statement behavior analysis".
#[derive(Clone, Copy, PartialEq, Eq)]
struct Behavior(u8);

impl Behavior {
    const NEXT: Self = Self(1);
    const BREAK: Self = Self(2);
    const CONTINUE: Self = Self(4);
    const RETURN: Self = Self(8);

    fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// How tightly an operator binds, as far as the rules tell them apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// `&&`, `||`.
    Logical,
    /// `&`, `|`, `^`.
    Bitwise,
    /// `==` and its kind, `<` and its kind.
    Relational,
    /// `<<`, `>>`.
    Shift,
    /// `+ - * / %`.
    Arithmetic,
}

fn class(operator: &str) -> Option<Class> {
    Some(match operator {
        "&&" | "||" => Class::Logical,
        "&" | "|" | "^" => Class::Bitwise,
        "==" | "!=" | "<" | "<=" | ">" | ">=" => Class::Relational,
        "<<" | ">>" => Class::Shift,
        "+" | "-" | "*" | "/" | "%" => Class::Arithmetic,
        _ => return None,
    })
}

/// The binary operators of one expression outside of its brackets: token and class, in order; and where it starts.
#[derive(Default)]
struct Expression {
    start: Option<usize>,
    operators: Vec<(usize, Class)>,
}

struct Rules<'a> {
    text: &'a Text,
    tokens: &'a [Token],
    scopes: &'a Scopes,
    templates: Vec<Template>,
    out: Strict,
    /// Scratch space of [`Rules::bypassed`].
    continuing_uses: HashMap<u32, usize>,
}

impl<'a> Rules<'a> {
    fn word(&self, token: usize) -> &'a str {
        self.tokens.get(token).map_or("", |token| token.text(&self.text.text))
    }

    fn role(&self, token: usize) -> Role {
        self.scopes.roles.get(token).copied().unwrap_or(Role::None)
    }

    fn kind(&self, token: usize) -> Option<TokenKind> {
        self.tokens.get(token).map(|token| token.kind)
    }

    fn template(&self, token: usize) -> Template {
        self.templates.get(token).copied().unwrap_or_default()
    }

    /// Bytes from the first to the last of these tokens.
    fn range(&self, tokens: Range<usize>) -> Range<usize> {
        let start = self.tokens.get(tokens.start).map_or(self.text.text.len(), |token| token.start as usize);
        let end = tokens.end.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.end as usize);
        start..end.max(start)
    }

    fn span(&self, tokens: Range<usize>) -> Span {
        self.text.map.span(self.range(tokens))
    }

    fn one(&self, token: usize) -> Span {
        self.span(token..token + 1)
    }

    /// The place of the statement around a token: what stands between semicolons and braces.
    fn statement(&self, token: usize) -> Span {
        let ends = |token: usize| matches!(self.word(token), ";" | "{" | "}");
        let start = (0..token)
            .rev()
            .take(LONGEST_STATEMENT)
            .find(|at| ends(*at))
            .map_or(token.saturating_sub(LONGEST_STATEMENT), |at| at + 1);
        let end = (token..self.tokens.len()).take(LONGEST_STATEMENT).find(|at| ends(*at)).unwrap_or(token + 1);
        self.span(start.min(token)..end.max(token + 1))
    }

    fn report(&mut self, token: usize, diagnostic: Diagnostic) {
        self.report_in(self.statement(token), diagnostic);
    }

    fn report_in(&mut self, place: Span, diagnostic: Diagnostic) {
        if self.out.findings.len() < MOST_STRICT_FINDINGS {
            self.out.findings.push((place, diagnostic));
        }
    }

    /// The place of the declaration around a token: how a function ends can be told only where all of it is right.
    fn declaration(&self, token: usize) -> Span {
        let item = self.scopes.items.partition_point(|item| item.tokens.end <= token);
        self.scopes.items.get(item).map_or_else(|| self.one(token), |item| self.span(item.tokens.clone()))
    }

    /// Tells template lists from comparisons. Source: WGSL section 3.9, "Template lists".
    fn template_lists(&self) -> Vec<Template> {
        let mut marks = vec![Template::None; self.tokens.len()];
        let mut pending: Vec<(usize, usize)> = Vec::new();
        let mut depth = 0usize;
        for at in 0..self.tokens.len() {
            let word = self.word(at);
            match word {
                "<" if at > 0 && self.is_template_name(at - 1) => pending.push((at, depth)),
                ">" | ">>" | ">=" | ">>=" => {
                    let mut closed = 0u8;
                    for _ in 0..word.chars().filter(|c| *c == '>').count() {
                        match pending.last() {
                            Some((open, at_depth)) if *at_depth == depth => {
                                marks[*open] = Template::Open;
                                pending.pop();
                                closed += 1;
                            }
                            _ => break,
                        }
                    }
                    if closed > 0 {
                        marks[at] = Template::Close(closed);
                        // The `=` that is left of `>=` is an assignment.
                        if word.ends_with('=') && usize::from(closed) + 1 == word.len() {
                            pending.clear();
                            depth = 0;
                        }
                    }
                }
                "(" | "[" => depth += 1,
                ")" | "]" => {
                    while pending.last().is_some_and(|(_, at_depth)| *at_depth >= depth) {
                        pending.pop();
                    }
                    depth = depth.saturating_sub(1);
                }
                ";" | "{" | ":" | "=" | "+=" | "-=" | "*=" | "/=" | "%=" | "&=" | "|=" | "^=" => {
                    pending.clear();
                    depth = 0;
                }
                "&&" | "||" => {
                    while pending.last().is_some_and(|(_, at_depth)| *at_depth >= depth) {
                        pending.pop();
                    }
                }
                _ => {}
            }
        }
        marks
    }

    fn is_template_name(&self, token: usize) -> bool {
        self.kind(token) == Some(TokenKind::Word) && (self.word(token) == "var" || !KEYWORDS.contains(&self.word(token)))
    }

    /// Whether a token ends an operand, so that an operator after it has two.
    fn ends_operand(&self, token: usize) -> bool {
        match self.kind(token) {
            Some(TokenKind::Number) => true,
            Some(TokenKind::Word) => !KEYWORDS.contains(&self.word(token)) || matches!(self.word(token), "true" | "false"),
            _ => matches!(self.word(token), ")" | "]") || matches!(self.template(token), Template::Close(_)),
        }
    }

    /// Splits the text into expressions and examines each.
    fn operators(&mut self) {
        let mut levels = vec![Expression::default()];
        for at in 0..self.tokens.len() {
            let word = self.word(at);
            let mut flush = false;
            match self.template(at) {
                Template::Open => {
                    levels.push(Expression::default());
                    continue;
                }
                Template::Close(count) => {
                    for _ in 0..count {
                        self.close(&mut levels, at);
                    }
                    let rest = word.get(usize::from(count)..).unwrap_or("");
                    if rest == "=" {
                        self.end(&mut levels, at);
                    } else if let Some(class) = class(rest)
                        && let Some(level) = levels.last_mut()
                    {
                        level.operators.push((at, class));
                    }
                    continue;
                }
                Template::None => {}
            }
            match word {
                "(" | "[" => {
                    if let Some(level) = levels.last_mut() {
                        level.start.get_or_insert(at);
                    }
                    levels.push(Expression::default());
                }
                ")" | "]" => self.close(&mut levels, at),
                "{" | "}" => {
                    while levels.len() > 1 {
                        self.close(&mut levels, at);
                    }
                    flush = true;
                }
                "," | ";" | ":" | "=" | "->" | "@" | "+=" | "-=" | "*=" | "/=" | "%=" | "&=" | "|=" | "^=" | "<<=" | ">>=" => {
                    flush = true;
                }
                _ if KEYWORDS.contains(&word) && !matches!(word, "true" | "false") => flush = true,
                _ => {
                    if let Some(level) = levels.last_mut() {
                        match class(word) {
                            Some(class) if at > 0 && self.ends_operand(at - 1) => level.operators.push((at, class)),
                            _ => {
                                level.start.get_or_insert(at);
                            }
                        }
                    }
                }
            }
            if flush {
                self.end(&mut levels, at);
            }
        }
        while levels.len() > 1 {
            self.close(&mut levels, self.tokens.len());
        }
        self.end(&mut levels, self.tokens.len());
    }

    fn close(&mut self, levels: &mut Vec<Expression>, at: usize) {
        if levels.len() > 1
            && let Some(expression) = levels.pop()
        {
            self.expression(&expression, at);
        }
    }

    fn end(&mut self, levels: &mut [Expression], at: usize) {
        if let Some(level) = levels.last_mut() {
            let expression = std::mem::take(level);
            self.expression(&expression, at);
        }
    }

    /// One expression without what stands in its brackets; `end` is one past its last token. Source: WGSL section 8.18, "Operator
    /// precedence and associativity".
    fn expression(&mut self, expression: &Expression, end: usize) {
        let operators = expression.operators.as_slice();
        if operators.len() < 2 {
            return;
        }
        let logical: Vec<usize> = operators.iter().filter(|(_, class)| *class == Class::Logical).map(|(at, _)| *at).collect();
        if let Some((first, second)) = self.unlike(&logical) {
            let groups = self.and_groups(expression, &logical, end);
            return self.mixed(first, second, &groups);
        }
        for part in operators.split(|(_, class)| *class == Class::Logical) {
            let bitwise = part.iter().find(|(_, class)| *class == Class::Bitwise);
            if let Some((bit, _)) = bitwise {
                // A bitwise operator stands with nothing but itself.
                let own = self.word(*bit);
                let other = operators.iter().find(|(at, _)| self.word(*at) != own);
                if let Some((other, _)) = other {
                    return self.mixed(*bit.min(other), *bit.max(other), &[]);
                }
                continue;
            }
            let mut relations = part.iter().filter(|(_, class)| *class == Class::Relational);
            if let (Some((first, _)), Some((second, _))) = (relations.next(), relations.next()) {
                return self.mixed(*first, *second, &[]);
            }
            for side in part.split(|(_, class)| *class == Class::Relational) {
                if side.len() > 1
                    && let Some(shift) = side.iter().position(|(_, class)| *class == Class::Shift)
                {
                    let (first, second) = if shift == 0 { (side[0].0, side[1].0) } else { (side[shift - 1].0, side[shift].0) };
                    return self.mixed(first, second, &[]);
                }
            }
        }
    }

    /// The first two neighbours that differ.
    fn unlike(&self, operators: &[usize]) -> Option<(usize, usize)> {
        operators.windows(2).find_map(|pair| match pair {
            [a, b] if self.word(*a) != self.word(*b) => Some((*a, *b)),
            _ => None,
        })
    }

    /// The operands of `||` that hold `&&`, as tokens: what other languages would take together.
    fn and_groups(&self, expression: &Expression, logical: &[usize], end: usize) -> Vec<Range<usize>> {
        let mut groups = Vec::new();
        let mut start = expression.start.unwrap_or(0);
        let mut has_and = false;
        for at in logical.iter().copied().chain([end]) {
            let is_and = at != end && self.word(at) == "&&";
            if is_and {
                has_and = true;
                continue;
            }
            if has_and && start < at {
                groups.push(start..at);
            }
            start = at + 1;
            has_and = false;
        }
        groups
    }

    /// Reports two operators that need parentheses; `groups` are what the parentheses may go around.
    fn mixed(&mut self, first: usize, second: usize, groups: &[Range<usize>]) {
        let (a, b) = (self.word(first), self.word(second));
        let message = if a == b && matches!(class(a), Some(Class::Relational)) {
            format!("`{a}` follows `{b}`: comparisons do not chain")
        } else {
            format!("`{a}` and `{b}` without parentheses")
        };
        let comparisons = class(a) == Some(Class::Relational) && class(b) == Some(Class::Relational);
        let mut help = if comparisons {
            "write `a < b && b < c`, or parentheses around one comparison".to_owned()
        } else {
            "put parentheses around what belongs together: WGSL has no precedence between these operators".to_owned()
        };
        let mut fix = None;
        if let Some(group) = groups.first() {
            let range = self.range(group.clone());
            let shown = self.text.text.get(range).unwrap_or("");
            if shown.len() <= LONGEST_SHOWN && !shown.contains(super::tokens::is_line_break) {
                help = format!("write `({shown})`, if that belongs together: WGSL has no precedence between these operators");
            }
            let mut edits = Vec::new();
            for group in groups {
                let range = self.range(group.clone());
                edits.push((self.text.map.point(range.start), "(".to_owned()));
                edits.push((self.text.map.point(range.end), ")".to_owned()));
            }
            fix = Some(Fix { title: "put `&&` into parentheses".to_owned(), safe: false, edits });
        }
        let mut diagnostic = Diagnostic::new(Code::MixedOperators, self.one(second), message)
            .label("does not go together")
            .also(self.one(first), "with this")
            .help(help);
        diagnostic.fixes.extend(fix);
        self.report(second, diagnostic);
    }

    /// Rules about single words and calls.
    fn words(&mut self) {
        for at in 0..self.tokens.len() {
            let word = self.word(at);
            match self.role(at) {
                Role::Free if builtins::FUNCTIONS.contains(&word) => {
                    if self.word(at + 1) == "(" {
                        self.call(at, word);
                    } else if self.template(at + 1) == Template::Open {
                        if word == "bitcast" {
                            self.bitcast(at);
                        }
                    } else {
                        let diagnostic = Diagnostic::new(Code::WgslInvalid, self.one(at), format!("`{word}` is a function"))
                            .label("not called")
                            .help(format!("write `{word}(…)`"));
                        self.report(at, diagnostic);
                    }
                }
                _ => {}
            }
        }
    }

    /// The arguments of the call whose parenthesis is `open`, as tokens, up to the first eight.
    fn arguments(&self, open: usize) -> Vec<Range<usize>> {
        let mut arguments = Vec::new();
        let mut depth = 0usize;
        let mut start = open + 1;
        for at in (open..self.tokens.len()).take(LONGEST_CALL) {
            match self.template(at) {
                Template::Open => depth += 1,
                Template::Close(count) => depth = depth.saturating_sub(usize::from(count)),
                Template::None => match self.word(at) {
                    "(" | "[" => depth += 1,
                    ")" | "]" => {
                        depth = depth.saturating_sub(1);
                        if depth == 0 {
                            if start < at {
                                arguments.push(start..at);
                            }
                            return arguments;
                        }
                    }
                    "," if depth == 1 => {
                        arguments.push(start..at);
                        start = at + 1;
                    }
                    ";" | "{" | "}" => return Vec::new(),
                    _ => {}
                },
            }
        }
        Vec::new()
    }

    /// The number that tokens are, if they are nothing but a decimal literal with or without a minus.
    fn literal(&self, tokens: &Range<usize>) -> Option<f64> {
        let (sign, at) = if self.word(tokens.start) == "-" { (-1.0, tokens.start + 1) } else { (1.0, tokens.start) };
        if at + 1 != tokens.end || self.kind(at) != Some(TokenKind::Number) {
            return None;
        }
        let word = self.word(at);
        if let Some(hex) = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
            let value = u64::from_str_radix(hex.trim_end_matches(['u', 'i']), 16).ok()?;
            return u32::try_from(value).ok().map(|value| sign * f64::from(value));
        }
        word.trim_end_matches(['u', 'i', 'f', 'h']).parse::<f64>().ok().map(|value| sign * value)
    }

    /// Calls whose constant arguments WGSL forbids. Source: WGSL section 17.5, "Numeric built-in functions".
    fn call(&mut self, name: usize, word: &str) {
        if !matches!(word, "clamp" | "smoothstep" | "extractBits" | "insertBits" | "ldexp") {
            return;
        }
        let arguments = self.arguments(name + 1);
        let number = |index: usize| arguments.get(index).and_then(|tokens| self.literal(tokens));
        let (message, help, wrong) = match (word, arguments.len()) {
            ("clamp", 3) => match (number(1), number(2)) {
                (Some(low), Some(high)) if low > high => {
                    ("the lower limit of `clamp` is above the upper one", "write `clamp(value, low, high)`", 1)
                }
                _ => return,
            },
            ("smoothstep", 3) => match (number(0), number(1)) {
                (Some(low), Some(high)) if low == high => {
                    ("both edges of `smoothstep` are the same", "write `step(edge, x)` for a hard edge", 0)
                }
                _ => return,
            },
            ("extractBits", 3) | ("insertBits", 4) => {
                let last = arguments.len() - 1;
                match (number(last - 1), number(last)) {
                    (Some(offset), Some(count)) if offset + count > 32.0 => {
                        ("offset and count go beyond the 32 bits of a number", "offset plus count is 32 at most", last - 1)
                    }
                    _ => return,
                }
            }
            ("ldexp", 2) => match number(1) {
                Some(exponent) if exponent > 128.0 => ("this exponent is too large", "128 is the largest", 1),
                _ => return,
            },
            _ => return,
        };
        let wrong = arguments.get(wrong).cloned().unwrap_or(name..name + 1);
        let end = if word == "ldexp" { wrong.end } else { arguments.get(wrong_end(word)).map_or(wrong.end, |range| range.end) };
        let span = self.span(wrong.start..end.max(wrong.end));
        self.report(name, Diagnostic::new(Code::WgslConstant, span, message).label("browsers refuse this").help(help));
    }

    /// `bitcast<f32>` of a constant that is infinite or no number. Source: WGSL section 17.2.1.
    fn bitcast(&mut self, name: usize) {
        let is_float =
            self.word(name + 2) == "f32" && self.template(name + 3) == Template::Close(1) && self.word(name + 3) == ">";
        if !is_float || self.word(name + 4) != "(" {
            return;
        }
        let arguments = self.arguments(name + 4);
        let [argument] = arguments.as_slice() else { return };
        if argument.len() != 1
            || self.word(argument.start).ends_with(['.', 'f', 'h']) && !self.word(argument.start).starts_with("0x")
        {
            return;
        }
        // Only whole numbers have the bits of what they say.
        let Some(value) = self.literal(argument).filter(|value| value.fract() == 0.0 && *value >= 0.0) else { return };
        if self.word(argument.start).contains('.') || value > f64::from(u32::MAX) {
            return;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number within the range of u32")]
        let bits = value as u32;
        if f32::from_bits(bits).is_finite() {
            return;
        }
        let diagnostic = Diagnostic::new(Code::WgslConstant, self.span(argument.clone()), "these bits are infinity or no number")
            .label("browsers refuse this as a constant")
            .help("write a large number, such as `3.4e38`");
        self.report(name, diagnostic);
    }

    /// Rules about one declaration.
    fn item(&mut self, index: usize, item: &Item) {
        let Some(keyword) = item.keyword else { return };
        match self.word(keyword) {
            "const" => {
                self.not_on_const(item, keyword);
                self.constant(keyword + 1..item.tokens.end, ConstContext::Const);
            }
            "fn" => {
                self.function_attributes(item, keyword);
                if let Some(body) = &item.body {
                    self.locals(body);
                    self.function(index, item, body);
                }
            }
            "const_assert" => self.constant(keyword + 1..item.tokens.end, ConstContext::Const),
            _ => {}
        }
    }

    /// The attribute at `token` without it being allowed there.
    fn misplaced(&mut self, token: usize, message: String, help: &str) {
        let span = self.span(token..token + 2);
        self.report(token, Diagnostic::new(Code::WgslInvalid, span, message).label("not allowed here").help(help));
    }

    fn not_on_const(&mut self, item: &Item, keyword: usize) {
        if item.tokens.start < keyword {
            let name = self.word(item.tokens.start + 1);
            let help = if name == "id" { "write `override` for a value that a pipeline sets" } else { "leave it out" };
            self.misplaced(item.tokens.start, format!("`const` takes no `@{name}`"), help);
        }
    }

    fn function_attributes(&mut self, item: &Item, keyword: usize) {
        let mut size = None;
        let mut is_compute = false;
        let mut at = item.tokens.start;
        while at < keyword {
            if self.word(at) == "@" {
                match self.word(at + 1) {
                    "workgroup_size" => size = Some(at),
                    "compute" => is_compute = true,
                    _ => {}
                }
            }
            at += 1;
        }
        let Some(size) = size else { return };
        if !is_compute {
            let message = "`@workgroup_size` on a function that is not a compute shader".to_owned();
            return self.misplaced(size, message, "write `@compute` before it, or leave it out");
        }
        // `1u` next to `1i`.
        let mut suffixes = self.arguments(size + 2).into_iter().filter(|tokens| tokens.len() == 1).filter_map(|tokens| {
            let word = self.word(tokens.start);
            let is_number = self.kind(tokens.start) == Some(TokenKind::Number) && !word.starts_with("0x");
            word.chars().last().filter(|last| is_number && matches!(last, 'u' | 'i')).map(|last| (tokens.start, last))
        });
        let Some((first, suffix)) = suffixes.next() else { return };
        let other = suffixes.find(|(_, other)| *other != suffix);
        if let Some((other, _)) = other {
            let diagnostic = Diagnostic::new(Code::WgslInvalid, self.one(other), "the sizes of a workgroup have different types")
                .label("not the type of the first")
                .also(self.one(first), "the first")
                .help("leave out the suffixes");
            self.report(other, diagnostic);
        }
    }

    /// Declarations and the like in a function's body.
    fn locals(&mut self, body: &Range<usize>) {
        for at in body.clone() {
            match self.word(at) {
                "const" | "const_assert" => self.constant(at + 1..body.end, ConstContext::Const),
                "case" => self.constant(at + 1..body.end, ConstContext::Case),
                "array" if self.role(at) == Role::Free && self.template(at + 1) == Template::Open => {
                    self.array_size(at + 1, body.end)
                }
                "let" | "var" => self.large_literal(at),
                "@" if self.word(at.saturating_sub(1)) != "@" => self.statement_attribute(at),
                _ => {}
            }
        }
    }

    /// Attributes before a declaration in a function. Source: WGSL section 9, `statement`: only compound statements take them.
    fn statement_attribute(&mut self, at: usize) {
        let after = super::scopes::skip_attributes(&self.text.text, self.tokens, at);
        if matches!(self.word(after), "let" | "var" | "const") && matches!(self.word(at.saturating_sub(1)), ";" | "{" | "}") {
            self.misplaced(at, format!("`{}` in a function takes no attributes", self.word(after)), "leave it out");
        }
    }

    /// `let k = 3000000000;`: without a type the number becomes `i32`.
    fn large_literal(&mut self, keyword: usize) {
        if self.word(keyword + 2) != "=" || !matches!(self.role(keyword + 1), Role::Declares(_)) {
            return;
        }
        let start = keyword + 3;
        let end = if self.word(start) == "-" { start + 2 } else { start + 1 };
        let number = self.word(end - 1);
        let is_hex = number.starts_with("0x") || number.starts_with("0X");
        let is_whole = number.chars().all(|c| c.is_ascii_digit())
            || is_hex && number.get(2..).is_some_and(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()));
        if self.word(end) != ";" || self.kind(end - 1) != Some(TokenKind::Number) || !is_whole {
            return;
        }
        let digits = number.get(2..).filter(|_| is_hex).unwrap_or(number);
        let value = u64::from_str_radix(digits, if is_hex { 16 } else { 10 }).unwrap_or(u64::MAX);
        let limit = if end - start == 2 { 1 << 31 } else { (1 << 31) - 1 };
        if value > limit {
            let span = self.span(start..end);
            let help = if value <= u64::from(u32::MAX) && end - start == 1 {
                format!("write `{number}u` for a `u32`")
            } else {
                "write it as a float".to_owned()
            };
            let diagnostic = Diagnostic::new(Code::WgslConstant, span, "this number does not fit into an `i32`")
                .label("a number without a suffix is an `i32`")
                .help(help);
            self.report(keyword, diagnostic);
        }
    }

    /// What must be known at compile time: from `tokens.start` to the end of its statement, head or clause.
    fn constant(&mut self, tokens: Range<usize>, stands: ConstContext) {
        for at in tokens.take(LONGEST_CALL) {
            match self.word(at) {
                ";" | "{" | "}" => return,
                ":" if stands == ConstContext::Case => return,
                _ => {}
            }
            if let Some(kind) = self.runtime_use(at) {
                return self.not_constant(at, kind, stands);
            }
        }
    }

    /// The size of an array type, where it is a name.
    fn array_size(&mut self, open: usize, end: usize) {
        let mut depth = 0usize;
        let mut comma = None;
        for at in (open..end).take(LONGEST_CALL) {
            match self.template(at) {
                Template::Open => depth += 1,
                Template::Close(count) => {
                    depth = depth.saturating_sub(usize::from(count));
                    if depth == 0 {
                        break;
                    }
                }
                Template::None if self.word(at) == "," && depth == 1 => comma = Some(at),
                Template::None => {}
            }
            if comma.is_some_and(|comma| comma < at)
                && let Some(kind) = self.runtime_use(at)
                && kind != DeclarationKind::Override
            {
                return self.not_constant(at, kind, ConstContext::Size);
            }
        }
    }

    /// What kind of declaration a word means, if its value is known only when the shader runs or its pipeline is made.
    fn runtime_use(&self, token: usize) -> Option<DeclarationKind> {
        let Role::Uses(id) = self.role(token) else { return None };
        let declaration = self.scopes.declarations.get(id.0 as usize)?;
        let is_runtime = match declaration.kind {
            DeclarationKind::Let | DeclarationKind::Var | DeclarationKind::Parameter | DeclarationKind::Override => true,
            DeclarationKind::Function => self.word(token + 1) == "(",
            DeclarationKind::Struct | DeclarationKind::Alias | DeclarationKind::Const => false,
        };
        is_runtime.then_some(declaration.kind)
    }

    fn not_constant(&mut self, token: usize, kind: DeclarationKind, stands: ConstContext) {
        let name = self.word(token);
        let what = match stands {
            ConstContext::Const => "the value of a `const`",
            ConstContext::Case => "a `case`",
            ConstContext::Size => "the size of an array",
        };
        let why = match kind {
            DeclarationKind::Function => "this function runs only in the shader",
            DeclarationKind::Override => "known only when a pipeline is made",
            _ => "known only when the shader runs",
        };
        let help = match (stands, kind) {
            (ConstContext::Const, DeclarationKind::Override) => "write `override` in place of `const`".to_owned(),
            (ConstContext::Const, _) if self.item_is_function(token) => "write `let` in place of `const`".to_owned(),
            (_, DeclarationKind::Let) => format!("declare `{name}` with `const`"),
            _ => "use a `const` or a number".to_owned(),
        };
        let message = format!("{what} must be constant, and `{name}` is not");
        self.report(token, Diagnostic::new(Code::NotConstant, self.one(token), message).label(why).help(help));
    }

    fn item_is_function(&self, token: usize) -> bool {
        let item = self.scopes.items.partition_point(|item| item.tokens.end <= token);
        self.scopes.items.get(item).is_some_and(|item| item.body.is_some())
    }

    /// How a function's body ends.
    fn function(&mut self, index: usize, item: &Item, body: &Range<usize>) {
        if self.word(body.start) != "{" || self.word(body.end.saturating_sub(1)) != "}" {
            return;
        }
        let before = self.out.findings.len();
        let mut walk =
            BehaviorWalk { rules: self, at: body.start, end: body.end, loops: Vec::new(), budget: MAX_WALKED_STATEMENTS };
        let Some(behavior) = walk.block().map(|block| block.behavior) else {
            // What does not parse is for naga to tell.
            self.out.findings.truncate(before);
            return;
        };
        if !behavior.has(Behavior::NEXT) {
            // A `return` without a value is a mistake of its own in a function with a result.
            let is_bare = |at: usize| self.word(at) == "return" && self.word(at + 1) == ";";
            if !body.clone().any(is_bare) {
                self.out.never_ends.insert(index);
            }
            return;
        }
        let arrow = (item.tokens.start..body.start).find(|token| self.word(*token) == "->");
        if let (Some(_), Some(name)) = (arrow, item.name) {
            let message = format!("`{}` does not return a value on every path", self.word(name));
            let diagnostic = Diagnostic::new(Code::WgslInvalid, self.one(name), message)
                .label("reaches its end without `return`")
                .help("end it with `return …;`; `discard` and a `break` in a `switch` go on");
            self.report_in(self.declaration(name), diagnostic);
        }
    }

    /// Reports a loop that nothing leaves.
    fn endless(&mut self, keyword: usize) {
        let message = format!("this `{}` never ends", self.word(keyword));
        let diagnostic = Diagnostic::new(Code::EndlessLoop, self.one(keyword), message)
            .label("no `break` or `return` leaves it")
            .help("a `break` inside of a `switch` leaves only the `switch`");
        self.report_in(self.declaration(keyword), diagnostic);
    }

    /// Reports a declaration that a `continue` before it jumps over although the `continuing` block uses it.
    fn bypassed(&mut self, first_continue: usize, declared: &[usize], continuing: Range<usize>) {
        if !declared.iter().any(|token| *token > first_continue) {
            return;
        }
        self.continuing_uses.clear();
        for token in continuing {
            if let Role::Uses(id) = self.role(token) {
                self.continuing_uses.entry(id.0).or_insert(token);
            }
        }
        for token in declared.iter().copied().filter(|token| *token > first_continue) {
            if let Role::Declares(id) = self.role(token)
                && let Some(used) = self.continuing_uses.get(&id.0).copied()
            {
                let message = format!("`continue` jumps over `{}`, which `continuing` uses", self.word(token));
                let diagnostic = Diagnostic::new(Code::WgslInvalid, self.one(first_continue), message)
                    .label("goes to `continuing` from here")
                    .also(self.one(token), "declared after it")
                    .also(self.one(used), "used here")
                    .help("declare it before the `continue`");
                return self.report_in(self.declaration(first_continue), diagnostic);
            }
        }
    }
}

/// The last argument of a pair that does not fit together.
fn wrong_end(function: &str) -> usize {
    match function {
        "smoothstep" => 1,
        "insertBits" => 3,
        _ => 2,
    }
}

/// Where a value must be constant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ConstContext {
    Const,
    Case,
    Size,
}

/// A block that was walked through.
struct Block {
    behavior: Behavior,
    /// Names that it declares itself, as tokens.
    declared: Vec<usize>,
    /// Its `continuing`, as tokens from brace to brace, and how that ends.
    continuing: Option<(Range<usize>, Behavior)>,
}

/// Walks through the statements of a body. `None` anywhere: the text is not as the grammar wants it.
struct BehaviorWalk<'w, 'a> {
    rules: &'w mut Rules<'a>,
    at: usize,
    end: usize,
    /// For every open loop: its first `continue`.
    loops: Vec<Option<usize>>,
    budget: usize,
}

impl BehaviorWalk<'_, '_> {
    fn word(&self) -> &str {
        if self.at < self.end { self.rules.word(self.at) } else { "" }
    }

    /// Goes to the first of `stops` outside of parentheses.
    fn skip_to(&mut self, stops: &[&str]) -> Option<()> {
        let mut depth = 0usize;
        while self.at < self.end {
            let word = self.rules.word(self.at);
            if depth == 0 && stops.contains(&word) {
                return Some(());
            }
            match word {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.checked_sub(1)?,
                "{" | "}" => return None,
                _ => {}
            }
            self.at += 1;
        }
        None
    }

    fn expect(&mut self, word: &str) -> Option<()> {
        (self.word() == word).then(|| self.at += 1)
    }

    /// A block from its `{` on, to one past its `}`.
    fn block(&mut self) -> Option<Block> {
        self.expect("{")?;
        let mut block = Block { behavior: Behavior::NEXT, declared: Vec::new(), continuing: None };
        loop {
            self.budget = self.budget.checked_sub(1)?;
            self.at = super::scopes::skip_attributes(&self.rules.text.text, self.rules.tokens, self.at);
            match self.word() {
                "}" => {
                    self.at += 1;
                    return Some(block);
                }
                "continuing" if block.continuing.is_none() => {
                    self.at += 1;
                    let start = self.at;
                    let inner = self.block()?;
                    block.continuing = Some((start..self.at, inner.behavior));
                }
                "let" | "var" | "const" => {
                    let start = self.at;
                    self.skip_to(&[";"])?;
                    block.declared.extend((start..self.at).find(|at| matches!(self.rules.role(*at), Role::Declares(_))));
                    self.at += 1;
                }
                _ => {
                    let next = self.statement()?;
                    if block.behavior.has(Behavior::NEXT) {
                        block.behavior = block.behavior.without(Behavior::NEXT).with(next);
                    }
                }
            }
        }
    }

    fn statement(&mut self) -> Option<Behavior> {
        let keyword = self.at;
        match self.word() {
            "{" => return Some(self.block()?.behavior),
            "if" => return self.branch(),
            "switch" => return self.switch(),
            "loop" => {
                self.at += 1;
                self.at = super::scopes::skip_attributes(&self.rules.text.text, self.rules.tokens, self.at);
                self.loops.push(None);
                let body = self.block()?;
                let first_continue = self.loops.pop().flatten();
                let mut inside = body.behavior;
                if let Some((tokens, continuing)) = body.continuing {
                    inside = inside.with(continuing);
                    if let Some(first_continue) = first_continue {
                        self.rules.bypassed(first_continue, &body.declared, tokens);
                    }
                }
                return Some(self.left(keyword, inside, false));
            }
            "while" => {
                self.at += 1;
                self.skip_to(&["{"])?;
                let inside = self.loop_body()?;
                return Some(self.left(keyword, inside, true));
            }
            "for" => {
                self.at += 1;
                self.expect("(")?;
                self.skip_to(&[";"])?;
                self.at += 1;
                let has_condition = self.word() != ";";
                self.skip_to(&[";"])?;
                self.at += 1;
                self.skip_to(&[")"])?;
                self.at += 1;
                self.at = super::scopes::skip_attributes(&self.rules.text.text, self.rules.tokens, self.at);
                let inside = self.loop_body()?;
                return Some(self.left(keyword, inside, has_condition));
            }
            _ => {}
        }
        let behavior = match self.word() {
            "return" => Behavior::RETURN,
            "continue" => {
                if let Some(first) = self.loops.last_mut() {
                    first.get_or_insert(keyword);
                }
                Behavior::CONTINUE
            }
            "break" if self.rules.word(self.at + 1) == "if" => Behavior::BREAK.with(Behavior::NEXT),
            "break" => Behavior::BREAK,
            _ => Behavior::NEXT,
        };
        self.skip_to(&[";"])?;
        self.at += 1;
        Some(behavior)
    }

    fn loop_body(&mut self) -> Option<Behavior> {
        self.loops.push(None);
        let body = self.block()?;
        self.loops.pop();
        Some(body.behavior)
    }

    /// How a loop ends whose body and `continuing` end `inside`.
    fn left(&mut self, keyword: usize, inside: Behavior, has_condition: bool) -> Behavior {
        let leaves = has_condition || inside.has(Behavior::BREAK);
        let mut behavior = inside.without(Behavior::BREAK).without(Behavior::CONTINUE).without(Behavior::NEXT);
        if leaves {
            behavior = behavior.with(Behavior::NEXT);
        }
        if behavior.0 == 0 {
            self.rules.endless(keyword);
        }
        behavior
    }

    fn branch(&mut self) -> Option<Behavior> {
        let mut behavior = Behavior(0);
        loop {
            // At an `if`.
            self.at += 1;
            self.skip_to(&["{"])?;
            behavior = behavior.with(self.block()?.behavior);
            if self.word() != "else" {
                return Some(behavior.with(Behavior::NEXT));
            }
            self.at += 1;
            self.at = super::scopes::skip_attributes(&self.rules.text.text, self.rules.tokens, self.at);
            if self.word() != "if" {
                return Some(behavior.with(self.block()?.behavior));
            }
        }
    }

    fn switch(&mut self) -> Option<Behavior> {
        self.at += 1;
        self.skip_to(&["{"])?;
        self.at += 1;
        let mut behavior = Behavior(0);
        loop {
            match self.word() {
                "}" => {
                    self.at += 1;
                    break;
                }
                "case" | "default" => {
                    self.skip_to(&["{"])?;
                    behavior = behavior.with(self.block()?.behavior);
                }
                _ => return None,
            }
        }
        if behavior.has(Behavior::BREAK) || behavior.0 == 0 {
            behavior = behavior.without(Behavior::BREAK).with(Behavior::NEXT);
        }
        Some(behavior)
    }
}
