/** What `load` takes. @module */

import { isSource } from "./file.js";
import { shown } from "./messages.js";
/** @import { PngineError } from "./errors.js" */
/** @import { Source } from "./file.js" */
/** @import { Player } from "./player.js" */

/**
 * @typedef {object} Options
 * @property {Source} [executor] For a PNG without one: the module's bytes or address, or the address of the folder that holds one
 *   for every set of plugins, with `/` at its end.
 * @property {GPUDevice} [device] The device to use; otherwise the player asks for its own.
 * @property {AbortSignal} [signal] Gives up loading. Afterwards it does nothing.
 * @property {(error: PngineError) => void} [onError] Is told what goes wrong while there still is something to play, each message
 *   once. Default: the console.
 * @property {[width: number, height: number]} [size] A size for the canvas, in pixels; otherwise it keeps its own.
 * @property {boolean} [autoplay] `true` plays at once, `false` draws nothing yet. Default: the frame at time 0 is drawn.
 * @property {GPUCanvasAlphaMode} [alphaMode] How the canvas covers the page. Default: what the scene asks for, or `"opaque"`.
 * @property {AnalyserNode} [analyser] What the scene hears; also `player.analyser`. Default: silence.
 * @property {(scene: number, player: Player) => void} [onScene] Is told when another scene of the timeline is shown.
 * @property {(player: Player) => void} [onEnd] Is told when time has come to the end of a timeline that does not repeat.
 * @property {number} [seed] What `frameInputs.seed` holds. Default: 0, so that pictures repeat.
 * @property {number} [fps] Frames a second, each a step of 1/fps seconds whatever the screen does. Default: 60 for scenes with
 *   compute passes, which simulate something; otherwise a frame for each refresh of the screen.
 * @property {number} [maxDelta] Most seconds that time goes on from one frame to the next. Default: 0.1.
 * @property {string | false} [touchAction] The canvas' CSS `touch-action` while a scene reads the pointer; `false` leaves it
 *   alone. Default: `"none"`.
 * @property {"canvas" | "page" | false} [keys] Which keys the scene sees: those pressed while the canvas has the focus, those of
 *   the whole page but for what is typed into it, or none. Default: `"canvas"`.
 * @property {number} [maxBytes] Largest payload to inflate. Default: 64 MiB.
 * @property {number} [maxGpuBytes] Most bytes of buffers, textures and query sets at a time. Default: 1 GiB.
 * @property {number} [gpuSeconds] How long the GPU may work before the player stops and says so. Default: 10.
 */

/**
 * What an option must be: a test, and what that asks for in words.
 * @typedef {[test: (value: any) => boolean, wanted: string]} Rule
 */

/** @type {Rule} */
const FUNCTION = [(value) => typeof value === "function", "a function"];
/** @type {Rule} */
const POSITIVE = [(value) => typeof value === "number" && value > 0, "a number above 0"];

/** What options are. @type {Record<string, Rule>} */
export const OPTIONS = {
  executor: [isSource, "an address or bytes"],
  device: [(value) => typeof value?.createBuffer === "function", "a GPUDevice"],
  signal: [(value) => typeof value?.aborted === "boolean", "an AbortSignal"],
  onError: FUNCTION,
  onScene: FUNCTION,
  onEnd: FUNCTION,
  size: [(value) => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite), "[width, height]"],
  autoplay: [(value) => typeof value === "boolean", "true or false"],
  alphaMode: [(value) => ["opaque", "premultiplied"].includes(value), '"opaque" or "premultiplied"'],
  analyser: [(value) => typeof value?.getByteFrequencyData === "function", "an AnalyserNode"],
  seed: [(value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32, "a whole number from 0 to 4294967295"],
  fps: POSITIVE,
  maxDelta: POSITIVE,
  touchAction: [(value) => value === false || typeof value === "string", "a value of CSS touch-action or false"],
  keys: [(value) => ["canvas", "page", false].includes(value), '"canvas", "page" or false'],
  maxBytes: POSITIVE,
  maxGpuBytes: POSITIVE,
  gpuSeconds: POSITIVE,
};

/**
 * Refuses arguments of `load` that cannot be meant.
 * @param {any} source
 * @param {any} canvas
 * @param {any} options
 * @throws {TypeError}
 */
export function checkArguments(source, canvas, options) {
  if (!isSource(source))
    refuse(`the source must be an address, a Response, a Blob, an ArrayBuffer or bytes, not ${shown(source)}`);
  if (typeof canvas?.getContext !== "function")
    refuse(`the canvas must be a <canvas> or an OffscreenCanvas, not ${shown(canvas)}`);
  if (typeof options !== "object" || !options) refuse(`the options must be an object, not ${shown(options)}`);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(OPTIONS, name))
      refuse(`there is no option ${shown(name)}, only ${Object.keys(OPTIONS).sort().join(", ")}`);
    const [test, wanted] = OPTIONS[name];
    if (value !== undefined && !test(value)) refuse(`the option ${name} must be ${wanted}, not ${shown(value)}`);
  }
}

/** @param {string} message @returns {never} */
function refuse(message) {
  throw new TypeError(`load: ${message}`);
}
