/** README.md: the picture at its top plays at the address that it gives. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { ROOT, launch, open, serve } from "./browser.mjs";

test("the picture of the README plays where the README says", async () => {
  const text = await readFile(`${ROOT}/README.md`, "utf8");
  const address = text.match(/<http:\/\/localhost:8000(\/[^>]*)>/)?.[1] ?? assert.fail("no address");
  const picture = text.match(/!\[[^\]]*\]\(([^)]*)\)/)?.[1] ?? assert.fail("no picture");
  const path = new URLSearchParams(address.split("?")[1]).get("src") ?? assert.fail(address);
  const server = await serve(new Map([[path, new Uint8Array(await readFile(`${ROOT}/${picture}`))]]));
  const browser = await launch();
  try {
    const { page, errors } = await open(browser);
    await page.goto(`${server.origin}${address}`);
    await page.waitForFunction(() => document.getElementById("play")?.textContent === "Pause");
    // It moves: a second later the birds are elsewhere.
    const stage = page.locator("#stage");
    const first = await stage.screenshot();
    await page.waitForTimeout(1000);
    assert.notDeepEqual(await stage.screenshot(), first);
    await page.close();
    assert.deepEqual(errors, []);
  } finally {
    await browser.close();
    server.close();
  }
});
