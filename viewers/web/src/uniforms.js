/** The uniforms that a page may set. @module */

import * as BUDGETS from "./budgets.generated.js";
import { within } from "./budgets.js";
import { fail } from "./errors.js";
import { placeOfMember } from "./members.js";
import { some } from "./messages.js";
/** @import { Block, Place } from "./members.js" */

/**
 * A uniform that a page may know of.
 * @typedef {object} Uniform
 * @property {string} name The shortest name that means only this one.
 * @property {string} type In WGSL, such as `vec3<f32>` or `array<mat4x4<f32>, 2>`.
 * @property {number} length How many numbers it takes.
 * @property {boolean} input Whether the player writes it before every frame, so that nobody else can.
 */

/** A number, or numbers, in lists of any depth, columns first. @typedef {number | boolean | ArrayLike<any>} UniformValue */

/** What a name may mean: the places of one long name, by key. @typedef {Map<string, Place>} Meaning */

/** Bytes of what is written at once: a half is half of a word. */
const WORD = 4;

/** All numbers in a value. @param {any} value @returns {any[]} */
function flatten(value) {
  return typeof value === "object" && value ? Array.from(value, flatten).flat() : [value];
}

/**
 * What is kept for a key, made where there is nothing yet.
 * @template K, V
 * @param {Map<K, V>} map
 * @param {K} key
 * @param {() => V} make
 */
function getOrMake(map, key, make) {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

/**
 * Writes words. Those that lie one behind the other are written at once.
 * @param {GPUQueue} queue
 * @param {GPUBuffer} target
 * @param {Map<number, DataView>} words By offset.
 * @param {number[]} offsets Sorted.
 */
function writeWords(queue, target, words, offsets) {
  let first = 0;
  for (let next = 1; next <= offsets.length; next++) {
    if (offsets[next] === offsets[next - 1] + WORD) continue;
    const run = offsets.slice(first, next);
    const bytes = new DataView(new ArrayBuffer(run.length * WORD));
    run.forEach((offset, i) => bytes.setUint32(i * WORD, words.get(offset)?.getUint32(0) ?? 0));
    queue.writeBuffer(target, offsets[first], bytes);
    first = next;
  }
}

/**
 * The uniforms of a scene: their names, and what is to be written into them.
 * @param {Block[]} blocks
 */
export function uniformsOf(blocks) {
  const count = blocks.reduce((sum, { uniforms }) => sum + uniforms.length, 0);
  within(count, BUDGETS.UNIFORMS, "uniforms");
  const places = blocks.flatMap((block) => block.uniforms.map((member) => placeOfMember(block, member)));
  /** The places by name: by long name, by variable and member, by the member alone. @type {Map<string, Place[]>[]} */
  const tiers = [new Map(), new Map(), new Map()];
  for (const place of places) {
    for (const [tier, name] of place.names.entries()) getOrMake(tiers[tier], name, () => []).push(place);
  }
  /** What names mean that were asked for. @type {Map<string, Meaning[]>} */
  const found = new Map();
  /** Words that were written, by buffer and offset. @type {Map<number, Map<number, DataView>>} */
  const words = new Map();
  /** Offsets of those that the next frame writes, by buffer. @type {Map<number, Set<number>>} */
  const changed = new Map();
  const list = listed();

  function listed() {
    /** @type {Map<string, Uniform>} */
    const known = new Map();
    const keys = new Set();
    for (const { names: [long, middle, bare], key, type, length, input } of places) {
      const name = [bare, middle, long].find((name) => {
        const [meaning, other] = find(name);
        return !other && meaning.has(key);
      });
      if (name && !known.has(name) && !keys.has(key)) {
        known.set(name, Object.freeze({ name, type, length, input: input !== undefined }));
      }
      keys.add(key);
    }
    return Object.freeze([...known.values()]);
  }

  /**
   * What a name means: the places whose long name it is, or else that of variable and member, or else that of the member alone.
   * There are several meanings if they belong to several long names; modules that declare the same places are one.
   * @param {string} name
   */
  function find(name) {
    const known = found.get(name);
    if (known) return known;
    /** @type {Map<string, Meaning>} */
    const byLongName = new Map();
    for (const place of tiers.find((tier) => tier.has(name))?.get(name) ?? []) {
      getOrMake(byLongName, place.names[0], () => new Map()).set(place.key, place);
    }
    /** @type {Map<string, Meaning>} */
    const different = new Map();
    for (const meaning of byLongName.values()) {
      const keys = [...meaning.keys()].sort().join();
      if (!different.has(keys)) different.set(keys, meaning);
    }
    const meanings = [...different.values()];
    // Not the names that a page makes up, without end.
    if (meanings.length) found.set(name, meanings);
    return meanings;
  }

  /**
   * Sets a uniform; the next `flush` writes it.
   * @param {string} name
   * @param {UniformValue} value
   */
  function set(name, value) {
    const meant = placesOf(name);
    const values = flatten(value);
    const wrong = values.findIndex((number) => typeof number !== "number" && typeof number !== "boolean");
    if (wrong >= 0) fail(`the uniform ${name} takes numbers, not ${values[wrong]}`, "uniform");
    for (const { type, length, element } of meant) {
      // Of an array, the first elements alone may be set.
      const isPart = values.length > 0 && values.length < length && values.length % element === 0;
      if (values.length !== length && !isPart)
        fail(`the uniform ${name} is ${type} and takes ${length} numbers, not ${values.length}`, "uniform");
    }
    for (const place of meant) put(place, values.map(Number));
  }

  /** The places of the one uniform of that name that a page may set. @param {string} name */
  function placesOf(name) {
    const meanings = find(name);
    if (!meanings.length) {
      const names = list.map((uniform) => uniform.name);
      const others = names.length ? ` ${name}, only ${some(names)}` : `s, and so no ${name}`;
      fail(`the scene has no uniform${others}`, "uniform");
    }
    if (meanings.length > 1) {
      const longNames = meanings.map((places) => [...places.values()][0].names[0]);
      fail(`the uniform ${name} may be ${some(longNames, " or ")}`, "uniform");
    }
    const meant = [...meanings[0].values()];
    if (meant.some(({ input }) => input !== undefined))
      fail(`the player writes the uniform ${name} itself, before every frame`, "uniform");
    return meant;
  }

  /** Notes numbers to be written. @param {Place} place @param {number[]} values */
  function put({ buffer, at, write }, values) {
    const held = getOrMake(words, buffer, () => new Map());
    const fresh = getOrMake(changed, buffer, () => new Set());
    for (const [i, value] of values.entries()) {
      const offset = at(i);
      const start = offset - (offset % WORD);
      const word = getOrMake(held, start, () => new DataView(new ArrayBuffer(WORD)));
      fresh.add(start);
      write(word, offset - start, value);
    }
  }

  /**
   * Writes what has changed, and what comes from the input block.
   * @param {DataView} inputs
   * @param {GPUQueue} queue
   * @param {Map<number, GPUBuffer>} buffers
   */
  function flush(inputs, queue, buffers) {
    for (const place of places) {
      const { input } = place;
      if (input !== undefined && input + 4 <= inputs.byteLength) put(place, [inputs.getFloat32(input, true)]);
    }
    for (const [buffer, offsets] of changed) {
      const target = buffers.get(buffer) ?? fail(`there is no buffer ${buffer} for the uniforms`, "E001");
      writeWords(queue, target, words.get(buffer) ?? new Map(), [...offsets].sort((one, other) => one - other));
    }
    changed.clear();
  }

  return {
    /** The uniforms, each once, by the name to call it by. */
    list,
    /** Offsets in the input block of what is read there. */
    inputs: places.flatMap(({ input }) => input ?? []),
    set,
    flush,
  };
}
