//! Text to tokens: WGSL sections 3.1 to 3.9.
//!
//! The only pass that reads characters. Every character is in a token, in a comment, or blank; what is none of these is an error, and
//! stands in a token that says so, so that parsing goes on. Which `<` and `>` enclose a template list is found out here too
//! ([`Kind::TemplateStart`]), by the specification's algorithm, before adjacent signs become operators.

use pngine_source::diag::{Code, Diagnostic};

use crate::limits::MAX_TEXT_BYTES;
use crate::report::{Report, finding};
pub use crate::span::Span;

/// A token and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub span: Span,
}

macro_rules! kinds {
    ($( $(#[doc = $doc:literal])+ $name:ident = $text:literal, )* ; keywords: $( $keyword:ident = $word:literal, )*) => {
        /// What a token is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind {
            $( $(#[doc = $doc])+ $name, )*
            $( #[doc = concat!("The keyword `", $word, "`.")] $keyword, )*
        }

        impl Kind {
            /// All kinds.
            pub const ALL: &'static [Kind] = &[$( Kind::$name, )* $( Kind::$keyword, )*];

            /// How the token is written, or what it is called if that differs from one to the next.
            pub const fn text(self) -> &'static str {
                match self { $( Kind::$name => $text, )* $( Kind::$keyword => $word, )* }
            }

            /// Whether it is a keyword (section 15.1).
            pub const fn is_keyword(self) -> bool {
                matches!(self, $( Kind::$keyword )|*)
            }

            fn keyword(word: &str) -> Option<Kind> {
                match word { $( $word => Some(Kind::$keyword), )* _ => None }
            }
        }
    };
}

kinds! {
    /// An identifier. Reserved words and names that begin with two underscores are identifiers here, and reported where they are.
    Ident = "a name",
    /// An integer literal, with its suffix.
    Int = "a number",
    /// A floating point literal, with its suffix.
    Float = "a number",
    /// What is no token; it has been reported.
    Error = "an unknown character",
    /// The end of the text.
    End = "the end of the text",
    /// `<` that begins a template list.
    TemplateStart = "<",
    /// `>` that ends a template list.
    TemplateEnd = ">",
    /// `&`
    And = "&",
    /// `&&`
    AndAnd = "&&",
    /// `->`
    Arrow = "->",
    /// `@`
    At = "@",
    /// `/`
    Slash = "/",
    /// `!`
    Bang = "!",
    /// `[`
    BracketLeft = "[",
    /// `]`
    BracketRight = "]",
    /// `{`
    BraceLeft = "{",
    /// `}`
    BraceRight = "}",
    /// `:`
    Colon = ":",
    /// `::`, which only paths of imports have.
    ColonColon = "::",
    /// `,`
    Comma = ",",
    /// `=`
    Equal = "=",
    /// `==`
    EqualEqual = "==",
    /// `!=`
    NotEqual = "!=",
    /// `>`
    Greater = ">",
    /// `>=`
    GreaterEqual = ">=",
    /// `>>`
    ShiftRight = ">>",
    /// `<`
    Less = "<",
    /// `<=`
    LessEqual = "<=",
    /// `<<`
    ShiftLeft = "<<",
    /// `%`
    Percent = "%",
    /// `-`
    Minus = "-",
    /// `--`
    MinusMinus = "--",
    /// `.`
    Dot = ".",
    /// `+`
    Plus = "+",
    /// `++`
    PlusPlus = "++",
    /// `|`
    Or = "|",
    /// `||`
    OrOr = "||",
    /// `(`
    ParenLeft = "(",
    /// `)`
    ParenRight = ")",
    /// `;`
    Semicolon = ";",
    /// `*`
    Star = "*",
    /// `~`
    Tilde = "~",
    /// `_`
    Underscore = "_",
    /// `^`
    Xor = "^",
    /// `+=`
    PlusEqual = "+=",
    /// `-=`
    MinusEqual = "-=",
    /// `*=`
    StarEqual = "*=",
    /// `/=`
    SlashEqual = "/=",
    /// `%=`
    PercentEqual = "%=",
    /// `&=`
    AndEqual = "&=",
    /// `|=`
    OrEqual = "|=",
    /// `^=`
    XorEqual = "^=",
    /// `>>=`
    ShiftRightEqual = ">>=",
    /// `<<=`
    ShiftLeftEqual = "<<=",
    ;
    keywords:
    Alias = "alias",
    Break = "break",
    Case = "case",
    Const = "const",
    ConstAssert = "const_assert",
    Continue = "continue",
    Continuing = "continuing",
    Default = "default",
    Diagnostic = "diagnostic",
    Discard = "discard",
    Else = "else",
    Enable = "enable",
    False = "false",
    Fn = "fn",
    For = "for",
    If = "if",
    Let = "let",
    Loop = "loop",
    Override = "override",
    Requires = "requires",
    Return = "return",
    Struct = "struct",
    Switch = "switch",
    True = "true",
    Var = "var",
    While = "while",
}

/// Words that WGSL keeps for the future (section 15.2), in ASCII order.
#[rustfmt::skip]
pub const RESERVED: &[&str] = &[
    "NULL", "Self", "abstract", "active", "alignas", "alignof", "as", "asm", "asm_fragment", "async", "attribute", "auto", "await",
    "become", "cast", "catch", "class", "co_await", "co_return", "co_yield", "coherent", "column_major", "common", "compile",
    "compile_fragment", "concept", "const_cast", "consteval", "constexpr", "constinit", "crate", "debugger", "decltype", "delete",
    "demote", "demote_to_helper", "do", "dynamic_cast", "enum", "explicit", "export", "extends", "extern", "external", "fallthrough",
    "filter", "final", "finally", "friend", "from", "fxgroup", "get", "goto", "groupshared", "highp", "impl", "implements", "import",
    "inline", "instanceof", "interface", "layout", "lowp", "macro", "macro_rules", "match", "mediump", "meta", "mod", "module", "move",
    "mut", "mutable", "namespace", "new", "nil", "noexcept", "noinline", "nointerpolation", "non_coherent", "noncoherent",
    "noperspective", "null", "nullptr", "of", "operator", "package", "packoffset", "partition", "pass", "patch", "pixelfragment",
    "precise", "precision", "premerge", "priv", "protected", "pub", "public", "readonly", "ref", "regardless", "register",
    "reinterpret_cast", "require", "resource", "restrict", "self", "set", "shared", "sizeof", "smooth", "snorm", "static",
    "static_assert", "static_cast", "std", "subroutine", "super", "target", "template", "this", "thread_local", "throw", "trait", "try",
    "type", "typedef", "typeid", "typename", "typeof", "union", "unless", "unorm", "unsafe", "unsized", "use", "using", "varying",
    "virtual", "volatile", "wgsl", "where", "with", "writeonly", "yield",
];

/// Whether `word` is kept for the future.
pub fn is_reserved(word: &str) -> bool {
    RESERVED.binary_search(&word).is_ok()
}

/// What comes of a text.
#[derive(Debug, Default)]
pub struct Lexed {
    /// All tokens in order, [`Kind::End`] last.
    pub tokens: Vec<Token>,
    /// All comments in order, with `//` and without the line's end, or with `/*` and `*/`.
    pub comments: Vec<Span>,
    /// What is no token.
    pub diagnostics: Vec<Diagnostic>,
}

/// Whether `character` is blank: Unicode's Pattern_White_Space, section 3.2.
pub const fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r' | '\u{85}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}')
}

/// Whether `character` ends a line, section 3.2.
pub const fn ends_line(character: char) -> bool {
    matches!(character, '\n'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn starts_name(character: char) -> bool {
    character == '_' || unicode_ident::is_xid_start(character)
}

fn continues_name(character: char) -> bool {
    unicode_ident::is_xid_continue(character)
}

/// Reads a text. One that is longer than [`MAX_TEXT_BYTES`] has no tokens, and an error that says so.
pub fn lex(text: &str) -> Lexed {
    if text.len() > MAX_TEXT_BYTES {
        let message = format!("the shader has {} bytes, but at most {MAX_TEXT_BYTES} are allowed", text.len());
        let end = Token { kind: Kind::End, span: Span::new(0, 0) };
        let too_long = finding(Code::ShaderTooLarge, Span::new(0, 0), message);
        return Lexed { tokens: vec![end], comments: Vec::new(), diagnostics: vec![too_long] };
    }
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), comments: Vec::new(), report: Report::default() };
    while lexer.step() {}
    let end = text.len() as u32;
    lexer.tokens.push(Token { kind: Kind::End, span: Span::new(end, end) });
    mark_templates(&mut lexer.tokens);
    Lexed { tokens: join(&lexer.tokens), comments: lexer.comments, diagnostics: lexer.report.found }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
    comments: Vec<Span>,
    report: Report,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Goes on by `bytes`, which end on a character boundary; the span that was passed.
    fn take(&mut self, bytes: usize) -> Span {
        let start = self.at as u32;
        self.at += bytes;
        Span::new(start, self.at as u32)
    }

    fn push(&mut self, kind: Kind, bytes: usize) {
        let span = self.take(bytes);
        self.tokens.push(Token { kind, span });
    }

    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return false };
        if is_blank(first) {
            let bytes = rest.find(|c| !is_blank(c)).unwrap_or(rest.len());
            self.take(bytes);
        } else if rest.starts_with("//") {
            let bytes = rest.find(ends_line).unwrap_or(rest.len());
            let span = self.take(bytes);
            self.comments.push(span);
            if let Some(at) = span.of(self.text).find('\0') {
                self.null(span.start + at as u32);
            }
        } else if rest.starts_with("/*") {
            self.block_comment();
        } else if starts_name(first) {
            let bytes = rest.find(|c| !continues_name(c) && c != '_').unwrap_or(rest.len());
            let word = &rest[..bytes];
            let kind = if word == "_" { Kind::Underscore } else { Kind::keyword(word).unwrap_or(Kind::Ident) };
            self.push(kind, bytes);
        } else if first.is_ascii_digit() || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) {
            self.number();
        } else if let Some(kind) = sign(first) {
            self.push(kind, 1);
        } else {
            self.unknown(first);
        }
        true
    }

    fn null(&mut self, at: u32) {
        let message = "a shader must not contain the character U+0000";
        self.report.add(finding(Code::WgslSyntax, Span::new(at, at + 1), message));
    }

    fn unknown(&mut self, first: char) {
        // A run of them is one mistake.
        let rest = self.rest();
        let is_unknown =
            |c: char| !is_blank(c) && !starts_name(c) && !c.is_ascii_digit() && c != '.' && c != '/' && sign(c).is_none();
        let bytes = rest.find(|c| !is_unknown(c)).unwrap_or(rest.len()).max(first.len_utf8());
        self.push(Kind::Error, bytes);
        let Some(&Token { span, .. }) = self.tokens.last() else { return };
        if first == '\0' {
            self.null(span.start);
            return;
        }
        let shown = if first.is_control() { format!("U+{:04X}", u32::from(first)) } else { format!("`{first}`") };
        let help = match first {
            '"' | '\'' | '`' => Some("WGSL has no strings"),
            '#' => Some("WGSL has no preprocessor; constants are declared with `const`"),
            '\u{FEFF}' => Some("a shader must not begin with a byte order mark"),
            '\u{2212}' | '\u{2013}' | '\u{2014}' => Some("the operator is `-`, U+002D"),
            '\u{D7}' => Some("multiplication is `*`"),
            _ => None,
        };
        let diagnostic = finding(Code::WgslSyntax, span, format!("{shown} does not belong to WGSL"));
        self.report.add(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
    }

    fn block_comment(&mut self) {
        let bytes = self.rest().as_bytes();
        let (mut at, mut depth) = (2, 1_usize);
        while depth > 0 && at < bytes.len() {
            match bytes.get(at..at + 2) {
                Some(b"/*") => (at, depth) = (at + 2, depth + 1),
                Some(b"*/") => (at, depth) = (at + 2, depth - 1),
                _ => at += 1,
            }
        }
        let span = self.take(at);
        self.comments.push(span);
        if let Some(at) = span.of(self.text).find('\0') {
            self.null(span.start + at as u32);
        }
        if depth > 0 {
            let opening = Span::new(span.start, span.start + 2);
            let message = "a comment that begins with `/*` does not end";
            let help = if depth > 1 { "block comments nest: each `/*` needs its own `*/`" } else { "end it with `*/`" };
            self.report.add(finding(Code::WgslSyntax, opening, message).label("begins here").help(help));
        }
    }

    /// Section 3.5.2. Takes all that looks like one number, so that one that is malformed is one error.
    fn number(&mut self) {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let digits =
            |from: usize, is_digit: fn(&u8) -> bool| bytes[from.min(bytes.len())..].iter().take_while(|b| is_digit(b)).count();
        let is_hex = bytes.len() > 1 && bytes[0] == b'0' && matches!(bytes[1], b'x' | b'X');
        let is_digit: fn(&u8) -> bool = if is_hex { u8::is_ascii_hexdigit } else { u8::is_ascii_digit };
        let start = if is_hex { 2 } else { 0 };
        let whole = digits(start, is_digit);
        let mut at = start + whole;
        let mut is_float = false;
        let mut problem = None;
        let mut fraction = 0;
        if bytes.get(at) == Some(&b'.') {
            is_float = true;
            fraction = digits(at + 1, is_digit);
            at += 1 + fraction;
        }
        if whole + fraction == 0 {
            problem = Some("a hexadecimal number needs digits");
        }
        let mut has_exponent = false;
        let marks: &[u8] = if is_hex { b"pP" } else { b"eE" };
        if bytes.get(at).is_some_and(|b| marks.contains(b)) {
            let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            let exponent = digits(at + 1 + sign, u8::is_ascii_digit);
            if exponent == 0 {
                problem = problem.or(Some("an exponent needs digits"));
            }
            (is_float, has_exponent) = (true, true);
            at += 1 + sign + exponent;
        }
        match bytes.get(at) {
            Some(b'f' | b'h') if !is_hex || has_exponent => (is_float, at) = (true, at + 1),
            Some(b'i' | b'u') if !is_float => at += 1,
            _ => {}
        }
        let digits_only = &rest[start..start + whole];
        if !is_hex && !is_float && whole > 1 && digits_only.starts_with('0') {
            problem = problem.or(Some("an integer must not begin with 0"));
        }
        // Letters and digits that follow without a space are of the same mistake.
        let tail = rest[at..].find(|c| !continues_name(c)).unwrap_or(rest.len() - at);
        let suffix = at..at + tail;
        if tail > 0 && problem.is_none() {
            let suffix = &rest[suffix.clone()];
            let message = format!(
                "`{}` is not a number: the suffix `{}` does not exist here",
                shorten(&rest[..at + tail]),
                shorten(suffix)
            );
            let help = "the suffixes are `i` and `u` for integers, `f` and `h` for floating point numbers";
            let span = Span::new(self.at as u32, (self.at + at + tail) as u32);
            self.report.add(finding(Code::WgslSyntax, span, message).help(help));
        } else if let Some(problem) = problem {
            let span = Span::new(self.at as u32, (self.at + at + tail) as u32);
            let message = format!("`{}` is not a number: {problem}", shorten(&rest[..at + tail]));
            self.report.add(finding(Code::WgslSyntax, span, message));
        }
        self.push(if is_float { Kind::Float } else { Kind::Int }, at + tail);
    }
}

/// A long word as messages show it.
pub(crate) fn shorten(text: &str) -> String {
    if text.chars().count() <= 40 {
        return text.to_string();
    }
    let head: String = text.chars().take(24).collect();
    let tail: String = text.chars().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect();
    format!("{head}…{tail}")
}

/// The token of one sign; pairs are made of them by [`join`].
const fn sign(character: char) -> Option<Kind> {
    Some(match character {
        '&' => Kind::And,
        '@' => Kind::At,
        '/' => Kind::Slash,
        '!' => Kind::Bang,
        '[' => Kind::BracketLeft,
        ']' => Kind::BracketRight,
        '{' => Kind::BraceLeft,
        '}' => Kind::BraceRight,
        ':' => Kind::Colon,
        ',' => Kind::Comma,
        '=' => Kind::Equal,
        '>' => Kind::Greater,
        '<' => Kind::Less,
        '%' => Kind::Percent,
        '-' => Kind::Minus,
        '.' => Kind::Dot,
        '+' => Kind::Plus,
        '|' => Kind::Or,
        '(' => Kind::ParenLeft,
        ')' => Kind::ParenRight,
        ';' => Kind::Semicolon,
        '*' => Kind::Star,
        '~' => Kind::Tilde,
        '^' => Kind::Xor,
        _ => return None,
    })
}

/// Template list discovery, section 3.9, on tokens that are single signs. Each step of the loop is one of the specification's, except
/// that blankspace and comments are skipped by there being no tokens for them; the sign that follows directly is the next token if it
/// touches.
fn mark_templates(tokens: &mut [Token]) {
    struct Candidate {
        index: usize,
        depth: usize,
    }
    let mut pending: Vec<Candidate> = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < tokens.len() {
        let touches = |index: usize, kind: Kind| {
            index + 1 < tokens.len() && tokens[index + 1].kind == kind && tokens[index].span.end == tokens[index + 1].span.start
        };
        match tokens[at].kind {
            // The pattern of an identifier matches keywords too: `var<private>` is a template list.
            kind if kind == Kind::Ident || kind.is_keyword() => {
                at += 1;
                if tokens.get(at).is_some_and(|token| token.kind == Kind::Less) {
                    if touches(at, Kind::Less) || touches(at, Kind::Equal) {
                        at += 2;
                    } else {
                        pending.push(Candidate { index: at, depth });
                        at += 1;
                    }
                }
            }
            Kind::Greater => {
                if pending.last().is_some_and(|candidate| candidate.depth == depth) {
                    let start = pending.pop().map_or(at, |candidate| candidate.index);
                    tokens[start].kind = Kind::TemplateStart;
                    tokens[at].kind = Kind::TemplateEnd;
                    at += 1;
                } else {
                    at += if touches(at, Kind::Equal) { 2 } else { 1 };
                }
            }
            Kind::ParenLeft | Kind::BracketLeft => (depth, at) = (depth + 1, at + 1),
            Kind::ParenRight | Kind::BracketRight => {
                while pending.last().is_some_and(|candidate| candidate.depth >= depth) {
                    pending.pop();
                }
                depth = depth.saturating_sub(1);
                at += 1;
            }
            Kind::Bang => at += if touches(at, Kind::Equal) { 2 } else { 1 },
            Kind::Equal if touches(at, Kind::Equal) => at += 2,
            Kind::Equal | Kind::Semicolon | Kind::BraceLeft | Kind::Colon => {
                depth = 0;
                pending.clear();
                at += 1;
            }
            kind @ (Kind::And | Kind::Or) if touches(at, kind) => {
                while pending.last().is_some_and(|candidate| candidate.depth >= depth) {
                    pending.pop();
                }
                at += 2;
            }
            _ => at += 1,
        }
    }
}

/// Signs that touch become operators, the longest first. What delimits a template list is never a part of one.
fn join(tokens: &[Token]) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for &token in tokens {
        let joined = out.last().filter(|last| last.span.end == token.span.start).and_then(|last| pair(last.kind, token.kind));
        match (joined, out.last_mut()) {
            (Some(kind), Some(last)) => *last = Token { kind, span: last.span.to(token.span) },
            _ => out.push(token),
        }
    }
    out
}

const fn pair(left: Kind, right: Kind) -> Option<Kind> {
    use Kind::*;
    Some(match (left, right) {
        (And, And) => AndAnd,
        (Minus, Greater) => Arrow,
        (Colon, Colon) => ColonColon,
        (Equal, Equal) => EqualEqual,
        (Bang, Equal) => NotEqual,
        (Greater, Equal) => GreaterEqual,
        (Greater, Greater) => ShiftRight,
        (Less, Equal) => LessEqual,
        (Less, Less) => ShiftLeft,
        (Minus, Minus) => MinusMinus,
        (Plus, Plus) => PlusPlus,
        (Or, Or) => OrOr,
        (Plus, Equal) => PlusEqual,
        (Minus, Equal) => MinusEqual,
        (Star, Equal) => StarEqual,
        (Slash, Equal) => SlashEqual,
        (Percent, Equal) => PercentEqual,
        (And, Equal) => AndEqual,
        (Or, Equal) => OrEqual,
        (Xor, Equal) => XorEqual,
        (ShiftRight, Equal) => ShiftRightEqual,
        (ShiftLeft, Equal) => ShiftLeftEqual,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        let lexed = lex(text);
        lexed.tokens.iter().map(|token| token.kind).filter(|kind| *kind != Kind::End).collect()
    }

    /// The text with `«` and `»` in the place of what delimits template lists.
    fn templates(text: &str) -> String {
        let mut out = String::new();
        let mut at = 0;
        for token in lex(text).tokens {
            let mark = match token.kind {
                Kind::TemplateStart => "«",
                Kind::TemplateEnd => "»",
                _ => continue,
            };
            out.push_str(&text[at..token.span.start as usize]);
            out.push_str(mark);
            at = token.span.end as usize;
        }
        out + &text[at..]
    }

    fn errors(text: &str) -> Vec<String> {
        lex(text).diagnostics.iter().map(|d| d.message.clone()).collect()
    }

    #[test]
    fn reserved_words_are_in_order_and_none_is_a_keyword() {
        assert!(RESERVED.is_sorted());
        assert!(RESERVED.iter().all(|word| Kind::keyword(word).is_none()));
    }

    #[test]
    fn template_lists_are_those_of_the_specification() {
        for (text, marked) in [
            // The notes of section 3.9.
            ("A ( B < C, D > ( E ) )", "A ( B « C, D » ( E ) )"),
            ("array<i32,select(2,3,a>b)>", "array«i32,select(2,3,a>b)»"),
            ("a[b<d]>()", "a[b<d]>()"),
            ("A<B<<C>", "A«B<<C»"),
            ("A<B<=C>", "A«B<=C»"),
            ("A<(B>=C)>", "A«(B>=C)»"),
            ("A<(B!=C)>", "A«(B!=C)»"),
            ("A<(B==C)>", "A«(B==C)»"),
            ("a<b || c>d", "a<b || c>d"),
            ("a<b && c>d", "a<b && c>d"),
            // `>>`, `>=` and `>>=` come apart where they end a list.
            ("array<vec2<f32>>", "array«vec2«f32»»"),
            ("var a: vec2<f32>=b;", "var a: vec2«f32»=b;"),
            ("let a: array<vec2<f32>>=b;", "let a: array«vec2«f32»»=b;"),
            ("var<private> a: i32;", "var«private» a: i32;"),
            ("a < b; c > d", "a < b; c > d"),
            ("if a < b { c > d }", "if a < b { c > d }"),
            ("1.0f < 2 > 3", "1.0f < 2 > 3"),
            ("a /* < */ < // >\n b >", "a /* < */ « // >\n b »"),
            ("a<b=c>d", "a<b=c>d"),
            ("f(a<b, c>d)", "f(a«b, c»d)"),
        ] {
            assert_eq!(templates(text), marked, "{text}");
        }
    }

    #[test]
    fn numbers_have_the_forms_of_the_specification() {
        for text in ["0", "0i", "1u", "123", "0x123", "0X123u", "0x3f", "0xfF1i"] {
            assert_eq!((kinds(text), errors(text)), (vec![Kind::Int], vec![]), "{text}");
        }
        for text in [
            "0.e+4f",
            "01.",
            ".01",
            "12.34",
            ".0f",
            "0h",
            "1e-3",
            "1f",
            "01f",
            "00.5",
            "0xa.fp+2",
            "0x1P+4f",
            "0X.3",
            "0x3p+2h",
            "0X1.fp-4",
            "0x3.2p+2h",
            "0x1.",
        ] {
            assert_eq!((kinds(text), errors(text)), (vec![Kind::Float], vec![]), "{text}");
        }
        for text in [
            "012", "00", "0x", "0xg", "1e", "1e+f", "0x1p", "0x.", "1.0i", "1fi", "2z", "1_000", "0x1.0f1p", "1.5u", "0x1.8h",
            "1ff",
        ] {
            assert_eq!(errors(text).len(), 1, "{text}: {:?}", errors(text));
            assert_eq!(kinds(text).len(), 1, "{text}");
        }
        assert_eq!(kinds("1.x"), [Kind::Float], "a letter after a number is of the number");
        assert_eq!(kinds("a.0"), [Kind::Ident, Kind::Float]);
    }

    #[test]
    fn names_are_unicode_and_an_underscore_is_none() {
        for text in ["Δέλτα", "réflexion", "Кызыл", "𐰓𐰏𐰇", "朝焼け", "سلام", "검정", "שָׁלוֹם", "गुलाबी", "փիրուզ", "_a", "a_", "__a"]
        {
            assert_eq!((kinds(text), errors(text)), (vec![Kind::Ident], vec![]), "{text}");
        }
        assert_eq!(kinds("_ = 1"), [Kind::Underscore, Kind::Equal, Kind::Int]);
    }

    #[test]
    fn comments_end_where_the_specification_says() {
        for end in ["\n", "\r", "\r\n", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}"] {
            assert_eq!(kinds(&format!("// comment{end}a")), [Kind::Ident], "{end:?}");
        }
        assert_eq!(kinds("// comment\u{200E} a"), []);
        assert_eq!(kinds("/* a /* b */ c */ d"), [Kind::Ident]);
        assert_eq!(kinds("/*/ a */ d"), [Kind::Ident]);
        assert_eq!(errors("/* a /* b */").len(), 1);
        assert_eq!(errors("// a\0b").len(), 1);
    }

    #[test]
    fn what_is_no_token_is_one_error_and_parsing_goes_on() {
        assert_eq!(kinds("a $$$ b"), [Kind::Ident, Kind::Error, Kind::Ident]);
        assert_eq!(errors("a $$$ b"), ["`$` does not belong to WGSL"]);
        assert_eq!(errors("\u{FEFF}a").len(), 1);
        assert_eq!(errors("a\0b").len(), 1);
    }

    #[test]
    fn every_sign_is_read_back() {
        for kind in Kind::ALL {
            let text = kind.text();
            if !text.contains(' ') && !matches!(kind, Kind::TemplateStart | Kind::TemplateEnd) {
                assert_eq!(kinds(text), [*kind], "{text}");
            }
        }
    }
}
