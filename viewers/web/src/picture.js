/** Where on the page a canvas shows its pixels. @module */

/**
 * A part of a length in CSS pixels as `object-position` has it: `50%`, `10px`, `calc(100% - 10px)`.
 * @param {string} text
 * @param {number} room What a percentage is of.
 */
function placeIn(text, room) {
  let sum = 0;
  for (const [, sign, number, unit] of text.matchAll(/([-+]?)\s*([\d.]+(?:e-?\d+)?)(%|px)/g)) {
    const scale = unit === "%" ? room / 100 : 1;
    sum += (sign === "-" ? -1 : 1) * Number(number) * scale;
  }
  return sum;
}

/**
 * Where in a canvas' box its pixels are: without border and padding, as `object-fit` and `object-position` say. In CSS pixels,
 * from the inner edge of the border, before transforms. Without a box all is 0.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 */
export function pictureOf(canvas) {
  const nowhere = { left: 0, top: 0, width: 0, height: 0 };
  if (!("clientWidth" in canvas) || !canvas.clientWidth || !canvas.clientHeight) return nowhere;
  const style = getComputedStyle(canvas);
  const padding = (/** @type {string} */ side) => parseFloat(style.getPropertyValue(`padding-${side}`)) || 0;
  const left = padding("left");
  const top = padding("top");
  const across = canvas.clientWidth - left - padding("right");
  const down = canvas.clientHeight - top - padding("bottom");
  if (!(across > 0 && down > 0 && canvas.width && canvas.height)) return nowhere;
  const contain = Math.min(across / canvas.width, down / canvas.height);
  const cover = Math.max(across / canvas.width, down / canvas.height);
  const scale = { contain, cover, none: 1, "scale-down": Math.min(1, contain) }[style.objectFit];
  const width = scale ? canvas.width * scale : across;
  const height = scale ? canvas.height * scale : down;
  const [x = "50%", y = "50%"] = style.objectPosition.match(/calc\([^)]*\)|\S+/g) ?? [];
  return { left: left + placeIn(x, across - width), top: top + placeIn(y, down - height), width, height };
}
