// Found next to the file that names it.
fn color() -> vec4f { return vec4f(0.9, 0.6, 0.2, 1); }
