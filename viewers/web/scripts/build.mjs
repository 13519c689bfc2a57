/**
 * Builds `pngine.js` from the modules of `src/`, and `pngine.d.ts` from their types. Both are committed, so that who embeds the
 * player builds nothing. With `--check` nothing is written: what is out of date is an error.
 *
 *     node scripts/build.mjs [--check]
 */

import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The folder of the player. */
const WEB = fileURLToPath(new URL("..", import.meta.url));

/** What stands at the top of both files. */
const HEADER = "// The pngine player. Built from viewers/web/src by `npm run build`: change the modules there, not this file.";

/** The modules as one, readable and without imports. */
async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: WEB,
    entryPoints: ["src/index.js"],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    banner: { js: HEADER },
  });
  return outputFiles[0].text;
}

/** The types of what `index.js` exports, and of what these are made of, as one file. */
async function declarations() {
  const folder = await mkdtemp(join(tmpdir(), "pngine-types-"));
  try {
    const compiler = join(WEB, "node_modules/typescript/bin/tsc");
    const emit = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", folder];
    execFileSync(process.execPath, [compiler, "--project", join(WEB, "tsconfig.src.json"), ...emit], { stdio: "inherit" });
    const names = (await readdir(join(WEB, "src"))).sort();
    const read = async (/** @type {string} */ name) => ({
      source: await readFile(join(WEB, "src", name), "utf8"),
      types: await readFile(join(folder, name.replace(/\.js$/, ".d.ts")), "utf8"),
    });
    const index = await read("index.js");
    const others = await Promise.all(names.filter((name) => name !== "index.js").map(read));
    return joinDeclarations(others, index.types);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Puts the files that the compiler writes, one for each module, into one.
 * @param {{ source: string, types: string }[]} modules
 * @param {string} index The types of the one whose exports are those of all.
 */
function joinDeclarations(modules, index) {
  /** Text of a declaration with its comment, by name. @type {Map<string, string>} */
  const declared = new Map();
  for (const { source, types } of modules) {
    const docs = typedefDocs(source);
    for (const [name, declaration] of declarationsOf(types)) {
      if (declared.has(name)) throw new Error(`two modules declare ${name}: the types of all stand in one file`);
      declared.set(name, (docs.get(name) ?? "") + declaration);
    }
  }
  const values = Array.from(index.matchAll(/^export \{ (.*) \} from/gm), ([, names]) => names.split(", ")).flat();
  const types = Array.from(index.matchAll(/^export type (\w+)/gm), ([, name]) => name);
  const wanted = new Set([...values, ...types]);
  // A set that grows while it is gone through: what a declaration names is declared, too.
  for (const name of wanted) {
    const text = declared.get(name) ?? fail(`index.js exports ${name}, which no module declares`);
    for (const [word] of text.replace(/\/\*.*?\*\//gs, "").matchAll(/\w+/g)) if (declared.has(word)) wanted.add(word);
  }
  const body = [...wanted].sort().map((name) => declared.get(name)).join("\n");
  return `${HEADER}\n\n${body}\nexport { ${values.sort().join(", ")} };\nexport type { ${types.sort().join(", ")} };\n`;
}

/** @param {string} message @returns {never} */
function fail(message) {
  throw new Error(message);
}

/**
 * The declarations of a file that the compiler has written: name and text, with the comment before it. Those of one file start in
 * the first column, and nothing else in it does but the brace that ends them.
 * @param {string} text @returns {[name: string, text: string][]}
 */
function declarationsOf(text) {
  const pattern = /^(\/\*\*(?:(?!\*\/)[^])*?\*\/\n)?export (declare )?(type|const|class|function\*?) (\w+)[^]*?(?=^(?:export|import|declare|\/\*\*)|(?![^]))/gm;
  return Array.from(text.matchAll(pattern), ([all, comment = "", declare = "", , name]) => {
    const kept = /@typedef|@import|@module/.test(comment) ? "" : comment;
    const body = all.slice(comment.length).replace(`export ${declare}`, declare);
    return [name, kept + body.replace(/import\("\.\/[\w.]+"\)\./g, "")];
  });
}

/**
 * What the comments of a module say about the types that they define, by name: the compiler leaves that out.
 * @param {string} source
 */
function typedefDocs(source) {
  /** @type {Map<string, string>} */
  const docs = new Map();
  for (const [comment] of source.matchAll(/^\/\*\*(?:(?!\*\/)[^])*@typedef[^]*?\*\/\n/gm)) {
    const text = comment.replace(/^\/\*\*|\*\/$/gm, "").replace(/^ \* ?/gm, "");
    const [before, definition] = text.split(/(?=@typedef)/);
    const [, name, after = ""] = /^@typedef \{[^]*\} (\w+)([^@]*)/.exec(definition) ?? [];
    const lines = `${before.trim()}\n${after.trim()}`.trim();
    if (name && lines) docs.set(name, `/**\n${lines.replace(/^/gm, " * ").replace(/ +$/gm, "")}\n */\n`);
  }
  return docs;
}

const isCheck = process.argv.includes("--check");
for (const [name, text] of [["pngine.js", await bundle()], ["pngine.d.ts", await declarations()]]) {
  const path = join(WEB, name);
  const old = await readFile(path, "utf8").catch(() => "");
  if (old === text) continue;
  if (isCheck) {
    console.error(`viewers/web/${name} is out of date: run \`npm run build\` in viewers/web and commit the result`);
    process.exitCode = 1;
  } else {
    await writeFile(path, text);
    console.log(`wrote viewers/web/${name}`);
  }
}
