/** Nested modules, images and videos. @module */

import { within } from "./budgets.js";
import { decodeDescriptor } from "./descriptors.js";
import { PngineError, fail, locate, located } from "./errors.js";
import { imageSize, videoType } from "./media.js";
import { Reader, UTF8 } from "./reader.js";
import { BUDGETS, INPUTS, KINDS } from "./tables.generated.js";
import { whole } from "./words.js";
/** @import { Meter } from "./budgets.js" */
/** @import { Command } from "./commands.js" */
/** @import { Scope } from "./descriptors.js" */
/** @import { Exports } from "./executor.js" */

/** How arguments of a call into a nested module are read, and made of a single, by 255 - code: i32, i64, f32, f64. */
const ARGUMENTS = /** @type {[(r: Reader) => number | bigint, (single: number) => number | bigint][]} */ ([
  [(r) => r.i32(), (single) => whole(single, -(2 ** 31), 2 ** 31 - 1)],
  [(r) => r.view.getBigInt64(r.skip(8), true), (single) => BigInt.asIntN(64, single >= 2 ** 63 ? 2n ** 63n - 1n
    : single <= -(2 ** 63) ? -(2n ** 63n) : BigInt(Math.trunc(single) || 0))],
  [(r) => r.f32(), (single) => single],
  [(r) => r.f64(), (single) => single],
]);

/** Most seconds that a playing video may be away from the player's time before it is set right. */
const DRIFT = 0.5;

/**
 * What the plugins wasm and texture do: nested modules, images and videos.
 * @param {GPUDevice} device @param {Exports} executor @param {Scope} scope @param {Meter} meter
 * @param {(at: number, length: number) => void} noteRead @param {(error: PngineError) => void} report
 */
export function pluginCommands(device, executor, scope, meter, noteRead, report) {
  /** What was loaded before the commands of `init`, by `image 3`: the thing, or why there is none. @type {Map<string, any>} */
  const ready = new Map();
  /** What calls have returned: the module, and an address in its memory. @type {Map<number, { memory: any, at: number }>} */
  const results = new Map();
  /** The videos, and whether time moves them. @type {Map<HTMLVideoElement, boolean>} */
  const videos = new Map();
  let ended = false;
  /** Images by address and length: the same bytes are decoded once. @type {Map<string, Promise<ImageBitmap>>} */
  const images = new Map();

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  async function decode(bytes) {
    imageSize(bytes);
    return createImageBitmap(new Blob([bytes]), { premultiplyAlpha: "none", colorSpaceConversion: "none" });
  }

  /** What each command loads. @type {Record<string, (...bytes: Uint8Array<ArrayBuffer>[]) => Promise<any>>} */
  const LOAD = {
    async INIT_WASM_MODULE(bytes) {
      const abort = (/** @type {number[]} */ ...[, , line, column]) => fail(`it aborts: line ${line}, column ${column}`, "E010");
      /** @param {number} [maximum] Pages. */
      const start = async (maximum) => {
        const memory = new WebAssembly.Memory({ initial: 1, maximum });
        const { exports } = (await WebAssembly.instantiate(bytes, { env: { abort, memory } })).instance;
        return { exports, memory: exports.memory ?? memory };
      };
      // One page that may grow; a module that wants a memory with a limit takes one that may not.
      return start().catch((error) => (error instanceof WebAssembly.LinkError ? start(1) : fail(error.message)));
    },
    LOAD_IMAGE(bytes) {
      const key = `${bytes.byteOffset} ${bytes.length}`;
      const image = images.get(key) ?? decode(bytes);
      images.set(key, image);
      return image;
    },
    async LOAD_VIDEO(description, bytes) {
      if (!globalThis.document) fail("videos play in documents only, not in workers");
      const { loop = false, muted = false, autoplay = false, playbackRate: defaultPlaybackRate = 1 } =
        decodeDescriptor(description, "video", scope);
      const type = videoType(bytes);
      const video = document.createElement("video");
      videos.set(video, autoplay);
      const src = URL.createObjectURL(new Blob([bytes], { type }));
      Object.assign(video, { loop, muted, defaultPlaybackRate, playsInline: true, preload: "auto", src });
      const failed = () => new Error(video.error?.message || "the browser cannot play it");
      await new Promise((done, wrong) => {
        video.onloadedmetadata = () => {
          const { videoWidth, videoHeight } = video;
          if (videoWidth * videoHeight > BUDGETS.IMAGE_PIXELS)
            wrong(new PngineError(`over the budget: a video of ${videoWidth} x ${videoHeight} pixels`, "E012"));
        };
        video.onloadeddata = done;
        video.onerror = () => wrong(failed());
      });
      video.onerror = () => ended || report(located(failed(), "a video", "E011"));
      return ended ? release() : video;
    },
  };

  /**
   * Loads what the commands of `init` will create, all at once, unless it is too much.
   * @param {Iterable<Command>} commands @param {number} plugins
   */
  async function load(commands, plugins) {
    /** @type {Map<string, Command>} */
    const wanted = new Map();
    let pixels = 0;
    const images = new Set();
    try {
      for (const command of commands) {
        const { op: { name, kind, plugin }, args, where } = command;
        if (!LOAD[name] || !(plugins & plugin) || wanted.has(`${KINDS[kind]} ${args[0]}`)) continue;
        const bytes = args[args.length - 1];
        locate(where, () => {
          within(wanted.size + 1, BUDGETS.LOADS, "images, videos and modules");
          meter.loaded(bytes.length);
          if (name === "LOAD_VIDEO") meter.descriptor(args[1].length);
          const key = `${bytes.byteOffset} ${bytes.length}`;
          if (name === "LOAD_IMAGE" && !images.has(key)) pixels += pixelsOf(bytes);
          within(pixels, BUDGETS.IMAGES_PIXELS, "pixels of all images");
          images.add(key);
        });
        wanted.set(`${KINDS[kind]} ${args[0]}`, command);
      }
    } catch (error) {
      // A command that cannot be read is reported when its turn comes.
      if (error instanceof PngineError && error.kind === "budget") throw error;
    }
    await Promise.all(Array.from(wanted, async ([label, { op: { name }, args }]) => {
      const wrong = (/** @type {unknown} */ error) => located(error, label, name === "INIT_WASM_MODULE" ? "E010" : "E011");
      ready.set(label, await LOAD[name](...args.slice(1)).catch(wrong));
    }));
  }

  /** Pixels of an image that may be decoded; none of what is no image, which is refused later. @param {Uint8Array} bytes */
  function pixelsOf(bytes) {
    let size;
    try {
      size = imageSize(bytes);
    } catch {
      return 0;
    }
    const [width, height] = size;
    return within(width * height, BUDGETS.IMAGE_PIXELS, `pixels of an image of ${width} x ${height}`);
  }

  /** What was loaded. @param {string} label */
  function take(label) {
    const thing = ready.get(label);
    if (thing instanceof PngineError) throw thing;
    return thing;
  }

  /** @param {Uint8Array} bytes */
  function argumentsOf(bytes) {
    meter.list(bytes.length);
    const inputs = new DataView(executor.memory.buffer, executor.getInputsPtr() >>> 0, INPUTS.size);
    const [r, values] = [new Reader(bytes), /** @type {(number | bigint)[]} */ ([])];
    while (r.at < bytes.length) {
      const code = r.u8();
      const [read, convert] = ARGUMENTS[255 - (code | 128)] ?? fail(`unknown type ${code} of an argument`);
      if (code & 128) {
        const offset = r.u16();
        noteRead(inputs.byteOffset + offset, 4);
        values.push(convert(inputs.getFloat32(offset, true)));
      } else values.push(read(r));
    }
    return values;
  }

  /** @type {Record<string, (...args: any[]) => any>} */
  const commands = {
    CALL_WASM_FUNC(call, { exports, memory }, text, bytes) {
      meter.text(text.length);
      const name = UTF8.decode(text);
      const values = locate("the arguments", () => argumentsOf(bytes), "E010");
      const run = exports[name];
      if (typeof run !== "function") fail(`the module exports no function ${name}`, "E010");
      if (run.length !== values.length) fail(`${name} takes ${run.length} arguments, not ${values.length}`, "E010");
      const at = locate(name, () => run(...values), "E010");
      if (at === undefined) results.delete(call);
      else results.set(call, { memory, at: locate(name, () => at >>> 0, "E010") });
    },
    WRITE_FROM_WASM(call, buffer, offset, size) {
      const { memory, at } = results.get(call) ?? fail(`the call ${call} has returned nothing yet`, "E010");
      const all = memory.buffer.byteLength;
      if (at + size > all) fail(`${size} bytes at ${at} are outside of the module's memory of ${all} bytes`, "E010");
      if (offset > buffer.size) fail(`byte ${offset} of a buffer of ${buffer.size}`, "E002");
      meter.written(size);
      device.queue.writeBuffer(buffer, offset, memory.buffer, at, Math.min(size, buffer.size - offset));
    },
    COPY_EXTERNAL_IMAGE(bytes) {
      meter.descriptor(bytes.length);
      const { source, destination, copySize } = decodeDescriptor(bytes, "copy", scope);
      // A browser uploads the texels of an image anew for each copy.
      const [width = 1, height = 1, depth = 1] = copySize ?? [];
      meter.written(width * height * depth * 4);
      device.queue.copyExternalImageToTexture(source, destination, copySize);
    },
    BIND_VIDEO_FRAME(video, texture) {
      const { width, height } = texture;
      meter.written(width * height * 4);
      let source = video;
      if (video.videoWidth !== width || video.videoHeight !== height) {
        source = new OffscreenCanvas(width, height);
        source.getContext("2d").drawImage(video, 0, 0, width, height);
      }
      device.queue.copyExternalImageToTexture({ source }, { texture }, [width, height]);
    },
  };

  /** A bind group, where a video stands for what it shows now. @param {any} group @returns {GPUBindGroupDescriptor} */
  const imported = (group) => ({ ...group, entries: group.entries.map((/** @type {any} */ { binding, resource: source }) =>
    ({ binding, resource: videos.has(source) ? device.importExternalTexture({ source }) : source })) });

  /** Where in a video the player's time is. @param {HTMLVideoElement} video @param {number} time */
  const placeOf = ({ duration, loop, defaultPlaybackRate }, time, at = time * defaultPlaybackRate) =>
    !(duration < Infinity) ? at : loop ? at % duration : Math.min(at, duration);

  /** The videos that time moves. */
  const moving = () => Array.from(videos).flatMap(([video, moves]) => (moves ? [video] : []));

  /** Lets the videos go on, or stand still, at the player's time. @param {number} time @param {boolean} playing */
  function follow(time, playing) {
    for (const video of moving()) {
      const [to, { duration }] = [placeOf(video, time), video];
      const away = Math.abs(video.currentTime - to);
      if (!video.seeking && Math.min(away, video.loop ? Math.abs(duration - away) || away : away) > DRIFT) video.currentTime = to;
      if (!playing) video.pause();
      else if (video.paused && !(video.ended && to >= duration))
        // A pause that comes before the start is no mistake.
        video.play().catch((error) => error.name === "AbortError" || report(located(error, "a video", "")));
    }
  }

  /** Whether a video has no picture, on its way to a time. */
  const waiting = () => Array.from(videos.keys()).some((video) => video.readyState < video.HAVE_CURRENT_DATA);

  /** Moves the videos to a time, and waits until they are there; nothing where there are none. @param {number} time */
  const cue = (time) => moving().length ? Promise.all(moving().map((video) => new Promise((done) => {
    for (const type of ["seeked", "error", "emptied"]) video.addEventListener(type, done, { once: true });
    video.currentTime = placeOf(video, time);
  }))) : undefined;

  /** Lets go of images and videos. */
  function release() {
    ended = true;
    for (const thing of ready.values()) thing?.close?.();
    for (const video of videos.keys()) {
      video.pause();
      URL.revokeObjectURL(video.src);
      video.removeAttribute("src");
      video.load();
    }
    videos.clear();
  }

  return { load, ready, take, commands, imported, videos, follow, waiting, cue, release };
}
