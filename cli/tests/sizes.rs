//! A scene's size is a tested number: whoever makes one larger has to say why, here.

mod examples;

use pngine_compiler::pack::{self, Effort, Embed};

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
    let programs = examples::programs();
    let names: Vec<&str> = programs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, BUDGETS.map(|(name, _)| name), "every example has a budget");
    for ((name, program), (_, budget)) in programs.iter().zip(BUDGETS) {
        let payload = pack::payload(program, Embed::Prebuilt).expect("packable");
        let size = pack::png(&payload, None, Effort::Optimize).expect("packable").len();
        assert!(size <= budget, "{name} has {size} bytes, its budget is {budget}");
    }
}
