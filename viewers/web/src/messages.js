/** Values and names in words, for messages. @module */

/** Most names that a message lists. */
const MOST_NAMES = 20;

/**
 * Names, not too many of them.
 * @param {string[]} names
 * @param {string} [between]
 */
export function some(names, between = ", ") {
  const listed = names.slice(0, MOST_NAMES).join(between);
  return names.length > MOST_NAMES ? `${listed} and ${names.length - MOST_NAMES} more` : listed;
}

/**
 * A value, such as `"text"`, `NaN` or `Array`.
 * @param {any} value
 */
export function shown(value) {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value) return value.constructor?.name || "an object";
  return String(value);
}
