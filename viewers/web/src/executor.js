/** Starts the WebAssembly module that writes the command buffers. @module */

import { fail } from "./errors.js";
import { bytesOf } from "./file.js";
import { Reader } from "./reader.js";
import { ABI, CAPACITY_TAG, COMMAND_CAPACITY, PLUGINS } from "./tables.generated.js";
/** @import { Payload, Source } from "./file.js" */

/** @typedef {Record<string, any> & { memory: WebAssembly.Memory }} Exports What an executor exports, see docs/format.md. */

/** What an executor exports beside its memory. */
const EXPORTS = `
getAbiVersion getBytecodePtr setBytecodeLen getDataPtr setDataLen init frame getCommandPtr getCommandLen getInputsPtr setFrame
getFrameCounter setFrameCounter`.trim().split(/\s+/);

/**
 * Starts an executor and hands it bytecode and data.
 * @param {Payload} payload @param {Source} [given] If it has none. @param {AbortSignal} [signal]
 */
export async function startExecutor(payload, given, signal) {
  const file = `${PLUGINS.filter((_, bit) => (payload.plugins >> bit) & 1).join("-")}.wasm`;
  const folder = (typeof given === "string" || given instanceof URL) && String(given).endsWith("/");
  const source = payload.executor ?? (folder ? given + file : given);
  if (!source) return fail(`the scene has no executor of its own: options.executor must give ${file}`, "no-executor");
  const wasm = await bytesOf(source, signal);
  const exports = /** @type {Exports} */ ((await WebAssembly.instantiate(wasm, {})).instance.exports);
  const lacking = EXPORTS.filter((name) => typeof exports[name] !== "function");
  if (!(exports.memory instanceof WebAssembly.Memory)) lacking.unshift("memory");
  if (lacking.length) fail(`damaged executor: it does not export ${lacking.join(", ")}`, "executor");
  const abi = exports.getAbiVersion();
  if (abi !== ABI) fail(`the executor has ABI ${abi}, this player knows ${ABI}`, "unsupported");
  /** Makes the memory reach `end`. @param {number} end */
  const room = (end) => exports.memory.grow(Math.max(0, Math.ceil((end - exports.memory.buffer.byteLength) / 65536)));
  for (const [part, bytes] of /** @type {const} */ ([["Bytecode", payload.bytecode], ["Data", payload.data]])) {
    const at = exports[`get${part}Ptr`]() >>> 0;
    room(at + bytes.length);
    new Uint8Array(exports.memory.buffer).set(bytes, at);
    exports[`set${part}Len`](bytes.length);
  }
  const capacity = payload.extensions.get(CAPACITY_TAG);
  room((exports.getCommandPtr() >>> 0) + Math.max(COMMAND_CAPACITY, capacity ? new Reader(capacity).varint() : 0));
  return exports;
}
