//! The regions of `examples/README.md`: a table for each folder, with the approved picture of each scene and what its first comment says.

use super::regions::Regions;
use pngine_testkit::scenes::{self, Scene};
use std::collections::BTreeMap;
use std::path::Path;

/// The folders of the examples: a name that has no table on the page is an error, and so is a table without a folder.
const FOLDERS: &[&str] =
    &["basics", "compute", "input", "library", "meshes", "passes", "shaders", "textures", "timeline", "tutorial", "wasm"];

/// All regions of the page.
///
/// # Errors
/// A folder that is not listed here, or a scene that does not begin with a comment.
pub fn regions(root: &Path) -> Result<Regions, String> {
    let mut tables: BTreeMap<&str, String> = BTreeMap::new();
    for scene in scenes::scenes(&root.join("examples")) {
        let folder = scene.name.split('/').next().unwrap_or_default();
        let folder = FOLDERS.iter().find(|known| **known == folder);
        let folder =
            folder.ok_or_else(|| format!("{}: add its folder to `FOLDERS` in xtask/src/codegen/gallery.rs", scene.name))?;
        let table = tables.entry(folder).or_insert_with(|| "| picture | scene | shows |\n|---|---|---|\n".to_string());
        *table += &row(root, &scene)?;
    }
    Ok(tables)
}

/// The region of the README: how many examples there are.
pub fn count(root: &Path) -> Regions {
    Regions::from([("examples", scenes::scenes(&root.join("examples")).len().to_string())])
}

fn row(root: &Path, scene: &Scene) -> Result<String, String> {
    let text = String::from_utf8_lossy(&scene.bytes()).into_owned();
    let comment: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("// ")).collect();
    let comment = comment.join(" ");
    if comment.is_empty() {
        return Err(format!("examples/{}: its first line is to be a comment that says what it shows", scene.name));
    }
    let shows = comment.split_once(". ").map_or(comment.clone(), |(first, _)| format!("{first}."));
    let path =
        if scene.entry == "main.pngine" { format!("{}/main.pngine", scene.name) } else { format!("{}.pngine", scene.name) };
    let file = format!("tests/pictures/{}.png", scene.name.replace('/', "-"));
    let short = scene.name.split_once('/').map_or(scene.name.as_str(), |(_, short)| short);
    // What a browser alone can play has no picture.
    let picture = if root.join(&file).exists() { format!("[![{short}](../{file})]({path})") } else { String::new() };
    Ok(format!("| {picture} | [{short}]({path}) | {shows} |\n"))
}
