/** Loading, replacing, failing and giving back: who has the canvas, the device and the blame. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { FLAGS, open } from "./browser.mjs";
import { autoLayout, bufferEntry, clear, d, END, fixedScene, FULLSCREEN, o, renderPipeline, stage, theatre } from "./play.mjs";
import { CANVAS, chunk, command, instruction, name, NONE, PLUGIN, png, Scene, v } from "./scene.mjs";

const { browser, server, files, play, quiet, executor } = await theatre();

/** A scene that covers the canvas with a colour. @param {string} color */
const plain = (color) => fixedScene((_, at) => ({
  init: [
    command("CREATE_SHADER", 0, ...at(`${FULLSCREEN} @fragment fn fs() -> @location(0) vec4f { return vec4f(${color}, 1); }`)),
    command("CREATE_RENDER_PIPE", 0, ...at(renderPipeline())), END,
  ],
  frame: [command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("SET_PIPELINE", 0), command("DRAW", 3, 1, 0, 0), command("END_PASS"), command("SUBMIT"), END],
}));
const [GREEN, BLUE] = ["0,255,0,255", "0,0,255,255"];
files.set("/red.png", plain("1, 0, 0"));
files.set("/green.png", plain("0, 1, 0"));
files.set("/blue.png", plain("0, 0, 1"));

/** In the page: answers that come late, and `load`. */
const SLOWLY = `
  const { load } = await import("/viewers/web/pngine.js");
  const fetched = fetch;
  const waits = {};
  window.fetch = async (address, options) => {
    const name = String(address).split("/").at(-1);
    await new Promise((done, wrong) => {
      setTimeout(done, waits[name] ?? 0);
      options?.signal?.addEventListener("abort", () => wrong(options.signal.reason));
    });
    return fetched(address, options);
  };
  const outcome = (loading) => loading.then((player) => player.destroyed ? "destroyed" : "plays", (error) => [error.kind, error.message].join(": "));
  const SUPERSEDED = "superseded: another scene was loaded onto the canvas meanwhile";`;

test("the last call of load has the canvas, however long the others take, at each step of theirs", async () => {
  const { value } = await quiet(plain("0, 0, 0"), `${SLOWLY}
    const seen = [];
    // While the first is fetched; and the clean-up of a component that has gone away.
    waits["red.png"] = 300;
    const slow = load("/red.png", canvas, { onError });
    slow.then((player) => player.destroy(), () => {});
    const quick = await load("/green.png", canvas, { onError });
    seen.push(await outcome(slow), quick.destroyed, player.destroyed);
    quick.draw();
    seen.push(pixel(1, 1));
    // While it waits for its executor, and for its device.
    waits["core-render.wasm"] = 300;
    const payload = await (await fetched("/shared.png")).arrayBuffer();
    const other = outcome(load(payload, canvas, { onError, executor: "/core-render.wasm" }));
    await new Promise((done) => setTimeout(done, 50));
    const third = await load("/blue.png", canvas, { onError });
    seen.push(await other, quick.destroyed, third.destroyed);
    const request = GPUAdapter.prototype.requestDevice;
    waits["red.png"] = 0;
    let lost = 0;
    GPUAdapter.prototype.requestDevice = async function (wanted) {
      await new Promise((done) => setTimeout(done, 200));
      const device = await request.call(this, wanted);
      device.lost.then(() => lost++);
      return device;
    };
    const fourth = outcome(load("/red.png", canvas, { onError }));
    await new Promise((done) => setTimeout(done, 100));
    GPUAdapter.prototype.requestDevice = request;
    const fifth = await load("/green.png", canvas, { onError });
    seen.push(await fourth, fifth.destroyed);
    await new Promise((done) => setTimeout(done, 400));
    // All at once: only the last.
    const loads = ["/red.png", "/green.png", "/blue.png"].map((name) => load(name, canvas, { onError }));
    const all = await Promise.all(loads.map(outcome));
    (await loads[2]).draw();
    seen.push(all.join() === [SUPERSEDED, SUPERSEDED, "plays"].join(), pixel(1, 1), lost);
    return seen.map((text) => text === SUPERSEDED ? "superseded" : text);`, { options: "autoplay: true" });
  assert.deepEqual(value, ["superseded", false, true, GREEN, "superseded", true, false, "superseded", false, true, BLUE, 1]);
});
files.set("/shared.png", (() => {
  const scene = new Scene();
  scene.plugins = PLUGIN.core | PLUGIN.render;
  scene.init = instruction("END");
  scene.frames = [[instruction("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), instruction("END_PASS"), instruction("SUBMIT"), instruction("END")].flat()];
  return scene.png();
})());
files.set("/core-render.wasm", await executor("core-render"));

test("two canvases do not disturb each other, and a call that fails at once takes nothing", async () => {
  const { value } = await quiet(plain("0, 1, 0"), `${SLOWLY}
    const [a, b] = [8, 8].map(() => new OffscreenCanvas(8, 8));
    const both = await Promise.all([outcome(load("/red.png", a)), outcome(load("/blue.png", b))]);
    waits["red.png"] = 200;
    const slow = outcome(load("/red.png", canvas, { onError }));
    const wrong = await load("/green.png", canvas, { size: "large" }).catch((error) => error.name);
    const gone = await outcome(load("/green.png", canvas, { signal: AbortSignal.abort() }));
    return [...both, wrong, gone, await slow];`);
  assert.deepEqual(value, ["plays", "plays", "TypeError", "aborted: loading was aborted", "plays"]);
});

test("a signal gives up loading, at each step, and leaves what plays", async () => {
  const { value } = await quiet(plain("0, 1, 0"), `${SLOWLY}
    const seen = [];
    waits["red.png"] = 1000;
    waits["core-render.wasm"] = 1000;
    const payload = await (await fetched("/shared.png")).arrayBuffer();
    for (const [source, options] of [["/red.png", {}], [payload, { executor: "/core-render.wasm" }], ["/blue.png", {}]]) {
      const gone = new AbortController();
      const start = performance.now();
      const loading = load(source, canvas, { ...options, onError, signal: gone.signal });
      setTimeout(() => gone.abort("enough"), source === "/blue.png" ? 0 : 100);
      const error = await loading.catch((error) => error);
      seen.push([error.kind, error.cause, performance.now() - start < 900]);
    }
    player.draw();
    const late = new AbortController();
    const last = await load("/blue.png", canvas, { onError, signal: late.signal });
    late.abort();
    last.draw();
    return [...seen, player.destroyed, last.destroyed, pixel(1, 1)];`);
  assert.deepEqual(value, [["aborted", "enough", true], ["aborted", "enough", true], ["aborted", "enough", true], true, false, BLUE]);
});

/** Scenes that fail, at each step. @type {Record<string, Uint8Array>} */
const BROKEN = {
  "no-png": new Uint8Array([1, 2, 3]),
  "no-scene": png(),
  damaged: png().slice(0, 60),
  executor: new Scene().png(new Uint8Array([0, 97, 115, 109, 9, 9, 9, 9])),
  exports: new Scene().png(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
  status: fixedScene(() => ({ init: [END] }), { status: 5 }),
  init: fixedScene(() => ({ init: [command("WRITE_BUFFER", 0, 0, 0xfffffff0, 64), END] })),
  media: fixedScene(() => ({ plugins: 63, init: [command("LOAD_IMAGE", 0, 1024, 4), END] })),
  frame: fixedScene(() => ({ init: [END], frame: [command("DRAW", 3, 1, 0, 0), ...clear] })),
  budget: fixedScene(() => ({ init: [...Array.from({ length: 16 }, (_, id) => command("CREATE_BUFFER", id, 1 << 28, 8)), END] })),
  feature: fixedScene(() => ({ init: [END] }), { extensions: [[3, [...d(16, { requiredFeatures: v.array(v.string("frobnication")) })]]] }),
  canvas: fixedScene(() => ({ init: [END] }), { extensions: [[4, [...d(17, { alphaMode: v.word("linear") })]]] }),
};

test("a scene that fails leaves the one that plays: it plays on, on its device, with its inputs", async () => {
  for (const [name, bytes] of Object.entries(BROKEN)) files.set(`/broken/${name}.png`, bytes);
  const { value } = await quiet(plain("0, 1, 0"), `${SLOWLY}
    const seen = {};
    player.play();
    for (const name of ${JSON.stringify([...Object.keys(BROKEN), "404"])}) {
      // Chromium would write on the console that it was not found.
      const source = name === "404" ? new Response(null, { status: 404 }) : "/broken/" + name + ".png";
      const error = await load(source, canvas, { autoplay: true, size: [8, 8], onError }).catch((error) => error);
      const before = player.time;
      await new Promise((done) => setTimeout(done, 60));
      player.draw();
      seen[name] = [error.kind, error.code, error.name.startsWith("PngineError"), player.time > before && !player.destroyed, pixel(1, 1), canvas.width].join(" ");
    }
    return seen;`);
  const good = `true true ${GREEN} 64`;
  assert.deepEqual(value, {
    404: `network E0902 ${good}`, "no-png": `not-png E0910 ${good}`, "no-scene": `no-scene E0911 ${good}`, damaged: `damaged E0912 ${good}`,
    executor: `executor E0913 ${good}`, exports: `executor E0913 ${good}`, status: `executor E0913 ${good}`, init: `command E004 ${good}`, media: `media E011 ${good}`,
    frame: `command E007 ${good}`, budget: `budget E012 ${good}`, feature: `unsupported E0922 ${good}`, canvas: `damaged E0912 ${good}`,
  });
});

test("errors of loading have a kind, a code and what has caused them", async () => {
  const { value } = await quiet(plain("0, 1, 0"), `${SLOWLY}
    const kinds = async (source, canvas = new OffscreenCanvas(8, 8), options) => load(source, canvas, options)
      .then(() => "plays", ({ kind, code, cause }) => [kind, code, cause?.name].join(" "));
    const taken = new OffscreenCanvas(8, 8);
    taken.getContext("2d");
    const gone = () => new Response(null, { status: 410 });
    const seen = [await kinds(gone()), await kinds("/red.png", taken), await kinds("/shared.png"), await kinds("/shared.png", undefined, { executor: gone() }),
      await kinds(new Blob([])), await kinds("/red.png", undefined, { maxBytes: 10 }), await kinds("/media.png"), await kinds("/inflate.png")];
    window.fetch = async () => { throw new TypeError("offline"); };
    seen.push(await kinds("/red.png"));
    window.fetch = fetched;
    Object.defineProperty(navigator, "gpu", { value: undefined });
    seen.push(await kinds("/red.png"));
    return seen;`);
  assert.deepEqual(value, ["network E0902 ", "canvas  ", "no-executor E0914 ", "network E0902 ", "not-png E0910 ", "budget E012 ", "media E011 ", "damaged E0912 TypeError",
    "network E0902 TypeError", "no-webgpu E0920 "]);
});
files.set("/media.png", BROKEN.media);
files.set("/inflate.png", png(chunk("pNGb", [1, 1, 255, 255, 255])));

test("arguments that cannot be meant are told from each other", async () => {
  const { value } = await quiet(plain("0, 1, 0"), `
    const { load } = await import("/viewers/web/pngine.js");
    const calls = [[undefined, canvas], [new Image(), canvas], [42, canvas], ["/red.png", null], ["/red.png", "#scene"], ["/red.png", document.body], ["/red.png", canvas, null],
      ["/red.png", canvas, { autoPlay: true }], ["/red.png", canvas, { size: 5 }], ["/red.png", canvas, { size: [1, NaN] }], ["/red.png", canvas, { onError: "log" }],
      ["/red.png", canvas, { alphaMode: "nonsense" }], ["/red.png", canvas, { fps: 0 }], ["/red.png", canvas, { keys: true }], ["/red.png", canvas, { seed: -1 }], ["/red.png", canvas, { signal: {} }],
      ["/red.png", canvas, { device: {} }], ["/red.png", canvas, { gpuSeconds: "1" }]];
    const told = [];
    for (const call of calls) told.push(await load(...call).catch((error) => error.name + ": " + error.message));
    player.draw();
    return [told, player.destroyed, pixel(1, 1)];`);
  const [told, destroyed, color] = value;
  const wanted = [
    /source must be .* not undefined$/, /source must be .* not HTMLImageElement$/, /source must be .* not 42$/, /canvas must be .* not null$/, /canvas must be .* not "#scene"$/,
    /canvas must be .* not HTMLBodyElement$/, /options must be an object, not null$/, /there is no option "autoPlay", only alphaMode, .*autoplay, /, /size must be \[width, height\], not 5$/,
    /size must be \[width, height\], not Array$/, /onError must be a function, not "log"$/, /alphaMode must be "opaque" or "premultiplied", not "nonsense"$/, /fps must be a number above 0, not 0$/,
    /keys must be "canvas", "page" or false, not true$/, /seed must be a whole number/, /signal must be an AbortSignal, not Object$/, /device must be a GPUDevice, not Object$/, /gpuSeconds must be/,
  ];
  assert.equal(told.length, wanted.length);
  for (const [i, text] of told.entries()) assert.match(text, new RegExp(`^TypeError: load: .*${wanted[i].source}`));
  assert.deepEqual([destroyed, color], [false, GREEN]);
});

test("frames, times and sizes that are none are refused, and nothing else changes", async () => {
  const scene = new Scene();
  scene.plugins = PLUGIN.core | PLUGIN.render;
  scene.init = instruction("END");
  scene.frames = [0, 1].map(() => [instruction("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), instruction("END_PASS"), instruction("SUBMIT"), instruction("END")].flat());
  scene.strings = [...name(0, 0, "main")];
  const { value, reports } = await play(scene.png(await executor("core-render")), `
    const thrown = (step) => { try { step(); return "passes"; } catch (error) { return error.name + ": " + error.message; } };
    const frames = [99, 2, -1, 0.5, NaN, Infinity, "nope", "", "1", {}, true, undefined].map((frame) => thrown(() => player.setFrame(frame)));
    const good = [0, 1, "main", null].map((frame) => thrown(() => player.setFrame(frame)));
    await player.draw(1);
    for (const time of [NaN, "3", null, {}]) await player.draw(time), await player.seek(time);
    for (const size of [[NaN, 5], ["9", 9], [undefined, 9], [9], [Infinity, 9]]) await player.resize(...size);
    "use strict";
    const fixed = ["time", "playing", "frames", "scenes", "duration", "canvas", "device", "uniforms", "destroyed"].map((name) => thrown(() => { "use strict"; (() => { "use strict"; player[name] = 5; })(); }));
    const frozen = thrown(() => { "use strict"; player.frames.push("x"); });
    const analyser = thrown(() => (player.analyser = 5));
    return { frames, good, fixed: fixed.every((text) => /^TypeError/.test(text)), frozen, analyser, time: player.time, size: [canvas.width, canvas.height], playing: player.playing };`);
  const none = (/** @type {unknown} */ frame) => `PngineError E0916: the scene has no frame ${frame}, only main, 1`;
  const odd = (/** @type {string} */ frame) => `TypeError: a frame is chosen by name or index, or null, not by ${frame}`;
  assert.deepEqual(value.frames, [
    ...[99, 2, -1, 0.5, NaN, Infinity, "nope", "", "1"].map(none), odd("Object"), odd("true"), odd("undefined"),
  ]);
  assert.deepEqual(value.good, ["passes", "passes", "passes", "passes"]);
  assert.deepEqual([value.fixed, value.time, value.size, value.playing], [true, 1, [64, 64], false]);
  assert.match(value.frozen, /^TypeError/);
  assert.match(value.analyser, /^TypeError: the analyser must be an AnalyserNode, not 5$/);
  assert.deepEqual(reports.sort(), [
    '"9" x 9 is not a size in pixels', "9 x undefined is not a size in pixels", "Infinity x 9 is not a size in pixels", "NaN x 5 is not a size in pixels", "undefined x 9 is not a size in pixels",
    '"3" is not a time in seconds', "NaN is not a time in seconds", "Object is not a time in seconds", "null is not a time in seconds",
  ].map((text) => `PngineError: ${text}`).sort());
});

test("a frame by number is checked in a scene without names, too", async () => {
  const { value } = await quiet(plain("0, 1, 0"), `
    const thrown = (frame) => { try { player.setFrame(frame); return "passes"; } catch (error) { return error.message; } };
    return [0, 1, 99, 0xffffffff].map(thrown);`);
  assert.deepEqual(value, ["passes", "the scene has no frame 1, only 0", "the scene has no frame 99, only 0", "the scene has no frame 4294967295, only 0"]);
});

test("what the page's own functions throw is the page's", async () => {
  const png = fixedScene(() => ({ plugins: 63, init: [END], frame: [command("SET_SCENE", 0, 0), ...clear] }), {
    extensions: [[1, [...d(19, { duration: v.uint(50), endBehavior: v.uint(1), scenes: v.array(o({ end: v.uint(50) })) })]]],
  });
  files.set("/scene.png", png);
  const { page, errors } = await open(browser);
  await page.goto(server.origin);
  const value = await page.evaluate(`(async () => {
    const { load } = await import("/viewers/web/pngine.js");
    const canvas = document.body.appendChild(document.createElement("canvas"));
    const told = [];
    const onError = (error) => { told.push(error.message); throw new Error("mine, onError"); };
    const options = { onError, onScene: () => { throw new Error("mine, onScene"); }, onEnd: () => { throw new Error("mine, onEnd"); } };
    const player = await load("/scene.png", canvas, options);
    player.play();
    await new Promise((done) => setTimeout(done, 300));
    await player.draw(NaN);
    return [told, player.ended, player.playing];
  })()`);
  await page.close();
  assert.deepEqual(value, [["NaN is not a time in seconds"], true, false]);
  assert.deepEqual(errors, ["page: mine, onScene", "page: mine, onEnd", "page: mine, onError"]);
});

test("a canvas beyond what the device can draw is made smaller, and what an error has stopped goes on with a good size", async () => {
  // A texture of the canvas' size, of which 2,000 x 2,000 are more than is allowed.
  const png = fixedScene((_, at) => ({
    init: [command("CREATE_TEXTURE", 0, ...at(d(1, {
      width: v.canvas(1, 0, 0), height: v.canvas(0, 1, 0), format: v.word("rgba32float"), usage: v.uint(0x14),
    }))), END],
    frame: [command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("END_PASS"), command("SUBMIT"), END],
  }));
  const { value, reports } = await play(png, `
    const wait = (ms = 100) => new Promise((done) => setTimeout(done, ms));
    const most = player.device.limits.maxTextureDimension2D;
    player.play();
    await player.resize(2 ** 31, 16);
    const seen = [canvas.width === most, canvas.height, player.playing];
    canvas.width = most + 1000;
    await wait();
    seen.push(canvas.width === most, player.playing);
    await player.resize(64, 64);
    const { time } = player;
    await wait();
    seen.push(player.playing, player.time > time);
    for (const size of [2000, 3000, 2500]) { await player.resize(size, size); seen.push(player.playing); }
    await player.resize(64, 64);
    const again = player.time;
    await wait();
    seen.push(player.playing, player.time > again);
    // Who has paused it keeps it paused.
    player.pause();
    await player.resize(2000, 2000);
    await player.resize(32, 32);
    return [...seen, player.playing];`, { options: "maxGpuBytes: 5e7" });
  assert.deepEqual(value, [true, 16, true, true, true, true, true, false, false, false, true, true, false]);
  assert.ok(reports.length > 0);
  for (const report of reports) assert.match(report, /^PngineError E012: command 0, CREATE_TEXTURE: over the budget: \d+ bytes of GPU memory, at most 50000000 are allowed$/);
});

test("GPU memory counts what lives: what is made anew for another size replaces what was there", async () => {
  const png = fixedScene((_, at) => ({
    init: [command("CREATE_TEXTURE", 0, ...at(d(1, { width: v.canvas(1, 0, 0), height: v.canvas(0, 1, 0), format: v.word("rgba8unorm"), usage: v.uint(0x14) }))), END],
    frame: clear,
  }));
  await quiet(png, `for (let i = 0; i < 50; i++) await player.resize(900 + i, 900 + i);`, { options: "maxGpuBytes: 4e6" });
});

test("a device that is shared keeps no player alive, nor its canvas", async () => {
  const own = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: [...FLAGS, "--js-flags=--expose-gc"] });
  try {
    const { page, errors } = await open(own);
    await page.goto(server.origin);
    const alive = await page.evaluate(`(async () => {
      const { load } = await import("/viewers/web/pngine.js");
      const device = await (await navigator.gpu.requestAdapter()).requestDevice();
      const refs = [];
      for (let i = 0; i < 20; i++)
        await (async () => {
          const canvas = document.body.appendChild(document.createElement("canvas"));
          const player = await load("/green.png", canvas, { device, autoplay: i % 2 === 0, analyser: undefined });
          await player.draw(1);
          canvas.remove();
          player.destroy();
          refs.push(new WeakRef(player), new WeakRef(canvas));
        })();
      for (let i = 0; i < 5; i++) {
        await new Promise((done) => setTimeout(done, 100));
        gc();
      }
      await device.queue.onSubmittedWorkDone();
      return refs.flatMap((ref, i) => ref.deref() ? [i + ref.deref().constructor.name] : []);
    })()`);
    await page.close();
    assert.deepEqual(alive, []);
    assert.deepEqual(errors, []);
  } finally {
    await own.close();
  }
});

test("players on one device are told of their own errors only, and the device's owner of the owner's", async () => {
  files.set("/wrong.png", fixedScene(() => ({ init: [END], frame: [command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("SET_SCISSOR_RECT", 0, 0, 9999, 9), ...clear.slice(1)] })));
  const { value } = await quiet(plain("0, 1, 0"), `
    const { load } = await import("/viewers/web/pngine.js");
    const device = await (await navigator.gpu.requestAdapter()).requestDevice();
    const told = { a: [], b: [], page: [] };
    device.addEventListener("uncapturederror", (event) => { event.preventDefault(); told.page.push(event.error.message); });
    const a = await load("/wrong.png", new OffscreenCanvas(8, 8), { device, onError: (error) => told.a.push(error.kind + " " + error.code) });
    const b = await load("/green.png", new OffscreenCanvas(8, 8), { device, onError: (error) => told.b.push(error.kind) });
    device.createBuffer({ size: 4, usage: 0 });
    await Promise.all([a.draw(1), b.draw(1)]);
    await new Promise((done) => setTimeout(done, 100));
    const before = told.a.length;
    device.destroy();
    await new Promise((done) => setTimeout(done, 100));
    return { ...told, page: told.page.length, before };`);
  assert.deepEqual(value, { a: ["webgpu E0921", "lost E0921"], b: ["lost"], page: 1, before: 1 });
});

test("a GPU that does not finish is reported, waited for no longer, and tried again when asked", async () => {
  // A browser of its own: its GPU has enough to do, and is stopped with it.
  const own = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: FLAGS });
  try {
    // Some ten seconds: one without an end can block the page too, in calls of the browser that wait for its GPU.
    const endless = "for (var i = 0u; i < 4000000000u; i++) { b[0] = b[0] * 3 + 1; if (b[1] == 7) { break; } }";
    const code = `@group(0) @binding(0) var<storage, read_write> b: array<u32>; @compute @workgroup_size(1) fn cs() { ${endless} }`;
    files.set("/endless.png", fixedScene((_, at) => ({
      init: [
        command("CREATE_BUFFER", 0, 64, 0x80), command("CREATE_SHADER", 0, ...at(code)), command("CREATE_COMPUTE_PIPE", 0, ...at(d(6, { compute: stage("cs") }))),
        command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(autoLayout(0))), command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, { entries: v.array(bufferEntry(0, 0)) }))), END,
      ],
      frame: [command("BEGIN_COMPUTE_PASS"), command("SET_PIPELINE", 0), command("SET_BIND_GROUP", 0, 0), command("DISPATCH", 1, 1, 1), command("END_PASS"), command("SUBMIT"), END],
    })));
    const { page } = await open(own);
    await page.goto(server.origin);
    const value = await page.evaluate(`(async () => {
      const { load } = await import("/viewers/web/pngine.js");
      const canvas = document.body.appendChild(document.createElement("canvas"));
      const told = [];
      const until = async (count) => { for (let i = 0; i < 300 && told.length < count; i++) await new Promise((done) => setTimeout(done, 100)); };
      const onError = (error) => told.push([error.kind, error.code, error.message].join(" "));
      const player = await load("/endless.png", canvas, { gpuSeconds: 1, autoplay: true, onError });
      const seen = [];
      await until(1);
      seen.push(told.length, player.playing);
      // Settles, and gives the GPU nothing more to do.
      let submits = 0;
      const submit = GPUQueue.prototype.submit;
      GPUQueue.prototype.submit = function (list) { submits++; return submit.call(this, list); };
      await player.draw(1);
      await player.seek(2);
      await player.resize(32, 32);
      seen.push(player.time, told.length, submits);
      player.play();
      seen.push(player.playing);
      await until(2);
      seen.push(told.length, player.playing, submits > 0);
      player.destroy();
      return [seen, told];
    })()`);
    const text = "stalled E013 the GPU has not finished within 1 s; play() tries again";
    assert.deepEqual(value, [[1, false, 2, 1, 0, true, 2, false, true], [text, text]]);
  } finally {
    await own.close();
  }
});

test("what fails to load listens to nothing", async () => {
  const { value } = await play(plain("0, 1, 0"), `
    player.destroy();
    const { load } = await import("/viewers/web/pngine.js");
    const signals = new Set();
    const add = EventTarget.prototype.addEventListener;
    let listeners = 0;
    EventTarget.prototype.addEventListener = function (type, handler, options) {
      if (this instanceof Node || this === window) {
        listeners++;
        if (options?.signal) signals.add(options.signal);
      }
      return add.call(this, type, handler, options);
    };
    const fresh = document.createElement("canvas");
    for (const name of ${JSON.stringify(Object.keys(BROKEN))}) await load("/broken/" + name + ".png", fresh).then(() => { throw new Error(name); }, () => {});
    const left = [...signals].filter((signal) => !signal.aborted).length;
    const context = fresh.getContext("webgpu");
    const after = await load("/green.png", fresh, { onError });
    return [left, listeners > 0, context.getConfiguration?.() !== null, after.destroyed];`);
  assert.deepEqual(value, [0, true, true, false]);
});
