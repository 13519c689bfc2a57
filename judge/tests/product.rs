//! Nothing that is shipped can emit a scene with errors.

use std::path::Path;

#[test]
fn only_this_crate_enables_the_compilers_test_feature() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let workspace = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let members = workspace.lines().find_map(|line| line.strip_prefix("members = [")).unwrap();
    let members: Vec<&str> = members.split('"').skip(1).step_by(2).collect();
    assert!(members.contains(&"cli") && members.contains(&"judge"), "{members:?}");
    for member in members {
        let manifest = std::fs::read_to_string(root.join(member).join("Cargo.toml")).unwrap();
        // Cargo's own words for a feature of a dependency: `features = ["judge"]` and `pngine-compiler/judge`.
        let enables = manifest.contains("\"judge\"") || manifest.contains("pngine-compiler/");
        assert_eq!(enables, member == "judge", "{member}/Cargo.toml");
        let ships = ["cli", "host", "viewers/native", "runtime-wasm", "format"].contains(&member);
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap();
        assert!(!ships || !dependencies.contains("pngine-judge"), "{member} is shipped");
        let feature = match member {
            "compiler" => "\njudge = [\"pngine-analysis/judge\"]\n",
            "compiler/analysis" => "\njudge = []\n",
            _ => continue,
        };
        assert!(manifest.contains(feature) && !manifest.contains("\ndefault = "), "{member}: the feature is not a default");
    }
}
