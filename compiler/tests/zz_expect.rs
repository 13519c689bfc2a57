//! scratch; Every scene of `examples/`, `tests/ok/` and `tests/err/`, found by listing.
//!
//! A case is a file `NAME.pngine`, or a directory `NAME` with a `main.pngine` and what that imports. A good scene compiles without a
//! finding; its tree, its resolved scene and its bytecode are snapshots. A bad one names what is expected of it in its first lines,
//! `// expect: E0201 12:7-12:11` (code, and line and column of the first and one past the last character of the primary span),
//! with the name of the file before the place if it is not the entry file, and `-` where a finding has no place. What the user
//! then reads is a snapshot, as text and as JSON.

use pngine_compiler::diag::{self, Code, Diagnostic, Severity};
use pngine_compiler::load;
use pngine_compiler::program::{Compiled, Options};
use pngine_compiler::source::{ReadError, SourceMap, Sources};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The files of a case's directory. Nothing above it can be read.
struct Directory(PathBuf);

impl Sources for Directory {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if path.split('/').any(|part| part == "..") {
            return Err(ReadError::OutsideRoot);
        }
        std::fs::read(self.0.join(path)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ReadError::NotFound,
            // The system's own words differ from one to the next.
            kind => ReadError::Other(kind.to_string()),
        })
    }
}

struct Case {
    name: String,
    directory: PathBuf,
    entry: String,
}

impl Case {
    fn bytes(&self) -> Vec<u8> {
        let path = self.directory.join(&self.entry);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn compile(&self) -> Compiled {
        let options = Options { minify: true, keep_source: false };
        pngine_compiler::compile(&Directory(self.directory.clone()), &self.entry, &self.bytes(), &options)
    }
}

/// The cases of a directory of the repository, sorted by name.
fn cases(directory: &str) -> Vec<Case> {
    let directory = Path::new(REPOSITORY).join(directory);
    let listing = std::fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut cases = Vec::new();
    for entry in listing {
        let path = entry.expect("a directory that can be listed").path();
        let file_name = path.file_name().and_then(|name| name.to_str()).expect("a readable name").to_string();
        if let Some(name) = file_name.strip_suffix(".pngine") {
            cases.push(Case { name: name.to_string(), directory: directory.clone(), entry: file_name });
        } else if path.join("main.pngine").exists() {
            cases.push(Case { name: file_name, directory: path, entry: "main.pngine".to_string() });
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

/// Compares with `snapshots/FOLDER/NAME.snap`.
fn snapshot(folder: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(REPOSITORY).join("snapshots").join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Runs a check on every case, and fails with the names of all cases that failed.
fn for_each(directory: &str, check: impl Fn(&Case)) {
    let cases = cases(directory);
    assert!(!cases.is_empty(), "there are no cases in {directory}");
    let failed: Vec<&str> = cases
        .iter()
        .filter(|case| catch_unwind(AssertUnwindSafe(|| check(case))).is_err())
        .map(|case| case.name.as_str())
        .collect();
    assert!(failed.is_empty(), "{} of {} cases in {directory} failed: {}", failed.len(), cases.len(), failed.join(", "));
}

/// The trees of all `.pngine` files of a program.
fn trees(case: &Case) -> String {
    let loaded = load::load(&Directory(case.directory.clone()), &case.entry, &case.bytes(), &mut Vec::new());
    let mut out = String::new();
    for (file, tree) in loaded.sources.files().iter().zip(&loaded.trees) {
        if loaded.trees.len() > 1 {
            out.push_str(&format!("== {}\n", file.name));
        }
        out.push_str(&tree.dump(&loaded.sources));
    }
    out
}

fn good_scene(folder: &str, case: &Case) {
    let compiled = case.compile();
    assert!(compiled.diagnostics.is_empty(), "{}:\n{}", case.name, diag::render(&compiled.sources, &compiled.diagnostics, false));
    let program = compiled.program.expect("a program where there is no error");
    snapshot(folder, &format!("{}@tree", case.name), &trees(case));
    snapshot(folder, &format!("{}@scene", case.name), &program.scene_text);
    let bytecode = pngine_format::bytecode::disassemble(&program.bytecode, &program.data);
    snapshot(folder, &format!("{}@bytecode", case.name), &bytecode);
    // The same scene gives the same bytes, wherever its directory lies.
    let again = case.compile().program.expect("a program again");
    assert_eq!(program.bytecode, again.bytecode, "{}", case.name);
    assert_eq!(program.data, again.data, "{}", case.name);
}

/// `CODE [FILE] LINE:COLUMN-LINE:COLUMN`, or `CODE -`.
fn place(sources: &SourceMap, diagnostic: &Diagnostic) -> String {
    let code = diagnostic.code.as_str();
    let Some(label) = &diagnostic.primary else { return format!("{code} -") };
    let span = sources.clamp(label.span).expect("the file of a span");
    let file = sources.file(span.file);
    let (start, end) = (file.position(span.start), file.position(span.end));
    let name = if span.file.0 == 0 { String::new() } else { format!("{} ", file.name) };
    format!("{code} {name}{}:{}-{}:{}", start.line, start.column, end.line, end.column)
}

/// The `// expect:` comments at the top of a file that need not be text.
fn expected(bytes: &[u8]) -> Vec<String> {
    bytes
        .split(|&byte| byte == b'\n')
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .map_while(|line| line.trim().strip_prefix("// expect:").map(|expected| expected.trim().to_string()))
        .collect()
}


#[test]
fn write_expectations() {
    let only = std::env::var("ONLY").unwrap_or_default();
    for case in cases("tests/err") {
        if !case.name.contains(&only) { continue; }
        let bytes = case.bytes();
        let old = expected(&bytes);
        // Strip the old lines, pad with as many lines as there will be, until it is stable.
        let mut rest = &bytes[..];
        for _ in &old { let at = rest.iter().position(|b| *b == b'\n').unwrap() + 1; rest = &rest[at..]; }
        let rest = rest.to_vec();
        let mut lines: Vec<String> = Vec::new();
        for _ in 0..3 {
            let mut text: Vec<u8> = Vec::new();
            for line in &lines { text.extend(format!("// expect: {line}\n").bytes()); }
            text.extend(&rest);
            std::fs::write(case.directory.join(&case.entry), &text).unwrap();
            let compiled = case.compile();
            let found: Vec<String> = compiled.diagnostics.iter().map(|d| place(&compiled.sources, d)).collect();
            if found == lines { break; }
            lines = found;
        }
        let compiled = case.compile();
        println!("=== {}\n{}", case.name, diag::render(&compiled.sources, &compiled.diagnostics, false));
    }
}
