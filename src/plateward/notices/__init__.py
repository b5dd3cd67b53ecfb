"""How word leaves: live notices to signed-in people now; e-mail and webhooks later."""
