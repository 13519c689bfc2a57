@vertex fn corner(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f { return vec4f(f32(index)); }
@fragment fn paint() -> @location(0) vec4f { return vec4f(1.0) }
