/** How far apart lines stand, by the letters in them. */
import { expect, it } from 'vitest'
import { lineRoomOf } from './line-room.ts'

it.each([
  ['Anna, your film', 'none'],
  ['Вера', 'none'],
  ['Νικος', 'none'],
  ['ʻOlena 7 🎉', 'none'],
  ['Zoë, your film', 'some'],
  ['Νίκος', 'some'],
  ['李娜, your film', 'some'],
  ['マリー', 'some'],
  ['지훈', 'some'],
  ['ليلى, your film', 'much'],
  ['נועה, il tuo film', 'much'],
  ['नेहा, dein Film', 'much'],
  ['สมชาย', 'much'],
  ['தமிழ்', 'much'],
])('P2: gives a headline the room its letters need: %s', (text, room) => expect(lineRoomOf(text)).toBe(room))
