//! What the tests of the examples share.

use pngine_compiler::program::{Options, Program};
use pngine_compiler::source::MemorySources;
use std::path::Path;

/// Every example that is a single file, compiled: name and program, by name.
pub fn programs() -> Vec<(String, Program)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut paths: Vec<_> =
        std::fs::read_dir(&folder).expect("the folder of examples").map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "pngine"));
    paths.sort();
    assert!(!paths.is_empty());
    let compile = |path: std::path::PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let source = std::fs::read(&path).expect("readable");
        let compiled = pngine_compiler::compile(&MemorySources::default(), &name, &source, &Options::default());
        let program = compiled.program.unwrap_or_else(|| panic!("{name} does not compile"));
        (name, program)
    };
    paths.into_iter().map(compile).collect()
}
