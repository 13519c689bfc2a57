//! Which programs can draw a frame alone, and why others cannot.

use pngine_compiler::pack::{Embed, payload};
use pngine_compiler::source::MemorySources;
use pngine_compiler::{Compiled, Options};
use pngine_format::payload::Payload;
use pngine_host::{Extensions, History, history};
use pngine_testkit::scenes;
use std::collections::BTreeMap;
use std::path::Path;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Of a compiled scene, with the frame `chosen` or the timeline.
fn of(name: &str, compiled: Compiled, chosen: Option<u32>) -> Option<History> {
    let program = compiled.program.unwrap_or_else(|| panic!("{name}: {:?}", compiled.diagnostics));
    let bytes = payload(&program, Embed::Prebuilt).expect("a payload");
    let payload = Payload::parse(&bytes).expect("a sound payload");
    let extensions = Extensions::read(&payload).expect("sound extensions");
    history(&payload, None, &extensions, chosen).expect("an executor that runs")
}

fn of_text(text: &str, chosen: Option<u32>) -> Option<History> {
    let name = "scene.pngine";
    of(text, pngine_compiler::compile(&MemorySources::default(), name, text.as_bytes(), &Options::default()), chosen)
}

#[test]
fn examples_are_told_apart() {
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for scene in scenes::scenes(&Path::new(REPOSITORY).join("examples")) {
        let reason = of(&scene.name, scene.compile(&Options::default()), None).map_or("nothing is kept", History::text);
        found.entry(reason).or_default().push(scene.name);
    }
    let text: String = found.iter().map(|(reason, names)| format!("{reason}: {}\n", names.join(" "))).collect();
    insta::assert_snapshot!(text, @"
    a frame reads what an earlier one wrote: passes/copies passes/mirror passes/occlusion_query textures/cubemap textures/data_texture textures/mipmaps textures/samplers
    it calls a nested module: wasm/hilbert wasm/physics
    it reads the frame counter or the time since the last frame: input/frame_counter
    its shaders write to buffers or textures: compute/bitonic_sort compute/boids compute/game_of_life compute/histogram compute/indirect compute/n_body compute/particles compute/reaction_diffusion compute/water passes/compute_pass passes/picking passes/seeded_pass passes/timestamps textures/storage_texture textures/texture_array textures/volume tutorial/5_particles tutorial/6_timeline
    nothing is kept: basics/blend_modes basics/device basics/dynamic_offsets basics/index_buffer basics/instancing basics/overrides basics/split_screen basics/strips basics/text basics/topologies basics/triangle basics/vertex_buffer basics/write_mask input/audio input/host_uniforms input/keyboard input/pass_uniforms input/pointer library/camera library/color library/hash library/noise library/sdf library/text meshes/forest meshes/gallery meshes/packed_vertices meshes/rotating_cube meshes/sphere meshes/torus meshes/wireframe passes/alpha_to_coverage passes/bloom passes/deferred passes/fragment_chain passes/glow passes/postprocess passes/render_bundle passes/shadow_map passes/soft_smoke passes/stencil_outline passes/transparency shaders/clouds shaders/julia shaders/kaleidoscope shaders/mandelbrot shaders/menger shaders/metaballs shaders/moire shaders/ocean shaders/plasma shaders/raymarched_spheres shaders/starfield shaders/terrain shaders/truchet shaders/tunnel shaders/voronoi textures/video textures/volume_slices textures/window timeline/count_down timeline/crossfade timeline/show tutorial/1_pass tutorial/2_pointer tutorial/4_mesh
    pools turn with every frame: basics/pools passes/echo passes/feedback_trails passes/waves textures/images tutorial/3_feedback
    ");
}

/// A shader of a full-screen triangle that shows the texture `t`.
const SHOW: &str = r#"
#shaderModule show { code="
  @group(0) @binding(0) var t: texture_2d<f32>;
  @vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f { return vec4f(f32(i & 1u) * 4 - 1, f32(i >> 1u) * 4 - 1, 0, 1); }
  @fragment fn fs() -> @location(0) vec4f { return textureLoad(t, vec2u(), 0); }
  @fragment fn plain() -> @location(0) vec4f { return vec4f(1); }
" }
#texture kept { size=[4 4] format=rgba8unorm usage=[TEXTURE_BINDING RENDER_ATTACHMENT COPY_DST COPY_SRC] }
#renderPipeline shows { vertex={ module=show entryPoint=vs } fragment={ module=show entryPoint=fs targets=[{}] } }
#renderPipeline fills { vertex={ module=show entryPoint=vs } fragment={ module=show entryPoint=plain targets=[{ format=rgba8unorm }] } }
#bindGroup sees { layout={ pipeline=shows index=0 } entries=[{ binding=0 resource=kept }] }
#renderPass look { pipeline=shows bindGroups=[sees] draw=3 }
#renderPass fill { colorAttachments=[{ view=kept loadOp=clear storeOp=store }] pipeline=fills draw=3 }
#renderPass add { colorAttachments=[{ view=kept loadOp=load storeOp=store }] pipeline=fills draw=3 }
"#;

/// The same with more declarations.
fn show(more: &str) -> Option<History> {
    of_text(&format!("{SHOW}{more}"), None)
}

#[test]
fn a_texture_that_is_read_before_it_is_filled_is_kept() {
    assert_eq!(show("#frame main { perform=[fill look] }"), None);
    assert_eq!(show("#frame main { perform=[look fill] }"), Some(History::Feedback));
    assert_eq!(show("#frame main { perform=[add look] }"), Some(History::Feedback));
    assert_eq!(show("#frame main { perform=[fill add look] }"), None);
    // Nobody draws to it.
    assert_eq!(show("#frame main { perform=[look] } #frame other { perform=[fill] }"), None);
    // Drawn once, perhaps with the time of the first frame.
    assert_eq!(show("#frame main { init=[fill] perform=[look] }"), Some(History::Feedback));
    let copy = "#queue save { copyTextureToTexture={ source={ texture=kept } destination={ texture=saved } } } #texture saved { size=[4 4] format=rgba8unorm usage=[COPY_DST COPY_SRC] }
        #queue restore { copyTextureToTexture={ source={ texture=saved } destination={ texture=kept } } }";
    assert_eq!(show(&format!("{copy} #frame main {{ perform=[restore look fill save] }}")), Some(History::Feedback));
}

#[test]
fn what_one_frame_of_a_timeline_draws_another_may_read() {
    let line = "#frame a { perform=[fill look] } #frame b { perform=[look] }
        #animation show_it { duration=2 scenes=[{ id=\"x\" frame=a start=0 end=1 } { id=\"y\" frame=b start=1 end=2 }] }";
    assert_eq!(show(line), Some(History::Feedback));
    assert_eq!(of_text(&format!("{SHOW}{line}"), Some(0)), None);
    // Alone, the other one finds the texture as it was made.
    assert_eq!(of_text(&format!("{SHOW}{line}"), Some(1)), None);
}

/// A uniform buffer that is drawn with.
const UNIFORM: &str = r#"
#shaderModule m { code="
  @group(0) @binding(0) var<uniform> u: vec4f;
  @vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f { return vec4f(f32(i & 1u) * 4 - 1, f32(i >> 1u) * 4 - 1, 0, 1); }
  @fragment fn fs() -> @location(0) vec4f { return u; }
" }
#buffer b { size=16 usage=[UNIFORM COPY_DST] }
#data red { float32Array=[1 0 0 1] }
#data blue { float32Array=[0 0 1 1] }
#renderPipeline p { vertex={ module=m } fragment={ module=m targets=[{}] } }
#bindGroup g { layout={ pipeline=p index=0 } entries=[{ binding=0 resource={ buffer=b } }] }
#renderPass go { pipeline=p bindGroups=[g] draw=3 }
#queue time { writeBuffer={ buffer=b data=pngineInputs } }
#queue frame { writeBuffer={ buffer=b data=frameInputs } }
#queue make_red { writeBuffer={ buffer=b data=red } }
#queue make_blue { writeBuffer={ buffer=b data=blue } }
"#;

fn uniform(more: &str) -> Option<History> {
    of_text(&format!("{UNIFORM}{more}"), None)
}

#[test]
fn inputs_and_constants_are_the_same_in_every_frame() {
    assert_eq!(uniform("#frame main { perform=[time go] }"), None);
    assert_eq!(uniform("#frame main { perform=[make_red go] }"), None);
    assert_eq!(uniform("#frame main { init=[make_red] perform=[go] }"), None);
    assert_eq!(uniform("#frame main { perform=[frame go] }"), Some(History::FrameInputs));
    // The time of the first frame stays.
    assert_eq!(uniform("#frame main { init=[time] perform=[go] }"), Some(History::Feedback));
}

#[test]
fn writes_of_other_frames_stay_in_a_buffer() {
    let line = |a: &str, b: &str| {
        format!(
            "#frame a {{ perform=[{a}] }} #frame b {{ perform=[{b}] }}
            #animation line {{ duration=2 scenes=[{{ id=\"x\" frame=a start=0 end=1 }} {{ id=\"y\" frame=b start=1 end=2 }}] }}"
        )
    };
    assert_eq!(uniform(&line("make_red go", "make_red go")), None);
    assert_eq!(uniform(&line("make_red go", "go")), Some(History::Feedback));
    assert_eq!(uniform(&line("make_red go", "make_blue go")), Some(History::Feedback));
}

#[test]
fn shaders_that_can_write_are_told_by_their_words() {
    let compute = |declarations: &str, body: &str| {
        format!(
            "#shaderModule c {{ code=\"{declarations} @compute @workgroup_size(1) fn main() {{ {body} }}\" }}
            #computePipeline cp {{ compute={{ module=c }} }}
            #texture t {{ size=[4 4] format=rgba8unorm usage=[STORAGE_BINDING TEXTURE_BINDING] }}
            #buffer s {{ size=16 usage=[STORAGE] }}
            #bindGroup cg {{ layout={{ pipeline=cp index=0 }} entries=[{{ binding=0 resource=RESOURCE }}] }}
            #computePass work {{ pipeline=cp bindGroups=[cg] dispatch=1 }}"
        )
    };
    let storage =
        compute("@group(0) @binding(0) var<storage, read_write> s: vec4f;", "s.x = 1;").replace("RESOURCE", "{ buffer=s }");
    let texture =
        compute("@group(0) @binding(0) var t: texture_storage_2d<rgba8unorm, write>;", "textureStore(t, vec2u(), vec4f());")
            .replace("RESOURCE", "t");
    let reading = compute("@group(0) @binding(0) var<storage, read> s: vec4f; var<private> write: f32;", "write = s.x;")
        .replace("RESOURCE", "{ buffer=s }");
    let with = |scene: &str, main: &str| uniform(&format!("{scene} {main}"));
    assert_eq!(with(&storage, "#frame main { perform=[work time go] }"), Some(History::ShaderWrites));
    assert_eq!(with(&texture, "#frame main { perform=[work time go] }"), Some(History::ShaderWrites));
    assert_eq!(with(&reading, "#frame main { perform=[work time go] }"), None);
    // Not in a frame that is shown.
    assert_eq!(with(&storage, "#frame main { perform=[time go] } #frame other { perform=[work] }"), None);
    assert_eq!(with(&storage, "#frame main { init=[work] perform=[time go] }"), Some(History::ShaderWrites));
}

#[test]
fn pools_turn() {
    let pool = UNIFORM.replace("#buffer b { size=16", "#buffer b { size=16 pool=2");
    let pool = pool.replace("{ buffer=b } }] }", "{ buffer=b pingPong=0 } }] pool=2 }");
    let of = |more: &str| of_text(&format!("{pool}{more}"), None);
    assert_eq!(of("#frame main { perform=[go] }"), Some(History::Pools));
}

#[test]
fn damaged_programs_get_an_answer() {
    let text = format!("{SHOW}#frame main {{ init=[fill] perform=[add look] }}");
    let compiled = pngine_compiler::compile(&MemorySources::default(), "scene.pngine", text.as_bytes(), &Options::default());
    let bytes = payload(&compiled.program.expect("a sound scene"), Embed::Prebuilt).expect("a payload");
    let parsed = Payload::parse(&bytes).expect("a sound payload");
    let (bytecode, data) = (parsed.bytecode, parsed.data);
    let start = bytecode.as_ptr() as usize - bytes.as_ptr() as usize;
    let end = data.as_ptr() as usize - bytes.as_ptr() as usize + data.len();
    let mut answers = [0; 2];
    for at in start..end {
        for bit in [0x01, 0x10, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= bit;
            let Ok(payload) = Payload::parse(&damaged) else { continue };
            let Ok(extensions) = Extensions::read(&payload) else { continue };
            answers[usize::from(history(&payload, None, &extensions, None).is_ok())] += 1;
        }
    }
    assert!(answers[0] > 10 && answers[1] > 100, "{answers:?}");
}
