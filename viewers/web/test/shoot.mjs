/**
 * Takes pictures of scenes in a headless Chromium: what the player draws, byte for byte.
 *
 *     node shoot.mjs JOBS.json
 *     node shoot.mjs SCENE.png OUT.png [--time 0.5] [--size 512x512] [--executor FILE]
 *
 * JOBS.json holds a list of
 *
 *     { "png": "scene.png", "executor": "core-render.wasm", "width": 256, "height": 256, "times": [0, 0.5], "out": ["a.png", "b.png"] }
 *
 * where `executor` is for PNGs without one, and paths are relative to the working directory. A job loads its scene once, which runs
 * `init`, and draws its times in order. All jobs share one browser and one page; each has a canvas and a device of its own. The exit
 * code is 0 if every picture was taken and nothing went wrong; otherwise 1, with one line on stderr for each error; 2 for wrong
 * arguments.
 *
 * @module
 */

import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { launch, open, serve } from "./browser.mjs";

/**
 * @typedef {object} Job
 * @property {string | Uint8Array} png A path, or the bytes; a payload will do as well.
 * @property {string | Uint8Array} [executor]
 * @property {number} width Of the canvas, in pixels.
 * @property {number} height
 * @property {number[]} times In seconds.
 * @property {string[]} [out] Where the pictures go: one path for each time.
 */

/** @typedef {{ pictures: Buffer[], errors: string[] }} Shot What a job gives: PNG files, one for each time, and what went wrong. */

/** @param {string | Uint8Array} given */
const bytesOf = async (given) => (typeof given === "string" ? readFile(given) : given);

/**
 * Runs in the page. Draws and takes each picture in one task, while the canvas still holds the frame.
 * @param {{ png: string, width: number, height: number, times: number[], executor?: string }} job
 */
async function inPage({ png, width, height, times, executor }) {
  /** @type {string[]} */
  const errors = [];
  /** @type {string[]} */
  const pictures = [];
  const canvas = document.body.appendChild(document.createElement("canvas"));
  /** @type {any} */
  let player;
  try {
    // The path is the server's.
    const { load } = await import(/** @type {any} */ ("/viewers/web/pngine.js"));
    const onError = (/** @type {Error} */ error) => errors.push(String(error));
    player = await load(png, canvas, { executor, size: [width, height], autoplay: false, onError });
    for (const time of times) {
      const drawn = player.draw(time);
      /** @type {Blob | null} */
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
      await drawn;
      if (!blob) throw new Error("the canvas gives no picture");
      pictures.push(btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join("")));
    }
  } catch (error) {
    errors.push(String(error));
  }
  player?.destroy();
  canvas.remove();
  return { pictures, errors };
}

/** Longest that a job may take, in milliseconds. */
const PATIENCE = 120_000;

/**
 * Takes the pictures of all jobs.
 * @param {Job[]} jobs
 * @returns {Promise<Shot[]>}
 */
export async function shoot(jobs) {
  /** @type {Map<string, Uint8Array>} */
  const files = new Map();
  const server = await serve(files);
  const browser = await launch();
  /** @type {Shot[]} */
  const shots = [];
  const opened = async () => {
    const fresh = await open(browser);
    await fresh.page.goto(server.origin);
    return fresh;
  };
  try {
    let { page, errors } = await opened();
    for (const { png, executor, width, height, times } of jobs) {
      files.clear();
      files.set("/job/scene.png", await bytesOf(png));
      if (executor) files.set("/job/executor.wasm", await bytesOf(executor));
      const job = { png: "/job/scene.png", width, height, times, executor: executor && "/job/executor.wasm" };
      let timer;
      const late = new Promise((_, wrong) => (timer = setTimeout(() => wrong(new Error(`no picture after ${PATIENCE / 1000} s`)), PATIENCE)));
      try {
        const found = await Promise.race([page.evaluate(inPage, job), late]);
        shots.push({ pictures: found.pictures.map((/** @type {string} */ text) => Buffer.from(text, "base64")), errors: [...found.errors, ...errors] });
        errors.length = 0;
      } catch (error) {
        // A page that has crashed or hangs is of no use to the next job.
        shots.push({ pictures: [], errors: [String(error), ...errors] });
        page.close().catch(() => {});
        ({ page, errors } = await opened());
      } finally {
        clearTimeout(timer);
      }
    }
  } finally {
    await browser.close();
    server.close();
  }
  return shots;
}

/** The jobs that the command line asks for. */
async function jobs() {
  const options = /** @type {const} */ ({ time: { type: "string" }, size: { type: "string" }, executor: { type: "string" } });
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (positionals.length === 1) return /** @type {Job[]} */ (JSON.parse(await readFile(positionals[0], "utf8")));
  const [width, height] = (values.size ?? "512x512").split("x").map(Number);
  const [png, ...out] = positionals;
  if (out.length !== 1 || !width || !height) throw new Error("usage: shoot.mjs JOBS.json | SCENE.png OUT.png [--time T] [--size WxH]");
  return [{ png, executor: values.executor, width, height, times: [Number(values.time ?? 0)], out }];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  /** @type {Job[]} */
  let list = [];
  try {
    list = await jobs();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
  const shots = await shoot(list);
  for (const [i, { pictures, errors }] of shots.entries()) {
    const { png, out = [] } = list[i];
    for (const [k, picture] of pictures.entries()) if (out[k]) await writeFile(out[k], picture);
    for (const error of errors) console.error(`${typeof png === "string" ? png : `job ${i}`}: ${error}`);
    if (errors.length) process.exitCode = 1;
  }
}
