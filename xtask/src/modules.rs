//! The nested WebAssembly modules of the examples, built from Rust and committed, so that nobody needs the target to play them.

use crate::executors;
use std::path::Path;

/// Packages and the files that they become.
const MODULES: &[(&str, &str)] = &[("pngine-physics", "examples/wasm/physics.wasm")];

/// What the linker gets: a stack that suffices for a few arrays, and no symbols.
const LINK_FLAGS: &[&str] = &["-Clink-arg=-zstack-size=4096", "-Cstrip=symbols"];

/// Builds all modules and writes them; or, if `check` is set, compares them with what is there.
///
/// # Errors
/// A tool that is missing or fails, or, when checking, a file that is not what the same compiler makes.
pub fn run(check: bool) -> Result<(), String> {
    let root = executors::root();
    if check && !executors::is_same_compiler(&root)? {
        println!("another compiler than the committed modules' made this one: not compared");
        return Ok(());
    }
    for (package, file) in MODULES {
        let module = executors::build(&root, package, &[], LINK_FLAGS, &|module| Ok(module.to_vec()))?;
        println!("{:5} bytes  {file}", module.len());
        let path = root.join(file);
        if !check {
            write(&path, &module)?;
        } else if std::fs::read(&path).ok().as_ref() != Some(&module) {
            return Err(format!("{file} is not what this compiler makes; run `cargo xtask modules` and commit the result"));
        }
    }
    Ok(())
}

fn write(path: &Path, module: &[u8]) -> Result<(), String> {
    std::fs::write(path, module).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
