/**
 * "Tell me when it is ready": asks the phone for a push subscription and hands it to the orchestrator. Only after a tap,
 * and only where the browser can; everywhere else the words that say to keep the page open stand as they are.
 */

/** One registration a page: its scope says which page a notice belongs to, so that no push need carry an address. */
const WORKER = '/v/worker.js'

const canBeTold = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window && Notification.permission !== 'denied'

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> => {
  const text = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

const registrationOf = (path: string): Promise<ServiceWorkerRegistration | undefined> =>
  navigator.serviceWorker.getRegistration(path).then((found) =>
    // A wider scope would be somebody else's.
    found && new URL(found.scope).pathname === path ? found : undefined,
  )

const whenActive = (registration: ServiceWorkerRegistration): Promise<void> =>
  new Promise((resolve) => {
    const worker = registration.installing ?? registration.waiting
    if (!worker || registration.active) return resolve()
    worker.addEventListener('statechange', () => worker.state === 'activated' && resolve())
  })

/** @throws where the visitor says no, or the phone has no push service */
const subscribe = async (path: string, query: string, key: string): Promise<void> => {
  if ((await Notification.requestPermission()) !== 'granted') throw new Error('not permitted')
  const registration = await navigator.serviceWorker.register(WORKER, { scope: path })
  await whenActive(registration)
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) })
  const answer = await fetch(`${path}/tell${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(subscription),
  })
  if (!answer.ok) throw new Error(`tell: ${answer.status}`)
}

/** Brings the stage's button to life; does nothing on a stage without one. */
export const enhanceTell = (stage: HTMLElement): void => {
  const block = stage.querySelector<HTMLElement>('[data-tell]')
  const button = block?.querySelector<HTMLButtonElement>('[data-ask]')
  const words = block?.querySelector<HTMLElement>('[data-asked]')
  const { path, query = '' } = stage.dataset
  const key = block?.dataset.key
  if (!button || !words || !key || path === undefined || !canBeTold()) return
  /** Button and words stand in one place, so that nothing jumps when one takes the other's. */
  const showWords = (show: boolean) => {
    button.hidden = show
    words.hidden = !show
  }
  const told = () => {
    words.textContent = words.dataset.asked ?? ''
    showWords(true)
  }
  const offer = () => showWords(false)
  registrationOf(path)
    .then((registration) => registration?.pushManager.getSubscription())
    .then((subscription) => (subscription && Notification.permission === 'granted' ? told() : offer()), offer)
  button.addEventListener('click', () => {
    button.disabled = true
    subscribe(path, query, key).then(told, () => showWords(true))
  })
}

/** Nothing more can come, and the visitor sees it: the phone keeps no subscription for it. Unseen, its notice is still to come. */
export const forgetTelling = (stage: HTMLElement): void => {
  const { path } = stage.dataset
  if (path === undefined || !('serviceWorker' in navigator) || document.visibilityState !== 'visible') return
  registrationOf(path)
    .then((registration) => registration?.unregister())
    .catch(() => undefined)
}
