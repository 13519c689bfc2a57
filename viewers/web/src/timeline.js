/** The frames of a scene, and its timeline. @module */

/** @import { Animation } from "./extensions.js" */
/** @import { Payload } from "./file.js" */

/** A scene of the timeline. Times are in seconds, `frame` is an index of the frames. */
/** @typedef {Readonly<{ name: string, start: number, end: number, frame: number }>} TimelineScene */

/** What happens at the end of the timeline, by `endBehavior`. */
const ENDS = /** @type {const} */ (["hold", "stop", "repeat", "repeat"]);

/** Blocks of the bytecode that are not frames: the timeline and `init`; docs/format.md 3. */
const OTHER_BLOCKS = 2;

/** The names of the frames, by index; empty for those without one. @param {Payload} payload @returns {readonly string[]} */
export function framesOf({ bytecode, names: [names] }) {
  const [version, , , , low = 0, high = 0] = bytecode;
  const count = version === 1 ? low + high * 256 - OTHER_BLOCKS : 0;
  const length = Math.max(count, names.length, 1);
  return Object.freeze(Array.from({ length }, (_, i) => names[i] ?? ""));
}

/**
 * The timeline, in seconds.
 * @param {Payload} payload
 * @param {Animation} animation
 */
export function timelineOf({ names: [, names] }, { duration = 0, endBehavior = 0, scenes = [] }) {
  /** @type {TimelineScene[]} */
  const timed = scenes.map(({ start = 0, end, frame = 0 }, i) =>
    Object.freeze({ name: names[i] ?? "", start: start / 1000, end: end / 1000, frame }));
  /** @type {readonly TimelineScene[]} */
  const list = Object.freeze(timed);
  return { scenes: list, duration: duration / 1000 || Infinity, end: ENDS[endBehavior] ?? "hold" };
}
