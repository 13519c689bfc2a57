//! The nested WebAssembly modules of the examples, built from Rust or from WebAssembly text and committed, so that nobody needs a
//! tool to play them.

use crate::executors;
use std::path::Path;

/// Packages and the files that they become.
const MODULES: &[(&str, &str)] = &[("pngine-physics", "examples/wasm/physics.wasm")];

/// Modules that are written as WebAssembly text, and the files that they become.
const TEXTS: &[(&str, &str)] =
    &[("docs/modules/bars.wat", "docs/modules/bars.wasm"), ("examples/wasm/hilbert.wat", "examples/wasm/hilbert.wasm")];

/// What the linker gets: a stack that suffices for a few arrays, and no symbols.
const LINK_FLAGS: &[&str] = &["-Clink-arg=-zstack-size=4096", "-Cstrip=symbols"];

/// Builds all modules and writes them; or, if `check` is set, compares them with what is there.
///
/// # Errors
/// A tool that is missing or fails, or, when checking, a file that is not what the same compiler makes.
pub fn run(check: bool) -> Result<(), String> {
    let root = executors::root();
    for (text, file) in TEXTS {
        let module = wat::parse_file(root.join(text)).map_err(|error| error.to_string())?;
        keep(&root.join(file), file, &module, check)?;
    }
    if check && !executors::is_same_compiler(&root)? {
        println!("another compiler than the committed modules' made this one: not compared");
        return Ok(());
    }
    for (package, file) in MODULES {
        let module = executors::build(&root, package, &[], LINK_FLAGS, &|module| Ok(module.to_vec()))?;
        keep(&root.join(file), file, &module, check)?;
    }
    Ok(())
}

/// Writes a module; or, if `check` is set, compares it with what is there.
fn keep(path: &Path, file: &str, module: &[u8], check: bool) -> Result<(), String> {
    println!("{:5} bytes  {file}", module.len());
    if !check {
        return std::fs::write(path, module).map_err(|error| format!("cannot write {}: {error}", path.display()));
    }
    if std::fs::read(path).is_ok_and(|found| found == module) {
        return Ok(());
    }
    Err(format!("{file} is not what this compiler makes; run `cargo xtask modules` and commit the result"))
}
