// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Orders by five roads, and the structures that keep them: heaps, lists, trees, a hash table.

#include "program.h"

enum { SIZE = 200 };
static int32_t original[SIZE], expected[SIZE], work[SIZE], spare[SIZE];

typedef int (*order)(int32_t, int32_t);
static NOINLINE int rising(int32_t a, int32_t b) { return a < b ? -1 : a > b; }
static NOINLINE int falling(int32_t a, int32_t b) { return rising(b, a); }
static NOINLINE int by_magnitude(int32_t a, int32_t b) {
  uint32_t x = a < 0 ? 0u - (uint32_t)a : (uint32_t)a;
  uint32_t y = b < 0 ? 0u - (uint32_t)b : (uint32_t)b;
  return x != y ? (x < y ? -1 : 1) : rising(a, b);
}

static void swap(int32_t *a, int32_t *b) {
  int32_t kept = *a;
  *a = *b;
  *b = kept;
}

static void insertion(int32_t *v, int count, order compare) {
  for (int index = 1; index < count; index += 1) {
    int32_t value = v[index];
    int at = index;
    for (; at > 0 && compare(v[at - 1], value) > 0; at -= 1) v[at] = v[at - 1];
    v[at] = value;
  }
}

static void quick(int32_t *v, int count, order compare) {
  while (count > 8) {
    swap(v, v + count / 2);
    int split = 0;
    for (int index = 1; index < count; index += 1) {
      if (compare(v[index], v[0]) < 0) swap(v + ++split, v + index);
    }
    swap(v, v + split);
    quick(v, split, compare);
    v += split + 1;
    count -= split + 1;
  }
  insertion(v, count, compare);
}

static void sift(int32_t *v, int root, int count, order compare) {
  for (int child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && compare(v[child], v[child + 1]) < 0) child += 1;
    if (compare(v[root], v[child]) >= 0) return;
    swap(v + root, v + child);
  }
}

static void heap(int32_t *v, int count, order compare) {
  for (int root = count / 2; root-- > 0;) sift(v, root, count, compare);
  while (count > 1) {
    swap(v, v + --count);
    sift(v, 0, count, compare);
  }
}

static void merge(int32_t *v, int count, order compare) {
  if (count < 2) return;
  int half = count / 2;
  merge(v, half, compare);
  merge(v + half, count - half, compare);
  memcpy(spare, v, (size_t)half * sizeof *v);
  for (int left = 0, right = half, to = 0; left < half; to += 1) {
    if (right < count && compare(v[right], spare[left]) < 0) v[to] = v[right++];
    else v[to] = spare[left++];
  }
}

static void shell(int32_t *v, int count, order compare) {
  for (int gap = count / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11) {
    for (int index = gap; index < count; index += 1) {
      int32_t value = v[index];
      int at = index;
      for (; at >= gap && compare(v[at - gap], value) > 0; at -= gap) v[at] = v[at - gap];
      v[at] = value;
    }
  }
}

static void sorts(void) {
  static void (*const roads[])(int32_t *, int, order) = {quick, heap, merge, shell};
  static const order orders[] = {rising, falling, by_magnitude};
  uint32_t hash = HASH_SEED;
  for (size_t kind = 0; kind < COUNT(orders); kind += 1) {
    for (int index = 0; index < SIZE; index += 1) {
      original[index] = (int32_t)random32() >> (kind == 1 ? 24 : 0);
    }
    memcpy(expected, original, sizeof expected);
    insertion(expected, SIZE, orders[kind]);
    for (int index = 1; index < SIZE; index += 1) {
      CHECK(orders[kind](expected[index - 1], expected[index]) <= 0);
      hash = mix(hash, (uint32_t)expected[index]);
    }
    for (size_t road = 0; road < COUNT(roads); road += 1) {
      memcpy(work, original, sizeof work);
      roads[road](work, SIZE, orders[kind]);
      CHECK(memcmp(work, expected, sizeof work) == 0);
    }
  }
  report("sorts", hash);
}

struct node {
  struct node *left, *right;
  int32_t key;
};
static struct node nodes[SIZE];

static struct node **place(struct node **root, int32_t key) {
  while (*root != 0 && (*root)->key != key) {
    root = key < (*root)->key ? &(*root)->left : &(*root)->right;
  }
  return root;
}

static void drop(struct node **at) {
  struct node *gone = *at;
  if (gone->left == 0) *at = gone->right;
  else if (gone->right == 0) *at = gone->left;
  else {
    struct node **next = &gone->right;
    while ((*next)->left != 0) next = &(*next)->left;
    struct node *heir = *next;
    *next = heir->right;
    heir->left = gone->left;
    heir->right = gone->right;
    *at = heir;
  }
}

static uint32_t walk(const struct node *root, uint32_t hash, int32_t *last) {
  if (root == 0) return hash;
  hash = walk(root->left, hash, last);
  CHECK(*last < root->key);
  *last = root->key;
  return walk(root->right, mix(hash, (uint32_t)root->key), last);
}

static void tree(void) {
  struct node *root = 0;
  unsigned used = 0, present = 0;
  for (int turn = 0; turn < 600; turn += 1) {
    int32_t key = (int32_t)(random32() % 150);
    struct node **at = place(&root, key);
    if (*at != 0 && (turn & 1)) {
      drop(at);
      present -= 1;
    } else if (*at == 0 && used < SIZE) {
      nodes[used] = (struct node){0, 0, key};
      *at = &nodes[used++];
      present += 1;
    }
  }
  int32_t last = -1;
  report("tree", walk(root, present, &last));
}

struct link {
  struct link *next;
  uint32_t value;
};
static struct link links[SIZE];

static struct link *merged(struct link *a, struct link *b) {
  struct link head = {0, 0}, *end = &head;
  while (a != 0 && b != 0) {
    struct link **from = b->value < a->value ? &b : &a;
    end->next = *from;
    end = *from;
    *from = end->next;
  }
  end->next = a != 0 ? a : b;
  return head.next;
}

static struct link *sorted(struct link *list) {
  if (list == 0 || list->next == 0) return list;
  struct link *slow = list, *fast = list->next;
  while (fast != 0 && fast->next != 0) {
    slow = slow->next;
    fast = fast->next->next;
  }
  struct link *half = slow->next;
  slow->next = 0;
  return merged(sorted(list), sorted(half));
}

static void lists(void) {
  struct link *list = 0;
  uint32_t sum = 0, other = 0, count = 0, hash = HASH_SEED;
  for (int index = 0; index < SIZE; index += 1) {
    links[index] = (struct link){list, random32() >> 8};
    list = &links[index];
    sum += list->value;
  }
  list = sorted(list);
  for (struct link *at = list; at != 0; at = at->next, count += 1) {
    CHECK(at->next == 0 || at->value <= at->next->value);
    other += at->value;
    hash = mix(hash, at->value);
  }
  CHECK(count == SIZE && sum == other);
  report("lists", hash);
}

static uint32_t keys[256], values[256];

static unsigned slot(uint32_t key) {
  unsigned at = key * 2654435769u >> 24;
  while (keys[at] != 0 && keys[at] != key) at = (at + 1) & 255;
  return at;
}

static void table(void) {
  uint32_t total = 0;
  for (int turn = 0; turn < 1000; turn += 1) {
    uint32_t key = random32() % 170 + 1;
    unsigned at = slot(key);
    keys[at] = key;
    values[at] += turn;
    total += turn;
  }
  uint32_t sum = 0, hash = HASH_SEED;
  for (uint32_t key = 1; key <= 170; key += 1) {
    sum += values[slot(key)];
    hash = mix(hash, values[slot(key)]);
  }
  CHECK(sum == total);
  report("table", hash);
}

int main(void) {
  sorts();
  tree();
  lists();
  table();
  return 0;
}
