// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A long mix of instructions to be interrupted anywhere, and the handlers that interrupt it.
// InstructionMix.swift holds it as words; its comment says how they are made.
//
// r0 on entry: SysTick's reload value, 0 to leave it off. r10: what the handlers do; bit 0, use
// the floating-point unit; bit 1, pend a more urgent interrupt inside; bit 2, stay on (periodic).
  .syntax unified
  .thumb
  .cpu cortex-m4
  .fpu fpv4-sp-d16
  .text
  .word 0x20004000
  .word start + 1
  .rept 13
  .word unexpected + 1
  .endr
  .word systick + 1
  .word low + 1
  .word high + 1

unexpected:
  bkpt 0xEE

  .balign 64
// Counts, and writes down where it struck; the log wraps.
systick:
  lsls r0, r10, #29
  bmi 1f
  ldr r1, =0xE000E010
  movs r0, #0
  str r0, [r1]
1:
low:
  push {r4, lr}
  ldr r1, =0x20003000
  ldr r0, [r1]
  adds r0, #1
  str r0, [r1]
  ldr r2, [sp, #32]
  ubfx r3, r0, #0, #4
  add r1, r1, r3, lsl #2
  str r2, [r1, #4]
  lsls r3, r10, #31
  it mi
  blmi compute
  lsls r3, r10, #30
  bpl 2f
  ldr r1, =0xE000E200
  movs r3, #2
  str r3, [r1]
2:
  lsls r4, r0, #3
  pop {r4, pc}

high:
  ldr r1, =0x20003080
  ldr r0, [r1]
  adds r0, #1
  str r0, [r1]
  bx lr

compute:
  vmov s0, r0
  vcvt.f32.u32 s0, s0
  vmul.f32 s15, s0, s0
  vmov.f32 s7, #3.0
  vmrs r3, fpscr
  bx lr
  .ltorg

  .balign 64
start:
  ldr r7, =0xE000E010
  cbz r0, 1f
  str r0, [r7, #4]
  str r0, [r7, #8]
  movs r1, #7
  str r1, [r7]
1:
  ldr r6, =0x20001000
  ldr r5, =0x12345678
  movs r4, #0
  mov r8, #100
  vldr s0, =0x3FC00000
  vldr s1, =0x40490FDB
  vldr s2, =0x3DCCCCCD
// A loop through everything, three times.
again:
  adds r4, #1
  add r5, r5, r5, ror #13
  eor r3, r5, r4, lsl #7
  cmp r3, r5
  ittet hi
  addhi r4, #2
  subhi r3, #1
  strls r3, [r6]
  movhi r2, #9
  it eq
  bxeq lr
  cmp r4, #3
  ite lt
  addlt r4, r4, #1
  ldrge r2, [r6, #4]
  udiv r2, r5, r8
  mls r2, r2, r8, r5
  sdiv r1, r5, r3
  stmia r6!, {r1, r2, r3, r5}
  ldmdb r6!, {r0-r3}
  push {r0-r5, lr}
  ldrd r0, r1, [sp, #8]
  strd r1, r0, [r6, #32]
  ldr r2, [r6, #32]
  ldr r3, [r6, #36]
  ldrh r0, [r6, #33]
  ldrsb r1, [r6, #34]
  str r0, [r6, r1, lsl #0]
  pop {r0-r5, lr}
  umull r0, r1, r5, r3
  smlal r0, r1, r2, r5
  umlal r2, r3, r0, r1
  smlad r2, r5, r3, r2
  qadd r3, r2, r5
  usub8 r0, r5, r3
  sel r0, r5, r3
  ssat r1, #9, r5, asr #3
  rbit r2, r5
  clz r3, r2
  bfi r2, r5, #3, #11
  vadd.f32 s3, s0, s1
  vmul.f32 s4, s3, s2
  vfma.f32 s0, s4, s2
  vdiv.f32 s5, s1, s3
  vsqrt.f32 s6, s5
  vcmp.f32 s5, s6
  vmrs apsr_nzcv, fpscr
  itt gt
  vmovgt.f32 s1, s6
  vaddgt.f32 s2, s2, s5
  vstmia r6!, {s0-s9}
  vldmdb r6!, {s10-s19}
  vcvt.s32.f32 s7, s1
  vmov r0, s7
  vmov r1, r2, s0, s1
  add r5, r5, r0
4:
  ldrex r0, [r6]
  adds r0, #1
  strex r1, r0, [r6]
  cmp r1, #0
  bne 4b
  bl leaf
  and r0, r4, #3
  tbb [pc, r0]
table:
  .byte (case0 - table) / 2, (case1 - table) / 2, (case2 - table) / 2, (case3 - table) / 2
case0:
  adds r5, #1
case1:
  mvns r5, r5
  b joined
case2:
  rsbs r5, r5, #0
  nop
case3:
  mrs r0, apsr
  eor r5, r5, r0
joined:
  ldr r0, =0xE0001004
  dmb
  subs r8, #33
  mov r0, r8
  cbz r0, done
  cmp r8, #1
  bhi again
done:
// Short loops, straight to themselves.
  movs r0, #6
2:
  subs r0, #1
  bne 2b
  ldr r1, [r6, #8]
  mov r2, #20
3:
  ldrb r3, [r6], #1
  add r1, r1, r3
  subs r2, #1
  it ne
  addne r5, r5, r1
  bne 3b
  vmov s8, r5
  isb
  cmp r4, r5
  bkpt 0

leaf:
  push {r4, r5, r6, lr}
  ldr r4, =0xCAFEF00D
  add sp, #-8
  stm sp, {r4, r5}
  pop {r5, r6}
  eors r5, r6
  adcs r0, r5
  pop {r4, r5, r6, pc}
  .ltorg
