import super::super::noise::hash;
import package::lib::shapes::distance::length_of;

fn inside(p: vec2f, radius: f32) -> bool {
  return length_of(p) < radius + hash(p);
}
