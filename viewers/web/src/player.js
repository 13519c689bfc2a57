/** A scene that plays. @module */

import * as BUDGETS from "./budgets.generated.js";
import { clockFor } from "./clock.js";
import { onLoss } from "./device.js";
import { attempt, ours, PngineError } from "./errors.js";
import { executeOn } from "./execute.js";
import { watchOver } from "./gpu_watch.js";
import { fillInputs, inputBlockOf } from "./input_block.js";
import { inputsOf } from "./inputs.js";
import { shown, some } from "./messages.js";
import { OPTIONS } from "./options.js";
import { pictureOf } from "./picture.js";
import { callPage, reportsTo } from "./reports.js";
import { surfaceOn } from "./surface.js";
import { KINDS, PLUGINS } from "./tables.generated.js";
import { framesOf, timelineOf } from "./timeline.js";
import { uniformsOf } from "./uniforms.js";
/** @import { Exports } from "./executor.js" */
/** @import { Extras } from "./extensions.js" */
/** @import { Payload } from "./file.js" */
/** @import { Options } from "./options.js" */
/** @import { UniformValue } from "./uniforms.js" */

/** Most frames that wait for what the device says about them; a player that is so far ahead lets the GPU catch up. */
const MAX_WAITING = 16;

/** Most bytes that these frames write together, where it is more than one: the browser holds copies of them. */
const MAX_WAITING_BYTES = 2 ** 26;

/** The bit of the plugin that scenes with compute passes declare. */
const COMPUTE = 1 << PLUGINS.indexOf("compute");

/** What an executor takes for "the timeline chooses the frame". */
const NO_FRAME = 0xffffffff;

/**
 * A step that was taken: why it has failed, if it has, and a promise that is fulfilled when the device has said what is wrong
 * with it and that is reported, or when nobody waits for that any more.
 * @typedef {{ failure?: PngineError, answered: Promise<void> }} Checked
 */

/** A scene that can be played. Made by `load`. */
export class Player {
  #ended = new AbortController();
  #device;
  #options;
  #executor;
  #surface;
  #reports;
  #watch;
  #clock;
  #inputs;
  #uniforms;
  #commands;
  #frames;
  #timeline;
  #analyser;
  /** The time of the frame that was drawn last. */
  #drawn = NaN;
  /** Whether a frame was ever asked for. */
  #isAsked = false;
  #isLost = false;
  /** Whether an error has stopped it while it played; another size may be better. */
  #hasFailed = false;
  /** The scene of the timeline that the page was told of. */
  #toldScene = -1;
  /** The size of the canvas for which everything is made. */
  #size = "";

  /**
   * @param {HTMLCanvasElement | OffscreenCanvas} canvas
   * @param {GPUDevice} device
   * @param {Payload} payload
   * @param {Extras} extras
   * @param {Exports} executor
   * @param {Options} options
   */
  constructor(canvas, device, payload, extras, executor, options) {
    const { signal } = this.#ended;
    const { maxGpuBytes = BUDGETS.GPU_BYTES, gpuSeconds = BUDGETS.GPU_SECONDS } = options;
    this.#device = device;
    this.#options = options;
    this.#executor = executor;
    this.#analyser = options.analyser;
    this.#surface = surfaceOn(canvas, device, options, extras.canvas);
    this.#reports = reportsTo(options.onError ?? ((error) => console.error(String(error))), signal);
    this.#frames = framesOf(payload);
    this.#timeline = timelineOf(payload, extras.animation);
    this.#uniforms = uniformsOf(extras.uniforms.blocks ?? [], extras.controls.blocks ?? []);
    this.#inputs = inputsOf(canvas, signal, options);
    this.#watch = watchOver(device, gpuSeconds, () => this.#stall(gpuSeconds));
    this.#commands = executeOn(device, this.#surface, payload.plugins, executor, this.#reports.tell, maxGpuBytes);
    for (const input of this.#uniforms.inputs) this.#commands.noteInput(input);
    this.#clock = clockFor({
      isReady: () => this.#isReady(),
      hasDrawn: () => this.#isAsked,
      draw: () => this.draw(),
      pause: () => this.pause(),
      onEnd: () => callPage(options.onEnd, this),
    }, this.#timeline, options, Boolean(payload.plugins & COMPUTE));
    // On a shared device there may be errors of others: those of this player are caught by the scopes around its frames.
    if (!options.device) device.addEventListener("uncapturederror", ({ error }) => this.#reports.tellGpu(error), { signal });
    onLoss(device, signal, ({ reason, message }) => {
      this.#isLost = true;
      this.pause();
      this.#watch.end();
      this.#reports.tell(new PngineError(`the device is lost (${reason}): ${message}`, "lost"));
    });
  }

  /** The canvas that the scene is drawn on. */
  get canvas() {
    return this.#surface.canvas;
  }

  /** The device that it is drawn with. */
  get device() {
    return this.#device;
  }

  /** What is shown, in seconds from the start of the scene. */
  get time() {
    return this.#clock.time();
  }

  /** Whether time goes on by itself. */
  get playing() {
    return this.#clock.isPlaying();
  }

  /** Names of the scene's frames, by index; empty for those without one. */
  get frames() {
    return this.#frames;
  }

  /** The scenes of the timeline, by index; times are in seconds, `frame` is an index of `frames`. */
  get scenes() {
    return this.#timeline.scenes;
  }

  /** Length of the timeline in seconds; `Infinity` without one. */
  get duration() {
    return this.#timeline.duration;
  }

  /** What the scene hears. @type {AnalyserNode | undefined} */
  get analyser() {
    return this.#analyser;
  }

  set analyser(analyser) {
    const [test, wanted] = OPTIONS.analyser;
    if (analyser !== undefined && !test(analyser)) throw new TypeError(`the analyser must be ${wanted}, not ${shown(analyser)}`);
    this.#analyser = analyser;
  }

  /** Whether `destroy` was called, or another scene loaded onto the canvas. */
  get destroyed() {
    return this.#ended.signal.aborted;
  }

  /** Index of the timeline's scene that is shown, 0 without a timeline. */
  get scene() {
    return this.#commands.scene();
  }

  /** Whether time is at the end of a timeline that does not repeat. */
  get ended() {
    return this.#clock.isEnded();
  }

  /** The scene's videos, in the order of their ids, for their sound and their state; the player moves them. */
  get videos() {
    return this.#commands.videos.elements();
  }

  /**
   * The uniforms that the scene has, by name, with their types and what the scene says of them. Those with `input` the player
   * writes itself.
   */
  get uniforms() {
    return this.#uniforms.list;
  }

  /**
   * Sets a uniform: it is written before the next frame, and converted to the type that it has there.
   * @param {string} name Its own, or with variable or module in front: `speed`, `params.speed`, `main.params.speed`.
   * @param {UniformValue} value
   */
  setUniform(name, value) {
    this.#uniforms.set([[name, value]]);
  }

  /**
   * Sets several uniforms, see `setUniform`: all of them, or none if one of them cannot be set.
   * @param {Record<string, UniformValue>} values
   */
  setUniforms(values) {
    if (typeof values !== "object" || !values) throw new TypeError(`uniforms are set with an object, not ${shown(values)}`);
    this.#uniforms.set(Object.entries(values));
  }

  /**
   * What a uniform is in the next frame: what was set, or else what it begins with; of one that the player writes itself, what it
   * was in the last frame. A number, or several in an array. What the scene's own frames write is not seen here.
   * @param {string} name
   * @returns {number | number[]}
   */
  getUniform(name) {
    return this.#uniforms.get(name);
  }

  /**
   * Creates what the scene needs, draws its first frame, takes over the canvas, and plays if it should. `load` does this.
   * @param {AbortSignal} claim Ends when somebody else wants the canvas.
   * @param {() => void} appeared Is told that it is taken.
   */
  async start(claim, appeared) {
    const { autoplay } = this.#options;
    await this.#initialize(claim);
    const first = autoplay === false ? undefined : this.#frame(0);
    if (first?.failure) {
      await first.answered;
      throw first.failure;
    }
    this.#surface.appear(this, (error) => this.#reports.tellGpu(error));
    this.#inputs.listen();
    this.#inputs.attend(this.#commands.reads);
    appeared();
    if (autoplay) this.play();
    await first?.answered;
  }

  /** Creates what the scene needs. @param {AbortSignal} claim */
  async #initialize(claim) {
    try {
      const commands = attempt(() => this.#commands.call());
      await this.#commands.load(commands);
      claim.throwIfAborted();
      this.#size = this.#surface.size().join(" ");
      const { failure, answered } = this.#checked(() => this.#commands.perform(commands));
      await answered;
      if (failure) throw failure;
    } finally {
      // Also where it has failed: a shader may be why.
      const shaders = [...this.#commands.resources.tables[KINDS.indexOf("shader")].values()];
      await this.#watch.unlessStalled(Promise.all(shaders.map((shader) => this.#reports.tellShader(shader))));
    }
    claim.throwIfAborted();
  }

  /**
   * Plays on from `time`, at the end from the start. After the GPU did not finish it tries again. Without its device a player
   * stands still: load the scene again.
   */
  play() {
    if (this.playing || this.destroyed || this.#isLost) return;
    this.#hasFailed = false;
    this.#watch.retry();
    this.#clock.start();
  }

  /** Whether videos have their pictures, and the GPU is not too far behind. */
  #isReady() {
    const { videos, meter } = this.#commands;
    const most = Math.min(MAX_WAITING, Math.ceil(MAX_WAITING_BYTES / meter.writtenBytes));
    return !videos.isWaiting() && this.#watch.waiting() < most;
  }

  /** Stops time. */
  pause() {
    this.#hasFailed = false;
    this.#clock.stop();
    this.#commands.videos.follow(this.time, false);
  }

  /** Stops time and shows the start. */
  stop() {
    this.pause();
    return this.seek(0);
  }

  /** Goes to a time in seconds; when paused, draws it, as soon as the scene's videos are there. @param {number} time */
  async seek(time) {
    if (!Number.isFinite(time)) return this.draw(time);
    if (this.destroyed) return;
    const cued = this.#commands.videos.cue(time);
    // No time passes on the way.
    this.#drawn = NaN;
    if (this.playing) {
      this.#clock.set(time);
      return;
    }
    // Without videos the frame is drawn before this returns.
    if (cued) await cued;
    await this.draw(time);
  }

  /**
   * Draws the frame at `time`, in seconds, at once: when this returns, the canvas shows it. The promise settles when the device
   * has said what is wrong with it, if anything; it is never rejected. A canvas without pixels is left alone, one with more
   * pixels than the device can draw is made smaller.
   */
  async draw(time = this.time) {
    if (this.destroyed || this.#isLost) return;
    if (!Number.isFinite(time)) return this.#reports.tell(new PngineError(`${shown(time)} is not a time in seconds`, "argument"));
    if (this.#watch.isStalled()) {
      this.#clock.set(time);
      return;
    }
    const { failure, answered } = this.#frame(time);
    if (failure) this.#reports.tell(failure);
    await answered;
  }

  /** Draws a frame. @param {number} time @returns {Checked} */
  #frame(time) {
    this.#clock.set(time);
    this.#isAsked = true;
    const size = this.#surface.size();
    if (!size[0] || !size[1]) return { answered: Promise.resolve() };
    if (this.#surface.isShown()) this.#surface.fit(size);
    const checked = this.#checked(() => this.#performFrame(time, size));
    if (!checked.failure && this.scenes.length && this.#toldScene !== this.scene) {
      this.#toldScene = this.scene;
      callPage(this.#options.onScene, this.scene, this);
    }
    return checked;
  }

  /** @param {number} time @param {[number, number]} size */
  #performFrame(time, size) {
    const commands = this.#commands;
    if (this.#size !== size.join(" ")) {
      // If this fails, nothing fits any size, and it is tried again with the next frame.
      this.#size = "";
      commands.renew("canvas");
      this.#size = size.join(" ");
    }
    if (this.playing) commands.videos.follow(time, true);
    this.#fillInputs(time);
    const buffer = attempt(() => commands.call(time));
    this.#uniforms.flush(inputBlockOf(this.#executor), this.#device.queue, commands.resources.tables[KINDS.indexOf("buffer")]);
    commands.perform(buffer);
    if (this.#surface.isShown()) this.#inputs.attend(commands.reads);
  }

  /** Fills the host's part of the input block. @param {number} time */
  #fillInputs(time) {
    const passed = time > this.#drawn ? time - this.#drawn : 0;
    const { width } = pictureOf(this.canvas);
    const frame = {
      delta: this.playing ? Math.min(passed, this.#clock.maxDelta) : passed,
      frame: this.#executor.getFrameCounter(),
      seed: this.#options.seed ?? 0,
      devicePixelRatio: width ? this.#surface.size()[0] / width : 1,
    };
    fillInputs(inputBlockOf(this.#executor), this.#inputs, frame, this.#analyser);
    this.#inputs.rest();
    this.#drawn = time;
  }

  /**
   * Gives the canvas another size, in whole pixels, at least one and at most what the device can draw, and draws again what was
   * drawn. A player that an error has stopped plays on: the error may have come from the size.
   * @param {number} width
   * @param {number} height
   */
  async resize(width, height) {
    if (this.destroyed) return;
    if (![width, height].every(Number.isFinite))
      return this.#reports.tell(new PngineError(`${shown(width)} x ${shown(height)} is not a size in pixels`, "argument"));
    const hasChanged = this.#surface.fit([this.#surface.clamped(width, 1), this.#surface.clamped(height, 1)]);
    if (!hasChanged || !this.#isAsked || this.#isLost || this.#watch.isStalled()) return;
    const wasStopped = this.#hasFailed;
    const { failure, answered } = this.#frame(this.time);
    if (failure) this.#reports.tell(failure);
    else if (wasStopped) this.play();
    await answered;
  }

  /** Chooses a frame by name or index; `null` leaves the choice to the timeline. @param {string | number | null} frame */
  setFrame(frame) {
    if (frame !== null && typeof frame !== "string" && typeof frame !== "number")
      throw new TypeError(`a frame is chosen by name or index, or null, not by ${shown(frame)}`);
    this.#executor.setFrame(frame === null ? NO_FRAME : this.#indexOf(frame));
  }

  /** @param {string | number} frame */
  #indexOf(frame) {
    const frames = this.#frames;
    const index = typeof frame === "string" ? frames.indexOf(frame) : frame;
    // Frames without a name have an empty one.
    const isThere = frame !== "" && Number.isInteger(index) && index >= 0 && index < frames.length;
    if (isThere) return index;
    const others = some(frames.map((name, i) => name || String(i)));
    throw new PngineError(`the scene has no frame ${frame}, only ${others}`, "frame");
  }

  /** Stops for good: gives back the device, if it is the player's own, and listens to nothing any more. */
  destroy() {
    this.pause();
    this.#ended.abort();
    this.#watch.end();
    this.#commands.release();
    this.#surface.release(this);
    if (this.#options.device) this.#commands.resources.destroy();
    else this.#device.destroy();
  }

  /** Takes a step at once. @param {() => void} step @returns {Checked} */
  #checked(step) {
    const device = this.#device;
    // Whoever has lent the device is not told by it of errors of this player.
    /** @type {GPUErrorFilter[]} */
    const scopes = this.#options.device ? ["internal", "out-of-memory", "validation"] : ["validation"];
    for (const scope of scopes) device.pushErrorScope(scope);
    let failure;
    try {
      step();
    } catch (error) {
      const wasPlaying = this.playing || this.#hasFailed;
      this.pause();
      this.#hasFailed = wasPlaying;
      failure = ours(error, "the executor has failed", "executor");
    }
    // A lost device answers with a rejection; the loss itself is reported elsewhere.
    const answers = scopes.map(() => device.popErrorScope().catch(() => null));
    this.#watch.submitted();
    const told = Promise.all(answers).then((errors) => errors.forEach((error) => this.#reports.tellGpu(error)));
    return { failure, answered: this.#watch.unlessStalled(told) };
  }

  /** The GPU does not finish: stops, and waits for nothing. @param {number} seconds How long it has worked. */
  #stall(seconds) {
    this.pause();
    this.#reports.tellAgain(new PngineError(`the GPU has not finished within ${seconds} s; play() tries again`, "E013"));
  }
}
