/** Loads a scene onto a canvas. @module */

import { openDevice } from "./device.js";
import { ours, PngineError } from "./errors.js";
import { startExecutor } from "./executor.js";
import { readExtensions } from "./extensions.js";
import { bytesOf, readScene } from "./file.js";
import { checkArguments } from "./options.js";
import { Player } from "./player.js";
/** @import { Source } from "./file.js" */
/** @import { Options } from "./options.js" */

/** Who is loading onto a canvas. @type {WeakMap<HTMLCanvasElement | OffscreenCanvas, AbortController>} */
const CLAIMS = new WeakMap();

/**
 * Loads a scene and draws its first frame. The last call for a canvas wins: an earlier one that is still loading is rejected. A
 * scene that plays on the canvas goes on until the new one has drawn its first frame, and for good if there is an error.
 * @param {Source} source A PNG with a scene, or a payload.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {Options} [options]
 * @returns {Promise<Player>}
 * @throws {PngineError} where there is nothing to play, with `kind` and `code`
 * @throws {TypeError} for arguments that are none
 */
export async function load(source, canvas, options = {}) {
  checkArguments(source, canvas, options);
  const { signal } = options;
  const aborted = () => new PngineError("loading was aborted", "aborted", signal?.reason);
  if (signal?.aborted) throw aborted();
  const claim = new AbortController();
  CLAIMS.get(canvas)?.abort(superseded());
  CLAIMS.set(canvas, claim);
  const abort = () => claim.abort(aborted());
  signal?.addEventListener("abort", abort);
  /** @type {Promise<never>} */
  const givenUp = new Promise((_, reject) => claim.signal.addEventListener("abort", () => reject(claim.signal.reason)));
  try {
    return await Promise.race([build(source, canvas, options, claim), givenUp]);
  } finally {
    signal?.removeEventListener("abort", abort);
    yieldClaim(canvas, claim);
  }
}

function superseded() {
  return new PngineError("another scene was loaded onto the canvas meanwhile", "superseded");
}

/** Nobody is loading any more. @param {HTMLCanvasElement | OffscreenCanvas} canvas @param {AbortController} claim */
function yieldClaim(canvas, claim) {
  if (CLAIMS.get(canvas) === claim) CLAIMS.delete(canvas);
}

/**
 * What `load` does, as long as its claim to the canvas holds.
 * @param {Source} source
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {Options} options
 * @param {AbortController} controller
 */
async function build(source, canvas, options, controller) {
  const claim = controller.signal;
  const bytes = await bytesOf(source, claim);
  const payload = await readScene(bytes, options.maxBytes);
  const extras = readExtensions(payload);
  claim.throwIfAborted();
  const executor = await startExecutor(payload, options.executor, claim)
    .catch((error) => Promise.reject(ours(error, "damaged executor", "executor")));
  claim.throwIfAborted();
  const device = await openDevice(extras.device, options.device)
    .catch((error) => Promise.reject(ours(error, "WebGPU gives no device", "no-webgpu")));
  /** @type {Player | undefined} */
  let player;
  try {
    claim.throwIfAborted();
    player = new Player(canvas, device, payload, extras, executor, options);
    // From then on the player is replaced by a later one, no longer given up for it.
    await player.start(claim, () => yieldClaim(canvas, controller));
    claim.throwIfAborted();
    if (player.destroyed) throw superseded();
    return player;
  } catch (error) {
    player?.destroy();
    if (!options.device) device.destroy();
    throw ours(error, "the scene cannot be played", "damaged");
  }
}
