//! A scene's size is a tested number: whoever makes one larger has to say why, here.

use pngine_compiler::pack::{self, Effort, Embed};
use pngine_compiler::program::Options;
use pngine_compiler::source::MemorySources;
use std::path::Path;

/// Most bytes of each example's PNG with embedded executor, `--optimize`, and a 1x1 picture.
const BUDGETS: [(&str, usize); 6] = [
    ("boids", 2050),
    ("game_of_life", 1980),
    ("plasma", 1470),
    ("postprocess", 1980),
    ("rotating_cube", 1900),
    ("triangle", 1260),
];

#[test]
fn every_example_keeps_its_budget() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .expect("the folder of examples")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pngine"))
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    assert_eq!(names, BUDGETS.map(|(name, _)| name), "every example has a budget");
    for (name, budget) in BUDGETS {
        let source = std::fs::read(folder.join(format!("{name}.pngine"))).expect("readable");
        let compiled = pngine_compiler::compile(&MemorySources::default(), name, &source, &Options::default());
        let payload = pack::payload(&compiled.program.expect("it compiles"), Embed::Prebuilt).expect("packable");
        let size = pack::png(&payload, None, Effort::Optimize).expect("packable").len();
        assert!(size <= budget, "{name} has {size} bytes, its budget is {budget}");
    }
}
