#!/bin/sh
# Plays the score and the effects into music/ and sounds/ of this pack. Needs python3 with numpy and scipy, and ffmpeg.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
pack=$(cd "$here/../.." && pwd)
tools=$(cd "$pack/../tools/sound" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$tools"
python=${PYTHON:-/usr/bin/python3}

"$python" "$here/score.py" "$work"
"$python" "$here/effects.py" "$work"
"$tools/encode.sh" "$work" "$pack" whoosh hit riser crowd cheer ambience glide shutter
