// The board for dispatch: hits as they happen, opened beside the list, worked by keyboard. Without
// this file every alert is a page of its own, and nothing else is lost.
(function () {
  "use strict";

  var board = document.querySelector("[data-board]");
  var pane = document.querySelector("[data-pane]");
  if (!board || !pane) {
    return;
  }
  var QUIET_MS = 45000; // the server says something every 15 seconds
  var SLOWEST_MS = 30000;

  function one(selector, within) {
    return (within || document).querySelector(selector);
  }

  function all(selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  }

  // Time ago

  function ago(seconds) {
    if (seconds < 60) {
      return Math.max(0, Math.floor(seconds)) + " s ago";
    }
    if (seconds < 3600) {
      return Math.floor(seconds / 60) + " min ago";
    }
    if (seconds < 172800) {
      return Math.floor(seconds / 3600) + " h ago";
    }
    return Math.floor(seconds / 86400) + " days ago";
  }

  function tellTimes() {
    all("time[data-ago]").forEach(function (time) {
      if (!time.title) {
        time.title = time.textContent;
      }
      var seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
      time.textContent = time.title + " (" + ago(seconds) + ")";
    });
  }

  // Cards

  function place(card) {
    var before = all("[data-alert]", board).find(function (other) {
      return other !== card && other.dataset.order > card.dataset.order;
    });
    board.insertBefore(card, before || null);
  }

  function count() {
    var waiting = all('[data-stands="unverified"]', board).length;
    one("[data-waiting]").textContent = String(waiting);
    document.title = document.title.replace(/^(\(\d+\) )?/, waiting ? "(" + waiting + ") " : "");
    var nothing = one("[data-no-alerts]");
    if (nothing) {
      nothing.hidden = true;
    }
  }

  function say(card) {
    var urgent = card.classList.contains("alert-life") && card.dataset.stands === "unverified";
    var region = one(urgent ? "[data-urgent]" : "[data-announcements]");
    region.textContent = card.dataset.announce;
  }

  function take(html) {
    var holder = document.createElement("template");
    holder.innerHTML = html;
    var card = one("[data-alert]", holder.content);
    var known = document.getElementById(card.id);
    var again = known && known.dataset.steps === card.dataset.steps;
    if (again && one(".plate", known).textContent === one(".plate", card).textContent &&
        !one("img", known) === !one("img", card)) {
      return;
    }
    var held = known && known.contains(document.activeElement);
    if (known) {
      card.classList.toggle("selected", known.classList.contains("selected"));
      known.remove();
    }
    place(card);
    if (held) {
      one("[data-open]", card).focus({ preventScroll: true });
    }
    if (!again) {
      say(card);
    }
    if (!known && card.dataset.stands === "unverified") {
      beep(card.classList.contains("alert-life"));
    }
    tellMoved(card);
    count();
    tellTimes();
  }

  // Somebody else did something with the alert that is open here.
  function tellMoved(card) {
    var opened = one("[data-opened]", pane);
    var notice = opened && one("[data-moved]", opened);
    if (!notice || opened.dataset.opened !== card.dataset.alert) {
      return;
    }
    if (Number(card.dataset.steps) > Number(opened.dataset.steps)) {
      one("[data-moved-words]", notice).textContent = card.dataset.announce + ".";
      notice.hidden = false;
    }
  }

  // The line to the server

  var known = board.dataset.known;
  var source = null;
  var wait = 1000;
  var heard = Date.now();
  var lostAt = null;
  var again = null;

  function light(state, words) {
    var lamp = one("[data-connection]");
    if (lamp && lamp.textContent !== words) { // while the page is locked there is none
      lamp.dataset.state = state;
      lamp.textContent = words;
    }
  }

  function alive(event) {
    heard = Date.now();
    if (event && event.lastEventId) {
      known = event.lastEventId;
    }
  }

  function lost() {
    lostAt = lostAt || new Date();
    light(
      "closed",
      "Connection lost at " + lostAt.toLocaleTimeString() + ". Trying again; nothing is missed."
    );
    if (source) {
      source.close();
      source = null;
    }
    if (!again) {
      again = setTimeout(connect, wait);
      wait = Math.min(wait * 2, SLOWEST_MS);
    }
  }

  function connect() {
    again = null;
    heard = Date.now();
    source = new EventSource(board.dataset.stream + "?after=" + encodeURIComponent(known));
    source.addEventListener("open", function () {
      alive();
      wait = 1000;
      lostAt = null;
      light("open", "Live");
    });
    source.addEventListener("here", alive);
    source.addEventListener("alert", function (event) {
      alive(event);
      take(event.data);
    });
    source.addEventListener("error", lost);
  }

  window.addEventListener("beforeunload", function () {
    if (source) {
      source.removeEventListener("error", lost);
    }
  });

  // The alert that is open, beside the list where there is room

  function wide() {
    return window.matchMedia("(min-width: 64rem)").matches;
  }

  function show(body, address) {
    var page = new DOMParser().parseFromString(body, "text/html");
    var opened = one("[data-opened]", page);
    if (!opened) {
      window.location.href = address; // signed out, locked, gone: its own page says so
      return;
    }
    pane.replaceChildren(document.importNode(opened, true));
    tellTimes();
    pane.scrollTop = 0;
    one(".opened-title", pane).focus({ preventScroll: true });
  }

  function ask(address, options) {
    pane.setAttribute("aria-busy", "true");
    return fetch(address, options)
      .then(function (answer) {
        return answer.text().then(function (body) {
          show(body, options ? board.baseURI : address);
        });
      })
      .catch(function () {
        trouble();
      })
      .then(function () {
        pane.removeAttribute("aria-busy");
      });
  }

  function trouble() {
    var notice = document.createElement("div");
    notice.className = "notice notice-bad";
    notice.setAttribute("role", "alert");
    notice.textContent =
      "The server did not answer, so it is not known whether this was stored. Open the alert again to see.";
    pane.prepend(notice);
  }

  function select(card) {
    all(".selected", board).forEach(function (other) {
      other.classList.remove("selected");
    });
    card.classList.add("selected");
  }

  function open(link) {
    var card = link.closest("[data-alert]");
    if (card) {
      select(card);
    }
    return ask(link.href);
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-open]");
    if (!link || !wide() || event.ctrlKey || event.metaKey || event.shiftKey || event.button) {
      return;
    }
    event.preventDefault();
    open(link);
  });

  pane.addEventListener("submit", function (event) {
    event.preventDefault();
    var form = event.target;
    var button = one("button[type=submit]", form);
    button.disabled = true;
    ask(form.action, { method: "POST", body: new FormData(form) }).then(function () {
      button.disabled = false;
    });
  });

  // Keys: may be turned off, for those whose own tools use letters

  var TYPING = "textarea, select, input:not([type=radio]):not([type=checkbox])";

  function step(by) {
    var cards = all("[data-alert]", board);
    var at = cards.indexOf(one(".selected", board));
    var next = cards[Math.min(Math.max(at + by, 0), cards.length - 1)];
    if (next) {
      select(next);
      one("[data-open]", next).focus();
    }
  }

  function selectedIsOpen() {
    var selected = one(".selected", board);
    var opened = one("[data-opened]", pane);
    return opened && (!selected || selected.dataset.alert === opened.dataset.opened);
  }

  // To the first thing that is not confirmed yet, then to the button.
  function toVerify() {
    var form = one("[data-verify]", pane);
    if (!form) {
      return;
    }
    var missing = all("fieldset", form).find(function (group) {
      return !one("input:checked", group);
    });
    one(missing ? "input" : "button[type=submit]", missing || form).focus();
  }

  function toReject() {
    var form = one("[data-reject]", pane);
    if (form) {
      one("select", form).focus();
    }
  }

  function afterOpening(then) {
    var selected = one(".selected", board) || one("[data-alert]", board);
    if (selectedIsOpen()) {
      then();
    } else if (selected && wide()) {
      open(one("[data-open]", selected)).then(then);
    } else if (selected) {
      one("[data-open]", selected).click();
    }
  }

  var KEYS = {
    j: function () {
      step(1);
    },
    k: function () {
      step(-1);
    },
    v: function () {
      afterOpening(toVerify);
    },
    r: function () {
      afterOpening(toReject);
    }
  };

  document.addEventListener("keydown", function (event) {
    var plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    var act = KEYS[event.key];
    if (!plain || !act || !isOn("keys") || event.target.closest(TYPING)) {
      return;
    }
    event.preventDefault();
    act();
  });

  // Dark, sound, keys: kept in this browser

  var USUAL = { theme: "on", sound: "off", keys: "on" };
  var sounds = null;

  function kept(name) {
    try {
      return localStorage.getItem("plateward-board-" + name) || USUAL[name];
    } catch (closed) {
      return USUAL[name];
    }
  }

  function isOn(name) {
    return one("[data-" + name + "]").getAttribute("aria-pressed") === "true";
  }

  function set(name, on) {
    one("[data-" + name + "]").setAttribute("aria-pressed", String(on));
    try {
      localStorage.setItem("plateward-board-" + name, on ? "on" : "off");
    } catch (closed) {
      return; // until the page is left, then
    }
  }

  function beep(urgent) {
    if (!isOn("sound") || !sounds) {
      return;
    }
    (urgent ? [0, 0.25, 0.5] : [0]).forEach(function (after) {
      var tone = sounds.createOscillator();
      var volume = sounds.createGain();
      volume.gain.value = 0.2;
      tone.frequency.value = urgent ? 988 : 660;
      tone.connect(volume).connect(sounds.destination);
      tone.start(sounds.currentTime + after);
      tone.stop(sounds.currentTime + after + 0.15);
    });
  }

  // A browser lets a page be heard only after somebody has touched it.
  function allowSound() {
    if (isOn("sound") && window.AudioContext) {
      sounds = sounds || new AudioContext();
      sounds.resume();
    }
  }

  one("[data-theme]").addEventListener("click", function () {
    var dark = !isOn("theme");
    set("theme", dark);
    document.body.classList.toggle("dispatch-light", !dark);
    document.cookie =
      "plateward_board=" + (dark ? "dark" : "light") + ";path=/alerts/;max-age=31536000;samesite=strict";
  });
  ["sound", "keys"].forEach(function (name) {
    one("[data-" + name + "]").setAttribute("aria-pressed", String(kept(name) === "on"));
    one("[data-" + name + "]").addEventListener("click", function () {
      set(name, !isOn(name));
      allowSound();
      beep(false);
    });
  });
  document.addEventListener("pointerdown", allowSound);
  document.addEventListener("keydown", allowSound);

  one("[data-tools]").hidden = false;
  setInterval(function () {
    tellTimes();
    if (source && Date.now() - heard > QUIET_MS) {
      lost();
    }
  }, 10000);
  tellTimes();
  count();
  connect();
})();
