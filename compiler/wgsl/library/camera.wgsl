/// The projection of a camera that looks along -z, with y up. `fov` is the whole angle from top to bottom; what is `near` away gets depth 0, what is `far` away depth 1.
fn perspective(fov: f32, aspect: f32, near: f32, far: f32) -> mat4x4f {
  let y = 1.0 / tan(0.5 * fov);
  let z = far / (near - far);
  return mat4x4f(
    vec4f(y / aspect, 0.0, 0.0, 0.0),
    vec4f(0.0, y, 0.0, 0.0),
    vec4f(0.0, 0.0, z, -1.0),
    vec4f(0.0, 0.0, near * z, 0.0),
  );
}

/// A projection without perspective that looks along -z; `half` is half of the width and height that it shows.
fn orthographic(half: vec2f, near: f32, far: f32) -> mat4x4f {
  let z = 1.0 / (near - far);
  return mat4x4f(
    vec4f(1.0 / half.x, 0.0, 0.0, 0.0),
    vec4f(0.0, 1.0 / half.y, 0.0, 0.0),
    vec4f(0.0, 0.0, z, 0.0),
    vec4f(0.0, 0.0, near * z, 1.0),
  );
}

/// From the world's axes to those of a camera at `eye` that looks at the place `at`. `up` is any direction that is not the camera's own.
fn look_at(eye: vec3f, at: vec3f, up: vec3f) -> mat4x4f {
  let axes = facing(at - eye, up);
  let turn = transpose(axes);
  return mat4x4f(vec4f(turn[0], 0.0), vec4f(turn[1], 0.0), vec4f(turn[2], 0.0), vec4f(-(turn * eye), 1.0));
}

/// The axes of a camera that looks along `forward`: its right, its up and its back, each of length 1.
fn facing(forward: vec3f, up: vec3f) -> mat3x3f {
  let back = -normalize(forward);
  let right = normalize(cross(up, back));
  return mat3x3f(right, cross(back, right), back);
}

/// The direction, of length 1, in which a camera with the axes of `facing` sees a pixel of a picture of `size` pixels: for shaders that follow rays.
fn ray(pixel: vec2f, size: vec2f, fov: f32, axes: mat3x3f) -> vec3f {
  let p = (2.0 * pixel - size) / size.y * vec2f(1.0, -1.0) * tan(0.5 * fov);
  return normalize(axes * vec3f(p, -1.0));
}

/// A place on a sphere of radius `r` around the origin: `turn` goes around the y axis, from +z to +x, and `rise` up from the plane.
fn orbit(r: f32, turn: f32, rise: f32) -> vec3f {
  return r * vec3f(cos(rise) * sin(turn), sin(rise), cos(rise) * cos(turn));
}

/// Moves places by `by`.
fn translation(by: vec3f) -> mat4x4f {
  return mat4x4f(vec4f(1.0, 0.0, 0.0, 0.0), vec4f(0.0, 1.0, 0.0, 0.0), vec4f(0.0, 0.0, 1.0, 0.0), vec4f(by, 1.0));
}

/// Scales each axis by its part of `by`.
fn scaling(by: vec3f) -> mat4x4f {
  return mat4x4f(
    vec4f(by.x, 0.0, 0.0, 0.0),
    vec4f(0.0, by.y, 0.0, 0.0),
    vec4f(0.0, 0.0, by.z, 0.0),
    vec4f(0.0, 0.0, 0.0, 1.0),
  );
}

/// A rotation, for example of `pngine::rotation`, as a matrix that others can be multiplied with.
fn rotating(by: mat3x3f) -> mat4x4f {
  return mat4x4f(vec4f(by[0], 0.0), vec4f(by[1], 0.0), vec4f(by[2], 0.0), vec4f(0.0, 0.0, 0.0, 1.0));
}
