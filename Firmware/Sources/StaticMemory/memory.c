// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "StaticMemory.h"

uint8_t console_bytes[console_capacity];
uint8_t serial_bytes[2 * serial_capacity];
uint8_t serial_received;
uint8_t usb_transmit_bytes[usb_transmit_capacity];
uint8_t usb_receive_bytes[usb_receive_capacity];
uint32_t usb_packet_words[usb_packet_capacity / 4];
uint32_t usb_arrival_words[usb_packet_capacity / 4];
uint32_t usb_control_words[usb_control_capacity / 4];
uint32_t usb_endpoint_words[usb_endpoint_words_capacity];
uint32_t usb_bank_words[usb_bank_words_capacity];
int16_t microphone_samples[microphone_blocks * microphone_block_samples];
uint32_t injection_words[injection_capacity / 4];
uint64_t front_end_words[front_end_capacity / 8];
uint64_t workload_words[workload_capacity / 8];
