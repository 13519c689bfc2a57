/** Data alone take neither the time nor the memory of a page: what is over a budget is refused with its code, and the page lives on. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { theatre } from "./play.mjs";
import { CASES, costOf } from "./hostile.mjs";

const { browser, server, files } = await theatre();

/**
 * Most that any of them may cost: milliseconds of the processors in the page's process, as wall clocks say little where tests share a machine, and MiB of
 * its memory, of which 150 are an empty page and 512 the bytes that a command buffer may write.
 */
const MOST = { cpu: 6000, renderer: 1000 };

for (const [title, { make, report }] of Object.entries(CASES))
  test(title, async () => {
    const { reports, alive, ...cost } = await costOf(browser, server, files, make(), { patience: 90_000 });
    assert.ok(alive, "the page does not answer");
    if (report) assert.ok(reports.some((text) => report.test(text)), reports.join("\n"));
    else assert.deepEqual(reports, []);
    for (const [name, most] of Object.entries(MOST)) {
      const spent = cost[/** @type {keyof typeof MOST} */ (name)];
      assert.ok(spent <= most, `${name}: ${spent}, at most ${most}; ${JSON.stringify(cost)}`);
    }
  });
