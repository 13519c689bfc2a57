/** Every command of the table, executed in a real browser: what it draws. */

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { autoLayout, bits, bufferEntry, clear, d, END, fixedScene, FULLSCREEN, o, renderPipeline, stage, theatre } from "./play.mjs";
import { CANVAS, command, f32, FIELD, KIND, NONE, OPS, u16, u32, v, WHOLE } from "./scene.mjs";

const { play, quiet } = await theatre();

const size = (/** @type {number[]} */ ...numbers) => v.array(...numbers.map(v.uint));
const format = v.word("preferredCanvasFormat");
const view = (/** @type {number} */ texture) => v.ref(KIND.defaultView, texture);
const toCanvas = o({ view: view(CANVAS), loadOp: v.word("clear"), storeOp: v.word("store"), clearValue: v.f32array(0, 0, 0, 1) });
const frameOf = (/** @type {number[][]} */ ...commands) => [...commands, command("SUBMIT"), END];
const GREEN = "0,255,0,255";
const RED = "255,0,0,255";
const BLACK = "0,0,0,255";

/** A pipeline that shows a storage buffer of words: `fs` gives the colour. It is pipeline 0, with layout 0. @param {string} fs @param {string} [more] */
const reader = (fs, more = "") => `${FULLSCREEN}
  @group(0) @binding(0) var<storage, read> words: array<u32>;
  @fragment fn fs(@builtin(position) at: vec4f) -> @location(0) vec4f { ${fs} }
  ${more}`;

test("every command of the table occurs in a test of the browser", async () => {
  const folder = new URL(".", import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".test.mjs") && name !== "unit.test.mjs");
  const text = (await Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")))).join("\n");
  assert.deepEqual(Object.keys(OPS).filter((name) => !text.includes(`("${name}"`)), []);
});

test("dispatches, viewports and scissors follow the canvas", async () => {
  const png = fixedScene((_, at) => {
    const code = at(reader(
      "if (at.y < 2) { return vec4f(f32(words[0]), f32(words[1]), f32(words[2]), 255) / 255; } return vec4f(0, 1, 0, 1);",
      `@group(0) @binding(0) var<storage, read_write> out: array<u32>;
      @compute @workgroup_size(1) fn cs(@builtin(num_workgroups) n: vec3u) { out[0] = n.x; out[1] = n.y; out[2] = n.z; }`));
    const half = (/** @type {number} */ c) => v.canvasNumber(0.5, 0, c);
    return {
      init: [
        command("CREATE_BUFFER", 0, 16, 0x80), command("CREATE_SHADER", 0, ...code), command("CREATE_RENDER_PIPE", 0, ...at(renderPipeline())),
        command("CREATE_COMPUTE_PIPE", 1, ...at(d(6, { compute: stage("cs") }))), command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(autoLayout(0))),
        command("CREATE_BIND_GROUP_LAYOUT", 1, ...at(autoLayout(1))), command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, { entries: v.array(bufferEntry(0, 0)) }))),
        command("CREATE_BIND_GROUP", 1, 1, ...at(d(3, { entries: v.array(bufferEntry(0, 0)) }))), END,
      ],
      frame: frameOf(
        command("BEGIN_COMPUTE_PASS"), command("SET_PIPELINE", 1), command("SET_BIND_GROUP", 0, 1),
        command("DISPATCH_DESC", ...at(d(15, { x: v.canvas(0.25, 0, 0), y: v.canvas(0, 0.5, 1) }))), command("END_PASS"),
        command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("SET_PIPELINE", 0), command("SET_BIND_GROUP", 0, 0),
        // The right half, without its last 4.5 columns; then without what lies left of 3.9 from the middle, and at most to the bottom.
        command("SET_VIEWPORT_DESC", ...at(d(15, { x: half(0), y: v.uint(0), width: half(-4), height: v.canvasNumber(0, 1, 0) }))),
        command("SET_SCISSOR_RECT_DESC", ...at(d(15, { x: half(3.9), y: v.f32(-7), width: half(-3.9), height: v.canvasNumber(0, 1, 0) }))),
        command("DRAW", 3, 1, 0, 0), command("END_PASS")),
    };
  });
  const { value } = await quiet(png, `
    player.draw(0);
    const seen = [[34, 9], [35, 9], [59, 9], [60, 9], [40, 1]].map(([x, y]) => pixel(x, y));
    player.resize(128, 20);
    return [...seen, pixel(66, 9), pixel(67, 9), pixel(123, 9), pixel(124, 9), pixel(80, 1)];`, { size: [64, 40] });
  assert.deepEqual(value, [BLACK, GREEN, GREEN, BLACK, "16,21,1,255", BLACK, GREEN, GREEN, BLACK, "32,11,1,255"]);
});

test("occlusion queries count, and are resolved into a buffer", async () => {
  const png = fixedScene((_, at) => {
    const code = at(reader("if (words[0] > 0 && words[2] == 0) { return vec4f(0, 1, 0, 1); } return vec4f(1, 0, 0, 1);",
      "@fragment fn plain() -> @location(0) vec4f { return vec4f(1); }"));
    const plain = d(5, { vertex: stage("vs"), fragment: stage("plain", [FIELD.targets, v.array(o({ format }))]) });
    const pass = d(7, { colorAttachments: v.array(toCanvas), occlusionQuerySet: v.ref(KIND.querySet, 0) });
    return {
      init: [
        command("CREATE_QUERY_SET", 0, ...at(d(10, { type: v.word("occlusion"), count: v.uint(2) }))),
        command("CREATE_BUFFER", 0, 16, 0x06), command("CREATE_BUFFER", 1, 16, 0x88), command("CREATE_SHADER", 0, ...code),
        command("CREATE_RENDER_PIPE", 0, ...at(renderPipeline())), command("CREATE_RENDER_PIPE", 1, ...at(plain)),
        command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(autoLayout(0))),
        command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, { entries: v.array(bufferEntry(0, 1)) }))), END,
      ],
      frame: frameOf(
        command("BEGIN_RENDER_PASS_DESC", ...at(pass)), command("SET_PIPELINE", 1), command("BEGIN_OCCLUSION_QUERY", 0), command("DRAW", 3, 1, 0, 0),
        command("END_OCCLUSION_QUERY"), command("BEGIN_OCCLUSION_QUERY", 1), command("SET_SCISSOR_RECT", 0, 0, 0, 0), command("DRAW", 3, 1, 0, 0),
        command("END_OCCLUSION_QUERY"), command("END_PASS"), command("RESOLVE_QUERY_SET", 0, 0, 2, 0, 0), command("COPY_BUFFER", 0, 0, 1, 0, 16),
        command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("SET_PIPELINE", 0), command("SET_BIND_GROUP", 0, 0), command("DRAW", 3, 1, 0, 0),
        command("END_PASS")),
    };
  });
  assert.equal((await quiet(png, "player.draw(0); return pixel(9, 9);")).value, GREEN);
});

/** Extension 3. @param {Record<string, number[]>} members @returns {[number, number[]]} */
const needs = (members) => [3, [...d(16, members)]];
const words = (/** @type {string[]} */ ...texts) => v.array(...texts.map(v.string));

test("timestamps are written by passes of both kinds, on a device that has them", async () => {
  const png = fixedScene((_, at) => {
    // Two pairs of 64-bit numbers: the end of each is not before its beginning, which is not zero.
    const code = at(reader(`for (var i = 0; i < 8; i += 4) {
        let later = words[i + 3] > words[i + 1] || (words[i + 3] == words[i + 1] && words[i + 2] >= words[i]);
        if (!later || words[i + 2] + words[i + 3] == 0) { return vec4f(1, 0, 0, 1); }
      } return vec4f(0, 1, 0, 1);`, "@compute @workgroup_size(1) fn cs() {}"));
    const writes = (/** @type {number} */ first) => o({
      querySet: v.ref(KIND.querySet, 0), beginningOfPassWriteIndex: v.uint(first), endOfPassWriteIndex: v.uint(first + 1),
    });
    return {
      init: [
        command("CREATE_QUERY_SET", 0, ...at(d(10, { type: v.word("timestamp"), count: v.uint(4) }))),
        command("CREATE_BUFFER_DESC", 0, ...at(d(12, { size: v.uint(32), usage: v.uint(0x204) }))), command("CREATE_BUFFER", 1, 32, 0x88),
        command("CREATE_SHADER", 0, ...code), command("CREATE_RENDER_PIPE", 0, ...at(renderPipeline())),
        command("CREATE_COMPUTE_PIPE", 1, ...at(d(6, { compute: stage("cs") }))), command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(autoLayout(0))),
        command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, { entries: v.array(bufferEntry(0, 1)) }))), END,
      ],
      frame: frameOf(
        command("BEGIN_COMPUTE_PASS_DESC", ...at(d(13, { timestampWrites: writes(0) }))), command("SET_PIPELINE", 1), command("DISPATCH", 1, 1, 1),
        command("END_PASS"), command("BEGIN_RENDER_PASS_DESC", ...at(d(7, { colorAttachments: v.array(toCanvas), timestampWrites: writes(2) }))),
        command("END_PASS"), command("RESOLVE_QUERY_SET", 0, 0, 4, 0, 0), command("COPY_BUFFER", 0, 0, 1, 0, 32),
        command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("SET_PIPELINE", 0), command("SET_BIND_GROUP", 0, 0), command("DRAW", 3, 1, 0, 0),
        command("END_PASS")),
    };
  }, { extensions: [needs({ requiredFeatures: words("timestamp-query") })] });
  const { value, reports } = await play(png, "player.draw(0); return [pixel(9, 9), player.device.features.has('timestamp-query')];");
  if (reports.length) assert.deepEqual(reports, ["rejected: PngineError E0922: this machine's GPU lacks what the scene requires: the feature timestamp-query"]);
  else assert.deepEqual(value, [GREEN, true]);
});

test("a bundle with ranges of buffers, dynamic offsets, indirect draws and debug groups draws as the commands alone would", async () => {
  const png = fixedScene((_, at) => {
    const code = at(`
      @group(0) @binding(0) var<uniform> color: vec4f;
      @vertex fn vs(@location(0) at: vec2f) -> @builtin(position) vec4f { return vec4f(at, 0, 1); }
      @fragment fn fs() -> @location(0) vec4f { return color; }
      @group(0) @binding(0) var<storage, read_write> counts: array<u32>;
      @compute @workgroup_size(1) fn cs(@builtin(global_invocation_id) id: vec3u) { if (id.x == 1) { counts[5] = 1; } }`);
    // A point out of sight, then two triangles: the left half, the right half.
    const points = at(f32(9, 9, -1, -1, 0, -1, -1, 3, 0, -1, 2, -1, 0, 3));
    const indices = at([...u16(0), ...u16(0), ...u16(3), ...u16(4), ...u16(5), ...u16(0)]);
    // Colours at 0 and 256; then draws at 0 (vertices) and 20 (indices, of which the instances are written by the compute pass).
    const colors = at([...f32(1, 0, 0, 1), ...new Array(240).fill(0), ...f32(0, 0, 1, 1)]);
    const [draws, groups] = [at([3, 1, 0, 0, 3, 0, 0, 0, 0].flatMap(u32)), at([0, 2, 1, 1].flatMap(u32))];
    const attribute = o({ format: v.word("float32x2"), offset: v.uint(0), shaderLocation: v.uint(0) });
    const layout = o({ arrayStride: v.uint(8), attributes: v.array(attribute) });
    const pipeline = d(5, {
      layout: v.ref(KIND.pipelineLayout, 0), vertex: stage("vs", [FIELD.buffers, v.array(layout)]),
      fragment: stage("fs", [FIELD.targets, v.array(o({ format }))]),
    });
    const dynamic = o({ binding: v.uint(0), visibility: v.uint(2), buffer: o({ type: v.word("uniform"), hasDynamicOffset: v.bool(true) }) });
    const range = o({ buffer: v.ref(KIND.buffer, 2), offset: v.uint(0), size: v.uint(16) });
    const [blue, text] = [at(u32(256)), at("the right half")];
    const inner = (/** @type {[number, number]} */ [start, length]) => [start - 1024, length];
    const bundle = d(11, {
      colorFormats: v.array(format), commands: v.bytes([
        ...command("PUSH_DEBUG_GROUP", ...inner(text)), ...command("SET_PIPELINE", 0), ...command("SET_BIND_GROUP_OFFSETS", 0, 0, ...inner(blue)),
        ...command("SET_VERTEX_BUFFER_RANGE", 0, 0, 8, WHOLE), ...command("SET_INDEX_BUFFER_RANGE", 1, 0, 4, 8),
        ...command("INSERT_DEBUG_MARKER", ...inner(text)), ...command("DRAW_INDEXED_INDIRECT", 3, 16), ...command("POP_DEBUG_GROUP"),
      ]),
    });
    return {
      init: [
        command("CREATE_BUFFER", 0, points[1], 0x28), command("CREATE_BUFFER", 1, indices[1], 0x18), command("CREATE_BUFFER", 2, colors[1], 0x48),
        command("CREATE_BUFFER", 3, draws[1], 0x89), command("WRITE_BUFFER", 0, 0, ...points), command("WRITE_BUFFER", 1, 0, ...indices),
        command("WRITE_BUFFER", 2, 0, ...colors), command("WRITE_BUFFER", 3, 0, ...draws), command("CREATE_BUFFER", 4, groups[1], 0x09), command("WRITE_BUFFER", 4, 0, ...groups),
        command("CREATE_SHADER", 0, ...code),
        command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(d(4, { entries: v.array(dynamic) }))),
        command("CREATE_PIPELINE_LAYOUT", 0, ...at(d(8, { bindGroupLayouts: v.array(v.ref(KIND.bindGroupLayout, 0)) }))),
        command("CREATE_RENDER_PIPE", 0, ...at(pipeline)), command("CREATE_COMPUTE_PIPE", 1, ...at(d(6, { compute: stage("cs") }))),
        command("CREATE_BIND_GROUP_LAYOUT", 1, ...at(autoLayout(1))),
        command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, { entries: v.array(o({ binding: v.uint(0), resource: range })) }))),
        command("CREATE_BIND_GROUP", 1, 1, ...at(d(3, { entries: v.array(bufferEntry(0, 3)) }))),
        command("CREATE_RENDER_BUNDLE", 0, ...at(bundle)), END,
      ],
      frame: frameOf(
        command("BEGIN_COMPUTE_PASS"), command("PUSH_DEBUG_GROUP", ...text), command("SET_PIPELINE", 1), command("SET_BIND_GROUP", 0, 1),
        command("DISPATCH_INDIRECT", 4, 4), command("POP_DEBUG_GROUP"), command("END_PASS"), command("INSERT_DEBUG_MARKER", ...text),
        command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("EXECUTE_BUNDLES", ...at([0, 0])),
        command("SET_PIPELINE", 0), command("SET_BIND_GROUP_OFFSETS", 0, 0, ...at(u32(0))), command("SET_VERTEX_BUFFER_RANGE", 0, 0, 8, 24),
        command("DRAW_INDIRECT", 3, 0), command("END_PASS")),
    };
  });
  const { value } = await quiet(png, "player.draw(0); return [pixel(4, 60), pixel(40, 60)];");
  assert.deepEqual(value, [RED, "0,0,255,255"]);
});

test("a slice of a volume is drawn into, copied to another texture and through a buffer", async () => {
  const png = fixedScene((_, at) => {
    const code = at(`${FULLSCREEN}
      struct Two { @location(0) a: vec4f, @location(1) b: vec4f }
      @fragment fn paint() -> Two { return Two(vec4f(0, 1, 0, 1), vec4f(0, 0, 1, 1)); }
      @group(0) @binding(0) var volume: texture_3d<f32>;
      @group(0) @binding(1) var flat: texture_2d<f32>;
      @group(0) @binding(2) var<storage, read> words: array<u32>;
      @fragment fn fs(@builtin(position) at: vec4f) -> @location(0) vec4f {
        if (at.x < 20) { return textureLoad(volume, vec3i(3, 3, 2), 0); }
        if (at.x < 40) { return textureLoad(flat, vec2i(i32(at.y) / 8, 1), 0); }
        return unpack4x8unorm(words[64 * 3 + 3]);
      }`);
    const rgba = v.word("rgba8unorm");
    const paint = d(5, { vertex: stage("vs"), fragment: stage("paint", [FIELD.targets, v.array(o({ format: rgba }), o({ format: rgba }))]) });
    const volume = d(1, { width: v.uint(4), height: v.uint(4), depth: v.uint(4), dimension: v.word("3d"), format: rgba, usage: v.uint(0x15) });
    const slice = (/** @type {number} */ z) => o({ view: view(0), depthSlice: v.uint(z), loadOp: v.word("clear"), storeOp: v.word("store") });
    const side = (/** @type {number} */ texture, /** @type {number[]} */ ...origin) => o({ texture: v.ref(KIND.texture, texture), origin: size(...origin) });
    const region = d(14, { source: side(0, 0, 0, 1), destination: side(1, 2, 1), copySize: size(2, 2) });
    const down = d(14, {
      source: side(0, 0, 0, 2), destination: o({ buffer: v.ref(KIND.buffer, 0), bytesPerRow: v.uint(256) }), copySize: v.array(v.canvas(1 / 16, 0, 0), v.uint(4)),
    });
    return {
      init: [
        command("CREATE_TEXTURE", 0, ...at(volume)),
        command("CREATE_TEXTURE", 1, ...at(d(1, { width: v.uint(8), height: v.uint(8), format: rgba, usage: v.uint(0x6) }))),
        command("CREATE_BUFFER", 0, 1024, 0x88), command("CREATE_SHADER", 0, ...code), command("CREATE_RENDER_PIPE", 0, ...at(paint)),
        command("CREATE_RENDER_PIPE", 1, ...at(renderPipeline())), command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(autoLayout(1))),
        command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, {
          entries: v.array(o({ binding: v.uint(0), resource: view(0) }), o({ binding: v.uint(1), resource: view(1) }), bufferEntry(2, 0)),
        }))), END,
      ],
      frame: frameOf(
        command("BEGIN_RENDER_PASS_DESC", ...at(d(7, { colorAttachments: v.array(slice(1), slice(2)) }))), command("SET_PIPELINE", 0),
        command("DRAW", 3, 1, 0, 0), command("END_PASS"), command("COPY_TEXTURE_REGION", ...at(region)), command("COPY_TEXTURE_TO_BUFFER", ...at(down)),
        command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("SET_PIPELINE", 1), command("SET_BIND_GROUP", 0, 0), command("DRAW", 3, 1, 0, 0),
        command("END_PASS")),
    };
  });
  const { value } = await quiet(png, "player.draw(0); return [pixel(9, 9), pixel(30, 9), pixel(30, 20), pixel(50, 9)];");
  assert.deepEqual(value, ["0,0,255,255", BLACK, GREEN, "0,0,255,255"]);
});

test("blend constant, stencil reference and resolved samples are seen", async () => {
  const png = fixedScene((_, at) => {
    const code = at(`${FULLSCREEN} @fragment fn fs() -> @location(0) vec4f { return vec4f(1); }`);
    const component = o({ srcFactor: v.word("constant"), dstFactor: v.word("zero"), operation: v.word("add") });
    const face = o({ compare: v.word("equal"), passOp: v.word("keep") });
    const pipeline = d(5, {
      vertex: stage("vs"), multisample: o({ count: v.uint(4) }),
      depthStencil: o({ format: v.word("stencil8"), stencilFront: face, stencilBack: face }),
      fragment: stage("fs", [FIELD.targets, v.array(o({ format, blend: o({ color: component, alpha: component }) }))]),
    });
    const samples = (/** @type {number[]} */ format) =>
      d(1, { width: v.canvas(1, 0, 0), height: v.canvas(0, 1, 0), format, sampleCount: v.uint(4), usage: v.uint(0x10) });
    const pass = d(7, {
      colorAttachments: v.array(o({ view: view(0), resolveTarget: view(CANVAS), loadOp: v.word("clear"), storeOp: v.word("discard") })),
      depthStencilAttachment: o({ view: view(1), stencilLoadOp: v.word("clear"), stencilStoreOp: v.word("discard"), stencilClearValue: v.uint(7) }),
    });
    return {
      init: [
        command("CREATE_TEXTURE", 0, ...at(samples(format))), command("CREATE_TEXTURE", 1, ...at(samples(v.word("stencil8")))),
        command("CREATE_SHADER", 0, ...code), command("CREATE_RENDER_PIPE", 0, ...at(pipeline)), END,
      ],
      frame: frameOf(
        command("BEGIN_RENDER_PASS_DESC", ...at(pass)), command("SET_PIPELINE", 0), command("SET_BLEND_CONSTANT", bits(0), bits(1), bits(0), bits(1)),
        command("SET_STENCIL_REFERENCE", 7), command("SET_VIEWPORT", bits(0), bits(0), bits(32), bits(64), bits(0), bits(1)), command("DRAW", 3, 1, 0, 0),
        // Nothing equals 6: this one is not seen.
        command("SET_BLEND_CONSTANT", bits(1), bits(0), bits(0), bits(1)), command("SET_STENCIL_REFERENCE", 6), command("DRAW", 3, 1, 0, 0),
        command("END_PASS")),
    };
  });
  const { value } = await quiet(png, "player.draw(0); const seen = [pixel(9, 9), pixel(40, 9)]; player.resize(100, 64); return [...seen, pixel(9, 9)];");
  assert.deepEqual(value, [GREEN, BLACK, GREEN]);
});

test("only what depends on the canvas is made again when it changes its size: other textures keep what they hold", async () => {
  const png = fixedScene((_, at) => {
    const code = at(`${FULLSCREEN}
      @group(0) @binding(0) var kept: texture_2d<f32>;
      @group(0) @binding(1) var sized: texture_2d<f32>;
      @fragment fn fs() -> @location(0) vec4f { return textureLoad(kept, vec2i(0), 0) + vec4f(f32(textureDimensions(sized).x) / 255, 0, 0, 0); }`);
    const rgba = v.word("rgba8unorm");
    const write = d(14, { source: o({ bytesPerRow: v.uint(4) }), destination: o({ texture: v.ref(KIND.texture, 0) }), copySize: size(1, 1) });
    const entry = (/** @type {number} */ binding) => o({ binding: v.uint(binding), resource: v.ref(KIND.textureView, binding) });
    const bundle = d(11, {
      colorFormats: v.array(format), commands: v.bytes([...command("SET_PIPELINE", 0), ...command("SET_BIND_GROUP", 0, 0), ...command("DRAW", 3, 1, 0, 0)]),
    });
    return {
      init: [
        command("CREATE_TEXTURE", 0, ...at(d(1, { width: v.uint(1), height: v.uint(1), format: rgba, usage: v.uint(6) }))),
        command("CREATE_TEXTURE", 1, ...at(d(1, { width: v.canvas(0.5, 0, 0), height: v.uint(1), format: rgba, usage: v.uint(4) }))),
        ...[0, 1].map((texture) => command("CREATE_TEXTURE_VIEW", texture, ...at(d(9, { texture: v.ref(KIND.texture, texture) })))),
        command("WRITE_TEXTURE", ...at(write), ...at([0, 255, 0, 255])), command("CREATE_SHADER", 0, ...code),
        command("CREATE_RENDER_PIPE", 0, ...at(renderPipeline())), command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(autoLayout(0))),
        command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, { entries: v.array(entry(0), entry(1)) }))), command("CREATE_RENDER_BUNDLE", 0, ...at(bundle)), END,
      ],
      frame: frameOf(command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("EXECUTE_BUNDLES", ...at([0, 0])), command("END_PASS")),
    };
  });
  const { value } = await quiet(png, "player.draw(0); const first = pixel(1, 1); for (let w = 70; w < 103; w += 2) player.resize(w, 64); return [first, pixel(1, 1)];");
  assert.deepEqual(value, ["32,255,0,255", "51,255,0,255"]);
});

test("what a frame copies by the canvas' size is not done again when that changes", async () => {
  const png = fixedScene((_, at) => {
    const texture = d(1, { width: v.uint(64), height: v.uint(64), format, usage: v.uint(3) });
    const copy = d(14, {
      source: o({ texture: v.ref(KIND.texture, 0) }), destination: o({ texture: v.ref(KIND.texture, CANVAS) }), copySize: v.array(v.canvas(0.5, 0, 0), v.uint(8)),
    });
    return { init: [command("CREATE_TEXTURE", 0, ...at(texture)), END], frame: [command("COPY_TEXTURE_REGION", ...at(copy)), ...clear] };
  });
  const { value } = await quiet(png, "for (let i = 0; i < 3; i++) player.draw(i); player.resize(30, 30); return pixel(1, 1);");
  assert.equal(value, BLACK);
});

test("a device that lacks what a scene requires is refused by name, one that has it is asked for it", async () => {
  const scene = (/** @type {Record<string, number[]>} */ members) =>
    fixedScene(() => ({ init: [END], frame: clear }), { extensions: [needs(members)] });
  const many = { requiredFeatures: words("shader-f64", "frobnication"), requiredLimits: v.record(["maxBufferSize", 1e18], ["maxWishes", 3]) };
  const { reports } = await play(scene(many), "");
  assert.match(reports[0], new RegExp("^rejected: PngineError E0922: this machine's GPU lacks what the scene requires: the feature shader-f64; " +
    "the feature frobnication; the limit maxBufferSize of 1000000000000000000, it has \\d+; the limit maxWishes of 3$"));
  const device = "device: await (await navigator.gpu.requestAdapter()).requestDevice()";
  const given = await play(scene({ requiredFeatures: words("float32-filterable") }), "", { options: device });
  assert.deepEqual(given.reports, ["rejected: PngineError E0922: the given device lacks what the scene requires: the feature float32-filterable"]);
  const { value } = await quiet(scene({
    requiredLimits: v.record(["maxBufferSize", 268435460], ["minUniformBufferOffsetAlignment", 256]), optionalFeatures: words("float32-filterable", "frobnication"),
  }), "return [player.device.limits.maxBufferSize, player.device.features.has('float32-filterable')];");
  assert.deepEqual(value, [268435460, true]);
});

test("the canvas is configured as the scene asks, and the page's wish for its transparency comes first", async () => {
  const canvas = d(17, { alphaMode: v.word("premultiplied"), colorSpace: v.word("display-p3"), toneMapping: v.word("extended") });
  const png = fixedScene(() => ({ init: [END], frame: clear }), { extensions: [[4, [...canvas]]] });
  const look = "const { alphaMode, colorSpace, toneMapping } = canvas.getContext('webgpu').getConfiguration(); return [alphaMode, colorSpace, toneMapping.mode];";
  assert.deepEqual((await quiet(png, look)).value, ["premultiplied", "display-p3", "extended"]);
  assert.deepEqual((await quiet(png, look, { options: "alphaMode: 'opaque'" })).value, ["opaque", "display-p3", "extended"]);
});
