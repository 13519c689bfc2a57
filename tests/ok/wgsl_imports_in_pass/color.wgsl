const tint = vec3f(0.2, 0.5, 0.8);
const pngine = 0.25;

fn palette(t: f32) -> vec4f {
  return vec4f(0.5 + 0.5 * cos(TAU * (t + tint) / f32(STEPS)), 1);
}

fn time(t: f32) -> f32 {
  return t * pngine;
}
