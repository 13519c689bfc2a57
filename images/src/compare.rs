//! How two pictures differ, pixel by pixel.

/// The difference of two pictures of one size, over all channels of all pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Mean of the differences of the channels, from 0 to 255.
    pub mean: f64,
    /// The greatest difference of a channel.
    pub worst: u8,
    /// How many pixels are off: a channel of them differs by more than the tolerance.
    pub off: u64,
    /// How many pixels there are.
    pub pixels: u64,
}

impl Difference {
    /// Of pictures with four bytes a pixel, of which a channel may differ by `tolerance`. `None` if they have not the same number of bytes.
    pub fn between(a: &[u8], b: &[u8], tolerance: u8) -> Option<Self> {
        if a.len() != b.len() {
            return None;
        }
        let (left, right) = (a.as_chunks::<4>().0, b.as_chunks::<4>().0);
        let (mut sum, mut worst, mut off) = (0, 0, 0);
        for (a, b) in left.iter().zip(right) {
            let channels = [0, 1, 2, 3].map(|i| a[i].abs_diff(b[i]));
            let most = channels.into_iter().fold(0, u8::max);
            sum += channels.into_iter().map(u64::from).sum::<u64>();
            worst = worst.max(most);
            off += u64::from(most > tolerance);
        }
        let pixels = left.len() as u64;
        Some(Self { mean: sum as f64 / (4 * pixels).max(1) as f64, worst, off, pixels })
    }

    /// The part of the pixels that are off, from 0 to 1.
    pub fn part(&self) -> f64 {
        self.off as f64 / self.pixels.max(1) as f64
    }
}

/// A picture of the differences of two, eight times as strong, so that they can be seen. It is opaque; where alpha alone differs, it is grey.
pub fn picture(a: &[u8], b: &[u8]) -> Vec<u8> {
    let pixels = a.as_chunks::<4>().0.iter().zip(b.as_chunks::<4>().0);
    let shown = pixels.flat_map(|(a, b)| {
        let alpha = a[3].abs_diff(b[3]);
        let channel = |i: usize| a[i].abs_diff(b[i]).max(alpha).saturating_mul(8);
        [channel(0), channel(1), channel(2), u8::MAX]
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_counted_by_channel_and_by_pixel() {
        let a = [0, 0, 0, 255, 10, 20, 30, 255];
        let b = [0, 0, 0, 255, 10, 24, 20, 255];
        let exact = Difference::between(&a, &b, 0).unwrap();
        assert_eq!(exact, Difference { mean: 14.0 / 8.0, worst: 10, off: 1, pixels: 2 });
        assert_eq!(exact.part(), 0.5);
        assert_eq!(Difference::between(&a, &b, 9).unwrap().off, 1);
        assert_eq!(Difference::between(&a, &b, 10).unwrap().off, 0);
        assert_eq!(Difference::between(&a, &b[..4], 0), None);
        assert_eq!(Difference::between(&[], &[], 0).unwrap().part(), 0.0);
        assert_eq!(picture(&a, &b), [0, 0, 0, 255, 0, 32, 80, 255]);
        assert_eq!(picture(&[0, 0, 0, 0], &[0, 0, 0, 100]), [255, 255, 255, 255]);
    }
}
