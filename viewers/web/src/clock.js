/** The time of a scene, and how it goes on. @module */

/** Frames a second of scenes that simulate, unless the page wants others: one step is taken for each. */
const STEPS_PER_SECOND = 60;

/** Screens that are slower than this get as many steps as if they were that fast: in seconds. */
const SLOWEST_REFRESH = 1 / 30;

/** Most seconds that time goes on from one frame to the next, unless the page wants others. */
const MAX_DELTA = 0.1;

/** How early a step may come, as a part of it, so that an uneven screen gets one for each refresh. */
const EARLINESS = 0.25;

/**
 * What a clock moves.
 * @typedef {object} Show
 * @property {() => boolean} isReady Whether it can draw a frame now.
 * @property {() => boolean} hasDrawn Whether it ever has.
 * @property {() => void} draw
 * @property {() => void} pause
 * @property {() => void} onEnd Is called when time has come to the end.
 */

/**
 * Time, which stands still or plays.
 * @param {Show} show
 * @param {{ duration: number, end: "hold" | "stop" | "repeat" }} timeline
 * @param {{ fps?: number, maxDelta?: number }} options
 * @param {boolean} isSimulation Whether each frame is a step of the same length.
 */
export function clockFor(show, { duration, end }, { fps, maxDelta = MAX_DELTA }, isSimulation) {
  const chosenFps = fps ?? (isSimulation ? STEPS_PER_SECOND : 0);
  /** In seconds from the start of the scene. */
  let time = 0;
  /** Whether it goes on by itself. */
  let isPlaying = false;
  let request = 0;

  /** Whether time is at the end of a timeline that does not repeat. */
  function isEnded() {
    return end !== "repeat" && time >= duration;
  }

  /** Plays on, at the end from the start. */
  function start() {
    isPlaying = true;
    if (isEnded()) time = 0;
    const move = chosenFps ? steps(1 / chosenFps) : refreshes();
    let last = NaN;
    let wasEnded = false;
    const tick = (/** @type {number} */ now) => {
      request = requestAnimationFrame(tick);
      const isFirst = Number.isNaN(last);
      const passed = now > last ? Math.min((now - last) / 1000, maxDelta) : 0;
      last = now;
      move(passed, isFirst);
      if (isEnded() && end === "stop") show.pause();
      if (isEnded() && !wasEnded) show.onEnd();
      wasEnded = isEnded();
    };
    request = requestAnimationFrame(tick);
  }

  function stop() {
    isPlaying = false;
    cancelAnimationFrame(request);
  }

  /** A frame for each refresh of the screen. */
  function refreshes() {
    return (/** @type {number} */ passed) => {
      advance(passed);
      if (show.isReady()) show.draw();
    };
  }

  /** A frame for each step, whatever the screen does. @param {number} step In seconds. */
  function steps(step) {
    /** Seconds for which steps are due. */
    let due = 0;
    return (/** @type {number} */ passed, /** @type {boolean} */ isFirst) => {
      if (isFirst) {
        if (!show.hasDrawn()) show.draw();
        return;
      }
      due = Math.min(due + passed, Math.max(step, SLOWEST_REFRESH));
      while (due >= step * (1 - EARLINESS) && isPlaying && show.isReady()) {
        advance(step);
        show.draw();
        due -= step;
      }
    };
  }

  /** @param {number} seconds */
  function advance(seconds) {
    const next = time + seconds;
    time = end === "repeat" ? next : Math.min(next, duration);
  }

  return {
    maxDelta,
    isEnded,
    start,
    stop,
    time: () => time,
    isPlaying: () => isPlaying,
    /** @param {number} seconds */
    set(seconds) {
      time = seconds;
    },
  };
}
