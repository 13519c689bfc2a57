//! A small mutation run on wgpu alone, which holds the level that `cargo xtask mutate` has reached.

use pngine_judge::Noop;
use pngine_judge::report::{Scores, report};
use pngine_judge::run::{Oracle, Settings, good_programs, kinds, run};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What wgpu says of scenes that are right, and that browsers play: it lacks an extension, and takes no two stages together for one layout.
const OF_WGPU_ALONE: [&str; 2] =
    ["enable-extension is not yet supported", "Derived bind group layout type is not consistent between stages"];

#[test]
fn what_is_changed_is_right_before() {
    let mut wrong = Vec::new();
    for (name, program) in good_programs(&root()) {
        let verdict = Noop.judge(&program);
        let is_known = OF_WGPU_ALONE.iter().any(|words| verdict.reason().contains(words));
        if verdict.refuses() && !is_known {
            wrong.push(format!("{name}: {}", verdict.reason()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_mistakes_of_a_hundred_kinds_and_the_same_ones_for_the_same_seed() {
    let settings = Settings { count: 15_000, seed: 1, kind: None, oracle: Oracle::Noop };
    let found = kinds(&root(), &settings);
    assert!(found.len() >= 100, "{}", found.len());
    assert_eq!(found.values().sum::<usize>(), 15_000);
    for kind in
        ["group index", "storage format of a layout", "type of a built-in", "attachment count", "layout kind", "bundle formats"]
    {
        assert!(found.get(kind).is_some_and(|count| *count >= 5), "{kind}: {:?}", found.get(kind));
    }
    let other = Settings { count: 500, ..settings };
    assert_eq!(kinds(&root(), &other), kinds(&root(), &other));
}

#[test]
fn mistakes_are_found_once_and_in_their_place() {
    let settings = Settings { count: 300, seed: 7, kind: None, oracle: Oracle::Noop };
    let outcomes = run(&root(), &settings, &|_, _| {}).unwrap();
    assert_eq!(outcomes.len(), 300);
    let scores = Scores::of(&outcomes);
    println!("{}", report(&outcomes));
    assert!(scores.refused > 100 && scores.accepted > 50, "{scores:?}");
    assert_eq!(scores.crashes, 0, "{scores:?}");
    assert_eq!(scores.misplaced, 0, "{scores:?}");
    // What wgpu says alone is not the last word, so a few of the former may be right. Of the latter two are rules of the language: a size
    // that is no multiple of 4, and a compute pass that dispatches nothing.
    assert!(scores.escapes <= 3 && scores.false_refusals <= 2, "{scores:?}");
    assert!(scores.one_finding_percent() >= 92.0, "{scores:?}");
}
