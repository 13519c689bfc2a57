//! Text to tokens and comments.
//!
//! Tokens carry no text: their span says where it stands. Whatever the text, lexing reaches its end; where it holds no token, an
//! [`Token::Error`] or [`Token::Unterminated`] stands in and the mistake is reported.

use crate::limits::LONGEST_MISQUOTED;
use std::ops::Range;

use logos::{Lexer, Logos};

use crate::limited::Limited;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::{FileId, MAX_SOURCE_BYTES, Span};

/// Every word that may follow `#`: language.md 2.4, 9.23 and 18.1. The parser takes any word; it uses these to guess what was meant.
pub const MACRO_KINDS: &[&str] = &[
    "animation",
    "bindGroup",
    "bindGroupLayout",
    "buffer",
    "canvas",
    "computePass",
    "computePipeline",
    "data",
    "define",
    "device",
    "frame",
    "imageBitmap",
    "import",
    "init",
    "meta",
    "pass",
    "pipelineLayout",
    "querySet",
    "queue",
    "renderBundle",
    "renderPass",
    "renderPipeline",
    "sampler",
    "shaderModule",
    "texture",
    "textureView",
    "uniforms",
    "video",
    "wasmCall",
    "wgsl",
];

/// A comment, kept for the formatter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Where, with its markers.
    pub span: Span,
}

/// What a stretch of text is.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[logos(error = LexError, extras = Mode, skip r"[ \t\r\n]+")]
pub enum Token {
    /// `#buffer`: a hash and a word, any word.
    #[regex("#[A-Za-z0-9_]+")]
    Hash,
    /// A word. Dashes belong to it (`triangle-list`), except in quoted expressions; `2d`, `2d-array` and the like are words too.
    #[regex("[A-Za-z_][A-Za-z0-9_]*", word)]
    #[regex("[0-9]+d(-array)?", priority = 20)]
    Ident,
    /// A number: decimal, with a fraction, with an exponent, or hexadecimal. Has no sign.
    #[regex(r"[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?", priority = 10)]
    #[regex(r"\.[0-9]+([eE][+-]?[0-9]+)?", priority = 10)]
    #[regex("0[xX][0-9A-Fa-f]+", priority = 10)]
    #[regex(r"\.?[0-9][0-9A-Za-z_.]*", malformed_number, priority = 5)]
    Number,
    /// `"…"`, with the quotes.
    #[token("\"", string)]
    Str,
    /// `true`
    True,
    /// `false`
    False,
    /// `{`
    #[token("{")]
    LBrace,
    /// `}`
    #[token("}")]
    RBrace,
    /// `[`
    #[token("[")]
    LBracket,
    /// `]`
    #[token("]")]
    RBracket,
    /// `(`
    #[token("(")]
    LParen,
    /// `)`
    #[token(")")]
    RParen,
    /// `=`
    #[token("=")]
    Equals,
    /// `,`
    #[token(",")]
    Comma,
    /// `.`
    #[token(".")]
    Dot,
    /// `+`
    #[token("+")]
    Plus,
    /// `-`
    #[token("-")]
    Minus,
    /// `*`
    #[token("*")]
    Star,
    /// `/`
    #[token("/")]
    Slash,
    /// `%`
    #[token("%")]
    Percent,
    /// `$`
    #[token("$")]
    Dollar,
    /// `// …` or `/* … */`. Never among [`Lexed::tokens`].
    #[regex(r"//[^\r\n]*", allow_greedy = true)]
    #[token("/*", block_comment)]
    Comment,
    /// Text that is no token; reported.
    Error,
    /// A string or comment that is never closed; reported. It may stand for any amount of text.
    Unterminated,
}

/// Why a stretch of text is no token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LexError {
    /// A character that starts no token.
    #[default]
    Character,
    /// A malformed number.
    Number,
    /// A string without a closing quote.
    String,
    /// A block comment without an end.
    Comment,
}

/// How text is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A scene.
    #[default]
    Scene,
    /// A scene in which some string lacks its closing quote: strings are judged by their look.
    MissingQuote,
    /// The inside of a quoted expression (language.md 7.2): no dash in words, no strings, no comments.
    Expression,
}

/// What [`lex`] makes of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lexed {
    /// The tokens in the order of the text, without comments.
    pub tokens: Vec<(Token, Span)>,
    /// The comments in the order of the text.
    pub comments: Vec<Comment>,
}

/// Splits the text of `file` into tokens and comments.
///
/// Texts longer than [`MAX_SOURCE_BYTES`] are reported and not read.
pub fn lex(file: FileId, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Lexed {
    let mut findings = Limited::new();
    let lexed = lex_scene(file, text, &mut findings);
    findings.finish(diagnostics);
    lexed
}

/// [`lex`] with the findings that the caller collects.
pub(crate) fn lex_scene(file: FileId, text: &str, findings: &mut Limited) -> Lexed {
    if text.len() > MAX_SOURCE_BYTES {
        let start = Span::new(file, 0, 0);
        findings.report(start, || {
            let mib = MAX_SOURCE_BYTES >> 20;
            Diagnostic::new(Code::SourceTooLarge, start, format!("the file is larger than {mib} MiB"))
                .help("put large data into a file of its own and name it with `blob={ file={ url=\"…\" } }`")
        });
        return Lexed::default();
    }
    let mut first = Scan::new(file, text, 0);
    first.run(Mode::Scene);
    if first.is_string_open || first.swallows() {
        // Some quote is missing. Taken as it stands, the text behind it is read inside out, so read it with care instead.
        first = Scan::new(file, text, 0);
        first.run(Mode::MissingQuote);
    }
    first.finish(findings)
}

/// The tokens of an expression inside a string. `base` is where `text` starts in `file`.
pub(crate) fn lex_expression(file: FileId, base: u32, text: &str, findings: &mut Limited) -> Vec<(Token, Span)> {
    let mut scan = Scan::new(file, text, base);
    scan.run(Mode::Expression);
    scan.finish(findings).tokens
}

/// The value of a number token; `None` if it is malformed, infinite, or a hexadecimal one above 2^53, the largest integer up to
/// which an `f64` is exact.
pub(crate) fn number(slice: &str) -> Option<f64> {
    if let Some(digits) = slice.strip_prefix("0x").or_else(|| slice.strip_prefix("0X")) {
        let value = u64::from_str_radix(digits, 16).ok()?;
        return (value <= 1 << 53).then_some(value as f64);
    }
    slice.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// The value of a string token: without its quotes, `\"` and `\\` unescaped, everything else as it stands.
pub(crate) fn unescape(slice: &str) -> String {
    let inner = slice.strip_prefix('"').unwrap_or(slice);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut value = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        value.push_str(before);
        let skip = if escape.starts_with("\\\"") || escape.starts_with("\\\\") { 1 } else { 0 };
        let end = skip + escape.get(skip..).and_then(|tail| tail.chars().next()).map_or(0, char::len_utf8);
        value.push_str(escape.get(skip..end).unwrap_or(""));
        rest = escape.get(end..).unwrap_or("");
    }
    value.push_str(rest);
    value
}

/// What starts like a number and goes on like nothing.
fn malformed_number(_: &mut Lexer<Token>) -> Result<(), LexError> {
    Err(LexError::Number)
}

/// A word of a scene goes on over dashes.
fn word(lexer: &mut Lexer<Token>) {
    if lexer.extras != Mode::Expression {
        let rest = lexer.remainder();
        lexer.bump(rest.len() - rest.trim_start_matches(is_word_part).len());
    }
}

fn is_word_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// The rest of a string, or as much of the text as belongs to one that is not closed.
fn string(lexer: &mut Lexer<Token>) -> Result<(), LexError> {
    if lexer.extras == Mode::Expression {
        return Err(LexError::Character);
    }
    let rest = lexer.remainder();
    let mut close = closing_quote(rest);
    while let Some(end) = close.and_then(|at| quoted_in_comment(rest, at)) {
        close = closing_quote(rest.get(end..).unwrap_or("")).map(|at| end + at);
    }
    if let Some(at) = close
        && !(lexer.extras == Mode::MissingQuote && is_unclosed(rest.get(..at).unwrap_or("")))
    {
        lexer.bump(at + 1);
        return Ok(());
    }
    let swallowed = swallowed_by_open_string(rest.get(..close.unwrap_or(rest.len())).unwrap_or(rest));
    lexer.bump(swallowed);
    Err(LexError::String)
}

/// Where the quote that ends a string stands in the text behind the opening one.
fn closing_quote(text: &str) -> Option<usize> {
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return Some(at),
            b'\\' => _ = bytes.next(),
            _ => {}
        }
    }
    None
}

/// Where a word in quotes ends that the quote at `at` begins, inside of a comment of a shader: `// a "quoted" word`.
fn quoted_in_comment(text: &str, at: usize) -> Option<usize> {
    let (content, behind) = (text.get(..at)?, text.get(at + 1..)?);
    let (_, last_line) = content.rsplit_once(['\n', '\r'])?;
    let line = behind.split(['\n', '\r']).next().unwrap_or("");
    let close = line.find('"')?;
    let is_word = line.starts_with(|c: char| c.is_alphanumeric()) && line.get(..close)?.ends_with(|c: char| c.is_alphanumeric());
    (last_line.contains("//") && is_word).then_some(at + 1 + close + 1)
}

/// Whether the quote behind `content`, which would end a string, rather begins the next one: `… height]⏎ code=`.
fn closes_by_opening(content: &str) -> bool {
    let Some((_, last_line)) = content.rsplit_once(['\n', '\r']) else { return false };
    let last_line = last_line.trim_end();
    last_line.ends_with("#import")
        || last_line.ends_with('[')
        || last_line.strip_suffix('=').is_some_and(|before| before.trim_end().ends_with(is_word_part))
}

/// Whether a string with this content was never closed, and ends at a quote that was meant for another one.
fn is_unclosed(content: &str) -> bool {
    closes_by_opening(content) || goes_on_behind_reference(content)
}

/// Whether a string starts with a reference and goes on below with something else.
fn goes_on_behind_reference(content: &str) -> bool {
    let rest = content.trim_start_matches(is_reference_part);
    is_reference(content) && rest.contains(['\n', '\r']) && !rest.trim().is_empty()
}

fn is_reference_part(c: char) -> bool {
    is_word_part(c) || c == '$' || c == '.'
}

/// Whether a string starts as a reference does: `$canvas.width`. One holds no line break.
fn is_reference(content: &str) -> bool {
    content.strip_prefix('$').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

/// Whether a line of a string starts a declaration of the scene, as it does where the string was meant to end before it.
fn has_declaration(content: &str) -> bool {
    content.split(['\n', '\r']).skip(1).any(|line| {
        let mut words = line.trim_start().split([' ', '\t']);
        let kind = words.next().and_then(|word| word.strip_prefix('#'));
        kind.is_some_and(|kind| MACRO_KINDS.contains(&kind)) && line.contains('{')
    })
}

/// How much of `text`, from an opening quote to the end or to what may be the next one, an unclosed string takes with it.
///
/// If what follows its line reads like a scene, the quote was forgotten on that line. Else the string was meant to have many lines,
/// and the next line that starts a declaration ends it.
fn swallowed_by_open_string(text: &str) -> usize {
    if is_reference(text) {
        return text.len() - text.trim_start_matches(is_reference_part).len();
    }
    let line_end = text.find(['\n', '\r']).unwrap_or(text.len());
    let (line, below) = text.split_at(line_end);
    if !line.trim().is_empty() && is_scene_like(below) {
        // Brackets at the end of the line close what was open before the string.
        return line.trim_end_matches(|c: char| c.is_whitespace() || "]}),".contains(c)).len();
    }
    let mut at = line_end;
    for line in below.split_inclusive(['\n', '\r']) {
        let trimmed = line.trim_start();
        let is_declaration = trimmed.strip_prefix('#').is_some_and(|rest| {
            let word = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
            MACRO_KINDS.contains(&word)
        });
        if is_declaration {
            return at + (line.len() - trimmed.len());
        }
        at += line.len();
    }
    text.len()
}

/// Whether `text` has none of the characters that shader text is full of and scenes have only in strings and comments.
fn is_scene_like(text: &str) -> bool {
    text.split(['\n', '\r']).all(|line| {
        let code = line.split_once("//").map_or(line, |(code, _)| code);
        !code.contains([';', ':', '@', '<', '>', '&', '|', '!'])
    })
}

/// The rest of a block comment.
fn block_comment(lexer: &mut Lexer<Token>) -> Result<(), LexError> {
    match lexer.remainder().find("*/") {
        _ if lexer.extras == Mode::Expression => Err(LexError::Character),
        Some(at) => {
            lexer.bump(at + 2);
            Ok(())
        }
        None => {
            lexer.bump(lexer.remainder().len());
            Err(LexError::Comment)
        }
    }
}

/// One way through a text.
struct Scan<'t> {
    file: FileId,
    text: &'t str,
    /// Added to every offset.
    base: u32,
    lexed: Lexed,
    findings: Limited,
    is_string_open: bool,
    has_nul: bool,
}

impl<'t> Scan<'t> {
    fn new(file: FileId, text: &'t str, base: u32) -> Self {
        Self { file, text, base, lexed: Lexed::default(), findings: Limited::new(), is_string_open: false, has_nul: false }
    }

    /// Hands out the tokens; moves the findings to those of the caller.
    fn finish(self, findings: &mut Limited) -> Lexed {
        findings.take_over(self.findings);
        self.lexed
    }

    fn span(&self, range: Range<usize>) -> Span {
        // Offsets fit: texts are at most MAX_SOURCE_BYTES long.
        Span::new(self.file, self.base + range.start as u32, self.base + range.end as u32)
    }

    fn slice(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or("")
    }

    fn run(&mut self, mode: Mode) {
        // A byte order mark in front is what some editors leave; it is no text.
        let skipped = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut lexer = Token::lexer_with_extras(self.text, mode);
        lexer.bump(skipped);
        while let Some(result) = lexer.next() {
            let range = lexer.span();
            match result {
                Ok(Token::Comment) if mode == Mode::Expression => self.bad_characters(range.start..range.start + 1),
                Ok(Token::Comment) => {
                    let span = self.span(range);
                    self.lexed.comments.push(Comment { span });
                }
                Ok(Token::Ident) => {
                    let token = match lexer.slice() {
                        "true" => Token::True,
                        "false" => Token::False,
                        _ => Token::Ident,
                    };
                    self.push(token, range);
                }
                Ok(Token::Str) => {
                    self.quotes_in_comments(range.clone());
                    self.push(Token::Str, range);
                }
                Ok(Token::Number) if number(lexer.slice()).is_none() => self.bad_number(range),
                Ok(token) => self.push(token, range),
                Err(LexError::Number) => self.bad_number(range),
                Err(LexError::String) => self.open_string(range),
                Err(LexError::Comment) => self.open_comment(range),
                Err(LexError::Character) if mode != Mode::Expression && self.is_spaced_hash(&range) => {
                    let rest = lexer.remainder();
                    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
                    let word = rest.trim_start().split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
                    lexer.bump(blanks + word.len());
                    self.spaced_hash(range.start..lexer.span().end, word);
                }
                Err(LexError::Character) => {
                    let end = self.end_of_bad_word(&range);
                    lexer.bump(end.saturating_sub(range.end));
                    self.bad_characters(range.start..end.max(range.end));
                }
            }
        }
    }

    /// Reports the first quote inside of the string at `range` that is there as it is, in a comment of a shader.
    fn quotes_in_comments(&mut self, range: Range<usize>) {
        let inside = self.slice(range.start + 1..range.end.saturating_sub(1));
        let Some(at) = closing_quote(inside).map(|at| range.start + 1 + at) else { return };
        let span = self.span(at..at + 1);
        self.findings.report(span, || {
            Diagnostic::new(Code::QuoteInComment, span, "this quote ends the string, though it stands in a comment of its shader")
                .label("the string would end here")
                .help("write `\\\"` inside a string, or leave the quotes out; or put the shader into a file: `code=\"./shader.wgsl\"`")
        });
    }

    /// Whether some string was most likely never closed, although all quotes have partners: it took declarations with it.
    fn swallows(&self) -> bool {
        self.lexed.tokens.iter().filter(|(token, _)| *token == Token::Str).any(|(_, span)| {
            let content = self.slice((span.start - self.base) as usize + 1..(span.end - self.base) as usize - 1);
            goes_on_behind_reference(content) || (closes_by_opening(content) && has_declaration(content))
        })
    }

    fn push(&mut self, token: Token, range: Range<usize>) {
        let span = self.span(range);
        self.lexed.tokens.push((token, span));
    }

    /// Whether a lone `#` at `range` belongs to the kind behind it, as in `# buffer`.
    fn is_spaced_hash(&self, range: &Range<usize>) -> bool {
        self.slice(range.clone()) == "#"
            && self.slice(range.end..self.text.len()).strip_prefix([' ', '\t']).is_some_and(|rest| {
                let rest = rest.trim_start_matches([' ', '\t']);
                MACRO_KINDS.contains(&rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or(""))
            })
    }

    fn spaced_hash(&mut self, range: Range<usize>, word: &str) {
        let span = self.span(range.clone());
        self.push(Token::Hash, range);
        self.findings.report(span, || {
            Diagnostic::new(Code::UnexpectedCharacter, span, format!("no space may stand between `#` and `{word}`")).fix(
                format!("write `#{word}`"),
                true,
                span,
                format!("#{word}"),
            )
        });
    }

    /// Where the mistake ends that starts with the bad character at `range`.
    fn end_of_bad_word(&self, range: &Range<usize>) -> usize {
        let rest = self.slice(range.end..self.text.len());
        let Some(first) = self.slice(range.clone()).chars().next() else { return range.end };
        let closing: &[char] = match first {
            '\'' => &['\''],
            '‘' | '’' => &['’', '‘', '\''],
            '“' | '”' | '„' => &['”', '“', '"'],
            // A word with a letter that is not ASCII is one mistake.
            c if c.is_alphanumeric() || c == '#' => {
                return self.text.len() - rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '-').len();
            }
            // Characters of the same kind make one run.
            _ => return self.text.len() - rest.trim_start_matches(is_always_bad).len(),
        };
        // Text in the wrong quotes, if they close soon and on the same line.
        rest.char_indices()
            .take(LONGEST_MISQUOTED)
            .take_while(|(_, c)| !matches!(c, '\n' | '\r'))
            .find(|(_, c)| closing.contains(c))
            .map_or(range.end, |(at, c)| range.end + at + c.len_utf8())
    }

    fn bad_characters(&mut self, mut range: Range<usize>) {
        let Some(first) = self.slice(range.clone()).chars().next() else { return };
        if first.is_alphanumeric()
            && let Some(&(Token::Ident | Token::Hash | Token::True | Token::False, span)) = self.lexed.tokens.last()
            && span.end == self.base + range.start as u32
        {
            // The word began with good letters.
            self.lexed.tokens.pop();
            range.start = (span.start - self.base) as usize;
        }
        let span = self.span(range.clone());
        let text = self.slice(range.clone());
        self.push(Token::Error, range);
        if text.contains('\0') {
            if !std::mem::replace(&mut self.has_nul, true) {
                self.findings.report(span, || {
                    Diagnostic::new(Code::NotText, span, "the file holds a NUL byte, so it is not a text")
                        .help("save it as UTF-8 text")
                });
            }
            return;
        }
        self.findings.report(span, || unexpected(span, first, text));
    }

    fn bad_number(&mut self, range: Range<usize>) {
        let span = self.span(range.clone());
        let text = self.slice(range.clone());
        self.push(Token::Error, range);
        self.findings.report(span, || {
            let diagnostic = Diagnostic::new(Code::BadNumber, span, format!("malformed number `{}`", shortened(text)));
            let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let is_hex = text.starts_with("0x") || text.starts_with("0X");
            if (is_hex && text.len() > 2 && text.chars().skip(2).all(|c| c.is_ascii_hexdigit()))
                || (!is_hex && text.parse::<f64>().is_ok())
            {
                diagnostic.label("too large")
            } else if is_hex {
                diagnostic.help("after `0x` come the digits 0-9 and a-f")
            } else if text.contains('_') && number(&text.replace('_', "")).is_some() {
                let plain = text.replace('_', "");
                diagnostic.help("digits are written without `_`").fix(format!("write `{plain}`"), true, span, plain)
            } else if digits.len() < text.len() && number(digits).is_some() {
                let help = "a number has no unit and no suffix, and a name does not start with a digit";
                diagnostic.help(help).fix(format!("write `{digits}`"), false, span, digits)
            } else {
                diagnostic.help("numbers look like `12`, `0.5`, `1e3` or `0x2A`")
            }
        });
    }

    fn open_string(&mut self, range: Range<usize>) {
        self.is_string_open = true;
        let quote = self.span(range.start..range.start + 1);
        self.push(Token::Unterminated, range);
        self.findings.report(quote, || {
            Diagnostic::new(Code::UnterminatedString, quote, "this string is never closed")
                .label("the string opens here")
                .help("write `\"` where it ends; a quote inside it is written `\\\"`")
        });
    }

    fn open_comment(&mut self, range: Range<usize>) {
        let open = self.span(range.start..range.start + 2);
        self.push(Token::Unterminated, range);
        self.findings.report(open, || {
            Diagnostic::new(Code::UnterminatedComment, open, "this comment is never closed")
                .label("the comment opens here")
                .help("write `*/` where it ends")
        });
    }
}

/// Whether `c` is a character that no token and no white space starts with, and that forms runs.
fn is_always_bad(c: char) -> bool {
    !(c.is_alphanumeric() || c.is_ascii_whitespace() || "\"'‘’“”„#_{}[]()=,.+-*/%$".contains(c))
}

/// The finding about text that starts with the unexpected character `first`.
fn unexpected(span: Span, first: char, text: &str) -> Diagnostic {
    let mut characters = text.chars();
    let is_single = characters.next().is_some() && characters.next().is_none();
    let is_invisible = first.is_control() || (first.is_whitespace()) || matches!(first, '\u{200b}'..='\u{200f}' | '\u{feff}');
    let what = match (is_single, is_invisible) {
        (true, true) => format!("unexpected character U+{:04X}", u32::from(first)),
        (true, false) => format!("unexpected character `{first}`"),
        (false, true) => format!("unexpected characters, U+{:04X} first", u32::from(first)),
        (false, false) if first.is_alphanumeric() || first.is_ascii_alphanumeric() || first == '#' => {
            format!("`{}` is not a name", shortened(text))
        }
        (false, false) => format!("unexpected characters `{}`", shortened(text)),
    };
    let diagnostic = Diagnostic::new(Code::UnexpectedCharacter, span, what);
    match first {
        ':' if is_single => diagnostic.label("expected `=`").help("`=` stands between a property and its value").fix(
            "replace `:` by `=`",
            false,
            span,
            "=",
        ),
        ';' if is_single => diagnostic
            .label("no `;` is needed")
            .help("remove `;`: a property ends where the next one begins")
            .fix("remove `;`", false, span, ""),
        '\'' | '‘' | '’' | '“' | '”' | '„' => {
            let inner: Vec<char> = text.chars().collect();
            let diagnostic = diagnostic.help("strings stand between straight double quotes: `\"…\"`");
            match inner.as_slice() {
                [_, inner @ .., _] if !inner.contains(&'"') && !inner.contains(&'\\') => {
                    let inner: String = inner.iter().collect();
                    diagnostic.fix("use `\"`", false, span, format!("\"{inner}\""))
                }
                _ => diagnostic,
            }
        }
        '#' if is_single => diagnostic.help("a declaration starts with `#` and its kind, without a space: `#buffer`"),
        c if c.is_whitespace() => {
            diagnostic.help("only spaces, tabs and line ends separate words").fix("replace it by a space", false, span, " ")
        }
        '@' | '<' | '>' | '&' | '|' | '!' | '^' | '~' => diagnostic.help("shader text stands in a string: `code=\"…\"`"),
        '\\' => diagnostic.help("a backslash has a meaning in strings only"),
        _ if !text.is_ascii() && text.chars().any(char::is_alphanumeric) => {
            diagnostic.help("names are made of the letters a-z and A-Z, digits, `_` and `-`; other text stands in strings")
        }
        _ => diagnostic,
    }
}

/// The kind of a declaration, from its `#word`; from a bare word too, whose hash was forgotten.
pub(crate) fn kind_word(slice: &str) -> &str {
    slice.strip_prefix('#').unwrap_or(slice).trim_start()
}

/// `text` cut to what fits into a message.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text.to_owned(),
    }
}
