/** Starts an executor: the WebAssembly module that writes command buffers; docs/format.md 4 and 9. @module */

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

/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65536;

/**
 * Starts an executor and hands it bytecode and data.
 * @param {Payload} payload
 * @param {Source} [given] If it has none: a module, or the address of a folder with one for each set of plugins.
 * @param {AbortSignal} [signal] Gives up fetching it.
 */
export async function startExecutor(payload, given, signal) {
  const wasm = await bytesOf(sourceOf(payload, given), signal);
  const exports = /** @type {Exports} */ ((await WebAssembly.instantiate(wasm, {})).instance.exports);
  checkExports(exports);
  const { memory } = exports;
  /** Makes the memory reach `end`. @param {number} end */
  const reach = (end) => memory.grow(Math.max(0, Math.ceil((end - memory.buffer.byteLength) / PAGE)));
  /** @param {Uint8Array} bytes @param {number} at */
  const put = (bytes, at) => {
    reach(at + bytes.length);
    new Uint8Array(memory.buffer).set(bytes, at);
  };
  put(payload.bytecode, exports.getBytecodePtr() >>> 0);
  exports.setBytecodeLen(payload.bytecode.length);
  // Only now is it known where the data goes.
  put(payload.data, exports.getDataPtr() >>> 0);
  exports.setDataLen(payload.data.length);
  const wanted = payload.extensions.get(CAPACITY_TAG);
  const capacity = Math.max(COMMAND_CAPACITY, wanted ? new Reader(wanted).varint() : 0);
  reach((exports.getCommandPtr() >>> 0) + capacity);
  return exports;
}

/**
 * Where the executor comes from: the scene's own is preferred.
 * @param {Payload} payload
 * @param {Source} [given]
 */
function sourceOf({ plugins, executor }, given) {
  if (executor) return executor;
  const file = `${PLUGINS.filter((_, bit) => (plugins >> bit) & 1).join("-")}.wasm`;
  const source = given || fail(`the scene has no executor of its own: options.executor must give ${file}`, "no-executor");
  const isFolder = (typeof source === "string" || source instanceof URL) && String(source).endsWith("/");
  return isFolder ? source + file : source;
}

/** @param {Exports} exports */
function checkExports(exports) {
  const lacking = EXPORTS.filter((name) => typeof exports[name] !== "function");
  if (!(exports.memory instanceof WebAssembly.Memory)) lacking.unshift("memory");
  if (lacking.length) fail(`damaged executor: it does not export ${lacking.join(", ")}`, "executor");
  const abi = exports.getAbiVersion();
  if (abi !== ABI) fail(`the executor has ABI ${abi}, this player knows ${ABI}`, "unsupported");
}
