/** What `init` creates and takes time: images, videos and modules. They are loaded before it, all at once. @module */

import * as BUDGETS from "./budgets.generated.js";
import { within } from "./budgets.js";
import { decodeDescriptor } from "./descriptors.js";
import { fail, locate, located, PngineError } from "./errors.js";
import { imageSize } from "./media.js";
import { startModule } from "./nested.js";
import { KINDS } from "./tables.generated.js";
/** @import { Meter } from "./budgets.js" */
/** @import { Command } from "./commands.js" */
/** @import { Scope } from "./descriptors.js" */
/** @import { Videos } from "./videos.js" */

/** The label of what a command creates, such as `image 3`. @param {Command} command One that creates a thing. */
export function labelOf({ op, args }) {
  return `${KINDS[op.kind]} ${args[0]}`;
}

/** Where bytes lie, which tells whether two commands name the same. @param {Uint8Array} bytes */
function placeOf(bytes) {
  return `${bytes.byteOffset} ${bytes.length}`;
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

/**
 * The images, videos and modules of a scene.
 * @param {Videos} videos
 * @param {Scope} scope
 * @param {Meter} meter
 */
export function assetsOf(videos, scope, meter) {
  /** What was loaded, by label, or why it was not. @type {Map<string, any>} */
  const loaded = new Map();
  /** Images by the place of their bytes: the same ones are decoded once. @type {Map<string, Promise<ImageBitmap>>} */
  const images = new Map();

  /** What each command loads. @type {Record<string, (...bytes: Uint8Array<ArrayBuffer>[]) => Promise<any>>} */
  const LOADERS = {
    INIT_WASM_MODULE: startModule,
    LOAD_IMAGE(bytes) {
      const place = placeOf(bytes);
      const image = images.get(place) ?? decodeImage(bytes);
      images.set(place, image);
      return image;
    },
    async LOAD_VIDEO(description, bytes) {
      if (!globalThis.document) fail("videos play in documents only, not in workers");
      return videos.load(bytes, decodeDescriptor(description, "video", scope));
    },
  };

  /**
   * Loads what the commands of `init` will create, unless it is too much. What fails is an error of its command.
   * @param {Iterable<Command>} commands
   * @param {number} plugins
   */
  async function load(commands, plugins) {
    const wanted = wantedBy(commands, plugins);
    await Promise.all(Array.from(wanted, async ([label, { op: { name }, args }]) => {
      /** @param {unknown} error */
      const failed = (error) => located(error, label, name === "INIT_WASM_MODULE" ? "E010" : "E011");
      loaded.set(label, await LOADERS[name](...args.slice(1)).catch(failed));
    }));
  }

  /**
   * The commands that load something, by the label of what they create.
   * @param {Iterable<Command>} commands
   * @param {number} plugins
   */
  function wantedBy(commands, plugins) {
    /** @type {Map<string, Command>} */
    const wanted = new Map();
    /** The places of the images that are counted. @type {Set<string>} */
    const counted = new Set();
    let pixels = 0;
    /** @param {Command} command */
    const count = ({ op: { name }, args }) => {
      const bytes = args[args.length - 1];
      within(wanted.size + 1, BUDGETS.LOADS, "images, videos and modules");
      meter.loaded(bytes.length);
      if (name === "LOAD_VIDEO") meter.descriptor(args[1].length);
      if (name !== "LOAD_IMAGE" || counted.has(placeOf(bytes))) return;
      counted.add(placeOf(bytes));
      pixels = within(pixels + pixelsOf(bytes), BUDGETS.IMAGES_PIXELS, "pixels of all images");
    };
    try {
      for (const command of commands) {
        const { op: { name, plugin }, where } = command;
        if (!LOADERS[name] || !(plugins & plugin)) continue;
        const label = labelOf(command);
        if (wanted.has(label)) continue;
        locate(where, () => count(command));
        wanted.set(label, command);
      }
    } catch (error) {
      // A command that cannot be read is reported when its turn comes.
      if (error instanceof PngineError && error.kind === "budget") throw error;
    }
    return wanted;
  }

  /** What was loaded. @param {string} label */
  function take(label) {
    const thing = loaded.get(label);
    if (thing instanceof PngineError) throw thing;
    return thing;
  }

  /** Lets go of images. */
  function release() {
    for (const thing of loaded.values()) thing?.close?.();
  }

  return {
    load,
    take,
    release,
    /** Whether a thing was loaded, or could not be. @param {string} label */
    has: (label) => loaded.has(label),
  };
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function decodeImage(bytes) {
  imageSize(bytes);
  return createImageBitmap(new Blob([bytes]), { premultiplyAlpha: "none", colorSpaceConversion: "none" });
}
