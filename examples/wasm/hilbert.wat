;; Hilbert's curve of the fifth order: 1024 points of two singles each, from -1 to 1, and a worm that creeps along it.
(module
  (memory (export "memory") 1)
  ;; Whether the points are there, and where the worm's tail is.
  (global $ready (mut i32) (i32.const 0))
  (global $tail (mut i32) (i32.const 0))
  (func $points (export "points") (result i32)
    (local $index i32) (local $rest i32) (local $size i32)
    (local $x i32) (local $y i32) (local $right i32) (local $up i32) (local $swap i32)
    (loop $next
      (local.set $x (i32.const 0))
      (local.set $y (i32.const 0))
      (local.set $rest (local.get $index))
      (local.set $size (i32.const 1))
      (loop $level
        ;; Two bits of the index say in which quarter the point lies.
        (local.set $right (i32.and (i32.shr_u (local.get $rest) (i32.const 1)) (i32.const 1)))
        (local.set $up (i32.and (i32.xor (local.get $rest) (local.get $right)) (i32.const 1)))
        (if (i32.eqz (local.get $up)) (then
          ;; The lower quarters are turned.
          (if (local.get $right) (then
            (local.set $x (i32.sub (i32.sub (local.get $size) (i32.const 1)) (local.get $x)))
            (local.set $y (i32.sub (i32.sub (local.get $size) (i32.const 1)) (local.get $y)))))
          (local.set $swap (local.get $x))
          (local.set $x (local.get $y))
          (local.set $y (local.get $swap))))
        (local.set $x (i32.add (local.get $x) (i32.mul (local.get $size) (local.get $right))))
        (local.set $y (i32.add (local.get $y) (i32.mul (local.get $size) (local.get $up))))
        (local.set $rest (i32.shr_u (local.get $rest) (i32.const 2)))
        (local.set $size (i32.shl (local.get $size) (i32.const 1)))
        (br_if $level (i32.lt_u (local.get $size) (i32.const 32))))
      (f32.store (i32.shl (local.get $index) (i32.const 3))
        (f32.sub (f32.div (f32.add (f32.convert_i32_u (local.get $x)) (f32.const 0.5)) (f32.const 16)) (f32.const 1)))
      (f32.store offset=4 (i32.shl (local.get $index) (i32.const 3))
        (f32.sub (f32.div (f32.add (f32.convert_i32_u (local.get $y)) (f32.const 0.5)) (f32.const 16)) (f32.const 1)))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $index) (i32.const 1024))))
    (i32.const 0))
  ;; Three points further; at the end of the curve it begins again.
  (func (export "creep")
    (if (i32.eqz (global.get $ready)) (then
      (drop (call $points))
      (global.set $ready (i32.const 1))))
    (global.set $tail (i32.rem_u (i32.add (global.get $tail) (i32.const 3)) (i32.const 960))))
  ;; The 64 points from the tail on.
  (func (export "worm") (result i32)
    (i32.shl (global.get $tail) (i32.const 3))))
