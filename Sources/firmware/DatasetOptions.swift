// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Many inputs and what they should be taken for.
struct DatasetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Runs the model on this computer over many inputs: a folder of .npy and .bin files, or one "
        + "file with a stack of inputs.", valueName: "folder"))
  var dataset: String?

  @Option(
    help: ArgumentHelp(
      "The class of each input: a .csv with the columns 'file' and 'label', or 'index' and "
        + "'label'.", valueName: "file.csv"))
  var labels: String?

  var isAskedFor: Bool { dataset != nil }

  func validate() throws {
    guard (dataset == nil) == (labels == nil) else {
      throw ValidationError("--dataset and --labels go together; give both.")
    }
  }
}
