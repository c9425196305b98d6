"""How each client in the field is pointed at the hub: written once, for the portal and the docs."""
