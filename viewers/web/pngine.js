/**
 * Plays a pngine PNG: takes the scene out of the file, runs its WebAssembly executor, and does on WebGPU what the executor's
 * command buffers say. What the bytes mean is written down in docs/format.md.
 *
 *     import { load } from "./pngine.js";
 *     const player = await load("cube.png", document.querySelector("canvas"));
 *     player.play();
 *
 * @module
 */

// <generated> by `cargo xtask codegen` from the tables of pngine-format: do not edit by hand
/** Commands: `opcode NAME plugin,place operands`, one letter or digit for each operand, see `OPS`. */
const OP_ROWS = `
01 CREATE_BUFFER 0I nA41;02 CREATE_TEXTURE 0I nBb;03 CREATE_SAMPLER 0I nCb;04 CREATE_SHADER 0I nDb;05 CREATE_RENDER_PIPE 1I nEb;
06 CREATE_COMPUTE_PIPE 2I nEb;07 CREATE_BIND_GROUP 0I nFrGb;08 CREATE_TEXTURE_VIEW 0I nIb;09 CREATE_QUERY_SET 0I nJb;
0a CREATE_BIND_GROUP_LAYOUT 0I nGb;0b CREATE_PIPELINE_LAYOUT 0I nHb;0c CREATE_RENDER_BUNDLE 1I nKb;0d CREATE_BUFFER_DESC 0I nAb;
10 BEGIN_RENDER_PASS 1O rB11rB;11 BEGIN_COMPUTE_PASS 2O;12 SET_PIPELINE 0P rE;13 SET_BIND_GROUP 0P 1rF;
14 SET_VERTEX_BUFFER 1R 1rA;15 DRAW 1R 4444;16 DRAW_INDEXED 1R 444i4;17 END_PASS 0P;18 DISPATCH 2C 444;19 SET_INDEX_BUFFER 1R rA1;
1a EXECUTE_BUNDLES 1R b;1b BEGIN_RENDER_PASS_DESC 1O b;1c BEGIN_COMPUTE_PASS_DESC 2O b;1d DRAW_INDIRECT 1R rA4;
1e DRAW_INDEXED_INDIRECT 1R rA4;1f DISPATCH_INDIRECT 2C rA4;20 WRITE_BUFFER 0O rA4b;21 COPY_BUFFER 0O rA4rA44;
22 COPY_TEXTURE 0O rBrB22;23 COPY_BUFFER_TO_TEXTURE 0O b;24 COPY_TEXTURE_TO_BUFFER 0O b;25 COPY_TEXTURE_REGION 0O b;
26 WRITE_TEXTURE 0O bb;27 CLEAR_BUFFER 0O rA44;28 RESOLVE_QUERY_SET 0O rJ44rA4;29 COPY_EXTERNAL_IMAGE 5O b;
30 INIT_WASM_MODULE 3I nLb;31 CALL_WASM_FUNC 3O 2rLbb;32 WRITE_FROM_WASM 3O 2rA44;38 LOAD_IMAGE 5I nNb;
39 BIND_VIDEO_FRAME 5O rOrB;3a SET_SCENE 4O rP1;3b LOAD_VIDEO 5I nObb;40 SET_VIEWPORT 1R ffffff;41 SET_SCISSOR_RECT 1R 4444;
42 SET_BLEND_CONSTANT 1R ffff;43 SET_STENCIL_REFERENCE 1R 4;44 BEGIN_OCCLUSION_QUERY 1R 4;45 END_OCCLUSION_QUERY 1R;
46 SET_BIND_GROUP_OFFSETS 0P 1rFb;47 SET_VERTEX_BUFFER_RANGE 1R 1rA44;48 SET_INDEX_BUFFER_RANGE 1R rA144;49 PUSH_DEBUG_GROUP 0A b;
4a POP_DEBUG_GROUP 0A;4b INSERT_DEBUG_MARKER 0A b;4c DISPATCH_DESC 2C b;4d SET_VIEWPORT_DESC 1R b;4e SET_SCISSOR_RECT_DESC 1R b;
f0 SUBMIT 0O;ff END 0A`.trim().split(/;\s*/);
/** Members of descriptors, from number 1. */
const FIELDS = `
width height depth format usage dimension mipLevelCount sampleCount viewFormats magFilter minFilter mipmapFilter addressModeU
addressModeV addressModeW lodMinClamp lodMaxClamp compare maxAnisotropy entries binding resource buffer offset size visibility
type hasDynamicOffset minBindingSize sampler texture sampleType viewDimension multisampled storageTexture access externalTexture
bindGroupLayouts pipeline index layout vertex fragment compute module entryPoint constants buffers arrayStride stepMode attributes
shaderLocation targets blend writeMask color alpha srcFactor dstFactor operation primitive topology stripIndexFormat frontFace
cullMode unclippedDepth depthStencil depthWriteEnabled depthCompare stencilFront stencilBack failOp depthFailOp passOp
stencilReadMask stencilWriteMask depthBias depthBiasSlopeScale depthBiasClamp multisample count mask alphaToCoverageEnabled
colorAttachments view depthSlice resolveTarget clearValue loadOp storeOp depthStencilAttachment depthClearValue depthLoadOp
depthStoreOp depthReadOnly stencilClearValue stencilLoadOp stencilStoreOp stencilReadOnly occlusionQuerySet timestampWrites
querySet beginningOfPassWriteIndex endOfPassWriteIndex aspect baseMipLevel baseArrayLayer arrayLayerCount colorFormats
depthStencilFormat commands source destination copySize bytesPerRow rowsPerImage mipLevel origin flipY textureBindingViewDimension
swizzle x y z minDepth maxDepth requiredFeatures optionalFeatures requiredLimits alphaMode colorSpace toneMapping mime loop
autoplay muted playbackRate duration endBehavior scenes start end frame blocks name uniforms columns rows input premultipliedAlpha
`.trim().split(/\s+/);
/** Values of WebGPU's enums. */
const WORDS = `
auto preferredCanvasFormat float32x2 float32x3 float32x4 float32 rgba8unorm bgra8unorm depth24plus depth32float rgba16float 1d 2d
3d 2d-array cube cube-array all stencil-only depth-only clamp-to-edge repeat mirror-repeat nearest linear never less equal
less-equal greater not-equal greater-equal always uniform storage read-only-storage filtering non-filtering comparison float
unfilterable-float depth sint uint write-only read-only read-write point-list line-list line-strip triangle-list triangle-strip
ccw cw none front back zero one src one-minus-src src-alpha one-minus-src-alpha dst one-minus-dst dst-alpha one-minus-dst-alpha
src-alpha-saturated constant one-minus-constant src1 one-minus-src1 src1-alpha one-minus-src1-alpha add subtract reverse-subtract
min max keep replace invert increment-clamp decrement-clamp increment-wrap decrement-wrap uint16 uint32 vertex instance load clear
store discard occlusion timestamp opaque premultiplied srgb display-p3 standard extended r8unorm r8snorm r8uint r8sint r16unorm
r16snorm r16uint r16sint r16float rg8unorm rg8snorm rg8uint rg8sint r32uint r32sint r32float rg16unorm rg16snorm rg16uint rg16sint
rg16float rgba8unorm-srgb rgba8snorm rgba8uint rgba8sint bgra8unorm-srgb rgb9e5ufloat rgb10a2uint rgb10a2unorm rg11b10ufloat
rg32uint rg32sint rg32float rgba16unorm rgba16snorm rgba16uint rgba16sint rgba32uint rgba32sint rgba32float stencil8 depth16unorm
depth24plus-stencil8 depth32float-stencil8 bc1-rgba-unorm bc1-rgba-unorm-srgb bc2-rgba-unorm bc2-rgba-unorm-srgb bc3-rgba-unorm
bc3-rgba-unorm-srgb bc4-r-unorm bc4-r-snorm bc5-rg-unorm bc5-rg-snorm bc6h-rgb-ufloat bc6h-rgb-float bc7-rgba-unorm
bc7-rgba-unorm-srgb etc2-rgb8unorm etc2-rgb8unorm-srgb etc2-rgb8a1unorm etc2-rgb8a1unorm-srgb etc2-rgba8unorm etc2-rgba8unorm-srgb
eac-r11unorm eac-r11snorm eac-rg11unorm eac-rg11snorm uint8 uint8x2 uint8x4 sint8 sint8x2 sint8x4 unorm8 unorm8x2 unorm8x4 snorm8
snorm8x2 snorm8x4 uint16x2 uint16x4 sint16 sint16x2 sint16x4 unorm16 unorm16x2 unorm16x4 snorm16 snorm16x2 snorm16x4 float16
float16x2 float16x4 uint32x2 uint32x3 uint32x4 sint32 sint32x2 sint32x3 sint32x4 unorm10-10-10-2 unorm8x4-bgra astc-4x4-unorm
astc-4x4-unorm-srgb astc-5x4-unorm astc-5x4-unorm-srgb astc-5x5-unorm astc-5x5-unorm-srgb astc-6x5-unorm astc-6x5-unorm-srgb
astc-6x6-unorm astc-6x6-unorm-srgb astc-8x5-unorm astc-8x5-unorm-srgb astc-8x6-unorm astc-8x6-unorm-srgb astc-8x8-unorm
astc-8x8-unorm-srgb astc-10x5-unorm astc-10x5-unorm-srgb astc-10x6-unorm astc-10x6-unorm-srgb astc-10x8-unorm astc-10x8-unorm-srgb
astc-10x10-unorm astc-10x10-unorm-srgb astc-12x10-unorm astc-12x10-unorm-srgb astc-12x12-unorm astc-12x12-unorm-srgb
`.trim().split(/\s+/);
/** Types of descriptors, from number 1. */
const TYPES = `
texture sampler bindGroup bindGroupLayout renderPipeline computePipeline renderPass pipelineLayout textureView querySet
renderBundle buffer computePass copy region device canvas video animation uniforms`.trim().split(/\s+/);
/** Types of values in descriptors. */
const VALUES = `
false true uint int f32 word string object array ref null canvas f64 record bytes f32array canvasNumber`.trim().split(/\s+/);
/** Kinds of things that have ids. */
const KINDS = `
buffer texture sampler shader pipeline bindGroup bindGroupLayout pipelineLayout textureView querySet renderBundle wasmModule
wasmCall image video scene defaultView`.trim().split(/\s+/);
/** Plugins, by bit. */
const PLUGINS = "core render compute wasm animation texture".split(" ");
/** What an executor's status means. */
const STATUSES = `
ok;no bytecode or too short;bytecode version not supported;malformed bytecode;id, offset or length out of range;
command buffer does not fit;needs a plugin this executor lacks;\`frame\` before a successful \`init\``.trim().split(/;\s*/);
/** Codes after which the next command is executed, and those after which even this one is. */
const SKIPS = "E001 E002 E006".split(" ");
const WARNS = "E005".split(" ");
/** Where the sources of the input block start, in bytes, and its size. */
const INPUTS = {
  pngineInputs: 0, sceneTimeInputs: 16, pointerInputs: 28, frameInputs: 76, keyboardInputs: 92, audioInputs: 124,
  size: 1148,
};
const [CANVAS, NONE, WHOLE, MAX_DEPTH, ABI] = [0xfffe, 0xffff, 0xffffffff, 16, 1];
const [MAX_PAYLOAD, COMMAND_CAPACITY, CAPACITY_TAG] = [67108864, 65536, 10];
/** What one file may ask of the machine that plays it; docs/format.md 10. */
const BUDGETS = {
  DESCRIPTOR_VALUES: 65536,
  DESCRIPTOR_BYTES: 1048576,
  DESCRIPTORS_BYTES: 4194304,
  BUNDLED_COMMANDS: 1048576,
  TEXT_BYTES: 16777216,
  WRITTEN_BYTES: 536870912,
  LOADED_BYTES: 268435456,
  LOADS: 256,
  PROGRAMS: 512,
  IMAGE_PIXELS: 67108864,
  IMAGES_PIXELS: 134217728,
  GPU_BYTES: 1073741824,
  NAMES: 4096,
  UNIFORMS: 4096,
  GPU_SECONDS: 10,
};
// </generated>

/** The sources of the input block that a player listens for: name, first byte and the byte behind the last. */
const SOURCES = /** @type {[string, number, number][]} */ ([
  ["pointer", INPUTS.pointerInputs, INPUTS.frameInputs], ["keys", INPUTS.keyboardInputs, INPUTS.audioInputs],
]);

/** @typedef {string | URL | Response | Blob | ArrayBuffer | Uint8Array} Source Where bytes come from: an address or the bytes. */
/** @typedef {ReturnType<typeof parsePayload>} Payload */
/** @typedef {Record<string, any> & { memory: WebAssembly.Memory }} Exports What an executor exports, see docs/format.md. */

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

/** Codes of kinds; those of commands and media depend on what it is. @type {Record<string, string>} */
const CODES = {
  network: "E0902", "not-png": "E0910", "no-scene": "E0911", damaged: "E0912", executor: "E0913", "no-executor": "E0914",
  "no-webgpu": "E0920", webgpu: "E0921", lost: "E0921", unsupported: "E0922", frame: "E0916", uniform: "E0923", canvas: "",
  aborted: "", superseded: "", argument: "",
};
/** Kinds of the codes of commands that are not simply `command`. @type {Record<string, ErrorKind>} */
const COMMAND_KINDS = { E010: "module", E011: "media", E012: "budget", E013: "stalled" };

/** What goes wrong. `code` is that of docs/diagnostics.md, E001 to E013 for commands; empty where no code fits. */
export class PngineError extends Error {
  /**
   * @param {string} message @param {string} [what] A kind, or the code of a command's error.
   * @param {unknown} [cause] What was thrown at first.
   */
  constructor(message, what = "command", cause) {
    super(message, cause === undefined ? undefined : { cause });
    /** @type {ErrorKind} */
    this.kind = /** @type {any} */ (what in CODES ? what : COMMAND_KINDS[what] ?? "command");
    this.code = CODES[what] ?? (what === "command" ? "" : what);
    this.name = this.code ? `PngineError ${this.code}` : "PngineError";
  }
}

/** @param {string} message @param {string} [what] @param {unknown} [cause] @returns {never} */
function fail(message, what = "E004", cause) { throw new PngineError(message, what, cause); }

/**
 * The code of an error in a command. What WebGPU or a decoder throws as a TypeError or RangeError, it could not read; an
 * OperationError is about bytes or texels that lie outside.
 * @param {any} error
 */
const codeOf = (error) => error instanceof PngineError ? (error.kind in CODES ? error.kind : error.code || "command")
  : error instanceof TypeError || error instanceof RangeError ? "E004" : error?.name === "OperationError" ? "E002" : "command";

/** Codes of a TypeError of a command. Which pipeline a pass takes, and which formats a device has, WebGPU knows. */
const REFUSALS = /** @type {Record<string, string>} */ ({ SET_PIPELINE: "E001", CREATE_TEXTURE: "E006" });

/**
 * An error with its place in front. What is too much, or newer than this player, stays that.
 * @param {any} error @param {string} where @param {string} [what]
 */
function located(error, where, what) {
  const own = error instanceof PngineError ? error : undefined;
  const kept = own && (own.kind === "budget" || own.kind === "unsupported" ? own.kind : undefined);
  const chosen = kept === "budget" ? "E012" : kept ?? what ?? codeOf(error);
  return new PngineError(`${where}: ${error instanceof Error ? error.message : error}`, chosen, own ? own.cause : error);
}

/** Does something, with a place for its errors. @template T @param {string} where @param {() => T} step @param {string} [what] */
function locate(where, step, what) {
  try {
    return step();
  } catch (error) {
    throw located(error, where, what);
  }
}

/** An error as one of ours. @param {unknown} error @param {string} where @param {string} what */
const ours = (error, where, what) => (error instanceof PngineError ? error : located(error, where, what));

/** Refuses what is beyond a budget. @param {number} amount @param {number} most @param {string} what */
const within = (amount, most, what) => amount <= most ? amount
  : fail(`over the budget: ${amount} ${what}, at most ${most} are allowed`, "E012");

/**
 * A number as a whole one: rounded towards zero, from `least` to `most`.
 * @param {number} number @param {number} least @param {number} most
 */
const whole = (number, least, most) => Math.max(least, Math.min(most, Math.trunc(number) || 0));

// ---------------------------------------------------------------------------------------------------------------- the loader

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Reads numbers one after another and never past the end. */
class Reader {
  at = 0;
  /** How many values may still be read, see `BUDGETS.DESCRIPTOR_VALUES`. */
  values = Infinity;
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  /** Steps over `length` bytes, and says where they start. @param {number} length */
  skip = (length) => (this.at += length) <= this.bytes.length ? this.at - length : fail(`the bytes end before byte ${this.at}`);
  /** @param {number} length */
  take = (length) => this.bytes.subarray(this.skip(length), this.at);
  u8 = () => this.view.getUint8(this.skip(1));
  u16 = () => this.view.getUint16(this.skip(2), true);
  u32 = () => this.view.getUint32(this.skip(4), true);
  i32 = () => this.view.getInt32(this.skip(4), true);
  f32 = () => this.view.getFloat32(this.skip(4), true);
  f64 = () => this.view.getFloat64(this.skip(8), true);
  text = () => UTF8.decode(this.take(this.varint()));
  /** A LEB128 number of at most five bytes and 32 bits. @returns {number} */
  varint(value = 0, scale = 1) {
    const byte = this.u8();
    if ((value += (byte & 127) * scale) >= 2 ** 32 || scale > 2 ** 28) fail(`the number before byte ${this.at} is too large`);
    return byte < 128 ? value : this.varint(value, scale * 128);
  }
  /** Counts values before they are read. @param {number} [count] */
  count(count = 1) {
    this.values -= count;
    if (this.values < 0) fail(`over the budget: more than ${BUDGETS.DESCRIPTOR_VALUES} values of a descriptor`, "E012");
  }
  /** Things of at least one byte each, so that a wrong count cannot make us allocate. @param {() => any} item */
  list = (item, length = this.varint()) =>
    length <= this.bytes.length - this.at ? Array.from({ length }, item) : fail(`the count before byte ${this.at} is too large`);
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

/** The CRC-32 of PNG. @param {Uint8Array} bytes */
export function crc32(bytes) {
  let crc = -1;
  for (let at = 0; at < bytes.length; at++) crc = CRC_TABLE[(crc ^ bytes[at]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** @param {Uint8Array} bytes */
const latin1 = (bytes) => String.fromCharCode(...bytes);

/**
 * Finds the scene in a PNG. Checks the length and the checksum of every chunk.
 * @param {Uint8Array} png
 * @returns {{ deflated: boolean, body: Uint8Array }}
 */
export function findScene(png) {
  const damaged = (/** @type {string} */ what) => fail(`the PNG is damaged: ${what}`, "damaged");
  if (latin1(png.subarray(0, 8)) !== "\x89PNG\r\n\x1a\n") fail("this is not a PNG", "not-png");
  const view = new DataView(png.buffer, png.byteOffset, png.length);
  /** @type {Record<string, Uint8Array>} */
  const found = {};
  for (let at = 8, end; !found.IEND; at = end) {
    end = at + 12 + (at + 12 <= png.length ? view.getUint32(at) : 0);
    if (end > png.length) damaged(`the chunk at byte ${at} is cut off`);
    if (crc32(png.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) damaged(`the chunk at byte ${at} fails its checksum`);
    const kind = latin1(png.subarray(at + 4, at + 8));
    if ((at === 8) !== (kind === "IHDR")) damaged("IHDR is not the first chunk, or comes twice");
    if (kind === "pNGb" && found.pNGb) fail("the PNG has a second scene", "damaged");
    found[kind] = png.subarray(at + 8, end - 4);
  }
  if (!found.IDAT) damaged("there is no IDAT");
  const [version, flags] = found.pNGb ?? fail("no scene in this PNG (re-encoded by a website?)", "no-scene");
  if (version !== 1 || !(flags <= 1))
    fail(`this player cannot read a scene chunk of version ${version} with flags ${flags}`, "unsupported");
  return { deflated: flags === 1, body: found.pNGb.subarray(2) };
}

/** How long a long task may go on before others get their turn, in milliseconds. */
const TURN = 20;

/** Lets other tasks run, such as those that keep a page alive. */
const nextTurn = () => new Promise((resolve) => setTimeout(resolve));

/**
 * Inflates raw DEFLATE data. The input goes in in small pieces, so that the limit holds while inflating.
 * @param {Uint8Array} body @param {number} limit Most bytes to produce.
 */
export async function inflate(body, limit) {
  let [at, size, turn] = [0, 0, performance.now()];
  /** @type {UnderlyingSource} */
  const pieces = { pull: (queue) => at < body.length ? queue.enqueue(body.slice(at, (at += 4096))) : queue.close() };
  const reader = new ReadableStream(pieces).pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  /** @type {Uint8Array[]} */
  const inflated = [];
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      inflated.push(value);
      if ((size += value.length) > limit) break;
      if (performance.now() - turn < TURN) continue;
      await nextTurn();
      turn = performance.now();
    }
  } catch (error) {
    fail(`damaged scene: it cannot be inflated (${/** @type {Error} */ (error).message})`, "damaged", error);
  }
  if (size > limit) {
    reader.cancel().catch(() => {});
    fail(`damaged scene: it inflates to more than ${limit} bytes`, "E012");
  }
  const bytes = new Uint8Array(size);
  let end = 0;
  for (const piece of inflated) bytes.set(piece, (end += piece.length) - piece.length);
  return bytes;
}

/**
 * Reads a payload and checks that all its sections lie inside it, in order.
 * @param {Uint8Array} bytes
 */
export function parsePayload(bytes) {
  return locate("damaged scene", () => {
    const header = new Reader(bytes);
    if (latin1(header.take(4)) !== "PNGB") fail("it is not a pngine payload");
    const [version, flags, plugins] = [header.u16(), header.u16(), header.u8(), header.u8()];
    if (version !== 5) fail(`its version is ${version}, this player reads version 5`, version > 5 ? "unsupported" : "damaged");
    if (!(plugins & 1)) fail("it does not declare the core plugin");
    let [ranges, end] = [header.list(header.u32, 8), header.at];
    /** @param {string} name @param {number} at */
    const section = (name, at, start = ranges[at], length = ranges[at + 1]) => start >= end && start + length <= bytes.length
      ? bytes.subarray(start, (end = start + length)) : fail(`its ${name} section lies outside of it or overlaps another`);
    if (flags & 1 ? !ranges[1] : ranges[0] || ranges[1]) fail("its flags and its executor section disagree");
    const executor = flags & 1 ? section("executor", 0) : undefined;
    const [bytecode, strings, data] = [section("bytecode", 2), section("string table", 6), section("data", 4)];
    /** @type {[frames: string[], scenes: string[]]} */
    const names = [[], []];
    /** How many names of each kind there are. @type {number[]} */
    const counts = [];
    for (const table = new Reader(strings); table.at < strings.length; ) {
      const [kind, id, text] = [table.u8(), table.varint(), table.take(table.varint())];
      counts[kind] = within((counts[kind] ?? 0) + 1, BUDGETS.NAMES, "names of one kind");
      if (id < CANVAS && names[kind]) names[kind][id] = UTF8.decode(text);
    }
    /** @type {Map<number, Uint8Array>} */
    const extensions = new Map();
    for (const rest = new Reader(bytes.subarray(flags & 4 ? end : bytes.length)); rest.at < rest.bytes.length; ) {
      const [tag, content] = [rest.u8(), rest.take(rest.u32())];
      if (!extensions.has(tag)) extensions.set(tag, content);
    }
    return { plugins, executor, bytecode, data, extensions, names };
  }, "damaged");
}

/** The scene in a PNG, or in a payload. @param {Uint8Array} bytes @param {number} [limit] Most bytes to inflate to. */
export async function readScene(bytes, limit = MAX_PAYLOAD) {
  if (latin1(bytes.subarray(0, 4)) === "PNGB") return parsePayload(bytes);
  const { deflated, body } = findScene(bytes);
  return parsePayload(deflated ? await inflate(body, limit) : body);
}

/** @param {Source} source @param {AbortSignal} [signal] @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function bytesOf(source, signal) {
  let got = source;
  if (typeof got === "string" || got instanceof URL)
    got = await fetch(got, { signal })
      .catch((error) => fail(`${source}: ${error.message} (offline? CORS or CSP?)`, "network", error));
  const response = got instanceof Response ? got : new Response(/** @type {ArrayBuffer} */ (got));
  if (!response.ok) fail(`${response.url}: ${response.status} ${response.statusText}`, "network");
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw located(error, response.url || "the bytes cannot be read", "network");
  }
}

/** What an executor exports beside its memory. */
const EXPORTS = `
getAbiVersion getBytecodePtr setBytecodeLen getDataPtr setDataLen init frame getCommandPtr getCommandLen getInputsPtr setFrame
getFrameCounter setFrameCounter`.trim().split(/\s+/);

/**
 * Starts an executor and hands it bytecode and data.
 * @param {Payload} payload @param {Source} [given] If it has none. @param {AbortSignal} [signal]
 */
async function startExecutor(payload, given, signal) {
  const file = `${PLUGINS.filter((_, bit) => (payload.plugins >> bit) & 1).join("-")}.wasm`;
  const folder = (typeof given === "string" || given instanceof URL) && String(given).endsWith("/");
  const source = payload.executor ?? (folder ? given + file : given);
  if (!source) return fail(`the scene has no executor of its own: options.executor must give ${file}`, "no-executor");
  const wasm = await bytesOf(source, signal);
  const exports = /** @type {Exports} */ ((await WebAssembly.instantiate(wasm, {})).instance.exports);
  const lacking = EXPORTS.filter((name) => typeof exports[name] !== "function");
  if (!(exports.memory instanceof WebAssembly.Memory)) lacking.unshift("memory");
  if (lacking.length) fail(`damaged executor: it does not export ${lacking.join(", ")}`, "executor");
  const abi = exports.getAbiVersion();
  if (abi !== ABI) fail(`the executor has ABI ${abi}, this player knows ${ABI}`, "unsupported");
  /** Makes the memory reach `end`. @param {number} end */
  const room = (end) => exports.memory.grow(Math.max(0, Math.ceil((end - exports.memory.buffer.byteLength) / 65536)));
  for (const [part, bytes] of /** @type {const} */ ([["Bytecode", payload.bytecode], ["Data", payload.data]])) {
    const at = exports[`get${part}Ptr`]() >>> 0;
    room(at + bytes.length);
    new Uint8Array(exports.memory.buffer).set(bytes, at);
    exports[`set${part}Len`](bytes.length);
  }
  const capacity = payload.extensions.get(CAPACITY_TAG);
  room((exports.getCommandPtr() >>> 0) + Math.max(COMMAND_CAPACITY, capacity ? new Reader(capacity).varint() : 0));
  return exports;
}

// ------------------------------------------------------------------------------------------------------ the command executor

/**
 * @typedef {object} Scope What a descriptor may depend on.
 * @property {(kind: number, id: number) => any} resolve Finds a thing that has an id.
 * @property {(a: number, b: number, c: number) => number} span A number in terms of the canvas: a * width + b * height + c.
 * @property {string} format The format of the canvas.
 */

/** How a value of each of `VALUES` is read. @type {Record<string, (r: Reader, scope: Scope, depth: number) => any>} */
const READ = {
  false: () => false, true: () => true, null: () => undefined,
  uint: (r) => r.varint(), f32: (r) => r.f32(), f64: (r) => r.f64(),
  int(r) {
    const zigzag = r.varint();
    return zigzag % 2 ? -(zigzag + 1) / 2 : zigzag / 2;
  },
  word: (r, scope) => (WORDS[r.varint()] ?? fail("unknown word")).replace("preferredCanvasFormat", scope.format),
  string: (r) => r.text(), bytes: (r) => r.take(r.varint()), ref: (r, scope) => scope.resolve(r.u8(), r.varint()),
  object: (r, scope, depth) => readFields(r, scope, depth),
  array: (r, scope, depth) => r.list(() => readValue(r, scope, depth) ?? null),
  record: (r) => Object.fromEntries(r.list(() => (r.count(), [r.text(), r.f64()]))),
  f32array: (r) => r.list(() => (r.count(), r.f32())),
  canvas: (r, scope) => Math.max(1, Math.floor(scope.span(r.f32(), r.f32(), r.f32()) + 1 / 65536) || 0),
  canvasNumber: (r, scope) => scope.span(r.f32(), r.f32(), r.f32()),
};

/** @param {Reader} r @param {Scope} scope @param {number} depth @returns {any} */
function readValue(r, scope, depth) {
  if (depth >= MAX_DEPTH) fail("values nest too deep");
  r.count();
  const read = READ[VALUES[r.u8()]] ?? fail("unknown value type");
  return read(r, scope, depth + 1);
}

/** Members that this version does not know are left out. @param {Reader} r @param {Scope} scope @param {number} depth */
const readFields = (r, scope, depth, count = r.varint()) =>
  Object.fromEntries(r.list(() => [FIELDS[r.u8() - 1], readValue(r, scope, depth)], count).filter(([name]) => name));

/**
 * Decodes a descriptor into the dictionary that WebGPU wants.
 * @param {Uint8Array} bytes @param {string} type One of `TYPES`. @param {Scope} scope
 * @returns {any}
 */
export function decodeDescriptor(bytes, type, scope) {
  within(bytes.length, BUDGETS.DESCRIPTOR_BYTES, "bytes of a descriptor");
  const r = new Reader(bytes);
  r.values = BUDGETS.DESCRIPTOR_VALUES;
  if (TYPES[r.u8() - 1] !== type) fail(`the descriptor is no ${type}`);
  const object = readFields(r, scope, 0, r.u8());
  return r.at === bytes.length ? object : fail("bytes are left over behind the descriptor");
}

/** @typedef {{ name: string, plugin: number, place: string, operands: string[], kind: number }} Op */
/** @typedef {{ op: Op, args: any[], where: string }} Command */
/** @typedef {Command & { thing: string, uses: Set<string> }} Recipe What creates a thing, and what that uses: `texture 2`. */

/** The commands by opcode; `kind` is that of what they create, or -1. An operand `rA` names kind 0. @type {Map<number, Op>} */
const OPS = new Map(OP_ROWS.map((row) => {
  const [code, name, [plugin, place], letters = ""] = row.split(" ");
  const kind = letters[0] === "n" ? letters.charCodeAt(1) - 65 : -1;
  return [parseInt(code, 16), { name, plugin: 1 << Number(plugin), place, operands: letters.match(/[nr].|./g) ?? [], kind }];
}));

/**
 * The commands of a command buffer behind its header, up to END, or those of a bundle, up to the end of `bytes`. An operand is a
 * number; a pointer and its length are one operand, the bytes they point to.
 * @param {Uint8Array} bytes @param {Uint8Array} memory What pointers point into. @param {number} base What is added to them.
 * @returns {Generator<Command>}
 */
export function* decodeCommands(bytes, memory, base) {
  const r = new Reader(bytes);
  const pointed = (start = base + r.u32(), length = r.u32()) => start + length <= memory.length
    ? memory.subarray(start, start + length) : fail(`${length} bytes at ${start} are outside of the memory`);
  /** @type {Record<string, () => any>} */
  const read = { 1: r.u8, 2: r.u16, 4: r.u32, i: r.i32, f: r.f32, n: r.u16, r: r.u16, b: pointed };
  for (let index = 0, name = ""; r.at < bytes.length && name !== "END"; index++) {
    if (index > MAX_COMMANDS) fail(`more than ${MAX_COMMANDS} commands`, "E012");
    const op = OPS.get(r.u8()) ?? fail(`command ${index} has the unknown opcode ${bytes[r.at - 1]}`, "E008");
    const where = `command ${index}, ${(name = op.name)}`;
    yield { op, where, args: locate(where, () => op.operands.map(([how]) => read[how]())) };
  }
  if (r.at < bytes.length) fail("commands stand behind END", "E007");
}

/** Most commands of a command buffer, and of a bundle: their number has 16 bits. */
const MAX_COMMANDS = 65535;

/**
 * Counts what the commands of one buffer ask for, so that they are stopped before it is done.
 * @typedef {ReturnType<typeof meterOf>} Meter
 */
function meterOf() {
  let counts = /** @type {Record<string, number>} */ ({});
  const count = (/** @type {keyof typeof BUDGETS} */ budget, /** @type {string} */ what) => (/** @type {number} */ amount) =>
    void (counts[budget] = within((counts[budget] ?? 0) + amount, BUDGETS[budget], `${what} of one command buffer`));
  return {
    /** A new command buffer. */
    reset: () => void (counts = {}),
    /** Descriptors. */
    descriptor: count("DESCRIPTORS_BYTES", "bytes of descriptors"),
    /** What else is read value by value: ids of bundles, offsets, arguments of calls. @param {number} length */
    list(length) {
      this.descriptor(within(length, BUDGETS.DESCRIPTOR_BYTES, "bytes of a list"));
    },
    bundled: count("BUNDLED_COMMANDS", "commands of bundles"),
    text: count("TEXT_BYTES", "bytes of texts"),
    program: count("PROGRAMS", "shaders and pipelines"),
    written: count("WRITTEN_BYTES", "bytes that are written"),
    writtenBytes: () => counts.WRITTEN_BYTES ?? 0,
    loaded: count("LOADED_BYTES", "bytes that are loaded"),
  };
}

/** Bytes of a texel, or of a block of them in a compressed format, and how wide and high that is. @param {string} format */
function blockOf(format) {
  const [, across, down] = /^astc-(\d+)x(\d+)/.exec(format) ?? [];
  if (across) return { bytes: 16, across: Number(across), down: Number(down) };
  if (/^(bc|etc2|eac)/.test(format)) return { bytes: /^(bc[14]-|etc2-rgb8|eac-r11)/.test(format) ? 8 : 16, across: 4, down: 4 };
  const [, channels, bits] = /^(r|rg|rgba|bgra)(8|16|32)/.exec(format) ?? [];
  const packed = { stencil8: 1, depth16unorm: 2, "depth24plus-stencil8": 8, "depth32float-stencil8": 8 }[format] ?? 4;
  return { bytes: channels ? (channels.length * Number(bits)) / 8 : packed, across: 1, down: 1 };
}

/**
 * Bytes of GPU memory that a texture takes, with its mip levels, layers and samples.
 * @param {{ width: number, height?: number, depth?: number, format: string, dimension?: string, mipLevelCount?: number,
 *   sampleCount?: number }} texture
 */
export function textureBytes({ width, height = 1, depth = 1, format, dimension = "2d", mipLevelCount = 1, sampleCount = 1 }) {
  const { bytes, across, down } = blockOf(format);
  let blocks = 0;
  // A texture has no more levels than halvings make one texel of 2^32; WebGPU refuses the rest.
  for (let level = 0; level < Math.min(mipLevelCount, 32); level++) {
    const [wide, high, deep] = [width, height, dimension === "3d" ? depth : depth * 2 ** level]
      .map((length) => Math.max(1, Math.floor(length / 2 ** level)));
    blocks += Math.ceil(wide / across) * Math.ceil(high / down) * deep;
  }
  return blocks * bytes * Math.max(1, sampleCount);
}

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
function commandExecutor(device, screen, plugins, executor, report, maxGpuBytes) {
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

// --------------------------------------------------------------------------------------------------------------- the plugins

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

/** Whether bytes start with those of a text. @param {Uint8Array} bytes @param {string} text @param {number} [at] */
const startsWith = (bytes, text, at = 0) => latin1(bytes.subarray(at, at + text.length)) === text;

/**
 * Width and height of a PNG, JPEG or WebP, as its header has them. Nothing else goes on to the browser, which knows formats that
 * name other files, and decodes before anyone can ask how large an image is.
 * @param {Uint8Array} bytes
 * @returns {[width: number, height: number]}
 */
export function imageSize(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    if (startsWith(bytes, "\x89PNG\r\n\x1a\n") && startsWith(bytes, "IHDR", 12)) return [view.getUint32(16), view.getUint32(20)];
    if (startsWith(bytes, "\xff\xd8\xff")) return jpegSize(view);
    if (startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8)) return webpSize(bytes, view);
  } catch (error) {
    if (error instanceof RangeError) fail("the image ends before its header does", "E011");
    throw error;
  }
  return fail("it is not a PNG, JPEG or WebP image", "E011");
}

/** Those of the first frame header. Source: ITU-T T.81, annex B. @param {DataView} view @returns {[number, number]} */
function jpegSize(view) {
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) fail("the JPEG is damaged: a marker is missing", "E011");
    const marker = view.getUint8(at + 1);
    // Bytes to fill up, and markers without a length.
    if (marker === 0xff) at += 1;
    else if (marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    // The frame headers are SOF0 to SOF15, without DHT, JPG and DAC.
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return [view.getUint16(at + 7), view.getUint16(at + 5)];
    else if (marker === 0xd9 || marker === 0xda) fail("the JPEG has no frame header", "E011");
    else at += 2 + Math.max(2, view.getUint16(at + 2));
  }
}

/** Source: RFC 9649. @param {Uint8Array} bytes @param {DataView} view @returns {[number, number]} */
function webpSize(bytes, view) {
  const three = (/** @type {number} */ at) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  if (startsWith(bytes, "VP8X", 12)) return [three(24) + 1, three(27) + 1];
  if (startsWith(bytes, "VP8 ", 12)) return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  if (!startsWith(bytes, "VP8L", 12)) fail("the WebP is damaged: it starts with no image", "E011");
  const sizes = view.getUint32(21, true);
  return [(sizes & 0x3fff) + 1, ((sizes >>> 14) & 0x3fff) + 1];
}

/**
 * The MIME type of a video by its first bytes: WebM, Ogg or MP4. Nothing else goes on to the browser, whatever the scene says it
 * is: a playlist (HLS, DASH) is played by fetching what it names.
 * @param {Uint8Array} bytes
 */
export function videoType(bytes) {
  // The document type stands in the header: its element, its length, the text.
  const isWebm = startsWith(bytes, "\x1a\x45\xdf\xa3") && /\x42\x82[\x80-\xff]webm/.test(latin1(bytes.subarray(0, 256)));
  if (isWebm) return "video/webm";
  if (startsWith(bytes, "OggS\0")) return "video/ogg";
  if (!startsWith(bytes, "ftyp", 4) || startsWith(bytes, "qt  ", 8)) fail("it is not a WebM, MP4 or Ogg video", "E011");
  refuseReferences(bytes);
  return "video/mp4";
}

/** Where an MP4 says in which file its samples are. Source: ISO/IEC 14496-12, 8.7.2. */
const REFERENCE_PATH = ["moov", "trak", "mdia", "minf", "dinf", "dref"];

/**
 * Refuses an MP4 that is not whole: samples in other files, QuickTime's reference movies, and its compressed header, which could
 * hide either.
 * @param {Uint8Array} bytes
 */
function refuseReferences(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  /** @param {number} at @param {number} end @param {number} depth How many of the path have led here. */
  function look(at, end, depth) {
    while (at + 8 <= end) {
      let [size, body] = [view.getUint32(at), at + 8];
      if (size === 1 && at + 16 <= end) [size, body] = [view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12), at + 16];
      // What is damaged is the decoder's to refuse.
      if (size === 0 || at + size > end) size = end - at;
      if (size < body - at) return;
      const kind = latin1(bytes.subarray(at + 4, at + 8));
      if (kind === "rmra" || kind === "cmov") fail("the MP4 plays other files: its box " + kind, "E011");
      // Entries of a data reference box: the lowest flag says that the samples are in this file.
      if (depth === REFERENCE_PATH.length && !(body + 4 <= at + size && view.getUint8(body + 3) & 1))
        fail("the MP4 has its samples in other files: it must hold them itself", "E011");
      if (kind === REFERENCE_PATH[depth]) look(kind === "dref" ? body + 8 : body, at + size, depth + 1);
      at += size;
    }
  }
  look(0, bytes.length, 0);
}

/**
 * What the plugins wasm and texture do: nested modules, images and videos.
 * @param {GPUDevice} device @param {Exports} executor @param {Scope} scope @param {Meter} meter
 * @param {(at: number, length: number) => void} noteRead @param {(error: PngineError) => void} report
 */
function pluginCommands(device, executor, scope, meter, noteRead, report) {
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

// -------------------------------------------------------------------------------------------------------------- the uniforms

/**
 * A member of a uniform variable in the payload; its numbers are `count` times `columns` times `rows`.
 * @typedef {object} Member
 * @property {string} [name]
 * @property {number} [offset]
 * @property {string} type
 * @property {number} [columns]
 * @property {number} [rows]
 * @property {number} [count]
 * @property {number} [arrayStride]
 * @property {number} [input]
 */

/** @typedef {{ module: string, name: string, buffer: number, uniforms: Member[] }} Block */

/**
 * A uniform that a page may know of.
 * @typedef {object} Uniform
 * @property {string} name The shortest name that means only this one.
 * @property {string} type In WGSL, such as `vec3<f32>` or `array<mat4x4<f32>, 2>`.
 * @property {number} length How many numbers it takes.
 * @property {boolean} input Whether the player writes it before every frame, so that nobody else can.
 */

/** @typedef {number | boolean | ArrayLike<any>} UniformValue A number, or numbers, in lists of any depth, columns first. */

/** WGSL's name of a type of numbers, its size in bytes, and how a number is written. */
const NUMBERS = /** @type {Record<string, [string, number, (view: DataView, at: number, value: number) => void]>} */ ({
  float32: ["f32", 4, (view, at, value) => view.setFloat32(at, value, true)],
  sint32: ["i32", 4, (view, at, value) => view.setInt32(at, whole(value, -(2 ** 31), 2 ** 31 - 1), true)],
  uint32: ["u32", 4, (view, at, value) => view.setUint32(at, whole(value, 0, 2 ** 32 - 1), true)],
  float16: ["f16", 2, (view, at, value) => view.setUint16(at, half(value), true)],
});

/** The bits of a number as a half, rounded to the nearest, a tie to the even one. @param {number} value */
export function half(value) {
  const [size, sign] = [Math.abs(value), value < 0 || Object.is(value, -0) ? 0x8000 : 0];
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = size / 2 ** (exponent - 10);
  const [down, rest] = [Math.floor(steps), steps % 1];
  const up = rest > 0.5 || (rest === 0.5 && down % 2 === 1);
  // A normal number's steps hold its leading 1, which is worth one exponent.
  return sign | (((exponent + 14) << 10) + down + Number(up));
}

/** All numbers in a value. @param {any} value @returns {any[]} */
const flatten = (value) => (typeof value === "object" && value ? Array.from(value, flatten).flat() : [value]);

/** Where a member lies, what it is called, and how it is written. @param {Block} block @param {Member} member */
function placeOfMember({ module, name: variable, buffer }, member) {
  const { name, offset = 0, type, columns = 1, rows = 1, count, arrayStride, input } = member;
  const [scalar, size, write] = NUMBERS[type]
    ?? fail(`damaged scene: a member of the uniform ${variable} is a ${type}`, "damaged");
  const vector = rows > 1 ? `vec${rows}<${scalar}>` : scalar;
  const matrix = columns > 1 ? `mat${columns}x${rows}<${scalar}>` : vector;
  // WGSL's layout: three rows take as much room as four.
  const column = size * (rows === 3 ? 4 : rows);
  const [stride, length] = [arrayStride ?? columns * column, (count ?? 1) * columns * rows];
  const middle = name ? `${variable}.${name}` : variable;
  const full = count === undefined ? matrix : `array<${matrix}, ${count}>`;
  return {
    /** From the one that is always its own to the shortest. */
    names: [`${module}.${middle}`, middle, name || variable],
    key: `${buffer} ${offset} ${full} ${stride}`,
    type: full, buffer, length, input, write, element: columns * rows,
    /** Offset of a number. @param {number} i */
    at: (i, vector = Math.floor(i / rows)) =>
      offset + Math.floor(vector / columns) * stride + (vector % columns) * column + (i % rows) * size,
  };
}

/** Adds to the list of a key. @template T @param {Map<string, T[]>} lists @param {string} key @param {T} item */
function group(lists, key, item) {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

/** Names for a message, not too many of them. @param {string[]} names @param {string} [between] */
const some = (names, between = ", ") =>
  names.slice(0, MOST_NAMES).join(between) + (names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "");

/** Most names that a message lists. */
const MOST_NAMES = 20;

/** The uniforms of a scene: their names, and what is to be written into them. @param {Block[]} blocks */
function uniformTable(blocks) {
  /** @typedef {ReturnType<typeof placeOfMember>} Place */
  within(blocks.reduce((sum, { uniforms }) => sum + uniforms.length, 0), BUDGETS.UNIFORMS, "uniforms");
  const places = blocks.flatMap((block) => block.uniforms.map((member) => placeOfMember(block, member)));
  /** The places by name: by long name, by variable and member, by the member alone. @type {Map<string, Place[]>[]} */
  const tiers = [new Map(), new Map(), new Map()];
  for (const place of places)
    for (const [tier, name] of place.names.entries()) group(tiers[tier], name, place);
  /** @type {Map<string, Map<string, Place>[]>} */
  const found = new Map();

  /**
   * What a name means: the places whose long name it is, or else that of variable and member, or else that of the member alone.
   * Each meaning is the places of one long name, by key: one variable in several buffers; modules that declare the same places
   * are one.
   * @param {string} name
   */
  function find(name) {
    const known = found.get(name);
    if (known) return known;
    /** @type {Map<string, Map<string, Place>>} */
    const longs = new Map();
    for (const place of tiers.find((tier) => tier.has(name))?.get(name) ?? []) {
      const [long] = place.names;
      const meaning = longs.get(long) ?? new Map();
      longs.set(long, meaning.set(place.key, place));
    }
    /** @type {Map<string, Map<string, Place>>} */
    const different = new Map();
    for (const meaning of longs.values()) {
      const keys = Array.from(meaning.keys()).sort().join();
      if (!different.has(keys)) different.set(keys, meaning);
    }
    const meanings = [...different.values()];
    // Not those that a page makes up, without end.
    if (meanings.length) found.set(name, meanings);
    return meanings;
  }
  /** Words that were written, by buffer and offset: a half is half of one. @type {Map<number, Map<number, DataView>>} */
  const words = new Map();
  /** Offsets of those that the next frame writes. @type {Map<number, Set<number>>} */
  const changed = new Map();

  /** @param {Place} place @param {number[]} values */
  function put({ buffer, at, write }, values) {
    const [held, fresh] = [words.get(buffer) ?? new Map(), changed.get(buffer) ?? new Set()];
    words.set(buffer, held);
    changed.set(buffer, fresh);
    for (const [i, value] of values.entries()) {
      const start = at(i) - (at(i) % 4);
      const word = held.get(start) ?? new DataView(new ArrayBuffer(4));
      held.set(start, word);
      fresh.add(start);
      write(word, at(i) % 4, value);
    }
  }

  /** @type {Map<string, Uniform>} */
  const known = new Map();
  const listed = new Set();
  for (const { names, key, type, length, input } of places) {
    const [long, middle, bare] = names;
    const [name] = [bare, middle, long].filter((name) => {
      const [meaning, other] = find(name);
      return !other && meaning.has(key);
    });
    if (name && !known.has(name) && !listed.has(key)) known.set(name, { name, type, length, input: input !== undefined });
    listed.add(key);
  }

  return {
    list: Object.freeze([...known.values()].map((uniform) => Object.freeze(uniform))),
    /** Offsets in the input block of what is read there. */
    inputs: places.flatMap(({ input }) => input ?? []),

    /** @param {string} name @param {UniformValue} value */
    set(name, value) {
      const [meaning, other] = find(name);
      const others = known.size ? ` ${name}, only ${some([...known.keys()])}` : `s, and so no ${name}`;
      if (!meaning) fail(`the scene has no uniform${others}`, "uniform");
      if (other) {
        const longs = find(name).map((places) => Array.from(places.values())[0].names[0]);
        fail(`the uniform ${name} may be ${some(longs, " or ")}`, "uniform");
      }
      const all = [...meaning.values()];
      const isInput = all.some(({ input }) => input !== undefined);
      if (isInput) fail(`the player writes the uniform ${name} itself, before every frame`, "uniform");
      const values = flatten(value);
      const wrong = values.findIndex((number) => typeof number !== "number" && typeof number !== "boolean");
      if (wrong >= 0) fail(`the uniform ${name} takes numbers, not ${values[wrong]}`, "uniform");
      for (const { type, length, element } of all) {
        // Of an array, the first elements alone may be set.
        const fits = values.length === length || (values.length && values.length < length && values.length % element === 0);
        if (!fits) fail(`the uniform ${name} is ${type} and takes ${length} numbers, not ${values.length}`, "uniform");
      }
      for (const place of all) put(place, values.map(Number));
    },

    /**
     * Writes what has changed, and what comes from the input block.
     * @param {DataView} inputs @param {GPUQueue} queue @param {Map<number, GPUBuffer>} buffers
     */
    flush(inputs, queue, buffers) {
      for (const place of places)
        if (place.input !== undefined && place.input + 4 <= inputs.byteLength) put(place, [inputs.getFloat32(place.input, true)]);
      for (const [buffer, fresh] of changed) {
        const target = buffers.get(buffer) ?? fail(`there is no buffer ${buffer} for the uniforms`, "E001");
        const offsets = [...fresh].sort((a, b) => a - b);
        // Words that lie one behind the other are written at once.
        for (let i = 0, first = 0; i < offsets.length; i++) {
          if (offsets[i + 1] === offsets[i] + 4) continue;
          const run = offsets.slice(first, i + 1).map((offset) => words.get(buffer)?.get(offset)?.getUint32(0) ?? 0);
          const bytes = new DataView(new ArrayBuffer(run.length * 4));
          run.forEach((word, at) => bytes.setUint32(at * 4, word));
          queue.writeBuffer(target, offsets[first], bytes);
          first = i + 1;
        }
      }
      changed.clear();
    },
  };
}

// --------------------------------------------------------------------------------------------------------------------- loading

/**
 * @typedef {object} Options
 * @property {Source} [executor] For a PNG without one: the module's bytes or address, or the address of the folder that holds one
 *   for every set of plugins, with `/` at its end.
 * @property {GPUDevice} [device] The device to use; otherwise the player asks for its own.
 * @property {AbortSignal} [signal] Gives up loading. Afterwards it does nothing.
 * @property {(error: PngineError) => void} [onError] Is told what goes wrong while there still is something to play, each message
 *   once. Default: the console.
 * @property {[width: number, height: number]} [size] A size for the canvas, in pixels; otherwise it keeps its own.
 * @property {boolean} [autoplay] `true` plays at once, `false` draws nothing yet. Default: the frame at time 0 is drawn.
 * @property {GPUCanvasAlphaMode} [alphaMode] How the canvas covers the page. Default: what the scene asks for, or `"opaque"`.
 * @property {AnalyserNode} [analyser] What the scene hears; also `player.analyser`. Default: silence.
 * @property {(scene: number, player: Player) => void} [onScene] Is told when another scene of the timeline is shown.
 * @property {(player: Player) => void} [onEnd] Is told when time has come to the end of a timeline that does not repeat.
 * @property {number} [seed] What `frameInputs.seed` holds. Default: 0, so that pictures repeat.
 * @property {number} [fps] Frames a second, each a step of 1/fps seconds whatever the screen does. Default: 60 for scenes with
 *   compute passes, which simulate something; otherwise a frame for each refresh of the screen.
 * @property {number} [maxDelta] Most seconds that time goes on from one frame to the next. Default: 0.1.
 * @property {string | false} [touchAction] The canvas' CSS `touch-action` while a scene reads the pointer; `false` leaves it
 *   alone. Default: `"none"`.
 * @property {"canvas" | "page" | false} [keys] Which keys the scene sees: those pressed while the canvas has the focus, those of
 *   the whole page but for what is typed into it, or none. Default: `"canvas"`.
 * @property {number} [maxBytes] Largest payload to inflate. Default: 64 MiB.
 * @property {number} [maxGpuBytes] Most bytes of buffers, textures and query sets at a time. Default: 1 GiB.
 * @property {number} [gpuSeconds] How long the GPU may work before the player stops and says so. Default: 10.
 */

/** What options are, each a test and what it asks for. @type {Record<string, [test: (value: any) => boolean, wanted: string]>} */
const OPTIONS = {
  executor: [isSource, "an address or bytes"],
  device: [(value) => typeof value?.createBuffer === "function", "a GPUDevice"],
  signal: [(value) => typeof value?.aborted === "boolean", "an AbortSignal"],
  size: [(value) => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite), "[width, height]"],
  autoplay: [isOf("boolean"), "true or false"],
  alphaMode: [(value) => ["opaque", "premultiplied"].includes(value), '"opaque" or "premultiplied"'],
  analyser: [(value) => typeof value?.getByteFrequencyData === "function", "an AnalyserNode"],
  seed: [(value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32, "a whole number from 0 to 4294967295"],
  touchAction: [(value) => value === false || typeof value === "string", "a value of CSS touch-action or false"],
  keys: [(value) => ["canvas", "page", false].includes(value), '"canvas", "page" or false'],
};
for (const name of ["onError", "onScene", "onEnd"]) OPTIONS[name] = [isOf("function"), "a function"];
for (const name of ["fps", "maxDelta", "maxBytes", "maxGpuBytes", "gpuSeconds"])
  OPTIONS[name] = [(value) => typeof value === "number" && value > 0, "a number above 0"];

/** @param {string} type */
function isOf(type) {
  return (/** @type {unknown} */ value) => typeof value === type;
}

/** @param {unknown} value @returns {value is Source} */
function isSource(value) {
  return typeof value === "string" || value instanceof URL || value instanceof Response || value instanceof Blob ||
    value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

/** A value in words, for a message. @param {any} value */
const shown = (value) => typeof value === "string" ? JSON.stringify(value)
  : typeof value === "object" && value ? value.constructor?.name || "an object" : String(value);

/** Refuses arguments of `load` that cannot be meant. @param {any} source @param {any} canvas @param {any} options */
function checkArguments(source, canvas, options) {
  if (!isSource(source))
    throw new TypeError(`load: the source must be an address, a Response, a Blob, an ArrayBuffer or bytes, not ${shown(source)}`);
  if (typeof canvas?.getContext !== "function")
    throw new TypeError(`load: the canvas must be a <canvas> or an OffscreenCanvas, not ${shown(canvas)}`);
  if (typeof options !== "object" || !options) throw new TypeError(`load: the options must be an object, not ${shown(options)}`);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(OPTIONS, name))
      throw new TypeError(`load: there is no option ${shown(name)}, only ${Object.keys(OPTIONS).sort().join(", ")}`);
    const [test, wanted] = OPTIONS[name];
    if (value !== undefined && !test(value))
      throw new TypeError(`load: the option ${name} must be ${wanted}, not ${shown(value)}`);
  }
}

/** Who is loading onto a canvas. @type {WeakMap<HTMLCanvasElement | OffscreenCanvas, AbortController>} */
const CLAIMS = new WeakMap();

/**
 * Loads a scene and draws its first frame. The last call for a canvas wins: an earlier one that is still loading is rejected. A
 * scene that plays on the canvas goes on until the new one has drawn its first frame, and for good if there is an error.
 * @param {Source} source A PNG with a scene, or a payload.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {Options} [options]
 * @returns {Promise<Player>}
 * @throws {PngineError} where there is nothing to play, with `kind` and `code`
 * @throws {TypeError} for arguments that are none
 */
export async function load(source, canvas, options = {}) {
  checkArguments(source, canvas, options);
  const { signal } = options;
  const aborted = () => new PngineError("loading was aborted", "aborted", signal?.reason);
  if (signal?.aborted) throw aborted();
  const claim = new AbortController();
  CLAIMS.get(canvas)?.abort(new PngineError("another scene was loaded onto the canvas meanwhile", "superseded"));
  CLAIMS.set(canvas, claim);
  const abort = () => claim.abort(aborted());
  signal?.addEventListener("abort", abort);
  const given = new Promise((_, reject) => claim.signal.addEventListener("abort", () => reject(claim.signal.reason)));
  try {
    return await /** @type {Promise<Player>} */ (Promise.race([build(source, canvas, options, claim), given]));
  } finally {
    signal?.removeEventListener("abort", abort);
    yieldClaim(canvas, claim);
  }
}

/** Nobody is loading any more. @param {HTMLCanvasElement | OffscreenCanvas} canvas @param {AbortController} claim */
function yieldClaim(canvas, claim) {
  if (CLAIMS.get(canvas) === claim) CLAIMS.delete(canvas);
}

/**
 * What `load` does, as long as its claim to the canvas holds.
 * @param {Source} source @param {HTMLCanvasElement | OffscreenCanvas} canvas @param {Options} options
 * @param {AbortController} controller
 */
async function build(source, canvas, options, controller) {
  const claim = controller.signal;
  const bytes = await bytesOf(source, claim);
  const payload = await readScene(bytes, options.maxBytes);
  const extras = readExtensions(payload);
  claim.throwIfAborted();
  const executor = await startExecutor(payload, options.executor, claim)
    .catch((error) => { throw ours(error, "damaged executor", "executor"); });
  claim.throwIfAborted();
  const device = await openDevice(extras.device, options.device)
    .catch((error) => { throw ours(error, "WebGPU gives no device", "no-webgpu"); });
  /** @type {Player | undefined} */
  let player;
  try {
    claim.throwIfAborted();
    player = new Player(canvas, device, payload, extras, executor, options);
    // A player on the canvas is replaced by a later one, no longer given up for it.
    await player.start(claim, () => yieldClaim(canvas, controller));
    claim.throwIfAborted();
    return player.destroyed ? fail("another scene was loaded onto the canvas meanwhile", "superseded") : player;
  } catch (error) {
    player?.destroy();
    if (!options.device) device.destroy();
    throw ours(error, "the scene cannot be played", "damaged");
  }
}

/** Does something with the executor, whose errors become ours. @template T @param {() => T} step */
function attempt(step) {
  try {
    return step();
  } catch (error) {
    throw ours(error, "the executor has failed", "executor");
  }
}

/**
 * What a scene says to its host.
 * @typedef {object} Extras
 * @property {{ duration?: number, endBehavior?: number, scenes?: { start?: number, end: number, frame?: number }[] }} animation
 *   Times are in milliseconds.
 * @property {{ blocks?: Block[] }} uniforms
 * @property {{ requiredFeatures?: string[], optionalFeatures?: string[], requiredLimits?: Record<string, number> }} device
 * @property {Pick<GPUCanvasConfiguration, "alphaMode" | "colorSpace"> & { toneMapping?: GPUCanvasToneMappingMode }} canvas
 */

/** Extensions of the payload, by tag: those that are descriptors. */
const EXTRAS = /** @type {const} */ ([[1, "animation"], [2, "uniforms"], [3, "device"], [4, "canvas"]]);

/** Reads the extensions. A reference becomes its id. @param {Payload} payload @returns {Extras} */
function readExtensions({ extensions }) {
  /** @type {Scope} */
  const scope = { resolve: (_, id) => id, span: () => fail("a number follows the canvas"), format: "" };
  const read = (/** @type {Uint8Array | undefined} */ bytes, /** @type {string} */ type) =>
    bytes ? locate(`damaged scene: its ${type} extension`, () => decodeDescriptor(bytes, type, scope), "damaged") : {};
  return /** @type {any} */ (Object.fromEntries(EXTRAS.map(([tag, type]) => [type, read(extensions.get(tag), type)])));
}

/** @param {Extras["device"]} needs @param {GPUDevice} [given] */
async function openDevice({ requiredFeatures = [], optionalFeatures = [], requiredLimits = {} }, given) {
  /** Refuses who lacks what the scene requires. @param {GPUDevice | GPUAdapter} having @param {string} who */
  const check = ({ features, limits }, who) => {
    const lacking = requiredFeatures.filter((feature) => !features.has(feature)).map((feature) => `the feature ${feature}`);
    for (const [name, needed] of Object.entries(requiredLimits)) {
      const most = /** @type {any} */ (limits)[name];
      // Alignments are the better the smaller they are.
      const enough = typeof most === "number" && (name.startsWith("min") ? most <= needed : most >= needed);
      if (!enough) lacking.push(`the limit ${name} of ${needed}${most === undefined ? "" : `, it has ${most}`}`);
    }
    if (lacking.length) fail(`${who} lacks what the scene requires: ${lacking.join("; ")}`, "unsupported");
  };
  if (given) return check(given, "the given device"), given;
  if (globalThis.isSecureContext === false) fail("WebGPU is there for secure pages only: https, or localhost", "no-webgpu");
  if (!globalThis.navigator?.gpu) fail("this browser has no WebGPU", "no-webgpu");
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) return fail("this machine has no GPU that the browser would use for WebGPU", "no-webgpu");
  check(adapter, "this machine's GPU");
  const optional = optionalFeatures.filter((feature) => adapter.features.has(feature));
  const features = /** @type {GPUFeatureName[]} */ ([...new Set([...requiredFeatures, ...optional])]);
  return adapter.requestDevice({ requiredFeatures: features, requiredLimits });
}

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

/**
 * Who wants to know of a device's loss. A promise holds on to its listeners for ever, so there is one for each device.
 * @type {WeakMap<GPUDevice, Set<(info: GPUDeviceLostInfo) => void>>}
 */
const LOSSES = new WeakMap();

/**
 * Those of a device. A function of its own: what a closure lives with, it keeps alive, and this one lives as long as the device.
 * @param {GPUDevice} device
 */
function listenersOf(device) {
  const known = LOSSES.get(device);
  if (known) return known;
  /** @type {Set<(info: GPUDeviceLostInfo) => void>} */
  const listeners = new Set();
  LOSSES.set(device, listeners);
  device.lost.then((info) => listeners.forEach((tell) => tell(info)));
  return listeners;
}

/**
 * Tells of the loss of a device, until `signal` aborts.
 * @param {GPUDevice} device @param {AbortSignal} signal @param {(info: GPUDeviceLostInfo) => void} tell
 */
function onLoss(device, signal, tell) {
  const listeners = listenersOf(device);
  listeners.add(tell);
  signal.addEventListener("abort", () => listeners.delete(tell));
}

// ---------------------------------------------------------------------------------------------------------------- the inputs

/**
 * A part of a length in CSS pixels as `object-position` has it: `50%`, `10px`, `calc(100% - 10px)`.
 * @param {string} text @param {number} room
 */
function placeIn(text, room) {
  let sum = 0;
  for (const [, sign, number, unit] of text.matchAll(/([-+]?)\s*([\d.]+(?:e-?\d+)?)(%|px)/g))
    sum += (sign === "-" ? -1 : 1) * Number(number) * (unit === "%" ? room / 100 : 1);
  return sum;
}

/**
 * Where in a canvas' box its pixels are: without border and padding, as `object-fit` and `object-position` say. In CSS pixels,
 * from the inner edge of the border, before transforms. Without a box all is 0.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 */
function pictureOf(canvas) {
  const nowhere = { left: 0, top: 0, width: 0, height: 0 };
  if (!("clientWidth" in canvas) || !canvas.clientWidth || !canvas.clientHeight) return nowhere;
  const style = getComputedStyle(canvas);
  const padding = (/** @type {string} */ side) => parseFloat(style.getPropertyValue(`padding-${side}`)) || 0;
  const [left, top] = [padding("left"), padding("top")];
  const [across, down] = [canvas.clientWidth - left - padding("right"), canvas.clientHeight - top - padding("bottom")];
  if (!(across > 0 && down > 0 && canvas.width && canvas.height)) return nowhere;
  const [contain, cover] = [Math.min, Math.max].map((choose) => choose(across / canvas.width, down / canvas.height));
  const scale = { contain, cover, none: 1, "scale-down": Math.min(1, contain) }[style.objectFit];
  const [width, height] = scale ? [canvas.width * scale, canvas.height * scale] : [across, down];
  const [x = "50%", y = "50%"] = style.objectPosition.match(/calc\([^)]*\)|\S+/g) ?? [];
  return { left: left + placeIn(x, across - width), top: top + placeIn(y, down - height), width, height };
}

/** What takes what is typed. @param {any} target */
const isEditable = (target) => target.isContentEditable || /^(input|textarea|select)$/.test(target.localName);

/** What keys in a page may be meant for besides: it has uses of its own for them. */
const OPERABLE = "a, button, summary, video, audio, [tabindex]";

/** Keys that a page needs whatever a scene does with them: those that move the focus on, and those of the browser. */
const RESERVED = /^(Tab|Escape|F\d+)$/;

/**
 * What `pointerInputs` and `keyboardInputs` hold, kept up to date from `listen` until `signal` aborts.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas @param {AbortSignal} signal @param {Options} options
 */
function inputsOf(canvas, signal, { keys: keyOption = "canvas", touchAction = "none" }) {
  const pointer = new Float32Array(12);
  const keys = new Uint8Array(32);
  /** What the scene reads, of `pointer` and `keys`. @type {Set<string>} */
  const attended = new Set();
  /** The pointer that is pressed: of several fingers the first. @type {number | undefined} */
  let held;

  /**
   * @param {EventTarget} target @param {string[]} types @param {(event: any) => void} handler
   * @param {AddEventListenerOptions} [how]
   */
  const on = (target, types, handler, how) => {
    for (const type of types) target.addEventListener(type, handler, { signal, passive: true, ...how });
  };

  /** Where a pointer is and what is held down. A pointer that comes from nowhere has not moved. @param {PointerEvent} event */
  function follow(event, moved = true) {
    const { left, top, width, height } = pictureOf(canvas);
    if (!width || !height) return;
    const [x, y] = [(event.offsetX - left) / width, (event.offsetY - top) / height];
    if (moved) {
      pointer[4] += x - pointer[0];
      pointer[5] += y - pointer[1];
    }
    const modifiers = +event.shiftKey | (+event.ctrlKey << 1) | (+event.altKey << 2) | (+event.metaKey << 3);
    pointer.set([x, y]);
    pointer.set([event.buttons, event.pressure, modifiers], 6);
  }

  /** Whether it is another finger than the one that is pressed. @param {PointerEvent} event */
  const isOther = ({ pointerId }) => held !== undefined && pointerId !== held;

  /** @param {PointerEvent} event */
  function press(event) {
    if (isOther(event)) return;
    follow(event, false);
    held = event.pointerId;
    pointer.copyWithin(2, 0, 2);
    if (!attended.has("pointer")) return;
    try {
      // So that a drag goes on outside of the canvas.
      /** @type {HTMLCanvasElement} */ (canvas).setPointerCapture(event.pointerId);
    } catch {
      // It is gone already, or a script has made it up.
    }
  }

  /** @param {PointerEvent} event */
  function release(event) {
    if (event.pointerId !== held) return;
    held = undefined;
    for (const i of [2, 3]) pointer[i] = -Math.abs(pointer[i]);
    pointer.fill(0, 6, 8);
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const target = /** @type {any} */ (event.composedPath()[0]);
    if (keyOption === "page" && (isEditable(target) || !target.matches?.(`html, body, canvas, ${OPERABLE}`))) return;
    const { type, keyCode, ctrlKey, altKey, metaKey } = event;
    if (keyCode > 255 || event.isComposing) return;
    if (type === "keydown") keys[keyCode >> 3] |= 1 << (keyCode & 7);
    else keys[keyCode >> 3] &= ~(1 << (keyCode & 7));
    const isFree = !RESERVED.test(event.key) && !ctrlKey && !altKey && !metaKey;
    if (isFree && attended.has("keys") && (target === canvas || !target.matches(OPERABLE))) event.preventDefault();
  }
  const letGo = () => void keys.fill(0);

  function listen() {
    on(canvas, ["pointerenter"], (event) => isOther(event) || follow(event, false));
    on(canvas, ["pointermove"], (event) => {
      if (isOther(event)) return;
      follow(event);
      // Its release was never heard of.
      if (!event.buttons) release(event);
    });
    on(canvas, ["pointerdown"], press);
    on(globalThis, ["pointerup", "pointercancel"], release, { capture: true });
    on(canvas, ["wheel"], ({ deltaX, deltaY, deltaMode }) => {
      const pixels = [1, 16, canvas.height][deltaMode];
      pointer[9] += deltaX * pixels;
      pointer[10] += deltaY * pixels;
    });
    if (!keyOption) return;
    on(keyOption === "page" ? globalThis : canvas, ["keydown", "keyup"], key, { passive: false });
    on(globalThis, ["blur"], letGo);
    if (keyOption === "canvas") on(canvas, ["blur"], letGo);
    else on(globalThis, ["focusin"], (event) => isEditable(event.composedPath()[0]) && letGo());
    if (globalThis.document) on(document, ["visibilitychange"], letGo);
  }

  /** Sees to it that the browser leaves to the scene what it reads. @param {Set<string>} reads */
  function attend(reads) {
    if (reads.size === attended.size || !("style" in canvas)) return;
    if (reads.has("pointer") && !attended.has("pointer") && touchAction !== false) {
      const before = canvas.style.touchAction;
      canvas.style.touchAction = touchAction;
      signal.addEventListener("abort", () => (canvas.style.touchAction = before));
    }
    if (reads.has("keys") && !attended.has("keys") && keyOption === "canvas" && !canvas.hasAttribute("tabindex")) {
      canvas.tabIndex = 0;
      // Who has the focus keeps it: the next scene may want it.
      signal.addEventListener("abort", () => document.activeElement === canvas || canvas.removeAttribute("tabindex"));
    }
    for (const name of reads) attended.add(name);
  }

  return { pointer, keys, listen, attend };
}

// ---------------------------------------------------------------------------------------------------------------- the player

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
