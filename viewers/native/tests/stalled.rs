//! Work that the GPU does not finish. A test of its own, as the GPU works on until the process ends. Run with `--features gpu-tests`.

mod scene;

use pngine_format::limits::Budgets;
use pngine_format::op::Op;
use pngine_format::payload::Payload;
use pngine_native::{Gpu, PlayError, Player, PlayerOptions};
use scene::*;
use std::time::{Duration, Instant};

#[test]
fn work_that_does_not_end_is_an_error_and_playing_on_is_too() {
    let mut scene = Scene::default();
    // Each pixel of each instance takes thousands of steps, and there are a million instances: hours on any driver in software.
    let slow = fullscreen("vec4f(f32(steps(at.x)))");
    let steps = "fn steps(x: f32) -> u32 { var n = u32(x) + 1u; for (var i = 0u; i < 50000u; i++) { n = n * 1664525u + 1013904223u; } return n; }";
    scene.create(Op::CreateShader, &[0], format!("{steps}\n{slow}").as_bytes());
    let pipeline = pipeline(0, "preferredCanvasFormat", vec![], []);
    scene.describe(Op::CreateRenderPipe, &[0], pngine_format::descriptor::Type::RenderPipeline, &pipeline);
    scene.frame(Op::BeginRenderPass, &[CANVAS, 1, 0, NO]);
    scene.frame(Op::SetPipeline, &[0]).frame(Op::Draw, &[3, 1_000_000, 0, 0]).frame(Op::EndPass, &[]);
    let bytes = scene.payload();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../executors/core-render-compute-wasm-animation-texture.wasm");
    let executor = std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let gpu = Gpu::new().unwrap_or_else(|error| panic!("{error}"));
    let budgets = Budgets { gpu_seconds: 1, ..Budgets::default() };
    let options = PlayerOptions { width: 64, height: 64 };
    let mut player = Player::with_budgets(&gpu, &Payload::parse(&bytes).unwrap(), Some(&executor), options, budgets).unwrap();
    player.frame(0.0).unwrap();
    let start = Instant::now();
    let stalled = PlayError::Stalled { seconds: 1 };
    assert_eq!(player.read_pixels().unwrap_err(), stalled);
    assert_eq!(stalled.to_string(), "the GPU does not finish: it was given 1 s");
    // A second, and what a busy machine adds.
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert_eq!(player.frame(0.1).unwrap_err(), stalled);
}
