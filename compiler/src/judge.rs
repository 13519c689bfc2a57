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
    let resolved = resolve::resolve(sources, &loaded, &pngine_analysis::memo::Memo::default(), &mut findings);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemorySources;

    fn judged(scene: &str) -> Judged {
        compile_in_spite_of_errors(&MemorySources::default(), "scene.pngine", scene.as_bytes(), &Options::default())
    }

    #[test]
    fn what_is_refused_is_emitted_as_far_as_it_can_be_said() {
        let image =
            "#texture image { size=[4 4] format=rgba8unorm usage=[TEXTURE_BINDING] }\n#data table { float32Array=[1 2 3 4] }\n";
        let write = |layout: &str| {
            let write = format!("writeTexture={{ texture=image data=table {layout} size=[4 1] }}");
            judged(&format!("{image}#queue paint {{ {write} }}\n#frame main {{ perform=[paint] }}"))
        };
        let right = write("bytesPerRow=16");
        assert!(right.compiled.program.is_some() && right.program.is_ok(), "{:?}", right.compiled.diagnostics);
        // A command can say rows that are too short, and bytes that are not there it cannot.
        let short = write("bytesPerRow=4");
        assert!(short.compiled.program.is_none() && short.program.is_ok());
        for offset in ["dataOffset=20", "dataOffset=4294967295"] {
            let beyond = write(offset);
            assert!(beyond.compiled.program.is_none(), "{offset}");
            assert_eq!(beyond.program.err(), Some(Unemitted::Hole), "{offset}");
        }
        let hole = judged("#buffer seeded { size=missing usage=[STORAGE] }");
        assert_eq!(hole.program.err(), Some(Unemitted::Hole));
    }
}
