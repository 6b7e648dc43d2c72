// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What GNU objdump 2.40 prints, one instruction a line: address, code, condition of the IT block
/// around it ("al" where there is none), text.
///
/// Made by `arm-none-eabi-objdump -d -M force-thumb,reg-names-std` from random words of each row.
let objdumpLines = """
  803c 36 al movs r6, r6
  80b4 69d al lsls r5, r3, #26
  812c c34 al lsrs r4, r6, #16
  81a4 17d2 al asrs r2, r2, #31
  821c 186d al adds r5, r5, r1
  8294 1bdc al subs r4, r3, r7
  830c 1ce4 al adds r4, r4, #3
  8384 1fd5 al subs r5, r2, #7
  83fc 20f7 al movs r0, #247
  8474 2e39 al cmp r6, #57
  84ec 374c al adds r7, #76
  8564 3bfa al subs r3, #250
  85dc 4016 al ands r6, r2
  8654 406e al eors r6, r5
  86cc 4080 al lsls r0, r0
  8744 40eb al lsrs r3, r5
  87bc 4136 al asrs r6, r6
  8834 4166 al adcs r6, r4
  88ac 418f al sbcs r7, r1
  8924 41d3 al rors r3, r2
  899c 4223 al tst r3, r4
  8a14 4273 al negs r3, r6
  8a8c 42a3 al cmp r3, r4
  8b04 42fc al cmn r4, r7
  8b7c 4319 al orrs r1, r3
  8bf4 4349 al muls r1, r1
  8c6c 43b4 al bics r4, r6
  8ce4 43f1 al mvns r1, r6
  8d5c 44c9 al add r9, r9
  8dd4 447a al add r2, pc
  8e4c 44bf al add pc, r7
  8ec4 4550 al cmp r0, r10
  8f3c 4657 al mov r7, r10
  8fb4 46fd al mov sp, pc
  902c 4697 al mov pc, r2
  90a4 4770 al bx lr
  911c 4780 al blx r0
  9194 497a al ldr r1, [pc, #488]
  920c 51a8 al str r0, [r5, r6]
  9284 52e8 al strh r0, [r5, r3]
  92fc 55a5 al strb r5, [r4, r6]
  9374 566e al ldrsb r6, [r5, r1]
  93ec 58fc al ldr r4, [r7, r3]
  9464 5a19 al ldrh r1, [r3, r0]
  94dc 5c4f al ldrb r7, [r1, r1]
  9554 5e9b al ldrsh r3, [r3, r2]
  95cc 6331 al str r1, [r6, #48]
  9644 6af0 al ldr r0, [r6, #44]
  96bc 77e8 al strb r0, [r5, #31]
  9734 7edf al ldrb r7, [r3, #27]
  97ac 814b al strh r3, [r1, #10]
  9824 8e78 al ldrh r0, [r7, #50]
  989c 9592 al str r5, [sp, #584]
  9914 9f67 al ldr r7, [sp, #412]
  998c b56e al push {r1, r2, r3, r5, r6, lr}
  9a04 bcc1 al pop {r0, r6, r7}
  9a7c c0e7 al stmia r0!, {r0, r1, r2, r5, r6, r7}
  9af4 c8b3 al ldmia r0, {r0, r1, r4, r5, r7}
  9b6c a739 al add r7, pc, #228
  9be4 ad68 al add r5, sp, #416
  9c5c b01c al add sp, #112
  9cd4 b0e3 al sub sp, #396
  9d4c b217 al sxth r7, r2
  9dc4 b245 al sxtb r5, r0
  9e3c b297 al uxth r7, r2
  9eb4 b2e4 al uxtb r4, r4
  9f2c ba26 al rev r6, r4
  9fa4 ba68 al rev16 r0, r5
  a01c bae9 al revsh r1, r5
  a094 d543 al bpl.n 0xa11e
  a10c e03c al b.n 0xa188
  a184 b13c al cbz r4, 0xa196
  a1fc bb02 al cbnz r2, 0xa240
  a274 ded6 al udf #214
  a2ec df2e al svc 46
  a364 befe al bkpt 0x00fe
  a3dc b661 al cpsie f
  a544 bf3a al itte cc
  a6ac bf00 al nop
  a724 bf10 al yield
  a79c bf20 al wfe
  a814 bf30 al wfi
  a88c bf40 al sev
  a904 bf70 al nop {7}
  a9b8 ea024e43 al and.w lr, r2, r3, lsl #17
  aaa8 ea176fe1 al tst.w r7, r1, asr #27
  ab98 ea242386 al bic.w r3, r4, r6, lsl #10
  ac88 ea5424fb al orrs.w r4, r4, r11, ror #11
  ad78 ea4f0109 al mov.w r1, r9
  ae68 ea4f3642 al mov.w r6, r2, lsl #13
  af58 ea4f1991 al mov.w r9, r1, lsr #6
  b048 ea4f70a7 al mov.w r0, r7, asr #30
  b138 ea5f18be al movs.w r8, lr, ror #6
  b228 ea4f0330 al mov.w r3, r0, rrx
  b318 ea705ae2 al orns r10, r0, r2, asr #23
  b408 ea7f2764 al mvns.w r7, r4, asr #9
  b4f8 ea97519e al eors.w r1, r7, lr, lsr #22
  b5e8 ea986ff4 al teq r8, r4, ror #27
  b6d8 eac32689 al pkhbt r6, r3, r9, lsl #10
  b7c8 eac567e4 al pkhtb r7, r5, r4, asr #27
  b8b8 eb105015 al adds.w r0, r0, r5, lsr #20
  b9a8 eb0d28c2 al add.w r8, sp, r2, lsl #11
  ba98 eb197fd8 al cmn.w r9, r8, lsr #31
  bb88 eb4c2107 al adc.w r1, r12, r7, lsl #8
  bc78 eb6831c4 al sbc.w r1, r8, r4, lsl #15
  bd68 eba20a6e al sub.w r10, r2, lr, asr #1
  be58 ebbd1141 al subs.w r1, sp, r1, lsl #5
  bf48 ebba5fb0 al cmp.w r10, r0, ror #22
  c038 ebc20c44 al rsb r12, r2, r4, lsl #1
  c128 f40b4514 al and.w r5, r11, #37888
  c218 f01e7f22 al tst.w lr, #42467328
  c308 f032022f al bics.w r2, r2, #47
  c3f8 f444221e al orr.w r2, r4, #647168
  c4e8 f04f019c al mov.w r1, #156
  c5d8 f061145e al orn r4, r1, #6160478
  c6c8 f06f0669 al mvn.w r6, #105
  c7b8 f4995ac4 al eors.w r10, r9, #6272
  c8a8 f4912fb5 al teq r1, #370688
  c998 f51042e8 al adds.w r2, r0, #29696
  ca88 f10d2458 al add.w r4, sp, #1476417536
  cb78 f11c1f90 al cmn.w r12, #9437328
  cc68 f1405017 al adc.w r0, r0, #633339904
  cd58 f5676c4f al sbc.w r12, r7, #3312
  ce48 f5b759bd al subs.w r9, r7, #6048
  cf38 f5ad6974 al sub.w r9, sp, #3904
  d028 f1b51fd7 al cmp.w r5, #14090455
  d118 f1d06857 al rsbs r8, r0, #225443840
  d208 f6023988 al addw r9, r2, #2952
  d2f8 f60d434c al addw r3, sp, #3148
  d3e8 f20f617a al addw r1, pc, #1658
  d4d8 f2a14b22 al subw r11, r1, #1058
  d5c8 f2ad182c al subw r8, sp, #300
  d6b8 f2af50d8 al subw r0, pc, #1496
  d7a8 f2442954 al movw r9, #16980
  d898 f2ce68c1 al movt r8, #59073
  d988 f3223cdc al ssat r12, #29, r2, asr #15
  da78 f3210801 al ssat16 r8, #2, r1
  db68 f3ae77d5 al usat r7, #21, lr, asr #31
  dc58 f3a30a09 al usat16 r10, #9, r3
  dd48 f3475101 al sbfx r1, r7, #20, #2
  de38 f3ca2cca al ubfx r12, r10, #11, #11
  df28 f3693457 al bfi r4, r9, #13, #11
  e018 f36f255d al bfc r5, #9, #21
  e108 fa04f404 al lsl.w r4, r4, r4
  e1f8 fa2afa08 al lsr.w r10, r10, r8
  e2e8 fa4bfa06 al asr.w r10, r11, r6
  e3d8 fa63f80c al ror.w r8, r3, r12
  e4c8 fa0ffeac al sxth.w lr, r12, ror #16
  e5b8 fa00fe81 al sxtah lr, r0, r1
  e6a8 fa1ff9a1 al uxth.w r9, r1, ror #16
  e798 fa1bf48a al uxtah r4, r11, r10
  e888 fa2ff1ae al sxtb16 r1, lr, ror #16
  e978 fa21f5ba al sxtab16 r5, r1, r10, ror #24
  ea68 fa3ff194 al uxtb16 r1, r4, ror #8
  eb58 fa3bfbb7 al uxtab16 r11, r11, r7, ror #24
  ec48 fa4ff4b4 al sxtb.w r4, r4, ror #24
  ed38 fa47f5b9 al sxtab r5, r7, r9, ror #24
  ee28 fa5ff9b1 al uxtb.w r9, r1, ror #24
  ef18 fa5bf6b3 al uxtab r6, r11, r3, ror #24
  f008 fa87f687 al qadd r6, r7, r7
  f0f8 fa80f498 al qdadd r4, r8, r0
  f1e8 fa88f1a4 al qsub r1, r4, r8
  f2d8 fa89f9b2 al qdsub r9, r2, r9
  f3c8 fa9af18a al rev.w r1, r10
  f4b8 fa9ef49e al rev16.w r4, lr
  f5a8 fa96f8a6 al rbit r8, r6
  f698 fa90fcb0 al revsh.w r12, r0
  f788 faa8f083 al sel r0, r8, r3
  f878 fab6f586 al clz r5, r6
  ff08 fa99f815 al qadd16 r8, r9, r5
  10598 faa5f02b al shasx r0, r5, r11
  10c28 fae2fa4c al usax r10, r2, r12
  112b8 fadef659 al uqsub16 r6, lr, r9
  11948 fa89f066 al uhadd8 r0, r9, r6
  11b28 fb07f70b al mul.w r7, r7, r11
  11c18 fb080c08 al mla r12, r8, r8, r0
  11d08 fb0ee01c al mls r0, lr, r12, lr
  11df8 fb17f101 al smulbb r1, r7, r1
  11ee8 fb1b1c0b al smlabb r12, r11, r11, r1
  11fd8 fb18f413 al smulbt r4, r8, r3
  120c8 fb166416 al smlabt r4, r6, r6, r6
  121b8 fb1cf525 al smultb r5, r12, r5
  122a8 fb112228 al smlatb r2, r1, r8, r2
  12398 fb1ef431 al smultt r4, lr, r1
  12488 fb151236 al smlatt r2, r5, r6, r1
  12578 fb23fe03 al smuad lr, r3, r3
  12668 fb225c02 al smlad r12, r2, r2, r5
  12758 fb29fe1c al smuadx lr, r9, r12
  12848 fb24ba17 al smladx r10, r4, r7, r11
  12938 fb41f806 al smusd r8, r1, r6
  12a28 fb439707 al smlsd r7, r3, r7, r9
  12b18 fb4af111 al smusdx r1, r10, r1
  12c08 fb430a16 al smlsdx r10, r3, r6, r0
  12cf8 fb3af80b al smulwb r8, r10, r11
  12de8 fb3a1805 al smlawb r8, r10, r5, r1
  12ed8 fb32fc13 al smulwt r12, r2, r3
  12fc8 fb366518 al smlawt r5, r6, r8, r6
  130b8 fb53fc0c al smmul r12, r3, r12
  131a8 fb56e408 al smmla r4, r6, r8, lr
  13298 fb622e0a al smmls lr, r2, r10, r2
  13388 fb55f81b al smmulr r8, r5, r11
  13478 fb55e11a al smmlar r1, r5, r10, lr
  13568 fb6b1816 al smmlsr r8, r11, r6, r1
  13658 fb72fb06 al usad8 r11, r2, r6
  13748 fb793905 al usada8 r9, r9, r5, r3
  13838 fb842306 al smull r2, r3, r4, r6
  13928 fba4ab06 al umull r10, r11, r4, r6
  13a18 fbc3a601 al smlal r10, r6, r3, r1
  13b08 fbcb6581 al smlalbb r6, r5, r11, r1
  13bf8 fbc5059a al smlalbt r0, r5, r5, r10
  13ce8 fbc6e8a9 al smlaltb lr, r8, r6, r9
  13dd8 fbc8c3b1 al smlaltt r12, r3, r8, r1
  13ec8 fbc26ec5 al smlald r6, lr, r2, r5
  13fb8 fbd941cc al smlsld r4, r1, r9, r12
  140a8 fbc759d0 al smlaldx r5, r9, r7, r0
  14198 fbd616db al smlsldx r1, r6, r6, r11
  14288 fbe9c001 al umlal r12, r0, r9, r1
  14378 fbe9e369 al umaal lr, r3, r9, r9
  14468 fb95faf5 al sdiv r10, r5, r5
  14558 fbb9fbf6 al udiv r11, r9, r6
  14648 f8d9944c al ldr.w r9, [r9, #1100]
  14738 f85dccd6 al ldr.w r12, [sp, #-214]
  14828 f854e00b al ldr.w lr, [r4, r11]
  14918 f85a1e03 al ldrt r1, [r10, #3]
  14a08 f85fa9b5 al ldr.w r10, [pc, #-2485]
  14af8 f8b481aa al ldrh.w r8, [r4, #426]
  14be8 f83d8c1e al ldrh.w r8, [sp, #-30]
  14cd8 f8337010 al ldrh.w r7, [r3, r0, lsl #1]
  14dc8 f832ceb6 al ldrht r12, [r2, #182]
  14eb4 f83f02a8 al ldrh.w r0, [pc, #-680]
  14fa8 f8905989 al ldrb.w r5, [r0, #2441]
  15098 f8155c70 al ldrb.w r5, [r5, #-112]
  15188 f8126009 al ldrb.w r6, [r2, r9]
  15278 f817ce23 al ldrbt r12, [r7, #35]
  15368 f81f283f al ldrb.w r2, [pc, #-2111]
  15458 f9bd84be al ldrsh.w r8, [sp, #1214]
  15548 f93abdbc al ldrsh.w r11, [r10, #-188]!
  15638 f935300b al ldrsh.w r3, [r5, r11]
  15728 f9336e79 al ldrsht r6, [r3, #121]
  15818 f9bf3349 al ldrsh.w r3, [pc, #841]
  15908 f99026ec al ldrsb.w r2, [r0, #1772]
  159f8 f9164f7f al ldrsb.w r4, [r6, #127]!
  15ae8 f917c03e al ldrsb.w r12, [r7, lr, lsl #3]
  15bd8 f9181e6e al ldrsbt r1, [r8, #110]
  15cc4 f99f2032 al ldrsb.w r2, [pc, #50]
  15db8 f8cdbf43 al str.w r11, [sp, #3907]
  15ea8 f84a4fc5 al str.w r4, [r10, #197]!
  15f98 f8432030 al str.w r2, [r3, r0, lsl #3]
  16088 f846aeec al strt r10, [r6, #236]
  16178 f8a714b6 al strh.w r1, [r7, #1206]
  16268 f82a4933 al strh.w r4, [r10], #-51
  16358 f8265009 al strh.w r5, [r6, r9]
  16448 f82c6e98 al strht r6, [r12, #152]
  16538 f88d189f al strb.w r1, [sp, #2207]
  16628 f80e3c41 al strb.w r3, [lr, #-65]
  16718 f8028031 al strb.w r8, [r2, r1, lsl #3]
  16808 f8011ec2 al strbt r1, [r1, #194]
  168f8 f8ddf3c6 al ldr.w pc, [sp, #966]
  169e8 f851fdaf al ldr.w pc, [r1, #-175]!
  16ad8 f859f03b al ldr.w pc, [r9, r11, lsl #3]
  16bc4 f85ff613 al ldr.w pc, [pc, #-1555]
  16cb8 f890f751 al pld [r0, #1873]
  16da8 f813fce1 al pld [r3, #-225]
  16e98 f89ff9a6 al pld [pc, #2470]
  16f88 f81bf026 al pld [r11, r6, lsl #2]
  17258 f91ff56a al pli [pc, #-1386]
  17bb8 e89a12f8 al ldmia.w r10, {r3, r4, r5, r6, r7, r9, r12}
  17ca8 e91400c5 al ldmdb r4, {r0, r2, r6, r7}
  17d98 e8824e47 al stmia.w r2, {r0, r1, r2, r6, r9, r10, r11, lr}
  17e88 e90d5fb6 al stmdb sp, {r1, r2, r4, r5, r7, r8, r9, r10, r11, r12, lr}
  17f78 e9d67aed al ldrd r7, r10, [r6, #948]
  18068 e9df06ff al ldrd r0, r6, [pc, #1020]
  18158 e8632427 al strd r2, r4, [r3], #-156
  18248 e85a2f7e al ldrex r2, [r10, #504]
  18338 e841b52a al strex r5, r11, [r1, #168]
  18428 e8d52f4f al ldrexb r2, [r5]
  18518 e8d07f5f al ldrexh r7, [r0]
  18608 e8c06f4e al strexb lr, r6, [r0]
  186f8 e8ccef51 al strexh r1, lr, [r12]
  187e8 f173a977 al bpl.w 0x10bada
  188d8 f7d2900c al b.w 0xff3ea8f4
  189c8 f78efffd al bl 0xfffa79c6
  18ab8 e8d8f002 al tbb [r8, r2]
  18ba8 e8dbf01a al tbh [r11, r10, lsl #1]
  18c98 f3818c01 al msr IAPSR, r1
  18d88 f3ef8505 al mrs r5, IPSR
  18e78 f3af8000 al nop.w
  18f68 f3af8001 al yield.w
  19058 f3af8002 al wfe.w
  19148 f3af8003 al wfi.w
  19238 f3af8004 al sev.w
  19328 f3af80f7 al dbg #7
  19414 f3af807d al nop.w {125}
  19508 f3bf8f2f al clrex
  19600 f3bf8f48 al dsb #8
  196e8 f3bf8f54 al dmb #4
  197d8 f3bf8f6a al isb #10
  198c8 f7ffa723 al udf.w #63267
  199b8 ee64b36e al cdp 3, 6, cr11, cr4, cr14, {3}
  19aa4 ee6265de al mcr 5, 3, r6, cr2, cr14, {6}
  19b98 ee9db1bb al mrc 1, 4, r11, cr13, cr11, {5}
  19c84 ec4bd8a3 al mcrr 8, 10, sp, r11, cr3
  19e64 ec20e337 al stc 3, cr14, [r0], #-220
  19f44 ecdc8397 al ldcl 3, cr8, [r12], {151}
  1a6d8 ee469aa6 al vmla.f32 s19, s13, s13
  1a7c8 ee046a67 al vmls.f32 s12, s8, s15
  1a8b8 ee160a25 al vnmls.f32 s0, s12, s11
  1a9a8 ee180ace al vnmla.f32 s0, s17, s28
  1aa98 ee655aaf al vmul.f32 s11, s11, s31
  1ab88 ee64eac8 al vnmul.f32 s29, s9, s16
  1ac78 ee36fa8a al vadd.f32 s30, s13, s20
  1ad68 ee383a43 al vsub.f32 s6, s16, s6
  1ae58 ee8d8aab al vdiv.f32 s16, s27, s23
  1af48 ee955aa4 al vfnms.f32 s10, s11, s9
  1b038 eed2cace al vfnma.f32 s25, s5, s28
  1b128 eeaadaaf al vfma.f32 s26, s21, s31
  1b218 eeef0aed al vfms.f32 s1, s31, s27
  1b308 eef06ac3 al vabs.f32 s13, s6
  1b3f8 eef1aa45 al vneg.f32 s21, s10
  1b4e8 eef1aaed al vsqrt.f32 s21, s27
  1b5d8 eef40a66 al vcmp.f32 s1, s13
  1b6c8 eef52a40 al vcmp.f32 s5, #0.0
  1b7b8 eeb4bae3 al vcmpe.f32 s22, s7
  1b8a8 eef50ac0 al vcmpe.f32 s1, #0.0
  1b998 eef26a4b al vcvtb.f32.f16 s13, s22
  1ba88 eef39a45 al vcvtb.f16.f32 s19, s10
  1bb78 eef29aee al vcvtt.f32.f16 s19, s29
  1bc68 eef30acb al vcvtt.f16.f32 s1, s22
  1bd58 eeb81a4b al vcvt.f32.u32 s2, s22
  1be48 eebc8ac5 al vcvt.u32.f32 s16, s10
  1bf38 eefc9a43 al vcvtr.u32.f32 s19, s6
  1c028 eebfea67 al vcvt.u16.f32 s28, s28, #1
  1c118 eebfaae0 al vcvt.u32.f32 s20, s20, #31
  1c208 eefbda65 al vcvt.f32.u16 s27, s27, #5
  1c2f8 eefb1ae9 al vcvt.f32.u32 s3, s3, #13
  1c3e8 eef8dae7 al vcvt.f32.s32 s27, s15
  1c4d8 eebd7ae5 al vcvt.s32.f32 s14, s11
  1c5c8 eebd6a40 al vcvtr.s32.f32 s12, s0
  1c6b8 eebe9a61 al vcvt.s16.f32 s18, s18, #13
  1c7a8 eebe6aef al vcvt.s32.f32 s12, s12, #1
  1c898 eefaca47 al vcvt.f32.s16 s25, s25, #2
  1c988 eefabac0 al vcvt.f32.s32 s23, s23, #32
  1ca78 eeb97a0e al vmov.f32 s14, #158
  1cb68 eeb0ca63 al vmov.f32 s24, s7
  1cc58 ee0c4a10 al vmov s24, r4
  1cd48 ee1d5a90 al vmov r5, s27
  1ce38 ee054b10 al vmov.32 d5[0], r4
  1cf28 ee117b10 al vmov.32 r7, d1[0]
  1d018 ec416a1a al vmov s20, s21, r6, r1
  1d108 ec53ba11 al vmov r11, r3, s2, s3
  1d1f8 ec460b12 al vmov d2, r0, r6
  1d2e8 ec524b1d al vmov r4, r2, d13
  1d3d8 eef1ea10 al vmrs lr, fpscr
  1d4c8 eef1fa10 al vmrs APSR_nzcv, fpscr
  1d5b8 eee13a10 al vmsr fpscr, r3
  1d6a8 edda2a53 al vldr s5, [r10, #332]
  1d798 ed5fcab1 al vldr s25, [pc, #-708]
  1d888 ed13bb30 al vldr d11, [r3, #-192]
  1d978 ed1fbb10 al vldr d11, [pc, #-64]
  1da68 ed060aa5 al vstr s0, [r6, #-660]
  1db58 ed021b17 al vstr d1, [r2, #-92]
  1dc48 ecf28a02 al vldmia r2!, {s17-s18}
  1dd38 ed367a07 al vldmdb r6!, {s14-s20}
  1de28 eca22a17 al vstmia r2!, {s4-s26}
  1df18 ed696a03 al vstmdb r9!, {s13-s15}
  1e008 ecbd4a0e al vpop {s8-s21}
  1e0f8 ed2d3a1a al vpush {s6-s31}
  1e1e8 ec910b05 al fldmiax r1, {d0-d1}
  1e2d8 ed3a3b11 al fldmdbx r10!, {d3-d10}
  1e3c8 ec804b18 al vstmia r0, {d4-d15}
  1e4b8 ed2c1b02 al vstmdb r12!, {d1}
  1e5a8 ecbd8b08 al vpop {d8-d11}
  1e698 ed2d2b08 al vpush {d2-d5}
  1e7ba 16cf vc asrvc r7, r1, #27
  1e87a 1f6b cs subcs r3, r5, #5
  1e93a 3bb9 eq subeq r3, #185
  1e9fa 40e4 mi lsrmi r4, r4
  1eaba 41f3 vs rorvs r3, r6
  1eb7a 42c1 ls cmnls r1, r0
  1ec3a 43ed cc mvncc r5, r5
  1ecfa 45f3 vs cmpvs r11, lr
  1edba 4748 lt bxlt r9
  1ee7a 5287 vc strhvc r7, [r0, r2]
  1ef3a 5a53 ne ldrhne r3, [r2, r1]
  1effa 68a9 gt ldrgt r1, [r5, #8]
  1f0ba 8865 ne ldrhne r5, [r4, #2]
  1f17a bdde cs popcs {r1, r2, r3, r4, r6, r7, pc}
  1f23a ad9f lt addlt r5, sp, #636
  1f2fa b24f le sxtble r7, r1
  1f3ba ba6c mi rev16mi r4, r5
  1f47a df6e eq svceq 110
  1f53a bf20 vs wfevs
  1f606 ea027639 ge andge.w r6, r2, r9, ror #28
  1f726 ea5f060c mi movsmi.w r6, r12
  1f846 ea5f34f0 hi movshi.w r4, r0, ror #15
  1f966 ea8903c5 ne eorne.w r3, r9, r5, lsl #3
  1fa86 eb0a0a66 cc addcc.w r10, r10, r6, asr #1
  1fba6 eb730806 lt sbcslt.w r8, r3, r6
  1fcc6 ebc72492 ls rsbls r4, r7, r2, lsr #10
  1fde6 f0494796 mi orrmi.w r7, r9, #1258291200
  1ff06 f0944103 hi eorshi.w r1, r4, #2197815296
  20026 f5137fde cc cmncc.w r3, #444
  20146 f5bd1e74 mi subsmi.w lr, sp, #3997696
  20266 f20d1bbb vc addwvc r11, sp, #443
  20386 f2af3241 cs subwcs r2, pc, #833
  204a6 f32e0105 mi ssat16mi r1, #6, lr
  205c6 f3c21a4d ls ubfxls r10, r2, #5, #14
  206e6 fa22f004 ge lsrge.w r0, r2, r4
  20806 fa03f8b2 vs sxtahvs r8, r3, r2, ror #24
  20926 fa2bfaae hi sxtab16hi r10, r11, lr, ror #16
  20a46 fa43f4b6 vc sxtabvc r4, r3, r6, ror #24
  20b66 fa80fb98 pl qdaddpl r11, r8, r0
  20c86 fa9ef19e mi rev16mi.w r1, lr
  20da6 fabaf58a vs clzvs r5, r10
  20e7e fae1f90c vs ssaxvs r9, r1, r12
  2153e fae4f056 mi uqsaxmi r0, r4, r6
  21856 fb050201 ge mlage r2, r5, r1, r0
  21976 fb12f710 gt smulbtgt r7, r2, r0
  21a96 fb18f531 vc smulttvc r5, r8, r1
  21bb6 fb20fc11 vc smuadxvc r12, r0, r1
  21cd6 fb49f911 lt smusdxlt r9, r9, r1
  21df6 fb3cf21e vs smulwtvs r2, r12, lr
  21f16 fb6eaa0a hi smmlshi r10, lr, r10, r10
  22036 fb78fb0b pl usad8pl r11, r8, r11
  22156 fbc7e70e cs smlalcs lr, r7, r7, lr
  22276 fbcbe2b0 vc smlalttvc lr, r2, r11, r0
  22396 fbd04ed2 cs smlsldxcs r4, lr, r0, r2
  224b6 fbbaf4f0 pl udivpl r4, r10, r0
  225d6 f8565e88 hi ldrthi r5, [r6, #136]
  226f6 f8339032 eq ldrheq.w r9, [r3, r2, lsl #3]
  22816 f8106fb3 cs ldrbcs.w r6, [r0, #179]!
  22936 f9b554dc vs ldrshvs.w r5, [r5, #1244]
  22a50 f9bfaf17 ge ldrshge.w r10, [pc, #3863]
  22b76 f91abe50 pl ldrsbtpl r11, [r10, #80]
  22c96 f840000a gt strgt.w r0, [r0, r10]
  22db6 f8252017 le strhle.w r2, [r5, r7, lsl #1]
  22ed6 f80c7036 lt strblt.w r7, [r12, r6, lsl #3]
  22ff6 f855f010 hi ldrhi.w pc, [r5, r0, lsl #1]
  23116 f89ff11e eq pldeq [pc, #286]
  23596 e8805f85 pl stmiapl.w r0, {r0, r2, r7, r8, r9, r10, r11, r12, lr}
  236b6 e9c7975c ne strdne r9, r7, [r7, #368]
  237d6 e8db1f5f le ldrexhle r1, [r11]
  238f6 f455fbf5 ne blne 0xffc790e4
  23a16 f3ef8b10 hi mrshi r11, PRIMASK
  23b36 f3af8003 gt wfigt.w
  23c56 f3bf8f2f ls clrexls
  23d76 f7ffa53b hi udfhi.w #62779
  24286 ee1b4a6e ne vnmlane.f32 s8, s22, s29
  243a6 ee70da47 pl vsubpl.f32 s27, s0, s14
  244c6 eeeaca02 vc vfmavc.f32 s25, s20, s4
  245e6 eef1dacf gt vsqrtgt.f32 s27, s30
  24706 eef56ac0 hi vcmpehi.f32 s13, #0.0
  24826 eeb34ac5 cc vcvttcc.f16.f32 s8, s10
  24946 eeffda41 ls vcvtls.u16.f32 s27, s27, #14
  24a66 eef8cae9 ge vcvtge.f32.s32 s25, s19
  24b86 eefe5aee le vcvtle.s32.f32 s11, s11, #3
  24ca6 eeb0da61 cs vmovcs.f32 s26, s3
  24dc6 ee187b10 ls vmovls.32 r7, d8[0]
  24ee6 ec541b1c hi vmovhi r1, r4, d12
  25006 eddb1a83 ls vldrls s3, [r11, #524]
  25126 ed46da5f lt vstrlt s27, [r6, #-380]
  25246 ecac8a0a hi vstmiahi r12!, {s16-s25}
  25366 ecb94b0e ls vldmials r9!, {d4-d10}
  25486 ecbdab02 ne vpopne {d10}
  """
