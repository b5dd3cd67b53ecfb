// Asks the browser for a push subscription, and hands it to the server with the form.
(function () {
  "use strict";

  var form = document.querySelector("[data-push-key]");
  if (!form) {
    return;
  }

  function trouble(words) {
    var notice = form.querySelector("[data-push-trouble]");
    notice.textContent = words;
    notice.hidden = false;
  }

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) {
      return letter.charCodeAt(0);
    });
  }

  function subscription() {
    return navigator.serviceWorker.register(form.dataset.pushWorker).then(function (worker) {
      return active(worker).then(function () {
        return worker.pushManager.subscribe({
          userVisibleOnly: true,
          applicationServerKey: bytes(form.dataset.pushKey),
        });
      });
    });
  }

  // A subscription needs a worker that runs, which a new one does not yet.
  function active(worker) {
    return new Promise(function (done) {
      var coming = worker.installing || worker.waiting;
      if (worker.active || !coming) {
        done();
        return;
      }
      coming.addEventListener("statechange", function () {
        if (coming.state === "activated") {
          done();
        }
      });
    });
  }

  form.addEventListener("submit", function (event) {
    if (event.submitter && event.submitter.name === "off") {
      return;
    }
    event.preventDefault();
    if (!("serviceWorker" in navigator) || !("PushManager" in window)) {
      trouble("This browser cannot be told. Nothing was set up. Use https and a current browser.");
      return;
    }
    Notification.requestPermission().then(function (answer) {
      if (answer !== "granted") {
        throw new Error("The browser does not allow notices from this site.");
      }
      return subscription();
    }).then(function (found) {
      var said = found.toJSON();
      form.elements.endpoint.value = said.endpoint;
      form.elements.p256dh.value = said.keys.p256dh;
      form.elements.auth.value = said.keys.auth;
      form.submit();
    }).catch(function (error) {
      trouble(error.message.replace(/\.?$/, ".") + " Nothing was set up. Allow notices in the browser's settings, then try again.");
    });
  });
})();
