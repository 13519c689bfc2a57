/** A scene that plays. @module */

import { onLoss } from "./device.js";
import { PngineError, attempt, ours } from "./errors.js";
import { commandExecutor } from "./gpu.js";
import { inputsOf, pictureOf } from "./inputs.js";
import { OPTIONS } from "./options.js";
import { BUDGETS, INPUTS, KINDS, PLUGINS } from "./tables.generated.js";
import { uniformTable } from "./uniforms.js";
import { shown, some, whole } from "./words.js";
/** @import { Exports } from "./executor.js" */
/** @import { Extras } from "./extensions.js" */
/** @import { Payload } from "./file.js" */
/** @import { Screen } from "./gpu.js" */
/** @import { Options } from "./options.js" */
/** @import { UniformValue } from "./uniforms.js" */

/** Who draws on a canvas. @type {WeakMap<HTMLCanvasElement | OffscreenCanvas, Player>} */
const PLAYERS = new WeakMap();

/** Most messages that a player passes on: a scene may find a new one for each frame. */
const MAX_MESSAGES = 1000;

/** Most frames that wait for what the device says about them; a player that is so far ahead lets the GPU catch up. */
const MAX_WAITING = 16;

/** Most bytes that these frames write together, where it is more than one: the browser holds copies of them. */
const MAX_WAITING_BYTES = 2 ** 26;

/** Frames a second of scenes that simulate, unless the page wants others: one step is taken for each. */
const STEPS_PER_SECOND = 60;

/** The bit of the plugin that scenes with compute passes declare. */
const COMPUTE = 1 << PLUGINS.indexOf("compute");

/** What a scene may do with the canvas: `GPUTextureUsage` RENDER_ATTACHMENT, COPY_SRC and COPY_DST. */
const CANVAS_USAGE = 0x13;

/** Screens that are slower than this get as many steps as if they were that fast: in seconds. */
const SLOWEST_REFRESH = 1 / 30;

/** A scene that can be played. Made by `load`. */
export class Player {
  #ended = new AbortController();
  #canvas;
  #device;
  #context;
  #options;
  #payload;
  #extras;
  #executor;
  #inputs;
  #uniforms;
  #gpu;
  #frames;
  #scenes;
  #duration;
  #end;
  #analyser;
  #time = 0;
  #playing = false;
  #drawn = NaN;
  #asked = false;
  #lost = false;
  #request = 0;
  #told = new Set();
  #shown = -1;
  #size = "";
  /** Whether an error has stopped it while it played; another size may be better. */
  #failed = false;
  /** Whether the GPU does not finish. */
  #stalled = false;
  /** What settles the promises of frames that the device has not answered for yet. @type {Set<() => void>} */
  #waiting = new Set();
  /** The watch over the GPU's work: how much of its time has passed, and whether more was submitted since it began. */
  #watch = { timer: 0, parts: 0, more: false };
  /** What is drawn on before the canvas belongs to the player. @type {GPUTexture | undefined} */
  #draft;
  #appeared = false;

  /**
   * @param {HTMLCanvasElement | OffscreenCanvas} canvas @param {GPUDevice} device @param {Payload} payload
   * @param {Extras} extras @param {Exports} executor @param {Options} options
   */
  constructor(canvas, device, payload, extras, executor, options) {
    const context = /** @type {GPUCanvasContext | null} */ (canvas.getContext("webgpu"));
    if (!context) throw new PngineError("the canvas gives no WebGPU context: it already has one of another kind", "canvas");
    this.#canvas = canvas;
    this.#context = context;
    this.#device = device;
    this.#payload = payload;
    this.#extras = extras;
    this.#options = options;
    this.#executor = executor;
    this.#analyser = options.analyser;
    const [frames, names] = payload.names;
    // The bytecode's blocks are the timeline, `init` and the frames; see docs/format.md 3.
    const [version, , , , low = 0, high = 0] = payload.bytecode;
    const count = version === 1 ? low + high * 256 - 2 : 0;
    this.#frames = Object.freeze(Array.from({ length: Math.max(count, frames.length, 1) }, (_, i) => frames[i] ?? ""));
    const { duration = 0, endBehavior = 0, scenes = [] } = extras.animation;
    this.#scenes = Object.freeze(scenes.map(({ start = 0, end, frame = 0 }, i) =>
      Object.freeze({ name: names[i] ?? "", start: start / 1000, end: end / 1000, frame })));
    this.#duration = duration / 1000 || Infinity;
    this.#end = /** @type {const} */ (["hold", "stop", "repeat", "repeat"])[endBehavior] ?? "hold";
    this.#uniforms = uniformTable(extras.uniforms.blocks ?? []);
    const { signal } = this.#ended;
    this.#inputs = inputsOf(canvas, signal, options);
    const { maxGpuBytes = BUDGETS.GPU_BYTES } = options;
    this.#gpu = commandExecutor(device, this.#screen(), payload.plugins, executor, this.#report, maxGpuBytes);
    for (const input of this.#uniforms.inputs) this.#gpu.noteInput(input);
    // On a shared device there may be errors of others: those of this player are caught by the scopes around its frames.
    if (!options.device) device.addEventListener("uncapturederror", ({ error }) => this.#reportGpu(error), { signal });
    onLoss(device, signal, ({ reason, message }) => {
      this.#lost = true;
      this.pause();
      this.#settleAll();
      this.#report(new PngineError(`the device is lost (${reason}): ${message}`, "lost"));
    });
  }

  /** The canvas that the scene is drawn on. */
  get canvas() {
    return this.#canvas;
  }

  /** The device that it is drawn with. */
  get device() {
    return this.#device;
  }

  /** What is shown, in seconds from the start of the scene. */
  get time() {
    return this.#time;
  }

  /** Whether time goes on by itself. */
  get playing() {
    return this.#playing;
  }

  /** Names of the scene's frames, by index; empty for those without one. */
  get frames() {
    return this.#frames;
  }

  /** The scenes of the timeline, by index; times are in seconds, `frame` is an index of `frames`. */
  get scenes() {
    return this.#scenes;
  }

  /** Length of the timeline in seconds; `Infinity` without one. */
  get duration() {
    return this.#duration;
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
    return this.#gpu.scene;
  }

  /** Whether time is at the end of a timeline that does not repeat. */
  get ended() {
    return this.#end !== "repeat" && this.#time >= this.#duration;
  }

  /** The scene's videos, in the order of their ids, for their sound and their state; the player moves them. */
  get videos() {
    return [...this.#gpu.plugged.videos.keys()];
  }

  /** The uniforms that the scene has, by name, with their types. Those with `input` the player writes itself. */
  get uniforms() {
    return this.#uniforms.list;
  }

  /**
   * Sets a uniform: it is written before the next frame, and converted to the type that it has there.
   * @param {string} name Its own, or with variable or module in front: `speed`, `params.speed`, `main.params.speed`.
   * @param {UniformValue} value
   */
  setUniform(name, value) {
    this.#uniforms.set(name, value);
  }

  /** Sets several uniforms, see `setUniform`. @param {Record<string, UniformValue>} values */
  setUniforms(values) {
    for (const [name, value] of Object.entries(values)) this.setUniform(name, value);
  }

  /**
   * Creates what the scene needs, draws its first frame, takes over the canvas, and plays if it should. `load` does this.
   * @param {AbortSignal} claim Ends when somebody else wants the canvas. @param {() => void} appeared Is told that it is taken.
   */
  async start(claim, appeared) {
    const { call, plugged, perform, resources } = this.#gpu;
    const { autoplay } = this.#options;
    try {
      const commands = attempt(call);
      await plugged.load(commands.read(), this.#payload.plugins);
      claim.throwIfAborted();
      this.#size = this.#canvasSize().join(" ");
      const { failure, answered } = this.#checked(() => perform(commands));
      await answered;
      if (failure) throw failure;
    } finally {
      const shaders = [...resources[KINDS.indexOf("shader")].values()];
      await this.#unlessStalled(Promise.all(shaders.map((shader) => this.#tellAbout(shader))));
    }
    claim.throwIfAborted();
    const first = autoplay === false ? undefined : this.#frame(0);
    if (first?.failure) {
      await first.answered;
      throw first.failure;
    }
    this.#appear();
    appeared();
    if (autoplay) this.play();
    await first?.answered;
  }

  /** What is drawn on: the canvas, or before it belongs to the player, a texture like it. @returns {Screen} */
  #screen() {
    const size = () => this.#canvasSize();
    const [format, usage] = [navigator.gpu.getPreferredCanvasFormat(), CANVAS_USAGE];
    return {
      get width() {
        return size()[0];
      },
      get height() {
        return size()[1];
      },
      texture: () => {
        if (this.#appeared) return this.#context.getCurrentTexture();
        const [width, height] = size();
        if (this.#draft?.width !== width || this.#draft.height !== height) {
          this.#draft?.destroy();
          this.#draft = this.#device.createTexture({ label: "canvas", size: [width, height], format, usage });
        }
        return this.#draft;
      },
    };
  }

  /** The size of the canvas; until it belongs to the player, the one that it will have. @returns {[number, number]} */
  #canvasSize() {
    const { width, height } = this.#canvas;
    const [across, down] = this.#appeared ? [width, height] : this.#options.size ?? [width, height];
    return [this.#clamped(across, 0), this.#clamped(down, 0)];
  }

  /** A length in whole pixels that the device can draw. @param {number} length @param {number} least */
  #clamped(length, least) {
    return whole(length, least, this.#device.limits.maxTextureDimension2D);
  }

  /** Takes over the canvas, from the player before if there is one, with what was drawn so far. */
  #appear() {
    const [canvas, context, device, { canvas: wanted }] = [this.#canvas, this.#context, this.#device, this.#extras];
    const [width, height] = this.#canvasSize();
    device.pushErrorScope("validation");
    try {
      context.configure({
        device,
        format: navigator.gpu.getPreferredCanvasFormat(),
        alphaMode: this.#options.alphaMode ?? wanted.alphaMode ?? "opaque",
        colorSpace: wanted.colorSpace ?? "srgb",
        toneMapping: { mode: wanted.toneMapping ?? "standard" },
        usage: CANVAS_USAGE,
      });
    } finally {
      // Chromium complains about a canvas without pixels, which may well get some later.
      device.popErrorScope().then((error) => width && height && this.#reportGpu(error), () => {});
    }
    const before = PLAYERS.get(canvas);
    PLAYERS.set(canvas, this);
    before?.destroy();
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    this.#appeared = true;
    if (this.#draft) {
      const encoder = device.createCommandEncoder();
      encoder.copyTextureToTexture({ texture: this.#draft }, { texture: context.getCurrentTexture() }, [width, height]);
      device.queue.submit([encoder.finish()]);
      this.#draft.destroy();
      this.#draft = undefined;
    }
    this.#inputs.listen();
    this.#inputs.attend(this.#gpu.reads);
  }

  /**
   * Plays on from `time`, at the end from the start. After the GPU did not finish it tries again. Without its device a player
   * stands still: load the scene again.
   */
  play() {
    if (this.#playing || this.destroyed || this.#lost) return;
    this.#playing = true;
    this.#failed = false;
    this.#stalled = false;
    this.#watch.parts = 0;
    if (this.ended) this.#time = 0;
    const { fps = this.#payload.plugins & COMPUTE ? STEPS_PER_SECOND : 0, maxDelta = 0.1 } = this.#options;
    const step = 1 / fps;
    // Seconds of fixed steps that are due. A step may come a little early, so that an uneven screen gets one for each refresh.
    let due = 0;
    let [last, ended] = [NaN, false];
    const tick = (/** @type {number} */ now) => {
      this.#request = requestAnimationFrame(tick);
      const passed = now > last ? Math.min((now - last) / 1000, maxDelta) : 0;
      const isFirst = Number.isNaN(last);
      last = now;
      if (!fps) {
        this.#advance(passed);
        if (this.#isReady()) this.draw();
      } else if (isFirst) {
        if (!this.#asked) this.draw();
      } else {
        due = Math.min(due + passed, Math.max(step, SLOWEST_REFRESH));
        for (; due >= step * 0.75 && this.#playing && this.#isReady(); due -= step) {
          this.#advance(step);
          this.draw();
        }
      }
      if (this.ended && this.#end === "stop") this.pause();
      if (this.ended && !ended) this.#call(this.#options.onEnd, this);
      ended = this.ended;
    };
    this.#request = requestAnimationFrame(tick);
  }

  /** Whether videos have their pictures, and the GPU is not too far behind. */
  #isReady() {
    const { plugged, meter } = this.#gpu;
    const most = Math.min(MAX_WAITING, Math.ceil(MAX_WAITING_BYTES / meter.writtenBytes()));
    return !plugged.waiting() && this.#waiting.size < most;
  }

  /** Lets time go on. @param {number} seconds */
  #advance(seconds) {
    const next = this.#time + seconds;
    this.#time = this.#end === "repeat" ? next : Math.min(next, this.#duration);
  }

  /** Stops time. */
  pause() {
    this.#playing = false;
    this.#failed = false;
    cancelAnimationFrame(this.#request);
    this.#gpu?.plugged.follow(this.#time, false);
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
    const cued = this.#gpu.plugged.cue(time);
    // No time passes on the way.
    this.#drawn = NaN;
    if (this.#playing) return void (this.#time = time);
    if (cued) await cued;
    await this.draw(time);
  }

  /**
   * Draws the frame at `time`, in seconds, at once: when this returns, the canvas shows it. The promise settles when the device
   * has said what is wrong with it, if anything; it is never rejected. A canvas without pixels is left alone, one with more
   * pixels than the device can draw is made smaller.
   */
  async draw(time = this.#time) {
    if (this.destroyed || this.#lost) return;
    if (!Number.isFinite(time)) return this.#report(new PngineError(`${shown(time)} is not a time in seconds`, "argument"));
    if (this.#stalled) return void (this.#time = time);
    const { failure, answered } = this.#frame(time);
    if (failure) this.#report(failure);
    await answered;
  }

  /** Draws a frame. @param {number} time @returns {Checked} */
  #frame(time) {
    this.#time = time;
    this.#asked = true;
    const [width, height] = this.#canvasSize();
    if (!width || !height) return { answered: Promise.resolve() };
    if (this.#appeared && this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#appeared && this.#canvas.height !== height) this.#canvas.height = height;
    const checked = this.#checked(() => {
      const { call, perform, renew, plugged, resources, reads } = this.#gpu;
      const size = `${width} ${height}`;
      if (this.#size !== size) {
        // If this fails, nothing fits any size, and it is tried again with the next frame.
        this.#size = "";
        renew("canvas");
        this.#size = size;
      }
      if (this.#playing) plugged.follow(time, true);
      this.#fillInputs(time);
      const commands = attempt(() => call(time));
      this.#uniforms.flush(this.#inputBlock(), this.#device.queue, resources[KINDS.indexOf("buffer")]);
      perform(commands);
      if (this.#appeared) this.#inputs.attend(reads);
    });
    if (!checked.failure && this.#scenes.length && this.#shown !== (this.#shown = this.scene))
      this.#call(this.#options.onScene, this.scene, this);
    return checked;
  }

  /**
   * Gives the canvas another size, in whole pixels, at least one and at most what the device can draw, and draws again what was
   * drawn. A player that an error has stopped plays on: the error may have come from the size.
   * @param {number} width @param {number} height
   */
  async resize(width, height) {
    if (this.destroyed) return;
    if (![width, height].every(Number.isFinite))
      return this.#report(new PngineError(`${shown(width)} x ${shown(height)} is not a size in pixels`, "argument"));
    const [across, down] = [width, height].map((length) => this.#clamped(length, 1));
    if (this.#canvas.width === across && this.#canvas.height === down) return;
    [this.#canvas.width, this.#canvas.height] = [across, down];
    if (!this.#asked || this.#lost || this.#stalled) return;
    const wasStopped = this.#failed;
    const { failure, answered } = this.#frame(this.#time);
    if (failure) this.#report(failure);
    else if (wasStopped) this.play();
    await answered;
  }

  /** Chooses a frame by name or index; `null` leaves the choice to the timeline. @param {string | number | null} frame */
  setFrame(frame) {
    if (frame !== null && typeof frame !== "string" && typeof frame !== "number")
      throw new TypeError(`a frame is chosen by name or index, or null, not by ${shown(frame)}`);
    const index = typeof frame === "string" ? this.#frames.indexOf(frame) : frame ?? 0xffffffff;
    const isThere = frame === null || (frame !== "" && Number.isInteger(index) && index >= 0 && index < this.#frames.length);
    const others = () => some(this.#frames.map((name, i) => name || String(i)));
    if (!isThere) throw new PngineError(`the scene has no frame ${frame}, only ${others()}`, "frame");
    this.#executor.setFrame(index);
  }

  /** Stops for good: gives back the device, if it is the player's own, and listens to nothing any more. */
  destroy() {
    this.pause();
    this.#ended.abort();
    clearInterval(this.#watch.timer);
    this.#settleAll();
    this.#gpu.plugged.release();
    if (PLAYERS.get(this.#canvas) === this) {
      PLAYERS.delete(this.#canvas);
      this.#context.unconfigure();
    }
    this.#draft?.destroy();
    if (this.#options.device) this.#gpu.resources.forEach((table) => table.forEach((thing) => thing.destroy?.()));
    else this.#device.destroy();
  }

  /** The input block, in the executor's memory. */
  #inputBlock() {
    const { memory, getInputsPtr } = this.#executor;
    return new DataView(memory.buffer, getInputsPtr() >>> 0, INPUTS.size);
  }

  /** Fills the host's part of the input block. @param {number} time */
  #fillInputs(time) {
    const { getFrameCounter } = this.#executor;
    const { pointer, keys } = this.#inputs;
    const view = this.#inputBlock();
    pointer.forEach((value, i) => view.setFloat32(INPUTS.pointerInputs + 4 * i, value, true));
    keys.forEach((byte, i) => view.setUint8(INPUTS.keyboardInputs + i, byte));
    const delta = time > this.#drawn ? time - this.#drawn : 0;
    view.setFloat32(INPUTS.frameInputs, this.#playing ? Math.min(delta, this.#options.maxDelta ?? 0.1) : delta, true);
    view.setUint32(INPUTS.frameInputs + 4, getFrameCounter(), true);
    view.setUint32(INPUTS.frameInputs + 8, this.#options.seed ?? 0, true);
    const { width } = pictureOf(this.#canvas);
    view.setFloat32(INPUTS.frameInputs + 12, width ? this.#canvasSize()[0] / width : 1, true);
    this.#hear(view);
    pointer.fill(0, 4, 6);
    this.#drawn = time;
  }

  /** Fills in what the analyser hears, in as many bands as the scene has. @param {DataView} view */
  #hear(view) {
    if (!this.#analyser) return void new Uint8Array(view.buffer, view.byteOffset + INPUTS.audioInputs, 1024).fill(0);
    const heard = new Uint8Array(this.#analyser.frequencyBinCount);
    this.#analyser.getByteFrequencyData(heard);
    for (let band = 0; band < 256; band++) {
      // The loudest of several, or one for several.
      const [from, to] = [band, band + 1].map((edge) => Math.floor((edge * heard.length) / 256));
      view.setFloat32(INPUTS.audioInputs + 4 * band, Math.max(...heard.subarray(from, Math.max(to, from + 1))) / 255, true);
    }
  }

  /**
   * A step that was taken: why it has failed, if it has, and a promise that is fulfilled when the device has said what is wrong
   * with it and that is reported, or when nobody waits for that any more.
   * @typedef {{ failure?: PngineError, answered: Promise<void> }} Checked
   */

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
      const wasPlaying = this.#playing || this.#failed;
      this.pause();
      this.#failed = wasPlaying;
      failure = ours(error, "the executor has failed", "executor");
    }
    // A lost device answers with a rejection; the loss itself is reported elsewhere.
    const answers = scopes.map(() => device.popErrorScope().catch(() => null));
    this.#watchGpu();
    const told = Promise.all(answers).then((errors) => errors.forEach((error) => this.#reportGpu(error)));
    return { failure, answered: this.#unlessStalled(told) };
  }

  /**
   * Waits for the device, unless it does not answer because the GPU is busy without end.
   * @param {Promise<unknown>} answer @returns {Promise<void>}
   */
  #unlessStalled(answer) {
    return new Promise((settle) => {
      const done = () => {
        this.#waiting.delete(settle);
        settle();
      };
      this.#waiting.add(settle);
      answer.then(done, done);
    });
  }

  /** Lets nobody wait any more for what the device has not answered. */
  #settleAll() {
    for (const settle of this.#waiting) settle();
    this.#waiting.clear();
  }

  /** Sees to it that the GPU finishes what was submitted, in time. */
  #watchGpu() {
    const watch = this.#watch;
    watch.more = true;
    if (watch.timer) return;
    watch.more = false;
    const { gpuSeconds = BUDGETS.GPU_SECONDS } = this.#options;
    // In ten parts, so that the time in which the machine slept or this thread was busy does not count.
    watch.parts = 0;
    const count = () => ++watch.parts === 10 && this.#stall(gpuSeconds);
    watch.timer = Number(setInterval(count, Math.min(gpuSeconds * 100, 2 ** 31 - 1)));
    const done = () => {
      clearInterval(watch.timer);
      watch.timer = 0;
      this.#stalled = false;
      if (watch.more && !this.destroyed && !this.#lost) this.#watchGpu();
    };
    this.#device.queue.onSubmittedWorkDone().then(done, done);
  }

  /** The GPU does not finish: stops, and waits for nothing. @param {number} seconds */
  #stall(seconds) {
    if (this.destroyed || this.#lost) return;
    this.pause();
    this.#stalled = true;
    this.#settleAll();
    const error = new PngineError(`the GPU has not finished within ${seconds} s; play() tries again`, "E013");
    // Each time that it was tried again.
    this.#told.delete(error.message);
    this.#report(error);
  }

  /** Passes on what the browser's compiler says about a shader. @param {GPUShaderModule} shader */
  async #tellAbout(shader) {
    const { messages } = await shader.getCompilationInfo();
    for (const { type, lineNum, linePos, message } of messages) {
      const text = `${shader.label}, line ${lineNum}, column ${linePos}: ${message}`;
      if (type === "error") this.#report(new PngineError(text, "webgpu"));
      else console.warn(text);
    }
  }

  /** Passes on what WebGPU says. @param {GPUError | null} error */
  #reportGpu(error) {
    if (error) this.#report(new PngineError(error.message, "webgpu"));
  }

  /** Tells the page what is wrong, each message once. @param {PngineError} error */
  #report = (error) => {
    if (this.destroyed || this.#told.has(error.message) || this.#told.size > MAX_MESSAGES) return;
    this.#told.add(error.message);
    const full = this.#told.size > MAX_MESSAGES && new PngineError(`${MAX_MESSAGES} different errors, and no more is told`);
    this.#call(this.#options.onError ?? ((told) => console.error(String(told))), full || error);
  };

  /**
   * Calls a function of the page. What it throws is the page's, and goes where its errors go.
   * @template {any[]} Arguments @param {((...args: Arguments) => void) | undefined} callback @param {Arguments} args
   */
  #call(callback, ...args) {
    try {
      callback?.(...args);
    } catch (error) {
      globalThis.reportError(error);
    }
  }
}
