/** Runs an executor, and executes its command buffers. @module */

import { actionsOf } from "./actions.js";
import { assetsOf, labelOf } from "./assets.js";
import { Meter } from "./budgets.js";
import { decodeCommands, kindOf } from "./commands.js";
import { codeOf, fail, located, PngineError } from "./errors.js";
import { moduleActions } from "./nested.js";
import { Reader } from "./reader.js";
import { Recording } from "./recording.js";
import { Resources } from "./resources.js";
import { CANVAS, INPUTS, KINDS, NONE, SKIPS, STATUSES } from "./tables.generated.js";
import { videosOf } from "./videos.js";
/** @import { Command, Op } from "./commands.js" */
/** @import { Exports } from "./executor.js" */
/** @import { Screen } from "./resources.js" */

/**
 * What creates a thing, the label of that, and what it needs, by label.
 * @typedef {Command & { thing: string, uses: Set<string> }} Recipe
 */

/**
 * The commands of `init`, or of a frame.
 * @typedef {object} CommandBuffer
 * @property {() => Generator<Command>} read
 * @property {number} count
 * @property {boolean} isFirst Whether they are those of `init`.
 */

/** Codes of a TypeError of a command. Which pipeline a pass takes, and which formats a device has, WebGPU knows. */
const REFUSALS = /** @type {Record<string, string>} */ ({ SET_PIPELINE: "E001", CREATE_TEXTURE: "E006" });

/** The commands that a bundle may hold: those of WebGPU's `GPURenderBundleEncoder`. */
const BUNDLED = /^(SET_(PIPELINE|BIND_GROUP|VERTEX_BUFFER|INDEX_BUFFER)|DRAW|PUSH_|POP_|INSERT_)/;

/** Kinds of what a driver compiles. */
const PROGRAMS = ["shader", "pipeline"];

/** The `GPUBufferUsage` bit that a command needs, by the second word of its name. @type {Record<string, number>} */
const USES = { VERTEX: 0x20, INDEX: 0x10, INDIRECT: 0x100, INDEXED: 0x100, QUERY: 0x200, BUFFER: 8, FROM: 8 };

/** The bit of a buffer that is copied from. */
const COPY_SRC = 4;

/** The bit of a command buffer's flags that says: there was no room for all commands. */
const IS_CUT = 1;

/** The sources of the input block that a player listens for: name, first byte and the byte behind the last. */
const SOURCES = /** @type {[string, number, number][]} */ ([
  ["pointer", INPUTS.pointerInputs, INPUTS.frameInputs],
  ["keys", INPUTS.keyboardInputs, INPUTS.audioInputs],
]);

/**
 * Executes the commands of an executor on a device.
 * @param {GPUDevice} device
 * @param {Screen} screen
 * @param {number} plugins Those that the scene declares.
 * @param {Exports} executor
 * @param {(error: PngineError) => void} report
 * @param {number} maxGpuBytes
 */
export function executeOn(device, screen, plugins, executor, report, maxGpuBytes) {
  const meter = new Meter();
  const recording = new Recording(device);
  const resources = new Resources(screen, maxGpuBytes);
  const videos = videosOf(report);
  const assets = assetsOf(videos, resources, meter);
  /** How to create again, in this order, what needs another thing. @type {Recipe[]} */
  const recipes = [];
  /** Whether things may be created. */
  let isStarting = true;
  /** Where the input block starts in the executor's memory. */
  let inputsAt = 0;
  /** The index of the timeline's scene that is shown. */
  let scene = 0;
  /** Names of the sources of the input block that the scene has read. @type {Set<string>} */
  const reads = new Set();
  const actionOf = actionsOf({ device, executor, resources, recording, meter, noteRead, executeBundled }, {
    ...moduleActions(device, executor, meter, noteRead),
    SET_SCENE(shown) {
      scene = shown;
    },
  });

  /** @param {Command} command */
  function executeBundled(command) {
    act(command, true);
  }

  /** Loads what the commands of `init` will create. @param {CommandBuffer} commands */
  function load(commands) {
    return assets.load(commands.read(), plugins);
  }

  /** Runs `init`, or `frame` where there is a time. @param {number} [time] @returns {CommandBuffer} */
  function call(time) {
    const [width, height] = screen.size();
    const isFirst = time === undefined;
    const status = (isFirst ? executor.init() : executor.frame(time, width, height)) >>> 0;
    if (status) fail(`the executor says: ${STATUSES[status] ?? `status ${status}`}`, "executor");
    const memory = new Uint8Array(executor.memory.buffer);
    inputsAt = executor.getInputsPtr() >>> 0;
    meter.reset();
    const bytes = new Reader(memory.subarray(executor.getCommandPtr() >>> 0)).take(executor.getCommandLen() >>> 0);
    const header = new Reader(bytes);
    const total = header.u32();
    const count = header.u16();
    const flags = header.u16();
    if (total !== bytes.length || flags & IS_CUT) fail("the command buffer is cut off");
    return { read: () => decodeCommands(bytes.subarray(header.at), memory, 0), count, isFirst };
  }

  /** Executes commands. @param {CommandBuffer} commands */
  function perform({ read, count, isFirst }) {
    // A bind group with a video holds the picture of one frame.
    if (videos.elements().length) renew("video");
    isStarting = isFirst;
    recording.start(!isFirst);
    let done = 0;
    let last = "";
    for (const command of read()) {
      execute(command);
      done += 1;
      last = command.op.name;
    }
    if (done !== count || !recording.isDone || last !== "END") fail("the command buffer ends too early", "E007");
  }

  /** Creates again what needs a thing, and what needs that. @param {string} cause Its label. */
  function renew(cause) {
    const stale = new Set([cause]);
    isStarting = true;
    recording.end();
    meter.reset();
    for (const recipe of recipes) {
      if (![...recipe.uses].some((label) => stale.has(label))) continue;
      stale.add(recipe.thing);
      execute(recipe);
    }
  }

  /** Notes that a uniform reads a single of the input block. @param {number} offset */
  function noteInput(offset) {
    noteRead(inputsAt + offset, 4);
  }

  /** Lets go of images and videos. */
  function release() {
    assets.release();
    videos.release();
  }

  /** Notes which sources of the input block bytes come from. @param {number} at Address of the first. @param {number} length */
  function noteRead(at, length) {
    for (const [name, start, end] of SOURCES) {
      if (at < inputsAt + end && at + length > inputsAt + start) reads.add(name);
    }
  }

  /** Executes a command, or leaves it out and says so. @param {Command | Recipe} command */
  function execute(command) {
    resources.uses = new Set();
    try {
      act(command, false);
    } catch (error) {
      // A bundle that was open.
      if (command.op.kind >= 0) recording.end();
      if (!SKIPS.includes(/** @type {PngineError} */ (error).code)) throw error;
      report(/** @type {PngineError} */ (error));
    }
  }

  /**
   * Executes a command. Those of a bundle stand or fall with it.
   * @param {Command | Recipe} command
   * @param {boolean} isBundled
   */
  function act(command, isBundled) {
    const { op, where } = command;
    try {
      checkPlace(op, isBundled);
      if (op.kind >= 0) create(command);
      else {
        resources.label = op.name;
        actionOf(op)(...operandsOf(command));
      }
      const [verb, noun] = op.name.split("_");
      if (verb === "SET") recording.has[noun] = true;
    } catch (error) {
      throw located(error, where, (error instanceof TypeError && REFUSALS[op.name]) || codeOf(error));
    }
  }

  /** Refuses a command that may not stand where it does. @param {Op} op @param {boolean} isBundled */
  function checkPlace({ name, plugin, place }, isBundled) {
    const { pass, place: passPlace, has } = recording;
    if (!(plugins & plugin)) fail("the scene does not declare the plugin of this command", "E009");
    const isAllowed = { I: isStarting && !pass, O: !pass, P: Boolean(pass), A: true }[place] ?? place === passPlace;
    if (!isAllowed || (isBundled && !BUNDLED.test(name))) fail("it may not stand here", "E007");
    const [verb, noun] = name.split("_");
    if ((verb === "DRAW" || verb === "DISPATCH") && !has.PIPELINE) fail("no pipeline is set", "E003");
    if (noun === "INDEXED" && !has.INDEX) fail("no index buffer is set", "E003");
  }

  /** Creates a thing, or creates it again. @param {Command | Recipe} command */
  function create(command) {
    const { op, args: [id] } = command;
    const label = labelOf(command);
    resources.label = label;
    if (PROGRAMS.includes(KINDS[op.kind])) meter.program();
    const isRenewed = "uses" in command;
    if (isRenewed) resources.free(op.kind, id);
    const table = resources.tables[op.kind];
    if (table.has(id) || id >= CANVAS) fail(`there is a ${label} already`, "E001");
    if (!isRenewed) recipes.push({ ...command, thing: label, uses: resources.uses });
    const [, ...operands] = operandsOf(command);
    table.set(id, assets.has(label) ? assets.take(label) : actionOf(op)(...operands));
  }

  /** The operands of a command, in which things stand for their ids. @param {Command} command */
  function operandsOf({ op: { name, operands }, args, where }) {
    return args.map((operand, i) => {
      if (!operands[i].startsWith("r")) return operand;
      if (operand === NONE && name === "BEGIN_RENDER_PASS") return null;
      const thing = resources.resolve(kindOf(operands[i]), operand);
      if (operands[i] === "rA") checkUsage(thing, name, i, where);
      return thing;
    });
  }

  /**
   * Warns of a buffer that lacks the usage that a command needs.
   * @param {GPUBuffer} buffer
   * @param {string} name That of the command.
   * @param {number} operand Which one the buffer is.
   * @param {string} where
   */
  function checkUsage(buffer, name, operand, where) {
    const [, noun] = name.split("_");
    const bit = name === "COPY_BUFFER" && operand === 0 ? COPY_SRC : USES[noun];
    if (bit && !(buffer.usage & bit)) report(new PngineError(`${where}: ${buffer.label} lacks the usage ${bit}`, "E005"));
  }

  return { resources, videos, meter, reads, scene: () => scene, load, call, perform, renew, noteInput, release };
}
