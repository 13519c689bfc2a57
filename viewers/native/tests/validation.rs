//! Broken scenes on wgpu's backend that validates and draws nothing: what is reported, and of which command.

mod scene;

use pngine_format::command::encode;
use pngine_format::descriptor::{Field, Type, Value, object};
use pngine_format::op::{Kind, Op, texture_usage};
use pngine_format::payload::{HEADER_SIZE, Payload};
use pngine_native::{Gpu, PlayError, Player, PlayerOptions};
use scene::*;
use std::time::{Duration, Instant};

/// All that ends here ends within a second on an idle machine; what is not bounded takes far longer than this on any.
const PATIENCE: Duration = Duration::from_secs(20);

fn gpu() -> Gpu {
    Gpu::noop().unwrap()
}

/// The error of `init`, or of the first frame; "" if there is none.
fn error(scene: &Scene) -> String {
    let result = scene.play(&gpu(), 16, 16).and_then(|mut player| player.frame(0.0));
    match result {
        Ok(()) => String::new(),
        Err(PlayError::Gpu(findings)) => findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        Err(error) => error.to_string(),
    }
}

/// A pipeline that fills the canvas, and a frame that draws with it.
fn sound() -> Scene {
    let mut scene = with_shader(&fullscreen("vec4f(1.0)"));
    scene.frame(Op::BeginRenderPass, &[CANVAS, 1, 0, NO]).frame(Op::SetPipeline, &[0]);
    scene.frame(Op::Draw, &[3, 1, 0, 0]).frame(Op::EndPass, &[]);
    scene
}

fn with_shader(source: &str) -> Scene {
    let mut scene = Scene::default();
    scene.create(Op::CreateShader, &[0], source.as_bytes());
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline(0, "preferredCanvasFormat", vec![], []));
    scene
}

#[test]
fn a_sound_scene_has_no_findings_and_pixels_of_the_right_number() {
    let mut player = sound().play(&gpu(), 16, 9).unwrap();
    player.frame(0.0).unwrap();
    assert_eq!(player.findings(), []);
    assert_eq!(player.read_pixels().unwrap().rgba.len(), 16 * 9 * 4);
    player.resize(7, 5).unwrap();
    player.frame(0.1).unwrap();
    assert_eq!(player.read_pixels().unwrap().rgba.len(), 7 * 5 * 4);
}

#[test]
fn a_shader_error_has_a_line_and_what_depends_on_the_shader_is_not_reported_again() {
    assert_eq!(
        error(&with_shader("@fragment fn fs() -> @location(0) vec4f {\n  return vec4f(missing);\n}")),
        "WGSL line 2 column 16: no definition in scope for identifier: `missing` (init, command 0, CREATE_SHADER)"
    );
}

#[test]
fn a_pipeline_error_names_its_command() {
    let text = error(&with_shader("@vertex fn other() -> @builtin(position) vec4f { return vec4f(); }"));
    assert!(text.contains("fs") || text.contains("entry point"), "{text}");
    assert!(text.ends_with("(init, command 1, CREATE_RENDER_PIPE)"), "{text}");
}

#[test]
fn an_error_inside_a_pass_names_the_command_at_fault() {
    // The pipeline draws to another format than the pass has.
    let mut scene = Scene::default();
    scene.create(Op::CreateShader, &[0], fullscreen("vec4f(1.0)").as_bytes());
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline(0, "rgba16float", vec![], []));
    scene.init(Op::CreateBuffer, &[0, 16, 0x48]).init(Op::CreateBuffer, &[1, 64, 0x48]);
    for buffer in [0, 0, 0, 0, 1, 1] {
        let zero = scene.bytes(&[0; 16]);
        scene.frame(Op::WriteBuffer, &[buffer, 0, zero[0], zero[1]]);
    }
    scene.frame(Op::BeginRenderPass, &[CANVAS, 1, 0, NO]);
    scene.frame(Op::SetScissorRect, &[0, 0, 4, 4]).frame(Op::SetPipeline, &[0]);
    scene.frame(Op::Draw, &[3, 1, 0, 0]).frame(Op::Draw, &[3, 1, 0, 0]).frame(Op::EndPass, &[]);
    let text = error(&scene);
    assert!(text.ends_with("(frame 0, command 8, SET_PIPELINE)"), "{text}");

    let mut scene = sound();
    scene.frame(Op::BeginRenderPass, &[CANVAS, 1, 0, NO]).frame(Op::SetScissorRect, &[0, 0, 17, 4]).frame(Op::EndPass, &[]);
    let text = error(&scene);
    assert!(text.ends_with("(frame 0, command 5, SET_SCISSOR_RECT)"), "{text}");

    // A pass whose attachment is its own depth texture's size away from the canvas' fails as a whole.
    let mut scene = Scene::default();
    let depth = texture(Value::Uint(4), Value::Uint(4), "depth24plus", texture_usage::RENDER_ATTACHMENT);
    scene.describe(Op::CreateTexture, &[0], Type::Texture, &depth);
    scene.frame(Op::BeginRenderPass, &[CANVAS, 1, 0, 0]).frame(Op::EndPass, &[]);
    let text = error(&scene);
    assert!(text.ends_with("(frame 0, command 0, BEGIN_RENDER_PASS)"), "{text}");
}

#[test]
fn an_error_of_a_write_names_the_write() {
    let mut scene = Scene::default();
    scene.init(Op::CreateBuffer, &[0, 16, 0x48]);
    let three = scene.bytes(&[1, 2, 3]);
    scene.frame(Op::WriteBuffer, &[0, 0, three[0], three[1]]);
    let text = error(&scene);
    assert!(text.contains('3') && text.ends_with("(frame 0, command 0, WRITE_BUFFER)"), "{text}");
}

#[test]
fn a_finding_that_does_not_stop_is_kept() {
    let mut scene = Scene::default();
    scene.init(Op::CreateBuffer, &[0, 16, 0x48]).init(Op::CreateBuffer, &[0, 16, 0x48]);
    let player = scene.play(&gpu(), 4, 4).unwrap();
    let text: Vec<_> = player.findings().iter().map(ToString::to_string).collect();
    assert_eq!(text, ["E001 invalid resource reference: the buffer 0 exists already (init, command 1, CREATE_BUFFER)"]);
}

#[test]
fn a_finding_that_stops_is_the_error() {
    let mut scene = Scene::default();
    scene.frame(Op::BeginRenderPass, &[CANVAS, 1, 0, NO]).frame(Op::Draw, &[3, 1, 0, 0]).frame(Op::EndPass, &[]);
    assert_eq!(error(&scene), "E003 missing required resource: no pipeline is set (frame 0, command 1, DRAW)");
}

#[test]
fn a_bundle_that_wgpu_refuses_is_an_error_and_no_panic() {
    let mut scene = with_shader(&fullscreen("vec4f(1.0)"));
    let body = encode([(Op::SetPipeline, &[0][..]), (Op::Draw, &[3, 1, 0, 0])]);
    let bundle =
        object([(Field::ColorFormats, list([word("rgba16float")])), (Field::Commands, Value::Bytes(body[8..].to_vec()))]);
    scene.describe(Op::CreateRenderBundle, &[0], Type::RenderBundle, &bundle);
    let text = error(&scene);
    assert!(text.ends_with("(init, command 2, CREATE_RENDER_BUNDLE)"), "{text}");
}

#[test]
fn an_empty_range_is_bound_and_one_behind_the_end_is_an_error() {
    let bound = |offset| {
        let mut scene = sound();
        scene.init(Op::CreateBuffer, &[0, 16, 0x30]);
        scene.frame(Op::BeginRenderPass, &[CANVAS, 1, 0, NO]);
        scene.frame(Op::SetIndexBufferRange, &[0, 0, offset, 0]).frame(Op::EndPass, &[]);
        let mut player = scene.play(&gpu(), 16, 16).unwrap();
        player.frame(0.0).unwrap();
        player.findings().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(bound(16), [""; 0]);
    let behind = bound(18);
    assert!(matches!(behind.as_slice(), [one] if one.starts_with("E002 ")), "{behind:?}");
}

#[test]
fn what_this_host_lacks_is_said_by_name() {
    let mut scene = Scene::default();
    let size = Value::Uint(4);
    scene.describe(Op::CreateTexture, &[0], Type::Texture, &texture(size.clone(), size, "rgba8unorm", 4));
    let view = object([(Field::Texture, reference(Kind::Texture, 0)), (Field::Swizzle, Value::Str("bgra".to_owned()))]);
    scene.describe(Op::CreateTextureView, &[0], Type::TextureView, &view);
    assert_eq!(error(&scene), "not supported by this host: a swizzle of texture components");
}

#[test]
fn canvases_of_impossible_sizes_are_refused() {
    for (width, height) in [(0, 4), (4, 0), (8193, 4), (4, u32::MAX)] {
        let error = sound().play(&gpu(), width, height).err().map(|error| error.to_string());
        assert_eq!(error.unwrap(), format!("a canvas of {width}x{height} pixels: both must be 1 to 8192"));
    }
    let mut player = sound().play(&gpu(), 8, 8).unwrap();
    assert_eq!(player.resize(0, 1), Err(PlayError::Size { width: 0, height: 1 }));
    player.frame(0.0).unwrap();
}

#[test]
fn shaders_made_to_exhaust_the_compiler_are_answered_soon() {
    let chain = "1+".repeat(8100);
    let parentheses = "(".repeat(250);
    let blocks = "{".repeat(250);
    let branches = "if a{}else ".repeat(2000);
    let unary = "-(".repeat(250);
    let not = "!".repeat(8100);
    let types = "array<".repeat(8100);
    let long = "(".repeat(1 << 20);
    for source in [
        format!("const a = {chain}1;"),
        format!("const a = {parentheses}"),
        format!("fn f() {blocks}"),
        format!("fn f(a: bool) {{ {branches}{{}} }}"),
        format!("const a = {unary}1;"),
        format!("const a = {not}true;"),
        format!("fn f(b: f32) -> f32 {{ return {}b; }}", "b+".repeat(8100)),
        long,
        format!("var<private> a: {types}"),
    ] {
        let mut scene = Scene::default();
        scene.create(Op::CreateShader, &[0], source.as_bytes());
        let start = Instant::now();
        let text = error(&scene);
        assert!(start.elapsed() < PATIENCE, "{:?}: {text}", start.elapsed());
    }
}

#[test]
fn any_damage_to_a_scene_is_an_answer() {
    let mut scene = sound();
    let usage = texture_usage::RENDER_ATTACHMENT | texture_usage::TEXTURE_BINDING;
    scene.describe(
        Op::CreateTexture,
        &[0],
        Type::Texture,
        &texture(Value::Canvas([0.5, 0.0, 0.0]), Value::Uint(4), "rgba8unorm", usage),
    );
    scene.describe(Op::CreateSampler, &[0], Type::Sampler, &object([(Field::MagFilter, word("linear"))]));
    scene.init(Op::CreateBuffer, &[0, 64, 0xF8]);
    let corners = scene.bytes(&floats(&[0.0; 8]));
    scene.init(Op::WriteBuffer, &[0, 0, corners[0], corners[1]]);
    scene.frame(Op::BeginRenderPass, &[0, 1, 0, NO]).frame(Op::SetVertexBufferRange, &[0, 0, 4, 8]);
    scene.frame(Op::SetIndexBuffer, &[0, 0]).frame(Op::SetViewport, &[0, 0, 0, 0, 0, 0]).frame(Op::EndPass, &[]);
    scene.frame(Op::CopyBuffer, &[0, 0, 0, 32, 8]).frame(Op::ClearBuffer, &[0, 8, 8]);
    scene.inputs = vec![(0, 0, 16)];
    let good = scene.payload();
    let gpu = gpu();
    let executor = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../executors/core-render-compute.wasm")).unwrap();
    let options = PlayerOptions { width: 16, height: 16 };
    let mut seed = 7u32;
    for round in 0..1500 {
        let mut bytes = good.clone();
        for _ in 0..=round % 3 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let bit = (seed >> 4) as usize % ((bytes.len() - HEADER_SIZE) * 8);
            bytes[HEADER_SIZE + bit / 8] ^= 1 << (bit % 8);
        }
        let payload = Payload::parse(&bytes).unwrap();
        if let Ok(mut player) = Player::new(&gpu, &payload, Some(&executor), options) {
            let _ = player.frame(0.0).and_then(|()| player.resize(9, 5)).and_then(|()| player.frame(0.1));
        }
    }
}
