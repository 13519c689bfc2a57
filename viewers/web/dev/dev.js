/**
 * The page of `pngine dev`: plays what was built last, and shows what is wrong with what was not.
 *
 * The server sends its state whenever the scene was built again. A new picture takes over time, frame and uniforms of the one before it, and
 * only when it is there; while the source is broken, the last good one plays on.
 *
 * @module
 */

import { controlOf, isOffered } from "../controls.js";
import { load } from "../pngine.js";

/**
 * What the server says. Source: cli/src/serve.rs.
 * @typedef {object} State
 * @property {string} name What the user calls the scene.
 * @property {number | null} picture The number of the PNG that was built last, if there is one.
 * @property {boolean} current Whether that is what the files say now.
 * @property {string} line About the PNG: its size, and how it plays.
 * @property {number} bytes That of the PNG.
 * @property {number | null} budget What it may have.
 * @property {{ name: string, bytes: number, deflated: number }[]} sections
 * @property {Finding[]} diagnostics
 * @property {string[]} excerpts What the command line prints about each of them.
 */

/** @typedef {{ code: string, severity: string, message: string, file: string | null, span: { line: number, column: number } | null }} Finding */

/** @typedef {import("../pngine.js").Player} Player */

/** @param {string} id @returns {any} */
const $ = (id) => document.getElementById(id);
const [stage, play, restart, step, seek, time, record] = ["stage", "play", "restart", "step", "seek", "time", "record"].map($);

/** @type {Player | undefined} */
let player;
/** The number of the picture that plays, or is being loaded. @type {number | null} */
let shown = null;
/** What was set by hand, by name: it outlives the scene. @type {Map<string, number[]>} */
const values = new Map();
/** The frame that was chosen by hand, by name. @type {string | null} */
let frame = null;
/** @type {State | undefined} */
let state;
/** What went wrong while it plays. @type {string[]} */
let complaints = [];

/** Most entries of a list that are offered: a scene may have thousands. */
const OFFERED = 256;
/** Most findings that are shown: nobody reads more before the first ones are mended. */
const MOST = 20;

/** @param {string} tag @param {string} text @param {string} [kind] */
function element(tag, text, kind) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

/** Pixels of the stage, as many as the screen has there. @returns {[number, number]} */
function pixels() {
  const { width, height } = stage.getBoundingClientRect();
  const round = (/** @type {number} */ length) => Math.max(1, Math.round(length * devicePixelRatio));
  return [round(width), round(height)];
}

/** Seconds on the slider: those of a timeline, whose time may go round and round. */
function seconds() {
  const now = player?.time ?? 0;
  const length = player?.duration ?? Infinity;
  return now > length ? now % length : now;
}

function showTime() {
  const now = seconds();
  while (now > Number(seek.max)) seek.max = String(Number(seek.max) * 2);
  seek.value = String(now);
  seek.setAttribute("aria-valuetext", `${now.toFixed(1)} seconds`);
  time.value = `${now.toFixed(2)} s`;
  play.textContent = player?.playing ? "Pause" : "Play";
  if (player?.playing) requestAnimationFrame(showTime);
}

/** Draws again what a control changed, unless a frame comes anyway. */
function redraw() {
  if (!player?.playing) player?.draw();
}

/** @param {string} name @param {number[]} numbers */
function set(name, numbers) {
  values.set(name, numbers);
  try {
    player?.setUniform(name, numbers);
  } catch (error) {
    complain(/** @type {Error} */ (error));
  }
  redraw();
}

/** Offers what the scene has: frames, scenes, uniforms, and the length of its time. */
function offer() {
  const frames = player?.frames.slice(0, OFFERED) ?? [];
  const scenes = player?.scenes.slice(0, OFFERED) ?? [];
  const uniforms = player?.uniforms.slice(0, OFFERED) ?? [];
  $("framing").hidden = frames.length < 2;
  $("frame").replaceChildren(new Option("by time", ""), ...frames.map((name) => new Option(name.slice(0, 80), name)));
  $("frame").value = frame !== null && frames.includes(frame) ? frame : "";
  $("acting").hidden = scenes.length < 2;
  $("scene").replaceChildren(...scenes.map(({ name, start }, i) => new Option(name.slice(0, 80) || String(i), String(start))));
  $("scene").selectedIndex = player?.scene ?? -1;
  $("scenes").replaceChildren(...scenes.map(({ name, start }) => new Option(name.slice(0, 80), String(start))));
  const free = uniforms.filter(isOffered);
  $("uniforms").hidden = !free.length;
  $("uniforms").replaceChildren(element("legend", "Uniforms"), ...free.map((uniform) => controlOf(uniform, (name) => player?.getUniform(name), set)));
  const length = player?.duration ?? Infinity;
  seek.max = String(Number.isFinite(length) ? length : 30);
  for (const one of [play, restart, step, seek, record]) one.disabled = !player;
}

/** What goes wrong while the scene plays. @param {Error & { code?: string }} error */
function complain({ code, message }) {
  if (complaints.length < MOST) complaints.push(`${code ?? ""} ${message}`.trim());
  list();
}

/** An article about a finding. @param {Finding} finding @param {string} excerpt */
function article({ code, severity, message, file, span }, excerpt) {
  const made = element("article", "", severity);
  const title = document.createElement("h2");
  title.append(element("b", code), ` ${message}`);
  made.append(title);
  if (file && span) {
    const place = `${file}:${span.line}:${span.column}`;
    const copy = element("button", place);
    copy.title = "Copy the place";
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(place);
      copy.textContent = `${place} copied`;
    });
    made.append(copy);
  }
  // The first line says the same as the title.
  made.append(element("pre", excerpt.split("\n").slice(1).join("\n").trimEnd()));
  return made;
}

/** Shows what was found, by the compiler and by the player. */
function list() {
  const { diagnostics = [], excerpts = [] } = state ?? {};
  const found = diagnostics.slice(0, MOST).map((finding, i) => article(finding, excerpts[i] ?? ""));
  if (diagnostics.length > MOST) found.push(element("p", `and ${diagnostics.length - MOST} more`));
  const running = complaints.map((text) => {
    const made = element("article", "", "error");
    made.append(element("h2", text));
    return made;
  });
  $("findings").replaceChildren(...found, ...running);
}

/** Plays another picture in the place of the one that plays. @param {number} picture */
async function show(picture) {
  shown = picture;
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", state?.name ?? "Scene");
  const before = player;
  const going = before ? before.playing : !matchMedia("(prefers-reduced-motion: reduce)").matches;
  complaints = [];
  try {
    const onScene = (/** @type {number} */ scene) => ($("scene").selectedIndex = scene);
    const options = { size: pixels(), autoplay: false, onError: complain, onScene, onEnd: showTime };
    const next = await load(`scene.png?${picture}`, canvas, options);
    // A later one may be on its way by now.
    if (shown !== picture) return next.destroy();
    const at = before?.time ?? 0;
    before?.destroy();
    player = next;
    stage.replaceChildren(canvas);
    const known = new Map(next.uniforms.map(({ name, length }) => [name, length]));
    for (const [name, numbers] of values) if (known.get(name) === numbers.length) next.setUniform(name, numbers);
    const index = frame === null ? -1 : next.frames.indexOf(frame);
    if (index >= 0) next.setFrame(index);
    next.seek(at);
    if (going) next.play();
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    if (shown !== picture) return;
    if (player) complain(/** @type {Error} */ (error));
    else stage.replaceChildren(element("p", message.replace(/\n\s+at .*$/s, "")));
  }
  offer();
  list();
  showTime();
}

/** Shows the sizes. @param {State} next */
function measure({ budget, bytes, sections }) {
  $("budget").hidden = budget === null;
  if (budget !== null) {
    $("budget").max = budget;
    $("budget").high = budget * 0.95;
    $("budget").value = bytes;
    $("budget").title = `${bytes} of ${budget} bytes`;
  }
  const row = (/** @type {State["sections"][number]} */ { name, bytes, deflated }) => {
    const made = document.createElement("tr");
    made.append(...[name, String(bytes), String(deflated)].map((text) => element("td", text)));
    return made;
  };
  $("sections").replaceChildren(...sections.map(row));
}

/** @param {State} next */
function take(next) {
  state = next;
  document.title = `${next.current ? "" : "✗ "}${next.name} - pngine dev`;
  document.documentElement.classList.toggle("stale", !next.current);
  $("name").textContent = next.name;
  const errors = next.diagnostics.filter(({ severity }) => severity === "error").length;
  const broken = `${errors} ${errors === 1 ? "error" : "errors"}${next.picture === null ? "" : ": the last good picture plays on"}`;
  $("size").textContent = next.current ? next.line : broken;
  // The sizes of what plays: what is broken has none.
  if (next.current) measure(next);
  list();
  if (next.picture !== null && next.picture !== shown) show(next.picture);
}

/** Records what the canvas shows, as a video that the browser can write. */
function recording() {
  const canvas = stage.querySelector("canvas");
  if (!canvas) return;
  const recorder = new MediaRecorder(canvas.captureStream());
  /** @type {Blob[]} */
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  recorder.addEventListener("stop", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type: recorder.mimeType }));
    link.download = `${(state?.name ?? "scene").replace(/^.*\/|\.\w+$/g, "")}.${recorder.mimeType.includes("mp4") ? "mp4" : "webm"}`;
    link.click();
    URL.revokeObjectURL(link.href);
    record.textContent = "Record";
  });
  record.textContent = "Stop recording";
  recorder.start();
  record.onclick = () => {
    recorder.stop();
    record.onclick = recording;
  };
}
record.onclick = recording;

play.addEventListener("click", () => {
  if (player?.playing) player.pause();
  else player?.play();
  showTime();
});
restart.addEventListener("click", () => {
  player?.seek(0);
  showTime();
});
step.addEventListener("click", () => {
  player?.pause();
  player?.seek(player.time + 1 / 60);
  showTime();
});
seek.addEventListener("input", () => {
  player?.seek(Number(seek.value));
  showTime();
});
$("scene").addEventListener("change", () => {
  player?.seek(Number($("scene").value));
  showTime();
});
$("frame").addEventListener("change", () => {
  frame = $("frame").value || null;
  player?.setFrame(frame === null ? null : player.frames.indexOf(frame));
  redraw();
});
new ResizeObserver(() => player?.resize(...pixels())).observe(stage);

const events = new EventSource("events");
events.addEventListener("message", ({ data }) => take(JSON.parse(data)));
events.addEventListener("error", () => {
  $("size").textContent = "The connection to pngine dev is lost; this page goes on when it is back.";
});
