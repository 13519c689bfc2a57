//! What a scene hears of a sound: the numbers that an `AnalyserNode` of a browser gives. Source: Web Audio API, "The AnalyserNode
//! Interface": the down-mix, "FFT Windowing and Smoothing over Time", `getByteFrequencyData`.
//!
//! The settings are those of an analyser of which only `fftSize` was set, to 512: as many bands as a scene has.

use std::f64::consts::PI;

/// How many samples an analysis looks at.
const FFT_SIZE: usize = 512;

/// Bands of `audioInputs`. Source: docs/format.md, section 5.
pub const BANDS: usize = FFT_SIZE / 2;

/// How much of the last analysis is in the next one: `smoothingTimeConstant`.
const SMOOTHING: f64 = 0.8;

/// The loudness, in decibels, of which nothing is heard, and that which is not exceeded: `minDecibels` and `maxDecibels`.
const SILENT: f64 = -100.0;
const LOUD: f64 = -30.0;

/// After so many analyses nothing is left of one: 0.8^64 of the loudest sound is 124 dB below it.
const MEMORY: u32 = 64;

/// A sound of one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    samples: Vec<f32>,
    /// Samples per second.
    rate: u32,
    window: Vec<f64>,
}

impl Sound {
    /// A sound of samples that lie one frame behind the other, a frame with one sample for each channel. Several channels become one as
    /// Web Audio mixes "speakers"; of more or other ones than it knows, the first is heard. What is left behind the last frame is ignored.
    ///
    /// `None` for no channels, or no rate.
    pub fn new(samples: &[f32], channels: u16, rate: u32) -> Option<Self> {
        if channels == 0 || rate == 0 {
            return None;
        }
        let half = f64::sqrt(0.5);
        let mix = |frame: &[f32]| match *frame {
            [left, right] => 0.5 * (f64::from(left) + f64::from(right)),
            [left, right, back_left, back_right] => {
                0.25 * (f64::from(left) + f64::from(right) + f64::from(back_left) + f64::from(back_right))
            }
            [left, right, center, _, side_left, side_right] => {
                half * (f64::from(left) + f64::from(right))
                    + f64::from(center)
                    + 0.5 * (f64::from(side_left) + f64::from(side_right))
            }
            _ => frame.first().copied().map_or(0.0, f64::from),
        };
        // What is not a number is silence: one of them would silence the analyser for good.
        let sound = |sample: f64| if sample.is_finite() { sample as f32 } else { 0.0 };
        let samples = samples.chunks_exact(usize::from(channels)).map(|frame| sound(mix(frame))).collect();
        Some(Self { samples, rate, window: blackman() })
    }

    /// How long it lasts, in seconds.
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate)
    }

    /// How loud each band is at a time in seconds, from 0 to 1, the lowest first: as a page hears it that has asked `fps` times a second
    /// since the sound began. Before and after the sound it is silent, but for what is left of the smoothing.
    pub fn bands(&self, time: f64, fps: f64) -> [f32; BANDS] {
        let asked = if time.is_finite() && fps > 0.0 { (time * fps + 1e-6).clamp(0.0, f64::from(MEMORY)) as u32 } else { 0 };
        let mut smooth = [0.0; BANDS];
        if time.is_finite() && time >= 0.0 {
            for ago in (0..=asked).rev() {
                let heard = self.heard(time - f64::from(ago) / fps);
                for (smooth, now) in smooth.iter_mut().zip(heard) {
                    *smooth = SMOOTHING * *smooth + (1.0 - SMOOTHING) * now;
                }
            }
        }
        smooth.map(|magnitude| {
            let byte = 255.0 / (LOUD - SILENT) * (20.0 * magnitude.log10() - SILENT);
            // Of silence the logarithm is minus infinity, which the cast makes 0, as it cuts off fractions and what is too loud.
            f32::from(byte as u8) / 255.0
        })
    }

    /// The magnitudes of the frequencies in the samples before a time, not smoothed.
    fn heard(&self, time: f64) -> Vec<f64> {
        let end = (time * f64::from(self.rate) + 1e-6).floor();
        let mut parts: Vec<(f64, f64)> = (0..FFT_SIZE)
            .map(|i| {
                let at = end - FFT_SIZE as f64 + i as f64;
                let sample = if at >= 0.0 { self.samples.get(at as usize).copied().unwrap_or(0.0) } else { 0.0 };
                (f64::from(sample) * self.window[i], 0.0)
            })
            .collect();
        transform(&mut parts);
        parts.iter().take(BANDS).map(|(re, im)| re.hypot(*im) / FFT_SIZE as f64).collect()
    }
}

/// The Blackman window with α = 0.16.
fn blackman() -> Vec<f64> {
    let (a0, a1, a2) = (0.42, 0.5, 0.08);
    (0..FFT_SIZE)
        .map(|i| {
            let turn = 2.0 * PI * i as f64 / FFT_SIZE as f64;
            a0 - a1 * turn.cos() + a2 * (2.0 * turn).cos()
        })
        .collect()
}

/// The discrete Fourier transform of as many numbers as a power of two: Cooley and Tukey, in place.
fn transform(parts: &mut [(f64, f64)]) {
    let count = parts.len();
    let bits = count.trailing_zeros();
    for i in 0..count {
        let j = i.reverse_bits() >> (usize::BITS - bits);
        if i < j {
            parts.swap(i, j);
        }
    }
    let mut size = 2;
    while size <= count {
        let turn = -2.0 * PI / size as f64;
        for group in parts.chunks_exact_mut(size) {
            let (low, high) = group.split_at_mut(size / 2);
            for (i, (low, high)) in low.iter_mut().zip(high).enumerate() {
                let (sin, cos) = (turn * i as f64).sin_cos();
                let other = (high.0 * cos - high.1 * sin, high.0 * sin + high.1 * cos);
                (*low, *high) = ((low.0 + other.0, low.1 + other.1), (low.0 - other.0, low.1 - other.1));
            }
        }
        size *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    /// Sines, each with a frequency in hertz and an amplitude, for a second.
    fn tones(tones: &[(f64, f64)]) -> Vec<f32> {
        let sample = |i: u32| {
            let time = f64::from(i) / f64::from(RATE);
            tones.iter().map(|(frequency, loudness)| loudness * (2.0 * PI * frequency * time).sin()).sum::<f64>() as f32
        };
        (0..RATE).map(sample).collect()
    }

    /// The same by the definition of the transform, one analysis after another.
    fn double(samples: &[f32], times: &[f64]) -> Vec<f32> {
        let mut smooth = vec![0.0; BANDS];
        for time in times {
            let end = (time * f64::from(RATE) + 1e-6).floor() as i64;
            for (band, smooth) in smooth.iter_mut().enumerate() {
                let (mut re, mut im) = (0.0, 0.0);
                for i in 0..512i64 {
                    let sample = usize::try_from(end - 512 + i).ok().and_then(|at| samples.get(at)).copied().unwrap_or(0.0);
                    let turn = 2.0 * PI * i as f64 / 512.0;
                    let windowed = f64::from(sample) * (0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos());
                    re += windowed * (turn * band as f64).cos();
                    im -= windowed * (turn * band as f64).sin();
                }
                *smooth = 0.8 * *smooth + 0.2 * (re * re + im * im).sqrt() / 512.0;
            }
        }
        let byte = |magnitude: &f64| (255.0 / 70.0 * (20.0 * magnitude.log10() + 100.0)).clamp(0.0, 255.0).floor();
        smooth.iter().map(|magnitude| (byte(magnitude) / 255.0) as f32).collect()
    }

    #[test]
    fn bands_are_those_of_the_definition() {
        let samples = tones(&[(440.0, 0.5), (3000.0, 0.1), (12_345.0, 0.01)]);
        let sound = Sound::new(&samples, 1, RATE).unwrap();
        for time in [0.0, 0.005, 0.1, 0.5] {
            let times: Vec<f64> = (0..=(time * 60.0 + 1e-6) as u32).rev().map(|ago| time - f64::from(ago) / 60.0).collect();
            let found = sound.bands(time, 60.0);
            for (band, (one, other)) in found.iter().zip(double(&samples, &times)).enumerate() {
                // A fraction on the edge of a byte falls on either side.
                assert!((one - other).abs() <= 1.001 / 255.0, "band {band} at {time} s: {one} and {other}");
            }
        }
        assert!(sound.bands(0.0, 60.0).iter().all(|band| *band == 0.0));
    }

    /// What an `AnalyserNode` of Chromium 156 gives, in an `OfflineAudioContext` that is suspended 62.5 times a second: channels, how often it was
    /// asked before, and the bytes of `getByteFrequencyData` in hexadecimal digits.
    const CHROMIUM: &str = include_str!("../tests/analyser.txt");

    #[test]
    fn bands_are_those_of_chromium() {
        let left = tones(&[(440.0, 0.5), (3000.0, 0.1), (12_345.0, 0.01)]);
        let both: Vec<f32> = left.iter().zip(tones(&[(7000.0, 0.25)])).flat_map(|(left, right)| [*left, right]).collect();
        let mut compared = 0;
        for line in CHROMIUM.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let [channels, before, digits] = words[..] else { panic!("{line}") };
            let sound = Sound::new(if channels == "1" { &left } else { &both }, channels.parse().unwrap(), RATE).unwrap();
            let found = sound.bands(before.parse::<f64>().unwrap() / 62.5, 62.5);
            assert_eq!(digits.len(), 2 * BANDS);
            for (band, found) in found.iter().enumerate() {
                let wanted = u8::from_str_radix(&digits[2 * band..2 * band + 2], 16).unwrap();
                // Chromium computes in singles: the quietest differ by a step.
                assert!(
                    (found * 255.0 - f32::from(wanted)).abs() <= 1.01,
                    "{channels} channels, {before}: band {band} is {wanted}, not {}",
                    found * 255.0
                );
                compared += usize::from(wanted > 0);
            }
        }
        assert!(compared > 150, "{compared}");
    }

    #[test]
    fn a_tone_is_loudest_in_its_band() {
        for frequency in [375.0, 3000.0, 20_062.5] {
            let bands = Sound::new(&tones(&[(frequency, 0.02)]), 1, RATE).unwrap().bands(0.9, 60.0);
            let loudest = (0..BANDS).max_by(|a, b| bands[*a].total_cmp(&bands[*b])).unwrap();
            assert_eq!(loudest as f64, frequency * 512.0 / f64::from(RATE));
        }
    }

    #[test]
    fn the_loudest_is_one_and_silence_is_nothing() {
        let loud = Sound::new(&tones(&[(3000.0, 1.0)]), 1, RATE).unwrap();
        assert_eq!(loud.bands(0.9, 60.0)[32], 1.0);
        for (time, fps) in [(-1.0, 60.0), (f64::NAN, 60.0), (f64::INFINITY, 60.0), (9.0, 60.0), (0.0, 0.0)] {
            assert!(loud.bands(time, fps).iter().all(|band| *band == 0.0), "{time}");
        }
        let odd = Sound::new(&[f32::NAN, f32::INFINITY, f32::MAX], 1, 8000).unwrap();
        assert!(odd.bands(0.0004, 60.0).iter().all(|band| band.is_finite()));
        assert!(Sound::new(&[], 1, RATE).unwrap().bands(0.0, 60.0).iter().all(|band| *band == 0.0));
        assert_eq!((Sound::new(&[1.0], 0, RATE), Sound::new(&[1.0], 1, 0)), (None, None));
    }

    #[test]
    fn channels_are_mixed_as_web_audio_does() {
        let mono = |frame: &[f32]| Sound::new(frame, frame.len() as u16, 1).unwrap().samples[0];
        assert_eq!(mono(&[1.0, 0.5]), 0.75);
        assert_eq!(mono(&[1.0, 0.5, 0.25, 0.25]), 0.5);
        assert_eq!(mono(&[1.0, 1.0, 0.25, 9.0, 0.5, 0.25]), (2f64.sqrt() + 0.625) as f32);
        assert_eq!((mono(&[0.5]), mono(&[0.5, 1.0, 1.0]), mono(&[0.25; 8])), (0.5, 0.5, 0.25));
        assert_eq!(Sound::new(&[1.0, 0.0, 0.5], 2, 2).unwrap().seconds(), 0.5);
    }
}
