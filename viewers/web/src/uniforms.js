/** The uniforms that a page may set. @module */

import * as BUDGETS from "./budgets.generated.js";
import { within } from "./budgets.js";
import { fail } from "./errors.js";
import { placeOfMember } from "./members.js";
import { shown, some } from "./messages.js";
/** @import { Block, Control, ControlBlock, Place } from "./members.js" */

/**
 * A uniform that a page may know of.
 * @typedef {object} Uniform
 * @property {string} name The shortest name that means only this one.
 * @property {string} type In WGSL, such as `vec3<f32>` or `array<mat4x4<f32>, 2>`.
 * @property {number} length How many numbers it takes.
 * @property {boolean} input Whether the player writes it before every frame, so that nobody else can.
 * @property {string} label What to call it.
 * @property {number | readonly number[]} default What it begins with: a number, or several.
 * @property {number} [min] The least that each of its numbers should be.
 * @property {number} [max] The most that each of them should be.
 * @property {number} [step] From one value to the next.
 * @property {boolean} color Whether its numbers are red, green, blue and alpha.
 */

/** A number, or numbers, in lists of any depth, columns first. @typedef {number | boolean | ArrayLike<any>} UniformValue */

/** What a name may mean: the places of one long name, by key. @typedef {Map<string, Place>} Meaning */

/** Bytes of what is written at once: a half is half of a word. */
const WORD = 4;

/** Most numbers of an array that are zeros because nobody has set them: no uniform has more by default. */
const MOST_ZEROS = 2 ** 15;

/** A single is shown as the shortest decimal fraction that rounds to it: what the author wrote. @param {number} single */
function decimal(single) {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return single;
}

/** The numbers of a place, alone if it is alone. @param {Place} place @param {number[]} first Those that are known. */
function numbersOf({ length }, first) {
  if (length === 1) return first[0] ?? 0;
  const more = Math.max(0, Math.min(length, MOST_ZEROS) - first.length);
  return [...first, ...new Array(more).fill(0)];
}

/**
 * Whether a place takes so many numbers: all, or of an array those of its first elements.
 * @param {Place} place
 * @param {number} count
 */
function takes({ length, element }, count) {
  return count === length || (count > 0 && count < length && count % element === 0);
}

/**
 * What a scene says of a member, looked at.
 * @param {Control} control
 * @param {string} name
 * @returns {Control}
 */
function soundControl({ value = [], min, max, step, label, color = false }, name) {
  const numbers = [value, min ?? 0, max ?? 0, step ?? 1].flat();
  if (!numbers.every(Number.isFinite) || (step ?? 1) <= 0 || typeof (label ?? "") !== "string" || typeof color !== "boolean")
    fail(`damaged scene: what it says of the uniform ${name}`, "damaged");
  const [least, most, by] = [min, max, step].map((number) => number && decimal(number));
  return { value: [value].flat().map(decimal), min: least, max: most, step: by, label, color };
}

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
 * @param {ControlBlock[]} controls
 */
export function uniformsOf(blocks, controls) {
  const count = blocks.reduce((sum, { uniforms }) => sum + uniforms.length, 0);
  within(count, BUDGETS.UNIFORMS, "uniforms");
  const places = blocks.flatMap((block) => block.uniforms.map((member) => placeOfMember(block, member)));
  /** The places by name: by long name, by variable and member, by the member alone. @type {Map<string, Place[]>[]} */
  const tiers = [new Map(), new Map(), new Map()];
  for (const place of places) {
    for (const [tier, name] of place.names.entries()) getOrMake(tiers[tier], name, () => []).push(place);
  }
  /** What the scene says of places, by key. @type {Map<string, Control>} */
  const said = new Map();
  /** The numbers that places have, as far as they are known, by key. @type {Map<string, number[]>} */
  const known = new Map();
  /** What names mean that were asked for. @type {Map<string, Meaning[]>} */
  const found = new Map();
  /** Words that were written, by buffer and offset. @type {Map<number, Map<number, DataView>>} */
  const words = new Map();
  /** Offsets of those that the next frame writes, by buffer. @type {Map<number, Set<number>>} */
  const changed = new Map();
  describe();
  const list = listed();

  /** Notes what the scene says of its uniforms. It has written the values itself. */
  function describe() {
    for (const { module, name, uniforms } of controls) {
      for (const control of uniforms) {
        const long = [module, name, ...(control.name ? [control.name] : [])].join(".");
        const sound = soundControl(control, long);
        const { value = [] } = sound;
        const described = tiers[0].get(long) ?? fail(`damaged scene: there is no uniform ${long}`, "damaged");
        for (const place of described) {
          if (value.length && !takes(place, value.length))
            fail(`damaged scene: the uniform ${long} begins with ${value.length} numbers`, "damaged");
          if (said.has(place.key)) continue;
          said.set(place.key, sound);
          put(place, value);
        }
      }
    }
    changed.clear();
  }

  function listed() {
    /** @type {Map<string, Uniform>} */
    const named = new Map();
    const keys = new Set();
    for (const place of places) {
      const { names: [long, middle, bare], key, type, length, input } = place;
      const name = [bare, middle, long].find((name) => {
        const [meaning, other] = find(name);
        return !other && meaning.has(key);
      });
      if (name && !named.has(name) && !keys.has(key)) {
        const { value = [], min, max, step, label = name, color = false } = said.get(key) ?? {};
        const first = numbersOf(place, value);
        if (typeof first === "object") Object.freeze(first);
        const isInput = input !== undefined;
        named.set(name, Object.freeze({ name, type, length, input: isInput, label, default: first, min, max, step, color }));
      }
      keys.add(key);
    }
    return Object.freeze([...named.values()]);
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
   * Sets uniforms, or none of them if one cannot be set; the next `flush` writes them.
   * @param {[name: string, value: UniformValue][]} entries
   */
  function set(entries) {
    const checked = entries.map(([name, value]) => ({ meant: settable(name), values: valuesFor(name, value) }));
    for (const { meant, values } of checked) for (const place of meant) put(place, values);
  }

  /** The numbers of a value that a uniform can be set to. @param {string} name @param {UniformValue} value */
  function valuesFor(name, value) {
    const values = flatten(value);
    const wrong = values.findIndex((number) => typeof number !== "boolean" && !Number.isFinite(number));
    if (wrong >= 0) fail(`the uniform ${name} takes numbers, not ${shown(values[wrong])}`, "uniform");
    for (const place of settable(name)) {
      const { type, length } = place;
      if (!takes(place, values.length))
        fail(`the uniform ${name} is ${type} and takes ${length} numbers, not ${values.length}`, "uniform");
    }
    return values.map(Number);
  }

  /** What a uniform is in the next frame. @param {string} name @returns {number | number[]} */
  function get(name) {
    const [place] = placesOf(name);
    return numbersOf(place, known.get(place.key) ?? []);
  }

  /** The places of the one uniform of that name. @param {string} name */
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
    return [...meanings[0].values()];
  }

  /** Those of one that a page may set. @param {string} name */
  function settable(name) {
    const meant = placesOf(name);
    if (meant.some(({ input }) => input !== undefined))
      fail(`the player writes the uniform ${name} itself, before every frame`, "uniform");
    return meant;
  }

  /** Notes numbers to be written. @param {Place} place @param {number[]} numbers */
  function put({ buffer, key, at, convert, write }, numbers) {
    const values = numbers.map(convert);
    known.set(key, [...values, ...(known.get(key) ?? []).slice(values.length)]);
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
    get,
    flush,
  };
}
