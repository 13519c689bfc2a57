/**
 * Says what Chromium thinks of programs: plays each with the player and gives all that was reported. For programs of scenes that may be
 * wrong; `shoot.mjs` is for pictures.
 *
 *     node judge.mjs < JOBS > VERDICTS
 *
 * A line of JOBS is
 *
 *     { "id": 7, "payload": "scene.bin", "executor": "core-render", "size": [64, 48], "draws": [[null, 0], [1, 0.5]] }
 *
 * with a payload that has no executor, the stem of the one it needs in `executors/`, and what is drawn: index of a frame, or `null` for
 * the one that plays by itself, and a time in seconds. Or it is `{ "id": 7, "wgsl": "…" }`, a shader to compile. A line of VERDICTS is
 *
 *     { "id": 7, "host": ["what the player finds"], "gpu": ["what WebGPU finds"], "unjudged": "why there is no verdict, or null" }
 *
 * in any order. Ends with its input.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { launch, open, serve } from "./browser.mjs";

/**
 * @typedef {object} Job
 * @property {number} id
 * @property {string} [payload]
 * @property {string} [executor]
 * @property {[number, number]} [size]
 * @property {[frame: number | null, time: number][]} [draws]
 * @property {string} [wgsl]
 */

/** @typedef {{ host: string[], gpu: string[], unjudged: string | null }} Verdict */

/** Jobs that are played at the same time, so that one works while another waits for its device. */
const LANES = 4;
/** Jobs after which the page is loaded anew, as it never gives everything back. */
const BATCH = 200;
/** Longest that a job may take, in milliseconds. */
const PATIENCE = 30_000;

/** Runs in the page, once: remembers of which kind each message of a device is. */
function watch() {
  /** @type {Map<string, string>} */
  const kinds = new Map();
  const note = (/** @type {GPUError | null} */ error) => {
    if (error) kinds.set(error.message, error.constructor.name);
    return error;
  };
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    device.addEventListener("uncapturederror", ({ error }) => note(error));
    return device;
  };
  const { popErrorScope } = GPUDevice.prototype;
  GPUDevice.prototype.popErrorScope = async function () {
    return note(await popErrorScope.call(this));
  };
  /** @type {Map<string, Promise<Uint8Array>>} */
  const executors = new Map();
  const executor = (/** @type {string} */ stem) => {
    const known = executors.get(stem) ?? fetch(`/executors/${stem}.wasm`).then(async (found) => new Uint8Array(await found.arrayBuffer()));
    executors.set(stem, known);
    return known;
  };
  Object.assign(globalThis, { watched: { kinds, executor } });
}

/**
 * Runs in the page.
 * @param {Job} job
 * @returns {Promise<Verdict>}
 */
async function inPage({ id, executor, size, draws = [], wgsl }) {
  const { kinds, executor: executorOf } = /** @type {any} */ (globalThis).watched;
  /** @type {Verdict} */
  const verdict = { host: [], gpu: [], unjudged: null };
  if (wgsl !== undefined) {
    const device = await (await navigator.gpu.requestAdapter())?.requestDevice();
    if (!device) return { ...verdict, unjudged: "there is no adapter" };
    device.pushErrorScope("validation");
    const { messages } = await device.createShaderModule({ code: wgsl }).getCompilationInfo();
    verdict.gpu = messages.filter(({ type }) => type === "error").map((found) => `line ${found.lineNum}, column ${found.linePos}: ${found.message}`);
    const error = await device.popErrorScope();
    if (error && !verdict.gpu.length) verdict.gpu.push(error.message);
    device.destroy();
    return verdict;
  }
  /** @type {Set<string>} */
  const told = new Set();
  const note = (/** @type {unknown} */ error) => {
    const text = error instanceof Error ? error.message : String(error);
    if (told.has(text)) return;
    told.add(text);
    const kind = kinds.get(text);
    const unable = /lacks what the scene requires|has no WebGPU|has no GPU|gives no device|the device is lost|\bE013\b/.test(text);
    if (unable || (kind && kind !== "GPUValidationError")) verdict.unjudged ??= text;
    else if (kind || /, line \d+, column \d+: /.test(text)) verdict.gpu.push(text);
    else verdict.host.push(text);
  };
  let player;
  try {
    // The path is the server's.
    const { load } = await import(/** @type {any} */ ("/viewers/web/pngine.js"));
    const canvas = new OffscreenCanvas(1, 1);
    const payload = await (await fetch(`/job/${id}.bin`)).arrayBuffer();
    player = await load(payload, canvas, { executor: await executorOf(executor), size, autoplay: false, onError: note });
    let chosen = null;
    for (const [frame, time] of draws) {
      if (frame !== chosen) player.setFrame((chosen = frame));
      await player.draw(time);
    }
    await player.device.queue.onSubmittedWorkDone();
  } catch (error) {
    note(error);
  }
  player?.destroy();
  return verdict;
}

/** @type {Map<string, Uint8Array>} */
const files = new Map();
const server = await serve(files);
/** @type {import("playwright-core").Browser | undefined} */
let browser;

/** A page that is ready to judge. */
async function fresh() {
  browser ??= await launch();
  const { page } = await open(browser);
  await page.goto(server.origin);
  await page.evaluate(watch);
  return page;
}

/** Gives up the browser. It may not answer any more. */
async function giveUp() {
  const old = browser;
  browser = undefined;
  await Promise.race([old?.close().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 5000))]);
}

/** @param {Job} job @param {Verdict} verdict */
const answer = ({ id }, verdict) => process.stdout.write(`${JSON.stringify({ id, ...verdict })}\n`);

/**
 * Judges one job; `undefined` if it hangs, loses its device or takes the page down.
 * @param {import("playwright-core").Page} page @param {Job} job
 */
async function judge(page, job) {
  if (job.payload) files.set(`/job/${job.id}.bin`, await readFile(job.payload));
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE)));
  try {
    const verdict = /** @type {Verdict | undefined} */ (await Promise.race([page.evaluate(inPage, job), late]));
    return verdict?.unjudged?.includes("the device is lost") ? undefined : verdict;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
    files.delete(`/job/${job.id}.bin`);
  }
}

/** Judges some jobs on one page. @param {Job[]} jobs */
async function batch(jobs) {
  const page = await fresh();
  const waiting = [...jobs];
  /** @type {Job[]} */
  const suspects = [];
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (let job; !suspects.length && (job = waiting.shift()); ) {
        const verdict = await judge(page, job);
        if (verdict) answer(job, verdict);
        else suspects.push(job);
      }
    }),
  );
  if (!suspects.length) return page.close();
  // One of those that were played at the same time has taken the others along.
  queue.unshift(...waiting);
  await giveUp();
  for (const job of suspects) {
    const verdict = await judge(await fresh(), job);
    if (!verdict) await giveUp();
    answer(job, verdict ?? { host: [], gpu: [], unjudged: "it hangs, or loses its device" });
  }
}

/** @type {Job[]} */
const queue = [];
let ended = false;
let wake = () => {};
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  queue.push(JSON.parse(line));
  wake();
});
lines.on("close", () => {
  ended = true;
  wake();
});
while (!ended || queue.length) {
  if (queue.length) await batch(queue.splice(0, BATCH));
  else await new Promise((resolve) => (wake = () => resolve(undefined)));
}
await giveUp();
server.close();
