#!/bin/sh
# Plays a world's score and effects into its music/ and sounds/: build.sh FOLDER EFFECT..., the folder being the world's
# scene/sound. Needs python3 with numpy and scipy, and ffmpeg.
set -eu
tools=$(cd "$(dirname "$0")" && pwd)
scene=$(cd "$1" && pwd)
pack=$(cd "$scene/../.." && pwd)
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$tools"
python=${PYTHON:-/usr/bin/python3}

"$python" "$scene/score.py" "$work"
"$python" "$scene/effects.py" "$work"
"$tools/encode.sh" "$work" "$pack" "$@"
