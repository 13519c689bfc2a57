import fs from "node:fs";
import { launch, open, serve } from "./browser.mjs";
const text = fs.readFileSync(process.argv[2], "utf8");
const cases = text.split(/(?:^|\n)## /).slice(1).map((s) => {
  const k = s.indexOf("\n"); const header = s.slice(0, k);
  let rest = s.slice(k + 1).split("\n").filter((l) => !l.startsWith("# ")).join("\n");
  if (header.includes("(body)")) rest = `fn body(i: i32, j: i32, u: u32, f: f32, a: bool, b: bool, c: bool, v: vec3f, w: vec3i) {\n${rest}\n}\n`;
  return { name: header.split(/[: ]/)[0], wgsl: rest };
});
const server = await serve(new Map()); const browser = await launch();
const { page } = await open(browser);
await page.goto(server.origin);
const res = await page.evaluate(async (cases) => {
  const adapter = await navigator.gpu.requestAdapter();
  const want = ["shader-f16", "subgroups"].filter((f) => adapter.features.has(f));
  const device = await adapter.requestDevice({ requiredFeatures: want });
  const out = [`# features ${want} language ${[...navigator.gpu.wgslLanguageFeatures]}`];
  for (const { name, wgsl } of cases) {
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ code: wgsl });
    const info = await module.getCompilationInfo();
    const scoped = await device.popErrorScope();
    const errors = info.messages.filter((m) => m.type === "error");
    const warns = info.messages.filter((m) => m.type === "warning");
    if (errors.length || scoped) { out.push(`${name}\treject\t${(errors[0]?.message ?? scoped?.message).replaceAll("\n", " ")}`); continue; }
    let verdict = "accept", why = warns.map((m) => m.message).join(" ").replaceAll("\n", " ");
    const stages = [...wgsl.matchAll(/@\s*(vertex|fragment|compute)\b[^{;]*?\bfn\s+(\w+)/g)].map((m) => [m[1], m[2]]);
    for (const [stage, fn] of stages) {
      device.pushErrorScope("validation");
      if (stage === "compute") device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: fn } });
      else {
        const vs = device.createShaderModule({ code: "struct V { @builtin(position) p: vec4f, @location(0) uv: vec2f }\n@vertex fn main() -> V { return V(); }" });
        void vs;
        if (stage === "vertex" && !/@location/.test(wgsl.split("{")[0].includes("fn") ? wgsl.split("{")[0] : "")) device.createRenderPipeline({ layout: "auto", vertex: { module, entryPoint: fn }, primitive: { topology: "triangle-list" }, depthStencil: { format: "depth24plus", depthWriteEnabled: false, depthCompare: "always" } });
      }
      const e = await device.popErrorScope();
      if (e) { verdict = "pipeline"; why = e.message.replaceAll("\n", " "); }
    }
    out.push(`${name}\t${verdict}\t${why}`);
  }
  return out;
}, cases);
fs.writeFileSync("/tmp/exp/tint.tsv", res.join("\n") + "\n");
await browser.close(); server.close();
