//! The arrows between the crates: who may use whom, and which library has its place in which room. `docs/architecture.md` prints them;
//! tests hold the manifests to them.

use std::fmt::Write as _;

/// A crate.
pub struct Room {
    /// Its folder, from the root of the repository.
    pub folder: &'static str,
    /// The crates of the repository that it uses, by folder.
    pub uses: &'static [&'static str],
    /// The libraries that it uses.
    pub libraries: &'static [&'static str],
}

const fn room(folder: &'static str, uses: &'static [&'static str], libraries: &'static [&'static str]) -> Room {
    Room { folder, uses, libraries }
}

/// All crates; each uses only what stands above it.
pub const ROOMS: &[Room] = &[
    room("format", &[], &[]),
    room("runtime-wasm", &["format"], &[]),
    room("images", &["format"], &["image", "thiserror"]),
    room("host", &["format", "images"], &["flate2", "thiserror", "wasmi"]),
    room("compiler/source", &[], &["ariadne", "chumsky", "serde_json"]),
    room("compiler/syntax", &["compiler/source"], &["chumsky", "libm", "logos"]),
    room("compiler/wgsl/front", &["compiler/source"], &["libm", "unicode-ident"]),
    room("compiler/wgsl", &["format", "compiler/source"], &["naga"]),
    room("compiler/scene", &["format", "compiler/source", "compiler/wgsl"], &[]),
    room(
        "compiler/analysis",
        &["format", "images", "compiler/source", "compiler/syntax", "compiler/wgsl", "compiler/scene"],
        &["libm", "wasmparser"],
    ),
    room("compiler/emit", &["format", "compiler/source", "compiler/wgsl", "compiler/scene"], &[]),
    room(
        "compiler",
        &["format", "compiler/source", "compiler/syntax", "compiler/scene", "compiler/analysis", "compiler/emit"],
        &["flate2", "serde_json", "wasm-encoder", "wasmparser", "zopfli"],
    ),
    room("viewers/native", &["format", "host", "compiler/wgsl"], &["pollster", "thiserror", "wgpu"]),
    room("symptoms", &["format", "host", "viewers/native"], &[]),
    room(
        "cli",
        &["format", "compiler", "host", "viewers/native", "symptoms"],
        &[
            "anstream",
            "clap",
            "clap_complete",
            "clap_mangen",
            "color_quant",
            "flate2",
            "gif",
            "hound",
            "notify",
            "png",
            "serde_json",
            "signal-hook",
            "tempfile",
            "tiny_http",
            "wasmprinter",
        ],
    ),
    room("testkit", &["compiler/source", "compiler"], &[]),
    room(
        "judge",
        &["format", "compiler/syntax", "compiler/wgsl", "compiler/analysis", "compiler", "host", "viewers/native", "testkit"],
        &["serde", "serde_json", "tempfile"],
    ),
    room(
        "xtask",
        &["format", "compiler/syntax", "compiler/wgsl", "compiler/analysis", "compiler", "testkit"],
        &["flate2", "serde", "serde_json", "wasm-encoder", "wasmparser", "wat"],
    ),
];

/// The arrows as a table.
pub fn table() -> String {
    let list = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let mut out = "| crate | uses of ours | and of others |\n|---|---|---|\n".to_string();
    for room in ROOMS {
        let _ = writeln!(out, "| `{}` | {} | {} |", room.folder, list(room.uses), list(room.libraries));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    fn read(path: &Path) -> String {
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The names under the headings of a manifest that end with `heading`: those of the target-dependent sections too.
    fn names(manifest: &str, heading: &str) -> BTreeSet<String> {
        let mut is_in = false;
        let mut out = BTreeSet::new();
        for line in manifest.lines() {
            if let Some(title) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                is_in = title == heading || title.strip_suffix(heading).is_some_and(|before| before.ends_with('.'));
            } else if is_in && line.contains('=') && !line.starts_with('#') {
                out.extend(line.split(['.', ' ', '=']).next().map(str::to_string));
            }
        }
        out
    }

    /// The crate's name, as manifests that use it write it.
    fn name_of(folder: &str) -> String {
        let manifest = read(&root().join(folder).join("Cargo.toml"));
        let line = manifest.lines().find_map(|line| line.strip_prefix("name = ")).expect("a name");
        line.trim_matches('"').to_string()
    }

    fn expected(room: &Room) -> BTreeSet<String> {
        let ours = room.uses.iter().map(|folder| name_of(folder));
        ours.chain(room.libraries.iter().map(|name| (*name).to_string())).collect()
    }

    #[test]
    fn a_crate_uses_what_its_row_says_and_nothing_else() {
        for room in ROOMS {
            let manifest = read(&root().join(room.folder).join("Cargo.toml"));
            let names = names(&manifest, "dependencies");
            assert_eq!(names, expected(room), "{}: its manifest, and its row in xtask/src/borders.rs", room.folder);
        }
    }

    #[test]
    fn every_crate_has_a_row_and_uses_only_what_stands_above_it() {
        let manifest = read(&root().join("Cargo.toml"));
        let members = manifest.split("members = [").nth(1).and_then(|rest| rest.split(']').next()).expect("the members");
        let members: BTreeSet<&str> = members.split(',').map(|member| member.trim().trim_matches('"')).collect();
        // An example's source, which is compiled to the module that the example carries.
        let members: BTreeSet<&str> =
            members.into_iter().filter(|member| !member.is_empty() && !member.starts_with("examples/")).collect();
        assert_eq!(ROOMS.iter().map(|room| room.folder).collect::<BTreeSet<_>>(), members);
        for (index, room) in ROOMS.iter().enumerate() {
            for used in room.uses {
                assert!(ROOMS[..index].iter().any(|above| above.folder == *used), "{} uses {used}", room.folder);
            }
        }
    }

    /// What a room of the compiler needs for its tests is not above it either, but for what all tests share.
    #[test]
    fn tests_of_the_compilers_rooms_need_no_room_above_them() {
        for room in ROOMS.iter().filter(|room| room.folder.starts_with("compiler/")) {
            let manifest = read(&root().join(room.folder).join("Cargo.toml"));
            let mut allowed = expected(room);
            allowed.insert("pngine-testkit".to_string());
            for name in names(&manifest, "dev-dependencies").iter().filter(|name| name.starts_with("pngine-")) {
                assert!(allowed.contains(name), "the tests of {} use {name}", room.folder);
            }
        }
    }

    #[test]
    fn names_in_a_manifest_are_found() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\n# c = 1\na.workspace = true\nb = { path = \"b\" }\n\n\
            [target.'cfg(unix)'.dependencies]\nc = \"1\"\n[dev-dependencies]\nd = \"1\"\n";
        assert_eq!(names(manifest, "dependencies"), ["a", "b", "c"].map(str::to_string).into());
        assert_eq!(names(manifest, "dev-dependencies"), ["d".to_string()].into());
    }
}
