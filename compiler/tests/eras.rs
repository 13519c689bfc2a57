//! Programs of every era of the language (language reference, section 17 and appendix C), as their authors wrote them: they compile,
//! with lints that name the modern spellings; and once the lints' fixes are applied, the same program is left without them.

use pngine_compiler::diag::{self, Code, Diagnostic, Severity};
use pngine_compiler::source::FileId;
use pngine_compiler::{Compiled, Options};
use pngine_testkit::scenes;
use scenes::{Folder, Scene};
use std::path::Path;

const ERAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/eras");

fn compile(scene: &Scene, text: &str) -> Compiled {
    pngine_compiler::compile(&Folder(scene.folder.clone()), &scene.entry, text.as_bytes(), &Options::default())
}

/// The lints that name another spelling.
fn is_spelling(finding: &Diagnostic) -> bool {
    matches!(finding.code, Code::OldReference | Code::OldSpelling)
}

/// The entry file with all safe fixes applied.
fn mended(text: &str, findings: &[Diagnostic]) -> String {
    let safe = findings.iter().flat_map(|finding| &finding.fixes).filter(|fix| fix.safe);
    let mut edits: Vec<_> = safe.flat_map(|fix| &fix.edits).filter(|(span, _)| span.file == FileId(0)).collect();
    edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut out = text.to_string();
    for (span, new) in edits {
        out.replace_range(span.start as usize..span.end as usize, new);
    }
    out
}

#[test]
fn programs_of_every_era_compile_with_lints_that_mend_them() {
    let eras = scenes::scenes(Path::new(ERAS));
    assert!(eras.len() >= 5, "{} programs", eras.len());
    for era in &eras {
        let text = String::from_utf8(era.bytes()).expect("text");
        let compiled = era.compile(&Options::default());
        let rendered = diag::render(&compiled.sources, &compiled.diagnostics, false);
        assert!(compiled.diagnostics.iter().all(|finding| finding.severity() == Severity::Warning), "{}:\n{rendered}", era.name);
        let program = compiled.program.expect("a program where there is no error");
        for finding in compiled.diagnostics.iter().filter(|finding| is_spelling(finding)) {
            assert!(finding.fixes.iter().any(|fix| fix.safe), "{}: no fix for {}", era.name, finding.message);
        }
        let modern = mended(&text, &compiled.diagnostics);
        let again = compile(era, &modern);
        let rendered = diag::render(&again.sources, &again.diagnostics, false);
        assert!(!again.diagnostics.iter().any(is_spelling), "{}:\n{rendered}", era.name);
        let upgraded = again.program.unwrap_or_else(|| panic!("{}:\n{rendered}", era.name));
        assert_eq!(upgraded.bytecode, program.bytecode, "{}", era.name);
        assert_eq!(upgraded.data, program.data, "{}", era.name);
    }
}

#[test]
fn the_oldest_spellings_are_all_linted() {
    let eras = scenes::scenes(Path::new(ERAS));
    let first = eras.iter().find(|era| era.name.starts_with("era1")).expect("a program of the first era");
    let compiled = first.compile(&Options::default());
    let messages: Vec<&str> = compiled.diagnostics.iter().map(|finding| finding.message.as_str()).collect();
    for old in ["$wgsl.common", "$canvas.width", "canvasWidth", "$pipeline.renderPipeline", "entrypoint", "vertex", "copy-dst"] {
        assert!(messages.iter().any(|message| message.starts_with(&format!("`{old}` is"))), "{old}: {messages:?}");
    }
}
