/** Descriptors: dictionaries of WebGPU as bytes; docs/format.md 7. @module */

import * as BUDGETS from "./budgets.generated.js";
import { within } from "./budgets.js";
import { fail } from "./errors.js";
import { Reader } from "./reader.js";
import { FIELDS, MAX_DEPTH, TYPES, VALUES, WORDS } from "./tables.generated.js";

/**
 * What a descriptor may depend on.
 * @typedef {object} Scope
 * @property {(kind: number, id: number) => any} resolve Finds a thing that has an id.
 * @property {(across: number, down: number, constant: number) => number} span A number in terms of the canvas:
 *   across * width + down * height + constant.
 * @property {string} format The format of the canvas.
 */

/** By so much a size may miss a whole number and be taken for it: the numbers of its formula are singles. */
const ROUNDING = 1 / 65536;

/** How a value of each of `VALUES` is read. @type {Record<string, (reader: Reader, scope: Scope, depth: number) => any>} */
const READ = {
  false: () => false,
  true: () => true,
  null: () => undefined,
  uint: (reader) => reader.varint(),
  int(reader) {
    // Zigzag: the lowest bit is the sign.
    const zigzag = reader.varint();
    return zigzag % 2 ? -(zigzag + 1) / 2 : zigzag / 2;
  },
  f32: (reader) => reader.f32(),
  f64: (reader) => reader.f64(),
  word(reader, scope) {
    const word = WORDS[reader.varint()] ?? fail("unknown word");
    return word === "preferredCanvasFormat" ? scope.format : word;
  },
  string: (reader) => reader.text(),
  bytes: (reader) => reader.take(reader.varint()),
  ref: (reader, scope) => scope.resolve(reader.u8(), reader.varint()),
  object: (reader, scope, depth) => readFields(reader, reader.varint(), scope, depth),
  array: (reader, scope, depth) => reader.list(() => readValue(reader, scope, depth) ?? null),
  record(reader) {
    const entries = reader.list(() => {
      reader.count();
      return [reader.text(), reader.f64()];
    });
    return Object.fromEntries(entries);
  },
  f32array(reader) {
    return reader.list(() => {
      reader.count();
      return reader.f32();
    });
  },
  canvas(reader, scope) {
    const length = Math.floor(readSpan(reader, scope) + ROUNDING);
    return Math.max(1, length || 0);
  },
  canvasNumber: (reader, scope) => readSpan(reader, scope),
};

/** A number in terms of the canvas. @param {Reader} reader @param {Scope} scope */
function readSpan(reader, scope) {
  return scope.span(reader.f32(), reader.f32(), reader.f32());
}

/** @param {Reader} reader @param {Scope} scope @param {number} depth How deep it lies in others. @returns {any} */
function readValue(reader, scope, depth) {
  if (depth >= MAX_DEPTH) fail("values nest too deep");
  reader.count();
  const read = READ[VALUES[reader.u8()]] ?? fail("unknown value type");
  return read(reader, scope, depth + 1);
}

/**
 * The members of a dictionary. Those that this version does not know are left out.
 * @param {Reader} reader
 * @param {number} count
 * @param {Scope} scope
 * @param {number} depth
 */
function readFields(reader, count, scope, depth) {
  const fields = reader.list(() => [FIELDS[reader.u8() - 1], readValue(reader, scope, depth)], count);
  return Object.fromEntries(fields.filter(([name]) => name));
}

/**
 * Decodes a descriptor into the dictionary that WebGPU wants.
 * @param {Uint8Array} bytes
 * @param {string} type One of `TYPES`.
 * @param {Scope} scope
 * @returns {any}
 */
export function decodeDescriptor(bytes, type, scope) {
  within(bytes.length, BUDGETS.DESCRIPTOR_BYTES, "bytes of a descriptor");
  const reader = new Reader(bytes);
  reader.values = BUDGETS.DESCRIPTOR_VALUES;
  if (TYPES[reader.u8() - 1] !== type) fail(`the descriptor is not a ${type} descriptor`);
  const object = readFields(reader, reader.u8(), scope, 0);
  return reader.isDone ? object : fail("bytes are left over behind the descriptor");
}
