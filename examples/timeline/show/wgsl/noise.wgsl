// Randomness for all scenes. What imports one function gets what that needs, and nothing else.

// A number from 0 to 1 for a cell of the plane.
fn random(cell: vec2i) -> f32 {
  var x = (bitcast<u32>(cell.x) * 0x9E3779B1) ^ (bitcast<u32>(cell.y) * 0x85EBCA77);
  x = (x ^ (x >> 15)) * 0x2C1B3C6D;
  x = (x ^ (x >> 12)) * 0x297A2D39;
  return f32((x ^ (x >> 15)) >> 8) / 16777216;
}

// Smooth between the cells.
fn noise(p: vec2f) -> f32 {
  let cell = vec2i(floor(p));
  let f = fract(p);
  let s = f * f * (3 - 2 * f);
  let near = mix(random(cell), random(cell + vec2i(1, 0)), s.x);
  let far = mix(random(cell + vec2i(0, 1)), random(cell + vec2i(1, 1)), s.x);
  return mix(near, far, s.y);
}

// Four layers, each twice as fine and half as strong.
fn layers(place: vec2f) -> f32 {
  var p = place * 2;
  var sum = 0.0;
  var strength = 0.5;
  for (var i = 0; i < 4; i++) {
    sum += strength * noise(p);
    p = p * 2 + 5;
    strength *= 0.5;
  }
  return sum;
}
