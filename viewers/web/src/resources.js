/** The things that commands create. @module */

import { within } from "./budgets.js";
import { fail } from "./errors.js";
import { CANVAS, KINDS } from "./tables.generated.js";

/**
 * What a player draws on: its width and height in pixels, and the texture of this frame.
 * @typedef {{ size: () => [width: number, height: number], texture: () => GPUTexture }} Screen
 */

/** The kind of textures. */
const TEXTURE = KINDS.indexOf("texture");

/** Things by kind and id, how much GPU memory they take, and who needs whom. It is the scope of the scene's descriptors. */
export class Resources {
  #screen;
  #maxBytes;
  /** The default views of textures. @type {WeakMap<GPUTexture, GPUTextureView>} */
  #views = new WeakMap();
  /** Bytes of GPU memory, by label. @type {Map<string, number>} */
  #sizes = new Map();
  #bytes = 0;
  /** The things, by kind and id. @type {Map<number, any>[]} */
  tables = KINDS.map(() => new Map());
  /** The label of what the current command creates, such as `texture 2`; of other commands their name. */
  label = "";
  /** What the current command needs, by label; besides `canvas` its size, and `video` the picture that one shows. */
  uses = /** @type {Set<string>} */ (new Set());
  /** The format of the canvas. */
  format = navigator.gpu.getPreferredCanvasFormat();

  /** @param {Screen} screen @param {number} maxBytes Most bytes of GPU memory at a time. */
  constructor(screen, maxBytes) {
    this.#screen = screen;
    this.#maxBytes = maxBytes;
  }

  /** A number in terms of the canvas. @param {number} across @param {number} down @param {number} constant */
  span(across, down, constant) {
    this.uses.add("canvas");
    const [width, height] = this.#screen.size();
    return across * width + down * height + constant;
  }

  /** Finds a thing. @param {number} kind @param {number} id @returns {any} */
  resolve(kind, id) {
    const name = KINDS[kind];
    if (name === "scene") return id;
    if (name === "defaultView") return this.view(this.resolve(TEXTURE, id));
    if (name === "texture" && id === CANVAS) return this.#screen.texture();
    this.uses.add(name === "video" ? name : `${name} ${id}`);
    return this.tables[kind]?.get(id) ?? fail(`there is no ${name} ${id}`, "E001");
  }

  /** The default view of a texture. @param {GPUTexture} texture @returns {GPUTextureView} */
  view(texture) {
    const view = this.#views.get(texture) ?? texture.createView();
    this.#views.set(texture, view);
    return view;
  }

  /**
   * Creates what takes GPU memory, if there is room for it.
   * @template T
   * @param {number} bytes
   * @param {() => T} create
   */
  allocate(bytes, create) {
    within(this.#bytes + bytes, this.#maxBytes, "bytes of GPU memory");
    const made = create();
    this.#sizes.set(this.label, bytes);
    this.#bytes += bytes;
    return made;
  }

  /**
   * Lets go of the thing whose label is the current one, so that another may take its id.
   * @param {number} kind
   * @param {number} id
   */
  free(kind, id) {
    this.tables[kind].get(id)?.destroy?.();
    this.tables[kind].delete(id);
    this.#bytes -= this.#sizes.get(this.label) ?? 0;
    this.#sizes.delete(this.label);
  }

  /** Destroys all that can be: for devices that outlive the player. */
  destroy() {
    for (const table of this.tables) {
      for (const thing of table.values()) thing?.destroy?.();
    }
  }
}
