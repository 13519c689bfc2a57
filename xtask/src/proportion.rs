//! `cargo xtask proportion`: how long the compiler works on half a megabyte of everything that can be repeated, and on a quarter of it.
//!
//! Four times the text should take four times as long. What a computer can count, and so a test can judge, is in
//! `compiler/tests/proportion.rs`; time is for people to look at.

use pngine_compiler::Options;
use pngine_compiler::diag::Severity;
use pngine_compiler::source::MemorySources;
use pngine_testkit::counting;
use pngine_testkit::productions::{PRODUCTIONS, Production};
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

/// Bytes of text that each production is repeated to.
const TEXT_BYTES: usize = 1 << 19;

/// What takes longer is marked, in milliseconds of CPU time. A release build takes a few for most.
const SLOW: u64 = 1000;

/// What takes more memory is marked, in bytes.
const LARGE: u64 = 256 << 20;

/// Milliseconds that this process has worked, on all cores; those that went by where the system does not tell.
fn worked(start: Instant) -> u64 {
    let fields = std::fs::read_to_string("/proc/self/stat").ok();
    let ticks = fields.as_deref().and_then(|text| {
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        // After the name: the 14th and 15th fields of all, in hundredths of a second.
        Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
    });
    ticks.map_or_else(|| u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX), |ticks| ticks * 10)
}

/// How often a production is repeated to fill the text.
fn repeated(production: &Production) -> usize {
    let (one, many) = (production.scene(1).len(), production.scene(1001).len());
    (TEXT_BYTES * 1000 / (many - one).max(1)).max(production.least)
}

/// Milliseconds, the most bytes of memory, and the first finding's code and message.
fn measured(text: &str) -> (u64, u64, String) {
    let start = Instant::now();
    let before = worked(start);
    let (counts, compiled) = counting::count(|| {
        pngine_compiler::compile(&MemorySources::default(), "scene.pngine", text.as_bytes(), &Options::default())
    });
    let errors = compiled.diagnostics.iter().filter(|finding| finding.severity() == Severity::Error);
    let first = errors.map(|finding| format!("{} {}", finding.code.as_str(), finding.message)).next();
    let short = first.unwrap_or_default().chars().take(80).collect();
    (worked(start) - before, counts.peak, short)
}

/// Prints the table. `filter`: only what has it in its name.
pub fn run(filter: &str) {
    println!("{:42} {:>8} {:>8} {:>8} {:>7}  ", "", "count", "ms / 4", "ms", "MiB");
    for production in PRODUCTIONS.iter().filter(|production| production.name.contains(filter)) {
        let count = repeated(production);
        let (quarter, ..) = measured(&production.scene(count / 4));
        let (time, peak, first) = measured(&production.scene(count));
        let is_slow = time > SLOW || peak > LARGE || (time > 100 && time > quarter * 7);
        let mark = if is_slow { "!" } else { " " };
        println!("{:42} {count:8} {quarter:8} {time:8} {:7} {mark} {first}", production.name, peak >> 20);
    }
}
