/// Turns the plane by `angle`: from x towards y.
fn turn(angle: f32) -> mat2x2f {
  let c = cos(angle);
  let s = sin(angle);
  return mat2x2f(vec2f(c, s), vec2f(-s, c));
}

/// Turns space around the x axis: from y towards z.
fn around_x(angle: f32) -> mat3x3f {
  let c = cos(angle);
  let s = sin(angle);
  return mat3x3f(vec3f(1.0, 0.0, 0.0), vec3f(0.0, c, s), vec3f(0.0, -s, c));
}

/// Turns space around the y axis: from z towards x.
fn around_y(angle: f32) -> mat3x3f {
  let c = cos(angle);
  let s = sin(angle);
  return mat3x3f(vec3f(c, 0.0, -s), vec3f(0.0, 1.0, 0.0), vec3f(s, 0.0, c));
}

/// Turns space around the z axis: from x towards y.
fn around_z(angle: f32) -> mat3x3f {
  let c = cos(angle);
  let s = sin(angle);
  return mat3x3f(vec3f(c, s, 0.0), vec3f(-s, c, 0.0), vec3f(0.0, 0.0, 1.0));
}

/// Turns space around `axis`, which has length 1: counter-clockwise for who looks against it. Source: O. Rodrigues, 1840.
fn around(axis: vec3f, angle: f32) -> mat3x3f {
  let c = cos(angle);
  let s = axis * sin(angle);
  let k = axis * (1.0 - c);
  return mat3x3f(
    k * axis.x + vec3f(c, s.z, -s.y),
    k * axis.y + vec3f(-s.z, c, s.x),
    k * axis.z + vec3f(s.y, -s.x, c),
  );
}

/// The quaternion that turns around `axis`, which has length 1, as `around` does. The last number is the real part.
fn quaternion(axis: vec3f, angle: f32) -> vec4f {
  return vec4f(axis * sin(0.5 * angle), cos(0.5 * angle));
}

/// The quaternion that turns by `b` first and by `a` then.
fn product(a: vec4f, b: vec4f) -> vec4f {
  return vec4f(a.w * b.xyz + b.w * a.xyz + cross(a.xyz, b.xyz), a.w * b.w - dot(a.xyz, b.xyz));
}

/// The quaternion that turns back what `q` turns.
fn conjugate(q: vec4f) -> vec4f {
  return vec4f(-q.xyz, q.w);
}

/// `v` turned by `q`, which has length 1.
fn rotate(q: vec4f, v: vec3f) -> vec3f {
  let t = 2.0 * cross(q.xyz, v);
  return v + q.w * t + cross(q.xyz, t);
}

/// The rotation of `q`, which has length 1, as a matrix.
fn matrix(q: vec4f) -> mat3x3f {
  return mat3x3f(rotate(q, vec3f(1.0, 0.0, 0.0)), rotate(q, vec3f(0.0, 1.0, 0.0)), rotate(q, vec3f(0.0, 0.0, 1.0)));
}

/// The rotation that is `t` of the shorter way from `a` to `b`, at an even pace. Source: K. Shoemake, "Animating Rotation with Quaternion Curves", 1985.
fn slerp(a: vec4f, b: vec4f, t: f32) -> vec4f {
  let c = dot(a, b);
  let near = select(b, -b, c < 0.0);
  let angle = acos(min(abs(c), 1.0));
  let s = sin(angle);
  // Where both are nearly the same there is no angle to divide by, and the straight way is as good.
  let even = (sin((1.0 - t) * angle) * a + sin(t * angle) * near) / max(s, 1e-6);
  return normalize(select(even, mix(a, near, t), s < 1e-3));
}
