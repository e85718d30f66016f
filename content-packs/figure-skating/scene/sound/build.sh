#!/bin/sh
# Plays the score and the effects into music/ and sounds/ of this pack.
set -eu
here=$(dirname "$0")
exec "$here/../../../tools/sound/build.sh" "$here" whoosh hit crowd cheer glide shutter riser
