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
  IMAGE_PIXELS: 67108864,
  IMAGES_PIXELS: 134217728,
  GPU_BYTES: 1073741824,
  NAMES: 4096,
  UNIFORMS: 4096,
  GPU_SECONDS: 10,
};
// </generated>

/** @typedef {string | URL | Response | Blob | ArrayBuffer | Uint8Array} Source Where bytes come from: an address or the bytes. */
/** @typedef {ReturnType<typeof parsePayload>} Payload */
/** @typedef {Record<string, any> & { memory: WebAssembly.Memory }} Exports What an executor exports, see docs/format.md. */

/** What goes wrong. `code` is one of E001 to E011 where a command is wrong, otherwise empty; see docs/format.md. */
export class PngineError extends Error {
  /** @param {string} message @param {string} [code] */
  constructor(message, code = "") {
    super(message);
    this.code = code;
    this.name = code ? `PngineError ${code}` : "PngineError";
  }
}

/** @param {string} message @param {string} [code] @returns {never} */
function fail(message, code = "E004") { throw new PngineError(message, code); }

/**
 * The code of an error. What WebGPU or a decoder throws as a TypeError or RangeError, it could not read; an OperationError is
 * about bytes or texels that lie outside.
 * @param {any} error
 */
const codeOf = (error) => error instanceof PngineError ? error.code
  : error instanceof TypeError || error instanceof RangeError ? "E004" : error?.name === "OperationError" ? "E002" : "";

/** Codes of a TypeError of a command. Which pipeline a pass takes, and which formats a device has, WebGPU knows. */
const REFUSALS = /** @type {Record<string, string>} */ ({ SET_PIPELINE: "E001", CREATE_TEXTURE: "E006" });

/** An error with its place in front. @param {unknown} error @param {string} where */
const located = (error, where, code = codeOf(error)) =>
  new PngineError(`${where}: ${error instanceof Error ? error.message : error}`, code);

/** Does something, with a place for its errors. @template T @param {string} where @param {() => T} step @param {string} [code] */
function locate(where, step, code) {
  try {
    return step();
  } catch (error) {
    throw located(error, where, code);
  }
}

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
  /** Things of at least one byte each, so that a wrong count cannot make us allocate. @param {() => any} item */
  list = (item, length = this.varint()) =>
    length <= this.bytes.length - this.at ? Array.from({ length }, item) : fail(`the count before byte ${this.at} is too large`);
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

/** The CRC-32 of PNG. @param {Uint8Array} bytes */
export const crc32 = (bytes) => ~bytes.reduce((crc, byte) => CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8), -1) >>> 0;

/** @param {Uint8Array} bytes */
const latin1 = (bytes) => String.fromCharCode(...bytes);

/**
 * Finds the scene in a PNG. Checks the length and the checksum of every chunk.
 * @param {Uint8Array} png
 * @returns {{ deflated: boolean, body: Uint8Array }}
 */
export function findScene(png) {
  const damaged = (/** @type {string} */ what) => fail(`the PNG is damaged: ${what}`, "");
  if (latin1(png.subarray(0, 8)) !== "\x89PNG\r\n\x1a\n") fail("this is not a PNG", "");
  const view = new DataView(png.buffer, png.byteOffset, png.length);
  /** @type {Record<string, Uint8Array>} */
  const found = {};
  for (let at = 8, end; !found.IEND; at = end) {
    end = at + 12 + (at + 12 <= png.length ? view.getUint32(at) : 0);
    if (end > png.length) damaged(`the chunk at byte ${at} is cut off`);
    if (crc32(png.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) damaged(`the chunk at byte ${at} fails its checksum`);
    const kind = latin1(png.subarray(at + 4, at + 8));
    if ((at === 8) !== (kind === "IHDR")) damaged("IHDR is not the first chunk, or comes twice");
    if (kind === "pNGb" && found.pNGb) fail("the PNG has a second scene", "");
    found[kind] = png.subarray(at + 8, end - 4);
  }
  if (!found.IDAT) damaged("there is no IDAT");
  const [version, flags] = found.pNGb ?? fail("no scene in this PNG (re-encoded by a website?)", "");
  if (version !== 1 || !(flags <= 1)) fail(`this player cannot read a scene chunk of version ${version} with flags ${flags}`, "");
  return { deflated: flags === 1, body: found.pNGb.subarray(2) };
}

/**
 * Inflates raw DEFLATE data. The input goes in in small pieces, so that the limit holds while inflating.
 * @param {Uint8Array} body @param {number} limit Most bytes to produce.
 */
export async function inflate(body, limit) {
  let [at, size] = [0, 0];
  /** @type {UnderlyingSource} */
  const pieces = { pull: (queue) => at < body.length ? queue.enqueue(body.slice(at, (at += 4096))) : queue.close() };
  /** @type {Transformer<Uint8Array>} */
  const counter = { transform: (piece, queue) => (size += piece.length) <= limit ? queue.enqueue(piece) : fail("too large") };
  const inflated = new ReadableStream(pieces).pipeThrough(new DecompressionStream("deflate-raw"));
  const bytes = new Response(inflated.pipeThrough(new TransformStream(counter))).arrayBuffer();
  return new Uint8Array(await bytes.catch((error) => fail(size > limit ? `damaged scene: it inflates to more than ${limit} bytes`
    : `damaged scene: it cannot be inflated (${error.message})`, "")));
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
    if (version !== 5) fail(`its version is ${version}, this player reads version 5`);
    if (!(plugins & 1)) fail("it does not declare the core plugin");
    let [ranges, end] = [header.list(header.u32, 8), header.at];
    /** @param {string} name @param {number} at */
    const section = (name, at, start = ranges[at], length = ranges[at + 1]) => start >= end && start + length <= bytes.length
      ? bytes.subarray(start, (end = start + length)) : fail(`its ${name} section lies outside of it or overlaps another`);
    if (flags & 1 ? !ranges[1] : ranges[0] || ranges[1]) fail("its flags and its executor section disagree");
    const executor = flags & 1 ? section("executor", 0) : undefined;
    const [bytecode, strings, data] = [section("bytecode", 2), section("string table", 6), section("data", 4)];
    /** @type {[frames: string[], scenes: string[], ...string[][]]} */
    const names = [[], []];
    for (const table = new Reader(strings); table.at < strings.length; ) {
      const [kind, id, name] = [table.u8(), table.varint(), table.text()];
      if (id < CANVAS) (names[kind] ??= [])[id] = name;
    }
    /** @type {Map<number, Uint8Array>} */
    const extensions = new Map();
    for (const rest = new Reader(bytes.subarray(flags & 4 ? end : bytes.length)); rest.at < rest.bytes.length; ) {
      const [tag, content] = [rest.u8(), rest.take(rest.u32())];
      if (!extensions.has(tag)) extensions.set(tag, content);
    }
    return { plugins, executor, bytecode, data, extensions, names };
  }, "");
}

/** The scene in a PNG, or in a payload. @param {Uint8Array} bytes @param {number} [limit] Most bytes to inflate to. */
export async function readScene(bytes, limit = MAX_PAYLOAD) {
  if (latin1(bytes.subarray(0, 4)) === "PNGB") return parsePayload(bytes);
  const { deflated, body } = findScene(bytes);
  return parsePayload(deflated ? await inflate(body, limit) : body);
}

/** @param {Source} source @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function bytesOf(source) {
  if (typeof source === "string" || source instanceof URL)
    return bytesOf(await fetch(source).catch((error) => fail(`${source}: ${error.message} (offline? CORS or CSP?)`, "")));
  const got = source instanceof Response ? source : new Response(/** @type {ArrayBuffer} */ (source));
  return got.ok ? new Uint8Array(await got.arrayBuffer()) : fail(`${got.url}: ${got.status} ${got.statusText}`, "");
}

/** Starts an executor and hands it bytecode and data. @param {Payload} payload @param {Source} [given] If it has none. */
async function startExecutor(payload, given) {
  const file = `${PLUGINS.filter((_, bit) => (payload.plugins >> bit) & 1).join("-")}.wasm`;
  const source = payload.executor ?? (String(given).endsWith("/") ? given + file : given);
  const wasm = await bytesOf(source ?? fail(`the scene has no executor of its own: options.executor must give ${file}`, ""));
  const exports = /** @type {Exports} */ ((await WebAssembly.instantiate(wasm, {})).instance.exports);
  if (exports.getAbiVersion() !== ABI) fail(`the executor has ABI ${exports.getAbiVersion()}, this player knows ${ABI}`, "");
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
  int: (r, _, depth, n = r.varint()) => (n % 2 ? -(n + 1) / 2 : n / 2),
  word: (r, scope) => (WORDS[r.varint()] ?? fail("unknown word")).replace("preferredCanvasFormat", scope.format),
  string: (r) => r.text(), bytes: (r) => r.take(r.varint()), ref: (r, scope) => scope.resolve(r.u8(), r.varint()),
  object: (r, scope, depth) => readFields(r, scope, depth),
  array: (r, scope, depth) => r.list(() => readValue(r, scope, depth) ?? null),
  record: (r) => Object.fromEntries(r.list(() => [r.text(), r.f64()])), f32array: (r) => r.list(r.f32),
  canvas: (r, scope) => Math.max(1, Math.floor(scope.span(r.f32(), r.f32(), r.f32()) + 1 / 65536) || 0),
  canvasNumber: (r, scope) => scope.span(r.f32(), r.f32(), r.f32()),
};

/** @param {Reader} r @param {Scope} scope @param {number} depth @returns {any} */
const readValue = (r, scope, depth) =>
  depth < MAX_DEPTH ? (READ[VALUES[r.u8()]] ?? fail("unknown value type"))(r, scope, depth + 1) : fail("values nest too deep");

/** Members that this version does not know are left out. @param {Reader} r @param {Scope} scope @param {number} depth */
const readFields = (r, scope, depth, count = r.varint()) =>
  Object.fromEntries(r.list(() => [FIELDS[r.u8() - 1], readValue(r, scope, depth)], count).filter(([name]) => name));

/**
 * Decodes a descriptor into the dictionary that WebGPU wants.
 * @param {Uint8Array} bytes @param {string} type One of `TYPES`. @param {Scope} scope
 * @returns {any}
 */
export function decodeDescriptor(bytes, type, scope) {
  const r = new Reader(bytes);
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
    const op = OPS.get(r.u8()) ?? fail(`command ${index} has the unknown opcode ${bytes[r.at - 1]}`, "E008");
    const where = `command ${index}, ${(name = op.name)}`;
    yield { op, where, args: locate(where, () => op.operands.map(([how]) => read[how]())) };
  }
  if (r.at < bytes.length) fail("commands stand behind END", "E007");
}

/** A size operand, or `undefined` for "all the rest". @param {number} size */
const range = (size) => (size === WHOLE ? undefined : size);

/** The commands that a bundle may hold: those of WebGPU's `GPURenderBundleEncoder`. */
const BUNDLED = /^(SET_(PIPELINE|BIND_GROUP|VERTEX_BUFFER|INDEX_BUFFER)|DRAW|PUSH_|POP_|INSERT_)/;

/** The `GPUBufferUsage` bit that a command needs, by the second word of its name. @type {Record<string, number>} */
const USES = { VERTEX: 0x20, INDEX: 0x10, INDIRECT: 0x100, INDEXED: 0x100, QUERY: 0x200, BUFFER: 8, FROM: 8 };

/**
 * Runs an executor and executes its command buffers on a device: holds the resources by kind and id, and how far it has come.
 * @param {GPUDevice} device @param {GPUCanvasContext} context @param {number} plugins Those that the scene declares.
 * @param {Exports} executor @param {(error: PngineError) => void} report
 */
function commandExecutor(device, context, plugins, executor, report) {
  /** @type {Map<number, any>[]} */
  const resources = KINDS.map(() => new Map());
  /** How to create again, in this order, what needs another thing; then the default views of textures. */
  const [recipes, views] = [/** @type {Recipe[]} */ ([]), new WeakMap()];
  /**
   * The open command encoder: `null` after SUBMIT, `undefined` in a frame without any; then the open pass or bundle, and what is
   * set in it. @typedef {[GPUCommandEncoder | null | undefined, any, string, Record<string, boolean>]} Open
   */
  let [open, pass, passKind, has] = /** @type {Open} */ ([null, null, "", {}]);
  let [label, starting, uses, memory, { canvas }] = ["", true, new Set(), new Uint8Array(), context];

  const encoder = () => (open ??= device.createCommandEncoder());
  /** @param {any} [next] @param {string} [kind] */
  const begin = (next = null, kind = "") => void ([pass, passKind, has] = [next, kind, {}]);
  /** The default view of a texture. @param {GPUTexture} texture @returns {GPUTextureView} */
  const view = (texture) => views.get(texture) ?? views.set(texture, texture.createView()).get(texture);

  /** @type {Scope} */
  const scope = {
    format: navigator.gpu.getPreferredCanvasFormat(),
    span: (a, b, c) => (uses.add("canvas"), a * canvas.width + b * canvas.height + c),
    resolve(kind, id, name = KINDS[kind]) {
      if (name === "scene") return id;
      if (name === "defaultView") return view(scope.resolve(KINDS.indexOf("texture"), id));
      if (name === "texture" && id === CANVAS) return context.getCurrentTexture();
      uses.add(name === "video" ? name : `${name} ${id}`);
      return resources[kind]?.get(id) ?? fail(`there is no ${name} ${id}`, "E001");
    },
  };
  const plugged = pluginCommands(device, executor, scope, report);
  const api = { scene: 0, resources, plugged, call, perform, renew };
  /** @param {Uint8Array} bytes @param {string} type */
  const read = (bytes, type) => ({ label, ...decodeDescriptor(bytes, type, scope) });
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
    CREATE_BUFFER: (size, usage) => device.createBuffer({ label, size, usage: (usage & 252) | ((usage & 3) << 8) }),
    CREATE_TEXTURE(bytes) {
      const { width, height = 1, depth = 1, ...rest } = read(bytes, "texture");
      const most = /** @type {any} */ (device.limits)[`maxTextureDimension${(rest.dimension ?? "2d").toUpperCase()}`];
      if (!(width > 0 && height > 0 && depth > 0 && width <= most && height <= most && rest.format && rest.usage))
        fail(`${width} x ${height} x ${depth} of ${rest.format} for usage ${rest.usage}, where the device takes ${most}`, "E006");
      return device.createTexture({ ...rest, size: [width, height, depth] });
    },
    CREATE_TEXTURE_VIEW: (bytes, { texture, ...rest } = read(bytes, "textureView")) => texture.createView(rest),
    CREATE_SHADER: (bytes) => device.createShaderModule({ label, code: UTF8.decode(bytes) }),
    CREATE_RENDER_PIPE: (bytes) => device.createRenderPipeline({ layout: "auto", ...read(bytes, "renderPipeline") }),
    CREATE_COMPUTE_PIPE: (bytes) => device.createComputePipeline({ layout: "auto", ...read(bytes, "computePipeline") }),
    CREATE_BIND_GROUP: (layout, bytes) => device.createBindGroup(plugged.imported({ ...read(bytes, "bindGroup"), layout })),
    CREATE_BIND_GROUP_LAYOUT: (bytes, { pipeline, index = 0, ...rest } = read(bytes, "bindGroupLayout")) =>
      pipeline ? pipeline.getBindGroupLayout(index) : device.createBindGroupLayout(rest),
    CREATE_RENDER_BUNDLE(bytes, { commands, ...rest } = read(bytes, "renderBundle")) {
      begin(device.createRenderBundleEncoder(rest), "R");
      for (const inner of decodeCommands(commands, memory, executor.getDataPtr() >>> 0)) execute(inner, true);
      return [pass.finish(), begin()][0];
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
    SET_BIND_GROUP_OFFSETS: (slot, group, bytes) => pass.setBindGroup(slot, group, new Uint32Array(bytes.slice().buffer)),
    SET_VERTEX_BUFFER: (slot, buffer, offset, size) => pass.setVertexBuffer(slot, buffer, offset, range(size)),
    SET_INDEX_BUFFER: (buffer, wide, at, size) => pass.setIndexBuffer(buffer, ["uint16", "uint32"][wide], at, range(size)),
    SET_BLEND_CONSTANT: (...color) => pass.setBlendConstant(color),
    DISPATCH_DESC: (bytes) => pass.dispatchWorkgroups(...region(bytes, ["x", "y", "z"])),
    SET_VIEWPORT_DESC: (bytes) => pass.setViewport(...region(bytes, ["x", "y", "width", "height", "minDepth", "maxDepth"])),
    SET_SCISSOR_RECT_DESC: (bytes) => pass.setScissorRect(...region(bytes, ["x", "y", "width", "height"])
      .map((number) => Math.max(0, Math.floor(number) || 0))),
    EXECUTE_BUNDLES: (bytes, ids = new Uint16Array(bytes.slice().buffer)) =>
      ((has = {}), pass.executeBundles(Array.from(ids, (id) => scope.resolve(KINDS.indexOf("renderBundle"), id)))),
    WRITE_BUFFER: (buffer, at, bytes) => device.queue.writeBuffer(buffer, at, bytes, 0, Math.min(bytes.length, room(buffer, at))),
    CLEAR_BUFFER: (buffer, at, size) => (room(buffer, at, range(size)), encoder().clearBuffer(buffer, at, range(size))),
    COPY_BUFFER: (src, from, dst, to, size) =>
      (room(src, from, size), room(dst, to, size), encoder().copyBufferToBuffer(src, from, dst, to, size)),
    COPY_TEXTURE: (texture, target, ...size) => encoder().copyTextureToTexture({ texture }, { texture: target }, size),
    COPY_TEXTURE_REGION: (bytes) => encoder().copyTextureToTexture(...copy(bytes)),
    WRITE_TEXTURE: (bytes, data, [layout, target, size] = copy(bytes)) => device.queue.writeTexture(target, data, layout, size),
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
      : name.startsWith("COPY") ? copy(arg) : UTF8.decode(arg);
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
      if ("uses" in command) (table.get(args[0])?.destroy?.(), table.delete(args[0]));
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
    const status = (time === undefined ? executor.init() : executor.frame(time, canvas.width, canvas.height)) >>> 0;
    if (status) fail(`the executor says: ${STATUSES[status] ?? `status ${status}`}`, "");
    memory = new Uint8Array(executor.memory.buffer);
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

/**
 * What the plugins wasm and texture do: nested modules, images and videos.
 * @param {GPUDevice} device @param {Exports} executor @param {Scope} scope @param {(error: PngineError) => void} report
 */
function pluginCommands(device, executor, scope, report) {
  /** What was loaded before the commands of `init`, by `image 3`: the thing, or why there is none. @type {Map<string, any>} */
  const ready = new Map();
  /** What calls have returned: the module, and an address in its memory. @type {Map<number, { memory: any, at: number }>} */
  const results = new Map();
  /** The videos, and whether time moves them. @type {Map<HTMLVideoElement, boolean>} */
  const videos = new Map();
  let ended = false;

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
    LOAD_IMAGE: (bytes) => createImageBitmap(new Blob([bytes]), { premultiplyAlpha: "none", colorSpaceConversion: "none" }),
    async LOAD_VIDEO(description, bytes) {
      if (!globalThis.document) fail("videos play in documents only, not in workers");
      const { mime: type = "", loop = false, muted = false, autoplay = false, playbackRate: defaultPlaybackRate = 1 } =
        decodeDescriptor(description, "video", scope);
      const video = document.createElement("video");
      videos.set(video, autoplay);
      const src = URL.createObjectURL(new Blob([bytes], { type }));
      Object.assign(video, { loop, muted, defaultPlaybackRate, playsInline: true, preload: "auto", src });
      const failed = () => new Error(video.error?.message || "the browser cannot play it");
      await new Promise((done, wrong) => {
        video.onloadeddata = done;
        video.onerror = () => wrong(failed());
      });
      video.onerror = () => ended || report(located(failed(), "a video", "E011"));
      return ended ? release() : video;
    },
  };

  /** Loads what the commands of `init` will create, all at once. @param {Iterable<Command>} commands @param {number} plugins */
  async function load(commands, plugins) {
    const loading = [];
    try {
      for (const { op: { name, kind, plugin }, args: [id, ...bytes] } of commands) {
        const label = `${KINDS[kind]} ${id}`;
        if (!LOAD[name] || !(plugins & plugin) || ready.has(label)) continue;
        const wrong = (/** @type {unknown} */ error) => located(error, label, name === "INIT_WASM_MODULE" ? "E010" : "E011");
        const loaded = LOAD[name](...bytes).catch(wrong);
        loading.push(ready.set(label, loaded) && loaded.then((thing) => ready.set(label, thing)));
      }
    } catch {
      // A command that cannot be read: it is reported when its turn comes.
    }
    await Promise.all(loading);
  }

  /** What was loaded. @param {string} label */
  function take(label) {
    const thing = ready.get(label);
    if (thing instanceof PngineError) throw thing;
    return thing;
  }

  /** @param {Uint8Array} bytes */
  function argumentsOf(bytes) {
    const inputs = new DataView(executor.memory.buffer, executor.getInputsPtr() >>> 0, INPUTS.size);
    const [r, values] = [new Reader(bytes), /** @type {(number | bigint)[]} */ ([])];
    while (r.at < bytes.length) {
      const code = r.u8();
      const [read, convert] = ARGUMENTS[255 - (code | 128)] ?? fail(`unknown type ${code} of an argument`);
      values.push(code & 128 ? convert(inputs.getFloat32(r.u16(), true)) : read(r));
    }
    return values;
  }

  /** @type {Record<string, (...args: any[]) => any>} */
  const commands = {
    CALL_WASM_FUNC(call, { exports, memory }, text, bytes) {
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
      device.queue.writeBuffer(buffer, offset, memory.buffer, at, Math.min(size, buffer.size - offset));
    },
    COPY_EXTERNAL_IMAGE(bytes) {
      const { source, destination, copySize } = decodeDescriptor(bytes, "copy", scope);
      device.queue.copyExternalImageToTexture(source, destination, copySize);
    },
    BIND_VIDEO_FRAME(video, texture) {
      const { width, height } = texture;
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
  const [scalar, size, write] = NUMBERS[type] ?? fail(`damaged scene: a member of the uniform ${variable} is a ${type}`, "");
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

/** The uniforms of a scene: their names, and what is to be written into them. @param {Block[]} blocks */
function uniformTable(blocks) {
  /** @typedef {ReturnType<typeof placeOfMember>} Place */
  const places = blocks.flatMap((block) => block.uniforms.map((member) => placeOfMember(block, member)));
  /**
   * What a name means: the places whose long name it is, or else that of variable and member, or else that of the member alone.
   * Each meaning is the places of one long name, one variable in several buffers; modules that declare the same places are one.
   * @param {string} name
   */
  function find(name) {
    const tiers = [0, 1, 2].map((length) => places.filter(({ names }) => names[length] === name));
    const found = tiers.find(({ length }) => length) ?? [];
    const longs = [...new Set(found.map(({ names: [long] }) => long))];
    const meanings = longs.map((long) => found.filter(({ names }) => names[0] === long))
      .map((all) => [...new Map(all.map((place) => [place.key, place])).values()]);
    const known = new Set();
    return meanings.filter((meaning) => known.size < known.add(`${meaning.map(({ key }) => key).sort()}`).size);
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
      const [found, other] = find(name);
      return !other && found.some((place) => place.key === key);
    });
    if (name && !known.has(name) && !listed.has(key)) known.set(name, { name, type, length, input: input !== undefined });
    listed.add(key);
  }

  return {
    list: [...known.values()],

    /** @param {string} name @param {UniformValue} value */
    set(name, value) {
      const [found, other] = find(name);
      const all = [...known.keys()].join(", ");
      if (!found) fail(`the scene has no uniform${all ? ` ${name}, only ${all}` : `s, and so no ${name}`}`, "");
      if (other) fail(`the uniform ${name} may be ${find(name).map(([{ names: [long] }]) => long).join(" or ")}`, "");
      const isInput = found.some(({ input }) => input !== undefined);
      if (isInput) fail(`the player writes the uniform ${name} itself, before every frame`, "");
      const values = flatten(value);
      const wrong = values.findIndex((number) => typeof number !== "number" && typeof number !== "boolean");
      if (wrong >= 0) fail(`the uniform ${name} takes numbers, not ${values[wrong]}`, "");
      for (const { type, length, element } of found) {
        // Of an array, the first elements alone may be set.
        const fits = values.length === length || (values.length && values.length < length && values.length % element === 0);
        if (!fits) fail(`the uniform ${name} is ${type} and takes ${length} numbers, not ${values.length}`, "");
      }
      for (const place of found) put(place, values.map(Number));
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

// ---------------------------------------------------------------------------------------------------------------- the player

/**
 * @typedef {object} Options
 * @property {Source} [executor] For a PNG without one: the module's bytes or address, or the address of the folder that holds one
 *   for every set of plugins, with `/` at its end.
 * @property {GPUDevice} [device] The device to use; otherwise the player asks for its own.
 * @property {(error: PngineError) => void} [onError] Is told what goes wrong while there still is something to play, each message
 *   once. Default: the console.
 * @property {[width: number, height: number]} [size] A size for the canvas, in pixels; otherwise it keeps its own.
 * @property {boolean} [autoplay] `true` plays at once, `false` draws nothing yet. Default: the frame at time 0 is drawn.
 * @property {GPUCanvasAlphaMode} [alphaMode] How the canvas covers the page. Default: what the scene asks for, or `"opaque"`.
 * @property {AnalyserNode} [analyser] What the scene hears; also `player.analyser`. Default: silence.
 * @property {(scene: number, player: Player) => void} [onScene] Is told when another scene of the timeline is shown.
 * @property {(player: Player) => void} [onEnd] Is told when time has come to the end of a timeline that does not repeat.
 * @property {number} [seed] What `frameInputs.seed` holds. Default: 0, so that pictures repeat.
 * @property {number} [maxBytes] Largest payload to inflate. Default: 64 MiB.
 */

/**
 * Loads a scene and draws its first frame.
 * @param {Source} source A PNG with a scene, or a payload.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {Options} [options]
 * @returns {Promise<Player>}
 * @throws {PngineError} where there is nothing to play
 */
export async function load(source, canvas, options = {}) {
  const bytes = await bytesOf(source).catch((error) => { throw ours(error, "the scene"); });
  const payload = await readScene(bytes, options.maxBytes);
  const extras = readExtensions(payload);
  const executor = await startExecutor(payload, options.executor).catch((error) => { throw ours(error, "damaged executor"); });
  const device = await openDevice(extras.device, options.device)
    .catch((error) => { throw ours(error, "WebGPU gives no device"); });
  /** @type {Player | undefined} */
  let player;
  try {
    if (options.size) [canvas.width, canvas.height] = options.size;
    player = new Player(canvas, device, payload, extras, executor, options);
    await player.init();
    if (options.autoplay !== false) await player.draw(0);
    if (options.autoplay) player.play();
    return player.destroyed ? fail("another scene was loaded onto the canvas meanwhile", "") : player;
  } catch (error) {
    player?.destroy();
    if (!options.device) device.destroy();
    throw ours(error, "the scene cannot be played");
  }
}

/** An error as one of ours. @param {unknown} error @param {string} where */
const ours = (error, where) => (error instanceof PngineError ? error : located(error, where, ""));

/** Does something with the executor, whose errors become ours. @template T @param {() => T} step */
function attempt(step) {
  try {
    return step();
  } catch (error) {
    throw ours(error, "the executor has failed");
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
    bytes ? locate(`damaged scene: its ${type} extension`, () => decodeDescriptor(bytes, type, scope), "") : {};
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
    if (lacking.length) fail(`${who} lacks what the scene requires: ${lacking.join("; ")}`, "");
  };
  if (given) return check(given, "the given device"), given;
  if (globalThis.isSecureContext === false) fail("WebGPU is there for secure pages only: https, or localhost", "");
  if (!globalThis.navigator?.gpu) fail("this browser has no WebGPU", "");
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) return fail("this machine has no GPU that the browser would use for WebGPU", "");
  check(adapter, "this machine's GPU");
  const optional = optionalFeatures.filter((feature) => adapter.features.has(feature));
  const features = /** @type {GPUFeatureName[]} */ ([...new Set([...requiredFeatures, ...optional])]);
  return adapter.requestDevice({ requiredFeatures: features, requiredLimits });
}

/** Who draws on a canvas. @type {WeakMap<HTMLCanvasElement | OffscreenCanvas, Player>} */
const PLAYERS = new WeakMap();

/** Most messages that a player passes on: a scene may find a new one for each frame. */
const MAX_MESSAGES = 1000;

/**
 * Keeps what `pointerInputs` and `keyboardInputs` hold, until `signal` aborts.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas @param {AbortSignal} signal
 */
function listen(canvas, signal) {
  const pointer = new Float32Array(12);
  const keys = new Uint8Array(32);
  /** @param {EventTarget} target @param {string} type @param {(event: any) => void} handler */
  const on = (target, type, handler) => target.addEventListener(type, handler, { signal, passive: true });
  /** Where a pointer is and what is held down. A pointer that comes from nowhere has not moved. @param {PointerEvent} event */
  const follow = (event, moved = true) => {
    const { left, top, width, height } = /** @type {HTMLCanvasElement} */ (canvas).getBoundingClientRect();
    const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
    if (moved) {
      pointer[4] += x - pointer[0];
      pointer[5] += y - pointer[1];
    }
    const modifiers = +event.shiftKey | (+event.ctrlKey << 1) | (+event.altKey << 2) | (+event.metaKey << 3);
    pointer.set([x, y]);
    pointer.set([event.buttons, event.pressure, modifiers], 6);
  };
  on(canvas, "pointerenter", (event) => follow(event, false));
  on(canvas, "pointermove", follow);
  on(canvas, "pointerdown", (event) => {
    follow(event, false);
    pointer.copyWithin(2, 0, 2);
  });
  for (const type of ["pointerup", "pointercancel"])
    on(globalThis, type, () => {
      for (const i of [2, 3]) pointer[i] = -Math.abs(pointer[i]);
      pointer.fill(0, 6, 8);
    });
  on(canvas, "wheel", ({ deltaX, deltaY, deltaMode }) => {
    const pixels = [1, 16, canvas.height][deltaMode];
    pointer[9] += deltaX * pixels;
    pointer[10] += deltaY * pixels;
  });
  /** @param {KeyboardEvent} event */
  const key = ({ type, keyCode }) => {
    if (keyCode > 255) return;
    if (type === "keydown") keys[keyCode >> 3] |= 1 << (keyCode & 7);
    else keys[keyCode >> 3] &= ~(1 << (keyCode & 7));
  };
  on(globalThis, "keydown", key);
  on(globalThis, "keyup", key);
  on(globalThis, "blur", () => keys.fill(0));
  return { pointer, keys };
}

/** A scene that can be played. Made by `load`. */
export class Player {
  /** What is shown, in seconds from the start of the scene. */
  time = 0;
  /** Whether time goes on by itself. */
  playing = false;
  #ended = new AbortController();
  #drawn = NaN;
  #asked = false;
  #lost = false;
  #request = 0;
  #told = new Set();
  #shown = -1;
  #gpu;
  #executor;
  #inputs;
  #options;
  #size;
  #end;
  #plugins;
  #uniforms;

  /**
   * @param {HTMLCanvasElement | OffscreenCanvas} canvas @param {GPUDevice} device @param {Payload} payload
   * @param {Extras} extras @param {Exports} executor @param {Options} options
   */
  constructor(canvas, device, payload, extras, executor, options) {
    const context = /** @type {GPUCanvasContext | null} */ (canvas.getContext("webgpu"));
    if (!context) throw new PngineError("the canvas gives no WebGPU context: it already has one of another kind");
    const { signal } = this.#ended;
    PLAYERS.get(canvas)?.destroy();
    PLAYERS.set(canvas, this);
    /** The canvas that the scene is drawn on. */
    this.canvas = canvas;
    /** Names of the scene's frames, by index. */
    this.frames = payload.names[0];
    const { duration = 0, endBehavior = 0, scenes = [] } = extras.animation;
    /** The scenes of the timeline, by index; times are in seconds, `frame` is an index of `frames`. */
    this.scenes = scenes.map(({ start = 0, end, frame = 0 }, i) =>
      ({ name: payload.names[1][i] ?? "", start: start / 1000, end: end / 1000, frame }));
    /** Length of the timeline in seconds; `Infinity` without one. */
    this.duration = duration / 1000 || Infinity;
    /** What the scene hears. @type {AnalyserNode | undefined} */
    this.analyser = options.analyser;
    this.device = device;
    this.#end = /** @type {const} */ (["hold", "stop", "repeat", "repeat"])[endBehavior] ?? "hold";
    this.#uniforms = uniformTable(extras.uniforms.blocks ?? []);
    this.#executor = executor;
    this.#options = options;
    this.#inputs = listen(canvas, signal);
    this.#size = `${canvas.width} ${canvas.height}`;
    this.#plugins = payload.plugins;
    this.#gpu = commandExecutor(device, context, payload.plugins, executor, this.#report);
    const pixels = canvas.width * canvas.height;
    device.pushErrorScope("validation");
    context.configure({
      device,
      format: navigator.gpu.getPreferredCanvasFormat(),
      alphaMode: options.alphaMode ?? extras.canvas.alphaMode ?? "opaque",
      colorSpace: extras.canvas.colorSpace ?? "srgb",
      toneMapping: { mode: extras.canvas.toneMapping ?? "standard" },
      usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC | GPUTextureUsage.COPY_DST,
    });
    // Chromium complains about a canvas without pixels, which may well get some later.
    device.popErrorScope().then((error) => error && pixels && this.#report(new PngineError(error.message)), () => {});
    signal.addEventListener("abort", () => PLAYERS.delete(canvas) && context.unconfigure());
    device.addEventListener("uncapturederror", ({ error }) => this.#report(new PngineError(error.message)), { signal });
    device.lost.then(({ reason, message }) => {
      this.#lost = true;
      this.pause();
      this.#report(new PngineError(`the device is lost (${reason}): ${message}`));
    });
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
    return this.#end !== "repeat" && this.time >= this.duration;
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

  /** Creates what the scene needs. `load` does this. */
  async init() {
    const { call, plugged, perform, resources } = this.#gpu;
    try {
      const commands = attempt(call);
      await plugged.load(commands.read(), this.#plugins);
      // The scene may have been given up meanwhile.
      if (this.destroyed) return plugged.release();
      await this.#guarded(() => perform(commands));
    } finally {
      for (const shader of resources[KINDS.indexOf("shader")].values()) await this.#tellAbout(shader);
    }
  }

  /** Plays on from `time`, at the end from the start. Without its device a player stands still: load the scene again. */
  play() {
    if (this.playing || this.destroyed || this.#lost) return;
    this.playing = true;
    if (this.ended) this.time = 0;
    let [last, ended] = [NaN, false];
    const tick = (/** @type {number} */ now) => {
      this.#request = requestAnimationFrame(tick);
      const next = this.time + (now > last ? (now - last) / 1000 : 0);
      last = now;
      this.time = this.#end === "repeat" ? next : Math.min(next, this.duration);
      if (!this.#gpu.plugged.waiting()) this.draw();
      if (this.ended && this.#end === "stop") this.pause();
      if (this.ended && !ended) this.#options.onEnd?.(this);
      ended = this.ended;
    };
    this.#request = requestAnimationFrame(tick);
  }

  /** Stops time. */
  pause() {
    this.playing = false;
    cancelAnimationFrame(this.#request);
    this.#gpu?.plugged.follow(this.time, false);
  }

  /** Stops time and shows the start. */
  stop() {
    this.pause();
    return this.seek(0);
  }

  /** Goes to a time in seconds; when paused, draws it, as soon as the scene's videos are there. @param {number} time */
  async seek(time) {
    if (!Number.isFinite(time)) return this.draw(time);
    const cued = this.#gpu.plugged.cue(time);
    // No time passes on the way.
    this.#drawn = NaN;
    if (this.playing) return void (this.time = time);
    if (cued) await cued;
    await this.draw(time);
  }

  /**
   * Draws the frame at `time`, in seconds, at once: when this returns, the canvas shows it. The promise settles when the device
   * has said what is wrong with it, if anything; it is never rejected. A canvas without pixels is left alone.
   */
  async draw(time = this.time) {
    if (this.destroyed || this.#lost) return;
    if (!Number.isFinite(time)) return this.#report(new PngineError(`${time} is no time in seconds`));
    this.time = time;
    this.#asked = true;
    const { width, height } = this.canvas;
    if (!width || !height) return;
    try {
      await this.#guarded(() => {
        const { call, perform, renew, plugged, resources } = this.#gpu;
        if (this.#size !== (this.#size = `${width} ${height}`)) renew("canvas");
        if (this.playing) plugged.follow(time, true);
        this.#fillInputs(time);
        const commands = attempt(() => call(time));
        this.#uniforms.flush(this.#inputBlock(), this.device.queue, resources[KINDS.indexOf("buffer")]);
        perform(commands);
      });
      if (this.scenes.length && this.#shown !== (this.#shown = this.scene)) this.#options.onScene?.(this.scene, this);
    } catch (error) {
      this.#report(/** @type {PngineError} */ (error));
    }
  }

  /**
   * Gives the canvas another size, in whole pixels and at least one, and draws again what was drawn.
   * @param {number} width @param {number} height
   */
  async resize(width, height) {
    const [across, down] = [width, height].map((length) => Math.max(1, Math.floor(length) || 1));
    if (this.destroyed || (this.canvas.width === across && this.canvas.height === down)) return;
    [this.canvas.width, this.canvas.height] = [across, down];
    if (this.#asked) await this.draw();
  }

  /** Chooses a frame by name or index; `null` leaves the choice to the timeline. @param {string | number | null} frame */
  setFrame(frame) {
    const index = typeof frame === "string" ? this.frames.indexOf(frame) : frame ?? 0xffffffff;
    if (index < 0) throw new PngineError(`the scene has no frame ${frame}, only ${this.frames.join(", ")}`);
    this.#executor.setFrame(index);
  }

  /** Stops for good: gives back the device, if it is the player's own, and listens to nothing any more. */
  destroy() {
    this.pause();
    this.#ended.abort();
    this.#gpu.plugged.release();
    if (this.#options.device) this.#gpu.resources.forEach((table) => table.forEach((thing) => thing.destroy?.()));
    else this.device.destroy();
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
    view.setFloat32(INPUTS.frameInputs, time > this.#drawn ? time - this.#drawn : 0, true);
    view.setUint32(INPUTS.frameInputs + 4, getFrameCounter(), true);
    view.setUint32(INPUTS.frameInputs + 8, this.#options.seed ?? 0, true);
    view.setFloat32(INPUTS.frameInputs + 12, globalThis.devicePixelRatio ?? 1, true);
    const heard = new Uint8Array(this.analyser?.frequencyBinCount ?? 256);
    this.analyser?.getByteFrequencyData(heard);
    for (let i = 0; i < 256; i++) {
      // As many bands as the scene has: the loudest of several, or one for several.
      const [from, to] = [i, i + 1].map((band) => Math.floor((band * heard.length) / 256));
      view.setFloat32(INPUTS.audioInputs + 4 * i, Math.max(...heard.subarray(from, Math.max(to, from + 1))) / 255, true);
    }
    pointer.fill(0, 4, 6);
    this.#drawn = time;
  }

  /** Takes a step at once, then waits for what the device says about it, and reports that. @param {() => void} step */
  async #guarded(step) {
    const { device } = this;
    device.pushErrorScope("validation");
    let failure;
    try {
      step();
    } catch (error) {
      this.pause();
      failure = ours(error, "the executor has failed");
    }
    // A lost device answers with a rejection; the loss itself is reported elsewhere.
    const found = device.popErrorScope().catch(() => null);
    const error = await found;
    if (error) this.#report(new PngineError(error.message));
    if (failure) throw failure;
  }

  /** Passes on what the browser's compiler says about a shader. @param {GPUShaderModule} shader */
  async #tellAbout(shader) {
    const { messages } = await shader.getCompilationInfo();
    for (const { type, lineNum, linePos, message } of messages) {
      const text = `${shader.label}, line ${lineNum}, column ${linePos}: ${message}`;
      if (type === "error") this.#report(new PngineError(text));
      else console.warn(text);
    }
  }

  /** Tells the page what is wrong, each message once. @param {PngineError} error */
  #report = (error) => {
    if (this.destroyed || this.#told.has(error.message) || this.#told.size > MAX_MESSAGES) return;
    this.#told.add(error.message);
    const full = this.#told.size > MAX_MESSAGES && new PngineError(`${MAX_MESSAGES} different errors, and no more is told`);
    (this.#options.onError ?? ((told) => console.error(String(told))))(full || error);
  };
}
