/** Reads bytes one after another. @module */

import { fail } from "./errors.js";
import { BUDGETS } from "./tables.generated.js";

export const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Reads numbers one after another and never past the end. */
export class Reader {
  at = 0;
  /** How many values may still be read, see `BUDGETS.DESCRIPTOR_VALUES`. */
  values = Infinity;
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  /** Steps over `length` bytes, and says where they start. @param {number} length */
  skip = (length) => (this.at += length) <= this.bytes.length ? this.at - length : fail(`the bytes end before byte ${this.at}`);
  /** @param {number} length */
  take = (length) => this.bytes.subarray(this.skip(length), this.at);
  u8 = () => this.view.getUint8(this.skip(1));
  u16 = () => this.view.getUint16(this.skip(2), true);
  u32 = () => this.view.getUint32(this.skip(4), true);
  i32 = () => this.view.getInt32(this.skip(4), true);
  f32 = () => this.view.getFloat32(this.skip(4), true);
  f64 = () => this.view.getFloat64(this.skip(8), true);
  text = () => UTF8.decode(this.take(this.varint()));
  /** A LEB128 number of at most five bytes and 32 bits. @returns {number} */
  varint(value = 0, scale = 1) {
    const byte = this.u8();
    if ((value += (byte & 127) * scale) >= 2 ** 32 || scale > 2 ** 28) fail(`the number before byte ${this.at} is too large`);
    return byte < 128 ? value : this.varint(value, scale * 128);
  }
  /** Counts values before they are read. @param {number} [count] */
  count(count = 1) {
    this.values -= count;
    if (this.values < 0) fail(`over the budget: more than ${BUDGETS.DESCRIPTOR_VALUES} values of a descriptor`, "E012");
  }
  /** Things of at least one byte each, so that a wrong count cannot make us allocate. @param {() => any} item */
  list = (item, length = this.varint()) =>
    length <= this.bytes.length - this.at ? Array.from({ length }, item) : fail(`the count before byte ${this.at} is too large`);
}

/** @param {Uint8Array} bytes */
export const latin1 = (bytes) => String.fromCharCode(...bytes);

/** Whether bytes start with those of a text. @param {Uint8Array} bytes @param {string} text @param {number} [at] */
export const startsWith = (bytes, text, at = 0) => latin1(bytes.subarray(at, at + text.length)) === text;
