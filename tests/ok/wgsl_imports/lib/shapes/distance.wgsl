// A circle of files is no circle of declarations.
import package::circle::inside;

fn length_of(p: vec2f) -> f32 {
  return length(p);
}

fn unused() -> bool {
  return inside(vec2f(), 1);
}
