//! Text in, payload out: the compiler of `.pngine` scenes.
//!
//! A scene's text goes through one module per stage, each a function from its input to a value *and* diagnostics. Nothing here
//! reads a file, a clock or the environment: the world comes in through [`source::Sources`].

pub mod executors;

pub mod pack;

#[cfg(feature = "judge")]
pub mod judge;

pub use pngine_emit::program::{FrameOrigin, Origins, Program};
pub use pngine_source::{diag, source};

use diag::{Code, Diagnostic, Severity};
use pngine_analysis::analysis::{Analysis, shorten};
use pngine_analysis::{MOST_FINDINGS, has_errors};
use source::{SourceMap, Sources};

/// What the caller wants.
#[derive(Clone, Debug)]
pub struct Options {
    /// Strip comments and blanks from WGSL.
    pub minify: bool,
    /// Carry the entry file's text in the payload.
    pub keep_source: bool,
    /// Print the scene as text.
    pub scene_text: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { minify: true, keep_source: false, scene_text: false }
    }
}

/// The outcome of one compilation.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// Every file that was read, for rendering the diagnostics.
    pub sources: SourceMap,
    /// All findings, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The program; `None` if there is an error.
    pub program: Option<Program>,
    /// The scene as text, one line for each object, if it was asked for and there is no error.
    pub scene_text: Option<String>,
}

/// Compiles a scene.
///
/// `name` is what diagnostics call the entry file; `entry` are its bytes, which need not be text. Other files come from
/// `sources`, by paths relative to the entry file's directory. All findings of all files are reported in one go.
pub fn compile(sources: &dyn Sources, name: &str, entry: &[u8], options: &Options) -> Compiled {
    let Analysis { files, scene, mut findings, .. } = Analysis::of(sources, name, entry);
    let (mut program, mut scene_text) = (None, None);
    if let Some(mut scene) = scene.filter(|_| !has_errors(&findings)) {
        if options.minify {
            shorten(&mut scene);
        }
        let scene = scene.accept().expect("whoever leaves a hole reports an error");
        match pngine_emit::emit(&scene) {
            Ok(emitted) => {
                program = Some(emitted);
                scene_text = options.scene_text.then(|| pngine_scene::dump::dump(&scene));
            }
            Err(error) => findings = diag::finish(findings.into_iter().chain([error.diagnostic()]).collect()),
        }
    }
    if let Some(program) = program.as_mut().filter(|_| options.keep_source) {
        let text = files.files().first().map_or(Vec::new(), |entry| entry.text.clone().into_bytes());
        program.extensions.push((pngine_format::payload::tag::SOURCE, text));
    }
    Compiled { sources: files, diagnostics: limited(findings), program, scene_text }
}

/// The first findings, errors before warnings, and one that says how many were left out.
fn limited(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let Some(left_out) = diagnostics.len().checked_sub(MOST_FINDINGS).filter(|left_out| *left_out > 0) else {
        return diagnostics;
    };
    if has_errors(&diagnostics) {
        let mut room = MOST_FINDINGS.saturating_sub(diagnostics.iter().filter(|d| d.severity() == Severity::Error).count());
        diagnostics.retain(|diagnostic| {
            let keeps = diagnostic.severity() == Severity::Error || room > 0;
            room -= usize::from(keeps && diagnostic.severity() != Severity::Error);
            keeps
        });
        diagnostics.truncate(MOST_FINDINGS);
        diagnostics.push(Diagnostic::global(Code::TooManyErrors, format!("{left_out} more findings are not shown")));
    } else {
        diagnostics.truncate(MOST_FINDINGS);
        diagnostics.push(Diagnostic::global(Code::TooManyWarnings, format!("{left_out} more warnings are not shown")));
    }
    diagnostics
}
