// The search console: its maps, and a form that shows what suits the cities ticked. Without this file
// the form still works whole, an area is typed, and the reads are a table.
(function () {
  "use strict";

  var PAIR = /^\s*\(?\s*([+-]?\d+(?:\.\d+)?)\s*°?\s*[,;\s]\s*([+-]?\d+(?:\.\d+)?)\s*°?\s*\)?\s*$/;
  var METRES_IN = { mi: 1609.344, ft: 0.3048, km: 1000, m: 1 };
  var MOVES_THE_MAP = ["cities", "point", "radius", "radius_unit", "corners"];
  var USUAL_RADIUS = "0.5";
  var MANY = 12; // cameras, from which on one looks for a name

  function one(selector, within) {
    return (within || document).querySelector(selector);
  }

  function all(selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  }

  function button(words, act, label) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "usa-button usa-button--outline small-button";
    made.textContent = words;
    if (label) {
      made.setAttribute("aria-label", label);
    }
    made.addEventListener("click", act);
    return made;
  }

  function say(words) {
    var where = one("[data-said]");
    if (where) {
      where.textContent = words;
    }
  }

  function places(things) {
    return things.map(function (each) { return each.at; });
  }

  // Buttons beside a map: nearer, farther, and each city by itself.
  function tools(box, map, cities, ofCity, fitAll) {
    box.textContent = "";
    box.appendChild(button("+", map.larger, "Nearer"));
    box.appendChild(button("−", map.smaller, "Farther"));
    cities.forEach(function (city) {
      var standing = ofCity(city.id);
      if (standing.length) {
        box.appendChild(button(city.title, function () { map.fit(places(standing)); }));
      }
    });
    if (cities.length > 1) {
      box.appendChild(button("All", fitAll, "Show the whole map"));
    }
  }

  // The reads that were found

  function results(box) {
    var data = JSON.parse(box.dataset.map);
    var page = one("#outcome");
    var picked = null;
    var hot = null;

    function rows(number) {
      return all('tr[data-spot="' + number + '"]', page);
    }

    function reads(count) {
      return count + (count === 1 ? " read" : " reads");
    }

    function pick(number) {
      picked = picked === number ? null : number;
      all("tr[data-spot]", page).forEach(function (row) {
        row.classList.toggle("picked", picked !== null && Number(row.dataset.spot) === picked);
      });
      all("[data-pick]", page).forEach(function (each) {
        each.setAttribute("aria-pressed", String(Number(each.dataset.pick) === picked));
      });
      if (picked === null) {
        say("No reads are selected.");
      } else {
        var spot = data.spots[picked];
        say(reads(spot.count) + " selected, at " + spot.title + ".");
        rows(picked)[0].scrollIntoView({ block: "nearest" });
      }
      map.draw();
    }

    function marks() {
      var seen = data.spots.map(function (spot) { return spot.code; });
      var others = data.cameras.filter(function (camera) {
        return seen.indexOf(camera.code) < 0;
      });
      return others.concat(data.spots.map(function (spot) {
        return {
          at: spot.at,
          title: spot.title,
          count: spot.count,
          number: spot.number,
          on: spot.number === picked || spot.number === hot,
          hint: reads(spot.count) + " at " + spot.title
        };
      }));
    }

    // All of it, or the city with most reads where the cities lie far apart.
    function begin() {
      var found = data.spots.length ? data.spots : data.cameras;
      var points = places(found).concat(window.platewardMap.ends(data.shape));
      if (points.length && window.platewardMap.isFar(points)) {
        var most = data.spots.slice().sort(function (a, b) { return b.count - a.count; })[0];
        points = places(found.filter(function (each) {
          return each.city === (most || found[0]).city;
        }));
      }
      map.fit(points);
    }

    var map = window.platewardMap.create(one("[data-ground]", box), function () {
      return { marks: marks(), shape: data.shape, drawing: false };
    }, {
      ready: begin,
      place: function () {},
      undo: function () {},
      mark: function (mark) {
        if (mark.number !== undefined) {
          pick(mark.number);
        }
      }
    });
    tools(one("[data-tools]", box), map, data.cities, function (city) {
      return data.cameras.filter(function (camera) { return camera.city === city; });
    }, function () { map.fit(places(data.spots.concat(data.cameras))); });
    all("[data-spot-line]", box).forEach(function (line) {
      var number = Number(line.dataset.spotLine);
      var made = button(line.textContent.trim(), function () { pick(number); });
      made.dataset.pick = String(number);
      made.setAttribute("aria-pressed", "false");
      line.textContent = "";
      line.appendChild(made);
    });
    all("tr[data-spot]", page).forEach(function (row) {
      row.addEventListener("mouseenter", function () {
        hot = Number(row.dataset.spot);
        map.draw();
      });
      row.addEventListener("mouseleave", function () {
        hot = null;
        map.draw();
      });
    });
  }

  // The form

  function ticked(form) {
    return all('input[name="cities"]:checked', form).map(function (box) { return box.value; });
  }

  function suitCities(form) {
    var cities = ticked(form);
    all("[data-cameras-of]", form).forEach(function (group) {
      var asked = cities.indexOf(group.dataset.camerasOf) >= 0;
      var used = Boolean(one("input:checked", group));
      group.hidden = !asked && !used; // what is ticked is never out of sight
    });
    all("[data-kept-by]", form).forEach(function (field) {
      var keeping = field.dataset.keptBy.split(" ");
      var kept = cities.some(function (city) { return keeping.indexOf(city) >= 0; });
      field.hidden = !kept && !one("input", field).value;
    });
  }

  function findCamera(form) {
    var boxes = all("[data-camera]", form);
    var place = one("[data-find-camera]", form);
    if (!place || boxes.length <= MANY) {
      return;
    }
    place.hidden = false;
    one("input", place).addEventListener("input", function (event) {
      var wanted = event.target.value.trim().toLowerCase();
      boxes.forEach(function (box) {
        var name = box.textContent.toLowerCase();
        box.hidden = name.indexOf(wanted) < 0 && !one("input", box).checked;
      });
    });
  }

  function spans(form) {
    ["since", "until"].forEach(function (name) {
      one('[name="' + name + '"]', form).addEventListener("input", function () {
        one('[name="span"][value=""]', form).checked = true;
      });
    });
  }

  function pair(line) {
    var found = PAIR.exec(line);
    return found ? [Number(found[1]), Number(found[2])] : null;
  }

  function drawing(form, box) {
    var data = JSON.parse(box.dataset.map);
    var point = one('[name="point"]', form);
    var radius = one('[name="radius"]', form);
    var unit = one('[name="radius_unit"]', form);
    var corners = one('[name="corners"]', form);

    function kind() {
      var chosen = one('[name="area"]:checked', form);
      return chosen ? chosen.value : "";
    }

    function shape() {
      if (kind() === "near" && pair(point.value)) {
        var metres = Number(radius.value) * METRES_IN[unit.value];
        return { points: [pair(point.value)], metres: metres > 0 ? metres : 0 };
      }
      if (kind() === "inside") {
        var points = corners.value.split("\n").map(pair).filter(Boolean);
        return points.length ? { points: points } : null;
      }
      return null;
    }

    function standing(cities) {
      return data.cameras.filter(function (camera) { return cities.indexOf(camera.city) >= 0; });
    }

    function marks() {
      return standing(ticked(form)).map(function (camera) {
        var box = one('[name="cameras"][value="' + camera.code + '"]', form);
        return {
          at: camera.at,
          title: camera.title,
          code: camera.code,
          on: Boolean(box && box.checked)
        };
      });
    }

    function begin() {
      var here = shape();
      var cities = ticked(form);
      var cameras = standing(cities);
      if (here) {
        map.fit(window.platewardMap.ends(here));
        return;
      }
      if (cameras.length && window.platewardMap.isFar(places(cameras))) {
        cameras = standing([cameras[0].city]);
      }
      map.fit(places(cameras.length ? cameras : data.cameras));
    }

    function written(at) {
      return at[0].toFixed(6) + ", " + at[1].toFixed(6);
    }

    function place(at) {
      if (kind() === "near") {
        point.value = written(at);
        radius.value = radius.value || USUAL_RADIUS;
        say("The point is set.");
      } else {
        corners.value = (corners.value.trim() + "\n" + written(at)).trim();
        say("Corner " + corners.value.split("\n").length + " is set.");
      }
      map.draw();
    }

    function undo() {
      if (kind() === "inside") {
        corners.value = corners.value.trim().split("\n").slice(0, -1).join("\n");
        say("The last corner is taken away.");
        map.draw();
      }
    }

    var map = window.platewardMap.create(one("[data-ground]", box), function () {
      return { marks: marks(), shape: shape(), drawing: kind() !== "" };
    }, {
      ready: begin,
      place: place,
      undo: undo,
      mark: function (mark) {
        var tick = one('[name="cameras"][value="' + mark.code + '"]', form);
        tick.checked = !tick.checked;
        say(mark.title + (tick.checked ? " is chosen." : " is not chosen any more."));
        count();
        map.draw();
      }
    });

    function count() {
      var chosen = all('[name="cameras"]:checked', form).length;
      var where = one("[data-cameras-chosen]", form);
      if (where) {
        where.textContent = chosen ? "(" + chosen + " chosen)" : "(any)";
      }
    }

    function citiesOf() {
      tools(one("[data-tools]", box), map, data.cities.filter(function (city) {
        return ticked(form).indexOf(city.id) >= 0;
      }), function (city) { return standing([city]); }, function () {
        map.fit(places(standing(ticked(form))));
      });
      if (kind() === "inside") {
        one("[data-tools]", box).appendChild(button("Take the last corner away", undo));
      }
    }

    form.addEventListener("input", function () { map.draw(); });
    form.addEventListener("change", function (event) {
      suitCities(form);
      count();
      if (MOVES_THE_MAP.indexOf(event.target.name) >= 0) {
        begin();
      }
      citiesOf();
      map.draw();
    });
    citiesOf();
    count();
  }

  function theme() {
    var toggle = one("[data-dark]");
    if (!toggle) {
      return;
    }
    toggle.hidden = false;
    toggle.addEventListener("click", function () {
      var dark = document.body.classList.toggle("dispatch");
      toggle.setAttribute("aria-pressed", String(dark));
      document.cookie = "plateward_search=" + (dark ? "dark" : "light")
        + "; path=/; max-age=31536000; samesite=strict";
    });
  }

  function start() {
    var form = one("[data-search]");
    if (!form || form.dataset.started) {
      return;
    }
    form.dataset.started = "yes";
    theme();
    suitCities(form);
    findCamera(form);
    spans(form);
    drawing(form, one("[data-draw]", form));
    var found = one("[data-found]");
    if (found) {
      results(found);
    }
  }

  document.addEventListener("htmx:afterSettle", start);
  start();
})();
