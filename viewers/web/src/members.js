/** Members of uniform variables: where they lie, what they are called, how they are written. @module */

import { fail } from "./errors.js";
import { half, whole } from "./numbers.js";

/**
 * A member of a uniform variable in the payload; its numbers are `count` times `columns` times `rows`.
 * @typedef {object} Member
 * @property {string} [name]
 * @property {number} [offset] In bytes.
 * @property {string} type That of its numbers.
 * @property {number} [columns]
 * @property {number} [rows]
 * @property {number} [count] How many elements, if it is an array.
 * @property {number} [arrayStride] In bytes.
 * @property {number} [input] Where in the input block its value comes from, if it does.
 */

/** A uniform variable. @typedef {{ module: string, name: string, buffer: number, uniforms: Member[] }} Block */

/**
 * What a scene says of a member, `name` as in `Member`. Its numbers may be singles.
 * @typedef {object} Control
 * @property {string} [name]
 * @property {number[]} [value] What it begins with.
 * @property {number} [min]
 * @property {number} [max]
 * @property {number} [step]
 * @property {string} [label]
 * @property {boolean} [color]
 */

/** What it says of a uniform variable. @typedef {{ module: string, name: string, uniforms: Control[] }} ControlBlock */

/**
 * Where a member lies, and how it is written.
 * @typedef {object} Place
 * @property {[long: string, middle: string, bare: string]} names From the one that is always its own to the shortest.
 * @property {string} key Alike for members that are written alike.
 * @property {string} type In WGSL.
 * @property {number} buffer
 * @property {number} length How many numbers it takes.
 * @property {number} element How many of them an element of an array takes.
 * @property {number | undefined} input
 * @property {(value: number) => number} convert A number as its type has it, but for rounding.
 * @property {(view: DataView, at: number, value: number) => void} write
 * @property {(i: number) => number} at Offset of a number in the buffer.
 */

/**
 * WGSL's name of a type of numbers, its size in bytes, and how a number becomes one and is written.
 * @type {Record<string, NumberType>}
 */
const NUMBERS = {
  float32: { scalar: "f32", size: 4, convert: Number, write: (view, at, value) => view.setFloat32(at, value, true) },
  sint32: {
    scalar: "i32",
    size: 4,
    convert: (value) => whole(value, -(2 ** 31), 2 ** 31 - 1),
    write: (view, at, value) => view.setInt32(at, value, true),
  },
  uint32: {
    scalar: "u32",
    size: 4,
    convert: (value) => whole(value, 0, 2 ** 32 - 1),
    write: (view, at, value) => view.setUint32(at, value, true),
  },
  float16: { scalar: "f16", size: 2, convert: Number, write: (view, at, value) => view.setUint16(at, half(value), true) },
};

/** @typedef {{ scalar: string, size: number, convert: Place["convert"], write: Place["write"] }} NumberType */

/** @param {string} scalar @param {Member} member */
function typeOf(scalar, { columns = 1, rows = 1, count }) {
  let type = rows > 1 ? `vec${rows}<${scalar}>` : scalar;
  if (columns > 1) type = `mat${columns}x${rows}<${scalar}>`;
  return count === undefined ? type : `array<${type}, ${count}>`;
}

/**
 * The place of a member.
 * @param {Block} block
 * @param {Member} member
 * @returns {Place}
 */
export function placeOfMember({ module, name: variable, buffer }, member) {
  const { name, offset = 0, columns = 1, rows = 1, count = 1, arrayStride, input } = member;
  const { scalar, size, convert, write } = NUMBERS[member.type]
    ?? fail(`damaged scene: a member of the uniform ${variable} is a ${member.type}`, "damaged");
  const type = typeOf(scalar, member);
  // WGSL's layout: three rows take as much room as four.
  const column = size * (rows === 3 ? 4 : rows);
  const stride = arrayStride ?? columns * column;
  const middle = name ? `${variable}.${name}` : variable;
  return {
    names: [`${module}.${middle}`, middle, name || variable],
    key: `${buffer} ${offset} ${type} ${stride}`,
    type,
    buffer,
    length: count * columns * rows,
    element: columns * rows,
    input,
    convert,
    write,
    at(i) {
      const vector = Math.floor(i / rows);
      return offset + Math.floor(vector / columns) * stride + (vector % columns) * column + (i % rows) * size;
    },
  };
}
