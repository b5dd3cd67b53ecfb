"""How word leaves: live to open pages; from an outbox by e-mail, webhook, MQTT, browser push."""
