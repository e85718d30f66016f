#!/bin/sh
# Plays the score and the effects into music/ and sounds/ of this pack. Needs python3 with numpy and scipy, and ffmpeg.
# The music is brought to -14 LUFS by plain gain; the effects keep the level they were made at.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
pack=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
python=${PYTHON:-/usr/bin/python3}

"$python" "$here/score.py" "$work/score.wav"
"$python" "$here/effects.py" "$work"
loudness=$(ffmpeg -hide_banner -nostats -i "$work/score.wav" -af ebur128=framelog=verbose -f null - 2>&1 | awk '$1 == "I:" { print $2 }')
gain=$(awk "BEGIN { print -14 - ($loudness) }")
encode() { ffmpeg -v error -y -i "$1" -af "volume=${4:-0}dB" -c:a aac -b:a "$3" -bitexact -map_metadata -1 -movflags +faststart "$2"; }
mkdir -p "$pack/music" "$pack/sounds"
encode "$work/score.wav" "$pack/music/night-on-ice.m4a" 192k "$gain"
for effect in whoosh hit crowd cheer skate shutter; do
  encode "$work/$effect.wav" "$pack/sounds/$effect.m4a" 128k
done
