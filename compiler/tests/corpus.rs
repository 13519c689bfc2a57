//! Every scene of `examples/`, `tests/ok/` and `tests/err/`, found by listing.
//!
//! A case is a file `NAME.pngine`, or a directory `NAME` with a `main.pngine` and what that imports. A good scene compiles without a
//! finding; the tree, the resolved scene and the bytecode of those in `tests/ok/` are snapshots. (Examples have approved pictures
//! instead: `cli/tests/pictures.rs`.) A bad one names what is expected of it in its first lines,
//! `// expect: E0201 12:7-12:11` (code, and line and column of the first and one past the last character of the primary span),
//! with the name of the file before the place if it is not the entry file, and `-` where a finding has no place. What the user
//! then reads is a snapshot, behind the source; of ten cases as JSON, too.

use pngine_compiler::diag::{self, Code, Diagnostic, Severity};
use pngine_compiler::source::{MemorySources, SourceMap};
use pngine_compiler::{Compiled, Options, Program};
use pngine_syntax::load;
use pngine_testkit::scenes;
use scenes::Scene;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The scenes of a directory of the repository, sorted by name.
fn cases(directory: &str) -> Vec<Scene> {
    scenes::scenes(&Path::new(REPOSITORY).join(directory))
}

/// The same for every case, so that one build is like the other.
fn compile(case: &Scene) -> Compiled {
    case.compile(&Options { scene_text: true, ..Options::default() })
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
fn for_each(directory: &str, check: impl Fn(&Scene)) {
    let cases = cases(directory);
    let failed: Vec<&str> = cases
        .iter()
        .filter(|case| catch_unwind(AssertUnwindSafe(|| check(case))).is_err())
        .map(|case| case.name.as_str())
        .collect();
    assert!(failed.is_empty(), "{} of {} cases in {directory} failed: {}", failed.len(), cases.len(), failed.join(", "));
}

/// The trees of all `.pngine` files of a program.
fn trees(case: &Scene) -> String {
    let loaded = load::load(&scenes::Folder(case.folder.clone()), &case.entry, &case.bytes(), &mut Vec::new());
    let mut out = String::new();
    for (file, tree) in loaded.sources.files().iter().zip(&loaded.trees) {
        if loaded.trees.len() > 1 {
            out.push_str(&format!("== {}\n", file.name));
        }
        out.push_str(&tree.dump(&loaded.sources));
    }
    out
}

/// The program of a scene, and the scene as text.
fn good_scene(case: &Scene) -> (Program, String) {
    let compiled = compile(case);
    let found: BTreeSet<String> = compiled.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str().to_string()).collect();
    assert_eq!(found, case.warned_codes(), "{}:\n{}", case.name, diag::render(&compiled.sources, &compiled.diagnostics, false));
    let program = compiled.program.expect("a program where there is no error");
    // The same scene gives the same bytes, wherever its directory lies.
    let again = compile(case).program.expect("a program again");
    assert_eq!(program.bytecode, again.bytecode, "{}", case.name);
    assert_eq!(program.data, again.data, "{}", case.name);
    (program, compiled.scene_text.expect("the scene as text"))
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
fn every_example_compiles_without_a_finding() {
    for_each("examples", |case| {
        good_scene(case);
    });
}

#[test]
fn every_good_scene_compiles_without_a_finding() {
    for_each("tests/ok", |case| {
        let (program, scene_text) = good_scene(case);
        snapshot("ok", &format!("{}@tree", case.name), &trees(case));
        snapshot("ok", &format!("{}@scene", case.name), &scene_text);
        let mut bytecode = pngine_format::bytecode::disassemble(&program.bytecode, &program.data);
        for (tag, bytes) in &program.extensions {
            let text = match pngine_format::descriptor::decode(bytes) {
                Ok((ty, value)) => format!("{} {}", ty.name(), value.text()),
                Err(_) => String::from_utf8_lossy(bytes).into_owned(),
            };
            bytecode.push_str(&format!("extension {tag}: {text}\n"));
        }
        snapshot("ok", &format!("{}@bytecode", case.name), &bytecode);
    });
}

#[test]
fn every_example_opens_with_a_comment_that_says_what_it_shows() {
    for_each("examples", |case| {
        let text = String::from_utf8(case.bytes()).expect("an example is text");
        assert!(text.starts_with("// "), "{}", case.name);
    });
}

#[test]
fn every_bad_scene_gets_exactly_the_expected_findings() {
    for_each("tests/err", |case| {
        let expected = expected(&case.bytes());
        assert!(!expected.is_empty(), "{}: the file says of no code that it is expected", case.name);
        let compiled = compile(case);
        let found: Vec<String> = compiled.diagnostics.iter().map(|diagnostic| place(&compiled.sources, diagnostic)).collect();
        let rendered = diag::render(&compiled.sources, &compiled.diagnostics, false);
        assert_eq!(found, expected, "{}:\n{rendered}", case.name);
        let has_error = compiled.diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error);
        assert_eq!(compiled.program.is_none(), has_error, "{}: a program comes out exactly where there is no error", case.name);
        snapshot("err", &case.name, &format!("{}\n{rendered}", shown_source(&case.bytes())));
        if AS_JSON.contains(&case.name.as_str()) {
            let json = diag::to_json(&compiled.sources, &compiled.diagnostics);
            snapshot("json", &case.name, &format!("{json:#}"));
        }
    });
}

/// Cases whose findings are also a snapshot as JSON. They have between them fixes of one and several edits, labels in several files,
/// notes, help, warnings, findings without a place, and characters of several bytes.
const AS_JSON: [&str; 10] = [
    "ambiguous_name",
    "control_characters_in_names",
    "import_cycle",
    "many_mistakes",
    "mistakes_in_imports",
    "nothing_drawn",
    "old_spellings",
    "unicode_columns",
    "wgsl_in_a_file",
    "wgsl_invalid",
];

/// Longest source that is shown in a snapshot, in bytes.
const MAX_SHOWN: usize = 16 << 10;

/// The entry file as a reader of a snapshot sees it: each line behind a bar, what is no text or a control character escaped.
fn shown_source(bytes: &[u8]) -> String {
    if bytes.len() > MAX_SHOWN {
        return format!("│ {} bytes\n", bytes.len());
    }
    let escape = |c: char| if c.is_control() && c != '\t' { c.escape_unicode().to_string() } else { c.to_string() };
    let line = |line: &str| format!("│ {}", line.chars().map(escape).collect::<String>()).trim_end().to_string() + "\n";
    String::from_utf8_lossy(bytes).lines().map(line).collect()
}

#[test]
fn no_snapshot_is_left_of_a_case_that_is_gone() {
    let err: Vec<String> = cases("tests/err").into_iter().map(|case| case.name).collect();
    for name in AS_JSON {
        assert!(err.iter().any(|case| case == name), "{name} is no case");
    }
    let parts = |name: String| ["tree", "scene", "bytecode"].map(|part| format!("{name}@{part}"));
    let ok: Vec<String> = cases("tests/ok").into_iter().flat_map(|case| parts(case.name)).collect();
    let json = AS_JSON.map(String::from).to_vec();
    for (folder, names) in [("ok", ok), ("err", err), ("json", json)] {
        let wanted: BTreeSet<String> = names.iter().map(|name| format!("{name}.snap")).collect();
        let folder = Path::new(REPOSITORY).join("snapshots").join(folder);
        let found: BTreeSet<String> = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.expect("a directory that can be listed").file_name().to_string_lossy().into_owned())
            // What waits for review is the failure of another test.
            .filter(|name| !name.ends_with(".snap.new"))
            .collect();
        let list = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>().join(" ");
        let (stale, missing) = (list(&found, &wanted), list(&wanted, &found));
        assert!(stale.is_empty() && missing.is_empty(), "in {}: of no case: {stale}; not there: {missing}", folder.display());
    }
}

/// Codes that no scene of this directory can bring about, and who does.
const NOT_FROM_A_SCENE: &[(Code, &str)] = &[
    (Code::SourceTooLarge, "a test below"),
    (Code::TooManyErrors, "a test below"),
    (Code::TooManyWarnings, "a test below"),
    (Code::FileTooLarge, "the limit is the command line's"),
    (Code::CannotWrite, "the command line's outputs"),
    (Code::WouldReplace, "the command line's outputs"),
    (Code::WrongInput, "the command line's inputs"),
    (Code::NoScene, "the command line's inputs"),
    (Code::DamagedScene, "the command line's inputs"),
    (Code::ExecutorFailed, "the command line's checks"),
    (Code::NoExecutor, "the command line's checks"),
    (Code::NotInside, "the command line's `extract`"),
    (Code::NoSuchFrame, "the command line's `--frame`"),
    (Code::OverBudget, "the command line's `--max-size`"),
    (Code::PictureFormat, "the command line's `--output`"),
    (Code::CannotServe, "`pngine dev`"),
    (Code::NoGpu, "the native viewer"),
    (Code::GpuError, "the native viewer"),
    (Code::HostLacks, "the native viewer"),
    (Code::UniformNotSet, "the command line's `--set`"),
    (Code::NoSuchScene, "the command line's `--scene`"),
    (Code::InvalidResource, "command buffers: tests of the host"),
    (Code::BufferTooSmall, "command buffers: tests of the host"),
    (Code::MissingResource, "command buffers: tests of the host"),
    (Code::OutOfBounds, "command buffers: tests of the host"),
    (Code::InvalidUsage, "command buffers: tests of the host"),
    (Code::InvalidTexture, "command buffers: tests of the host"),
    (Code::InvalidSequence, "command buffers: tests of the host"),
    (Code::UnknownCommand, "command buffers: tests of the host"),
    (Code::PluginNotEnabled, "command buffers: tests of the host"),
    (Code::NotSupportedYet, "only while a version lacks something that the tables have"),
    (Code::WasmFailed, "command buffers: tests of the host"),
    (Code::ImageFailed, "command buffers: tests of the host"),
    (Code::BudgetExceeded, "command buffers: tests of the host"),
    (Code::BeyondDefaultLimit, "retired"),
    (Code::GpuStalled, "command buffers: tests of the hosts that draw"),
];

#[test]
fn every_code_is_explained_and_brought_about_by_a_bad_scene() {
    let seen: BTreeSet<String> = cases("tests/err")
        .iter()
        .flat_map(|case| expected(&case.bytes()))
        .filter_map(|line| line.split(' ').next().map(str::to_string))
        .collect();
    let mut wrong = Vec::new();
    for &code in Code::ALL {
        if code.explanation().trim().is_empty() || code.title().is_empty() {
            wrong.push(format!("{} is not explained", code.as_str()));
        }
        let excused = NOT_FROM_A_SCENE.iter().any(|(excused, _)| *excused == code);
        match (seen.contains(code.as_str()), excused) {
            (false, false) => wrong.push(format!("no scene in tests/err brings about {} ({})", code.as_str(), code.title())),
            (true, true) => wrong.push(format!("{} is brought about, and need not be excused", code.as_str())),
            _ => {}
        }
    }
    for code in &seen {
        if Code::parse(code).is_none() {
            wrong.push(format!("there is no code {code}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The codes of a scene's findings, each once.
fn codes(scene: &[u8]) -> Vec<&'static str> {
    let compiled = pngine_compiler::compile(&MemorySources::default(), "scene.pngine", scene, &Options::default());
    assert_eq!(
        compiled.program.is_some(),
        compiled.diagnostics.iter().all(|diagnostic| diagnostic.severity() == Severity::Warning)
    );
    let codes: BTreeSet<&str> = compiled.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    codes.into_iter().collect()
}

#[test]
fn scenes_beyond_the_limits_are_refused() {
    assert_eq!(codes(&vec![b' '; (16 << 20) + 1]), ["E0102"]);
    assert_eq!(codes("#frame a { ; }\n".repeat(200).as_bytes()), ["E0103", "E0112"]);
    let pools: String = (0..300).map(|i| format!("#buffer b{i} {{ size=4 usage=[STORAGE] pool=255 }}\n")).collect();
    assert_eq!(codes(format!("{pools}#frame main {{}}").as_bytes()), ["E0707"]);
    // Buffers that nothing uses.
    let unused: String = (0..1001).map(|i| format!("#buffer b{i} {{ size=4 usage=[STORAGE] }}\n")).collect();
    let scene = format!("{unused}#renderPass p {{ }}\n#frame main {{ perform=[p] }}");
    assert_eq!(codes(scene.as_bytes()), ["W0102", "W0204"]);
}

#[test]
fn what_is_no_scene_is_refused() {
    assert_eq!(codes(b""), ["E0111"]);
    assert_eq!(codes(b" \r\n\t"), ["E0111"]);
    assert_eq!(codes(&[0; 1000]), ["E0101"]);
    assert_eq!(codes(b"\x89PNG\r\n\x1a\n"), ["E0101"]);
    assert_eq!(codes(&vec![b'{'; 10 << 20]), ["E0108"]);
}

/// The first bytes of a `#data`, which are also the first of the program's data.
fn data_bytes(declaration: &str, len: usize) -> Vec<u8> {
    let scene = format!(
        "#data d {{ {declaration} }}
        #buffer b {{ size=d usage=[STORAGE] }}
        #queue q {{ writeBuffer={{ buffer=b data=d }} }}
        #renderPass clear {{ }}
        #frame main {{ perform=[q clear] }}"
    );
    let compiled = pngine_compiler::compile(&MemorySources::default(), "scene.pngine", scene.as_bytes(), &Options::default());
    assert!(compiled.diagnostics.is_empty(), "{}", diag::render(&compiled.sources, &compiled.diagnostics, false));
    let data = compiled.program.expect("a program").data;
    data[..len].to_vec()
}

#[test]
fn numbers_are_stored_little_endian_in_their_type() {
    assert_eq!(data_bytes("float32Array=[1 -0.5]", 8), [0, 0, 0x80, 0x3F, 0, 0, 0, 0xBF]);
    assert_eq!(data_bytes("float16Array=[1 -0.5]", 4), [0, 0x3C, 0, 0xB8]);
    assert_eq!(data_bytes("int32Array=[-2]", 4), [0xFE, 0xFF, 0xFF, 0xFF]);
    assert_eq!(data_bytes("uint32Array=[0x01020304]", 4), [4, 3, 2, 1]);
    assert_eq!(data_bytes("int16Array=[-2 258]", 4), [0xFE, 0xFF, 2, 1]);
    assert_eq!(data_bytes("uint16Array=[65535 1]", 4), [0xFF, 0xFF, 1, 0]);
    assert_eq!(data_bytes("int8Array=[-1 127 -128 0]", 4), [0xFF, 0x7F, 0x80, 0]);
    assert_eq!(data_bytes("uint8Array=[255 1 2 3]", 4), [255, 1, 2, 3]);
    assert_eq!(data_bytes("type=i16 values=[-1 1]", 4), [0xFF, 0xFF, 1, 0]);
}

/// The first singles of a `#data`.
fn data_singles(declaration: &str, count: usize) -> Vec<f32> {
    let bytes = data_bytes(declaration, count * 4);
    bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect()
}

#[test]
fn generated_lanes_are_interleaved_and_random_numbers_repeat() {
    let generated = "float32Array={ numberOfElements=3 initEachElementWith=[\"ELEMENT_ID * 2\" \"NUM - NUM_X / 2\"] }";
    assert_eq!(data_singles(generated, 6), [0.0, 1.5, 2.0, 1.5, 4.0, 1.5]);
    assert_eq!(data_bytes("uint8Array={ numberOfElements=4 initEachElementWith=\"255 - ELEMENT_ID\" }", 4), [255, 254, 253, 252]);
    // The first numbers of `#data d`: part of the language, see docs/language.md, so they are the same in every version.
    let random = "float32Array={ numberOfElements=2 initEachElementWith=[\"random()\" \"random() + random() * 0\"] }";
    assert_eq!(data_singles(random, 4), [0.2968328, 0.61844397, 0.77151763, 0.9240417]);
}

#[test]
fn a_million_generated_elements_and_a_large_file_compile() {
    let scene = b"#data stars { float32Array={ numberOfElements=1000000 initEachElementWith=[\"random()\" \"sin(ELEMENT_ID * TAU / NUM)\"] } }
        #data large { file=\"large.bin\" }
        #buffer stars { size=stars usage=[STORAGE] mappedAtCreation=stars }
        #buffer large { size=large usage=[STORAGE] mappedAtCreation=large pool=3 }
        #renderPass clear {}
        #frame main { perform=[clear] }";
    let mut sources = MemorySources::default();
    sources.0.insert("large.bin".to_string(), (0..20 << 20).map(|i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect());
    let compiled = pngine_compiler::compile(&sources, "scene.pngine", scene, &Options::default());
    let codes: BTreeSet<&str> = compiled.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), ["W0204"]);
    let data = compiled.program.expect("a program").data.len();
    assert_eq!(data, 8_000_000 + (20 << 20));
}

#[test]
fn expressions_have_the_values_that_arithmetic_gives() {
    for (expression, value) in [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("10 - 2 - 3", 5.0),
        ("2 / 4 / 2", 0.25),
        ("7 % 4 + 0x10", 19.0),
        ("-(1 - 3)", 2.0),
        ("1e3 + .5", 1000.5),
        ("pow(2, 10) / 4", 256.0),
        ("clamp(-1, 0, 1) + min(3, 2, 5) + max(1, 4)", 6.0),
        ("round(2.5) + floor(-0.5) + ceil(0.1)", 3.0),
        ("sign(-9) + abs(-2) + sqrt(16)", 5.0),
        ("cos(0) + sin(0) + tan(0)", 1.0),
        ("TAU / PI", 2.0),
    ] {
        let (bare, quoted) = (format!("({expression})"), format!("\"{expression}\""));
        for written in [bare, quoted] {
            let bytes = data_bytes(&format!("float32Array=[{written}]"), 4);
            let number = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            assert_eq!(number, value, "{written}");
        }
    }
}
