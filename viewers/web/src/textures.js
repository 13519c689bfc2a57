/** How much memory textures take. @module */

import { fail } from "./errors.js";
import { TEXEL_BLOCKS, WORDS } from "./tables.generated.js";

/** Most levels of a texture: so many halvings make one texel of 2^32. WebGPU refuses the rest. */
const MAX_LEVELS = 32;

/**
 * The bytes of a texel in memory, or of a block of them in a compressed format, and how wide and high that is.
 * @param {string} format
 */
function blockOf(format) {
  let word = WORDS.indexOf(format);
  for (const row of TEXEL_BLOCKS) {
    const [length, bytes, across = 1, down = 1] = row.split(" ").map(Number);
    if (word >= 0 && word < length && bytes) return { bytes, across, down };
    word -= length;
  }
  return fail(`${format} is not a texture format`, "E006");
}

/**
 * Bytes of GPU memory that a texture takes, with its mip levels, layers and samples.
 * @param {object} texture
 * @param {number} texture.width
 * @param {number} [texture.height]
 * @param {number} [texture.depth] Its depth, or how many layers it has.
 * @param {string} texture.format
 * @param {string} [texture.dimension] Depth shrinks from level to level, layers do not.
 * @param {number} [texture.mipLevelCount]
 * @param {number} [texture.sampleCount]
 */
export function textureBytes({ width, height = 1, depth = 1, format, dimension = "2d", mipLevelCount = 1, sampleCount = 1 }) {
  const { bytes, across, down } = blockOf(format);
  let blocks = 0;
  for (let level = 0; level < Math.min(mipLevelCount, MAX_LEVELS); level++) {
    const shrunk = (/** @type {number} */ length) => Math.max(1, Math.floor(length / 2 ** level));
    const deep = dimension === "3d" ? shrunk(depth) : Math.max(1, Math.floor(depth));
    blocks += Math.ceil(shrunk(width) / across) * Math.ceil(shrunk(height) / down) * deep;
  }
  return blocks * bytes * Math.max(1, sampleCount);
}
