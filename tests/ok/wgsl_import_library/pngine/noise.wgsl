fn own(t: f32) -> f32 { return 0.5 + 0.5 * sin(t); }
