/** Pointer and keys. @module */

/** @import { Options } from "./options.js" */

/**
 * A part of a length in CSS pixels as `object-position` has it: `50%`, `10px`, `calc(100% - 10px)`.
 * @param {string} text @param {number} room
 */
function placeIn(text, room) {
  let sum = 0;
  for (const [, sign, number, unit] of text.matchAll(/([-+]?)\s*([\d.]+(?:e-?\d+)?)(%|px)/g))
    sum += (sign === "-" ? -1 : 1) * Number(number) * (unit === "%" ? room / 100 : 1);
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
  const [left, top] = [padding("left"), padding("top")];
  const [across, down] = [canvas.clientWidth - left - padding("right"), canvas.clientHeight - top - padding("bottom")];
  if (!(across > 0 && down > 0 && canvas.width && canvas.height)) return nowhere;
  const [contain, cover] = [Math.min, Math.max].map((choose) => choose(across / canvas.width, down / canvas.height));
  const scale = { contain, cover, none: 1, "scale-down": Math.min(1, contain) }[style.objectFit];
  const [width, height] = scale ? [canvas.width * scale, canvas.height * scale] : [across, down];
  const [x = "50%", y = "50%"] = style.objectPosition.match(/calc\([^)]*\)|\S+/g) ?? [];
  return { left: left + placeIn(x, across - width), top: top + placeIn(y, down - height), width, height };
}

/** What takes what is typed. @param {any} target */
const isEditable = (target) => target.isContentEditable || /^(input|textarea|select)$/.test(target.localName);

/** What keys in a page may be meant for besides: it has uses of its own for them. */
const OPERABLE = "a, button, summary, video, audio, [tabindex]";

/** Keys that a page needs whatever a scene does with them: those that move the focus on, and those of the browser. */
const RESERVED = /^(Tab|Escape|F\d+)$/;

/**
 * What `pointerInputs` and `keyboardInputs` hold, kept up to date from `listen` until `signal` aborts.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas @param {AbortSignal} signal @param {Options} options
 */
export function inputsOf(canvas, signal, { keys: keyOption = "canvas", touchAction = "none" }) {
  const pointer = new Float32Array(12);
  const keys = new Uint8Array(32);
  /** What the scene reads, of `pointer` and `keys`. @type {Set<string>} */
  const attended = new Set();
  /** The pointer that is pressed: of several fingers the first. @type {number | undefined} */
  let held;

  /**
   * @param {EventTarget} target @param {string[]} types @param {(event: any) => void} handler
   * @param {AddEventListenerOptions} [how]
   */
  const on = (target, types, handler, how) => {
    for (const type of types) target.addEventListener(type, handler, { signal, passive: true, ...how });
  };

  /** Where a pointer is and what is held down. A pointer that comes from nowhere has not moved. @param {PointerEvent} event */
  function follow(event, moved = true) {
    const { left, top, width, height } = pictureOf(canvas);
    if (!width || !height) return;
    const [x, y] = [(event.offsetX - left) / width, (event.offsetY - top) / height];
    if (moved) {
      pointer[4] += x - pointer[0];
      pointer[5] += y - pointer[1];
    }
    const modifiers = +event.shiftKey | (+event.ctrlKey << 1) | (+event.altKey << 2) | (+event.metaKey << 3);
    pointer.set([x, y]);
    pointer.set([event.buttons, event.pressure, modifiers], 6);
  }

  /** Whether it is another finger than the one that is pressed. @param {PointerEvent} event */
  const isOther = ({ pointerId }) => held !== undefined && pointerId !== held;

  /** @param {PointerEvent} event */
  function press(event) {
    if (isOther(event)) return;
    follow(event, false);
    held = event.pointerId;
    pointer.copyWithin(2, 0, 2);
    if (!attended.has("pointer")) return;
    try {
      // So that a drag goes on outside of the canvas.
      /** @type {HTMLCanvasElement} */ (canvas).setPointerCapture(event.pointerId);
    } catch {
      // It is gone already, or a script has made it up.
    }
  }

  /** @param {PointerEvent} event */
  function release(event) {
    if (event.pointerId !== held) return;
    held = undefined;
    for (const i of [2, 3]) pointer[i] = -Math.abs(pointer[i]);
    pointer.fill(0, 6, 8);
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const target = /** @type {any} */ (event.composedPath()[0]);
    if (keyOption === "page" && (isEditable(target) || !target.matches?.(`html, body, canvas, ${OPERABLE}`))) return;
    const { type, keyCode, ctrlKey, altKey, metaKey } = event;
    if (keyCode > 255 || event.isComposing) return;
    if (type === "keydown") keys[keyCode >> 3] |= 1 << (keyCode & 7);
    else keys[keyCode >> 3] &= ~(1 << (keyCode & 7));
    const isFree = !RESERVED.test(event.key) && !ctrlKey && !altKey && !metaKey;
    if (isFree && attended.has("keys") && (target === canvas || !target.matches(OPERABLE))) event.preventDefault();
  }
  const letGo = () => void keys.fill(0);

  function listen() {
    on(canvas, ["pointerenter"], (event) => isOther(event) || follow(event, false));
    on(canvas, ["pointermove"], (event) => {
      if (isOther(event)) return;
      follow(event);
      // Its release was never heard of.
      if (!event.buttons) release(event);
    });
    on(canvas, ["pointerdown"], press);
    on(globalThis, ["pointerup", "pointercancel"], release, { capture: true });
    on(canvas, ["wheel"], ({ deltaX, deltaY, deltaMode }) => {
      const pixels = [1, 16, canvas.height][deltaMode];
      pointer[9] += deltaX * pixels;
      pointer[10] += deltaY * pixels;
    });
    if (!keyOption) return;
    on(keyOption === "page" ? globalThis : canvas, ["keydown", "keyup"], key, { passive: false });
    on(globalThis, ["blur"], letGo);
    if (keyOption === "canvas") on(canvas, ["blur"], letGo);
    else on(globalThis, ["focusin"], (event) => isEditable(event.composedPath()[0]) && letGo());
    if (globalThis.document) on(document, ["visibilitychange"], letGo);
  }

  /** Sees to it that the browser leaves to the scene what it reads. @param {Set<string>} reads */
  function attend(reads) {
    if (reads.size === attended.size || !("style" in canvas)) return;
    if (reads.has("pointer") && !attended.has("pointer") && touchAction !== false) {
      const before = canvas.style.touchAction;
      canvas.style.touchAction = touchAction;
      signal.addEventListener("abort", () => (canvas.style.touchAction = before));
    }
    if (reads.has("keys") && !attended.has("keys") && keyOption === "canvas" && !canvas.hasAttribute("tabindex")) {
      canvas.tabIndex = 0;
      // Who has the focus keeps it: the next scene may want it.
      signal.addEventListener("abort", () => document.activeElement === canvas || canvas.removeAttribute("tabindex"));
    }
    for (const name of reads) attended.add(name);
  }

  return { pointer, keys, listen, attend };
}
