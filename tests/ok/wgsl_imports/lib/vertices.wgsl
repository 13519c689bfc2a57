import package::noise::hash as random;

@vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(f32(i) - 1, f32(i & 1u), 0.1 * random(vec2f(f32(i))), 1);
}
