//! The verdicts of this front end beside Tint's.
//!
//! `compiler/wgsl/tests/wgsl/verdicts.txt` says what Chromium says of each shader. What is different is counted here by kind; the numbers
//! may only shrink, and a change that makes them shrink writes the new ones. `SHOW=1` prints every disagreement.

mod common;

use std::collections::BTreeMap;

use common::cases;
use pngine_source::diag::Severity;
use pngine_wgsl_front::check::check;

/// Disagreements that are left: shaders that Tint takes and this refuses, and the other way round, by section of the table.
///
/// What is left: `binding_array`, which is in Chromium and in no specification.
const LEFT: &[(&str, usize, usize)] = &[("Textures", 1, 0)];

#[test]
fn disagreements_with_tint_only_shrink() {
    let mut left: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut total = 0;
    for case in cases() {
        let Some(accepts) = case.accepts else { continue };
        total += 1;
        let found = check(&case.wgsl).diagnostics;
        let errors: Vec<_> = found.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error).collect();
        if errors.is_empty() == accepts {
            continue;
        }
        let counts = left.entry(case.section.clone()).or_default();
        if accepts {
            counts.0 += 1;
        } else {
            counts.1 += 1;
        }
        if std::env::var_os("SHOW").is_some() {
            let said: Vec<&str> = errors.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
            println!("{} {}: {} {said:?}\n{}", if accepts { "REFUSED" } else { "ESCAPED" }, case.section, case.name, case.wgsl);
        }
    }
    assert!(total > 1200, "{total}");
    let left: Vec<(&str, usize, usize)> = left.iter().map(|(section, counts)| (section.as_str(), counts.0, counts.1)).collect();
    assert_eq!(left, LEFT, "shaders that Tint takes and we refuse, and the other way round");
}
