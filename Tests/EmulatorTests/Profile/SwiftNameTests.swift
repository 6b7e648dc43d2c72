// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Emulator

@Suite struct SwiftNameTests {
  @Test(arguments: [
    (
      "$e15KeywordSpotting8ListenerV8tellLoss33_AE1868891106ECBBC525A8B8AC266179LLyyF",
      "Listener.tellLoss()"
    ),
    (
      "$e16InferenceKernels13PatchMultiplyV4pair__6outputySPys6UInt32VG_AHSpys4Int8VGtF",
      "PatchMultiply.pair(_:_:output:)"
    ),
    (
      "$e15KeywordSpotting0aB7NetworkO7layer1133_CE74851E4DA514EE297EB70BF4093C72LLyySvFZTf4d_n",
      "KeywordSpottingNetwork.layer11(_:)"
    ),
    (
      "$es12pointwiseMaxyxx_xts4SIMDRzSL6ScalarRpzlFs6SIMD16Vys5Int32VG_Tg5",
      "pointwiseMax(_:_:)"
    ),
    ("$e15KeywordSpotting8ListenerVACycfCTf4d_n", "Listener.init()"),
    ("$e16InferenceKernels19reciprocalOfOnePlusys5Int32VADF", "reciprocalOfOnePlus(_:)"),
    (
      "$e7Drivers10MicrophoneO6filled33_66AA28F296201AEC7E3FCB5D6478CA9DLL_Wz",
      "one-time initialization token for filled"
    ),
    ("$sSS5countSivg", "String.count.getter"),
    ("Reset_Handler", "Reset_Handler"), ("_Z3addii", "_Z3addii"), ("$sNonsense", "$sNonsense"),
    ("", ""),
  ])
  func symbol_readsAsPeopleWriteIt(symbol: String, name: String) {
    #expect(SwiftName.readable(symbol) == name)
  }

  @Test(arguments: [
    (
      "closure #1 (Swift.Int) -> () in M.Type.run(to: Swift.Int) -> ()",
      "closure #1 in Type.run(to:)"
    ),
    ("(extension in M):Swift.Array.sum(by: (A) -> B) -> B", "Array.sum(by:)"),
    ("merged M.f() throws -> ()", "f()"),
  ])
  func text_losesModulesAndTypes(full: String, name: String) {
    #expect(SwiftName.simplified(full) == name)
  }

  @Test(arguments: ["(((", ")", "a.<", "generic specialization < of ", "closure # in ", "->", "."])
  func nonsense_ends(text: String) {
    #expect(SwiftName.simplified(text).count <= text.count + 8)
  }
}
