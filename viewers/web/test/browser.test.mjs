/** What the player draws and reports in a real browser, on a software device. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { open, texels } from "./browser.mjs";
import { autoLayout, bufferEntry, clear, END, fixedScene, FULLSCREEN, renderPipeline, stage, theatre } from "./play.mjs";
import { CANVAS, command, descriptor, FIELD, instruction, KIND, name, NONE, once, patch, PLUGIN, Scene, u32, v, varint, WHOLE } from "./scene.mjs";

const { browser, server, files, play, quiet, executor } = await theatre();

/**
 * A scene that covers the canvas with one colour, computed by `fs` from a uniform `u` of `size` bytes of the input block from `from`.
 * @param {string} fs @param {{ from?: number, size?: number, type?: string, argument?: string }} [input]
 */
function inputScene(fs, { from = 0, size = 16, type = "vec4f", argument = "" } = {}) {
  const scene = new Scene();
  scene.plugins = PLUGIN.core | PLUGIN.render;
  const uniform = `@group(0) @binding(0) var<uniform> u: ${type};`;
  const code = scene.blob(`${FULLSCREEN} ${uniform} @fragment fn fs(${argument}) -> @location(0) vec4f { _ = &u; ${fs} }`);
  const [pipeline, layout] = [scene.blob(renderPipeline()), scene.blob(autoLayout(0))];
  const group = scene.blob(descriptor(3, [FIELD.entries, v.array(bufferEntry(0, 0))]));
  scene.init = [
    instruction("CREATE_BUFFER", 0, size, 0x48), instruction("CREATE_SHADER", 0, ...code), instruction("CREATE_RENDER_PIPE", 0, ...pipeline),
    instruction("CREATE_BIND_GROUP_LAYOUT", 0, ...layout), instruction("CREATE_BIND_GROUP", 0, 0, ...group), instruction("END"),
  ].flat();
  scene.frames = [[
    instruction("WRITE_BUFFER", 0, 0, scene.inputs(from), size), instruction("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), instruction("SET_PIPELINE", 0),
    instruction("SET_BIND_GROUP", 0, 0), instruction("DRAW", 3, 1, 0, 0), instruction("END_PASS"), instruction("SUBMIT"), instruction("END"),
  ].flat()];
  return scene;
}

test("time and size reach a shader", async () => {
  const png = inputScene("return vec4f(u.x, u.y / 255, u.z / 255, u.w / 4);").png(await executor("core-render"));
  const { value } = await quiet(png, "const at = (time) => (player.draw(time), pixel(1, 1)); return [at(0), at(0.2), player.time];", { size: [128, 64] });
  assert.deepEqual(value, ["0,128,64,255", "51,128,64,255", 0.2]);
});

test("autoplay false draws nothing before the first draw", async () => {
  const png = inputScene("return vec4f(1, 0, 0, 1);").png(await executor("core-render"));
  const { value } = await quiet(png, "const first = pixel(1, 1); player.draw(0); return [first, pixel(1, 1)];", { options: "autoplay: false" });
  assert.equal(value[1], "255,0,0,255");
  assert.notEqual(value[0], "255,0,0,255");
});

test("an executor may come from a file, as bytes, or from the folder of all of them", async () => {
  const png = inputScene("return vec4f(0, 1, 0, 1);").png();
  files.set("/given.wasm", await executor("core-render"));
  files.set("/all/core-render.wasm", await executor("core-render"));
  for (const given of [`"/given.wasm"`, `"/all/"`, `new URL("/all/", location.href)`, `await (await fetch("/given.wasm")).arrayBuffer()`]) {
    const { value } = await quiet(png, "player.draw(0); return pixel(1, 1);", { options: `executor: ${given}` });
    assert.equal(value, "0,255,0,255", given);
  }
  const { reports } = await play(png, "");
  assert.deepEqual(reports, ["rejected: PngineError E0914: the scene has no executor of its own: options.executor must give core-render.wasm"]);
});

test("time goes on while playing and stands still when paused", async () => {
  const png = inputScene("return vec4f(u.x, 0, 0, 1);").png(await executor("core-render"));
  const wait = (/** @type {number} */ ms) => `await new Promise((done) => setTimeout(done, ${ms}));`;
  const { value } = await quiet(png, `
    player.play(); ${wait(300)} player.pause();
    const paused = player.time; ${wait(100)}
    const still = player.time === paused;
    player.play(); player.seek(10); ${wait(150)}
    const later = player.time;
    player.stop();
    const stopped = [player.time, player.playing, pixel(1, 1)];
    player.play(); player.destroy(); ${wait(50)}
    return { paused, still, later, stopped, playing: player.playing };`);
  assert.ok(value.paused > 0.05 && value.paused < 2, `${value.paused}`);
  assert.ok(value.later > 10 && value.later < 12, `${value.later}`);
  assert.equal(value.still, true);
  assert.deepEqual(value.stopped, [0, false, "0,0,0,255"]);
  assert.equal(value.playing, false);
});

test("a frame is chosen by name, by index, or left to the timeline", async () => {
  const scene = inputScene("return vec4f(1, 0, 0, 1);");
  const clear = [instruction("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), instruction("END_PASS"), instruction("SUBMIT"), instruction("END")].flat();
  scene.frames.push(clear);
  scene.strings = [...name(0, 0, "red"), ...name(0, 1, "black")];
  const { value } = await quiet(scene.png(await executor("core-render")), `
    const shown = [player.frames.join()];
    for (const frame of ["black", 0, 1, null]) { player.setFrame(frame); player.draw(0); shown.push(pixel(1, 1)); }
    try { player.setFrame("blue"); } catch (error) { shown.push(error.message); }
    return shown;`);
  const [red, black] = ["255,0,0,255", "0,0,0,255"];
  assert.deepEqual(value, ["red,black", black, red, black, red, "the scene has no frame blue, only red, black"]);
});

/** Extension 1. @param {number} duration @param {number} endBehavior @param {[start: number, end: number, frame: number][]} scenes */
const timeline = (duration, endBehavior, ...scenes) => [...descriptor(19, [FIELD.duration, v.uint(duration)], [FIELD.endBehavior, v.uint(endBehavior)],
  [FIELD.scenes, v.array(...scenes.map(([start, end, frame]) => v.object([FIELD.start, v.uint(start)], [FIELD.end, v.uint(end)], [FIELD.frame, v.uint(frame)])))])];

test("the timeline chooses frames by time, and says which scene is shown", async () => {
  const scene = inputScene("return vec4f(u.xyz, 1);", { from: 16 });
  const black = [instruction("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), instruction("END_PASS"), instruction("SUBMIT"), instruction("END")].flat();
  scene.frames.unshift(black);
  scene.plugins |= PLUGIN.animation;
  // Four seconds, again and again: black up to 1 s, then the scene's time, its duration and their quotient as red, green and blue.
  scene.timeline = [4000, 1, 0, 1000, 0, 1000, 2000, 1].flatMap(u32);
  scene.strings = [...name(1, 0, "dark"), ...name(1, 1, "light")];
  const { value } = await quiet(scene.png(await executor("core-render-animation"), [[1, timeline(4000, 3, [0, 1000, 0], [1000, 2000, 1])]]), `
    return [0, 1.2, 5.2, 3].map((time) => (player.draw(time), player.scenes[player.scene].name + " " + pixel(1, 1)));`);
  assert.deepEqual(value, ["dark 0,0,0,255", "light 51,255,51,255", "light 51,255,51,255", "light 255,255,255,255"]);
});

test("the executor's memory grows with the scene and its commands", async () => {
  const scene = inputScene("return vec4f(0, 1, 1, 1);");
  for (let i = 0; i < 10; i++) scene.blob(new Uint8Array(50_000).fill(i));
  const draws = Array.from({ length: 12_000 }, () => instruction("DRAW", 3, 1, 0, 0)).flat();
  scene.frames[0] = [
    ...instruction("WRITE_BUFFER", 0, 0, scene.inputs(), 16), ...instruction("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), ...instruction("SET_SCISSOR_RECT", 0, 0, 2, 2),
    ...instruction("SET_PIPELINE", 0), ...instruction("SET_BIND_GROUP", 0, 0), ...draws, ...instruction("END_PASS"), ...instruction("SUBMIT"), ...instruction("END"),
  ];
  const wasm = await executor("core-render");
  const tooMuch = await play(scene.png(wasm), "");
  assert.deepEqual(tooMuch.reports, ["rejected: PngineError E0913: the executor says: command buffer does not fit"]);
  const { value } = await quiet(scene.png(wasm, [[10, varint(300_000)]]), "player.draw(0); return pixel(1, 1);");
  assert.equal(value, "0,255,255,255");
});

test("pointer, modifiers, wheel and keys reach a shader", async () => {
  const pointer = inputScene("return vec4f(u[0].x, u[0].y, u[1].z / 4 + u[2].x / 16, u[2].z / 255);", { from: 28, size: 48, type: "array<vec4f, 3>" });
  const until = (/** @type {string} */ condition) => `await new Promise((done) => { const look = () => ${condition} ? done() : setTimeout(look, 10); look(); });`;
  const ready = `document.title = "ready"; ${until("window.acted")}`;
  const title = (/** @type {import("playwright-core").Page} */ page) => page.waitForFunction(() => document.title === "ready");
  const acted = (/** @type {import("playwright-core").Page} */ page) => page.evaluate(() => Object.assign(window, { acted: true }));
  const moved = await quiet(pointer.png(await executor("core-render")), `${ready} player.draw(0); return pixel(1, 1);`, {
    options: "alphaMode: 'opaque'",
    act: async (page) => {
      await title(page);
      await page.mouse.move(5, 5);
      await page.keyboard.down("Shift");
      await page.mouse.move(16, 48);
      await page.mouse.down();
      await acted(page);
    },
  });
  // A quarter and three quarters of 64 pixels; the primary button is 1 of 4; shift is 1 of 16.
  assert.equal(moved.value, "64,191,80,255");
  const keys = inputScene("return vec4f(f32((u[0].z >> 1) & 1), f32((u[0].z >> 2) & 1), 0, 1);", { from: 92, size: 32, type: "array<vec4u, 2>" });
  const typed = await quiet(keys.png(await executor("core-render")), `${ready} player.draw(0); return pixel(1, 1);`, {
    act: async (page) => {
      await title(page);
      await page.mouse.click(9, 9);
      await page.keyboard.down("a");
      await page.keyboard.down("b");
      await page.keyboard.up("b");
      await acted(page);
    },
  });
  // Key code 65 is bit 1 of the third word, 66 is bit 2.
  assert.equal(typed.value, "255,0,0,255");
});

test("delta, frame number and seed reach a shader", async () => {
  const scene = inputScene("let n = bitcast<vec4u>(u); return vec4f(u.x, f32(n.y) / 255, f32(n.z) / 255, 1);", { from: 76 });
  const { value } = await quiet(scene.png(await executor("core-render")), `
    const seen = [];
    for (const time of [0, 0.2, 0.6, 0]) { player.draw(time); seen.push(pixel(1, 1)); }
    player.seek(0.4); seen.push(pixel(1, 1));
    player.draw(0.6); seen.push(pixel(1, 1));
    return seen;`, { options: "seed: 7, autoplay: false" });
  assert.deepEqual(value, ["0,0,7,255", "51,1,7,255", "102,2,7,255", "0,3,7,255", "0,4,7,255", "51,5,7,255"]);
});

test("a compute pass reads one member of a pool and writes the other, and a seed runs once", async () => {
  const scene = new Scene();
  scene.plugins = PLUGIN.core | PLUGIN.render | PLUGIN.compute;
  const code = scene.blob(`${FULLSCREEN}
    @group(0) @binding(0) var<storage, read> old: array<u32>;
    @group(0) @binding(1) var<storage, read_write> new_: array<u32>;
    @compute @workgroup_size(4) fn step(@builtin(global_invocation_id) id: vec3u) { new_[id.x] = old[id.x] + id.x + 1; }
    @group(0) @binding(0) var<storage, read> shown: array<u32>;
    @fragment fn fs(@builtin(position) at: vec4f) -> @location(0) vec4f { return vec4f(f32(shown[u32(at.x) / 16]) / 255, 0, 0, 1); }`);
  const render = scene.blob(renderPipeline());
  const compute = scene.blob(descriptor(6, [FIELD.compute, stage("step")]));
  const layouts = [scene.blob(autoLayout(0)), scene.blob(autoLayout(1))];
  const groups = [[0, 1], [1, 0]].map(([from, to]) => scene.blob(descriptor(3, [FIELD.entries, v.array(bufferEntry(0, from), bufferEntry(1, to))])));
  const shown = [0, 1].map((buffer) => scene.blob(descriptor(3, [FIELD.entries, v.array(bufferEntry(0, buffer))])));
  const seed = scene.blob([...new Uint8Array(new Uint32Array([10, 20, 30, 40]).buffer)]);
  scene.once = 1;
  scene.init = [
    instruction("CREATE_BUFFER", 0, 16, 0x88), instruction("CREATE_BUFFER", 1, 16, 0x88), instruction("CREATE_SHADER", 0, ...code),
    instruction("CREATE_RENDER_PIPE", 0, ...render), instruction("CREATE_COMPUTE_PIPE", 1, ...compute),
    instruction("CREATE_BIND_GROUP_LAYOUT", 0, ...layouts[0]), instruction("CREATE_BIND_GROUP_LAYOUT", 1, ...layouts[1]),
    ...[0, 1].map((i) => [instruction("CREATE_BIND_GROUP", i, 1, ...groups[i]), instruction("CREATE_BIND_GROUP", 2 + i, 0, ...shown[i])].flat()),
    instruction("END"),
  ].flat();
  scene.frames = [[
    once(0, [instruction("WRITE_BUFFER", 0, 0, ...seed), instruction("WRITE_BUFFER", 1, 0, ...seed)].flat()),
    instruction("BEGIN_COMPUTE_PASS"), instruction("SET_PIPELINE", 1), instruction("SET_BIND_GROUP", 0, 0), patch(2, 2, 0, 1),
    instruction("DISPATCH", 1, 1, 1), instruction("END_PASS"),
    instruction("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), instruction("SET_PIPELINE", 0), instruction("SET_BIND_GROUP", 0, 2), patch(2, 2, 1, 1),
    instruction("DRAW", 3, 1, 0, 0), instruction("END_PASS"), instruction("SUBMIT"), instruction("END"),
  ].flat()];
  const { value } = await quiet(scene.png(await executor("core-render-compute")), `
    const row = () => [0, 16, 32, 48].map((x) => parseInt(pixel(x, 1))).join(" ");
    const seen = [];
    for (let i = 0; i < 3; i++) { player.draw(0); seen.push(row()); }
    return seen;`, { options: "autoplay: false" });
  assert.deepEqual(value, ["11 22 33 44", "12 24 36 48", "13 26 39 52"]);
});

/** A scene that draws into a texture of half the canvas' size with the depth test on, from vertex and index buffers, then shows it. */
async function offscreenScene() {
  const scene = new Scene();
  scene.plugins = PLUGIN.core | PLUGIN.render;
  const code = scene.blob(`${FULLSCREEN}
    struct V { @builtin(position) at: vec4f, @location(0) color: vec4f }
    @vertex fn mesh(@location(0) at: vec3f, @location(1) color: vec4f) -> V { return V(vec4f(at, 1), color); }
    @fragment fn paint(v: V) -> @location(0) vec4f { return v.color; }
    @group(0) @binding(0) var image: texture_2d<f32>;
    @group(0) @binding(1) var nearest: sampler;
    @fragment fn fs(@builtin(position) at: vec4f) -> @location(0) vec4f {
      return textureSample(image, nearest, at.xy / vec2f(textureDimensions(image)) / 2);
    }`);
  const half = v.canvas(0.5, 0, 0);
  const texture = (/** @type {string} */ format, /** @type {number} */ usage) =>
    scene.blob(descriptor(1, [FIELD.width, half], [FIELD.height, v.canvas(0, 0.5, 0)], [FIELD.format, v.word(format)], [FIELD.usage, v.uint(usage)]));
  const [color, depth] = [texture("rgba8unorm", 0x14), texture("depth24plus", 0x10)];
  const attribute = (/** @type {string} */ format, /** @type {number} */ offset, /** @type {number} */ location) =>
    v.object([FIELD.format, v.word(format)], [FIELD.offset, v.uint(offset)], [FIELD.shaderLocation, v.uint(location)]);
  const layout = v.object([FIELD.arrayStride, v.uint(28)], [FIELD.attributes, v.array(attribute("float32x3", 0, 0), attribute("float32x4", 12, 1))]);
  const mesh = scene.blob(descriptor(5,
    [FIELD.vertex, stage("mesh", [FIELD.buffers, v.array(layout)])],
    [FIELD.fragment, stage("paint", [FIELD.targets, v.array(v.object([FIELD.format, v.word("rgba8unorm")]))])],
    [FIELD.depthStencil, v.object([FIELD.format, v.word("depth24plus")], [FIELD.depthWriteEnabled, v.bool(true)], [FIELD.depthCompare, v.word("less")])]));
  const show = scene.blob(renderPipeline());
  const view = scene.blob(descriptor(9, [FIELD.texture, v.ref(KIND.texture, 0)]));
  const group = scene.blob(descriptor(3, [FIELD.entries, v.array(
    v.object([FIELD.binding, v.uint(0)], [FIELD.resource, v.ref(KIND.textureView, 0)]),
    v.object([FIELD.binding, v.uint(1)], [FIELD.resource, v.ref(KIND.sampler, 0)]))]));
  const sampler = scene.blob(descriptor(2));
  const auto = scene.blob(autoLayout(1));
  // A red half in front, on the left, then a green whole behind it.
  const vertex = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ z, /** @type {number[]} */ ...color) => [x, y, z, ...color];
  const quad = (/** @type {number} */ right, /** @type {number} */ z, /** @type {number[]} */ ...color) =>
    [[-1, -1], [right, -1], [-1, 1], [right, 1]].flatMap(([x, y]) => vertex(x, y, z, ...color));
  const vertices = scene.blob(new Uint8Array(new Float32Array([...quad(0, 0.25, 1, 0, 0, 1), ...quad(1, 0.5, 0, 1, 0, 1)]).buffer));
  const indices = scene.blob(new Uint8Array(new Uint16Array([0, 1, 2, 2, 1, 3, 4, 5, 6, 6, 5, 7]).buffer));
  const pass = scene.blob(descriptor(7,
    [FIELD.colorAttachments, v.array(v.object([FIELD.view, v.ref(KIND.textureView, 0)], [FIELD.clearValue, v.f32array(0, 0, 1, 1)], [FIELD.loadOp, v.word("clear")], [FIELD.storeOp, v.word("store")]))],
    [FIELD.depthStencilAttachment, v.object([FIELD.view, v.ref(KIND.defaultView, 1)], [FIELD.depthClearValue, v.f32(1)], [FIELD.depthLoadOp, v.word("clear")], [FIELD.depthStoreOp, v.word("store")])]));
  scene.init = [
    instruction("CREATE_SHADER", 0, ...code), instruction("CREATE_TEXTURE", 0, ...color), instruction("CREATE_TEXTURE", 1, ...depth),
    instruction("CREATE_SAMPLER", 0, ...sampler), instruction("CREATE_TEXTURE_VIEW", 0, ...view), instruction("CREATE_RENDER_PIPE", 0, ...mesh),
    instruction("CREATE_RENDER_PIPE", 1, ...show), instruction("CREATE_BIND_GROUP_LAYOUT", 0, ...auto), instruction("CREATE_BIND_GROUP", 0, 0, ...group),
    instruction("CREATE_BUFFER", 0, vertices[1], 0x28), instruction("CREATE_BUFFER", 1, indices[1], 0x18), instruction("WRITE_BUFFER", 0, 0, ...vertices),
    instruction("WRITE_BUFFER", 1, 0, ...indices), instruction("END"),
  ].flat();
  scene.frames = [[
    instruction("BEGIN_RENDER_PASS_DESC", ...pass), instruction("SET_PIPELINE", 0), instruction("SET_VERTEX_BUFFER", 0, 0),
    instruction("SET_INDEX_BUFFER", 1, 0), instruction("DRAW_INDEXED", 12, 1, 0, 0, 0), instruction("END_PASS"),
    instruction("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), instruction("SET_PIPELINE", 1), instruction("SET_BIND_GROUP", 0, 0),
    instruction("DRAW", 3, 1, 0, 0), instruction("END_PASS"), instruction("SUBMIT"), instruction("END"),
  ].flat()];
  return scene.png(await executor("core-render"));
}

test("textures of the canvas' size follow it, with their views and bind groups", async () => {
  const { value } = await quiet(await offscreenScene(), `
    player.draw();
    const seen = [pixel(10, 32), pixel(50, 32)];
    player.resize(200, 40);
    seen.push(canvas.width, pixel(90, 20), pixel(110, 20));
    canvas.width = 30;
    await player.draw();
    player.draw();
    seen.push(pixel(5, 20), pixel(25, 20));
    return seen;`);
  const [red, green] = ["255,0,0,255", "0,255,0,255"];
  assert.deepEqual(value, [red, green, 200, red, green, red, green]);
});

test("a player on a given device leaves the device alive, and two players share a page", async () => {
  const png = inputScene("return vec4f(0, 0, 1, 1);").png(await executor("core-render"));
  const { value } = await quiet(png, `
    const { load } = await import("/viewers/web/pngine.js");
    const device = await (await navigator.gpu.requestAdapter()).requestDevice();
    let lost = false;
    device.lost.then(() => (lost = true));
    const second = await load("/scene.png", new OffscreenCanvas(8, 8), { device, onError });
    second.destroy();
    await new Promise((done) => setTimeout(done, 50));
    player.draw();
    return [lost, pixel(1, 1)];`);
  assert.deepEqual(value, [false, "0,0,255,255"]);
});

test("a time that is no number changes nothing and is reported", async () => {
  const png = inputScene("return vec4f(u.x, 0, 0, 1);").png(await executor("core-render"));
  const { value, reports } = await play(png, `
    await player.seek(0.2);
    await player.draw(NaN);
    await player.seek(Infinity);
    player.play();
    player.seek(NaN);
    player.pause();
    player.draw();
    return [player.time, pixel(1, 1)];`);
  assert.deepEqual(value, [0.2, "51,0,0,255"]);
  assert.deepEqual(reports, ["PngineError: NaN is not a time in seconds", "PngineError: Infinity is not a time in seconds"]);
});

test("a canvas without pixels is left alone, and drawn on once it has some", async () => {
  const { value } = await quiet(await offscreenScene(), `
    const wait = () => new Promise((done) => setTimeout(done, 50));
    player.play(); await wait(); player.pause();
    const none = canvas.width;
    player.resize(64, 64);
    const seen = [none, pixel(10, 32)];
    player.resize(0, -3); await wait();
    seen.push(canvas.width, canvas.height);
    canvas.height = 0; await player.draw(1);
    player.resize(40.9, 40);
    return [...seen, canvas.width, player.time >= 1, pixel(5, 20)];`, { size: [0, 0] });
  assert.deepEqual(value, [0, "255,0,0,255", 1, 1, 40, true, "255,0,0,255"]);
});

test("a canvas has one player: the one loaded last", async () => {
  const png = inputScene("return vec4f(u.x, 0, 0, 1);").png(await executor("core-render"));
  const { value } = await quiet(png, `
    const { load } = await import("/viewers/web/pngine.js");
    player.play();
    const next = await load("/scene.png", canvas, { onError });
    const states = [player.destroyed, player.playing, next.destroyed];
    player.destroy();
    next.draw(0.2);
    const color = pixel(1, 1);
    // Two at once: only one of them gets the canvas, and the other, if it was not ready before, says so.
    const both = await Promise.allSettled([1, 2].map(() => load("/scene.png", canvas, { onError })));
    const alive = both.filter(({ value }) => value && !value.destroyed).length;
    const reasons = both.flatMap(({ reason }) => reason ? [reason.message] : []);
    return [...states, color, next.destroyed, alive, reasons.every((reason) => reason === "another scene was loaded onto the canvas meanwhile")];`);
  assert.deepEqual(value, [true, false, false, "51,0,0,255", true, 1, true]);
});

test("a lost device is reported once, and the player stands still", async () => {
  const png = inputScene("return vec4f(1, 0, 0, 1);").png(await executor("core-render"));
  const { value, reports } = await play(png, `
    player.play();
    player.device.destroy();
    await new Promise((done) => setTimeout(done, 100));
    const stopped = player.playing;
    player.play();
    await player.draw(2);
    const { load } = await import("/viewers/web/pngine.js");
    const again = await load("/scene.png", canvas, { onError });
    again.draw(0);
    return [stopped, player.playing, pixel(1, 1)];`);
  assert.deepEqual(value, [false, false, "255,0,0,255"]);
  assert.equal(reports.length, 1, reports.join("\n"));
  assert.match(reports[0], /^PngineError E0921: the device is lost \(destroyed\): /);
});

test("after destroy nothing listens, and every call is in vain", async () => {
  files.set("/scene.png", inputScene("return vec4f(1);").png(await executor("core-render")));
  const { page, errors } = await open(browser);
  await page.goto(server.origin);
  const tools = await page.context().newCDPSession(page);
  const listeners = async (/** @type {string} */ expression) => {
    const { result } = await tools.send("Runtime.evaluate", { expression });
    const found = await tools.send("DOMDebugger.getEventListeners", { objectId: result.objectId ?? "" });
    return found.listeners.map(({ type }) => type).sort();
  };
  await page.evaluate(`import("/viewers/web/pngine.js").then(async ({ load }) => {
    window.canvas = document.body.appendChild(document.createElement("canvas"));
    window.player = await load("/scene.png", canvas, { autoplay: true });
  })`);
  assert.deepEqual(await listeners("window"), ["blur", "pointercancel", "pointerup"]);
  assert.deepEqual(await listeners("canvas"), ["blur", "keydown", "keyup", "pointerdown", "pointerenter", "pointermove", "wheel"]);
  await page.evaluate(`(async () => {
    player.destroy();
    player.destroy();
    player.play();
    player.seek(3);
    await player.resize(5, 5);
    await player.stop();
    await player.draw(1);
    if (player.playing || canvas.width === 5) throw new Error("the player is alive");
  })()`);
  for (const target of ["window", "document", "canvas", "player.device"]) assert.deepEqual(await listeners(target), [], target);
  await page.close();
  assert.deepEqual(errors, []);
});

test("what fails before the first frame is an error of ours, and gives back the device", async () => {
  const png = inputScene("return vec4f(1);").png(await executor("core-render"));
  files.set("/scene.png", png);
  files.set("/empty.png", new Scene().png(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])));
  const { page, errors } = await open(browser);
  await page.goto(server.origin);
  const found = await page.evaluate(`(async () => {
    const { load, PngineError } = await import("/viewers/web/pngine.js");
    const lost = [];
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function () {
      const device = await request.call(this);
      device.lost.then(({ reason }) => lost.push(reason));
      return device;
    };
    const told = [];
    const attempt = async (source, canvas = new OffscreenCanvas(8, 8), options) => {
      await load(source, canvas, options).then(() => told.push("loaded"), (error) =>
        told.push(error instanceof PngineError ? error.message : "foreign: " + error));
    };
    const taken = new OffscreenCanvas(8, 8);
    taken.getContext("2d");
    await attempt("/scene.png", taken);
    await attempt("/empty.png");
    await attempt("http://127.0.0.1:1/");
    await new Promise((done) => setTimeout(done, 50));
    Object.defineProperty(navigator, "gpu", { value: undefined });
    await attempt("/scene.png");
    return { told, lost };
  })()`);
  const { told, lost } = /** @type {{ told: string[], lost: string[] }} */ (found);
  const wanted = [
    /^the canvas gives no WebGPU context/, /^damaged executor: /, /^http:\/\/127.0.0.1:1\/: Failed to fetch/, /^this browser has no WebGPU$/,
  ];
  assert.equal(told.length, wanted.length);
  for (const [i, text] of told.entries()) assert.match(text, wanted[i]);
  assert.deepEqual(lost, ["destroyed"]);
  await page.close();
  assert.deepEqual(errors.filter((error) => !/ERR_(UNSAFE_PORT|CONNECTION_REFUSED)/.test(error)), []);
});

test("copies, texture writes and blits to the canvas arrive", async () => {
  const png = fixedScene((_, at) => {
    const texels = at(Array.from({ length: 64 * 64 }, (_, i) => (i % 64 < 32 ? [255, 0, 0, 255] : [0, 0, 255, 255])).flat());
    const texture = at(descriptor(1, [FIELD.width, v.uint(64)], [FIELD.height, v.uint(64)], [FIELD.format, v.word("preferredCanvasFormat")], [FIELD.usage, v.uint(3)]));
    const size = v.array(v.uint(64), v.uint(64));
    const write = at(descriptor(14,
      [FIELD.source, v.object([FIELD.bytesPerRow, v.uint(256)])],
      [FIELD.destination, v.object([FIELD.texture, v.ref(KIND.texture, 0)])], [FIELD.copySize, size]));
    const corner = at(descriptor(14,
      [FIELD.source, v.object([FIELD.buffer, v.ref(KIND.buffer, 1)], [FIELD.bytesPerRow, v.uint(256)])],
      [FIELD.destination, v.object([FIELD.texture, v.ref(KIND.texture, 0)], [FIELD.origin, v.array(v.uint(60), v.uint(0))])],
      [FIELD.copySize, v.array(v.uint(1), v.uint(1))]));
    const green = at([0, 255, 0, 255]);
    return {
      init: [
        command("CREATE_TEXTURE", 0, ...texture), command("CREATE_BUFFER", 0, 4, 0x0c), command("CREATE_BUFFER", 1, 8, 0x0c),
        command("WRITE_BUFFER", 0, 0, ...green), command("WRITE_TEXTURE", ...write, ...texels),
        command("CLEAR_BUFFER", 1, 0, WHOLE), command("COPY_BUFFER", 0, 0, 1, 0, 4), command("COPY_BUFFER_TO_TEXTURE", ...corner), command("SUBMIT"), END,
      ],
      frame: [command("PUSH_DEBUG_GROUP", ...at("blit")), command("COPY_TEXTURE", 0, CANVAS, 64, 64), command("POP_DEBUG_GROUP"), command("SUBMIT"), END],
    };
  });
  const { value } = await quiet(png, "player.draw(0); return [pixel(10, 0), pixel(50, 0), pixel(60, 0)];");
  assert.deepEqual(value, ["255,0,0,255", "0,0,255,255", "0,255,0,255"]);
});

test("render bundles and dynamic state are executed", async () => {
  const f = (/** @type {number} */ value) => new DataView(new Float32Array([value]).buffer).getUint32(0, true);
  const png = fixedScene((_, at) => {
    const code = at(`${FULLSCREEN} @fragment fn fs() -> @location(0) vec4f { return vec4f(1, 1, 0, 1); }`);
    const bundle = at(descriptor(11, [FIELD.colorFormats, v.array(v.word("preferredCanvasFormat"))], [FIELD.commands, v.bytes([...command("SET_PIPELINE", 0), ...command("DRAW", 3, 1, 0, 0)])]));
    return {
      init: [command("CREATE_SHADER", 0, ...code), command("CREATE_RENDER_PIPE", 0, ...at(renderPipeline())), command("CREATE_RENDER_BUNDLE", 0, ...bundle), END],
      frame: [
        command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("SET_VIEWPORT", f(0), f(0), f(64), f(64), f(0), f(1)),
        command("SET_SCISSOR_RECT", 0, 0, 32, 64), command("SET_BLEND_CONSTANT", f(0), f(0), f(0), f(1)), command("EXECUTE_BUNDLES", ...at([0, 0])),
        command("END_PASS"), command("SUBMIT"), END,
      ],
    };
  });
  const { value } = await quiet(png, "player.draw(0); return [pixel(10, 10), pixel(40, 10)];");
  assert.deepEqual(value, ["255,255,0,255", "0,0,0,255"]);
});

test("what is wrong in a command is reported with code, position and name, and skipped or stopped as the table says", async () => {
  const buffer = command("CREATE_BUFFER", 0, 16, 0x20);
  const four = [1024, 4];
  const empty = descriptor(1, [FIELD.width, v.uint(0)], [FIELD.format, v.word("rgba8unorm")], [FIELD.usage, v.uint(16)]);
  /** @type {[string, { init: number[][], frame?: number[][], plugins?: number }, string, RegExp][]} */
  const cases = [
    ["skip", { init: [buffer, buffer, END], frame: clear }, "0,0,0,255", /^PngineError E001: command 1, CREATE_BUFFER: there is a buffer 0 already$/],
    ["skip", { init: [END], frame: [command("WRITE_BUFFER", 5, 0, ...four), ...clear] }, "0,0,0,255", /^PngineError E001: command 0, WRITE_BUFFER: there is no buffer 5$/],
    ["skip", { init: [command("CREATE_BUFFER", 0, 16, 0x28), END], frame: [command("WRITE_BUFFER", 0, 20, ...four), ...clear] }, "0,0,0,255", /^PngineError E002: command 0, WRITE_BUFFER: /],
    ["skip", { init: [command("CREATE_TEXTURE", 0, 1024, empty.length), END], frame: clear }, "0,0,0,255", /^PngineError E006: command 0, CREATE_TEXTURE: 0 x 1 x 1/],
    ["stop", { init: [END], frame: [command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("DRAW", 3, 1, 0, 0), command("END_PASS"), command("SUBMIT"), END] }, "", /^PngineError E003: command 1, DRAW: no pipeline is set$/],
    ["stop", { init: [END], frame: [command("WRITE_BUFFER", 0, 0, 0xfffffff0, 64), ...clear] }, "", /^PngineError E004: .*outside of the memory$/],
    ["stop", { init: [END], frame: [buffer, ...clear] }, "", /^PngineError E007: command 0, CREATE_BUFFER: it may not stand here$/],
    ["stop", { init: [END], frame: [command("END_PASS"), ...clear] }, "", /^PngineError E007: command 0, END_PASS/],
    ["stop", { init: [END], frame: [...clear.slice(0, 2), END] }, "", /^PngineError E007: /],
    ["stop", { init: [END], frame: [[0x77], ...clear] }, "", /^PngineError E008: command 0 has the unknown opcode 119$/],
    ["stop", { init: [END], frame: clear, plugins: 1 }, "", /^PngineError E009: command 0, BEGIN_RENDER_PASS/],
    ["stop", { init: [command("LOAD_IMAGE", 0, ...four), END], plugins: 63 }, "", /^PngineError E011: command 0, LOAD_IMAGE: image 0: /],
    ["stop", { init: [command("INIT_WASM_MODULE", 0, ...four), END], plugins: 63 }, "", /^PngineError E010: command 0, INIT_WASM_MODULE: wasmModule 0: /],
  ];
  for (const [action, streams, color, report] of cases) {
    const png = fixedScene((_, at) => {
      at(empty);
      return streams;
    });
    const { value, reports } = await play(png, "const drawn = player.draw(0), color = pixel(1, 1); await drawn; return color;");
    assert.match(reports[0]?.replace("rejected: ", "") ?? "nothing", report);
    if (action === "skip") assert.equal(value, color, reports[0]);
    assert.equal(reports.length, 1, reports.join("\n"));
  }
});

test("what cannot be read, stands in a wrong place or is of the wrong kind has the code of the table", async () => {
  const compute = "@compute @workgroup_size(1) fn cs() {}";
  const bundle = (/** @type {number[]} */ ...commands) =>
    descriptor(11, [FIELD.colorFormats, v.array(v.word("preferredCanvasFormat"))], [FIELD.commands, v.bytes(commands)]);
  const pass = (/** @type {number[][]} */ ...commands) =>
    [command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), ...commands, command("END_PASS"), command("SUBMIT"), END];
  /** @typedef {(bytes: Uint8Array | number[] | string) => [number, number]} At */
  /** @type {[RegExp, (at: At) => { init: number[][], frame?: number[][] }][]} */
  const cases = [
    [/^PngineError E001: command 1, SET_PIPELINE: /, (at) => ({
      init: [command("CREATE_SHADER", 0, ...at(compute)), command("CREATE_COMPUTE_PIPE", 0, ...at(descriptor(6, [FIELD.compute, stage("cs")]))), END],
      frame: pass(command("SET_PIPELINE", 0)),
    })],
    [/^PngineError E006: command 0, CREATE_TEXTURE: .*bc1-rgba-unorm/, (at) => ({
      init: [command("CREATE_TEXTURE", 0, ...at(descriptor(1, [FIELD.width, v.uint(4)], [FIELD.format, v.word("bc1-rgba-unorm")], [FIELD.usage, v.uint(4)]))), END],
    })],
    [/^PngineError E004: command 1, SET_INDEX_BUFFER: /, () => ({
      init: [command("CREATE_BUFFER", 0, 16, 0x18), END], frame: pass(command("SET_INDEX_BUFFER", 0, 2)),
    })],
    [/^PngineError E004: command 0, BEGIN_RENDER_PASS: /, () => ({ init: [END], frame: [command("BEGIN_RENDER_PASS", CANVAS, 9, 0, NONE), ...clear.slice(1)] })],
    [/^PngineError E004: command 0, CREATE_SHADER: /, (at) => ({ init: [command("CREATE_SHADER", 0, ...at([0xff, 0xfe])), END] })],
    [/^PngineError E004: command 0, CREATE_SAMPLER: /, (at) => ({
      init: [command("CREATE_SAMPLER", 0, ...at(descriptor(2, [FIELD.magFilter, v.word("cube")]))), END],
    })],
    [/^PngineError E004: command 1, WRITE_BUFFER: 64 bytes at \d+ are outside of the memory$/, () => ({
      init: [command("CREATE_BUFFER", 0, 16, 8), command("WRITE_BUFFER", 0, 0, 0xfffffff0, 64), END],
    })],
    [/^PngineError E007: command 0, CREATE_RENDER_BUNDLE: command 0, END_PASS: /, (at) => ({
      init: [command("CREATE_RENDER_BUNDLE", 0, ...at(bundle(...command("END_PASS")))), END],
    })],
    [/^PngineError E007: command 0, CREATE_RENDER_BUNDLE: command 0, SET_STENCIL_REFERENCE: /, (at) => ({
      init: [command("CREATE_RENDER_BUNDLE", 0, ...at(bundle(...command("SET_STENCIL_REFERENCE", 1)))), END],
    })],
    [/^PngineError E007: the command buffer ends too early$/, () => ({ init: [END], frame: [command("SUBMIT")] })],
    [/^PngineError E007: the command buffer ends too early$/, () => ({ init: [END], frame: [] })],
    [/^PngineError E007: the command buffer ends too early$/, () => ({ init: [END], frame: [END] })],
    [/^PngineError E007: commands stand behind END$/, () => ({ init: [END], frame: [...clear, END] })],
  ];
  for (const [report, build] of cases) {
    const { reports } = await play(fixedScene((_, at) => build(at)), "");
    assert.match(reports[0]?.replace("rejected: ", "") ?? "nothing", report);
    assert.equal(reports.length, 1, reports.join("\n"));
  }
});

test("a missing usage is a warning, and the command is executed all the same", async () => {
  const png = fixedScene(() => ({ init: [command("CREATE_BUFFER", 0, 16, 0x20), END], frame: [command("WRITE_BUFFER", 0, 0, 1024, 4), ...clear] }));
  const { reports } = await play(png, "");
  assert.match(reports[0], /^PngineError E005: command 0, WRITE_BUFFER: buffer 0 lacks the usage 8$/);
  assert.match(reports[1], /usage/i);
});

test("an executor that fails, lies about its length or speaks another version is refused by name", async () => {
  const scene = () => ({ init: [END] });
  const outcome = async (/** @type {Parameters<typeof fixedScene>[1]} */ options) => (await play(fixedScene(scene, options), "")).reports[0];
  assert.equal(await outcome({ status: 5 }), "rejected: PngineError E0913: the executor says: command buffer does not fit");
  assert.equal(await outcome({ status: 99 }), "rejected: PngineError E0913: the executor says: status 99");
  assert.match(await outcome({ abi: 2 }), /the executor has ABI 2, this player knows 1/);
  assert.match(await outcome({ counts: [2, 2] }), /E007/);
  const broken = new Scene().png(new Uint8Array([0, 97, 115, 109, 9, 9, 9, 9]));
  assert.match((await play(broken, "")).reports[0], /^rejected: PngineError E0913: damaged executor: /);
});

test("a random executor or random bytecode ends in an error of ours", async () => {
  const scene = new Scene();
  let state = 1;
  const random = () => (state = (state * 48271) % 0x7fffffff) & 255;
  for (let i = 0; i < 5; i++) {
    scene.init = Array.from({ length: 200 }, random);
    const { reports } = await play(scene.png(await executor("core-render-compute")), "");
    assert.match(reports[0], /PngineError/);
  }
});

test("a WGSL error names the line, and a WebGPU error is passed on", async () => {
  const wrong = fixedScene((_, at) => ({ init: [command("CREATE_SHADER", 3, ...at("fn f() {\n  let x = y;\n}")), END] }));
  const { reports } = await play(wrong, "");
  assert.ok(reports.some((report) => /shader 3, line 2, column 11: unresolved value 'y'/.test(report)), reports.join("\n"));
  const noCode = fixedScene((_, at) => ({
    init: [
      command("CREATE_SHADER", 0, ...at(FULLSCREEN)), command("CREATE_RENDER_PIPE", 0, ...at(renderPipeline())), END,
    ],
  }));
  const second = await play(noCode, "");
  assert.ok(second.reports.some((report) => /Entry point "+fs"+ /.test(report) && /pipeline 0/.test(report)), second.reports.join("\n"));
});

test("a file that is no scene is refused in words", async () => {
  const { png } = await import("./scene.mjs");
  assert.deepEqual((await play(png(), "")).reports, ["rejected: PngineError E0911: no scene in this PNG (re-encoded by a website?)"]);
  const damaged = inputScene("return vec4f(1);").png(await executor("core-render"), [[3, []]]);
  assert.deepEqual((await play(damaged, "")).reports, ["rejected: PngineError E0912: damaged scene: its device extension: the bytes end before byte 1"]);
});

test("pictures are exact: what is read back from the canvas is what the shader wrote, texel by texel", async () => {
  const scene = inputScene("return vec4f(at.x / 255, at.y / 255, u.x, 1);", { argument: "@builtin(position) at: vec4f" });
  const png = scene.png(await executor("core-render"));
  const { shoot } = await import("./shoot.mjs");
  const [shot, second] = await shoot([
    { png, width: 64, height: 48, times: [0, 0.2] },
    { png: scene.png(), executor: await executor("core-render"), width: 16, height: 16, times: [1] },
  ]);
  assert.deepEqual([shot.errors, second.errors], [[], []]);
  const pictures = [...shot.pictures, ...second.pictures].map((picture) => texels(picture));
  assert.deepEqual(pictures.map(({ width, height }) => [width, height]), [[64, 48], [64, 48], [16, 16]]);
  for (const [i, blue] of [0, 51, 255].entries()) {
    const { width, height, rgba } = pictures[i];
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        // Positions are in the middle of a pixel: the value lies half way between two numbers, and may be rounded to either.
        const [r, g, b, a] = rgba.subarray((y * width + x) * 4);
        assert.ok((r === x || r === x + 1) && (g === y || g === y + 1), `${x} ${y}: ${r} ${g}`);
        assert.deepEqual([b, a], [blue, 255]);
      }
  }
});

test("a job with an error says so", async () => {
  const { shoot } = await import("./shoot.mjs");
  const [none, early] = await shoot([
    { png: new Uint8Array([1, 2, 3]), width: 8, height: 8, times: [0] },
    { png: fixedScene(() => ({ init: [END], frame: [[0x77]] })), width: 8, height: 8, times: [0] },
  ]);
  assert.deepEqual(none, { pictures: [], errors: ["PngineError E0910: this is not a PNG"] });
  assert.deepEqual(early.errors, ["PngineError E008: command 0 has the unknown opcode 119"]);
});

test("the page plays a scene from its address, from a file, and says what is wrong", async () => {
  const png = inputScene("return vec4f(0, 1, 0, 1);").png(await executor("core-render"));
  files.set("/green.png", png);
  const { page, errors } = await open(browser);
  await page.goto(`${server.origin}/viewers/web/index.html?src=/green.png`);
  await page.waitForFunction(() => document.getElementById("status")?.textContent === "Showing /green.png.");
  await page.waitForFunction(() => document.getElementById("play")?.textContent === "Pause");
  await page.click("#stop");
  assert.equal(await page.textContent("#time"), "0.00 s");
  // What a visitor sees: the middle of the stage is green.
  const { width, height, rgba } = texels(await page.locator("#stage").screenshot());
  const middle = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 4;
  assert.deepEqual([...rgba.subarray(middle, middle + 3)], [0, 255, 0]);

  const other = new Scene().png(new Uint8Array([0]));
  await page.setInputFiles("#file", { name: "broken.png", mimeType: "image/png", buffer: Buffer.from(other) });
  await page.waitForFunction(() => document.getElementById("status")?.textContent === "broken.png cannot be played.");
  assert.match((await page.textContent("#stage [role=alert]")) ?? "", /^damaged executor: /);
  assert.ok(await page.isDisabled("#play"));

  // By keyboard: the form's field, then Enter; the buttons are reached with the Tab key.
  await page.focus("#address");
  await page.keyboard.type("/green.png");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.getElementById("play")?.textContent === "Pause");
  for (let i = 0; i < 2; i++) await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "play");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.getElementById("play")?.textContent === "Play");

  // By drop, of a file and of a link.
  const drop = (/** @type {string} */ name, /** @type {number[]} */ bytes) => page.evaluate(([name, bytes]) => {
    const dataTransfer = new DataTransfer();
    if (bytes.length) dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
    else dataTransfer.setData("text/uri-list", name);
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, /** @type {const} */ ([name, bytes]));
  await drop("dropped.png", [...png]);
  await page.waitForFunction(() => document.getElementById("status")?.textContent === "Showing dropped.png.");
  await drop("/green.png", []);
  await page.waitForFunction(() => document.getElementById("status")?.textContent === "Showing /green.png.");
  await drop("text.png", [1, 2, 3]);
  await page.waitForFunction(() => document.querySelector("#stage [role=alert]")?.textContent === "this is not a PNG");
  await page.close();
  assert.deepEqual(errors, []);
});
