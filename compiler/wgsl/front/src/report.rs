//! Findings are collected here, so that one place says how many there are.

use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::FileId;

use crate::limits::MOST_ERRORS;
use crate::span::Span;

/// What is found, in the order in which it is found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// All of it.
    pub found: Vec<Diagnostic>,
}

/// The span as diagnostics have it. A text of this crate is one file.
pub(crate) fn place(span: Span) -> pngine_source::source::Span {
    pngine_source::source::Span::new(FileId(0), span.start, span.end)
}

/// A finding at `span`.
pub(crate) fn finding(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, place(span), message)
}

impl Report {
    /// Adds a finding, unless there are too many already.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        if self.found.len() < MOST_ERRORS {
            self.found.push(diagnostic);
        }
    }
}
