//! The border between `lower` and `check`: what WebGPU forbids is said in `check`.

use std::path::Path;

/// What asks a device what it allows, and what names a rule.
const RULES: [&str; 6] = ["device.limit", "device.need", "device.has", "device.raise", "formats::info", "validating"];

#[test]
fn no_rule_is_looked_at_when_a_scene_is_lowered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lower");
    let files = std::fs::read_dir(&folder).expect("the folder is there").map(|entry| entry.expect("it can be read").path());
    let mut seen = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).expect("sources are text");
        for rule in RULES {
            assert!(!text.contains(rule), "{}: `{rule}` belongs into `check`", file.display());
        }
        seen += 1;
    }
    assert!(seen > 5, "only {seen} files in {}", folder.display());
}
