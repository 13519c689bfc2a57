/**
 * Plays a pngine PNG: takes the scene out of the file, runs its WebAssembly executor, and does on WebGPU what the executor's
 * command buffers say. What the bytes mean is written down in docs/format.md.
 *
 *     import { load } from "./pngine.js";
 *     const player = await load("cube.png", document.querySelector("canvas"));
 *     player.play();
 *
 * @module
 */

export { decodeCommands } from "./commands.js";
export { decodeDescriptor } from "./descriptors.js";
export { PngineError } from "./errors.js";
export { crc32, findScene, inflate, parsePayload, readScene } from "./file.js";
export { load } from "./load.js";
export { imageSize, videoType } from "./media.js";
export { half } from "./numbers.js";
export { Player } from "./player.js";
export { textureBytes } from "./textures.js";

/** @typedef {import("./commands.js").Command} Command */
/** @typedef {import("./descriptors.js").Scope} Scope */
/** @typedef {import("./errors.js").ErrorKind} ErrorKind */
/** @typedef {import("./file.js").Payload} Payload */
/** @typedef {import("./file.js").Source} Source */
/** @typedef {import("./options.js").Options} Options */
/** @typedef {import("./uniforms.js").Uniform} Uniform */
/** @typedef {import("./uniforms.js").UniformValue} UniformValue */
