/** What each command does on WebGPU; docs/format.md 6. @module */

import { decodeCommands } from "./commands.js";
import { decodeDescriptor } from "./descriptors.js";
import { fail } from "./errors.js";
import { UTF8 } from "./reader.js";
import { KINDS, WHOLE } from "./tables.generated.js";
import { textureBytes } from "./textures.js";
/** @import { Meter } from "./budgets.js" */
/** @import { Command, Op } from "./commands.js" */
/** @import { Exports } from "./executor.js" */
/** @import { Recording } from "./recording.js" */
/** @import { Resources } from "./resources.js" */

/**
 * What commands act on.
 * @typedef {object} Stage
 * @property {GPUDevice} device
 * @property {Exports} executor
 * @property {Resources} resources
 * @property {Recording} recording
 * @property {Meter} meter
 * @property {(at: number, length: number) => void} noteRead Is told which bytes of the executor's memory are read.
 * @property {(command: Command) => void} executeBundled Executes a command of a bundle.
 */

/** @typedef {(...operands: any[]) => any} Action What a command does; if it creates a thing, it returns it. */

/** The kind of render bundles. */
const BUNDLE = KINDS.indexOf("renderBundle");

/** Bytes of a query: a number of 64 bits. */
const QUERY_SIZE = 8;

/** Bytes of a texel of an image or a video. */
const TEXEL_SIZE = 4;

/** A size operand, or `undefined` for "all the rest". @param {number} size */
function range(size) {
  return size === WHOLE ? undefined : size;
}

/**
 * The bytes of a buffer behind `offset`, at least `size`.
 * @param {GPUBuffer} buffer
 * @param {number} offset
 * @param {number} [size]
 */
function roomIn(buffer, offset, size = 0) {
  if (offset + size > buffer.size) fail(`byte ${offset + size} of a buffer of ${buffer.size}`, "E002");
  return buffer.size - offset;
}

/**
 * The actions of commands.
 * @param {Stage} stage
 * @param {Record<string, Action>} more Those of plugins, and those that the executor of commands has itself.
 * @returns {(op: Op) => Action}
 */
export function actionsOf(stage, more) {
  const { device, executor, resources, recording, meter, noteRead, executeBundled } = stage;
  /** How many commands a bundle has. @type {WeakMap<GPURenderBundle, number>} */
  const bundled = new WeakMap();

  /** Decodes a descriptor, and labels what it describes. @param {Uint8Array} bytes @param {string} type */
  function read(bytes, type) {
    meter.descriptor(bytes.length);
    return { label: resources.label, ...decodeDescriptor(bytes, type, resources) };
  }

  /** @param {Uint8Array} bytes */
  function readText(bytes) {
    meter.text(bytes.length);
    return UTF8.decode(bytes);
  }

  /** What is copied, whereto, and how much. @param {Uint8Array} bytes @returns {[any, any, any]} */
  function readCopy(bytes) {
    const { source = {}, destination, copySize } = read(bytes, "copy");
    return [source, destination, copySize];
  }

  /** Members of a region; those left out are 1, and `minDepth` 0. @param {Uint8Array} bytes @param {string[]} names */
  function readRegion(bytes, names) {
    const region = read(bytes, "region");
    return names.map((name) => Number(region[name] ?? name !== "minDepth"));
  }

  /** Counts bytes that are about to be written, perhaps from the input block. @param {Uint8Array} bytes */
  function noteWritten(bytes) {
    meter.written(bytes.length);
    noteRead(bytes.byteOffset, bytes.length);
  }

  /** Those that are not simply the method of their name with their operands. @type {Record<string, Action>} */
  const actions = {
    ...more,

    CREATE_BUFFER(size, usage) {
      // The lowest two bits, in WebGPU MAP_READ and MAP_WRITE, stand for INDIRECT and QUERY_RESOLVE, the ninth and tenth.
      const bits = (usage & 0xfc) | ((usage & 3) << 8);
      return resources.allocate(size, () => device.createBuffer({ label: resources.label, size, usage: bits }));
    },
    CREATE_BUFFER_DESC(bytes) {
      const buffer = read(bytes, "buffer");
      return resources.allocate(Number(buffer.size) || 0, () => device.createBuffer(buffer));
    },
    CREATE_QUERY_SET(bytes) {
      const querySet = read(bytes, "querySet");
      return resources.allocate((Number(querySet.count) || 0) * QUERY_SIZE, () => device.createQuerySet(querySet));
    },
    CREATE_TEXTURE(bytes) {
      const { width, height = 1, depth = 1, ...rest } = read(bytes, "texture");
      const limit = `maxTextureDimension${(rest.dimension ?? "2d").toUpperCase()}`;
      const most = /** @type {any} */ (device.limits)[limit];
      const isRight = width > 0 && height > 0 && depth > 0 && width <= most && height <= most && rest.format && rest.usage;
      if (!isRight)
        fail(`${width} x ${height} x ${depth} of ${rest.format} for usage ${rest.usage}, where the device takes ${most}`, "E006");
      const memory = textureBytes({ width, height, depth, ...rest });
      return resources.allocate(memory, () => device.createTexture({ ...rest, size: [width, height, depth] }));
    },
    CREATE_TEXTURE_VIEW(bytes) {
      const { texture, ...rest } = read(bytes, "textureView");
      return texture.createView(rest);
    },
    CREATE_SHADER: (bytes) => device.createShaderModule({ label: resources.label, code: readText(bytes) }),
    CREATE_RENDER_PIPE: (bytes) => device.createRenderPipeline({ layout: "auto", ...read(bytes, "renderPipeline") }),
    CREATE_COMPUTE_PIPE: (bytes) => device.createComputePipeline({ layout: "auto", ...read(bytes, "computePipeline") }),
    CREATE_BIND_GROUP(layout, bytes) {
      const group = read(bytes, "bindGroup");
      /** @param {{ binding: number, resource: any }} entry */
      const entry = ({ binding, resource }) => {
        const isVideo = globalThis.HTMLVideoElement && resource instanceof HTMLVideoElement;
        // A video stands for what it shows now.
        return { binding, resource: isVideo ? device.importExternalTexture({ source: resource }) : resource };
      };
      return device.createBindGroup({ ...group, layout, entries: group.entries.map(entry) });
    },
    CREATE_BIND_GROUP_LAYOUT(bytes) {
      const { pipeline, index = 0, ...rest } = read(bytes, "bindGroupLayout");
      return pipeline ? pipeline.getBindGroupLayout(index) : device.createBindGroupLayout(rest);
    },
    CREATE_RENDER_BUNDLE(bytes) {
      const { commands, ...rest } = read(bytes, "renderBundle");
      const encoder = device.createRenderBundleEncoder(rest);
      recording.begin(encoder, "R");
      let length = 0;
      for (const command of decodeCommands(commands, new Uint8Array(executor.memory.buffer), executor.getDataPtr() >>> 0)) {
        executeBundled(command);
        length += 1;
      }
      const bundle = encoder.finish();
      bundled.set(bundle, length);
      recording.end();
      return bundle;
    },

    BEGIN_RENDER_PASS(color, load, store, depth) {
      const colors = [];
      if (color) {
        const loadOp = ["load", "clear"][load];
        const storeOp = ["store", "discard"][store];
        colors.push({ view: resources.view(color), loadOp, storeOp, clearValue: [0, 0, 0, 1] });
      }
      let depths;
      if (depth) {
        depths = { view: resources.view(depth), depthClearValue: 1, depthLoadOp: "clear", depthStoreOp: "store" };
        if (depth.format.includes("stencil")) Object.assign(depths, { stencilLoadOp: "clear", stencilStoreOp: "store" });
      }
      const pass = { label: resources.label, colorAttachments: colors, depthStencilAttachment: depths };
      recording.begin(recording.encoder.beginRenderPass(/** @type {any} */ (pass)), "R");
    },
    BEGIN_RENDER_PASS_DESC: (bytes) => recording.begin(recording.encoder.beginRenderPass(read(bytes, "renderPass")), "R"),
    BEGIN_COMPUTE_PASS: () => recording.begin(recording.encoder.beginComputePass({ label: resources.label }), "C"),
    BEGIN_COMPUTE_PASS_DESC: (bytes) => recording.begin(recording.encoder.beginComputePass(read(bytes, "computePass")), "C"),
    END_PASS() {
      recording.pass.end();
      recording.end();
    },
    SET_BIND_GROUP_OFFSETS(slot, group, bytes) {
      meter.list(bytes.length);
      // A copy, since the numbers need not be aligned.
      recording.pass.setBindGroup(slot, group, new Uint32Array(bytes.slice().buffer));
    },
    SET_VERTEX_BUFFER: (slot, buffer, offset, size) => recording.pass.setVertexBuffer(slot, buffer, offset, range(size)),
    SET_INDEX_BUFFER(buffer, isWide, offset, size) {
      recording.pass.setIndexBuffer(buffer, ["uint16", "uint32"][isWide], offset, range(size));
    },
    SET_BLEND_CONSTANT: (...color) => recording.pass.setBlendConstant(color),
    SET_VIEWPORT_DESC(bytes) {
      recording.pass.setViewport(...readRegion(bytes, ["x", "y", "width", "height", "minDepth", "maxDepth"]));
    },
    SET_SCISSOR_RECT_DESC(bytes) {
      const region = readRegion(bytes, ["x", "y", "width", "height"]);
      recording.pass.setScissorRect(...region.map((number) => Math.max(0, Math.floor(number) || 0)));
    },
    DISPATCH_DESC: (bytes) => recording.pass.dispatchWorkgroups(...readRegion(bytes, ["x", "y", "z"])),
    EXECUTE_BUNDLES(bytes) {
      meter.list(bytes.length);
      // Bundles leave nothing set behind them.
      recording.has = {};
      const ids = new Uint16Array(bytes.slice().buffer);
      const bundles = Array.from(ids, (id) => resources.resolve(BUNDLE, id));
      for (const bundle of bundles) meter.bundled(Math.max(1, bundled.get(bundle) ?? 0));
      recording.pass.executeBundles(bundles);
    },

    WRITE_BUFFER(buffer, offset, bytes) {
      const length = Math.min(bytes.length, roomIn(buffer, offset));
      noteWritten(bytes);
      device.queue.writeBuffer(buffer, offset, bytes, 0, length);
    },
    CLEAR_BUFFER(buffer, offset, size) {
      roomIn(buffer, offset, range(size));
      recording.encoder.clearBuffer(buffer, offset, range(size));
    },
    COPY_BUFFER(source, from, target, to, size) {
      roomIn(source, from, size);
      roomIn(target, to, size);
      recording.encoder.copyBufferToBuffer(source, from, target, to, size);
    },
    COPY_TEXTURE(texture, target, ...size) {
      recording.encoder.copyTextureToTexture({ texture }, { texture: target }, size);
    },
    COPY_TEXTURE_REGION: (bytes) => recording.encoder.copyTextureToTexture(...readCopy(bytes)),
    WRITE_TEXTURE(bytes, data) {
      const [layout, target, size] = readCopy(bytes);
      noteWritten(data);
      device.queue.writeTexture(target, data, layout, size);
    },
    COPY_EXTERNAL_IMAGE(bytes) {
      const [source, target, size] = readCopy(bytes);
      const [width = 1, height = 1, depth = 1] = size ?? [];
      // A browser uploads the texels of an image anew for each copy.
      meter.written(width * height * depth * TEXEL_SIZE);
      device.queue.copyExternalImageToTexture(source, target, size);
    },
    BIND_VIDEO_FRAME(video, texture) {
      const { width, height } = texture;
      meter.written(width * height * TEXEL_SIZE);
      let source = video;
      if (video.videoWidth !== width || video.videoHeight !== height) {
        source = new OffscreenCanvas(width, height);
        source.getContext("2d").drawImage(video, 0, 0, width, height);
      }
      device.queue.copyExternalImageToTexture({ source }, { texture }, [width, height]);
    },
    SUBMIT: () => recording.submit(),
    END() {},
  };

  /**
   * The method that is named like a command: of the device for what creates a thing, otherwise of what is open. Bytes are the
   * descriptor of what it creates or copies, or a text.
   * @param {Op} op
   * @returns {Action}
   */
  function methodOf({ name, kind }) {
    const words = name.replace("_DESC", "").replace("DISPATCH", "DISPATCH_WORKGROUPS").toLowerCase();
    const method = words.replace(/_./g, (start) => start[1].toUpperCase());
    /** @param {any} operand */
    const argumentsFor = (operand) => {
      if (!operand.buffer) return operand;
      if (kind >= 0) return read(operand, KINDS[kind]);
      return name.startsWith("COPY") ? readCopy(operand) : readText(operand);
    };
    return (...operands) => {
      const target = /** @type {any} */ (kind >= 0 ? device : recording.pass ?? recording.encoder);
      return target[method](...operands.flatMap(argumentsFor));
    };
  }

  return (op) => actions[op.name.replace("_RANGE", "")] ?? methodOf(op);
}
