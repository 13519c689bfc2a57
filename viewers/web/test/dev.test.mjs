/** `pngine dev`: its page in a real browser, while the files of a scene change. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { request } from "node:http";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { compiler, launch, open, texels } from "./browser.mjs";

const browser = await launch();
const folder = await mkdtemp(join(tmpdir(), "pngine-dev-"));
const scene = join(folder, "scene.pngine");

/** A picture of one colour; `tint` can be set. @param {string} red */
const source = (red) => `#import "parts.pngine"
#shaderModule shader { code="
  struct Look { tint: vec3f }
  @group(0) @binding(0) var<uniform> look: Look;
  @vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f { return vec4f(f32(i & 1) * 4 - 1, f32(i & 2) * 2 - 1, 0, 1); }
  @fragment fn paint() -> @location(0) vec4f { return vec4f(${red}, BLUE + look.tint.g, look.tint.b, 1); }
" }
#buffer look { size=shader.look usage=[UNIFORM] }
#queue update { writeBuffer={ buffer=look data=shader.look } }
#renderPipeline pipe { vertex={ module=shader } fragment={ module=shader targets=[{}] } }
#bindGroup group { entries=[{ binding=0 buffer=look }] }
#renderPass draw { pipeline=pipe bindGroups=[group] draw=3 }
#frame main { perform=[update draw] }
#frame other { perform=[update draw] }
`;
await writeFile(join(folder, "parts.pngine"), "#define BLUE=0\n");
await writeFile(scene, source("1"));

const server = spawn(compiler(), ["dev", scene, "--port", "0", "--max-size", "100000"], { stdio: ["ignore", "pipe", "pipe"] });
after(async () => {
  server.kill();
  await browser.close();
  await rm(folder, { recursive: true });
});
/** @type {string} */
const address = await new Promise((resolve, reject) => {
  let said = "";
  server.stdout.on("data", (part) => {
    said += part;
    if (said.includes("\n")) resolve(said.trim());
  });
  server.on("exit", (code) => reject(new Error(`pngine dev ended with ${code}`)));
});

/** The colour in the middle of the stage. @param {import("playwright-core").Page} page */
async function middle(page) {
  const { width, height, rgba } = texels(await page.locator("canvas").screenshot());
  const at = 4 * ((height >> 1) * width + (width >> 1));
  return [...rgba.slice(at, at + 3)];
}

/** Waits until the middle has a colour. @param {import("playwright-core").Page} page @param {number[]} expected */
async function colored(page, expected) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const now = await middle(page);
    if (now.every((part, k) => Math.abs(part - expected[k]) <= 2)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(await middle(page), expected);
}

test("a change is shown, and time, frame and uniforms outlive it; a mistake is told, and the last good picture plays on", async () => {
  const { page, errors } = await open(browser);
  await page.goto(address);
  await page.locator("canvas").waitFor();
  await colored(page, [255, 0, 0]);
  assert.match(await page.locator("#size").innerText(), /^[\d,]+ bytes, plays by itself \(render\)$/);
  assert.equal(await page.locator("#budget").getAttribute("max"), "100000");

  // By hand: a uniform, a frame, a time, and a pause.
  await page.locator("#uniforms input").nth(1).fill("1");
  await page.locator("#frame").selectOption("other");
  await page.locator("#play").click();
  await page.locator("#seek").fill("7.5");
  await colored(page, [255, 255, 0]);

  await writeFile(scene, source("0.2"));
  await colored(page, [51, 255, 0]);
  assert.equal(await page.locator("#frame").inputValue(), "other");
  assert.equal(await page.locator("#time").innerText(), "7.50 s");
  assert.equal(await page.locator("#play").innerText(), "Play");
  assert.equal(await page.locator("#uniforms input").nth(1).inputValue(), "1");

  // What it imports is watched too.
  await writeFile(join(folder, "parts.pngine"), "#define BLUE=-0.8\n");
  await colored(page, [51, 51, 0]);

  await writeFile(scene, source("0.2 *"));
  await page.locator("article.error").waitFor();
  assert.match(await page.locator("article.error").innerText(), /^E08\d\d /);
  assert.match(await page.locator("article.error button").innerText(), /scene\.pngine:6:\d+$/);
  assert.match(await page.locator("article.error pre").innerText(), /look\.tint\.g/);
  assert.match(await page.locator("#size").innerText(), /^1 error: the last good picture plays on$/);
  await colored(page, [51, 51, 0]);
  await page.locator("#play").click();
  await page.waitForFunction(() => Number.parseFloat(document.querySelector("output")?.value ?? "") > 7.6);

  await writeFile(scene, source("0.4"));
  await colored(page, [102, 51, 0]);
  assert.equal(await page.locator("article").count(), 0);
  assert.deepEqual(errors, []);
});

test("a file that is missing is named, and is played when it comes", async () => {
  const { page, errors } = await open(browser);
  await page.goto(address);
  await writeFile(scene, source("0.4").replace("parts.pngine", "deep/er.pngine"));
  await page.locator("article.error", { hasText: "E0901" }).waitFor();
  await mkdir(join(folder, "deep"));
  await copyFile(join(folder, "parts.pngine"), join(folder, "deep/er.pngine"));
  await page.waitForFunction(() => !document.querySelector("article"));
  await colored(page, [102, 0, 0]);
  assert.deepEqual(errors, []);
});

test("nobody else's page reads what is shown, and nothing can be changed", async () => {
  const ask = (/** @type {string} */ path, /** @type {import("node:http").RequestOptions} */ options) =>
    new Promise((resolve, reject) => {
      const asked = request(address + path, options, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on("error", reject);
      asked.end();
    });
  assert.equal(await ask("scene.png", {}), 200);
  assert.equal(await ask("scene.png", { headers: { host: "evil.example" } }), 403);
  assert.equal(await ask("scene.png", { method: "POST" }), 405);
  assert.equal(await ask("../../etc/passwd", {}), 404);
});
