enable f16;
@fragment fn paint() -> @location(0) vec4f {
  return vec4f(f32(2h));
}
