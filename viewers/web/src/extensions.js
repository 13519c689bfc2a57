/** What a scene says to its host beside the bytecode; docs/format.md 2. @module */

import { decodeDescriptor } from "./descriptors.js";
import { fail, locate } from "./errors.js";
/** @import { Scope } from "./descriptors.js" */
/** @import { Payload } from "./file.js" */
/** @import { Block } from "./uniforms.js" */

/**
 * What a scene says to its host.
 * @typedef {object} Extras
 * @property {{ duration?: number, endBehavior?: number, scenes?: { start?: number, end: number, frame?: number }[] }} animation
 *   Times are in milliseconds.
 * @property {{ blocks?: Block[] }} uniforms
 * @property {{ requiredFeatures?: string[], optionalFeatures?: string[], requiredLimits?: Record<string, number> }} device
 * @property {Pick<GPUCanvasConfiguration, "alphaMode" | "colorSpace"> & { toneMapping?: GPUCanvasToneMappingMode }} canvas
 */

/** Extensions of the payload, by tag: those that are descriptors. */
const EXTRAS = /** @type {const} */ ([[1, "animation"], [2, "uniforms"], [3, "device"], [4, "canvas"]]);

/** Reads the extensions. A reference becomes its id. @param {Payload} payload @returns {Extras} */
export function readExtensions({ extensions }) {
  /** @type {Scope} */
  const scope = { resolve: (_, id) => id, span: () => fail("a number follows the canvas"), format: "" };
  const read = (/** @type {Uint8Array | undefined} */ bytes, /** @type {string} */ type) =>
    bytes ? locate(`damaged scene: its ${type} extension`, () => decodeDescriptor(bytes, type, scope), "damaged") : {};
  return /** @type {any} */ (Object.fromEntries(EXTRAS.map(([tag, type]) => [type, read(extensions.get(tag), type)])));
}
