//! Cut and edited images, and what a browser says of them: `verdicts.txt`, which `viewers/web/test/images.test.mjs` holds against Chromium.

use pngine_images::{DecodedImage, size};
use std::path::Path;

/// The file with its edits done.
fn edited(path: &str, edits: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut bytes = std::fs::read(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let hex = |text: &str| -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    };
    let mut words = edits.split(' ');
    while let Some(edit) = words.next() {
        let mut number = || words.next().unwrap();
        match edit {
            "cut" => bytes.truncate(bytes.len() - number().parse::<usize>().unwrap()),
            "add" => bytes.extend(hex(number())),
            "set" => {
                let at = number().parse::<usize>().unwrap();
                let with = hex(number());
                bytes[at..at + with.len()].copy_from_slice(&with);
            }
            other => panic!("{other}"),
        }
    }
    bytes
}

#[test]
fn images_get_the_verdicts_of_a_browser() {
    let mut wrong = Vec::new();
    let table = include_str!("verdicts.txt");
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let [expected, path, edits] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let bytes = edited(path, edits);
        let decoded = DecodedImage::decode(&bytes);
        let found = decoded.as_ref().map_or_else(|_| "refused".to_owned(), |image| format!("{}x{}", image.width, image.height));
        if found != expected {
            wrong.push(format!("{found}, not {line:.120}: {:?}", decoded.as_ref().err()));
        }
        let of_decoded = decoded.as_ref().map(|image| (image.width, image.height)).map_err(Clone::clone);
        assert_eq!(size(&bytes, u64::MAX >> 8), of_decoded, "{line}");
        if let Err(error) = decoded {
            let text = error.to_string();
            assert!(!text.contains(['{', '\n']) && !text.contains("ChunkType") && !text.contains("Format error"), "{text}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
