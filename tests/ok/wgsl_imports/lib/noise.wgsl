// What is not needed stays away: nothing here is in the module but `fbm`, `noise`, `hash` and `seed`.
const seed = 7.0;

fn hash(p: vec2f) -> f32 {
  return fract(sin(dot(p, vec2f(12.9, 78.2)) + seed) * 43758.5);
}

fn noise(p: vec2f) -> f32 {
  return mix(hash(floor(p)), hash(ceil(p)), 0.5);
}

// `OCTAVES` is a define of the scene; `PI` needs none.
fn fbm(p: vec2f) -> f32 {
  var sum = 0.0;
  for (var i = 0; i < OCTAVES; i++) {
    sum += noise(p * f32(i) * PI);
  }
  return sum;
}

fn unused(p: Missing) -> Missing {
  return p;
}
