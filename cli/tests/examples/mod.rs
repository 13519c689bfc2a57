//! What the tests of the examples share.

#[path = "../../../tests/scenes.rs"]
mod scenes;

use pngine_compiler::program::{Options, Program};
use std::path::Path;

/// Every example, compiled: name and program, by name.
pub fn programs() -> Vec<(String, Program)> {
    let compile = |scene: scenes::Scene| {
        let program = scene.compile(&Options::default()).program.unwrap_or_else(|| panic!("{} does not compile", scene.name));
        (scene.name, program)
    };
    scenes::scenes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")).into_iter().map(compile).collect()
}
