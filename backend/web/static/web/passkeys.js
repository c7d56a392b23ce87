// Passkeys (WebAuthn). A form with data-passkey="create" or "get" asks the device first, and is then sent as usual.
// Options come from data-options, or fresh from the address in data-from. Without this script the mail code remains.

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const described = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));

const create = async ({ publicKey }) => {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: described(publicKey.excludeCredentials),
      // A passkey that the device finds by itself, opened by finger, face or the device's code.
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'required',
      },
    },
  });
  const { response } = credential;
  return {
    ...common(credential),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      attestationObject: toText(response.attestationObject),
      transports: response.getTransports ? response.getTransports() : [],
    },
  };
};

const get = async ({ publicKey }) => {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: described(publicKey.allowCredentials),
    },
  });
  const { response } = credential;
  return {
    ...common(credential),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
      userHandle: response.userHandle ? toText(response.userHandle) : null,
    },
  };
};

const common = (credential) => ({
  id: credential.id,
  rawId: toText(credential.rawId),
  type: credential.type,
  authenticatorAttachment: credential.authenticatorAttachment,
  clientExtensionResults: credential.getClientExtensionResults(),
});

const optionsOf = async (form) => {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.from, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).request_options;
};

const prepare = (form) => {
  const failed = form.querySelector('[data-passkey-failed]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const options = await optionsOf(form);
      const credential = await (form.dataset.passkey === 'create' ? create : get)(options);
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
  form.hidden = false;
};

if (window.PublicKeyCredential) {
  document.querySelectorAll('form[data-passkey]').forEach(prepare);
} else {
  document.querySelectorAll('form[data-passkey]').forEach((form) => form.remove());
  document.querySelectorAll('[data-passkey-impossible]').forEach((note) => { note.hidden = false; });
}
