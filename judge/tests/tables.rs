//! wgpu's verdict on scenes made from the specification's tables; `compiler/tests/tables.rs` has the compiler's.

use pngine_compiler::source::MemorySources;
use pngine_judge::{Noop, compile};
use pngine_testkit::spec_tables;
use spec_tables::Case;

/// What wgpu 30 does not decide as the specification, and why.
fn exception(case: &Case) -> Option<&'static str> {
    // It can do with a format what the adapter can, and the noop adapter says of no format what it can.
    let is_tiered = case.name.contains("texture-formats-tier");
    // Factors with the source's alpha do not ask whether the shader gives one; Chromium does: `rule_outputs`.
    let reads_no_alpha = case.name.ends_with("in rg8unorm") && case.name.contains("src-alpha");
    if is_tiered {
        Some("tiers of formats are those of the adapter")
    } else if reads_no_alpha {
        Some("the alpha that blending reads is not looked for")
    } else {
        None
    }
}

#[test]
fn wgpu_decides_as_the_tables_of_the_specification() {
    let cases: Vec<Case> = spec_tables::all().into_iter().filter(|case| exception(case).is_none()).collect();
    assert!(cases.len() > 1000, "{}", cases.len());
    // Every scene by itself, on as many threads as there are processors.
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = cases.len().div_ceil(threads);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let parts: Vec<_> =
            cases.chunks(share).map(|part| scope.spawn(move || part.iter().filter_map(judge).collect::<Vec<_>>())).collect();
        parts.into_iter().flat_map(|part| part.join().expect("wgpu does not panic")).collect()
    });
    assert!(wrong.is_empty(), "{} of {} scenes:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// What is wrong with wgpu's verdict on a scene.
fn judge(case: &Case) -> Option<String> {
    let (_, program) = compile(&MemorySources::default(), case.scene.as_bytes());
    let program = match program {
        Ok(program) => program,
        Err(reason) => return Some(format!("{}: {reason:?}", case.name)),
    };
    let verdict = Noop.judge(&program);
    let agrees = verdict.accepts() == case.accepted && verdict.unjudged.is_none();
    (!agrees).then(|| format!("{}: {} {:?}", case.name, verdict.reason(), verdict.unjudged))
}
