/** docs/embedding.md: every page and every snippet in it is run. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { ROOT, WEB, launch, open, serve, texels } from "./browser.mjs";
import { d, o } from "./play.mjs";
import { CANVAS, instruction, KIND, name, NONE, PLUGIN, Scene, v } from "./scene.mjs";

const DOCUMENT = await readFile(`${ROOT}/docs/embedding.md`, "utf8");
/** The code of a language. @param {string} language */
const blocks = (language) => Array.from(DOCUMENT.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm")), ([, code]) => code);

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {{ origin: string, close: () => void }} */
let server;
/** @type {Map<string, Uint8Array>} */
const files = new Map();
/** What the server adds to its answers. @type {Record<string, string>} */
const headers = {};

before(async () => {
  const scene = new Scene();
  scene.plugins = PLUGIN.core | PLUGIN.render;
  scene.init = [instruction("CREATE_BUFFER", 0, 32, 0x48), instruction("END")].flat();
  scene.strings = name(1, 0, "only");
  const member = (/** @type {string} */ name, /** @type {number} */ offset, /** @type {number} */ rows) =>
    o({ name: v.string(name), offset: v.uint(offset), type: v.word("float32"), rows: v.uint(rows) });
  const block = o({
    module: v.string("main"), name: v.string("params"), buffer: v.ref(KIND.buffer, 0), uniforms: v.array(member("speed", 0, 1), member("tint", 16, 3)),
  });
  const timeline = d(19, { duration: v.uint(2000), scenes: v.array(o({ start: v.uint(500), end: v.uint(2000) })) });
  /** @type {[number, number[]][]} */
  const extensions = [[1, [...timeline]], [2, [...d(20, { blocks: v.array(block) })]]];
  scene.frames = [[instruction("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), instruction("END_PASS"), instruction("SUBMIT"), instruction("END")].flat()];
  const executor = await readFile(`${ROOT}/executors/core-render.wasm`);
  files.set("/favicon.ico", new Uint8Array());
  files.set("/pngine.js", await readFile(`${WEB}/pngine.js`));
  files.set("/scene.png", scene.png(executor, extensions));
  files.set("/plain.png", scene.png(executor));
  files.set("/shared.png", scene.png());
  files.set("/executors/core-render.wasm", executor);
  server = await serve(files, headers);
  browser = await launch();
});

after(async () => {
  await browser.close();
  server.close();
});

/** Waits until a visitor sees the scene: it makes the canvas black, and the page is white. @param {import("playwright-core").Page} page */
async function isSeen(page) {
  for (let tries = 0; tries < 300; tries++) {
    const { rgba } = texels(await page.locator("canvas").screenshot());
    if (rgba[0] === 0) return;
    await page.waitForTimeout(50);
  }
  assert.fail("the canvas stays white");
}

test("every page plays", async () => {
  const pages = blocks("html");
  assert.equal(pages.length, 3);
  for (const [i, text] of pages.entries()) {
    files.set(`/${i}.html`, Buffer.from(text));
    const { page, errors } = await open(browser);
    await page.goto(`${server.origin}/${i}.html`);
    await isSeen(page);
    await page.close();
    assert.deepEqual(errors, [], text);
  }
});

test("without WebGPU the last page shows the picture", async () => {
  files.set("/2.html", Buffer.from(blocks("html")[2]));
  const { page, errors } = await open(browser);
  await page.addInitScript(() => Object.defineProperty(navigator, "gpu", { value: undefined }));
  await page.goto(`${server.origin}/2.html`);
  await page.waitForFunction(() => document.querySelector("img")?.naturalWidth === 1);
  await page.close();
  assert.deepEqual(errors, []);
});

/**
 * Runs code on a page where `player` and `canvas` are those of the document, then `check`, and gives what that returns.
 * @param {string} code @param {string} [check] @param {(page: import("playwright-core").Page) => Promise<void>} [act] Between the two.
 * @param {string} [scene]
 */
async function run(code, check = "", act = async () => {}, scene = "scene.png") {
  const { page, errors } = await open(browser);
  await page.addInitScript(() => {
    const { prototype } = GPUAdapter;
    const request = prototype.requestDevice;
    const devices = Object.assign(window, { devices: /** @type {GPUDevice[]} */ ([]) }).devices;
    prototype.requestDevice = async function (wanted) {
      const device = await request.call(this, wanted);
      devices.push(device);
      return device;
    };
  });
  await page.goto(server.origin);
  await page.evaluate(`(async () => {
    const { load } = await import("/pngine.js");
    const canvas = window.canvas = document.body.appendChild(document.createElement("canvas"));
    const onError = (error) => console.error(error.message);
    const player = window.player = await load("${scene}", canvas, { onError });
    await (async () => { ${code} })();
    await new Promise((done) => setTimeout(done, 50));
  })()`);
  await act(page);
  const value = await page.evaluate(`(async () => { ${check} })()`);
  await page.close();
  assert.deepEqual(errors, [], code);
  return /** @type {any} */ (value);
}

/** The snippet that holds a text. @param {string} text */
function snippet(text) {
  const found = blocks("js").filter((code) => code.includes(text));
  assert.equal(found.length, 1, text);
  return found[0];
}

test("every snippet runs", async () => {
  const snippets = blocks("js");
  assert.equal(snippets.length, 10);
  for (const code of snippets) await run(code);
});

test("snippets that are for any scene run on one without timeline and uniforms", async () => {
  for (const text of ["player.play();", "player.scenes", "player.setFrame", "console.table", "new AudioContext", "ResizeObserver", "losses", "gone.abort"])
    await run(snippet(text), "", undefined, "plain.png");
});

test("the snippet about uniforms sets each of them", async () => {
  const code = `const set = [], { setUniform } = player; player.setUniform = (...given) => (set.push(given), setUniform.call(player, ...given));
    ${snippet("console.table")} window.set = set;`;
  assert.deepEqual(await run(code, "return window.set;"), [["speed", [0.5]], ["tint", [0.5, 0.5, 0.5]]]);
});

test("the snippet about sound is heard by the scene after a click", async () => {
  const heard = `
    const bytes = new Uint8Array(player.analyser?.frequencyBinCount ?? 1);
    for (let tries = 0; tries < 100 && !(Math.max(...bytes) > 100); tries++) {
      await new Promise((done) => setTimeout(done, 20));
      player.analyser?.getByteFrequencyData(bytes);
    }
    return Math.max(...bytes);`;
  assert.equal(await run(snippet("new AudioContext"), "return player.analyser === undefined;"), true);
  const loudest = await run(snippet("new AudioContext"), heard, (page) => page.click("canvas"));
  assert.ok(loudest > 100, `${loudest}`);
});

test("the snippet about size follows the layout, and the pixels of the screen", async () => {
  const size = "return [canvas.width, canvas.height];";
  const code = `
    canvas.style = "width: 200px; height: 100px";
    const queries = window.queries = [], ask = matchMedia;
    window.matchMedia = (text) => (queries.push(ask.call(window, text)), queries.at(-1));
    ${snippet("ResizeObserver")}`;
  assert.deepEqual(await run(code, size), [200, 100]);
  assert.deepEqual(await run(code, size, (page) => page.evaluate("canvas.style.width = '300px'; new Promise(requestAnimationFrame)")), [300, 100]);
  // A headless browser has one screen only; a window that moves to others changes the ratio, and the query that held holds no more.
  const found = await run(code, `${size.replace("return", "const seen =")} return [seen, queries.map(({ media }) => media)];`, (page) => page.evaluate(`
    for (const ratio of [3, 2]) {
      window.devicePixelRatio = ratio;
      queries.at(-1).dispatchEvent(new Event("change"));
    }`));
  assert.deepEqual(found, [[400, 200], ["(resolution: 1dppx)", "(resolution: 3dppx)", "(resolution: 2dppx)"]]);
});

test("the snippet about a lost device loads the scene again, more than once, and gives up in the end", async () => {
  const found = await run(snippet("losses"), "return devices.length;", async (page) => {
    for (let i = 0; i < 5; i++) {
      await page.evaluate("devices.at(-1).destroy()");
      await page.waitForTimeout(500);
    }
  });
  // The one that was there, the one of the snippet, and three more.
  assert.equal(found, 5);
});

test("the snippet about a component that goes away leaves nothing", async () => {
  assert.equal(await run(snippet("gone.abort"), "return player.destroyed;"), false);
});

test("a scene plays on a canvas that a worker draws on", async () => {
  files.set("/worker.js", Buffer.from(`
    import { load } from "./pngine.js";
    addEventListener("message", async ({ data }) => {
      const player = await load("scene.png", data, { onError: (error) => postMessage(error.message), autoplay: true });
      const look = () => (player.time > 0.05 ? postMessage("plays") : setTimeout(look, 10));
      look();
    });`));
  const { page, errors } = await open(browser);
  await page.goto(server.origin);
  const told = await page.evaluate(`new Promise((done) => {
    const canvas = document.body.appendChild(document.createElement("canvas")).transferControlToOffscreen();
    const worker = new Worker("/worker.js", { type: "module" });
    worker.addEventListener("message", ({ data }) => done(data));
    worker.addEventListener("error", ({ message }) => done(message));
    worker.postMessage(canvas, [canvas]);
  })`);
  await page.close();
  assert.equal(told, "plays");
  assert.deepEqual(errors, []);
});

test("the content security policy is enough, and without its WebAssembly part a scene does not play", async () => {
  const [policy] = Array.from(DOCUMENT.matchAll(/^ *(default-src 'none'.*)$/gm), ([, text]) => text);
  files.set("/policy.html", Buffer.from(`<!doctype html><canvas></canvas><script type="module" src="/policy.js"></script>`));
  files.set("/policy.js", Buffer.from(`
    import { load } from "./pngine.js";
    load("shared.png", document.querySelector("canvas"), { executor: "executors/" }).then(() => "plays", (error) => error.message)
      .then((text) => (document.title = text));`));
  const outcome = async (/** @type {string} */ text) => {
    headers["content-security-policy"] = text;
    const { page } = await open(browser);
    await page.goto(`${server.origin}/policy.html`);
    await page.waitForFunction(() => document.title);
    const title = await page.title();
    await page.close();
    return title;
  };
  assert.equal(await outcome(policy), "plays");
  assert.match(await outcome(policy.replace("'wasm-unsafe-eval'", "")), /^damaged executor: .*Content Security Policy/);
  assert.match(await outcome(policy.replace("connect-src 'self'", "")), /^shared.png: Failed to fetch/);
  delete headers["content-security-policy"];
});

test("the Rust program is the example, letter for letter", async () => {
  assert.deepEqual(blocks("rust"), [await readFile(`${ROOT}/viewers/native/examples/frame.rs`, "utf8")]);
});
