// The pngine player. Built from viewers/web/src by `npm run build`: change the modules there, not this file.

/**
 * The timeline. Times are in milliseconds.
 */
type Animation = {
    duration?: number;
    endBehavior?: number;
    scenes?: {
        start?: number;
        end: number;
        frame?: number;
    }[];
};

/**
 * A uniform variable.
 */
type Block = {
    module: string;
    name: string;
    buffer: number;
    uniforms: Member[];
};

/**
 * One that was read; `where` is its place for messages.
 */
type Command = {
    op: Op;
    args: any[];
    where: string;
};

/**
 * What a scene says of a member, `name` as in `Member`. Its numbers may be singles.
 */
type Control = {
    name?: string;
    /**
     * What it begins with.
     */
    value?: number[];
    min?: number;
    max?: number;
    step?: number;
    label?: string;
    color?: boolean;
};

/**
 * What it says of a uniform variable.
 */
type ControlBlock = {
    module: string;
    name: string;
    uniforms: Control[];
};

/**
 * What kind of thing goes wrong, for a page that does something about it.
 *
 * While loading: `network` the bytes cannot be fetched, `not-png`, `no-scene`, `damaged`, `unsupported` this player, browser or
 * GPU lacks what the scene needs, `no-executor`, `no-webgpu`, `canvas` it belongs to something else, `aborted` by
 * `options.signal`, `superseded` by a later `load` onto the same canvas. While loading or playing: `executor` it fails, `command`
 * one is wrong, `module` a nested module fails, `media` an image or a video is not what it should be, `budget` the scene asks for
 * too much, `webgpu` what WebGPU says, `stalled` the GPU does not finish, `lost` the device is gone, `frame` there is no such
 * frame, `uniform` one cannot be set, `argument` a time or size that is none.
 */
type ErrorKind = "network" | "not-png" | "no-scene" | "damaged" | "unsupported" | "no-executor" | "no-webgpu" | "canvas" | "aborted" | "superseded" | "executor" | "command" | "module" | "media" | "budget" | "webgpu" | "stalled" | "lost" | "frame" | "uniform" | "argument";

/**
 * What an executor exports, see docs/format.md.
 */
type Exports = Record<string, any> & {
    memory: WebAssembly.Memory;
};

type Extras = {
    animation: Animation;
    uniforms: {
        blocks?: Block[];
    };
    controls: {
        blocks?: ControlBlock[];
    };
    device: {
        requiredFeatures?: string[];
        optionalFeatures?: string[];
        requiredLimits?: Record<string, number>;
    };
    canvas: Pick<GPUCanvasConfiguration, "alphaMode" | "colorSpace"> & {
        toneMapping?: GPUCanvasToneMappingMode;
    };
};

type Member = {
    name?: string;
    /**
     * In bytes.
     */
    offset?: number;
    /**
     * That of its numbers.
     */
    type: string;
    columns?: number;
    rows?: number;
    /**
     * How many elements, if it is an array.
     */
    count?: number;
    /**
     * In bytes.
     */
    arrayStride?: number;
    /**
     * Where in the input block its value comes from, if it does.
     */
    input?: number;
};

type Op = {
    name: string;
    /**
     * The bit of the plugin that it belongs to.
     */
    plugin: number;
    /**
     * Where it may stand: in `init` (I), outside of passes (O), in render passes (R), compute passes (C) or
     * both (P), anywhere (A).
     */
    place: string;
    /**
     * `1`, `2` and `4` are unsigned numbers of so many bytes, `i` a signed one and `f` a single; `b` is
     * bytes, `nB` the new id of a thing of kind 1, `rA` that of one of kind 0.
     */
    operands: string[];
    /**
     * That of what it creates, or -1.
     */
    kind: number;
};

type Options = {
    /**
     * For a PNG without one: the module's bytes or address, or the address of the folder that holds one
     * for every set of plugins, with `/` at its end.
     */
    executor?: Source;
    /**
     * The device to use; otherwise the player asks for its own.
     */
    device?: GPUDevice;
    /**
     * Gives up loading. Afterwards it does nothing.
     */
    signal?: AbortSignal;
    /**
     * Is told what goes wrong while there still is something to play, each message
     * once. Default: the console.
     */
    onError?: (error: PngineError) => void;
    /**
     * A size for the canvas, in pixels; otherwise it keeps its own.
     */
    size?: [width: number, height: number];
    /**
     * `true` plays at once, `false` draws nothing yet. Default: the frame at time 0 is drawn.
     */
    autoplay?: boolean;
    /**
     * How the canvas covers the page. Default: what the scene asks for, or `"opaque"`.
     */
    alphaMode?: GPUCanvasAlphaMode;
    /**
     * What the scene hears; also `player.analyser`. Default: silence.
     */
    analyser?: AnalyserNode;
    /**
     * Is told when another scene of the timeline is shown.
     */
    onScene?: (scene: number, player: Player) => void;
    /**
     * Is told when time has come to the end of a timeline that does not repeat.
     */
    onEnd?: (player: Player) => void;
    /**
     * What `frameInputs.seed` holds. Default: 0, so that pictures repeat.
     */
    seed?: number;
    /**
     * Frames a second, each a step of 1/fps seconds whatever the screen does. Default: 60 for scenes with
     * compute passes, which simulate something; otherwise a frame for each refresh of the screen.
     */
    fps?: number;
    /**
     * Most seconds that time goes on from one frame to the next. Default: 0.1.
     */
    maxDelta?: number;
    /**
     * The canvas' CSS `touch-action` while a scene reads the pointer; `false` leaves it
     * alone. Default: `"none"`.
     */
    touchAction?: string | false;
    /**
     * Which keys the scene sees: those pressed while the canvas has the focus, those of
     * the whole page but for what is typed into it, or none. Default: `"canvas"`.
     */
    keys?: "canvas" | "page" | false;
    /**
     * Largest payload to inflate. Default: 64 MiB.
     */
    maxBytes?: number;
    /**
     * Most bytes of buffers, textures and query sets at a time. Default: 1 GiB.
     */
    maxGpuBytes?: number;
    /**
     * How long the GPU may work before the player stops and says so. Default: 10.
     */
    gpuSeconds?: number;
};

type Payload = {
    /**
     * Those that the scene declares, a bit each.
     */
    plugins: number;
    /**
     * The scene's own executor.
     */
    executor?: Uint8Array;
    bytecode: Uint8Array;
    data: Uint8Array;
    /**
     * By tag.
     */
    extensions: Map<number, Uint8Array>;
    /**
     * By index; there are gaps.
     */
    names: [frames: string[], scenes: string[]];
};

/** A scene that can be played. Made by `load`. */
declare class Player {
    #private;
    /**
     * @param {HTMLCanvasElement | OffscreenCanvas} canvas
     * @param {GPUDevice} device
     * @param {Payload} payload
     * @param {Extras} extras
     * @param {Exports} executor
     * @param {Options} options
     */
    constructor(canvas: HTMLCanvasElement | OffscreenCanvas, device: GPUDevice, payload: Payload, extras: Extras, executor: Exports, options: Options);
    /** The canvas that the scene is drawn on. */
    get canvas(): HTMLCanvasElement | OffscreenCanvas;
    /** The device that it is drawn with. */
    get device(): GPUDevice;
    /** What is shown, in seconds from the start of the scene. */
    get time(): number;
    /** Whether time goes on by itself. */
    get playing(): boolean;
    /** Names of the scene's frames, by index; empty for those without one. */
    get frames(): readonly string[];
    /** The scenes of the timeline, by index; times are in seconds, `frame` is an index of `frames`. */
    get scenes(): readonly Readonly<{
        name: string;
        start: number;
        end: number;
        frame: number;
    }>[];
    /** Length of the timeline in seconds; `Infinity` without one. */
    get duration(): number;
    /** What the scene hears. @type {AnalyserNode | undefined} */
    get analyser(): AnalyserNode | undefined;
    set analyser(analyser: AnalyserNode | undefined);
    /** Whether `destroy` was called, or another scene loaded onto the canvas. */
    get destroyed(): boolean;
    /** Index of the timeline's scene that is shown, 0 without a timeline. */
    get scene(): number;
    /** Whether time is at the end of a timeline that does not repeat. */
    get ended(): boolean;
    /** The scene's videos, in the order of their ids, for their sound and their state; the player moves them. */
    get videos(): HTMLVideoElement[];
    /**
     * The uniforms that the scene has, by name, with their types and what the scene says of them. Those with `input` the player
     * writes itself.
     */
    get uniforms(): readonly Uniform[];
    /**
     * Sets a uniform: it is written before the next frame, and converted to the type that it has there.
     * @param {string} name Its own, or with variable or module in front: `speed`, `params.speed`, `main.params.speed`.
     * @param {UniformValue} value
     */
    setUniform(name: string, value: UniformValue): void;
    /**
     * Sets several uniforms, see `setUniform`: all of them, or none if one of them cannot be set.
     * @param {Record<string, UniformValue>} values
     */
    setUniforms(values: Record<string, UniformValue>): void;
    /**
     * What a uniform is in the next frame: what was set, or else what it begins with; of one that the player writes itself, what it
     * was in the last frame. A number, or several in an array. What the scene's own frames write is not seen here.
     * @param {string} name
     * @returns {number | number[]}
     */
    getUniform(name: string): number | number[];
    /**
     * Creates what the scene needs, draws its first frame, takes over the canvas, and plays if it should. `load` does this.
     * @param {AbortSignal} claim Ends when somebody else wants the canvas.
     * @param {() => void} appeared Is told that it is taken.
     */
    start(claim: AbortSignal, appeared: () => void): Promise<void>;
    /**
     * Plays on from `time`, at the end from the start. After the GPU did not finish it tries again. Without its device a player
     * stands still: load the scene again.
     */
    play(): void;
    /** Stops time. */
    pause(): void;
    /** Stops time and shows the start. */
    stop(): Promise<void>;
    /** Goes to a time in seconds; when paused, draws it, as soon as the scene's videos are there. @param {number} time */
    seek(time: number): Promise<void>;
    /**
     * Draws the frame at `time`, in seconds, at once: when this returns, the canvas shows it. The promise settles when the device
     * has said what is wrong with it, if anything; it is never rejected. A canvas without pixels is left alone, one with more
     * pixels than the device can draw is made smaller.
     */
    draw(time?: number): Promise<void>;
    /**
     * Gives the canvas another size, in whole pixels, at least one and at most what the device can draw, and draws again what was
     * drawn. A player that an error has stopped plays on: the error may have come from the size.
     * @param {number} width
     * @param {number} height
     */
    resize(width: number, height: number): Promise<void>;
    /** Chooses a frame by name or index; `null` leaves the choice to the timeline. @param {string | number | null} frame */
    setFrame(frame: string | number | null): void;
    /** Stops for good: gives back the device, if it is the player's own, and listens to nothing any more. */
    destroy(): void;
}

/** What goes wrong. `code` is that of docs/diagnostics.md, E001 to E013 for commands; empty where no code fits. */
declare class PngineError extends Error {
    /** @type {ErrorKind} */
    kind: ErrorKind;
    code: string;
    /**
     * @param {string} message
     * @param {string} [what] A kind, or the code of a command's error.
     * @param {unknown} [cause] What was thrown at first.
     */
    constructor(message: string, what?: string, cause?: unknown);
}

type Scope = {
    /**
     * Finds a thing that has an id.
     */
    resolve: (kind: number, id: number) => any;
    /**
     * A number in terms of the canvas:
     * across * width + down * height + constant.
     */
    span: (across: number, down: number, constant: number) => number;
    /**
     * The format of the canvas.
     */
    format: string;
};

/**
 * Where bytes come from: an address or the bytes.
 */
type Source = string | URL | Response | Blob | ArrayBuffer | Uint8Array;

type Uniform = {
    /**
     * The shortest name that means only this one.
     */
    name: string;
    /**
     * In WGSL, such as `vec3<f32>` or `array<mat4x4<f32>, 2>`.
     */
    type: string;
    /**
     * How many numbers it takes.
     */
    length: number;
    /**
     * Whether the player writes it before every frame, so that nobody else can.
     */
    input: boolean;
    /**
     * What to call it.
     */
    label: string;
    /**
     * What it begins with: a number, or several.
     */
    default: number | readonly number[];
    /**
     * The least that each of its numbers should be.
     */
    min?: number;
    /**
     * The most that each of them should be.
     */
    max?: number;
    /**
     * From one value to the next.
     */
    step?: number;
    /**
     * Whether its numbers are red, green, blue and alpha.
     */
    color: boolean;
};

/**
 * A number, or numbers, in lists of any depth, columns first.
 */
type UniformValue = number | boolean | ArrayLike<any>;

/** The CRC-32 of PNG. @param {Uint8Array} bytes */
declare function crc32(bytes: Uint8Array): number;

/**
 * The commands of a command buffer behind its header, up to END, or those of a bundle, up to the end of `bytes`. An operand is a
 * number; a pointer and its length are one operand, the bytes they point to.
 * @param {Uint8Array} bytes
 * @param {Uint8Array} memory What pointers point into.
 * @param {number} base What is added to them.
 * @returns {Generator<Command>}
 */
declare function decodeCommands(bytes: Uint8Array, memory: Uint8Array, base: number): Generator<Command>;

/**
 * Decodes a descriptor into the dictionary that WebGPU wants.
 * @param {Uint8Array} bytes
 * @param {string} type One of `TYPES`.
 * @param {Scope} scope
 * @returns {any}
 */
declare function decodeDescriptor(bytes: Uint8Array, type: string, scope: Scope): any;

/**
 * Finds the scene in a PNG. Checks the length and the checksum of every chunk.
 * @param {Uint8Array} png
 * @returns {{ deflated: boolean, body: Uint8Array }}
 */
declare function findScene(png: Uint8Array): {
    deflated: boolean;
    body: Uint8Array;
};

/**
 * The bits of a number as a half, rounded to the nearest, a tie to the even one. Source: IEEE 754, binary16.
 * @param {number} value
 */
declare function half(value: number): number;

/**
 * Width and height of a PNG, JPEG or WebP, as its header has them. Nothing else goes on to the browser, which knows formats that
 * name other files, and decodes before anyone can ask how large an image is.
 * @param {Uint8Array} bytes
 * @returns {[width: number, height: number]}
 */
declare function imageSize(bytes: Uint8Array): [width: number, height: number];

/**
 * Inflates raw DEFLATE data.
 * @param {Uint8Array} body
 * @param {number} limit Most bytes to produce.
 */
declare function inflate(body: Uint8Array, limit: number): Promise<Uint8Array<ArrayBuffer>>;

/**
 * Loads a scene and draws its first frame. The last call for a canvas wins: an earlier one that is still loading is rejected. A
 * scene that plays on the canvas goes on until the new one has drawn its first frame, and for good if there is an error.
 * @param {Source} source A PNG with a scene, or a payload.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {Options} [options]
 * @returns {Promise<Player>}
 * @throws {PngineError} where there is nothing to play, with `kind` and `code`
 * @throws {TypeError} for arguments that are none
 */
declare function load(source: Source, canvas: HTMLCanvasElement | OffscreenCanvas, options?: Options): Promise<Player>;

/**
 * Reads a payload and checks that all its sections lie inside it, in order.
 * @param {Uint8Array} bytes
 * @returns {Payload}
 */
declare function parsePayload(bytes: Uint8Array): Payload;

/**
 * The scene in a PNG, or in a payload.
 * @param {Uint8Array} bytes
 * @param {number} [limit] Most bytes to inflate to.
 */
declare function readScene(bytes: Uint8Array, limit?: number): Promise<Payload>;

/**
 * Bytes of GPU memory that a texture takes, with its mip levels, layers and samples.
 * @param {object} texture
 * @param {number} texture.width
 * @param {number} [texture.height]
 * @param {number} [texture.depth] Its depth, or how many layers it has.
 * @param {string} texture.format
 * @param {string} [texture.dimension] Depth shrinks from level to level, layers do not.
 * @param {number} [texture.mipLevelCount]
 * @param {number} [texture.sampleCount]
 */
declare function textureBytes({ width, height, depth, format, dimension, mipLevelCount, sampleCount }: {
    width: number;
    height?: number;
    depth?: number;
    format: string;
    dimension?: string;
    mipLevelCount?: number;
    sampleCount?: number;
}): number;

/**
 * The MIME type of a video by its first bytes: WebM, Ogg or MP4. Nothing else goes on to the browser, whatever the scene says it
 * is: a playlist (HLS, DASH) is played by fetching what it names.
 * @param {Uint8Array} bytes
 */
declare function videoType(bytes: Uint8Array): "video/mp4" | "video/ogg" | "video/webm";

export { Player, PngineError, crc32, decodeCommands, decodeDescriptor, findScene, half, imageSize, inflate, load, parsePayload, readScene, textureBytes, videoType };
export type { Command, ErrorKind, Options, Payload, Scope, Source, Uniform, UniformValue };
