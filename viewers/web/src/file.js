/** From a PNG to the sections of its payload; docs/format.md 1 to 3. @module */

import * as BUDGETS from "./budgets.generated.js";
import { within } from "./budgets.js";
import { fail, locate, located } from "./errors.js";
import { latin1, Reader, startsWith, UTF8 } from "./reader.js";
import { CANVAS, MAX_PAYLOAD } from "./tables.generated.js";

/** @typedef {string | URL | Response | Blob | ArrayBuffer | Uint8Array} Source Where bytes come from: an address or the bytes. */

/**
 * The parts of a scene. Bytes are views of the payload.
 * @typedef {object} Payload
 * @property {number} plugins Those that the scene declares, a bit each.
 * @property {Uint8Array} [executor] The scene's own executor.
 * @property {Uint8Array} bytecode
 * @property {Uint8Array} data
 * @property {Map<number, Uint8Array>} extensions By tag.
 * @property {[frames: string[], scenes: string[]]} names By index; there are gaps.
 */

/** The CRC-32 of each byte. Source: PNG, annex D. */
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
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
  if (!startsWith(png, "\x89PNG\r\n\x1a\n")) fail("this is not a PNG", "not-png");
  const chunks = readChunks(png);
  if (!chunks.IDAT) fail("the PNG is damaged: there is no IDAT", "damaged");
  const scene = chunks.pNGb ?? fail("no scene in this PNG (re-encoded by a website?)", "no-scene");
  const [version, flags] = scene;
  if (version !== 1 || !(flags <= 1))
    fail(`this player cannot read a scene chunk of version ${version} with flags ${flags}`, "unsupported");
  return { deflated: flags === 1, body: scene.subarray(2) };
}

/**
 * The contents of the chunks, by name, up to IEND; of those that come more than once the last.
 * @param {Uint8Array} png
 */
function readChunks(png) {
  const damaged = (/** @type {string} */ what) => fail(`the PNG is damaged: ${what}`, "damaged");
  const view = new DataView(png.buffer, png.byteOffset, png.length);
  /** @type {Record<string, Uint8Array>} */
  const chunks = {};
  let start = 8;
  while (!chunks.IEND) {
    // Length, name and checksum have four bytes each.
    const length = start + 12 <= png.length ? view.getUint32(start) : 0;
    const end = start + 12 + length;
    if (end > png.length) damaged(`the chunk at byte ${start} is cut off`);
    const isSound = crc32(png.subarray(start + 4, end - 4)) === view.getUint32(end - 4);
    if (!isSound) damaged(`the chunk at byte ${start} fails its checksum`);
    const name = latin1(png.subarray(start + 4, start + 8));
    if ((start === 8) !== (name === "IHDR")) damaged("IHDR is not the first chunk, or comes twice");
    if (name === "pNGb" && chunks.pNGb) fail("the PNG has a second scene", "damaged");
    chunks[name] = png.subarray(start + 8, end - 4);
    start = end;
  }
  return chunks;
}

/** How long inflating may go on before others get their turn, in milliseconds. */
const TURN = 20;

/** How much of the input goes in at once, in bytes, so that the limit holds while inflating. */
const PIECE = 4096;

/**
 * Inflates raw DEFLATE data.
 * @param {Uint8Array} body
 * @param {number} limit Most bytes to produce.
 */
export async function inflate(body, limit) {
  let at = 0;
  /** @type {UnderlyingSource} */
  const pieces = {
    pull(queue) {
      if (at >= body.length) return queue.close();
      queue.enqueue(body.slice(at, at + PIECE));
      at += PIECE;
    },
  };
  const reader = new ReadableStream(pieces).pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  /** @type {Uint8Array[]} */
  const inflated = [];
  let size = 0;
  let turn = performance.now();
  try {
    while (size <= limit) {
      const { value, done } = await reader.read();
      if (done) break;
      inflated.push(value);
      size += value.length;
      if (performance.now() - turn >= TURN) {
        await new Promise((resolve) => setTimeout(resolve));
        turn = performance.now();
      }
    }
  } catch (error) {
    fail(`damaged scene: it cannot be inflated (${/** @type {Error} */ (error).message})`, "damaged", error);
  }
  if (size > limit) {
    reader.cancel().catch(() => {});
    fail(`damaged scene: it inflates to more than ${limit} bytes`, "E012");
  }
  return joined(inflated, size);
}

/** Pieces as one. @param {Uint8Array[]} pieces @param {number} size In bytes. */
function joined(pieces, size) {
  const bytes = new Uint8Array(size);
  let end = 0;
  for (const piece of pieces) {
    bytes.set(piece, end);
    end += piece.length;
  }
  return bytes;
}

/** Bits of a payload's flags: there is an executor; there are extensions. */
const [HAS_EXECUTOR, HAS_EXTENSIONS] = [1, 4];

/** The version of payloads that this player reads. */
const VERSION = 5;

/**
 * Reads a payload and checks that all its sections lie inside it, in order.
 * @param {Uint8Array} bytes
 * @returns {Payload}
 */
export function parsePayload(bytes) {
  return locate("damaged scene", () => readPayload(bytes), "damaged");
}

/** @param {Uint8Array} bytes @returns {Payload} */
function readPayload(bytes) {
  const header = new Reader(bytes);
  if (latin1(header.take(4)) !== "PNGB") fail("it is not a pngine payload");
  const version = header.u16();
  const flags = header.u16();
  const plugins = header.u8();
  // The kind of the bytecode: its executor knows what to do with it.
  header.u8();
  if (version !== VERSION)
    fail(`its version is ${version}, this player reads version ${VERSION}`, version > VERSION ? "unsupported" : "damaged");
  if (!(plugins & 1)) fail("it does not declare the core plugin");

  const ranges = Array.from({ length: 4 }, () => ({ start: header.u32(), length: header.u32() }));
  const [executorRange, bytecodeRange, dataRange, stringsRange] = ranges;
  let end = header.at;
  /**
   * The bytes of a section, which starts behind the one before.
   * @param {string} name
   * @param {{ start: number, length: number }} range
   */
  const section = (name, { start, length }) => {
    if (start < end || start + length > bytes.length) fail(`its ${name} section lies outside of it or overlaps another`);
    end = start + length;
    return bytes.subarray(start, end);
  };
  const hasExecutor = Boolean(flags & HAS_EXECUTOR);
  const agrees = hasExecutor ? executorRange.length > 0 : executorRange.start === 0 && executorRange.length === 0;
  if (!agrees) fail("its flags and its executor section disagree");
  const executor = hasExecutor ? section("executor", executorRange) : undefined;
  const bytecode = section("bytecode", bytecodeRange);
  const names = readNames(section("string table", stringsRange));
  const data = section("data", dataRange);
  const extensions = readSections(bytes.subarray(flags & HAS_EXTENSIONS ? end : bytes.length));
  return { plugins, executor, bytecode, data, extensions, names };
}

/** The names of frames and of scenes, by index. @param {Uint8Array} bytes @returns {Payload["names"]} */
function readNames(bytes) {
  /** @type {Payload["names"]} */
  const names = [[], []];
  /** How many names of each kind there are; kinds that we do not know count too. @type {number[]} */
  const counts = [];
  const table = new Reader(bytes);
  while (!table.isDone) {
    const kind = table.u8();
    const id = table.varint();
    const text = table.take(table.varint());
    counts[kind] = within((counts[kind] ?? 0) + 1, BUDGETS.NAMES, "names of one kind");
    if (id < CANVAS && names[kind]) names[kind][id] = UTF8.decode(text);
  }
  return names;
}

/** The extensions, by tag; of those that come twice the first. @param {Uint8Array} bytes */
function readSections(bytes) {
  /** @type {Map<number, Uint8Array>} */
  const extensions = new Map();
  const rest = new Reader(bytes);
  while (!rest.isDone) {
    const tag = rest.u8();
    const content = rest.take(rest.u32());
    if (!extensions.has(tag)) extensions.set(tag, content);
  }
  return extensions;
}

/**
 * The scene in a PNG, or in a payload.
 * @param {Uint8Array} bytes
 * @param {number} [limit] Most bytes to inflate to.
 */
export async function readScene(bytes, limit = MAX_PAYLOAD) {
  if (startsWith(bytes, "PNGB")) return parsePayload(bytes);
  const { deflated, body } = findScene(bytes);
  return parsePayload(deflated ? await inflate(body, limit) : body);
}

/**
 * Whether bytes can come from it.
 * @param {unknown} value
 * @returns {value is Source}
 */
export function isSource(value) {
  if (typeof value === "string" || value instanceof URL || value instanceof Response) return true;
  return value instanceof Blob || value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

/**
 * Fetches what is an address, and reads the bytes.
 * @param {Source} source
 * @param {AbortSignal} [signal] Gives up.
 */
export async function bytesOf(source, signal) {
  let response = source;
  if (typeof source === "string" || source instanceof URL) {
    response = await fetch(source, { signal })
      .catch((error) => fail(`${source}: ${error.message} (offline? CORS or CSP?)`, "network", error));
  }
  if (!(response instanceof Response)) response = new Response(/** @type {ArrayBuffer} */ (response));
  if (!response.ok) fail(`${response.url}: ${response.status} ${response.statusText}`, "network");
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw located(error, response.url || "the bytes cannot be read", "network");
  }
}
