use pngine_compiler::shader::{assemble::*, validate::check};
use pngine_compiler::source::*;
use pngine_compiler::diag;
fn run(src:&str){
    let mut map=SourceMap::default();
    let id=map.add(SourceFile::new("t.wgsl",src));
    let text=assemble(&[Piece::file(id,src)]);
    let mut d=vec![];
    let t=std::time::Instant::now();
    let m=check(&text,&mut d);
    println!("=====\n{}\n--- {:?}", if src.len()<2000{src}else{"(long)"}, t.elapsed());
    for x in &d { println!("[{}] {} | {:?} | {:?} | help {:?} fix {:?}", x.code.as_str(), x.message, x.primary.as_ref().map(|p|(map.slice(p.span), &p.message)), x.secondary.iter().map(|p|(map.slice(p.span), &p.message)).collect::<Vec<_>>(), x.help, x.fixes.first().map(|f|&f.edits)); }
    if let Some(m)=m { println!("{}", m.dump()); }
    let _=diag::nearest("a",[].into_iter());
}
#[test] fn scratch(){
    let all=std::fs::read_to_string("/tmp/scratch/cases.wgsl").unwrap();
    for c in all.split("\n####\n"){ run(c); }
}
#[test] fn hostile(){
    for s in ["(".repeat(1<<20), "{".repeat(1<<20), "[".repeat(1<<20),"<".repeat(1<<20),"< ".repeat(1<<19),"@a(".repeat(1<<18), "fn ".repeat(1<<18), "struct a{b:".to_owned()+&"< ".repeat(1<<19), "let a=a;".repeat(1<<17), "fn f(){".to_owned()+&"let a=b;".repeat((1<<17)-10)+"}",
      format!("fn f() {{ let x = 1{}; }}", "+1".repeat(500000)),
      format!("fn f() {{ let x = 1{}; }}", "+1".repeat(2030)),
      format!("fn f() {{ var y=1; let x = y{}; }}", "+y".repeat(2030)),
      format!("fn f() {{ var y=1; let x = {}y; }}", "-".repeat(2030)),
      format!("fn f() {{ var y=1; let x = {}y; }}", "- ".repeat(2030)),
      format!("fn f() {{ var y=true; let x = {}y; }}", "!".repeat(2030)),
      format!("fn f() {{ var y=1; let x = {}y{}; }}", "(".repeat(120), ")".repeat(120)),
      format!("fn f() {{ var y=1; let x = {}y{}; }}", "(y+y+y+y+y+y+y+y+y+y+y+y+y+".repeat(120), ")".repeat(120)),
      format!("fn f() {{ var y=1; if y==0 {{}} {} }}", "else if y==1 {} ".repeat(120)),
      format!("fn f() {{ var y=1; if y==0 {{}} {} }}", "else if y==1 {} ".repeat(50000)),
      format!("fn f() {{ {} {} }}", "{".repeat(120),"}".repeat(120)),
      format!("fn f() {{ {} {} }}", "if true {".repeat(110),"}".repeat(110)),
      format!("fn f() {{ {} {} }}", "if true {} else {".repeat(110),"}".repeat(110)),
      format!("fn f() {{ var y:{}f32{}; }}", "array<".repeat(1000),",1>".repeat(1000)),
      format!("fn f() {{ var y = {}1{}; }}", "vec4(".repeat(110),")".repeat(110)),
      "a\0b".into(), "\u{1}\u{2}\u{feff}🦀".repeat(1000),
      "const a = array<u32, 536870911>(); const b = a[1];".into(),
      "const a = array<u32, 536870911>(); fn f() { var x = a; }".into(),
      "const a = array<array<u32,16384>, 16384>(); const b = a[1][2]; ".into(),
      "var<private> x: array<u32, 500000000> ;".into(),
      "/* ".repeat(1<<18),
      format!("{}", "fn f(){}".repeat(1<<17)),
      (0..50000).map(|i| format!("fn f{i}(){{}}")).collect::<String>(),
      (0..20000).map(|i| format!("@compute @workgroup_size(1) fn f{i}(){{}}")).collect::<String>(),
      (0..20000).map(|i| format!("fn f{i}(){{f{}();}}",i+1)).collect::<String>(),
      (0..20000).map(|i| format!("const c{i}=c{};",i+1)).collect::<String>(),
      (0..15000).map(|i| format!("fn f{i}(){{let x:i32 = 1.5}}")).collect::<String>(),
      format!("const x = {};", "1,".repeat(500000)),
      format!("const x = array({});", "1,".repeat(500000)),
      format!("fn f() {{ var y=vec4f(1); let x = y{}; }}", ".xyzw".repeat(2030)),
      format!("fn f() {{ var y=vec4f(1); let x = y{}; }}", "[0]".repeat(2030)),
      format!("{}", "struct S{a:u32}".repeat(1<<16)),
      format!("struct A{{a:f32}} {}", (0..400).map(|i| format!("struct S{i}{{ a:{p}, b:{p}, c:{p} }}", p=if i==0 {"A".into()} else {format!("S{}",i-1)})).collect::<String>()),
      format!("struct A{{a:f32}} {} @group(0) @binding(0) var<storage> q: S14; ", (0..15).map(|i| format!("struct S{i}{{ a:{p}, b:{p}, c:{p} }}", p=if i==0 {"A".into()} else {format!("S{}",i-1)})).collect::<String>()),
    ] {
        println!("{}...", s.chars().take(60).collect::<String>());
        let t=std::time::Instant::now();
        let text=assemble(&[Piece::file(FileId(0),&s)]);
        let mut d=vec![];
        let sub=substitute(&text,&Default::default());
        let ts=t.elapsed();
        let m=check(&text,&mut d);
        println!("    subst {:?} total {:?} some={} n={} {:?} {}", ts, t.elapsed(), m.is_some(), d.len(), d.first().map(|d|(d.code.as_str(),d.message.chars().take(100).collect::<String>())), sub.is_ok());
    }
}
