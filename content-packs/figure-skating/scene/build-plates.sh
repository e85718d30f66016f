#!/bin/sh
# Renders the plates of this world into plates/. Usage: scene/build-plates.sh [PERCENT] [SAMPLES] [PLATE...]
# Needs Debian's blender, xvfb, libgl1-mesa-dri, and python3 with numpy, scipy and PIL. The pictures are meant to be out
# of focus, so half size and four samples are enough to show no grain; about two minutes a plate on two free cores.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
percent=${1:-50}
samples=${2:-4}
[ $# -gt 2 ] && all= || all=yes
[ $# -gt 2 ] && shift 2 && plates=$* || plates='arena big-screen stands ice interview tunnel'
raw=${RAW_FOLDER:-$here/../../../.fanreel/plates}
mkdir -p "$raw" "$here/../plates"
export PYTHONDONTWRITEBYTECODE=1 LIBGL_ALWAYS_SOFTWARE=1

for plate in $plates; do
  case $plate in interview | tunnel) scene=$plate ;; *) scene=arena ;; esac
  nice -n "${NICE:-10}" xvfb-run -a blender -b --python "$here/$scene.py" -- "$plate" "$percent" "$samples" "$raw/$plate.png" | grep -E 'samples:|SCREEN|Error|Traceback' || true
  "${PYTHON:-/usr/bin/python3}" "$here/finish.py" "$plate" "$raw/$plate.png" "$here/../plates/$plate.jpg"
done
# Only when all were made anew: it takes the phones out of the plates.
[ -z "$all" ] || "${PYTHON:-/usr/bin/python3}" "$here/layers.py" "$here/.."
