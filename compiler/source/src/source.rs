//! Source files, spans in them, and the trait through which the compiler sees the outside world.

use std::fmt;
use std::sync::Arc;

/// Index of a file in a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileId(pub u32);

/// A byte range of one file, end exclusive. Always lies on character boundaries of the file it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of `file` from byte `start` to byte `end`, exclusive.
    pub const fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// The smallest span that covers both; `other` must be of the same file.
    pub fn to(self, other: Self) -> Self {
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A value, and where it stands. It is read as the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What it is.
    pub value: T,
    /// Where it stands, or what it belongs to where nobody wrote it.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value that stands at `span`.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// Longest source text the compiler accepts, in bytes. Spans are `u32`; 16 MiB is language.md's import limit.
pub const MAX_SOURCE_BYTES: usize = 16 << 20;

/// One loaded file.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name shown in diagnostics: the path as the user would write it, with forward slashes, never absolute unless given so.
    pub name: String,
    /// The text.
    pub text: String,
    /// Its directory relative to the entry file's, `..` folded; empty for the entry file's own.
    pub directory: String,
    /// Byte offset of the first character of every line.
    line_starts: Vec<u32>,
    /// Characters that begin before byte `i * COUNT_STRIDE`; makes columns cheap on lines of any length.
    char_counts: Vec<u32>,
}

/// Distance of the marks in [`SourceFile`]'s character index, in bytes. Picked by feel: one mark per KiB.
const COUNT_STRIDE: usize = 1024;

/// A position as people count it: 1-based line, and 1-based column in Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// 1-based.
    pub line: u32,
    /// 1-based, in Unicode scalar values.
    pub column: u32,
}

impl SourceFile {
    /// Wraps `text` and indexes its lines (LF, CR LF and a lone CR all end a line).
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let bytes = text.as_bytes();
        let mut line_starts = vec![0];
        for (i, &b) in bytes.iter().enumerate() {
            if b == b'\n' || (b == b'\r' && bytes.get(i + 1) != Some(&b'\n')) {
                line_starts.push(i as u32 + 1);
            }
        }
        let mut char_counts = vec![0];
        let mut count = 0;
        for block in bytes.chunks(COUNT_STRIDE) {
            count += block.iter().filter(|&&b| begins_character(b)).count() as u32;
            char_counts.push(count);
        }
        Self { name: name.into(), text, directory: String::new(), line_starts, char_counts }
    }

    /// The file, which lies at `path` from the entry file's directory.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        self.directory = path.rfind('/').map_or("", |slash| &path[..slash]).to_string();
        self
    }

    /// The greatest character boundary at or below `offset`, at most the length of the text.
    pub fn floor_boundary(&self, offset: u32) -> u32 {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset as u32
    }

    /// The smallest character boundary at or above `offset`, at most the length of the text.
    pub fn ceil_boundary(&self, offset: u32) -> u32 {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset += 1;
        }
        offset as u32
    }

    /// Number of lines, at least 1: text after the last line end is a line, even if empty.
    pub fn line_count(&self) -> u32 {
        self.line_starts.len() as u32
    }

    /// The bytes of line `line` (1-based) without its line end; `None` if there is no such line.
    pub fn line_range(&self, line: u32) -> Option<std::ops::Range<u32>> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.line_starts.get(index)?;
        let next = self.line_starts.get(index + 1).map_or(self.text.len(), |&next| next as usize);
        let line = self.text.get(start as usize..next)?;
        Some(start..start + line.trim_end_matches(['\r', '\n']).len() as u32)
    }

    /// Characters that begin before byte `offset`, which lies in the text or at its end.
    fn chars_before(&self, offset: usize) -> u32 {
        let block = offset / COUNT_STRIDE;
        let rest = &self.text.as_bytes()[block * COUNT_STRIDE..offset];
        self.char_counts[block] + rest.iter().filter(|&&b| begins_character(b)).count() as u32
    }

    /// The position of byte `offset`; offsets past the end give the position of the end, ones inside a character its start.
    pub fn position(&self, offset: u32) -> Position {
        let offset = self.floor_boundary(offset) as usize;
        let line = self.line_starts.partition_point(|&start| start as usize <= offset);
        let start = self.line_starts[line - 1] as usize;
        let column = self.chars_before(offset) - self.chars_before(start) + 1;
        Position { line: line as u32, column }
    }
}

/// Whether `byte` is the first one of a character in UTF-8.
fn begins_character(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// All files of one compilation, in the order in which they were read; the entry file is `FileId(0)`.
///
/// Files are added and never taken out or changed, so that an id means the same file as long as the map lives. Copies share the files.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<Arc<SourceFile>>,
}

impl SourceMap {
    /// Adds a file.
    pub fn add(&mut self, file: impl Into<Arc<SourceFile>>) -> FileId {
        self.files.push(file.into());
        FileId(self.files.len() as u32 - 1)
    }

    /// The file with this id.
    ///
    /// # Panics
    /// If the id is not of this map.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The file with this id, if there is one.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize).map(Arc::as_ref)
    }

    /// `span` cut to the text of its file and widened to character boundaries; `None` if there is no such file.
    pub fn clamp(&self, span: Span) -> Option<Span> {
        let file = self.get(span.file)?;
        let start = file.floor_boundary(span.start);
        Some(Span::new(span.file, start, file.ceil_boundary(span.end).max(start)))
    }

    /// All files.
    pub fn files(&self) -> &[Arc<SourceFile>] {
        &self.files
    }

    /// The text under `span`, empty where the span does not fit the file.
    pub fn slice(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// There is no such file.
    NotFound,
    /// It lies outside the project root.
    OutsideRoot,
    /// It is larger than the caller's limit, in bytes.
    TooLarge(u64),
    /// Anything else, in the words of the system.
    Other(String),
}

/// Where files come from: a directory for the command line, a map for tests and the browser.
///
/// Paths are relative to the entry file's directory, with forward slashes and `..` folded; `../x` may remain at the front.
pub trait Sources {
    /// The bytes of the file at `path`.
    ///
    /// # Errors
    /// See [`ReadError`].
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;
}

/// Files in memory.
#[derive(Clone, Debug, Default)]
pub struct MemorySources(pub std::collections::BTreeMap<String, Vec<u8>>);

impl Sources for MemorySources {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.0.get(path).cloned().ok_or(ReadError::NotFound)
    }
}

/// For the parser, whose grammar chumsky reads.
#[cfg(feature = "chumsky")]
impl chumsky::span::Span for Span {
    type Context = FileId;
    type Offset = u32;

    /// An empty range of tokens starts behind its end, with the next token: it becomes the place behind the last token.
    fn new(file: FileId, range: std::ops::Range<u32>) -> Self {
        Span { file, start: range.start.min(range.end), end: range.end }
    }

    fn context(&self) -> FileId {
        self.file
    }

    fn start(&self) -> u32 {
        self.start
    }

    fn end(&self) -> u32 {
        self.end
    }
}
