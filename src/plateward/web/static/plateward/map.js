// A plan of cameras on the ground, north up, drawn here from their positions: no map of others is
// asked, because whoever serves one would learn where somebody looks. Moved by mouse, touch or keys.
(function () {
  "use strict";

  var SVG = "http://www.w3.org/2000/svg";
  var METRES_A_DEGREE = 111320;
  var FAR_METRES = 100000; // cities farther apart than this are looked at one by one
  var LEAST_METRES = 400; // however close the cameras stand
  var MARGIN = 56;
  var STEP = 60; // pixels an arrow key moves
  var CLICK = 5; // pixels a pointer may stray and still click

  function element(name, attributes, text) {
    var made = document.createElementNS(SVG, name);
    Object.keys(attributes || {}).forEach(function (key) {
      made.setAttribute(key, attributes[key]);
    });
    if (text !== undefined) {
      made.textContent = text;
    }
    return made;
  }

  function cosine(latitude) {
    return Math.max(0.01, Math.cos((latitude * Math.PI) / 180));
  }

  // The smallest view that holds all points: its middle, and metres a pixel.
  function around(points, width, height) {
    var norths = points.map(function (at) { return at[0]; });
    var easts = points.map(function (at) { return at[1]; });
    var north = (Math.max.apply(null, norths) + Math.min.apply(null, norths)) / 2;
    var east = (Math.max.apply(null, easts) + Math.min.apply(null, easts)) / 2;
    var up = (Math.max.apply(null, norths) - Math.min.apply(null, norths)) * METRES_A_DEGREE;
    var aside = (Math.max.apply(null, easts) - Math.min.apply(null, easts));
    aside *= METRES_A_DEGREE * cosine(north);
    var metres = Math.max(
      Math.max(aside, LEAST_METRES) / Math.max(80, width - 2 * MARGIN),
      Math.max(up, LEAST_METRES) / Math.max(80, height - 2 * MARGIN)
    );
    return { north: north, east: east, metres: metres };
  }

  // The corners of a shape; of a circle, the ends of two lines across it.
  function ends(shape) {
    if (!shape) {
      return [];
    }
    var at = shape.points[0];
    var up = (shape.metres || 0) / METRES_A_DEGREE;
    var aside = up / cosine(at[0]);
    return up ? [
      [at[0] + up, at[1]], [at[0] - up, at[1]], [at[0], at[1] + aside], [at[0], at[1] - aside]
    ] : shape.points;
  }

  function isFar(points) {
    var view = around(points, 2 * MARGIN + 100, 2 * MARGIN + 100);
    return view.metres * 100 > FAR_METRES;
  }

  // 1, 2 or 5 times a power of ten: miles below, as the streets here are measured in them.
  function rounded(length) {
    var size = Math.pow(10, Math.floor(Math.log10(length)));
    var factor = [5, 2, 1].find(function (each) { return each * size <= length; });
    return factor * size;
  }

  function scale(metresAPixel) {
    var miles = (120 * metresAPixel) / 1609.344;
    if (miles >= 0.1) {
      var long = rounded(miles);
      return { pixels: (long * 1609.344) / metresAPixel, words: long + " mi" };
    }
    var feet = rounded((120 * metresAPixel) / 0.3048);
    return { pixels: (feet * 0.3048) / metresAPixel, words: feet + " ft" };
  }

  // `box` is emptied and filled. `scene()` answers what is drawn now: { marks, shape, drawing }, a
  // mark being { at, title, count, on, id }. `told` is called with what was done: click on a mark,
  // or a place on the ground.
  function create(box, scene, told) {
    var view = null;
    var width = 0;
    var height = 0;
    var held = null;
    var ground = document.createElement("div");
    ground.className = "ground";
    ground.tabIndex = 0;
    ground.setAttribute("role", "application");
    ground.setAttribute("aria-label", box.dataset.label);
    var picture = element("svg", { "class": "map live-map", "aria-hidden": "true" });
    ground.appendChild(picture);
    box.textContent = "";
    box.appendChild(ground);

    function toPixels(at) {
      var east = (at[1] - view.east) * METRES_A_DEGREE * cosine(view.north);
      var north = (at[0] - view.north) * METRES_A_DEGREE;
      return [width / 2 + east / view.metres, height / 2 - north / view.metres];
    }

    function toGround(x, y) {
      var north = view.north - ((y - height / 2) * view.metres) / METRES_A_DEGREE;
      var east = ((x - width / 2) * view.metres) / (METRES_A_DEGREE * cosine(view.north));
      return [Number(north.toFixed(6)), Number((view.east + east).toFixed(6))];
    }

    function fit(points) {
      if (width && points.length) {
        view = around(points, width, height);
        draw();
      }
    }

    function move(x, y) {
      var middle = toGround(width / 2 + x, height / 2 + y);
      view = { north: middle[0], east: middle[1], metres: view.metres };
      draw();
    }

    function zoom(factor, x, y) {
      var before = toGround(x, y);
      var metres = Math.min(5000, Math.max(0.2, view.metres * factor));
      view = { north: view.north, east: view.east, metres: metres };
      var after = toGround(x, y);
      view.north += before[0] - after[0];
      view.east += before[1] - after[1];
      draw();
    }

    function drawShape(shape) {
      var points = shape.points.map(toPixels);
      if (shape.metres) {
        var radius = shape.metres / view.metres;
        picture.appendChild(element("circle", {
          "class": "area", cx: points[0][0], cy: points[0][1], r: radius
        }));
      } else if (points.length > 1) {
        var name = points.length > 2 ? "polygon" : "polyline";
        picture.appendChild(element(name, { "class": "area", points: points.join(" ") }));
      }
      points.forEach(function (point) {
        picture.appendChild(element("rect", {
          "class": "corner", x: point[0] - 4, y: point[1] - 4, width: 8, height: 8
        }));
      });
    }

    function radiusOf(mark) {
      return mark.count ? Math.min(22, 11 + 3 * Math.log10(mark.count)) : 6;
    }

    function drawMark(mark, number) {
      var at = toPixels(mark.at);
      var group = element("g", {
        "class": "mark" + (mark.count ? " found" : "") + (mark.on ? " on" : ""),
        "data-mark": number
      });
      group.appendChild(element("title", {}, mark.hint || mark.title));
      group.appendChild(element("circle", { cx: at[0], cy: at[1], r: radiusOf(mark) }));
      if (mark.count) {
        group.appendChild(element("text", { "class": "many", x: at[0], y: at[1] }, mark.count));
      }
      picture.appendChild(group);
    }

    function overlaps(one, other) {
      return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
    }

    // Names where there is room for them: first those with reads.
    function drawNames(marks) {
      var taken = marks.map(function (mark) {
        var at = toPixels(mark.at), r = radiusOf(mark);
        return [at[0] - r, at[1] - r, at[0] + r, at[1] + r];
      });
      taken.push([0, height - 44, 190, height], [width - 44, 0, width, 44]);
      marks.forEach(function (mark) {
        var at = toPixels(mark.at), r = radiusOf(mark) + 5;
        var long = mark.title.length * 6.9 + 4;
        var places = [
          [at[0] + r, at[1] - 9, "start", at[0] + r],
          [at[0] - r - long, at[1] - 9, "end", at[0] - r],
          [at[0] - long / 2, at[1] - r - 18, "middle", at[0]],
          [at[0] - long / 2, at[1] + r, "middle", at[0]]
        ];
        places.some(function (place) {
          var name = [place[0], place[1], place[0] + long, place[1] + 18];
          var fits = name[0] >= 0 && name[2] <= width && name[1] >= 0 && name[3] <= height;
          if (!fits || taken.some(function (other) { return overlaps(name, other); })) {
            return false;
          }
          taken.push(name);
          picture.appendChild(element("text", {
            "class": "name" + (mark.count ? " found" : ""),
            x: place[3], y: place[1] + 13, "text-anchor": place[2]
          }, mark.title));
          return true;
        });
      });
    }

    function drawFrame() {
      var bar = scale(view.metres);
      picture.appendChild(element("line", {
        "class": "scale", x1: 16, x2: 16 + bar.pixels, y1: height - 14, y2: height - 14
      }));
      picture.appendChild(element("text", { "class": "name", x: 16, y: height - 21 }, bar.words));
      picture.appendChild(element("text", {
        "class": "name", x: width - 14, y: 22, "text-anchor": "end"
      }, "N ↑"));
    }

    function drawCross() {
      var x = width / 2, y = height / 2;
      picture.appendChild(element("path", {
        "class": "cross", d: "M" + (x - 14) + " " + y + "h28M" + x + " " + (y - 14) + "v28"
      }));
    }

    function draw() {
      if (!view) {
        return;
      }
      var now = scene();
      picture.textContent = "";
      picture.setAttribute("viewBox", "0 0 " + width + " " + height);
      if (now.shape) {
        drawShape(now.shape);
      }
      now.marks.forEach(drawMark);
      drawNames(now.marks.slice().sort(function (one, other) {
        return (other.count || 0) - (one.count || 0);
      }));
      drawFrame();
      if (now.drawing) {
        drawCross();
      }
      ground.classList.toggle("drawing", Boolean(now.drawing));
    }

    function measured() {
      var before = width;
      width = ground.clientWidth;
      height = Math.round(Math.min(460, Math.max(280, width * 0.72)));
      if (!width) {
        return;
      }
      if (!view || Math.abs(width - before) > before / 5) {
        told.ready(); // seen for the first time, or turned on its side
      }
      draw();
    }

    function local(event) {
      var edges = picture.getBoundingClientRect();
      return [event.clientX - edges.left, event.clientY - edges.top];
    }

    ground.addEventListener("pointerdown", function (event) {
      if (event.button === 0 && view) {
        held = { from: local(event), last: local(event), far: false };
        ground.setPointerCapture(event.pointerId);
      }
    });
    ground.addEventListener("pointermove", function (event) {
      if (!held) {
        return;
      }
      var at = local(event);
      held.far = held.far || Math.hypot(at[0] - held.from[0], at[1] - held.from[1]) > CLICK;
      if (held.far) {
        move(held.last[0] - at[0], held.last[1] - at[1]);
        held.last = at;
      }
    });
    ground.addEventListener("pointercancel", function () { held = null; });
    ground.addEventListener("pointerup", function (event) {
      var was = held;
      held = null;
      if (!was || was.far) {
        return;
      }
      var under = document.elementFromPoint(event.clientX, event.clientY);
      var mark = under && under.closest("[data-mark]");
      var now = scene();
      if (now.drawing) {
        told.place(toGround(was.from[0], was.from[1]));
      } else if (mark && ground.contains(mark)) {
        told.mark(now.marks[Number(mark.dataset.mark)]);
      }
    });
    ground.addEventListener("wheel", function (event) {
      if (document.activeElement === ground && view) { // else the page is what scrolls
        event.preventDefault();
        var at = local(event);
        zoom(event.deltaY > 0 ? 1.25 : 0.8, at[0], at[1]);
      }
    }, { passive: false });
    var KEYS = {
      ArrowLeft: function () { move(-STEP, 0); },
      ArrowRight: function () { move(STEP, 0); },
      ArrowUp: function () { move(0, -STEP); },
      ArrowDown: function () { move(0, STEP); },
      "+": function () { zoom(0.8, width / 2, height / 2); },
      "=": function () { zoom(0.8, width / 2, height / 2); },
      "-": function () { zoom(1.25, width / 2, height / 2); },
      "0": function () { told.ready(); },
      Enter: function () {
        if (scene().drawing) {
          told.place(toGround(width / 2, height / 2));
        }
      },
      Backspace: function () { told.undo(); }
    };
    ground.addEventListener("keydown", function (event) {
      var key = KEYS[event.key];
      if (key && view && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        key();
      }
    });
    new ResizeObserver(measured).observe(ground);

    return {
      draw: draw,
      fit: fit,
      larger: function () { zoom(0.8, width / 2, height / 2); },
      smaller: function () { zoom(1.25, width / 2, height / 2); }
    };
  }

  window.platewardMap = { create: create, ends: ends, isFar: isFar };
})();
