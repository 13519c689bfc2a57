//! What browsers refuse is found here: the cases of `wgsl/verdicts.txt`, and the words of the rules that naga lacks.
//!
//! `viewers/web/test/verdicts.test.mjs` asks Chromium about the same file.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use pngine_source::diag::{Diagnostic, Severity};
use pngine_source::source::{FileId, Span};
use pngine_wgsl::assemble::{Piece, assemble};
use pngine_wgsl::device::{Device, Feature};
use pngine_wgsl::minify::{minify, rename, shorten};
use pngine_wgsl::reflect::{Module, same_to_pipelines};
use pngine_wgsl::validate::{Environment, check};

const VERDICTS: &str = include_str!("wgsl/verdicts.txt");

/// The head of the function around a case marked `(body)`.
const HEAD: &str = "fn body(i: i32, j: i32, u: u32, f: f32, a: bool, b: bool, c: bool, v: vec3f, w: vec3i) {\n";

struct Case {
    name: &'static str,
    verdict: &'static str,
    codes: Vec<&'static str>,
    disagrees: bool,
    wgsl: String,
}

fn cases() -> Vec<Case> {
    let read = |section: &'static str| {
        let (header, rest) = section.split_once('\n').unwrap_or((section, ""));
        let (name, answer) = header.split_once(": ").unwrap_or_else(|| panic!("no verdict: {header}"));
        let mut words = answer.split(' ');
        let verdict = words.next().unwrap_or("");
        let (marks, codes): (Vec<_>, Vec<_>) = words.partition(|word| *word == "!");
        let text: String = rest.lines().filter(|line| !line.starts_with("# ")).map(|line| format!("{line}\n")).collect();
        let (name, wgsl) = match name.strip_suffix(" (body)") {
            Some(name) => (name, format!("{HEAD}{text}}}\n")),
            None => (name, text),
        };
        Case { name, verdict, codes, disagrees: !marks.is_empty(), wgsl }
    };
    VERDICTS.split("\n## ").skip(1).map(read).collect()
}

/// A device with all features.
fn everything() -> Environment {
    let features = Feature::ALL.iter().map(|feature| (*feature, (true, Span::default()))).collect();
    Environment { device: Device { features, ..Device::default() }, ..Environment::default() }
}

fn findings(wgsl: &str) -> (Option<Module>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let module = check(&assemble(&[Piece::file(FileId(0), wgsl)]), &everything(), &mut diagnostics);
    let has_error = diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error);
    assert_eq!(module.is_none(), has_error, "a module comes back exactly if nothing is an error: {wgsl}");
    (module, diagnostics)
}

#[test]
fn every_case_gets_its_codes_and_disagreements_with_chromium_are_marked() {
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    for case in cases() {
        assert!(names.insert(case.name), "{} is there twice", case.name);
        assert!(["accept", "reject", "pipeline"].contains(&case.verdict), "{}: {}", case.name, case.verdict);
        let found = findings(&case.wgsl).1;
        let mut codes: Vec<&str> = Vec::new();
        for diagnostic in &found {
            if !codes.contains(&diagnostic.code.as_str()) {
                codes.push(diagnostic.code.as_str());
            }
        }
        let says_so = codes.iter().any(|code| code.starts_with('E'));
        if codes != case.codes {
            wrong.push(format!("{}: {} where {} is expected", case.name, codes.join(" "), case.codes.join(" ")));
        } else if case.verdict != "pipeline" && ((case.verdict == "accept") == says_so) != case.disagrees {
            wrong.push(format!("{}: the mark `!` is wrong", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(names.len() > 1000);
}

#[test]
fn every_accepted_case_stays_right_when_it_is_made_short() {
    let (mut before, mut after) = (0, 0);
    for case in cases() {
        // A function that nobody calls would only be left out.
        let caller = "@compute @workgroup_size(1) fn caller() { body(1, 2, 3, 4, true, false, true, vec3f(), vec3i()); }";
        let wgsl = if case.wgsl.starts_with(HEAD) { format!("{}{caller}", case.wgsl) } else { case.wgsl };
        let (Some(module), found) = findings(&wgsl) else { continue };
        let short = shorten(&wgsl, &module, &everything());
        let (again, said) = findings(&short);
        let again = again.unwrap_or_else(|| panic!("{}: {short}\n{said:?}", case.name));
        assert!(same_to_pipelines(&module, &again), "{}: {short}", case.name);
        assert!(short.len() <= minify(&wgsl).len(), "{}: {short}", case.name);
        let codes = |found: &[Diagnostic]| found.iter().map(|diagnostic| diagnostic.code.as_str()).collect::<BTreeSet<_>>();
        assert!(codes(&said).is_subset(&codes(&found)), "{}: {short}\n{said:?}", case.name);
        before += minify(&rename(&wgsl)).len();
        after += short.len();
    }
    assert!(after < before, "{before} bytes with short names and {after} with all that is proved");
}

/// `CODE message`, the text under the label, the second label's, the help and the fix's edits applied.
fn told(wgsl: &str) -> String {
    let at = |span: pngine_source::source::Span| wgsl.get(span.start as usize..span.end as usize).unwrap_or("?");
    let mut out = String::new();
    for diagnostic in findings(wgsl).1 {
        let label = diagnostic.primary.as_ref().expect("a shader's diagnostics have a place");
        out += &format!("{} {}\n  `{}` {}\n", diagnostic.code.as_str(), diagnostic.message, at(label.span), label.message);
        for label in &diagnostic.secondary {
            out += &format!("  `{}` {}\n", at(label.span), label.message);
        }
        out += &format!("  help: {}\n", diagnostic.help.as_deref().unwrap_or("-"));
        for fix in &diagnostic.fixes {
            let mut mended = wgsl.to_owned();
            let mut edits = fix.edits.clone();
            edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
            for (span, text) in edits {
                mended.replace_range(span.start as usize..span.end as usize, &text);
            }
            assert!(findings(&mended).0.is_some(), "the fix mends it: {mended}");
            out += &format!("  fix: {}: {}\n", fix.title, mended.trim());
        }
    }
    out
}

#[test]
fn the_words_of_the_rules() {
    let shaders = [
        "fn f(a: bool, b: bool, c: bool) -> bool { return a || b && c || a && c; }",
        "fn f(u: u32) -> bool { return u == u & 1u; }",
        "fn f(h: u32) -> u32 { return h ^ h >> 16u; }",
        "fn f(a: bool, b: bool, c: bool) -> bool { return a == b == c; }",
        "fn f(i: i32) { loop { switch i { case 0: { break; } default: { } } } }",
        "fn f(i: i32) -> i32 { switch i { case 0: { break; } default: { return 1; } } }",
        "fn f(a: bool) { loop { if a { continue; } let k = a; continuing { break if k; } } }",
        "@group(0) @binding(0) var<storage, read_write> n: u32;\n@vertex fn vs() -> @builtin(position) vec4f { return vec4f(f32(n)); }",
        "var<workgroup> tile: array<f32, 64>;\n@fragment fn fs() -> @location(0) vec4f { return vec4f(tile[0]); }",
        "@compute @workgroup_size(1) fn cs(@location(0) color: vec4f) { }",
        "fn f(x: f32) { const y = x * 2.0; }",
        "override n = 4;\nconst m = n;",
        "fn f(n: u32) { var a: array<f32, n>; }",
        "fn f() { let k = 2654435769; }",
        "fn f(x: f32) -> f32 { return clamp(x, 1.0, 0.0); }",
        "fn f() -> f32 { return bitcast<f32>(0x7f800000u); }",
        "fn f() { let x = sin; }",
        "@workgroup_size(64) fn cs() { }",
        "@id(1) const size = 4;",
        "@group(0) @binding(0) var<storage> n: atomic<u32>;",
        "var<private> x: array<f32, 70000>;",
        "fn swap(p: ptr<function, f32>, q: ptr<function, f32>) { let t = *p; *p = *q; *q = t; }\nfn f() { var a = array(1.0, 2.0); swap(&a[0], &a[1]); }",
        "@fragment fn fs(@location(0) uv: vec2f) -> @location(0) vec4f { if uv.x > 0.5 { return vec4f(fwidth(uv.x)); } return vec4f(); }",
        "fn edge(x: f32) -> f32 { return fwidth(x); }\n@fragment fn fs(@location(0) uv: vec2f) -> @location(0) vec4f { if uv.x > 0.5 { return vec4f(edge(uv.x)); } return vec4f(); }",
        "@compute @workgroup_size(64) fn cs(@builtin(local_invocation_index) i: u32) { if i == 0 { return; } workgroupBarrier(); }",
    ];
    let told: String = shaders.iter().map(|wgsl| format!("{wgsl}\n{}\n", told(wgsl))).collect();
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/../../snapshots/shader"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!("strict", told) });
}

#[test]
fn a_function_that_only_a_return_in_a_loop_leaves_keeps_its_bindings() {
    let wgsl = "@group(0) @binding(0) var<uniform> k: f32;
        fn f() -> f32 { loop { if k > 1.0 { return k; } } }
        @fragment fn fs() -> @location(0) vec4f { return vec4f(f()); }";
    let (module, found) = findings(wgsl);
    assert_eq!(found.iter().map(|diagnostic| diagnostic.code.as_str()).collect::<Vec<_>>(), ["W0801"]);
    assert_eq!(module.expect("a warning only").entry_points[0].bindings, [0]);
}

#[test]
fn the_rules_take_any_text_and_little_time() {
    let nested_loops = format!("fn f(n: i32) {{ {}{} }}", "for (var k = 0; k < n; k++) { ".repeat(100), "}".repeat(100));
    let many_variables: String = (0..3000).map(|k| format!("var v{k} = f32(n); if n > {k} {{ v{k} += 1.0; }}\n")).collect();
    let texts = [
        "a<".repeat(50_000),
        "a>".repeat(50_000),
        "clamp(".repeat(120),
        "clamp;".repeat(50_000),
        "fn f() { const ".repeat(3000),
        "&&||".repeat(500),
        "if ".repeat(50_000),
        "fn f() { loop { continuing { break if } } }".to_owned(),
        "fn f() { switch { case".to_owned(),
        "fn f() { for (;;".to_owned(),
        "fn f() { @ @a( let".to_owned(),
        format!("fn f() {{ {} }}", "loop { ".repeat(120)),
        nested_loops,
        format!("fn f(n: i32) {{ {many_variables} }}"),
        format!("fn f() {{ {} }}", "let x = a || b && c;".repeat(20_000)),
    ];
    for text in texts {
        let start = Instant::now();
        findings(&text);
        assert!(start.elapsed() < Duration::from_secs(20), "{:?} for {}…", start.elapsed(), text.get(..20).unwrap_or(&text));
    }
}

#[test]
fn every_prefix_of_a_shader_is_taken() {
    let everything = include_str!("wgsl/everything.wgsl");
    for at in (0..everything.len()).step_by(97) {
        if let Some(prefix) = everything.get(..at) {
            findings(prefix);
        }
    }
}
