/** What one file may ask of the machine that plays it; docs/format.md 10. @module */

import { fail } from "./errors.js";
import { BUDGETS } from "./tables.generated.js";

/** Refuses what is beyond a budget. @param {number} amount @param {number} most @param {string} what */
export const within = (amount, most, what) => amount <= most ? amount
  : fail(`over the budget: ${amount} ${what}, at most ${most} are allowed`, "E012");

/**
 * Counts what the commands of one buffer ask for, so that they are stopped before it is done.
 * @typedef {ReturnType<typeof meterOf>} Meter
 */
export function meterOf() {
  let counts = /** @type {Record<string, number>} */ ({});
  const count = (/** @type {keyof typeof BUDGETS} */ budget, /** @type {string} */ what) => (/** @type {number} */ amount) =>
    void (counts[budget] = within((counts[budget] ?? 0) + amount, BUDGETS[budget], `${what} of one command buffer`));
  return {
    /** A new command buffer. */
    reset: () => void (counts = {}),
    /** Descriptors. */
    descriptor: count("DESCRIPTORS_BYTES", "bytes of descriptors"),
    /** What else is read value by value: ids of bundles, offsets, arguments of calls. @param {number} length */
    list(length) {
      this.descriptor(within(length, BUDGETS.DESCRIPTOR_BYTES, "bytes of a list"));
    },
    bundled: count("BUNDLED_COMMANDS", "commands of bundles"),
    text: count("TEXT_BYTES", "bytes of texts"),
    program: count("PROGRAMS", "shaders and pipelines"),
    written: count("WRITTEN_BYTES", "bytes that are written"),
    writtenBytes: () => counts.WRITTEN_BYTES ?? 0,
    loaded: count("LOADED_BYTES", "bytes that are loaded"),
  };
}
