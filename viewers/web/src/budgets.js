/** What one file may ask of the machine that plays it; docs/format.md 10. @module */

import { fail } from "./errors.js";
import { BUDGETS } from "./tables.generated.js";

/**
 * Refuses what is beyond a budget.
 * @param {number} amount
 * @param {number} most
 * @param {string} what For the message, in the plural.
 */
export function within(amount, most, what) {
  return amount <= most ? amount : fail(`over the budget: ${amount} ${what}, at most ${most} are allowed`, "E012");
}

/** Counts what the commands of one buffer ask for, so that they are stopped before it is done. */
export class Meter {
  /** What was counted, by budget. @type {Record<string, number>} */
  #counts = {};

  /** A new command buffer begins. */
  reset() {
    this.#counts = {};
  }

  /** How many bytes were written since. */
  get writtenBytes() {
    return this.#counts.WRITTEN_BYTES ?? 0;
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
    this.#count("DESCRIPTORS_BYTES", bytes, "bytes of descriptors");
  }

  /** @param {number} commands How many a bundle has that is executed. */
  bundled(commands) {
    this.#count("BUNDLED_COMMANDS", commands, "commands of bundles");
  }

  /** Shaders, names and marks. @param {number} bytes */
  text(bytes) {
    this.#count("TEXT_BYTES", bytes, "bytes of texts");
  }

  /** One more thing that a driver compiles. */
  program() {
    this.#count("PROGRAMS", 1, "shaders and pipelines");
  }

  /** What goes to the GPU. @param {number} bytes */
  written(bytes) {
    this.#count("WRITTEN_BYTES", bytes, "bytes that are written");
  }

  /** Images, videos and modules. @param {number} bytes */
  loaded(bytes) {
    this.#count("LOADED_BYTES", bytes, "bytes that are loaded");
  }

  /**
   * @param {keyof typeof BUDGETS} budget
   * @param {number} amount
   * @param {string} what
   */
  #count(budget, amount, what) {
    this.#counts[budget] = within((this.#counts[budget] ?? 0) + amount, BUDGETS[budget], `${what} of one command buffer`);
  }
}
