/** Sees to it that the GPU finishes what it is given. @module */

/** Parts of the time that the GPU has, so that the time in which the machine slept or this thread was busy does not count. */
const PARTS = 10;

/** The longest interval of a timer, in milliseconds. */
const MAX_INTERVAL = 2 ** 31 - 1;

/**
 * A watch over a device's work, for one player.
 * @param {GPUDevice} device
 * @param {number} seconds How long it may work.
 * @param {() => void} onStall Is called when it has worked for longer.
 */
export function watchOver(device, seconds, onStall) {
  let isOver = false;
  /** Whether the GPU does not finish. */
  let isStalled = false;
  /** The timer that counts parts, or 0. */
  let timer = 0;
  let parts = 0;
  /** Whether more was submitted since the watch began. */
  let hasMore = false;
  /** What settles the promises of those who wait for the device. @type {Set<() => void>} */
  const waiting = new Set();

  /** The GPU gets all its time again. */
  function retry() {
    isStalled = false;
    parts = 0;
  }

  /** Something was submitted: it is to be finished in time. */
  function submitted() {
    hasMore = true;
    if (timer || isOver) return;
    hasMore = false;
    parts = 0;
    const interval = Math.min((seconds * 1000) / PARTS, MAX_INTERVAL);
    timer = Number(setInterval(count, interval));
    device.queue.onSubmittedWorkDone().then(finished, finished);
  }

  function count() {
    parts += 1;
    if (parts !== PARTS) return;
    isStalled = true;
    settleAll();
    onStall();
  }

  function finished() {
    clearInterval(timer);
    timer = 0;
    isStalled = false;
    if (hasMore) submitted();
  }

  /**
   * Waits for the device, unless it does not answer because the GPU is busy without end.
   * @param {Promise<unknown>} answer
   * @returns {Promise<void>}
   */
  function unlessStalled(answer) {
    return new Promise((settle) => {
      const done = () => {
        waiting.delete(settle);
        settle();
      };
      waiting.add(settle);
      answer.then(done, done);
    });
  }

  /** Ends the watch: the player is destroyed, or its device lost. Nobody waits any more. */
  function end() {
    isOver = true;
    clearInterval(timer);
    settleAll();
  }

  function settleAll() {
    for (const settle of waiting) settle();
    waiting.clear();
  }

  return {
    submitted,
    unlessStalled,
    retry,
    end,
    isStalled: () => isStalled,
    /** How many wait for the device. */
    waiting: () => waiting.size,
  };
}
