// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What GNU objdump 2.40 prints for FPv5, in the columns of `objdumpLines`. Made by
/// `arm-none-eabi-as -mcpu=cortex-m7 -mfpu=fpv5-d16`, one instruction of each row.
let objdumpLinesOfFPv5 = """
  0 fe410a2f al vseleq.f32 s1, s2, s31
  4 fe140a82 al vselvs.f32 s0, s9, s4
  8 fe221b0f al vselge.f64 d1, d2, d15
  c fe309b03 al vselgt.f64 d9, d0, d3
  10 fec10a21 al vmaxnm.f32 s1, s2, s3
  14 fe81fa61 al vminnm.f32 s30, s2, s3
  18 fe821b03 al vmaxnm.f64 d1, d2, d3
  1c fe82fb43 al vminnm.f64 d15, d2, d3
  20 fef80a41 al vrinta.f32 s1, s2
  24 fef90a41 al vrintn.f32 s1, s2
  28 feba1b42 al vrintp.f64 d1, d2
  2c febb1b4c al vrintm.f64 d1, d12
  30 eef60a41 al vrintr.f32 s1, s2
  34 eef61ac1 al vrintz.f32 s3, s2
  38 eef72a41 al vrintx.f32 s5, s2
  3c eeb61b42 al vrintr.f64 d1, d2
  40 eeb63bc2 al vrintz.f64 d3, d2
  44 eeb75b42 al vrintx.f64 d5, d2
  48 fefc0ae1 al vcvta.s32.f32 s1, s3
  4c fefd0a61 al vcvtn.u32.f32 s1, s3
  50 fefe0bc3 al vcvtp.s32.f64 s1, d3
  54 fefffb43 al vcvtm.u32.f64 s31, d3
  58 ee021b03 al vmla.f64 d1, d2, d3
  5c ee021b43 al vmls.f64 d1, d2, d3
  60 ee121b03 al vnmls.f64 d1, d2, d3
  64 ee121b43 al vnmla.f64 d1, d2, d3
  68 ee221b03 al vmul.f64 d1, d2, d3
  6c ee221b43 al vnmul.f64 d1, d2, d3
  70 ee321b03 al vadd.f64 d1, d2, d3
  74 ee321b43 al vsub.f64 d1, d2, d3
  78 ee821b03 al vdiv.f64 d1, d2, d3
  7c ee921b03 al vfnms.f64 d1, d2, d3
  80 ee921b43 al vfnma.f64 d1, d2, d3
  84 eea21b03 al vfma.f64 d1, d2, d3
  88 eea21b43 al vfms.f64 d1, d2, d3
  8c eeb71b00 al vmov.f64 d1, #112
  90 eeb01b4e al vmov.f64 d1, d14
  94 eeb01bce al vabs.f64 d1, d14
  98 eeb11b4e al vneg.f64 d1, d14
  9c eeb11bce al vsqrt.f64 d1, d14
  a0 eeb41b4e al vcmp.f64 d1, d14
  a4 eeb41bce al vcmpe.f64 d1, d14
  a8 eeb51b40 al vcmp.f64 d1, #0.0
  ac eeb51bc0 al vcmpe.f64 d1, #0.0
  b0 eef71bc9 al vcvt.f32.f64 s3, d9
  b4 eeb73ae4 al vcvt.f64.f32 d3, s9
  b8 eeb23b64 al vcvtb.f64.f16 d3, s9
  bc eeb23be4 al vcvtt.f64.f16 d3, s9
  c0 eef31b49 al vcvtb.f16.f64 s3, d9
  c4 eef31bc9 al vcvtt.f16.f64 s3, d9
  c8 eefc1b49 al vcvtr.u32.f64 s3, d9
  cc eefc1bc9 al vcvt.u32.f64 s3, d9
  d0 eefd1b49 al vcvtr.s32.f64 s3, d9
  d4 eefd1bc9 al vcvt.s32.f64 s3, d9
  d8 eeb83b64 al vcvt.f64.u32 d3, s9
  dc eeb83be4 al vcvt.f64.s32 d3, s9
  e0 eebe3b65 al vcvt.s16.f64 d3, d3, #5
  e4 eebf3b40 al vcvt.u16.f64 d3, d3, #16
  e8 eebe3bed al vcvt.s32.f64 d3, d3, #5
  ec eebf3bc0 al vcvt.u32.f64 d3, d3, #32
  f0 eeba3b67 al vcvt.f64.s16 d3, d3, #1
  f4 eebb3b65 al vcvt.f64.u16 d3, d3, #5
  f8 eeba3bed al vcvt.f64.s32 d3, d3, #5
  fc eebb3be7 al vcvt.f64.u32 d3, d3, #17
  """
