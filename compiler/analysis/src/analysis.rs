//! All that is known of a program, as one value that can be asked: files, trees, what every word means, shaders, the scene, findings.
//!
//! Nothing here is changed once it is made. Diagnosing does not shorten shaders, prove that they mean the same, or emit: that is
//! [`crate::compile`]'s, for a scene without errors.

mod expected;
mod queries;

pub use crate::resolve::{Manner, Reference, ShaderText, Target, WgslDeclaration};
pub use expected::Expected;
pub use queries::{At, NotRenamed, Nothing};

use crate::causes;
use crate::check;
use crate::has_errors;
use crate::lower;
use crate::memo::Memo;
use crate::resolve::{self, Meanings};
use pngine_format::limits::TEXT_BYTES;
use pngine_scene::Scene;
use pngine_source::diag::{self, Code, Diagnostic};
use pngine_source::source::{FileId, SourceMap, Sources, Span};
use pngine_syntax::load::{self, Loaded};
use pngine_syntax::tree::File;
use pngine_wgsl::{minify, validate::Environment};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// Everything that is known of a program.
pub struct Analysis {
    /// Every file that was read, the entry file first, those of shaders last.
    pub files: SourceMap,
    /// The trees of the scene's files, with their tokens, by file; those of shaders have none.
    pub trees: Vec<Arc<File>>,
    /// Every module's text, with where each of its bytes comes from.
    pub shaders: Vec<ShaderText>,
    /// The scene; `None` if some file is no text of a scene, so that there is nothing to look at. It has holes where something is wrong.
    pub scene: Option<Scene>,
    /// All findings of all files, in the order in which they are shown.
    pub findings: Vec<Diagnostic>,
    /// What the words mean.
    meanings: Meanings,
    /// What stands in WGSL texts that refers to nothing, found when first asked for.
    plain: OnceLock<Vec<(Span, Nothing)>>,
}

impl Analysis {
    /// Looks at a program. `name` is what findings call the entry file; `entry` are its bytes, which need not be text. Other files come
    /// from `sources`, by paths relative to the entry file's directory.
    pub fn of(sources: &dyn Sources, name: &str, entry: &[u8]) -> Self {
        Self::with(&Memo::default(), sources, name, entry)
    }

    /// [`Self::of`] with what earlier analyses found: that of the same program after a small change is many times shorter.
    pub fn with(memo: &Memo, sources: &dyn Sources, name: &str, entry: &[u8]) -> Self {
        memo.begin();
        let Understood { loaded, files, scene, shaders, meanings, findings } = understand(sources, name, entry, memo);
        let mut findings = findings;
        if scene.is_some() && has_errors(&findings) {
            findings = causes::to_one(&loaded, causes::join_names(diag::finish(findings)));
            let again = |text: &str| trial(sources, name, text, memo);
            findings = causes::join(&loaded, findings, memo.steps(), &again);
            findings = causes::to_one(&loaded, findings);
        }
        Self { files, trees: loaded.trees, shaders, scene, findings: diag::finish(findings), meanings, plain: OnceLock::new() }
    }

    /// The tree of a file of the scene.
    pub fn tree(&self, file: FileId) -> Option<&File> {
        self.trees.get(file.0 as usize).map(Arc::as_ref)
    }
}

/// What the stages before emission make of an entry file.
struct Understood {
    loaded: Loaded,
    files: SourceMap,
    scene: Option<Scene>,
    shaders: Vec<ShaderText>,
    meanings: Meanings,
    /// In the order in which they were found.
    findings: Vec<Diagnostic>,
}

/// Runs the stages before emission.
fn understand(sources: &dyn Sources, name: &str, entry: &[u8], memo: &Memo) -> Understood {
    let mut findings = Vec::new();
    let parse = |file, text: &str| memo.tree(file, text);
    let loaded = load::load_with(sources, name, entry, &parse, &mut findings);
    let is_damaged = has_errors(&findings);
    let is_broken = findings.iter().any(|d| matches!(d.code, Code::NotText | Code::SourceTooLarge | Code::EmptyFile));
    if is_broken {
        let files = loaded.sources.clone();
        return Understood { loaded, files, scene: None, shaders: Vec::new(), meanings: Meanings::default(), findings };
    }
    let mut resolved = resolve::resolve(sources, &loaded, memo, &mut findings);
    let files = std::mem::take(&mut resolved.sources);
    let meanings = std::mem::take(&mut resolved.meanings);
    let shaders = std::mem::take(&mut resolved.texts);
    let unused = std::mem::take(&mut resolved.unused);
    let mut scene = lower::lower(resolved, &mut findings);
    // The rule is about what the GPU gets, and who is far below it need not know how short that is.
    if scene.shaders.iter().map(|shader| shader.text.len() as u64).sum::<u64>() > u64::from(TEXT_BYTES) && !has_errors(&findings)
    {
        shorten(&mut scene);
    }
    let mut of_scene = Vec::new();
    check::check(&scene, &mut of_scene);
    // What a damaged part would have declared is unknown; so it is where a word or a name is missing.
    let is_undeclared = findings.iter().any(|d| matches!(d.code, Code::UnknownMacro | Code::MissingName));
    let is_known = !is_damaged && !is_undeclared;
    findings.extend(of_scene.into_iter().filter(|finding| is_known || finding.code != Code::NothingDrawn));
    if !has_errors(&findings) {
        check::lints(&scene, &mut findings);
        findings.extend(unused);
    }
    Understood { loaded, files, scene: Some(scene), shaders, meanings, findings }
}

/// The findings about another text of the entry file, in short.
fn trial(sources: &dyn Sources, name: &str, entry: &str, memo: &Memo) -> Vec<Diagnostic> {
    causes::join_names(diag::finish(understand(sources, name, entry.as_bytes(), memo).findings))
}

/// Makes the shaders of a scene without errors as short as they safely get.
pub fn shorten(scene: &mut Scene) {
    let environment = Environment { missing: BTreeSet::new(), device: scene.device.clone() };
    for shader in &mut scene.shaders {
        if let Some(module) = shader.module.as_ref().filter(|_| !shader.text.is_empty()) {
            shader.text = minify::shorten(&shader.text, module, &environment);
        }
    }
}
