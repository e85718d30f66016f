/** What stands behind the screens: the event's own picture, or an arena at night. Decoration only. */
'use client'
import { useBrand, useMissPicture } from './brand-context.tsx'

type Beam = { left: string; from: string; to: string; seconds: number; hue: string; width: string }

const BEAMS: Beam[] = [
  { left: '-6%', from: '-34deg', to: '-4deg', seconds: 11, hue: '--beam', width: '34%' },
  { left: '22%', from: '16deg', to: '-14deg', seconds: 13, hue: '--violet', width: '26%' },
  { left: '52%', from: '-18deg', to: '12deg', seconds: 12, hue: '--beam', width: '28%' },
  { left: '78%', from: '32deg', to: '6deg', seconds: 10, hue: '--gold', width: '24%' },
]

/** The event's own picture, darkened so far that whatever is written on it is read. */
const Backdrop = ({ file, dim }: { file: string; dim: boolean }) => {
  const miss = useMissPicture()
  return (
    <div className="scenery pointer-events-none absolute inset-0" aria-hidden="true">
      {/* biome-ignore lint/performance/noImgElement: a file of the kiosk's own server */}
      <img src={`/brand/${file}`} alt="" className="size-full object-cover" onError={() => miss(file)} />
      <div className="absolute inset-0 bg-night" style={{ opacity: dim ? 0.86 : 0.72 }} />
    </div>
  )
}

export const Scenery = ({ dim = false }: { dim?: boolean }) => {
  const brand = useBrand()
  return brand?.background ? <Backdrop file={brand.background} dim={dim} /> : <Arena dim={dim} />
}

/** A colour of the event's by its token, as much of it as lets words before it be read. */
const light = (token: string, share: number) => `rgb(from var(${token}) r g b / calc(${share} * var(--beams)))`

/** Beams that sweep, a horizon that glows, ice that answers. */
const Arena = ({ dim }: { dim: boolean }) => (
  <div className="scenery arena pointer-events-none absolute inset-0 overflow-hidden" aria-hidden="true">
    <div className="absolute inset-0 bg-[radial-gradient(120%_60%_at_50%_64%,var(--glow)_0%,var(--glow-far)_38%,var(--night)_75%)]" />
    {BEAMS.map(({ left, from, to, seconds, hue, width }) => (
      // What moves is a picture painted once: shape and fading lie inside it, or they would be worked out for every frame.
      <div
        key={left}
        className="absolute -top-[12%] h-[96%] origin-top"
        style={
          {
            left,
            width,
            '--from': from,
            '--to': to,
            animation: `sweep ${seconds}s ease-in-out infinite alternate`,
          } as React.CSSProperties
        }
      >
        <div
          className="size-full"
          style={{
            background: `linear-gradient(180deg, ${light(hue, 0.75)}, ${light(hue, 0.22)} 46%, transparent 88%)`,
            clipPath: 'polygon(47% 0, 53% 0, 100% 100%, 0 100%)',
            maskImage: 'linear-gradient(90deg, transparent 4%, #000 50%, transparent 96%)',
          }}
        />
      </div>
    ))}
    <div className="absolute inset-x-0 bottom-0 h-[36%] bg-[linear-gradient(180deg,rgb(from_var(--beam)_r_g_b/calc(.22*var(--beams))),rgb(from_var(--deep)_r_g_b/0.2)_18%,var(--night)_92%)]" />
    <div className="absolute inset-x-[-20%] bottom-[35.5%] h-px bg-[linear-gradient(90deg,transparent,rgb(from_var(--shine)_r_g_b/0.9),transparent)]" />
    <div
      className="absolute inset-x-[10%] bottom-[28%] h-[10%] bg-[radial-gradient(50%_50%_at_50%_0%,rgb(from_var(--shine)_r_g_b/calc(.35*var(--beams))),transparent)]"
      style={{ animation: 'drift 9s ease-in-out infinite alternate' }}
    />
    {/* Night over it all, not an opacity of it all: that would be drawn twice for every frame. */}
    <div className={`absolute inset-0 bg-night transition-opacity duration-500 ${dim ? 'opacity-40' : 'opacity-0'}`} />
  </div>
)
