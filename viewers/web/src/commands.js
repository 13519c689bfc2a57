/** Takes command buffers apart; docs/format.md 6. @module */

import { fail, locate } from "./errors.js";
import { Reader } from "./reader.js";
import { OP_ROWS } from "./tables.generated.js";

/**
 * A row of the table of commands.
 * @typedef {object} Op
 * @property {string} name
 * @property {number} plugin The bit of the plugin that it belongs to.
 * @property {string} place Where it may stand: in `init` (I), outside of passes (O), in render passes (R), compute passes (C) or
 *   both (P), anywhere (A).
 * @property {string[]} operands `1`, `2` and `4` are unsigned numbers of so many bytes, `i` a signed one and `f` a single; `b` is
 *   bytes, `nB` the new id of a thing of kind 1, `rA` that of one of kind 0.
 * @property {number} kind That of what it creates, or -1.
 */

/** @typedef {{ op: Op, args: any[], where: string }} Command One that was read; `where` is its place for messages. */

/** The commands by opcode. @type {Map<number, Op>} */
const OPS = new Map(OP_ROWS.map((row) => {
  const [opcode, name, [plugin, place], letters = ""] = row.split(" ");
  const operands = letters.match(/[nr].|./g) ?? [];
  const kind = letters.startsWith("n") ? kindOf(letters) : -1;
  return [parseInt(opcode, 16), { name, plugin: 1 << Number(plugin), place, operands, kind }];
}));

/** The kind that an operand such as `rB` names. @param {string} operand */
export function kindOf(operand) {
  return operand.charCodeAt(1) - "A".charCodeAt(0);
}

/** Most commands of a command buffer, and of a bundle: their number has 16 bits. */
const MAX_COMMANDS = 65535;

/**
 * The commands of a command buffer behind its header, up to END, or those of a bundle, up to the end of `bytes`. An operand is a
 * number; a pointer and its length are one operand, the bytes they point to.
 * @param {Uint8Array} bytes
 * @param {Uint8Array} memory What pointers point into.
 * @param {number} base What is added to them.
 * @returns {Generator<Command>}
 */
export function* decodeCommands(bytes, memory, base) {
  const reader = new Reader(bytes);
  const readBytes = () => {
    const start = base + reader.u32();
    const length = reader.u32();
    if (start + length > memory.length) fail(`${length} bytes at ${start} are outside of the memory`);
    return memory.subarray(start, start + length);
  };
  /** How an operand is read, by its first letter. @type {Record<string, () => any>} */
  const read = {
    1: () => reader.u8(),
    2: () => reader.u16(),
    4: () => reader.u32(),
    i: () => reader.i32(),
    f: () => reader.f32(),
    n: () => reader.u16(),
    r: () => reader.u16(),
    b: readBytes,
  };
  let name = "";
  for (let index = 0; !reader.isDone && name !== "END"; index++) {
    if (index > MAX_COMMANDS) fail(`more than ${MAX_COMMANDS} commands`, "E012");
    const opcode = reader.u8();
    const op = OPS.get(opcode) ?? fail(`command ${index} has the unknown opcode ${opcode}`, "E008");
    name = op.name;
    const where = `command ${index}, ${name}`;
    yield { op, where, args: locate(where, () => op.operands.map(([how]) => read[how]())) };
  }
  if (!reader.isDone) fail("commands stand behind END", "E007");
}
