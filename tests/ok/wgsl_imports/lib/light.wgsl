import super::noise::hash;

struct Light {
  strength: f32,
  size: f32,
}

@group(0) @binding(0) var<uniform> light: Light;
override brightness = 1.0;

fn shade(lit: Light, seed: f32) -> f32 {
  return lit.strength * hash(vec2f(seed, lit.size)) * brightness;
}
