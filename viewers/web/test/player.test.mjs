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
  /** What is listed of a uniform of which the scene says nothing. @param {string} name @param {string} type @param {number} length */
  const plain = (name, type, length, input = false) =>
    ({ name, type, length, input, label: name, default: length > 1 ? new Array(length).fill(0) : 0, min: undefined, max: undefined, step: undefined, color: false });
  assert.deepEqual(value.list, [
    plain("params.speed", "f32", 1), plain("params.light.color", "vec3<f32>", 3), plain("n", "i32", 1), plain("m", "mat3x3<f32>", 9),
    plain("list", "array<vec4<f32>, 2>", 8), plain("u", "vec2<u32>", 2), plain("a", "f16", 1), plain("b", "vec3<f16>", 3), plain("ratio", "u32", 1, true),
    plain("far", "array<f32, 2>", 2), plain("other.speed", "f32", 1), plain("color", "f32", 1), plain("fade", "f32", 1),
  ]);
});

/** What a scene says of a uniform. @param {string} name @param {Record<string, number[]>} said */
const control = (name, said) => o({ name: v.string(name), ...said });

/** @param {number[][]} blocks */
const controls = (...blocks) => [...d(21, { blocks: v.array(...blocks) })];

/** @param {string} module @param {string} name @param {number[][]} said */
const controlBlock = (module, name, ...said) => o({ module: v.string(module), name: v.string(name), uniforms: v.array(...said) });

/** A scene that says something of its uniforms. */
const described = fixedScene(() => ({ init: [command("CREATE_BUFFER", 0, 256, 0x48), END], frame: clear }), { extensions: [
  [2, [...d(20, { blocks: v.array(block("main", "params", 0, ...MEMBERS), block("twin", "same", 0, MEMBERS[1])) })]],
  [11, controls(
    controlBlock("main", "params",
      control("speed", { value: v.array(v.f32(0.1)), min: v.f32(-0.5), max: v.uint(3), step: v.f32(0.01), label: v.string("Speed") }),
      control("light.color", { value: v.array(v.f32(0.95), v.uint(1), v.f32(1 / 3)), color: v.bool(true) }),
      control("n", { value: v.array(v.int(-4)), min: v.int(-8) }), control("list", { value: v.array(...[1, 2, 3, 4].map(v.uint)) }),
      control("a", { value: v.array(v.f32(1.5)) })),
    // The same place by another name: what was said first holds.
    controlBlock("twin", "same", control("light.color", { label: v.string("Colour") }))),
  ],
] });

test("what the scene says of uniforms is listed, and what they are can be asked for", async () => {
  const { value } = await quiet(described, `
    const list = player.uniforms;
    const now = () => ["speed", "same.light.color", "n", "m", "list", "a", "b", "ratio"].map((name) => player.getUniform(name));
    const first = now();
    const told = (call) => { try { call(); } catch (error) { return error.message; } };
    const refused = [
      told(() => player.setUniforms({ speed: 2, nope: 1 })), told(() => player.setUniforms({ speed: 2, n: NaN })), told(() => player.setUniform("speed", -Infinity)),
      told(() => player.setUniforms({ speed: 2, "params.light.color": [1, 2] })), told(() => player.setUniforms(null)), told(() => player.getUniform("nope")),
      told(() => player.setUniforms("speed")),
    ];
    const untouched = now();
    player.setUniforms({ speed: 7.5, n: 2.9, list: [5, 6, 7, 8], b: [1, 2, 3] });
    player.draw(0);
    return { list, first, refused, untouched, then: now(), isFrozen: list.every((uniform) => Object.isFrozen(uniform) && (typeof uniform.default === "number" || Object.isFrozen(uniform.default))) };`,
  { options: "autoplay: false", size: [300, 200] });
  const third = Math.fround(1 / 3);
  const [speed, color] = value.list;
  assert.deepEqual([speed.label, speed.default, speed.min, speed.max, speed.step, speed.color], ["Speed", 0.1, -0.5, 3, 0.01, false]);
  assert.deepEqual([color.label, color.default.slice(0, 2), color.color], [color.name, [0.95, 1], true]);
  assert.equal(Math.fround(color.default[2]), third);
  const [one, two, ...others] = value.first;
  assert.equal(one, 0.1);
  assert.deepEqual(two, color.default);
  assert.deepEqual(others, [-4, new Array(9).fill(0), [1, 2, 3, 4, 0, 0, 0, 0], 1.5, [0, 0, 0], 0]);
  assert.deepEqual(value.untouched, value.first);
  assert.ok(value.isFrozen);
  const names = value.list.map((/** @type {{ name: string }} */ { name }) => name).join(", ");
  assert.deepEqual(value.refused, [
    `the scene has no uniform nope, only ${names}`, "the uniform n takes numbers, not NaN", "the uniform speed takes numbers, not -Infinity",
    "the uniform params.light.color is vec3<f32> and takes 3 numbers, not 2", "uniforms are set with an object, not null",
    `the scene has no uniform nope, only ${names}`, "uniforms are set with an object, not \"speed\"",
  ]);
  assert.deepEqual(value.then, [7.5, two, 2, new Array(9).fill(0), [5, 6, 7, 8, 0, 0, 0, 0], 1.5, [1, 2, 3], 1]);
});

test("halves beside one that is set stay what they begin with", async () => {
  const halves = [member("a", 0, "float16"), member("b", 2, "float16")];
  const scene = fixedScene((_, at) => ({
    init: [
      command("CREATE_BUFFER", 0, 256, 0x48), command("WRITE_BUFFER", 0, 0, ...at([0, 0x3c, 0, 0x40])),
      command("CREATE_SHADER", 0, ...at(`${FULLSCREEN}
        @group(0) @binding(0) var<uniform> words: vec4u;
        @fragment fn fs() -> @location(0) vec4f { return vec4f(unpack2x16float(words.x) / 4, 0, 1); }`)),
      command("CREATE_RENDER_PIPE", 0, ...at(renderPipeline())), command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(autoLayout(0))),
      command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, { entries: v.array(bufferEntry(0, 0)) }))), END,
    ],
    frame: [
      command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("SET_PIPELINE", 0), command("SET_BIND_GROUP", 0, 0), command("DRAW", 3, 1, 0, 0),
      command("END_PASS"), command("SUBMIT"), END,
    ],
  }), { extensions: [
    [2, [...d(20, { blocks: v.array(block("main", "u", 0, ...halves)) })]],
    [11, controls(controlBlock("main", "u", control("a", { value: v.array(v.uint(1)) }), control("b", { value: v.array(v.uint(2)) })))],
  ] });
  const { value } = await quiet(scene, `
    player.setUniform("a", 4);
    player.draw(0);
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context.drawImage(canvas, 0, 0);
    return [...context.getImageData(0, 0, 1, 1).data];`, { options: "autoplay: false" });
  assert.deepEqual([value[0], Math.abs(value[1] - 128) <= 1], [255, true]);
});

test("what a scene cannot say of uniforms is damage", async () => {
  /** @param {number[]} extension */
  const reports = async (extension) => {
    const scene = fixedScene(() => ({ init: [END], frame: clear }), { extensions: [[2, [...d(20, { blocks: v.array(block("main", "params", 0, ...MEMBERS)) })]], [11, extension]] });
    return (await play(scene, "")).reports;
  };
  /** @param {Record<string, number[]>} said */
  const of = (said) => controls(controlBlock("main", "params", control("speed", said)));
  for (const [extension, words] of /** @type {[number[], RegExp][]} */ ([
    [controls(controlBlock("main", "params", control("nope", {}))), /damaged scene: there is no uniform main\.params\.nope/],
    [controls(controlBlock("other", "params", control("speed", {}))), /damaged scene: there is no uniform other\.params\.speed/],
    [of({ value: v.array(v.uint(1), v.uint(2)) }), /damaged scene: the uniform main\.params\.speed begins with 2 numbers/],
    [of({ value: v.array(v.f32(NaN)) }), /damaged scene: what it says of the uniform main\.params\.speed/],
    [of({ min: v.f32(-Infinity) }), /damaged scene: what it says/], [of({ step: v.uint(0) }), /damaged scene: what it says/],
    [of({ step: v.int(-1) }), /damaged scene: what it says/], [of({ label: v.uint(3) }), /damaged scene: what it says/],
    [of({ color: v.uint(1) }), /damaged scene: what it says/], [of({ max: v.string("3") }), /damaged scene: what it says/],
    [of({ value: v.string("3") }), /damaged scene: what it says/], [[11, 0], /damaged scene: its controls extension/],
  ])) {
    const found = await reports(extension);
    assert.equal(found.length, 1);
    assert.match(found[0], words);
  }
});

test("a uniform that is not there, is several, is too short or is the player's own is an error", async () => {
  const { value } = await quiet(uniforms, `
    const told = (...args) => { try { player.setUniform(...args); } catch (error) { return error.message; } };
    return [told("sped", 1), told("speed", 1), told("params.light.color", [1, 2]), told("n", "3"), told("m", null), told("list", [1, 2, 3]), told("list", []), told("ratio", 2), told("twin.same.light.color", [1, 2, 3])];`);
  assert.deepEqual(value, [
    "the scene has no uniform sped, only params.speed, params.light.color, n, m, list, u, a, b, ratio, far, other.speed, color, fade",
    "the uniform speed may be main.params.speed or main.other.speed",
    "the uniform params.light.color is vec3<f32> and takes 3 numbers, not 2", "the uniform n takes numbers, not \"3\"", "the uniform m takes numbers, not null",
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
  files.set("/described.png", described);
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

  // What a scene says of its uniforms makes controls that begin with what they are.
  await page.goto(`${server.origin}/viewers/web/index.html?src=/described.png`);
  const color = page.locator("#uniforms input[type=color]");
  await color.waitFor();
  const speed = page.getByLabel("Speed", { exact: true });
  assert.deepEqual([await color.inputValue(), await speed.inputValue(), await speed.getAttribute("type")], ["#f2ff55", "0.1", "range"]);
  assert.deepEqual([await speed.getAttribute("min"), await speed.getAttribute("max"), await speed.getAttribute("step")], ["-0.5", "3", "0.01"]);
  await color.fill("#336699");
  await speed.fill("2.5");
  assert.equal(await page.locator("#uniforms output").first().textContent(), "2.5");
  assert.equal(await color.inputValue(), "#336699");
  await page.getByRole("button", { name: "Reset" }).click();
  assert.deepEqual([await page.locator("#uniforms input[type=color]").inputValue(), await page.getByLabel("Speed", { exact: true }).inputValue()], ["#f2ff55", "0.1"]);
  await page.close();
  assert.deepEqual(errors, []);
});
