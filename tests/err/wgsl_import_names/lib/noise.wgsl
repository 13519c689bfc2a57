import super::hash::{hush};

override scale = 2.0;

fn noise(p: vec2f) -> f32 {
  let a = hush(p);
  return unknown(p) * scale;
}

fn needless() -> f32 {
  return mistake();
}
