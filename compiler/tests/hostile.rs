//! Hostile input: mutations of every good scene, damaged files that scenes name, and more of everything than anybody writes. The answer
//! comes in bounded time, and it is never a panic.

use pngine_compiler::diag::{self, Severity};
use pngine_compiler::source::{MemorySources, Sources};
use pngine_compiler::{Compiled, Options};
use pngine_testkit::scenes;
use std::path::Path;
use std::time::{Duration, Instant};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Longest that one compilation may take, in a debug build on a busy machine. Most take some milliseconds.
const LONGEST: Duration = Duration::from_secs(60);

/// Numbers without pattern, the same in every run.
struct Random(u64);

impl Random {
    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % end.max(1)
    }
}

/// Compiles in bounded time. There is a program exactly where there is no error, and findings can be shown.
fn survives(sources: &dyn Sources, entry: &str, text: &[u8], what: &str) -> Compiled {
    let start = Instant::now();
    let compiled = pngine_compiler::compile(sources, entry, text, &Options::default());
    let has_errors = compiled.diagnostics.iter().any(|finding| finding.severity() == Severity::Error);
    assert_eq!(compiled.program.is_none(), has_errors, "{what}");
    let _ =
        (diag::render(&compiled.sources, &compiled.diagnostics, true), diag::to_json(&compiled.sources, &compiled.diagnostics));
    assert!(start.elapsed() < LONGEST, "{what} takes {:?}", start.elapsed());
    compiled
}

/// What mutations put in: parts of the language, numbers at its limits, and bytes that are no text.
const SPLINTERS: [&[u8]; 28] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b")",
    b"=",
    b"\"",
    b"#",
    b"$",
    b"-",
    b"*/",
    b"//",
    b"0",
    b"-1",
    b"4294967295",
    b"4294967296",
    b"1e9",
    b"1e308",
    b"0.5",
    b"true",
    b"canvas.width",
    b"main",
    b"pool=255",
    b"\xFF",
    b"\0",
    b"\xF0\x9F\x8E\x89",
    b"",
];

#[test]
fn mutated_scenes_survive() {
    let mut random = Random(3);
    let folders = ["tests/ok", "tests/eras", "examples"].map(|folder| scenes::scenes(&Path::new(REPOSITORY).join(folder)));
    for scene in folders.iter().flatten() {
        let _ = scene.compile(&Options::default());
        let sources = scenes::Folder(scene.folder.clone());
        let bytes = scene.bytes();
        for round in 0..4 {
            let mut mutated = bytes.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(mutated.len());
                if round % 2 == 0 {
                    // A word becomes another word of the same scene, or something else.
                    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
                    let end = at + mutated.iter().skip(at).take_while(|byte| is_word(byte)).count().max(1);
                    let from = random.below(bytes.len());
                    let len = bytes.iter().skip(from).take_while(|byte| is_word(byte)).count();
                    let other =
                        if random.below(2) == 0 { SPLINTERS[random.below(SPLINTERS.len())] } else { &bytes[from..from + len] };
                    mutated.splice(at..end.min(mutated.len()), other.iter().copied()).for_each(drop);
                } else {
                    let end = (at + random.below(40)).min(mutated.len());
                    let other = SPLINTERS[random.below(SPLINTERS.len())];
                    mutated.splice(at..end, other.iter().copied()).for_each(drop);
                }
                if mutated.is_empty() {
                    break;
                }
            }
            let what = format!("{} round {round}:\n{}", scene.name, String::from_utf8_lossy(&mutated));
            survives(&sources, &scene.entry, &mutated, &what);
        }
    }
}

#[test]
fn damaged_files_survive() {
    let read = |path: &str| std::fs::read(Path::new(REPOSITORY).join("tests/ok/assets").join(path)).expect("an asset");
    let image = "#data d { file=\"x\" } #imageBitmap i { image=d }
        #texture t { size=[i.width i.height] format=rgba8unorm usage=[COPY_DST RENDER_ATTACHMENT] }
        #queue q { copyExternalImageToTexture={ source={ source=i } destination={ texture=t } } } #frame main { perform=[q] }";
    let call = "#data d { wasm={ module={ url=\"x\" } func=make returns=\"array<vec2f, 3>\" } }
        #buffer b { size=d usage=[VERTEX] } #queue q { writeBuffer={ buffer=b data=d } } #frame main { perform=[q] }";
    let video = "#video v { file=\"x\" } #frame main {}";
    for (file, scene) in [
        ("photo.png", image),
        ("photo.webp", image),
        ("turned.jpg", image),
        ("calls.wasm", call),
        ("clip.mp4", video),
        ("clip.webm", video),
    ] {
        let good = read(file);
        // Every byte of small files; large ones have their structure in front.
        for at in 0..good.len().min(400) {
            let (mut flipped, mut cut) = (good.clone(), good.clone());
            flipped[at] ^= 0xFF;
            cut.truncate(at);
            for bytes in [flipped, cut] {
                let sources = MemorySources([("x".to_string(), bytes)].into());
                survives(&sources, "scene.pngine", scene.as_bytes(), &format!("{file} at {at}"));
            }
        }
    }
}

/// A megabyte of `part`.
fn many(part: &str) -> String {
    part.repeat((1 << 20) / part.len())
}

#[test]
fn more_than_anybody_writes_survives() {
    let pass = |inside: String| format!("#renderPass p {{ {inside} }} #frame main {{ perform=[p] }}");
    let data = |inside: &str| {
        format!("#data d {{ {inside} }} #buffer b {{ size=d usage=[VERTEX] mappedAtCreation=d }} #frame main {{}}")
    };
    for (what, text) in [
        ("commands", pass(format!("commands=[{}]", many("{ draw=3 } ")))),
        ("wrong commands", pass(format!("commands=[{}]", many("{ drow=3 } ")))),
        ("bundles", pass(format!("executeBundles=[{}]", many("nobody ")))),
        ("draws", pass(format!("draw=[{}]", many("[1 2 3 4] ")))),
        ("attachments", pass(format!("colorAttachments=[{}]", many("{} ")))),
        ("scenes", format!("#frame f {{}} #animation a {{ duration=9 scenes=[{}] }}", many("{ id=x frame=f end=3 } "))),
        ("frame items", format!("#queue q {{}} #frame main {{ perform=[{}] }}", many("q "))),
        (
            "queue actions",
            format!(
                "#buffer b {{ size=4 usage=[COPY_DST] }} #queue q {{ {} }} #frame main {{ perform=[q] }}",
                many("clearBuffer={ buffer=b } ")
            ),
        ),
        ("arguments", format!("#wasmCall w {{ module={{ url=\"x\" }} func=f returns=void args=[{}] }}", many("time.total "))),
        ("features", format!("#device {{ requiredFeatures=[{}] }} #frame main {{}}", many("float32-filterable "))),
        ("limits", format!("#device {{ requiredLimits={{ {} }} }} #frame main {{}}", many("maxBufferSize=1 "))),
        ("passes", (0..1_000).map(|i| format!("#pass p{i} {{ code=\"\" }}\n")).collect()),
        ("dependencies", format!("#pass a {{ code=\"\" deps=[{}] }}", many("a "))),
        ("elements", data("float32Array={ numberOfElements=1000000000 initEachElementWith=[\"random()\"] }")),
        ("most elements", data("uint8Array={ numberOfElements=4294967295 initEachElementWith=1 }")),
        ("lanes", data(&format!("float32Array={{ numberOfElements=1000000 initEachElementWith=[{}] }}", many("1 ")))),
        ("sphere", data("sphere={ segments=4096 rings=4096 }")),
        ("torus", data("torus={ radialSubdivisions=4096 bodySubdivisions=4096 indexed=true }")),
        ("base64", data(&format!("base64=\"{}\"", many("AAAA")))),
        ("minus signs", data(&format!("float32Array=[{}1]", many("-")))),
        ("nested arrays", data(&format!("float32Array={}", many("[")))),
        ("nested objects", data(&many("sphere={ "))),
        ("properties", data(&many("sphere={} "))),
        ("nested views", pass(format!("colorAttachments={}", many("{ view={ texture=")))),
    ] {
        survives(&MemorySources::default(), "scene.pngine", text.as_bytes(), what);
    }
}
