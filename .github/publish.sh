#!/usr/bin/env bash
# Put FOLDER at PLACE of the branch gh-pages, or take PLACE away where FOLDER is "-".
#
#   publish.sh _build/html .             the book itself; previews stay
#   publish.sh proposed/html preview/12  the preview of a proposed change
#   publish.sh - preview/12              when that is closed
#
# PAGES_ADDRESS is the repository to push to; by default this one on GitHub, with TOKEN.
# The branch has no history: each push replaces its one commit, for pages are made again from
# sources and would only grow the repository.
set -euo pipefail

folder=$1 place=$2
[[ "$place" =~ ^(\.|preview/[0-9]+)$ ]] || { echo "No place of ours: $place"; exit 2; }
[ "$folder" = - ] || [ -f "$folder/index.html" ] || { echo "No pages in $folder"; exit 2; }
address=${PAGES_ADDRESS:-https://x-access-token:${TOKEN:-}@github.com/${GITHUB_REPOSITORY:-}.git}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! git clone --quiet --depth 1 --branch gh-pages "$address" "$work/site" 2>/dev/null; then
  git init --quiet "$work/site"
fi
mkdir -p "$work/site/preview"
if [ "$place" = . ]; then
  find "$work/site" -mindepth 1 -maxdepth 1 ! -name .git ! -name preview -exec rm -rf {} +
else
  rm -rf "${work:?}/site/$place"
fi
if [ "$folder" != - ]; then
  mkdir -p "$work/site/$place"
  cp -a "$folder/." "$work/site/$place/"
fi
touch "$work/site/.nojekyll"  # else names that begin with an underscore are left out

cd "$work/site"
git checkout --quiet --orphan fresh
git add -A
git -c user.name="pages" -c user.email="pages@users.noreply.github.com" commit --quiet -m "Pages of ${GITHUB_SHA:-this commit}"
git push --quiet --force "$address" HEAD:gh-pages
