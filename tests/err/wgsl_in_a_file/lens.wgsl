// A mistake in a file of its own is shown in that file.
@vertex fn corner(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
  return vec4f(index, 0, 0, 1);
}
@fragment fn paint() -> @location(0) vec4f { return vec4f(1); }
