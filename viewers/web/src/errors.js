/** Errors of the player: what a page is told, by kind and code. @module */

/** Codes of kinds; those of commands and media depend on what it is. @type {Record<string, string>} */
const CODES = {
  network: "E0902",
  "not-png": "E0910",
  "no-scene": "E0911",
  damaged: "E0912",
  executor: "E0913",
  "no-executor": "E0914",
  frame: "E0916",
  "no-webgpu": "E0920",
  webgpu: "E0921",
  lost: "E0921",
  unsupported: "E0922",
  uniform: "E0923",
  canvas: "",
  aborted: "",
  superseded: "",
  argument: "",
};

/**
 * What kind of thing goes wrong, for a page that does something about it.
 *
 * While loading: `network` the bytes cannot be fetched, `not-png`, `no-scene`, `damaged`, `unsupported` this player, browser or
 * GPU lacks what the scene needs, `no-executor`, `no-webgpu`, `canvas` it belongs to something else, `aborted` by
 * `options.signal`, `superseded` by a later `load` onto the same canvas. While loading or playing: `executor` it fails, `command`
 * one is wrong, `module` a nested module fails, `media` an image or a video is not what it should be, `budget` the scene asks for
 * too much, `webgpu` what WebGPU says, `stalled` the GPU does not finish, `lost` the device is gone, `frame` there is no such
 * frame, `uniform` one cannot be set, `argument` a time or size that is none.
 * @typedef {"network" | "not-png" | "no-scene" | "damaged" | "unsupported" | "no-executor" | "no-webgpu" | "canvas" | "aborted"
 *   | "superseded" | "executor" | "command" | "module" | "media" | "budget" | "webgpu" | "stalled" | "lost" | "frame" | "uniform"
 *   | "argument"} ErrorKind
 */

/** Kinds of the codes of commands that are not simply `command`. @type {Record<string, ErrorKind>} */
const COMMAND_KINDS = { E010: "module", E011: "media", E012: "budget", E013: "stalled" };

/** What goes wrong. `code` is that of docs/diagnostics.md, E001 to E013 for commands; empty where no code fits. */
export class PngineError extends Error {
  /**
   * @param {string} message
   * @param {string} [what] A kind, or the code of a command's error.
   * @param {unknown} [cause] What was thrown at first.
   */
  constructor(message, what = "command", cause) {
    super(message, cause === undefined ? undefined : { cause });
    /** @type {ErrorKind} */
    this.kind = what in CODES ? /** @type {ErrorKind} */ (what) : COMMAND_KINDS[what] ?? "command";
    this.code = CODES[what] ?? (what === "command" ? "" : what);
    this.name = this.code ? `PngineError ${this.code}` : "PngineError";
  }
}

/**
 * Throws an error.
 * @param {string} message
 * @param {string} [what] A kind or a code. Default: E004, bytes that cannot be read.
 * @param {unknown} [cause]
 * @returns {never}
 */
export function fail(message, what = "E004", cause) {
  throw new PngineError(message, what, cause);
}

/**
 * The kind or code of an error in a command. What WebGPU or a decoder throws as a TypeError or RangeError, it could not read; an
 * OperationError is about bytes or texels that lie outside.
 * @param {any} error
 * @returns {string}
 */
export function codeOf(error) {
  if (error instanceof PngineError) return error.kind in CODES ? error.kind : error.code || "command";
  if (error instanceof TypeError || error instanceof RangeError) return "E004";
  return error?.name === "OperationError" ? "E002" : "command";
}

/**
 * An error with its place in front. What is too much, or newer than this player, stays that.
 * @param {any} error
 * @param {string} where
 * @param {string} [what] A kind or a code. Default: that of the error.
 */
export function located(error, where, what = codeOf(error)) {
  const isOwn = error instanceof PngineError;
  let chosen = what;
  if (isOwn && error.kind === "budget") chosen = "E012";
  if (isOwn && error.kind === "unsupported") chosen = error.kind;
  const message = error instanceof Error ? error.message : error;
  return new PngineError(`${where}: ${message}`, chosen, isOwn ? error.cause : error);
}

/**
 * Does something, with a place for its errors.
 * @template T
 * @param {string} where
 * @param {() => T} step
 * @param {string} [what] A kind or a code for them.
 */
export function locate(where, step, what) {
  try {
    return step();
  } catch (error) {
    throw located(error, where, what);
  }
}

/**
 * An error as one of ours: with a place in front, if it is not.
 * @param {unknown} error
 * @param {string} where
 * @param {string} what
 */
export function ours(error, where, what) {
  return error instanceof PngineError ? error : located(error, where, what);
}

/**
 * Does something with the executor, whose errors become ours.
 * @template T
 * @param {() => T} step
 */
export function attempt(step) {
  try {
    return step();
  } catch (error) {
    throw ours(error, "the executor has failed", "executor");
  }
}
