// Without this file every page still works; it says aloud what changed, and keeps a form whose
// answer did not come.
(function () {
  "use strict";

  // After a swap, tell a screen reader where the answer is.
  document.addEventListener("htmx:afterSettle", function () {
    var outcome = document.querySelector("[data-focus-after-swap]");
    if (outcome && !outcome.dataset.seen) {
      outcome.dataset.seen = "yes";
      outcome.focus();
    }
  });

  // The answer may be another page: the sign-in after a long break, or a fault. Then the form stays
  // as it is, and says what happened.
  function trouble(title, words, signedOut) {
    var notice = document.querySelector("[data-trouble]");
    if (!notice) {
      return;
    }
    notice.querySelector("[data-trouble-title]").textContent = title;
    notice.querySelector("[data-trouble-words]").textContent = words;
    notice.querySelector("[data-signed-out]").hidden = !signedOut;
    notice.hidden = false;
    notice.scrollIntoView({ block: "center" });
  }

  function text(page, selector) {
    var found = page.querySelector(selector);
    return found ? found.textContent.trim() : "";
  }

  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.target.id !== "page") {
      return;
    }
    var answer = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
    if (answer.querySelector("#page")) {
      return;
    }
    event.detail.shouldSwap = false;
    if (answer.querySelector("[data-lock]")) {
      document.dispatchEvent(new Event("plateward:locked"));
    } else if (answer.querySelector(".entrance")) {
      trouble("You were signed out.", "Nothing was searched.", true);
    } else {
      trouble(text(answer, "h1") + ".", text(answer, ".lead"), false);
    }
  });

  document.addEventListener("htmx:sendError", function () {
    trouble("The server did not answer.", "Check the connection, then try again.", false);
  });

  // A new sign-in brings a new form token; without it the kept form could not be sent.
  window.addEventListener("focus", function () {
    var notice = document.querySelector("[data-trouble]");
    if (!notice || notice.hidden) {
      return;
    }
    fetch(window.location.pathname).then(function (answer) {
      return answer.text();
    }).then(function (body) {
      var fresh = new DOMParser().parseFromString(body, "text/html");
      if (!fresh.querySelector("#page")) {
        return;
      }
      var name = "input[name=csrfmiddlewaretoken]";
      var token = fresh.querySelector("#page " + name);
      document.querySelectorAll(name).forEach(function (held) {
        held.value = token.value;
      });
      notice.hidden = true;
    }).catch(function () {
      // Still away: the notice stays.
    });
  });
})();
