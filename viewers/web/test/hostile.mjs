/**
 * Scenes whose data ask for more than a machine should give, and what loading one costs: shared by the tests and `hostile.mjs` itself, which
 * prints the costs:
 *
 *     node hostile.mjs [NAME …]
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { deflateRawSync, deflateSync } from "node:zlib";
import { launch, open, ROOT, serve } from "./browser.mjs";
import { clear, d, END, fixedScene, FULLSCREEN, o, renderPipeline, stage } from "./play.mjs";
import { CANVAS, chunk, command, FIELD, instruction, KIND, name, NONE, PLUGIN, png, Scene, u16, u32, utf8, v, varint } from "./scene.mjs";

const MiB = 1 << 20;
const executor = (/** @type {string} */ stem) => readFileSync(`${ROOT}/executors/${stem}.wasm`);

/** Bytes many times over. @param {number} count @param {ArrayLike<number>} unit */
const times = (count, unit) => Buffer.alloc(count * unit.length, Buffer.from(unit));
const joined = (/** @type {ArrayLike<number>[]} */ ...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));

/** A frame that clears the canvas. */
const BLACK = [instruction("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), instruction("END_PASS"), instruction("SUBMIT"), instruction("END")].flat();

/**
 * A scene with a prebuilt executor, whose data are given as a whole.
 * @param {{ init?: number[], frame?: number[], data?: Buffer, strings?: ArrayLike<number>, extensions?: [number, Uint8Array][] }} parts
 */
export function scene({ init = instruction("END"), frame = BLACK, data = Buffer.alloc(0), strings = [], extensions = [] }) {
  const made = new Scene();
  made.plugins = PLUGIN.core | PLUGIN.render | PLUGIN.compute | PLUGIN.wasm | PLUGIN.animation | PLUGIN.texture;
  made.data = data;
  made.init = init;
  made.frames = [frame];
  made.strings = /** @type {any} */ (strings);
  // Bytes of commands, where they are more than usual.
  return made.png(executor("core-render-compute-wasm-animation-texture"), [...extensions, [10, new Uint8Array(varint(4 * MiB))]]);
}

/** Instructions many times over. @param {number} count @param {(i: number) => number[]} one */
export const all = (count, one) => Array.from({ length: count }, (_, i) => one(i)).flat();
/** The same and END. @param {number} count @param {(i: number) => number[]} one */
export const repeat = (count, one) => [...all(count, one), ...instruction("END")];

/** The animation extension with a list of many scenes. @param {ArrayLike<number>} scenes The list's count and elements. */
const animation = (scenes) => /** @type {[number, Uint8Array]} */ ([1, new Uint8Array(joined([19, 1, FIELD.scenes, 8], scenes))]);

/** Uniforms in one block. @param {number} count @param {(i: number) => string} nameOf */
const uniforms = (count, nameOf) => /** @type {[number, Uint8Array]} */ ([2, d(20, { blocks: v.array(o({
  module: v.string("main"), name: v.string("u"), buffer: v.ref(KIND.buffer, 0),
  uniforms: v.array(...Array.from({ length: count }, (_, i) => o({ name: v.string(nameOf(i)), offset: v.uint(4 * i), type: v.word("float32") }))),
})) })]);

/** A PNG of one bit a pixel, all 0. @param {number} width @param {number} height @param {boolean} [isWhole] */
function blank(width, height, isWhole = true) {
  const size = (/** @type {number} */ value) => u32(value).reverse();
  const pixels = deflateSync(Buffer.alloc(isWhole ? height * (1 + Math.ceil(width / 8)) : 100), { level: 9 });
  return joined(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", [...size(width), ...size(height), 1, 0, 0, 0, 0]), chunk("IDAT", pixels), chunk("IEND", []));
}

/** Instructions that load images, which lie one behind the other in the data. @param {Buffer[]} images */
function gallery(images) {
  let at = 0;
  const init = images.flatMap((image, id) => instruction("LOAD_IMAGE", id, (at += image.length) - image.length, image.length));
  return scene({ init: [...init, ...instruction("END")], data: joined(...images) });
}

/** A scene with textures. @param {Record<string, number[]>[]} members */
const textures = (...members) => fixedScene((_, at) => ({
  init: [...members.map((texture, id) => command("CREATE_TEXTURE", id, ...at(d(1, { usage: v.uint(0x14), format: v.word("rgba8unorm"), ...texture })))), END], frame: clear,
}));
const square = (/** @type {number} */ side) => ({ width: v.uint(side), height: v.uint(side) });

/** A bundle of many commands, and a frame that runs lists of it. @param {number} commands @param {number} runs @param {number} lists */
function bundles(commands, runs, lists) {
  const inner = [...command("SET_PIPELINE", 0), ...Array.from({ length: commands }, () => command("DRAW", 3, 1, 0, 0)).flat()];
  const code = utf8(`${FULLSCREEN} @fragment fn fs() -> @location(0) vec4f { return vec4f(1, 0, 0, 1); }`);
  const pipeline = [...renderPipeline()];
  const bundle = [...d(11, { colorFormats: v.array(v.word("preferredCanvasFormat")), commands: v.bytes(inner) })];
  const ids = times(runs, u16(0));
  const [a, b, c] = [code.length, code.length + pipeline.length, code.length + pipeline.length + bundle.length];
  return scene({
    data: joined(code, pipeline, bundle, ids),
    init: [instruction("CREATE_SHADER", 0, 0, code.length), instruction("CREATE_RENDER_PIPE", 0, a, pipeline.length),
      instruction("CREATE_RENDER_BUNDLE", 0, b, bundle.length), instruction("END")].flat(),
    frame: [instruction("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), ...Array.from({ length: lists }, () => instruction("EXECUTE_BUNDLES", c, ids.length)),
      instruction("END_PASS"), instruction("SUBMIT"), instruction("END")].flat(),
  });
}

const TINY = blank(1, 1);
const MODULE = [0, 97, 115, 109, 1, 0, 0, 0];
const E012 = /PngineError E012: /;

/**
 * Each scene by name, with what is reported. Made when asked for: some are large before they are compressed.
 * @type {Record<string, { make: () => Uint8Array, report: RegExp | null }>}
 */
export const CASES = {
  // Values.
  "31 million empty objects": { make: () => scene({ extensions: [animation(joined(varint(31e6), times(31e6, [7, 0])))] }), report: E012 },
  "a million empty objects": { make: () => scene({ extensions: [animation(joined(varint(5e5), times(5e5, [7, 0])))] }), report: E012 },
  "a million flags": { make: () => scene({ extensions: [animation(joined(varint(1e6), times(1e6, [0])))] }), report: E012 },
  "250,000 singles": { make: () => scene({ extensions: [animation([...varint(1), 15, ...varint(250_000), ...times(250_000, [0, 0, 0, 0])])] }), report: E012 },
  "100,000 pairs of a record": { make: () => scene({ extensions: [animation([...varint(1), 13, ...varint(1e5), ...times(1e5, [0, 0, 0, 0, 0, 0, 0, 0, 0])])] }), report: E012 },
  "a million nothings in the device's needs": { make: () => scene({ extensions: [[3, new Uint8Array(joined([16, 1, FIELD.requiredFeatures, 8], varint(1e6), times(1e6, [10])))]] }), report: E012 },
  "a descriptor of 2 MiB": { make: () => scene({ init: [...instruction("CREATE_SAMPLER", 0, 0, 2 * MiB), ...instruction("END")], data: joined([2, 1, 47, 14], varint(2 * MiB - 7), Buffer.alloc(2 * MiB)) }), report: E012 },
  "60,000 descriptors of 60 KB": {
    make: () => scene({ init: repeat(60_000, (id) => instruction("CREATE_SAMPLER", id, 0, 60_000)), data: joined([2, 1, FIELD.targets, 8], varint(59_993), Buffer.alloc(59_993)) }), report: E012,
  },
  // Uniforms and names.
  "8,000 uniforms": { make: () => scene({ extensions: [uniforms(8000, (i) => `u${i}`)] }), report: E012 },
  "4,097 uniforms": { make: () => scene({ extensions: [uniforms(4097, (i) => `u${i}`)] }), report: E012 },
  "4,096 uniforms": { make: () => scene({ extensions: [uniforms(4096, (i) => `u${i}`)] }), report: null },
  "4,096 uniforms of one name": { make: () => scene({ extensions: [uniforms(4096, () => "u")] }), report: null },
  "65,533 frame names": { make: () => scene({ strings: joined(...Array.from({ length: 65_533 }, (_, i) => name(0, i, `frame ${i}`))) }), report: E012 },
  "4,097 names of scenes": { make: () => scene({ strings: joined(...Array.from({ length: 4097 }, (_, i) => name(1, i, "x"))) }), report: E012 },
  "2 million names of no kind": { make: () => scene({ strings: joined(...Array.from({ length: 2000 }, () => times(1000, name(9, 1, "x")))) }), report: E012 },
  "a million names, 4,096 of each kind": { make: () => scene({ strings: joined(...Array.from({ length: 256 }, (_, kind) => times(4096, name(kind, 1, "x")))) }), report: null },
  // Texts.
  "2,000 shaders of 1 MiB": { make: () => scene({ init: repeat(2000, (id) => instruction("CREATE_SHADER", id, 0, MiB)), data: Buffer.alloc(MiB, " ") }), report: E012 },
  "3,000 markers of 30 MiB": { make: () => scene({ init: repeat(3000, () => instruction("INSERT_DEBUG_MARKER", 0, 30 * MiB)), data: Buffer.alloc(30 * MiB, "x") }), report: E012 },
  "3,000 markers of 30 MiB in each frame": { make: () => scene({ frame: repeat(3000, () => instruction("INSERT_DEBUG_MARKER", 0, 30 * MiB)), data: Buffer.alloc(30 * MiB, "x") }), report: E012 },
  "20,000 markers of 1 KiB": { make: () => scene({ frame: [...all(20_000, () => instruction("INSERT_DEBUG_MARKER", 0, 1024)), ...instruction("SUBMIT"), ...instruction("END")], data: Buffer.alloc(1024, "x") }), report: E012 },
  // Bytes written and loaded.
  "500 writes of 60 MiB": { make: () => scene({ init: [...instruction("CREATE_BUFFER", 0, 60 * MiB, 8), ...repeat(500, () => instruction("WRITE_BUFFER", 0, 0, 0, 60 * MiB))], data: Buffer.alloc(60 * MiB) }), report: E012 },
  "500 writes of 60 MiB in each frame": {
    make: () => scene({ init: [...instruction("CREATE_BUFFER", 0, 60 * MiB, 8), ...instruction("END")], frame: repeat(500, () => instruction("WRITE_BUFFER", 0, 0, 0, 60 * MiB)), data: Buffer.alloc(60 * MiB) }), report: E012,
  },
  "60,000 copies of a large image": {
    make: () => {
      const image = blank(4000, 4000);
      const [texture, copy] = [d(1, { ...square(4000), usage: v.uint(0x12), format: v.word("rgba8unorm") }),
        d(14, { source: o({ source: v.ref(KIND.image, 0) }), destination: o({ texture: v.ref(KIND.texture, 0) }), copySize: v.array(v.uint(4000), v.uint(4000)) })];
      return scene({ data: joined(image, texture, copy), init: [...instruction("LOAD_IMAGE", 0, 0, image.length), ...instruction("CREATE_TEXTURE", 0, image.length, texture.length),
        ...repeat(60_000, () => instruction("COPY_EXTERNAL_IMAGE", image.length + texture.length, copy.length))] });
    },
    report: E012,
  },
  "20 modules of 30 MiB": { make: () => scene({ init: repeat(20, (id) => instruction("INIT_WASM_MODULE", id, 0, 30 * MiB)), data: joined(MODULE, [0], varint(30 * MiB), Buffer.alloc(30 * MiB)) }), report: /E012|E010/ },
  "20 videos of 30 MiB": { make: () => scene({ init: repeat(20, (id) => instruction("LOAD_VIDEO", id, 0, 2, 2, 30 * MiB)), data: joined([18, 0], [0x1a, 0x45, 0xdf, 0xa3], Buffer.alloc(30 * MiB)) }), report: /E012|E011/ },
  // Images.
  "an image of 20,000 x 20,000": { make: () => gallery([blank(20_000, 20_000)]), report: E012 },
  "an image of 20,000 x 20,000, cut off": { make: () => gallery([blank(20_000, 20_000, false)]), report: E012 },
  "an image of 8,193 x 8,192": { make: () => gallery([blank(8193, 8192)]), report: E012 },
  "an image of 2^31 - 1 squared": { make: () => gallery([blank(2 ** 31 - 1, 2 ** 31 - 1, false)]), report: E012 },
  "12 images of 10,000 x 10,000": { make: () => gallery(Array.from({ length: 12 }, (_, i) => blank(10_000, 10_000 - i))), report: E012 },
  "12 images of 8,000 x 8,000": { make: () => gallery(Array.from({ length: 12 }, (_, i) => blank(8000, 8000 - i))), report: E012 },
  "a JPEG of 65,500 x 65,500": { make: () => gallery([joined([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc2, 0, 17, 8, 0xff, 0xdc, 0xff, 0xdc, 3], Buffer.alloc(99))]), report: E012 },
  "a WebP of 16,384 x 16,384": { make: () => gallery([joined(utf8("RIFF"), u32(80), utf8("WEBPVP8X"), u32(10), [0, 0, 0, 0], [255, 63, 0, 255, 63, 0], Buffer.alloc(60))]), report: E012 },
  "a lossless WebP of 16,384 x 16,384": { make: () => gallery([joined(utf8("RIFF"), u32(80), utf8("WEBPVP8L"), u32(60), [0x2f, 255, 255, 255, 15], Buffer.alloc(60))]), report: E012 },
  "60,000 images of the same bytes": { make: () => scene({ init: repeat(60_000, (id) => instruction("LOAD_IMAGE", id, 0, TINY.length)), data: TINY }), report: E012 },
  "200 images of the same 16 million pixels": {
    make: () => {
      const image = blank(4000, 4000);
      return scene({ init: repeat(200, (id) => instruction("LOAD_IMAGE", id, 0, image.length)), data: image });
    },
    report: null,
  },
  "60,000 images of one pixel": { make: () => scene({ init: repeat(60_000, (id) => instruction("LOAD_IMAGE", id, TINY.length * id, TINY.length)), data: times(60_000, TINY) }), report: E012 },
  // Things.
  "60,000 modules": { make: () => scene({ init: repeat(60_000, (id) => instruction("INIT_WASM_MODULE", id, 0, 8)), data: Buffer.from(MODULE) }), report: E012 },
  "60,000 videos": { make: () => scene({ init: repeat(60_000, (id) => instruction("LOAD_VIDEO", id, 0, 2, 2, 10)), data: joined([18, 0], [0x1a, 0x45, 0xdf, 0xa3], Buffer.alloc(10)) }), report: E012 },
  "60,000 shaders": { make: () => scene({ init: repeat(60_000, (id) => instruction("CREATE_SHADER", id, 0, 200)), data: Buffer.from("fn f() {} ".padEnd(200)) }), report: E012 },
  "60,000 pipelines": {
    make: () => {
      const code = utf8("@compute @workgroup_size(1) fn cs() {}");
      const pipeline = d(6, { compute: stage("cs") });
      return scene({ data: joined(code, pipeline), init: [...instruction("CREATE_SHADER", 0, 0, code.length), ...repeat(60_000, (id) => instruction("CREATE_COMPUTE_PIPE", id, code.length, pipeline.length))] });
    },
    report: E012,
  },
  "60,000 buffers": { make: () => scene({ init: repeat(60_000, (id) => instruction("CREATE_BUFFER", id, 16, 8)) }), report: null },
  // GPU memory.
  "16 buffers of 256 MiB": { make: () => scene({ init: repeat(16, (id) => instruction("CREATE_BUFFER", id, 256 * MiB, 8)) }), report: E012 },
  "8 textures of 8,192 x 8,192": { make: () => textures(...Array.from({ length: 8 }, () => square(8192))), report: E012 },
  "a texture with 2,048 layers": { make: () => textures({ ...square(1024), depth: v.uint(2048) }), report: E012 },
  "a texture of 4 samples": { make: () => textures({ ...square(8192), sampleCount: v.uint(4) }, square(64)), report: E012 },
  "a volume": { make: () => textures({ ...square(2048), depth: v.uint(2048), dimension: v.word("3d") }), report: E012 },
  // Bundles.
  "bundles run a million times": { make: () => bundles(1, 500_000, 3), report: E012 },
  "long bundles run often": { make: () => bundles(10_000, 4000, 100), report: E012 },
  // Inflating.
  "63 MiB of zeros": { make: () => scene({ data: Buffer.alloc(63 * MiB) }), report: null },
  "256 MiB of zeros": { make: () => png(chunk("pNGb", joined([1, 1], deflateRawSync(Buffer.alloc(256 * MiB))))), report: E012 },
};

/**
 * What a browser's processes have used, by type: the peak of resident memory since the last look in MiB, of the largest of each type, and the time of
 * the processors in seconds since they began.
 * @param {import("playwright-core").CDPSession} tools
 */
async function usage(tools) {
  const { processInfo } = await tools.send("SystemInfo.getProcessInfo");
  const [peaks, seconds] = [/** @type {Record<string, number>} */ ({}), /** @type {Record<string, number>} */ ({})];
  for (const { id, type, cpuTime } of processInfo) {
    seconds[type] = (seconds[type] ?? 0) + cpuTime;
    try {
      const status = await readFile(`/proc/${id}/status`, "utf8");
      const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
      peaks[type] = Math.max(peaks[type] ?? 0, Math.round(peak));
      writeFileSync(`/proc/${id}/clear_refs`, "5");
    } catch {
      // A process that has ended, or a system without /proc.
    }
  }
  return { peaks, seconds };
}

/**
 * What loading a scene has cost. `loaded` is how long it took, `task` the longest that the page did not answer, `cpu` the time of the processors in
 * the page's process: all in milliseconds. Memory is in MiB, and 0 where the system does not tell.
 * @typedef {{ reports: string[], loaded: number, task: number, cpu: number, renderer: number, gpu: number, alive: boolean }} Cost
 */

/**
 * Loads a scene on a page of its own, and plays it for half a second.
 * @param {import("playwright-core").Browser} browser @param {Awaited<ReturnType<typeof serve>>} server @param {Map<string, Uint8Array>} files
 * @param {Uint8Array} scene @param {{ patience?: number, options?: string }} [how] Most milliseconds to wait.
 * @returns {Promise<Cost>}
 */
export async function costOf(browser, server, files, scene, { patience = 30_000, options = "" } = {}) {
  files.set("/scene.png", scene);
  const { page } = await open(browser);
  const tools = await browser.newBrowserCDPSession();
  await page.goto(server.origin);
  await page.evaluate(`import("/viewers/web/pngine.js").then(({ load }) => (window.load = load))`);
  const before = await usage(tools);
  const run = page.evaluate(`(async () => {
    let [last, task] = [performance.now(), 0];
    const beat = setInterval(() => {
      const now = performance.now();
      task = Math.max(task, now - last);
      last = now;
    }, 10);
    const reports = [];
    const canvas = document.body.appendChild(document.createElement("canvas"));
    const start = performance.now();
    const onError = (error) => reports.push(String(error));
    const player = await load("/scene.png", canvas, { onError, autoplay: true, ${options} }).catch((error) => void reports.push("rejected: " + error));
    const loaded = performance.now() - start;
    await new Promise((done) => setTimeout(done, 500));
    player?.destroy();
    await new Promise((done) => setTimeout(done, 50));
    clearInterval(beat);
    return { reports, loaded, task };
  })()`);
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(() => resolve(null), patience)));
  const found = /** @type {any} */ (await Promise.race([run, late, page.waitForEvent("crash", { timeout: 0 }).then(() => null, () => null)]));
  run.catch(() => {});
  clearTimeout(timer);
  const { peaks: { renderer = 0, GPU: gpu = 0 }, seconds } = await usage(tools);
  const cpu = Math.round(((seconds.renderer ?? 0) - (before.seconds.renderer ?? 0)) * 1000);
  await tools.detach();
  await Promise.race([page.close(), new Promise((resolve) => setTimeout(resolve, 2000))]);
  const { reports = [], loaded = Infinity, task = Infinity } = found ?? {};
  return { reports, loaded: Math.round(loaded), task: Math.round(task), cpu, renderer, gpu, alive: Boolean(found) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  /** @type {Map<string, Uint8Array>} */
  const files = new Map();
  if (process.env.PLAYER) files.set("/viewers/web/pngine.js", new Uint8Array(readFileSync(process.env.PLAYER)));
  const server = await serve(files);
  const wanted = process.argv.slice(2);
  for (const [title, { make }] of Object.entries(CASES)) {
    if (wanted.length && !wanted.some((part) => title.includes(part))) continue;
    const scene = make();
    const browser = await launch();
    const { reports, loaded, task, cpu, renderer, gpu, alive } = await costOf(browser, server, files, scene);
    const told = reports.length > 1 ? `${reports[0]} (and ${reports.length - 1} more)` : reports[0] ?? "plays";
    console.log(`${title} | ${scene.length} B | ${alive ? `${loaded} ms` : "no answer"} | task ${task} ms | CPU ${cpu} ms | renderer ${renderer} MiB | GPU ${gpu} MiB | ${told.slice(0, 140)}`);
    await Promise.race([browser.close(), new Promise((resolve) => setTimeout(resolve, 5000))]);
  }
  server.close();
  process.exit();
}
