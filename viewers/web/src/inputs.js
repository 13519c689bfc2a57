/** What a scene reads of pointer and keys. @module */

import { pictureOf } from "./picture.js";
/** @import { Options } from "./options.js" */

/** What takes what is typed. @param {any} target */
function isEditable(target) {
  return target.isContentEditable || /^(input|textarea|select)$/.test(target.localName);
}

/** What keys in a page may be meant for besides: it has uses of its own for them. */
const OPERABLE = "a, button, summary, video, audio, [tabindex]";

/** Keys that a page needs whatever a scene does with them: those that move the focus on, and those of the browser. */
const RESERVED = /^(Tab|Escape|F\d+)$/;

/** Pixels of the units in which a wheel counts: pixels, and lines; the third is pages. */
const WHEEL_UNITS = [1, 16];

/** Places in `pointerInputs`, in singles; docs/format.md 5. */
const [PLACE, PRESS, MOVEMENT, BUTTONS, WHEEL] = [0, 2, 4, 6, 9];

/**
 * What `pointerInputs` and `keyboardInputs` hold, kept up to date from `listen` until the signal aborts.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {AbortSignal} signal
 * @param {Options} options
 */
export function inputsOf(canvas, signal, { keys: keyOption = "canvas", touchAction = "none" }) {
  const pointer = new Float32Array(12);
  /** A bit for each `keyCode`. */
  const keys = new Uint8Array(32);
  /** What the scene reads, of `pointer` and `keys`. @type {Set<string>} */
  const attended = new Set();
  /** The pointer that is pressed: of several fingers the first. @type {number | undefined} */
  let held;

  function listen() {
    on(canvas, ["pointerenter"], (event) => {
      if (!isOther(event)) follow(event, false);
    });
    on(canvas, ["pointermove"], move);
    on(canvas, ["pointerdown"], press);
    on(globalThis, ["pointerup", "pointercancel"], release, { capture: true });
    on(canvas, ["wheel"], ({ deltaX, deltaY, deltaMode }) => {
      const pixels = WHEEL_UNITS[deltaMode] ?? canvas.height;
      pointer[WHEEL] += deltaX * pixels;
      pointer[WHEEL + 1] += deltaY * pixels;
    });
    if (keyOption) listenToKeys(keyOption);
  }

  /** @param {"canvas" | "page"} where */
  function listenToKeys(where) {
    const letGo = () => {
      keys.fill(0);
    };
    on(where === "page" ? globalThis : canvas, ["keydown", "keyup"], key, { passive: false });
    on(globalThis, ["blur"], letGo);
    if (where === "canvas") on(canvas, ["blur"], letGo);
    else {
      on(globalThis, ["focusin"], (event) => {
        if (isEditable(event.composedPath()[0])) letGo();
      });
    }
    if (globalThis.document) on(document, ["visibilitychange"], letGo);
  }

  /**
   * @param {EventTarget} target
   * @param {string[]} types
   * @param {(event: any) => void} handler
   * @param {AddEventListenerOptions} [how]
   */
  function on(target, types, handler, how) {
    for (const type of types) target.addEventListener(type, handler, { signal, passive: true, ...how });
  }

  /**
   * Where a pointer is and what is held down.
   * @param {PointerEvent} event
   * @param {boolean} hasMoved A pointer that comes from nowhere has not.
   */
  function follow(event, hasMoved) {
    const { left, top, width, height } = pictureOf(canvas);
    if (!width || !height) return;
    const x = (event.offsetX - left) / width;
    const y = (event.offsetY - top) / height;
    if (hasMoved) {
      pointer[MOVEMENT] += x - pointer[PLACE];
      pointer[MOVEMENT + 1] += y - pointer[PLACE + 1];
    }
    const modifiers = +event.shiftKey | (+event.ctrlKey << 1) | (+event.altKey << 2) | (+event.metaKey << 3);
    pointer.set([x, y], PLACE);
    pointer.set([event.buttons, event.pressure, modifiers], BUTTONS);
  }

  /** Whether it is another finger than the one that is pressed. @param {PointerEvent} event */
  function isOther({ pointerId }) {
    return held !== undefined && pointerId !== held;
  }

  /** @param {PointerEvent} event */
  function move(event) {
    if (isOther(event)) return;
    follow(event, true);
    // Its release was never heard of.
    if (!event.buttons) release(event);
  }

  /** @param {PointerEvent} event */
  function press(event) {
    if (isOther(event)) return;
    follow(event, false);
    held = event.pointerId;
    pointer.copyWithin(PRESS, PLACE, PLACE + 2);
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
    // Where it was pressed stays, with the sign that says that it no longer is.
    for (const i of [PRESS, PRESS + 1]) pointer[i] = -Math.abs(pointer[i]);
    pointer.fill(0, BUTTONS, BUTTONS + 2);
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const target = /** @type {any} */ (event.composedPath()[0]);
    const isForPage = isEditable(target) || !target.matches?.(`html, body, canvas, ${OPERABLE}`);
    if (keyOption === "page" && isForPage) return;
    const { type, keyCode, ctrlKey, altKey, metaKey } = event;
    if (keyCode > 255 || event.isComposing) return;
    const bit = 1 << (keyCode & 7);
    if (type === "keydown") keys[keyCode >> 3] |= bit;
    else keys[keyCode >> 3] &= ~bit;
    const isFree = !RESERVED.test(event.key) && !ctrlKey && !altKey && !metaKey;
    const isForScene = target === canvas || !target.matches(OPERABLE);
    if (isFree && attended.has("keys") && isForScene) event.preventDefault();
  }

  /** A frame has read the inputs: the pointer's movement starts anew. */
  function rest() {
    pointer.fill(0, MOVEMENT, MOVEMENT + 2);
  }

  /** Sees to it that the browser leaves to the scene what it reads. @param {Set<string>} reads Of `pointer` and `keys`. */
  function attend(reads) {
    if (reads.size === attended.size || !("style" in canvas)) return;
    const isNew = (/** @type {string} */ name) => reads.has(name) && !attended.has(name);
    if (isNew("pointer") && touchAction !== false) {
      const before = canvas.style.touchAction;
      canvas.style.touchAction = touchAction;
      signal.addEventListener("abort", () => {
        canvas.style.touchAction = before;
      });
    }
    if (isNew("keys") && keyOption === "canvas" && !canvas.hasAttribute("tabindex")) {
      canvas.tabIndex = 0;
      signal.addEventListener("abort", () => {
        // Who has the focus keeps it: the next scene may want it.
        if (document.activeElement !== canvas) canvas.removeAttribute("tabindex");
      });
    }
    for (const name of reads) attended.add(name);
  }

  return { pointer, keys, listen, rest, attend };
}
