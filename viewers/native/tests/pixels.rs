//! Scenes on a real driver, and the pixels that come out. Run with `--features gpu-tests`.

mod scene;

use pngine_format::bytecode::Block;
use pngine_format::command::encode;
use pngine_format::descriptor::{Field, Type, Value, object};
use pngine_format::op::{Kind, Op, WHOLE, texture_usage};
use pngine_format::payload::tag;
use pngine_host::ColorSpace;
use pngine_native::{Gpu, Image, Player};
use scene::*;

fn gpu() -> Gpu {
    Gpu::new().unwrap_or_else(|error| panic!("{error}"))
}

fn pixel(image: &Image, x: u32, y: u32) -> [u8; 4] {
    let at = ((y * image.width + x) * 4) as usize;
    image.rgba[at..at + 4].try_into().unwrap()
}

/// The four corners, then the middle.
fn probes(image: &Image) -> [[u8; 4]; 5] {
    let (w, h) = (image.width - 1, image.height - 1);
    [(0, 0), (w, 0), (0, h), (w, h), (w / 2, h / 2)].map(|(x, y)| pixel(image, x, y))
}

fn draw(player: &mut Player, time: f32) -> Image {
    player.frame(time).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(player.findings(), []);
    player.read_pixels().unwrap()
}

fn play(scene: &Scene, width: u32, height: u32) -> Player {
    scene.play(&gpu(), width, height).unwrap_or_else(|error| panic!("{error}"))
}

const BLACK: [u8; 4] = [0, 0, 0, 255];
const RED: [u8; 4] = [255, 0, 0, 255];
const GREEN: [u8; 4] = [0, 255, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];

/// A pass over the canvas, cleared.
fn pass(scene: &mut Scene, commands: impl FnOnce(&mut Scene)) {
    scene.frame(Op::BeginRenderPass, &[CANVAS, 1, 0, NO]);
    commands(scene);
    scene.frame(Op::EndPass, &[]);
}

#[test]
fn a_triangle_of_vertices_covers_its_half_of_the_canvas() {
    let mut scene = Scene::default();
    let source = "@vertex fn vs(@location(0) at: vec2f) -> @builtin(position) vec4f { return vec4f(at, 0.0, 1.0); }\n\
                  @fragment fn fs() -> @location(0) vec4f { return vec4f(1.0, 0.0, 0.0, 1.0); }";
    let corners = scene.bytes(&floats(&[-1.0, -1.0, 1.0, -1.0, -1.0, 1.0]));
    scene.init(Op::CreateBuffer, &[0, 24, 0x28]);
    scene.init(Op::WriteBuffer, &[0, 0, corners[0], corners[1]]);
    scene.create(Op::CreateShader, &[0], source.as_bytes());
    let pipeline = pipeline(0, "preferredCanvasFormat", vec![vertices(8, "float32x2")], []);
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline);
    pass(&mut scene, |scene| {
        scene.frame(Op::SetPipeline, &[0]).frame(Op::SetVertexBuffer, &[0, 0]).frame(Op::Draw, &[3, 1, 0, 0]);
    });
    let image = draw(&mut play(&scene, 63, 31), 0.0);
    assert_eq!((image.width, image.height, image.rgba.len()), (63, 31, 63 * 31 * 4));
    assert_eq!(probes(&image)[..4], [RED, BLACK, RED, BLACK]);
}

#[test]
fn inputs_reach_the_shader() {
    let mut scene = Scene::default();
    let source = format!(
        "struct Inputs {{ time: f32, width: f32, height: f32, aspect: f32 }}\n\
         struct Frame {{ delta: f32, number: u32, seed: u32, ratio: f32 }}\n\
         @group(0) @binding(0) var<uniform> inputs: Inputs;\n@group(0) @binding(1) var<uniform> frame: Frame;\n{}",
        fullscreen("vec4f(inputs.time, inputs.aspect / 4.0, frame.delta, 1.0) * frame.ratio")
    );
    scene.init(Op::CreateBuffer, &[0, 16, 0x48]).init(Op::CreateBuffer, &[1, 16, 0x48]);
    scene.create(Op::CreateShader, &[0], source.as_bytes());
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline(0, "preferredCanvasFormat", vec![], []));
    scene.describe(Op::CreateBindGroupLayout, &[0], Type::BindGroupLayout, &layout_of(0, 0));
    scene.describe(Op::CreateBindGroup, &[0, 0], Type::BindGroup, &group([buffer(0), buffer(1)]));
    // The second write is longer than its buffer, and is cut.
    scene.inputs = vec![(0, 0, 16), (1, 76, 100)];
    pass(&mut scene, |scene| {
        scene.frame(Op::SetPipeline, &[0]).frame(Op::SetBindGroup, &[0, 0]).frame(Op::Draw, &[3, 1, 0, 0]);
    });
    let mut player = play(&scene, 64, 32);
    assert_eq!(pixel(&draw(&mut player, 0.2), 5, 5), [51, 128, 0, 255]);
    assert_eq!(pixel(&draw(&mut player, 0.6), 5, 5), [153, 128, 102, 255]);
}

#[test]
fn a_compute_shader_writes_the_vertices_of_a_draw() {
    let mut scene = Scene::default();
    let compute = "@group(0) @binding(0) var<storage, read_write> corners: array<vec2f>;\n\
                   @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) {\n  \
                   corners[id.x] = vec2f(f32(id.x & 1u) * 4.0 - 1.0, f32(id.x >> 1u) * 4.0 - 1.0);\n}";
    let render = "@vertex fn vs(@location(0) at: vec2f) -> @builtin(position) vec4f { return vec4f(at, 0.0, 1.0); }\n\
                  @fragment fn fs() -> @location(0) vec4f { return vec4f(0.0, 1.0, 0.0, 1.0); }";
    scene.init(Op::CreateBuffer, &[0, 24, 0xA0]);
    scene.create(Op::CreateShader, &[0], compute.as_bytes()).create(Op::CreateShader, &[1], render.as_bytes());
    let compute = object([(Field::Compute, stage(0, [(Field::EntryPoint, Value::Str("main".to_owned()))]))]);
    scene.describe(Op::CreateComputePipe, &[0], Type::ComputePipeline, &compute);
    let render = pipeline(1, "preferredCanvasFormat", vec![vertices(8, "float32x2")], []);
    scene.describe(Op::CreateRenderPipe, &[1], Type::RenderPipeline, &render);
    scene.describe(Op::CreateBindGroupLayout, &[0], Type::BindGroupLayout, &layout_of(0, 0));
    scene.describe(Op::CreateBindGroup, &[0, 0], Type::BindGroup, &group([buffer(0)]));
    scene.frame(Op::BeginComputePass, &[]).frame(Op::SetPipeline, &[0]).frame(Op::SetBindGroup, &[0, 0]);
    scene.frame(Op::Dispatch, &[3, 1, 1]).frame(Op::EndPass, &[]);
    pass(&mut scene, |scene| {
        scene.frame(Op::SetPipeline, &[1]).frame(Op::SetVertexBuffer, &[0, 0]).frame(Op::Draw, &[3, 1, 0, 0]);
    });
    assert_eq!(probes(&draw(&mut play(&scene, 16, 16), 0.0)), [GREEN; 5]);
}

#[test]
fn what_is_nearer_hides_what_is_farther_whatever_the_order() {
    let mut scene = Scene::default();
    // Instance 0 is near and red, instance 1 far and blue, drawn later; both over the whole canvas.
    let source = "struct Out { @builtin(position) at: vec4f, @location(0) color: vec4f }\n\
        @vertex fn vs(@builtin(vertex_index) i: u32, @builtin(instance_index) n: u32) -> Out {\n  \
        let xy = vec2f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0);\n  \
        let colors = array(vec4f(1.0, 0.0, 0.0, 1.0), vec4f(0.0, 0.0, 1.0, 1.0));\n  \
        return Out(vec4f(xy, 0.25 + 0.5 * f32(n), 1.0), colors[n]);\n}\n\
        @fragment fn fs(in: Out) -> @location(0) vec4f { return in.color; }";
    scene.create(Op::CreateShader, &[0], source.as_bytes());
    let depth =
        texture(Value::Canvas([1.0, 0.0, 0.0]), Value::Canvas([0.0, 1.0, 0.0]), "depth24plus", texture_usage::RENDER_ATTACHMENT);
    scene.describe(Op::CreateTexture, &[0], Type::Texture, &depth);
    let state = object([
        (Field::Format, word("depth24plus")),
        (Field::DepthWriteEnabled, Value::Bool(true)),
        (Field::DepthCompare, word("less")),
    ]);
    let pipeline = pipeline(0, "preferredCanvasFormat", vec![], [(Field::DepthStencil, state)]);
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline);
    scene.frame(Op::BeginRenderPass, &[CANVAS, 1, 0, 0]).frame(Op::SetPipeline, &[0]);
    scene.frame(Op::Draw, &[3, 2, 0, 0]).frame(Op::EndPass, &[]);
    let mut player = play(&scene, 20, 10);
    assert_eq!(probes(&draw(&mut player, 0.0)), [RED; 5]);
    // The depth texture follows the canvas, or the pass would be invalid.
    player.resize(33, 17).unwrap();
    assert_eq!(probes(&draw(&mut player, 0.0)), [RED; 5]);
}

/// Draws a quadrant pattern into a texture of half the canvas, and samples it onto the canvas.
fn offscreen() -> Scene {
    let mut scene = Scene::default();
    let pattern = fullscreen("vec4f(step(at.x, 8.0), step(at.y, 4.0), 0.0, 1.0)");
    let copy = format!(
        "@group(0) @binding(0) var picture: texture_2d<f32>;\n@group(0) @binding(1) var nearest: sampler;\n\
         @group(0) @binding(2) var<uniform> size: vec4f;\n{}",
        fullscreen("textureSampleLevel(picture, nearest, at.xy / size.yz, 0.0)")
    );
    scene.create(Op::CreateShader, &[0], pattern.as_bytes()).create(Op::CreateShader, &[1], copy.as_bytes());
    let usage = texture_usage::RENDER_ATTACHMENT | texture_usage::TEXTURE_BINDING;
    let half = texture(Value::Canvas([0.5, 0.0, 0.0]), Value::Canvas([0.0, 0.5, 0.0]), "rgba8unorm", usage);
    scene.describe(Op::CreateTexture, &[0], Type::Texture, &half);
    scene.describe(Op::CreateSampler, &[0], Type::Sampler, &object([(Field::MagFilter, word("nearest"))]));
    scene.describe(Op::CreateTextureView, &[0], Type::TextureView, &object([(Field::Texture, reference(Kind::Texture, 0))]));
    scene.init(Op::CreateBuffer, &[0, 16, 0x48]);
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline(0, "rgba8unorm", vec![], []));
    scene.describe(Op::CreateRenderPipe, &[1], Type::RenderPipeline, &pipeline(1, "preferredCanvasFormat", vec![], []));
    scene.describe(Op::CreateBindGroupLayout, &[0], Type::BindGroupLayout, &layout_of(1, 0));
    let resources = [reference(Kind::TextureView, 0), reference(Kind::Sampler, 0), buffer(0)];
    scene.describe(Op::CreateBindGroup, &[0, 0], Type::BindGroup, &group(resources));
    scene.inputs = vec![(0, 0, 16)];
    scene.frame(Op::BeginRenderPass, &[0, 1, 0, NO]).frame(Op::SetPipeline, &[0]);
    scene.frame(Op::Draw, &[3, 1, 0, 0]).frame(Op::EndPass, &[]);
    pass(&mut scene, |scene| {
        scene.frame(Op::SetPipeline, &[1]).frame(Op::SetBindGroup, &[0, 0]).frame(Op::Draw, &[3, 1, 0, 0]);
    });
    scene
}

#[test]
fn a_texture_is_drawn_to_sampled_and_follows_the_canvas() {
    let mut player = play(&offscreen(), 32, 16);
    let yellow = [255, 255, 0, 255];
    let image = draw(&mut player, 0.0);
    assert_eq!(probes(&image)[..4], [yellow, GREEN, RED, BLACK]);
    // The texture of half the canvas now has 32 by 16 texels, so the pattern covers a quarter of each side.
    player.resize(64, 32).unwrap();
    let image = draw(&mut player, 0.0);
    assert_eq!(
        [pixel(&image, 15, 7), pixel(&image, 17, 7), pixel(&image, 15, 9), pixel(&image, 17, 9)],
        [yellow, GREEN, RED, BLACK]
    );
}

#[test]
fn passes_with_descriptors_clear_blend_and_resolve() {
    let mut scene = Scene::default();
    let source = "@vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {\n  \
        return vec4f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);\n}\n\
        @fragment fn fs() -> @location(0) vec4f { return vec4f(0.0, 0.4, 0.0, 0.4); }";
    scene.create(Op::CreateShader, &[0], source.as_bytes());
    let Value::Object(mut multisampled) = texture(
        Value::Canvas([1.0, 0.0, 0.0]),
        Value::Canvas([0.0, 1.0, 0.0]),
        "preferredCanvasFormat",
        texture_usage::RENDER_ATTACHMENT,
    ) else {
        panic!("a texture is an object")
    };
    multisampled.push((Field::SampleCount, Value::Uint(4)));
    scene.describe(Op::CreateTexture, &[0], Type::Texture, &Value::Object(multisampled));
    let over = |source: &str| {
        object([
            (Field::SrcFactor, word(source)),
            (Field::DstFactor, word("one-minus-src-alpha")),
            (Field::Operation, word("add")),
        ])
    };
    let target = object([
        (Field::Format, word("preferredCanvasFormat")),
        (Field::Blend, object([(Field::Color, over("one")), (Field::Alpha, over("one"))])),
    ]);
    let pipeline = object([
        (Field::Vertex, stage(0, [])),
        (Field::Fragment, stage(0, [(Field::Targets, list([target]))])),
        (Field::Multisample, object([(Field::Count, Value::Uint(4))])),
    ]);
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline);
    let attachment = object([
        (Field::View, reference(Kind::DefaultView, 0)),
        (Field::ResolveTarget, reference(Kind::DefaultView, CANVAS as u16)),
        (Field::ClearValue, Value::F32Array(vec![1.0, 0.0, 0.0, 1.0])),
        (Field::LoadOp, word("clear")),
        (Field::StoreOp, word("discard")),
    ]);
    let pass = object([(Field::ColorAttachments, list([attachment]))]).to_descriptor(Type::RenderPass);
    let pass = scene.bytes(&pass);
    scene.frame(Op::BeginRenderPassDesc, &pass).frame(Op::SetPipeline, &[0]);
    scene.frame(Op::Draw, &[3, 1, 0, 0]).frame(Op::EndPass, &[]);
    let mut player = play(&scene, 8, 8);
    assert_eq!(probes(&draw(&mut player, 0.0)), [[153, 102, 0, 255]; 5]);
}

#[test]
fn render_bundles_and_dynamic_offsets_draw() {
    let mut scene = Scene::default();
    let source = format!("@group(0) @binding(0) var<uniform> color: vec4f;\n{}", fullscreen("color"));
    scene.create(Op::CreateShader, &[0], source.as_bytes());
    let colors: Vec<f32> =
        [[1.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0]].iter().flat_map(|c| c.iter().copied().chain([0.0; 60])).collect();
    let colors = scene.bytes(&floats(&colors));
    scene.init(Op::CreateBuffer, &[0, 512, 0x48]);
    scene.init(Op::WriteBuffer, &[0, 0, colors[0], colors[1]]);
    let entry = object([
        (Field::Binding, Value::Uint(0)),
        (Field::Visibility, Value::Uint(2)),
        (Field::Buffer, object([(Field::Type, word("uniform")), (Field::HasDynamicOffset, Value::Bool(true))])),
    ]);
    scene.describe(Op::CreateBindGroupLayout, &[0], Type::BindGroupLayout, &object([(Field::Entries, list([entry]))]));
    let layouts = object([(Field::BindGroupLayouts, list([reference(Kind::BindGroupLayout, 0)]))]);
    scene.describe(Op::CreatePipelineLayout, &[0], Type::PipelineLayout, &layouts);
    let pipeline = pipeline(0, "preferredCanvasFormat", vec![], [(Field::Layout, reference(Kind::PipelineLayout, 0))]);
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline);
    let sixteen = object([(Field::Buffer, reference(Kind::Buffer, 0)), (Field::Size, Value::Uint(16))]);
    scene.describe(Op::CreateBindGroup, &[0, 0], Type::BindGroup, &group([sixteen]));
    let offset = scene.bytes(&256u32.to_le_bytes());
    let body = encode([
        (Op::SetPipeline, &[0][..]),
        (Op::SetBindGroupOffsets, &[0, 0, offset[0], offset[1]]),
        (Op::Draw, &[3, 1, 0, 0]),
    ]);
    let bundle = object([
        (Field::ColorFormats, list([word("preferredCanvasFormat")])),
        (Field::Commands, Value::Bytes(body[8..].to_vec())),
    ]);
    scene.describe(Op::CreateRenderBundle, &[0], Type::RenderBundle, &bundle);
    let ids = scene.bytes(&0u16.to_le_bytes());
    pass(&mut scene, |scene| {
        scene.frame(Op::ExecuteBundles, &ids);
    });
    let mut player = play(&scene, 8, 8);
    assert_eq!(probes(&draw(&mut player, 0.0)), [BLUE; 5]);
}

#[test]
fn writes_and_copies_between_buffers_and_textures_arrive() {
    // A texture is written, copied to a buffer, from there to a second texture, and that is shown.
    let mut scene = Scene::default();
    let source =
        format!("@group(0) @binding(0) var picture: texture_2d<f32>;\n{}", fullscreen("textureLoad(picture, vec2u(at.xy), 0)"));
    scene.create(Op::CreateShader, &[0], source.as_bytes());
    let usage = texture_usage::COPY_SRC | texture_usage::COPY_DST | texture_usage::TEXTURE_BINDING;
    for id in 0..3 {
        let two = texture(Value::Uint(2), Value::Uint(2), "rgba8unorm", usage);
        scene.describe(Op::CreateTexture, &[id], Type::Texture, &two);
    }
    scene.init(Op::CreateBuffer, &[0, 264, 0x0C]).init(Op::CreateBuffer, &[1, 264, 0x0C]);
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline(0, "preferredCanvasFormat", vec![], []));
    scene.describe(Op::CreateBindGroupLayout, &[0], Type::BindGroupLayout, &layout_of(0, 0));
    scene.describe(Op::CreateBindGroup, &[0, 0], Type::BindGroup, &group([reference(Kind::DefaultView, 2)]));
    let texels = scene.bytes(&[RED, GREEN, BLUE, [255; 4]].concat());
    let place = |id| object([(Field::Texture, reference(Kind::Texture, id))]);
    let lines = |id, pitch| object([(Field::Buffer, reference(Kind::Buffer, id)), (Field::BytesPerRow, Value::Uint(pitch))]);
    let size = (Field::CopySize, list([Value::Uint(2), Value::Uint(2)]));
    let copy = |source, destination| {
        object([(Field::Source, source), (Field::Destination, destination), size.clone()]).to_descriptor(Type::Copy)
    };
    let write = scene.bytes(&copy(object([(Field::BytesPerRow, Value::Uint(8))]), place(0)));
    let out = scene.bytes(&copy(place(0), lines(0, 256)));
    let back = scene.bytes(&copy(lines(1, 256), place(1)));
    scene.frame(Op::WriteTexture, &[write[0], write[1], texels[0], texels[1]]);
    scene.frame(Op::CopyTextureToBuffer, &out).frame(Op::ClearBuffer, &[1, 0, WHOLE]);
    scene.frame(Op::CopyBuffer, &[0, 0, 1, 0, 264]).frame(Op::CopyBufferToTexture, &back);
    scene.frame(Op::CopyTexture, &[1, 2, 2, 2]);
    pass(&mut scene, |scene| {
        scene.frame(Op::SetPipeline, &[0]).frame(Op::SetBindGroup, &[0, 0]).frame(Op::Draw, &[3, 1, 0, 0]);
    });
    let image = draw(&mut play(&scene, 2, 2), 0.0);
    assert_eq!(image.rgba, [RED, GREEN, BLUE, [255; 4]].concat());
}

#[test]
fn pools_turn_with_the_frame_counter() {
    let mut scene = Scene::default();
    for (id, color) in ["vec4f(1.0, 0.0, 0.0, 1.0)", "vec4f(0.0, 1.0, 0.0, 1.0)"].iter().enumerate() {
        scene.create(Op::CreateShader, &[id as u32], fullscreen(color).as_bytes());
        let pipeline = pipeline(id as u16, "preferredCanvasFormat", vec![], []);
        scene.describe(Op::CreateRenderPipe, &[id as u32], Type::RenderPipeline, &pipeline);
    }
    let mut block = Block::default();
    block.command(Op::BeginRenderPass, &[CANVAS, 1, 0, NO]);
    block.command(Op::SetPipeline, &[0]);
    block.patch(1, 2, 0, 1);
    block.command(Op::Draw, &[3, 1, 0, 0]);
    block.command(Op::EndPass, &[]);
    scene.frame = block;
    let mut player = play(&scene, 4, 4);
    let colors: Vec<_> = (0..3).map(|_| pixel(&draw(&mut player, 0.0), 0, 0)).collect();
    assert_eq!(colors, [RED, GREEN, RED]);
    player.runner().set_frame_counter(1).unwrap();
    assert_eq!(pixel(&draw(&mut player, 0.0), 0, 0), GREEN);
}

#[test]
fn the_canvas_is_opaque_unless_told_otherwise_and_starts_each_frame_empty() {
    let mut scene = Scene::default();
    scene.create(Op::CreateShader, &[0], fullscreen("vec4f(0.2, 0.1, 0.0, 0.4)").as_bytes());
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline(0, "preferredCanvasFormat", vec![], []));
    // The pass loads: what the last frame drew must be gone.
    scene.frame(Op::BeginRenderPass, &[CANVAS, 0, 0, NO]).frame(Op::SetPipeline, &[0]);
    scene.frame(Op::SetScissorRect, &[0, 0, 1, 1]).frame(Op::Draw, &[3, 1, 0, 0]).frame(Op::EndPass, &[]);
    let show = |scene: &Scene| {
        let mut player = play(scene, 2, 1);
        let _ = draw(&mut player, 0.0);
        (draw(&mut player, 0.0).rgba, player.canvas_settings().color_space)
    };
    assert_eq!(show(&scene), (vec![51, 26, 0, 255, 0, 0, 0, 255], ColorSpace::Srgb));
    let settings = object([
        (Field::AlphaMode, word("premultiplied")),
        (Field::ColorSpace, word("display-p3")),
        (Field::ToneMapping, word("extended")),
    ]);
    scene.extensions.push((tag::CANVAS, settings.to_descriptor(Type::Canvas)));
    assert_eq!(show(&scene), (vec![128, 65, 0, 102, 0, 0, 0, 0], ColorSpace::DisplayP3));
}
