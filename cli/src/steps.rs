//! The times at which a scene is run before its picture is taken.

use crate::args::MAX_FRAMES;
use crate::failure::Failure;
use pngine_host::History;

/// How much of a step a time may lie behind a frame and still be that frame's: times are given with a few decimals, and a frame of
/// nearly no duration is none that a player shows.
const SAME_FRAME: f64 = 0.01;

/// The frames in front of one: frame k of a run is drawn at its start and k steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steps {
    from: f64,
    fps: f64,
    count: u32,
}

impl Steps {
    /// Those of a run from `from` to `to`, in seconds, with `fps` frames a second; the one at `to` itself is not among them. None if
    /// `to` is not behind `from`. `why` a scene is run is for the message.
    ///
    /// # Errors
    /// [`Failure::Usage`] if they are more than [`MAX_FRAMES`].
    pub fn between(from: f64, to: f64, fps: f64, why: History) -> Result<Self, Failure> {
        let count = ((to - from) * fps - SAME_FRAME).ceil().max(0.0);
        if count > f64::from(MAX_FRAMES) {
            return Err(Failure::Usage(format!(
                "a picture at {to} s needs the frames before it ({}), and these {count} are more than the {MAX_FRAMES} that can be run: \
                 give a later --from, a smaller --fps, or --no-warm-up",
                why.text()
            )));
        }
        // Between 0 and a number that fits.
        Ok(Self { from, fps, count: count as u32 })
    }

    /// How many there are.
    pub const fn count(self) -> u32 {
        self.count
    }

    /// The times, in order.
    pub fn times(self) -> impl Iterator<Item = f64> {
        (0..self.count).map(move |k| self.from + f64::from(k) / self.fps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(from: f64, to: f64, fps: f64) -> Vec<f64> {
        Steps::between(from, to, fps, History::Pools).unwrap().times().collect()
    }

    #[test]
    fn frames_lie_on_whole_steps_before_the_last() {
        assert_eq!(times(0.0, 0.5, 4.0), [0.0, 0.25]);
        assert_eq!(times(0.0, 0.6, 4.0), [0.0, 0.25, 0.5]);
        assert_eq!(times(1.0, 1.5, 4.0), [1.0, 1.25]);
        assert_eq!(times(0.0, 0.0, 4.0), [0.0; 0]);
        assert_eq!(times(0.0, -3.0, 4.0), [0.0; 0]);
        assert_eq!(times(2.0, 1.0, 4.0), [0.0; 0]);
    }

    #[test]
    fn the_frame_at_a_time_is_that_of_a_sequence() {
        for k in 0..2000u32 {
            for fps in [24.0, 25.0, 29.97, 30.0, 60.0, 144.0] {
                let at = f64::from(k) / fps;
                assert_eq!(Steps::between(0.0, at, fps, History::Pools).unwrap().count(), k, "{at} s at {fps}");
            }
        }
        // As people write them.
        assert_eq!(Steps::between(0.0, 1.7, 60.0, History::Pools).unwrap().count(), 102);
        assert_eq!(Steps::between(0.0, 0.0333, 60.0, History::Pools).unwrap().count(), 2);
        assert_eq!(Steps::between(0.0, 0.0334, 60.0, History::Pools).unwrap().count(), 2);
        assert_eq!(Steps::between(0.0, 0.035, 60.0, History::Pools).unwrap().count(), 3);
    }

    #[test]
    fn what_would_take_for_ever_is_refused() {
        assert_eq!(Steps::between(0.0, 16_666.0, 60.0, History::Pools).unwrap().count(), 999_960);
        for (from, to, fps) in [(0.0, 1e6, 60.0), (-1e30, 1e30, 60.0), (0.0, 2.0, 1e6)] {
            assert!(matches!(Steps::between(from, to, fps, History::Pools), Err(Failure::Usage(_))), "{from} {to} {fps}");
        }
    }
}
