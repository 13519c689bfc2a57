/** Reads bytes, and never past their end. @module */

import * as BUDGETS from "./budgets.generated.js";
import { fail } from "./errors.js";

/** Texts in files are UTF-8; what is not is an error. */
export const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Bytes as text, one character each.
 * @param {Uint8Array} bytes Not many: each is an argument of a call.
 */
export function latin1(bytes) {
  return String.fromCharCode(...bytes);
}

/**
 * Whether bytes have those of a text at a place.
 * @param {Uint8Array} bytes
 * @param {string} text
 * @param {number} [at]
 */
export function startsWith(bytes, text, at = 0) {
  return latin1(bytes.subarray(at, at + text.length)) === text;
}

/** Reads numbers, little-endian, one after another. What is not there is an error of the file. */
export class Reader {
  /** Where the next number starts. */
  at = 0;
  /** How many values may still be read, see `BUDGETS.DESCRIPTOR_VALUES`. */
  values = Infinity;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Whether nothing is left. */
  get isDone() {
    return this.at >= this.bytes.length;
  }

  /** Steps over `length` bytes, and says where they start. @param {number} length */
  skip(length) {
    const start = this.at;
    this.at += length;
    return this.at <= this.bytes.length ? start : fail(`the bytes end before byte ${this.at}`);
  }

  /** @param {number} length */
  take(length) {
    return this.bytes.subarray(this.skip(length), this.at);
  }

  u8() {
    return this.view.getUint8(this.skip(1));
  }

  u16() {
    return this.view.getUint16(this.skip(2), true);
  }

  u32() {
    return this.view.getUint32(this.skip(4), true);
  }

  i32() {
    return this.view.getInt32(this.skip(4), true);
  }

  i64() {
    return this.view.getBigInt64(this.skip(8), true);
  }

  f32() {
    return this.view.getFloat32(this.skip(4), true);
  }

  f64() {
    return this.view.getFloat64(this.skip(8), true);
  }

  /** A LEB128 number of at most five bytes and 32 bits. */
  varint() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 127) * scale;
      if (value >= 2 ** 32 || scale > 2 ** 28) fail(`the number before byte ${this.at} is too large`);
      if (byte < 128) return value;
    }
  }

  /** A text behind its length. */
  text() {
    return UTF8.decode(this.take(this.varint()));
  }

  /** Counts a value before it is read. */
  count() {
    this.values -= 1;
    if (this.values < 0) fail(`over the budget: more than ${BUDGETS.DESCRIPTOR_VALUES} values of a descriptor`, "E012");
  }

  /**
   * Things of at least one byte each, so that a wrong count cannot make us allocate.
   * @template T
   * @param {() => T} item Reads one.
   * @param {number} [length] How many. Default: a number that stands before them.
   */
  list(item, length = this.varint()) {
    if (length > this.bytes.length - this.at) fail(`the count before byte ${this.at} is too large`);
    return Array.from({ length }, item);
  }
}
