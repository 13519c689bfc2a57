//! What a scene means: names, values, shaders, and the rules of WebGPU that it keeps.
//!
//! A scene's text goes through one module per stage, each a function from its input to a value *and* diagnostics. Nothing here
//! reads a file, a clock or the environment: the world comes in through [`pngine_source::source::Sources`]. Never here: bytecode.

pub mod language;

pub mod data;

pub mod resolve;

pub mod lower;

pub mod check;

pub mod limits;

pub mod rules;

pub mod causes;

#[cfg(feature = "judge")]
pub mod refused;

use pngine_scene::{self as scene, formats};
use pngine_source::{diag, source};
use pngine_syntax::{function, load, parse, tree};
use pngine_wgsl::{self as shader, device};

use diag::{Code, Diagnostic, Severity};
use load::Loaded;
use resolve::Judged;
use scene::Scene;
use source::{SourceFile, Sources};

/// Findings that are shown of one compilation. Its author has enough to mend after far fewer; picked by feel.
pub const MOST_FINDINGS: usize = 1000;

/// What the stages before emission make of an entry file.
pub struct Understood {
    /// The files and their trees.
    pub loaded: Loaded,
    /// The scene; `None` if some file is no text of a scene, so that there is nothing to look at.
    pub scene: Option<Scene>,
    /// Files that were read on the way: those of shaders.
    pub extra: Vec<SourceFile>,
    /// Whether there are errors in the text and its syntax, or files that are missing.
    pub is_damaged: bool,
    /// All findings, unsorted.
    pub diagnostics: Vec<Diagnostic>,
}

/// Runs the stages before emission.
pub fn understand(sources: &dyn Sources, name: &str, entry: &[u8], minify: bool, judged: &Judged) -> Understood {
    let mut diagnostics = Vec::new();
    let loaded = load::load(sources, name, entry, &mut diagnostics);
    let is_damaged = has_errors(&diagnostics);
    let is_broken = diagnostics.iter().any(|d| matches!(d.code, Code::NotText | Code::SourceTooLarge | Code::EmptyFile));
    if is_broken {
        return Understood { loaded, scene: None, extra: Vec::new(), is_damaged, diagnostics };
    }
    let mut resolved = resolve::resolve_with(sources, &loaded, minify, judged, &mut diagnostics);
    let extra = std::mem::take(&mut resolved.extra_files);
    let scene = lower::lower(resolved, &mut diagnostics);
    check::check(&scene, &mut diagnostics);
    Understood { loaded, scene: Some(scene), extra, is_damaged, diagnostics }
}

/// The findings about an entry file, in short: for trials of other texts.
pub fn findings(sources: &dyn Sources, name: &str, entry: &str, judged: &Judged) -> Vec<Diagnostic> {
    let mut diagnostics = understand(sources, name, entry.as_bytes(), false, judged).diagnostics;
    if has_errors(&diagnostics) {
        diagnostics.retain(|finding| finding.code != Code::Unused);
    }
    causes::join_names(diag::finish(diagnostics))
}

/// Whether one of them is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error)
}
