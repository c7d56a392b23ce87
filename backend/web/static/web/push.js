// Messages on this device. The form #push-here is shown where the browser can, and asks it before it is sent.

const form = document.getElementById('push-here');
const possible = form && 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

const subscription = async () => {
  if ((await Notification.requestPermission()) !== 'granted') throw new Error('refused');
  const registration = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: toBytes(form.dataset.key) };
  try {
    return await registration.pushManager.subscribe(options);
  } catch {
    // Subscribed earlier under another key of ours: that one is void.
    const earlier = await registration.pushManager.getSubscription();
    if (earlier) await earlier.unsubscribe();
    return registration.pushManager.subscribe(options);
  }
};

if (possible) {
  const failed = form.querySelector('[data-push-failed]');
  navigator.serviceWorker.register('/sw.js', { scope: '/' });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const here = await subscription();
      form.elements.endpoint.value = here.endpoint;
      form.elements.p256dh.value = toText(here.getKey('p256dh'));
      form.elements.auth.value = toText(here.getKey('auth'));
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
  form.hidden = false;
}
