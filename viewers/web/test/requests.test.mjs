/**
 * A scene sends no requests: a second server listens for them while every example plays and scenes that name its address are loaded.
 * What is in a file that a browser understands may make it fetch more: playlists, movies with their samples elsewhere, SVG.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { compiler, open, ROOT } from "./browser.mjs";
import { clear, d, END, fixedScene, theatre } from "./play.mjs";
import { chunk, command, utf8, v } from "./scene.mjs";

const { browser, server, files } = await theatre();

/** What the second server was asked for. @type {string[]} */
const asked = [];
const stranger = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  response.writeHead(200, { "access-control-allow-origin": "*", "cache-control": "no-store" });
  response.end();
});
await new Promise((resolve) => stranger.listen(0, "127.0.0.1", () => resolve(undefined)));
const { port } = /** @type {import("node:net").AddressInfo} */ (stranger.address());
const ADDRESS = `http://127.0.0.1:${port}`;
after(() => stranger.close());

/**
 * Loads scenes on a page, plays each, and gives why it was refused, or what was reported. A request for anything but the page, the player and the
 * scene fails the test, whoever is asked.
 * @param {(watch: (png: Uint8Array, name: string) => Promise<string[]>) => Promise<void>} body
 */
async function watching(body) {
  const { page, errors } = await open(browser);
  /** @type {string[]} */
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(server.origin);
  await body(async (png, name) => {
    files.set("/scene.png", png);
    const result = await page.evaluate(`(async () => {
      const { load } = await import("/viewers/web/pngine.js");
      const reports = [];
      const canvas = document.body.appendChild(document.createElement("canvas"));
      const options = { onError: (error) => reports.push(String(error)), size: [256, 192], autoplay: true };
      const player = await load("/scene.png", canvas, options).catch((error) => void reports.push("rejected: " + error));
      if (player) {
        await player.resize(320, 160);
        for (const time of [0, 0.5, 1, 7]) await player.seek(time).then(() => player.draw(time));
      }
      // What a media element fetches, it fetches later.
      await new Promise((done) => setTimeout(done, 100));
      player?.destroy();
      canvas.remove();
      return reports;
    })()`);
    assert.deepEqual(errors, [], name);
    assert.deepEqual(asked, [], name);
    return /** @type {string[]} */ (result);
  });
  await page.close();
  const own = ["/", "/viewers/web/pngine.js", "/scene.png"].map((path) => server.origin + path);
  assert.deepEqual(requests.filter((url) => !own.includes(url) && !url.startsWith(`blob:${server.origin}`) && url !== "data:,"), []);
}

/** All scenes of a folder. @param {string} folder */
const scenesIn = (folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".pngine")).sort();

test("every example plays, without a report, and asks nobody for anything", async () => {
  const examples = join(ROOT, "examples");
  const names = scenesIn(examples);
  assert.ok(names.length >= 83, `${names.length} examples`);
  const folder = mkdtempSync(join(tmpdir(), "pngine-"));
  try {
    await watching(async (watch) => {
      for (const name of names) {
        const png = join(folder, "scene.png");
        execFileSync(compiler(), ["build", join(examples, name), "-o", png], { stdio: ["ignore", "ignore", "pipe"] });
        assert.deepEqual(await watch(new Uint8Array(readFileSync(png)), name), [], name);
      }
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const ascii = (/** @type {string} */ text) => new Uint8Array(Buffer.from(text, "latin1"));
/** A box of an MP4. @param {string} kind @param {(Uint8Array | number[])[]} parts */
const box = (kind, ...parts) => {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), ...parts.map((part) => Buffer.from(part))]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length + 4);
  return new Uint8Array(Buffer.concat([size, body]));
};
/** The same with a size of 64 bits. @param {string} kind @param {Uint8Array} part */
const wide = (kind, part) => {
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(part.length + 16));
  return new Uint8Array(Buffer.concat([Buffer.from([0, 0, 0, 1]), Buffer.from(kind, "latin1"), size, Buffer.from(part)]));
};
const brand = box("ftyp", ascii("isom\x00\x00\x00\x00isomqt  "));
const [none, whole] = [[0, 0, 0, 0], [0, 0, 0, 1]];
const references = (/** @type {Uint8Array[]} */ ...entries) => box("dref", none, [0, 0, 0, entries.length], ...entries);
/** A movie with one track, whose samples are where `reference` says. @param {Uint8Array} reference */
const movie = (reference) => box("moov", box("mvhd", none, new Uint8Array(96)), box("trak", box("tkhd", none, new Uint8Array(80)),
  box("mdia", box("mdhd", none, new Uint8Array(20)), box("hdlr", none, none, ascii("vide"), new Uint8Array(13)), box("minf", box("dinf", reference)))));
const joined = (/** @type {(Uint8Array | number[])[]} */ ...parts) => new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))));

const HLS = `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${ADDRESS}/hls\n#EXT-X-ENDLIST\n`;
const DASH = `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT9S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><BaseURL>${ADDRESS}/dash</BaseURL><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"/></AdaptationSet></Period></MPD>`;
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" width="9" height="9"><image href="${ADDRESS}/svg" x:href="${ADDRESS}/svg" width="9" height="9"/><style>@import "${ADDRESS}/css";</style></svg>`;
const address = (/** @type {string} */ name) => ascii(`${ADDRESS}/${name}\x00`);

/** What may not get as far as the browser's video element. @type {[string, Uint8Array, string][]} */
const VIDEOS = [
  ...["video/mp4", "", "audio/mpegurl", "application/vnd.apple.mpegurl", "application/x-mpegURL", "video/webm", "video/ogg", "text/plain", "video/mp4; codecs=\"avc1.42E01E\""]
    .map((mime) => /** @type {[string, Uint8Array, string]} */ ([`HLS as ${mime}`, ascii(HLS), mime])),
  ["HLS, master", ascii(`#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${ADDRESS}/master\n`), "video/mp4"],
  ["HLS, live, with a key and a map", ascii(`#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="${ADDRESS}/key"\n#EXT-X-MAP:URI="${ADDRESS}/map"\n#EXTINF:1,\n${ADDRESS}/part\n`), "video/mp4"],
  ["HLS with a byte order mark", joined([0xef, 0xbb, 0xbf], ascii(HLS)), "audio/mpegurl"],
  ["HLS behind blanks", ascii(` \n${HLS}`), "audio/mpegurl"],
  ["HLS in UTF-16", new Uint8Array(Buffer.from(`\ufeff${HLS}`, "utf16le")), "audio/mpegurl"],
  ["HLS, compressed", new Uint8Array(gzipSync(HLS)), "audio/mpegurl"],
  ["M3U", ascii(`${ADDRESS}/m3u\n`), "audio/mpegurl"],
  ["PLS", ascii(`[playlist]\nNumberOfEntries=1\nFile1=${ADDRESS}/pls\n`), "audio/x-scpls"],
  ["ASX", ascii(`<asx version="3.0"><entry><ref href="${ADDRESS}/asx"/></entry></asx>`), "video/x-ms-asf"],
  ["DASH", ascii(DASH), "application/dash+xml"],
  ["DASH as a movie", ascii(DASH), "video/mp4"],
  ["SMIL", ascii(`<smil><body><video src="${ADDRESS}/smil"/></body></smil>`), "application/smil"],
  ["SDP", ascii(`v=0\no=- 1 1 IN IP4 127.0.0.1\ns=x\nm=video ${port} RTP/AVP 96\na=control:${ADDRESS}/sdp\n`), "application/sdp"],
  ["HTML", ascii(`<!doctype html><img src="${ADDRESS}/html">`), "text/html"],
  ["SVG", ascii(SVG), "image/svg+xml"],
  ["WebVTT", ascii(`WEBVTT\n\n00:00.000 --> 00:09.000\n<c><img src="${ADDRESS}/vtt"></c>\n`), "text/vtt"],
  ["an address", ascii(`${ADDRESS}/plain`), "text/uri-list"],
  ["MP4 with samples at an address", joined(brand, movie(references(box("url ", none, address("url"))))), "video/mp4"],
  ["MP4 with one reference of two elsewhere", joined(brand, movie(references(box("url ", whole), box("url ", none, address("second"))))), "video/mp4"],
  ["MP4 with samples by name", joined(brand, movie(references(box("urn ", none, ascii("urn:x\x00"), address("urn"))))), "video/mp4"],
  ["MP4 with an alias", joined(brand, movie(references(box("alis", none, address("alis"))))), "video/quicktime"],
  ["MP4 with an empty entry", joined(brand, movie(references(box("url ")))), "video/mp4"],
  ["MP4 with a large box around it", joined(brand, wide("moov", movie(references(box("url ", none, address("wide")))).slice(8))), "video/mp4"],
  ["MP4 whose second movie is elsewhere", joined(brand, movie(references(box("url ", whole))), movie(references(box("url ", none, address("again"))))), "video/mp4"],
  ["MP4 whose last box has no size", joined(brand, [0, 0, 0, 0], movie(references(box("url ", none, address("open")))).slice(4)), "video/mp4"],
  ["reference movie", joined(brand, box("moov", box("rmra", box("rmda", box("rdrf", none, ascii("url "), [0, 0, 0, 64], address("rdrf")))))), "video/quicktime"],
  ["reference movie in a track", joined(brand, box("moov", box("trak", box("rmra", box("rmda", box("rdrf", none, ascii("url "), address("deep"))))))), "video/quicktime"],
  ["compressed header", joined(brand, box("moov", box("cmov", box("dcom", ascii("zlib")), box("cmvd", none)))), "video/quicktime"],
  ["QuickTime", joined(box("ftyp", ascii("qt  \x00\x00\x00\x00qt  ")), movie(references(box("url ", whole)))), "video/quicktime"],
  ["Matroska that is not WebM", joined([0x1a, 0x45, 0xdf, 0xa3, 0x8b, 0x42, 0x82, 0x88], ascii("matroska"), ascii(HLS)), "audio/mpegurl"],
  ["the start of a WebM with a playlist", joined([0x1a, 0x45, 0xdf, 0xa3], ascii(HLS)), "audio/mpegurl"],
  ["the start of a WebM with DASH", joined([0x1a, 0x45, 0xdf, 0xa3, 0x80], ascii(DASH)), "application/dash+xml"],
  ["the start of an Ogg with a playlist", joined(ascii("OggS"), ascii(HLS)), "audio/mpegurl"],
];

/** What has a video's first bytes, and an address behind them: the browser may have it, and fetches nothing. @type {[string, Uint8Array, string][]} */
const DISGUISED = [
  ["Ogg page with a playlist", joined(ascii("OggS\x00\x02"), new Uint8Array(20), [1, 255], ascii(HLS)), "application/vnd.apple.mpegurl"],
  ["WebM with a playlist", joined([0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84], ascii("webm"), ascii(HLS)), "audio/mpegurl"],
  ["WebM with DASH", joined([0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84], ascii("webm"), ascii(DASH)), "application/dash+xml"],
  ["a box larger than the file", joined(ascii("#EXTftypM3U\n"), ascii(HLS)), "audio/mpegurl"],
  ["MP4 with a playlist", joined(brand, box("mdat", ascii(HLS))), "application/vnd.apple.mpegurl"],
  ["MP4 that holds its samples and names an address all the same", joined(brand, movie(references(box("url ", whole, address("whole"))))), "video/mp4"],
  ["MP4 with an address in its metadata", joined(brand, box("moov", box("udta", box("meta", none, box("url ", none, address("meta")))))), "video/mp4"],
];

const PIXEL = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const JPEG = readFileSync(new URL("assets/green-blue.jpg", import.meta.url));
const WEBP = readFileSync(new URL("assets/red-blue.webp", import.meta.url));
const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="${ADDRESS}/rdf"><rdf:Description rdf:about="${ADDRESS}/xmp"/></rdf:RDF></x:xmpmeta>`;

/** What is no PNG, JPEG or WebP. @type {[string, Uint8Array][]} */
const IMAGES = [
  ["SVG", ascii(SVG)], ["SVG with a declaration", ascii(`<?xml version="1.0"?>\n<?xml-stylesheet href="${ADDRESS}/sheet"?>${SVG}`)],
  ["SVG with an outside document type", ascii(`<!DOCTYPE svg SYSTEM "${ADDRESS}/dtd">${SVG}`)], ["SVG, compressed", new Uint8Array(gzipSync(SVG))],
  ["HTML", ascii(`<img src="${ADDRESS}/html">`)], ["GIF", ascii("GIF89a\x01\x00\x01\x00\x00\x00\x00;")], ["BMP", joined(ascii("BM"), new Uint8Array(60))],
  ["icon", joined([0, 0, 1, 0, 1, 0], new Uint8Array(40))], ["AVIF", joined(box("ftyp", ascii("avif\x00\x00\x00\x00avif")), box("meta", none, box("dinf", references(box("url ", none, address("avif"))))))],
  ["HEIC", joined(box("ftyp", ascii("heic\x00\x00\x00\x00heic")), box("meta", none, box("dinf", references(box("url ", none, address("heic"))))))],
  ["JPEG XL", ascii("\x00\x00\x00\x0cJXL \r\n\x87\n")], ["playlist", ascii(HLS)], ["an address", ascii(`${ADDRESS}/image`)],
  ["RIFF that is not WebP", joined(ascii("RIFF\x40\x00\x00\x00AVI LIST"), new Uint8Array(40))], ["the start of a PNG, then SVG", joined(ascii("\x89PNG\r\n\x1a\n"), ascii(SVG))],
];

/** Images with an address in what they say about themselves. @type {[string, Uint8Array][]} */
const DESCRIBED = [
  ["PNG", joined(PIXEL.subarray(0, 33), chunk("iTXt", [...utf8("XML:com.adobe.xmp\x00\x00\x00\x00\x00"), ...utf8(XMP)]), PIXEL.subarray(33))],
  ["JPEG", joined(JPEG.subarray(0, 2), [0xff, 0xe1, 0, XMP.length + 31], utf8("http://ns.adobe.com/xap/1.0/\x00"), utf8(XMP), JPEG.subarray(2))],
  ["WebP", new Uint8Array(WEBP)],
];

/** A scene that loads a video. @param {Uint8Array} bytes @param {string} mime */
const film = (bytes, mime) => fixedScene((_, at) => ({
  plugins: 63, frame: clear,
  init: [command("LOAD_VIDEO", 0, ...at(d(18, { mime: v.string(mime), autoplay: v.bool(true), muted: v.bool(true) })), ...at(bytes)), END],
}));
/** A scene that loads an image. @param {Uint8Array} bytes */
const picture = (bytes) => fixedScene((_, at) => ({ plugins: 63, frame: clear, init: [command("LOAD_IMAGE", 0, ...at(bytes)), END] }));

test("a video that is none is refused before the browser sees it, whatever it says it is", async () => {
  await watching(async (watch) => {
    for (const [name, bytes, mime] of VIDEOS) {
      const [report, ...more] = await watch(film(bytes, mime), name);
      assert.match(report ?? "nothing", /^rejected: PngineError E011: command 0, LOAD_VIDEO: video 0: (it is not a WebM, MP4 or Ogg video|the MP4 )/, name);
      assert.deepEqual(more, [], name);
    }
  });
});

test("a video with an address in it asks nobody", async () => {
  await watching(async (watch) => {
    for (const [name, bytes, mime] of DISGUISED) {
      const [report] = await watch(film(bytes, mime), name);
      assert.match(report ?? "nothing", /^rejected: PngineError E011: /, name);
    }
  });
});

test("an image that is none is refused before the browser sees it", async () => {
  await watching(async (watch) => {
    for (const [name, bytes] of IMAGES) {
      const [report, ...more] = await watch(picture(bytes), name);
      assert.match(report ?? "nothing", /^rejected: PngineError E011: command 0, LOAD_IMAGE: image 0: (it is not a PNG, JPEG or WebP image|the image ends before)/, name);
      assert.deepEqual(more, [], name);
    }
  });
});

test("an image with an address in it is decoded, and asks nobody", async () => {
  await watching(async (watch) => {
    for (const [name, bytes] of DESCRIBED) assert.deepEqual(await watch(picture(bytes), name), [], name);
  });
});
