//! Files: the entry file and what it imports, parsed, and the order in which their items are read.

use crate::foreign;
use crate::limits::MAX_IMPORT_DEPTH;
use crate::tree::{File, Item};
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::{FileId, MAX_SOURCE_BYTES, ReadError, SourceFile, SourceMap, Sources, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All files of a program.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The files, entry first.
    pub sources: SourceMap,
    /// Their trees, by file.
    pub trees: Vec<Arc<File>>,
    /// The items of the whole program, as positions in the trees: imports replaced by what they import, each file once.
    order: Vec<(FileId, usize)>,
    /// What every `#import` means: where its path stands, and the file.
    pub imports: Vec<(Span, FileId)>,
}

impl Loaded {
    /// The items of the whole program: imports replaced by what they import, each file once.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.order.iter().filter_map(|(file, item)| self.trees.get(file.0 as usize)?.items.get(*item))
    }
}

/// Makes the tree of a file, and tells what is wrong with its text and syntax.
pub type Parse<'a> = dyn Fn(FileId, &str) -> (Arc<File>, Vec<Diagnostic>) + 'a;

/// Loads the entry file and everything that it imports.
pub fn load(world: &dyn Sources, name: &str, entry: &[u8], diagnostics: &mut Vec<Diagnostic>) -> Loaded {
    let parse = |file, text: &str| {
        let mut findings = Vec::new();
        let tree = Arc::new(crate::parse::parse(file, text, &mut findings));
        (tree, findings)
    };
    load_with(world, name, entry, &parse, diagnostics)
}

/// [`load`] with a parser of the caller's: one that remembers trees.
pub fn load_with(world: &dyn Sources, name: &str, entry: &[u8], parse: &Parse<'_>, diagnostics: &mut Vec<Diagnostic>) -> Loaded {
    let mut loader = Loader { world, parse, loaded: Loaded::default(), known: BTreeMap::new(), chain: Vec::new(), diagnostics };
    let prefix = match name.rfind('/') {
        Some(slash) => name[..=slash].to_string(),
        None => String::new(),
    };
    let entry_path = name[prefix.len()..].to_string();
    loader.file(&prefix, &entry_path, entry, None);
    loader.loaded
}

struct Loader<'a> {
    world: &'a dyn Sources,
    parse: &'a Parse<'a>,
    loaded: Loaded,
    /// Normalised path to file.
    known: BTreeMap<String, FileId>,
    /// The files that are being expanded.
    chain: Vec<String>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Loader<'_> {
    fn file(&mut self, prefix: &str, path: &str, bytes: &[u8], importer: Option<(Span, Span)>) {
        let shown = format!("{prefix}{path}");
        let (text, is_scene) = self.text(bytes);
        let source = Arc::new(SourceFile::new(shown, text).at(path));
        let id = self.loaded.sources.add(source.clone());
        self.known.insert(path.to_string(), id);
        self.loaded.imports.extend(importer.map(|(path, _)| (path, id)));
        self.loaded.trees.push(Arc::default());
        if !is_scene {
            return;
        }
        let (tree, mut parsed) = (self.parse)(id, &source.text);
        if !parsed.is_empty()
            && let Some(finding) = foreign::finding(id, &source.text, &tree)
        {
            self.diagnostics.push(finding);
            return;
        }
        if tree.items.is_empty() && parsed.is_empty() {
            let (span, help) = match importer {
                Some((_, span)) => (span, "the imported file holds nothing"),
                None => {
                    (Span::new(id, 0, 0), "start with a `#shaderModule`, a `#renderPipeline`, a `#renderPass` and a `#frame`")
                }
            };
            self.diagnostics.push(Diagnostic::new(Code::EmptyFile, span, "the file has no declaration").help(help));
        }
        self.diagnostics.append(&mut parsed);
        self.chain.push(path.to_string());
        self.loaded.trees[id.0 as usize] = tree.clone();
        for (index, item) in tree.items.iter().enumerate() {
            match item {
                Item::Import { path: written, span } => {
                    self.import(prefix, &source.directory, &written.value, written.span, *span);
                }
                Item::Define { .. } | Item::Macro(_) | Item::Error(_) => self.loaded.order.push((id, index)),
            }
        }
        self.chain.pop();
    }

    /// The text of the file that is added next, and whether it is the text of a scene. Of one that is not, what can be shown.
    fn text(&mut self, bytes: &[u8]) -> (String, bool) {
        let file = FileId(self.loaded.sources.files().len() as u32);
        if bytes.len() > MAX_SOURCE_BYTES {
            let message = format!("the file has {} bytes, at most {MAX_SOURCE_BYTES} are read", bytes.len());
            self.diagnostics.push(Diagnostic::new(Code::SourceTooLarge, Span::new(file, 0, 0), message));
            return (String::new(), false);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => match text.find('\0') {
                None => (text.to_string(), true),
                Some(at) => {
                    let span = Span::new(file, at as u32, at as u32 + 1);
                    let diagnostic = Diagnostic::new(Code::NotText, span, "the file holds a NUL byte, so it is not a text file");
                    self.diagnostics.push(diagnostic.help("save it as UTF-8; a scene is a text file"));
                    (text.to_string(), false)
                }
            },
            Err(error) => {
                let at = error.valid_up_to();
                // What cannot be read is shown as the replacement character, three bytes long.
                let span = Span::new(file, at as u32, at as u32 + 3);
                let message = format!("the file is not UTF-8: byte {at} cannot be read");
                self.diagnostics
                    .push(Diagnostic::new(Code::NotText, span, message).help("save it as UTF-8; a scene is a text file"));
                (String::from_utf8_lossy(bytes).into_owned(), false)
            }
        }
    }

    fn import(&mut self, prefix: &str, directory: &str, written: &str, path_span: Span, span: Span) {
        let (path, bytes) = match find(self.world, directory, written) {
            Ok(found) => found,
            Err(failure) => {
                self.diagnostics.push(failure.diagnostic(path_span, written));
                return;
            }
        };
        if self.chain.contains(&path) {
            let start = self.chain.iter().position(|p| *p == path).unwrap_or(0);
            let chain: Vec<_> = self.chain[start..].iter().map(String::as_str).chain([path.as_str()]).collect();
            let message = format!("import cycle: {}", chain.join(" → "));
            self.diagnostics.push(
                Diagnostic::new(Code::ImportCycle, path_span, message)
                    .label("this file is being imported already")
                    .help("move what both files need into a third file"),
            );
            return;
        }
        if let Some(&known) = self.known.get(&path) {
            self.loaded.imports.push((path_span, known));
            return;
        }
        if self.chain.len() >= MAX_IMPORT_DEPTH {
            let message = format!("imports nest deeper than {MAX_IMPORT_DEPTH} files");
            self.diagnostics.push(Diagnostic::new(Code::ImportCycle, path_span, message));
            return;
        }
        self.file(prefix, &path, &bytes, Some((path_span, span)));
    }
}

/// Why a file that a scene names could not be read, and where it was looked for.
#[derive(Debug)]
pub struct Failure {
    error: ReadError,
    tried: Vec<String>,
}

impl Failure {
    /// The finding, at the path.
    pub fn diagnostic(&self, span: Span, written: &str) -> Diagnostic {
        let tried = self.tried.join("`, `");
        match &self.error {
            ReadError::NotFound => Diagnostic::new(Code::FileNotFound, span, format!("there is no file `{written}`"))
                .help(format!("looked for `{tried}` in the entry file's directory")),
            ReadError::OutsideRoot => {
                Diagnostic::new(Code::FileOutsideRoot, span, format!("`{written}` lies outside the project"))
                    .help("files must lie in the entry file's directory or below; `--root DIR` names a higher one")
            }
            ReadError::TooLarge(size) => {
                Diagnostic::new(Code::FileTooLarge, span, format!("`{written}` has {size} bytes, which is too many"))
            }
            ReadError::Other(reason) => {
                Diagnostic::new(Code::FileUnreadable, span, format!("`{written}` cannot be read: {reason}"))
            }
        }
    }
}

/// Reads a file that a scene names: relative to the declaring file's directory, then to the entry file's.
///
/// # Errors
/// The failure of the first place that is more than "not found", else "not found".
pub fn find(world: &dyn Sources, directory: &str, written: &str) -> Result<(String, Vec<u8>), Failure> {
    find_in(world, &[directory, ""], written)
}

/// Reads a file that a scene names, relative to the first of these directories that has it.
///
/// # Errors
/// As [`find`].
pub fn find_in(world: &dyn Sources, directories: &[&str], written: &str) -> Result<(String, Vec<u8>), Failure> {
    let mut tried = Vec::new();
    let mut error = ReadError::NotFound;
    for base in directories {
        let path = match normalize(base, written) {
            Some(path) => path,
            None => return Err(Failure { error: ReadError::OutsideRoot, tried: vec![written.to_string()] }),
        };
        if tried.contains(&path) {
            continue;
        }
        match world.read(&path) {
            Ok(bytes) => return Ok((path, bytes)),
            Err(other) => {
                if error == ReadError::NotFound {
                    error = other;
                }
            }
        }
        tried.push(path);
    }
    Err(Failure { error, tried })
}

/// Joins and folds `.` and `..`; leading `..` stay. `None` for absolute paths.
fn normalize(directory: &str, written: &str) -> Option<String> {
    let written = written.replace('\\', "/");
    if written.starts_with('/') || written.get(1..2) == Some(":") {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/').chain(written.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_folded_and_absolute_ones_refused() {
        assert_eq!(normalize("a/b", "./../c.pngine").as_deref(), Some("a/c.pngine"));
        assert_eq!(normalize("", "../../x").as_deref(), Some("../../x"));
        assert_eq!(normalize("a", "..\\b\\c").as_deref(), Some("b/c"));
        assert_eq!(normalize("a", "/etc/passwd"), None);
        assert_eq!(normalize("a", "C:/x"), None);
    }
}
