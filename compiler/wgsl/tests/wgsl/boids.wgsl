struct Particle {
  position: vec2f,
  velocity: vec2f,
}

struct Parameters {
  deltaT: f32,
  distances: vec3f,
  scales: vec3f,
}

@binding(0) @group(0) var<uniform> parameters: Parameters;
@binding(1) @group(0) var<storage, read> before: array<Particle>;
@binding(2) @group(0) var<storage, read_write> after: array<Particle>;

override workgroupSize: u32 = 64;

@compute @workgroup_size(workgroupSize)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.x;
  if (index >= arrayLength(&before)) { return; }
  var position = before[index].position;
  var velocity = before[index].velocity;
  var center = vec2f(0.0);
  var count = 0u;
  for (var i = 0u; i < arrayLength(&before); i = i + 1u) {
    if i == index { continue; }
    let other = before[i].position;
    if distance(other, position) < parameters.distances.x {
      center += other;
      count += 1u;
    }
  }
  if count > 0u { center = center / f32(count) - position; }
  velocity += center * parameters.scales.x;
  velocity = normalize(velocity) * clamp(length(velocity), 0.0, 0.1);
  position += velocity * parameters.deltaT;
  if position.x < -1.0 { position.x = 1.0; } else if position.x > 1.0 { position.x = -1.0; }
  after[index] = Particle(position, velocity);
}

@vertex
fn vertexMain(@location(0) corner: vec2f, @location(1) position: vec2f, @location(2) velocity: vec2f) -> @builtin(position) vec4f {
  let angle = -atan2(velocity.x, velocity.y);
  let rotated = vec2f(corner.x * cos(angle) - corner.y * sin(angle), corner.x * sin(angle) + corner.y * cos(angle));
  return vec4f(rotated + position, 0.0, 1.0);
}

@fragment
fn fragmentMain() -> @location(0) vec4f { return vec4f(1.0); }
