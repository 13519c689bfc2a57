/** The uniforms that a page may set. @module */

import { within } from "./budgets.js";
import { fail } from "./errors.js";
import { BUDGETS } from "./tables.generated.js";
import { some, whole } from "./words.js";

/**
 * A member of a uniform variable in the payload; its numbers are `count` times `columns` times `rows`.
 * @typedef {object} Member
 * @property {string} [name]
 * @property {number} [offset]
 * @property {string} type
 * @property {number} [columns]
 * @property {number} [rows]
 * @property {number} [count]
 * @property {number} [arrayStride]
 * @property {number} [input]
 */

/** @typedef {{ module: string, name: string, buffer: number, uniforms: Member[] }} Block */

/**
 * A uniform that a page may know of.
 * @typedef {object} Uniform
 * @property {string} name The shortest name that means only this one.
 * @property {string} type In WGSL, such as `vec3<f32>` or `array<mat4x4<f32>, 2>`.
 * @property {number} length How many numbers it takes.
 * @property {boolean} input Whether the player writes it before every frame, so that nobody else can.
 */

/** @typedef {number | boolean | ArrayLike<any>} UniformValue A number, or numbers, in lists of any depth, columns first. */

/** WGSL's name of a type of numbers, its size in bytes, and how a number is written. */
const NUMBERS = /** @type {Record<string, [string, number, (view: DataView, at: number, value: number) => void]>} */ ({
  float32: ["f32", 4, (view, at, value) => view.setFloat32(at, value, true)],
  sint32: ["i32", 4, (view, at, value) => view.setInt32(at, whole(value, -(2 ** 31), 2 ** 31 - 1), true)],
  uint32: ["u32", 4, (view, at, value) => view.setUint32(at, whole(value, 0, 2 ** 32 - 1), true)],
  float16: ["f16", 2, (view, at, value) => view.setUint16(at, half(value), true)],
});

/** The bits of a number as a half, rounded to the nearest, a tie to the even one. @param {number} value */
export function half(value) {
  const [size, sign] = [Math.abs(value), value < 0 || Object.is(value, -0) ? 0x8000 : 0];
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = size / 2 ** (exponent - 10);
  const [down, rest] = [Math.floor(steps), steps % 1];
  const up = rest > 0.5 || (rest === 0.5 && down % 2 === 1);
  // A normal number's steps hold its leading 1, which is worth one exponent.
  return sign | (((exponent + 14) << 10) + down + Number(up));
}

/** All numbers in a value. @param {any} value @returns {any[]} */
const flatten = (value) => (typeof value === "object" && value ? Array.from(value, flatten).flat() : [value]);

/** Where a member lies, what it is called, and how it is written. @param {Block} block @param {Member} member */
function placeOfMember({ module, name: variable, buffer }, member) {
  const { name, offset = 0, type, columns = 1, rows = 1, count, arrayStride, input } = member;
  const [scalar, size, write] = NUMBERS[type]
    ?? fail(`damaged scene: a member of the uniform ${variable} is a ${type}`, "damaged");
  const vector = rows > 1 ? `vec${rows}<${scalar}>` : scalar;
  const matrix = columns > 1 ? `mat${columns}x${rows}<${scalar}>` : vector;
  // WGSL's layout: three rows take as much room as four.
  const column = size * (rows === 3 ? 4 : rows);
  const [stride, length] = [arrayStride ?? columns * column, (count ?? 1) * columns * rows];
  const middle = name ? `${variable}.${name}` : variable;
  const full = count === undefined ? matrix : `array<${matrix}, ${count}>`;
  return {
    /** From the one that is always its own to the shortest. */
    names: [`${module}.${middle}`, middle, name || variable],
    key: `${buffer} ${offset} ${full} ${stride}`,
    type: full, buffer, length, input, write, element: columns * rows,
    /** Offset of a number. @param {number} i */
    at: (i, vector = Math.floor(i / rows)) =>
      offset + Math.floor(vector / columns) * stride + (vector % columns) * column + (i % rows) * size,
  };
}

/** Adds to the list of a key. @template T @param {Map<string, T[]>} lists @param {string} key @param {T} item */
export function group(lists, key, item) {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

/** The uniforms of a scene: their names, and what is to be written into them. @param {Block[]} blocks */
export function uniformTable(blocks) {
  /** @typedef {ReturnType<typeof placeOfMember>} Place */
  within(blocks.reduce((sum, { uniforms }) => sum + uniforms.length, 0), BUDGETS.UNIFORMS, "uniforms");
  const places = blocks.flatMap((block) => block.uniforms.map((member) => placeOfMember(block, member)));
  /** The places by name: by long name, by variable and member, by the member alone. @type {Map<string, Place[]>[]} */
  const tiers = [new Map(), new Map(), new Map()];
  for (const place of places)
    for (const [tier, name] of place.names.entries()) group(tiers[tier], name, place);
  /** @type {Map<string, Map<string, Place>[]>} */
  const found = new Map();

  /**
   * What a name means: the places whose long name it is, or else that of variable and member, or else that of the member alone.
   * Each meaning is the places of one long name, by key: one variable in several buffers; modules that declare the same places
   * are one.
   * @param {string} name
   */
  function find(name) {
    const known = found.get(name);
    if (known) return known;
    /** @type {Map<string, Map<string, Place>>} */
    const longs = new Map();
    for (const place of tiers.find((tier) => tier.has(name))?.get(name) ?? []) {
      const [long] = place.names;
      const meaning = longs.get(long) ?? new Map();
      longs.set(long, meaning.set(place.key, place));
    }
    /** @type {Map<string, Map<string, Place>>} */
    const different = new Map();
    for (const meaning of longs.values()) {
      const keys = Array.from(meaning.keys()).sort().join();
      if (!different.has(keys)) different.set(keys, meaning);
    }
    const meanings = [...different.values()];
    // Not those that a page makes up, without end.
    if (meanings.length) found.set(name, meanings);
    return meanings;
  }
  /** Words that were written, by buffer and offset: a half is half of one. @type {Map<number, Map<number, DataView>>} */
  const words = new Map();
  /** Offsets of those that the next frame writes. @type {Map<number, Set<number>>} */
  const changed = new Map();

  /** @param {Place} place @param {number[]} values */
  function put({ buffer, at, write }, values) {
    const [held, fresh] = [words.get(buffer) ?? new Map(), changed.get(buffer) ?? new Set()];
    words.set(buffer, held);
    changed.set(buffer, fresh);
    for (const [i, value] of values.entries()) {
      const start = at(i) - (at(i) % 4);
      const word = held.get(start) ?? new DataView(new ArrayBuffer(4));
      held.set(start, word);
      fresh.add(start);
      write(word, at(i) % 4, value);
    }
  }

  /** @type {Map<string, Uniform>} */
  const known = new Map();
  const listed = new Set();
  for (const { names, key, type, length, input } of places) {
    const [long, middle, bare] = names;
    const [name] = [bare, middle, long].filter((name) => {
      const [meaning, other] = find(name);
      return !other && meaning.has(key);
    });
    if (name && !known.has(name) && !listed.has(key)) known.set(name, { name, type, length, input: input !== undefined });
    listed.add(key);
  }

  return {
    list: Object.freeze([...known.values()].map((uniform) => Object.freeze(uniform))),
    /** Offsets in the input block of what is read there. */
    inputs: places.flatMap(({ input }) => input ?? []),

    /** @param {string} name @param {UniformValue} value */
    set(name, value) {
      const [meaning, other] = find(name);
      const others = known.size ? ` ${name}, only ${some([...known.keys()])}` : `s, and so no ${name}`;
      if (!meaning) fail(`the scene has no uniform${others}`, "uniform");
      if (other) {
        const longs = find(name).map((places) => Array.from(places.values())[0].names[0]);
        fail(`the uniform ${name} may be ${some(longs, " or ")}`, "uniform");
      }
      const all = [...meaning.values()];
      const isInput = all.some(({ input }) => input !== undefined);
      if (isInput) fail(`the player writes the uniform ${name} itself, before every frame`, "uniform");
      const values = flatten(value);
      const wrong = values.findIndex((number) => typeof number !== "number" && typeof number !== "boolean");
      if (wrong >= 0) fail(`the uniform ${name} takes numbers, not ${values[wrong]}`, "uniform");
      for (const { type, length, element } of all) {
        // Of an array, the first elements alone may be set.
        const fits = values.length === length || (values.length && values.length < length && values.length % element === 0);
        if (!fits) fail(`the uniform ${name} is ${type} and takes ${length} numbers, not ${values.length}`, "uniform");
      }
      for (const place of all) put(place, values.map(Number));
    },

    /**
     * Writes what has changed, and what comes from the input block.
     * @param {DataView} inputs @param {GPUQueue} queue @param {Map<number, GPUBuffer>} buffers
     */
    flush(inputs, queue, buffers) {
      for (const place of places)
        if (place.input !== undefined && place.input + 4 <= inputs.byteLength) put(place, [inputs.getFloat32(place.input, true)]);
      for (const [buffer, fresh] of changed) {
        const target = buffers.get(buffer) ?? fail(`there is no buffer ${buffer} for the uniforms`, "E001");
        const offsets = [...fresh].sort((a, b) => a - b);
        // Words that lie one behind the other are written at once.
        for (let i = 0, first = 0; i < offsets.length; i++) {
          if (offsets[i + 1] === offsets[i] + 4) continue;
          const run = offsets.slice(first, i + 1).map((offset) => words.get(buffer)?.get(offset)?.getUint32(0) ?? 0);
          const bytes = new DataView(new ArrayBuffer(run.length * 4));
          run.forEach((word, at) => bytes.setUint32(at * 4, word));
          queue.writeBuffer(target, offsets[first], bytes);
          first = i + 1;
        }
      }
      changed.clear();
    },
  };
}
