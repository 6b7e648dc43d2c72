// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The descriptors of a serial port over USB, as bytes in flash.
#ifndef USB_DESCRIPTORS_H
#define USB_DESCRIPTORS_H

#include <stdint.h>

enum { usb_device_descriptor_size = 18, usb_configuration_descriptor_size = 75 };

extern const uint8_t usb_device_descriptor[usb_device_descriptor_size];
extern const uint8_t usb_configuration_descriptor[usb_configuration_descriptor_size];

static inline const uint8_t *_Nonnull usbDeviceDescriptor(void) { return usb_device_descriptor; }
static inline const uint8_t *_Nonnull usbConfigurationDescriptor(void) {
  return usb_configuration_descriptor;
}

#endif
