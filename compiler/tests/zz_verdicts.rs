//! scratch
use pngine_compiler::shader::assemble::{Piece, assemble};
use pngine_compiler::shader::validate::check;
use pngine_compiler::source::FileId;
#[test]
fn dump() {
    let Ok(path) = std::env::var("CANDIDATES") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut out = String::new();
    for section in text.split("\n## ").skip(1) {
        let (header, rest) = section.split_once('\n').unwrap_or((section, ""));
        let name = header.split(&[':', ' '][..]).next().unwrap();
        let rest: String = rest.lines().filter(|l| !l.starts_with("# ")).collect::<Vec<_>>().join("\n");
        let wgsl = if header.contains("(body)") {
            format!("fn body(i: i32, j: i32, u: u32, f: f32, a: bool, b: bool, c: bool, v: vec3f, w: vec3i) {{\n{rest}\n}}\n")
        } else {
            rest.clone()
        };
        let mut d = Vec::new();
        check(&assemble(&[Piece::file(FileId(0), &wgsl)]), &mut d);
        let codes: Vec<_> = d.iter().map(|d| d.code.as_str()).collect();
        let msgs: Vec<_> = d
            .iter()
            .map(|d| {
                let s = d.primary.as_ref().unwrap().span;
                format!(
                    "{} [{}] {} / {}",
                    d.code.as_str(),
                    wgsl.get(s.start as usize..s.end as usize).unwrap_or("?").replace('\n', "⏎"),
                    d.message,
                    d.help.clone().unwrap_or_default()
                )
            })
            .collect();
        out += &format!("{name}\t{}\t{}\n", codes.join(" "), msgs.join(" ;; ").replace('\n', " "));
    }
    std::fs::write("/tmp/exp/ours.tsv", out).unwrap();
}
