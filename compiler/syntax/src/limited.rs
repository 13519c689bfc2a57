//! A cap on what is reported about the text of one file.

use crate::limits::MOST_FINDINGS;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;

/// Collects the findings of one file, at most [`MOST_FINDINGS`]; the last one says where the first was left out.
pub(crate) struct Limited {
    found: Vec<Diagnostic>,
    left_out: Option<Span>,
}

impl Limited {
    pub(crate) fn new() -> Self {
        Self { found: Vec::new(), left_out: None }
    }

    /// Adds the finding that `make` builds. It is not built where there is no room for it.
    pub(crate) fn report(&mut self, span: Span, make: impl FnOnce() -> Diagnostic) {
        if self.found.len() < MOST_FINDINGS {
            self.found.push(make());
        } else if self.left_out.is_none_or(|first| span.start < first.start) {
            self.left_out = Some(span);
        }
    }

    /// Adds what `other` found.
    pub(crate) fn take_over(&mut self, other: Self) {
        for diagnostic in other.found {
            let span = diagnostic.primary.as_ref().map_or(Span::default(), |label| label.span);
            self.report(span, || diagnostic);
        }
        if let Some(span) = other.left_out
            && self.left_out.is_none_or(|first| span.start < first.start)
        {
            self.left_out = Some(span);
        }
    }

    /// Whether something was left out.
    pub(crate) fn is_over(&self) -> bool {
        self.left_out.is_some()
    }

    /// Moves the findings to `diagnostics`, in the order of the text.
    pub(crate) fn finish(mut self, diagnostics: &mut Vec<Diagnostic>) {
        self.found.sort_by_key(|diagnostic| diagnostic.primary.as_ref().map(|label| label.span.start));
        diagnostics.append(&mut self.found);
        if let Some(span) = self.left_out {
            diagnostics.push(
                Diagnostic::new(Code::TooManyErrors, span, format!("more than {MOST_FINDINGS} mistakes in this file"))
                    .label("this and what follows was left out")
                    .help("fix the first ones and try again"),
            );
        }
    }
}
