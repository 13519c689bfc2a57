// Heights of 64 bars: a wave that runs to the left.
const BARS: i32 = 64;

const HEIGHTS: usize = memory.data(BARS * 4);

/** The heights at a time in seconds, each from 0 to 1. */
export function heights(time: f32): usize {
  for (let i = 0; i < BARS; i++) {
    const x: f32 = 0.5 * time + <f32>i / <f32>BARS;
    const part: f32 = x - floor<f32>(x);
    store<f32>(HEIGHTS + i * 4, 4 * part * (1 - part));
  }
  return HEIGHTS;
}
