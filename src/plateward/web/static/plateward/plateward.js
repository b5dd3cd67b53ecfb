// After a swap, tell a screen reader where the answer is; on the alerts page, say what arrived.
(function () {
  "use strict";

  document.addEventListener("htmx:afterSettle", function () {
    var outcome = document.querySelector("[data-focus-after-swap]");
    if (outcome && !outcome.dataset.seen) {
      outcome.dataset.seen = "yes";
      outcome.focus();
    }
  });

  function connection(state, words) {
    var light = document.querySelector("[data-connection]");
    if (light) {
      light.dataset.state = state;
      light.textContent = words;
    }
  }

  document.addEventListener("htmx:sseOpen", function () {
    connection("open", "Live");
  });
  document.addEventListener("htmx:sseError", function () {
    connection("closed", "Connection lost. Trying again…");
  });

  document.addEventListener("htmx:sseMessage", function (event) {
    var list = event.target;
    var newest = list && list.querySelector ? list.querySelector("[data-announce]") : null;
    var region = document.querySelector("[data-announcements]");
    if (newest && region) {
      region.textContent = newest.dataset.announce;
    }
    var nothing = document.querySelector("[data-no-alerts]");
    if (nothing) {
      nothing.hidden = true;
    }
  });
})();
