// Shows a notice that was pushed to this browser, and opens the board when it is chosen.
"use strict";

self.addEventListener("push", function (event) {
  var said = event.data ? event.data.json() : {};
  event.waitUntil(
    self.registration.showNotification(said.title || "Plateward", {
      body: said.body || "",
      tag: said.id,
      data: { link: said.link },
      requireInteraction: true,
    })
  );
});

self.addEventListener("notificationclick", function (event) {
  event.notification.close();
  var link = event.notification.data.link || "/";
  // Only to this site, whatever a message says.
  if (new URL(link, self.location.origin).origin === self.location.origin) {
    event.waitUntil(self.clients.openWindow(link));
  }
});
