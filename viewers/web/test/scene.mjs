/**
 * Writes scenes byte by byte, for tests: an assembler of bytecode, descriptors, payloads and PNGs that shares no code with the player
 * and takes every number from docs/format.md, which therefore has to be right.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { deflateRawSync, deflateSync, crc32 } from "node:zlib";

const DOCUMENT = readFileSync(new URL("../../../docs/format.md", import.meta.url), "utf8");

/** The text of the document between a heading and the next one. @param {string} heading */
function section(heading) {
  const [, text] = DOCUMENT.split(new RegExp(`^#+ ${heading}$`, "m"));
  if (text === undefined) throw new Error(`docs/format.md has no heading ${heading}`);
  return text.split(/^#/m)[0];
}

/** The numbers in a list such as `0 buffer, 1 texture`. @param {string} heading @returns {Record<string, number>} */
const numbered = (heading) =>
  Object.fromEntries(Array.from(section(heading).matchAll(/(\d+) ([\w-]+)(?=[,.\n])/g), ([, number, name]) => [name, Number(number)]));

/** The cells of the rows of a section's tables. @param {string} heading */
const table = (heading) => Array.from(section(heading).matchAll(/^\| (.*) \|$/gm), ([, row]) => row.split(" | "));

/** @param {string} text */
export const utf8 = (text) => [...new TextEncoder().encode(text)];

/** @param {number} value @returns {number[]} */
export const varint = (value) => (value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]);

/** @param {number} value */
export const u16 = (value) => [value & 255, (value >> 8) & 255];
/** @param {number} value */
export const u32 = (value) => [...new Uint8Array(new Uint32Array([value]).buffer)];
/** @param {number[]} values */
export const f32 = (...values) => [...new Uint8Array(new Float32Array(values).buffer)];
/** @param {number} value */
export const f64 = (value) => [...new Uint8Array(new Float64Array([value]).buffer)];

/** A file's chunk. @param {string} kind @param {Uint8Array | number[]} data */
export function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), Buffer.from(data)]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
const HEADER = chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0]);
const PIXELS = chunk("IDAT", deflateSync(Buffer.alloc(5)));
const END = chunk("IEND", []);

/** A PNG of one pixel with these chunks behind the picture. @param {Uint8Array[]} chunks */
export const png = (...chunks) => new Uint8Array(Buffer.concat([SIGNATURE, HEADER, PIXELS, ...chunks, END]));

/** The chunk that holds a payload. @param {Uint8Array} payload */
export const sceneChunk = (payload, deflated = true) =>
  chunk("pNGb", Buffer.concat([Buffer.from([1, deflated ? 1 : 0]), deflated ? deflateRawSync(payload) : payload]));

/**
 * @typedef {object} Parts
 * @property {number} [plugins]
 * @property {Uint8Array | number[]} [executor]
 * @property {Uint8Array | number[]} [bytecode]
 * @property {Uint8Array | number[]} [strings]
 * @property {Uint8Array | number[]} [data]
 * @property {[tag: number, bytes: Uint8Array | number[]][]} [extensions]
 */

/** @param {Parts} parts */
export function payload({ plugins = 1, executor = [], bytecode = [], strings = [], data = [], extensions = [] }) {
  let at = 42;
  const place = (/** @type {ArrayLike<number>} */ part) => {
    const start = at;
    at += part.length;
    return [...u32(start), ...u32(part.length)];
  };
  const ofExecutor = executor.length ? place(executor) : [0, 0, 0, 0, 0, 0, 0, 0];
  const [ofBytecode, ofStrings, ofData] = [place(bytecode), place(strings), place(data)];
  const flags = (executor.length ? 1 : 0) | (extensions.length ? 4 : 0);
  const header = [...utf8("PNGB"), ...u16(5), ...u16(flags), plugins | 1, 0, ...ofExecutor, ...ofBytecode, ...ofData, ...ofStrings];
  const behind = extensions.flatMap(([tag, bytes]) => [[tag, ...u32(bytes.length)], bytes]);
  return new Uint8Array(Buffer.concat([header, executor, bytecode, strings, data, ...behind].map((part) => Buffer.from(part))));
}

/** Plugin bits. */
export const PLUGIN = { core: 1, render: 2, compute: 4, wasm: 8, animation: 16, texture: 32 };

/** An entry of a string table. @param {number} kind @param {number} id @param {string} name */
export const name = (kind, id, name) => [kind, ...varint(id), ...varint(utf8(name).length), ...utf8(name)];

/** Numbers of the types of values. */
const TAG = Object.fromEntries(table("Value types").map(([number, name]) => [name, Number(number)]));

/** Numbers of the values of WebGPU's enums. */
const WORD = numbered("11. Words");

/** A value of a descriptor. */
export const v = {
  /** @param {boolean} value */
  bool: (value) => [value ? 1 : 0],
  /** @param {number} value */
  uint: (value) => [TAG.uint, ...varint(value)],
  /** @param {number} value */
  int: (value) => [TAG.int, ...varint(value < 0 ? -2 * value - 1 : 2 * value)],
  /** @param {number} value */
  f32: (value) => [TAG.f32, ...f32(value)],
  /** @param {number} value */
  f64: (value) => [TAG.f64, ...f64(value)],
  /** @param {string} word */
  word: (word) => [TAG.word, ...varint(WORD[word] ?? NaN)],
  /** @param {string} text */
  string: (text) => [TAG.string, ...varint(utf8(text).length), ...utf8(text)],
  /** @param {[field: number, value: number[]][]} fields */
  object: (...fields) => [TAG.object, ...varint(fields.length), ...fields.flatMap(([field, value]) => [field, ...value])],
  /** @param {number[][]} elements */
  array: (...elements) => [TAG.array, ...varint(elements.length), ...elements.flat()],
  /** @param {number} kind @param {number} id */
  ref: (kind, id) => [TAG.ref, kind, ...varint(id)],
  null: () => [TAG.null],
  /** @param {number} a @param {number} b @param {number} c */
  canvas: (a, b, c) => [TAG.canvas, ...f32(a, b, c)],
  /** @param {number} a @param {number} b @param {number} c */
  canvasNumber: (a, b, c) => [TAG.canvasNumber, ...f32(a, b, c)],
  /** @param {[key: string, value: number][]} pairs */
  record: (...pairs) => [
    TAG.record, ...varint(pairs.length), ...pairs.flatMap(([key, n]) => [...varint(utf8(key).length), ...utf8(key), ...f64(n)]),
  ],
  /** @param {number[]} bytes */
  bytes: (bytes) => [TAG.bytes, ...varint(bytes.length), ...bytes],
  /** @param {number[]} values */
  f32array: (...values) => [TAG.f32array, ...varint(values.length), ...f32(...values)],
};

/** A descriptor. @param {number} type @param {[field: number, value: number[]][]} fields */
export const descriptor = (type, ...fields) => new Uint8Array([type, fields.length, ...fields.flatMap(([field, value]) => [field, ...value])]);

/** Fields by name. @param {Record<string, number[]>} members @returns {[field: number, value: number[]][]} */
export const fields = (members) => Object.entries(members).map(([name, value]) => [FIELD[name] ?? NaN, value]);

/** Numbers of the kinds of things that have ids. */
export const KIND = numbered("Operands");

/** Numbers of the fields of descriptors. */
export const FIELD = numbered("Fields");

/** The canvas' texture, and the id of nothing. */
export const [CANVAS, NONE, WHOLE] = [0xfffe, 0xffff, 0xffffffff];

/**
 * A scene under construction: what is put into the data section is stored once, and its place is an operand.
 */
export class Scene {
  /** @type {number[] | Buffer} */
  data = [];
  plugins = 1;
  once = 0;
  /** @type {number[]} */
  strings = [];
  /** @type {number[]} */
  timeline = [];
  /** @type {number[]} */
  init = [];
  /** @type {number[][]} */
  frames = [];

  /** A pointer and a length for bytes. @param {Uint8Array | number[] | string} bytes @returns {[number, number]} */
  blob(bytes) {
    const list = typeof bytes === "string" ? utf8(bytes) : [...bytes];
    const start = this.data.length;
    if (!Array.isArray(this.data)) throw new Error("the data are given as a whole");
    this.data.push(...list);
    return [start, list.length];
  }

  /** The input block's bytes from `offset`, once all data is there. @param {number} offset */
  inputs(offset = 0) {
    return Math.ceil(this.data.length / 16) * 16 + offset;
  }

  /** The payload. @param {Uint8Array} [executor] @param {[tag: number, bytes: Uint8Array | number[]][]} [extensions] */
  payload(executor, extensions = []) {
    const blocks = [this.timeline, this.init, ...this.frames];
    const offsets = [6 + 4 * (blocks.length + 1)];
    blocks.forEach((block, i) => offsets.push(offsets[i] + block.length));
    const header = [1, this.plugins, ...u32(this.once).slice(0, 2), ...u32(blocks.length).slice(0, 2)];
    const bytecode = [...header, ...offsets.flatMap(u32), ...blocks.flat()];
    return payload({ plugins: this.plugins, executor, bytecode, strings: this.strings, data: this.data, extensions });
  }

  /** The PNG. @param {Uint8Array} [executor] @param {[tag: number, bytes: Uint8Array | number[]][]} [extensions] */
  png(executor, extensions) {
    return png(sceneChunk(this.payload(executor, extensions)));
  }
}

/** Bytes of the types of operands; an id has two. @type {Record<string, number>} */
const WIDTHS = { u8: 1, u16: 2, u32: 4, i32: 4, f32: 4, ptr: 4, len: 4 };

/** Opcode and widths of the operands of each command. @type {Record<string, number[]>} */
export const OPS = Object.fromEntries(table("The commands").filter(([code]) => code.startsWith("0x")).map(([code, name, operands]) => [
  name, [Number(code), ...Array.from(operands.matchAll(/: (\w+)/g), ([, type]) => WIDTHS[type] ?? 2)],
]));

/** An instruction of bytecode. @param {string} op @param {number[]} operands */
export function instruction(op, ...operands) {
  const [code, ...widths] = OPS[op];
  if (widths.length !== operands.length) throw new Error(`${op} takes ${widths.length} operands`);
  return [code, ...operands].flatMap(varint);
}

/** A command of a command buffer. @param {string} op @param {number[]} operands */
export function command(op, ...operands) {
  const [code, ...widths] = OPS[op];
  return [code, ...operands.flatMap((value, i) => u32(value).slice(0, widths[i]))];
}

/** Adds ((F + offset) mod count) * stride at byte `at` of the command before. @param {number} at @param {number} count @param {number} offset @param {number} stride */
export const patch = (at, count, offset, stride) => [0x7e, ...[at, count, offset, stride].flatMap(varint)];

/** Runs `body` the first time only. @param {number} slot @param {number[]} body */
export const once = (slot, body) => [0x7f, ...varint(slot), ...varint(body.length), ...body];

/** `i32.const`. @param {number} value */
export function constant(value) {
  const out = [0x41];
  for (; ; value >>= 7) {
    const byte = value & 127;
    if ((value >> 7 === 0 && !(byte & 64)) || (value >> 7 === -1 && byte & 64)) return [...out, byte];
    out.push(byte | 128);
  }
}

/** A section of a WebAssembly module. @param {number} id @param {number[][]} items */
export function part(id, items) {
  const body = [...varint(items.length), ...items.flat()];
  return [id, ...varint(body.length), ...body];
}

/** A function's body, without locals. @param {number[]} body */
export const code = (body) => [...varint(body.length + 2), 0, ...body, 0x0b];

/** An entry of a section of exports. @param {string} name @param {number} kind @param {number} index */
export const exportOf = (name, kind, index) => [name.length, ...utf8(name), kind, index];

/** A WebAssembly module. @param {number[][]} parts */
export const wasm = (...parts) => new Uint8Array([...utf8("\0asm"), 1, 0, 0, 0, ...parts.flat()]);

/**
 * An executor that gives the same command buffers whatever it is told: for streams that no compiler would write. Its data section
 * starts at 1024, its input block at 32768, its command buffers at 40960 and 49152.
 * @param {number[]} init The commands of `init`, without header. @param {number[]} frame Those of each frame.
 * @param {{ status?: number, abi?: number, counts?: [number, number] }} [options]
 */
export function fixedExecutor(init, frame, { status = 0, abi = 1, counts } = {}) {
  const [initAt, frameAt] = [40960, 49152];
  const buffer = (/** @type {number[]} */ commands, /** @type {number} */ count) =>
    [...u32(commands.length + 8), ...u16(count), 0, 0, ...commands];
  const buffers = [buffer(init, counts?.[0] ?? countOf(init)), buffer(frame, counts?.[1] ?? countOf(frame))];
  // Types: 0 () -> u32, 1 (u32) -> (), 2 (f32, u32, u32) -> u32. Globals: 0 pointer and 1 length of the last command buffer.
  const set = (/** @type {number} */ at, /** @type {number} */ length) => [...constant(at), 0x24, 0, ...constant(length), 0x24, 1, ...constant(status)];
  /** @type {[string, number, number[]][]} */
  const functions = [
    ["getAbiVersion", 0, constant(abi)],
    ["getBytecodePtr", 0, constant(512)],
    ["setBytecodeLen", 1, []],
    ["getDataPtr", 0, constant(1024)],
    ["setDataLen", 1, []],
    ["init", 0, set(initAt, buffers[0].length)],
    ["frame", 2, set(frameAt, buffers[1].length)],
    ["getCommandPtr", 0, [0x23, 0]],
    ["getCommandLen", 0, [0x23, 1]],
    ["getInputsPtr", 0, constant(32768)],
    ["setFrame", 1, []],
    ["getFrameCounter", 0, constant(0)],
    ["setFrameCounter", 1, []],
  ];
  const data = (/** @type {number} */ at, /** @type {number[]} */ bytes) => [0, ...constant(at), 0x0b, ...varint(bytes.length), ...bytes];
  return wasm(
    part(1, [[0x60, 0, 1, 0x7f], [0x60, 1, 0x7f, 0], [0x60, 3, 0x7d, 0x7f, 0x7f, 1, 0x7f]]),
    part(3, functions.map(([, type]) => [type])),
    part(5, [[0, 2]]),
    part(6, [[0x7f, 1, ...constant(initAt), 0x0b], [0x7f, 1, ...constant(0), 0x0b]]),
    part(7, [exportOf("memory", 2, 0), ...functions.map(([name], i) => exportOf(name, 0, i))]),
    part(10, functions.map(([, , body]) => code(body))),
    part(11, [data(initAt, buffers[0]), data(frameAt, buffers[1])]),
  );
}

/** How many commands these are. @param {number[]} commands */
function countOf(commands) {
  const widths = new Map(Object.values(OPS).map(([code, ...widths]) => [code, widths.reduce((sum, width) => sum + width, 1)]));
  let count = 0;
  for (let at = 0; at < commands.length; count++) at += widths.get(commands[at]) ?? commands.length;
  return count;
}
