//! Emits scenes that have errors, so that a test can ask WebGPU whether the errors are right. Behind the feature `judge`, which nothing
//! that is shipped enables.

use crate::diag::{Code, Diagnostic, Severity};
use crate::source::Sources;
use crate::{Compiled, Options, Program};
use pngine_analysis::{check, lower, resolve};
use pngine_emit::EmitError;
use pngine_syntax::load;

/// What the compiler says about a scene, and what hosts would get if it said nothing.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The same as [`crate::compile`] gives; the program is `None` if there is an error.
    pub compiled: Compiled,
    /// The program, whatever the findings.
    pub program: Result<Program, Unemitted>,
    /// Texts of the shaders that are refused, as the GPU would get them.
    pub refused_shaders: Vec<String>,
}

/// Why a scene with errors gives no program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unemitted {
    /// Something in it was not understood or left out, so that a program would be another scene's.
    Hole,
    /// It is larger than the format can hold.
    TooLarge(String),
}

/// Beginning of the codes of errors after which something may be left out without a trace: what a wrong shader would have been. Everything
/// else that is wrong stays as it is written, or leaves a hole.
const LEFT_OUT: &str = "E08";

/// Compiles a scene, and emits it even if it has errors: as its author wrote it, as far as it was understood.
pub fn compile_in_spite_of_errors(sources: &dyn Sources, name: &str, entry: &[u8], options: &Options) -> Judged {
    pngine_analysis::refused::take();
    let compiled = crate::compile(sources, name, entry, options);
    let refused_shaders = pngine_analysis::refused::take();
    let program = match &compiled.program {
        Some(program) => Ok(program.clone()),
        None => insist(sources, name, entry, options),
    };
    Judged { compiled, program, refused_shaders }
}

/// The stages once more, deaf to what the last one finds.
fn insist(sources: &dyn Sources, name: &str, entry: &[u8], options: &Options) -> Result<Program, Unemitted> {
    let leaves_a_hole =
        |finding: &Diagnostic| finding.severity() == Severity::Error && finding.code.as_str().starts_with(LEFT_OUT);
    let mut findings = Vec::new();
    let loaded = load::load(sources, name, entry, &mut findings);
    if findings.iter().any(leaves_a_hole) {
        return Err(Unemitted::Hole);
    }
    let resolved = resolve::resolve(sources, &loaded, &resolve::Judged::default(), &mut findings);
    let mut scene = lower::lower(resolved, &mut findings);
    if options.minify {
        pngine_analysis::analysis::shorten(&mut scene);
    }
    if findings.iter().any(leaves_a_hole) {
        return Err(Unemitted::Hole);
    }
    // Emission counts on what is checked of numbers: ids have 16 bits, and what goes in turn comes around.
    check::check(&scene, &mut findings);
    if let Some(finding) = findings.iter().find(|finding| finding.code == Code::TooMany) {
        return Err(Unemitted::TooLarge(finding.message.clone()));
    }
    let scene = scene.accept().ok_or(Unemitted::Hole)?;
    pngine_emit::emit(&scene).map_err(|error| match error {
        EmitError::NoSuchBytes { .. } => Unemitted::Hole,
        EmitError::TooManyCommands(_) | EmitError::BeyondBudget { .. } | EmitError::TooLarge => {
            Unemitted::TooLarge(error.to_string())
        }
    })
}
