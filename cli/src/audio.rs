//! A sound for a picture: a WAV file becomes what a scene hears.

use std::io::Cursor;
use std::path::Path;

use hound::{SampleFormat, WavReader};
use pngine_compiler::diag::Code;
use pngine_host::Sound;

use crate::failure::Failure;
use crate::input::Input;

/// Most samples that are read, of all channels together. Picked by feel: ten minutes of two channels at 48,000 Hz are fewer.
const MAX_SAMPLES: u32 = 1 << 26;

/// Reads a sound: PCM of whole numbers of 8 to 32 bits, or of 32-bit floats.
///
/// # Errors
/// E0901, E0902 and E0904 as for any input; E0910 for what is not such a WAV.
pub fn read(path: &Path) -> Result<Sound, Failure> {
    let input = Input::read(path)?;
    decode(&input.bytes).map_err(|reason| {
        let message = format!("`{}` is not a sound that can be read: {reason}", input.name);
        Failure::input(Code::WrongInput, message).help("give a WAV file, PCM or floats: `ffmpeg -i song.mp3 song.wav` makes one")
    })
}

fn decode(bytes: &[u8]) -> Result<Sound, String> {
    let mut reader = WavReader::new(Cursor::new(bytes)).map_err(|error| words(&error))?;
    let spec = reader.spec();
    // What the file says of its length is compared with what there is before anything is allocated for it.
    if reader.len() > MAX_SAMPLES {
        return Err(format!("it has {} samples, and {MAX_SAMPLES} are the most", reader.len()));
    }
    let samples: Result<Vec<f32>, hound::Error> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect(),
        SampleFormat::Int => {
            let scale = 1.0 / (1u64 << spec.bits_per_sample.clamp(1, 32).saturating_sub(1)) as f64;
            reader.samples::<i32>().map(|sample| sample.map(|sample| (f64::from(sample) * scale) as f32)).collect()
        }
    };
    let samples = samples.map_err(|error| words(&error))?;
    Sound::new(&samples, spec.channels, spec.sample_rate).ok_or_else(|| "it has no channels, or no sample rate".to_owned())
}

fn words(error: &hound::Error) -> String {
    match error {
        hound::Error::IoError(_) => "it ends too early, or is not a WAV file".to_owned(),
        hound::Error::FormatError(reason) => format!("it is not well formed ({reason})"),
        hound::Error::Unsupported | hound::Error::InvalidSampleFormat => "its encoding is not PCM or floats".to_owned(),
        hound::Error::TooWide => "its samples have more than 32 bits".to_owned(),
        hound::Error::UnfinishedSample => "it ends within a sample".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hound::{WavSpec, WavWriter};

    /// A second of a tone of 3,000 Hz at 48,000 Hz, and its loudness as the samples of a format have it.
    fn wav(channels: u16, bits_per_sample: u16, sample_format: SampleFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let spec = WavSpec { channels, sample_rate: 48_000, bits_per_sample, sample_format };
        let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
        for i in 0..48_000 {
            let sample = 0.25 * (2.0 * std::f64::consts::PI * 3000.0 * f64::from(i) / 48_000.0).sin();
            for _ in 0..channels {
                match sample_format {
                    SampleFormat::Float => writer.write_sample(sample as f32).unwrap(),
                    SampleFormat::Int => {
                        let most = f64::from(1u32 << (bits_per_sample - 1)) - 1.0;
                        writer.write_sample((sample * most).round() as i32).unwrap();
                    }
                }
            }
        }
        writer.finalize().unwrap();
        bytes.into_inner()
    }

    #[test]
    fn every_encoding_sounds_alike() {
        let wanted = decode(&wav(1, 32, SampleFormat::Float)).unwrap();
        assert_eq!(wanted.seconds(), 1.0);
        let bands = wanted.bands(0.5, 60.0);
        assert!(bands[32] > 0.9 && bands[100] == 0.0);
        for (channels, bits) in [(1, 16), (2, 16), (1, 24), (2, 32), (4, 16)] {
            let sound = decode(&wav(channels, bits, SampleFormat::Int)).unwrap();
            for (one, other) in bands.iter().zip(sound.bands(0.5, 60.0)) {
                assert!((one - other).abs() <= 2.1 / 255.0 || other < 0.1, "{channels} channels, {bits} bits: {one} and {other}");
            }
        }
        let coarse = decode(&wav(1, 8, SampleFormat::Int)).unwrap().bands(0.5, 60.0);
        assert!((coarse[32] - bands[32]).abs() <= 2.1 / 255.0);
    }

    #[test]
    fn what_is_not_a_sound_is_an_error() {
        let good = wav(2, 16, SampleFormat::Int);
        for wrong in [&b""[..], b"RIFF", b"OggS0000", &good[..20], &good[..good.len() - 1]] {
            assert!(decode(wrong).is_err());
        }
        for at in 0..44 {
            for bit in 0..8 {
                let mut bytes = good[..400].to_vec();
                bytes[at] ^= 1 << bit;
                // Whatever it says, it is an answer, and takes no memory for samples that are not there.
                let _ = decode(&bytes);
            }
        }
    }
}
