/// Distance to a circle of radius `r` around the origin: below 0 inside, as everywhere in this module.
fn circle(p: vec2f, r: f32) -> f32 {
  return length(p) - r;
}

/// Distance to a rectangle around the origin; `half` is half of its width and height.
fn rectangle(p: vec2f, half: vec2f) -> f32 {
  let d = abs(p) - half;
  return length(max(d, vec2f())) + min(max(d.x, d.y), 0.0);
}

/// Distance to a rectangle whose corners are rounded with radius `r`; `half` is half of its whole width and height.
fn rounded_rectangle(p: vec2f, half: vec2f, r: f32) -> f32 {
  return rectangle(p, half - r) - r;
}

/// Distance to the line from `a` to `b`, which is thin: subtract half of the width that it should have.
fn segment(p: vec2f, a: vec2f, b: vec2f) -> f32 {
  let along = b - a;
  let t = clamp(dot(p - a, along) / max(dot(along, along), 1e-20), 0.0, 1.0);
  return length(p - a - t * along);
}

/// Distance to the triangle with these corners, in either order.
fn triangle(p: vec2f, a: vec2f, b: vec2f, c: vec2f) -> f32 {
  let edge = min(segment(p, a, b), min(segment(p, b, c), segment(p, c, a)));
  let sides = vec3f(side(p, a, b), side(p, b, c), side(p, c, a));
  return select(edge, -edge, all(sides >= vec3f()) || all(sides <= vec3f()));
}

/// On which side of the line through `a` and `b` a place is: twice the area of the triangle that they make, with a sign.
fn side(p: vec2f, a: vec2f, b: vec2f) -> f32 {
  return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

/// Distance to a regular hexagon around the origin with corners at the left and at the right; `r` is the distance to its sides.
fn hexagon(p: vec2f, r: f32) -> f32 {
  // The plane is folded onto the twelfth between the upper side's middle and a corner.
  var q = abs(p);
  let n = vec2f(0.8660254037844386, 0.5);
  q -= 2.0 * max(dot(q, n) - dot(q, vec2f(0.0, 1.0)), 0.0) * vec2f(0.8660254037844386, -0.5);
  q = abs(q);
  let d = q - vec2f(clamp(q.x, 0.0, r * 0.5773502691896257), r);
  return length(d) * select(-1.0, 1.0, d.y > 0.0);
}

/// Distance to a star around the origin with `points` points, the first of them up: these reach to `outer`, the corners between to `inner`.
fn star(p: vec2f, points: u32, outer: f32, inner: f32) -> f32 {
  // The plane is folded onto half a point: its tip lies on the x axis, the corner beside it above.
  let wedge = 3.141592653589793 / f32(max(points, 2u));
  let turned = atan2(p.x, p.y);
  let angle = abs(turned - 2.0 * wedge * round(turned / (2.0 * wedge)));
  let q = length(p) * vec2f(cos(angle), sin(angle));
  let tip = vec2f(outer, 0.0);
  let corner = inner * vec2f(cos(wedge), sin(wedge));
  return segment(q, tip, corner) * select(1.0, -1.0, side(q, tip, corner) > 0.0);
}

/// Distance to a sphere of radius `r` around the origin.
fn sphere(p: vec3f, r: f32) -> f32 {
  return length(p) - r;
}

/// Distance to a box around the origin; `half` is half of its width, height and depth.
fn box3(p: vec3f, half: vec3f) -> f32 {
  let d = abs(p) - half;
  return length(max(d, vec3f())) + min(max(d.x, max(d.y, d.z)), 0.0);
}

/// Distance to a ring around the y axis: `r` from its middle to the middle of its tube, which has radius `tube`.
fn torus(p: vec3f, r: f32, tube: f32) -> f32 {
  return length(vec2f(length(p.xz) - r, p.y)) - tube;
}

/// Distance to a rod from `a` to `b` with round ends of radius `r`.
fn capsule(p: vec3f, a: vec3f, b: vec3f, r: f32) -> f32 {
  let along = b - a;
  let t = clamp(dot(p - a, along) / max(dot(along, along), 1e-20), 0.0, 1.0);
  return length(p - a - t * along) - r;
}

/// Distance to a cylinder around the y axis, from `-half` to `half`.
fn cylinder(p: vec3f, r: f32, half: f32) -> f32 {
  return rectangle(vec2f(length(p.xz), p.y), vec2f(r, half));
}

/// Distance to the plane whose normal, of length 1, is `normal`, `height` from the origin along it: above 0 where the normal points to.
fn plane(p: vec3f, normal: vec3f, height: f32) -> f32 {
  return dot(p, normal) - height;
}

/// What is in either of two shapes.
fn join(a: f32, b: f32) -> f32 {
  return min(a, b);
}

/// What is in both shapes.
fn intersect(a: f32, b: f32) -> f32 {
  return max(a, b);
}

/// What is in `a` and not in `b`.
fn subtract(a: f32, b: f32) -> f32 {
  return max(a, -b);
}

/// `join` whose edges are filled: within `k` the two surfaces flow into each other. `k` is above 0.
fn smooth_join(a: f32, b: f32, k: f32) -> f32 {
  // A parabola that leaves both distances where they are `k` apart, without a bend.
  let near = max(k - abs(a - b), 0.0);
  return min(a, b) - near * near / (4.0 * k);
}

/// `intersect` with edges rounded within `k`.
fn smooth_intersect(a: f32, b: f32, k: f32) -> f32 {
  return -smooth_join(-a, -b, k);
}

/// `subtract` with edges rounded within `k`.
fn smooth_subtract(a: f32, b: f32, k: f32) -> f32 {
  return -smooth_join(-a, b, k);
}

/// A shape that is `r` larger all around, so that its corners are round.
fn rounded(d: f32, r: f32) -> f32 {
  return d - r;
}

/// The skin of a shape, `thickness` to each side.
fn onion(d: f32, thickness: f32) -> f32 {
  return abs(d) - thickness;
}

/// The place in a cell of this size around the origin: a shape that is asked there stands in every cell. It has to fit into the cell.
fn repeat(p: vec2f, cell: vec2f) -> vec2f {
  return p - cell * floor(p / cell + 0.5);
}

/// `repeat` in space.
fn repeat3(p: vec3f, cell: vec3f) -> vec3f {
  return p - cell * floor(p / cell + 0.5);
}
