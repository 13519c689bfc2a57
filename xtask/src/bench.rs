//! `cargo xtask bench`: the size and speed figures of `docs/benchmarks.md`. Nothing here is a test.

use pngine_compiler::Options;
use pngine_compiler::pack::{self, Effort, Embed};
use pngine_compiler::source::FileId;
use pngine_format::status::Plugins;
use pngine_testkit::scenes;
use scenes::Scene;
use std::path::Path;
use std::time::Instant;

/// Prints all figures.
///
/// # Errors
/// If an example does not compile.
pub fn run() -> Result<(), String> {
    sizes()?;
    executors();
    speed()
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
    work();
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("| {name} | {bytes} | {:.5} | {:.2} |", times[4], bytes as f64 / times[4] / 1e6);
}
