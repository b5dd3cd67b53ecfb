#!/usr/bin/env bash
# Fetch the open fonts named in fonts.txt into a folder: fetch_fonts.sh FOLDER
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
mkdir -p "$1" && cd "$1"
grep -v '^#' "$here/fonts.txt" | while read -r package _licence; do
  name="${package#@expo-google-fonts/}"; name="${name%@*}"
  [ -d "$name" ] && continue
  archive="$(npm pack --silent "$package")"
  mkdir -p "$name" && tar xzf "$archive" -C "$name" --strip-components 1 && rm "$archive"
done
# Debian: fonts-opendin and fonts-routed-gothic (both OFL-1.1) are used too where they are installed.
for folder in opendin routed-gothic; do
  [ -d "/usr/share/fonts/truetype/$folder" ] && cp -r "/usr/share/fonts/truetype/$folder" . || true
done
