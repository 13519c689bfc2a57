/** Cut and edited images in Chromium: the table that the compiler and the native host are held against. */

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { launch, ROOT, serve } from "./browser.mjs";

/** Rows `verdict path edits`. */
const TABLE = readFileSync(join(ROOT, "images/tests/verdicts.txt"), "utf8").trim().split("\n").filter((line) => !line.startsWith("#"));

/** The file with its edits done. @param {string} path @param {string[]} edits */
function edited(path, edits) {
  let bytes = readFileSync(join(ROOT, path));
  for (const words = [...edits]; words.length; ) {
    const [edit, value = ""] = words.splice(0, 2);
    if (edit === "cut") bytes = bytes.subarray(0, bytes.length - Number(value));
    else if (edit === "add") bytes = Buffer.concat([bytes, Buffer.from(value, "hex")]);
    else Buffer.from(words.shift() ?? "", "hex").copy(bytes, Number(value));
  }
  return new Uint8Array(bytes);
}

const rows = TABLE.map((line) => line.split(" "));
const files = new Map(rows.map(([, path, ...edits], i) => [`/${i}`, edited(path ?? "", edits)]));

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => { [browser, server] = await Promise.all([launch(), serve(files)]); });
after(async () => { await browser.close(); server.close(); });

test("Chromium's verdicts are those of the table", async () => {
  const page = await browser.newPage();
  await page.goto(server.origin);
  const found = await page.evaluate(async (count) => {
    const verdicts = [];
    for (let i = 0; i < count; i++) {
      const bytes = await (await fetch(`/${i}`)).arrayBuffer();
      const image = await createImageBitmap(new Blob([bytes]), { premultiplyAlpha: "none", colorSpaceConversion: "none" }).catch(() => null);
      verdicts.push(image ? `${image.width}x${image.height}` : "refused");
    }
    return verdicts;
  }, rows.length);
  assert.deepEqual(found.map((verdict, i) => [verdict, ...(rows[i] ?? []).slice(1)].join(" ")), TABLE);
});
