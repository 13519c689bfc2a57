/// How much light a dull surface takes from a direction, from 0 to 1. All directions of this module have length 1 and lead away from the surface.
fn lambert(normal: vec3f, light: vec3f) -> f32 {
  return max(dot(normal, light), 0.0);
}

/// Light from above and from below, mixed by where the surface faces.
fn hemisphere(normal: vec3f, sky: vec3f, ground: vec3f) -> vec3f {
  return mix(ground, sky, 0.5 + 0.5 * normal.y);
}

/// A highlight, from 0 to 1: how near the mirrored light is to the viewer. A greater `shine` makes it smaller. Source: B. T. Phong, "Illumination for Computer Generated Pictures", 1975.
fn phong(normal: vec3f, light: vec3f, view: vec3f, shine: f32) -> f32 {
  return power(dot(reflect(-light, normal), view), shine);
}

/// A highlight, from 0 to 1: how near the direction halfway between light and viewer is to the normal. Source: J. F. Blinn, "Models of Light Reflection for Computer Synthesized Pictures", 1977.
fn blinn(normal: vec3f, light: vec3f, view: vec3f, shine: f32) -> f32 {
  return power(dot(normal, normalize(light + view)), shine);
}

/// `x` to the power `y`; what is not above 0 gives 0, where `pow` may give anything.
fn power(x: f32, y: f32) -> f32 {
  return select(0.0, pow(max(x, 1e-30), y), x > 0.0);
}

/// What a lamp gives at `distance`, one at distance 1: inversely to the square, and nothing beyond `reach`. Source: B. Karis, "Real Shading in Unreal Engine 4", 2013.
fn falloff(distance: f32, reach: f32) -> f32 {
  let part = distance / reach;
  let edge = clamp(1.0 - part * part * part * part, 0.0, 1.0);
  return edge * edge / max(distance * distance, 1e-4);
}

/// The part of light that is mirrored where it meets a surface at an angle with this cosine; `straight` is the part at a right angle: 0.04 for most things, the colour for metals. Source: C. Schlick, "An Inexpensive BRDF Model", 1994.
fn fresnel(cosine: f32, straight: vec3f) -> vec3f {
  let left = clamp(1.0 - cosine, 0.0, 1.0);
  let square = left * left;
  return straight + (1.0 - straight) * (square * square * left);
}

/// How many of a rough surface's facets face a direction whose angle with the normal has this cosine. `alpha` is the square of the roughness. Source: B. Walter et al., "Microfacet Models for Refraction", 2007 (GGX).
fn facets(cosine: f32, alpha: f32) -> f32 {
  let a = alpha * alpha;
  let d = cosine * cosine * (a - 1.0) + 1.0;
  return a / (3.141592653589793 * d * d);
}

/// How many of these facets both the light and the viewer see, over 4 times both cosines. Source: E. Heitz, "Understanding the Masking-Shadowing Function in Microfacet-Based BRDFs", 2014.
fn visible(light: f32, view: f32, alpha: f32) -> f32 {
  let a = alpha * alpha;
  let l = view * sqrt(light * light * (1.0 - a) + a);
  let v = light * sqrt(view * view * (1.0 - a) + a);
  return 0.5 / max(l + v, 1e-6);
}

/// What a physically based surface sends to the viewer of white light from one direction: `base` is its colour, `metal` and `rough` go from 0 to 1. Multiply it with the light's colour and strength.
fn physical(normal: vec3f, light: vec3f, view: vec3f, base: vec3f, metal: f32, rough: f32) -> vec3f {
  let middle = normalize(light + view);
  let to_light = max(dot(normal, light), 0.0);
  let to_view = max(dot(normal, view), 1e-4);
  let alpha = max(rough * rough, 2e-3);
  let mirrored = fresnel(dot(light, middle), mix(vec3f(0.04), base, metal));
  let shine = mirrored * facets(max(dot(normal, middle), 0.0), alpha) * visible(to_light, to_view, alpha);
  let dull = (1.0 - mirrored) * (1.0 - metal) * base / 3.141592653589793;
  return (dull + shine) * to_light;
}
