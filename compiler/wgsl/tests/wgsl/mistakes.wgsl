// Every line that ends in a comment is wrong, and each is reported.
struct Uniforms {
  time: f32; // comma
  tint: vec3f,
}
@group(0) @binding(0) var<uniform> u: Uniforms
@group(0) @binding(1) var pictures: texture_2d<f32>;

fn wave(x: float) -> f32 { // type
  return sin(x);
}

fn forgets(x: f32) -> f32 { // return
  if x > 0.0 { return x; }
}

fn mixes(count: u32) -> f32 {
  let total = count * 2.0; // types
  let a = 1.0 // semicolon
  let b = a ? 1.0 : 2.0; // question mark
  vec3 color = vec3(1.0); // declaration
  let c = lenght(vec2f(a)); // spelling
  var d = 1.0;
  d = count; // assignment
  if (d = 1.0) { d = 2.0; } // comparison
  let e = 1.0;
  e = 2.0; // immutable
  return c;
}

@fragment
fn main(@builtin(positon) at: vec4f) -> @location(0) vec4f { // builtin
  return vec4f(0.0);
}

struct Out { @builtin(position) at: vec4f, uv: vec2f } // attribute
@vertex fn vs() -> Out { var o: Out; return o; }
