// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Memory that stays at one address, zero after reset: what EasyDMA reads and writes, and what is
/// too large for the stack. It is C's because Swift builds a large `InlineArray` on the stack
/// before it copies it to a global. The linker leaves out what an application does not use.
#ifndef STATIC_MEMORY_H
#define STATIC_MEMORY_H

#include <stdint.h>

/// The longest line that the console sends at once, in bytes.
enum { console_capacity = 64 };

extern uint8_t console_bytes[console_capacity];

static inline uint8_t *_Nonnull consoleMemory(void) { return console_bytes; }

/// Two halves, of which the serial port sends one while the other is written; and the byte that
/// was received last.
enum { serial_capacity = 64 };

extern uint8_t serial_bytes[2 * serial_capacity];
extern uint8_t serial_received;

static inline uint8_t *_Nonnull serialMemory(void) { return serial_bytes; }
static inline uint8_t *_Nonnull serialReceived(void) { return &serial_received; }

/// USB: rings of what leaves and what came (powers of two); a packet of each; and what a control
/// transfer sends or brings.
enum {
  usb_transmit_capacity = 512,
  usb_receive_capacity = 256,
  usb_packet_capacity = 64,
  usb_control_capacity = 128,
};

extern uint8_t usb_transmit_bytes[usb_transmit_capacity];
extern uint8_t usb_receive_bytes[usb_receive_capacity];
extern uint32_t usb_packet_words[usb_packet_capacity / 4];
extern uint32_t usb_arrival_words[usb_packet_capacity / 4];
extern uint32_t usb_control_words[usb_control_capacity / 4];

static inline uint8_t *_Nonnull usbTransmitMemory(void) { return usb_transmit_bytes; }
static inline uint8_t *_Nonnull usbReceiveMemory(void) { return usb_receive_bytes; }
static inline uint8_t *_Nonnull usbPacketMemory(void) { return (uint8_t *)usb_packet_words; }
static inline uint8_t *_Nonnull usbArrivalMemory(void) { return (uint8_t *)usb_arrival_words; }
static inline uint8_t *_Nonnull usbControlMemory(void) { return (uint8_t *)usb_control_words; }

/// Where a controller that has its endpoints in RAM describes them (Microchip's), and what it puts
/// the host's packets into: endpoint 0's, then endpoint 2's.
enum { usb_endpoint_words_capacity = 24, usb_bank_words_capacity = 32 };

extern uint32_t usb_endpoint_words[usb_endpoint_words_capacity];
extern uint32_t usb_bank_words[usb_bank_words_capacity];

static inline uint32_t *_Nonnull usbEndpointMemory(void) { return usb_endpoint_words; }
static inline uint8_t *_Nonnull usbBankMemory(void) { return (uint8_t *)usb_bank_words; }

/// The microphone's ring: 16 blocks of 20 ms at 16 kHz.
enum { microphone_block_samples = 320, microphone_blocks = 16 };

extern int16_t microphone_samples[microphone_blocks * microphone_block_samples];

static inline int16_t *_Nonnull microphoneMemory(void) { return microphone_samples; }

/// A block of samples that comes over the line in place of the microphone's.
enum { injection_capacity = microphone_block_samples * 2 };

extern uint32_t injection_words[injection_capacity / 4];

static inline uint8_t *_Nonnull injectionMemory(void) { return (uint8_t *)injection_words; }

/// What the audio front end works in, aligned to 8.
enum { front_end_capacity = 8832 };

extern uint64_t front_end_words[front_end_capacity / 8];

static inline void *_Nonnull frontEndMemory(void) { return front_end_words; }

/// What workloads for measuring emulators calculate in.
enum { workload_capacity = 16384 };

extern uint64_t workload_words[workload_capacity / 8];

static inline uint8_t *_Nonnull workloadMemory(void) { return (uint8_t *)workload_words; }

#endif
