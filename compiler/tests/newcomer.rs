//! The mistakes that people make in their first hours, and what they are told: `tests/newcomer/`.
//!
//! Each scene has one mistake. What the compiler says about it is a snapshot, and `tests/newcomer/README.md` grades it.

use pngine_compiler::diag;
use pngine_compiler::{Compiled, Options};
use pngine_testkit::scenes::{self, Scene};
use std::path::{Path, PathBuf};

/// The folder `name` of the repository.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

fn cases() -> Vec<Scene> {
    scenes::scenes(&folder("tests/newcomer"))
}

/// The codes of the findings, each once, in their order.
fn codes(compiled: &Compiled) -> Vec<&'static str> {
    let mut codes = Vec::new();
    for diagnostic in &compiled.diagnostics {
        let code = diagnostic.code.as_str();
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

#[test]
fn every_mistake_of_a_newcomer_is_explained() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder("snapshots/newcomer"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for case in cases() {
        let compiled = case.compile(&Options::default());
        let text = diag::render(&compiled.sources, &compiled.diagnostics, false);
        let text = if text.is_empty() { "nothing is said\n".to_owned() } else { text };
        settings.bind(|| insta::assert_snapshot!(case.name.clone(), text));
    }
}

#[test]
fn the_table_says_of_every_mistake_what_is_said_and_how_good_that_is() {
    let page = std::fs::read_to_string(folder("tests/newcomer/README.md")).expect("the table of the mistakes");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|row| row.split(" | ").map(str::trim).collect())
        .filter(|row: &Vec<&str>| row.first().is_some_and(|first| first.starts_with(|c: char| c.is_ascii_digit())))
        .collect();
    let cases = cases();
    assert_eq!(rows.len(), cases.len(), "a row for every scene, in their order");
    let mut sum = 0;
    for (row, case) in rows.iter().zip(&cases) {
        let [name, _, said, grade] = row.as_slice() else { panic!("four cells: {row:?}") };
        assert_eq!(*name, case.name);
        assert_eq!(*said, codes(&case.compile(&Options::default())).join(" "), "{name}");
        let grade: u32 = grade.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!((1..=3).contains(&grade), "{name}: a message that misleads, or none, is mended before it is listed");
        sum += grade;
    }
    let mean = f64::from(sum) / rows.len() as f64;
    assert!(page.contains(&format!("**Mean {mean:.2}**")), "the mean is {mean:.2}");
}
