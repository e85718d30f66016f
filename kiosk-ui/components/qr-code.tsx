/** A QR code made on the spot: dark on white with a quiet zone of four modules, since some readers need both. */
import { create } from 'qrcode'
import { useMemo } from 'react'

const QUIET = 4

export const QrCode = ({ text, label }: { text: string; label: string }) => {
  const { size, path } = useMemo(() => {
    const { modules } = create(text, { errorCorrectionLevel: 'M' })
    const squares = Array.from(modules.data, (dark, index) =>
      dark ? `M${(index % modules.size) + QUIET} ${Math.floor(index / modules.size) + QUIET}h1v1h-1z` : '',
    )
    return { size: modules.size + QUIET * 2, path: squares.join('') }
  }, [text])
  return (
    <svg viewBox={`0 0 ${size} ${size}`} className="size-full" role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#04060e" />
    </svg>
  )
}
