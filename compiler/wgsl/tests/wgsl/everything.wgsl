enable f16;
requires readonly_and_readwrite_storage_textures;
diagnostic(off, derivative_uniformity);

alias Color = vec4<f32>;
const COUNT = 4u;
const WEIGHTS = array<f32, COUNT>(0.1, 0.2, 0.3, 0.4);
@id(3) override gamma: f32 = 2.2;
@id(7) override layers: i32;
override tiles: u32 = 8u;
override isFast: bool = true;
override area = tiles * tiles;

struct Bone { transform: mat3x3f, weight: f16 }
struct Rig { bones: array<Bone, 2>, weights: array<vec4f, COUNT>, root: u32 }
struct Lights { count: atomic<u32>, ambient: Color, items: array<Bone> }

@group(0) @binding(0) var<uniform> rig: Rig;
@group(0) @binding(1) var<storage, read_write> lights: Lights;
@group(0) @binding(2) var<storage> indices: array<u32>;
@group(0) @binding(3) var<uniform> seconds: f32;
@group(1) @binding(0) var picture: texture_2d<f32>;
@group(1) @binding(1) var smooth_sampler: sampler;
@group(1) @binding(2) var shadow: texture_depth_2d_array;
@group(1) @binding(3) var shadow_sampler: sampler_comparison;
@group(1) @binding(4) var samples: texture_multisampled_2d<f32>;
@group(1) @binding(5) var sky: texture_cube<f32>;
@group(1) @binding(6) var labels: texture_3d<i32>;
@group(1) @binding(7) var ids: texture_2d_array<u32>;
@group(2) @binding(0) var target_out: texture_storage_2d<rgba16float, write>;
@group(2) @binding(1) var counter: texture_storage_2d<r32uint, read_write>;
@group(2) @binding(2) var source: texture_storage_3d<rgba8unorm, read>;
@group(2) @binding(3) var movie: texture_external;
@group(2) @binding(9) var unused: texture_1d<f32>;

var<private> state: u32 = 1u;
var<workgroup> tile: array<f32, area>;

@must_use fn random() -> f32 {
  state = state * 747796405u + 2891336453u;
  return f32(state >> 8u) * 5.9604645e-8;
}

fn sampled(uv: vec2f) -> Color {
  return textureSample(picture, smooth_sampler, uv) + textureSampleBaseClampToEdge(movie, smooth_sampler, uv);
}

@compute @workgroup_size(tiles, tiles / 2u, 2)
fn fill(@builtin(local_invocation_index) local: u32, @builtin(global_invocation_id) id: vec3u) {
  tile[local] = random() * seconds;
  workgroupBarrier();
  let previous = textureLoad(counter, id.xy).r;
  textureStore(counter, id.xy, vec4u(previous + 1u, 0u, 0u, 0u));
  textureStore(target_out, id.xy, textureLoad(source, id) * tile[local ^ 1u] * WEIGHTS[local % COUNT]);
  atomicAdd(&lights.count, indices[local]);
}

struct Targets {
  @location(0) color: Color,
  @location(2) id: vec2u,
  @builtin(frag_depth) depth: f32,
}

@fragment
fn shade(@builtin(position) at: vec4f, @location(1) uv: vec2f, @location(0) @interpolate(flat) face: i32) -> Targets {
  var color = sampled(uv) * rig.bones[1].transform[0][0] * gamma;
  color += textureSampleCompare(shadow, shadow_sampler, uv, layers, 0.5);
  color += textureLoad(samples, vec2u(at.xy), 0) + textureSample(sky, smooth_sampler, vec3f(uv, 1.0));
  if isFast { color = -color - -color; }
  let label = textureLoad(labels, vec3i(face), 0).x;
  return Targets(color, textureLoad(ids, vec2i(label), 0, 0).xy, 0.25);
}
