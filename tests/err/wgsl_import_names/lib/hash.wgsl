import package::noise::noise;

fn hash(p: vec2f) -> f32 {
  return blend(p, 1);
}

fn other(p: vec2f) -> f32 {
  return noise(p) * step(0.5, p.x);
}

fn blend(p: vec2f, x: f32) -> f32 {
  return p.x * x;
}
