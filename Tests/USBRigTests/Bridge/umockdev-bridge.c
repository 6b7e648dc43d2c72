// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Shows USB devices to programs that run under umockdev's preload, and passes their transfers to
// the process that started this one: frames on standard input and output, of a length (32 bits,
// the type included), a type and fields, all in the host's byte order. The device itself is not
// here.
//
// To here:   A add    number u8, vendor u16, product u16, length u16, descriptors, text\0 text\0
// text\0
//            R remove number u8
//            C ended  id u32, status i32 (0 or a negated errno), data to the host
// From here: P path   the testbed's folder, once
//            K known  number u8: the device can be seen
//            U urb    id u32, number u8, type u8, endpoint u8, length u32, bytes (of control
//            requests
//                     the eight of the setup packet first; of IN transfers none)
//            D discard id u32
//            O other  id u32, number u8, request u8 ('s' set interface, 'r' reset, 'h' clear halt,
//                     'c' set configuration), value u32, value u32; answered by C

#include <errno.h>
#include <glib.h>
#include <linux/usbdevice_fs.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <umockdev.h>
#include <unistd.h>

enum { device_limit = 256, frame_limit = 1 << 20 };

// A transfer on its way, or one that ended and was not fetched.
typedef struct Transfer {
  struct Transfer *next;
  uint32_t id;
  UMockdevIoctlClient *client;
  UMockdevIoctlData *urb_data;
  UMockdevIoctlData *buffer;
  int ended;
} Transfer;

// An ioctl that waits: for a transfer to fetch (id 0), or for the answer to an O frame.
typedef struct Waiter {
  struct Waiter *next;
  uint32_t id;
  UMockdevIoctlClient *client;
  UMockdevIoctlData *argument;
  gint64 since;
} Waiter;

static GMutex lock;
static UMockdevTestbed *testbed;
static char *root;
static char *paths[device_limit];
static int present[device_limit];
static Transfer *transfers;
static Waiter *waiters;
static uint32_t last_id;

static void send_frame(char type, const void *head, size_t head_size, const void *data,
                       size_t size) {
  uint32_t length = (uint32_t)(1 + head_size + size);
  fwrite(&length, 4, 1, stdout);
  fputc(type, stdout);
  if (head_size) fwrite(head, 1, head_size, stdout);
  if (size) fwrite(data, 1, size, stdout);
  fflush(stdout);
}

static int number_of(UMockdevIoctlClient *client) {
  const char *node = umockdev_ioctl_client_get_devnode(client);
  const char *slash = node ? strrchr(node, '/') : NULL;
  return slash ? atoi(slash + 1) & (device_limit - 1) : 0;
}

static void forget(Transfer *transfer) {
  for (Transfer **link = &transfers; *link; link = &(*link)->next) {
    if (*link != transfer) continue;
    *link = transfer->next;
    g_object_unref(transfer->urb_data);
    if (transfer->buffer) g_object_unref(transfer->buffer);
    free(transfer);
    return;
  }
}

// Hands an ended transfer to a client that asks for one. Returns whether there was one.
static int hand_over(UMockdevIoctlClient *client, UMockdevIoctlData *argument) {
  Transfer *first = NULL;
  for (Transfer *transfer = transfers; transfer; transfer = transfer->next) {
    if (transfer->client == client && transfer->ended &&
        (!first || transfer->ended < first->ended)) {
      first = transfer;
    }
  }
  if (!first) return 0;
  umockdev_ioctl_data_set_ptr(argument, 0, first->urb_data);
  umockdev_ioctl_client_complete(client, 0, 0);
  forget(first);
  return 1;
}

static void end_transfer(Transfer *transfer, int status, const uint8_t *data, size_t size) {
  static int order;
  struct usbdevfs_urb *urb = (struct usbdevfs_urb *)transfer->urb_data->data;
  size_t skipped = urb->type == USBDEVFS_URB_TYPE_CONTROL ? 8 : 0;
  size_t room = (size_t)urb->buffer_length > skipped ? (size_t)urb->buffer_length - skipped : 0;
  if (size > room) size = room;
  if (size && transfer->buffer) memcpy(transfer->buffer->data + skipped, data, size);
  int is_in = urb->type == USBDEVFS_URB_TYPE_CONTROL
                  ? transfer->buffer && (transfer->buffer->data[0] & 0x80)
                  : urb->endpoint & 0x80;
  urb->actual_length = status ? 0 : is_in ? (int)size : (int)room;
  urb->status = status;
  transfer->ended = ++order;
}

static void drop(Waiter **link) {
  Waiter *waiter = *link;
  *link = waiter->next;
  g_object_unref(waiter->client);
  free(waiter);
}

// Gives what waits for transfers those that have ended; those that waited too long are told so.
static void serve_waiters(void) {
  gint64 now = g_get_monotonic_time();
  for (Waiter **link = &waiters; *link;) {
    Waiter *waiter = *link;
    int is_done = waiter->id == 0 && hand_over(waiter->client, waiter->argument);
    if (!is_done && waiter->id == 0 && now - waiter->since > 4000) {
      umockdev_ioctl_client_complete(waiter->client, -1, EAGAIN);
      is_done = 1;
    }
    if (is_done) drop(link);
    else link = &waiter->next;
  }
}

static void wait_for(uint32_t id, UMockdevIoctlClient *client, UMockdevIoctlData *argument) {
  Waiter *waiter = calloc(1, sizeof *waiter);
  waiter->id = id;
  // Nobody else holds a client whose ioctl is answered later.
  waiter->client = g_object_ref(client);
  waiter->argument = argument;
  waiter->since = g_get_monotonic_time();
  waiter->next = waiters;
  waiters = waiter;
}

static void ask(UMockdevIoctlClient *client, char request, uint32_t first, uint32_t second) {
  struct __attribute__((packed)) {
    uint32_t id;
    uint8_t number, request;
    uint32_t first, second;
  } head = {++last_id, (uint8_t)number_of(client), (uint8_t)request, first, second};
  wait_for(head.id, client, NULL);
  send_frame('O', &head, sizeof head, NULL, 0);
}

static int submit(UMockdevIoctlClient *client, UMockdevIoctlData *data) {
  struct usbdevfs_urb *urb = (struct usbdevfs_urb *)data->data;
  if (urb->buffer_length < 0 || urb->buffer_length > frame_limit / 2) return EINVAL;
  Transfer *transfer = calloc(1, sizeof *transfer);
  transfer->id = ++last_id;
  transfer->client = client;
  transfer->urb_data = g_object_ref(data);
  if (urb->buffer_length > 0) {
    // Resolving gives a reference of its own.
    transfer->buffer = umockdev_ioctl_data_resolve(
        data, offsetof(struct usbdevfs_urb, buffer), (gsize)urb->buffer_length, NULL);
    if (!transfer->buffer) {
      g_object_unref(data);
      free(transfer);
      return EFAULT;
    }
  }
  transfer->next = transfers;
  transfers = transfer;
  int is_control = urb->type == USBDEVFS_URB_TYPE_CONTROL;
  int is_in = is_control ? transfer->buffer && (transfer->buffer->data[0] & 0x80)
                         : urb->endpoint & 0x80;
  size_t size = (size_t)urb->buffer_length;
  if (is_in) size = is_control ? 8 : 0;
  struct __attribute__((packed)) {
    uint32_t id;
    uint8_t number, type, endpoint;
    uint32_t length;
  } head = {transfer->id, (uint8_t)number_of(client), urb->type, urb->endpoint,
            (uint32_t)urb->buffer_length};
  send_frame('U', &head, sizeof head, transfer->buffer ? transfer->buffer->data : NULL, size);
  return 0;
}

static int discard(UMockdevIoctlClient *client, unsigned long address) {
  for (Transfer *transfer = transfers; transfer; transfer = transfer->next) {
    if (transfer->client != client || transfer->ended ||
        transfer->urb_data->client_addr != address) {
      continue;
    }
    end_transfer(transfer, -ENOENT, NULL, 0);
    send_frame('D', &transfer->id, 4, NULL, 0);
    return 0;
  }
  return EINVAL;
}

// Answers an ioctl at once (0 or an errno), or later (-1).
static int answer(UMockdevIoctlClient *client, unsigned long request, UMockdevIoctlData *argument) {
  unsigned long size = _IOC_SIZE(request);
  UMockdevIoctlData *data = NULL;
  if (size && request != USBDEVFS_DISCARDURB) {
    data = umockdev_ioctl_data_resolve(argument, 0, size, NULL);
    if (!data) return EFAULT;
  }
  uint32_t *words = data ? (uint32_t *)data->data : NULL;
  switch (request) {
  case USBDEVFS_GET_CAPABILITIES: words[0] = 0; return 0;
  case USBDEVFS_CLAIMINTERFACE:
  case USBDEVFS_RELEASEINTERFACE:
  case USBDEVFS_DISCONNECT_CLAIM: return 0;
  // Asked of a driver of the kernel, of which there is none.
  case USBDEVFS_GETDRIVER:
  case USBDEVFS_IOCTL: return ENODATA;
  case USBDEVFS_SUBMITURB: return submit(client, data);
  case USBDEVFS_DISCARDURB: return discard(client, *(unsigned long *)argument->data);
  case USBDEVFS_REAPURB:
  case USBDEVFS_REAPURBNDELAY:
    if (!hand_over(client, data)) wait_for(0, client, data);
    return -1;
  case USBDEVFS_SETINTERFACE: ask(client, 's', words[0], words[1]); return -1;
  case USBDEVFS_RESET: ask(client, 'r', 0, 0); return -1;
  case USBDEVFS_CLEAR_HALT: ask(client, 'h', words[0], 0); return -1;
  case USBDEVFS_SETCONFIGURATION: ask(client, 'c', words[0], 0); return -1;
  default: return ENOTTY;
  }
}

static gboolean handle(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer context) {
  (void)base;
  (void)context;
  g_mutex_lock(&lock);
  unsigned long request = umockdev_ioctl_client_get_request(client);
  UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
  // A device that left still gives the transfers that ended with it.
  int is_reap = request == USBDEVFS_REAPURB || request == USBDEVFS_REAPURBNDELAY;
  int is_present = present[number_of(client)];
  int result = is_present || is_reap ? answer(client, request, argument) : ENODEV;
  if (result == 0) umockdev_ioctl_client_complete(client, 0, 0);
  if (result > 0) umockdev_ioctl_client_complete(client, -1, result);
  g_mutex_unlock(&lock);
  return TRUE;
}

static void vanished(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer context) {
  (void)base;
  (void)context;
  g_mutex_lock(&lock);
  for (Transfer *transfer = transfers, *next; transfer; transfer = next) {
    next = transfer->next;
    if (transfer->client != client) continue;
    if (!transfer->ended) send_frame('D', &transfer->id, 4, NULL, 0);
    forget(transfer);
  }
  for (Waiter **link = &waiters; *link;) {
    Waiter *waiter = *link;
    if (waiter->client == client) drop(link);
    else link = &waiter->next;
  }
  g_mutex_unlock(&lock);
}

static void add(const uint8_t *bytes, size_t size) {
  if (size < 7) return;
  unsigned number = bytes[0], vendor = bytes[1] | bytes[2] << 8, product = bytes[3] | bytes[4] << 8;
  size_t length = bytes[5] | (size_t)bytes[6] << 8;
  if (size < 7 + length + 3 || bytes[size - 1] != 0 || present[number]) return;
  const char *texts[3];
  const char *at = (const char *)bytes + 7 + length, *end = (const char *)bytes + size;
  for (int index = 0; index < 3; index++) {
    texts[index] = at < end ? at : "";
    at += at < end ? strlen(at) + 1 : 0;
  }
  g_autofree char *name = g_strdup_printf("1-%u", number);
  g_autofree char *node = g_strdup_printf("/dev/bus/usb/001/%03u", number);
  g_autofree char *device = g_strdup_printf("%03u", number);
  g_autofree char *vendor_text = g_strdup_printf("%04x", vendor);
  g_autofree char *product_text = g_strdup_printf("%04x", product);
  g_autofree char *plain = g_strdup_printf("%u", number);
  char *path = umockdev_testbed_add_device(
      testbed, "usb", name, NULL, "busnum", "1", "devnum", plain, "speed", "12", "idVendor",
      vendor_text, "idProduct", product_text, "bConfigurationValue", "1", "manufacturer", texts[0],
      "product", texts[1], "serial", texts[2], NULL, "DEVTYPE", "usb_device", "DEVNAME", node,
      "BUSNUM", "001", "DEVNUM", device, "ID_VENDOR_ID", vendor_text, "ID_MODEL_ID", product_text,
      NULL);
  if (!path) return;
  umockdev_testbed_set_attribute_binary(testbed, path, "descriptors", (guint8 *)bytes + 7,
                                        (gint)length);
  // A node to open; what is asked of it comes to the handler.
  g_autofree char *folder = g_build_filename(root, "dev/bus/usb/001", NULL);
  g_autofree char *file = g_build_filename(root, node, NULL);
  g_mkdir_with_parents(folder, 0755);
  g_file_set_contents(file, "", 0, NULL);
  UMockdevIoctlBase *handler = umockdev_ioctl_base_new();
  g_signal_connect(handler, "handle-ioctl", G_CALLBACK(handle), NULL);
  g_signal_connect(handler, "client-vanished", G_CALLBACK(vanished), NULL);
  umockdev_testbed_attach_ioctl(testbed, node, handler, NULL);
  g_mutex_lock(&lock);
  paths[number] = path;
  present[number] = 1;
  g_mutex_unlock(&lock);
  umockdev_testbed_uevent(testbed, path, "add");
  send_frame('K', bytes, 1, NULL, 0);
}

static void take_away(unsigned number) {
  if (!present[number]) return;
  g_mutex_lock(&lock);
  present[number] = 0;
  for (Transfer *transfer = transfers; transfer; transfer = transfer->next) {
    if (!transfer->ended && number_of(transfer->client) == (int)number) {
      end_transfer(transfer, -ENODEV, NULL, 0);
    }
  }
  serve_waiters();
  for (Waiter **link = &waiters; *link;) {
    Waiter *waiter = *link;
    if (number_of(waiter->client) == (int)number) {
      umockdev_ioctl_client_complete(waiter->client, -1, ENODEV);
      drop(link);
    } else {
      link = &waiter->next;
    }
  }
  g_mutex_unlock(&lock);
  umockdev_testbed_uevent(testbed, paths[number], "remove");
  umockdev_testbed_remove_device(testbed, paths[number]);
  g_autofree char *file = g_strdup_printf("%s/dev/bus/usb/001/%03u", root, number);
  unlink(file);
}

static void ended(const uint8_t *bytes, size_t size) {
  if (size < 8) return;
  uint32_t id;
  int32_t status;
  memcpy(&id, bytes, 4);
  memcpy(&status, bytes + 4, 4);
  g_mutex_lock(&lock);
  for (Transfer *transfer = transfers; transfer; transfer = transfer->next) {
    if (transfer->id == id && !transfer->ended) end_transfer(transfer, status, bytes + 8, size - 8);
  }
  for (Waiter **link = &waiters; *link; link = &(*link)->next) {
    if ((*link)->id != id) continue;
    umockdev_ioctl_client_complete((*link)->client, status ? -1 : 0, -status);
    drop(link);
    break;
  }
  serve_waiters();
  g_mutex_unlock(&lock);
}

static int read_all(void *bytes, size_t size) {
  for (uint8_t *at = bytes; size > 0;) {
    ssize_t count = read(0, at, size);
    if (count <= 0) return 0;
    at += count;
    size -= (size_t)count;
  }
  return 1;
}

int main(void) {
  static uint8_t frame[frame_limit];
  testbed = umockdev_testbed_new();
  root = umockdev_testbed_get_root_dir(testbed);
  send_frame('P', root, strlen(root), NULL, 0);
  for (;;) {
    struct pollfd input = {.fd = 0, .events = POLLIN};
    int count = poll(&input, 1, 2);
    g_mutex_lock(&lock);
    serve_waiters();
    g_mutex_unlock(&lock);
    if (count <= 0) continue;
    uint32_t length;
    if (!read_all(&length, 4) || length < 1 || length > frame_limit || !read_all(frame, length)) {
      break;
    }
    switch (frame[0]) {
    case 'A': add(frame + 1, length - 1); break;
    case 'R': if (length > 1) take_away(frame[1]); break;
    case 'C': ended(frame + 1, length - 1); break;
    default: break;
    }
  }
  umockdev_testbed_clear(testbed);
  return 0;
}
