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
