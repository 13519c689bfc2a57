// The pngine player. Built from viewers/web/src by `npm run build`: change the modules there, not this file.

// src/errors.js
var CODES = {
  network: "E0902",
  "not-png": "E0910",
  "no-scene": "E0911",
  damaged: "E0912",
  executor: "E0913",
  "no-executor": "E0914",
  "no-webgpu": "E0920",
  webgpu: "E0921",
  lost: "E0921",
  unsupported: "E0922",
  frame: "E0916",
  uniform: "E0923",
  canvas: "",
  aborted: "",
  superseded: "",
  argument: ""
};
var COMMAND_KINDS = { E010: "module", E011: "media", E012: "budget", E013: "stalled" };
var PngineError = class extends Error {
  /**
   * @param {string} message @param {string} [what] A kind, or the code of a command's error.
   * @param {unknown} [cause] What was thrown at first.
   */
  constructor(message, what = "command", cause) {
    super(message, cause === void 0 ? void 0 : { cause });
    this.kind = /** @type {any} */
    what in CODES ? what : COMMAND_KINDS[what] ?? "command";
    this.code = CODES[what] ?? (what === "command" ? "" : what);
    this.name = this.code ? `PngineError ${this.code}` : "PngineError";
  }
};
function fail(message, what = "E004", cause) {
  throw new PngineError(message, what, cause);
}
var codeOf = (error) => error instanceof PngineError ? error.kind in CODES ? error.kind : error.code || "command" : error instanceof TypeError || error instanceof RangeError ? "E004" : error?.name === "OperationError" ? "E002" : "command";
function located(error, where, what) {
  const own = error instanceof PngineError ? error : void 0;
  const kept = own && (own.kind === "budget" || own.kind === "unsupported" ? own.kind : void 0);
  const chosen = kept === "budget" ? "E012" : kept ?? what ?? codeOf(error);
  return new PngineError(`${where}: ${error instanceof Error ? error.message : error}`, chosen, own ? own.cause : error);
}
function locate(where, step, what) {
  try {
    return step();
  } catch (error) {
    throw located(error, where, what);
  }
}
var ours = (error, where, what) => error instanceof PngineError ? error : located(error, where, what);
function attempt(step) {
  try {
    return step();
  } catch (error) {
    throw ours(error, "the executor has failed", "executor");
  }
}

// src/tables.generated.js
var OP_ROWS = `
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
var FIELDS = `
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
var WORDS = `
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
var TYPES = `
texture sampler bindGroup bindGroupLayout renderPipeline computePipeline renderPass pipelineLayout textureView querySet
renderBundle buffer computePass copy region device canvas video animation uniforms`.trim().split(/\s+/);
var VALUES = `
false true uint int f32 word string object array ref null canvas f64 record bytes f32array canvasNumber`.trim().split(/\s+/);
var KINDS = `
buffer texture sampler shader pipeline bindGroup bindGroupLayout pipelineLayout textureView querySet renderBundle wasmModule
wasmCall image video scene defaultView`.trim().split(/\s+/);
var PLUGINS = "core render compute wasm animation texture".split(" ");
var STATUSES = `
ok;no bytecode or too short;bytecode version not supported;malformed bytecode;id, offset or length out of range;
command buffer does not fit;needs a plugin this executor lacks;\`frame\` before a successful \`init\``.trim().split(/;\s*/);
var SKIPS = "E001 E002 E006".split(" ");
var WARNS = "E005".split(" ");
var INPUTS = {
  pngineInputs: 0,
  sceneTimeInputs: 16,
  pointerInputs: 28,
  frameInputs: 76,
  keyboardInputs: 92,
  audioInputs: 124,
  size: 1148
};
var [CANVAS, NONE, WHOLE, MAX_DEPTH, ABI] = [65534, 65535, 4294967295, 16, 1];
var [MAX_PAYLOAD, COMMAND_CAPACITY, CAPACITY_TAG] = [67108864, 65536, 10];
var BUDGETS = {
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
  GPU_SECONDS: 10
};

// src/reader.js
var UTF8 = new TextDecoder("utf-8", { fatal: true });
var Reader = class {
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
  list = (item, length = this.varint()) => length <= this.bytes.length - this.at ? Array.from({ length }, item) : fail(`the count before byte ${this.at} is too large`);
};
var latin1 = (bytes) => String.fromCharCode(...bytes);
var startsWith = (bytes, text, at = 0) => latin1(bytes.subarray(at, at + text.length)) === text;

// src/commands.js
var OPS = new Map(OP_ROWS.map((row) => {
  const [code, name, [plugin, place], letters = ""] = row.split(" ");
  const kind = letters[0] === "n" ? letters.charCodeAt(1) - 65 : -1;
  return [parseInt(code, 16), { name, plugin: 1 << Number(plugin), place, operands: letters.match(/[nr].|./g) ?? [], kind }];
}));
function* decodeCommands(bytes, memory, base) {
  const r = new Reader(bytes);
  const pointed = (start = base + r.u32(), length = r.u32()) => start + length <= memory.length ? memory.subarray(start, start + length) : fail(`${length} bytes at ${start} are outside of the memory`);
  const read = { 1: r.u8, 2: r.u16, 4: r.u32, i: r.i32, f: r.f32, n: r.u16, r: r.u16, b: pointed };
  for (let index = 0, name = ""; r.at < bytes.length && name !== "END"; index++) {
    if (index > MAX_COMMANDS) fail(`more than ${MAX_COMMANDS} commands`, "E012");
    const op = OPS.get(r.u8()) ?? fail(`command ${index} has the unknown opcode ${bytes[r.at - 1]}`, "E008");
    const where = `command ${index}, ${name = op.name}`;
    yield { op, where, args: locate(where, () => op.operands.map(([how]) => read[how]())) };
  }
  if (r.at < bytes.length) fail("commands stand behind END", "E007");
}
var MAX_COMMANDS = 65535;

// src/budgets.js
var within = (amount, most, what) => amount <= most ? amount : fail(`over the budget: ${amount} ${what}, at most ${most} are allowed`, "E012");
function meterOf() {
  let counts = (
    /** @type {Record<string, number>} */
    {}
  );
  const count = (budget, what) => (amount) => void (counts[budget] = within((counts[budget] ?? 0) + amount, BUDGETS[budget], `${what} of one command buffer`));
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
    loaded: count("LOADED_BYTES", "bytes that are loaded")
  };
}

// src/descriptors.js
var READ = {
  false: () => false,
  true: () => true,
  null: () => void 0,
  uint: (r) => r.varint(),
  f32: (r) => r.f32(),
  f64: (r) => r.f64(),
  int(r) {
    const zigzag = r.varint();
    return zigzag % 2 ? -(zigzag + 1) / 2 : zigzag / 2;
  },
  word: (r, scope) => (WORDS[r.varint()] ?? fail("unknown word")).replace("preferredCanvasFormat", scope.format),
  string: (r) => r.text(),
  bytes: (r) => r.take(r.varint()),
  ref: (r, scope) => scope.resolve(r.u8(), r.varint()),
  object: (r, scope, depth) => readFields(r, scope, depth),
  array: (r, scope, depth) => r.list(() => readValue(r, scope, depth) ?? null),
  record: (r) => Object.fromEntries(r.list(() => (r.count(), [r.text(), r.f64()]))),
  f32array: (r) => r.list(() => (r.count(), r.f32())),
  canvas: (r, scope) => Math.max(1, Math.floor(scope.span(r.f32(), r.f32(), r.f32()) + 1 / 65536) || 0),
  canvasNumber: (r, scope) => scope.span(r.f32(), r.f32(), r.f32())
};
function readValue(r, scope, depth) {
  if (depth >= MAX_DEPTH) fail("values nest too deep");
  r.count();
  const read = READ[VALUES[r.u8()]] ?? fail("unknown value type");
  return read(r, scope, depth + 1);
}
var readFields = (r, scope, depth, count = r.varint()) => Object.fromEntries(r.list(() => [FIELDS[r.u8() - 1], readValue(r, scope, depth)], count).filter(([name]) => name));
function decodeDescriptor(bytes, type, scope) {
  within(bytes.length, BUDGETS.DESCRIPTOR_BYTES, "bytes of a descriptor");
  const r = new Reader(bytes);
  r.values = BUDGETS.DESCRIPTOR_VALUES;
  if (TYPES[r.u8() - 1] !== type) fail(`the descriptor is no ${type}`);
  const object = readFields(r, scope, 0, r.u8());
  return r.at === bytes.length ? object : fail("bytes are left over behind the descriptor");
}

// src/file.js
var CRC_TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 3988292384 ^ n >>> 1 : n >>> 1;
  return n;
});
function crc32(bytes) {
  let crc = -1;
  for (let at = 0; at < bytes.length; at++) crc = CRC_TABLE[(crc ^ bytes[at]) & 255] ^ crc >>> 8;
  return ~crc >>> 0;
}
function findScene(png) {
  const damaged = (what) => fail(`the PNG is damaged: ${what}`, "damaged");
  if (latin1(png.subarray(0, 8)) !== "PNG\r\n\n") fail("this is not a PNG", "not-png");
  const view = new DataView(png.buffer, png.byteOffset, png.length);
  const found = {};
  for (let at = 8, end; !found.IEND; at = end) {
    end = at + 12 + (at + 12 <= png.length ? view.getUint32(at) : 0);
    if (end > png.length) damaged(`the chunk at byte ${at} is cut off`);
    if (crc32(png.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) damaged(`the chunk at byte ${at} fails its checksum`);
    const kind = latin1(png.subarray(at + 4, at + 8));
    if (at === 8 !== (kind === "IHDR")) damaged("IHDR is not the first chunk, or comes twice");
    if (kind === "pNGb" && found.pNGb) fail("the PNG has a second scene", "damaged");
    found[kind] = png.subarray(at + 8, end - 4);
  }
  if (!found.IDAT) damaged("there is no IDAT");
  const [version, flags] = found.pNGb ?? fail("no scene in this PNG (re-encoded by a website?)", "no-scene");
  if (version !== 1 || !(flags <= 1))
    fail(`this player cannot read a scene chunk of version ${version} with flags ${flags}`, "unsupported");
  return { deflated: flags === 1, body: found.pNGb.subarray(2) };
}
var TURN = 20;
var nextTurn = () => new Promise((resolve) => setTimeout(resolve));
async function inflate(body, limit) {
  let [at, size, turn] = [0, 0, performance.now()];
  const pieces = { pull: (queue) => at < body.length ? queue.enqueue(body.slice(at, at += 4096)) : queue.close() };
  const reader = new ReadableStream(pieces).pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const inflated = [];
  try {
    for (; ; ) {
      const { value, done } = await reader.read();
      if (done) break;
      inflated.push(value);
      if ((size += value.length) > limit) break;
      if (performance.now() - turn < TURN) continue;
      await nextTurn();
      turn = performance.now();
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
  const bytes = new Uint8Array(size);
  let end = 0;
  for (const piece of inflated) bytes.set(piece, (end += piece.length) - piece.length);
  return bytes;
}
function parsePayload(bytes) {
  return locate("damaged scene", () => {
    const header = new Reader(bytes);
    if (latin1(header.take(4)) !== "PNGB") fail("it is not a pngine payload");
    const [version, flags, plugins] = [header.u16(), header.u16(), header.u8(), header.u8()];
    if (version !== 5) fail(`its version is ${version}, this player reads version 5`, version > 5 ? "unsupported" : "damaged");
    if (!(plugins & 1)) fail("it does not declare the core plugin");
    let [ranges, end] = [header.list(header.u32, 8), header.at];
    const section = (name, at, start = ranges[at], length = ranges[at + 1]) => start >= end && start + length <= bytes.length ? bytes.subarray(start, end = start + length) : fail(`its ${name} section lies outside of it or overlaps another`);
    if (flags & 1 ? !ranges[1] : ranges[0] || ranges[1]) fail("its flags and its executor section disagree");
    const executor = flags & 1 ? section("executor", 0) : void 0;
    const [bytecode, strings, data] = [section("bytecode", 2), section("string table", 6), section("data", 4)];
    const names = [[], []];
    const counts = [];
    for (const table = new Reader(strings); table.at < strings.length; ) {
      const [kind, id, text] = [table.u8(), table.varint(), table.take(table.varint())];
      counts[kind] = within((counts[kind] ?? 0) + 1, BUDGETS.NAMES, "names of one kind");
      if (id < CANVAS && names[kind]) names[kind][id] = UTF8.decode(text);
    }
    const extensions = /* @__PURE__ */ new Map();
    for (const rest = new Reader(bytes.subarray(flags & 4 ? end : bytes.length)); rest.at < rest.bytes.length; ) {
      const [tag, content] = [rest.u8(), rest.take(rest.u32())];
      if (!extensions.has(tag)) extensions.set(tag, content);
    }
    return { plugins, executor, bytecode, data, extensions, names };
  }, "damaged");
}
async function readScene(bytes, limit = MAX_PAYLOAD) {
  if (latin1(bytes.subarray(0, 4)) === "PNGB") return parsePayload(bytes);
  const { deflated, body } = findScene(bytes);
  return parsePayload(deflated ? await inflate(body, limit) : body);
}
async function bytesOf(source, signal) {
  let got = source;
  if (typeof got === "string" || got instanceof URL)
    got = await fetch(got, { signal }).catch((error) => fail(`${source}: ${error.message} (offline? CORS or CSP?)`, "network", error));
  const response = got instanceof Response ? got : new Response(
    /** @type {ArrayBuffer} */
    got
  );
  if (!response.ok) fail(`${response.url}: ${response.status} ${response.statusText}`, "network");
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw located(error, response.url || "the bytes cannot be read", "network");
  }
}
function isSource(value) {
  return typeof value === "string" || value instanceof URL || value instanceof Response || value instanceof Blob || value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

// src/device.js
async function openDevice({ requiredFeatures = [], optionalFeatures = [], requiredLimits = {} }, given) {
  const check = ({ features: features2, limits }, who) => {
    const lacking = requiredFeatures.filter((feature) => !features2.has(feature)).map((feature) => `the feature ${feature}`);
    for (const [name, needed] of Object.entries(requiredLimits)) {
      const most = (
        /** @type {any} */
        limits[name]
      );
      const enough = typeof most === "number" && (name.startsWith("min") ? most <= needed : most >= needed);
      if (!enough) lacking.push(`the limit ${name} of ${needed}${most === void 0 ? "" : `, it has ${most}`}`);
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
  const features = (
    /** @type {GPUFeatureName[]} */
    [.../* @__PURE__ */ new Set([...requiredFeatures, ...optional])]
  );
  return adapter.requestDevice({ requiredFeatures: features, requiredLimits });
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
async function startExecutor(payload, given, signal) {
  const file = `${PLUGINS.filter((_, bit) => payload.plugins >> bit & 1).join("-")}.wasm`;
  const folder = (typeof given === "string" || given instanceof URL) && String(given).endsWith("/");
  const source = payload.executor ?? (folder ? given + file : given);
  if (!source) return fail(`the scene has no executor of its own: options.executor must give ${file}`, "no-executor");
  const wasm = await bytesOf(source, signal);
  const exports = (
    /** @type {Exports} */
    (await WebAssembly.instantiate(wasm, {})).instance.exports
  );
  const lacking = EXPORTS.filter((name) => typeof exports[name] !== "function");
  if (!(exports.memory instanceof WebAssembly.Memory)) lacking.unshift("memory");
  if (lacking.length) fail(`damaged executor: it does not export ${lacking.join(", ")}`, "executor");
  const abi = exports.getAbiVersion();
  if (abi !== ABI) fail(`the executor has ABI ${abi}, this player knows ${ABI}`, "unsupported");
  const room = (end) => exports.memory.grow(Math.max(0, Math.ceil((end - exports.memory.buffer.byteLength) / 65536)));
  for (
    const [part, bytes] of
    /** @type {const} */
    [["Bytecode", payload.bytecode], ["Data", payload.data]]
  ) {
    const at = exports[`get${part}Ptr`]() >>> 0;
    room(at + bytes.length);
    new Uint8Array(exports.memory.buffer).set(bytes, at);
    exports[`set${part}Len`](bytes.length);
  }
  const capacity = payload.extensions.get(CAPACITY_TAG);
  room((exports.getCommandPtr() >>> 0) + Math.max(COMMAND_CAPACITY, capacity ? new Reader(capacity).varint() : 0));
  return exports;
}

// src/extensions.js
var EXTRAS = (
  /** @type {const} */
  [[1, "animation"], [2, "uniforms"], [3, "device"], [4, "canvas"]]
);
function readExtensions({ extensions }) {
  const scope = { resolve: (_, id) => id, span: () => fail("a number follows the canvas"), format: "" };
  const read = (bytes, type) => bytes ? locate(`damaged scene: its ${type} extension`, () => decodeDescriptor(bytes, type, scope), "damaged") : {};
  return (
    /** @type {any} */
    Object.fromEntries(EXTRAS.map(([tag, type]) => [type, read(extensions.get(tag), type)]))
  );
}

// src/words.js
var whole = (number, least, most) => Math.max(least, Math.min(most, Math.trunc(number) || 0));
var some = (names, between = ", ") => names.slice(0, MOST_NAMES).join(between) + (names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "");
var MOST_NAMES = 20;
var shown = (value) => typeof value === "string" ? JSON.stringify(value) : typeof value === "object" && value ? value.constructor?.name || "an object" : String(value);

// src/options.js
var OPTIONS = {
  executor: [isSource, "an address or bytes"],
  device: [(value) => typeof value?.createBuffer === "function", "a GPUDevice"],
  signal: [(value) => typeof value?.aborted === "boolean", "an AbortSignal"],
  size: [(value) => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite), "[width, height]"],
  autoplay: [isOf("boolean"), "true or false"],
  alphaMode: [(value) => ["opaque", "premultiplied"].includes(value), '"opaque" or "premultiplied"'],
  analyser: [(value) => typeof value?.getByteFrequencyData === "function", "an AnalyserNode"],
  seed: [(value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32, "a whole number from 0 to 4294967295"],
  touchAction: [(value) => value === false || typeof value === "string", "a value of CSS touch-action or false"],
  keys: [(value) => ["canvas", "page", false].includes(value), '"canvas", "page" or false']
};
for (const name of ["onError", "onScene", "onEnd"]) OPTIONS[name] = [isOf("function"), "a function"];
for (const name of ["fps", "maxDelta", "maxBytes", "maxGpuBytes", "gpuSeconds"])
  OPTIONS[name] = [(value) => typeof value === "number" && value > 0, "a number above 0"];
function isOf(type) {
  return (value) => typeof value === type;
}
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
    if (value !== void 0 && !test(value))
      throw new TypeError(`load: the option ${name} must be ${wanted}, not ${shown(value)}`);
  }
}

// src/media.js
function imageSize(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    if (startsWith(bytes, "PNG\r\n\n") && startsWith(bytes, "IHDR", 12)) return [view.getUint32(16), view.getUint32(20)];
    if (startsWith(bytes, "ÿØÿ")) return jpegSize(view);
    if (startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8)) return webpSize(bytes, view);
  } catch (error) {
    if (error instanceof RangeError) fail("the image ends before its header does", "E011");
    throw error;
  }
  return fail("it is not a PNG, JPEG or WebP image", "E011");
}
function jpegSize(view) {
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 255) fail("the JPEG is damaged: a marker is missing", "E011");
    const marker = view.getUint8(at + 1);
    if (marker === 255) at += 1;
    else if (marker === 1 || marker >= 208 && marker <= 216) at += 2;
    else if (marker >= 192 && marker <= 207 && ![196, 200, 204].includes(marker))
      return [view.getUint16(at + 7), view.getUint16(at + 5)];
    else if (marker === 217 || marker === 218) fail("the JPEG has no frame header", "E011");
    else at += 2 + Math.max(2, view.getUint16(at + 2));
  }
}
function webpSize(bytes, view) {
  const three = (at) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  if (startsWith(bytes, "VP8X", 12)) return [three(24) + 1, three(27) + 1];
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
function refuseReferences(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  function look(at, end, depth) {
    while (at + 8 <= end) {
      let [size, body] = [view.getUint32(at), at + 8];
      if (size === 1 && at + 16 <= end) [size, body] = [view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12), at + 16];
      if (size === 0 || at + size > end) size = end - at;
      if (size < body - at) return;
      const kind = latin1(bytes.subarray(at + 4, at + 8));
      if (kind === "rmra" || kind === "cmov") fail("the MP4 plays other files: its box " + kind, "E011");
      if (depth === REFERENCE_PATH.length && !(body + 4 <= at + size && view.getUint8(body + 3) & 1))
        fail("the MP4 has its samples in other files: it must hold them itself", "E011");
      if (kind === REFERENCE_PATH[depth]) look(kind === "dref" ? body + 8 : body, at + size, depth + 1);
      at += size;
    }
  }
  look(0, bytes.length, 0);
}

// src/plugins.js
var ARGUMENTS = (
  /** @type {[(r: Reader) => number | bigint, (single: number) => number | bigint][]} */
  [
    [(r) => r.i32(), (single) => whole(single, -(2 ** 31), 2 ** 31 - 1)],
    [(r) => r.view.getBigInt64(r.skip(8), true), (single) => BigInt.asIntN(64, single >= 2 ** 63 ? 2n ** 63n - 1n : single <= -(2 ** 63) ? -(2n ** 63n) : BigInt(Math.trunc(single) || 0))],
    [(r) => r.f32(), (single) => single],
    [(r) => r.f64(), (single) => single]
  ]
);
var DRIFT = 0.5;
function pluginCommands(device, executor, scope, meter, noteRead, report) {
  const ready = /* @__PURE__ */ new Map();
  const results = /* @__PURE__ */ new Map();
  const videos = /* @__PURE__ */ new Map();
  let ended = false;
  const images = /* @__PURE__ */ new Map();
  async function decode(bytes) {
    imageSize(bytes);
    return createImageBitmap(new Blob([bytes]), { premultiplyAlpha: "none", colorSpaceConversion: "none" });
  }
  const LOAD = {
    async INIT_WASM_MODULE(bytes) {
      const abort = (...[, , line, column]) => fail(`it aborts: line ${line}, column ${column}`, "E010");
      const start = async (maximum) => {
        const memory = new WebAssembly.Memory({ initial: 1, maximum });
        const { exports } = (await WebAssembly.instantiate(bytes, { env: { abort, memory } })).instance;
        return { exports, memory: exports.memory ?? memory };
      };
      return start().catch((error) => error instanceof WebAssembly.LinkError ? start(1) : fail(error.message));
    },
    LOAD_IMAGE(bytes) {
      const key = `${bytes.byteOffset} ${bytes.length}`;
      const image = images.get(key) ?? decode(bytes);
      images.set(key, image);
      return image;
    },
    async LOAD_VIDEO(description, bytes) {
      if (!globalThis.document) fail("videos play in documents only, not in workers");
      const { loop = false, muted = false, autoplay = false, playbackRate: defaultPlaybackRate = 1 } = decodeDescriptor(description, "video", scope);
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
    }
  };
  async function load2(commands2, plugins) {
    const wanted = /* @__PURE__ */ new Map();
    let pixels = 0;
    const images2 = /* @__PURE__ */ new Set();
    try {
      for (const command of commands2) {
        const { op: { name, kind, plugin }, args, where } = command;
        if (!LOAD[name] || !(plugins & plugin) || wanted.has(`${KINDS[kind]} ${args[0]}`)) continue;
        const bytes = args[args.length - 1];
        locate(where, () => {
          within(wanted.size + 1, BUDGETS.LOADS, "images, videos and modules");
          meter.loaded(bytes.length);
          if (name === "LOAD_VIDEO") meter.descriptor(args[1].length);
          const key = `${bytes.byteOffset} ${bytes.length}`;
          if (name === "LOAD_IMAGE" && !images2.has(key)) pixels += pixelsOf(bytes);
          within(pixels, BUDGETS.IMAGES_PIXELS, "pixels of all images");
          images2.add(key);
        });
        wanted.set(`${KINDS[kind]} ${args[0]}`, command);
      }
    } catch (error) {
      if (error instanceof PngineError && error.kind === "budget") throw error;
    }
    await Promise.all(Array.from(wanted, async ([label, { op: { name }, args }]) => {
      const wrong = (error) => located(error, label, name === "INIT_WASM_MODULE" ? "E010" : "E011");
      ready.set(label, await LOAD[name](...args.slice(1)).catch(wrong));
    }));
  }
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
  function take(label) {
    const thing = ready.get(label);
    if (thing instanceof PngineError) throw thing;
    return thing;
  }
  function argumentsOf(bytes) {
    meter.list(bytes.length);
    const inputs = new DataView(executor.memory.buffer, executor.getInputsPtr() >>> 0, INPUTS.size);
    const [r, values] = [
      new Reader(bytes),
      /** @type {(number | bigint)[]} */
      []
    ];
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
  const commands = {
    CALL_WASM_FUNC(call, { exports, memory }, text, bytes) {
      meter.text(text.length);
      const name = UTF8.decode(text);
      const values = locate("the arguments", () => argumentsOf(bytes), "E010");
      const run = exports[name];
      if (typeof run !== "function") fail(`the module exports no function ${name}`, "E010");
      if (run.length !== values.length) fail(`${name} takes ${run.length} arguments, not ${values.length}`, "E010");
      const at = locate(name, () => run(...values), "E010");
      if (at === void 0) results.delete(call);
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
    }
  };
  const imported = (group2) => ({ ...group2, entries: group2.entries.map(({ binding, resource: source }) => ({ binding, resource: videos.has(source) ? device.importExternalTexture({ source }) : source })) });
  const placeOf = ({ duration, loop, defaultPlaybackRate }, time, at = time * defaultPlaybackRate) => !(duration < Infinity) ? at : loop ? at % duration : Math.min(at, duration);
  const moving = () => Array.from(videos).flatMap(([video, moves]) => moves ? [video] : []);
  function follow(time, playing) {
    for (const video of moving()) {
      const [to, { duration }] = [placeOf(video, time), video];
      const away = Math.abs(video.currentTime - to);
      if (!video.seeking && Math.min(away, video.loop ? Math.abs(duration - away) || away : away) > DRIFT) video.currentTime = to;
      if (!playing) video.pause();
      else if (video.paused && !(video.ended && to >= duration))
        video.play().catch((error) => error.name === "AbortError" || report(located(error, "a video", "")));
    }
  }
  const waiting = () => Array.from(videos.keys()).some((video) => video.readyState < video.HAVE_CURRENT_DATA);
  const cue = (time) => moving().length ? Promise.all(moving().map((video) => new Promise((done) => {
    for (const type of ["seeked", "error", "emptied"]) video.addEventListener(type, done, { once: true });
    video.currentTime = placeOf(video, time);
  }))) : void 0;
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
  return { load: load2, ready, take, commands, imported, videos, follow, waiting, cue, release };
}

// src/textures.js
function blockOf(format) {
  const [, across, down] = /^astc-(\d+)x(\d+)/.exec(format) ?? [];
  if (across) return { bytes: 16, across: Number(across), down: Number(down) };
  if (/^(bc|etc2|eac)/.test(format)) return { bytes: /^(bc[14]-|etc2-rgb8|eac-r11)/.test(format) ? 8 : 16, across: 4, down: 4 };
  const [, channels, bits] = /^(r|rg|rgba|bgra)(8|16|32)/.exec(format) ?? [];
  const packed = { stencil8: 1, depth16unorm: 2, "depth24plus-stencil8": 8, "depth32float-stencil8": 8 }[format] ?? 4;
  return { bytes: channels ? channels.length * Number(bits) / 8 : packed, across: 1, down: 1 };
}
function textureBytes({ width, height = 1, depth = 1, format, dimension = "2d", mipLevelCount = 1, sampleCount = 1 }) {
  const { bytes, across, down } = blockOf(format);
  let blocks = 0;
  for (let level = 0; level < Math.min(mipLevelCount, 32); level++) {
    const [wide, high, deep] = [width, height, dimension === "3d" ? depth : depth * 2 ** level].map((length) => Math.max(1, Math.floor(length / 2 ** level)));
    blocks += Math.ceil(wide / across) * Math.ceil(high / down) * deep;
  }
  return blocks * bytes * Math.max(1, sampleCount);
}

// src/gpu.js
var SOURCES = (
  /** @type {[string, number, number][]} */
  [
    ["pointer", INPUTS.pointerInputs, INPUTS.frameInputs],
    ["keys", INPUTS.keyboardInputs, INPUTS.audioInputs]
  ]
);
var REFUSALS = (
  /** @type {Record<string, string>} */
  { SET_PIPELINE: "E001", CREATE_TEXTURE: "E006" }
);
var range = (size) => size === WHOLE ? void 0 : size;
var BUNDLED = /^(SET_(PIPELINE|BIND_GROUP|VERTEX_BUFFER|INDEX_BUFFER)|DRAW|PUSH_|POP_|INSERT_)/;
var PROGRAMS = ["shader", "pipeline"];
var USES = { VERTEX: 32, INDEX: 16, INDIRECT: 256, INDEXED: 256, QUERY: 512, BUFFER: 8, FROM: 8 };
function commandExecutor(device, screen, plugins, executor, report, maxGpuBytes) {
  const resources = KINDS.map(() => /* @__PURE__ */ new Map());
  const [recipes, views] = [
    /** @type {Recipe[]} */
    [],
    /* @__PURE__ */ new WeakMap()
  ];
  let [open, pass, passKind, has] = (
    /** @type {Open} */
    [null, null, "", {}]
  );
  let [label, starting, uses, memory, inputsAt] = ["", true, /* @__PURE__ */ new Set(), new Uint8Array(), 0];
  const meter = meterOf();
  const sizes = /* @__PURE__ */ new Map();
  let gpuBytes = 0;
  const bundled = /* @__PURE__ */ new WeakMap();
  const reads = /* @__PURE__ */ new Set();
  const encoder = () => open ??= device.createCommandEncoder();
  const begin = (next = null, kind = "") => void ([pass, passKind, has] = [next, kind, {}]);
  const view = (texture) => views.get(texture) ?? views.set(texture, texture.createView()).get(texture);
  function allocate(bytes, create) {
    within(gpuBytes + bytes, maxGpuBytes, "bytes of GPU memory");
    const made = create();
    sizes.set(label, bytes);
    gpuBytes += bytes;
    return made;
  }
  function free(table, id) {
    table.get(id)?.destroy?.();
    table.delete(id);
    gpuBytes -= sizes.get(label) ?? 0;
    sizes.delete(label);
  }
  function noteRead(at, length) {
    for (const [name, start, end] of SOURCES) if (at < inputsAt + end && at + length > inputsAt + start) reads.add(name);
  }
  const scope = {
    format: navigator.gpu.getPreferredCanvasFormat(),
    span: (a, b, c) => (uses.add("canvas"), a * screen.width + b * screen.height + c),
    resolve(kind, id, name = KINDS[kind]) {
      if (name === "scene") return id;
      if (name === "defaultView") return view(scope.resolve(KINDS.indexOf("texture"), id));
      if (name === "texture" && id === CANVAS) return screen.texture();
      uses.add(name === "video" ? name : `${name} ${id}`);
      return resources[kind]?.get(id) ?? fail(`there is no ${name} ${id}`, "E001");
    }
  };
  const plugged = pluginCommands(device, executor, scope, meter, noteRead, report);
  const noteInput = (offset) => noteRead(inputsAt + offset, 4);
  const api = { scene: 0, reads, noteInput, meter, resources, plugged, call, perform, renew };
  function read(bytes, type) {
    meter.descriptor(bytes.length);
    return { label, ...decodeDescriptor(bytes, type, scope) };
  }
  function textOf(bytes) {
    meter.text(bytes.length);
    return UTF8.decode(bytes);
  }
  function written(bytes) {
    meter.written(bytes.length);
    noteRead(bytes.byteOffset, bytes.length);
  }
  const room = (buffer, offset, size = 0) => offset + size <= buffer.size ? buffer.size - offset : fail(`byte ${offset + size} of a buffer of ${buffer.size}`, "E002");
  const copy = (bytes, { source = {}, destination, copySize } = read(bytes, "copy")) => [source, destination, copySize];
  const region = (bytes, names, all = read(bytes, "region")) => names.map((name) => Number(all[name] ?? name !== "minDepth"));
  const DO = {
    ...plugged.commands,
    CREATE_BUFFER: (size, usage) => allocate(size, () => device.createBuffer({ label, size, usage: usage & 252 | (usage & 3) << 8 })),
    CREATE_BUFFER_DESC: (bytes, all = read(bytes, "buffer")) => allocate(Number(all.size) || 0, () => device.createBuffer(all)),
    // A query is a number of 64 bits.
    CREATE_QUERY_SET: (bytes, all = read(bytes, "querySet")) => allocate((Number(all.count) || 0) * 8, () => device.createQuerySet(all)),
    CREATE_TEXTURE(bytes) {
      const { width, height = 1, depth = 1, ...rest } = read(bytes, "texture");
      const most = (
        /** @type {any} */
        device.limits[`maxTextureDimension${(rest.dimension ?? "2d").toUpperCase()}`]
      );
      if (!(width > 0 && height > 0 && depth > 0 && width <= most && height <= most && rest.format && rest.usage))
        fail(`${width} x ${height} x ${depth} of ${rest.format} for usage ${rest.usage}, where the device takes ${most}`, "E006");
      const memory2 = textureBytes({ width, height, depth, ...rest });
      return allocate(memory2, () => device.createTexture({ ...rest, size: [width, height, depth] }));
    },
    CREATE_TEXTURE_VIEW: (bytes, { texture, ...rest } = read(bytes, "textureView")) => texture.createView(rest),
    CREATE_SHADER: (bytes) => device.createShaderModule({ label, code: textOf(bytes) }),
    CREATE_RENDER_PIPE: (bytes) => device.createRenderPipeline({ layout: "auto", ...read(bytes, "renderPipeline") }),
    CREATE_COMPUTE_PIPE: (bytes) => device.createComputePipeline({ layout: "auto", ...read(bytes, "computePipeline") }),
    CREATE_BIND_GROUP: (layout, bytes) => device.createBindGroup(plugged.imported({ ...read(bytes, "bindGroup"), layout })),
    CREATE_BIND_GROUP_LAYOUT: (bytes, { pipeline, index = 0, ...rest } = read(bytes, "bindGroupLayout")) => pipeline ? pipeline.getBindGroupLayout(index) : device.createBindGroupLayout(rest),
    CREATE_RENDER_BUNDLE(bytes, { commands, ...rest } = read(bytes, "renderBundle")) {
      begin(device.createRenderBundleEncoder(rest), "R");
      let length = 0;
      for (const inner of decodeCommands(commands, memory, executor.getDataPtr() >>> 0)) length += (execute(inner, true), 1);
      const bundle = pass.finish();
      bundled.set(bundle, length);
      begin();
      return bundle;
    },
    BEGIN_RENDER_PASS(color, load2, store, depth) {
      const [loadOp, storeOp] = [["load", "clear"][load2], ["store", "discard"][store]];
      const stencil = depth?.format.includes("stencil") && { stencilLoadOp: "clear", stencilStoreOp: "store" };
      const depths = depth && { view: view(depth), depthClearValue: 1, depthLoadOp: "clear", depthStoreOp: "store", ...stencil };
      const colors = (
        /** @type {any} */
        color ? [{ view: view(color), loadOp, storeOp, clearValue: [0, 0, 0, 1] }] : []
      );
      begin(encoder().beginRenderPass({ label, colorAttachments: colors, depthStencilAttachment: depths ?? void 0 }), "R");
    },
    BEGIN_RENDER_PASS_DESC: (bytes) => begin(encoder().beginRenderPass(read(bytes, "renderPass")), "R"),
    BEGIN_COMPUTE_PASS: () => begin(encoder().beginComputePass({ label }), "C"),
    BEGIN_COMPUTE_PASS_DESC: (bytes) => begin(encoder().beginComputePass(read(bytes, "computePass")), "C"),
    END_PASS: () => begin(pass.end()),
    SET_BIND_GROUP_OFFSETS(slot, group2, bytes) {
      meter.list(bytes.length);
      pass.setBindGroup(slot, group2, new Uint32Array(bytes.slice().buffer));
    },
    SET_VERTEX_BUFFER: (slot, buffer, offset, size) => pass.setVertexBuffer(slot, buffer, offset, range(size)),
    SET_INDEX_BUFFER: (buffer, wide, at, size) => pass.setIndexBuffer(buffer, ["uint16", "uint32"][wide], at, range(size)),
    SET_BLEND_CONSTANT: (...color) => pass.setBlendConstant(color),
    DISPATCH_DESC: (bytes) => pass.dispatchWorkgroups(...region(bytes, ["x", "y", "z"])),
    SET_VIEWPORT_DESC: (bytes) => pass.setViewport(...region(bytes, ["x", "y", "width", "height", "minDepth", "maxDepth"])),
    SET_SCISSOR_RECT_DESC: (bytes) => pass.setScissorRect(...region(bytes, ["x", "y", "width", "height"]).map((number) => Math.max(0, Math.floor(number) || 0))),
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
    COPY_BUFFER: (src, from, dst, to, size) => (room(src, from, size), room(dst, to, size), encoder().copyBufferToBuffer(src, from, dst, to, size)),
    COPY_TEXTURE: (texture, target, ...size) => encoder().copyTextureToTexture({ texture }, { texture: target }, size),
    COPY_TEXTURE_REGION: (bytes) => encoder().copyTextureToTexture(...copy(bytes)),
    WRITE_TEXTURE(bytes, data) {
      const [layout, target, size] = copy(bytes);
      written(data);
      device.queue.writeTexture(target, data, layout, size);
    },
    SET_SCENE: (scene) => api.scene = scene,
    SUBMIT: () => (open && device.queue.submit([open.finish()]), open = null),
    END() {
    }
  };
  function plain({ name, kind }) {
    const words = name.replace("_DESC", "").replace("DISPATCH", "DISPATCH_WORKGROUPS").toLowerCase();
    const method = words.replace(/_./g, (start) => start[1].toUpperCase());
    const target = (
      /** @type {any} */
      kind < 0 ? pass ?? encoder() : device
    );
    const value = (arg) => !arg.buffer ? arg : kind >= 0 ? read(arg, KINDS[kind]) : name.startsWith("COPY") ? copy(arg) : textOf(arg);
    return (...args) => target[method](...args.flatMap(value));
  }
  function execute(command, inBundle = false) {
    const { op, args, where, op: { name, plugin, place, operands, kind } } = command;
    const [table, [verb, noun]] = [resources[kind], name.split("_")];
    if (!inBundle) uses = /* @__PURE__ */ new Set();
    try {
      if (!(plugins & plugin)) fail("the scene does not declare the plugin of this command", "E009");
      if (!{ I: starting && !pass, O: !pass, P: !!pass, A: true, [passKind]: true }[place] || inBundle && !BUNDLED.test(name))
        fail("it may not stand here", "E007");
      if (/^D(RAW|ISPATCH)$/.test(verb) && !has.PIPELINE) fail("no pipeline is set", "E003");
      if (noun === "INDEXED" && !has.INDEX) fail("no index buffer is set", "E003");
      label = table ? `${KINDS[kind]} ${args[0]}` : name;
      if (PROGRAMS.includes(KINDS[kind])) meter.program(1);
      if ("uses" in command) free(table, args[0]);
      if (table?.has(args[0]) || table && args[0] >= CANVAS) fail(`there is a ${label} already`, "E001");
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
      const told = located(error, where, error instanceof TypeError && REFUSALS[name] || codeOf(error));
      if (table) begin();
      if (inBundle || !SKIPS.includes(told.code)) throw told;
      report(told);
    }
  }
  function call(time) {
    const status = (time === void 0 ? executor.init() : executor.frame(time, screen.width, screen.height)) >>> 0;
    if (status) fail(`the executor says: ${STATUSES[status] ?? `status ${status}`}`, "executor");
    memory = new Uint8Array(executor.memory.buffer);
    inputsAt = executor.getInputsPtr() >>> 0;
    meter.reset();
    const r = new Reader(new Reader(memory.subarray(executor.getCommandPtr() >>> 0)).take(executor.getCommandLen() >>> 0));
    const [total, count, flags] = [r.u32(), r.u16(), r.u16()];
    if (total !== r.bytes.length || flags & 1) fail("the command buffer is cut off");
    return { read: () => decodeCommands(r.bytes.subarray(8), memory, 0), count, first: time === void 0 };
  }
  function perform({ read: read2, count, first }) {
    if (plugged.videos.size) renew("video");
    [starting, open, label] = [first, first ? null : void 0, ""];
    begin();
    for (const command of read2()) count -= (execute(command), 1);
    if (count || pass || open !== null || label !== "END") fail("the command buffer ends too early", "E007");
  }
  function renew(cause) {
    const stale = /* @__PURE__ */ new Set([cause]);
    [starting] = [true, begin()];
    meter.reset();
    const isStale = ({ thing, uses: uses2 }) => [...uses2].some((name) => stale.has(name)) && stale.add(thing);
    recipes.filter(isStale).forEach((recipe) => execute(recipe));
  }
  return api;
}

// src/inputs.js
function placeIn(text, room) {
  let sum = 0;
  for (const [, sign, number, unit] of text.matchAll(/([-+]?)\s*([\d.]+(?:e-?\d+)?)(%|px)/g))
    sum += (sign === "-" ? -1 : 1) * Number(number) * (unit === "%" ? room / 100 : 1);
  return sum;
}
function pictureOf(canvas) {
  const nowhere = { left: 0, top: 0, width: 0, height: 0 };
  if (!("clientWidth" in canvas) || !canvas.clientWidth || !canvas.clientHeight) return nowhere;
  const style = getComputedStyle(canvas);
  const padding = (side) => parseFloat(style.getPropertyValue(`padding-${side}`)) || 0;
  const [left, top] = [padding("left"), padding("top")];
  const [across, down] = [canvas.clientWidth - left - padding("right"), canvas.clientHeight - top - padding("bottom")];
  if (!(across > 0 && down > 0 && canvas.width && canvas.height)) return nowhere;
  const [contain, cover] = [Math.min, Math.max].map((choose) => choose(across / canvas.width, down / canvas.height));
  const scale = { contain, cover, none: 1, "scale-down": Math.min(1, contain) }[style.objectFit];
  const [width, height] = scale ? [canvas.width * scale, canvas.height * scale] : [across, down];
  const [x = "50%", y = "50%"] = style.objectPosition.match(/calc\([^)]*\)|\S+/g) ?? [];
  return { left: left + placeIn(x, across - width), top: top + placeIn(y, down - height), width, height };
}
var isEditable = (target) => target.isContentEditable || /^(input|textarea|select)$/.test(target.localName);
var OPERABLE = "a, button, summary, video, audio, [tabindex]";
var RESERVED = /^(Tab|Escape|F\d+)$/;
function inputsOf(canvas, signal, { keys: keyOption = "canvas", touchAction = "none" }) {
  const pointer = new Float32Array(12);
  const keys = new Uint8Array(32);
  const attended = /* @__PURE__ */ new Set();
  let held;
  const on = (target, types, handler, how) => {
    for (const type of types) target.addEventListener(type, handler, { signal, passive: true, ...how });
  };
  function follow(event, moved = true) {
    const { left, top, width, height } = pictureOf(canvas);
    if (!width || !height) return;
    const [x, y] = [(event.offsetX - left) / width, (event.offsetY - top) / height];
    if (moved) {
      pointer[4] += x - pointer[0];
      pointer[5] += y - pointer[1];
    }
    const modifiers = +event.shiftKey | +event.ctrlKey << 1 | +event.altKey << 2 | +event.metaKey << 3;
    pointer.set([x, y]);
    pointer.set([event.buttons, event.pressure, modifiers], 6);
  }
  const isOther = ({ pointerId }) => held !== void 0 && pointerId !== held;
  function press(event) {
    if (isOther(event)) return;
    follow(event, false);
    held = event.pointerId;
    pointer.copyWithin(2, 0, 2);
    if (!attended.has("pointer")) return;
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch {
    }
  }
  function release(event) {
    if (event.pointerId !== held) return;
    held = void 0;
    for (const i of [2, 3]) pointer[i] = -Math.abs(pointer[i]);
    pointer.fill(0, 6, 8);
  }
  function key(event) {
    const target = (
      /** @type {any} */
      event.composedPath()[0]
    );
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
  function attend(reads) {
    if (reads.size === attended.size || !("style" in canvas)) return;
    if (reads.has("pointer") && !attended.has("pointer") && touchAction !== false) {
      const before = canvas.style.touchAction;
      canvas.style.touchAction = touchAction;
      signal.addEventListener("abort", () => canvas.style.touchAction = before);
    }
    if (reads.has("keys") && !attended.has("keys") && keyOption === "canvas" && !canvas.hasAttribute("tabindex")) {
      canvas.tabIndex = 0;
      signal.addEventListener("abort", () => document.activeElement === canvas || canvas.removeAttribute("tabindex"));
    }
    for (const name of reads) attended.add(name);
  }
  return { pointer, keys, listen, attend };
}

// src/uniforms.js
var NUMBERS = (
  /** @type {Record<string, [string, number, (view: DataView, at: number, value: number) => void]>} */
  {
    float32: ["f32", 4, (view, at, value) => view.setFloat32(at, value, true)],
    sint32: ["i32", 4, (view, at, value) => view.setInt32(at, whole(value, -(2 ** 31), 2 ** 31 - 1), true)],
    uint32: ["u32", 4, (view, at, value) => view.setUint32(at, whole(value, 0, 2 ** 32 - 1), true)],
    float16: ["f16", 2, (view, at, value) => view.setUint16(at, half(value), true)]
  }
);
function half(value) {
  const [size, sign] = [Math.abs(value), value < 0 || Object.is(value, -0) ? 32768 : 0];
  if (Number.isNaN(value)) return 32256;
  if (size >= 65520) return sign | 31744;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = size / 2 ** (exponent - 10);
  const [down, rest] = [Math.floor(steps), steps % 1];
  const up = rest > 0.5 || rest === 0.5 && down % 2 === 1;
  return sign | (exponent + 14 << 10) + down + Number(up);
}
var flatten = (value) => typeof value === "object" && value ? Array.from(value, flatten).flat() : [value];
function placeOfMember({ module, name: variable, buffer }, member) {
  const { name, offset = 0, type, columns = 1, rows = 1, count, arrayStride, input } = member;
  const [scalar, size, write] = NUMBERS[type] ?? fail(`damaged scene: a member of the uniform ${variable} is a ${type}`, "damaged");
  const vector = rows > 1 ? `vec${rows}<${scalar}>` : scalar;
  const matrix = columns > 1 ? `mat${columns}x${rows}<${scalar}>` : vector;
  const column = size * (rows === 3 ? 4 : rows);
  const [stride, length] = [arrayStride ?? columns * column, (count ?? 1) * columns * rows];
  const middle = name ? `${variable}.${name}` : variable;
  const full = count === void 0 ? matrix : `array<${matrix}, ${count}>`;
  return {
    /** From the one that is always its own to the shortest. */
    names: [`${module}.${middle}`, middle, name || variable],
    key: `${buffer} ${offset} ${full} ${stride}`,
    type: full,
    buffer,
    length,
    input,
    write,
    element: columns * rows,
    /** Offset of a number. @param {number} i */
    at: (i, vector2 = Math.floor(i / rows)) => offset + Math.floor(vector2 / columns) * stride + vector2 % columns * column + i % rows * size
  };
}
function group(lists, key, item) {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
function uniformTable(blocks) {
  within(blocks.reduce((sum, { uniforms }) => sum + uniforms.length, 0), BUDGETS.UNIFORMS, "uniforms");
  const places = blocks.flatMap((block) => block.uniforms.map((member) => placeOfMember(block, member)));
  const tiers = [/* @__PURE__ */ new Map(), /* @__PURE__ */ new Map(), /* @__PURE__ */ new Map()];
  for (const place of places)
    for (const [tier, name] of place.names.entries()) group(tiers[tier], name, place);
  const found = /* @__PURE__ */ new Map();
  function find(name) {
    const known2 = found.get(name);
    if (known2) return known2;
    const longs = /* @__PURE__ */ new Map();
    for (const place of tiers.find((tier) => tier.has(name))?.get(name) ?? []) {
      const [long] = place.names;
      const meaning = longs.get(long) ?? /* @__PURE__ */ new Map();
      longs.set(long, meaning.set(place.key, place));
    }
    const different = /* @__PURE__ */ new Map();
    for (const meaning of longs.values()) {
      const keys = Array.from(meaning.keys()).sort().join();
      if (!different.has(keys)) different.set(keys, meaning);
    }
    const meanings = [...different.values()];
    if (meanings.length) found.set(name, meanings);
    return meanings;
  }
  const words = /* @__PURE__ */ new Map();
  const changed = /* @__PURE__ */ new Map();
  function put({ buffer, at, write }, values) {
    const [held, fresh] = [words.get(buffer) ?? /* @__PURE__ */ new Map(), changed.get(buffer) ?? /* @__PURE__ */ new Set()];
    words.set(buffer, held);
    changed.set(buffer, fresh);
    for (const [i, value] of values.entries()) {
      const start = at(i) - at(i) % 4;
      const word = held.get(start) ?? new DataView(new ArrayBuffer(4));
      held.set(start, word);
      fresh.add(start);
      write(word, at(i) % 4, value);
    }
  }
  const known = /* @__PURE__ */ new Map();
  const listed = /* @__PURE__ */ new Set();
  for (const { names, key, type, length, input } of places) {
    const [long, middle, bare] = names;
    const [name] = [bare, middle, long].filter((name2) => {
      const [meaning, other] = find(name2);
      return !other && meaning.has(key);
    });
    if (name && !known.has(name) && !listed.has(key)) known.set(name, { name, type, length, input: input !== void 0 });
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
        const longs = find(name).map((places2) => Array.from(places2.values())[0].names[0]);
        fail(`the uniform ${name} may be ${some(longs, " or ")}`, "uniform");
      }
      const all = [...meaning.values()];
      const isInput = all.some(({ input }) => input !== void 0);
      if (isInput) fail(`the player writes the uniform ${name} itself, before every frame`, "uniform");
      const values = flatten(value);
      const wrong = values.findIndex((number) => typeof number !== "number" && typeof number !== "boolean");
      if (wrong >= 0) fail(`the uniform ${name} takes numbers, not ${values[wrong]}`, "uniform");
      for (const { type, length, element } of all) {
        const fits = values.length === length || values.length && values.length < length && values.length % element === 0;
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
        if (place.input !== void 0 && place.input + 4 <= inputs.byteLength) put(place, [inputs.getFloat32(place.input, true)]);
      for (const [buffer, fresh] of changed) {
        const target = buffers.get(buffer) ?? fail(`there is no buffer ${buffer} for the uniforms`, "E001");
        const offsets = [...fresh].sort((a, b) => a - b);
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
    }
  };
}

// src/player.js
var PLAYERS = /* @__PURE__ */ new WeakMap();
var MAX_MESSAGES = 1e3;
var MAX_WAITING = 16;
var MAX_WAITING_BYTES = 2 ** 26;
var STEPS_PER_SECOND = 60;
var COMPUTE = 1 << PLUGINS.indexOf("compute");
var CANVAS_USAGE = 19;
var SLOWEST_REFRESH = 1 / 30;
var Player = class {
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
  #told = /* @__PURE__ */ new Set();
  #shown = -1;
  #size = "";
  /** Whether an error has stopped it while it played; another size may be better. */
  #failed = false;
  /** Whether the GPU does not finish. */
  #stalled = false;
  /** What settles the promises of frames that the device has not answered for yet. @type {Set<() => void>} */
  #waiting = /* @__PURE__ */ new Set();
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
    const context = (
      /** @type {GPUCanvasContext | null} */
      canvas.getContext("webgpu")
    );
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
    const [version, , , , low = 0, high = 0] = payload.bytecode;
    const count = version === 1 ? low + high * 256 - 2 : 0;
    this.#frames = Object.freeze(Array.from({ length: Math.max(count, frames.length, 1) }, (_, i) => frames[i] ?? ""));
    const { duration = 0, endBehavior = 0, scenes = [] } = extras.animation;
    this.#scenes = Object.freeze(scenes.map(({ start = 0, end, frame = 0 }, i) => Object.freeze({ name: names[i] ?? "", start: start / 1e3, end: end / 1e3, frame })));
    this.#duration = duration / 1e3 || Infinity;
    this.#end = /** @type {const} */
    ["hold", "stop", "repeat", "repeat"][endBehavior] ?? "hold";
    this.#uniforms = uniformTable(extras.uniforms.blocks ?? []);
    const { signal } = this.#ended;
    this.#inputs = inputsOf(canvas, signal, options);
    const { maxGpuBytes = BUDGETS.GPU_BYTES } = options;
    this.#gpu = commandExecutor(device, this.#screen(), payload.plugins, executor, this.#report, maxGpuBytes);
    for (const input of this.#uniforms.inputs) this.#gpu.noteInput(input);
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
    if (analyser !== void 0 && !test(analyser)) throw new TypeError(`the analyser must be ${wanted}, not ${shown(analyser)}`);
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
    const first = autoplay === false ? void 0 : this.#frame(0);
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
      }
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
        usage: CANVAS_USAGE
      });
    } finally {
      device.popErrorScope().then((error) => width && height && this.#reportGpu(error), () => {
      });
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
      this.#draft = void 0;
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
    let due = 0;
    let [last, ended] = [NaN, false];
    const tick = (now) => {
      this.#request = requestAnimationFrame(tick);
      const passed = now > last ? Math.min((now - last) / 1e3, maxDelta) : 0;
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
    const index = typeof frame === "string" ? this.#frames.indexOf(frame) : frame ?? 4294967295;
    const isThere = frame === null || frame !== "" && Number.isInteger(index) && index >= 0 && index < this.#frames.length;
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
      const [from, to] = [band, band + 1].map((edge) => Math.floor(edge * heard.length / 256));
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
};

// src/load.js
var CLAIMS = /* @__PURE__ */ new WeakMap();
async function load(source, canvas, options = {}) {
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
    return await /** @type {Promise<Player>} */
    Promise.race([build(source, canvas, options, claim), given]);
  } finally {
    signal?.removeEventListener("abort", abort);
    yieldClaim(canvas, claim);
  }
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
  const executor = await startExecutor(payload, options.executor, claim).catch((error) => {
    throw ours(error, "damaged executor", "executor");
  });
  claim.throwIfAborted();
  const device = await openDevice(extras.device, options.device).catch((error) => {
    throw ours(error, "WebGPU gives no device", "no-webgpu");
  });
  let player;
  try {
    claim.throwIfAborted();
    player = new Player(canvas, device, payload, extras, executor, options);
    await player.start(claim, () => yieldClaim(canvas, controller));
    claim.throwIfAborted();
    return player.destroyed ? fail("another scene was loaded onto the canvas meanwhile", "superseded") : player;
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
