//! Shader text put together from pieces, with a map that leads every byte back to the author's file.

use crate::limits::MAX_SHADER_BYTES;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::{FileId, Span};

use super::scopes::{self, Role};
use super::tokens::{self, TokenKind};

/// Where the bytes of a piece stand in the author's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextOrigin(Vec<Segment>);

/// A run of bytes with one origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    /// First byte in the text.
    start: u32,
    /// Number of the piece it belongs to.
    piece: u32,
    /// Where it comes from.
    origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Byte by byte from a file, the first one from this offset.
    Verbatim(FileId, u32),
    /// All bytes stand for this place: an escape, a substituted word, generated text.
    Whole(Span),
}

impl TextOrigin {
    /// Text that stands in `file` as it is, from byte `start` on.
    pub fn verbatim(file: FileId, start: u32) -> Self {
        Self(vec![Segment { start: 0, piece: 0, origin: Origin::Verbatim(file, start) }])
    }

    /// Text that nobody wrote; errors in it are shown at `span`.
    pub fn generated(span: Span) -> Self {
        Self(vec![Segment { start: 0, piece: 0, origin: Origin::Whole(span) }])
    }
}

/// A piece of shader text and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Its place.
    pub origin: TextOrigin,
}

impl Piece {
    /// The whole text of a `.wgsl` file. A byte order mark at its start is left out.
    pub fn file(file: FileId, text: &str) -> Self {
        match text.strip_prefix('\u{feff}') {
            Some(rest) => Self { text: rest.to_owned(), origin: TextOrigin::verbatim(file, 3) },
            None => Self { text: text.to_owned(), origin: TextOrigin::verbatim(file, 0) },
        }
    }

    /// A string of a `.pngine` file. `raw` is what stands between its quotes, from byte `start` of `file` on; `\"` and `\\` are
    /// unescaped as in every string (language.md 2.2).
    pub fn literal(file: FileId, start: u32, raw: &str) -> Self {
        let mut text = String::with_capacity(raw.len());
        let mut segments = Vec::new();
        let mut copied = 0;
        for (at, _) in raw.match_indices('\\') {
            // The second backslash of an escape is no escape of its own.
            if at < copied || !matches!(raw.as_bytes().get(at + 1), Some(b'"' | b'\\')) {
                continue;
            }
            push_verbatim(&mut text, &mut segments, file, start, raw, copied..at);
            let place = |at: usize| start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
            let span = Span::new(file, place(at), place(at + 2));
            segments.push(Segment { start: length(&text), piece: 0, origin: Origin::Whole(span) });
            text.push_str(raw.get(at + 1..at + 2).unwrap_or(""));
            copied = at + 2;
        }
        if copied < raw.len() || segments.is_empty() {
            push_verbatim(&mut text, &mut segments, file, start, raw, copied..raw.len());
        }
        Self { text, origin: TextOrigin(segments) }
    }

    /// The file that it stands in, or that it was made for.
    pub fn home(&self) -> FileId {
        self.origin.0.first().map_or(FileId(0), |segment| match segment.origin {
            Origin::Verbatim(file, _) => file,
            Origin::Whole(span) => span.file,
        })
    }

    /// Where it begins: no two pieces of a program begin in one place, unless they are the same.
    pub fn start(&self) -> Span {
        match self.origin.0.first().map(|segment| segment.origin) {
            Some(Origin::Verbatim(file, at)) => Span::new(file, at, at),
            Some(Origin::Whole(span)) => span,
            None => Span::default(),
        }
    }

    /// Text that the compiler wrote for the declaration at `span`.
    pub fn generated(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), origin: TextOrigin::generated(span) }
    }
}

fn push_verbatim(text: &mut String, segments: &mut Vec<Segment>, file: FileId, start: u32, raw: &str, range: Range<usize>) {
    let at = start.saturating_add(u32::try_from(range.start).unwrap_or(u32::MAX));
    if !range.is_empty() || segments.is_empty() {
        segments.push(Segment { start: length(text), piece: 0, origin: Origin::Verbatim(file, at) });
        text.push_str(raw.get(range).unwrap_or(""));
    }
}

/// Length in bytes; source files are at most 16 MiB, and longer texts are refused before their spans matter.
fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// Where every byte of a text comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginMap {
    /// Sorted by `start`; the first starts at 0.
    segments: Vec<Segment>,
    /// Length of the text, in bytes.
    length: u32,
}

impl OriginMap {
    /// The place that `range` of the text comes from. A range that leaves its piece is cut at the piece's end; an empty or
    /// reversed one gives an empty span, except inside text that was put in place of something, which is shown as a whole. An
    /// empty text gives the start of the first file.
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = u32::try_from(range.start).unwrap_or(u32::MAX).min(self.length);
        let end = u32::try_from(range.end).unwrap_or(u32::MAX).clamp(start, self.length);
        let Some(first) = self.index_of(start).and_then(|first| Some((first, self.segments.get(first)?))) else {
            return Span::default();
        };
        let (first, segment) = first;
        let mut span = match segment.origin {
            Origin::Verbatim(file, at) => {
                let at = at.saturating_add(start - segment.start);
                Span::new(file, at, at.saturating_add(end.min(self.end_of(first)) - start))
            }
            Origin::Whole(span) => span,
        };
        for (i, other) in self.segments.iter().enumerate().skip(first + 1) {
            if other.start >= end || other.piece != segment.piece {
                break;
            }
            let stop = match other.origin {
                Origin::Verbatim(file, at) => Span::new(file, at, at.saturating_add(end.min(self.end_of(i)) - other.start)),
                Origin::Whole(span) => span,
            };
            if stop.file == span.file {
                span = span.to(stop);
            }
        }
        span
    }

    /// How places in the author's files moved from this map to another one of the same text: `None` if the text is not made of the same
    /// pieces. Editing in front of a string moves all that stands in it.
    pub fn moved_to(&self, other: &OriginMap) -> Option<Moved> {
        if self == other {
            return Some(Moved { runs: Vec::new(), is_same: true });
        }
        if self.segments.len() != other.segments.len() || self.length != other.length {
            return None;
        }
        let mut runs = Vec::with_capacity(self.segments.len());
        for (index, (old, new)) in self.segments.iter().zip(&other.segments).enumerate() {
            if (old.start, old.piece) != (new.start, new.piece) {
                return None;
            }
            let (from, to) = match (old.origin, new.origin) {
                (Origin::Verbatim(file, at), Origin::Verbatim(new_file, new_at)) => {
                    let length = self.end_of(index) - old.start;
                    (Span::new(file, at, at.saturating_add(length)), Span::new(new_file, new_at, new_at.saturating_add(length)))
                }
                (Origin::Whole(from), Origin::Whole(to)) if from.end - from.start == to.end - to.start => (from, to),
                (Origin::Verbatim(..) | Origin::Whole(_), _) => return None,
            };
            runs.push((from, to));
        }
        // What is generated for a word stands where the word does, in a run that holds all of it.
        runs.sort_by_key(|(from, _)| (from.file, from.start, std::cmp::Reverse(from.end)));
        let mut outer: Vec<(Span, Span)> = Vec::with_capacity(runs.len());
        for (from, to) in runs {
            let is_in = |(around, moved): &&(Span, Span)| {
                around.file == from.file
                    && from.end <= around.end
                    && to.file == moved.file
                    && to.start.wrapping_sub(from.start) == moved.start.wrapping_sub(around.start)
            };
            if outer.last().filter(is_in).is_none() {
                outer.push((from, to));
            }
        }
        Some(Moved { runs: outer, is_same: false })
    }

    /// The place of the single byte at `offset`, without its end: where an insertion would go.
    pub fn point(&self, offset: usize) -> Span {
        let span = self.span(offset..offset);
        Span::new(span.file, span.start, span.start)
    }

    fn index_of(&self, offset: u32) -> Option<usize> {
        self.segments.partition_point(|segment| segment.start <= offset).checked_sub(1)
    }

    /// One past the last byte of segment `index`.
    fn end_of(&self, index: usize) -> u32 {
        self.segments.get(index + 1).map_or(self.length, |next| next.start)
    }
}

/// How places of a shader's text moved in the author's files.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Where each run of bytes stood and where it stands, sorted.
    runs: Vec<(Span, Span)>,
    is_same: bool,
}

impl Moved {
    /// Whether nothing moved.
    pub const fn is_same(&self) -> bool {
        self.is_same
    }

    /// Where something stands now; `None` if it did not stand in the text.
    pub fn apply(&self, span: Span) -> Option<Span> {
        if self.is_same {
            return Some(span);
        }
        let (start, file) = self.point(span.file, span.start, false)?;
        let (end, end_file) = if span.end == span.start { (start, file) } else { self.point(span.file, span.end, true)? };
        (file == end_file && start <= end).then(|| Span::new(file, start, end))
    }

    /// Where a byte stands now; where `is_end` says so, one past a byte.
    fn point(&self, file: FileId, at: u32, is_end: bool) -> Option<(u32, FileId)> {
        let first_behind = self
            .runs
            .partition_point(|(from, _)| (from.file, from.start) <= (file, if is_end { at.saturating_sub(1) } else { at }));
        let (from, to) = self.runs.get(first_behind.checked_sub(1)?)?;
        let is_inside = from.file == file && from.start <= at && at <= from.end;
        is_inside.then(|| (to.start + (at - from.start), to.file))
    }
}

/// Shader text whose every byte knows its origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Where it comes from.
    pub map: OriginMap,
}

impl Text {
    /// The text with `edits` made: ranges that do not overlap, in order, each with what takes its place. Inserted text has the
    /// place of what it replaces.
    pub fn edit(&self, edits: &[(Range<usize>, String)]) -> Text {
        let mut builder = Builder::default();
        let mut copied = 0;
        for (range, replacement) in edits {
            let start = range.start.max(copied);
            builder.copy(self, copied..start);
            let piece = self.map.index_of(u32::try_from(start).unwrap_or(u32::MAX)).and_then(|i| self.map.segments.get(i));
            builder.put(replacement, piece.map_or(0, |segment| segment.piece), Origin::Whole(self.map.span(range.clone())));
            copied = range.end.max(start);
        }
        builder.copy(self, copied..self.text.len());
        builder.finish()
    }

    /// The text with generated texts put in at byte `at`; what is wrong in one is shown at its span.
    pub fn insert(&self, at: usize, generated: &[(String, Span)]) -> Text {
        let mut builder = Builder::default();
        builder.copy(self, 0..at);
        for (number, (text, span)) in generated.iter().enumerate() {
            // Each is a piece of its own, counted from above: no span of another text reaches into it.
            builder.put(text, u32::MAX - u32::try_from(number).unwrap_or(0), Origin::Whole(*span));
        }
        builder.copy(self, at..self.text.len());
        builder.finish()
    }
}

#[derive(Default)]
struct Builder {
    text: String,
    segments: Vec<Segment>,
}

impl Builder {
    fn put(&mut self, text: &str, piece: u32, origin: Origin) {
        if !text.is_empty() {
            self.segments.push(Segment { start: length(&self.text), piece, origin });
            self.text.push_str(text);
        }
    }

    fn copy(&mut self, from: &Text, range: Range<usize>) {
        let (Ok(start), Ok(end)) = (u32::try_from(range.start), u32::try_from(range.end)) else { return };
        let Some(first) = from.map.index_of(start) else { return };
        for (i, segment) in from.map.segments.iter().enumerate().skip(first) {
            if segment.start >= end {
                break;
            }
            let (from_byte, to_byte) = (segment.start.max(start), from.map.end_of(i).min(end));
            let origin = match segment.origin {
                Origin::Verbatim(file, at) => Origin::Verbatim(file, at.saturating_add(from_byte - segment.start)),
                whole => whole,
            };
            self.put(from.text.get(from_byte as usize..to_byte as usize).unwrap_or(""), segment.piece, origin);
        }
    }

    fn finish(self) -> Text {
        let length = length(&self.text);
        Text { text: self.text, map: OriginMap { segments: self.segments, length } }
    }
}

/// Joins pieces by newlines.
pub fn assemble(pieces: &[Piece]) -> Text {
    let mut text = String::new();
    let mut segments = Vec::new();
    for (number, piece) in pieces.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        let base = length(&text);
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        segments.extend(piece.origin.0.iter().map(|segment| Segment {
            start: base.saturating_add(segment.start),
            piece: number,
            origin: segment.origin,
        }));
        text.push_str(&piece.text);
    }
    let length = length(&text);
    Text { text, map: OriginMap { segments, length } }
}

/// Joins texts by newlines; those that hold nothing are left out.
pub(super) fn join(texts: &[Text]) -> Text {
    let mut out = Text::default();
    let mut pieces = 0u32;
    for text in texts.iter().filter(|text| !text.text.trim().is_empty()) {
        if !out.text.is_empty() {
            out.text.push('\n');
        }
        let base = length(&out.text);
        let next = pieces.saturating_add(text.map.segments.iter().map(|segment| segment.piece + 1).max().unwrap_or(0));
        out.map.segments.extend(text.map.segments.iter().map(|segment| Segment {
            start: base.saturating_add(segment.start),
            piece: pieces.saturating_add(segment.piece),
            origin: segment.origin,
        }));
        pieces = next;
        out.text.push_str(&text.text);
    }
    out.map.length = length(&out.text);
    out
}

/// The value of a `#define` for shader text.
#[derive(Clone, Debug, PartialEq)]
pub enum Define {
    /// A number. An integral value becomes an integer literal, which WGSL takes for any numeric type.
    Number(f64),
    /// A number that was written with a fraction, so that it stays a float where its value happens to be integral.
    Float(f64),
    /// Text that is pasted, in parentheses unless it is one operand.
    Text(String),
    /// A word that is pasted as it is.
    Word(String),
}

/// How often substituted text is searched again; self-reference ends there. Source: language.md 6.3.
const ROUNDS: usize = 16;

/// The constants that need no `#define`. Source: language.md 6.3.
const CONSTANTS: [(&str, f64); 3] = [("PI", std::f64::consts::PI), ("TAU", std::f64::consts::TAU), ("E", std::f64::consts::E)];

/// Puts the values of defines in the place of their names (language.md 6.3).
///
/// Only words that mean nothing else are replaced: no comments, no members, no attribute names, nothing that the module declares
/// where it can be seen.
///
/// # Errors
/// If the text would grow beyond [`MAX_SHADER_BYTES`] (E0801).
pub fn substitute(text: &Text, defines: &BTreeMap<String, Define>) -> Result<Text, Box<Diagnostic>> {
    substitute_except(text, defines, &BTreeSet::new(), &mut Vec::new())
}

/// [`substitute`] that also leaves the words of `kept` alone: names that imports bring. `replaced` gets each define's name that is
/// replaced, and its place: that of the first define where it stands in the value of another.
pub(super) fn substitute_except(
    text: &Text,
    defines: &BTreeMap<String, Define>,
    kept: &BTreeSet<String>,
    replaced: &mut Vec<(String, Span)>,
) -> Result<Text, Box<Diagnostic>> {
    let mut current = text.clone();
    for _ in 0..ROUNDS {
        let tokens = tokens::significant(&current.text);
        let scopes = scopes::resolve(&current.text, &tokens);
        let mut edits = Vec::new();
        let mut grown = current.text.len();
        for (token, role) in tokens.iter().zip(&scopes.roles) {
            if *role != Role::Free {
                continue;
            }
            let word = token.text(&current.text);
            if kept.contains(word) {
                continue;
            }
            let replacement = match defines.get(word) {
                Some(define) => literal(define),
                None => match CONSTANTS.iter().find(|(name, _)| *name == word) {
                    Some((_, value)) => float_literal(*value),
                    None => continue,
                },
            };
            if replacement == word {
                continue;
            }
            grown = grown.saturating_add(replacement.len());
            if grown > MAX_SHADER_BYTES {
                return Err(Box::new(
                    Diagnostic::new(
                        Code::ShaderTooLarge,
                        current.map.span(token.range()),
                        format!("`{word}` makes the shader longer than {MAX_SHADER_BYTES} bytes"),
                    )
                    .label("its value is put here")
                    .help("make the value of the `#define` smaller; it must not name itself"),
                ));
            }
            replaced.push((word.to_owned(), current.map.span(token.range())));
            edits.push((token.range(), replacement));
        }
        if edits.is_empty() {
            break;
        }
        current = current.edit(&edits);
    }
    Ok(current)
}

/// The define's value as WGSL.
fn literal(define: &Define) -> String {
    match define {
        Define::Number(value) if value.fract() == 0.0 && value.abs() < 9e18 => parenthesised(format!("{value:.0}")),
        Define::Number(value) | Define::Float(value) => parenthesised(float_literal(*value)),
        Define::Text(text) => {
            let text = without_comments(text);
            if is_operand(&text) { text } else { format!("({text})") }
        }
        Define::Word(word) => word.clone(),
    }
}

/// Negative numbers in parentheses, so that `a -N` does not become `a --1`.
fn parenthesised(number: String) -> String {
    if number.starts_with('-') { format!("({number})") } else { number }
}

/// The shortest literal that WGSL reads as the same `f32`, or for values beyond its range as the same number.
fn float_literal(value: f64) -> String {
    let narrow = value as f32; // Rounds to the nearest f32, as WGSL does.
    let (plain, exponent) = if narrow.is_finite() && (narrow != 0.0 || value == 0.0) {
        (format!("{narrow}"), format!("{narrow:e}"))
    } else {
        (format!("{value}"), format!("{value:e}"))
    };
    let plain = if plain.contains('.') { plain } else { plain + ".0" };
    if exponent.len() < plain.len() { exponent } else { plain }
}

/// The text without its comments, which could swallow what follows it.
fn without_comments(text: &str) -> String {
    let all = tokens::tokenize(text);
    if !all.iter().any(tokens::Token::is_comment) {
        return text.trim().to_owned();
    }
    let words: Vec<&str> = all.iter().filter(|token| !token.is_comment()).map(|token| token.text(text)).collect();
    words.join(" ")
}

/// Whether pasted text is one operand wherever it is put: a token, a call, a member, something in brackets. Text with a `;` or a
/// brace is no expression at all and counts too, as parentheses could only break it.
fn is_operand(text: &str) -> bool {
    let tokens = tokens::significant(text);
    if tokens.len() <= 1 || tokens.iter().any(|token| matches!(token.text(text), ";" | "{" | "}")) {
        return true;
    }
    let Some(first) = tokens.first() else { return true };
    let starts_operand = first.kind == TokenKind::Word || first.kind == TokenKind::Number || first.text(text) == "(";
    let mut closers: Vec<&str> = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let previous = i.checked_sub(1).and_then(|i| tokens.get(i));
        match token.text(text) {
            "(" => closers.push(")"),
            "[" => closers.push("]"),
            "<" if closers.is_empty() && i == 1 && first.kind == TokenKind::Word && closes_template(text, &tokens) => {
                closers.push(">")
            }
            "<" if closers.last() == Some(&">") => closers.push(">"),
            ">>" if closers.ends_with(&[">", ">"]) => closers.truncate(closers.len() - 2),
            closer @ (")" | "]" | ">") if closers.last() == Some(&closer) => {
                closers.pop();
            }
            ")" | "]" => return false,
            _ if !closers.is_empty() || i == 0 => {}
            "." => {}
            _ if previous.is_some_and(|previous| previous.text(text) == ".") => {}
            _ => return false,
        }
    }
    starts_operand && closers.is_empty()
}

/// Whether the `<` at token 1 opens a template list that is closed later: `vec2<f32>(1, 2)`, not `a < b`.
fn closes_template(text: &str, tokens: &[tokens::Token]) -> bool {
    tokens.iter().skip(2).any(|token| matches!(token.text(text), ">" | ">>"))
}
