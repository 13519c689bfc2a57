/**
 * A headless Chromium with WebGPU, and a server for what it loads: what the tests and `shoot.mjs` share.
 *
 * CHROMIUM names another browser than Debian's /usr/bin/chromium.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";
import { chromium } from "playwright-core";

/** The folder of the player. */
export const WEB = fileURLToPath(new URL("..", import.meta.url));
/** The root of the repository. */
export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Real WebGPU on a software device, so that no test needs a GPU. The canvas needs more than the device does: with Chromium 156 its
 * textures exist only where compositor and WebGPU both run on the same SwiftShader, hence the two `use` flags for Vulkan and ANGLE.
 */
export const FLAGS = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--use-vulkan=swiftshader",
  "--use-angle=swiftshader",
  "--enable-features=Vulkan",
  "--force-color-profile=srgb",
];

/** @type {Record<string, string>} */
const TYPES = { ".js": "text/javascript", ".html": "text/html", ".css": "text/css", ".wasm": "application/wasm", ".png": "image/png" };

/** A page with nothing but a module's worth of room. */
const BLANK = `<!doctype html><meta charset="utf-8"><title>test</title><link rel="icon" href="data:,"><body>`;

/**
 * Serves the repository, with the index.html of a folder, the blank page at `/`, and whatever `files` holds, on a free port of this machine.
 * @param {Map<string, Uint8Array>} files Bytes by path, `/scene.png`.
 * @param {Record<string, string>} [headers] More headers for each answer.
 */
export async function serve(files, headers = {}) {
  const server = createServer(async (request, response) => {
    const asked = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    // As every server for files does it.
    const path = asked.length > 1 && asked.endsWith("/") ? `${asked}index.html` : asked;
    const send = (/** @type {number} */ status, /** @type {string | Uint8Array} */ body, type = "text/plain") => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store", ...headers });
      response.end(body);
    };
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    const held = files.get(path);
    if (held) return send(200, held, type);
    if (path === "/") return send(200, BLANK, "text/html");
    try {
      send(200, await readFile(join(ROOT, normalize(path))), type);
    } catch {
      send(404, `there is no ${path}`);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}

/** The compiler that was built last. */
export function compiler() {
  const file = process.platform === "win32" ? "pngine.exe" : "pngine";
  const built = ["debug", "release"].map((profile) => join(ROOT, "target", profile, file)).filter((path) => existsSync(path));
  const given = process.env.PNGINE ?? built[0];
  if (!given) throw new Error("`pngine` is run here: build it with `cargo build -p pngine`, or name it in PNGINE");
  return given;
}

/** Starts the browser. */
export async function launch() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/**
 * Opens a page, and collects what goes wrong in it: errors on the console, errors that nobody catches, crashes.
 * @param {import("playwright-core").Browser} browser
 */
export async function open(browser) {
  const page = await browser.newPage({ viewport: { width: 800, height: 600 }, deviceScaleFactor: 1 });
  /** @type {string[]} */
  const errors = [];
  page.on("console", (message) => message.type() === "error" && errors.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => errors.push(`page: ${error.message}`));
  page.on("crash", () => errors.push("the page has crashed"));
  page.setDefaultTimeout(120_000);
  return { page, errors };
}

/** The texels of a PNG of 8 bits a channel, RGB or RGBA, without interlacing. @param {Buffer} file */
export function texels(file) {
  /** @type {Buffer[]} */
  const parts = [];
  let [width, height, channels] = [0, 0, 0];
  for (let at = 8; at < file.length; ) {
    const [length, kind] = [file.readUInt32BE(at), file.toString("latin1", at + 4, at + 8)];
    const data = file.subarray(at + 8, at + 8 + length);
    if (kind === "IHDR") [width, height, channels] = [data.readUInt32BE(0), data.readUInt32BE(4), data[9] === 6 ? 4 : 3];
    if (kind === "IDAT") parts.push(data);
    at += length + 12;
  }
  const [raw, stride] = [inflateSync(Buffer.concat(parts)), width * channels];
  const rgba = new Uint8Array(width * height * 4).fill(255);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    const line = new Uint8Array(raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)));
    for (let i = 0; i < stride; i++) {
      const [a, b, c] = [i < channels ? 0 : line[i - channels], above[i], i < channels ? 0 : above[i - channels]];
      const p = a + b - c;
      const paeth = Math.abs(p - a) <= Math.abs(p - b) && Math.abs(p - a) <= Math.abs(p - c) ? a : Math.abs(p - b) <= Math.abs(p - c) ? b : c;
      line[i] += [0, a, b, (a + b) >> 1, paeth][filter];
      rgba[(y * width + Math.floor(i / channels)) * 4 + (i % channels)] = line[i];
    }
    above = line;
  }
  return { width, height, rgba };
}
