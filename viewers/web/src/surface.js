/** What a player draws on. @module */

import { fail } from "./errors.js";
import { whole } from "./numbers.js";
/** @import { Extras } from "./extensions.js" */
/** @import { Options } from "./options.js" */

/** What a scene may do with the canvas: `GPUTextureUsage` RENDER_ATTACHMENT, COPY_SRC and COPY_DST. */
const CANVAS_USAGE = 0x13;

/** Who draws on a canvas. @type {WeakMap<HTMLCanvasElement | OffscreenCanvas, { destroy: () => void }>} */
const OWNERS = new WeakMap();

/**
 * The canvas, or before it belongs to the player, a texture like it.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {GPUDevice} device
 * @param {Options} options
 * @param {Extras["canvas"]} wanted What the scene asks for.
 */
export function surfaceOn(canvas, device, options, wanted) {
  const context = /** @type {GPUCanvasContext | null} */ (canvas.getContext("webgpu"))
    ?? fail("the canvas gives no WebGPU context: it already has one of another kind", "canvas");
  const format = navigator.gpu.getPreferredCanvasFormat();
  /** What is drawn on before the canvas belongs to the player. @type {GPUTexture | undefined} */
  let draft;
  /** Whether the canvas belongs to the player. */
  let isShown = false;

  /** The size of the canvas in pixels; until it belongs to the player, the one that it will have. @returns {[number, number]} */
  function size() {
    const { width, height } = canvas;
    const [across, down] = (!isShown && options.size) || [width, height];
    return [clamped(across, 0), clamped(down, 0)];
  }

  /** A length in whole pixels that the device can draw. @param {number} length @param {number} least */
  function clamped(length, least) {
    return whole(length, least, device.limits.maxTextureDimension2D);
  }

  /** Gives the canvas a size, and says whether it had another. @param {[number, number]} size */
  function fit([width, height]) {
    const hasChanged = canvas.width !== width || canvas.height !== height;
    // Setting one clears the canvas, even to the same.
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    return hasChanged;
  }

  /** The texture of this frame. */
  function texture() {
    if (isShown) return context.getCurrentTexture();
    const [width, height] = size();
    if (draft?.width !== width || draft.height !== height) {
      draft?.destroy();
      draft = device.createTexture({ label: "canvas", size: [width, height], format, usage: CANVAS_USAGE });
    }
    return draft;
  }

  /**
   * Takes over the canvas, from the player before if there is one, with what was drawn so far.
   * @param {{ destroy: () => void }} owner
   * @param {(error: GPUError | null) => void} report
   */
  function appear(owner, report) {
    const wantedSize = size();
    configure(wantedSize, report);
    const before = OWNERS.get(canvas);
    OWNERS.set(canvas, owner);
    before?.destroy();
    fit(wantedSize);
    isShown = true;
    if (draft) showDraft(draft, wantedSize);
  }

  /** @param {[number, number]} size @param {(error: GPUError | null) => void} report */
  function configure([width, height], report) {
    device.pushErrorScope("validation");
    try {
      context.configure({
        device,
        format,
        alphaMode: options.alphaMode ?? wanted.alphaMode ?? "opaque",
        colorSpace: wanted.colorSpace ?? "srgb",
        toneMapping: { mode: wanted.toneMapping ?? "standard" },
        usage: CANVAS_USAGE,
      });
    } finally {
      const told = (/** @type {GPUError | null} */ error) => {
        // Chromium complains about a canvas without pixels, which may well get some later.
        if (width && height) report(error);
      };
      // The loss of a device is told elsewhere.
      device.popErrorScope().then(told, () => {});
    }
  }

  /** @param {GPUTexture} texture What was drawn so far. @param {[number, number]} extent */
  function showDraft(texture, extent) {
    const encoder = device.createCommandEncoder();
    encoder.copyTextureToTexture({ texture }, { texture: context.getCurrentTexture() }, extent);
    device.queue.submit([encoder.finish()]);
    texture.destroy();
    draft = undefined;
  }

  /** Lets go of the canvas, if it is still the player's. @param {{ destroy: () => void }} owner */
  function release(owner) {
    if (OWNERS.get(canvas) === owner) {
      OWNERS.delete(canvas);
      context.unconfigure();
    }
    draft?.destroy();
  }

  return { canvas, size, clamped, fit, texture, appear, release, isShown: () => isShown };
}
