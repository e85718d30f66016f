#!/bin/sh
# Renders and develops the plates of this world into plates/ and layers/, and paints all else into layers/ and occluders/. Usage: scene/build-plates.sh [PERCENT] [SAMPLES] [PLATE...]
# Needs Debian's blender, and python3 with numpy, scipy and PIL. Pictures are meant to be out of focus: half size and some
# twenty samples are enough. One to two minutes a plate on two free cores.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
percent=${1:-50}
samples=${2:-20}
[ $# -gt 2 ] && shift 2 && plates=$* || plates='finish ridge start slope big-screen interview pines'
raw=${RAW_FOLDER:-$here/../../../.fanreel/alpine}
mkdir -p "$raw" "$here/../plates" "$here/../layers"
export PYTHONDONTWRITEBYTECODE=1

for plate in $plates; do
  nice -n "${NICE:-19}" blender -b --python "$here/mountain.py" -- "$plate" "$percent" "$samples" "$raw" | grep -E 'samples:|SCREEN|Error|Traceback' || true
  "${PYTHON:-/usr/bin/python3}" "$here/develop.py" "$plate" "$raw" "$here/.."
done
"${PYTHON:-/usr/bin/python3}" "$here/paint.py" "$here/.."
