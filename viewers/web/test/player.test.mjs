/** What a page does with a player: uniforms, the timeline, sound. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./browser.mjs";
import { autoLayout, bufferEntry, clear, d, END, fixedScene, FULLSCREEN, o, renderPipeline, theatre } from "./play.mjs";
import { CANVAS, command, f32, instruction, KIND, name, NONE, PLUGIN, Scene, u32, v } from "./scene.mjs";

const { browser, server, files, play, quiet, executor } = await theatre();

/** @param {string} name @param {number} offset @param {string} type @param {Record<string, number>} [more] */
const member = (name, offset, type, more = {}) => o({
  name: v.string(name), offset: v.uint(offset), type: v.word(type), ...Object.fromEntries(Object.entries(more).map(([key, value]) => [key, v.uint(value)])),
});
/** @param {string} module @param {string} name @param {number} buffer @param {number[][]} members */
const block = (module, name, buffer, ...members) =>
  o({ module: v.string(module), name: v.string(name), buffer: v.ref(KIND.buffer, buffer), uniforms: v.array(...members) });

const MEMBERS = [
  member("speed", 0, "float32"), member("light.color", 16, "float32", { rows: 3 }), member("n", 28, "sint32"),
  member("m", 32, "float32", { columns: 3, rows: 3 }), member("list", 80, "float32", { rows: 4, count: 2 }), member("u", 112, "uint32", { rows: 2 }),
  member("a", 120, "float16"), member("b", 122, "float16", { rows: 3 }), member("ratio", 132, "uint32", { input: 88 }),
  member("far", 160, "float32", { count: 2, arrayStride: 32 }),
];
const BLOCKS = [
  block("main", "params", 0, ...MEMBERS), block("twin", "same", 0, MEMBERS[1]), block("main", "other", 1, member("speed", 0, "float32")),
  // The same variable in another buffer, and a variable whose name with its member's is that of another member.
  block("main", "other", 0, member("speed", 200, "float32")), block("main", "light", 1, member("color", 16, "float32")),
  block("main", "fade", 1, o({ offset: v.uint(4), type: v.word("float32") })),
];

/** The sixth vector of buffer 0 holds these from the start. */
const HELD = f32(0.5, 1, 2, 4);

/** A scene whose pixel i is word i of buffer 0, then of buffer 1, each of 256 bytes. */
const uniforms = fixedScene((_, at) => ({
  init: [
    command("CREATE_BUFFER", 0, 256, 0x48), command("CREATE_BUFFER", 1, 256, 0x48),
    command("WRITE_BUFFER", 0, 176, ...at(HELD)), command("WRITE_BUFFER", 0, 96, ...at(HELD)),
    command("CREATE_SHADER", 0, ...at(`${FULLSCREEN}
      @group(0) @binding(0) var<uniform> first: array<vec4u, 16>;
      @group(0) @binding(1) var<uniform> second: array<vec4u, 16>;
      @fragment fn fs(@builtin(position) at: vec4f) -> @location(0) vec4f {
        let i = u32(at.x) % 64;
        let word = select(second[i / 4][i % 4], first[i / 4][i % 4], at.x < 64);
        let bytes = unpack4x8unorm(word);
        return select(vec4f(bytes.a, 0, 0, 1), vec4f(bytes.rgb, 1), at.y < 1);
      }`)),
    command("CREATE_RENDER_PIPE", 0, ...at(renderPipeline())), command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(autoLayout(0))),
    command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, { entries: v.array(bufferEntry(0, 0), bufferEntry(1, 1)) }))), END,
  ],
  frame: [
    command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("SET_PIPELINE", 0), command("SET_BIND_GROUP", 0, 0), command("DRAW", 3, 1, 0, 0),
    command("END_PASS"), command("SUBMIT"), END,
  ],
}), { extensions: [[2, [...d(20, { blocks: v.array(...BLOCKS) })]]] });

/** What the buffers hold, read off the canvas. */
const read = `const read = () => {
  const context = new OffscreenCanvas(128, 2).getContext("2d");
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, 128, 2);
  return Array.from({ length: 512 }, (_, i) => data[i % 4 < 3 ? i : 512 + i - 3]);
};`;

test("uniforms are set by name, converted to their type, and laid out as WGSL does", async () => {
  const { value } = await quiet(uniforms, `${read}
    player.setUniforms({ "params.speed": 1.5, "params.light.color": [0.25, 0.5, [1]], n: -3.9, m: [[1, 2, 3], new Float32Array([4, 5, 6]), [7, 8, 9]] });
    player.setUniforms({ u: [7.9, 1e12], a: 1.5, b: [-2, 65504, 1e-7], "main.other.speed": 3, fade: true, far: [8, 9], "light.color": 7 });
    player.setUniform("list", [1, 2, 3, 4]);
    const before = read();
    player.draw(0);
    const set = read();
    player.setUniform("a", 0.1);
    player.setUniform("list", [1, 2, 3, 4, 5, 6, 7, 9]);
    player.draw(0);
    return { set, again: read(), before, list: player.uniforms };`, { size: [128, 2], options: "autoplay: false" });
  const bytes = new Uint8Array(value.set);
  const view = new DataView(bytes.buffer);
  const singles = (/** @type {number} */ from, /** @type {number} */ count) => Array.from({ length: count }, (_, i) => view.getFloat32(from + 4 * i, true));
  assert.deepEqual(singles(0, 1), [1.5]);
  assert.deepEqual(singles(16, 3), [0.25, 0.5, 1]);
  assert.equal(view.getInt32(28, true), -3);
  assert.deepEqual(singles(32, 12), [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0]);
  // What was not set is left alone: the second half of the list, and what lies between the elements of another.
  assert.deepEqual(singles(80, 8), [1, 2, 3, 4, 0.5, 1, 2, 4]);
  assert.deepEqual(singles(176, 4), [0.5, 1, 2, 4]);
  assert.deepEqual([view.getUint32(112, true), view.getUint32(116, true)], [7, 0xffffffff]);
  assert.deepEqual([120, 122, 124, 126].map((at) => view.getUint16(at, true)), [0x3e00, 0xc000, 0x7bff, 2]);
  assert.equal(view.getUint32(132, true), 1);
  assert.deepEqual(singles(256, 5), [3, 1, 0, 0, 7]);
  assert.deepEqual(singles(200, 1), [3]);
  assert.deepEqual([view.getFloat32(160, true), view.getFloat32(192, true)], [8, 9]);
  const again = new DataView(new Uint8Array(value.again).buffer);
  assert.deepEqual([120, 122, 124, 126].map((at) => again.getUint16(at, true)), [0x2e66, 0xc000, 0x7bff, 2]);
  assert.deepEqual([80, 92, 96, 108].map((at) => again.getFloat32(at, true)), [1, 4, 5, 9]);
  assert.ok(value.before.every((/** @type {number} */ byte) => byte === 0));
  assert.deepEqual(value.list, [
    { name: "params.speed", type: "f32", length: 1, input: false }, { name: "params.light.color", type: "vec3<f32>", length: 3, input: false },
    { name: "n", type: "i32", length: 1, input: false }, { name: "m", type: "mat3x3<f32>", length: 9, input: false },
    { name: "list", type: "array<vec4<f32>, 2>", length: 8, input: false }, { name: "u", type: "vec2<u32>", length: 2, input: false },
    { name: "a", type: "f16", length: 1, input: false }, { name: "b", type: "vec3<f16>", length: 3, input: false },
    { name: "ratio", type: "u32", length: 1, input: true },
    { name: "far", type: "array<f32, 2>", length: 2, input: false }, { name: "other.speed", type: "f32", length: 1, input: false },
    { name: "color", type: "f32", length: 1, input: false },
    { name: "fade", type: "f32", length: 1, input: false },
  ]);
});

test("a uniform that is not there, is several, is too short or is the player's own is an error", async () => {
  const { value } = await quiet(uniforms, `
    const told = (...args) => { try { player.setUniform(...args); } catch (error) { return error.message; } };
    return [told("sped", 1), told("speed", 1), told("params.light.color", [1, 2]), told("n", "3"), told("m", null), told("list", [1, 2, 3]), told("list", []), told("ratio", 2), told("twin.same.light.color", [1, 2, 3])];`);
  assert.deepEqual(value, [
    "the scene has no uniform sped, only params.speed, params.light.color, n, m, list, u, a, b, ratio, far, other.speed, color, fade",
    "the uniform speed may be main.params.speed or main.other.speed",
    "the uniform params.light.color is vec3<f32> and takes 3 numbers, not 2", "the uniform n takes numbers, not 3", "the uniform m takes numbers, not null",
    "the uniform list is array<vec4<f32>, 2> and takes 8 numbers, not 3", "the uniform list is array<vec4<f32>, 2> and takes 8 numbers, not 0",
    "the player writes the uniform ratio itself, before every frame", null,
  ].map((text) => text ?? undefined));
  /** Declared by several modules: at one place, at one place and one more, as two types. @type {[string, string, number, string, string][]} */
  const twins = [
    ["a", "u", 0, "x", "float32"], ["b", "params", 0, "x", "float32"], ["a", "v", 0, "y", "float32"], ["b", "v", 1, "y", "float32"],
    ["b", "v", 0, "y", "float32"], ["a", "u", 0, "z", "float32"], ["b", "u", 0, "z", "uint32"],
  ];
  const blocks = twins.map(([module, variable, buffer, name, type]) => block(module, variable, buffer, member(name, 8, type)));
  const shared = fixedScene(() => ({ init: [END], frame: clear }), { extensions: [[2, [...d(20, { blocks: v.array(...blocks) })]]] });
  assert.deepEqual((await quiet(shared, `
    const told = (...args) => { try { player.setUniform(...args); } catch (error) { return error.message; } };
    return ["x", "v.y", "z", "b.v.y"].map((name) => told(name, 1));`, { options: "autoplay: false" })).value,
  [undefined, "the uniform v.y may be a.v.y or b.v.y", "the uniform z may be a.u.z or b.u.z", undefined]);
  const bare = fixedScene(() => ({ init: [END], frame: clear }));
  const { reports } = await play(bare, "player.setUniform('x', 1);");
  assert.deepEqual(reports, ["rejected: PngineError E0923: the scene has no uniforms, and so no x"]);
});

/** Extension 1. @param {number} duration @param {number} endBehavior @param {[start: number, end: number, frame: number][]} scenes @returns {[number, number[]]} */
const timeline = (duration, endBehavior, ...scenes) => [1, [...d(19, {
  duration: v.uint(duration), endBehavior: v.uint(endBehavior),
  scenes: v.array(...scenes.map(([start, end, frame]) => o({ start: v.uint(start), end: v.uint(end), frame: v.uint(frame) }))),
})]];

/** A timeline of 0.3 s with two scenes: black, then nothing. @param {number} endBehavior */
async function twoScenes(endBehavior) {
  const scene = new Scene();
  scene.plugins = PLUGIN.core | PLUGIN.render | PLUGIN.animation;
  const frame = [instruction("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), instruction("END_PASS"), instruction("SUBMIT"), instruction("END")].flat();
  scene.frames = [frame, frame];
  scene.init = instruction("END");
  scene.timeline = [300, endBehavior > 1 ? 1 : 0, 0, 100, 0, 100, 300, 1].flatMap(u32);
  scene.strings = [...name(0, 0, "a"), ...name(0, 1, "b"), ...name(1, 0, "first"), ...name(1, 1, "second")];
  return scene.png(await executor("core-render-animation"), [timeline(300, endBehavior, [0, 100, 0], [100, 300, 1])]);
}

test("time holds, stops or goes on at the end of the timeline, and scenes are told", async () => {
  for (const [behavior, wanted] of /** @type {const} */ ([
    [0, { ended: true, playing: true, time: 0.3, ends: 1 }], [1, { ended: true, playing: false, time: 0.3, ends: 1 }],
    [2, { ended: false, playing: true, ends: 0 }], [3, { ended: false, playing: true, ends: 0 }],
  ])) {
    const { value } = await quiet(await twoScenes(behavior), `
      player.play();
      await new Promise((done) => setTimeout(done, 900));
      const { ended, playing, time, duration, scenes } = player;
      player.play();
      await new Promise((done) => setTimeout(done, 60));
      return { ended, playing, time, ends: window.ends, told: window.told, duration, scenes, again: player.time };`,
      { options: "onEnd: () => (window.ends = window.ends + 1), onScene: (scene, player) => ((window.ends ??= 0), (window.told ??= []).push(player.scenes[scene].name))" });
    const { ended, playing, time, ends, told, duration, scenes, again } = value;
    assert.deepEqual({ ended, playing, ends }, { ended: wanted.ended, playing: wanted.playing, ends: wanted.ends });
    if ("time" in wanted) assert.equal(time, wanted.time);
    else assert.ok(time > 0.6, `${time}`);
    assert.deepEqual(told.slice(0, 2), ["first", "second"]);
    if (behavior > 1) assert.deepEqual(told.slice(2, 4), ["first", "second"]);
    if (behavior === 1) assert.ok(again < 0.3, `starts anew: ${again}`);
    assert.equal(duration, 0.3);
    assert.deepEqual(scenes, [{ name: "first", start: 0, end: 0.1, frame: 0 }, { name: "second", start: 0.1, end: 0.3, frame: 1 }]);
  }
});

test("a scene without a timeline has no end, and SET_SCENE says what is shown", async () => {
  const png = fixedScene(() => ({ plugins: 63, init: [END], frame: [command("SET_SCENE", 3, 0), ...clear] }));
  const { value } = await quiet(png, "player.draw(9); return [player.duration === Infinity, player.ended, player.scene, player.scenes.length];");
  assert.deepEqual(value, [true, false, 3, 0]);
});

test("a scene hears an analyser, in 256 bands, and silence without one", async () => {
  const png = fixedScene((_, at) => ({
    init: [
      command("CREATE_BUFFER", 0, 1024, 0x88),
      command("CREATE_SHADER", 0, ...at(`${FULLSCREEN}
        @group(0) @binding(0) var<storage, read> bands: array<f32>;
        @fragment fn fs(@builtin(position) at: vec4f) -> @location(0) vec4f { return vec4f(bands[u32(at.x)], 0, 0, 1); }`)),
      command("CREATE_RENDER_PIPE", 0, ...at(renderPipeline())), command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(autoLayout(0))),
      command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, { entries: v.array(bufferEntry(0, 0)) }))), END,
    ],
    // The input block of this executor lies at 32768, what is heard 124 bytes behind.
    frame: [
      command("WRITE_BUFFER", 0, 0, 32768 + 124, 1024), command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("SET_PIPELINE", 0),
      command("SET_BIND_GROUP", 0, 0), command("DRAW", 3, 1, 0, 0), command("END_PASS"), command("SUBMIT"), END,
    ],
  }));
  const { value } = await quiet(png, `
    const seen = () => [0, 1, 2, 255].map((x) => parseInt(pixel(x, 0)));
    const heard = (bins, levels) => ({ frequencyBinCount: bins, getByteFrequencyData: (bytes) => bytes.set(levels) });
    const found = [seen()];
    for (const analyser of [heard(256, [10, 20, 30]), heard(1024, [1, 2, 9, 4, 5]), heard(128, [50, 60]), undefined]) {
      player.analyser = analyser;
      player.draw(0);
      found.push(seen());
    }
    return found;`, { size: [256, 1] });
  assert.deepEqual(value, [[0, 0, 0, 0], [10, 20, 30, 0], [9, 5, 0, 0], [50, 50, 60, 0], [0, 0, 0, 0]]);
  const real = await quiet(png, `
    const audio = new OfflineAudioContext(1, 44100, 44100);
    const tone = audio.createOscillator();
    const analyser = audio.createAnalyser();
    tone.connect(analyser).connect(audio.destination);
    tone.start();
    await audio.startRendering();
    player.analyser = analyser;
    player.draw(0);
    return Array.from({ length: 16 }, (_, x) => parseInt(pixel(x, 0))).some((level) => level > 50);`, { size: [256, 1] });
  assert.equal(real.value, true);
});

test("the page offers the scenes of a timeline and fields for the uniforms", async () => {
  files.set("/scenes.png", await twoScenes(0));
  files.set("/uniforms.png", uniforms);
  const { page, errors } = await open(browser);
  await page.goto(`${server.origin}/viewers/web/index.html?src=/scenes.png`);
  await page.waitForFunction(() => document.getElementById("time")?.textContent === "0.30 s");
  assert.equal(await page.inputValue("#scene"), "0.1");
  await page.selectOption("#scene", { label: "first" });
  await page.waitForFunction(() => document.getElementById("time")?.textContent === "0.30 s");
  assert.equal(await page.getAttribute("#seek", "max"), "0.3");
  assert.equal(await page.isVisible("#uniforms"), false);

  await page.goto(`${server.origin}/viewers/web/index.html?src=/uniforms.png`);
  await page.waitForFunction(() => document.getElementById("play")?.textContent === "Pause");
  await page.getByLabel("params.light.color, number 2 of 3").fill("0.5");
  assert.equal(await page.locator("#uniforms input").count(), 33);
  assert.equal(await page.isVisible("#acting"), false);
  await page.close();
  assert.deepEqual(errors, []);
});
