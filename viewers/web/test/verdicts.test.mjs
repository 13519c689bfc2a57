/**
 * Chromium's verdicts on shaders, against the table that the compiler is held to: `compiler/wgsl/tests/wgsl/verdicts.txt`, where its form
 * is described. A case that fails here after an update of the browser is news about WGSL: change the table, and then the compiler.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { ROOT, launch, open, serve } from "./browser.mjs";

const HEAD = "fn body(i: i32, j: i32, u: u32, f: f32, a: bool, b: bool, c: bool, v: vec3f, w: vec3i) {\n";

/** The table: name, expected verdict and shader of every case. */
async function cases() {
  const table = await readFile(`${ROOT}/compiler/wgsl/tests/wgsl/verdicts.txt`, "utf8");
  return table.split("\n## ").slice(1).map((section) => {
    const [header = "", ...lines] = section.split("\n");
    const [, name = "", body, verdict = ""] = /^(\w+)( \(body\))?: (\w+)/.exec(header) ?? [];
    const text = lines.filter((line) => !line.startsWith("# ")).join("\n");
    return { name, verdict, wgsl: body ? `${HEAD}${text}\n}\n` : text };
  });
}

/**
 * Runs in the page: the verdict on every shader, with the first message. A pipeline is made of every compute and vertex entry point
 * that needs nothing from outside.
 * @param {{ name: string, verdict: string, wgsl: string }[]} cases
 */
async function judge(cases) {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error("no adapter");
  const subgroups = adapter.features.has("subgroups");
  const device = await adapter.requestDevice({ requiredFeatures: subgroups ? ["subgroups"] : [] });
  const verdicts = [];
  for (const { name, wgsl } of cases) {
    if (!subgroups && wgsl.includes("enable subgroups")) continue;
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ code: wgsl });
    const info = await module.getCompilationInfo();
    const refused = await device.popErrorScope();
    const error = info.messages.find((message) => message.type === "error")?.message ?? refused?.message;
    if (error !== undefined) {
      verdicts.push({ name, verdict: "reject", message: error });
      continue;
    }
    let verdict = "accept";
    let message = "";
    for (const [, stage, entryPoint] of wgsl.matchAll(/@\s*(vertex|compute)\b[^{;]*?\bfn\s+(\w+)/g)) {
      device.pushErrorScope("validation");
      if (stage === "compute") device.createComputePipeline({ layout: "auto", compute: { module, entryPoint } });
      else if (!/@location/.test(/\bfn\s+\w+\s*\(([^]*?)\)\s*->/.exec(wgsl)?.[1] ?? "")) {
        const depthStencil = /** @type {const} */ ({ format: "depth24plus", depthWriteEnabled: false, depthCompare: "always" });
        device.createRenderPipeline({ layout: "auto", vertex: { module, entryPoint }, depthStencil });
      }
      const failed = await device.popErrorScope();
      if (failed) [verdict, message] = ["pipeline", failed.message];
    }
    verdicts.push({ name, verdict, message });
  }
  return verdicts;
}

test("Chromium's verdict on every shader of the table is the one that stands there", async () => {
  const server = await serve(new Map());
  const browser = await launch();
  try {
    const { page } = await open(browser);
    await page.goto(server.origin);
    const table = await cases();
    assert.ok(table.length > 1000);
    const found = new Map((await page.evaluate(judge, table)).map((row) => [row.name, row]));
    const wrong = table.flatMap(({ name, verdict }) => {
      const row = found.get(name);
      return row && row.verdict !== verdict ? [`${name}: ${row.verdict}, not ${verdict}. ${row.message}`] : [];
    });
    assert.equal(wrong.join("\n"), "");
  } finally {
    await browser.close();
    server.close();
  }
});
