// Security keys: ask the browser for what the server wants, and send the key's answer by the form
// it was asked for in. Without this file a code or a recovery code still works.
(function () {
  "use strict";

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) {
      return letter.charCodeAt(0);
    });
  }

  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function described(keys) {
    return (keys || []).map(function (key) {
      return Object.assign({}, key, { id: bytes(key.id) });
    });
  }

  function options(form) {
    var asked = JSON.parse(form.dataset.keyOptions).publicKey;
    asked.challenge = bytes(asked.challenge);
    if (asked.user) {
      asked.user = Object.assign({}, asked.user, { id: bytes(asked.user.id) });
    }
    if (asked.excludeCredentials) {
      asked.excludeCredentials = described(asked.excludeCredentials);
    }
    if (asked.allowCredentials) {
      asked.allowCredentials = described(asked.allowCredentials);
    }
    return { publicKey: asked };
  }

  function answer(credential) {
    var told = credential.response;
    var response = { clientDataJSON: text(told.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (part) {
      if (told[part]) {
        response[part] = text(told[part]);
      }
    });
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response: response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  }

  var WORDS = {
    InvalidStateError: "This key is set up already.",
    NotAllowedError: "The key did not answer in time, or you said no. Try again.",
    SecurityError: "Security keys do not work under this address.",
    missing: "This browser cannot use security keys.",
    other: "The key could not be used. Try again.",
  };

  function trouble(form, name) {
    var notice = form.querySelector("[data-key-trouble]");
    if (notice) {
      notice.querySelector("p").textContent = WORDS[name] || WORDS.other;
      notice.hidden = false;
    }
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.dataset.key || form.dataset.answered) {
      return;
    }
    event.preventDefault();
    if (!window.PublicKeyCredential) {
      trouble(form, "missing");
      return;
    }
    navigator.credentials[form.dataset.key](options(form)).then(function (credential) {
      form.querySelector("[name=credential]").value = answer(credential);
      form.dataset.answered = "yes";
      form.requestSubmit();
    }).catch(function (wrong) {
      trouble(form, wrong.name);
    });
  });
})();
