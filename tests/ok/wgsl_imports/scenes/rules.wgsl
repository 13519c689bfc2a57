import package::lib::noise::hash;

fn next(cell: f32) -> f32 {
  return fract(cell + hash(vec2f(cell)));
}
