//! A scene's size is a tested number: whoever makes one larger has to say why, here.

mod examples;

use pngine_compiler::pack::{self, Effort, Embed};
use pngine_compiler::program::{Options, Program};

/// Most bytes of each example's PNG with embedded executor, `--optimize`, and a 1x1 picture.
const BUDGETS: &[(&str, usize)] = &[
    ("basics/blend_modes", 1750),
    ("basics/device", 1830),
    ("basics/dynamic_offsets", 1900),
    ("basics/index_buffer", 1650),
    ("basics/instancing", 4630),
    ("basics/overrides", 1600),
    ("basics/pools", 1620),
    ("basics/split_screen", 1990),
    ("basics/strips", 1700),
    ("basics/text", 1900),
    ("basics/topologies", 1520),
    ("basics/triangle", 1260),
    ("basics/vertex_buffer", 1340),
    ("basics/write_mask", 1510),
    ("compute/bitonic_sort", 1850),
    ("compute/boids", 2050),
    ("compute/game_of_life", 1980),
    ("compute/histogram", 2000),
    ("compute/indirect", 2320),
    ("compute/n_body", 2110),
    ("compute/particles", 2150),
    ("compute/reaction_diffusion", 2040),
    ("compute/water", 2120),
    ("input/audio", 1640),
    ("input/frame_counter", 1720),
    ("input/host_uniforms", 1640),
    ("input/keyboard", 1730),
    ("input/pointer", 1680),
    ("meshes/forest", 2640),
    ("meshes/gallery", 8700),
    ("meshes/packed_vertices", 2010),
    ("meshes/rotating_cube", 1900),
    ("meshes/sphere", 21960),
    ("meshes/torus", 9720),
    ("meshes/wireframe", 9340),
    ("passes/alpha_to_coverage", 1720),
    ("passes/bloom", 2170),
    ("passes/copies", 2010),
    ("passes/deferred", 3920),
    ("passes/echo", 2260),
    ("passes/feedback_trails", 1850),
    ("passes/fragment_chain", 2180),
    ("passes/mirror", 1870),
    ("passes/picking", 2030),
    ("passes/postprocess", 1980),
    ("passes/render_bundle", 3510),
    ("passes/shadow_map", 2350),
    ("passes/soft_smoke", 2970),
    ("passes/stencil_outline", 8190),
    ("passes/transparency", 1910),
    ("shaders/clouds", 1790),
    ("shaders/julia", 1530),
    ("shaders/kaleidoscope", 1620),
    ("shaders/mandelbrot", 1530),
    ("shaders/menger", 1810),
    ("shaders/metaballs", 1700),
    ("shaders/moire", 1490),
    ("shaders/ocean", 1800),
    ("shaders/plasma", 1470),
    ("shaders/raymarched_spheres", 1900),
    ("shaders/starfield", 1740),
    ("shaders/terrain", 2000),
    ("shaders/truchet", 1720),
    ("shaders/tunnel", 1610),
    ("shaders/voronoi", 1680),
    ("textures/cubemap", 21920),
    ("textures/data_texture", 2060),
    ("textures/images", 5020),
    ("textures/mipmaps", 2050),
    ("textures/samplers", 1890),
    ("textures/storage_texture", 1740),
    ("textures/texture_array", 1930),
    ("textures/volume", 2050),
    ("textures/volume_slices", 1790),
    ("timeline/count_down", 2330),
    ("timeline/show", 3320),
    ("wasm/hilbert", 1810),
    ("wasm/physics", 2570),
];

#[test]
fn every_example_keeps_its_budget() {
    let programs = examples::programs(&Options::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let size = |(name, program): &(String, Program)| {
        let payload = pack::payload(program, Embed::Prebuilt).expect("packable");
        (name.clone(), pack::png(&payload, None, Effort::Optimize).expect("packable").len())
    };
    // The smallest files take their time: every processor works on its share.
    let sizes: Vec<(String, usize)> = std::thread::scope(|scope| {
        let shares: Vec<_> = programs
            .chunks(programs.len().div_ceil(threads))
            .map(|share| scope.spawn(move || share.iter().map(size).collect::<Vec<_>>()))
            .collect();
        shares.into_iter().flat_map(|share| share.join().expect("sizes")).collect()
    });
    let mut wrong = Vec::new();
    for (name, size) in &sizes {
        match BUDGETS.iter().find(|(of, _)| of == name) {
            Some((_, budget)) if size <= budget => {}
            Some((_, budget)) => wrong.push(format!("{name} has {size} bytes, its budget is {budget}")),
            None => wrong.push(format!("{name} has {size} bytes and no budget")),
        }
    }
    let gone = BUDGETS.iter().filter(|(name, _)| !sizes.iter().any(|(of, _)| of == name));
    wrong.extend(gone.map(|(name, _)| format!("{name} has a budget and is not there")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
