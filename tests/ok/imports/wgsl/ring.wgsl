// Found in the entry file's directory, although a file in parts/ names it.
@fragment fn paint() -> @location(0) vec4f { return color(); }
