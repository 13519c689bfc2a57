/** What needs no browser: chunks, payloads, descriptors, commands; with damage of every kind. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { crc32, decodeCommands, decodeDescriptor, findScene, half, inflate, parsePayload, PngineError, readScene } from "../pngine.js";
import { deflateRawSync, gzipSync } from "node:zlib";
import { transform } from "esbuild";
import { chunk, command, descriptor, FIELD, KIND, name, payload, png, sceneChunk, u32, utf8, v } from "./scene.mjs";

const bytes = (/** @type {number[]} */ ...list) => new Uint8Array(list);
const PARTS = { plugins: 3, executor: utf8("exe"), bytecode: utf8("byte"), strings: name(0, 0, "main"), data: utf8("data!") };
const PAYLOAD = payload({ ...PARTS, extensions: [[5, utf8("{}")], [200, []]] });

/** What a scope answers, as text. @type {import("../pngine.js").Scope} */
const scope = {
  format: "bgra8unorm",
  resolve: (kind, id) => `${kind}#${id}`,
  span: (a, b, c) => a * 300 + b * 200 + c,
};

/** Most bytes of the player as it travels: minified, then compressed by gzip at its best. */
const MOST_BYTES = { minified: 57_700, compressed: 23_950 };

test("the player stays small", async () => {
  const text = await readFile(new URL("../pngine.js", import.meta.url), "utf8");
  const { code } = await transform(text, { minify: true, format: "esm", target: "es2022" });
  const compressed = gzipSync(code, { level: 9 }).length;
  assert.ok(code.length <= MOST_BYTES.minified, `${code.length} bytes minified`);
  assert.ok(compressed <= MOST_BYTES.compressed, `${compressed} bytes minified and compressed`);
});

test("checksums are PNG's", () => assert.equal(crc32(bytes(...utf8("IEND"))), 0xae426082));

test("a scene is found behind the picture, deflated or not", async () => {
  for (const deflated of [true, false]) {
    const file = png(chunk("teXt", utf8("a\0b")), sceneChunk(PAYLOAD, deflated));
    assert.equal(findScene(file).deflated, deflated);
    assert.deepEqual((await readScene(file)).data, bytes(...utf8("data!")));
  }
});

test("a payload is as good as a PNG", async () => assert.equal((await readScene(PAYLOAD)).plugins, 3));

test("a PNG without a scene is told from a damaged one", () => {
  assert.throws(() => findScene(png()), { message: "no scene in this PNG (re-encoded by a website?)" });
  assert.throws(() => findScene(bytes(1, 2, 3)), { message: "this is not a PNG" });
  assert.throws(() => findScene(png(chunk("pNGb", [1]))), { message: /^this player cannot read a scene chunk/ });
  assert.throws(() => findScene(png(chunk("pNGb", [2, 0]))), { message: /version 2/ });
  assert.throws(() => findScene(png(chunk("pNGb", [1, 2]))), { message: /flags 2/ });
  assert.throws(() => findScene(png(sceneChunk(PAYLOAD), sceneChunk(PAYLOAD))), { message: "the PNG has a second scene" });
});

test("every cut and every flipped bit of a PNG is an error of ours", () => {
  const file = png(sceneChunk(PAYLOAD));
  for (let cut = 0; cut < file.length; cut++) assert.throws(() => findScene(file.subarray(0, cut)), PngineError, `cut to ${cut}`);
  for (let bit = 0; bit < file.length * 8; bit++) {
    const flipped = file.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    assert.throws(() => findScene(flipped), PngineError, `bit ${bit}`);
  }
});

test("what stands behind IEND is no part of the picture", () => {
  const file = png(sceneChunk(PAYLOAD));
  for (const tail of [bytes(10), new Uint8Array(4096), file, png(), chunk("IEND", []), sceneChunk(PAYLOAD), Buffer.alloc(1 << 20, "x")]) {
    assert.deepEqual(findScene(new Uint8Array(Buffer.concat([file, tail]))), findScene(file));
    assert.throws(() => findScene(new Uint8Array(Buffer.concat([png(), tail]))), { message: /^no scene in this PNG/ });
  }
});

test("a scene that inflates to more than the limit is refused while it is inflated", async () => {
  const bomb = deflateRawSync(Buffer.alloc(300 << 20));
  const before = performance.now();
  await assert.rejects(inflate(bomb, 1 << 20), { message: "damaged scene: it inflates to more than 1048576 bytes" });
  assert.ok(performance.now() - before < 2000);
  assert.equal((await inflate(deflateRawSync(Buffer.alloc(1000)), 1000)).length, 1000);
});

test("damaged DEFLATE data is an error of ours", async () => {
  const good = deflateRawSync(Buffer.from("a scene, a scene, a scene"));
  await assert.rejects(inflate(good.subarray(0, good.length - 3), 1000), { name: "PngineError E0912", message: /^damaged scene: it cannot be inflated/ });
  await assert.rejects(inflate(bytes(255, 255, 255), 1000), { message: /^damaged scene/ });
});

test("a payload comes apart into its sections", () => {
  const found = parsePayload(PAYLOAD);
  assert.equal(found.plugins, 3);
  assert.deepEqual(found.executor, bytes(...utf8("exe")));
  assert.deepEqual(found.bytecode, bytes(...utf8("byte")));
  assert.deepEqual(found.data, bytes(...utf8("data!")));
  assert.deepEqual(found.names[0], ["main"]);
  assert.deepEqual([...found.extensions.keys()], [5, 200]);
  assert.equal(parsePayload(payload({})).executor, undefined);
});

test("a payload of another kind comes apart alike: its executor knows what it is", () => {
  const other = PAYLOAD.slice();
  other[9] = 7;
  assert.deepEqual(parsePayload(other), parsePayload(PAYLOAD));
});

test("a name with a giant index cannot make a list of that length", () => {
  const strings = [...name(0, 1, "second"), ...name(0, 0xfffffffe, "far"), ...name(7, 0xfffffffe, "far"), ...name(1, 0, "dark")];
  assert.deepEqual(parsePayload(payload({ strings })).names.slice(0, 2), [[, "second"], ["dark"]]);
});

test("every cut and every flipped bit of a payload is an answer", () => {
  const between = [PAYLOAD.length - 5, PAYLOAD.length - 12];
  for (let cut = 0; cut < PAYLOAD.length; cut++) {
    const parse = () => parsePayload(PAYLOAD.subarray(0, cut));
    // A cut between two extensions leaves a shorter, sound payload; the chunk's checksum guards against that one.
    if (between.includes(cut)) parse();
    else assert.throws(parse, { name: "PngineError E0912", message: /^damaged scene: / }, `cut to ${cut}`);
  }
  for (let bit = 0; bit < PAYLOAD.length * 8; bit++) {
    const flipped = PAYLOAD.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    try {
      parsePayload(flipped);
    } catch (error) {
      assert.ok(error instanceof PngineError, `bit ${bit}: ${error}`);
    }
  }
});

test("sections that overlap or leave the payload are refused", () => {
  const patched = (/** @type {number} */ at, /** @type {number} */ value) => {
    const changed = PAYLOAD.slice();
    changed.set(u32(value), at);
    return () => parsePayload(changed);
  };
  assert.throws(patched(18, 43), { message: /its bytecode section/ });
  assert.throws(patched(22, 0xffffffff), { message: /its bytecode section/ });
  assert.throws(patched(30, 0xffffffff), { message: /its data section/ });
  assert.throws(patched(14, 0), { message: /executor section disagree/ });
  assert.throws(patched(4, 6), { message: /its version is 6/ });
  assert.throws(patched(8, 2), { message: /core plugin/ });
});

test("a descriptor becomes the dictionary that WebGPU wants", () => {
  const sample = descriptor(
    1,
    [FIELD.width, v.canvas(0.5, 0, 0)],
    [FIELD.height, v.uint(300)],
    [FIELD.format, v.word("preferredCanvasFormat")],
    [FIELD.depthBias, v.int(-7)],
    [FIELD.clearValue, v.f32array(0, 0.5, 1, 1)],
    [FIELD.constants, v.record(["scale", 2.5], ["__proto__", 1])],
    [FIELD.entryPoint, v.string("é")],
    [FIELD.entries, v.array(v.object([FIELD.binding, v.uint(0)], [FIELD.resource, v.ref(KIND.sampler, 3)]), v.null(), v.bool(true), v.f64(1e300))],
    [FIELD.commands, v.bytes([1, 2])],
    [FIELD.depthStencil, v.null()],
  );
  const found = decodeDescriptor(sample, "texture", scope);
  assert.equal(found.width, 150);
  assert.equal(found.height, 300);
  assert.equal(found.format, "bgra8unorm");
  assert.equal(found.depthBias, -7);
  assert.deepEqual(found.clearValue, [0, 0.5, 1, 1]);
  assert.deepEqual(Object.entries(found.constants), [["scale", 2.5], ["__proto__", 1]]);
  assert.equal(found.entryPoint, "é");
  assert.deepEqual(found.entries, [{ binding: 0, resource: "2#3" }, null, true, 1e300]);
  assert.deepEqual([...found.commands], [1, 2]);
  assert.equal(found.depthStencil, undefined);
});

test("an unknown field is skipped by its value type", () => {
  const sample = descriptor(1, [250, v.string("hi")], [FIELD.width, v.uint(4)]);
  assert.deepEqual(decodeDescriptor(sample, "texture", scope), { width: 4 });
});

test("every cut and every flipped bit of a descriptor is an answer", () => {
  const sample = descriptor(5, [FIELD.vertex, v.object([FIELD.module, v.ref(3, 0)])], [FIELD.clearValue, v.f32array(1, 2)], [FIELD.format, v.word("float32")]);
  for (let cut = 0; cut < sample.length; cut++)
    assert.throws(() => decodeDescriptor(sample.subarray(0, cut), "renderPipeline", scope), { code: "E004" }, `cut to ${cut}`);
  for (let bit = 0; bit < sample.length * 8; bit++) {
    const flipped = sample.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    try {
      decodeDescriptor(flipped, "renderPipeline", scope);
    } catch (error) {
      assert.ok(error instanceof PngineError, `bit ${bit}: ${error}`);
    }
  }
});

test("a descriptor of another type, with bytes left over, nested too deep or with a giant count is refused", () => {
  assert.throws(() => decodeDescriptor(descriptor(2), "texture", scope), { code: "E004", message: "the descriptor is not a texture descriptor" });
  assert.throws(() => decodeDescriptor(bytes(1, 0, 0), "texture", scope), { message: /left over/ });
  const deep = bytes(1, 1, FIELD.entries, ...Array.from({ length: 100 }, () => [8, 1]).flat(), 10);
  assert.throws(() => decodeDescriptor(deep, "texture", scope), { message: "values nest too deep" });
  assert.throws(() => decodeDescriptor(bytes(1, 1, 20, 8, 255, 255, 255, 255, 15), "texture", scope), { message: /count/ });
  assert.throws(() => decodeDescriptor(bytes(1, 1, 1, 2, 255, 255, 255, 255, 31), "texture", scope), { message: /too large/ });
  assert.throws(() => decodeDescriptor(bytes(1, 1, 4, 5, 255, 127), "texture", scope), { message: "unknown word" });
});

test("commands are read with their operands, and what they point to", () => {
  const memory = new Uint8Array(64).map((_, i) => i);
  const buffer = bytes(...command("CREATE_BUFFER", 1, 64, 0x48), ...command("WRITE_BUFFER", 1, 4, 10, 3), ...command("DRAW_INDEXED", 3, 1, 0, -2, 0), ...command("END"));
  const found = [...decodeCommands(buffer, memory, 2)];
  assert.deepEqual(found.map(({ op }) => op.name), ["CREATE_BUFFER", "WRITE_BUFFER", "DRAW_INDEXED", "END"]);
  assert.deepEqual(found[0].args, [1, 64, 0x48]);
  assert.deepEqual(found[1].args, [1, 4, bytes(12, 13, 14)]);
  assert.deepEqual(found[2].args, [3, 1, 0, -2, 0]);
});

test("commands that cannot be read say why", () => {
  const memory = new Uint8Array(16);
  const read = (/** @type {number[]} */ list) => () => [...decodeCommands(bytes(...list), memory, 0)];
  assert.throws(read([0x77]), { code: "E008", message: "command 0 has the unknown opcode 119" });
  assert.throws(read([0x12, 0]), { code: "E004", message: "command 0, SET_PIPELINE: the bytes end before byte 3" });
  assert.throws(read(command("WRITE_BUFFER", 0, 0, 10, 7)), {
    code: "E004", message: "command 0, WRITE_BUFFER: 7 bytes at 10 are outside of the memory",
  });
  assert.throws(read([...command("END"), 9]), { code: "E007", message: "commands stand behind END" });
  assert.throws(read(command("WRITE_BUFFER", 0, 0, 0xffffffff, 0xffffffff)), { code: "E004" });
});

test("halves are rounded to the nearest, ties to the even one", () => {
  const value = (/** @type {number} */ bits) => {
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
    return exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24;
  };
  for (let bits = 0; bits < 0x7bff; bits++) {
    const [here, next] = [value(bits), value(bits + 1)];
    assert.equal(half(here), bits);
    assert.equal(half(-here), bits | 0x8000);
    assert.equal(half((here + next) / 2), bits + (bits & 1), `between ${bits} and its neighbour`);
    assert.equal(half(here + (next - here) * 0.51), bits + 1);
  }
  assert.deepEqual([65504, 65519, 65520, 1e9, -Infinity, NaN].map(half), [0x7bff, 0x7bff, 0x7c00, 0x7c00, 0xfc00, 0x7e00]);
});
