import pngine::hash::{pcg2, pcg3, unit, unit2, unit3};

/// The curve 6t⁵ − 15t⁴ + 10t³ per axis, whose first two derivatives are 0 at both ends.
/// Source: K. Perlin, "Improving Noise", 2002.
fn fade(t: vec2f) -> vec2f {
  return t * t * t * (t * (t * 6.0 - 15.0) + 10.0);
}

/// `fade` for three axes.
fn fade3(t: vec3f) -> vec3f {
  return t * t * t * (t * (t * 6.0 - 15.0) + 10.0);
}

/// A random number from 0 to below 1 for a cell of a plane.
fn at(cell: vec2i) -> f32 {
  return unit(pcg2(bitcast<vec2u>(cell)).x);
}

/// A random number from 0 to below 1 for a cell of space.
fn at3(cell: vec3i) -> f32 {
  return unit(pcg3(bitcast<vec3u>(cell)).x);
}

/// A random direction for a cell of a plane, each axis from -1 to 1.
fn slope(cell: vec2i) -> vec2f {
  return 2.0 * unit2(pcg2(bitcast<vec2u>(cell))) - 1.0;
}

/// A random direction for a cell of space, each axis from -1 to 1.
fn slope3(cell: vec3i) -> vec3f {
  return 2.0 * unit3(pcg3(bitcast<vec3u>(cell))) - 1.0;
}

/// Value noise on a plane, from 0 to 1: a random number at each whole place, and smooth between them.
fn value(p: vec2f) -> f32 {
  let cell = vec2i(floor(p));
  let t = fade(fract(p));
  let near = mix(at(cell), at(cell + vec2i(1, 0)), t.x);
  let far = mix(at(cell + vec2i(0, 1)), at(cell + vec2i(1, 1)), t.x);
  return mix(near, far, t.y);
}

/// Value noise in space, from 0 to 1.
fn value3(p: vec3f) -> f32 {
  let cell = vec3i(floor(p));
  let t = fade3(fract(p));
  var layers: array<f32, 2>;
  for (var z = 0; z < 2; z++) {
    let near = mix(at3(cell + vec3i(0, 0, z)), at3(cell + vec3i(1, 0, z)), t.x);
    let far = mix(at3(cell + vec3i(0, 1, z)), at3(cell + vec3i(1, 1, z)), t.x);
    layers[z] = mix(near, far, t.y);
  }
  return mix(layers[0], layers[1], t.z);
}

/// Gradient noise on a plane, from -1 to 1: 0 at each whole place, with a random slope there.
fn gradient(p: vec2f) -> f32 {
  let cell = vec2i(floor(p));
  let f = fract(p);
  let t = fade(f);
  let near = mix(dot(slope(cell), f), dot(slope(cell + vec2i(1, 0)), f - vec2f(1.0, 0.0)), t.x);
  let far = mix(dot(slope(cell + vec2i(0, 1)), f - vec2f(0.0, 1.0)), dot(slope(cell + vec2i(1, 1)), f - 1.0), t.x);
  return mix(near, far, t.y);
}

/// Gradient noise in space, from -1 to 1.
fn gradient3(p: vec3f) -> f32 {
  let cell = vec3i(floor(p));
  let f = fract(p);
  let t = fade3(f);
  var sum = 0.0;
  for (var corner = 0; corner < 8; corner++) {
    let step = vec3i(corner & 1, (corner >> 1u) & 1, corner >> 2u);
    let weight = mix(1.0 - t, t, vec3f(step));
    sum += weight.x * weight.y * weight.z * dot(slope3(cell + step), f - vec3f(step));
  }
  // Each axis adds at most a half.
  return sum / 1.5;
}

/// What one corner adds to simplex noise: its slope, fading out at the far side of its triangles.
fn corner(cell: vec2i, d: vec2f) -> f32 {
  let reach = max(0.5 - dot(d, d), 0.0);
  return reach * reach * reach * reach * dot(slope(cell), d);
}

/// `corner` in space.
fn corner3(cell: vec3i, d: vec3f) -> f32 {
  let reach = max(0.5 - dot(d, d), 0.0);
  return reach * reach * reach * reach * dot(slope3(cell), d);
}

/// Simplex noise on a plane, from -1 to 1: gradient noise on triangles, which shows no axes.
/// Source: K. Perlin, "Noise Hardware", 2001: squares are sheared by (√3 − 1)/2 to make pairs of equal triangles.
fn simplex(p: vec2f) -> f32 {
  let shear = 0.3660254037844386;
  let back = 0.21132486540518713;
  let cell = floor(p + shear * (p.x + p.y));
  let d = p - (cell - back * (cell.x + cell.y));
  // The middle corner lies along the longer axis.
  let middle = select(vec2f(0.0, 1.0), vec2f(1.0, 0.0), d.x > d.y);
  let here = vec2i(cell);
  let sum = corner(here, d) + corner(here + vec2i(middle), d - middle + back) + corner(here + 1, d - 1.0 + 2.0 * back);
  // 99.2 is what unit slopes take (S. Gustavson); these are up to √2 long.
  return 70.1 * sum;
}

/// Simplex noise in space, from -1 to 1: gradient noise on tetrahedra.
fn simplex3(p: vec3f) -> f32 {
  let cell = floor(p + (p.x + p.y + p.z) / 3.0);
  let d = p - (cell - (cell.x + cell.y + cell.z) / 6.0);
  // The corners lie along the longest axis, then the second, then the last: how many axes each is longer than.
  let rank = vec3i(
    select(0, 1, d.x >= d.y) + select(0, 1, d.x >= d.z),
    select(0, 1, d.y > d.x) + select(0, 1, d.y >= d.z),
    select(0, 1, d.z > d.x) + select(0, 1, d.z > d.y)
  );
  let second = select(vec3i(0), vec3i(1), rank >= vec3i(2));
  let third = select(vec3i(0), vec3i(1), rank >= vec3i(1));
  let here = vec3i(cell);
  let sum = corner3(here, d)
    + corner3(here + second, d - vec3f(second) + 1.0 / 6.0)
    + corner3(here + third, d - vec3f(third) + 1.0 / 3.0)
    + corner3(here + 1, d - 0.5);
  return 60.6 * sum;
}

/// Sum of `octaves` layers of `value`, from 0 to 1, each twice as fine and half as strong as the one before. Without layers, 0.
fn value_fbm(p: vec2f, octaves: u32) -> f32 {
  var sum = 0.0;
  var total = 0.0;
  var strength = 1.0;
  var scale = 1.0;
  // Each layer is moved, so that their whole places do not meet.
  var moved = vec2f();
  for (var i = 0u; i < octaves; i++) {
    sum += strength * value(p * scale + moved);
    total += strength;
    strength *= 0.5;
    scale *= 2.0;
    moved += vec2f(19.25, 7.75);
  }
  return sum / max(total, 1.0);
}

/// Sum of `octaves` layers of `value3`, from 0 to 1, each twice as fine and half as strong as the one before. Without layers, 0.
fn value_fbm3(p: vec3f, octaves: u32) -> f32 {
  var sum = 0.0;
  var total = 0.0;
  var strength = 1.0;
  var scale = 1.0;
  // Each layer is moved, so that their whole places do not meet.
  var moved = vec3f();
  for (var i = 0u; i < octaves; i++) {
    sum += strength * value3(p * scale + moved);
    total += strength;
    strength *= 0.5;
    scale *= 2.0;
    moved += vec3f(19.25, 7.75, 13.5);
  }
  return sum / max(total, 1.0);
}

/// Sum of `octaves` layers of `gradient`, from -1 to 1, each twice as fine and half as strong as the one before. Without layers, 0.
fn fbm(p: vec2f, octaves: u32) -> f32 {
  var sum = 0.0;
  var total = 0.0;
  var strength = 1.0;
  var scale = 1.0;
  // Each layer is moved, so that their whole places do not meet.
  var moved = vec2f();
  for (var i = 0u; i < octaves; i++) {
    sum += strength * gradient(p * scale + moved);
    total += strength;
    strength *= 0.5;
    scale *= 2.0;
    moved += vec2f(19.25, 7.75);
  }
  return sum / max(total, 1.0);
}

/// Sum of `octaves` layers of `gradient3`, from -1 to 1, each twice as fine and half as strong as the one before. Without layers, 0.
fn fbm3(p: vec3f, octaves: u32) -> f32 {
  var sum = 0.0;
  var total = 0.0;
  var strength = 1.0;
  var scale = 1.0;
  // Each layer is moved, so that their whole places do not meet.
  var moved = vec3f();
  for (var i = 0u; i < octaves; i++) {
    sum += strength * gradient3(p * scale + moved);
    total += strength;
    strength *= 0.5;
    scale *= 2.0;
    moved += vec3f(19.25, 7.75, 13.5);
  }
  return sum / max(total, 1.0);
}

/// Sum of `octaves` layers of `simplex`, from -1 to 1, each twice as fine and half as strong as the one before. Without layers, 0.
fn simplex_fbm(p: vec2f, octaves: u32) -> f32 {
  var sum = 0.0;
  var total = 0.0;
  var strength = 1.0;
  var scale = 1.0;
  // Each layer is moved, so that their whole places do not meet.
  var moved = vec2f();
  for (var i = 0u; i < octaves; i++) {
    sum += strength * simplex(p * scale + moved);
    total += strength;
    strength *= 0.5;
    scale *= 2.0;
    moved += vec2f(19.25, 7.75);
  }
  return sum / max(total, 1.0);
}

/// Sum of `octaves` layers of `simplex3`, from -1 to 1, each twice as fine and half as strong as the one before. Without layers, 0.
fn simplex_fbm3(p: vec3f, octaves: u32) -> f32 {
  var sum = 0.0;
  var total = 0.0;
  var strength = 1.0;
  var scale = 1.0;
  // Each layer is moved, so that their whole places do not meet.
  var moved = vec3f();
  for (var i = 0u; i < octaves; i++) {
    sum += strength * simplex3(p * scale + moved);
    total += strength;
    strength *= 0.5;
    scale *= 2.0;
    moved += vec3f(19.25, 7.75, 13.5);
  }
  return sum / max(total, 1.0);
}

/// Cellular noise on a plane: one random point in each cell; the distances to the nearest and to the second of those in 3 by 3 cells.
/// Source: S. Worley, "A Cellular Texture Basis Function", 1996.
fn worley(p: vec2f) -> vec2f {
  let cell = vec2i(floor(p));
  let f = fract(p);
  var nearest = vec2f(8.0);
  for (var i = 0; i < 9; i++) {
    let step = vec2i(i % 3, i / 3) - 1;
    let distance = length(vec2f(step) + unit2(pcg2(bitcast<vec2u>(cell + step))) - f);
    nearest = vec2f(min(nearest.x, distance), min(nearest.y, max(nearest.x, distance)));
  }
  return nearest;
}

/// Cellular noise in space: the distances to the nearest and to the second random point of those in 3 by 3 by 3 cells.
fn worley3(p: vec3f) -> vec2f {
  let cell = vec3i(floor(p));
  let f = fract(p);
  var nearest = vec2f(8.0);
  for (var i = 0; i < 27; i++) {
    let step = vec3i(i % 3, i / 3 % 3, i / 9) - 1;
    let distance = length(vec3f(step) + unit3(pcg3(bitcast<vec3u>(cell + step))) - f);
    nearest = vec2f(min(nearest.x, distance), min(nearest.y, max(nearest.x, distance)));
  }
  return nearest;
}
