//! Frames to one file that moves: APNG, GIF, or y4m for whatever encodes videos.

use std::io::{self, Write};
use std::path::Path;

use color_quant::NeuQuant;
use gif::{DisposalMethod, Repeat};
use pngine_host::{AlphaMode, CanvasSettings, ColorSpace};

use crate::args::Picture;
use crate::picture::{DISPLAY_P3, Pixels};

/// Frames per second of a GIF, unless the user says otherwise, and the most that it has: browsers show delays below 2/100 s as 10/100 s.
pub const GIF_RATE: f64 = 50.0;

/// Colours of a frame of a GIF; one more is for what is transparent.
const COLORS: usize = 255;
/// The index of what is transparent.
const CLEAR: u8 = 255;
/// How many pixels are looked at to find the colours of a frame, about: what a frame needs for good ones, and more take time for nothing.
const SAMPLES: usize = 1 << 16;

/// Kinds of files that move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A PNG with several frames. Source: PNG specification, third edition, 4.9.
    Apng,
    /// A GIF, with 256 colours a frame. Source: GIF89a.
    Gif,
    /// Frames without compression, as `mjpegtools` and ffmpeg read them: YUV4MPEG2.
    Y4m,
}

impl Kind {
    /// What the name of a file promises; `None` if that is no file that moves.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "apng" => Some(Self::Apng),
            "gif" => Some(Self::Gif),
            "y4m" => Some(Self::Y4m),
            _ => None,
        }
    }

    /// Frames per second that it gets.
    ///
    /// # Errors
    /// What to do about more than it can have.
    pub fn rate(self, picture: &Picture) -> Result<f64, String> {
        match (self, picture.fps) {
            (Self::Gif, None) => Ok(GIF_RATE),
            (Self::Gif, Some(fps)) if fps > GIF_RATE => {
                Err(format!("a GIF has at most {GIF_RATE} frames a second, and --fps {fps} is more: give less, or write an APNG"))
            }
            _ => Ok(picture.fps()),
        }
    }
}

/// What all frames have in common.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// How many frames there are; at least one.
    pub frames: u32,
    /// Frames per second.
    pub fps: f64,
    /// What the pixels mean.
    pub canvas: CanvasSettings,
}

impl Format {
    /// Frames per second as a fraction of whole numbers.
    fn rate(&self) -> (u32, u32) {
        if self.fps.fract() == 0.0 && self.fps <= f64::from(u16::MAX) {
            return (self.fps as u32, 1);
        }
        // Three decimals are what people give: 29.97, 23.976.
        ((self.fps * 1000.0).round().clamp(1.0, f64::from(u32::MAX)) as u32, 1000)
    }
}

/// A file that is being written, frame by frame.
pub enum Movie<'a> {
    /// An APNG.
    Apng(Box<png::Writer<&'a mut (dyn Write + Send)>>, bool),
    /// A GIF.
    Gif(Box<gif::Encoder<&'a mut (dyn Write + Send)>>, Format, u32),
    /// A y4m.
    Y4m(&'a mut (dyn Write + Send)),
}

impl<'a> Movie<'a> {
    /// Writes the beginning.
    ///
    /// # Errors
    /// What the output says; sizes that the format does not have.
    pub fn new(kind: Kind, out: &'a mut (dyn Write + Send), format: Format) -> io::Result<Self> {
        match kind {
            Kind::Apng => {
                let is_opaque = format.canvas.alpha == AlphaMode::Opaque;
                let mut info = png::Info::with_size(format.width, format.height);
                info.bit_depth = png::BitDepth::Eight;
                info.color_type = if is_opaque { png::ColorType::Rgb } else { png::ColorType::Rgba };
                if format.canvas.color_space == ColorSpace::DisplayP3 {
                    let [color_primaries, transfer_function, matrix_coefficients, range] = DISPLAY_P3;
                    info.coding_independent_code_points = Some(png::CodingIndependentCodePoints {
                        color_primaries,
                        transfer_function,
                        matrix_coefficients,
                        is_video_full_range_image: range == 1,
                    });
                }
                let mut encoder = png::Encoder::with_info(out, info).map_err(io::Error::from)?;
                encoder.set_filter(png::Filter::Adaptive);
                encoder.set_compression(png::Compression::Balanced);
                let (over, under) = delay(format.rate());
                encoder.set_animated(format.frames, 0).and_then(|()| encoder.set_frame_delay(over, under))?;
                Ok(Self::Apng(Box::new(encoder.write_header()?), is_opaque))
            }
            Kind::Gif => {
                let side =
                    |pixels: u32| u16::try_from(pixels).map_err(|_| io::Error::other("a GIF has at most 65,535 pixels a side"));
                let mut encoder =
                    gif::Encoder::new(out, side(format.width)?, side(format.height)?, &[]).map_err(io::Error::other)?;
                encoder.set_repeat(Repeat::Infinite).map_err(io::Error::other)?;
                Ok(Self::Gif(Box::new(encoder), format, 0))
            }
            Kind::Y4m => {
                let (over, under) = format.rate();
                writeln!(out, "YUV4MPEG2 W{} H{} F{over}:{under} Ip A1:1 C444 XCOLORRANGE=LIMITED", format.width, format.height)?;
                Ok(Self::Y4m(out))
            }
        }
    }

    /// Writes the next frame.
    ///
    /// # Errors
    /// What the output says.
    pub fn frame(&mut self, pixels: &Pixels) -> io::Result<()> {
        let rgba = pixels.rgba.as_chunks::<4>().0;
        match self {
            Self::Apng(writer, true) => {
                let rgb: Vec<u8> = rgba.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
                Ok(writer.write_image_data(&rgb)?)
            }
            Self::Apng(writer, false) => Ok(writer.write_image_data(&pixels.rgba)?),
            Self::Gif(encoder, format, written) => {
                let mut frame = quantized(rgba, format.width as usize, format.height as usize);
                // Hundredths of a second, rounded so that they do not add up to another length.
                let until = |frame: u32| (f64::from(frame) * 100.0 / format.fps).round() as u32;
                frame.delay = u16::try_from(until(*written + 1) - until(*written)).unwrap_or(u16::MAX);
                *written += 1;
                encoder.write_frame(&frame).map_err(io::Error::other)
            }
            Self::Y4m(out) => {
                out.write_all(b"FRAME\n")?;
                let yuv: Vec<[u8; 3]> = rgba.iter().map(|pixel| ycbcr(*pixel)).collect();
                for plane in 0..3 {
                    let plane: Vec<u8> = yuv.iter().map(|pixel| pixel[plane]).collect();
                    out.write_all(&plane)?;
                }
                Ok(())
            }
        }
    }

    /// Writes the end.
    ///
    /// # Errors
    /// What the output says.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::Apng(writer, _) => Ok(writer.finish()?),
            Self::Gif(encoder, ..) => encoder.into_inner().map_err(io::Error::other)?.flush(),
            Self::Y4m(out) => out.flush(),
        }
    }
}

/// The time of a frame as a fraction of two small numbers.
fn delay((frames, seconds): (u32, u32)) -> (u16, u16) {
    match (u16::try_from(seconds), u16::try_from(frames)) {
        (Ok(seconds), Ok(frames)) => (seconds, frames),
        // 1000/120000 and what is faster: a thousandth part, rounded.
        _ => (1, u16::try_from(frames.div_ceil(seconds.max(1))).unwrap_or(u16::MAX)),
    }
}

/// A frame of a GIF: the colours that stand for all others best, and each pixel's, with what that is wrong by carried on to its neighbours.
/// Source: R. W. Floyd and L. Steinberg, "An Adaptive Algorithm for Spatial Greyscale", 1976.
fn quantized(rgba: &[[u8; 4]], width: usize, height: usize) -> gif::Frame<'static> {
    let mut opaque: Vec<u8> = rgba.iter().filter(|pixel| is_opaque(**pixel)).flat_map(|[r, g, b, _]| [*r, *g, *b, 255]).collect();
    if opaque.is_empty() {
        opaque = vec![0, 0, 0, 255];
    }
    // One of so many, from 1 to 30. Source: color_quant.
    let sampling = (opaque.len() / 4 / SAMPLES).clamp(1, 30);
    let colors = NeuQuant::new(sampling as i32, COLORS, &opaque);
    let mut palette = colors.color_map_rgb();
    palette.resize(3 * COLORS, 0);
    palette.extend([0, 0, 0]);

    let mut indices = Vec::with_capacity(rgba.len());
    // What is carried into this row and the next, in sixteenths; a column more on either side saves a look.
    let (mut here, mut below) = (vec![[0_i32; 3]; width + 2], vec![[0_i32; 3]; width + 2]);
    for y in 0..height {
        for x in 0..width {
            let Some(&pixel) = rgba.get(y * width + x) else { break };
            if !is_opaque(pixel) {
                indices.push(CLEAR);
                continue;
            }
            let carried = here[x + 1];
            let wanted = [0, 1, 2].map(|i| (i32::from(pixel[i]) + (carried[i] + 8).div_euclid(16)).clamp(0, 255));
            let index = colors.index_of(&[wanted[0] as u8, wanted[1] as u8, wanted[2] as u8, 255]);
            indices.push(index as u8);
            for i in 0..3 {
                let wrong = wanted[i] - i32::from(palette[3 * index + i]);
                here[x + 2][i] += 7 * wrong;
                below[x][i] += 3 * wrong;
                below[x + 1][i] += 5 * wrong;
                below[x + 2][i] += wrong;
            }
        }
        std::mem::swap(&mut here, &mut below);
        below.fill([0; 3]);
    }
    gif::Frame {
        // The sizes were looked at when the file was begun.
        width: u16::try_from(width).unwrap_or(u16::MAX),
        height: u16::try_from(height).unwrap_or(u16::MAX),
        buffer: indices.into(),
        palette: Some(palette),
        transparent: Some(CLEAR),
        // Nothing of a frame shows through the holes of the next.
        dispose: DisposalMethod::Background,
        ..gif::Frame::default()
    }
}

/// Whether a GIF, which knows nothing between, shows a pixel.
fn is_opaque(pixel: [u8; 4]) -> bool {
    pixel[3] >= 128
}

/// Y', Cb and Cr of a pixel over black, 16 to 235 and 16 to 240. Source: ITU-R BT.601-7, 2.5.
fn ycbcr([r, g, b, a]: [u8; 4]) -> [u8; 3] {
    let [r, g, b] = [r, g, b].map(|channel| f64::from(channel) * f64::from(a) / (255.0 * 255.0));
    let y = 0.299 * r + 0.587 * g + 0.114 * b;
    let round = |value: f64| value.round() as u8;
    [round(16.0 + 219.0 * y), round(128.0 + 224.0 * (b - y) / 1.772), round(128.0 + 224.0 * (r - y) / 1.402)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(frames: u32, fps: f64, alpha: AlphaMode) -> Format {
        Format { width: 16, height: 8, frames, fps, canvas: CanvasSettings { alpha, ..CanvasSettings::default() } }
    }

    /// A ramp of colours, moved by the frame's number.
    fn frame(number: u32, alpha: u8) -> Pixels {
        let pixel = |i: u32| [(i * 2) as u8, (i + 40 * number) as u8, (255 - i) as u8, if i < 20 { alpha } else { 255 }];
        Pixels { rgba: (0..128).flat_map(pixel).collect(), color_space: ColorSpace::Srgb }
    }

    fn written(kind: Kind, format: Format, alpha: u8) -> Vec<u8> {
        let mut out = Vec::new();
        let mut movie = Movie::new(kind, &mut out, format).unwrap();
        for number in 0..format.frames {
            movie.frame(&frame(number, alpha)).unwrap();
        }
        movie.finish().unwrap();
        out
    }

    #[test]
    fn an_apng_has_all_frames_exactly_and_their_time() {
        for (alpha, value, channels) in [(AlphaMode::Opaque, 255, 3), (AlphaMode::Premultiplied, 90, 4)] {
            let bytes = written(Kind::Apng, format(3, 29.97, alpha), value);
            let mut reader = png::Decoder::new(io::Cursor::new(bytes)).read_info().unwrap();
            assert_eq!(reader.info().animation_control().map(|control| (control.num_frames, control.num_plays)), Some((3, 0)));
            for number in 0..3 {
                let mut buffer = vec![0; reader.output_buffer_size().unwrap()];
                reader.next_frame(&mut buffer).unwrap();
                let control = reader.info().frame_control().unwrap();
                assert_eq!((control.delay_num, control.delay_den), (1000, 29970));
                let expected: Vec<u8> =
                    frame(number, value).rgba.chunks(4).flat_map(|pixel| &pixel[..channels]).copied().collect();
                assert!(buffer == expected, "frame {number}");
            }
        }
    }

    #[test]
    fn a_gif_has_near_colours_holes_and_the_right_length() {
        let bytes = written(Kind::Gif, format(7, 30.0, AlphaMode::Premultiplied), 0);
        let mut options = gif::DecodeOptions::new();
        options.set_color_output(gif::ColorOutput::RGBA);
        let mut decoder = options.read_info(&bytes[..]).unwrap();
        assert_eq!(decoder.repeat(), Repeat::Infinite);
        let mut delays = Vec::new();
        while let Some(shown) = decoder.read_next_frame().unwrap() {
            let wanted = frame(delays.len() as u32, 0);
            delays.push(shown.delay);
            let (shown, wanted) = (shown.buffer.as_chunks::<4>().0, wanted.rgba.as_chunks::<4>().0);
            let wrong: u32 = shown
                .iter()
                .zip(wanted)
                .skip(20)
                .flat_map(|(a, b)| a.iter().zip(b))
                .map(|(a, b)| u32::from(a.abs_diff(*b)))
                .sum();
            // Mean difference of a channel.
            assert!(wrong / (108 * 4) < 6, "{wrong}");
            assert!(shown[..20].iter().all(|pixel| pixel[3] == 0) && shown[20..].iter().all(|pixel| pixel[3] == 255));
        }
        assert_eq!(delays, [3, 4, 3, 3, 4, 3, 3]);
    }

    #[test]
    fn a_y4m_is_what_another_decoder_reads() {
        let bytes = written(Kind::Y4m, format(2, 60.0, AlphaMode::Opaque), 255);
        let mut decoder = y4m::decode(&bytes[..]).unwrap();
        assert_eq!((decoder.get_width(), decoder.get_height()), (16, 8));
        assert!(matches!(decoder.get_colorspace(), y4m::Colorspace::C444));
        assert_eq!((decoder.get_framerate().num, decoder.get_framerate().den), (60, 1));
        for number in 0..2 {
            let read = decoder.read_frame().unwrap();
            let [y, cb, cr] = [read.get_y_plane(), read.get_u_plane(), read.get_v_plane()];
            for (i, pixel) in frame(number, 255).rgba.as_chunks::<4>().0.iter().enumerate() {
                // The way back. Source: ITU-R BT.601-7, 2.5.
                let (l, b, r) = (f64::from(y[i]) - 16.0, f64::from(cb[i]) - 128.0, f64::from(cr[i]) - 128.0);
                let red = 255.0 * (l / 219.0 + 1.402 * r / 224.0);
                let blue = 255.0 * (l / 219.0 + 1.772 * b / 224.0);
                assert!((red - f64::from(pixel[0])).abs() < 2.0 && (blue - f64::from(pixel[2])).abs() < 2.0, "{number} {i}");
            }
        }
        assert!(decoder.read_frame().is_err());
    }

    #[test]
    fn rates_become_fractions() {
        assert_eq!(format(1, 60.0, AlphaMode::Opaque).rate(), (60, 1));
        assert_eq!(format(1, 23.976, AlphaMode::Opaque).rate(), (23976, 1000));
        assert_eq!(delay((60, 1)), (1, 60));
        assert_eq!(delay((29970, 1000)), (1000, 29970));
        assert_eq!(delay((120_500, 1000)), (1, 121));
        assert_eq!(Kind::of(Path::new("a/b.GIF")), Some(Kind::Gif));
        assert_eq!(Kind::of(Path::new("gif")), None);
    }
}
