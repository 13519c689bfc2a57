//! Every command of the table on a real driver, and the pixels or numbers that it gives. Run with `--features gpu-tests`.

mod scene;

use pngine_format::args::{self, Arg, NumberType};
use pngine_format::command::encode;
use pngine_format::descriptor::{Field, Type, Value, object};
use pngine_format::op::{COMMANDS, Kind, Op, WHOLE, texture_usage};
use pngine_format::payload::tag;
use pngine_native::{Gpu, Image, PlayError, Player};
use scene::*;
use std::collections::BTreeSet;

fn gpu() -> Gpu {
    Gpu::new().unwrap_or_else(|error| panic!("{error}"))
}

fn play(scene: &Scene, width: u32, height: u32) -> Player {
    scene.play(&gpu(), width, height).unwrap_or_else(|error| panic!("{error}"))
}

fn draw(player: &mut Player, time: f32) -> Image {
    player.frame(time).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(player.findings(), []);
    player.read_pixels().unwrap()
}

fn pixel(image: &Image, x: u32, y: u32) -> [u8; 4] {
    let at = ((y * image.width + x) * 4) as usize;
    image.rgba[at..at + 4].try_into().unwrap()
}

/// How many pixels of the picture are not black.
fn lit(image: &Image) -> usize {
    image.rgba.chunks(4).filter(|pixel| pixel[..3] != [0, 0, 0]).count()
}

const RED: [u8; 4] = [255, 0, 0, 255];
const GREEN: [u8; 4] = [0, 255, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
const WHITE: [u8; 4] = [255; 4];

fn pass(scene: &mut Scene, commands: impl FnOnce(&mut Scene)) {
    scene.frame(Op::BeginRenderPass, &[CANVAS, 1, 0, NO]);
    commands(scene);
    scene.frame(Op::EndPass, &[]);
}

fn uint(n: u32) -> Value {
    Value::Uint(n)
}

fn text(text: &str) -> Value {
    Value::Str(text.to_owned())
}

/// Pipeline 0 paints everything white.
fn white() -> Scene {
    let mut scene = Scene::default();
    scene.create(Op::CreateShader, &[0], fullscreen("vec4f(1.0)").as_bytes());
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline(0, "preferredCanvasFormat", vec![], []));
    scene
}

/// Pipeline 0 and group 0 show, at each pixel, the number of buffer 0 (of so many bytes) at the pixel's x, divided by 255.
fn numbers(bytes: u32) -> Scene {
    let mut scene = Scene::default();
    let source = format!(
        "@group(0) @binding(0) var<storage> numbers: array<u32>;\n{}",
        fullscreen("vec4f(vec3f(f32(numbers[u32(at.x)]) / 255.0), 1.0)")
    );
    scene.create(Op::CreateShader, &[0], source.as_bytes());
    // COPY_DST, COPY_SRC, STORAGE and QUERY_RESOLVE.
    scene.init(Op::CreateBuffer, &[0, bytes, 0x8E]);
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline(0, "preferredCanvasFormat", vec![], []));
    scene.describe(Op::CreateBindGroupLayout, &[0], Type::BindGroupLayout, &layout_of(0, 0));
    scene.describe(Op::CreateBindGroup, &[0, 0], Type::BindGroup, &group([buffer(0)]));
    scene
}

/// Shows the numbers.
fn show(scene: &mut Scene) {
    pass(scene, |scene| {
        scene.frame(Op::SetPipeline, &[0]).frame(Op::SetBindGroup, &[0, 0]).frame(Op::Draw, &[3, 1, 0, 0]);
    });
}

/// The numbers that a frame shows, one a pixel.
fn shown(scene: &Scene, count: u32) -> Vec<u8> {
    draw(&mut play(scene, count, 1), 0.0).rgba.chunks(4).map(|pixel| pixel[0]).collect()
}

/// Pipeline 0 and group 0 show texture 0 texel by texel.
fn shows_texture(scene: &mut Scene, sampled: &str) {
    let source = format!("@group(0) @binding(0) var picture: texture_2d<f32>;\n{}", fullscreen(sampled));
    scene.create(Op::CreateShader, &[0], source.as_bytes());
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline(0, "preferredCanvasFormat", vec![], []));
    scene.describe(Op::CreateBindGroupLayout, &[0], Type::BindGroupLayout, &layout_of(0, 0));
    scene.describe(Op::CreateBindGroup, &[0, 0], Type::BindGroup, &group([reference(Kind::DefaultView, 0)]));
}

const LOAD: &str = "textureLoad(picture, vec2u(at.xy), 0)";

#[test]
fn viewports_and_scissor_rectangles_follow_the_canvas() {
    let rectangle = |members: &[(Field, Value)]| object(members.iter().cloned()).to_descriptor(Type::Region);
    let mut scene = white();
    // The right half of the canvas, and of that the lower half, rounded down.
    let viewport = rectangle(&[
        (Field::X, Value::CanvasNumber([0.5, 0.0, 0.0])),
        (Field::Y, uint(0)),
        (Field::Width, Value::CanvasNumber([0.5, 0.0, 0.0])),
        (Field::Height, Value::CanvasNumber([0.0, 1.0, 0.0])),
        (Field::MinDepth, Value::F32(0.0)),
    ]);
    let scissor = rectangle(&[
        (Field::X, Value::CanvasNumber([0.0, 0.0, -5.0])),
        (Field::Y, Value::CanvasNumber([0.0, 0.5, 0.9])),
        (Field::Width, Value::CanvasNumber([1.0, 0.0, 0.0])),
        (Field::Height, Value::CanvasNumber([0.0, 0.5, -0.9])),
    ]);
    let (viewport, scissor) = (scene.bytes(&viewport), scene.bytes(&scissor));
    pass(&mut scene, |scene| {
        scene.frame(Op::SetPipeline, &[0]).frame(Op::SetViewportDesc, &viewport).frame(Op::SetScissorRectDesc, &scissor);
        scene.frame(Op::Draw, &[3, 1, 0, 0]);
    });
    let mut player = play(&scene, 8, 8);
    let image = draw(&mut player, 0.0);
    // Rows 4 to 6: 0.5 * 8 + 0.9 is 4, and 0.5 * 8 - 0.9 is 3 high.
    assert_eq!(lit(&image), 4 * 3);
    assert_eq!((pixel(&image, 4, 4), pixel(&image, 7, 6)), (WHITE, WHITE));
    player.resize(12, 20).unwrap();
    assert_eq!(lit(&draw(&mut player, 0.0)), 6 * 9);
}

#[test]
fn plain_viewports_and_scissor_rectangles_bound_a_draw() {
    let mut scene = white();
    let bits = |x: f32| x.to_bits();
    pass(&mut scene, |scene| {
        scene.frame(Op::SetPipeline, &[0]);
        scene.frame(Op::SetViewport, &[bits(2.0), bits(1.0), bits(3.0), bits(2.0), bits(0.0), bits(1.0)]);
        scene.frame(Op::SetScissorRect, &[0, 0, 4, 8]);
        scene.frame(Op::Draw, &[3, 1, 0, 0]);
    });
    let image = draw(&mut play(&scene, 8, 8), 0.0);
    assert_eq!((lit(&image), pixel(&image, 2, 1), pixel(&image, 3, 2)), (4, WHITE, WHITE));
}

#[test]
fn workgroups_follow_the_canvas() {
    let mut scene = numbers(256);
    let source = "@group(0) @binding(0) var<storage, read_write> numbers: array<u32>;\n\
                  @compute @workgroup_size(1) fn main(@builtin(num_workgroups) n: vec3u) { numbers[0] = n.x; numbers[1] = n.y; \
                  numbers[2] = n.z; }";
    scene.create(Op::CreateShader, &[1], source.as_bytes());
    let compute = object([(Field::Compute, stage(1, []))]);
    scene.describe(Op::CreateComputePipe, &[1], Type::ComputePipeline, &compute);
    scene.describe(Op::CreateBindGroupLayout, &[1], Type::BindGroupLayout, &layout_of(1, 0));
    scene.describe(Op::CreateBindGroup, &[1, 1], Type::BindGroup, &group([buffer(0)]));
    let counts = object([(Field::X, Value::Canvas([0.5, 0.0, 0.0])), (Field::Y, uint(7))]).to_descriptor(Type::Region);
    let counts = scene.bytes(&counts);
    let empty = object([]).to_descriptor(Type::ComputePass);
    let empty = scene.bytes(&empty);
    scene.frame(Op::BeginComputePassDesc, &empty).frame(Op::SetPipeline, &[1]).frame(Op::SetBindGroup, &[0, 1]);
    scene.frame(Op::DispatchDesc, &counts).frame(Op::EndPass, &[]);
    show(&mut scene);
    assert_eq!(shown(&scene, 9)[..3], [4, 7, 1]);
}

#[test]
fn draws_and_dispatches_take_their_counts_from_buffers() {
    // Of six points, the indirect draw shows two from the second on, and the indexed one those at indices 4 and 5.
    let mut scene = numbers(256);
    let source = "@vertex fn vs(@location(0) x: f32) -> @builtin(position) vec4f { return vec4f((x + 0.5) / 4.0 - 1.0, 0.0, 0.0, 1.0); }\n\
                  @fragment fn fs() -> @location(0) vec4f { return vec4f(1.0); }";
    scene.create(Op::CreateShader, &[1], source.as_bytes());
    let compute = "@group(0) @binding(0) var<storage, read_write> numbers: array<u32>;\n\
                   @compute @workgroup_size(1) fn main(@builtin(num_workgroups) n: vec3u) { numbers[0] = n.x * 16u + n.y; }";
    scene.create(Op::CreateShader, &[2], compute.as_bytes());
    let points = (Field::Primitive, object([(Field::Topology, word("point-list"))]));
    let points = pipeline(1, "preferredCanvasFormat", vec![vertices(4, "float32")], [points]);
    scene.describe(Op::CreateRenderPipe, &[1], Type::RenderPipeline, &points);
    scene.describe(Op::CreateComputePipe, &[2], Type::ComputePipeline, &object([(Field::Compute, stage(2, []))]));
    scene.describe(Op::CreateBindGroupLayout, &[1], Type::BindGroupLayout, &layout_of(2, 0));
    scene.describe(Op::CreateBindGroup, &[1, 1], Type::BindGroup, &group([buffer(0)]));
    // Vertices, indices, and the parameters of all three: behind four bytes that are none.
    scene.init(Op::CreateBuffer, &[1, 24, 0x28]).init(Op::CreateBuffer, &[2, 16, 0x18]).init(Op::CreateBuffer, &[3, 64, 0x09]);
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
    let xs = scene.bytes(&floats(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]));
    let indices = scene.bytes(&[0u16, 1, 4, 5, 0, 0, 0, 0].iter().flat_map(|index| index.to_le_bytes()).collect::<Vec<_>>());
    let parameters = scene.bytes(&words(&[99, 2, 1, 1, 0, 2, 1, 2, 0, 0, 9, 3, 1]));
    scene.init(Op::WriteBuffer, &[1, 0, xs[0], xs[1]]).init(Op::WriteBuffer, &[2, 0, indices[0], indices[1]]);
    scene.init(Op::WriteBuffer, &[3, 0, parameters[0], parameters[1]]);
    scene.frame(Op::BeginComputePass, &[]).frame(Op::SetPipeline, &[2]).frame(Op::SetBindGroup, &[0, 1]);
    scene.frame(Op::DispatchIndirect, &[3, 40]).frame(Op::EndPass, &[]);
    pass(&mut scene, |scene| {
        scene.frame(Op::SetPipeline, &[1]).frame(Op::SetVertexBuffer, &[0, 1]).frame(Op::DrawIndirect, &[3, 4]);
        scene.frame(Op::SetIndexBuffer, &[2, 0]).frame(Op::DrawIndexedIndirect, &[3, 20]);
    });
    let row = |image: &Image| (0..8).map(|x| (0..image.height).any(|y| pixel(image, x, y) == WHITE)).collect::<Vec<_>>();
    let image = draw(&mut play(&scene, 8, 8), 0.0);
    assert_eq!(row(&image), [false, true, true, false, true, true, false, false]);
    show(&mut scene);
    assert_eq!(shown(&scene, 1), [9 * 16 + 3]);
}

#[test]
fn ranges_of_vertex_and_index_buffers_are_drawn() {
    let mut scene = Scene::default();
    let source = "@vertex fn vs(@location(0) at: vec2f) -> @builtin(position) vec4f { return vec4f(at, 0.0, 1.0); }\n\
                  @fragment fn fs() -> @location(0) vec4f { return vec4f(0.0, 1.0, 0.0, 1.0); }";
    scene.create(Op::CreateShader, &[0], source.as_bytes());
    let pipeline = pipeline(0, "preferredCanvasFormat", vec![vertices(8, "float32x2")], []);
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline);
    // A vertex that counts for nothing, then a triangle over everything. Indices that count for nothing, then those of it.
    scene.init(Op::CreateBuffer, &[0, 32, 0x28]).init(Op::CreateBuffer, &[1, 32, 0x18]);
    let corners = scene.bytes(&floats(&[0.0, 0.0, -1.0, -1.0, 3.0, -1.0, -1.0, 3.0]));
    let indices: Vec<u8> = [9u32, 9, 9, 0, 1, 2, 9, 9].iter().flat_map(|index| index.to_le_bytes()).collect();
    let indices = scene.bytes(&indices);
    scene.init(Op::WriteBuffer, &[0, 0, corners[0], corners[1]]).init(Op::WriteBuffer, &[1, 0, indices[0], indices[1]]);
    pass(&mut scene, |scene| {
        scene.frame(Op::SetPipeline, &[0]).frame(Op::SetVertexBufferRange, &[0, 0, 8, WHOLE]);
        scene.frame(Op::SetIndexBufferRange, &[1, 1, 12, 12]).frame(Op::DrawIndexed, &[3, 1, 0, 0, 0]);
    });
    assert_eq!(lit(&draw(&mut play(&scene, 4, 4), 0.0)), 16);
    // The base vertex is signed: indices from 1 on, and one vertex back.
    scene.frame = Default::default();
    let one = scene.bytes(&[1u32, 2, 3].iter().flat_map(|index| index.to_le_bytes()).collect::<Vec<_>>());
    scene.frame(Op::WriteBuffer, &[1, 0, one[0], one[1]]);
    pass(&mut scene, |scene| {
        scene.frame(Op::SetPipeline, &[0]).frame(Op::SetVertexBufferRange, &[0, 0, 8, 24]);
        scene.frame(Op::SetIndexBuffer, &[1, 1]).frame(Op::DrawIndexed, &[3, 1, 0, -1i32 as u32, 0]);
    });
    assert_eq!(lit(&draw(&mut play(&scene, 4, 4), 0.0)), 16);
}

#[test]
fn ranges_without_bytes_are_bound_and_nothing_is_drawn_from_them() {
    let mut scene = Scene::default();
    let source = "@vertex fn vs(@location(0) at: vec2f) -> @builtin(position) vec4f { return vec4f(at, 0.0, 1.0); }\n\
                  @fragment fn fs() -> @location(0) vec4f { return vec4f(0.0, 1.0, 0.0, 1.0); }";
    let vertex = "fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {\n\
                    let at = vec2f(f32(i & 1) * 4.0 - 1.0, f32(i >> 1) * 4.0 - 1.0);";
    scene.create(Op::CreateShader, &[0], source.as_bytes());
    let source = source.replace("fn vs(@location(0) at: vec2f) -> @builtin(position) vec4f {", vertex);
    scene.create(Op::CreateShader, &[1], source.as_bytes());
    let fed = pipeline(0, "preferredCanvasFormat", vec![vertices(8, "float32x2")], []);
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &fed);
    let whole = pipeline(1, "preferredCanvasFormat", vec![], []);
    scene.describe(Op::CreateRenderPipe, &[1], Type::RenderPipeline, &whole);
    scene.init(Op::CreateBuffer, &[0, 32, 0x28]).init(Op::CreateBuffer, &[1, 12, 0x18]);
    pass(&mut scene, |scene| {
        // What WebGPU allows to be drawn from nothing is nothing; what needs no buffer is drawn beside it.
        scene.frame(Op::SetPipeline, &[0]).frame(Op::SetVertexBufferRange, &[0, 0, 32, WHOLE]).frame(Op::Draw, &[0, 1, 0, 0]);
        scene.frame(Op::SetVertexBufferRange, &[0, 0, 8, 0]).frame(Op::Draw, &[0, 1, 0, 0]);
        scene.frame(Op::SetIndexBufferRange, &[1, 0, 12, WHOLE]).frame(Op::DrawIndexed, &[0, 1, 0, 0, 0]);
        scene.frame(Op::SetPipeline, &[1]).frame(Op::Draw, &[3, 1, 0, 0]);
    });
    assert_eq!(lit(&draw(&mut play(&scene, 4, 4), 0.0)), 16);
}

#[test]
fn blend_constants_and_stencil_references_count() {
    let mut scene = Scene::default();
    scene.create(Op::CreateShader, &[0], fullscreen("vec4f(1.0)").as_bytes());
    let depth_stencil = texture(uint(4), uint(4), "depth24plus-stencil8", texture_usage::RENDER_ATTACHMENT);
    scene.describe(Op::CreateTexture, &[0], Type::Texture, &depth_stencil);
    let state = |compare: &str, pass: &str| {
        let front = object([(Field::Compare, word(compare)), (Field::PassOp, word(pass))]);
        (
            Field::DepthStencil,
            object([
                (Field::Format, word("depth24plus-stencil8")),
                (Field::DepthWriteEnabled, Value::Bool(false)),
                (Field::DepthCompare, word("always")),
                (Field::StencilFront, front.clone()),
                (Field::StencilBack, front),
            ]),
        )
    };
    let blend = object([(Field::SrcFactor, word("constant")), (Field::DstFactor, word("zero")), (Field::Operation, word("add"))]);
    let target = object([
        (Field::Format, word("preferredCanvasFormat")),
        (Field::Blend, object([(Field::Color, blend.clone()), (Field::Alpha, blend)])),
    ]);
    let with = |state| {
        object([(Field::Vertex, stage(0, [])), (Field::Fragment, stage(0, [(Field::Targets, list([target.clone()]))])), state])
    };
    // The first draw writes 7 into the left half's stencil, the second draws where there is a 7.
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &with(state("always", "replace")));
    scene.describe(Op::CreateRenderPipe, &[1], Type::RenderPipeline, &with(state("equal", "keep")));
    let attachment = object([
        (Field::View, reference(Kind::DefaultView, CANVAS as u16)),
        (Field::LoadOp, word("clear")),
        (Field::StoreOp, word("store")),
    ]);
    let stencil = object([
        (Field::View, reference(Kind::DefaultView, 0)),
        (Field::DepthLoadOp, word("clear")),
        (Field::DepthStoreOp, word("discard")),
        (Field::DepthClearValue, Value::F32(1.0)),
        (Field::StencilLoadOp, word("clear")),
        (Field::StencilStoreOp, word("discard")),
        (Field::StencilClearValue, uint(3)),
    ]);
    let described = object([(Field::ColorAttachments, list([attachment])), (Field::DepthStencilAttachment, stencil)]);
    let described = scene.bytes(&described.to_descriptor(Type::RenderPass));
    let constant = |[r, g, b, a]: [f32; 4]| [r, g, b, a].map(f32::to_bits);
    scene.frame(Op::BeginRenderPassDesc, &described).frame(Op::SetPipeline, &[0]).frame(Op::SetScissorRect, &[0, 0, 2, 4]);
    scene.frame(Op::SetBlendConstant, &constant([1.0, 0.0, 0.0, 1.0])).frame(Op::SetStencilReference, &[7]);
    scene.frame(Op::Draw, &[3, 1, 0, 0]).frame(Op::SetPipeline, &[1]).frame(Op::SetScissorRect, &[0, 0, 4, 4]);
    scene.frame(Op::SetBlendConstant, &constant([0.0, 0.0, 1.0, 1.0])).frame(Op::Draw, &[3, 1, 0, 0]);
    scene.frame(Op::SetStencilReference, &[3]).frame(Op::SetBlendConstant, &constant([0.0, 1.0, 0.0, 1.0]));
    scene.frame(Op::Draw, &[3, 1, 0, 0]).frame(Op::EndPass, &[]);
    let image = draw(&mut play(&scene, 4, 4), 0.0);
    assert_eq!((pixel(&image, 0, 0), pixel(&image, 1, 3), pixel(&image, 2, 0), pixel(&image, 3, 3)), (BLUE, BLUE, GREEN, GREEN));
}

#[test]
fn occlusion_queries_are_resolved_and_debug_groups_stand_everywhere() {
    let mut scene = numbers(256);
    scene.create(Op::CreateShader, &[1], fullscreen("vec4f(1.0)").as_bytes());
    scene.describe(Op::CreateRenderPipe, &[1], Type::RenderPipeline, &pipeline(1, "preferredCanvasFormat", vec![], []));
    scene.describe(
        Op::CreateQuerySet,
        &[0],
        Type::QuerySet,
        &object([(Field::Type, word("occlusion")), (Field::Count, uint(3))]),
    );
    let attachment = object([
        (Field::View, reference(Kind::DefaultView, CANVAS as u16)),
        (Field::LoadOp, word("clear")),
        (Field::StoreOp, word("store")),
    ]);
    let described =
        object([(Field::ColorAttachments, list([attachment])), (Field::OcclusionQuerySet, reference(Kind::QuerySet, 0))]);
    let described = scene.bytes(&described.to_descriptor(Type::RenderPass));
    let label = scene.bytes("größer".as_bytes());
    scene.frame(Op::PushDebugGroup, &label).frame(Op::InsertDebugMarker, &label);
    scene.frame(Op::BeginRenderPassDesc, &described).frame(Op::PushDebugGroup, &label).frame(Op::SetPipeline, &[1]);
    scene.frame(Op::BeginOcclusionQuery, &[0]).frame(Op::Draw, &[3, 1, 0, 0]).frame(Op::EndOcclusionQuery, &[]);
    scene.frame(Op::BeginOcclusionQuery, &[1]).frame(Op::Draw, &[0, 1, 0, 0]).frame(Op::EndOcclusionQuery, &[]);
    scene.frame(Op::InsertDebugMarker, &label).frame(Op::PopDebugGroup, &[]).frame(Op::EndPass, &[]);
    scene.frame(Op::BeginComputePass, &[]).frame(Op::PushDebugGroup, &label).frame(Op::InsertDebugMarker, &label);
    scene.frame(Op::PopDebugGroup, &[]).frame(Op::EndPass, &[]).frame(Op::PopDebugGroup, &[]);
    scene.frame(Op::ResolveQuerySet, &[0, 0, 2, 0, 0]);
    show(&mut scene);
    // Two words a query: samples passed, how many is the driver's to say, or none.
    let numbers = shown(&scene, 4);
    assert!(numbers[0] > 0, "{numbers:?}");
    assert_eq!(numbers[2..], [0, 0]);
}

#[test]
fn bundles_with_debug_groups_follow_the_canvas_through_all_they_refer_to() {
    // A texture as large as the canvas is cleared to green; a bundle shows it through a view and a bind group.
    let mut scene = Scene::default();
    let source = format!(
        "@group(0) @binding(0) var picture: texture_2d<f32>;\n{}",
        fullscreen(
            "select(vec4f(1.0, 0.0, 0.0, 1.0), textureLoad(picture, vec2u(at.xy), 0), all(vec2u(at.xy) < textureDimensions(picture)))"
        )
    );
    scene.create(Op::CreateShader, &[0], source.as_bytes());
    let usage = texture_usage::RENDER_ATTACHMENT | texture_usage::TEXTURE_BINDING;
    let full = texture(Value::Canvas([1.0, 0.0, 0.0]), Value::Canvas([0.0, 1.0, 0.0]), "rgba8unorm", usage);
    scene.describe(Op::CreateTexture, &[0], Type::Texture, &full);
    scene.describe(Op::CreateTextureView, &[0], Type::TextureView, &object([(Field::Texture, reference(Kind::Texture, 0))]));
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline(0, "preferredCanvasFormat", vec![], []));
    scene.describe(Op::CreateBindGroupLayout, &[0], Type::BindGroupLayout, &layout_of(0, 0));
    scene.describe(Op::CreateBindGroup, &[0, 0], Type::BindGroup, &group([reference(Kind::TextureView, 0)]));
    let label = scene.bytes(b"all");
    let body = encode([
        (Op::PushDebugGroup, &label[..]),
        (Op::SetPipeline, &[0]),
        (Op::SetBindGroup, &[0, 0]),
        (Op::InsertDebugMarker, &label),
        (Op::Draw, &[3, 1, 0, 0]),
        (Op::PopDebugGroup, &[]),
    ]);
    let bundle = object([
        (Field::ColorFormats, list([word("preferredCanvasFormat")])),
        (Field::Commands, Value::Bytes(body[8..].to_vec())),
    ]);
    scene.describe(Op::CreateRenderBundle, &[0], Type::RenderBundle, &bundle);
    let attachment = object([
        (Field::View, reference(Kind::TextureView, 0)),
        (Field::ClearValue, Value::F32Array(vec![0.0, 1.0, 0.0, 1.0])),
        (Field::LoadOp, word("clear")),
        (Field::StoreOp, word("store")),
    ]);
    let clear = scene.bytes(&object([(Field::ColorAttachments, list([attachment]))]).to_descriptor(Type::RenderPass));
    let ids = scene.bytes(&0u16.to_le_bytes());
    scene.frame(Op::BeginRenderPassDesc, &clear).frame(Op::EndPass, &[]);
    pass(&mut scene, |scene| {
        scene.frame(Op::ExecuteBundles, &ids);
    });
    let mut player = play(&scene, 4, 4);
    assert!(draw(&mut player, 0.0).rgba.chunks(4).all(|pixel| pixel == GREEN));
    for (width, height) in [(9, 7), (3, 2), (4, 4)] {
        player.resize(width, height).unwrap();
        let image = draw(&mut player, 0.0);
        assert_eq!((image.width, image.height), (width, height));
        assert!(image.rgba.chunks(4).all(|pixel| pixel == GREEN));
    }
}

#[test]
fn slices_layers_and_levels_are_drawn_to_written_and_copied() {
    // A 3d texture whose second slice is cleared to red, copied into layer 1, level 1 of an array, which is shown.
    let mut scene = Scene::default();
    let source =
        format!("@group(0) @binding(0) var picture: texture_2d<f32>;\n{}", fullscreen("textureLoad(picture, vec2u(at.xy), 0)"));
    scene.create(Op::CreateShader, &[0], source.as_bytes());
    let mut volume = vec![
        (Field::Width, uint(2)),
        (Field::Height, uint(2)),
        (Field::Depth, uint(3)),
        (Field::Dimension, word("3d")),
        (Field::Format, word("rgba8unorm")),
        (Field::Usage, uint(texture_usage::RENDER_ATTACHMENT | texture_usage::COPY_SRC)),
    ];
    scene.describe(Op::CreateTexture, &[0], Type::Texture, &object(volume.drain(..)));
    let array = object([
        (Field::Width, uint(4)),
        (Field::Height, uint(4)),
        (Field::Depth, uint(2)),
        (Field::MipLevelCount, uint(2)),
        (Field::Format, word("rgba8unorm")),
        (Field::Usage, uint(texture_usage::COPY_DST | texture_usage::TEXTURE_BINDING)),
        (Field::ViewFormats, list([word("rgba8unorm-srgb")])),
    ]);
    scene.describe(Op::CreateTexture, &[1], Type::Texture, &array);
    let view = object([
        (Field::Texture, reference(Kind::Texture, 1)),
        (Field::Dimension, word("2d")),
        (Field::BaseMipLevel, uint(1)),
        (Field::MipLevelCount, uint(1)),
        (Field::BaseArrayLayer, uint(1)),
        (Field::ArrayLayerCount, uint(1)),
    ]);
    scene.describe(Op::CreateTextureView, &[0], Type::TextureView, &view);
    scene.describe(Op::CreateRenderPipe, &[0], Type::RenderPipeline, &pipeline(0, "preferredCanvasFormat", vec![], []));
    scene.describe(Op::CreateBindGroupLayout, &[0], Type::BindGroupLayout, &layout_of(0, 0));
    scene.describe(Op::CreateBindGroup, &[0, 0], Type::BindGroup, &group([reference(Kind::TextureView, 0)]));
    let attachment = object([
        (Field::View, reference(Kind::DefaultView, 0)),
        (Field::DepthSlice, uint(1)),
        (Field::ClearValue, Value::F32Array(vec![1.0, 0.0, 0.0, 1.0])),
        (Field::LoadOp, word("clear")),
        (Field::StoreOp, word("store")),
    ]);
    let clear = scene.bytes(&object([(Field::ColorAttachments, list([attachment]))]).to_descriptor(Type::RenderPass));
    let side = |id: u16, members: &[(Field, Value)]| {
        object([(Field::Texture, reference(Kind::Texture, id))].into_iter().chain(members.iter().cloned()))
    };
    let to = [(Field::MipLevel, uint(1)), (Field::Origin, list([uint(0), uint(0), uint(1)]))];
    let copy = object([
        (Field::Source, side(0, &[(Field::Origin, list([uint(0), uint(0), uint(1)]))])),
        (Field::Destination, side(1, &to)),
        (Field::CopySize, list([uint(2), uint(1)])),
    ]);
    let copy = scene.bytes(&copy.to_descriptor(Type::Copy));
    let texels = scene.bytes(&[BLUE, GREEN].concat());
    let write = object([
        (Field::Source, object([(Field::BytesPerRow, uint(8))])),
        (Field::Destination, side(1, &[(Field::MipLevel, uint(1)), (Field::Origin, list([uint(0), uint(1), uint(1)]))])),
        (Field::CopySize, list([uint(2)])),
    ]);
    let write = scene.bytes(&write.to_descriptor(Type::Copy));
    scene.frame(Op::WriteTexture, &[write[0], write[1], texels[0], texels[1]]);
    scene.frame(Op::BeginRenderPassDesc, &clear).frame(Op::EndPass, &[]).frame(Op::CopyTextureRegion, &copy);
    show(&mut scene);
    assert_eq!(draw(&mut play(&scene, 2, 2), 0.0).rgba, [RED, RED, BLUE, GREEN].concat());
}

#[test]
fn buffers_of_descriptors_are_written_cleared_and_copied() {
    let mut scene = numbers(32);
    scene.describe(Op::CreateBufferDesc, &[1], Type::Buffer, &object([(Field::Size, uint(32)), (Field::Usage, uint(0x0C))]));
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
    let all = scene.bytes(&words(&[1, 2, 3, 4, 5, 6, 7, 8]));
    scene.frame(Op::WriteBuffer, &[1, 0, all[0], all[1]]).frame(Op::ClearBuffer, &[1, 4, 8]);
    scene.frame(Op::CopyBuffer, &[1, 0, 0, 0, 24]);
    show(&mut scene);
    assert_eq!(shown(&scene, 8), [1, 0, 0, 4, 5, 6, 0, 0]);
}

/// A module that counts up at byte 16 by what it is given, and keeps the canvas' width behind that.
const COUNTER: &str = r#"(module
    (memory (export "memory") 1)
    (func (export "step") (param i32 i32) (result i32)
        (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (local.get 0)))
        (i32.store (i32.const 20) (local.get 1))
        (i32.const 16))
    (func (export "fail") unreachable))"#;

fn counter(function: &str, len: u32) -> Scene {
    let mut scene = numbers(32);
    scene.create(Op::InitWasmModule, &[0], &wat::parse_str(COUNTER).unwrap());
    let mut arguments = Vec::new();
    args::push(&mut arguments, Arg::I32(3));
    args::push(&mut arguments, Arg::Input(NumberType::I32, 4));
    let (name, arguments) = (scene.bytes(function.as_bytes()), scene.bytes(&arguments));
    scene.frame(Op::CallWasmFunc, &[0, 0, name[0], name[1], arguments[0], arguments[1]]);
    scene.frame(Op::WriteFromWasm, &[0, 0, 0, len]);
    show(&mut scene);
    scene
}

#[test]
fn what_nested_modules_return_is_written_and_their_state_lives_on() {
    let mut player = play(&counter("step", 8), 8, 1);
    for frame in 1..4 {
        let image = draw(&mut player, 0.0);
        assert_eq!((pixel(&image, 0, 0)[0], pixel(&image, 1, 0)[0]), (3 * frame, 8));
    }
    player.resize(5, 1).unwrap();
    let image = draw(&mut player, 0.0);
    assert_eq!((pixel(&image, 0, 0)[0], pixel(&image, 1, 0)[0]), (12, 5));
}

#[test]
fn a_call_that_fails_stops_the_frame() {
    let error = |scene: &Scene| match play(scene, 4, 1).frame(0.0) {
        Err(PlayError::Commands(findings)) => findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        other => panic!("{other:?}"),
    };
    let text = error(&counter("fail", 8));
    assert_eq!(text, "E010 nested module failed: `fail` takes (), but is given (i32, i32) (frame 0, command 0, CALL_WASM_FUNC)");
    // Longer than the buffer: what fits is written. Longer than the memory: it stops.
    assert_eq!(shown(&counter("step", 64), 4), [3, 4, 0, 0]);
    assert!(error(&counter("step", 1 << 16)).contains("lie outside the module's memory of 65536"));
}

fn png(width: u32, height: u32, rgba: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header().unwrap().write_image_data(rgba).unwrap();
    out
}

/// Copies a part of image 0 into texture 0.
fn copy_image(scene: &mut Scene, source: &[(Field, Value)], destination: &[(Field, Value)], size: [u32; 2]) {
    let side = |first, members: &[(Field, Value)]| object([first].into_iter().chain(members.iter().cloned()));
    let copy = object([
        (Field::Source, side((Field::Source, reference(Kind::Image, 0)), source)),
        (Field::Destination, side((Field::Texture, reference(Kind::Texture, 0)), destination)),
        (Field::CopySize, list(size.map(uint))),
    ]);
    let copy = scene.bytes(&copy.to_descriptor(Type::Copy));
    scene.frame(Op::CopyExternalImage, &copy);
}

const IMAGE_USAGE: u32 = texture_usage::COPY_DST | texture_usage::TEXTURE_BINDING | texture_usage::RENDER_ATTACHMENT;

#[test]
fn images_are_decoded_and_copied_in_part_flipped_and_multiplied() {
    let mut scene = Scene::default();
    scene.create(Op::LoadImage, &[0], &png(2, 2, &[RED, GREEN, BLUE, [255, 255, 255, 128]].concat()));
    scene.describe(Op::CreateTexture, &[0], Type::Texture, &texture(uint(4), uint(2), "rgba8unorm", IMAGE_USAGE));
    shows_texture(&mut scene, LOAD);
    copy_image(&mut scene, &[], &[], [2, 2]);
    let part = [(Field::Origin, list([uint(1), uint(0)])), (Field::FlipY, Value::Bool(true))];
    let multiplied = [(Field::Origin, list([uint(3), uint(0)])), (Field::PremultipliedAlpha, Value::Bool(true))];
    copy_image(&mut scene, &part, &multiplied, [1, 2]);
    show(&mut scene);
    let settings = object([(Field::AlphaMode, word("premultiplied"))]);
    let image = draw(&mut play(&scene, 4, 2), 0.0);
    let none = [0, 0, 0, 255];
    assert_eq!(image.rgba, [RED, GREEN, none, [128, 128, 128, 255], BLUE, WHITE, none, GREEN].concat());
    scene.extensions.push((tag::CANVAS, settings.to_descriptor(Type::Canvas)));
    assert_eq!(pixel(&draw(&mut play(&scene, 4, 2), 0.0), 3, 0), [255, 255, 255, 128]);
}

#[test]
fn images_are_copied_to_every_format_that_takes_them() {
    let texel = [200, 100, 50, 128];
    for (format, expected) in [
        ("r8unorm", [200, 0, 0, 255]),
        ("rg8unorm", [200, 100, 0, 255]),
        ("rgba8unorm", texel),
        ("bgra8unorm", texel),
        ("r16float", [200, 0, 0, 255]),
        ("rg16float", [200, 100, 0, 255]),
        ("rgba16float", texel),
        ("r32float", [200, 0, 0, 255]),
        ("rg32float", [200, 100, 0, 255]),
        ("rgba32float", texel),
        // Two bits of alpha: 128 of 255 is 2 of 3.
        ("rgb10a2unorm", [200, 100, 50, 170]),
        // Sampling turns the numbers into linear light. Source: IEC 61966-2-1.
        ("rgba8unorm-srgb", [147, 32, 8, 128]),
        ("bgra8unorm-srgb", [147, 32, 8, 128]),
    ] {
        let mut scene = Scene::default();
        scene.create(Op::LoadImage, &[0], &png(1, 1, &texel));
        scene.describe(Op::CreateTexture, &[0], Type::Texture, &texture(uint(1), uint(1), format, IMAGE_USAGE));
        if format.contains("32float") {
            // These are not filterable, so the layout must say so.
            let source = format!("@group(0) @binding(0) var picture: texture_2d<f32>;\n{}", fullscreen(LOAD));
            scene.create(Op::CreateShader, &[0], source.as_bytes());
            let entry = object([
                (Field::Binding, uint(0)),
                (Field::Visibility, uint(2)),
                (Field::Texture, object([(Field::SampleType, word("unfilterable-float"))])),
            ]);
            scene.describe(Op::CreateBindGroupLayout, &[0], Type::BindGroupLayout, &object([(Field::Entries, list([entry]))]));
            let layouts = object([(Field::BindGroupLayouts, list([reference(Kind::BindGroupLayout, 0)]))]);
            scene.describe(Op::CreatePipelineLayout, &[0], Type::PipelineLayout, &layouts);
            let layout = (Field::Layout, reference(Kind::PipelineLayout, 0));
            scene.describe(
                Op::CreateRenderPipe,
                &[0],
                Type::RenderPipeline,
                &pipeline(0, "preferredCanvasFormat", vec![], [layout]),
            );
            scene.describe(Op::CreateBindGroup, &[0, 0], Type::BindGroup, &group([reference(Kind::DefaultView, 0)]));
        } else {
            shows_texture(&mut scene, LOAD);
        }
        copy_image(&mut scene, &[], &[], [1, 1]);
        show(&mut scene);
        // Shown without alpha on an opaque canvas; the alpha is shown instead of the colour in a second run.
        let image = draw(&mut play(&scene, 1, 1), 0.0);
        let close = |a: u8, b: u8| a.abs_diff(b) <= 1;
        let [r, g, b, _] = pixel(&image, 0, 0);
        assert!(close(r, expected[0]) && close(g, expected[1]) && close(b, expected[2]), "{format}: {:?}", image.rgba);
        scene.extensions.push((tag::CANVAS, object([(Field::AlphaMode, word("premultiplied"))]).to_descriptor(Type::Canvas)));
        let alpha = pixel(&draw(&mut play(&scene, 1, 1), 0.0), 0, 0)[3];
        assert!(close(alpha, expected[3]), "{format}: {alpha}");
    }
}

#[test]
fn mip_levels_take_images_and_other_formats_refuse_them() {
    let mut scene = Scene::default();
    scene.create(Op::LoadImage, &[0], &png(2, 1, &[RED, GREEN].concat()));
    let Value::Object(mut members) = texture(uint(4), uint(2), "rgba8unorm", IMAGE_USAGE) else { panic!("an object") };
    members.push((Field::MipLevelCount, uint(2)));
    scene.describe(Op::CreateTexture, &[0], Type::Texture, &Value::Object(members));
    shows_texture(&mut scene, "textureLoad(picture, vec2u(at.xy), 1)");
    copy_image(&mut scene, &[], &[(Field::MipLevel, uint(1))], [2, 1]);
    show(&mut scene);
    assert_eq!(draw(&mut play(&scene, 2, 1), 0.0).rgba, [RED, GREEN].concat());

    let mut scene = Scene::default();
    scene.create(Op::LoadImage, &[0], &png(1, 1, &RED));
    scene.describe(Op::CreateTexture, &[0], Type::Texture, &texture(uint(1), uint(1), "rgba8uint", IMAGE_USAGE));
    copy_image(&mut scene, &[], &[], [1, 1]);
    let error = play(&scene, 1, 1).frame(0.0).unwrap_err().to_string();
    assert!(error.starts_with("an image cannot be copied to a texture of the format Rgba8Uint (frame 0, command 0"), "{error}");

    // A part that is no part of the image is left out, and said.
    let mut scene = Scene::default();
    scene.create(Op::LoadImage, &[0], &png(1, 1, &RED));
    scene.describe(Op::CreateTexture, &[0], Type::Texture, &texture(uint(2), uint(1), "rgba8unorm", IMAGE_USAGE));
    copy_image(&mut scene, &[], &[], [2, 1]);
    let mut player = play(&scene, 1, 1);
    player.frame(0.0).unwrap();
    assert!(player.findings()[0].to_string().starts_with("E002 buffer too small: a region of 2x1x1 pixels"));
}

#[test]
fn a_damaged_image_stops_the_scene() {
    let mut scene = Scene::default();
    let image = png(2, 1, &[RED, GREEN].concat());
    scene.create(Op::LoadImage, &[0], &image[..image.len() - 20]);
    let error = scene.play(&gpu(), 1, 1).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.starts_with("E011 image cannot be decoded: ") && error.ends_with("(init, command 0, LOAD_IMAGE)"), "{error}");
}

#[test]
fn videos_are_refused_by_name() {
    let mut scene = Scene::default();
    let described = object([(Field::Mime, text("video/webm"))]).to_descriptor(Type::Video);
    let (described, bytes) = (scene.bytes(&described), scene.bytes(b"\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm\x42\x87\x81\x04"));
    // Only a video needs such a shader.
    scene.create(Op::CreateShader, &[0], b"@group(0) @binding(0) var picture: texture_external;");
    scene.init(Op::LoadVideo, &[7, described[0], described[1], bytes[0], bytes[1]]);
    let error = scene.play(&gpu(), 1, 1).err().map(|error| error.to_string()).unwrap_or_default();
    assert_eq!(error, "not supported by this host: videos (video 7, video/webm)");
}

#[test]
fn uniforms_are_set_by_name_and_inputs_follow() {
    let mut scene = numbers(32);
    let uniform = |name: &str, offset, members: &[(Field, Value)]| {
        let own = [(Field::Name, text(name)), (Field::Offset, uint(offset)), (Field::Type, word("uint32"))];
        object(own.into_iter().chain(members.iter().cloned()))
    };
    let block = object([
        (Field::Module, text("code")),
        (Field::Name, text("u")),
        (Field::Buffer, reference(Kind::Buffer, 0)),
        (
            Field::Uniforms,
            list([uniform("color", 0, &[(Field::Rows, uint(3))]), uniform("height", 16, &[(Field::Input, uint(8))])]),
        ),
    ]);
    let table = object([(Field::Blocks, list([block]))]);
    scene.extensions.push((tag::UNIFORMS, table.to_descriptor(Type::Uniforms)));
    show(&mut scene);
    let mut player = play(&scene, 8, 2);
    let numbers = |image: Image| image.rgba.chunks(4).take(5).map(|pixel| pixel[0]).collect::<Vec<_>>();
    assert_eq!(numbers(draw(&mut player, 0.0)), [0, 0, 0, 0, 2]);
    player.set_uniform("color", &[7.0, 8.9, 9.0]).unwrap();
    assert_eq!(numbers(draw(&mut player, 0.0)), [7, 8, 9, 0, 2]);
    player.resize(8, 5).unwrap();
    assert_eq!(numbers(draw(&mut player, 0.0)), [7, 8, 9, 0, 5]);
    assert!(player.set_uniform("colour", &[1.0]).is_err());
    let names: Vec<_> = player.uniforms().into_iter().map(|info| (info.name, info.ty, info.is_input)).collect();
    assert_eq!(
        names,
        [("code.u.color".to_owned(), "vec3<u32>".to_owned(), false), ("code.u.height".to_owned(), "u32".to_owned(), true)]
    );
}

#[test]
fn seeking_starts_the_clock_anew() {
    let mut scene = numbers(32);
    // The delta of `frameInputs`, as its bits; 0.5 is 0x3F000000, whose upper byte alone is shown.
    scene.inputs = vec![(0, 76, 4)];
    show(&mut scene);
    let delta = |player: &Player| player.read_pixels().unwrap().rgba[0];
    let mut player = play(&scene, 1, 1);
    player.frame(1.0).unwrap();
    assert_eq!(delta(&player), 0);
    player.frame(1.5).unwrap();
    assert_eq!(delta(&player), 255);
    player.seek(9.0).unwrap();
    assert_eq!(delta(&player), 0);
    assert!(player.animation().is_none());
}

/// A scene whose device has these features or limits.
fn device(scene: &mut Scene, members: impl IntoIterator<Item = (Field, Value)>) -> Gpu {
    scene.extensions.push((tag::DEVICE, object(members).to_descriptor(Type::Device)));
    let bytes = scene.payload();
    Gpu::for_scene(&pngine_format::payload::Payload::parse(&bytes).unwrap()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn timestamps_are_written_with_the_feature_that_they_need() {
    let mut scene = numbers(256);
    scene.describe(
        Op::CreateQuerySet,
        &[0],
        Type::QuerySet,
        &object([(Field::Type, word("timestamp")), (Field::Count, uint(4))]),
    );
    let writes = |begin, end| {
        object([
            (Field::QuerySet, reference(Kind::QuerySet, 0)),
            (Field::BeginningOfPassWriteIndex, uint(begin)),
            (Field::EndOfPassWriteIndex, uint(end)),
        ])
    };
    let compute = scene.bytes(&object([(Field::TimestampWrites, writes(0, 1))]).to_descriptor(Type::ComputePass));
    let attachment = object([
        (Field::View, reference(Kind::DefaultView, CANVAS as u16)),
        (Field::LoadOp, word("clear")),
        (Field::StoreOp, word("store")),
    ]);
    let render = object([(Field::ColorAttachments, list([attachment])), (Field::TimestampWrites, writes(2, 3))]);
    let render = scene.bytes(&render.to_descriptor(Type::RenderPass));
    scene.frame(Op::BeginComputePassDesc, &compute).frame(Op::EndPass, &[]);
    scene.frame(Op::BeginRenderPassDesc, &render).frame(Op::EndPass, &[]);
    scene.frame(Op::ResolveQuerySet, &[0, 0, 4, 0, 0]);
    show(&mut scene);
    // A plain device has no timestamps, and says which command needs them.
    let error = scene.play(&gpu(), 8, 1).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("CREATE_QUERY_SET"), "{error}");
    let gpu = device(&mut scene, [(Field::RequiredFeatures, list([text("timestamp-query")]))]);
    let mut player = scene.play(&gpu, 8, 1).unwrap_or_else(|error| panic!("{error}"));
    // The low words of times: all but surely not all 0.
    let numbers: Vec<u8> = draw(&mut player, 0.0).rgba.chunks(4).map(|pixel| pixel[0]).collect();
    assert!(numbers.iter().any(|number| *number > 0), "{numbers:?}");
}

#[test]
fn a_scene_gets_the_limits_that_it_asks_for_or_hears_what_is_lacking() {
    let limits = |limit: f64| Value::Record(vec![("maxBindGroups".to_owned(), limit)]);
    let mut scene = white();
    pass(&mut scene, |scene| {
        scene.frame(Op::SetPipeline, &[0]).frame(Op::Draw, &[3, 1, 0, 0]);
    });
    let optional = [text("texture-compression-astc"), text("shader-f16"), text("no-such-feature")];
    let gpu_with = device(&mut scene, [(Field::RequiredLimits, limits(5.0)), (Field::OptionalFeatures, list(optional))]);
    assert_eq!(lit(&draw(&mut scene.play(&gpu_with, 2, 2).unwrap_or_else(|error| panic!("{error}")), 0.0)), 4);
    // A plain device has the default of 4.
    let error = scene.play(&gpu(), 2, 2).err().map(|error| error.to_string()).unwrap_or_default();
    assert_eq!(error, "not supported by this host: the limit maxBindGroups of 5 (it has 4)");
    scene.extensions.clear();
    let wishes =
        object([(Field::RequiredLimits, limits(1e9)), (Field::RequiredFeatures, list([text("texture-component-swizzle")]))]);
    scene.extensions.push((tag::DEVICE, wishes.to_descriptor(Type::Device)));
    let bytes = scene.payload();
    let error = Gpu::for_scene(&pngine_format::payload::Payload::parse(&bytes).unwrap()).unwrap_err().to_string();
    assert!(
        error.contains("lacks what the scene needs: the feature texture-component-swizzle, the limit maxBindGroups of"),
        "{error}"
    );
}

#[test]
fn twenty_megabytes_of_data_play() {
    // Written to a buffer every frame, and as an image.
    let size = 20 << 20;
    let mut scene = numbers(size);
    let data: Vec<u8> = (0..size / 4).flat_map(|i| (i % 251).to_le_bytes()).collect();
    let data = scene.bytes(&data);
    scene.frame(Op::WriteBuffer, &[0, 0, data[0], data[1]]);
    let (width, height) = (2400, 2200);
    let mut state = 1u32;
    let noise: Vec<u8> = (0..width * height)
        .flat_map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [_, r, g, b] = state.to_le_bytes();
            [r, g, b, 255]
        })
        .collect();
    let image = {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, width, height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_compression(png::Compression::NoCompression);
        encoder.write_header().unwrap().write_image_data(&noise).unwrap();
        out
    };
    assert!(image.len() > 20 << 20);
    scene.create(Op::LoadImage, &[0], &image);
    scene.describe(Op::CreateTexture, &[0], Type::Texture, &texture(uint(width), uint(height), "rgba8unorm", IMAGE_USAGE));
    copy_image(&mut scene, &[], &[], [width, height]);
    show(&mut scene);
    let mut player = play(&scene, 8, 1);
    for _ in 0..3 {
        let numbers: Vec<u8> = draw(&mut player, 0.0).rgba.chunks(4).map(|pixel| pixel[0]).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}

#[test]
fn the_scene_of_the_timeline_is_told() {
    let mut scene = white();
    scene.frame(Op::SetScene, &[3, 0]);
    let mut player = play(&scene, 1, 1);
    assert_eq!(player.scene(), None);
    player.frame(0.0).unwrap();
    assert_eq!(player.scene(), Some(3));
}

/// Every command of the table stands in some scene of the tests of this folder.
#[test]
fn every_command_is_executed_by_some_test() {
    let sources = [include_str!("commands.rs"), include_str!("pixels.rs"), include_str!("scene/mod.rs")].concat();
    let used: BTreeSet<&str> =
        sources.split("Op::").skip(1).filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next()).collect();
    let missing: Vec<String> =
        COMMANDS.iter().map(|row| format!("{:?}", row.op)).filter(|name| !used.contains(name.as_str())).collect();
    // A video is refused when it is loaded, so that none is ever bound.
    assert_eq!(missing, ["BindVideoFrame"]);
}
