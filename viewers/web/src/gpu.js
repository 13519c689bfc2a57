/** Does on WebGPU what commands say. @module */

import { meterOf, within } from "./budgets.js";
import { decodeCommands } from "./commands.js";
import { decodeDescriptor } from "./descriptors.js";
import { PngineError, codeOf, fail, located } from "./errors.js";
import { pluginCommands } from "./plugins.js";
import { Reader, UTF8 } from "./reader.js";
import { CANVAS, INPUTS, KINDS, NONE, SKIPS, STATUSES, WHOLE } from "./tables.generated.js";
import { textureBytes } from "./textures.js";
/** @import { Command, Op, Recipe } from "./commands.js" */
/** @import { Scope } from "./descriptors.js" */
/** @import { Exports } from "./executor.js" */

/** The sources of the input block that a player listens for: name, first byte and the byte behind the last. */
const SOURCES = /** @type {[string, number, number][]} */ ([
  ["pointer", INPUTS.pointerInputs, INPUTS.frameInputs], ["keys", INPUTS.keyboardInputs, INPUTS.audioInputs],
]);

/** Codes of a TypeError of a command. Which pipeline a pass takes, and which formats a device has, WebGPU knows. */
const REFUSALS = /** @type {Record<string, string>} */ ({ SET_PIPELINE: "E001", CREATE_TEXTURE: "E006" });

/** A size operand, or `undefined` for "all the rest". @param {number} size */
const range = (size) => (size === WHOLE ? undefined : size);

/** The commands that a bundle may hold: those of WebGPU's `GPURenderBundleEncoder`. */
const BUNDLED = /^(SET_(PIPELINE|BIND_GROUP|VERTEX_BUFFER|INDEX_BUFFER)|DRAW|PUSH_|POP_|INSERT_)/;

/** Kinds of what a driver compiles. */
const PROGRAMS = ["shader", "pipeline"];

/** The `GPUBufferUsage` bit that a command needs, by the second word of its name. @type {Record<string, number>} */
const USES = { VERTEX: 0x20, INDEX: 0x10, INDIRECT: 0x100, INDEXED: 0x100, QUERY: 0x200, BUFFER: 8, FROM: 8 };

/**
 * What a player draws on: its size in pixels, and the texture of this frame.
 * @typedef {{ readonly width: number, readonly height: number, texture: () => GPUTexture }} Screen
 */

/**
 * Runs an executor and executes its command buffers on a device: holds the resources by kind and id, and how far it has come.
 * @param {GPUDevice} device @param {Screen} screen @param {number} plugins Those that the scene declares.
 * @param {Exports} executor @param {(error: PngineError) => void} report @param {number} maxGpuBytes
 */
export function commandExecutor(device, screen, plugins, executor, report, maxGpuBytes) {
  /** @type {Map<number, any>[]} */
  const resources = KINDS.map(() => new Map());
  /** How to create again, in this order, what needs another thing; then the default views of textures. */
  const [recipes, views] = [/** @type {Recipe[]} */ ([]), new WeakMap()];
  /**
   * The open command encoder: `null` after SUBMIT, `undefined` in a frame without any; then the open pass or bundle, and what is
   * set in it. @typedef {[GPUCommandEncoder | null | undefined, any, string, Record<string, boolean>]} Open
   */
  let [open, pass, passKind, has] = /** @type {Open} */ ([null, null, "", {}]);
  let [label, starting, uses, memory, inputsAt] = ["", true, new Set(), new Uint8Array(), 0];
  const meter = meterOf();
  /** Bytes of GPU memory: of each thing, by its label, and of all. @type {Map<string, number>} */
  const sizes = new Map();
  let gpuBytes = 0;
  /** How many commands a bundle has. @type {WeakMap<GPURenderBundle, number>} */
  const bundled = new WeakMap();
  /** Names of the sources of the input block that the scene has read. @type {Set<string>} */
  const reads = new Set();

  const encoder = () => (open ??= device.createCommandEncoder());
  /** @param {any} [next] @param {string} [kind] */
  const begin = (next = null, kind = "") => void ([pass, passKind, has] = [next, kind, {}]);
  /** The default view of a texture. @param {GPUTexture} texture @returns {GPUTextureView} */
  const view = (texture) => views.get(texture) ?? views.set(texture, texture.createView()).get(texture);

  /** Creates what takes GPU memory, if there is room for it. @template T @param {number} bytes @param {() => T} create */
  function allocate(bytes, create) {
    within(gpuBytes + bytes, maxGpuBytes, "bytes of GPU memory");
    const made = create();
    sizes.set(label, bytes);
    gpuBytes += bytes;
    return made;
  }

  /** Lets go of a thing, so that another one may take its id. @param {Map<number, any>} table @param {number} id */
  function free(table, id) {
    table.get(id)?.destroy?.();
    table.delete(id);
    gpuBytes -= sizes.get(label) ?? 0;
    sizes.delete(label);
  }

  /** Notes which sources of the input block bytes come from. @param {number} at Address of the first. @param {number} length */
  function noteRead(at, length) {
    for (const [name, start, end] of SOURCES) if (at < inputsAt + end && at + length > inputsAt + start) reads.add(name);
  }

  /** @type {Scope} */
  const scope = {
    format: navigator.gpu.getPreferredCanvasFormat(),
    span: (a, b, c) => (uses.add("canvas"), a * screen.width + b * screen.height + c),
    resolve(kind, id, name = KINDS[kind]) {
      if (name === "scene") return id;
      if (name === "defaultView") return view(scope.resolve(KINDS.indexOf("texture"), id));
      if (name === "texture" && id === CANVAS) return screen.texture();
      uses.add(name === "video" ? name : `${name} ${id}`);
      return resources[kind]?.get(id) ?? fail(`there is no ${name} ${id}`, "E001");
    },
  };
  const plugged = pluginCommands(device, executor, scope, meter, noteRead, report);
  /** Notes that a uniform reads a single of the input block. @param {number} offset */
  const noteInput = (offset) => noteRead(inputsAt + offset, 4);
  const api = { scene: 0, reads, noteInput, meter, resources, plugged, call, perform, renew };
  /** @param {Uint8Array} bytes @param {string} type */
  function read(bytes, type) {
    meter.descriptor(bytes.length);
    return { label, ...decodeDescriptor(bytes, type, scope) };
  }
  /** @param {Uint8Array} bytes */
  function textOf(bytes) {
    meter.text(bytes.length);
    return UTF8.decode(bytes);
  }
  /** Bytes that are about to be written, perhaps from the input block. @param {Uint8Array} bytes */
  function written(bytes) {
    meter.written(bytes.length);
    noteRead(bytes.byteOffset, bytes.length);
  }
  /** The bytes behind `offset`, at least `size`. @param {GPUBuffer} buffer @param {number} offset @param {number} size */
  const room = (buffer, offset, size = 0) =>
    offset + size <= buffer.size ? buffer.size - offset : fail(`byte ${offset + size} of a buffer of ${buffer.size}`, "E002");

  /** What is copied, whereto, and how much. @param {Uint8Array} bytes @returns {[any, any, any]} */
  const copy = (bytes, { source = {}, destination, copySize } = read(bytes, "copy")) => [source, destination, copySize];

  /** Members of a region; those left out are 1, and `minDepth` 0. @param {Uint8Array} bytes @param {string[]} names */
  const region = (bytes, names, all = read(bytes, "region")) => names.map((name) => Number(all[name] ?? name !== "minDepth"));

  /**
   * The commands that are not simply the method of their name with their operands. What creates a thing returns it.
   * @type {Record<string, (...args: any[]) => any>}
   */
  const DO = {
    ...plugged.commands,
    CREATE_BUFFER: (size, usage) =>
      allocate(size, () => device.createBuffer({ label, size, usage: (usage & 252) | ((usage & 3) << 8) })),
    CREATE_BUFFER_DESC: (bytes, all = read(bytes, "buffer")) =>
      allocate(Number(all.size) || 0, () => device.createBuffer(all)),
    // A query is a number of 64 bits.
    CREATE_QUERY_SET: (bytes, all = read(bytes, "querySet")) =>
      allocate((Number(all.count) || 0) * 8, () => device.createQuerySet(all)),
    CREATE_TEXTURE(bytes) {
      const { width, height = 1, depth = 1, ...rest } = read(bytes, "texture");
      const most = /** @type {any} */ (device.limits)[`maxTextureDimension${(rest.dimension ?? "2d").toUpperCase()}`];
      if (!(width > 0 && height > 0 && depth > 0 && width <= most && height <= most && rest.format && rest.usage))
        fail(`${width} x ${height} x ${depth} of ${rest.format} for usage ${rest.usage}, where the device takes ${most}`, "E006");
      const memory = textureBytes({ width, height, depth, ...rest });
      return allocate(memory, () => device.createTexture({ ...rest, size: [width, height, depth] }));
    },
    CREATE_TEXTURE_VIEW: (bytes, { texture, ...rest } = read(bytes, "textureView")) => texture.createView(rest),
    CREATE_SHADER: (bytes) => device.createShaderModule({ label, code: textOf(bytes) }),
    CREATE_RENDER_PIPE: (bytes) => device.createRenderPipeline({ layout: "auto", ...read(bytes, "renderPipeline") }),
    CREATE_COMPUTE_PIPE: (bytes) => device.createComputePipeline({ layout: "auto", ...read(bytes, "computePipeline") }),
    CREATE_BIND_GROUP: (layout, bytes) => device.createBindGroup(plugged.imported({ ...read(bytes, "bindGroup"), layout })),
    CREATE_BIND_GROUP_LAYOUT: (bytes, { pipeline, index = 0, ...rest } = read(bytes, "bindGroupLayout")) =>
      pipeline ? pipeline.getBindGroupLayout(index) : device.createBindGroupLayout(rest),
    CREATE_RENDER_BUNDLE(bytes, { commands, ...rest } = read(bytes, "renderBundle")) {
      begin(device.createRenderBundleEncoder(rest), "R");
      let length = 0;
      for (const inner of decodeCommands(commands, memory, executor.getDataPtr() >>> 0)) length += (execute(inner, true), 1);
      const bundle = pass.finish();
      bundled.set(bundle, length);
      begin();
      return bundle;
    },
    BEGIN_RENDER_PASS(color, load, store, depth) {
      const [loadOp, storeOp] = [["load", "clear"][load], ["store", "discard"][store]];
      const stencil = depth?.format.includes("stencil") && { stencilLoadOp: "clear", stencilStoreOp: "store" };
      const depths = depth && { view: view(depth), depthClearValue: 1, depthLoadOp: "clear", depthStoreOp: "store", ...stencil };
      const colors = /** @type {any} */ (color ? [{ view: view(color), loadOp, storeOp, clearValue: [0, 0, 0, 1] }] : []);
      begin(encoder().beginRenderPass({ label, colorAttachments: colors, depthStencilAttachment: depths ?? undefined }), "R");
    },
    BEGIN_RENDER_PASS_DESC: (bytes) => begin(encoder().beginRenderPass(read(bytes, "renderPass")), "R"),
    BEGIN_COMPUTE_PASS: () => begin(encoder().beginComputePass({ label }), "C"),
    BEGIN_COMPUTE_PASS_DESC: (bytes) => begin(encoder().beginComputePass(read(bytes, "computePass")), "C"),
    END_PASS: () => begin(pass.end()),
    SET_BIND_GROUP_OFFSETS(slot, group, bytes) {
      meter.list(bytes.length);
      pass.setBindGroup(slot, group, new Uint32Array(bytes.slice().buffer));
    },
    SET_VERTEX_BUFFER: (slot, buffer, offset, size) => pass.setVertexBuffer(slot, buffer, offset, range(size)),
    SET_INDEX_BUFFER: (buffer, wide, at, size) => pass.setIndexBuffer(buffer, ["uint16", "uint32"][wide], at, range(size)),
    SET_BLEND_CONSTANT: (...color) => pass.setBlendConstant(color),
    DISPATCH_DESC: (bytes) => pass.dispatchWorkgroups(...region(bytes, ["x", "y", "z"])),
    SET_VIEWPORT_DESC: (bytes) => pass.setViewport(...region(bytes, ["x", "y", "width", "height", "minDepth", "maxDepth"])),
    SET_SCISSOR_RECT_DESC: (bytes) => pass.setScissorRect(...region(bytes, ["x", "y", "width", "height"])
      .map((number) => Math.max(0, Math.floor(number) || 0))),
    EXECUTE_BUNDLES(bytes) {
      meter.list(bytes.length);
      has = {};
      const bundles = Array.from(new Uint16Array(bytes.slice().buffer), (id) => scope.resolve(KINDS.indexOf("renderBundle"), id));
      for (const bundle of bundles) meter.bundled(Math.max(1, bundled.get(bundle) ?? 0));
      pass.executeBundles(bundles);
    },
    WRITE_BUFFER(buffer, at, bytes) {
      const length = Math.min(bytes.length, room(buffer, at));
      written(bytes);
      device.queue.writeBuffer(buffer, at, bytes, 0, length);
    },
    CLEAR_BUFFER: (buffer, at, size) => (room(buffer, at, range(size)), encoder().clearBuffer(buffer, at, range(size))),
    COPY_BUFFER: (src, from, dst, to, size) =>
      (room(src, from, size), room(dst, to, size), encoder().copyBufferToBuffer(src, from, dst, to, size)),
    COPY_TEXTURE: (texture, target, ...size) => encoder().copyTextureToTexture({ texture }, { texture: target }, size),
    COPY_TEXTURE_REGION: (bytes) => encoder().copyTextureToTexture(...copy(bytes)),
    WRITE_TEXTURE(bytes, data) {
      const [layout, target, size] = copy(bytes);
      written(data);
      device.queue.writeTexture(target, data, layout, size);
    },
    SET_SCENE: (scene) => (api.scene = scene),
    SUBMIT: () => (open && device.queue.submit([open.finish()]), (open = null)),
    END() {},
  };

  /** The method that is named like a command. Bytes are the descriptor of what it creates or copies, or a text. @param {Op} op */
  function plain({ name, kind }) {
    const words = name.replace("_DESC", "").replace("DISPATCH", "DISPATCH_WORKGROUPS").toLowerCase();
    const method = words.replace(/_./g, (start) => start[1].toUpperCase());
    const target = /** @type {any} */ (kind < 0 ? pass ?? encoder() : device);
    const value = (/** @type {any} */ arg) => !arg.buffer ? arg : kind >= 0 ? read(arg, KINDS[kind])
      : name.startsWith("COPY") ? copy(arg) : textOf(arg);
    return (/** @type {any[]} */ ...args) => target[method](...args.flatMap(value));
  }

  /**
   * Executes a command, or leaves it out and says so; those of a bundle stand or fall with it.
   * @param {Command | Recipe} command
   */
  function execute(command, inBundle = false) {
    const { op, args, where, op: { name, plugin, place, operands, kind } } = command;
    const [table, [verb, noun]] = [resources[kind], name.split("_")];
    if (!inBundle) uses = new Set();
    try {
      if (!(plugins & plugin)) fail("the scene does not declare the plugin of this command", "E009");
      if (!{ I: starting && !pass, O: !pass, P: !!pass, A: true, [passKind]: true }[place] || (inBundle && !BUNDLED.test(name)))
        fail("it may not stand here", "E007");
      if (/^D(RAW|ISPATCH)$/.test(verb) && !has.PIPELINE) fail("no pipeline is set", "E003");
      if (noun === "INDEXED" && !has.INDEX) fail("no index buffer is set", "E003");
      label = table ? `${KINDS[kind]} ${args[0]}` : name;
      if (PROGRAMS.includes(KINDS[kind])) meter.program(1);
      if ("uses" in command) free(table, args[0]);
      if (table?.has(args[0]) || (table && args[0] >= CANVAS)) fail(`there is a ${label} already`, "E001");
      if (table && !("uses" in command)) recipes.push({ ...command, thing: label, uses });
      const act = plugged.ready.has(label) ? () => plugged.take(label) : DO[name.replace("_RANGE", "")] ?? plain(op);
      const values = args.map((operand, i) => {
        if (operands[i][0] !== "r") return operand;
        if (operand === NONE && name === "BEGIN_RENDER_PASS") return null;
        const found = scope.resolve(operands[i].charCodeAt(1) - 65, operand);
        const bit = operands[i] === "rA" && (name === "COPY_BUFFER" && i === 0 ? 4 : USES[noun]);
        if (bit && !(found.usage & bit)) report(new PngineError(`${where}: ${found.label} lacks the usage ${bit}`, "E005"));
        return found;
      });
      const made = act(...values.slice(table ? 1 : 0));
      table?.set(args[0], made);
      if (verb === "SET") has[noun] = true;
    } catch (error) {
      const told = located(error, where, (error instanceof TypeError && REFUSALS[name]) || codeOf(error));
      if (table) begin();
      if (inBundle || !SKIPS.includes(told.code)) throw told;
      report(told);
    }
  }

  /** Runs `init`, or `frame` where there is a time, and gives the commands and how many they are. @param {number} [time] */
  function call(time) {
    const status = (time === undefined ? executor.init() : executor.frame(time, screen.width, screen.height)) >>> 0;
    if (status) fail(`the executor says: ${STATUSES[status] ?? `status ${status}`}`, "executor");
    memory = new Uint8Array(executor.memory.buffer);
    inputsAt = executor.getInputsPtr() >>> 0;
    meter.reset();
    const r = new Reader(new Reader(memory.subarray(executor.getCommandPtr() >>> 0)).take(executor.getCommandLen() >>> 0));
    const [total, count, flags] = [r.u32(), r.u16(), r.u16()];
    if (total !== r.bytes.length || flags & 1) fail("the command buffer is cut off");
    return { read: () => decodeCommands(r.bytes.subarray(8), memory, 0), count, first: time === undefined };
  }

  /** Executes what `call` has given. @param {ReturnType<typeof call>} commands */
  function perform({ read, count, first }) {
    if (plugged.videos.size) renew("video");
    [starting, open, label] = [first, first ? null : undefined, ""];
    begin();
    for (const command of read()) count -= (execute(command), 1);
    if (count || pass || open !== null || label !== "END") fail("the command buffer ends too early", "E007");
  }

  /** Creates again what needs `cause`, and what needs that. @param {string} cause */
  function renew(cause) {
    const stale = new Set([cause]);
    [starting] = [true, begin()];
    meter.reset();
    const isStale = (/** @type {Recipe} */ { thing, uses }) => [...uses].some((name) => stale.has(name)) && stale.add(thing);
    recipes.filter(isStale).forEach((recipe) => execute(recipe));
  }
  return api;
}
