//! What the tests of this crate share: real texts, and a way to damage them.
#![allow(dead_code, reason = "each test uses a part")]

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// The head of the function around a case of the verdicts that is marked `(body)`.
const HEAD: &str = "fn body(i: i32, j: i32, u: u32, f: f32, a: bool, b: bool, c: bool, v: vec3f, w: vec3i) {\n";

/// A shader with Tint's verdict.
pub struct Case {
    /// What it shows.
    pub name: String,
    /// Its section in the table.
    pub section: String,
    /// Whether Tint takes the shader; `None` if only its pipeline is refused.
    pub accepts: Option<bool>,
    /// The shader.
    pub wgsl: String,
}

/// The cases of the table of verdicts, which says itself how it is written.
pub fn cases() -> Vec<Case> {
    let path = root().join("compiler/wgsl/tests/wgsl/verdicts.txt");
    let table = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut out: Vec<Case> = Vec::new();
    let mut section = String::new();
    let mut is_body = false;
    for line in table.lines() {
        if let Some(header) = line.strip_prefix("## ") {
            let (name, answer) = header.split_once(": ").unwrap_or_else(|| panic!("no verdict: {header}"));
            let (name, body) = name.strip_suffix(" (body)").map_or((name, false), |name| (name, true));
            is_body = body;
            let accepts = match answer.split(' ').next() {
                Some("accept") => Some(true),
                Some("reject") => Some(false),
                _ => None,
            };
            let wgsl = if body { format!("{HEAD}}}\n") } else { String::new() };
            out.push(Case { name: name.to_string(), section: section.clone(), accepts, wgsl });
        } else if let Some(title) = line.strip_prefix("# ") {
            section = title.to_string();
        } else if let Some(case) = out.last_mut() {
            let at = if is_body { case.wgsl.len() - 2 } else { case.wgsl.len() };
            case.wgsl.insert_str(at, &format!("{line}\n"));
        }
    }
    out
}

fn files(folder: &Path, extension: &str, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())).collect();
    entries.sort_by_key(|entry| entry.as_ref().map(std::fs::DirEntry::path).unwrap_or_default());
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, extension, out);
        } else if path.extension().is_some_and(|found| found == extension) {
            out.push(path);
        }
    }
}

/// WGSL of the examples, the tests and the library: whole files, and strings of scenes that hold functions.
pub fn texts() -> Vec<(String, String)> {
    let mut out = Vec::new();
    for folder in ["examples", "tests/ok", "compiler/wgsl/library", "compiler/wgsl/tests/wgsl"] {
        let mut paths = Vec::new();
        files(&root().join(folder), "wgsl", &mut paths);
        for path in &paths {
            out.push((path.display().to_string(), std::fs::read_to_string(path).expect("text")));
        }
        let mut scenes = Vec::new();
        files(&root().join(folder), "pngine", &mut scenes);
        for path in &scenes {
            let scene = std::fs::read_to_string(path).expect("text");
            // Escapes would need the reader of scenes.
            if scene.contains("\\\"") {
                continue;
            }
            for (index, part) in scene.split('"').enumerate() {
                if index % 2 == 1 && part.contains("fn ") && part.contains('{') {
                    out.push((format!("{} {index}", path.display()), part.to_string()));
                }
            }
        }
    }
    out
}

/// Numbers that look random, the same in every run.
pub struct Random(pub u64);

impl Random {
    /// The next one, below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

/// Words that matter to a parser.
const WORDS: &[&str] = &[
    "fn",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    ">>",
    ">=",
    "=",
    "==",
    ";",
    ",",
    ":",
    "::",
    ".",
    "@",
    "-",
    "--",
    "&",
    "&&",
    "*",
    "_",
    "if",
    "else",
    "loop",
    "for",
    "while",
    "switch",
    "case",
    "default",
    "continuing",
    "break",
    "return",
    "let",
    "var",
    "var<",
    "const",
    "struct",
    "alias",
    "import",
    "enable",
    "diagnostic",
    "0x",
    "1e",
    "1.5f",
    "7",
    "a",
    "vec3<f32>",
    "array<",
    "/*",
    "*/",
    "//",
    "\n",
    "é",
    "\u{2028}",
    "\"",
    "#",
    "\0",
    "const_assert",
    "override",
    "true",
    "!",
    "~",
    "f32(",
    "1u",
    "0xffffffffff",
    "1e999",
    "workgroup_size",
];

/// The text with something taken out, put in or said twice.
pub fn damage(text: &str, random: &mut Random) -> String {
    let mut text = text.to_string();
    for _ in 0..=random.below(3) {
        let mut cut = || {
            let mut at = random.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (one, two) = (cut(), cut());
        let (from, to) = (one.min(two), one.max(two).min(one.min(two) + 40));
        let to = (to..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        match random.below(4) {
            0 => text.replace_range(from..to, ""),
            1 => text = format!("{}{}", &text[..to], &text[from..]),
            2 => text.insert_str(from, WORDS[random.below(WORDS.len())]),
            _ => text.replace_range(from..to, &format!(" {} ", WORDS[random.below(WORDS.len())])),
        }
    }
    text
}

/// Runs on a stack of a mebibyte, which is what WebAssembly has.
pub fn on_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// Texts that nest or repeat one construct, each about `bytes` long.
pub fn hostile(bytes: usize) -> Vec<String> {
    let body = |text: String| format!("fn f() {{ {text} }}");
    let repeat = |part: &str| part.repeat(bytes / part.len());
    let mut out = vec![
        repeat("("),
        repeat("{"),
        repeat("["),
        repeat("a<"),
        repeat("a>"),
        repeat("/*"),
        repeat("@a("),
        repeat("fn f() {"),
        repeat("fn f() {}\n"),
        repeat("struct s { a: "),
        repeat("import a::{"),
        repeat(";"),
        repeat("}"),
        repeat("$ "),
        repeat("é"),
        repeat("1"),
        repeat("a"),
        repeat("const a = 1;\n"),
        repeat("alias a = a;"),
    ];
    for part in [
        "x = (",
        "x = -",
        "x = !",
        "x = a+",
        "x = a&",
        "x = a && ",
        "x = a.b",
        "x = a[",
        "x = a(",
        "x = f(a<b, ",
        "{",
        "if a {",
        "if a {} else ",
        "loop {",
        "switch a { default {",
        "for (;;) {",
        "while a {",
        "let x = 1;",
        "let x = vec3<",
        "x++;",
        "a = a<b;",
        "a = a<",
        "*",
        "&",
        "(",
        "1",
        "_ = ",
        "f();",
        "f(",
        "return ",
        "@a ",
        "case 1: {",
    ] {
        out.push(body(repeat(part)));
    }
    for (open, middle, close) in [
        ("(", "a", ")"),
        ("a[", "1", "]"),
        ("f(", "a", ")"),
        ("array<", "f32", ">"),
        ("-", "a", ""),
        ("", "a", " + a"),
        ("a.", "b", ""),
        ("!(", "a", ")"),
    ] {
        let count = bytes / (open.len() + close.len());
        out.push(body(format!("x = {}{middle}{};", open.repeat(count), close.repeat(count))));
    }
    out.push(body(format!("if a {{}} {}", repeat("else if a {} "))));
    out.push(format!("const a = array({});", repeat("1,")));
    out.push(body(format!("switch a {{ {} default {{}} }}", repeat("case 1 {} "))));
    out
}
