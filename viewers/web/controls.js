/**
 * Controls for the uniforms of a scene, as the player's page and that of `pngine dev` have them.
 *
 * @module
 */

/** @typedef {import("./pngine.js").Player} Player */
/** @typedef {Player["uniforms"][number]} Uniform */

/** Most numbers that a uniform may have and still be offered. */
const FEW = 16;

/** How many steps a slider has where the scene says nothing of it. */
const STEPS = 200;

/** A number from 0 to 1 as two hexadecimal digits. @param {number} number */
const digits = (number) => Math.round(255 * Math.min(1, Math.max(0, number))).toString(16).padStart(2, "0");
/** And back. @param {string} color @param {number} i */
const part = (color, i) => parseInt(color.slice(1 + 2 * i, 3 + 2 * i), 16) / 255;

/** An input of a type, with what makes it that. @param {string} type @param {object} properties @returns {HTMLInputElement} */
const input = (type, properties) => Object.assign(document.createElement("input"), { type, ...properties });

/** Whether a uniform is one that people can set: the player writes others itself. @param {Uniform} uniform */
export const isOffered = ({ input, length }) => !input && length <= FEW;

/**
 * A control for a uniform: a colour picker, sliders where it has a range, fields otherwise.
 * @param {Uniform} uniform
 * @param {(name: string) => number | number[] | undefined} get What it holds.
 * @param {(name: string, numbers: number[]) => void} set Is told of its numbers.
 */
export function controlOf({ name, type, length, label: words, min, max, step, color }, get, set) {
  const label = document.createElement("label");
  label.append(words.slice(0, 80));
  const isWhole = /[iu]32/.test(type);
  const hasRange = min !== undefined && max !== undefined;
  /** What is shown of the numbers. @type {((numbers: number[]) => void)[]} */
  const shows = [];
  const now = () => [get(name) ?? 0].flat();
  const show = () => shows.forEach((show) => show(now()));
  const apply = (/** @type {number[]} */ numbers) => {
    set(name, numbers);
    show();
  };
  const change = (/** @type {number} */ i, /** @type {number} */ number) => apply(now().map((old, at) => (at === i ? number : old)));
  if (color) {
    const picker = input("color", { title: name });
    picker.addEventListener("input", () => apply(now().map((old, i) => (i < 3 ? part(picker.value, i) : old))));
    shows.push(([red, green, blue]) => (picker.value = `#${[red, green, blue].map(digits).join("")}`));
    label.append(picker);
  }
  // A picker has no alpha.
  for (let i = color ? 3 : 0; i < length; i++) {
    const by = step ?? (isWhole ? 1 : hasRange ? (max - min) / STEPS : "any");
    const range = color && !hasRange ? { min: 0, max: 1, step: 1 / STEPS } : { min: min ?? "", max: max ?? "", step: by };
    const isSlider = hasRange || color;
    const field = input(isSlider ? "range" : "number", { ...range, title: name });
    const wording = color ? `${words}, alpha` : length > 1 ? `${words}, number ${i + 1} of ${length}` : words;
    field.setAttribute("aria-label", wording);
    field.addEventListener("input", () => field.value !== "" && change(i, field.valueAsNumber));
    // What is typed is left as it is typed.
    shows.push((numbers) => document.activeElement !== field && (field.value = String(numbers[i])));
    label.append(field);
    if (isSlider) {
      const output = document.createElement("output");
      shows.push((numbers) => (output.value = String(Number(numbers[i].toPrecision(4)))));
      label.append(output);
    }
  }
  show();
  return label;
}
