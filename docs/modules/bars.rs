//! Heights of 64 bars: a wave that runs to the left.

const BARS: usize = 64;

static mut HEIGHTS: [f32; BARS] = [0.0; BARS];

/// The heights at a time in seconds, each from 0 to 1.
#[unsafe(no_mangle)]
pub extern "C" fn heights(time: f32) -> *const f32 {
    // Nobody else uses it: a module has one thread, and is called once at a time.
    let heights = unsafe { &mut *(&raw mut HEIGHTS) };
    for (i, height) in heights.iter_mut().enumerate() {
        let part = (0.5 * time + i as f32 / BARS as f32).fract();
        *height = 4.0 * part * (1.0 - part);
    }
    heights.as_ptr()
}
