// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import USBModel

@Suite struct DFUStatesTests {
  @Test func report_isReadAsBuilt() {
    let report = DFUReport(.write, .error, pollTimeout: 0x01_0203)
    #expect(report.bytes == [3, 3, 2, 1, 10, 0])
    #expect(DFUReport(report.bytes) == report)
  }

  @Test func report_ofNonsense_isNone() {
    #expect(DFUReport([0, 0, 0, 0, 2]) == nil)
    #expect(DFUReport([0x10, 0, 0, 0, 2, 0]) == nil)
    #expect(DFUReport([0, 0, 0, 0, 11, 0]) == nil)
  }

  @Test func names_areTheSpecifications() {
    let states = (0...10).compactMap { DFUState(rawValue: $0)?.name }
    #expect(
      states == [
        "appIDLE", "appDETACH", "dfuIDLE", "dfuDNLOAD-SYNC", "dfuDNBUSY", "dfuDNLOAD-IDLE",
        "dfuMANIFEST-SYNC", "dfuMANIFEST", "dfuMANIFEST-WAIT-RESET", "dfuUPLOAD-IDLE", "dfuERROR",
      ])
    let statuses = (0...15).compactMap { DFUStatus(rawValue: $0)?.text }
    #expect(Set(statuses).count == 16)
    #expect(statuses[8] == "errADDRESS, the address is outside the device's memory")
    #expect(statuses.dropFirst().allSatisfy { $0.hasPrefix("err") })
  }
}
