/**
 * What tests in a browser share: a page that plays a scene, and pieces that scenes are made of.
 *
 * @module
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after } from "node:test";
import { ROOT, launch, open, serve } from "./browser.mjs";
import { CANVAS, command, descriptor, FIELD, fields, fixedExecutor, KIND, NONE, Scene, v } from "./scene.mjs";

/** A prebuilt executor. @param {string} stem */
export const executor = (stem) => readFile(`${ROOT}/executors/${stem}.wasm`);

/** A browser and a server for the tests of one file, which end with them. */
export async function theatre() {
  /** @type {Map<string, Uint8Array>} */
  const files = new Map();
  const server = await serve(files);
  const browser = await launch();
  after(async () => {
    await browser.close();
    server.close();
  });

  /**
   * Loads a scene in a fresh page, runs `body` on its player, and gives what that gives, and what was reported. Anything on the console
   * or an error that nobody catches fails the test.
   * @param {Uint8Array} png
   * @param {string} body The body of an async function of `player`, `canvas` and `pixel(x, y)`, a colour as `"r,g,b,a"`.
   * @param {{ options?: string, size?: [number, number], act?: (page: import("playwright-core").Page) => Promise<void> }} [more]
   */
  async function play(png, body, { options = "", size = [64, 64], act } = {}) {
    files.set("/scene.png", png);
    const { page, errors } = await open(browser);
    await page.goto(server.origin);
    const code = `(async () => {
      const { load } = await import("/viewers/web/pngine.js");
      const reports = [];
      const onError = (error) => reports.push(String(error));
      const canvas = document.body.appendChild(document.createElement("canvas"));
      canvas.style = "position: fixed; left: 0; top: 0";
      // A canvas holds what was drawn until the task ends.
      const pixel = (x, y) => {
        const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
        context.drawImage(canvas, 0, 0);
        return [...context.getImageData(x, y, 1, 1).data].join();
      };
      let value;
      try {
        const player = window.player = await load("/scene.png", canvas, { onError, size: ${JSON.stringify(size)}, ${options} });
        value = await (async () => { ${body} })();
      } catch (error) {
        reports.push("rejected: " + error);
      }
      return { value, reports };
    })()`;
    const result = page.evaluate(code);
    if (act) await act(page);
    const { value, reports } = /** @type {{ value: any, reports: string[] }} */ (await result);
    await page.close();
    assert.deepEqual(errors, []);
    return { value, reports };
  }

  /** Like `play`, where nothing may be reported. @type {typeof play} */
  async function quiet(png, body, more) {
    const result = await play(png, body, more);
    assert.deepEqual(result.reports, []);
    return result;
  }

  return { browser, server, files, play, quiet, executor };
}

/** A stage of a pipeline. @param {string} entry @param {[number, number[]][]} more */
export const stage = (entry, ...more) => v.object([FIELD.module, v.ref(KIND.shader, 0)], [FIELD.entryPoint, v.string(entry)], ...more);
export const targets = v.array(v.object([FIELD.format, v.word("preferredCanvasFormat")]));
/** @param {[number, number[]][]} more */
export const renderPipeline = (...more) => descriptor(5, [FIELD.vertex, stage("vs")], [FIELD.fragment, stage("fs", [FIELD.targets, targets])], ...more);
/** A buffer in a bind group. @param {number} binding @param {number} buffer */
export const bufferEntry = (binding, buffer) =>
  v.object([FIELD.binding, v.uint(binding)], [FIELD.resource, v.object([FIELD.buffer, v.ref(KIND.buffer, buffer)])]);
/** The automatic layout of a pipeline. @param {number} pipeline */
export const autoLayout = (pipeline) => descriptor(4, [FIELD.pipeline, v.ref(KIND.pipeline, pipeline)], [FIELD.index, v.uint(0)]);

/** An object. @param {Record<string, number[]>} members */
export const o = (members) => v.object(...fields(members));
/** A descriptor. @param {number} type @param {Record<string, number[]>} members */
export const d = (type, members) => descriptor(type, ...fields(members));
/** The bits of a single, as an operand of a command. @param {number} value */
export const bits = (value) => new DataView(new Float32Array([value]).buffer).getUint32(0, true);

export const FULLSCREEN = `
@vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(f32(i & 1u) * 4 - 1, f32(i >> 1u) * 4 - 1, 0, 1);
}`;

/**
 * A scene with hand-written command buffers.
 * @param {(scene: Scene, at: (bytes: Uint8Array | number[] | string) => [number, number]) => { init: number[][], frame?: number[][], plugins?: number }} build
 * `at` puts bytes into the data section and gives their address and length.
 * @param {Parameters<typeof fixedExecutor>[2] & { extensions?: [tag: number, bytes: number[]][] }} [options]
 */
export function fixedScene(build, { extensions, ...options } = {}) {
  const scene = new Scene();
  const { init, frame = [command("SUBMIT"), command("END")], plugins = 7 } = build(scene, (bytes) => {
    const [start, length] = scene.blob(bytes);
    return [1024 + start, length];
  });
  scene.plugins = plugins;
  return scene.png(fixedExecutor(init.flat(), frame.flat(), options), extensions);
}

export const END = command("END");
export const clear = [command("BEGIN_RENDER_PASS", CANVAS, 1, 0, NONE), command("END_PASS"), command("SUBMIT"), END];
