/** Numbers and names for messages. @module */


/**
 * A number as a whole one: rounded towards zero, from `least` to `most`.
 * @param {number} number @param {number} least @param {number} most
 */
export const whole = (number, least, most) => Math.max(least, Math.min(most, Math.trunc(number) || 0));

/** Names for a message, not too many of them. @param {string[]} names @param {string} [between] */
export const some = (names, between = ", ") =>
  names.slice(0, MOST_NAMES).join(between) + (names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "");

/** Most names that a message lists. */
const MOST_NAMES = 20;

/** A value in words, for a message. @param {any} value */
export const shown = (value) => typeof value === "string" ? JSON.stringify(value)
  : typeof value === "object" && value ? value.constructor?.name || "an object" : String(value);
