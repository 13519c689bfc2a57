/** What `pngine render` writes that moves, as a browser shows it. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { compiler, launch, open, ROOT, serve } from "./browser.mjs";

const [browser, server] = [await launch(), await serve(new Map())];
const folder = await mkdtemp(join(tmpdir(), "pngine-films-"));
after(async () => {
  await browser.close();
  server.close();
  await rm(folder, { recursive: true });
});

/** Draws four frames of an example into a file. @param {string} name */
function render(name) {
  const scene = join(ROOT, "examples/shaders/plasma.pngine");
  execFileSync(compiler(), ["render", scene, "-o", join(folder, name), "--size", "64x40", "--frames", "4", "--fps", "8"], { stdio: "pipe" });
}

/** The frames that a browser sees, with their times in microseconds. @param {import("playwright-core").Page} page @param {string} name @param {string} type */
async function decode(page, name, type) {
  const bytes = [...(await readFile(join(folder, name)))];
  return page.evaluate(async ({ bytes, type }) => {
    const decoder = new ImageDecoder({ data: new Uint8Array(bytes), type });
    await decoder.tracks.ready;
    const { frameCount = 0, repetitionCount } = decoder.tracks.selectedTrack ?? {};
    const frames = [];
    for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
      const { image } = await decoder.decode({ frameIndex });
      const context = new OffscreenCanvas(image.displayWidth, image.displayHeight).getContext("2d");
      if (!context) throw new Error("no canvas");
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.displayWidth, image.displayHeight);
      frames.push({ duration: image.duration, width: image.displayWidth, pixels: [...data] });
    }
    return { frames, forever: repetitionCount === Infinity };
  }, { bytes, type });
}

/** The means of all squares of eight by eight pixels of a picture of 64 by 40, for each channel. @param {number[]} pixels */
function squares(pixels) {
  const sums = Array(8 * 5 * 4).fill(0);
  pixels.forEach((value, at) => {
    const [x, y] = [(at >> 2) % 64, Math.floor(at / 256)];
    sums[4 * (8 * (y >> 3) + (x >> 3)) + (at & 3)] += value / 64;
  });
  return sums;
}

test("an APNG and a GIF show the frames that a sequence has", async () => {
  for (const name of ["out.png", "out.apng", "out.gif"]) render(name);
  const { page, errors } = await open(browser);
  await page.goto(server.origin);
  /** @type {number[][]} */
  const still = [];
  for (let i = 1; i <= 4; i++) still.push((await decode(page, `out-000${i}.png`, "image/png")).frames[0].pixels);
  const apng = await decode(page, "out.apng", "image/apng");
  assert.equal(apng.forever, true);
  assert.deepEqual(apng.frames.map(({ duration, width }) => [duration, width]), Array(4).fill([125_000, 64]));
  assert.deepEqual(apng.frames.map(({ pixels }) => pixels), still);
  const gif = await decode(page, "out.gif", "image/gif");
  assert.equal(gif.forever, true);
  assert.deepEqual(gif.frames.map(({ duration }) => duration), [130_000, 120_000, 130_000, 120_000]);
  // Dots of few colours stand for many: what counts is the mean of squares of eight pixels.
  gif.frames.forEach(({ pixels }, i) => {
    const [shown, wanted] = [squares(pixels), squares(still[i])];
    const worst = Math.max(...shown.map((value, k) => Math.abs(value - wanted[k])));
    assert.ok(worst < 8, `frame ${i}: ${worst}`);
  });
  assert.deepEqual(errors, []);
});
