;; Heights of 64 bars: a wave that runs to the left.
(module
  (memory (export "memory") 1)
  ;; The heights at a time in seconds, each from 0 to 1, from address 0 on.
  (func (export "heights") (param $time f32) (result i32)
    (local $i i32) (local $part f32)
    (loop $next
      (local.set $part
        (f32.add
          (f32.mul (local.get $time) (f32.const 0.5))
          (f32.div (f32.convert_i32_u (local.get $i)) (f32.const 64))))
      (local.set $part (f32.sub (local.get $part) (f32.floor (local.get $part))))
      (f32.store
        (i32.shl (local.get $i) (i32.const 2))
        (f32.mul (f32.const 4) (f32.mul (local.get $part) (f32.sub (f32.const 1) (local.get $part)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 64))))
    (i32.const 0)))
