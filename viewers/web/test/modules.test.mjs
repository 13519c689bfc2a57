/** How the player's modules are cut: each about one thing, and none that needs what needs it. */

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import test from "node:test";

const FOLDER = new URL("../src/", import.meta.url);

/** The modules, by name. @type {Map<string, string>} */
const MODULES = new Map();
for (const name of (await readdir(FOLDER)).sort()) MODULES.set(name, await readFile(new URL(name, FOLDER), "utf8"));

/** The modules that a text imports or exports from. @param {string} text */
const importsOf = (text) => Array.from(text.matchAll(/^(?:import|export) (?:\{[^{}]*\}|\* as \w+) from "\.\/([\w.]+)";$/gm), ([, name]) => name);

test("every module is reached from index.js, and none from itself", () => {
  const reached = new Set();
  /** @param {string} name @param {string[]} path The modules that lead here. */
  function visit(name, path) {
    assert.ok(!path.includes(name), `a circle of imports: ${[...path, name].join(" → ")}`);
    const text = MODULES.get(name);
    assert.ok(text !== undefined, `${path.at(-1)} imports ${name}, which is not there`);
    reached.add(name);
    for (const next of importsOf(text)) visit(next, [...path, name]);
  }
  visit("index.js", []);
  assert.deepEqual([...reached].sort(), [...MODULES.keys()]);
});

test("modules import each other, and nothing else", () => {
  for (const [name, text] of MODULES)
    assert.equal(text.match(/^import\b|^export [{*]|\bimport\((?!".*"\)\.)/gm)?.length ?? 0, importsOf(text).length, name);
});

/** Most lines of a module, without comments and empty ones. */
const MOST_LINES = 300;

test("no module is long", () => {
  for (const [name, text] of MODULES) {
    const code = text.replace(/^\s*\/\*\*[^]*?\*\/$/gm, "").replace(/^\s*\/\/.*$/gm, "");
    const lines = code.split("\n").filter((line) => line.trim()).length;
    assert.ok(lines <= MOST_LINES, `${name}: ${lines} lines of code`);
  }
});

test("no line of a module is wider than 130 columns", () => {
  for (const [name, text] of MODULES)
    for (const [i, line] of text.split("\n").entries()) assert.ok(line.length <= 130, `${name}, line ${i + 1}: ${line.length} columns`);
});
