// A lit cube.
struct Light {
  position: vec3f,
  intensity: f32,
}

struct Scene {
  viewProjection: mat4x4<f32>,
  model: mat4x4f,
  light: Light,
  tint: vec4<f32>,
}

struct VertexOutput {
  @builtin(position) clipPosition: vec4<f32>,
  @location(0) normal: vec3<f32>,
  @location(1) @interpolate(flat) face: u32,
  @location(2) @interpolate(linear, sample) uv: vec2<f32>,
}

@group(0) @binding(0) var<uniform> scene: Scene;

@vertex
fn vertexMain(
  @location(0) position: vec3<f32>,
  @location(1) normal: vec3<f32>,
  @location(2) uv: vec2<f32>,
  @builtin(vertex_index) index: u32,
) -> VertexOutput {
  var result: VertexOutput;
  result.clipPosition = scene.viewProjection * scene.model * vec4<f32>(position, 1.0);
  result.normal = (scene.model * vec4<f32>(normal, 0.0)).xyz;
  result.face = index / 6u;
  result.uv = uv;
  return result;
}

/* The light is a point; it fades with the square of the distance. */
fn lambert(normal: vec3<f32>, toLight: vec3<f32>) -> f32 {
  let distance = length(toLight);
  let facing = max(dot(normalize(normal), toLight / distance), 0.0);
  return scene.light.intensity * facing / (1.0 + distance * distance);
}

@fragment
fn fragmentMain(input: VertexOutput) -> @location(0) vec4<f32> {
  let ambient = 0.10;
  let light = lambert(input.normal, scene.light.position - input.clipPosition.xyz);
  var color = scene.tint.rgb * (ambient + light);
  for (var i = 0; i < 3; i++) {
    color[i] = pow(color[i], 1.0 / 2.2);
  }
  return vec4<f32>(color, 1.0);
}
