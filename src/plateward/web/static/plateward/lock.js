// An open page locks by itself, and unlocks with what was typed still there. The server decides
// whether a session is locked; without this file the next page asked for says so.
(function () {
  "use strict";

  var OFTEN = 60000; // how often the server is asked, and told that somebody is typing
  var own = document.querySelector("script[data-lock-state]");
  var state = own.dataset.lockState;
  var page = own.dataset.lockPage;
  var kept = null; // what the page showed before it was locked
  var told = Date.now();
  var busy = false;

  function ask(method) {
    var options = { method: method, headers: {}, credentials: "same-origin" };
    if (method === "POST") {
      var token = document.querySelector("input[name=csrfmiddlewaretoken]");
      options.headers["X-CSRFToken"] = token ? token.value : "";
    }
    fetch(state, options).then(function (answer) {
      if (answer.redirected || !answer.ok) {
        window.location.reload(); // closed or signed out: nothing here may stay on the screen
        return null;
      }
      return answer.json();
    }).then(function (said) {
      if (said && said.locked) {
        lock();
      } else if (said && kept) {
        unlock(); // another page of this browser was unlocked
      }
    }).catch(function () {
      // No connection: asked again in a minute.
    });
  }

  function lock() {
    if (kept || busy) {
      return;
    }
    busy = true;
    var here = window.location.pathname + window.location.search;
    fetch(page + "?next=" + encodeURIComponent(here)).then(function (answer) {
      return answer.text();
    }).then(function (body) {
      busy = false;
      var screen = lockScreen(body);
      if (!screen) {
        window.location.reload();
        return;
      }
      kept = Array.from(document.body.childNodes);
      kept.title = document.title;
      document.title = "Locked · Plateward";
      document.body.replaceChildren(screen);
      focusField();
    }).catch(function () {
      busy = false;
    });
  }

  function lockScreen(body) {
    var found = new DOMParser().parseFromString(body, "text/html").querySelector("[data-lock]");
    if (!found) {
      return null;
    }
    var main = document.createElement("main");
    main.className = "entrance";
    main.id = "main";
    var panel = document.createElement("div");
    panel.className = "panel";
    panel.append(document.importNode(found, true));
    main.append(document.createElement("div"));
    main.firstChild.append(panel);
    return main;
  }

  function focusField() {
    var field = document.querySelector("[data-lock] input[type=password]");
    if (field) {
      field.focus();
    }
  }

  function unlock() {
    if (kept.some(listens)) {
      window.location.reload(); // its line to the server was cut while it was locked
      return;
    }
    document.title = kept.title;
    document.body.replaceChildren.apply(document.body, kept);
    kept = null;
    told = Date.now();
  }

  function listens(node) {
    return node.querySelector && node.querySelector("[data-stream]");
  }

  // The lock page's own forms, sent without leaving the page behind it.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!kept || !("unlock" in form.dataset) || event.defaultPrevented) {
      return;
    }
    event.preventDefault();
    var sent = new URLSearchParams(new FormData(form));
    fetch(page, { method: "POST", body: sent, headers: { Accept: "application/json" } })
      .then(function (answer) {
        if (answer.redirected || (answer.headers.get("Content-Type") || "").startsWith("application/json")) {
          ask("GET"); // unlocked here, or in another page meanwhile, or signed out
          return null;
        }
        return answer.text();
      })
      .then(function (body) {
        var screen = body && lockScreen(body);
        if (screen) {
          document.body.replaceChildren(screen);
          focusField();
        }
      })
      .catch(function () {
        // No connection: the form is still there.
      });
  });

  ["keydown", "pointerdown", "wheel"].forEach(function (sign) {
    document.addEventListener(sign, function () {
      if (!kept && Date.now() - told > OFTEN) {
        told = Date.now();
        ask("POST");
      }
    }, { passive: true });
  });
  document.addEventListener("plateward:locked", lock);
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) {
      ask("GET");
    }
  });
  window.setInterval(function () {
    ask("GET");
  }, OFTEN);
})();
