/** Numbers as the types of other languages. @module */

/**
 * A number as a whole one: rounded towards zero, from `least` to `most`. What is not a number is 0, or `least`.
 * @param {number} number
 * @param {number} least
 * @param {number} most
 */
export function whole(number, least, most) {
  return Math.max(least, Math.min(most, Math.trunc(number) || 0));
}

/**
 * The bits of a number as a half, rounded to the nearest, a tie to the even one. Source: IEEE 754, binary16.
 * @param {number} value
 */
export function half(value) {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  // From here on infinity is nearer than the largest half, 65504.
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = size / 2 ** (exponent - 10);
  const down = Math.floor(steps);
  const rest = steps - down;
  const isUp = rest > 0.5 || (rest === 0.5 && down % 2 === 1);
  // A normal number's steps hold its leading 1, which is worth one exponent.
  return sign | (((exponent + 14) << 10) + down + Number(isUp));
}
