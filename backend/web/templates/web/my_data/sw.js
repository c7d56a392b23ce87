{% load static %}// Shows messages, and one page that says there is no net. Nothing personal is ever kept on the device.


const KEPT = 'offline-1';
const OFFLINE = "{% url 'web:offline' %}";

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.add(new Request(OFFLINE, { cache: 'reload', credentials: 'omit' }))));
  self.skipWaiting();
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)))),
  );
});

self.addEventListener('fetch', (event) => {
  if (event.request.mode !== 'navigate' || event.request.method !== 'GET') return;
  event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE)));
});

self.addEventListener('push', (event) => {
  const message = event.data ? event.data.json() : {};
  event.waitUntil(
    self.registration.showNotification(message.title || 'ILOS', {
      tag: message.tag,
      lang: message.lang,
      icon: "{% static 'web/icon-192.png' %}",
      data: { url: message.url },
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url || '/', self.location.origin);
  // Our own pages only, whatever a message says.
  event.waitUntil(self.clients.openWindow(url.origin === self.location.origin ? url.href : '/'));
});
