// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "USBDescriptors.h"

// Universal Serial Bus Specification 2.0, 9.6.1. Vendor and product come from the board's file.
const uint8_t usb_device_descriptor[usb_device_descriptor_size] = {
    18,   1,    0x00, 0x02,  // USB 2.0
    0xEF, 0x02, 0x01, 64,    // interfaces that belong together; packets of endpoint 0
    0,    0,    0,    0,     // vendor, product
    0x00, 0x01, 1,    2,     // release 1.0; manufacturer, product
    3,    1,                 // serial number; one configuration
};

// 9.6.3 to 9.6.6; Communications Device Class 1.2, 5.2.3; PSTN 1.2, 5.3.
const uint8_t usb_configuration_descriptor[usb_configuration_descriptor_size] = {
    9, 2, usb_configuration_descriptor_size, 0, 2, 1, 0, 0x80, 250,  // two interfaces, 500 mA
    8, 11, 0, 2, 2, 2, 0, 0,           // they belong together: abstract control model
    9, 4, 0, 0, 1, 2, 2, 0, 0,         // interface 0: communications
    5, 0x24, 0, 0x10, 0x01,            // CDC 1.10
    5, 0x24, 1, 0, 1,                  // no call management; data on interface 1
    4, 0x24, 2, 6,                     // line coding, control line state, break
    5, 0x24, 6, 0, 1,                  // union of 0 and 1
    7, 5, 0x81, 3, 16, 0, 16,          // interrupt IN 1
    9, 4, 1, 0, 2, 10, 0, 0, 0,        // interface 1: data
    7, 5, 0x02, 2, 64, 0, 0,           // bulk OUT 2
    7, 5, 0x82, 2, 64, 0, 0,           // bulk IN 2
};
