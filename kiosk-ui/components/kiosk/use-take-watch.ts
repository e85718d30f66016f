/** Looks on while the take rolls and says nothing: these seconds belong to the camera. */
'use client'
import type { ClipCode } from '@fanreel/protocol'
import { type RefObject, useCallback, useEffect, useRef } from 'react'
import { FLOW_MS } from '../../lib/flow/flow-types.ts'
import { createTakeWatch, TAKE_LOOK_MS, type TakeWatch } from '../../lib/guide/take-watch.ts'
import { useKiosk } from './kiosk-context.tsx'

type Options = { video: RefObject<HTMLVideoElement | null>; stream: MediaStream | undefined; rolling: boolean }

/** @returns asks, when the take is over, why the node would refuse it; undefined where it would not or nothing was seen */
export const useTakeWatch = ({ video, stream, rolling }: Options): (() => ClipCode | undefined) => {
  const { pictures } = useKiosk()
  const watch = useRef<TakeWatch>(undefined)
  useEffect(() => {
    watch.current = undefined
    const screen = video.current
    if (!rolling || !stream || !screen || !pictures) return
    const fresh = createTakeWatch(FLOW_MS.TAKE)
    watch.current = fresh
    return pictures.watch(screen, fresh.see, TAKE_LOOK_MS)
  }, [rolling, stream, video, pictures])
  return useCallback(() => watch.current?.unfit(), [])
}
