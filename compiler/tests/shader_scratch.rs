use pngine_compiler::shader::{assemble::*, validate::check, minify};
use pngine_compiler::source::*;
#[test] fn scratch(){
    for f in ["cube","boids","everything"] {
    let src=std::fs::read_to_string(format!("tests/wgsl/{f}.wgsl")).unwrap();
    let text=assemble(&[Piece::file(FileId(0),&src)]);
    let mut d=vec![];
    let m=check(&text,&mut d);
    for d in &d { println!("{d:?}"); }
    let m=m.unwrap();
    println!("{}", m.dump());
    let mi=minify::minify(&src);
    let re=minify::minify(&minify::rename(&src));
    let sh=minify::shorten(&src,&m);
    println!("{} -> {} -> {} -> {}\n{}", src.len(), mi.len(), re.len(), sh.len(), sh);
    }
}
