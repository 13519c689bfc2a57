/** The videos of a scene. @module */

import * as BUDGETS from "./budgets.generated.js";
import { located, PngineError } from "./errors.js";
import { videoType } from "./media.js";

/** Most seconds that a playing video may be away from the player's time before it is set right. */
const DRIFT = 0.5;

/**
 * How a video plays.
 * @typedef {object} VideoOptions
 * @property {boolean} [loop]
 * @property {boolean} [muted]
 * @property {boolean} [autoplay] Whether the player's time moves it.
 * @property {number} [playbackRate]
 */

/** @typedef {ReturnType<typeof videosOf>} Videos */

/** Why a video does not play. @param {HTMLVideoElement} video */
function failureOf(video) {
  return new Error(video.error?.message || "the browser cannot play it");
}

/** Where in a video the player's time is, in seconds. @param {HTMLVideoElement} video @param {number} time */
function placeIn({ duration, loop, defaultPlaybackRate }, time) {
  const place = time * defaultPlaybackRate;
  // A length that is not known yet, or without end.
  if (!(duration < Infinity)) return place;
  return loop ? place % duration : Math.min(place, duration);
}

/** Waits until a video has its first picture. @param {HTMLVideoElement} video */
function firstPicture(video) {
  return new Promise((resolve, reject) => {
    video.onloadedmetadata = () => {
      const { videoWidth, videoHeight } = video;
      if (videoWidth * videoHeight > BUDGETS.IMAGE_PIXELS)
        reject(new PngineError(`over the budget: a video of ${videoWidth} x ${videoHeight} pixels`, "E012"));
    };
    video.onloadeddata = resolve;
    video.onerror = () => reject(failureOf(video));
  });
}

/**
 * The videos of a scene, which play in the player's time.
 * @param {(error: PngineError) => void} report
 */
export function videosOf(report) {
  let isReleased = false;
  /** Whether time moves them, in the order of their commands. @type {Map<HTMLVideoElement, boolean>} */
  const videos = new Map();

  /** All of them, in the order of their commands. */
  function elements() {
    return [...videos.keys()];
  }

  /** Those that time moves. */
  function moving() {
    return elements().filter((video) => videos.get(video));
  }

  /** Whether one has no picture, on its way to a time. */
  function isWaiting() {
    return elements().some((video) => video.readyState < video.HAVE_CURRENT_DATA);
  }

  /**
   * Loads a video.
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {VideoOptions} options
   */
  async function load(bytes, { loop = false, muted = false, autoplay = false, playbackRate = 1 }) {
    const type = videoType(bytes);
    const video = document.createElement("video");
    videos.set(video, autoplay);
    const src = URL.createObjectURL(new Blob([bytes], { type }));
    Object.assign(video, { loop, muted, defaultPlaybackRate: playbackRate, playsInline: true, preload: "auto", src });
    await firstPicture(video);
    video.onerror = () => {
      if (!isReleased) report(located(failureOf(video), "a video", "E011"));
    };
    return video;
  }

  /** Lets the videos go on, or stand still, at the player's time. @param {number} time @param {boolean} isPlaying */
  function follow(time, isPlaying) {
    for (const video of moving()) {
      const place = placeIn(video, time);
      let away = Math.abs(video.currentTime - place);
      // The end of a video that repeats is near its start.
      if (video.loop) away = Math.min(away, Math.abs(video.duration - away) || away);
      if (!video.seeking && away > DRIFT) video.currentTime = place;
      if (!isPlaying) video.pause();
      else if (video.paused && !(video.ended && place >= video.duration)) play(video);
    }
  }

  /** @param {HTMLVideoElement} video */
  async function play(video) {
    try {
      await video.play();
    } catch (error) {
      // A pause that comes before the start is no mistake.
      if (/** @type {Error} */ (error).name !== "AbortError") report(located(error, "a video", ""));
    }
  }

  /** Moves the videos to a time, and waits until they are there; nothing where there are none. @param {number} time */
  function cue(time) {
    const cued = moving();
    if (!cued.length) return undefined;
    return Promise.all(cued.map((video) => new Promise((resolve) => {
      for (const type of ["seeked", "error", "emptied"]) video.addEventListener(type, resolve, { once: true });
      video.currentTime = placeIn(video, time);
    })));
  }

  /** Lets go of the videos, and of those that are still loading. */
  function release() {
    isReleased = true;
    for (const video of elements()) {
      video.pause();
      URL.revokeObjectURL(video.src);
      video.removeAttribute("src");
      video.load();
    }
    videos.clear();
  }

  return { elements, isWaiting, load, follow, cue, release };
}
