/** The plugins in a real browser: nested modules, images, videos. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { autoLayout, bufferEntry, d, END, fixedScene, FULLSCREEN, o, renderPipeline, stage, theatre } from "./play.mjs";
import {
  CANVAS, chunk, code, command, constant, exportOf, f32, f64, FIELD, instruction, KIND, NONE, part, PLUGIN, Scene, u16, u32, utf8, v, wasm,
} from "./scene.mjs";

const { play, quiet, executor } = await theatre();

const asset = async (/** @type {string} */ name) => new Uint8Array(await readFile(new URL(`assets/${name}`, import.meta.url)));
const size = (/** @type {number[]} */ ...numbers) => v.array(...numbers.map(v.uint));
const frameOf = (/** @type {number[][]} */ ...commands) => [...commands, command("SUBMIT"), END];
const show = [
  command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("SET_PIPELINE", 0), command("SET_BIND_GROUP", 0, 0), command("DRAW", 3, 1, 0, 0), command("END_PASS"),
];
const ALL = 63;

// ------------------------------------------------------------------------------------------------------------------- modules

const [I32, I64, F32, F64] = [0x7f, 0x7e, 0x7d, 0x7c];
const type = (/** @type {number[]} */ params, /** @type {number[]} */ results) => [0x60, params.length, ...params, results.length, ...results];
const local = (/** @type {number} */ i) => [0x20, i];
const store = (/** @type {number} */ offset, /** @type {number[]} */ value) => [...constant(16), ...value, 0x38, 2, offset];

/**
 * A module with a memory of one page, exported, and these functions. `step` counts its calls, stores the count and its arguments as
 * singles at 16, and returns 16.
 */
const STEPS = wasm(
  part(1, [type([I32, I64, F32, F64], [I32]), type([], [I32]), type([], [])]),
  part(3, [[0], [1], [1], [2]]),
  part(5, [[0, 1]]),
  part(6, [[F32, 1, 0x43, ...f32(0), 0x0b]]),
  part(7, [exportOf("memory", 2, 0), exportOf("step", 0, 0), exportOf("trap", 0, 1), exportOf("far", 0, 2), exportOf("nothing", 0, 3)]),
  part(10, [
    code([
      0x23, 0, 0x43, ...f32(1), 0x92, 0x24, 0, ...store(0, [0x23, 0]), ...store(4, [...local(0), 0xb2]), ...store(8, [...local(1), 0xb4]),
      ...store(12, local(2)), ...store(16, [...local(3), 0xb6]), ...constant(16),
    ]),
    code([0x00]), code(constant(65533)), code([]),
  ]),
);

/** A module that takes its memory from `env`, with the given limits, and calls `env.abort`. @param {number[]} limits */
const guest = (limits) => wasm(
  part(1, [type([], [I32]), type([I32, I32, I32, I32], [])]),
  part(2, [[3, ...utf8("env"), 6, ...utf8("memory"), 2, ...limits], [3, ...utf8("env"), 5, ...utf8("abort"), 0, 1]]),
  part(3, [[0], [0]]),
  part(7, [exportOf("get", 0, 1), exportOf("abort", 0, 2)]),
  part(10, [code([...store(0, [0x43, ...f32(51)]), ...constant(16)]), code([...[0, 0, 12, 34].flatMap(constant), 0x10, 0, ...constant(0)])]),
);

const literals = [I32, ...u32(-7), I64, ...u32(40), ...u32(0), F32, ...f32(0.5), F64, ...f64(1.5)];
/** What becomes of an input, by the type of the parameter. @param {number} offset */
const inputs = (offset) => [I32, I64, F32, F64].flatMap((type) => [type | 128, ...u16(offset)]);

/**
 * A scene that calls `name` of `module` each frame and shows the five singles that its result points to, as red, in columns.
 * @param {Uint8Array} module @param {string} name @param {number[]} args @param {number} [length]
 */
function caller(module, name, args, length = 20) {
  return fixedScene((_, at) => {
    const shader = at(`${FULLSCREEN}
      @group(0) @binding(0) var<storage, read> numbers: array<f32>;
      @fragment fn fs(@builtin(position) at: vec4f) -> @location(0) vec4f { return vec4f((numbers[u32(at.x) / 8] + 100) / 255, 0, 0, 1); }`);
    return {
      plugins: ALL,
      init: [
        command("CREATE_BUFFER", 0, 32, 0x88), command("CREATE_SHADER", 0, ...shader), command("CREATE_RENDER_PIPE", 0, ...at(renderPipeline())),
        command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(autoLayout(0))),
        command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, { entries: v.array(bufferEntry(0, 0)) }))), command("INIT_WASM_MODULE", 4, ...at(module)), END,
      ],
      frame: frameOf(command("CALL_WASM_FUNC", 300, 4, ...at(name), ...at(args)), command("WRITE_FROM_WASM", 300, 0, 4, length), ...show),
    };
  });
}

const columns = "const columns = () => [1, 2, 3, 4, 5].map((i) => parseInt(pixel(8 * i, 1)) - 100);";

test("a module keeps its state from frame to frame, and takes arguments of every type", async () => {
  const { value } = await quiet(caller(STEPS, "step", literals), `${columns} return [0, 1, 2].map((time) => (player.draw(time), columns()));`);
  // The first call was the frame that loading draws. A half is rounded to either side.
  const halves = value.map((/** @type {number[]} */ row) => row.slice(3));
  assert.deepEqual(value.map((/** @type {number[]} */ row) => row.slice(0, 3)), [[2, -7, 40], [3, -7, 40], [4, -7, 40]]);
  for (const [half, more] of halves) assert.ok((half === 0 || half === 1) && (more === 1 || more === 2));
});

test("an argument from the inputs is converted to the type of the parameter, whole numbers towards zero", async () => {
  // The first column is the number of calls.
  const { value } = await quiet(caller(STEPS, "step", inputs(76)), `${columns} player.draw(2.75); return columns();`);
  assert.deepEqual(value.slice(0, 3), [2, 2, 2]);
  for (const number of value.slice(3)) assert.equal(number, 3);
  // What is too large becomes the largest: white, less 100. As for NaN, there is no such time.
  const large = await quiet(caller(STEPS, "step", inputs(76)), `${columns} player.draw(1e30); return columns();`);
  assert.deepEqual(large.value, [2, 155, 155, 155, 155]);
});

test("a module may take a page of memory from its host, with a limit or without", async () => {
  for (const limits of [[0, 1], [1, 1, 1], [0, 0]]) {
    const { value } = await quiet(caller(guest(limits), "get", []), `${columns} player.draw(0); return columns()[0];`);
    assert.equal(value, 51, `${limits}`);
  }
});

test("what goes wrong in a module is E010, and stops the frame", async () => {
  /** @type {[Uint8Array, string, number[], RegExp][]} */
  const cases = [
    [STEPS, "trap", [], /E010: command 0, CALL_WASM_FUNC: trap: unreachable/],
    [STEPS, "absent", [], /E010: command 0, CALL_WASM_FUNC: the module exports no function absent$/],
    [STEPS, "memory", [], /E010: command 0, CALL_WASM_FUNC: the module exports no function memory$/],
    [STEPS, "step", [I32, ...u32(1)], /E010: command 0, CALL_WASM_FUNC: step takes 4 arguments, not 1$/],
    [STEPS, "step", [...Array(4)].flatMap(() => [F32, ...f32(1)]), /E010: command 0, CALL_WASM_FUNC: step: .*BigInt/],
    [STEPS, "far", [], /E010: command 1, WRITE_FROM_WASM: 20 bytes at 65533 are outside of the module's memory of 65536 bytes$/],
    [STEPS, "nothing", [], /E010: command 1, WRITE_FROM_WASM: the call 300 has returned nothing yet$/],
    [STEPS, "step", [1], /E010: command 0, CALL_WASM_FUNC: the arguments: unknown type 1 of an argument$/],
    [STEPS, "step", [I32, 1], /E010: command 0, CALL_WASM_FUNC: the arguments: the bytes end before byte 5$/],
    [guest([0, 1]), "abort", [], /E010: command 0, CALL_WASM_FUNC: abort: it aborts: line 12, column 34$/],
    [guest([0, 2]), "get", [], /^rejected: .*E010: command 5, INIT_WASM_MODULE: wasmModule 4: .*memory/],
    [new Uint8Array([1, 2, 3]), "get", [], /^rejected: .*E010: command 5, INIT_WASM_MODULE: wasmModule 4: /],
  ];
  for (const [module, name, args, report] of cases) {
    const { reports } = await play(caller(module, name, args), "");
    assert.match(reports[0] ?? "nothing", report);
    assert.equal(reports.length, 1, reports.join("\n"));
  }
});

test("a prebuilt executor calls modules, too", async () => {
  const scene = new Scene();
  scene.plugins = PLUGIN.core | PLUGIN.render | PLUGIN.wasm;
  const module = scene.blob(STEPS);
  const [name, args] = [scene.blob("step"), scene.blob(literals)];
  const copy = scene.blob(`${FULLSCREEN} @group(0) @binding(0) var<storage, read> numbers: array<f32>;
    @fragment fn fs() -> @location(0) vec4f { return vec4f(numbers[0] / 255, 0, 0, 1); }`);
  const [pipeline, layout] = [scene.blob(renderPipeline()), scene.blob(autoLayout(0))];
  const group = scene.blob(d(3, { entries: v.array(bufferEntry(0, 0)) }));
  scene.init = [
    instruction("CREATE_BUFFER", 0, 32, 0x88), instruction("CREATE_SHADER", 0, ...copy), instruction("CREATE_RENDER_PIPE", 0, ...pipeline),
    instruction("CREATE_BIND_GROUP_LAYOUT", 0, ...layout), instruction("CREATE_BIND_GROUP", 0, 0, ...group), instruction("INIT_WASM_MODULE", 0, ...module),
    instruction("END"),
  ].flat();
  scene.frames = [[
    instruction("CALL_WASM_FUNC", 0, 0, ...name, ...args), instruction("WRITE_FROM_WASM", 0, 0, 0, 20),
    instruction("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), instruction("SET_PIPELINE", 0), instruction("SET_BIND_GROUP", 0, 0), instruction("DRAW", 3, 1, 0, 0),
    instruction("END_PASS"), instruction("SUBMIT"), instruction("END"),
  ].flat()];
  const png = scene.png(await executor("core-render-wasm"));
  assert.equal((await quiet(png, "player.draw(0); return pixel(1, 1);")).value, "2,0,0,255");
});

// -------------------------------------------------------------------------------------------------------------------- images

/** A PNG of these RGBA texels. @param {number} width @param {number[][]} texels */
function picture(width, texels) {
  const height = texels.length / width;
  const raw = Array.from({ length: height }, (_, y) => [0, ...texels.slice(y * width, (y + 1) * width).flat()]).flat();
  return new Uint8Array(Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", [...u32(width).reverse(), ...u32(height).reverse(), 8, 6, 0, 0, 0]),
    chunk("IDAT", deflateSync(Buffer.from(raw))), chunk("IEND", []),
  ]));
}

/** A texture of 4 x 4 texels with a second level, drawn as: each texel 8 pixels wide, on the left its colour, on the right its alpha. */
const texture = d(1, { width: v.uint(4), height: v.uint(4), format: v.word("rgba8unorm"), mipLevelCount: v.uint(2), usage: v.uint(0x16) });
const viewer = (/** @type {number} */ level) => `${FULLSCREEN}
  @group(0) @binding(0) var image: texture_2d<f32>;
  @fragment fn fs(@builtin(position) at: vec4f) -> @location(0) vec4f {
    let texel = textureLoad(image, vec2u(at.xy) % 32 / 8, ${level});
    return select(vec4f(texel.rgb, 1), vec4f(texel.aaa, 1), at.x >= 32);
  }`;

/**
 * A scene that copies images into a texture and shows it.
 * @param {Uint8Array[]} images @param {Record<string, number[]>[]} copies Descriptors. @param {number} [level]
 */
function gallery(images, copies, level = 0) {
  return fixedScene((_, at) => ({
    plugins: ALL,
    init: [
      ...images.map((image, i) => command("LOAD_IMAGE", i, ...at(image))), command("CREATE_TEXTURE", 0, ...at(texture)),
      ...copies.map((copy) => command("COPY_EXTERNAL_IMAGE", ...at(d(14, copy)))), command("CREATE_SHADER", 0, ...at(viewer(level))),
      command("CREATE_RENDER_PIPE", 0, ...at(renderPipeline())), command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(autoLayout(0))),
      command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, { entries: v.array(o({ binding: v.uint(0), resource: v.ref(KIND.defaultView, 0) })) }))), END,
    ],
    frame: frameOf(...show),
  }));
}

const image = (/** @type {number} */ id, /** @type {Record<string, number[]>} */ more = {}) => o({ source: v.ref(KIND.image, id), ...more });
const into = (/** @type {Record<string, number[]>} */ more = {}) => o({ texture: v.ref(KIND.texture, 0), ...more });
const texel = "const texel = (x, y) => [...pixel(8 * x + 1, 8 * y + 1).split(',').slice(0, 3), pixel(8 * x + 33, 8 * y + 1).split(',')[0]].map(Number);";
const TEXELS = [[200, 100, 50, 128], [0, 255, 0, 255], [7, 77, 177, 1], [255, 255, 255, 0]];

test("a PNG is decoded texel by texel: colours stay as they are where they are transparent", async () => {
  const png = gallery([picture(2, TEXELS)], [{ source: image(0), destination: into(), copySize: size(2, 2) }]);
  const { value } = await quiet(png, `${texel} player.draw(0); return [texel(0, 0), texel(1, 0), texel(0, 1), texel(1, 1), texel(2, 2)];`);
  assert.deepEqual(value, [...TEXELS, [0, 0, 0, 0]]);
});

test("images are copied in part, upside down, premultiplied, to a place, and to a mip level", async () => {
  const png = gallery([picture(2, TEXELS), picture(1, [[1, 2, 3, 255]])], [
    { source: image(0, { flipY: v.bool(true) }), destination: into(), copySize: size(2, 2) },
    { source: image(0, { origin: size(1, 0) }), destination: into({ origin: size(3, 3) }), copySize: size(1, 1) },
    { source: image(0), destination: into({ origin: size(2, 0), premultipliedAlpha: v.bool(true) }), copySize: size(1, 2) },
    { source: image(1), destination: into({ mipLevel: v.uint(1), origin: size(1, 1) }), copySize: size(1, 1) },
  ]);
  const { value } = await quiet(png, `${texel} player.draw(0); return [[0, 0], [0, 1], [3, 3], [2, 0]].map((at) => texel(...at));`);
  assert.deepEqual(value.slice(0, 3), [TEXELS[2], TEXELS[0], TEXELS[1]]);
  for (const [i, number] of [100, 50, 25, 128].entries()) assert.ok(Math.abs(value[3][i] - number) <= 1, `${value[3]}`);
  const second = gallery([picture(1, [[1, 2, 3, 255]])], [
    { source: image(0), destination: into({ mipLevel: v.uint(1), origin: size(1, 1) }), copySize: size(1, 1) },
  ], 1);
  assert.deepEqual((await quiet(second, `${texel} player.draw(0); return [texel(1, 1), texel(0, 0)];`)).value, [[1, 2, 3, 255], [0, 0, 0, 0]]);
});

test("a JPEG and a WebP are decoded", async () => {
  const near = (/** @type {number[]} */ found, /** @type {number[]} */ wanted) =>
    found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) <= 3, `${found} is not ${wanted}`));
  for (const [name, left] of /** @type {const} */ ([["green-blue.jpg", [0, 255, 0, 255]], ["red-blue.webp", [255, 0, 0, 255]]])) {
    const png = gallery([await asset(name)], [
      { source: image(0), destination: into(), copySize: size(1, 1) },
      { source: image(0, { origin: size(31, 15) }), destination: into({ origin: size(1, 1) }), copySize: size(1, 1) },
    ]);
    const { value } = await quiet(png, `${texel} player.draw(0); return [texel(0, 0), texel(1, 1)];`);
    near(value[0], [...left]);
    near(value[1], [0, 0, 255, 255]);
  }
});

test("an image that cannot be decoded is E011, and a copy that leaves it E002", async () => {
  const whole = picture(2, TEXELS);
  for (const bytes of [whole.slice(0, 40), new Uint8Array([1, 2, 3]), new Uint8Array()]) {
    const { reports } = await play(gallery([whole, bytes], []), "");
    assert.match(reports[0], /^rejected: PngineError E011: command 1, LOAD_IMAGE: image 1: /);
  }
  const { reports } = await play(gallery([whole], [{ source: image(0), destination: into(), copySize: size(3, 2) }]), "");
  assert.match(reports[0], /^PngineError E002: command 2, COPY_EXTERNAL_IMAGE: /);
});

// -------------------------------------------------------------------------------------------------------------------- videos

/** @param {Record<string, number[]>} [more] */
const video = (more = {}) => d(18, { mime: v.string("video/webm"), loop: v.bool(true), autoplay: v.bool(true), muted: v.bool(true), ...more });

/** A scene that shows a video as an external texture. @param {Uint8Array} bytes @param {Record<string, number[]>} [more] */
const cinema = (bytes, more) => fixedScene((_, at) => {
  const shader = at(`${FULLSCREEN}
    @group(0) @binding(0) var film: texture_external;
    @fragment fn fs(@builtin(position) at: vec4f) -> @location(0) vec4f { return textureLoad(film, vec2u(at.xy) / 2); }`);
  const layout = o({ binding: v.uint(0), visibility: v.uint(2), externalTexture: o({}) });
  const pipeline = d(5, {
    layout: v.ref(KIND.pipelineLayout, 0), vertex: stage("vs"), fragment: stage("fs", [FIELD.targets, v.array(o({ format: v.word("preferredCanvasFormat") }))]),
  });
  const bundle = d(11, {
    colorFormats: v.array(v.word("preferredCanvasFormat")),
    commands: v.bytes([...command("SET_PIPELINE", 0), ...command("SET_BIND_GROUP", 0, 0), ...command("DRAW", 3, 1, 0, 0)]),
  });
  return {
    plugins: ALL,
    init: [
      command("LOAD_VIDEO", 0, ...at(video(more)), ...at(bytes)), command("CREATE_SHADER", 0, ...shader),
      command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(d(4, { entries: v.array(layout) }))),
      command("CREATE_PIPELINE_LAYOUT", 0, ...at(d(8, { bindGroupLayouts: v.array(v.ref(KIND.bindGroupLayout, 0)) }))),
      command("CREATE_RENDER_PIPE", 0, ...at(pipeline)),
      command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, { entries: v.array(o({ binding: v.uint(0), resource: v.ref(KIND.video, 0) })) }))),
      command("CREATE_RENDER_BUNDLE", 0, ...at(bundle)), END,
    ],
    frame: frameOf(command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("EXECUTE_BUNDLES", ...at([0, 0])), command("END_PASS")),
  };
});

/** The strongest of red, green and blue, where it is much stronger than the others. */
const hue = `const hue = () => { const [r, g, b] = pixel(30, 30).split(",").map(Number); return r > 200 && b < 60 ? "red" : b > 200 && r < 60 ? "blue" : [r, g, b].join(); };`;
const wait = (/** @type {number} */ ms) => `await new Promise((done) => setTimeout(done, ${ms}));`;

test("a video is seen as an external texture, moves with the player, and stands still with it", async () => {
  const png = cinema(await asset("red-blue.webm"));
  const { value } = await quiet(png, `${hue}
    const at = async (time) => { await player.seek(time); player.draw(time); return hue(); };
    player.draw(0);
    const seen = [hue(), await at(1.5), await at(0.5), await at(3.5)];
    const [film] = player.videos;
    const still = film.paused;
    await player.seek(0);
    player.play(); ${wait(400)}
    const moves = [film.paused, film.currentTime > 0];
    player.seek(1.2); ${wait(300)}
    const jumped = film.currentTime > 1;
    player.pause();
    const rest = film.paused;
    player.resize(80, 80);
    const after = hue();
    player.destroy();
    return { seen, still, moves, jumped, rest, after, left: player.videos.length, src: film.getAttribute("src") };`);
  assert.deepEqual(value, {
    seen: ["red", "blue", "red", "blue"], still: true, moves: [false, true], jumped: true, rest: true, after: "blue", left: 0, src: null,
  });
});

test("a video that does not start by itself shows its first frame, one that does not loop its last", async () => {
  const bytes = await asset("red-blue.webm");
  const look = `${hue} await player.seek(5); player.draw(5); return [hue(), player.videos[0].currentTime];`;
  assert.deepEqual((await quiet(cinema(bytes, { autoplay: v.bool(false) }), look)).value, ["red", 0]);
  assert.deepEqual((await quiet(cinema(bytes, { loop: v.bool(false) }), look)).value, ["blue", 2]);
  const fast = await quiet(cinema(bytes, { playbackRate: v.f32(2) }), `${hue} await player.seek(0.75); player.draw(); return [hue(), player.videos[0].playbackRate];`);
  assert.deepEqual(fast.value, ["blue", 2]);
});

test("a frame of a video is copied into a texture: a part of it, or all of it whatever the texture's size", async () => {
  const bytes = await asset("red-blue.webm");
  const png = fixedScene((_, at) => ({
    plugins: ALL,
    init: [
      command("LOAD_VIDEO", 0, ...at(video()), ...at(bytes)), command("CREATE_TEXTURE", 0, ...at(texture)),
      command("CREATE_SHADER", 0, ...at(viewer(0))), command("CREATE_RENDER_PIPE", 0, ...at(renderPipeline())),
      command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(autoLayout(0))),
      command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, { entries: v.array(o({ binding: v.uint(0), resource: v.ref(KIND.defaultView, 0) })) }))),
      command("BIND_VIDEO_FRAME", 0, 0), END,
    ],
    frame: frameOf(command("COPY_EXTERNAL_IMAGE", ...at(d(14, {
      source: o({ source: v.ref(KIND.video, 0), origin: size(8, 8) }), destination: into(), copySize: size(4, 2),
    }))), ...show),
  }));
  const { value } = await quiet(png, `
    await player.seek(1.5);
    player.draw(1.5);
    return [[4, 4], [30, 30]].map(([x, y]) => { const [r, , b] = pixel(x, y).split(",").map(Number); return r > 200 ? "red" : b > 200 ? "blue" : "?"; });`);
  assert.deepEqual(value, ["blue", "red"]);
});

test("a video that cannot be played is E011, also where there is no document", async () => {
  const { reports } = await play(cinema(new Uint8Array([1, 2, 3, 4])), "");
  assert.match(reports[0], /^rejected: PngineError E011: command 0, LOAD_VIDEO: video 0: /);
  assert.equal(reports.length, 1);
  const { value } = await quiet(cinema(await asset("red-blue.webm")), `
    const text = 'import("' + location.origin + '/viewers/web/pngine.js").then(({ load }) => load("' + location.origin + '/scene.png", new OffscreenCanvas(8, 8)))'
      + '.then(() => postMessage("loaded"), (error) => postMessage(String(error)))';
    const worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })), { type: "module" });
    return new Promise((done) => (worker.onmessage = ({ data }) => done(data)));`);
  assert.equal(value, "PngineError E011: command 0, LOAD_VIDEO: video 0: videos play in documents only, not in workers");
});
