//! A WGSL tokenizer that accepts any text.
//!
//! It serves the passes that work on tokens (substitution, limits, recovery, minifying), so it keeps apart only what they need:
//! words, numbers, punctuation, comments. Template lists need no special treatment here: `>>` is one token either way.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// An identifier or keyword. Any character outside ASCII that is no blank counts as part of a word.
    Word,
    /// A numeric literal with its suffix.
    Number,
    /// An operator, a bracket or a separator, longest match first: `>>=`, `->`, `(`.
    Punctuation,
    /// `// …` up to the end of the line, which is not part of it.
    LineComment,
    /// `/* … */`, which may hold further block comments.
    BlockComment,
    /// `/* …` without its end; reaches to the end of the text.
    OpenComment,
    /// A character that starts no WGSL token: a control character, `"`, `#`, `$`, `'`, `\`, `` ` ``, `?`.
    Other,
}

/// A token and where it stands, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Token {
    /// The token's characters in `text`, the text that it was read from; empty in any other.
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.range()).unwrap_or("")
    }

    /// The bytes it covers.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether it is a comment of any kind.
    pub fn is_comment(&self) -> bool {
        matches!(self.kind, TokenKind::LineComment | TokenKind::BlockComment | TokenKind::OpenComment)
    }
}

/// Punctuation of more than one character, longest first. Source: WGSL section 3.8, "Syntactic tokens".
const LONG_PUNCTUATION: [&str; 21] = [
    "<<=", ">>=", "->", "==", "!=", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<",
    ">>",
];

/// The tokens of `text` with its comments, without its blanks. Longer texts than `u32::MAX` bytes are read up to that length.
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 4);
    let mut at = 0;
    while let Some(rest) = text.get(at..)
        && let Some(first) = rest.chars().next()
        && let Ok(start) = u32::try_from(at)
    {
        if is_blank(first) {
            at += first.len_utf8();
            continue;
        }
        let (kind, length) = token_at(rest, first);
        at += length;
        tokens.push(Token { kind, start, end: u32::try_from(at).unwrap_or(u32::MAX) });
    }
    tokens
}

/// The tokens of `text` that mean something: no comments.
pub fn significant(text: &str) -> Vec<Token> {
    let mut tokens = tokenize(text);
    tokens.retain(|token| !token.is_comment());
    tokens
}

/// Kind and length in bytes of the token at the start of `rest`, whose first character is `first` and no blank.
fn token_at(rest: &str, first: char) -> (TokenKind, usize) {
    if rest.starts_with("//") {
        return (TokenKind::LineComment, rest.find(is_line_break).unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    if is_word_start(first) {
        return (TokenKind::Word, rest.find(|c| !is_word_part(c)).unwrap_or(rest.len()));
    }
    let bytes = rest.as_bytes();
    if first.is_ascii_digit() || (first == '.' && bytes.get(1).is_some_and(u8::is_ascii_digit)) {
        return (TokenKind::Number, number_length(bytes));
    }
    if let Some(punctuation) = LONG_PUNCTUATION.iter().find(|punctuation| rest.starts_with(**punctuation)) {
        return (TokenKind::Punctuation, punctuation.len());
    }
    let kind = if "&@/![]{}:,=<>%-.+|();*~^".contains(first) { TokenKind::Punctuation } else { TokenKind::Other };
    (kind, first.len_utf8())
}

/// The block comment at the start of `rest`; they nest.
fn block_comment(rest: &str) -> (TokenKind, usize) {
    let bytes = rest.as_bytes();
    let mut depth = 0u32;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return (TokenKind::BlockComment, at);
            }
        } else {
            at += 1;
        }
    }
    (TokenKind::OpenComment, bytes.len())
}

/// Length of the number at the start of `bytes`: digits, fraction, exponent, suffix, decimal or hexadecimal.
fn number_length(bytes: &[u8]) -> usize {
    let at = |i: usize| bytes.get(i).copied().unwrap_or(0);
    let is_hex = at(0) == b'0'
        && matches!(at(1), b'x' | b'X')
        && (at(2).is_ascii_hexdigit() || (at(2) == b'.' && at(3).is_ascii_hexdigit()));
    let is_digit = |byte: u8| if is_hex { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() };
    let mut end = if is_hex { 2 } else { 0 };
    while is_digit(at(end)) {
        end += 1;
    }
    if at(end) == b'.' {
        end += 1;
        while is_digit(at(end)) {
            end += 1;
        }
    }
    let marks: &[u8] = if is_hex { b"pP" } else { b"eE" };
    if marks.contains(&at(end)) {
        let digits = if matches!(at(end + 1), b'+' | b'-') { end + 2 } else { end + 1 };
        if at(digits).is_ascii_digit() {
            end = digits;
            while at(end).is_ascii_digit() {
                end += 1;
            }
        }
    }
    if matches!(at(end), b'i' | b'u' | b'f' | b'h') && !is_word_byte(at(end + 1)) {
        end += 1;
    }
    end
}

/// Whether a byte continues a word; every byte of a character outside ASCII counts.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// WGSL's line breaks. Source: WGSL section 3.2, "Blankspace and line breaks".
pub fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// WGSL's blanks: line breaks and what else separates tokens.
pub fn is_blank(c: char) -> bool {
    is_line_break(c) || matches!(c, ' ' | '\t' | '\u{200e}' | '\u{200f}')
}

fn is_word_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || (!c.is_ascii() && !is_blank(c))
}

fn is_word_part(c: char) -> bool {
    is_word_start(c) || c.is_ascii_digit()
}
