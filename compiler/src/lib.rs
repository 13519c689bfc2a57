//! Text in, payload out: the compiler of `.pngine` scenes.
//!
//! A scene's text goes through one module per stage, each a function from its input to a value *and* diagnostics. Nothing here
//! reads a file, a clock or the environment: the world comes in through [`source::Sources`].

pub mod source;

pub mod diag;

pub mod tree;

pub mod lex;

pub mod parse;

pub mod load;

pub mod schema;

pub mod device;

pub mod function;

pub mod data;

pub mod shader;

pub mod resolve;

pub mod formats;

pub mod scene;

pub mod lower;

pub mod check;

pub mod rules;

mod causes;

pub mod limits;

pub mod emit;

mod dump;

pub mod program;

pub mod executors;

pub mod pack;

#[cfg(feature = "judge")]
pub mod judge;

use diag::{Code, Diagnostic, Severity};
use load::Loaded;
use program::{Compiled, Options};
use resolve::Judged;
use scene::Scene;
use source::{SourceFile, Sources};

/// Findings that are shown of one compilation. Its author has enough to mend after far fewer; picked by feel.
pub(crate) const MOST_FINDINGS: usize = 1000;

/// Compiles a scene.
///
/// `name` is what diagnostics call the entry file; `entry` are its bytes, which need not be text. Other files come from
/// `sources`, by paths relative to the entry file's directory. All findings of all files are reported in one go.
pub fn compile(sources: &dyn Sources, name: &str, entry: &[u8], options: &Options) -> Compiled {
    let judged = Judged::default();
    let Understood { loaded, scene, extra, is_damaged, mut diagnostics } =
        understand(sources, name, entry, options.minify, &judged);
    let mut program = None;
    if let Some(mut scene) = scene {
        if is_damaged {
            // What a damaged part would have used or declared is unknown, so these would be guesses.
            diagnostics.retain(|d| !matches!(d.code, Code::Unused | Code::NothingDrawn));
        }
        if has_errors(&diagnostics) {
            // What mends an error may use what nothing uses yet.
            diagnostics.retain(|finding| finding.code != Code::Unused);
            diagnostics = causes::to_one(&loaded, causes::join_names(diag::finish(diagnostics)));
            judged.reuse();
            let again = |text: &str| findings(sources, name, text, &judged);
            diagnostics = causes::join(&loaded, diagnostics, judged.steps(), &again);
            diagnostics = causes::to_one(&loaded, diagnostics);
        } else {
            check::write_out_merged(&mut scene);
            match emit::emit(&scene) {
                Ok(emitted) => program = Some(emitted),
                Err(error) => diagnostics.push(error.diagnostic()),
            }
        }
    }
    if let Some(program) = program.as_mut().filter(|_| options.keep_source) {
        program.extensions.push((pngine_format::payload::tag::SOURCE, loaded.sources.files()[0].text.clone().into_bytes()));
    }
    let mut sources = loaded.sources;
    extra.into_iter().for_each(|file| {
        sources.add(file);
    });
    Compiled { sources, diagnostics: limited(diag::finish(diagnostics)), program }
}

/// What the stages before emission make of an entry file.
struct Understood {
    loaded: Loaded,
    /// The scene; `None` if some file is no text of a scene, so that there is nothing to look at.
    scene: Option<Scene>,
    /// Files that were read on the way: those of shaders.
    extra: Vec<SourceFile>,
    /// Whether there are errors in the text and its syntax, or files that are missing.
    is_damaged: bool,
    diagnostics: Vec<Diagnostic>,
}

/// Runs the stages before emission.
fn understand(sources: &dyn Sources, name: &str, entry: &[u8], minify: bool, judged: &Judged) -> Understood {
    let mut diagnostics = Vec::new();
    let loaded = load::load(sources, name, entry, &mut diagnostics);
    let is_damaged = has_errors(&diagnostics);
    let is_broken = diagnostics.iter().any(|d| matches!(d.code, Code::NotText | Code::SourceTooLarge | Code::EmptyFile));
    if is_broken {
        return Understood { loaded, scene: None, extra: Vec::new(), is_damaged, diagnostics };
    }
    let mut resolved = resolve::resolve_with(sources, &loaded, minify, judged, &mut diagnostics);
    let extra = std::mem::take(&mut resolved.extra_files);
    let mut scene = lower::lower(resolved, &mut diagnostics);
    check::check(&mut scene, &mut diagnostics);
    Understood { loaded, scene: Some(scene), extra, is_damaged, diagnostics }
}

/// The findings about an entry file, in short: for trials of other texts.
fn findings(sources: &dyn Sources, name: &str, entry: &str, judged: &Judged) -> Vec<Diagnostic> {
    let mut diagnostics = understand(sources, name, entry.as_bytes(), false, judged).diagnostics;
    if has_errors(&diagnostics) {
        diagnostics.retain(|finding| finding.code != Code::Unused);
    }
    causes::join_names(diag::finish(diagnostics))
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

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error)
}
