//! Emits scenes that have errors, so that a test can ask WebGPU whether the errors are right. Behind the feature `judge`, which nothing
//! that is shipped enables.

use crate::program::{Compiled, Options, Program};
use crate::source::Sources;
use crate::{check, emit, load, lower, resolve, shader};

/// Why a scene with errors gives no program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unemitted {
    /// Its text is not read at all.
    Unread,
    /// Something in it was not understood, and a hole stands in its place.
    Hole,
    /// It is larger than the format can hold.
    TooLarge(String),
}

/// Compiles a scene, and emits it even if it has errors: as its author wrote it, as far as it was understood.
///
/// The findings are those of [`crate::compile`]; its `program` is `None` if there is an error. The second value is what a host would get.
///
/// # Errors
/// See [`Unemitted`]. Errors in the text of a scene nearly always leave a hole; those of [`crate::check`] leave none.
pub fn compile_in_spite_of_errors(
    sources: &dyn Sources,
    name: &str,
    entry: &[u8],
    options: &Options,
) -> (Compiled, Result<Program, Unemitted>) {
    let compiled = crate::compile(sources, name, entry, options);
    let program = match &compiled.program {
        Some(program) => Ok(program.clone()),
        None => insist(sources, name, entry, options),
    };
    (compiled, program)
}

/// The stages once more, deaf to what they find.
fn insist(sources: &dyn Sources, name: &str, entry: &[u8], options: &Options) -> Result<Program, Unemitted> {
    let mut findings = Vec::new();
    let loaded = load::load(sources, name, entry, &mut findings);
    if !findings.is_empty() {
        return Err(Unemitted::Unread);
    }
    let resolved = resolve::resolve(sources, &loaded, options.minify, &mut findings);
    let mut scene = lower::lower(resolved, &mut findings);
    let views = scene.views.clone();
    check::check(&mut scene, &mut findings);
    // Those with mistakes were taken out.
    scene.views = views;
    // Emission stops by a panic at a hole, which is a defect of the compiler everywhere else.
    let emitted = shader::validate::quietly(|| emit::emit(&scene)).ok_or(Unemitted::Hole)?;
    emitted.map_err(|error| Unemitted::TooLarge(error.to_string()))
}
