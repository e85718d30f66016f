/** The page's service worker: shows a notice that was pushed, and opens the page its scope names when it is tapped. */
declare const self: ServiceWorkerGlobalScope

type Notice = { title: string; text: string; language: string; direction: 'ltr' | 'rtl' }

self.addEventListener('install', () => void self.skipWaiting())

self.addEventListener('push', (event) => {
  if (!event.data) return
  const { title, text, language, direction } = event.data.json() as Notice
  const look = { body: text, lang: language, dir: direction, tag: 'film', requireInteraction: true }
  event.waitUntil(self.registration.showNotification(title, look))
})

const openPage = async (): Promise<void> => {
  const address = self.registration.scope
  const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const page = open.find(({ url }) => url.startsWith(address))
  if (page) await page.focus()
  else await self.clients.openWindow(address)
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(openPage())
})
