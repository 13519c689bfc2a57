/** Looks at images and videos before the browser does. @module */

import { fail } from "./errors.js";
import { latin1, startsWith } from "./reader.js";

/**
 * Width and height of a PNG, JPEG or WebP, as its header has them. Nothing else goes on to the browser, which knows formats that
 * name other files, and decodes before anyone can ask how large an image is.
 * @param {Uint8Array} bytes
 * @returns {[width: number, height: number]}
 */
export function imageSize(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isPng = startsWith(bytes, "\x89PNG\r\n\x1a\n") && startsWith(bytes, "IHDR", 12);
  const isWebp = startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8);
  try {
    if (isPng) return [view.getUint32(16), view.getUint32(20)];
    if (startsWith(bytes, "\xff\xd8\xff")) return jpegSize(view);
    if (isWebp) return webpSize(bytes, view);
  } catch (error) {
    if (error instanceof RangeError) fail("the image ends before its header does", "E011");
    throw error;
  }
  return fail("it is not a PNG, JPEG or WebP image", "E011");
}

/** Markers behind which there is no frame header any more: the end of the image, and the start of its samples. */
const [EOI, SOS] = [0xd9, 0xda];

/** Those of the first frame header. Source: ITU-T T.81, annex B. @param {DataView} view @returns {[number, number]} */
function jpegSize(view) {
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) fail("the JPEG is damaged: a marker is missing", "E011");
    const marker = view.getUint8(at + 1);
    if (isFrameHeader(marker)) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    if (marker === EOI || marker === SOS) fail("the JPEG has no frame header", "E011");
    // A byte to fill up.
    if (marker === 0xff) at += 1;
    else if (isAlone(marker)) at += 2;
    else at += 2 + Math.max(2, view.getUint16(at + 2));
  }
}

/** SOF0 to SOF15, without DHT, JPG and DAC, which lie between them. @param {number} marker */
function isFrameHeader(marker) {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Markers without a length: TEM, RST0 to RST7, SOI. @param {number} marker */
function isAlone(marker) {
  return marker === 1 || (marker >= 0xd0 && marker <= 0xd8);
}

/** Source: RFC 9649. @param {Uint8Array} bytes @param {DataView} view @returns {[number, number]} */
function webpSize(bytes, view) {
  const u24 = (/** @type {number} */ at) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  if (startsWith(bytes, "VP8X", 12)) return [u24(24) + 1, u24(27) + 1];
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

/** QuickTime's reference movies, and its compressed header, which could hide one. */
const REFUSED_BOXES = ["rmra", "cmov"];

/**
 * Refuses an MP4 that is not whole: one that has samples in other files, or could have.
 * @param {Uint8Array} bytes
 */
function refuseReferences(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  /** @param {number} start @param {number} end @param {number} depth How many of the path have led here. */
  function look(start, end, depth) {
    for (let at = start; at + 8 <= end; ) {
      const box = readBox(view, at, end);
      if (!box) return;
      const kind = latin1(bytes.subarray(at + 4, at + 8));
      if (REFUSED_BOXES.includes(kind)) fail(`the MP4 plays other files: its box ${kind}`, "E011");
      if (depth === REFERENCE_PATH.length) checkReference(view, box);
      if (kind === REFERENCE_PATH[depth]) {
        // Before the entries of `dref` there are its version and their number.
        look(kind === "dref" ? box.body + 8 : box.body, box.end, depth + 1);
      }
      at = box.end;
    }
  }
  look(0, bytes.length, 0);
}

/**
 * Where the content of a box starts, and where it ends. What is damaged is the decoder's to refuse.
 * @param {DataView} view
 * @param {number} at
 * @param {number} end That of the box around it.
 */
function readBox(view, at, end) {
  let size = view.getUint32(at);
  let body = at + 8;
  if (size === 1 && at + 16 <= end) {
    // 64 bits follow.
    size = view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12);
    body = at + 16;
  }
  // A box without a size is the last.
  if (size === 0 || at + size > end) size = end - at;
  return size < body - at ? undefined : { body, end: at + size };
}

/**
 * Looks at an entry of a data reference box: the lowest of its flags says that the samples are in this file.
 * @param {DataView} view
 * @param {{ body: number, end: number }} box
 */
function checkReference(view, { body, end }) {
  const isOwn = body + 4 <= end && (view.getUint8(body + 3) & 1) === 1;
  if (!isOwn) fail("the MP4 has its samples in other files: it must hold them itself", "E011");
}
