//! Everything that a host reads, from any bytes: PNG files, payloads, their extensions, bytecode and data, descriptors, command
//! buffers, images, modules. The first byte says what the others are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pngine_compiler::executors::prebuilt;
use pngine_format::payload::{Parts, Payload, write};
use pngine_format::status::Plugins;
use pngine_format::{command, descriptor, png};
use pngine_fuzz::CANVAS;
use pngine_host::{Checker, CommandView, Images, NestedModules, Phase, open_with_limit};

/// Most bytes of a payload, and most pixels of an image: what is larger is refused in the same way.
const LARGEST: usize = 1 << 20;

fn played(bytes: &[u8]) {
    let Ok(payload) = Payload::parse(bytes) else { return };
    // Findings are what it is for; only panics and hangs are wrong.
    let _ = pngine_fuzz::run(&payload, None);
    let _ = pngine_fuzz::run(&payload, Some(prebuilt(Plugins(payload.plugins))));
}

/// Four parts whose lengths the first bytes say.
fn split(bytes: &[u8]) -> [&[u8]; 4] {
    let (lengths, mut rest) = bytes.split_at(bytes.len().min(3));
    let mut parts = [&[][..]; 4];
    for (part, len) in parts.iter_mut().zip(lengths) {
        (*part, rest) = rest.split_at(rest.len().min(usize::from(*len)));
    }
    parts[3] = rest;
    parts
}

fuzz_target!(|bytes: &[u8]| {
    let [kind, bytes @ ..] = bytes else { return };
    match kind % 7 {
        0 => {
            if let Ok(opened) = open_with_limit(bytes, LARGEST) {
                played(opened.bytes());
            }
        }
        // Checksums are hard to guess, so they are made.
        1 => {
            let file = png::embed(&png::transparent_pixel(), bytes.len() % 2 == 0, bytes).expect("a picture of our own");
            if let Ok(opened) = open_with_limit(&file, LARGEST) {
                played(opened.bytes());
            }
        }
        2 => played(bytes),
        3 => {
            let [bytecode, data, strings, extension] = split(bytes);
            let plugins = bytes.first().copied().unwrap_or(0);
            let extensions = [(extension.first().copied().unwrap_or(0), extension.get(1..).unwrap_or_default().to_vec())];
            let parts = Parts { plugins, bytecode, data, strings, extensions: &extensions, ..Parts::default() };
            if let Some(payload) = write(&parts) {
                played(&payload);
            }
        }
        4 => {
            let _ = descriptor::decode(bytes);
        }
        5 => {
            // A command buffer whose header is right, in front of the memory that it points into.
            let mut memory = bytes.to_vec();
            memory.resize(memory.len().max(command::HEADER_SIZE), 0);
            let len = (memory.len() / 2).max(command::HEADER_SIZE);
            memory[..4].copy_from_slice(&(len as u32).to_le_bytes());
            memory[6..8].fill(0);
            let view = CommandView {
                memory: &memory,
                buffer: &memory[..len],
                region: len as u32,
                data_len: (memory.len() - len) as u32,
            };
            let _ = view.describe();
            let mut checker = Checker::new(Plugins::ALL);
            let (mut modules, mut images) = (NestedModules::default(), Images::default());
            for phase in [Phase::Init, Phase::Frame(0), Phase::Frame(1)] {
                let checked = checker.check(phase, &view, CANVAS);
                pngine_fuzz::execute(phase, &checked, &[0; 64], &mut modules, &mut images);
            }
        }
        _ => {
            let _ = pngine_images::DecodedImage::decode_within(bytes, LARGEST as u64);
            let _ = pngine_analysis::data::wasm::interface(bytes);
        }
    }
});
