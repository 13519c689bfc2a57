//! Any bytes as a scene. It may read three files: a picture, a WGSL module and bytes of its own.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pngine_compiler::source::MemorySources;

fuzz_target!(|text: &[u8]| {
    let files = [
        ("a.png", include_bytes!("../../tests/ok/assets/photo.png").to_vec()),
        ("a.wasm", include_bytes!("../../tests/ok/assets/calls.wasm").to_vec()),
        ("a.wgsl", text.to_vec()),
        ("a.bin", text.to_vec()),
    ];
    let sources = MemorySources(files.map(|(name, bytes)| (name.to_string(), bytes)).into());
    pngine_fuzz::compile_and_run(&sources, "scene.pngine", text);
});
