//! A scene's size is a tested number: whoever makes one larger has to say why, here.
//!
//! docs/benchmarks.md has the sizes of all examples; `PNGINE_UPDATE_BENCHMARKS=1` writes them anew.

mod examples;

use pngine_compiler::pack::{self, Effort, Embed};
use pngine_compiler::{Options, Program};
use pngine_testkit::scenes;
use std::path::{Path, PathBuf};

/// The page that lists the sizes.
const PAGE: &str = "docs/benchmarks.md";

/// Most bytes of each example's PNG with embedded executor, `--optimize`, and a 1x1 picture.
const BUDGETS: &[(&str, usize)] = &[
    ("basics/blend_modes", 1720),
    ("basics/device", 1820),
    ("basics/dynamic_offsets", 1880),
    ("basics/index_buffer", 1610),
    ("basics/instancing", 4520),
    ("basics/overrides", 1570),
    ("basics/pools", 1610),
    ("basics/split_screen", 1970),
    ("basics/strips", 1660),
    ("basics/text", 1880),
    ("basics/topologies", 1490),
    ("basics/triangle", 1260),
    ("basics/vertex_buffer", 1340),
    ("basics/write_mask", 1480),
    ("compute/bitonic_sort", 1800),
    ("compute/boids", 1990),
    ("compute/game_of_life", 1920),
    ("compute/histogram", 1960),
    ("compute/indirect", 2330),
    ("compute/n_body", 2040),
    ("compute/particles", 2070),
    ("compute/reaction_diffusion", 2070),
    ("compute/water", 2100),
    ("input/audio", 1600),
    ("input/frame_counter", 1660),
    ("input/host_uniforms", 1680),
    ("input/keyboard", 1690),
    ("input/pass_uniforms", 1760),
    ("input/pointer", 1610),
    ("library/camera", 2550),
    ("library/color", 2000),
    ("library/hash", 1480),
    ("library/noise", 2220),
    ("library/sdf", 1920),
    ("library/text", 2620),
    ("meshes/forest", 2530),
    ("meshes/gallery", 8550),
    ("meshes/packed_vertices", 1970),
    ("meshes/rotating_cube", 1860),
    ("meshes/sphere", 21540),
    ("meshes/torus", 9530),
    ("meshes/wireframe", 9120),
    ("passes/alpha_to_coverage", 1690),
    ("passes/bloom", 2110),
    ("passes/compute_pass", 1920),
    ("passes/copies", 1990),
    ("passes/deferred", 3820),
    ("passes/echo", 2260),
    ("passes/feedback_trails", 1740),
    ("passes/fragment_chain", 2050),
    ("passes/glow", 2160),
    ("passes/mirror", 1850),
    ("passes/occlusion_query", 4140),
    ("passes/picking", 2010),
    ("passes/postprocess", 1930),
    ("passes/render_bundle", 3460),
    ("passes/seeded_pass", 1900),
    ("passes/shadow_map", 2320),
    ("passes/soft_smoke", 2970),
    ("passes/stencil_outline", 8020),
    ("passes/timestamps", 2000),
    ("passes/transparency", 1860),
    ("passes/waves", 1930),
    ("shaders/clouds", 1740),
    ("shaders/julia", 1500),
    ("shaders/kaleidoscope", 1580),
    ("shaders/mandelbrot", 1490),
    ("shaders/menger", 1780),
    ("shaders/metaballs", 1660),
    ("shaders/moire", 1460),
    ("shaders/ocean", 1760),
    ("shaders/plasma", 1440),
    ("shaders/raymarched_spheres", 1870),
    ("shaders/starfield", 1700),
    ("shaders/terrain", 1960),
    ("shaders/truchet", 1680),
    ("shaders/tunnel", 1580),
    ("shaders/voronoi", 1640),
    ("textures/cubemap", 21510),
    ("textures/data_texture", 2040),
    ("textures/images", 5060),
    ("textures/mipmaps", 2000),
    ("textures/samplers", 1870),
    ("textures/storage_texture", 1720),
    ("textures/texture_array", 1920),
    ("textures/video", 6330),
    ("textures/volume", 2020),
    ("textures/volume_slices", 1780),
    ("textures/window", 2990),
    ("timeline/count_down", 2310),
    ("timeline/crossfade", 2190),
    ("timeline/show", 3280),
    ("tutorial/1_pass", 1370),
    ("tutorial/2_pointer", 1510),
    ("tutorial/3_feedback", 1720),
    ("tutorial/4_mesh", 11170),
    ("tutorial/5_particles", 1890),
    ("tutorial/6_timeline", 12400),
    ("wasm/hilbert", 2010),
    ("wasm/physics", 2560),
];

#[test]
fn every_example_keeps_its_budget() {
    let programs = examples::programs(&Options::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let is_update = std::env::var_os("PNGINE_UPDATE_BENCHMARKS").is_some();
    let png = |payload: &[u8]| pack::png(payload, None, Effort::Optimize).expect("packable").len();
    let size = |(name, program): &(String, Program)| {
        let payload = pack::payload(program, Embed::Prebuilt).expect("packable");
        let bytes = png(&payload);
        let row = || {
            let shared = pack::payload(program, Embed::None).expect("packable");
            let (executor, source) = (pngine_compiler::executors::prebuilt(program.plugins).len(), source_bytes(name));
            let parts = [source, program.bytecode.len(), program.data.len(), executor, payload.len()];
            let parts: String = parts.iter().map(|part| format!("{part} | ")).collect();
            format!("| {name} | {parts}**{bytes}** | {} |\n", png(&shared))
        };
        (name.clone(), bytes, if is_update { row() } else { String::new() })
    };
    // The smallest files take their time: every processor works on its share.
    let sizes: Vec<(String, usize, String)> = std::thread::scope(|scope| {
        let shares: Vec<_> = programs
            .chunks(programs.len().div_ceil(threads))
            .map(|share| scope.spawn(move || share.iter().map(size).collect::<Vec<_>>()))
            .collect();
        shares.into_iter().flat_map(|share| share.join().expect("sizes")).collect()
    });
    let mut wrong = Vec::new();
    for (name, size, _) in &sizes {
        match BUDGETS.iter().find(|(of, _)| of == name) {
            Some((_, budget)) if size <= budget => {}
            Some((_, budget)) => wrong.push(format!("{name} has {size} bytes, its budget is {budget}")),
            None => wrong.push(format!("{name} has {size} bytes and no budget")),
        }
    }
    let gone = BUDGETS.iter().filter(|(name, _)| !sizes.iter().any(|(of, ..)| of == name));
    wrong.extend(gone.map(|(name, _)| format!("{name} has a budget and is not there")));
    if is_update {
        write_table(&sizes.iter().map(|(_, _, row)| row.as_str()).collect::<String>());
    }
    wrong.extend(differences(&sizes));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Bytes of an example's entry file.
fn source_bytes(name: &str) -> usize {
    let scenes = scenes::scenes(&root().join("examples"));
    scenes.iter().find(|scene| scene.name == name).map_or(0, |scene| scene.bytes().len())
}

/// The page with the table of sizes: what stands before its rows, the rows, and what stands behind them.
fn table() -> (String, String, String) {
    let text = std::fs::read_to_string(root().join(PAGE)).expect("the page");
    let (before, rest) = text.split_once("| scene | source |").expect("the table of sizes");
    let rows = rest.find("|\n| ").map_or(0, |end| end + 2);
    let end = rest.find("\n\n").map_or(rest.len(), |end| end + 1);
    (format!("{before}| scene | source |{}", &rest[..rows]), rest[rows..end].to_string(), rest[end..].to_string())
}

fn write_table(rows: &str) {
    let (before, _, after) = table();
    std::fs::write(root().join(PAGE), before + rows + &after).expect("writable");
}

/// The examples of which the page says something else: a few bytes more or less are none.
fn differences(sizes: &[(String, usize, String)]) -> Vec<String> {
    let (_, rows, _) = table();
    let said = |name: &str| {
        let row = rows.lines().find(|row| row.starts_with(&format!("| {name} |")))?;
        row.split("**").nth(1)?.parse::<usize>().ok()
    };
    let differs = |name: &str, size: usize| said(name).is_none_or(|said| said.abs_diff(size) * 50 > size);
    let wrong = sizes.iter().filter(|(name, size, _)| differs(name, *size));
    let wrong = wrong.map(|(name, size, _)| {
        format!("{PAGE} has another size for {name}, or none, than {size}: run this test with PNGINE_UPDATE_BENCHMARKS=1")
    });
    wrong.collect()
}
