/** What a scene reads of the world: pointer, keys, the clock. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./browser.mjs";
import { autoLayout, bufferEntry, clear, d, END, fixedScene, FULLSCREEN, renderPipeline, theatre } from "./play.mjs";
import { CANVAS, command, instruction, NONE, PLUGIN, Scene, v } from "./scene.mjs";

const { browser, server, files, quiet, executor } = await theatre();

/** Where the input block of the fixed executor lies, and its sources. */
const [BLOCK, POINTER, FRAME, KEYS] = [32768, 28, 76, 92];

/**
 * A scene that covers the canvas with a colour from 48 bytes of the input block.
 * @param {number} from @param {string} color Of `u`, twelve words.
 */
const reader = (from, color) => fixedScene((_, at) => ({
  plugins: 3,
  init: [
    command("CREATE_BUFFER", 0, 48, 0x48),
    command("CREATE_SHADER", 0, ...at(`${FULLSCREEN}
      @group(0) @binding(0) var<uniform> words: array<vec4u, 3>;
      fn u(i: u32) -> f32 { return bitcast<f32>(words[i / 4][i % 4]); }
      fn bit(i: u32) -> f32 { return f32((words[i / 128][(i / 32) % 4] >> (i % 32)) & 1); }
      @fragment fn fs() -> @location(0) vec4f { return vec4f(${color}, 1); }`)),
    command("CREATE_RENDER_PIPE", 0, ...at(renderPipeline())), command("CREATE_BIND_GROUP_LAYOUT", 0, ...at(autoLayout(0))),
    command("CREATE_BIND_GROUP", 0, 0, ...at(d(3, { entries: v.array(bufferEntry(0, 0)) }))), END,
  ],
  frame: [
    command("WRITE_BUFFER", 0, 0, BLOCK + from, 48), command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("SET_PIPELINE", 0), command("SET_BIND_GROUP", 0, 0),
    command("DRAW", 3, 1, 0, 0), command("END_PASS"), command("SUBMIT"), END,
  ],
}));

/** Where the pointer is, and the buttons as blue. */
const WHERE = reader(POINTER, "u(0), u(1), u(6) / 4");

/** In the page: the colour that the scene has drawn, in parts of 1, and pointer events. */
const TOOLS = `
  const seen = () => { player.draw(); return pixel(0, 0).split(",").slice(0, 3).map((value) => Math.round(value / 2.55) / 100); };
  const touch = (type, pointerId, clientX, clientY, more = {}) => canvas.dispatchEvent(new PointerEvent(type, {
    pointerId, clientX, clientY, pointerType: "touch", isPrimary: pointerId === 1, buttons: /up|cancel/.test(type) ? 0 : 1, bubbles: true, cancelable: true, composed: true, ...more }));
  const at = (x, y) => (touch("pointermove", 1, x, y, { buttons: 0 }), seen());`;

test("the pointer is measured in the picture: without border and padding, as object-fit, object-position and transforms show it", async () => {
  /** The style of a canvas of 100 x 100 pixels, a point, and where in the picture it is. @type {[string, [number, number], [number, number]][]} */
  const cases = [
    ["width: 100px; height: 100px", [25, 75], [0.25, 0.75]],
    ["width: 100px; height: 100px; border: 50px solid", [75, 125], [0.25, 0.75]],
    ["width: 100px; height: 100px; border-left: 30px solid; border-top: 10px solid; border-right: 90px solid", [55, 85], [0.25, 0.75]],
    ["width: 100px; height: 100px; padding: 20px", [45, 95], [0.25, 0.75]],
    ["width: 100px; height: 100px; padding: 5px 10px 15px 20px; border: 3px solid", [48, 83], [0.25, 0.75]],
    ["box-sizing: border-box; width: 200px; height: 200px; padding: 10px; border: 10px solid", [60, 140], [0.25, 0.75]],
    ["width: 200px; height: 100px; object-fit: contain", [75, 75], [0.25, 0.75]],
    ["width: 200px; height: 100px; object-fit: contain", [50, 0], [0, 0]],
    ["width: 200px; height: 100px; object-fit: contain; object-position: right", [125, 75], [0.25, 0.75]],
    ["width: 200px; height: 100px; object-fit: contain; object-position: left 20px top 0", [45, 75], [0.25, 0.75]],
    ["width: 200px; height: 100px; object-fit: contain; object-position: right 20px top 0", [105, 75], [0.25, 0.75]],
    ["width: 200px; height: 100px; object-fit: contain; object-position: 25% 0", [50, 75], [0.25, 0.75]],
    ["width: 200px; height: 100px; object-fit: cover", [50, 50], [0.25, 0.5]],
    ["width: 200px; height: 100px; object-fit: cover; object-position: 0 0", [50, 50], [0.25, 0.25]],
    ["width: 200px; height: 300px; object-fit: none", [75, 175], [0.25, 0.75]],
    ["width: 200px; height: 300px; object-fit: none; object-position: 10px 20px", [35, 95], [0.25, 0.75]],
    ["width: 50px; height: 50px; object-fit: none", [25, 25], [0.5, 0.5]],
    ["width: 200px; height: 200px; object-fit: scale-down", [75, 125], [0.25, 0.75]],
    ["width: 50px; height: 100px; object-fit: scale-down; border: 10px solid; padding: 10px", [32, 57], [0.24, 0.24]],
    ["width: 100px; height: 100px; border: 10px solid; transform: scale(2); transform-origin: 0 0", [70, 170], [0.25, 0.75]],
    ["width: 100px; height: 100px; transform: rotate(90deg)", [75, 25], [0.25, 0.25]],
  ];
  const { value } = await quiet(WHERE, `${TOOLS}
    const found = [];
    for (const [style, point] of ${JSON.stringify(cases)}) {
      canvas.style = "position: absolute; left: 0; top: 0; " + style;
      found.push(at(...point).slice(0, 2));
    }
    return found;`, { size: [100, 100] });
  for (const [i, [style, , wanted]] of cases.entries())
    for (const axis of [0, 1]) assert.ok(Math.abs(value[i][axis] - wanted[axis]) <= 0.011, `${style}: ${value[i]}, not ${wanted}`);
});

test("a drag goes on outside of the canvas, and ends there", async () => {
  files.set("/scene.png", reader(POINTER, "u(0) / 8, u(1) / 8, u(6) / 4"));
  const { page, errors } = await open(browser);
  await page.goto(server.origin);
  await page.evaluate(`import("/viewers/web/pngine.js").then(async ({ load }) => {
    window.canvas = document.body.appendChild(document.createElement("canvas"));
    canvas.style = "position: fixed; left: 0; top: 0; width: 100px; height: 100px";
    window.player = await load("/scene.png", canvas, { size: [100, 100] });
    window.seen = () => {
      player.draw();
      const context = new OffscreenCanvas(1, 1).getContext("2d");
      context.drawImage(canvas, 0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => Math.round(value / 255 * 8 * 4) / 4);
    };
  })`);
  const seen = () => page.evaluate("seen()");
  await page.mouse.move(50, 50);
  await page.mouse.down();
  assert.deepEqual(await seen(), [0.5, 0.5, 2]);
  await page.mouse.move(400, 300);
  assert.deepEqual(await seen(), [4, 3, 2]);
  await page.mouse.up();
  assert.deepEqual(await seen(), [4, 3, 0]);
  await page.mouse.move(500, 300);
  assert.deepEqual(await seen(), [4, 3, 0]);
  await page.mouse.move(75, 50);
  assert.deepEqual(await seen(), [0.75, 0.5, 0]);
  await page.close();
  assert.deepEqual(errors, []);
});

test("of several fingers the first is the pointer, until it is lifted", async () => {
  const { value } = await quiet(WHERE, `${TOOLS}
    const found = [];
    const all = [["pointerdown", 1, 16, 16], ["pointerdown", 2, 48, 48], ["pointermove", 2, 60, 60], ["pointermove", 1, 32, 16], ["pointerup", 2, 60, 60], ["pointermove", 1, 48, 16],
      ["pointercancel", 3, 0, 0], ["pointerup", 1, 48, 16], ["pointerdown", 2, 32, 32], ["pointerdown", 1, 0, 0], ["pointercancel", 2, 32, 32]];
    for (const event of all) { touch(...event); found.push(seen().join(" ")); }
    return found;`);
  assert.deepEqual(value, [
    "0.25 0.25 0.25", "0.25 0.25 0.25", "0.25 0.25 0.25", "0.5 0.25 0.25", "0.5 0.25 0.25", "0.75 0.25 0.25", "0.75 0.25 0.25", "0.75 0.25 0", "0.5 0.5 0.25", "0.5 0.5 0.25", "0.5 0.5 0",
  ]);
});

test("touch-action and tabindex are set while a scene reads the pointer and the keys, and only then", async () => {
  files.set("/where.png", WHERE);
  files.set("/keys.png", reader(KEYS, "bit(65), 0, 0"));
  files.set("/none.png", fixedScene(() => ({ init: [END], frame: clear })));
  // A nested module is asked for an input too, but there is none in these scenes; uniforms are, in player.test.mjs.
  const { value } = await quiet(files.get("/none.png") ?? new Uint8Array(), `
    const { load } = await import("/viewers/web/pngine.js");
    const state = () => [canvas.style.touchAction, canvas.getAttribute("tabindex")].join(" ");
    const seen = [state()];
    canvas.style.touchAction = "pan-x";
    for (const [name, options] of [["where", {}], ["keys", {}], ["where", { touchAction: "pan-y" }], ["where", { touchAction: false }], ["keys", { keys: "page" }], ["keys", { keys: false }], ["none", {}]]) {
      const next = await load("/" + name + ".png", canvas, { onError, ...options });
      seen.push(state());
      if (name === "none") next.destroy();
    }
    seen.push(state());
    canvas.tabIndex = 5;
    const last = await load("/keys.png", canvas, { onError });
    last.destroy();
    return [...seen, state()];`);
  assert.deepEqual(value, [" ", "none ", "pan-x 0", "pan-y ", "pan-x ", "pan-x ", "pan-x ", "pan-x ", "pan-x ", "pan-x 5"]);
});

/** Keys A (65), Tab (9) and arrow down (40) as red, green and blue. */
const TYPED = reader(KEYS, "bit(65), bit(9), bit(40)");

/** A page with a scene that reads keys, things to type into and things to press, and a meter of default actions. @param {string} [options] */
async function keyboard(options = "") {
  files.set("/scene.png", TYPED);
  const { page, errors } = await open(browser);
  await page.goto(server.origin);
  await page.evaluate(`import("/viewers/web/pngine.js").then(async ({ load }) => {
    document.body.innerHTML = '<canvas id="scene"></canvas><input id="text"><input id="secret" type="password"><textarea id="area"></textarea><div id="edit" contenteditable>x</div>'
      + '<select id="select"><option>a<option>b</select><button id="button">b</button><a id="link" href="#here">a</a><x-field id="custom"></x-field><div style="height: 3000px"></div>';
    const root = document.getElementById("custom").attachShadow({ mode: "closed" });
    root.innerHTML = "<input>";
    window.inner = root.firstChild;
    window.canvas = document.getElementById("scene");
    window.player = await load("/scene.png", canvas, { size: [8, 8], ${options} });
    window.prevented = [];
    addEventListener("keydown", (event) => prevented.push(event.defaultPrevented));
    window.seen = () => {
      player.draw();
      const context = new OffscreenCanvas(1, 1).getContext("2d");
      context.drawImage(canvas, 0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => +(value > 128)).join("");
    };
  })`);
  const focus = (/** @type {string} */ id) => page.evaluate(`${id === "inner" ? "inner" : `document.getElementById("${id}")`}?.focus()`);
  /** Presses keys, looks, and lets go. @param {string[]} keys */
  const press = async (...keys) => {
    await page.evaluate("prevented.length = 0");
    for (const key of keys) await page.keyboard.down(key);
    const [seen, prevented] = [await page.evaluate("seen()"), await page.evaluate("prevented.map(Number).join('')")];
    for (const key of keys) await page.keyboard.up(key);
    return `${seen} ${prevented} ${await page.evaluate("seen()")}`;
  };
  const end = async () => {
    await page.close();
    assert.deepEqual(errors, []);
  };
  return { page, focus, press, end };
}

test("keys are those of the focused canvas, whose default actions are the scene's", async () => {
  const { page, focus, press, end } = await keyboard();
  assert.equal(await press("a", "ArrowDown"), "000 00 000");
  for (const id of ["text", "secret", "area", "edit", "select", "button", "link", "inner"]) {
    await focus(id);
    assert.equal(await press("a"), "000 0 000", id);
  }
  await page.evaluate("scrollTo(0, 0)");
  await page.click("#scene");
  assert.equal(await page.evaluate("document.activeElement.id"), "scene");
  assert.equal(await press("a", "ArrowDown"), "101 11 000");
  assert.equal(await press(" ", "PageDown", "End"), "000 111 000");
  await page.waitForTimeout(100);
  assert.equal(await page.evaluate("scrollY"), 0);
  // What moves the focus on, and the browser's own, stays where it is.
  assert.equal(await press("Control", "c"), "000 00 000");
  assert.equal(await press("F2", "Escape"), "000 00 000");
  await page.keyboard.down("a");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate("[document.activeElement.id, seen()].join(' ')"), "text 000");
  await page.keyboard.up("a");
  await focus("scene");
  await page.keyboard.down("a");
  assert.equal(await page.evaluate("seen()"), "100");
  await page.evaluate("dispatchEvent(new Event('blur'))");
  assert.equal(await page.evaluate("seen()"), "000");
  await page.keyboard.up("a");
  await end();
});

test("keys of the whole page are heard if asked for, but nothing that is typed", async () => {
  const { page, focus, press, end } = await keyboard(`keys: "page"`);
  assert.equal(await press("a", "ArrowDown"), "101 11 000");
  for (const id of ["text", "secret", "area", "edit", "select", "inner"]) {
    await focus(id);
    assert.equal(await press("a", "ArrowDown"), "000 00 000", id);
  }
  // Buttons and links keep their keys.
  for (const id of ["button", "link"]) {
    await focus(id);
    assert.equal(await press("a"), "100 0 000", id);
  }
  await page.evaluate("document.activeElement.blur()");
  await page.keyboard.down("a");
  await focus("secret");
  assert.equal(await page.evaluate("seen()"), "000");
  await page.keyboard.up("a");
  await end();
});

test("no keys are heard where the page wants none", async () => {
  const { page, press, end } = await keyboard("keys: false");
  await page.click("#scene");
  assert.equal(await press("a", "ArrowDown"), "000 00 000");
  await end();
});

test("devicePixelRatio is pixels of the canvas for a CSS pixel of the picture", async () => {
  const { value } = await quiet(reader(FRAME, "u(3) / 8, 0, 0"), `
    const seen = async () => { await player.draw(); player.draw(); return Math.round(pixel(0, 0).split(",")[0] / 255 * 80) / 10; };
    const found = [];
    for (const style of ["width: 200px; height: 200px", "width: 100px; height: 100px", "width: 50px; height: 50px; border: 9px solid; padding: 9px", "width: 400px; height: 100px; object-fit: contain",
      "width: 100px; height: 100px; transform: scale(2)"]) {
      canvas.style = style;
      found.push(await seen());
    }
    canvas.style = "width: 100px; height: 100px";
    await player.resize(400, 400);
    found.push(await seen());
    canvas.remove();
    return [...found, await seen()];`, { size: [200, 200] });
  assert.deepEqual(value, [1, 2, 4, 2, 2, 4, 1]);
});

/** In the page: a clock and refreshes by hand. The player must not have begun to play. */
const CLOCK = `
  let [now, queue] = [1000, []];
  window.requestAnimationFrame = (callback) => (queue.push(callback), queue.length);
  window.cancelAnimationFrame = () => (queue = []);
  const idle = async () => {
    await player.device.queue.onSubmittedWorkDone();
    await new Promise((done) => setTimeout(done));
  };
  /** A refresh, after so many seconds. */
  const refresh = async (seconds) => {
    now += seconds * 1000;
    const due = queue;
    queue = [];
    for (const callback of due) callback(now);
    await idle();
  };`;

test("time does not leap after a hidden tab or a stall, nor does what the scene reads of it", async () => {
  const seconds = "Math.round(pixel(0, 0).split(',')[0] / 255 * 100) / 100";
  const leap = (/** @type {string} */ options) => quiet(reader(FRAME, "u(0), 0, 0"), `${CLOCK}
    player.play();
    const found = [];
    for (const gap of [0, 0.05, 5, 0.02, 3600, 0.02]) { await refresh(gap); found.push(Math.round(player.time * 1000) / 1000); }
    player.pause();
    // What is drawn by hand has the difference of its times.
    player.draw(100);
    player.draw(100.5);
    return [...found, ${seconds}];`, { options });
  assert.deepEqual((await leap("")).value, [0, 0.05, 0.15, 0.17, 0.27, 0.29, 0.5]);
  assert.deepEqual((await leap("maxDelta: 1")).value, [0, 0.05, 1.05, 1.07, 2.07, 2.09, 0.5]);
  // A frame that comes late, because the ones before were left out.
  const { value } = await quiet(reader(FRAME, "u(0), 0, 0"), `${CLOCK}
    player.play();
    await refresh(0);
    await refresh(0.05);
    Object.defineProperty(canvas, "width", { value: 0, configurable: true });
    for (let i = 0; i < 20; i++) await refresh(0.05);
    delete canvas.width;
    now += 50;
    const due = queue;
    queue = [];
    for (const callback of due) callback(now);
    return ${seconds};`);
  assert.ok(value <= 0.11, `${value}`);
});

/** A simulation with a prebuilt executor: each frame adds one to a number, which the canvas shows as red of 255. @param {number} plugins */
async function counter(plugins) {
  const scene = new Scene();
  scene.plugins = PLUGIN.core | PLUGIN.render | plugins;
  const code = scene.blob(`${FULLSCREEN}
    struct Inputs { delta: f32, frame: u32 }
    @group(0) @binding(0) var<uniform> inputs: Inputs;
    @fragment fn fs() -> @location(0) vec4f { return vec4f(f32(inputs.frame) / 255, inputs.delta * 10, 0, 1); }`);
  const [pipeline, layout] = [scene.blob(renderPipeline()), scene.blob(autoLayout(0))];
  const group = scene.blob(d(3, { entries: v.array(bufferEntry(0, 0)) }));
  scene.init = [
    instruction("CREATE_BUFFER", 0, 16, 0x48), instruction("CREATE_SHADER", 0, ...code), instruction("CREATE_RENDER_PIPE", 0, ...pipeline),
    instruction("CREATE_BIND_GROUP_LAYOUT", 0, ...layout), instruction("CREATE_BIND_GROUP", 0, 0, ...group), instruction("END"),
  ].flat();
  scene.frames = [[
    instruction("WRITE_BUFFER", 0, 0, scene.inputs(FRAME), 16), instruction("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), instruction("SET_PIPELINE", 0),
    instruction("SET_BIND_GROUP", 0, 0), instruction("DRAW", 3, 1, 0, 0), instruction("END_PASS"), instruction("SUBMIT"), instruction("END"),
  ].flat()];
  return scene.png(await executor(plugins ? "core-render-compute" : "core-render"));
}

/** Steps in one second of playing, the time then, and the last delta. @param {Uint8Array} png @param {number} hertz @param {string} [options] */
async function steps(png, hertz, options = "") {
  const { value } = await quiet(png, `${CLOCK}
    player.play();
    await refresh(0);
    // An uneven screen: every other refresh is a tenth late.
    for (let i = 0; i < ${hertz}; i++) await refresh((1 + (i % 2 ? 0.1 : -0.1)) / ${hertz});
    player.pause();
    const { time } = player;
    await player.draw();
    player.draw(time + 1 / 60);
    const [red] = pixel(0, 0).split(",").map(Number);
    return [red - 2, Math.round(time * 100) / 100];`, { options: `seed: 0, ${options}` });
  return value;
}

test("a simulation takes as many steps in a second on every screen", async () => {
  const simulation = await counter(PLUGIN.compute);
  for (const hertz of [60, 120, 144, 240, 75, 30]) {
    const [count, time] = await steps(simulation, hertz);
    assert.ok(Math.abs(count - 60) <= 1, `${count} steps at ${hertz} Hz`);
    assert.ok(Math.abs(time - 1) <= 0.03, `${time} s at ${hertz} Hz`);
  }
  // Too slow a screen: it is slower, and does not draw more and more.
  const [slow] = await steps(simulation, 10);
  assert.equal(slow, 20);
});

test("other scenes are drawn for each refresh, and any at the rate that is asked for", async () => {
  const [plain, simulation] = [await counter(0), await counter(PLUGIN.compute)];
  assert.deepEqual(await steps(plain, 120), [121, 1]);
  assert.deepEqual(await steps(plain, 30), [31, 1]);
  for (const [png, hertz, fps] of /** @type {[Uint8Array, number, number][]} */ ([[plain, 60, 24], [plain, 120, 30], [plain, 60, 120], [simulation, 60, 30], [simulation, 60, 120]])) {
    const [count, time] = await steps(png, hertz, `fps: ${fps}`);
    assert.ok(Math.abs(count - fps) <= 1, `${count} frames at ${hertz} Hz, asked for ${fps}`);
    assert.ok(Math.abs(time - 1) <= 0.05, `${time}`);
  }
});
