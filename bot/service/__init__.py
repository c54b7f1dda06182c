"""The verbs: submit, sign, deny, call in, look up. One verb is one transaction; it returns or refuses."""
