/** Nested WebAssembly modules; docs/format.md 6, plugin wasm. @module */

import { fail, locate } from "./errors.js";
import { whole } from "./numbers.js";
import { Reader, UTF8 } from "./reader.js";
import { INPUTS } from "./tables.generated.js";
/** @import { Action } from "./actions.js" */
/** @import { Meter } from "./budgets.js" */
/** @import { Exports } from "./executor.js" */

/** @typedef {{ exports: any, memory: any }} NestedModule A module that runs. What it exports as its memory need not be one. */

/** A number as an i64: what is beyond is the nearest one. @param {number} number */
function bigOf(number) {
  if (number >= 2 ** 63) return 2n ** 63n - 1n;
  if (number <= -(2 ** 63)) return -(2n ** 63n);
  return BigInt(Math.trunc(number) || 0);
}

/**
 * The types of arguments: i32, i64, f32, f64, by 255 - code.
 * @type {{ read: (reader: Reader) => number | bigint, convert: (single: number) => number | bigint }[]}
 */
const ARGUMENTS = [
  { read: (reader) => reader.i32(), convert: (single) => whole(single, -(2 ** 31), 2 ** 31 - 1) },
  { read: (reader) => reader.i64(), convert: bigOf },
  { read: (reader) => reader.f32(), convert: (single) => single },
  { read: (reader) => reader.f64(), convert: (single) => single },
];

/** The bit of an argument's code that says: not a value follows, but the place of one in the input block. */
const IS_INPUT = 128;

/**
 * Starts a module. It may import its memory and `abort`, and nothing else.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<NestedModule>}
 */
export async function startModule(bytes) {
  /** What AssemblyScript calls. @param {number} _message @param {number} _file @param {number} line @param {number} column */
  const abort = (_message, _file, line, column) => fail(`it aborts: line ${line}, column ${column}`, "E010");
  /** @param {number} [maximum] Pages. */
  const start = async (maximum) => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum });
    const { exports } = (await WebAssembly.instantiate(bytes, { env: { abort, memory } })).instance;
    return { exports, memory: exports.memory ?? memory };
  };
  try {
    return await start();
  } catch (error) {
    // One page that may grow; a module that wants a memory with a limit takes one that may not.
    if (error instanceof WebAssembly.LinkError) return start(1);
    return fail(/** @type {Error} */ (error).message);
  }
}

/**
 * The commands that call modules and upload what they return.
 * @param {GPUDevice} device
 * @param {Exports} executor
 * @param {Meter} meter
 * @param {(at: number, length: number) => void} noteRead Is told which bytes of the executor's memory are read.
 * @returns {Record<string, Action>}
 */
export function moduleActions(device, executor, meter, noteRead) {
  /** What calls have returned: the module, and an address in its memory. @type {Map<number, { memory: any, at: number }>} */
  const results = new Map();

  /** @param {Uint8Array} bytes */
  function readArguments(bytes) {
    meter.list(bytes.length);
    const inputs = new DataView(executor.memory.buffer, executor.getInputsPtr() >>> 0, INPUTS.size);
    const reader = new Reader(bytes);
    const values = [];
    while (!reader.isDone) {
      const code = reader.u8();
      const { read, convert } = ARGUMENTS[255 - (code | IS_INPUT)] ?? fail(`unknown type ${code} of an argument`);
      if (code & IS_INPUT) {
        const offset = reader.u16();
        noteRead(inputs.byteOffset + offset, 4);
        values.push(convert(inputs.getFloat32(offset, true)));
      } else values.push(read(reader));
    }
    return values;
  }

  return {
    CALL_WASM_FUNC(call, { exports, memory }, text, bytes) {
      meter.text(text.length);
      const name = UTF8.decode(text);
      const values = locate("the arguments", () => readArguments(bytes), "E010");
      const run = exports[name];
      if (typeof run !== "function") fail(`the module exports no function ${name}`, "E010");
      if (run.length !== values.length) fail(`${name} takes ${run.length} arguments, not ${values.length}`, "E010");
      const result = locate(name, () => run(...values), "E010");
      if (result === undefined) results.delete(call);
      // A result of 64 bits throws.
      else results.set(call, { memory, at: locate(name, () => result >>> 0, "E010") });
    },
    WRITE_FROM_WASM(call, buffer, offset, size) {
      const { memory, at } = results.get(call) ?? fail(`the call ${call} has returned nothing yet`, "E010");
      const length = memory.buffer.byteLength;
      if (at + size > length) fail(`${size} bytes at ${at} are outside of the module's memory of ${length} bytes`, "E010");
      if (offset > buffer.size) fail(`byte ${offset} of a buffer of ${buffer.size}`, "E002");
      meter.written(size);
      device.queue.writeBuffer(buffer, offset, memory.buffer, at, Math.min(size, buffer.size - offset));
    },
  };
}
