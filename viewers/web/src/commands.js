/** Takes command buffers apart; docs/format.md 6. @module */

import { fail, locate } from "./errors.js";
import { Reader } from "./reader.js";
import { OP_ROWS } from "./tables.generated.js";

/** @typedef {{ name: string, plugin: number, place: string, operands: string[], kind: number }} Op */
/** @typedef {{ op: Op, args: any[], where: string }} Command */
/** @typedef {Command & { thing: string, uses: Set<string> }} Recipe What creates a thing, and what that uses: `texture 2`. */

/** The commands by opcode; `kind` is that of what they create, or -1. An operand `rA` names kind 0. @type {Map<number, Op>} */
const OPS = new Map(OP_ROWS.map((row) => {
  const [code, name, [plugin, place], letters = ""] = row.split(" ");
  const kind = letters[0] === "n" ? letters.charCodeAt(1) - 65 : -1;
  return [parseInt(code, 16), { name, plugin: 1 << Number(plugin), place, operands: letters.match(/[nr].|./g) ?? [], kind }];
}));

/**
 * The commands of a command buffer behind its header, up to END, or those of a bundle, up to the end of `bytes`. An operand is a
 * number; a pointer and its length are one operand, the bytes they point to.
 * @param {Uint8Array} bytes @param {Uint8Array} memory What pointers point into. @param {number} base What is added to them.
 * @returns {Generator<Command>}
 */
export function* decodeCommands(bytes, memory, base) {
  const r = new Reader(bytes);
  const pointed = (start = base + r.u32(), length = r.u32()) => start + length <= memory.length
    ? memory.subarray(start, start + length) : fail(`${length} bytes at ${start} are outside of the memory`);
  /** @type {Record<string, () => any>} */
  const read = { 1: r.u8, 2: r.u16, 4: r.u32, i: r.i32, f: r.f32, n: r.u16, r: r.u16, b: pointed };
  for (let index = 0, name = ""; r.at < bytes.length && name !== "END"; index++) {
    if (index > MAX_COMMANDS) fail(`more than ${MAX_COMMANDS} commands`, "E012");
    const op = OPS.get(r.u8()) ?? fail(`command ${index} has the unknown opcode ${bytes[r.at - 1]}`, "E008");
    const where = `command ${index}, ${(name = op.name)}`;
    yield { op, where, args: locate(where, () => op.operands.map(([how]) => read[how]())) };
  }
  if (r.at < bytes.length) fail("commands stand behind END", "E007");
}

/** Most commands of a command buffer, and of a bundle: their number has 16 bits. */
const MAX_COMMANDS = 65535;
