#!/usr/bin/env bash
# Write the files of a release into FOLDER: sources, the built book, the tables, and SHA256SUMS.
#
#   archive.sh v1.2.3 release
#
# The same commit gives the same bytes: names are sorted, times are those of the commit.
set -euo pipefail

version=$1 folder=$2
name="industrial-internet-security-book-$version"
[ -f _build/html/index.html ] || { echo "There is no built book. Type: make book"; exit 2; }
mkdir -p "$folder"
[ -z "$(ls -A "$folder")" ] || { echo "$folder is not empty."; exit 2; }

same_bytes() {  # a tar of FOLDER as PREFIX
  tar --sort=name --mtime="@$(git log -1 --format=%ct)" --owner=0 --group=0 --numeric-owner \
    --format=ustar --transform "s,^\./,$2/," -C "$1" -cf - . | gzip -n
}

git archive --format=tar --prefix="$name/" HEAD | gzip -n > "$folder/$name-sources.tar.gz"
same_bytes _build/html "$name" > "$folder/$name-html.tar.gz"
same_bytes data "$name" > "$folder/$name-data.tar.gz"
(cd "$folder" && sha256sum -- *.tar.gz > SHA256SUMS)
cat "$folder/SHA256SUMS"
