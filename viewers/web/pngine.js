// The pngine player. Built from viewers/web/src by `npm run build`: change the modules there, not this file.

// src/errors.js
var CODES = {
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
  argument: ""
};
var COMMAND_KINDS = { E010: "module", E011: "media", E012: "budget", E013: "stalled" };
var PngineError = class extends Error {
  /**
   * @param {string} message
   * @param {string} [what] A kind, or the code of a command's error.
   * @param {unknown} [cause] What was thrown at first.
   */
  constructor(message, what = "command", cause) {
    super(message, cause === void 0 ? void 0 : { cause });
    this.kind = what in CODES ? (
      /** @type {ErrorKind} */
      what
    ) : COMMAND_KINDS[what] ?? "command";
    this.code = CODES[what] ?? (what === "command" ? "" : what);
    this.name = this.code ? `PngineError ${this.code}` : "PngineError";
  }
};
function fail(message, what = "E004", cause) {
  throw new PngineError(message, what, cause);
}
function codeOf(error) {
  if (error instanceof PngineError) return error.kind in CODES ? error.kind : error.code || "command";
  if (error instanceof TypeError || error instanceof RangeError) return "E004";
  return error?.name === "OperationError" ? "E002" : "command";
}
function located(error, where, what = codeOf(error)) {
  const isOwn = error instanceof PngineError;
  let chosen = what;
  if (isOwn && error.kind === "budget") chosen = "E012";
  if (isOwn && error.kind === "unsupported") chosen = error.kind;
  const message = error instanceof Error ? error.message : error;
  return new PngineError(`${where}: ${message}`, chosen, isOwn ? error.cause : error);
}
function locate(where, step, what) {
  try {
    return step();
  } catch (error) {
    throw located(error, where, what);
  }
}
function ours(error, where, what) {
  return error instanceof PngineError ? error : located(error, where, what);
}
function attempt(step) {
  try {
    return step();
  } catch (error) {
    throw ours(error, "the executor has failed", "executor");
  }
}

// src/budgets.generated.js
var DESCRIPTOR_VALUES = 65536;
var DESCRIPTOR_BYTES = 1048576;
var DESCRIPTORS_BYTES = 4194304;
var BUNDLED_COMMANDS = 1048576;
var TEXT_BYTES = 16777216;
var WRITTEN_BYTES = 536870912;
var LOADED_BYTES = 268435456;
var LOADS = 256;
var PROGRAMS = 512;
var IMAGE_PIXELS = 67108864;
var IMAGES_PIXELS = 134217728;
var GPU_BYTES = 1073741824;
var NAMES = 4096;
var UNIFORMS = 4096;
var GPU_SECONDS = 10;

// src/reader.js
var UTF8 = new TextDecoder("utf-8", { fatal: true });
function latin1(bytes) {
  return String.fromCharCode(...bytes);
}
function startsWith(bytes, text, at = 0) {
  return latin1(bytes.subarray(at, at + text.length)) === text;
}
var Reader = class {
  /** Where the next number starts. */
  at = 0;
  /** How many values may still be read, see `BUDGETS.DESCRIPTOR_VALUES`. */
  values = Infinity;
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  /** Whether nothing is left. */
  get isDone() {
    return this.at >= this.bytes.length;
  }
  /** Steps over `length` bytes, and says where they start. @param {number} length */
  skip(length) {
    const start = this.at;
    this.at += length;
    return this.at <= this.bytes.length ? start : fail(`the bytes end before byte ${this.at}`);
  }
  /** @param {number} length */
  take(length) {
    return this.bytes.subarray(this.skip(length), this.at);
  }
  u8() {
    return this.view.getUint8(this.skip(1));
  }
  u16() {
    return this.view.getUint16(this.skip(2), true);
  }
  u32() {
    return this.view.getUint32(this.skip(4), true);
  }
  i32() {
    return this.view.getInt32(this.skip(4), true);
  }
  i64() {
    return this.view.getBigInt64(this.skip(8), true);
  }
  f32() {
    return this.view.getFloat32(this.skip(4), true);
  }
  f64() {
    return this.view.getFloat64(this.skip(8), true);
  }
  /** A LEB128 number of at most five bytes and 32 bits. */
  varint() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 127) * scale;
      if (value >= 2 ** 32 || scale > 2 ** 28) fail(`the number before byte ${this.at} is too large`);
      if (byte < 128) return value;
    }
  }
  /** A text behind its length. */
  text() {
    return UTF8.decode(this.take(this.varint()));
  }
  /** Counts a value before it is read. */
  count() {
    this.values -= 1;
    if (this.values < 0) fail(`over the budget: more than ${DESCRIPTOR_VALUES} values of a descriptor`, "E012");
  }
  /**
   * Things of at least one byte each, so that a wrong count cannot make us allocate.
   * @template T
   * @param {() => T} item Reads one.
   * @param {number} [length] How many. Default: a number that stands before them.
   */
  list(item, length = this.varint()) {
    if (length > this.bytes.length - this.at) fail(`the count before byte ${this.at} is too large`);
    return Array.from({ length }, item);
  }
};

// src/tables.generated.js
var words = (text) => text.trim().split(/\s+/);
var pairs = (text) => words(text.replace(/(\S+)\+/g, "$1 $1-srgb"));
var rows = (text) => text.trim().split(/;\s*/);
var OP_ROWS = rows(`
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
f0 SUBMIT 0O;ff END 0A
`);
var FIELDS = words(`
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
value min max step label
`);
var WORDS = pairs(`
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
depth24plus-stencil8 depth32float-stencil8 bc1-rgba-unorm+ bc2-rgba-unorm+ bc3-rgba-unorm+ bc4-r-unorm bc4-r-snorm bc5-rg-unorm
bc5-rg-snorm bc6h-rgb-ufloat bc6h-rgb-float bc7-rgba-unorm+ etc2-rgb8unorm+ etc2-rgb8a1unorm+ etc2-rgba8unorm+ eac-r11unorm
eac-r11snorm eac-rg11unorm eac-rg11snorm uint8 uint8x2 uint8x4 sint8 sint8x2 sint8x4 unorm8 unorm8x2 unorm8x4 snorm8 snorm8x2
snorm8x4 uint16x2 uint16x4 sint16 sint16x2 sint16x4 unorm16 unorm16x2 unorm16x4 snorm16 snorm16x2 snorm16x4 float16 float16x2
float16x4 uint32x2 uint32x3 uint32x4 sint32 sint32x2 sint32x3 sint32x4 unorm10-10-10-2 unorm8x4-bgra astc-4x4-unorm+
astc-5x4-unorm+ astc-5x5-unorm+ astc-6x5-unorm+ astc-6x6-unorm+ astc-8x5-unorm+ astc-8x6-unorm+ astc-8x8-unorm+ astc-10x5-unorm+
astc-10x6-unorm+ astc-10x8-unorm+ astc-10x10-unorm+ astc-12x10-unorm+ astc-12x12-unorm+
`);
var TEXEL_BLOCKS = rows(`
6;4 4;1 8;91;4 1;9 2;17 4;7 8;3 16;1 1;1 2;2 8;2 8 4 4;4 16 4 4;2 8 4 4;6 16 4 4;4 8 4 4;2 16 4 4;2 8 4 4;2 16 4 4;35;2 16 4 4;
2 16 5 4;2 16 5 5;2 16 6 5;2 16 6 6;2 16 8 5;2 16 8 6;2 16 8 8;2 16 10 5;2 16 10 6;2 16 10 8;2 16 10 10;2 16 12 10;2 16 12 12
`);
var TYPES = words(`
texture sampler bindGroup bindGroupLayout renderPipeline computePipeline renderPass pipelineLayout textureView querySet
renderBundle buffer computePass copy region device canvas video animation uniforms controls
`);
var VALUES = words(`
false true uint int f32 word string object array ref null canvas f64 record bytes f32array canvasNumber
`);
var KINDS = words(`
buffer texture sampler shader pipeline bindGroup bindGroupLayout pipelineLayout textureView querySet renderBundle wasmModule
wasmCall image video scene defaultView
`);
var PLUGINS = words("core render compute wasm animation texture");
var STATUSES = rows(`
ok;no bytecode or too short;bytecode version not supported;malformed bytecode;id, offset or length out of range;
command buffer does not fit;needs a plugin this executor lacks;\`frame\` before a successful \`init\`
`);
var SKIPS = words("E001 E002 E006");
var INPUTS = {
  pngineInputs: 0,
  sceneTimeInputs: 16,
  pointerInputs: 28,
  frameInputs: 76,
  keyboardInputs: 92,
  audioInputs: 124,
  size: 1148
};
var CANVAS = 65534;
var NONE = 65535;
var WHOLE = 4294967295;
var MAX_DEPTH = 16;
var ABI = 1;
var MAX_PAYLOAD = 67108864;
var COMMAND_CAPACITY = 65536;
var CAPACITY_TAG = 10;

// src/commands.js
var OPS = new Map(OP_ROWS.map((row) => {
  const [opcode, name, [plugin, place], letters = ""] = row.split(" ");
  const operands = letters.match(/[nr].|./g) ?? [];
  const kind = letters.startsWith("n") ? kindOf(letters) : -1;
  return [parseInt(opcode, 16), { name, plugin: 1 << Number(plugin), place, operands, kind }];
}));
function kindOf(operand) {
  return operand.charCodeAt(1) - "A".charCodeAt(0);
}
var MAX_COMMANDS = 65535;
function* decodeCommands(bytes, memory, base) {
  const reader = new Reader(bytes);
  const readBytes = () => {
    const start = base + reader.u32();
    const length = reader.u32();
    if (start + length > memory.length) fail(`${length} bytes at ${start} are outside of the memory`);
    return memory.subarray(start, start + length);
  };
  const read = {
    1: () => reader.u8(),
    2: () => reader.u16(),
    4: () => reader.u32(),
    i: () => reader.i32(),
    f: () => reader.f32(),
    n: () => reader.u16(),
    r: () => reader.u16(),
    b: readBytes
  };
  let name = "";
  for (let index = 0; !reader.isDone && name !== "END"; index++) {
    if (index > MAX_COMMANDS) fail(`more than ${MAX_COMMANDS} commands`, "E012");
    const opcode = reader.u8();
    const op = OPS.get(opcode) ?? fail(`command ${index} has the unknown opcode ${opcode}`, "E008");
    name = op.name;
    const where = `command ${index}, ${name}`;
    yield { op, where, args: locate(where, () => op.operands.map(([how]) => read[how]())) };
  }
  if (!reader.isDone) fail("commands stand behind END", "E007");
}

// src/budgets.js
function within(amount, most, what) {
  return amount <= most ? amount : fail(`over the budget: ${amount} ${what}, at most ${most} are allowed`, "E012");
}
var WRITTEN = "bytes that are written";
var Meter = class {
  /** How much was counted of what. @type {Record<string, number>} */
  #counts = {};
  /** A new command buffer begins. */
  reset() {
    this.#counts = {};
  }
  /** How many bytes were written since. */
  get writtenBytes() {
    return this.#counts[WRITTEN] ?? 0;
  }
  /**
   * What is read value by value but is no descriptor: ids of bundles, offsets, arguments of calls.
   * @param {number} bytes
   */
  list(bytes) {
    this.descriptor(within(bytes, DESCRIPTOR_BYTES, "bytes of a list"));
  }
  /** @param {number} bytes */
  descriptor(bytes) {
    this.#count(bytes, "bytes of descriptors", DESCRIPTORS_BYTES);
  }
  /** @param {number} commands How many a bundle has that is executed. */
  bundled(commands) {
    this.#count(commands, "commands of bundles", BUNDLED_COMMANDS);
  }
  /** Shaders, names and marks. @param {number} bytes */
  text(bytes) {
    this.#count(bytes, "bytes of texts", TEXT_BYTES);
  }
  /** One more thing that a driver compiles. */
  program() {
    this.#count(1, "shaders and pipelines", PROGRAMS);
  }
  /** @param {number} bytes */
  written(bytes) {
    this.#count(bytes, WRITTEN, WRITTEN_BYTES);
  }
  /** Images, videos and modules. @param {number} bytes */
  loaded(bytes) {
    this.#count(bytes, "bytes that are loaded", LOADED_BYTES);
  }
  /**
   * @param {number} amount
   * @param {string} what For the message, in the plural.
   * @param {number} most
   */
  #count(amount, what, most) {
    this.#counts[what] = within((this.#counts[what] ?? 0) + amount, most, `${what} of one command buffer`);
  }
};

// src/descriptors.js
var ROUNDING = 1 / 65536;
var READ = {
  false: () => false,
  true: () => true,
  null: () => void 0,
  uint: (reader) => reader.varint(),
  int(reader) {
    const zigzag = reader.varint();
    return zigzag % 2 ? -(zigzag + 1) / 2 : zigzag / 2;
  },
  f32: (reader) => reader.f32(),
  f64: (reader) => reader.f64(),
  word(reader, scope) {
    const word = WORDS[reader.varint()] ?? fail("unknown word");
    return word === "preferredCanvasFormat" ? scope.format : word;
  },
  string: (reader) => reader.text(),
  bytes: (reader) => reader.take(reader.varint()),
  ref: (reader, scope) => scope.resolve(reader.u8(), reader.varint()),
  object: (reader, scope, depth) => readFields(reader, reader.varint(), scope, depth),
  array: (reader, scope, depth) => reader.list(() => readValue(reader, scope, depth) ?? null),
  record(reader) {
    const entries = reader.list(() => {
      reader.count();
      return [reader.text(), reader.f64()];
    });
    return Object.fromEntries(entries);
  },
  f32array(reader) {
    return reader.list(() => {
      reader.count();
      return reader.f32();
    });
  },
  canvas(reader, scope) {
    const length = Math.floor(readSpan(reader, scope) + ROUNDING);
    return Math.max(1, length || 0);
  },
  canvasNumber: (reader, scope) => readSpan(reader, scope)
};
function readSpan(reader, scope) {
  return scope.span(reader.f32(), reader.f32(), reader.f32());
}
function readValue(reader, scope, depth) {
  if (depth >= MAX_DEPTH) fail("values nest too deep");
  reader.count();
  const read = READ[VALUES[reader.u8()]] ?? fail("unknown value type");
  return read(reader, scope, depth + 1);
}
function readFields(reader, count, scope, depth) {
  const fields = reader.list(() => [FIELDS[reader.u8() - 1], readValue(reader, scope, depth)], count);
  return Object.fromEntries(fields.filter(([name]) => name));
}
function decodeDescriptor(bytes, type, scope) {
  within(bytes.length, DESCRIPTOR_BYTES, "bytes of a descriptor");
  const reader = new Reader(bytes);
  reader.values = DESCRIPTOR_VALUES;
  if (TYPES[reader.u8() - 1] !== type) fail(`the descriptor is not a ${type} descriptor`);
  const object = readFields(reader, reader.u8(), scope, 0);
  return reader.isDone ? object : fail("bytes are left over behind the descriptor");
}

// src/file.js
var CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 3988292384 ^ crc >>> 1 : crc >>> 1;
  return crc;
});
function crc32(bytes) {
  let crc = -1;
  for (let at = 0; at < bytes.length; at++) crc = CRC_TABLE[(crc ^ bytes[at]) & 255] ^ crc >>> 8;
  return ~crc >>> 0;
}
function findScene(png) {
  if (!startsWith(png, "PNG\r\n\n")) fail("this is not a PNG", "not-png");
  const chunks = readChunks(png);
  if (!chunks.IDAT) fail("the PNG is damaged: there is no IDAT", "damaged");
  const scene = chunks.pNGb ?? fail("no scene in this PNG (re-encoded by a website?)", "no-scene");
  const [version, flags] = scene;
  if (version !== 1 || !(flags <= 1))
    fail(`this player cannot read a scene chunk of version ${version} with flags ${flags}`, "unsupported");
  return { deflated: flags === 1, body: scene.subarray(2) };
}
function readChunks(png) {
  const damaged = (what) => fail(`the PNG is damaged: ${what}`, "damaged");
  const view = new DataView(png.buffer, png.byteOffset, png.length);
  const chunks = {};
  let start = 8;
  while (!chunks.IEND) {
    const length = start + 12 <= png.length ? view.getUint32(start) : 0;
    const end = start + 12 + length;
    if (end > png.length) damaged(`the chunk at byte ${start} is cut off`);
    const isSound = crc32(png.subarray(start + 4, end - 4)) === view.getUint32(end - 4);
    if (!isSound) damaged(`the chunk at byte ${start} fails its checksum`);
    const name = latin1(png.subarray(start + 4, start + 8));
    if (start === 8 !== (name === "IHDR")) damaged("IHDR is not the first chunk, or comes twice");
    if (name === "pNGb" && chunks.pNGb) fail("the PNG has a second scene", "damaged");
    chunks[name] = png.subarray(start + 8, end - 4);
    start = end;
  }
  return chunks;
}
var TURN = 20;
var PIECE = 4096;
async function inflate(body, limit) {
  let at = 0;
  const pieces = {
    pull(queue) {
      if (at >= body.length) return queue.close();
      queue.enqueue(body.slice(at, at + PIECE));
      at += PIECE;
    }
  };
  const reader = new ReadableStream(pieces).pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const inflated = [];
  let size = 0;
  let turn = performance.now();
  try {
    while (size <= limit) {
      const { value, done } = await reader.read();
      if (done) break;
      inflated.push(value);
      size += value.length;
      if (performance.now() - turn >= TURN) {
        await new Promise((resolve) => setTimeout(resolve));
        turn = performance.now();
      }
    }
  } catch (error) {
    fail(`damaged scene: it cannot be inflated (${/** @type {Error} */
    error.message})`, "damaged", error);
  }
  if (size > limit) {
    reader.cancel().catch(() => {
    });
    fail(`damaged scene: it inflates to more than ${limit} bytes`, "E012");
  }
  return joined(inflated, size);
}
function joined(pieces, size) {
  const bytes = new Uint8Array(size);
  let end = 0;
  for (const piece of pieces) {
    bytes.set(piece, end);
    end += piece.length;
  }
  return bytes;
}
var [HAS_EXECUTOR, HAS_EXTENSIONS] = [1, 4];
var VERSION = 5;
function parsePayload(bytes) {
  return locate("damaged scene", () => readPayload(bytes), "damaged");
}
function readPayload(bytes) {
  const header = new Reader(bytes);
  if (latin1(header.take(4)) !== "PNGB") fail("it is not a pngine payload");
  const version = header.u16();
  const flags = header.u16();
  const plugins = header.u8();
  header.u8();
  if (version !== VERSION)
    fail(`its version is ${version}, this player reads version ${VERSION}`, version > VERSION ? "unsupported" : "damaged");
  if (!(plugins & 1)) fail("it does not declare the core plugin");
  const ranges = Array.from({ length: 4 }, () => ({ start: header.u32(), length: header.u32() }));
  const [executorRange, bytecodeRange, dataRange, stringsRange] = ranges;
  let end = header.at;
  const section = (name, { start, length }) => {
    if (start < end || start + length > bytes.length) fail(`its ${name} section lies outside of it or overlaps another`);
    end = start + length;
    return bytes.subarray(start, end);
  };
  const hasExecutor = Boolean(flags & HAS_EXECUTOR);
  const agrees = hasExecutor ? executorRange.length > 0 : executorRange.start === 0 && executorRange.length === 0;
  if (!agrees) fail("its flags and its executor section disagree");
  const executor = hasExecutor ? section("executor", executorRange) : void 0;
  const bytecode = section("bytecode", bytecodeRange);
  const names = readNames(section("string table", stringsRange));
  const data = section("data", dataRange);
  const extensions = readSections(bytes.subarray(flags & HAS_EXTENSIONS ? end : bytes.length));
  return { plugins, executor, bytecode, data, extensions, names };
}
function readNames(bytes) {
  const names = [[], []];
  const counts = [];
  const table = new Reader(bytes);
  while (!table.isDone) {
    const kind = table.u8();
    const id = table.varint();
    const text = table.take(table.varint());
    counts[kind] = within((counts[kind] ?? 0) + 1, NAMES, "names of one kind");
    if (id < CANVAS && names[kind]) names[kind][id] = UTF8.decode(text);
  }
  return names;
}
function readSections(bytes) {
  const extensions = /* @__PURE__ */ new Map();
  const rest = new Reader(bytes);
  while (!rest.isDone) {
    const tag = rest.u8();
    const content = rest.take(rest.u32());
    if (!extensions.has(tag)) extensions.set(tag, content);
  }
  return extensions;
}
async function readScene(bytes, limit = MAX_PAYLOAD) {
  if (startsWith(bytes, "PNGB")) return parsePayload(bytes);
  const { deflated, body } = findScene(bytes);
  return parsePayload(deflated ? await inflate(body, limit) : body);
}
function isSource(value) {
  if (typeof value === "string" || value instanceof URL || value instanceof Response) return true;
  return value instanceof Blob || value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}
async function bytesOf(source, signal) {
  let response = source;
  if (typeof source === "string" || source instanceof URL) {
    response = await fetch(source, { signal }).catch((error) => fail(`${source}: ${error.message} (offline? CORS or CSP?)`, "network", error));
  }
  if (!(response instanceof Response)) response = new Response(
    /** @type {ArrayBuffer} */
    response
  );
  if (!response.ok) fail(`${response.url}: ${response.status} ${response.statusText}`, "network");
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw located(error, response.url || "the bytes cannot be read", "network");
  }
}

// src/device.js
async function openDevice(needs, given) {
  if (given) {
    checkNeeds(needs, given, "the given device");
    return given;
  }
  if (globalThis.isSecureContext === false) fail("WebGPU is there for secure pages only: https, or localhost", "no-webgpu");
  if (!globalThis.navigator?.gpu) fail("this browser has no WebGPU", "no-webgpu");
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) return fail("this machine has no GPU that the browser would use for WebGPU", "no-webgpu");
  checkNeeds(needs, adapter, "this machine's GPU");
  const { requiredFeatures = [], optionalFeatures = [], requiredLimits = {} } = needs;
  const optional = optionalFeatures.filter((feature) => adapter.features.has(feature));
  const features = (
    /** @type {GPUFeatureName[]} */
    [.../* @__PURE__ */ new Set([...requiredFeatures, ...optional])]
  );
  return adapter.requestDevice({ requiredFeatures: features, requiredLimits });
}
function checkNeeds({ requiredFeatures = [], requiredLimits = {} }, { features, limits }, who) {
  const lacking = requiredFeatures.filter((feature) => !features.has(feature)).map((feature) => `the feature ${feature}`);
  for (const [name, needed] of Object.entries(requiredLimits)) {
    const most = (
      /** @type {any} */
      limits[name]
    );
    const isEnough = name.startsWith("min") ? most <= needed : most >= needed;
    if (typeof most === "number" && isEnough) continue;
    lacking.push(`the limit ${name} of ${needed}${most === void 0 ? "" : `, it has ${most}`}`);
  }
  if (lacking.length) fail(`${who} lacks what the scene requires: ${lacking.join("; ")}`, "unsupported");
}
var LOSSES = /* @__PURE__ */ new WeakMap();
function listenersOf(device) {
  const known = LOSSES.get(device);
  if (known) return known;
  const listeners = /* @__PURE__ */ new Set();
  LOSSES.set(device, listeners);
  device.lost.then((info) => listeners.forEach((tell) => tell(info)));
  return listeners;
}
function onLoss(device, signal, tell) {
  const listeners = listenersOf(device);
  listeners.add(tell);
  signal.addEventListener("abort", () => listeners.delete(tell));
}

// src/executor.js
var EXPORTS = `
getAbiVersion getBytecodePtr setBytecodeLen getDataPtr setDataLen init frame getCommandPtr getCommandLen getInputsPtr setFrame
getFrameCounter setFrameCounter`.trim().split(/\s+/);
var PAGE = 65536;
async function startExecutor(payload, given, signal) {
  const wasm = await bytesOf(sourceOf(payload, given), signal);
  const exports = (
    /** @type {Exports} */
    (await WebAssembly.instantiate(wasm, {})).instance.exports
  );
  checkExports(exports);
  const { memory } = exports;
  const reach = (end) => memory.grow(Math.max(0, Math.ceil((end - memory.buffer.byteLength) / PAGE)));
  const put = (bytes, at) => {
    reach(at + bytes.length);
    new Uint8Array(memory.buffer).set(bytes, at);
  };
  put(payload.bytecode, exports.getBytecodePtr() >>> 0);
  exports.setBytecodeLen(payload.bytecode.length);
  put(payload.data, exports.getDataPtr() >>> 0);
  exports.setDataLen(payload.data.length);
  const wanted = payload.extensions.get(CAPACITY_TAG);
  const capacity = Math.max(COMMAND_CAPACITY, wanted ? new Reader(wanted).varint() : 0);
  reach((exports.getCommandPtr() >>> 0) + capacity);
  return exports;
}
function sourceOf({ plugins, executor }, given) {
  if (executor) return executor;
  const file = `${PLUGINS.filter((_, bit) => plugins >> bit & 1).join("-")}.wasm`;
  const source = given || fail(`the scene has no executor of its own: options.executor must give ${file}`, "no-executor");
  const isFolder = (typeof source === "string" || source instanceof URL) && String(source).endsWith("/");
  return isFolder ? source + file : source;
}
function checkExports(exports) {
  const lacking = EXPORTS.filter((name) => typeof exports[name] !== "function");
  if (!(exports.memory instanceof WebAssembly.Memory)) lacking.unshift("memory");
  if (lacking.length) fail(`damaged executor: it does not export ${lacking.join(", ")}`, "executor");
  const abi = exports.getAbiVersion();
  if (abi !== ABI) fail(`the executor has ABI ${abi}, this player knows ${ABI}`, "unsupported");
}

// src/extensions.js
function readExtensions({ extensions }) {
  const scope = { resolve: (_, id) => id, span: () => fail("a number follows the canvas"), format: "" };
  const read = (tag, type) => {
    const bytes = extensions.get(tag);
    if (!bytes) return {};
    return locate(`damaged scene: its ${type} extension`, () => decodeDescriptor(bytes, type, scope), "damaged");
  };
  return {
    animation: read(1, "animation"),
    uniforms: read(2, "uniforms"),
    device: read(3, "device"),
    canvas: read(4, "canvas"),
    controls: read(11, "controls")
  };
}

// src/messages.js
var MOST_NAMES = 20;
function some(names, between = ", ") {
  const listed = names.slice(0, MOST_NAMES).join(between);
  return names.length > MOST_NAMES ? `${listed} and ${names.length - MOST_NAMES} more` : listed;
}
function shown(value) {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value) return value.constructor?.name || "an object";
  return String(value);
}

// src/options.js
var FUNCTION = [(value) => typeof value === "function", "a function"];
var POSITIVE = [(value) => typeof value === "number" && value > 0, "a number above 0"];
var OPTIONS = {
  executor: [isSource, "an address or bytes"],
  device: [(value) => typeof value?.createBuffer === "function", "a GPUDevice"],
  signal: [(value) => typeof value?.aborted === "boolean", "an AbortSignal"],
  onError: FUNCTION,
  onScene: FUNCTION,
  onEnd: FUNCTION,
  size: [(value) => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite), "[width, height]"],
  autoplay: [(value) => typeof value === "boolean", "true or false"],
  alphaMode: [(value) => ["opaque", "premultiplied"].includes(value), '"opaque" or "premultiplied"'],
  analyser: [(value) => typeof value?.getByteFrequencyData === "function", "an AnalyserNode"],
  seed: [(value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32, "a whole number from 0 to 4294967295"],
  fps: POSITIVE,
  maxDelta: POSITIVE,
  touchAction: [(value) => value === false || typeof value === "string", "a value of CSS touch-action or false"],
  keys: [(value) => ["canvas", "page", false].includes(value), '"canvas", "page" or false'],
  maxBytes: POSITIVE,
  maxGpuBytes: POSITIVE,
  gpuSeconds: POSITIVE
};
function checkArguments(source, canvas, options) {
  if (!isSource(source))
    refuse(`the source must be an address, a Response, a Blob, an ArrayBuffer or bytes, not ${shown(source)}`);
  if (typeof canvas?.getContext !== "function")
    refuse(`the canvas must be a <canvas> or an OffscreenCanvas, not ${shown(canvas)}`);
  if (typeof options !== "object" || !options) refuse(`the options must be an object, not ${shown(options)}`);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(OPTIONS, name))
      refuse(`there is no option ${shown(name)}, only ${Object.keys(OPTIONS).sort().join(", ")}`);
    const [test, wanted] = OPTIONS[name];
    if (value !== void 0 && !test(value)) refuse(`the option ${name} must be ${wanted}, not ${shown(value)}`);
  }
}
function refuse(message) {
  throw new TypeError(`load: ${message}`);
}

// src/clock.js
var STEPS_PER_SECOND = 60;
var SLOWEST_REFRESH = 1 / 30;
var MAX_DELTA = 0.1;
var EARLINESS = 0.25;
function clockFor(show, { duration, end }, { fps, maxDelta = MAX_DELTA }, isSimulation) {
  const chosenFps = fps ?? (isSimulation ? STEPS_PER_SECOND : 0);
  let time = 0;
  let isPlaying = false;
  let request = 0;
  function isEnded() {
    return end !== "repeat" && time >= duration;
  }
  function start() {
    isPlaying = true;
    if (isEnded()) time = 0;
    const move = chosenFps ? steps(1 / chosenFps) : refreshes();
    let last = NaN;
    let wasEnded = false;
    const tick = (now) => {
      request = requestAnimationFrame(tick);
      const isFirst = Number.isNaN(last);
      const passed = now > last ? Math.min((now - last) / 1e3, maxDelta) : 0;
      last = now;
      move(passed, isFirst);
      if (isEnded() && end === "stop") show.pause();
      if (isEnded() && !wasEnded) show.onEnd();
      wasEnded = isEnded();
    };
    request = requestAnimationFrame(tick);
  }
  function stop() {
    isPlaying = false;
    cancelAnimationFrame(request);
  }
  function refreshes() {
    return (passed) => {
      advance(passed);
      if (show.isReady()) show.draw();
    };
  }
  function steps(step) {
    let due = 0;
    return (passed, isFirst) => {
      if (isFirst) {
        if (!show.hasDrawn()) show.draw();
        return;
      }
      due = Math.min(due + passed, Math.max(step, SLOWEST_REFRESH));
      while (due >= step * (1 - EARLINESS) && isPlaying && show.isReady()) {
        advance(step);
        show.draw();
        due -= step;
      }
    };
  }
  function advance(seconds) {
    const next = time + seconds;
    time = end === "repeat" ? next : Math.min(next, duration);
  }
  return {
    maxDelta,
    isEnded,
    start,
    stop,
    time: () => time,
    isPlaying: () => isPlaying,
    /** @param {number} seconds */
    set(seconds) {
      time = seconds;
    }
  };
}

// src/textures.js
var MAX_LEVELS = 32;
function blockOf(format) {
  let word = WORDS.indexOf(format);
  for (const row of TEXEL_BLOCKS) {
    const [length, bytes, across = 1, down = 1] = row.split(" ").map(Number);
    if (word >= 0 && word < length && bytes) return { bytes, across, down };
    word -= length;
  }
  return fail(`${format} is not a texture format`, "E006");
}
function textureBytes({ width, height = 1, depth = 1, format, dimension = "2d", mipLevelCount = 1, sampleCount = 1 }) {
  const { bytes, across, down } = blockOf(format);
  let blocks = 0;
  for (let level = 0; level < Math.min(mipLevelCount, MAX_LEVELS); level++) {
    const shrunk = (length) => Math.max(1, Math.floor(length / 2 ** level));
    const deep = dimension === "3d" ? shrunk(depth) : Math.max(1, Math.floor(depth));
    blocks += Math.ceil(shrunk(width) / across) * Math.ceil(shrunk(height) / down) * deep;
  }
  return blocks * bytes * Math.max(1, sampleCount);
}

// src/actions.js
var BUNDLE = KINDS.indexOf("renderBundle");
var QUERY_SIZE = 8;
var TEXEL_SIZE = 4;
function range(size) {
  return size === WHOLE ? void 0 : size;
}
function roomIn(buffer, offset, size = 0) {
  if (offset + size > buffer.size) fail(`byte ${offset + size} of a buffer of ${buffer.size}`, "E002");
  return buffer.size - offset;
}
function actionsOf(stage, more) {
  const { device, executor, resources, recording, meter, noteRead, executeBundled } = stage;
  const bundled = /* @__PURE__ */ new WeakMap();
  function read(bytes, type) {
    meter.descriptor(bytes.length);
    return { label: resources.label, ...decodeDescriptor(bytes, type, resources) };
  }
  function readText(bytes) {
    meter.text(bytes.length);
    return UTF8.decode(bytes);
  }
  function readCopy(bytes) {
    const { source = {}, destination, copySize } = read(bytes, "copy");
    return [source, destination, copySize];
  }
  function readRegion(bytes, names) {
    const region = read(bytes, "region");
    return names.map((name) => Number(region[name] ?? name !== "minDepth"));
  }
  function noteWritten(bytes) {
    meter.written(bytes.length);
    noteRead(bytes.byteOffset, bytes.length);
  }
  const actions = {
    ...more,
    CREATE_BUFFER(size, usage) {
      const bits = usage & 252 | (usage & 3) << 8;
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
      const most = (
        /** @type {any} */
        device.limits[limit]
      );
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
      const entry = ({ binding, resource }) => {
        const isVideo = globalThis.HTMLVideoElement && resource instanceof HTMLVideoElement;
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
    BEGIN_RENDER_PASS(color, load2, store, depth) {
      const colors = [];
      if (color) {
        const loadOp = ["load", "clear"][load2];
        const storeOp = ["store", "discard"][store];
        colors.push({ view: resources.view(color), loadOp, storeOp, clearValue: [0, 0, 0, 1] });
      }
      let depths;
      if (depth) {
        depths = { view: resources.view(depth), depthClearValue: 1, depthLoadOp: "clear", depthStoreOp: "store" };
        if (depth.format.includes("stencil")) Object.assign(depths, { stencilLoadOp: "clear", stencilStoreOp: "store" });
      }
      const pass = { label: resources.label, colorAttachments: colors, depthStencilAttachment: depths };
      recording.begin(recording.encoder.beginRenderPass(
        /** @type {any} */
        pass
      ), "R");
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
    END() {
    }
  };
  function methodOf({ name, kind }) {
    const words2 = name.replace("_DESC", "").replace("DISPATCH", "DISPATCH_WORKGROUPS").toLowerCase();
    const method = words2.replace(/_./g, (start) => start[1].toUpperCase());
    const argumentsFor = (operand) => {
      if (!operand.buffer) return operand;
      if (kind >= 0) return read(operand, KINDS[kind]);
      return name.startsWith("COPY") ? readCopy(operand) : readText(operand);
    };
    return (...operands) => {
      const target = (
        /** @type {any} */
        kind >= 0 ? device : recording.pass ?? recording.encoder
      );
      return target[method](...operands.flatMap(argumentsFor));
    };
  }
  return (op) => actions[op.name.replace("_RANGE", "")] ?? methodOf(op);
}

// src/media.js
function imageSize(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isPng = startsWith(bytes, "PNG\r\n\n") && startsWith(bytes, "IHDR", 12);
  const isWebp = startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8);
  try {
    if (isPng) return [view.getUint32(16), view.getUint32(20)];
    if (startsWith(bytes, "ÿØÿ")) return jpegSize(view);
    if (isWebp) return webpSize(bytes, view);
  } catch (error) {
    if (error instanceof RangeError) fail("the image ends before its header does", "E011");
    throw error;
  }
  return fail("it is not a PNG, JPEG or WebP image", "E011");
}
var [EOI, SOS] = [217, 218];
function jpegSize(view) {
  let at = 2;
  for (; ; ) {
    if (view.getUint8(at) !== 255) fail("the JPEG is damaged: a marker is missing", "E011");
    const marker = view.getUint8(at + 1);
    if (isFrameHeader(marker)) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    if (marker === EOI || marker === SOS) fail("the JPEG has no frame header", "E011");
    if (marker === 255) at += 1;
    else if (isAlone(marker)) at += 2;
    else at += 2 + Math.max(2, view.getUint16(at + 2));
  }
}
function isFrameHeader(marker) {
  return marker >= 192 && marker <= 207 && ![196, 200, 204].includes(marker);
}
function isAlone(marker) {
  return marker === 1 || marker >= 208 && marker <= 216;
}
function webpSize(bytes, view) {
  const u24 = (at) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  if (startsWith(bytes, "VP8X", 12)) return [u24(24) + 1, u24(27) + 1];
  if (startsWith(bytes, "VP8 ", 12)) return [view.getUint16(26, true) & 16383, view.getUint16(28, true) & 16383];
  if (!startsWith(bytes, "VP8L", 12)) fail("the WebP is damaged: it starts with no image", "E011");
  const sizes = view.getUint32(21, true);
  return [(sizes & 16383) + 1, (sizes >>> 14 & 16383) + 1];
}
function videoType(bytes) {
  const isWebm = startsWith(bytes, "Eß£") && /\x42\x82[\x80-\xff]webm/.test(latin1(bytes.subarray(0, 256)));
  if (isWebm) return "video/webm";
  if (startsWith(bytes, "OggS\0")) return "video/ogg";
  if (!startsWith(bytes, "ftyp", 4) || startsWith(bytes, "qt  ", 8)) fail("it is not a WebM, MP4 or Ogg video", "E011");
  refuseReferences(bytes);
  return "video/mp4";
}
var REFERENCE_PATH = ["moov", "trak", "mdia", "minf", "dinf", "dref"];
var REFUSED_BOXES = ["rmra", "cmov"];
function refuseReferences(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  function look(start, end, depth) {
    for (let at = start; at + 8 <= end; ) {
      const box = readBox(view, at, end);
      if (!box) return;
      const kind = latin1(bytes.subarray(at + 4, at + 8));
      if (REFUSED_BOXES.includes(kind)) fail(`the MP4 plays other files: its box ${kind}`, "E011");
      if (depth === REFERENCE_PATH.length) checkReference(view, box);
      if (kind === REFERENCE_PATH[depth]) {
        look(kind === "dref" ? box.body + 8 : box.body, box.end, depth + 1);
      }
      at = box.end;
    }
  }
  look(0, bytes.length, 0);
}
function readBox(view, at, end) {
  let size = view.getUint32(at);
  let body = at + 8;
  if (size === 1 && at + 16 <= end) {
    size = view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12);
    body = at + 16;
  }
  if (size === 0 || at + size > end) size = end - at;
  return size < body - at ? void 0 : { body, end: at + size };
}
function checkReference(view, { body, end }) {
  const isOwn = body + 4 <= end && (view.getUint8(body + 3) & 1) === 1;
  if (!isOwn) fail("the MP4 has its samples in other files: it must hold them itself", "E011");
}

// src/numbers.js
function whole(number, least, most) {
  return Math.max(least, Math.min(most, Math.trunc(number) || 0));
}
function half(value) {
  if (Number.isNaN(value)) return 32256;
  const sign = value < 0 || Object.is(value, -0) ? 32768 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 31744;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = size / 2 ** (exponent - 10);
  const down = Math.floor(steps);
  const rest = steps - down;
  const isUp = rest > 0.5 || rest === 0.5 && down % 2 === 1;
  return sign | (exponent + 14 << 10) + down + Number(isUp);
}

// src/nested.js
function bigOf(number) {
  if (number >= 2 ** 63) return 2n ** 63n - 1n;
  if (number <= -(2 ** 63)) return -(2n ** 63n);
  return BigInt(Math.trunc(number) || 0);
}
var ARGUMENTS = [
  { read: (reader) => reader.i32(), convert: (single) => whole(single, -(2 ** 31), 2 ** 31 - 1) },
  { read: (reader) => reader.i64(), convert: bigOf },
  { read: (reader) => reader.f32(), convert: (single) => single },
  { read: (reader) => reader.f64(), convert: (single) => single }
];
var IS_INPUT = 128;
async function startModule(bytes) {
  const abort = (_message, _file, line, column) => fail(`it aborts: line ${line}, column ${column}`, "E010");
  const start = async (maximum) => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum });
    const { exports } = (await WebAssembly.instantiate(bytes, { env: { abort, memory } })).instance;
    return { exports, memory: exports.memory ?? memory };
  };
  try {
    return await start();
  } catch (error) {
    if (error instanceof WebAssembly.LinkError) return start(1);
    return fail(
      /** @type {Error} */
      error.message
    );
  }
}
function moduleActions(device, executor, meter, noteRead) {
  const results = /* @__PURE__ */ new Map();
  function readArguments(bytes) {
    meter.list(bytes.length);
    const inputs = new DataView(executor.memory.buffer, executor.getInputsPtr() >>> 0, INPUTS.size);
    const reader = new Reader(bytes);
    const values = [];
    while (!reader.isDone) {
      const code = reader.u8();
      const { read, convert } = ARGUMENTS[255 - (code | IS_INPUT)] ?? fail(`unknown type ${code} of an argument`);
      if (code & IS_INPUT) {
        const offset = reader.u16();
        noteRead(inputs.byteOffset + offset, 4);
        values.push(convert(inputs.getFloat32(offset, true)));
      } else values.push(read(reader));
    }
    return values;
  }
  return {
    CALL_WASM_FUNC(call, { exports, memory }, text, bytes) {
      meter.text(text.length);
      const name = UTF8.decode(text);
      const values = locate("the arguments", () => readArguments(bytes), "E010");
      const run = exports[name];
      if (typeof run !== "function") fail(`the module exports no function ${name}`, "E010");
      if (run.length !== values.length) fail(`${name} takes ${run.length} arguments, not ${values.length}`, "E010");
      const result = locate(name, () => run(...values), "E010");
      if (result === void 0) results.delete(call);
      else results.set(call, { memory, at: locate(name, () => result >>> 0, "E010") });
    },
    WRITE_FROM_WASM(call, buffer, offset, size) {
      const { memory, at } = results.get(call) ?? fail(`the call ${call} has returned nothing yet`, "E010");
      const length = memory.buffer.byteLength;
      if (at + size > length) fail(`${size} bytes at ${at} are outside of the module's memory of ${length} bytes`, "E010");
      if (offset > buffer.size) fail(`byte ${offset} of a buffer of ${buffer.size}`, "E002");
      meter.written(size);
      device.queue.writeBuffer(buffer, offset, memory.buffer, at, Math.min(size, buffer.size - offset));
    }
  };
}

// src/assets.js
function labelOf({ op, args }) {
  return `${KINDS[op.kind]} ${args[0]}`;
}
function placeOf(bytes) {
  return `${bytes.byteOffset} ${bytes.length}`;
}
function pixelsOf(bytes) {
  let size;
  try {
    size = imageSize(bytes);
  } catch {
    return 0;
  }
  const [width, height] = size;
  return within(width * height, IMAGE_PIXELS, `pixels of an image of ${width} x ${height}`);
}
function assetsOf(videos, scope, meter) {
  const loaded = /* @__PURE__ */ new Map();
  const images = /* @__PURE__ */ new Map();
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
    }
  };
  async function load2(commands, plugins) {
    const wanted = wantedBy(commands, plugins);
    await Promise.all(Array.from(wanted, async ([label, { op: { name }, args }]) => {
      const failed = (error) => located(error, label, name === "INIT_WASM_MODULE" ? "E010" : "E011");
      loaded.set(label, await LOADERS[name](...args.slice(1)).catch(failed));
    }));
  }
  function wantedBy(commands, plugins) {
    const wanted = /* @__PURE__ */ new Map();
    const counted = /* @__PURE__ */ new Set();
    let pixels = 0;
    const count = ({ op: { name }, args }) => {
      const bytes = args[args.length - 1];
      within(wanted.size + 1, LOADS, "images, videos and modules");
      meter.loaded(bytes.length);
      if (name === "LOAD_VIDEO") meter.descriptor(args[1].length);
      if (name !== "LOAD_IMAGE" || counted.has(placeOf(bytes))) return;
      counted.add(placeOf(bytes));
      pixels = within(pixels + pixelsOf(bytes), IMAGES_PIXELS, "pixels of all images");
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
      if (error instanceof PngineError && error.kind === "budget") throw error;
    }
    return wanted;
  }
  function take(label) {
    const thing = loaded.get(label);
    if (thing instanceof PngineError) throw thing;
    return thing;
  }
  function release() {
    for (const thing of loaded.values()) thing?.close?.();
  }
  return {
    load: load2,
    take,
    release,
    /** Whether a thing was loaded, or could not be. @param {string} label */
    has: (label) => loaded.has(label)
  };
}
async function decodeImage(bytes) {
  imageSize(bytes);
  return createImageBitmap(new Blob([bytes]), { premultiplyAlpha: "none", colorSpaceConversion: "none" });
}

// src/recording.js
var Recording = class {
  #device;
  /** @type {GPUCommandEncoder | undefined} */
  #encoder;
  #isSubmitted = true;
  /** The encoder of the open pass or bundle. @type {any} */
  pass = null;
  /** What it is, as the letter of the commands that may stand in it: R or C. */
  place = "";
  /** What commands have set in it, by the second word of their name. @type {Record<string, boolean>} */
  has = {};
  /** @param {GPUDevice} device */
  constructor(device) {
    this.#device = device;
  }
  /** The open command encoder. */
  get encoder() {
    this.#isSubmitted = false;
    this.#encoder ??= this.#device.createCommandEncoder();
    return this.#encoder;
  }
  /** Whether nothing is open, and what was recorded is submitted. */
  get isDone() {
    return !this.pass && this.#isSubmitted;
  }
  /**
   * Starts afresh.
   * @param {boolean} mustSubmit Whether something has to be submitted, as in every frame.
   */
  start(mustSubmit) {
    this.#encoder = void 0;
    this.#isSubmitted = !mustSubmit;
    this.end();
  }
  /** @param {GPURenderPassEncoder | GPUComputePassEncoder | GPURenderBundleEncoder} pass @param {string} place */
  begin(pass, place) {
    this.pass = pass;
    this.place = place;
    this.has = {};
  }
  /** No pass is open any more. */
  end() {
    this.pass = null;
    this.place = "";
    this.has = {};
  }
  submit() {
    if (this.#encoder) this.#device.queue.submit([this.#encoder.finish()]);
    this.#encoder = void 0;
    this.#isSubmitted = true;
  }
};

// src/resources.js
var TEXTURE = KINDS.indexOf("texture");
var Resources = class {
  #screen;
  #maxBytes;
  /** The default views of textures. @type {WeakMap<GPUTexture, GPUTextureView>} */
  #views = /* @__PURE__ */ new WeakMap();
  /** Bytes of GPU memory, by label. @type {Map<string, number>} */
  #sizes = /* @__PURE__ */ new Map();
  #bytes = 0;
  /** The things, by kind and id. @type {Map<number, any>[]} */
  tables = KINDS.map(() => /* @__PURE__ */ new Map());
  /** The label of what the current command creates, such as `texture 2`; of other commands their name. */
  label = "";
  /** What the current command needs, by label; besides `canvas` its size, and `video` the picture that one shows. */
  uses = (
    /** @type {Set<string>} */
    /* @__PURE__ */ new Set()
  );
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
};

// src/videos.js
var DRIFT = 0.5;
function failureOf(video) {
  return new Error(video.error?.message || "the browser cannot play it");
}
function placeIn({ duration, loop, defaultPlaybackRate }, time) {
  const place = time * defaultPlaybackRate;
  if (!(duration < Infinity)) return place;
  return loop ? place % duration : Math.min(place, duration);
}
function firstPicture(video) {
  return new Promise((resolve, reject) => {
    video.onloadedmetadata = () => {
      const { videoWidth, videoHeight } = video;
      if (videoWidth * videoHeight > IMAGE_PIXELS)
        reject(new PngineError(`over the budget: a video of ${videoWidth} x ${videoHeight} pixels`, "E012"));
    };
    video.onloadeddata = resolve;
    video.onerror = () => reject(failureOf(video));
  });
}
function videosOf(report) {
  let isReleased = false;
  const videos = /* @__PURE__ */ new Map();
  function elements() {
    return [...videos.keys()];
  }
  function moving() {
    return elements().filter((video) => videos.get(video));
  }
  function isWaiting() {
    return elements().some((video) => video.readyState < video.HAVE_CURRENT_DATA);
  }
  async function load2(bytes, { loop = false, muted = false, autoplay = false, playbackRate = 1 }) {
    const type = videoType(bytes);
    const video = document.createElement("video");
    videos.set(video, autoplay);
    const src = URL.createObjectURL(new Blob([bytes], { type }));
    Object.assign(video, { loop, muted, defaultPlaybackRate: playbackRate, playsInline: true, preload: "auto", src });
    await firstPicture(video);
    video.onerror = () => {
      if (!isReleased) report(located(failureOf(video), "a video", "E011"));
    };
    return video;
  }
  function follow(time, isPlaying) {
    for (const video of moving()) {
      const place = placeIn(video, time);
      let away = Math.abs(video.currentTime - place);
      if (video.loop) away = Math.min(away, Math.abs(video.duration - away) || away);
      if (!video.seeking && away > DRIFT) video.currentTime = place;
      if (!isPlaying) video.pause();
      else if (video.paused && !(video.ended && place >= video.duration)) play(video);
    }
  }
  async function play(video) {
    try {
      await video.play();
    } catch (error) {
      if (
        /** @type {Error} */
        error.name !== "AbortError"
      ) report(located(error, "a video", ""));
    }
  }
  function cue(time) {
    const cued = moving();
    if (!cued.length) return void 0;
    return Promise.all(cued.map((video) => new Promise((resolve) => {
      for (const type of ["seeked", "error", "emptied"]) video.addEventListener(type, resolve, { once: true });
      video.currentTime = placeIn(video, time);
    })));
  }
  function release() {
    isReleased = true;
    for (const video of elements()) {
      video.pause();
      URL.revokeObjectURL(video.src);
      video.removeAttribute("src");
      video.load();
    }
    videos.clear();
  }
  return { elements, isWaiting, load: load2, follow, cue, release };
}

// src/execute.js
var REFUSALS = (
  /** @type {Record<string, string>} */
  { SET_PIPELINE: "E001", CREATE_TEXTURE: "E006" }
);
var BUNDLED = /^(SET_(PIPELINE|BIND_GROUP|VERTEX_BUFFER|INDEX_BUFFER)|DRAW|PUSH_|POP_|INSERT_)/;
var PROGRAMS2 = ["shader", "pipeline"];
var USES = { VERTEX: 32, INDEX: 16, INDIRECT: 256, INDEXED: 256, QUERY: 512, BUFFER: 8, FROM: 8 };
var COPY_SRC = 4;
var IS_CUT = 1;
var SOURCES = (
  /** @type {[string, number, number][]} */
  [
    ["pointer", INPUTS.pointerInputs, INPUTS.frameInputs],
    ["keys", INPUTS.keyboardInputs, INPUTS.audioInputs]
  ]
);
function executeOn(device, screen, plugins, executor, report, maxGpuBytes) {
  const meter = new Meter();
  const recording = new Recording(device);
  const resources = new Resources(screen, maxGpuBytes);
  const videos = videosOf(report);
  const assets = assetsOf(videos, resources, meter);
  const recipes = [];
  let isStarting = true;
  let inputsAt = 0;
  let scene = 0;
  const reads = /* @__PURE__ */ new Set();
  const actionOf = actionsOf({ device, executor, resources, recording, meter, noteRead, executeBundled }, {
    ...moduleActions(device, executor, meter, noteRead),
    SET_SCENE(shown2) {
      scene = shown2;
    }
  });
  function executeBundled(command) {
    act(command, true);
  }
  function load2(commands) {
    return assets.load(commands.read(), plugins);
  }
  function call(time) {
    const [width, height] = screen.size();
    const isFirst = time === void 0;
    const status = (isFirst ? executor.init() : executor.frame(time, width, height)) >>> 0;
    if (status) fail(`the executor says: ${STATUSES[status] ?? `status ${status}`}`, "executor");
    const memory = new Uint8Array(executor.memory.buffer);
    inputsAt = executor.getInputsPtr() >>> 0;
    meter.reset();
    const bytes = new Reader(memory.subarray(executor.getCommandPtr() >>> 0)).take(executor.getCommandLen() >>> 0);
    const header = new Reader(bytes);
    const total = header.u32();
    const count = header.u16();
    const flags = header.u16();
    if (total !== bytes.length || flags & IS_CUT) fail("the command buffer is cut off");
    return { read: () => decodeCommands(bytes.subarray(header.at), memory, 0), count, isFirst };
  }
  function perform({ read, count, isFirst }) {
    if (videos.elements().length) renew("video");
    isStarting = isFirst;
    recording.start(!isFirst);
    let done = 0;
    let last = "";
    for (const command of read()) {
      execute(command);
      done += 1;
      last = command.op.name;
    }
    if (done !== count || !recording.isDone || last !== "END") fail("the command buffer ends too early", "E007");
  }
  function renew(cause) {
    const stale = /* @__PURE__ */ new Set([cause]);
    isStarting = true;
    recording.end();
    meter.reset();
    for (const recipe of recipes) {
      if (![...recipe.uses].some((label) => stale.has(label))) continue;
      stale.add(recipe.thing);
      execute(recipe);
    }
  }
  function noteInput(offset) {
    noteRead(inputsAt + offset, 4);
  }
  function release() {
    assets.release();
    videos.release();
  }
  function noteRead(at, length) {
    for (const [name, start, end] of SOURCES) {
      if (at < inputsAt + end && at + length > inputsAt + start) reads.add(name);
    }
  }
  function execute(command) {
    resources.uses = /* @__PURE__ */ new Set();
    try {
      act(command, false);
    } catch (error) {
      if (command.op.kind >= 0) recording.end();
      if (!SKIPS.includes(
        /** @type {PngineError} */
        error.code
      )) throw error;
      report(
        /** @type {PngineError} */
        error
      );
    }
  }
  function act(command, isBundled) {
    const { op, where } = command;
    try {
      checkPlace(op, isBundled);
      if (op.kind >= 0) create(command);
      else {
        resources.label = op.name;
        actionOf(op)(...operandsOf(command));
      }
      const [verb, noun] = op.name.split("_");
      if (verb === "SET") recording.has[noun] = true;
    } catch (error) {
      throw located(error, where, error instanceof TypeError && REFUSALS[op.name] || codeOf(error));
    }
  }
  function checkPlace({ name, plugin, place }, isBundled) {
    const { pass, place: passPlace, has } = recording;
    if (!(plugins & plugin)) fail("the scene does not declare the plugin of this command", "E009");
    const isAllowed = { I: isStarting && !pass, O: !pass, P: Boolean(pass), A: true }[place] ?? place === passPlace;
    if (!isAllowed || isBundled && !BUNDLED.test(name)) fail("it may not stand here", "E007");
    const [verb, noun] = name.split("_");
    if ((verb === "DRAW" || verb === "DISPATCH") && !has.PIPELINE) fail("no pipeline is set", "E003");
    if (noun === "INDEXED" && !has.INDEX) fail("no index buffer is set", "E003");
  }
  function create(command) {
    const { op, args: [id] } = command;
    const label = labelOf(command);
    resources.label = label;
    if (PROGRAMS2.includes(KINDS[op.kind])) meter.program();
    const isRenewed = "uses" in command;
    if (isRenewed) resources.free(op.kind, id);
    const table = resources.tables[op.kind];
    if (table.has(id) || id >= CANVAS) fail(`there is a ${label} already`, "E001");
    if (!isRenewed) recipes.push({ ...command, thing: label, uses: resources.uses });
    const [, ...operands] = operandsOf(command);
    table.set(id, assets.has(label) ? assets.take(label) : actionOf(op)(...operands));
  }
  function operandsOf({ op: { name, operands }, args, where }) {
    return args.map((operand, i) => {
      if (!operands[i].startsWith("r")) return operand;
      if (operand === NONE && name === "BEGIN_RENDER_PASS") return null;
      const thing = resources.resolve(kindOf(operands[i]), operand);
      if (operands[i] === "rA") checkUsage(thing, name, i, where);
      return thing;
    });
  }
  function checkUsage(buffer, name, operand, where) {
    const [, noun] = name.split("_");
    const bit = name === "COPY_BUFFER" && operand === 0 ? COPY_SRC : USES[noun];
    if (bit && !(buffer.usage & bit)) report(new PngineError(`${where}: ${buffer.label} lacks the usage ${bit}`, "E005"));
  }
  return { resources, videos, meter, reads, scene: () => scene, load: load2, call, perform, renew, noteInput, release };
}

// src/gpu_watch.js
var PARTS = 10;
var MAX_INTERVAL = 2 ** 31 - 1;
function watchOver(device, seconds, onStall) {
  let isOver = false;
  let isStalled = false;
  let timer = 0;
  let parts = 0;
  let hasMore = false;
  const waiting = /* @__PURE__ */ new Set();
  function retry() {
    isStalled = false;
    parts = 0;
  }
  function submitted() {
    hasMore = true;
    if (timer || isOver) return;
    hasMore = false;
    parts = 0;
    const interval = Math.min(seconds * 1e3 / PARTS, MAX_INTERVAL);
    timer = Number(setInterval(count, interval));
    device.queue.onSubmittedWorkDone().then(finished, finished);
  }
  function count() {
    parts += 1;
    if (parts !== PARTS) return;
    isStalled = true;
    settleAll();
    onStall();
  }
  function finished() {
    clearInterval(timer);
    timer = 0;
    isStalled = false;
    if (hasMore) submitted();
  }
  function unlessStalled(answer) {
    return new Promise((settle) => {
      const done = () => {
        waiting.delete(settle);
        settle();
      };
      waiting.add(settle);
      answer.then(done, done);
    });
  }
  function end() {
    isOver = true;
    clearInterval(timer);
    settleAll();
  }
  function settleAll() {
    for (const settle of waiting) settle();
    waiting.clear();
  }
  return {
    submitted,
    unlessStalled,
    retry,
    end,
    isStalled: () => isStalled,
    /** How many wait for the device. */
    waiting: () => waiting.size
  };
}

// src/input_block.js
var BANDS = 256;
var SINGLE = 4;
function inputBlockOf({ memory, getInputsPtr }) {
  return new DataView(memory.buffer, getInputsPtr() >>> 0, INPUTS.size);
}
function fillInputs(block, { pointer, keys }, { delta, frame, seed, devicePixelRatio }, analyser) {
  pointer.forEach((value, i) => block.setFloat32(INPUTS.pointerInputs + SINGLE * i, value, true));
  keys.forEach((byte, i) => block.setUint8(INPUTS.keyboardInputs + i, byte));
  block.setFloat32(INPUTS.frameInputs, delta, true);
  block.setUint32(INPUTS.frameInputs + 4, frame, true);
  block.setUint32(INPUTS.frameInputs + 8, seed, true);
  block.setFloat32(INPUTS.frameInputs + 12, devicePixelRatio, true);
  if (analyser) hear(block, analyser);
  else new Uint8Array(block.buffer, block.byteOffset + INPUTS.audioInputs, BANDS * SINGLE).fill(0);
}
function hear(block, analyser) {
  const heard = new Uint8Array(analyser.frequencyBinCount);
  analyser.getByteFrequencyData(heard);
  for (let band = 0; band < BANDS; band++) {
    const from = Math.floor(band * heard.length / BANDS);
    const to = Math.max(Math.floor((band + 1) * heard.length / BANDS), from + 1);
    const loudest = Math.max(...heard.subarray(from, to)) / 255;
    block.setFloat32(INPUTS.audioInputs + SINGLE * band, loudest, true);
  }
}

// src/picture.js
function placeIn2(text, room) {
  let sum = 0;
  for (const [, sign, number, unit] of text.matchAll(/([-+]?)\s*([\d.]+(?:e-?\d+)?)(%|px)/g)) {
    const scale = unit === "%" ? room / 100 : 1;
    sum += (sign === "-" ? -1 : 1) * Number(number) * scale;
  }
  return sum;
}
function pictureOf(canvas) {
  const nowhere = { left: 0, top: 0, width: 0, height: 0 };
  if (!("clientWidth" in canvas) || !canvas.clientWidth || !canvas.clientHeight) return nowhere;
  const style = getComputedStyle(canvas);
  const padding = (side) => parseFloat(style.getPropertyValue(`padding-${side}`)) || 0;
  const left = padding("left");
  const top = padding("top");
  const across = canvas.clientWidth - left - padding("right");
  const down = canvas.clientHeight - top - padding("bottom");
  if (!(across > 0 && down > 0 && canvas.width && canvas.height)) return nowhere;
  const contain = Math.min(across / canvas.width, down / canvas.height);
  const cover = Math.max(across / canvas.width, down / canvas.height);
  const scale = { contain, cover, none: 1, "scale-down": Math.min(1, contain) }[style.objectFit];
  const width = scale ? canvas.width * scale : across;
  const height = scale ? canvas.height * scale : down;
  const [x = "50%", y = "50%"] = style.objectPosition.match(/calc\([^)]*\)|\S+/g) ?? [];
  return { left: left + placeIn2(x, across - width), top: top + placeIn2(y, down - height), width, height };
}

// src/inputs.js
function isEditable(target) {
  return target.isContentEditable || /^(input|textarea|select)$/.test(target.localName);
}
var OPERABLE = "a, button, summary, video, audio, [tabindex]";
var RESERVED = /^(Tab|Escape|F\d+)$/;
var WHEEL_UNITS = [1, 16];
var [PLACE, PRESS, MOVEMENT, BUTTONS, WHEEL] = [0, 2, 4, 6, 9];
function inputsOf(canvas, signal, { keys: keyOption = "canvas", touchAction = "none" }) {
  const pointer = new Float32Array(12);
  const keys = new Uint8Array(32);
  const attended = /* @__PURE__ */ new Set();
  let held;
  function listen() {
    on(canvas, ["pointerenter"], (event) => {
      if (!isOther(event)) follow(event, false);
    });
    on(canvas, ["pointermove"], move);
    on(canvas, ["pointerdown"], press);
    on(globalThis, ["pointerup", "pointercancel"], release, { capture: true });
    on(canvas, ["wheel"], ({ deltaX, deltaY, deltaMode }) => {
      const pixels = WHEEL_UNITS[deltaMode] ?? canvas.height;
      pointer[WHEEL] += deltaX * pixels;
      pointer[WHEEL + 1] += deltaY * pixels;
    });
    if (keyOption) listenToKeys(keyOption);
  }
  function listenToKeys(where) {
    const letGo = () => {
      keys.fill(0);
    };
    on(where === "page" ? globalThis : canvas, ["keydown", "keyup"], key, { passive: false });
    on(globalThis, ["blur"], letGo);
    if (where === "canvas") on(canvas, ["blur"], letGo);
    else {
      on(globalThis, ["focusin"], (event) => {
        if (isEditable(event.composedPath()[0])) letGo();
      });
    }
    if (globalThis.document) on(document, ["visibilitychange"], letGo);
  }
  function on(target, types, handler, how) {
    for (const type of types) target.addEventListener(type, handler, { signal, passive: true, ...how });
  }
  function follow(event, hasMoved) {
    const { left, top, width, height } = pictureOf(canvas);
    if (!width || !height) return;
    const x = (event.offsetX - left) / width;
    const y = (event.offsetY - top) / height;
    if (hasMoved) {
      pointer[MOVEMENT] += x - pointer[PLACE];
      pointer[MOVEMENT + 1] += y - pointer[PLACE + 1];
    }
    const modifiers = +event.shiftKey | +event.ctrlKey << 1 | +event.altKey << 2 | +event.metaKey << 3;
    pointer.set([x, y], PLACE);
    pointer.set([event.buttons, event.pressure, modifiers], BUTTONS);
  }
  function isOther({ pointerId }) {
    return held !== void 0 && pointerId !== held;
  }
  function move(event) {
    if (isOther(event)) return;
    follow(event, true);
    if (!event.buttons) release(event);
  }
  function press(event) {
    if (isOther(event)) return;
    follow(event, false);
    held = event.pointerId;
    pointer.copyWithin(PRESS, PLACE, PLACE + 2);
    if (!attended.has("pointer")) return;
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch {
    }
  }
  function release(event) {
    if (event.pointerId !== held) return;
    held = void 0;
    for (const i of [PRESS, PRESS + 1]) pointer[i] = -Math.abs(pointer[i]);
    pointer.fill(0, BUTTONS, BUTTONS + 2);
  }
  function key(event) {
    const target = (
      /** @type {any} */
      event.composedPath()[0]
    );
    const isForPage = isEditable(target) || !target.matches?.(`html, body, canvas, ${OPERABLE}`);
    if (keyOption === "page" && isForPage) return;
    const { type, keyCode, ctrlKey, altKey, metaKey } = event;
    if (keyCode > 255 || event.isComposing) return;
    const bit = 1 << (keyCode & 7);
    if (type === "keydown") keys[keyCode >> 3] |= bit;
    else keys[keyCode >> 3] &= ~bit;
    const isFree = !RESERVED.test(event.key) && !ctrlKey && !altKey && !metaKey;
    const isForScene = target === canvas || !target.matches(OPERABLE);
    if (isFree && attended.has("keys") && isForScene) event.preventDefault();
  }
  function rest() {
    pointer.fill(0, MOVEMENT, MOVEMENT + 2);
  }
  function attend(reads) {
    if (reads.size === attended.size || !("style" in canvas)) return;
    const isNew = (name) => reads.has(name) && !attended.has(name);
    if (isNew("pointer") && touchAction !== false) {
      const before = canvas.style.touchAction;
      canvas.style.touchAction = touchAction;
      signal.addEventListener("abort", () => {
        canvas.style.touchAction = before;
      });
    }
    if (isNew("keys") && keyOption === "canvas" && !canvas.hasAttribute("tabindex")) {
      canvas.tabIndex = 0;
      signal.addEventListener("abort", () => {
        if (document.activeElement !== canvas) canvas.removeAttribute("tabindex");
      });
    }
    for (const name of reads) attended.add(name);
  }
  return { pointer, keys, listen, rest, attend };
}

// src/reports.js
var MAX_MESSAGES = 1e3;
function callPage(callback, ...args) {
  try {
    callback?.(...args);
  } catch (error) {
    globalThis.reportError(error);
  }
}
function reportsTo(tellPage, signal) {
  const told = /* @__PURE__ */ new Set();
  function tell(error) {
    if (signal.aborted || told.has(error.message) || told.size > MAX_MESSAGES) return;
    told.add(error.message);
    const isLast = told.size > MAX_MESSAGES;
    callPage(tellPage, isLast ? new PngineError(`${MAX_MESSAGES} different errors, and no more is told`) : error);
  }
  function tellAgain(error) {
    told.delete(error.message);
    tell(error);
  }
  function tellGpu(error) {
    if (error) tell(new PngineError(error.message, "webgpu"));
  }
  async function tellShader(shader) {
    const { messages } = await shader.getCompilationInfo();
    for (const { type, lineNum, linePos, message } of messages) {
      const text = `${shader.label}, line ${lineNum}, column ${linePos}: ${message}`;
      if (type === "error") tell(new PngineError(text, "webgpu"));
      else console.warn(text);
    }
  }
  return { tell, tellAgain, tellGpu, tellShader };
}

// src/surface.js
var CANVAS_USAGE = 19;
var OWNERS = /* @__PURE__ */ new WeakMap();
function surfaceOn(canvas, device, options, wanted) {
  const context = (
    /** @type {GPUCanvasContext | null} */
    canvas.getContext("webgpu") ?? fail("the canvas gives no WebGPU context: it already has one of another kind", "canvas")
  );
  const format = navigator.gpu.getPreferredCanvasFormat();
  let draft;
  let isShown = false;
  function size() {
    const { width, height } = canvas;
    const [across, down] = !isShown && options.size || [width, height];
    return [clamped(across, 0), clamped(down, 0)];
  }
  function clamped(length, least) {
    return whole(length, least, device.limits.maxTextureDimension2D);
  }
  function fit([width, height]) {
    const hasChanged = canvas.width !== width || canvas.height !== height;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    return hasChanged;
  }
  function texture() {
    if (isShown) return context.getCurrentTexture();
    const [width, height] = size();
    if (draft?.width !== width || draft.height !== height) {
      draft?.destroy();
      draft = device.createTexture({ label: "canvas", size: [width, height], format, usage: CANVAS_USAGE });
    }
    return draft;
  }
  function appear(owner, report) {
    const wantedSize = size();
    configure(wantedSize, report);
    const before = OWNERS.get(canvas);
    OWNERS.set(canvas, owner);
    before?.destroy();
    fit(wantedSize);
    isShown = true;
    if (draft) showDraft(draft, wantedSize);
  }
  function configure([width, height], report) {
    device.pushErrorScope("validation");
    try {
      context.configure({
        device,
        format,
        alphaMode: options.alphaMode ?? wanted.alphaMode ?? "opaque",
        colorSpace: wanted.colorSpace ?? "srgb",
        toneMapping: { mode: wanted.toneMapping ?? "standard" },
        usage: CANVAS_USAGE
      });
    } finally {
      const told = (error) => {
        if (width && height) report(error);
      };
      device.popErrorScope().then(told, () => {
      });
    }
  }
  function showDraft(texture2, extent) {
    const encoder = device.createCommandEncoder();
    encoder.copyTextureToTexture({ texture: texture2 }, { texture: context.getCurrentTexture() }, extent);
    device.queue.submit([encoder.finish()]);
    texture2.destroy();
    draft = void 0;
  }
  function release(owner) {
    if (OWNERS.get(canvas) === owner) {
      OWNERS.delete(canvas);
      context.unconfigure();
    }
    draft?.destroy();
  }
  return { canvas, size, clamped, fit, texture, appear, release, isShown: () => isShown };
}

// src/timeline.js
var ENDS = (
  /** @type {const} */
  ["hold", "stop", "repeat", "repeat"]
);
var OTHER_BLOCKS = 2;
function framesOf({ bytecode, names: [names] }) {
  const [version, , , , low = 0, high = 0] = bytecode;
  const count = version === 1 ? low + high * 256 - OTHER_BLOCKS : 0;
  const length = Math.max(count, names.length, 1);
  return Object.freeze(Array.from({ length }, (_, i) => names[i] ?? ""));
}
function timelineOf({ names: [, names] }, { duration = 0, endBehavior = 0, scenes = [] }) {
  const timed = scenes.map(({ start = 0, end, frame = 0 }, i) => Object.freeze({ name: names[i] ?? "", start: start / 1e3, end: end / 1e3, frame }));
  const list = Object.freeze(timed);
  return { scenes: list, duration: duration / 1e3 || Infinity, end: ENDS[endBehavior] ?? "hold" };
}

// src/members.js
var NUMBERS = {
  float32: { scalar: "f32", size: 4, convert: Number, write: (view, at, value) => view.setFloat32(at, value, true) },
  sint32: {
    scalar: "i32",
    size: 4,
    convert: (value) => whole(value, -(2 ** 31), 2 ** 31 - 1),
    write: (view, at, value) => view.setInt32(at, value, true)
  },
  uint32: {
    scalar: "u32",
    size: 4,
    convert: (value) => whole(value, 0, 2 ** 32 - 1),
    write: (view, at, value) => view.setUint32(at, value, true)
  },
  float16: { scalar: "f16", size: 2, convert: Number, write: (view, at, value) => view.setUint16(at, half(value), true) }
};
function typeOf(scalar, { columns = 1, rows: rows2 = 1, count }) {
  let type = rows2 > 1 ? `vec${rows2}<${scalar}>` : scalar;
  if (columns > 1) type = `mat${columns}x${rows2}<${scalar}>`;
  return count === void 0 ? type : `array<${type}, ${count}>`;
}
function placeOfMember({ module, name: variable, buffer }, member) {
  const { name, offset = 0, columns = 1, rows: rows2 = 1, count = 1, arrayStride, input } = member;
  const { scalar, size, convert, write } = NUMBERS[member.type] ?? fail(`damaged scene: a member of the uniform ${variable} is a ${member.type}`, "damaged");
  const type = typeOf(scalar, member);
  const column = size * (rows2 === 3 ? 4 : rows2);
  const stride = arrayStride ?? columns * column;
  const middle = name ? `${variable}.${name}` : variable;
  return {
    names: [`${module}.${middle}`, middle, name || variable],
    key: `${buffer} ${offset} ${type} ${stride}`,
    type,
    buffer,
    length: count * columns * rows2,
    element: columns * rows2,
    input,
    convert,
    write,
    at(i) {
      const vector = Math.floor(i / rows2);
      return offset + Math.floor(vector / columns) * stride + vector % columns * column + i % rows2 * size;
    }
  };
}

// src/uniforms.js
var WORD = 4;
var MOST_ZEROS = 2 ** 15;
function decimal(single) {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return single;
}
function numbersOf({ length }, first) {
  if (length === 1) return first[0] ?? 0;
  const more = Math.max(0, Math.min(length, MOST_ZEROS) - first.length);
  return [...first, ...new Array(more).fill(0)];
}
function takes({ length, element }, count) {
  return count === length || count > 0 && count < length && count % element === 0;
}
function soundControl({ value = [], min, max, step, label, color = false }, name) {
  const numbers = [value, min ?? 0, max ?? 0, step ?? 1].flat();
  if (!numbers.every(Number.isFinite) || (step ?? 1) <= 0 || typeof (label ?? "") !== "string" || typeof color !== "boolean")
    fail(`damaged scene: what it says of the uniform ${name}`, "damaged");
  const [least, most, by] = [min, max, step].map((number) => number && decimal(number));
  return { value: [value].flat().map(decimal), min: least, max: most, step: by, label, color };
}
function flatten(value) {
  return typeof value === "object" && value ? Array.from(value, flatten).flat() : [value];
}
function getOrMake(map, key, make) {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
function writeWords(queue, target, words2, offsets) {
  let first = 0;
  for (let next = 1; next <= offsets.length; next++) {
    if (offsets[next] === offsets[next - 1] + WORD) continue;
    const run = offsets.slice(first, next);
    const bytes = new DataView(new ArrayBuffer(run.length * WORD));
    run.forEach((offset, i) => bytes.setUint32(i * WORD, words2.get(offset)?.getUint32(0) ?? 0));
    queue.writeBuffer(target, offsets[first], bytes);
    first = next;
  }
}
function uniformsOf(blocks, controls) {
  const count = blocks.reduce((sum, { uniforms }) => sum + uniforms.length, 0);
  within(count, UNIFORMS, "uniforms");
  const places = blocks.flatMap((block) => block.uniforms.map((member) => placeOfMember(block, member)));
  const tiers = [/* @__PURE__ */ new Map(), /* @__PURE__ */ new Map(), /* @__PURE__ */ new Map()];
  for (const place of places) {
    for (const [tier, name] of place.names.entries()) getOrMake(tiers[tier], name, () => []).push(place);
  }
  const said = /* @__PURE__ */ new Map();
  const known = /* @__PURE__ */ new Map();
  const found = /* @__PURE__ */ new Map();
  const words2 = /* @__PURE__ */ new Map();
  const changed = /* @__PURE__ */ new Map();
  describe();
  const list = listed();
  function describe() {
    for (const { module, name, uniforms } of controls) {
      for (const control of uniforms) {
        const long = [module, name, ...control.name ? [control.name] : []].join(".");
        const sound = soundControl(control, long);
        const { value = [] } = sound;
        const described = tiers[0].get(long) ?? fail(`damaged scene: there is no uniform ${long}`, "damaged");
        for (const place of described) {
          if (value.length && !takes(place, value.length))
            fail(`damaged scene: the uniform ${long} begins with ${value.length} numbers`, "damaged");
          if (said.has(place.key)) continue;
          said.set(place.key, sound);
          put(place, value);
        }
      }
    }
    changed.clear();
  }
  function listed() {
    const named = /* @__PURE__ */ new Map();
    const keys = /* @__PURE__ */ new Set();
    for (const place of places) {
      const { names: [long, middle, bare], key, type, length, input } = place;
      const name = [bare, middle, long].find((name2) => {
        const [meaning, other] = find(name2);
        return !other && meaning.has(key);
      });
      if (name && !named.has(name) && !keys.has(key)) {
        const { value = [], min, max, step, label = name, color = false } = said.get(key) ?? {};
        const first = numbersOf(place, value);
        if (typeof first === "object") Object.freeze(first);
        const isInput = input !== void 0;
        named.set(name, Object.freeze({ name, type, length, input: isInput, label, default: first, min, max, step, color }));
      }
      keys.add(key);
    }
    return Object.freeze([...named.values()]);
  }
  function find(name) {
    const known2 = found.get(name);
    if (known2) return known2;
    const byLongName = /* @__PURE__ */ new Map();
    for (const place of tiers.find((tier) => tier.has(name))?.get(name) ?? []) {
      getOrMake(byLongName, place.names[0], () => /* @__PURE__ */ new Map()).set(place.key, place);
    }
    const different = /* @__PURE__ */ new Map();
    for (const meaning of byLongName.values()) {
      const keys = [...meaning.keys()].sort().join();
      if (!different.has(keys)) different.set(keys, meaning);
    }
    const meanings = [...different.values()];
    if (meanings.length) found.set(name, meanings);
    return meanings;
  }
  function set(entries) {
    const checked = entries.map(([name, value]) => ({ meant: settable(name), values: valuesFor(name, value) }));
    for (const { meant, values } of checked) for (const place of meant) put(place, values);
  }
  function valuesFor(name, value) {
    const values = flatten(value);
    const wrong = values.findIndex((number) => typeof number !== "boolean" && !Number.isFinite(number));
    if (wrong >= 0) fail(`the uniform ${name} takes numbers, not ${shown(values[wrong])}`, "uniform");
    for (const place of settable(name)) {
      const { type, length } = place;
      if (!takes(place, values.length))
        fail(`the uniform ${name} is ${type} and takes ${length} numbers, not ${values.length}`, "uniform");
    }
    return values.map(Number);
  }
  function get(name) {
    const [place] = placesOf(name);
    return numbersOf(place, known.get(place.key) ?? []);
  }
  function placesOf(name) {
    const meanings = find(name);
    if (!meanings.length) {
      const names = list.map((uniform) => uniform.name);
      const others = names.length ? ` ${name}, only ${some(names)}` : `s, and so no ${name}`;
      fail(`the scene has no uniform${others}`, "uniform");
    }
    if (meanings.length > 1) {
      const longNames = meanings.map((places2) => [...places2.values()][0].names[0]);
      fail(`the uniform ${name} may be ${some(longNames, " or ")}`, "uniform");
    }
    return [...meanings[0].values()];
  }
  function settable(name) {
    const meant = placesOf(name);
    if (meant.some(({ input }) => input !== void 0))
      fail(`the player writes the uniform ${name} itself, before every frame`, "uniform");
    return meant;
  }
  function put({ buffer, key, at, convert, write }, numbers) {
    const values = numbers.map(convert);
    known.set(key, [...values, ...(known.get(key) ?? []).slice(values.length)]);
    const held = getOrMake(words2, buffer, () => /* @__PURE__ */ new Map());
    const fresh = getOrMake(changed, buffer, () => /* @__PURE__ */ new Set());
    for (const [i, value] of values.entries()) {
      const offset = at(i);
      const start = offset - offset % WORD;
      const word = getOrMake(held, start, () => new DataView(new ArrayBuffer(WORD)));
      fresh.add(start);
      write(word, offset - start, value);
    }
  }
  function flush(inputs, queue, buffers) {
    for (const place of places) {
      const { input } = place;
      if (input !== void 0 && input + 4 <= inputs.byteLength) put(place, [inputs.getFloat32(input, true)]);
    }
    for (const [buffer, offsets] of changed) {
      const target = buffers.get(buffer) ?? fail(`there is no buffer ${buffer} for the uniforms`, "E001");
      writeWords(queue, target, words2.get(buffer) ?? /* @__PURE__ */ new Map(), [...offsets].sort((one, other) => one - other));
    }
    changed.clear();
  }
  return {
    /** The uniforms, each once, by the name to call it by. */
    list,
    /** Offsets in the input block of what is read there. */
    inputs: places.flatMap(({ input }) => input ?? []),
    set,
    get,
    flush
  };
}

// src/player.js
var MAX_WAITING = 16;
var MAX_WAITING_BYTES = 2 ** 26;
var COMPUTE = 1 << PLUGINS.indexOf("compute");
var NO_FRAME = 4294967295;
var Player = class {
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
    const { maxGpuBytes = GPU_BYTES, gpuSeconds = GPU_SECONDS } = options;
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
      onEnd: () => callPage(options.onEnd, this)
    }, this.#timeline, options, Boolean(payload.plugins & COMPUTE));
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
    if (analyser !== void 0 && !test(analyser)) throw new TypeError(`the analyser must be ${wanted}, not ${shown(analyser)}`);
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
    const first = autoplay === false ? void 0 : this.#frame(0);
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
    this.#drawn = NaN;
    if (this.playing) {
      this.#clock.set(time);
      return;
    }
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
      devicePixelRatio: width ? this.#surface.size()[0] / width : 1
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
};

// src/load.js
var CLAIMS = /* @__PURE__ */ new WeakMap();
async function load(source, canvas, options = {}) {
  checkArguments(source, canvas, options);
  const { signal } = options;
  const aborted = () => new PngineError("loading was aborted", "aborted", signal?.reason);
  if (signal?.aborted) throw aborted();
  const claim = new AbortController();
  CLAIMS.get(canvas)?.abort(superseded());
  CLAIMS.set(canvas, claim);
  const abort = () => claim.abort(aborted());
  signal?.addEventListener("abort", abort);
  const givenUp = new Promise((_, reject) => claim.signal.addEventListener("abort", () => reject(claim.signal.reason)));
  try {
    return await Promise.race([build(source, canvas, options, claim), givenUp]);
  } finally {
    signal?.removeEventListener("abort", abort);
    yieldClaim(canvas, claim);
  }
}
function superseded() {
  return new PngineError("another scene was loaded onto the canvas meanwhile", "superseded");
}
function yieldClaim(canvas, claim) {
  if (CLAIMS.get(canvas) === claim) CLAIMS.delete(canvas);
}
async function build(source, canvas, options, controller) {
  const claim = controller.signal;
  const bytes = await bytesOf(source, claim);
  const payload = await readScene(bytes, options.maxBytes);
  const extras = readExtensions(payload);
  claim.throwIfAborted();
  const executor = await startExecutor(payload, options.executor, claim).catch((error) => Promise.reject(ours(error, "damaged executor", "executor")));
  claim.throwIfAborted();
  const device = await openDevice(extras.device, options.device).catch((error) => Promise.reject(ours(error, "WebGPU gives no device", "no-webgpu")));
  let player;
  try {
    claim.throwIfAborted();
    player = new Player(canvas, device, payload, extras, executor, options);
    await player.start(claim, () => yieldClaim(canvas, controller));
    claim.throwIfAborted();
    if (player.destroyed) throw superseded();
    return player;
  } catch (error) {
    player?.destroy();
    if (!options.device) device.destroy();
    throw ours(error, "the scene cannot be played", "damaged");
  }
}
export {
  Player,
  PngineError,
  crc32,
  decodeCommands,
  decodeDescriptor,
  findScene,
  half,
  imageSize,
  inflate,
  load,
  parsePayload,
  readScene,
  textureBytes,
  videoType
};
