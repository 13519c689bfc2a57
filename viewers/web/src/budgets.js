/** What one file may ask of the machine that plays it; docs/format.md 10. @module */

import * as BUDGETS from "./budgets.generated.js";
import { fail } from "./errors.js";

/**
 * Refuses what is beyond a budget.
 * @param {number} amount
 * @param {number} most
 * @param {string} what For the message, in the plural.
 */
export function within(amount, most, what) {
  return amount <= most ? amount : fail(`over the budget: ${amount} ${what}, at most ${most} are allowed`, "E012");
}

/** What goes to the GPU. */
const WRITTEN = "bytes that are written";

/** Counts what the commands of one buffer ask for, so that they are stopped before it is done. */
export class Meter {
  /** How much was counted of what. @type {Record<string, number>} */
  #counts = {};

  /** A new command buffer begins. */
  reset() {
    this.#counts = {};
  }

  /** How many bytes were written since. */
  get writtenBytes() {
    return this.#counts[WRITTEN] ?? 0;
  }

  /**
   * What is read value by value but is no descriptor: ids of bundles, offsets, arguments of calls.
   * @param {number} bytes
   */
  list(bytes) {
    this.descriptor(within(bytes, BUDGETS.DESCRIPTOR_BYTES, "bytes of a list"));
  }

  /** @param {number} bytes */
  descriptor(bytes) {
    this.#count(bytes, "bytes of descriptors", BUDGETS.DESCRIPTORS_BYTES);
  }

  /** @param {number} commands How many a bundle has that is executed. */
  bundled(commands) {
    this.#count(commands, "commands of bundles", BUDGETS.BUNDLED_COMMANDS);
  }

  /** Shaders, names and marks. @param {number} bytes */
  text(bytes) {
    this.#count(bytes, "bytes of texts", BUDGETS.TEXT_BYTES);
  }

  /** One more thing that a driver compiles. */
  program() {
    this.#count(1, "shaders and pipelines", BUDGETS.PROGRAMS);
  }

  /** @param {number} bytes */
  written(bytes) {
    this.#count(bytes, WRITTEN, BUDGETS.WRITTEN_BYTES);
  }

  /** Images, videos and modules. @param {number} bytes */
  loaded(bytes) {
    this.#count(bytes, "bytes that are loaded", BUDGETS.LOADED_BYTES);
  }

  /**
   * @param {number} amount
   * @param {string} what For the message, in the plural.
   * @param {number} most
   */
  #count(amount, what, most) {
    this.#counts[what] = within((this.#counts[what] ?? 0) + amount, most, `${what} of one command buffer`);
  }
}
