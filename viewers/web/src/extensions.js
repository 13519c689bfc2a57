/** What a scene says to its host beside bytecode and data; docs/format.md 2. @module */

import { decodeDescriptor } from "./descriptors.js";
import { fail, locate } from "./errors.js";
/** @import { Scope } from "./descriptors.js" */
/** @import { Payload } from "./file.js" */
/** @import { Block, ControlBlock } from "./members.js" */

/**
 * The timeline. Times are in milliseconds.
 * @typedef {object} Animation
 * @property {number} [duration]
 * @property {number} [endBehavior]
 * @property {{ start?: number, end: number, frame?: number }[]} [scenes]
 */

/**
 * What a scene says to its host.
 * @typedef {object} Extras
 * @property {Animation} animation
 * @property {{ blocks?: Block[] }} uniforms
 * @property {{ blocks?: ControlBlock[] }} controls
 * @property {{ requiredFeatures?: string[], optionalFeatures?: string[], requiredLimits?: Record<string, number> }} device
 * @property {Pick<GPUCanvasConfiguration, "alphaMode" | "colorSpace"> & { toneMapping?: GPUCanvasToneMappingMode }} canvas
 */

/**
 * Reads the extensions that are descriptors. A reference becomes its id; what a scene does not say is empty.
 * @param {Payload} payload
 * @returns {Extras}
 */
export function readExtensions({ extensions }) {
  /** @type {Scope} */
  const scope = { resolve: (_, id) => id, span: () => fail("a number follows the canvas"), format: "" };
  /** @param {number} tag @param {string} type */
  const read = (tag, type) => {
    const bytes = extensions.get(tag);
    if (!bytes) return {};
    return locate(`damaged scene: its ${type} extension`, () => decodeDescriptor(bytes, type, scope), "damaged");
  };
  return {
    animation: read(1, "animation"),
    uniforms: read(2, "uniforms"),
    device: read(3, "device"),
    canvas: read(4, "canvas"),
    controls: read(11, "controls"),
  };
}
