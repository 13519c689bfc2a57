//! What the tests of the examples share.

use pngine_compiler::{Options, Program};
use pngine_testkit::scenes;
use std::path::Path;

/// Every example, compiled with these options: name and program, by name.
pub fn programs(options: &Options) -> Vec<(String, Program)> {
    let compile = |scene: scenes::Scene| {
        let program = scene.compile(options).program.unwrap_or_else(|| panic!("{} does not compile", scene.name));
        (scene.name, program)
    };
    scenes::scenes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")).into_iter().map(compile).collect()
}
