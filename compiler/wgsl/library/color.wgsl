/// Light from sRGB's coded values, both from 0 to 1. Source: IEC 61966-2-1.
fn linear_from_srgb(color: vec3f) -> vec3f {
  let low = color / 12.92;
  let high = pow((max(color, vec3f()) + 0.055) / 1.055, vec3f(2.4));
  return select(high, low, color <= vec3f(0.04045));
}

/// sRGB's coded values from light, both from 0 to 1. Source: IEC 61966-2-1.
fn srgb_from_linear(light: vec3f) -> vec3f {
  let low = light * 12.92;
  let high = 1.055 * pow(max(light, vec3f()), vec3f(1.0 / 2.4)) - 0.055;
  return select(high, low, light <= vec3f(0.0031308));
}

/// How bright light is to the eye: Y of CIE XYZ. Source: the primaries of ITU-R BT.709, which are sRGB's.
fn luminance(light: vec3f) -> f32 {
  return dot(light, vec3f(0.2126, 0.7152, 0.0722));
}

/// Red, green and blue of hue, saturation and value, all from 0 to 1. Hue 0 is red, a third is green; it goes around.
fn rgb_from_hsv(hsv: vec3f) -> vec3f {
  // Each channel is 1 for a third of the circle, 0 for a third, and rises and falls between.
  let distance = abs(fract(hsv.x + vec3f(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0);
  return hsv.z * mix(vec3f(1.0), clamp(distance - 1.0, vec3f(), vec3f(1.0)), hsv.y);
}

/// Hue, saturation and value of red, green and blue, all from 0 to 1. Greys have hue 0, black has saturation 0.
fn hsv_from_rgb(rgb: vec3f) -> vec3f {
  let most = max(rgb.x, max(rgb.y, rgb.z));
  let spread = most - min(rgb.x, min(rgb.y, rgb.z));
  if spread <= 0.0 {
    return vec3f(0.0, 0.0, most);
  }
  var sixth = (rgb.x - rgb.y) / spread + 4.0;
  if rgb.x == most {
    sixth = (rgb.y - rgb.z) / spread;
  } else if rgb.y == most {
    sixth = (rgb.z - rgb.x) / spread + 2.0;
  }
  return vec3f(fract(sixth / 6.0 + 1.0), spread / most, most);
}

/// Lightness, green to red and blue to yellow of light, spaced as the eye sees it. Source: B. Ottosson, "A perceptual color space", 2020.
fn oklab_from_linear(light: vec3f) -> vec3f {
  let cones = vec3f(
    dot(light, vec3f(0.4122214708, 0.5363325363, 0.0514459929)),
    dot(light, vec3f(0.2119034982, 0.6806995451, 0.1073969566)),
    dot(light, vec3f(0.0883024619, 0.2817188376, 0.6299787005))
  );
  let root = sign(cones) * pow(abs(cones), vec3f(1.0 / 3.0));
  return vec3f(
    dot(root, vec3f(0.2104542553, 0.7936177850, -0.0040720468)),
    dot(root, vec3f(1.9779984951, -2.4285922050, 0.4505937099)),
    dot(root, vec3f(0.0259040371, 0.7827717662, -0.8086757660))
  );
}

/// Light of an Oklab colour. Source: B. Ottosson, "A perceptual color space", 2020.
fn linear_from_oklab(lab: vec3f) -> vec3f {
  let root = vec3f(
    dot(lab, vec3f(1.0, 0.3963377774, 0.2158037573)),
    dot(lab, vec3f(1.0, -0.1055613458, -0.0638541728)),
    dot(lab, vec3f(1.0, -0.0894841775, -1.2914855480))
  );
  let cones = root * root * root;
  return vec3f(
    dot(cones, vec3f(4.0767416621, -3.3077115913, 0.2309699292)),
    dot(cones, vec3f(-1.2684380046, 2.6097574011, -0.3413193965)),
    dot(cones, vec3f(-0.0041960863, -0.7034186147, 1.7076147010))
  );
}

/// A smooth palette that goes around: `base + swing * cos(τ(rate * t + phase))`. Source: I. Quilez, "Palettes", 1999.
fn palette(t: f32, base: vec3f, swing: vec3f, rate: vec3f, phase: vec3f) -> vec3f {
  return base + swing * cos(6.283185307179586 * (rate * t + phase));
}

/// Light of any strength from 0 to 1, as film would take it. Source: K. Narkowicz, "ACES Filmic Tone Mapping Curve", 2015.
fn tone_map(light: vec3f) -> vec3f {
  let x = max(light, vec3f());
  return clamp(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), vec3f(), vec3f(1.0));
}
