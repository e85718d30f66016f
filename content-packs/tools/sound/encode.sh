#!/bin/sh
# Packs a world's sound: encode.sh WORK PACK EFFECT... takes drums, bass, harmony, melody and mix.wav and one WAV an effect
# from WORK. All stems get the one gain that brings their sum to -14 LUFS; effects keep the level they were made at.
set -eu
work=$1 pack=$2
shift 2
encode() { ffmpeg -v error -y -i "$1" -af "volume=${4:-0}dB" -c:a aac -b:a "$3" -bitexact -map_metadata -1 -movflags +faststart "$2"; }
mkdir -p "$pack/music" "$pack/sounds"
loudness=$(ffmpeg -hide_banner -nostats -i "$work/mix.wav" -af ebur128=framelog=verbose -f null - 2>&1 | awk '$1 == "I:" { print $2 }')
gain=$(awk "BEGIN { print -14 - ($loudness) }")
for stem in drums harmony melody; do encode "$work/$stem.wav" "$pack/music/$stem.m4a" 160k "$gain"; done
encode "$work/bass.wav" "$pack/music/bass.m4a" 96k "$gain"
for effect in "$@"; do encode "$work/$effect.wav" "$pack/sounds/$effect.m4a" 128k; done
