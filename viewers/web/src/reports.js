/** What a player tells its page. @module */

import { PngineError } from "./errors.js";

/** Most messages that a player passes on: a scene may find a new one for each frame. */
const MAX_MESSAGES = 1000;

/**
 * Calls a function of the page. What it throws is the page's, and goes where its errors go.
 * @template {any[]} Arguments
 * @param {((...args: Arguments) => void) | undefined} callback
 * @param {Arguments} args
 */
export function callPage(callback, ...args) {
  try {
    callback?.(...args);
  } catch (error) {
    globalThis.reportError(error);
  }
}

/**
 * Tells a page what is wrong, each message once.
 * @param {(error: PngineError) => void} tellPage
 * @param {AbortSignal} signal When it aborts, nothing is told any more.
 */
export function reportsTo(tellPage, signal) {
  const told = new Set();

  /** @param {PngineError} error */
  function tell(error) {
    if (signal.aborted || told.has(error.message) || told.size > MAX_MESSAGES) return;
    told.add(error.message);
    const isLast = told.size > MAX_MESSAGES;
    callPage(tellPage, isLast ? new PngineError(`${MAX_MESSAGES} different errors, and no more is told`) : error);
  }

  /** Tells an error, also if it was told before. @param {PngineError} error */
  function tellAgain(error) {
    told.delete(error.message);
    tell(error);
  }

  /** What WebGPU says. @param {GPUError | null} error */
  function tellGpu(error) {
    if (error) tell(new PngineError(error.message, "webgpu"));
  }

  /** What the browser's compiler says about a shader. @param {GPUShaderModule} shader */
  async function tellShader(shader) {
    const { messages } = await shader.getCompilationInfo();
    for (const { type, lineNum, linePos, message } of messages) {
      const text = `${shader.label}, line ${lineNum}, column ${linePos}: ${message}`;
      if (type === "error") tell(new PngineError(text, "webgpu"));
      else console.warn(text);
    }
  }

  return { tell, tellAgain, tellGpu, tellShader };
}
