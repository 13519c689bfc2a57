//! The compiler's verdict on scenes made from the specification's tables: formats and what they can do, vertex formats, blending,
//! topologies, depth and stencil. `judge/tests/tables.rs` asks wgpu about the same scenes.

use pngine_compiler::Options;
use pngine_compiler::diag::{self, Severity};
use pngine_compiler::source::MemorySources;
use pngine_testkit::spec_tables;

#[test]
fn the_compiler_decides_as_the_tables_of_the_specification() {
    let cases = spec_tables::all();
    assert!(cases.len() > 2000, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let options = Options { minify: false, ..Options::default() };
        let compiled = pngine_compiler::compile(&MemorySources::default(), "scene.pngine", case.scene.as_bytes(), &options);
        let accepted = compiled.diagnostics.iter().all(|diagnostic| diagnostic.severity() == Severity::Warning);
        if accepted != case.accepted {
            let found = diag::render_short(&compiled.sources, &compiled.diagnostics);
            wrong.push(format!("{}: {}\n{found}", case.name, if accepted { "accepted" } else { "refused" }));
        }
    }
    assert!(wrong.is_empty(), "{} of {} scenes:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
