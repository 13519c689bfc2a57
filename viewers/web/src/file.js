/** From a PNG to the sections of its payload. @module */

import { within } from "./budgets.js";
import { fail, locate, located } from "./errors.js";
import { Reader, UTF8, latin1 } from "./reader.js";
import { BUDGETS, CANVAS, MAX_PAYLOAD } from "./tables.generated.js";

/** @typedef {string | URL | Response | Blob | ArrayBuffer | Uint8Array} Source Where bytes come from: an address or the bytes. */
/** @typedef {ReturnType<typeof parsePayload>} Payload */

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

/** The CRC-32 of PNG. @param {Uint8Array} bytes */
export function crc32(bytes) {
  let crc = -1;
  for (let at = 0; at < bytes.length; at++) crc = CRC_TABLE[(crc ^ bytes[at]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/**
 * Finds the scene in a PNG. Checks the length and the checksum of every chunk.
 * @param {Uint8Array} png
 * @returns {{ deflated: boolean, body: Uint8Array }}
 */
export function findScene(png) {
  const damaged = (/** @type {string} */ what) => fail(`the PNG is damaged: ${what}`, "damaged");
  if (latin1(png.subarray(0, 8)) !== "\x89PNG\r\n\x1a\n") fail("this is not a PNG", "not-png");
  const view = new DataView(png.buffer, png.byteOffset, png.length);
  /** @type {Record<string, Uint8Array>} */
  const found = {};
  for (let at = 8, end; !found.IEND; at = end) {
    end = at + 12 + (at + 12 <= png.length ? view.getUint32(at) : 0);
    if (end > png.length) damaged(`the chunk at byte ${at} is cut off`);
    if (crc32(png.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) damaged(`the chunk at byte ${at} fails its checksum`);
    const kind = latin1(png.subarray(at + 4, at + 8));
    if ((at === 8) !== (kind === "IHDR")) damaged("IHDR is not the first chunk, or comes twice");
    if (kind === "pNGb" && found.pNGb) fail("the PNG has a second scene", "damaged");
    found[kind] = png.subarray(at + 8, end - 4);
  }
  if (!found.IDAT) damaged("there is no IDAT");
  const [version, flags] = found.pNGb ?? fail("no scene in this PNG (re-encoded by a website?)", "no-scene");
  if (version !== 1 || !(flags <= 1))
    fail(`this player cannot read a scene chunk of version ${version} with flags ${flags}`, "unsupported");
  return { deflated: flags === 1, body: found.pNGb.subarray(2) };
}

/** How long a long task may go on before others get their turn, in milliseconds. */
const TURN = 20;

/** Lets other tasks run, such as those that keep a page alive. */
const nextTurn = () => new Promise((resolve) => setTimeout(resolve));

/**
 * Inflates raw DEFLATE data. The input goes in in small pieces, so that the limit holds while inflating.
 * @param {Uint8Array} body @param {number} limit Most bytes to produce.
 */
export async function inflate(body, limit) {
  let [at, size, turn] = [0, 0, performance.now()];
  /** @type {UnderlyingSource} */
  const pieces = { pull: (queue) => at < body.length ? queue.enqueue(body.slice(at, (at += 4096))) : queue.close() };
  const reader = new ReadableStream(pieces).pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  /** @type {Uint8Array[]} */
  const inflated = [];
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      inflated.push(value);
      if ((size += value.length) > limit) break;
      if (performance.now() - turn < TURN) continue;
      await nextTurn();
      turn = performance.now();
    }
  } catch (error) {
    fail(`damaged scene: it cannot be inflated (${/** @type {Error} */ (error).message})`, "damaged", error);
  }
  if (size > limit) {
    reader.cancel().catch(() => {});
    fail(`damaged scene: it inflates to more than ${limit} bytes`, "E012");
  }
  const bytes = new Uint8Array(size);
  let end = 0;
  for (const piece of inflated) bytes.set(piece, (end += piece.length) - piece.length);
  return bytes;
}

/**
 * Reads a payload and checks that all its sections lie inside it, in order.
 * @param {Uint8Array} bytes
 */
export function parsePayload(bytes) {
  return locate("damaged scene", () => {
    const header = new Reader(bytes);
    if (latin1(header.take(4)) !== "PNGB") fail("it is not a pngine payload");
    const [version, flags, plugins] = [header.u16(), header.u16(), header.u8(), header.u8()];
    if (version !== 5) fail(`its version is ${version}, this player reads version 5`, version > 5 ? "unsupported" : "damaged");
    if (!(plugins & 1)) fail("it does not declare the core plugin");
    let [ranges, end] = [header.list(header.u32, 8), header.at];
    /** @param {string} name @param {number} at */
    const section = (name, at, start = ranges[at], length = ranges[at + 1]) => start >= end && start + length <= bytes.length
      ? bytes.subarray(start, (end = start + length)) : fail(`its ${name} section lies outside of it or overlaps another`);
    if (flags & 1 ? !ranges[1] : ranges[0] || ranges[1]) fail("its flags and its executor section disagree");
    const executor = flags & 1 ? section("executor", 0) : undefined;
    const [bytecode, strings, data] = [section("bytecode", 2), section("string table", 6), section("data", 4)];
    /** @type {[frames: string[], scenes: string[]]} */
    const names = [[], []];
    /** How many names of each kind there are. @type {number[]} */
    const counts = [];
    for (const table = new Reader(strings); table.at < strings.length; ) {
      const [kind, id, text] = [table.u8(), table.varint(), table.take(table.varint())];
      counts[kind] = within((counts[kind] ?? 0) + 1, BUDGETS.NAMES, "names of one kind");
      if (id < CANVAS && names[kind]) names[kind][id] = UTF8.decode(text);
    }
    /** @type {Map<number, Uint8Array>} */
    const extensions = new Map();
    for (const rest = new Reader(bytes.subarray(flags & 4 ? end : bytes.length)); rest.at < rest.bytes.length; ) {
      const [tag, content] = [rest.u8(), rest.take(rest.u32())];
      if (!extensions.has(tag)) extensions.set(tag, content);
    }
    return { plugins, executor, bytecode, data, extensions, names };
  }, "damaged");
}

/** The scene in a PNG, or in a payload. @param {Uint8Array} bytes @param {number} [limit] Most bytes to inflate to. */
export async function readScene(bytes, limit = MAX_PAYLOAD) {
  if (latin1(bytes.subarray(0, 4)) === "PNGB") return parsePayload(bytes);
  const { deflated, body } = findScene(bytes);
  return parsePayload(deflated ? await inflate(body, limit) : body);
}

/** @param {Source} source @param {AbortSignal} [signal] @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function bytesOf(source, signal) {
  let got = source;
  if (typeof got === "string" || got instanceof URL)
    got = await fetch(got, { signal })
      .catch((error) => fail(`${source}: ${error.message} (offline? CORS or CSP?)`, "network", error));
  const response = got instanceof Response ? got : new Response(/** @type {ArrayBuffer} */ (got));
  if (!response.ok) fail(`${response.url}: ${response.status} ${response.statusText}`, "network");
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw located(error, response.url || "the bytes cannot be read", "network");
  }
}

/** @param {unknown} value @returns {value is Source} */
export function isSource(value) {
  return typeof value === "string" || value instanceof URL || value instanceof Response || value instanceof Blob ||
    value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}
