//! What chumsky reports, and the words for it.

use chumsky::DefaultExpected;
use chumsky::error::{Error, LabelError};
use chumsky::util::MaybeRef;

use super::Tokens;
use super::repair::symbol;
use crate::lex::{Token, kind_word, shortened};
use pngine_source::diag::{Clue, Code, Diagnostic};
use pngine_source::source::Span;

/// What the grammar can want, in the order in which a message lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum What {
    /// The name of a declaration, or a word after a dot.
    Name,
    /// The path of `#import`.
    FileName,
    /// The name of a property.
    Property,
    /// `=`
    Equals,
    /// A value of any kind, or an operand.
    Value,
    /// A number, name or parenthesis.
    Operand,
    /// An element of an array.
    Element,
    /// `#…`, after the end of a declaration.
    Declaration,
    OpenBrace,
    CloseBrace,
    CloseBracket,
    CloseParen,
    Comma,
    Operator,
    /// The end of a quoted expression.
    End,
}

impl What {
    const ALL: [What; 15] = [
        What::Name,
        What::FileName,
        What::Property,
        What::Equals,
        What::Value,
        What::Operand,
        What::Element,
        What::Declaration,
        What::OpenBrace,
        What::CloseBrace,
        What::CloseBracket,
        What::CloseParen,
        What::Comma,
        What::Operator,
        What::End,
    ];

    fn words(self) -> &'static str {
        match self {
            What::Name => "a name",
            What::FileName => "a file name in quotes",
            What::Property => "a property",
            What::Equals => "`=`",
            What::Value | What::Element => "a value",
            What::Operand => "a number or a name",
            What::Declaration => "a declaration",
            What::OpenBrace => "`{`",
            What::CloseBrace => "`}`",
            What::CloseBracket => "`]`",
            What::CloseParen => "`)`",
            What::Comma => "`,`",
            What::Operator => "an operator",
            What::End => "the end of the expression",
        }
    }
}

/// A set of [`What`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Expected(u16);

impl Expected {
    fn insert(&mut self, what: What) {
        self.0 |= 1 << what as u8;
    }

    fn contains(self, what: What) -> bool {
        self.0 & 1 << what as u8 != 0
    }
}

/// A place where the grammar does not go on. Small and without allocations: chumsky makes many and drops most of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct SyntaxError {
    expected: Expected,
    /// `None` at the end of the declaration.
    found: Option<Token>,
    pub(super) span: Span,
}

impl SyntaxError {
    pub(super) fn new(expected: What, found: Option<Token>, span: Span) -> Self {
        let mut error = Self { expected: Expected::default(), found, span };
        error.expected.insert(expected);
        error
    }
}

impl<'t> Error<'t, Tokens<'t>> for SyntaxError {
    fn merge(mut self, other: Self) -> Self {
        self.expected.0 |= other.expected.0;
        self
    }
}

impl<'t> LabelError<'t, Tokens<'t>, DefaultExpected<'t, Token>> for SyntaxError {
    fn expected_found<E: IntoIterator<Item = DefaultExpected<'t, Token>>>(
        expected: E,
        found: Option<MaybeRef<'t, Token>>,
        span: Span,
    ) -> Self {
        let mut error = Self { expected: Expected::default(), found: found.as_deref().copied(), span };
        for expected in expected {
            let what = match expected {
                DefaultExpected::Token(token) => match *token {
                    Token::LBrace => What::OpenBrace,
                    Token::Equals => What::Equals,
                    Token::Comma => What::Comma,
                    Token::Dot | Token::Plus | Token::Star | Token::Slash | Token::Percent => What::Operator,
                    _ => continue,
                },
                DefaultExpected::EndOfInput => What::Declaration,
                DefaultExpected::Any | DefaultExpected::SomethingElse => continue,
                _ => continue,
            };
            error.expected.insert(what);
        }
        error
    }
}

impl<'t> LabelError<'t, Tokens<'t>, What> for SyntaxError {
    fn expected_found<E: IntoIterator<Item = What>>(expected: E, found: Option<MaybeRef<'t, Token>>, span: Span) -> Self {
        let mut error = Self { expected: Expected::default(), found: found.as_deref().copied(), span };
        for what in expected {
            error.expected.insert(what);
        }
        error
    }

    fn label_with(&mut self, label: What) {
        self.expected = Expected::default();
        self.expected.insert(label);
    }
}

fn is_operator(token: Token) -> bool {
    matches!(token, Token::Plus | Token::Minus | Token::Star | Token::Slash | Token::Percent)
}

/// What a message needs to know about the surroundings of an error.
pub(super) struct Surroundings<'t> {
    /// The text of the file.
    pub(super) text: &'t str,
    /// Added to every offset in `text`.
    pub(super) base: u32,
    /// The tokens of the group.
    pub(super) tokens: &'t [(Token, Span)],
    /// What is behind them.
    pub(super) end: End,
}

/// What is behind the tokens of a group.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    /// A closing delimiter.
    Close(Span),
    /// The next declaration.
    Declaration(Span),
    /// Nothing; of what it is the end.
    Of(&'static str),
}

impl<'t> Surroundings<'t> {
    fn slice(&self, span: Span) -> &'t str {
        let at = |offset: u32| offset.saturating_sub(self.base) as usize;
        self.text.get(at(span.start)..at(span.end)).unwrap_or("")
    }

    fn words(&self, token: Token, span: Span) -> String {
        match token {
            Token::Str => "a string".to_owned(),
            Token::LBrace | Token::LBracket | Token::LParen => format!("`{}`", symbol(token)),
            _ => format!("`{}`", shortened(self.slice(span))),
        }
    }

    /// The finding for `error`; `None` if it only follows from a mistake that is already reported.
    pub(super) fn describe(&self, mut error: SyntaxError) -> Option<Diagnostic> {
        let is_reported = |token: Token| matches!(token, Token::Error | Token::Unterminated);
        if error.found.is_some_and(is_reported) {
            return None;
        }
        let index = match error.found {
            Some(_) => self.tokens.partition_point(|(_, span)| span.start < error.span.start),
            None => self.tokens.len(),
        };
        let previous = index.checked_sub(1).and_then(|index| self.tokens.get(index)).copied();
        if previous.is_some_and(|(token, _)| is_reported(token)) {
            return None;
        }
        let following = self.tokens.get(index + 1).map(|(token, _)| *token);

        let found = match (error.found, self.end) {
            (Some(Token::Ident), _) if following == Some(Token::Equals) && self.wants_value(error) => {
                format!("the property `{}`", shortened(self.slice(error.span)))
            }
            (Some(token), _) => self.words(token, error.span),
            // A closing delimiter that was missing is reported.
            (None, End::Close(close)) if close.start == close.end => return None,
            (None, End::Close(close) | End::Declaration(close)) => self.words(Token::Hash, close),
            (None, End::Of(text)) => format!("the end of the {text}"),
        };
        match (error.found, self.end) {
            // A group is shown where it opens.
            (Some(Token::LBrace | Token::LBracket | Token::LParen), _) => error.span.end = error.span.start + 1,
            (None, End::Close(close)) => error.span = close,
            _ => {}
        }
        let expected = self.expected(error);
        let leads_on = |&(token, _): &(Token, Span)| match token {
            Token::Hash | Token::Ident | Token::Equals | Token::Dollar | Token::Dot => true,
            token => is_operator(token),
        };
        let after = previous.filter(leads_on);
        let wants_next = [What::Name, What::FileName, What::Equals, What::Value, What::Operand]
            .into_iter()
            .any(|what| error.expected.contains(what));
        let message = match after {
            Some((token, span)) if wants_next => format!("expected {expected} after {}, found {found}", self.words(token, span)),
            _ => format!("expected {expected}, found {found}"),
        };

        // What is missing at the end of a line is missed there, not on the line below.
        let is_below = |previous: Span| {
            let gap = Span::new(previous.file, previous.end, error.span.start);
            let is_last = error.found.is_none() && !matches!(self.end, End::Close(_));
            is_last || self.slice(gap).contains(['\n', '\r'])
        };
        let span = match previous {
            Some((_, previous)) if is_below(previous) && !error.expected.contains(What::Declaration) => {
                Span::new(previous.file, previous.end, previous.end)
            }
            _ => error.span,
        };
        if let Some(path) = self.path_at(error) {
            let written = self.slice(path);
            let message = format!("the path `{}` stands without quotes", shortened(written));
            let title = format!("write `\"{written}\"`");
            return Some(
                Diagnostic::new(Code::UnexpectedToken, path, message).label("a path is a string").help(title.clone()).fix(
                    title,
                    false,
                    path,
                    format!("\"{written}\""),
                ),
            );
        }
        let mut diagnostic = Diagnostic::new(Code::UnexpectedToken, span, message).label(format!("expected {expected}"));
        if let Some(help) = self.help(error, previous.map(|(token, _)| token), following) {
            diagnostic = diagnostic.help(help);
        }
        let is_vague = error.expected.contains(What::Property)
            && ![What::Name, What::FileName].into_iter().any(|what| error.expected.contains(what));
        Some(if is_vague { diagnostic.clue(Clue::Vague) } else { diagnostic })
    }

    /// A path that stands where a value or a file's name is wanted: `./shader.wgsl`, `shared.pngi`.
    fn path_at(&self, error: SyntaxError) -> Option<Span> {
        let start = error.span.start.saturating_sub(self.base) as usize;
        let rest = self.text.get(start..)?;
        let length = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '/' | '_' | '-'))).unwrap_or(rest.len());
        let path = rest.get(..length)?;
        let is_path = if error.expected.contains(What::FileName) {
            path.contains(['.', '/'])
        } else {
            self.wants_value(error) && (path.starts_with("./") || path.starts_with("../"))
        };
        let end = error.span.start + u32::try_from(length).ok()?;
        (is_path && error.found != Some(Token::Str)).then(|| Span::new(error.span.file, error.span.start, end))
    }

    fn wants_value(&self, error: SyntaxError) -> bool {
        [What::Value, What::Operand, What::Element].into_iter().any(|what| error.expected.contains(what))
    }

    fn is_define(&self) -> bool {
        self.tokens.first().is_some_and(|&(token, span)| token == Token::Hash && kind_word(self.slice(span)) == "define")
    }

    /// "a property or `}`".
    fn expected(&self, error: SyntaxError) -> String {
        let mut words: Vec<&str> = Vec::new();
        for what in What::ALL.into_iter().filter(|&what| error.expected.contains(what)) {
            // What may also stand here, but is not what one misses.
            let is_minor = match what {
                What::Comma => !error.expected.contains(What::CloseParen),
                What::Operator => true,
                // `#buffer`, then a brace: it is the name that is missing.
                What::OpenBrace => error.expected.contains(What::Name),
                What::Operand => error.expected.contains(What::Value) || error.expected.contains(What::Element),
                _ => false,
            };
            if (!is_minor || words.is_empty()) && !words.contains(&what.words()) {
                words.push(what.words());
            }
        }
        match words.as_slice() {
            [] => "something else".to_owned(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} or {last}", first.join(", ")),
        }
    }

    fn help(&self, error: SyntaxError, previous: Option<Token>, following: Option<Token>) -> Option<&'static str> {
        let wants = |what| error.expected.contains(what);
        Some(match error.found {
            Some(Token::Plus) if wants(What::Element) => "in an array a sum stands in parentheses: `[(a + b) c]`",
            Some(Token::Ident) if wants(What::Element) && following == Some(Token::Equals) => {
                "properties stand in braces: `[{ name=value }]`"
            }
            Some(Token::Str) if wants(What::Name) => "names are written without quotes",
            _ if wants(What::FileName) => "write `#import \"file.pngine\"`",
            _ if wants(What::Declaration) => "every declaration starts with `#` and its kind: `#buffer name { … }`",
            Some(Token::Number | Token::Str | Token::Ident | Token::True | Token::False)
                if wants(What::Property)
                    && matches!(
                        previous,
                        Some(Token::Number | Token::Str | Token::Ident | Token::True | Token::False | Token::LParen)
                    ) =>
            {
                "several values stand in brackets: `name=[a b]`"
            }
            Some(Token::Ident) if wants(What::Equals) && !self.is_define() => {
                "a property is written `name=value`, several values `name=[a b]`"
            }
            _ if wants(What::Equals) && self.is_define() => "write `#define NAME=value`",
            _ if wants(What::Equals) => "a property is written `name=value`",
            _ => return None,
        })
    }
}
