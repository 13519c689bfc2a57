//! The files that a scene names beside its text: their bytes, for data, videos and modules.

use super::notes::Notes;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::{SourceMap, Sources, Span};

/// The way to files.
#[derive(Clone, Copy)]
pub(super) struct Files<'a> {
    /// Where they are.
    pub world: &'a dyn Sources,
    /// The files of the scene: a path is looked for in the directory of the one that names it.
    pub sources: &'a SourceMap,
}

impl Files<'_> {
    /// The file that is named at `span`: its path from the entry file's directory, and its bytes. `None` if there is none, which is reported.
    pub fn find(self, path: &str, span: Span, notes: &mut Notes<'_>) -> Option<(String, Vec<u8>)> {
        let directory = &self.sources.file(span.file).directory;
        pngine_syntax::load::find(self.world, directory, path)
            .map_err(|failure| notes.report(failure.diagnostic(span, path)))
            .ok()
    }

    /// The bytes of a file that must not be empty.
    pub fn read(self, path: &str, span: Span, notes: &mut Notes<'_>) -> Option<Vec<u8>> {
        let (_, bytes) = self.find(path, span, notes)?;
        if bytes.is_empty() {
            notes.report(Diagnostic::new(Code::EmptyData, span, format!("`{path}` is empty")));
            return None;
        }
        Some(bytes)
    }
}
