/** The host's part of the input block; docs/format.md 5. @module */

import { INPUTS } from "./tables.generated.js";
/** @import { Exports } from "./executor.js" */

/** Bands of `audioInputs`, a single each. */
const BANDS = 256;

/** Bytes of a single. */
const SINGLE = 4;

/** The input block, in the executor's memory. @param {Exports} executor */
export function inputBlockOf({ memory, getInputsPtr }) {
  return new DataView(memory.buffer, getInputsPtr() >>> 0, INPUTS.size);
}

/**
 * Fills in what the host knows.
 * @param {DataView} block
 * @param {{ pointer: Float32Array, keys: Uint8Array }} inputs
 * @param {{ delta: number, frame: number, seed: number, devicePixelRatio: number }} frame
 * @param {AnalyserNode | undefined} analyser
 */
export function fillInputs(block, { pointer, keys }, { delta, frame, seed, devicePixelRatio }, analyser) {
  pointer.forEach((value, i) => block.setFloat32(INPUTS.pointerInputs + SINGLE * i, value, true));
  keys.forEach((byte, i) => block.setUint8(INPUTS.keyboardInputs + i, byte));
  block.setFloat32(INPUTS.frameInputs, delta, true);
  block.setUint32(INPUTS.frameInputs + 4, frame, true);
  block.setUint32(INPUTS.frameInputs + 8, seed, true);
  block.setFloat32(INPUTS.frameInputs + 12, devicePixelRatio, true);
  if (analyser) hear(block, analyser);
  else new Uint8Array(block.buffer, block.byteOffset + INPUTS.audioInputs, BANDS * SINGLE).fill(0);
}

/** Fills in what the analyser hears, in as many bands as the scene has. @param {DataView} block @param {AnalyserNode} analyser */
function hear(block, analyser) {
  const heard = new Uint8Array(analyser.frequencyBinCount);
  analyser.getByteFrequencyData(heard);
  for (let band = 0; band < BANDS; band++) {
    // The loudest of several, or one for several.
    const from = Math.floor((band * heard.length) / BANDS);
    const to = Math.max(Math.floor(((band + 1) * heard.length) / BANDS), from + 1);
    const loudest = Math.max(...heard.subarray(from, to)) / 255;
    block.setFloat32(INPUTS.audioInputs + SINGLE * band, loudest, true);
  }
}
