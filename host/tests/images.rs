//! Images in, pixels or findings out.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder as _};
use pngine_format::command::encode;
use pngine_format::descriptor::{Field, Type, Value, object};
use pngine_format::limits::Budgets;
use pngine_format::op::{Kind, Op};
use pngine_format::status::Plugins;
use pngine_host::{Canvas, Checker, CommandView, DecodedImage, Images, Phase};

const CANVAS: Canvas = Canvas { width: 6, height: 4 };

fn png(width: u32, height: u32, color: ExtendedColorType, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    PngEncoder::new(&mut out).write_image(bytes, width, height, color).unwrap();
    out
}

fn rgba(bytes: &[u8]) -> Vec<u8> {
    DecodedImage::decode(bytes).unwrap().rgba
}

/// Exif data that say nothing but the orientation. Source: CIPA DC-008 (Exif 2.3), tag 0x0112.
fn exif(orientation: u8) -> Vec<u8> {
    let mut out = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    out.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    out
}

/// A palette PNG of 2 by 1 pixels, the second of which is half transparent.
fn palette_png(orientation: Option<u8>) -> Vec<u8> {
    let mut out = pngine_format::png::SIGNATURE.to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| pngine_format::png::write_chunk(&mut out, *kind, data).unwrap();
    chunk(b"IHDR", &[0, 0, 0, 2, 0, 0, 0, 1, 8, 3, 0, 0, 0]);
    chunk(b"gAMA", &100_000u32.to_be_bytes());
    chunk(b"PLTE", &[10, 20, 30, 200, 100, 50]);
    chunk(b"tRNS", &[255, 128]);
    if let Some(orientation) = orientation {
        chunk(b"eXIf", &exif(orientation));
    }
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut zlib, &[0, 0, 1]).unwrap();
    chunk(b"IDAT", &zlib.finish().unwrap());
    chunk(b"IEND", &[]);
    out
}

#[test]
fn every_kind_of_png_gives_its_exact_pixels() {
    let four = [1, 2, 3, 4, 250, 251, 252, 0];
    assert_eq!(rgba(&png(2, 1, ExtendedColorType::Rgba8, &four)), four);
    assert_eq!(rgba(&png(2, 1, ExtendedColorType::Rgb8, &[1, 2, 3, 4, 5, 6])), [1, 2, 3, 255, 4, 5, 6, 255]);
    assert_eq!(rgba(&png(2, 1, ExtendedColorType::L8, &[7, 8])), [7, 7, 7, 255, 8, 8, 8, 255]);
    assert_eq!(rgba(&png(1, 1, ExtendedColorType::La8, &[7, 8])), [7, 7, 7, 8]);
    assert_eq!(rgba(&palette_png(None)), [10, 20, 30, 255, 200, 100, 50, 128]);
    let turned = DecodedImage::decode(&palette_png(Some(8))).unwrap();
    assert_eq!((turned.width, turned.height), (1, 2));
    assert_eq!(turned.rgba, [200, 100, 50, 128, 10, 20, 30, 255]);
    // Samples of sixteen bits, in this machine's order of bytes.
    let wide = |samples: &[u16]| samples.iter().flat_map(|sample| sample.to_ne_bytes()).collect::<Vec<_>>();
    assert_eq!(rgba(&png(1, 1, ExtendedColorType::Rgba16, &wide(&[0x1234, 0x56FF, 0xFFFF, 0x80FE]))), [0x12, 0x56, 0xFF, 0x80]);
    assert_eq!(rgba(&png(1, 1, ExtendedColorType::Rgb16, &wide(&[0x00FF, 0x0100, 0xABCD]))), [0, 1, 0xAB, 255]);
    assert_eq!(rgba(&png(1, 1, ExtendedColorType::L16, &wide(&[0x40C0]))), [0x40, 0x40, 0x40, 255]);
    assert_eq!(rgba(&png(1, 1, ExtendedColorType::La16, &wide(&[0x40C0, 0x7FFF]))), [0x40, 0x40, 0x40, 0x7F]);
}

#[test]
fn webp_without_loss_is_exact_too() {
    let four = [1, 2, 3, 4, 250, 251, 252, 255];
    let mut out = Vec::new();
    WebPEncoder::new_lossless(&mut out).write_image(&four, 2, 1, ExtendedColorType::Rgba8).unwrap();
    assert_eq!(rgba(&out), four);
}

/// A JPEG, the left half of which is white and the right half black, with this EXIF orientation.
fn jpeg(orientation: u8) -> Vec<u8> {
    let pixels: Vec<u8> = (0..32 * 16).flat_map(|i| if i % 32 < 16 { [255; 3] } else { [0; 3] }).collect();
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 100).write_image(&pixels, 32, 16, ExtendedColorType::Rgb8).unwrap();
    // An APP1 segment behind the start of the image.
    let exif = exif(orientation);
    let segment = [&[0xFF, 0xE1, 0, exif.len() as u8 + 8], &b"Exif\0\0"[..], &exif].concat();
    out.splice(2..2, segment);
    out
}

#[test]
fn the_orientation_of_a_jpeg_is_applied() {
    // Where the white half is: at this corner of the picture, and its width and height.
    for (orientation, size, white, black) in [
        (1, (32, 16), (4, 8), (28, 8)),
        (2, (32, 16), (28, 8), (4, 8)),
        (3, (32, 16), (28, 8), (4, 8)),
        (4, (32, 16), (4, 8), (28, 8)),
        (5, (16, 32), (8, 4), (8, 28)),
        (6, (16, 32), (8, 4), (8, 28)),
        (7, (16, 32), (8, 28), (8, 4)),
        (8, (16, 32), (8, 28), (8, 4)),
    ] {
        let image = DecodedImage::decode(&jpeg(orientation)).unwrap();
        assert_eq!((image.width, image.height), size, "{orientation}");
        let red = |(x, y): (usize, usize)| image.rgba[(y * image.width as usize + x) * 4];
        assert!(red(white) > 250 && red(black) < 5, "{orientation}");
    }
}

#[test]
fn what_is_no_image_or_a_damaged_one_is_said() {
    assert_eq!(
        DecodedImage::decode(b"GIF89a").unwrap_err().to_string(),
        "the image is a GIF, neither a PNG nor a JPEG nor a WebP"
    );
    assert_eq!(DecodedImage::decode(b"").unwrap_err().to_string(), "the image is text, neither a PNG nor a JPEG nor a WebP");
    for image in [png(2, 2, ExtendedColorType::L8, &[1, 2, 3, 4]), jpeg(1)] {
        for cut in [12, image.len() / 2] {
            let error = DecodedImage::decode(&image[..cut]).unwrap_err().to_string();
            assert!(error.starts_with("the image cannot be decoded: ") && !error.contains('\n'), "{error}");
        }
        for bit in (0..image.len() * 8).step_by(7) {
            let mut image = image.clone();
            image[bit / 8] ^= 1 << (bit % 8);
            let _ = DecodedImage::decode(&image);
        }
    }
    // A header that promises more than anybody has.
    let mut huge = png(1, 1, ExtendedColorType::L8, &[1]);
    huge[16..20].copy_from_slice(&0x7FFF_FFFFu32.to_be_bytes());
    let crc = pngine_format::png::crc32(&[&huge[12..29]]);
    huge[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(
        DecodedImage::decode(&huge).unwrap_err().to_string(),
        "the image cannot be decoded: it is wider or higher than a million pixels"
    );
}

/// A copy of a part of the image 0 to the texture 0.
fn copy(source: &[(Field, Value)], destination: &[(Field, Value)], size: [u32; 2]) -> Value {
    let side = |first, members: &[(Field, Value)]| object([first].into_iter().chain(members.iter().cloned()));
    object([
        (Field::Source, side((Field::Source, Value::Ref(Kind::Image, 0)), source)),
        (Field::Destination, side((Field::Texture, Value::Ref(Kind::Texture, 0)), destination)),
        (Field::CopySize, numbers(&size)),
    ])
}

fn numbers(numbers: &[u32]) -> Value {
    Value::Array(numbers.iter().map(|n| Value::Uint(*n)).collect())
}

/// What is copied, or what was found.
fn copied(image: &[u8], copy: &Value) -> Result<Vec<[u8; 4]>, String> {
    let texture = object([
        (Field::Width, Value::Uint(8)),
        (Field::Height, Value::Uint(8)),
        (Field::Format, Value::word("rgba8unorm")),
        (Field::Usage, Value::Uint(0x16)),
    ])
    .to_descriptor(Type::Texture);
    let copy = copy.to_descriptor(Type::Copy);
    let memory = [image, &texture[..], &copy[..]].concat();
    let at = [image.len() as u32, (image.len() + texture.len()) as u32];
    let buffer = encode([
        (Op::LoadImage, &[0, 0, image.len() as u32][..]),
        (Op::CreateTexture, &[0, at[0], texture.len() as u32]),
        (Op::CopyExternalImage, &[at[1], copy.len() as u32]),
        (Op::End, &[]),
    ]);
    let view = CommandView { memory: &memory, buffer: &buffer, region: 0, data_len: memory.len() as u32 };
    let checked = Checker::new(Plugins::ALL).check(Phase::Init, &view, CANVAS);
    if let Some(finding) = checked.findings().first() {
        return Err(finding.to_string());
    }
    let mut images = Images::default();
    images.begin(Phase::Init);
    let mut pixels = Vec::new();
    for command in checked.commands() {
        images.execute(command).map_err(|finding| finding.to_string())?;
        if command.op == Op::CopyExternalImage {
            let region = images.region(command, CANVAS).map_err(|finding| finding.to_string())?;
            pixels.extend(region.expect("an image").pixels());
        }
    }
    Ok(pixels)
}

#[test]
fn regions_are_cut_flipped_and_multiplied() {
    let picture = png(2, 3, ExtendedColorType::La8, &[10, 255, 20, 255, 30, 128, 40, 128, 50, 0, 60, 1]);
    let origin = (Field::Origin, numbers(&[1, 1]));
    let flip = (Field::FlipY, Value::Bool(true));
    let multiply = (Field::PremultipliedAlpha, Value::Bool(true));
    assert_eq!(copied(&picture, &copy(&[], &[], [1, 2])).unwrap(), [[10, 10, 10, 255], [30, 30, 30, 128]]);
    assert_eq!(
        copied(&picture, &copy(std::slice::from_ref(&origin), &[], [1, 2])).unwrap(),
        [[40, 40, 40, 128], [60, 60, 60, 1]]
    );
    assert_eq!(copied(&picture, &copy(&[origin, flip], &[], [1, 2])).unwrap(), [[60, 60, 60, 1], [40, 40, 40, 128]]);
    let whole = copied(&picture, &copy(&[], &[multiply], [2, 3])).unwrap();
    assert_eq!(whole[..3], [[10, 10, 10, 255], [20, 20, 20, 255], [15, 15, 15, 128]]);
    assert_eq!(whole[4..], [[0, 0, 0, 0], [0, 0, 0, 1]]);
    assert_eq!(copied(&picture, &copy(&[], &[], [0, 3])).unwrap(), [[0; 4]; 0]);
    // Half the canvas wide, a quarter of it high.
    let mut sized = copy(&[], &[], [0, 0]);
    let Value::Object(members) = &mut sized else { panic!("a copy is an object") };
    members[2].1 = Value::Array(vec![Value::Canvas([0.25, 0.0, 0.0]), Value::Canvas([0.0, 0.75, 0.0])]);
    assert_eq!(copied(&picture, &sized).unwrap().len(), 3);
}

#[test]
fn regions_outside_and_damaged_images_are_findings() {
    let picture = png(2, 3, ExtendedColorType::L8, &[0; 6]);
    assert_eq!(
        copied(&picture, &copy(&[(Field::Origin, numbers(&[1, 0]))], &[], [2, 3])).unwrap_err(),
        "E002 buffer too small: a region of 2x3x1 pixels at 1x0 of an image of 2x3 (init, command 2, COPY_EXTERNAL_IMAGE)"
    );
    assert!(copied(&picture, &copy(&[(Field::Origin, numbers(&[u32::MAX, 0]))], &[], [2, 3])).unwrap_err().starts_with("E002"));
    assert!(
        copied(&picture, &copy(&[], &[], [9, 3])).unwrap_err().starts_with("E002 buffer too small: a region of 9x3x1 texels")
    );
    let damaged = copied(&picture[..picture.len() / 2], &copy(&[], &[], [2, 3])).unwrap_err();
    assert!(damaged.starts_with("E011 image cannot be decoded: the image cannot be decoded"), "{damaged}");
    assert!(damaged.ends_with("(init, command 0, LOAD_IMAGE)"), "{damaged}");
    let none = object([
        (Field::Source, Value::Ref(Kind::Image, 0)),
        (Field::Destination, object([(Field::Texture, Value::Ref(Kind::Texture, 0))])),
        (Field::CopySize, numbers(&[1, 1])),
    ]);
    assert!(copied(&picture, &none).unwrap_err().starts_with("E004"));
}

#[test]
fn the_pixels_of_all_images_count_together() {
    let (wide, high) = (png(3, 2, ExtendedColorType::L8, &[0; 6]), png(1, 5, ExtendedColorType::L8, &[0; 5]));
    let memory = [&wide[..], &high].concat();
    let at = [[0, wide.len() as u32], [wide.len() as u32, high.len() as u32]];
    // What loading these images in one command buffer gives: nothing, or the finding about the first that is too much.
    let load = |images: &mut Images, list: &[usize]| {
        let commands: Vec<(Op, [u32; 3])> =
            list.iter().zip(0..).map(|(&image, id)| (Op::LoadImage, [id, at[image][0], at[image][1]])).collect();
        let end: [(Op, &[u32]); 1] = [(Op::End, &[])];
        let buffer = encode(commands.iter().map(|(op, operands)| (*op, &operands[..])).chain(end));
        let view = CommandView { memory: &memory, buffer: &buffer, region: 0, data_len: memory.len() as u32 };
        let checked = Checker::new(Plugins::ALL).check(Phase::Init, &view, CANVAS);
        assert!(checked.findings().is_empty(), "{:?}", checked.findings());
        images.begin(Phase::Init);
        checked.commands().iter().try_for_each(|command| images.execute(command)).map_err(|finding| finding.to_string())
    };
    let mut images = Images::with_budgets(Budgets { images_pixels: 11, ..Budgets::default() });
    assert_eq!(load(&mut images, &[0, 1]), Ok(()));
    // Bytes that two images share are decoded once, and each `init` counts for itself.
    assert_eq!(load(&mut images, &[0, 0, 1, 1]), Ok(()));
    let mut images = Images::with_budgets(Budgets { images_pixels: 10, ..Budgets::default() });
    let second = "E012 over the budget: this makes 11 pixels of images, at most 10 are allowed (init, command 1, LOAD_IMAGE)";
    assert_eq!(load(&mut images, &[0, 1]), Err(second.to_owned()));
    assert_eq!(load(&mut images, &[1, 1, 0]), Err(second.replace("command 1", "command 2")));
    assert_eq!(load(&mut images, &[0]), Ok(()));
    // One that is too large by itself is told of as that.
    let mut images = Images::with_budgets(Budgets { image_pixels: 5, images_pixels: 10, ..Budgets::default() });
    assert_eq!(load(&mut images, &[1]), Ok(()));
    let alone = load(&mut images, &[1, 0]).unwrap_err();
    assert!(alone.starts_with("E012 ") && alone.contains(" 6 ") && !alone.contains("this makes"), "{alone}");
}
