//! The book of rules (`pngine_compiler::rules`) against the files that it names and the codes that there are.

use pngine_analysis::rules::{SECTIONS, Verdict};
use pngine_compiler::Options;
use pngine_compiler::diag::{self, Code};
use pngine_testkit::scenes;
use scenes::Scene;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The scenes of a directory of the repository, by name.
fn cases(directory: &str) -> BTreeMap<String, Scene> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(directory);
    scenes::scenes(&folder).into_iter().map(|case| (case.name.clone(), case)).collect()
}

#[test]
fn the_conditions_of_every_section_have_their_rows() {
    let mut anchors = BTreeSet::new();
    for section in SECTIONS {
        let sum: u32 = section.rules.iter().map(|rule| rule.conditions).sum();
        assert_eq!(sum, section.conditions, "the rows of `{}` and its number of conditions", section.title);
        assert!(anchors.insert(section.anchor), "#{} stands twice", section.anchor);
        assert!(!section.rules.is_empty() && !section.title.is_empty(), "#{}", section.anchor);
        for rule in section.rules {
            assert_eq!(rule.conditions == 0, section.anchor.is_empty(), "`{}` stands for no condition", rule.text);
            assert!(!rule.text.is_empty() && !rule.text.contains('|'), "`{}`", rule.text);
        }
    }
}

#[test]
fn every_rule_that_a_scene_can_break_has_a_bad_scene_and_a_good_one() {
    let (bad, good) = (cases("tests/err"), cases("tests/ok"));
    let mut wrong = Vec::new();
    let mut compiled = BTreeSet::new();
    for rule in SECTIONS.iter().flat_map(|section| section.rules) {
        let (codes, err, ok) = match rule.verdict {
            Verdict::Refused { codes, err, ok } => (codes, err, ok),
            Verdict::Impossible(reason) => {
                if reason.is_empty() {
                    wrong.push(format!("`{}` says no reason", rule.text));
                }
                continue;
            }
        };
        if codes.is_empty() || err.is_empty() || ok.is_empty() {
            wrong.push(format!("`{}` lacks a code, a bad scene or a good one", rule.text));
        }
        let mut expected = BTreeSet::new();
        for name in err {
            let Some(case) = bad.get(*name) else {
                wrong.push(format!("there is no tests/err/{name}.pngine, which `{}` names", rule.text));
                continue;
            };
            let own = case.expected_codes();
            if !codes.iter().any(|code| own.contains(code.as_str())) {
                wrong.push(format!("tests/err/{name}.pngine expects no code of `{}`", rule.text));
            }
            expected.extend(own);
        }
        for code in codes.iter().filter(|code| !expected.contains(code.as_str())) {
            wrong.push(format!("no bad scene of `{}` expects {}", rule.text, code.as_str()));
        }
        for name in ok {
            let Some(case) = good.get(*name) else {
                wrong.push(format!("there is no tests/ok/{name}.pngine, which `{}` names", rule.text));
                continue;
            };
            if compiled.insert(*name) {
                let result = case.compile(&Options::default());
                let warned = case.warned_codes();
                if result.diagnostics.iter().any(|finding| !warned.contains(finding.code.as_str())) {
                    wrong.push(diag::render(&result.sources, &result.diagnostics, false));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_of_a_rule_stands_in_the_book() {
    let named: BTreeSet<Code> = SECTIONS
        .iter()
        .flat_map(|section| section.rules)
        .filter_map(|rule| match rule.verdict {
            Verdict::Refused { codes, .. } => Some(codes),
            Verdict::Impossible(_) => None,
        })
        .flatten()
        .copied()
        .collect();
    let is_rule = |code: &&Code| {
        let text = code.as_str();
        text.len() == 5 && text.starts_with('E') && ("E04".."E08").contains(&&text[..3])
    };
    let missing: Vec<&str> =
        Code::ALL.iter().filter(is_rule).filter(|code| !named.contains(code)).map(|code| code.as_str()).collect();
    assert!(missing.is_empty(), "no row of compiler/analysis/src/rules.rs names {}", missing.join(", "));
}

#[test]
fn every_scene_of_a_rule_is_named_by_one() {
    let mut named = BTreeSet::new();
    for rule in SECTIONS.iter().flat_map(|section| section.rules) {
        if let Verdict::Refused { err, ok, .. } = rule.verdict {
            named.extend(err.iter().map(|name| ("err", *name)));
            named.extend(ok.iter().map(|name| ("ok", *name)));
        }
    }
    for folder in ["err", "ok"] {
        for name in cases(&format!("tests/{folder}")).keys().filter(|name| name.starts_with("rule_")) {
            assert!(named.contains(&(folder, name.as_str())), "no row names tests/{folder}/{name}.pngine");
        }
    }
}
