#!/bin/bash
# Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
# SPDX-License-Identifier: Apache-2.0
#
# Installs the C libraries that Breadboard builds against, where they are missing, by apt or
# Homebrew. Says what it does; touches nothing when all is there; may be run as often as you like.
set -euo pipefail

say() { printf 'setup: %s\n' "$*"; }
fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

# What pkg-config calls it, Debian's package, Homebrew's formula, what for.
libraries=(
  "sndfile libsndfile1-dev libsndfile reading recordings"
  "libusb-1.0 libusb-1.0-0-dev libusb talking to boards over USB"
  "unicorn libunicorn-dev unicorn testing instructions against another emulator"
)

has_library() { command -v pkg-config >/dev/null && pkg-config --exists "$1"; }

check_swift() {
  local remedy="install Swift 6.2 or later: https://swift.org/install"
  command -v swift >/dev/null || fail "no swift found; $remedy"
  local version
  version=$(swift --version 2>/dev/null | tr '\n' ' ' |
    sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p')
  local major=${version%%.*} minor=${version##*.}
  if [ -z "$version" ]; then
    say "the version of swift is unknown; 6.2 or later is needed"
  elif ((major < 6 || (major == 6 && minor < 2))); then
    fail "Swift $version is too old; $remedy"
  else
    say "Swift $version"
  fi
}

# Runs a command as root: directly, or through sudo.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    say "sudo $*"
    sudo "$@"
  else
    fail "root is needed and there is no sudo; as root, run: $*"
  fi
}

install_by_apt() {
  say "installing $* (apt)"
  # Known packages may install from the lists that are there; fresh lists only if not.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" \
    >/dev/null 2>&1 && return
  as_root apt-get update -q >/dev/null || fail "apt-get update failed: is there a network?"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" \
    >/dev/null || fail "apt-get could not install $*"
}

install_by_homebrew() {
  say "installing $* (Homebrew)"
  brew install --quiet "$@" || fail "Homebrew could not install $*"
}

main() {
  check_swift
  local library name debian formula purpose
  local -a apt=() brew=() missing=()
  for library in "${libraries[@]}"; do
    read -r name debian formula purpose <<<"$library"
    if has_library "$name"; then
      say "$name $(pkg-config --modversion "$name"), for $purpose"
    else
      missing+=("$name")
      apt+=("$debian")
      brew+=("$formula")
    fi
  done
  if ! command -v pkg-config >/dev/null; then
    apt+=(pkg-config)
    brew+=(pkg-config)
  fi
  if ((${#apt[@]} == 0)); then
    say "everything is there"
    return
  fi

  if [ "$(uname -s)" = Darwin ]; then
    command -v brew >/dev/null || fail "no Homebrew found; install it: https://brew.sh"
    install_by_homebrew "${brew[@]}"
  elif command -v apt-get >/dev/null; then
    install_by_apt "${apt[@]}"
  else
    fail "neither apt nor Homebrew here; install by hand, with headers: pkg-config ${missing[*]}"
  fi
  for name in ${missing[@]+"${missing[@]}"}; do
    has_library "$name" || fail "$name was installed, but pkg-config does not find it"
    say "$name $(pkg-config --modversion "$name")"
  done
  say "done"
}

main "$@"
