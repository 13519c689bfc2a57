/// A well mixed number for each number: one round of the permuted congruential generator RXS-M-XS.
/// Source: M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms", 2014.
fn pcg(value: u32) -> u32 {
  let state = value * 747796405u + 2891336453u;
  let mixed = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (mixed >> 22u) ^ mixed;
}

/// Two well mixed numbers for each pair of numbers.
/// Source: M. Jarzynski and M. Olano, "Hash Functions for GPU Rendering", 2020 (pcg3d), here in two dimensions.
fn pcg2(value: vec2u) -> vec2u {
  var v = value * 1664525u + 1013904223u;
  v.x += v.y * 1664525u;
  v.y += v.x * 1664525u;
  v ^= v >> vec2u(16u);
  v.x += v.y * 1664525u;
  v.y += v.x * 1664525u;
  return v ^ (v >> vec2u(16u));
}

/// Three well mixed numbers for each three numbers. Source: Jarzynski and Olano, 2020 (pcg3d).
fn pcg3(value: vec3u) -> vec3u {
  var v = value * 1664525u + 1013904223u;
  v.x += v.y * v.z;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v ^= v >> vec3u(16u);
  v.x += v.y * v.z;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  return v;
}

/// Four well mixed numbers for each four numbers. Source: Jarzynski and Olano, 2020 (pcg4d).
fn pcg4(value: vec4u) -> vec4u {
  var v = value * 1664525u + 1013904223u;
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v ^= v >> vec4u(16u);
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  return v;
}

/// A number from 0 to below 1 from the upper 24 bits of `bits`, which an `f32` holds exactly.
fn unit(bits: u32) -> f32 {
  return f32(bits >> 8u) / 16777216.0;
}

/// `unit` of two numbers.
fn unit2(bits: vec2u) -> vec2f {
  return vec2f(bits >> vec2u(8u)) / 16777216.0;
}

/// `unit` of three numbers.
fn unit3(bits: vec3u) -> vec3f {
  return vec3f(bits >> vec3u(8u)) / 16777216.0;
}

/// `unit` of four numbers.
fn unit4(bits: vec4u) -> vec4f {
  return vec4f(bits >> vec4u(8u)) / 16777216.0;
}
