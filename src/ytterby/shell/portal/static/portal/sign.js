// Passkeys: making one (form[data-passkey]) and signing an approval with one (form[data-sign]).
// The server says what is to be signed; what comes back is put into the form's fields and sent with it.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const named = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

const ask = async (form, address) => {
  const answer = await fetch(address, { method: "POST", body: new FormData(form), redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

const fill = (form, values) => {
  for (const [name, value] of Object.entries(values)) form.elements.namedItem(name).value = value;
};

const make = async (form) => {
  const { nonce, publicKey } = await ask(form, form.dataset.passkey);
  const made = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: named(publicKey.excludeCredentials),
    },
  });
  fill(form, {
    nonce,
    attestation: toText(made.response.attestationObject),
    client_data: toText(made.response.clientDataJSON),
  });
};

const sign = async (form) => {
  const { nonce, publicKey } = await ask(form, form.dataset.sign);
  const said = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: named(publicKey.allowCredentials),
    },
  });
  fill(form, {
    sign_nonce: nonce,
    sign_key: toText(said.rawId),
    sign_signature: toText(said.response.signature),
    sign_authenticator_data: toText(said.response.authenticatorData),
    sign_client_data: toText(said.response.clientDataJSON),
  });
};

const watch = (form, work) => {
  form.addEventListener("submit", async (event) => {
    const by = event.submitter;
    // A button of another way (a demo's key, taking back) sends the form as it is.
    if (!by?.hasAttribute("data-by-passkey")) return;
    event.preventDefault();
    const failed = form.querySelector("[data-failed]");
    failed.hidden = true;
    by.disabled = true;
    try {
      await work(form);
      form.submit();
    } catch {
      failed.hidden = false;
      by.disabled = false;
    }
  });
};

for (const form of document.querySelectorAll("form[data-passkey]")) watch(form, make);
for (const form of document.querySelectorAll("form[data-sign]")) watch(form, sign);
