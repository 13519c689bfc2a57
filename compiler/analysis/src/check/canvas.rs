//! What follows the size of the canvas, which is known only when the scene runs.

use crate::limits::SMALLEST_CANVAS;
use pngine_scene::Extent;
use pngine_wgsl::device::{Device, Limit};

/// Whether something lies inside of something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// On every canvas.
    Every,
    /// Not on a canvas of this size.
    Some {
        /// Width and height in pixels.
        canvas: [u32; 2],
    },
    /// On no canvas.
    None,
}

/// The texels of an extent on a canvas, as a host computes them; `least` is what they come to at least.
fn texels(extent: Extent, [width, height]: [u32; 2], least: f64) -> f64 {
    match extent {
        Extent::Fixed(texels) => f64::from(texels),
        Extent::Canvas(factors) => {
            let [a, b, c] = factors.map(f64::from);
            (a * f64::from(width) + b * f64::from(height) + c).floor().max(least)
        }
    }
}

/// Whether `size` texels from `start` on lie inside of `whole`. Canvases have [`SMALLEST_CANVAS`] pixels in a row to as many as a texture may
/// have.
///
/// All of them are linear in the canvas' width and height, so that the extreme sizes tell of all.
pub fn inside(start: Extent, size: Extent, whole: Extent, device: &Device) -> Fit {
    if let (Extent::Fixed(start), Extent::Fixed(size), Extent::Fixed(whole)) = (start, size, whole) {
        return if u64::from(start) + u64::from(size) <= u64::from(whole) { Fit::Every } else { Fit::None };
    }
    // What no limit is known of is not said to be too large for it.
    let limit = Limit::MaxTextureDimension2D;
    let most = if device.has_lost_limits { limit.default() as u32 } else { device.limit32(limit) };
    let canvases = [[SMALLEST_CANVAS, SMALLEST_CANVAS], [most, most], [SMALLEST_CANVAS, most], [most, SMALLEST_CANVAS]];
    let fits = |canvas: [u32; 2]| texels(start, canvas, 0.0) + texels(size, canvas, 0.0) <= texels(whole, canvas, 1.0);
    match canvases.iter().find(|canvas| !fits(**canvas)) {
        None => Fit::Every,
        Some(_) if canvases.iter().all(|canvas| !fits(*canvas)) => Fit::None,
        Some(canvas) => Fit::Some { canvas: *canvas },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_the_canvas_fit_every_canvas_and_a_number_of_pixels_only_some() {
        let device = Device::default();
        let (width, half) = (Extent::Canvas([1.0, 0.0, 0.0]), Extent::Canvas([0.5, 0.0, 0.0]));
        let height = Extent::Canvas([0.0, 1.0, 0.0]);
        let fixed = Extent::Fixed;
        assert_eq!(inside(half, half, width, &device), Fit::Every);
        assert_eq!(inside(fixed(6), fixed(50), width, &device), Fit::Every);
        assert_eq!(inside(fixed(0), fixed(100), width, &device), Fit::Some { canvas: [64, 64] });
        assert_eq!(inside(fixed(0), fixed(8193), width, &device), Fit::None);
        assert_eq!(inside(fixed(0), width, fixed(512), &device), Fit::Some { canvas: [8192, 8192] });
        assert_eq!(inside(fixed(0), height, width, &device), Fit::Some { canvas: [64, 8192] });
        assert_eq!(inside(width, fixed(1), width, &device), Fit::None);
        assert_eq!(inside(fixed(4), fixed(4), fixed(8), &device), Fit::Every);
        assert_eq!(inside(fixed(4), fixed(5), fixed(8), &device), Fit::None);
    }
}
