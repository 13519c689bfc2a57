/** The GPU device: asks for one, and tells of its loss. @module */

import { fail } from "./errors.js";
/** @import { Extras } from "./extensions.js" */

/** @typedef {(info: GPUDeviceLostInfo) => void} LossListener */

/**
 * A device that has what the scene requires.
 * @param {Extras["device"]} needs
 * @param {GPUDevice} [given] The one to use.
 */
export async function openDevice(needs, given) {
  if (given) {
    checkNeeds(needs, given, "the given device");
    return given;
  }
  if (globalThis.isSecureContext === false) fail("WebGPU is there for secure pages only: https, or localhost", "no-webgpu");
  if (!globalThis.navigator?.gpu) fail("this browser has no WebGPU", "no-webgpu");
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) return fail("this machine has no GPU that the browser would use for WebGPU", "no-webgpu");
  checkNeeds(needs, adapter, "this machine's GPU");
  const { requiredFeatures = [], optionalFeatures = [], requiredLimits = {} } = needs;
  const optional = optionalFeatures.filter((feature) => adapter.features.has(feature));
  const features = /** @type {GPUFeatureName[]} */ ([...new Set([...requiredFeatures, ...optional])]);
  return adapter.requestDevice({ requiredFeatures: features, requiredLimits });
}

/**
 * Refuses a device or adapter that lacks what the scene requires.
 * @param {Extras["device"]} needs
 * @param {GPUDevice | GPUAdapter} having
 * @param {string} who For the message.
 */
function checkNeeds({ requiredFeatures = [], requiredLimits = {} }, { features, limits }, who) {
  const lacking = requiredFeatures.filter((feature) => !features.has(feature)).map((feature) => `the feature ${feature}`);
  for (const [name, needed] of Object.entries(requiredLimits)) {
    const most = /** @type {any} */ (limits)[name];
    // Alignments are the better the smaller they are.
    const isEnough = name.startsWith("min") ? most <= needed : most >= needed;
    if (typeof most === "number" && isEnough) continue;
    lacking.push(`the limit ${name} of ${needed}${most === undefined ? "" : `, it has ${most}`}`);
  }
  if (lacking.length) fail(`${who} lacks what the scene requires: ${lacking.join("; ")}`, "unsupported");
}

/**
 * Who wants to know of a device's loss. A promise holds on to its listeners for ever, so there is one for each device.
 * @type {WeakMap<GPUDevice, Set<LossListener>>}
 */
const LOSSES = new WeakMap();

/**
 * Those of a device. A function of its own: what a closure lives with, it keeps alive, and this one lives as long as the device.
 * @param {GPUDevice} device
 */
function listenersOf(device) {
  const known = LOSSES.get(device);
  if (known) return known;
  /** @type {Set<LossListener>} */
  const listeners = new Set();
  LOSSES.set(device, listeners);
  device.lost.then((info) => listeners.forEach((tell) => tell(info)));
  return listeners;
}

/**
 * Tells of the loss of a device, until `signal` aborts.
 * @param {GPUDevice} device
 * @param {AbortSignal} signal
 * @param {LossListener} tell
 */
export function onLoss(device, signal, tell) {
  const listeners = listenersOf(device);
  listeners.add(tell);
  signal.addEventListener("abort", () => listeners.delete(tell));
}
