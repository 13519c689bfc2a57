//! `cargo xtask bench`: the size and speed figures of `docs/benchmarks.md`. Nothing here is a test.

use pngine_analysis::analysis::Analysis;
use pngine_analysis::memo::Memo;
use pngine_compiler::Options;
use pngine_compiler::pack::{self, Effort, Embed};
use pngine_compiler::source::FileId;
use pngine_format::status::Plugins;
use pngine_syntax::lex::Token;
use pngine_testkit::scenes::{self, Folder, Scene};
use std::path::Path;
use std::time::Instant;

/// Prints all figures.
///
/// # Errors
/// If an example does not compile.
pub fn run() -> Result<(), String> {
    sizes()?;
    executors();
    speed()?;
    again()
}

/// Prints how long it takes to look at the largest examples for the first time, and again after a change of one character in a value: what
/// an editor does at every key.
///
/// # Errors
/// If an example has an error, or no number that can be another one.
pub fn again() -> Result<(), String> {
    println!("\nMilliseconds of an `Analysis`, median of 99 runs on this machine; shaders that were judged, each time:\n");
    println!("| example | input bytes | first | judged | after a change | judged |");
    println!("|---|---|---|---|---|---|");
    let mut largest = examples();
    largest.sort_by_key(|scene| std::cmp::Reverse(scene.bytes().len()));
    for scene in largest.iter().take(5) {
        let text = String::from_utf8_lossy(&scene.bytes()).into_owned();
        let folder = Folder(scene.folder.clone());
        let changed = with_another_number(scene, &text).ok_or_else(|| format!("{}: no number to change", scene.name))?;
        let look = |memo: &Memo, text: &str| std::hint::black_box(Analysis::with(memo, &folder, &scene.entry, text.as_bytes()));
        let first_memo = Memo::default();
        let first = median(99, |_| {
            look(&Memo::default(), &text);
        });
        look(&first_memo, &text);
        let memo = Memo::default();
        look(&memo, &text);
        let before = memo.judged();
        let after = median(99, |run| {
            // Other blanks in front, so that no text was seen before, and everything stands elsewhere.
            let text = format!("{}{}", "\n".repeat(run + 1), if run % 2 == 0 { &changed } else { &text });
            look(&memo, &text);
        });
        let (judged_first, judged) = (first_memo.judged(), memo.judged() - before);
        println!("| {} | {} | {:.3} | {judged_first} | {:.3} | {judged} |", scene.name, text.len(), first * 1e3, after * 1e3);
    }
    Ok(())
}

/// The text with one other digit, that of a number that may be another one.
fn with_another_number(scene: &Scene, text: &str) -> Option<String> {
    let tree = pngine_syntax::parse::parse(FileId(0), text, &mut Vec::new());
    let numbers = tree.tokens.iter().filter(|(token, _)| *token == Token::Number).map(|(_, span)| span.end as usize - 1);
    numbers.rev().find_map(|at| {
        let digit = text.get(at..=at)?.parse::<u8>().ok()?;
        let changed = format!("{}{}{}", text.get(..at)?, (digit + 1) % 10, text.get(at + 1..)?);
        let analysis = Analysis::of(&Folder(scene.folder.clone()), &scene.entry, changed.as_bytes());
        analysis.findings.is_empty().then_some(changed)
    })
}

/// Seconds that some work takes, the median of so many runs behind a first one.
fn median(runs: usize, mut work: impl FnMut(usize)) -> f64 {
    work(runs);
    let mut times: Vec<f64> = (0..runs)
        .map(|run| {
            let start = Instant::now();
            work(run);
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(runs / 2).copied().unwrap_or(0.0)
}

fn examples() -> Vec<Scene> {
    scenes::scenes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples"))
}

fn sizes() -> Result<(), String> {
    println!("Bytes of each example, as `pngine IN --optimize` writes it (1x1 picture):\n");
    println!("| scene | source | bytecode | data | executor | payload | PNG | PNG without executor |");
    println!("|---|---|---|---|---|---|---|---|");
    for scene in examples() {
        let (name, source) = (&scene.name, scene.bytes());
        let program = scene.compile(&Options::default()).program.ok_or_else(|| format!("{name} does not compile"))?;
        let payload = |embed| pack::payload(&program, embed).map_err(|error| format!("{name}: {error}"));
        let png = |payload: &[u8]| pack::png(payload, None, Effort::Optimize).map_err(|error| format!("{name}: {error}"));
        let (embedded, shared) = (payload(Embed::Prebuilt)?, payload(Embed::None)?);
        println!(
            "| {name} | {} | {} | {} | {} | {} | {} | {} |",
            source.len(),
            program.bytecode.len(),
            program.data.len(),
            pngine_compiler::executors::prebuilt(program.plugins).len(),
            embedded.len(),
            png(&embedded)?.len(),
            png(&shared)?.len(),
        );
    }
    Ok(())
}

fn executors() {
    println!("\nBytes of the executors that scenes use most, and of all plugins:\n");
    println!("| executor | raw | deflated |");
    println!("|---|---|---|");
    let sets = [
        Plugins::CORE,
        Plugins::CORE.union(Plugins::RENDER),
        Plugins::CORE.union(Plugins::RENDER).union(Plugins::COMPUTE),
        Plugins::ALL,
    ];
    for set in sets {
        let wasm = pngine_compiler::executors::prebuilt(set);
        println!("| {} | {} | {} |", set.file_stem(), wasm.len(), pack::deflate(wasm, Effort::Optimize).len());
    }
}

fn speed() -> Result<(), String> {
    println!("\nSeconds, median of 9 runs on this machine; compare only within one run:\n");
    println!("| what | input bytes | median s | MB/s |");
    println!("|---|---|---|---|");
    for scene in examples() {
        let (name, source) = (&scene.name, scene.bytes());
        let text = String::from_utf8_lossy(&source).into_owned();
        row(&format!("parse {name}"), source.len(), || {
            std::hint::black_box(pngine_syntax::parse::parse(FileId(0), &text, &mut Vec::new()));
        });
        row(&format!("compile {name}"), source.len(), || {
            std::hint::black_box(scene.compile(&Options::default()));
        });
    }
    let large = "#buffer b { size=16 usage=[UNIFORM STORAGE] }\n".repeat(20_000);
    row("lex 20,000 declarations", large.len(), || {
        std::hint::black_box(pngine_syntax::lex::lex(FileId(0), &large, &mut Vec::new()));
    });
    row("parse 20,000 declarations", large.len(), || {
        std::hint::black_box(pngine_syntax::parse::parse(FileId(0), &large, &mut Vec::new()));
    });
    Ok(())
}

fn row(name: &str, bytes: usize, mut work: impl FnMut()) {
    let seconds = median(9, |_| work());
    println!("| {name} | {bytes} | {seconds:.5} | {:.2} |", bytes as f64 / seconds / 1e6);
}
