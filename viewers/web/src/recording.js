/** What is recorded for the GPU at the moment. @module */

/** The command encoder of a frame, and the pass or bundle that is open in it. */
export class Recording {
  #device;
  /** @type {GPUCommandEncoder | undefined} */
  #encoder;
  #isSubmitted = true;
  /** The encoder of the open pass or bundle. @type {any} */
  pass = null;
  /** What it is, as the letter of the commands that may stand in it: R or C. */
  place = "";
  /** What commands have set in it, by the second word of their name. @type {Record<string, boolean>} */
  has = {};

  /** @param {GPUDevice} device */
  constructor(device) {
    this.#device = device;
  }

  /** The open command encoder. */
  get encoder() {
    this.#isSubmitted = false;
    this.#encoder ??= this.#device.createCommandEncoder();
    return this.#encoder;
  }

  /** Whether nothing is open, and what was recorded is submitted. */
  get isDone() {
    return !this.pass && this.#isSubmitted;
  }

  /**
   * Starts afresh.
   * @param {boolean} mustSubmit Whether something has to be submitted, as in every frame.
   */
  start(mustSubmit) {
    this.#encoder = undefined;
    this.#isSubmitted = !mustSubmit;
    this.end();
  }

  /** @param {GPURenderPassEncoder | GPUComputePassEncoder | GPURenderBundleEncoder} pass @param {string} place */
  begin(pass, place) {
    this.pass = pass;
    this.place = place;
    this.has = {};
  }

  /** No pass is open any more. */
  end() {
    this.pass = null;
    this.place = "";
    this.has = {};
  }

  submit() {
    if (this.#encoder) this.#device.queue.submit([this.#encoder.finish()]);
    this.#encoder = undefined;
    this.#isSubmitted = true;
  }
}
