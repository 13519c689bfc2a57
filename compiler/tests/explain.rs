//! The examples that `pngine explain` shows: what is wrong brings about its code and nothing else, what is right has no finding.

use pngine_compiler::diag::{self, Code, Example, ExampleFile, Side};
use pngine_compiler::source::{ReadError, Sources};
use pngine_compiler::{Options, compile};
use pngine_testkit::scenes::Folder;
use std::collections::BTreeSet;
use std::path::Path;

/// The files of an example, and the assets that examples share with the scenes of `tests/err`.
struct Files<'a> {
    files: &'a [ExampleFile],
    side: Side,
}

impl Sources for Files<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if let Some(file) = self.files.iter().find(|file| file.path == path) {
            return Ok(file.text(self.side).into_bytes());
        }
        if self.files.iter().any(|file| file.path.starts_with(&format!("{path}/"))) {
            return Err(ReadError::Other("is a directory".to_owned()));
        }
        if path.starts_with("assets/") {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/err");
            return Folder(folder).read(path);
        }
        Err(ReadError::NotFound)
    }
}

/// The codes of what is found, each once, and the findings as a user reads them.
fn found(files: &[ExampleFile], side: Side) -> (BTreeSet<&'static str>, String) {
    let scene = files.first().map(|file| file.text(side)).unwrap_or_default();
    let compiled = compile(&Files { files, side }, "scene.pngine", scene.as_bytes(), &Options::default());
    let codes = compiled.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    (codes, diag::render(&compiled.sources, &compiled.diagnostics, false))
}

#[test]
fn every_code_has_an_example_that_shows_it_and_nothing_else() {
    let mut wrong = Vec::new();
    for &code in Code::ALL {
        match code.example() {
            None => wrong.push(format!(
                "{} has no example in compiler/source/explain, or diag/example.rs does not list it",
                code.as_str()
            )),
            Some(Example::Words { wrong: w, right: r }) => {
                for words in [w, r] {
                    if words.lines().count() != 1 || !words.ends_with('.') {
                        wrong.push(format!("{}: the words are not one line that ends in a full stop: {words}", code.as_str()));
                    }
                }
            }
            Some(Example::Scene(files)) => {
                let (codes, text) = found(&files, Side::Wrong);
                if codes != BTreeSet::from([code.as_str()]) {
                    wrong.push(format!("the wrong scene of {}:\n{text}", code.as_str()));
                }
                let (codes, text) = found(&files, Side::Right);
                if !codes.is_empty() {
                    wrong.push(format!("the right scene of {}:\n{text}", code.as_str()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Longest line of an example, in characters: what fits beside its mark on a page of a manual.
const LONGEST_LINE: usize = 132;

#[test]
fn every_example_is_listed_and_short() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("source/explain");
    for entry in std::fs::read_dir(folder).expect("the folder of the examples") {
        let name = entry.expect("a folder that can be listed").file_name().to_string_lossy().into_owned();
        let code =
            name.strip_suffix(".txt").and_then(Code::parse).unwrap_or_else(|| panic!("{name} is not the example of a code"));
        if let Example::Scene(files) = code.example().unwrap_or_else(|| panic!("{name} is not listed in diag/example.rs")) {
            for (_, line) in files.iter().flat_map(|file| &file.lines) {
                assert!(line.chars().count() <= LONGEST_LINE, "{name}: {line}");
            }
            let lines: usize = files.iter().map(|file| file.lines.len()).sum();
            assert!(lines <= 30, "{name} has {lines} lines");
        }
    }
}
