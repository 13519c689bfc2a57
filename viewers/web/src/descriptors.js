/** Descriptors: dictionaries of WebGPU in bytes; docs/format.md 7. @module */

import { within } from "./budgets.js";
import { fail } from "./errors.js";
import { Reader } from "./reader.js";
import { BUDGETS, FIELDS, MAX_DEPTH, TYPES, VALUES, WORDS } from "./tables.generated.js";

/**
 * @typedef {object} Scope What a descriptor may depend on.
 * @property {(kind: number, id: number) => any} resolve Finds a thing that has an id.
 * @property {(a: number, b: number, c: number) => number} span A number in terms of the canvas: a * width + b * height + c.
 * @property {string} format The format of the canvas.
 */

/** How a value of each of `VALUES` is read. @type {Record<string, (r: Reader, scope: Scope, depth: number) => any>} */
const READ = {
  false: () => false, true: () => true, null: () => undefined,
  uint: (r) => r.varint(), f32: (r) => r.f32(), f64: (r) => r.f64(),
  int(r) {
    const zigzag = r.varint();
    return zigzag % 2 ? -(zigzag + 1) / 2 : zigzag / 2;
  },
  word: (r, scope) => (WORDS[r.varint()] ?? fail("unknown word")).replace("preferredCanvasFormat", scope.format),
  string: (r) => r.text(), bytes: (r) => r.take(r.varint()), ref: (r, scope) => scope.resolve(r.u8(), r.varint()),
  object: (r, scope, depth) => readFields(r, scope, depth),
  array: (r, scope, depth) => r.list(() => readValue(r, scope, depth) ?? null),
  record: (r) => Object.fromEntries(r.list(() => (r.count(), [r.text(), r.f64()]))),
  f32array: (r) => r.list(() => (r.count(), r.f32())),
  canvas: (r, scope) => Math.max(1, Math.floor(scope.span(r.f32(), r.f32(), r.f32()) + 1 / 65536) || 0),
  canvasNumber: (r, scope) => scope.span(r.f32(), r.f32(), r.f32()),
};

/** @param {Reader} r @param {Scope} scope @param {number} depth @returns {any} */
function readValue(r, scope, depth) {
  if (depth >= MAX_DEPTH) fail("values nest too deep");
  r.count();
  const read = READ[VALUES[r.u8()]] ?? fail("unknown value type");
  return read(r, scope, depth + 1);
}

/** Members that this version does not know are left out. @param {Reader} r @param {Scope} scope @param {number} depth */
const readFields = (r, scope, depth, count = r.varint()) =>
  Object.fromEntries(r.list(() => [FIELDS[r.u8() - 1], readValue(r, scope, depth)], count).filter(([name]) => name));

/**
 * Decodes a descriptor into the dictionary that WebGPU wants.
 * @param {Uint8Array} bytes @param {string} type One of `TYPES`. @param {Scope} scope
 * @returns {any}
 */
export function decodeDescriptor(bytes, type, scope) {
  within(bytes.length, BUDGETS.DESCRIPTOR_BYTES, "bytes of a descriptor");
  const r = new Reader(bytes);
  r.values = BUDGETS.DESCRIPTOR_VALUES;
  if (TYPES[r.u8() - 1] !== type) fail(`the descriptor is no ${type}`);
  const object = readFields(r, scope, 0, r.u8());
  return r.at === bytes.length ? object : fail("bytes are left over behind the descriptor");
}
