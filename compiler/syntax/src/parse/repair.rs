//! Before the grammar: tokens to declarations with balanced, bounded nesting.
//!
//! A grammar for chumsky that nests recurses once per level, and chumsky's own recovery from a missing brace takes quadratic time.
//! So delimiters are matched here, in one pass over the tokens. What does not match is reported and mended, nesting and expressions
//! that are too deep are reported and cut out, and the text is split where a declaration starts. What is between two delimiters then
//! becomes a [`Group`] of its own, inner ones first, and one token in the group around it. So the grammar is flat: it meets neither
//! a closing delimiter nor a reason to recurse.

use crate::limits::{MAX_NESTING, MAX_OPERATORS, MOST_FINDINGS};
use std::ops::Range;

use crate::function::{Function, RANDOM};
use crate::lex::MACRO_KINDS;
use crate::lex::{Token, kind_word, shortened};
use crate::limited::Limited;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::{FileId, Span};

/// The groups of a text, and the declarations that they form.
#[derive(Debug, Default)]
pub(super) struct Repaired {
    /// The tokens of all groups. An opening delimiter stands for the whole group that it opens, and spans it; there are closing
    /// ones only in text outside of all declarations.
    pub(super) tokens: Vec<(Token, Span)>,
    /// Inner groups come before those around them.
    pub(super) groups: Vec<Group>,
    pub(super) declarations: Vec<Declaration>,
    /// Text in front of the first declaration: its first token, and all of it.
    pub(super) before: Option<(Token, Span, Span)>,
    /// Text that was not looked at, as too much is wrong in front of it.
    pub(super) rest: Option<Span>,
}

/// The groups of one declaration, the last of which is the declaration itself.
#[derive(Clone, Debug)]
pub(super) struct Declaration {
    pub(super) groups: Range<usize>,
    /// The first token of the next one.
    pub(super) next: Option<Span>,
}

/// What stands between two delimiters, or outside all of them.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) kind: GroupKind,
    /// Its tokens, in [`Repaired::tokens`].
    pub(super) tokens: Range<usize>,
    /// From its opening to its closing delimiter.
    pub(super) span: Span,
    /// Its closing delimiter; without length where that was missing.
    pub(super) close: Span,
}

/// What a group may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupKind {
    /// A declaration, or an expression in quotes.
    Outermost,
    /// Properties: `{ … }`.
    Braces,
    /// Elements: `[ … ]`.
    Brackets,
    /// One expression: `( … )`.
    Parentheses,
    /// Expressions: `f( … )`.
    Arguments,
}

/// Splits, mends and groups the tokens of a scene.
pub(super) fn repair(file: FileId, text: &str, tokens: &[(Token, Span)], findings: &mut Limited) -> Repaired {
    let source = Source { file, text, base: 0, tokens };
    let mut repaired = Repaired::default();
    let mut start = 0;
    while start < tokens.len() {
        if findings.is_over() {
            if let (Some((_, first)), Some((_, last))) = (tokens.get(start), tokens.last()) {
                repaired.rest = Some(first.to(*last));
            }
            break;
        }
        let end = source.end_of_declaration(start);
        if let Some(&(token, first)) = tokens.get(start)
            && token != Token::Hash
            && !source.lacks_hash(start)
        {
            repaired.before = Some((token, first, first.to(source.span(end - 1))));
            start = end;
            continue;
        }
        let balanced = source.mend(start..end, findings);
        let before = repaired.groups.len();
        source.group(balanced, &mut repaired);
        let next = tokens.get(end).map(|&(_, span)| span);
        repaired.declarations.push(Declaration { groups: before..repaired.groups.len(), next });
        start = end;
    }
    repaired
}

/// Mends and groups the tokens of a quoted expression; `base` is where `text` starts in `file`.
pub(super) fn repair_expression(
    file: FileId,
    base: u32,
    text: &str,
    tokens: &[(Token, Span)],
    findings: &mut Limited,
) -> Repaired {
    let source = Source { file, text, base, tokens };
    let balanced = source.balance(0..tokens.len(), Style::Expression);
    for problem in &balanced.problems {
        findings.report(problem.span(), || problem.describe());
    }
    let mut repaired = Repaired::default();
    source.group(balanced, &mut repaired);
    repaired
}

/// What tells where an unclosed delimiter should have been closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// The delimiters alone.
    Plain,
    /// The indentation too: a line that starts no deeper than the line of the opening delimiter is outside.
    Indented,
    /// As `Plain`, for a text that is one expression.
    Expression,
}

/// A mistake in the nesting.
#[derive(Clone, Debug)]
enum Problem {
    /// An opening delimiter without a closing one; `missed` is where one is noticed to lack, `others` are further ones.
    Unclosed { open: (Token, Span), missed: Option<Span>, others: Vec<Span> },
    /// A closing delimiter without an opening one.
    Unopened { close: (Token, Span) },
    /// A closing delimiter of the wrong kind.
    Wrong { open: (Token, Span), close: (Token, Span) },
    /// One delimiter too deep.
    TooDeep { open: Span },
    /// One operator too many.
    TooLong { operator: Span },
    /// `#word` in the middle of a value.
    Hash { span: Span, word: String },
    /// A kind without its `#`.
    NoHash { span: Span, word: String },
    /// `[a - b]`.
    Minus { minus: Span },
}

impl Problem {
    fn span(&self) -> Span {
        match self {
            Problem::Unclosed { open: (_, span), .. }
            | Problem::Unopened { close: (_, span) }
            | Problem::Wrong { close: (_, span), .. }
            | Problem::TooDeep { open: span }
            | Problem::TooLong { operator: span }
            | Problem::Hash { span, .. }
            | Problem::NoHash { span, .. }
            | Problem::Minus { minus: span } => *span,
        }
    }

    fn describe(&self) -> Diagnostic {
        let span = self.span();
        match self {
            Problem::Unclosed { open: (open, _), missed, others } => {
                let (open, close) = (symbol(*open), symbol(partner(*open)));
                let mut diagnostic = Diagnostic::new(Code::UnbalancedDelimiter, span, format!("this `{open}` is never closed"))
                    .label(format!("no `{close}` belongs to it"))
                    .help(format!("write `{close}` where it ends"));
                if let Some(missed) = missed {
                    diagnostic = diagnostic.also(*missed, format!("a `{close}` is missing before this"));
                }
                for other in others {
                    diagnostic = diagnostic.also(*other, "this one is not closed either");
                }
                diagnostic
            }
            Problem::Unopened { close: (close, _) } => {
                let (open, close) = (symbol(partner(*close)), symbol(*close));
                Diagnostic::new(Code::UnbalancedDelimiter, span, format!("there is no `{open}` for this `{close}`")).fix(
                    format!("remove `{close}`"),
                    false,
                    span,
                    "",
                )
            }
            Problem::Wrong { open: (open, opened), close: (close, _) } => {
                let (open, right, wrong) = (symbol(*open), symbol(partner(*open)), symbol(*close));
                Diagnostic::new(Code::UnbalancedDelimiter, span, format!("expected `{right}`, found `{wrong}`"))
                    .label(format!("expected `{right}`"))
                    .also(*opened, format!("to close this `{open}`"))
                    .fix(format!("replace `{wrong}` by `{right}`"), false, span, right)
            }
            Problem::TooDeep { .. } => {
                Diagnostic::new(Code::NestingTooDeep, span, format!("nested more than {MAX_NESTING} deep"))
                    .label("one level too many")
            }
            Problem::TooLong { .. } => {
                Diagnostic::new(Code::NestingTooDeep, span, format!("an expression of more than {MAX_OPERATORS} operators"))
                    .label("one operator too many")
                    .help("give parts of it a name with `#define`")
            }
            Problem::Hash { word, .. } => {
                Diagnostic::new(Code::UnexpectedToken, span, format!("`{word}` cannot stand in a value"))
                    .label("expected a value")
                    .help("`#` starts a declaration; to name one, write its name alone")
            }
            Problem::NoHash { word, .. } => {
                Diagnostic::new(Code::UnexpectedToken, span, format!("expected a declaration, found `{word}`"))
                    .label("expected `#`")
                    .help(format!("write `#{word}`: every declaration starts with `#`"))
                    .fix(format!("write `#{word}`"), true, span, format!("#{word}"))
            }
            Problem::Minus { .. } => {
                Diagnostic::new(Code::MinusInArray, span, "this minus negates the next element of the array")
                    .label("not a subtraction")
                    .help("write `[(a - b)]` for a difference, `[a -b]` for two elements")
            }
        }
    }
}

/// The tokens that the grammar shall see instead, and what was wrong with those there were.
#[derive(Debug, Default)]
struct Balanced {
    tokens: Vec<(Token, Span)>,
    /// How many of them belong to the declaration; those behind are neither part of it nor balanced.
    declared: usize,
    problems: Vec<Problem>,
    /// Whether everything was closed at the end, and nothing stood behind it.
    is_clean: bool,
}

/// A delimiter that is open.
#[derive(Clone, Copy, Debug)]
struct Open {
    token: Token,
    span: Span,
    /// Where it stands among the mended tokens.
    index: usize,
    /// Column in which its line starts, in bytes.
    indent: u32,
    /// Operators so far of the expression that is being read in it.
    operators: u32,
}

/// A text and its tokens.
struct Source<'t> {
    file: FileId,
    text: &'t str,
    /// Added to every offset.
    base: u32,
    tokens: &'t [(Token, Span)],
}

impl Source<'_> {
    fn token(&self, index: usize) -> Option<Token> {
        self.tokens.get(index).map(|&(token, _)| token)
    }

    fn span(&self, index: usize) -> Span {
        self.tokens.get(index).map_or(Span::new(self.file, 0, 0), |&(_, span)| span)
    }

    fn slice(&self, span: Span) -> &str {
        self.between(span.start, span.end)
    }

    fn between(&self, start: u32, end: u32) -> &str {
        let at = |offset: u32| offset.saturating_sub(self.base) as usize;
        self.text.get(at(start)..at(end)).unwrap_or("")
    }

    /// The white space and comments in front of a token.
    fn gap(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(self.base, |before| self.span(before).end);
        self.between(start, self.span(index).start)
    }

    /// The column, in bytes from 0, of a token that is the first of its line.
    fn indent(&self, index: usize) -> Option<u32> {
        let gap = self.gap(index);
        match gap.rfind(['\n', '\r']) {
            Some(at) => Some((gap.len() - at - 1) as u32),
            None => (index == 0).then_some(gap.len() as u32),
        }
    }

    /// Where the next declaration starts.
    fn end_of_declaration(&self, start: usize) -> usize {
        let mut depth = 0_usize;
        for index in start + 1..self.tokens.len() {
            match self.token(index) {
                Some(Token::LBrace | Token::LBracket | Token::LParen) => depth += 1,
                Some(Token::RBrace | Token::RBracket | Token::RParen) => depth = depth.saturating_sub(1),
                Some(Token::Hash) if self.starts_declaration(index, depth) => return index,
                Some(Token::Ident) if depth == 0 && self.lacks_hash(index) => return index,
                _ => {}
            }
        }
        self.tokens.len()
    }

    /// Whether the `#word` at `index` starts a declaration, rather than being a slip inside a value.
    fn starts_declaration(&self, index: usize, depth: usize) -> bool {
        if self.indent(index).is_some() {
            return true;
        }
        let is_value = depth > 0 || index.checked_sub(1).and_then(|before| self.token(before)) == Some(Token::Equals);
        let has_body = matches!(
            (self.token(index + 1), self.token(index + 2)),
            (Some(Token::LBrace), _) | (Some(Token::Ident), Some(Token::LBrace))
        );
        !is_value || has_body || matches!(kind_word(self.slice(self.span(index))), "define" | "import")
    }

    /// Whether the word at `index`, outside all braces, is a kind whose `#` was forgotten: `buffer b {`.
    fn lacks_hash(&self, index: usize) -> bool {
        self.indent(index).is_some()
            && self.token(index + 1) == Some(Token::Ident)
            && self.token(index + 2) == Some(Token::LBrace)
            && MACRO_KINDS.contains(&self.slice(self.span(index)))
    }

    /// Balances the tokens of one declaration and reports what was wrong.
    fn mend(&self, range: Range<usize>, findings: &mut Limited) -> Balanced {
        let mut balanced = self.balance(range.clone(), Style::Plain);
        if balanced.problems.iter().any(|problem| matches!(problem, Problem::Unclosed { .. })) {
            let indented = self.balance(range, Style::Indented);
            if indented.is_clean && indented.problems.len() <= balanced.problems.len() {
                balanced = indented;
            }
        }
        for problem in &balanced.problems {
            findings.report(problem.span(), || problem.describe());
        }
        balanced
    }

    /// Turns balanced tokens into groups.
    fn group(&self, balanced: Balanced, out: &mut Repaired) {
        let mut open: Vec<(GroupKind, Span)> = Vec::new();
        // The tokens of the groups that are open, each one's from its mark on; they move out when it closes.
        let mut pending: Vec<(Token, Span)> = Vec::new();
        let mut marks: Vec<usize> = Vec::new();
        let zero = Span::new(self.file, self.base, self.base);
        let end = balanced.tokens.last().map_or(zero, |&(_, last)| Span::new(self.file, last.end, last.end));
        let whole = balanced.tokens.first().map_or(zero, |&(_, first)| first.to(end));
        for (index, (token, span)) in balanced.tokens.into_iter().enumerate() {
            if index >= balanced.declared {
                pending.push((token, span));
                continue;
            }
            match delimiter(token) {
                None => pending.push((token, span)),
                Some((kind, Side::Open)) => {
                    let kind = match (kind, pending.last()) {
                        (0, _) => GroupKind::Braces,
                        (1, _) => GroupKind::Brackets,
                        (_, Some(&(Token::Ident, name))) if is_call(self.slice(name), name, span) => GroupKind::Arguments,
                        _ => GroupKind::Parentheses,
                    };
                    pending.push((token, span));
                    open.push((kind, span));
                    marks.push(pending.len());
                }
                Some((_, Side::Close)) => {
                    let (Some((kind, opened)), Some(mark)) = (open.pop(), marks.pop()) else { continue };
                    let start = out.tokens.len();
                    out.tokens.extend(pending.drain(mark..));
                    let span_of_group = opened.to(span);
                    out.groups.push(Group { kind, tokens: start..out.tokens.len(), span: span_of_group, close: span });
                    if let Some((_, whole)) = pending.last_mut() {
                        *whole = span_of_group;
                    }
                }
            }
        }
        let start = out.tokens.len();
        out.tokens.append(&mut pending);
        out.groups.push(Group { kind: GroupKind::Outermost, tokens: start..out.tokens.len(), span: whole, close: end });
    }

    /// Matches the delimiters of one declaration.
    fn balance(&self, range: Range<usize>, style: Style) -> Balanced {
        Balance::new(self, range, style).run()
    }
}

/// One pass over the tokens of a declaration.
struct Balance<'s, 't> {
    source: &'s Source<'t>,
    range: Range<usize>,
    style: Style,
    out: Balanced,
    open: Vec<Open>,
    /// Closing less opening delimiters in the declaration: braces, brackets, parentheses.
    surplus: [i64; 3],
    /// Operators of the expression outside all delimiters.
    operators: u32,
    /// The column in which the current line starts.
    indent: u32,
    /// A string or comment without an end took text with it, delimiters too perhaps.
    is_swallowed: bool,
    /// Something too deep was cut off, up to the end.
    is_cut: bool,
}

impl<'s, 't> Balance<'s, 't> {
    fn new(source: &'s Source<'t>, range: Range<usize>, style: Style) -> Self {
        let mut surplus = [0; 3];
        let mut is_swallowed = false;
        for &(token, _) in source.tokens.get(range.clone()).unwrap_or_default() {
            if let Some((kind, side)) = delimiter(token) {
                surplus[kind] += match side {
                    Side::Open => -1,
                    Side::Close => 1,
                };
            }
            is_swallowed |= token == Token::Unterminated;
        }
        let out = Balanced { tokens: Vec::with_capacity(range.len()), ..Balanced::default() };
        Self { source, range, style, out, open: Vec::new(), surplus, operators: 0, indent: 0, is_swallowed, is_cut: false }
    }

    fn run(mut self) -> Balanced {
        let start = self.range.start;
        let first = (self.source.token(start), self.source.slice(self.source.span(start)));
        let is_declaration = self.style != Style::Expression;
        if is_declaration && first.0 != Some(Token::Hash) {
            self.add_hash();
        }
        // `#import` and `#define` have no body.
        let has_body = is_declaration && !matches!(kind_word(first.1), "define" | "import");
        let is_bodiless = has_body
            && self.source.tokens.get(self.range.clone()).is_none_or(|tokens| {
                let opens = |&(token, _): &(Token, Span)| token == Token::LBrace;
                tokens.iter().take(3).position(opens).is_none()
            });

        self.indent = self.source.indent(start).unwrap_or(0);
        let mut index = if is_declaration { start + 1 } else { start };
        if is_declaration && self.out.tokens.is_empty() {
            self.keep(start);
        }
        while index < self.range.end {
            if let Some(indent) = self.source.indent(index) {
                self.indent = indent;
                self.close_by_indent(index);
            }
            index = self.step(index, is_bodiless);
            let is_complete = has_body && !is_bodiless && self.open.is_empty() && self.last_is(Token::RBrace);
            if is_complete {
                index = self.skip_unopened(index);
                // The rest is no part of the declaration: the grammar reports it.
                self.out.is_clean = index == self.range.end;
                self.out.declared = self.out.tokens.len();
                self.out.tokens.extend(self.source.tokens.get(index..self.range.end).unwrap_or_default());
                return self.out;
            }
        }
        self.out.is_clean = self.open.is_empty();
        self.close_rest();
        self.out.declared = self.out.tokens.len();
        self.out
    }

    /// Notes a mistake, unless there are more than will be reported.
    fn problem(&mut self, problem: Problem) {
        if self.out.problems.len() <= MOST_FINDINGS {
            self.out.problems.push(problem);
        }
    }

    fn last_is(&self, token: Token) -> bool {
        self.out.tokens.last().is_some_and(|&(last, _)| last == token)
    }

    fn keep(&mut self, index: usize) {
        if let Some(&token) = self.source.tokens.get(index) {
            self.out.tokens.push(token);
        }
    }

    /// Takes the first word for a kind without its `#`.
    fn add_hash(&mut self) {
        let span = self.source.span(self.range.start);
        self.problem(Problem::NoHash { span, word: self.source.slice(span).to_owned() });
        self.out.tokens.push((Token::Hash, span));
    }

    /// Handles one token; the index of the next one.
    fn step(&mut self, index: usize, is_bodiless: bool) -> usize {
        let Some(&(token, span)) = self.source.tokens.get(index) else { return index + 1 };
        match delimiter(token) {
            Some((_, Side::Open)) => return self.open(index, token, span),
            Some((kind, Side::Close)) => {
                self.close(index, kind, is_bodiless);
                return index + 1;
            }
            None => {}
        }
        match token {
            Token::Hash => {
                let word = shortened(self.source.slice(span));
                self.problem(Problem::Hash { span, word });
                self.out.tokens.push((Token::Error, span));
            }
            Token::Plus | Token::Minus | Token::Star | Token::Slash | Token::Percent => return self.operator(index, token, span),
            Token::Equals | Token::Comma => {
                *self.operators() = 0;
                self.out.tokens.push((token, span));
            }
            _ => {
                if token == Token::Ident && self.source.token(index + 1) == Some(Token::Equals) {
                    self.close_before_property(span);
                }
                if self.ends_operand() {
                    *self.operators() = 0;
                }
                self.out.tokens.push((token, span));
            }
        }
        index + 1
    }

    /// Closes brackets and parentheses in front of a property, where closing ones are missing: a property cannot stand in them.
    fn close_before_property(&mut self, property: Span) {
        while let Some(&top) = self.open.last()
            && let Some((kind, _)) = delimiter(top.token)
            && top.token != Token::LBrace
            && self.surplus[kind] < 0
        {
            self.unclosed(top, Some(property));
            let end = self.out.tokens.last().map_or(property.start, |(_, last)| last.end);
            self.pop(Span::new(property.file, end, end));
        }
    }

    /// Operators so far of the current expression.
    fn operators(&mut self) -> &mut u32 {
        match self.open.last_mut() {
            Some(open) => &mut open.operators,
            None => &mut self.operators,
        }
    }

    /// Whether an operand ends with the last token.
    fn ends_operand(&self) -> bool {
        self.out.tokens.last().is_some_and(|&(token, _)| match token {
            Token::Ident | Token::Number | Token::Str | Token::True | Token::False | Token::Error | Token::Unterminated => true,
            Token::RBrace | Token::RBracket | Token::RParen => true,
            Token::Hash | Token::LBrace | Token::LBracket | Token::LParen | Token::Equals | Token::Comma => false,
            Token::Dot | Token::Plus | Token::Minus | Token::Star | Token::Slash | Token::Percent | Token::Dollar => false,
            Token::Comment => false,
        })
    }

    fn operator(&mut self, index: usize, token: Token, span: Span) -> usize {
        let in_array = self.open.last().is_some_and(|open| open.token == Token::LBracket);
        if token == Token::Minus && in_array && self.ends_operand() {
            // A new element begins.
            *self.operators() = 0;
            let is_spaced = !self.source.gap(index).is_empty() && !self.source.gap(index + 1).is_empty();
            if is_spaced && index + 1 < self.range.end {
                self.problem(Problem::Minus { minus: span });
            }
        }
        self.out.tokens.push((token, span));
        *self.operators() += 1;
        if *self.operators() <= MAX_OPERATORS {
            return index + 1;
        }
        self.problem(Problem::TooLong { operator: span });
        self.out.tokens.push((Token::Error, span));
        self.skip_expression(index + 1)
    }

    /// Where the expression that goes on at `index` ends: at the delimiter around it, a comma, or the next property.
    fn skip_expression(&mut self, mut index: usize) -> usize {
        let mut depth = 0_usize;
        while index < self.range.end {
            match self.source.token(index) {
                Some(Token::Comma) if depth == 0 => return index,
                Some(Token::Ident) if depth == 0 && self.source.token(index + 1) == Some(Token::Equals) => return index,
                Some(token) => match delimiter(token) {
                    Some((_, Side::Open)) => depth += 1,
                    Some((_, Side::Close)) if depth == 0 => return index,
                    Some((_, Side::Close)) => depth -= 1,
                    None => {}
                },
                None => {}
            }
            index += 1;
        }
        self.is_cut = true;
        index
    }

    fn open(&mut self, index: usize, token: Token, span: Span) -> usize {
        let is_call = token == Token::LParen && self.last_is(Token::Ident);
        if self.ends_operand() && !is_call {
            *self.operators() = 0;
        }
        if self.open.len() >= MAX_NESTING {
            self.problem(Problem::TooDeep { open: span });
            self.out.tokens.push((Token::Error, span));
            return self.skip_group(index);
        }
        let indent = self.indent;
        self.open.push(Open { token, span, index: self.out.tokens.len(), indent, operators: 0 });
        self.out.tokens.push((token, span));
        index + 1
    }

    /// The index behind the group that opens at `index`.
    fn skip_group(&mut self, mut index: usize) -> usize {
        let mut depth = 0_usize;
        while index < self.range.end {
            match self.source.token(index).and_then(delimiter) {
                Some((_, Side::Open)) => depth += 1,
                Some((_, Side::Close)) => depth -= 1,
                None => {}
            }
            index += 1;
            if depth == 0 {
                return index;
            }
        }
        self.is_cut = true;
        index
    }

    /// Handles the closing delimiter at `index`.
    fn close(&mut self, index: usize, kind: usize, is_bodiless: bool) {
        let Some(&(token, span)) = self.source.tokens.get(index) else { return };
        let Some(&top) = self.open.last() else {
            // Where the opening brace of a body is missing, the grammar says so.
            if !(is_bodiless && token == Token::RBrace) {
                self.unopened(token, span);
                self.out.tokens.push((Token::Error, span));
            }
            return;
        };
        if partner(top.token) == token {
            self.pop(span);
            return;
        }
        let has_match = self.open.iter().any(|open| partner(open.token) == token);
        let top_kind = delimiter(top.token).map_or(0, |(kind, _)| kind);
        if has_match && self.surplus[kind] <= 0 {
            // What was opened since then is not closed.
            while let Some(&inner) = self.open.last() {
                if partner(inner.token) == token {
                    break;
                }
                self.unclosed(inner, Some(span));
                self.pop(Span::new(span.file, span.start, span.start));
            }
            self.pop(span);
        } else if self.surplus[top_kind] < 0 || (!has_match && self.ends_before_next_property(index + 1, top.token)) {
            self.surplus[top_kind] += 1;
            self.surplus[kind] -= 1;
            if !self.is_swallowed {
                self.problem(Problem::Wrong { open: (top.token, top.span), close: (token, span) });
            }
            self.pop(span);
        } else {
            self.surplus[kind] -= 1;
            self.unopened(token, span);
            self.out.tokens.push((Token::Error, span));
        }
    }

    /// Whether what `open`, a bracket or parenthesis, began must end before `index`, as the next property comes first.
    fn ends_before_next_property(&self, index: usize, open: Token) -> bool {
        /// How far to look, in tokens. Picked by feel.
        const LOOKAHEAD: usize = 64;
        if open == Token::LBrace {
            return false;
        }
        let mut depth = 0_usize;
        for index in index..self.range.end.min(index + LOOKAHEAD) {
            let Some(token) = self.source.token(index) else { return false };
            match delimiter(token) {
                Some((_, Side::Open)) => depth += 1,
                Some((_, Side::Close)) if depth == 0 => return token != partner(open),
                Some((_, Side::Close)) => depth -= 1,
                None if depth == 0 && token == Token::Ident && self.source.token(index + 1) == Some(Token::Equals) => {
                    return true;
                }
                None => {}
            }
        }
        false
    }

    /// Closes the innermost delimiter with a token at `span`.
    fn pop(&mut self, span: Span) {
        let Some(top) = self.open.pop() else { return };
        self.out.tokens.push((partner(top.token), span));
        if top.token != Token::LParen {
            return;
        }
        let operators = self.operators();
        *operators = operators.saturating_add(top.operators);
        if *operators > MAX_OPERATORS {
            *operators = 0;
            self.out.tokens.truncate(top.index);
            self.out.tokens.push((Token::Error, top.span));
            self.problem(Problem::TooLong { operator: top.span });
        }
    }

    fn unclosed(&mut self, open: Open, missed: Option<Span>) {
        if let Some((kind, _)) = delimiter(open.token) {
            self.surplus[kind] += 1;
        }
        if !self.is_swallowed {
            self.problem(Problem::Unclosed { open: (open.token, open.span), missed, others: Vec::new() });
        }
    }

    fn unopened(&mut self, token: Token, span: Span) {
        if !self.is_swallowed {
            self.problem(Problem::Unopened { close: (token, span) });
        }
    }

    /// Skips closing delimiters behind the end of a declaration; a run of them is one mistake.
    fn skip_unopened(&mut self, mut index: usize) -> usize {
        let start = index;
        while index < self.range.end
            && let Some(&(token, span)) = self.source.tokens.get(index)
            && matches!(delimiter(token), Some((_, Side::Close)))
        {
            if index == start {
                self.unopened(token, span);
            }
            index += 1;
        }
        index
    }

    /// Closes what a line that starts as far left as this one cannot be inside of.
    fn close_by_indent(&mut self, index: usize) {
        if self.style != Style::Indented {
            return;
        }
        let Some(&(token, span)) = self.source.tokens.get(index) else { return };
        while let Some(&top) = self.open.last() {
            let closes = partner(top.token) == token;
            let is_outside = if closes { self.indent < top.indent } else { self.indent <= top.indent };
            if !is_outside {
                break;
            }
            self.unclosed(top, Some(span));
            let end = self.out.tokens.last().map_or(span.start, |(_, last)| last.end);
            self.pop(Span::new(span.file, end, end));
        }
    }

    /// Closes what is open at the end of the declaration.
    fn close_rest(&mut self) {
        let end = self.range.end;
        let missed = self.source.tokens.get(end).map(|&(_, span)| span);
        if !self.open.is_empty() && !self.is_swallowed && !self.is_cut {
            let mut spans: Vec<(Token, Span)> = self.open.iter().map(|open| (open.token, open.span)).collect();
            let innermost = spans.pop();
            // More labels would not help.
            let others = spans.iter().rev().take(2).map(|&(_, span)| span).collect();
            if let Some(open) = innermost {
                self.problem(Problem::Unclosed { open, missed, others });
            }
        }
        let at = self.out.tokens.last().map_or(0, |(_, span)| span.end);
        while !self.open.is_empty() {
            self.pop(Span::new(self.source.file, at, at));
        }
    }
}

/// Whether a word and the parenthesis behind it are a call: the name of a function is, whatever stands between them; another name only if
/// nothing does. Source: language.md 7.2 and 7.4.
pub(super) fn is_call(word: &str, name: Span, parenthesis: Span) -> bool {
    name.end == parenthesis.start || Function::find(word).is_some() || word == RANDOM
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Open,
    Close,
}

/// The kind of a delimiter (braces 0, brackets 1, parentheses 2) and its side.
fn delimiter(token: Token) -> Option<(usize, Side)> {
    Some(match token {
        Token::LBrace => (0, Side::Open),
        Token::RBrace => (0, Side::Close),
        Token::LBracket => (1, Side::Open),
        Token::RBracket => (1, Side::Close),
        Token::LParen => (2, Side::Open),
        Token::RParen => (2, Side::Close),
        _ => return None,
    })
}

/// The delimiter that belongs to `token`, `token` itself if it is none.
fn partner(token: Token) -> Token {
    match token {
        Token::LBrace => Token::RBrace,
        Token::RBrace => Token::LBrace,
        Token::LBracket => Token::RBracket,
        Token::RBracket => Token::LBracket,
        Token::LParen => Token::RParen,
        Token::RParen => Token::LParen,
        token => token,
    }
}

/// A delimiter as it is written.
pub(super) fn symbol(token: Token) -> &'static str {
    match token {
        Token::LBrace => "{",
        Token::RBrace => "}",
        Token::LBracket => "[",
        Token::RBracket => "]",
        Token::LParen => "(",
        Token::RParen => ")",
        _ => "",
    }
}
