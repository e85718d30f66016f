/**
 * Runs in the page: what of the present screen cannot be read or touched. `least` is the smallest side of a target in
 * pixels; nothing is said of targets' sizes where it is 0. `above` is the share of the screen's height, from its top, that
 * nobody reaches who sits before it: no target begins there. `leastKey` is the least width of a key of a keyboard, where it differs.
 * `leastText` is the least size of letters in pixels.
 */
export const measurePage = (least, above = 0, leastKey = least, leastText = 0) => {
  const SLACK = 1.5
  const faults = []
  const kiosk = document.querySelector('.kiosk')
  // What lies under an open question or menu is meant to lie there.
  const stage = document.querySelector('[role=alertdialog], [role=dialog], [role=menu]') ?? kiosk ?? document.body
  const nameOf = (element) =>
    `<${element.tagName.toLowerCase()}> “${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40)}”`
  const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  // What is there for a voice alone is cut down to a pixel.
  const isForVoices = (element) => {
    const { width, height } = element.getBoundingClientRect()
    return width <= 1 && height <= 1 && getComputedStyle(element).overflowX !== 'visible'
  }
  const scrollerOf = (element) => {
    for (let up = element.parentElement; up; up = up.parentElement) {
      const { overflowY } = getComputedStyle(up)
      if ((overflowY === 'auto' || overflowY === 'scroll') && up.scrollHeight > up.clientHeight + SLACK) return up
    }
    return null
  }
  const within = (inner, outer) =>
    inner.left >= outer.left - SLACK &&
    inner.right <= outer.right + SLACK &&
    inner.top >= outer.top - SLACK &&
    inner.bottom <= outer.bottom + SLACK
  const view = { left: 0, top: 0, right: innerWidth, bottom: innerHeight }
  // A kiosk's screen is all there is; every other page, and what scrolls in a screen, goes on below.
  const frameOf = (scroller) => (scroller || !kiosk ? { ...view, top: -1e6, bottom: 1e6 } : view)
  const amount = (inner, outer) =>
    ['left', 'top', 'right', 'bottom']
      .map((side) => (side === 'left' || side === 'top' ? outer[side] - inner[side] : inner[side] - outer[side]))
      .map((far) => Math.max(0, Math.round(far)))
      .join('/')

  const texts = document.createTreeWalker(stage, NodeFilter.SHOW_TEXT)
  const lines = []
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const element = node.parentElement
    if (
      !node.textContent.trim() ||
      !element ||
      !seen(element) ||
      isForVoices(element) ||
      element.closest('[aria-hidden=true], svg')
    )
      continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const rects = [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1)
    if (rects.length === 0) continue
    const box = {
      left: Math.min(...rects.map(({ left }) => left)),
      right: Math.max(...rects.map(({ right }) => right)),
      top: Math.min(...rects.map(({ top }) => top)),
      bottom: Math.max(...rects.map(({ bottom }) => bottom)),
    }
    const scroller = scrollerOf(element)
    // Type that is set tight stands out of its line, not out of its box: across is what counts there.
    const holder = element.closest(
      'button, label, .button, .glass, .key, .mark, td, th, .panel, .notice, [role=dialog], [role=alertdialog]',
    )
    const holderBox = holder?.getBoundingClientRect()
    // What lies below the edge of a box that scrolls is read by scrolling.
    const scrolls = Boolean(scroller && holder?.contains(scroller))
    const clipped = element.scrollWidth > element.clientWidth + 2 && getComputedStyle(element).overflowX !== 'visible'
    if (clipped) faults.push(`cut off: ${nameOf(element)}`)
    if (
      holderBox &&
      (box.left < holderBox.left - SLACK ||
        box.right > holderBox.right + SLACK ||
        (!scrolls && (box.bottom - holderBox.bottom > 4 || holderBox.top - box.top > 4)))
    )
      faults.push(`out of its box by ${amount(box, holderBox)}: ${nameOf(element)}`)
    if (!within(box, frameOf(scroller))) faults.push(`out of the screen by ${amount(box, view)}: ${nameOf(element)}`)
    // Set tight, a line is as high as it was set: what its font keeps above and below for other letters is no ink.
    const { lineHeight, fontSize } = getComputedStyle(element)
    if (Number.parseFloat(fontSize) < leastText) faults.push(`letters of ${fontSize}: ${nameOf(element)}`)
    const spare = Math.max(0, (rects[0].height - Number.parseFloat(lineHeight)) / 2) || 0
    lines.push({ element, box: { ...box, top: box.top + spare, bottom: box.bottom - spare }, scroller })
  }
  for (const [index, one] of lines.entries()) {
    for (const other of lines.slice(index + 1)) {
      if (one.element === other.element || one.element.contains(other.element) || other.element.contains(one.element)) continue
      if (one.scroller !== other.scroller) continue
      const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left)
      const height = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top)
      const least = Math.min(one.box.bottom - one.box.top, other.box.bottom - other.box.top)
      if (width > 4 && height > least * 0.34)
        faults.push(`one over the other: ${nameOf(one.element)} and ${nameOf(other.element)}`)
    }
  }
  // Dots and strokes over a capital keep clear of the line above: of its own height, a letter's ink leaves a sixteenth of the size.
  const canvas = document.createElement('canvas').getContext('2d')
  for (const heading of stage.querySelectorAll('h1, h2, .display')) {
    if (!seen(heading)) continue
    const style = getComputedStyle(heading)
    const written = heading.textContent.trim()
    const letters =
      style.textTransform === 'uppercase' ? written.toLocaleUpperCase(document.documentElement.lang || 'en') : written
    const marked = letters.match(/[À-ÖØ-Ý]/g)
    const range = document.createRange()
    range.selectNodeContents(heading)
    const size = Number.parseFloat(style.fontSize)
    const tops = [...range.getClientRects()].map(({ top }) => top)
    if (!marked || Math.max(...tops) - Math.min(...tops) < size / 2) continue
    canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
    const ascent = canvas.measureText(marked.join('')).actualBoundingBoxAscent
    if (Number.parseFloat(style.lineHeight) - ascent < size / 16) faults.push(`accents touch the line above: ${nameOf(heading)}`)
  }
  // What does not fit into a bar runs over its margin first, long before it is out of the screen.
  for (const bar of stage.querySelectorAll('.chrome')) {
    const { left, right } = bar.getBoundingClientRect()
    const { paddingLeft, paddingRight } = getComputedStyle(bar)
    for (const part of bar.children) {
      const box = part.getBoundingClientRect()
      const over = Math.max(
        left + Number.parseFloat(paddingLeft) - box.left,
        box.right - (right - Number.parseFloat(paddingRight)),
      )
      if (box.width > 0 && over > SLACK) faults.push(`over the bar's margin by ${Math.round(over)}: ${nameOf(part)}`)
    }
  }
  for (const button of stage.querySelectorAll('button, [role=button]')) {
    const isOff = button.disabled || button.getAttribute('aria-disabled') === 'true'
    if (seen(button) && !isOff && Number(getComputedStyle(button).opacity) < 0.9) faults.push(`looks disabled: ${nameOf(button)}`)
  }
  for (const target of stage.querySelectorAll('button, a[href], summary, input, select, [role=menuitem]')) {
    // A tick and a switch are touched by the whole of their row.
    const box = (target.closest('label') ?? target).getBoundingClientRect()
    if (box.width === 0 || !seen(target)) continue
    if (box.width < (target.matches('.key') ? leastKey : least) - 0.5 || box.height < least - 0.5)
      faults.push(`too small, ${Math.round(box.width)} x ${Math.round(box.height)}: ${nameOf(target)}`)
    if (above > 0 && box.top < innerHeight * above - SLACK)
      faults.push(`out of reach, at ${Math.round((100 * box.top) / innerHeight)} % of the height: ${nameOf(target)}`)
    const scroller = scrollerOf(target)
    if (!within(box, frameOf(scroller))) faults.push(`target out of the screen by ${amount(box, view)}: ${nameOf(target)}`)
    const x = (box.left + box.right) / 2
    const y = (box.top + box.bottom) / 2
    const hit = document.elementFromPoint(x, y)
    if (!scroller && hit && !(target.contains(hit) || hit.contains(target) || target.closest('label')?.contains(hit)))
      faults.push(`covered by ${nameOf(hit).slice(0, 60)}: ${nameOf(target)}`)
  }
  return [...new Set(faults)]
}
