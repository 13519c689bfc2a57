//! Tokens to the syntax tree.
//!
//! The grammar is language.md 3, with full expressions wherever a number may stand. There is always a tree: what cannot be read
//! is reported and stands in it as an error node. Every mistake is reported once, and reading goes on at the next property or the
//! next declaration. Time is linear in the text. Groups in delimiters are parsed one by one, inner ones first, so that no recursion
//! follows the nesting of the text; that of the tree is bounded by [`MAX_NESTING`] and [`MAX_OPERATORS`].

mod error;
mod repair;

use chumsky::Boxed;
use chumsky::input::{Input as _, MappedInput};
use chumsky::prelude::*;

use self::error::{End, Surroundings, SyntaxError, What};
use self::repair::{Group, GroupKind, is_call};
use crate::lex::{Token, kind_word, lex_expression, lex_scene, number, unescape};
use crate::limited::Limited;
use crate::tree::{BinaryOp, File, Ident, Item, Macro, Property, Str, Value, ValueKind};
use pngine_source::diag::Diagnostic;
use pngine_source::source::{FileId, Span};

type Tokens<'t> = MappedInput<'t, Token, Span, &'t [(Token, Span)]>;
type Extra = extra::Err<SyntaxError>;

/// Parses the text of `file`.
///
/// What is wrong with its text and syntax goes to `diagnostics`: at most 100 findings, then one that says that more were left out.
pub fn parse(file: FileId, text: &str, diagnostics: &mut Vec<Diagnostic>) -> File {
    let mut findings = Limited::new();
    let lexed = lex_scene(file, text, &mut findings);
    let repaired = repair::repair(file, text, &lexed.tokens, &mut findings);
    let mut items = Vec::new();
    let mut rest = repaired.rest;
    let inner = Inner::new(SourceText { text, base: 0 });
    let grammar = declaration(SourceText { text, base: 0 });
    if let Some((token, first, whole)) = repaired.before {
        let surroundings = Surroundings { text, base: 0, tokens: &[], end: End::Of("file") };
        if let Some(diagnostic) = surroundings.describe(SyntaxError::new(What::Declaration, Some(token), first)) {
            findings.report(first, || diagnostic);
        }
        items.push(Item::Error(whole));
    }
    for declaration in &repaired.declarations {
        let Some((whole, groups)) = repaired.groups.get(declaration.groups.clone()).and_then(<[Group]>::split_last) else {
            continue;
        };
        if findings.is_over() {
            rest = Some(rest.map_or(whole.span, |rest| rest.to(whole.span)));
            continue;
        }
        let mut contents = Contents::default();
        for group in groups {
            inner.parse(group, &repaired.tokens, &mut contents, &mut findings);
        }
        let end = declaration.next.map_or(End::Of("file"), End::Declaration);
        let declared = run(&grammar, whole, &repaired.tokens, SourceText { text, base: 0 }, end, &mut findings);
        let declared = declared.unwrap_or_else(|| vec![Item::Error(whole.span).into()]);
        items.extend(declared.into_iter().map(|declared| contents.fill_declaration(declared)));
    }
    items.extend(rest.map(Item::Error));
    findings.finish(diagnostics);
    File { items, comments: lexed.comments, tokens: lexed.tokens }
}

/// Parses the expression inside a quoted string, `text` being the string's value: language.md 7.2 (b). In it a dash is always an
/// operator.
///
/// Spans of the result point into the string, or are the string's where it has escapes. What cannot be read is reported, and the
/// result is an error node.
pub fn parse_quoted_expr(span_of_string: Span, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Value {
    let Span { file, start, end } = span_of_string;
    // With escapes in the string, offsets in its value are not offsets in the file.
    let is_verbatim = (end.saturating_sub(start) as usize) == text.len() + 2;
    let base = if is_verbatim { start + 1 } else { 0 };

    let mut findings = Limited::new();
    let lexed = lex_expression(file, base, text, &mut findings);
    let repaired = repair::repair_expression(file, base, text, &lexed, &mut findings);
    let text = SourceText { text, base };
    let mut value = None;
    if let Some((whole, groups)) = repaired.groups.split_last() {
        let inner = Inner::new(text);
        let mut contents = Contents::default();
        for group in groups {
            inner.parse(group, &repaired.tokens, &mut contents, &mut findings);
        }
        let grammar = expression(text).then_ignore(end_of_group(What::End));
        value = run(&grammar, whole, &repaired.tokens, text, End::Of("expression"), &mut findings);
        value.iter_mut().for_each(|value| contents.fill(value));
    }

    let mut found = Vec::new();
    findings.finish(&mut found);
    let is_wrong = !found.is_empty();
    let mut value = value.filter(|_| !is_wrong).unwrap_or(Value { kind: ValueKind::Error, span: span_of_string });
    if !is_verbatim {
        for diagnostic in &mut found {
            for label in diagnostic.primary.iter_mut().chain(&mut diagnostic.secondary) {
                label.span = span_of_string;
            }
            diagnostic.fixes.clear();
        }
        place(&mut value, span_of_string);
    }
    diagnostics.append(&mut found);
    value
}

/// What a text means where a value stands, if it is a name or a path of two names and nothing else. Its spans are `span`.
pub fn parse_name(span: Span, text: &str) -> Option<Value> {
    let mut findings = Limited::new();
    let lexed = lex_scene(span.file, text, &mut findings);
    let word = |at: Span| Ident { name: text.get(at.start as usize..at.end as usize).unwrap_or_default().to_string(), span };
    let kind = match lexed.tokens.as_slice() {
        [(Token::Ident, name)] => ValueKind::Ident(word(*name).name),
        [(Token::Ident, first), (Token::Dot, _), (Token::Ident, second)] => ValueKind::Path(vec![word(*first), word(*second)]),
        _ => return None,
    };
    Some(Value { kind, span })
}

/// Applies a rule to a group and reports what is wrong with it.
fn run<'t, O>(
    rule: &impl Rule<'t, O>,
    group: &Group,
    tokens: &'t [(Token, Span)],
    text: SourceText<'t>,
    end: End,
    findings: &mut Limited,
) -> Option<O> {
    let tokens = tokens.get(group.tokens.clone())?;
    let behind = tokens.last().map_or(group.close.start, |(_, last)| last.end);
    let behind = Span::new(group.span.file, behind, behind);
    let (output, errors) = rule.parse(tokens.split_token_span(behind)).into_output_errors();
    let surroundings = Surroundings { text: text.text, base: text.base, tokens, end };
    for error in errors {
        if findings.is_over() {
            break;
        }
        if let Some(diagnostic) = surroundings.describe(error) {
            findings.report(error.span, || diagnostic);
        }
    }
    output
}

/// The rules for what stands in delimiters. Built once per text.
struct Inner<'t> {
    text: SourceText<'t>,
    braces: Boxed<'t, 't, Tokens<'t>, Vec<Property>, Extra>,
    brackets: Boxed<'t, 't, Tokens<'t>, Vec<Value>, Extra>,
    parentheses: Boxed<'t, 't, Tokens<'t>, Value, Extra>,
    arguments: Boxed<'t, 't, Tokens<'t>, Vec<Value>, Extra>,
}

impl<'t> Inner<'t> {
    fn new(text: SourceText<'t>) -> Self {
        Self {
            text,
            braces: body(text).boxed(),
            brackets: elements(text).boxed(),
            parentheses: required(expression(text)).then_ignore(end_of_group(What::CloseParen)).boxed(),
            arguments: arguments(text).boxed(),
        }
    }

    /// Parses an inner group and keeps what it contains.
    fn parse(&self, group: &Group, tokens: &'t [(Token, Span)], contents: &mut Contents, findings: &mut Limited) {
        let end = End::Close(group.close);
        let content = match group.kind {
            GroupKind::Outermost => return,
            GroupKind::Braces => {
                let mut properties = run(&self.braces, group, tokens, self.text, end, findings).unwrap_or_default();
                properties.iter_mut().for_each(|property| contents.fill(&mut property.value));
                Content::Properties(properties)
            }
            GroupKind::Brackets | GroupKind::Arguments => {
                let rule = if group.kind == GroupKind::Brackets { &self.brackets } else { &self.arguments };
                let mut values = run(rule, group, tokens, self.text, end, findings).unwrap_or_default();
                values.iter_mut().for_each(|value| contents.fill(value));
                Content::Values(values)
            }
            GroupKind::Parentheses => {
                let mut values: Vec<Value> =
                    run(&self.parentheses, group, tokens, self.text, end, findings).into_iter().collect();
                values.iter_mut().for_each(|value| contents.fill(value));
                Content::Values(values)
            }
        };
        contents.insert(group.span.start, content);
    }
}

/// What inner groups contain, by where they open, until the group around them is parsed. In the order of the text: a group is parsed
/// right behind those in it, whose contents move into it then.
#[derive(Default)]
struct Contents(Vec<(u32, Content)>);

enum Content {
    Properties(Vec<Property>),
    Values(Vec<Value>),
}

impl Contents {
    /// Moves the contents of the groups into a value that was parsed without them. What stands in those groups is complete.
    fn fill(&mut self, value: &mut Value) {
        match &mut value.kind {
            ValueKind::Array(values) => *values = self.values(value.span.start),
            ValueKind::Object(properties) => *properties = self.properties(value.span.start),
            ValueKind::Group(inner) => {
                if let Some(content) = self.values(value.span.start).pop() {
                    **inner = content;
                }
            }
            // One error node stands where the parenthesis is.
            ValueKind::Call(_, arguments) => {
                *arguments = arguments.first().map_or(Vec::new(), |first| self.values(first.span.start));
            }
            ValueKind::Neg(operand) => self.fill(operand),
            ValueKind::Binary(_, left, right) => {
                self.fill(left);
                self.fill(right);
            }
            ValueKind::Str(_) | ValueKind::Bool(_) | ValueKind::Number(_) => {}
            ValueKind::Ident(_) | ValueKind::Path(_) | ValueKind::Ref(_) | ValueKind::Error => {}
        }
    }

    /// The same for a declaration.
    fn fill_declaration(&mut self, declared: Declared) -> Item {
        let mut item = declared.item;
        match &mut item {
            Item::Define { value, .. } => self.fill(value),
            Item::Macro(declaration) => match declared.braces {
                Some(braces) => declaration.body = self.properties(braces.start),
                None => declaration.body.iter_mut().for_each(|property| self.fill(&mut property.value)),
            },
            Item::Import { .. } | Item::Error(_) => {}
        }
        item
    }

    /// Keeps the content of a group that opens at `start`, in place of what is left of the groups in it: those that no value names.
    fn insert(&mut self, start: u32, content: Content) {
        self.0.truncate(self.0.partition_point(|&(inner, _)| inner < start));
        self.0.push((start, content));
    }

    /// The content of the group that opens at `start`.
    fn get(&mut self, start: u32) -> Option<&mut Content> {
        let index = self.0.binary_search_by_key(&start, |&(start, _)| start).ok()?;
        self.0.get_mut(index).map(|(_, content)| content)
    }

    fn values(&mut self, start: u32) -> Vec<Value> {
        match self.get(start) {
            Some(Content::Values(values)) => std::mem::take(values),
            Some(Content::Properties(_)) | None => Vec::new(),
        }
    }

    fn properties(&mut self, start: u32) -> Vec<Property> {
        match self.get(start) {
            Some(Content::Properties(properties)) => std::mem::take(properties),
            Some(Content::Values(_)) | None => Vec::new(),
        }
    }
}

/// Gives every node of an expression the same span.
fn place(value: &mut Value, span: Span) {
    value.span = span;
    match &mut value.kind {
        ValueKind::Neg(operand) | ValueKind::Group(operand) => place(operand, span),
        ValueKind::Binary(_, left, right) => {
            place(left, span);
            place(right, span);
        }
        ValueKind::Call(name, arguments) => {
            name.span = span;
            arguments.iter_mut().for_each(|argument| place(argument, span));
        }
        ValueKind::Path(words) | ValueKind::Ref(words) => words.iter_mut().for_each(|word| word.span = span),
        ValueKind::Array(values) => values.iter_mut().for_each(|value| place(value, span)),
        ValueKind::Object(properties) => properties.iter_mut().for_each(|property| {
            (property.span, property.name.span) = (span, span);
            place(&mut property.value, span);
        }),
        ValueKind::Str(_) | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Ident(_) | ValueKind::Error => {}
    }
}

/// A text and where it starts in its file.
#[derive(Clone, Copy)]
struct SourceText<'t> {
    text: &'t str,
    base: u32,
}

impl<'t> SourceText<'t> {
    fn slice(self, span: Span) -> &'t str {
        let at = |offset: u32| offset.saturating_sub(self.base) as usize;
        self.text.get(at(span.start)..at(span.end)).unwrap_or("")
    }

    fn ident(self, span: Span) -> Ident {
        Ident { name: self.slice(span).to_owned(), span }
    }
}

trait Rule<'t, O>: Parser<'t, Tokens<'t>, O, Extra> + Clone {}

impl<'t, O, P: Parser<'t, Tokens<'t>, O, Extra> + Clone> Rule<'t, O> for P {}

/// An item, and the group that is to be its body.
struct Declared {
    item: Item,
    braces: Option<Span>,
}

impl From<Item> for Declared {
    fn from(item: Item) -> Self {
        Self { item, braces: None }
    }
}

/// `declaration = import | define | macro`, then nothing.
fn declaration<'t>(text: SourceText<'t>) -> impl Rule<'t, Vec<Declared>> {
    let item = choice((import(text).map(Declared::from), define(text).map(Declared::from), declaration_with_body(text)));
    let rest = any().repeated().at_least(1).to_span().map(|span| Some(Item::Error(span).into()));
    let end = end().map(|()| None).labelled(What::Declaration).recover_with(via_parser(rest));
    let unreadable = any().repeated().at_least(1).to_span().map(|span| vec![Item::Error(span).into()]);
    item.then(end).map(|(item, rest)| std::iter::once(item).chain(rest).collect()).recover_with(via_parser(unreadable))
}

/// The end of a group. What stands in front of it is reported and skipped.
fn end_of_group<'t>(what: What) -> impl Rule<'t, ()> {
    end().labelled(what).recover_with(via_parser(any().repeated()))
}

/// `#word`, one that `is_wanted`.
fn hash<'t>(text: SourceText<'t>, is_wanted: fn(&str) -> bool) -> impl Rule<'t, Ident> {
    select! { Token::Hash = e => e.span() }
        .try_map(move |span: Span, _| {
            let name = kind_word(text.slice(span));
            if is_wanted(name) {
                Ok(Ident { name: name.to_owned(), span })
            } else {
                Err(SyntaxError::new(What::Declaration, Some(Token::Hash), span))
            }
        })
        .labelled(What::Declaration)
}

/// `import = "#import" string`
fn import<'t>(text: SourceText<'t>) -> impl Rule<'t, Item> {
    let path = select! { Token::Str = e => Str { value: unescape(text.slice(e.span())), span: e.span() } };
    hash(text, |word| word == "import")
        .then(path.labelled(What::FileName).map(Some).recover_with(via_parser(rest_to(None))))
        .map_with(|(_, path), e| match path {
            Some(path) => Item::Import { path, span: e.span() },
            None => Item::Error(e.span()),
        })
}

/// Everything up to the end, as `output`.
fn rest_to<'t, O: Clone + 't>(output: O) -> impl Rule<'t, O> {
    any().repeated().to(output)
}

/// `define = "#define" ident "=" value`
fn define<'t>(text: SourceText<'t>) -> impl Rule<'t, Item> {
    let unreadable = any().repeated().map_with(|(), e| Value { kind: ValueKind::Error, span: e.span() });
    let value = equals().ignore_then(required(value(text))).recover_with(via_parser(unreadable));
    let named = name(text).then(value).map(Some);
    hash(text, |word| word == "define").then(named.recover_with(via_parser(rest_to(None)))).map_with(
        |(_, named), e| match named {
            Some((name, value)) => Item::Define { name, value, span: e.span() },
            None => Item::Error(e.span()),
        },
    )
}

/// `macro = "#" kind [ ident ] "{" body "}"`
fn declaration_with_body<'t>(text: SourceText<'t>) -> impl Rule<'t, Declared> {
    let braces = just(Token::LBrace).map_with(|_, e| {
        let span: Span = e.span();
        (Some(span), Vec::new())
    });
    // There may be a word too many in front of the braces, or none at all.
    let late = word(text).ignore_then(braces);
    let bare = body(text).map(|body| (None, body));
    let body = braces.recover_with(via_parser(late)).recover_with(via_parser(bare));
    hash(text, |word| word != "import" && word != "define").then(name(text).or_not()).then(body).map_with(
        |((kind, name), (braces, body)), e| {
            // With neither name nor braces, nothing is left that could be looked at further.
            let item = match name.is_some() || braces.is_some() {
                true => Item::Macro(Macro { kind, name, body, span: e.span() }),
                false => Item::Error(e.span()),
            };
            Declared { item, braces }
        },
    )
}

/// The name of a declaration.
fn name<'t>(text: SourceText<'t>) -> impl Rule<'t, Ident> {
    choice((
        word(text),
        // A quoted name is a mistake that needs no guessing.
        just(Token::Str).map_with(move |_, e| {
            let span: Span = e.span();
            e.emit(SyntaxError::new(What::Name, Some(Token::Str), span));
            Ident { name: unescape(text.slice(span)), span }
        }),
        // A name with a bad character is one for those who use it too.
        select! { Token::Error = e => text.ident(e.span()) },
    ))
    .labelled(What::Name)
}

/// A word.
fn word<'t>(text: SourceText<'t>) -> impl Rule<'t, Ident> {
    select! { Token::Ident = e => text.ident(e.span()) }.labelled(What::Name)
}

/// `=`. If it is missing and a value follows, or something unreadable stands in its place, reading goes on as if it were there.
fn equals<'t>() -> impl Rule<'t, ()> {
    let value_follows = select! {
        Token::Number | Token::Str | Token::True | Token::False | Token::LBrace | Token::LBracket | Token::LParen => (),
    };
    let instead = choice((just(Token::Error).ignored(), value_follows.rewind()));
    just(Token::Equals).ignored().labelled(What::Equals).recover_with(via_parser(instead))
}

/// A value that must be there: an error node of no length stands in for it.
fn required<'t>(value: impl Rule<'t, Value>) -> impl Rule<'t, Value> {
    value.recover_with(via_parser(missing()))
}

/// Nothing, where a value is missing.
fn missing<'t>() -> impl Rule<'t, Value> {
    empty().map_with(|(), e| {
        let span: Span = e.span();
        Value { kind: ValueKind::Error, span: Span { start: span.end, ..span } }
    })
}

/// `body = { property [ "," ] }`
fn body<'t>(text: SourceText<'t>) -> impl Rule<'t, Vec<Property>> {
    let property = key(text)
        .then_ignore(equals())
        .then(required(value(text)))
        .map_with(|(name, value), e| Some(Property { name, value, span: e.span() }));
    let skipped = any().then(any().and_is(key_and_equals().not()).repeated()).to(None);
    let comma = just(Token::Comma).to(None);
    choice((property, comma)).recover_with(via_parser(skipped)).repeated().collect::<Vec<_>>().map(compact)
}

/// What was read, without the commas, and without room for more: a file may have millions of short lists.
fn compact<T>(read: Vec<Option<T>>) -> Vec<T> {
    let mut values: Vec<T> = read.into_iter().flatten().collect();
    values.shrink_to_fit();
    values
}

/// The name of a property: a word, or in front of `=` a number or string (language.md 19.16).
fn key<'t>(text: SourceText<'t>) -> impl Rule<'t, Ident> {
    custom(move |input| {
        let before = input.cursor();
        let found = input.next();
        let span: Span = input.span_since(&before);
        match found {
            Some(Token::Ident) => Ok(text.ident(span)),
            Some(Token::Number) if input.peek() == Some(Token::Equals) => Ok(text.ident(span)),
            Some(Token::Str) if input.peek() == Some(Token::Equals) => Ok(Ident { name: unescape(text.slice(span)), span }),
            _ => Err(SyntaxError::new(What::Property, found, span)),
        }
    })
    .labelled(What::Property)
}

/// The start of a property.
fn key_and_equals<'t>() -> impl Rule<'t, ()> {
    let key = select! { Token::Ident | Token::Number | Token::Str => () };
    key.then(just(Token::Equals)).ignored()
}

/// `value = string | boolean | array | object | expr`
fn value<'t>(text: SourceText<'t>) -> impl Rule<'t, Value> {
    choice((expression(text), string(text), boolean(), array(), object())).labelled(What::Value)
}

fn string<'t>(text: SourceText<'t>) -> impl Rule<'t, Value> {
    select! { Token::Str = e => Value { kind: ValueKind::Str(unescape(text.slice(e.span()))), span: e.span() } }
}

/// `boolean = "true" | "false"`
fn boolean<'t>() -> impl Rule<'t, Value> {
    select! {
        Token::True = e => Value { kind: ValueKind::Bool(true), span: e.span() },
        Token::False = e => Value { kind: ValueKind::Bool(false), span: e.span() },
    }
}

/// `object = "{" body "}"`; its properties are filled in.
fn object<'t>() -> impl Rule<'t, Value> {
    select! { Token::LBrace = e => Value { kind: ValueKind::Object(Vec::new()), span: e.span() } }
}

/// `array = "[" { "," } { element { "," } } "]"`; its elements are filled in.
fn array<'t>() -> impl Rule<'t, Value> {
    select! { Token::LBracket = e => Value { kind: ValueKind::Array(Vec::new()), span: e.span() } }
}

/// The elements of an array. In one a minus negates the operand behind it, and products need no parentheses.
fn elements<'t>(text: SourceText<'t>) -> impl Rule<'t, Vec<Value>> {
    let element = choice((product(operand(text)), string(text), boolean(), array(), object())).labelled(What::Element);
    let no_element = select! { Token::Equals | Token::Dot | Token::Plus | Token::Star | Token::Slash | Token::Percent => () };
    let skipped = any().then(no_element.repeated()).map_with(|_, e| Some(Value { kind: ValueKind::Error, span: e.span() }));
    let comma = just(Token::Comma).to(None);
    choice((element.map(Some), comma)).recover_with(via_parser(skipped)).repeated().collect::<Vec<_>>().map(compact)
}

/// `[ expr { "," expr } ]`, the arguments of a call.
fn arguments<'t>(text: SourceText<'t>) -> impl Rule<'t, Vec<Value>> {
    let first = expression(text).labelled(What::Value);
    let more = just(Token::Comma).ignore_then(required(expression(text)));
    let some = first.then(more.repeated().collect::<Vec<_>>()).map(|(first, more)| std::iter::once(first).chain(more).collect());
    choice((some, empty().to(Vec::new()))).then_ignore(end_of_group(What::CloseParen))
}

/// `expr = term { ( "+" | "-" ) term }`
fn expression<'t>(text: SourceText<'t>) -> impl Rule<'t, Value> {
    let operator = select! { Token::Plus => BinaryOp::Add, Token::Minus => BinaryOp::Sub }.labelled(What::Operator);
    let term = product(operand(text)).boxed();
    term.clone().foldl(operator.then(required(term)).repeated(), binary)
}

/// `term = factor { ( "*" | "/" | "%" ) factor }`, `factor = "-" factor | operand`
fn product<'t>(operand: impl Rule<'t, Value>) -> impl Rule<'t, Value> {
    let operator = select! { Token::Star => BinaryOp::Mul, Token::Slash => BinaryOp::Div, Token::Percent => BinaryOp::Rem }
        .labelled(What::Operator);
    let minus = select! { Token::Minus = e => e.span() };
    let negated = minus.repeated().at_least(1).foldr(required(operand.clone()), |minus: Span, operand: Value| {
        let span = minus.to(operand.span);
        Value { kind: ValueKind::Neg(Box::new(operand)), span }
    });
    let factor = choice((operand, negated));
    factor.clone().foldl(operator.then(required(factor)).repeated(), binary)
}

fn binary(left: Value, (operator, right): (BinaryOp, Value)) -> Value {
    let span = left.span.to(right.span);
    Value { kind: ValueKind::Binary(operator, Box::new(left), Box::new(right)), span }
}

/// `operand = number | group | call | reference | path | ident`; what stands in parentheses is filled in.
fn operand<'t>(text: SourceText<'t>) -> impl Rule<'t, Value> {
    let literal = select! {
        Token::Number = e => Value { kind: ValueKind::Number(number(text.slice(e.span())).unwrap_or(0.0)), span: e.span() },
        Token::Error = e => Value { kind: ValueKind::Error, span: e.span() },
        Token::Unterminated = e => Value { kind: ValueKind::Error, span: e.span() },
    };
    let parentheses = select! { Token::LParen = e => Value { kind: ValueKind::Error, span: e.span() } };
    let group = parentheses.map_with(|inner: Value, e| Value { kind: ValueKind::Group(Box::new(inner)), span: e.span() });
    let call = function(text)
        .then(parentheses)
        .map_with(|(name, inner), e| Value { kind: ValueKind::Call(name, vec![inner]), span: e.span() });
    let word = plain_word(text).labelled(What::Name).map(Some).recover_with(via_parser(empty().to(None)));
    let dots = just(Token::Dot).ignore_then(word.clone()).repeated();
    let reference = just(Token::Dollar).ignore_then(word).then(dots.clone().collect::<Vec<_>>()).map_with(|(first, more), e| {
        let kind = first.map_or(ValueKind::Error, |first| ValueKind::Ref(words(first, more)));
        Value { kind, span: e.span() }
    });
    let name = plain_word(text).then(dots.collect::<Vec<_>>()).map_with(|(first, more), e| {
        let span = e.span();
        match more.is_empty() {
            true => Value { kind: ValueKind::Ident(first.name), span },
            false => Value { kind: ValueKind::Path(words(first, more)), span },
        }
    });
    choice((literal, call, name, group, reference)).labelled(What::Operand)
}

fn words(first: Ident, more: Vec<Option<Ident>>) -> Vec<Ident> {
    std::iter::once(first).chain(more.into_iter().flatten()).collect()
}

/// The name of a function, in front of its parenthesis.
fn function<'t>(text: SourceText<'t>) -> impl Rule<'t, Ident> {
    custom(move |input| {
        let before = input.cursor();
        let found = input.next();
        let span: Span = input.span_since(&before);
        if found == Some(Token::Ident) && input.peek() == Some(Token::LParen) {
            let parenthesis = input.save();
            input.skip();
            let opened: Span = input.span_since(parenthesis.cursor());
            input.rewind(parenthesis);
            if is_call(text.slice(span), span, opened) {
                return Ok(text.ident(span));
            }
        }
        Err(SyntaxError::new(What::Operand, found, span))
    })
}

/// A word as a value: not the name of the next property.
fn plain_word<'t>(text: SourceText<'t>) -> impl Rule<'t, Ident> {
    custom(move |input| {
        let before = input.cursor();
        let found = input.next();
        let span: Span = input.span_since(&before);
        match found {
            Some(Token::Ident) if input.peek() != Some(Token::Equals) => Ok(text.ident(span)),
            _ => Err(SyntaxError::new(What::Operand, found, span)),
        }
    })
}
